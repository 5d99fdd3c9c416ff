package activities

import (
	"context"
	"fmt"

	"tribuna/models"
)

// StopMailingInput is a mailing that stops by itself, and why.
type StopMailingInput struct {
	Step Step
	Why  models.MailingStop
}

// StopMailing pauses a mailing that mail servers refuse, or that stood still for long, and tells who is in charge, or the coordinators. A person lets it go on. The record says
// neither whose server it was nor its words: they may say who was written to.
func (a *Activities) StopMailing(ctx context.Context, in StopMailingInput) (models.Position, error) {
	return a.step(ctx, in.Step, "stop_mailing", func(ctx context.Context, x *act) error {
		m, err := models.MailingByID(ctx, x.tx, x.process.ID)
		if err != nil {
			return err
		}
		if m.State != models.MailingSending {
			return errNotNow
		}
		if err := m.Stop(ctx, x.tx, in.Why); err != nil {
			return err
		}
		facts := map[string]string{"stop": string(in.Why.Reason)}
		if in.Why.Refused > 0 {
			facts["refused"] = fmt.Sprint(in.Why.Refused)
		}
		if err := x.saveMailing(ctx, m, "mailing.stopped", facts); err != nil {
			return err
		}
		told, err := x.inChargeNow(ctx)
		if err != nil {
			return err
		}
		for _, p := range told {
			if err := x.mailWith(ctx, models.MailMailingStopped, p, nil, x.id, models.MailData{Mailing: &m.ID}); err != nil {
				return err
			}
		}
		return nil
	})
}
