package activities

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"tribuna/internal/apperr"
	"tribuna/internal/record"
	"tribuna/models"
)

// beginFollowUp writes a follow-up with its process for every measure at every authority.
func (x *act) beginFollowUp(ctx context.Context, v *models.Version) error {
	for _, m := range v.Measures {
		for _, authority := range m.AuthorityIDs {
			if err := x.followMeasure(ctx, m.ID, authority); err != nil {
				return err
			}
		}
	}
	return nil
}

func (x *act) followMeasure(ctx context.Context, measure, authority uuid.UUID) error {
	focal, country, err := x.focalPoint(ctx, authority)
	if err != nil {
		return err
	}
	zone, err := zoneOf(ctx, x.tx, country)
	if err != nil {
		return err
	}
	first := x.procedure.FollowUp.First.Morning(x.now, zone)
	f := &models.FollowUp{ID: models.NewID(), RecommendationID: x.rec.ID, MeasureID: measure, AuthorityID: authority, OrganisationID: &focal,
		Status: models.StatusNoReply, StatusSince: x.now, Period: 1, AskAt: &first, CreatedAt: x.now}
	if err := f.Insert(ctx, x.tx); err != nil {
		return fmt.Errorf("begin follow-up: %w", err)
	}
	if err := models.OpenProcess(ctx, x.tx, models.ProcessFollowUp, f.ID, x.rec.ID, x.now); err != nil {
		return err
	}
	return x.note(ctx, entry{verb: "followup.begun", visibility: record.Public, objectKind: "followup", object: f.ID,
		facts: map[string]string{"measure": measure.String(), "authority": authority.String(), "status": string(f.Status)}})
}

// focalPoint picks who is asked what became of a measure: the first partner of the authority's country, else the
// organisation that owns the recommendation.
func (x *act) focalPoint(ctx context.Context, authority uuid.UUID) (organisation uuid.UUID, country string, err error) {
	addressee, err := models.AuthorityByID(ctx, x.tx, authority)
	if err != nil {
		return uuid.Nil, "", err
	}
	country = addressee.CountryCode
	if country == "" {
		return x.rec.OrganisationID, "", nil
	}
	partners, err := models.PartnersOf(ctx, x.tx, []string{country}, x.now)
	if err != nil || len(partners) == 0 {
		return x.rec.OrganisationID, country, err
	}
	return partners[0].ID, country, nil
}

// AskProgress asks the focal point what became of the measure, when the time of this period has come.
func (a *Activities) AskProgress(ctx context.Context, s Step) (models.Position, error) {
	f, err := models.FollowUpByID(ctx, a.DB, s.ProcessID)
	if err != nil {
		return models.Position{}, temporalError(err)
	}
	if f.Undelivered && f.AskAt != nil {
		return a.awaitDelivery(ctx, s, *f.AskAt)
	}
	return a.step(ctx, s, "ask_progress", func(ctx context.Context, x *act) error {
		f, err := models.FollowUpByID(ctx, x.tx, x.process.ID)
		if err != nil {
			return err
		}
		if f.OrganisationID == nil {
			return errNotNow
		}
		if err := x.due(f.AskAt); err != nil {
			return err
		}
		open, err := models.Tasks(ctx, x.tx, models.TaskFilter{Process: f.ID, OpenOnly: true, Kinds: []models.TaskKind{models.TaskReportProgress}})
		if err != nil {
			return err
		}
		if len(open) > 0 {
			return errNotNow
		}
		focal, err := models.OrganisationByID(ctx, x.tx, *f.OrganisationID)
		if err != nil {
			return err
		}
		if err := x.note(ctx, entry{verb: "followup.asked", visibility: record.Network, objectKind: "followup", object: f.ID,
			facts: map[string]string{"period": fmt.Sprint(f.Period)}}); err != nil {
			return err
		}
		return x.askOrganisation(ctx, models.TaskReportProgress, *f.OrganisationID, []models.Organisation{focal}, func(t *models.Task, _ *time.Location) {
			t.SubjectID, t.Round = &f.ID, f.Period
		})
	})
}

// longestAwait is how long a follow-up waits at most before it looks again whether the authority has the recommendation.
const longestAwait = 7 * 24 * time.Hour

// awaitDelivery puts the question off while the authority does not have the recommendation: by a quarter of the time it has
// waited already, so that it comes soon after a delivery that is soon, and seldom asks in vain.
func (a *Activities) awaitDelivery(ctx context.Context, s Step, askAt time.Time) (models.Position, error) {
	s.N = int(askAt.Unix())
	return a.step(ctx, s, "await_delivery", func(ctx context.Context, x *act) error {
		f, err := models.FollowUpByID(ctx, x.tx, x.process.ID)
		if err != nil {
			return err
		}
		if err := x.due(f.AskAt); err != nil {
			return err
		}
		if !f.Undelivered {
			return errNotNow
		}
		next := x.now.Add(min(max(x.now.Sub(f.CreatedAt)/4, time.Second), longestAwait))
		f.AskAt = &next
		return f.Save(ctx, x.tx)
	})
}

// reportProgress takes a report, asked for or not. An answer to what was asked begins the next period.
func reportProgress(ctx context.Context, x *act) error {
	p, err := payload[models.ProgressPayload](x)
	if err != nil {
		return err
	}
	f, err := models.FollowUpByID(ctx, x.tx, x.process.ID)
	if err != nil {
		return err
	}
	org := x.reportsFor(f)
	n := &models.ProgressNote{ID: models.NewID(), FollowupID: f.ID, Status: p.Status, Note: p.Note, WrittenIn: p.WrittenIn, SourceTitle: p.SourceTitle, SourceLanguage: p.SourceLanguage,
		SourceURL: p.SourceURL, PersonID: x.speaker.ID, SpokenBy: &org, AsCoordinator: x.speaks.OnlyCoordinates(org), DecisionID: x.id, ReportedAt: x.now}
	if p.InFuture(x.now) {
		return apperr.Invalid("observed_on", "not_future")
	}
	if p.ObservedOn != nil && !p.DayUnknown {
		n.ObservedOn = *p.ObservedOn.Time()
	}
	if x.attachment != nil && x.sub.OnBehalfOf == nil {
		n.AttachmentID = &x.attachment.ID
	}
	if x.task != nil {
		n.TaskID = &x.task.ID
	}
	if err := n.Insert(ctx, x.tx); err != nil {
		return fmt.Errorf("write progress note: %w", err)
	}
	if f.Status != p.Status {
		f.Status, f.StatusSince = p.Status, x.now
	}
	if err := f.Save(ctx, x.tx); err != nil {
		return err
	}
	if err := x.note(ctx, entry{verb: "followup.reported", visibility: record.Network, objectKind: "followup", object: f.ID, org: org,
		facts: map[string]string{"status": string(p.Status)}, texts: map[string]string{"note": p.Note}}); err != nil {
		return err
	}
	return x.answered(ctx)
}

// reportsFor returns the organisation in whose name progress is reported: the focal point where the speaker belongs to
// it, else the owner of the recommendation.
func (x *act) reportsFor(f *models.FollowUp) uuid.UUID {
	for _, r := range x.speaks.Roles {
		if f.OrganisationID != nil && r.OrganisationID == *f.OrganisationID {
			return *f.OrganisationID
		}
	}
	return x.rec.OrganisationID
}

// answered closes what was asked in this period, whoever reported, so that nobody is asked for what is known.
func (x *act) answered(ctx context.Context) error {
	open, err := models.Tasks(ctx, x.tx, models.TaskFilter{Process: x.process.ID, OpenOnly: true, Kinds: []models.TaskKind{models.TaskReportProgress}})
	if err != nil || len(open) == 0 {
		return err
	}
	for i := range open {
		if err := x.closeTask(ctx, &open[i], models.TaskDone); err != nil {
			return err
		}
	}
	return x.nextPeriod(ctx)
}

// nextPeriod sets when progress is asked for next: on schedule, counted from when it was asked for last; after a long
// outage from now.
func (x *act) nextPeriod(ctx context.Context) error {
	f, err := models.FollowUpByID(ctx, x.tx, x.process.ID)
	if err != nil {
		return err
	}
	country := ""
	if f.Authority != nil {
		country = f.Authority.CountryCode
	}
	zone, err := zoneOf(ctx, x.tx, country)
	if err != nil {
		return err
	}
	f.Period++
	next := x.procedure.FollowUp.Every.Morning(x.now, zone)
	if f.AskAt != nil {
		if planned := x.procedure.FollowUp.Every.Morning(*f.AskAt, zone); planned.After(x.now) {
			next = planned
		}
	}
	f.AskAt = &next
	return f.Save(ctx, x.tx)
}

// endFollowUp ends the follow-up of a measure at an authority, with a reason.
func endFollowUp(ctx context.Context, x *act) error {
	p, err := payload[models.ReasonPayload](x)
	if err != nil {
		return err
	}
	f, err := models.FollowUpByID(ctx, x.tx, x.process.ID)
	if err != nil {
		return err
	}
	f.EndedAt = &x.now
	if err := f.Save(ctx, x.tx); err != nil {
		return err
	}
	if err := x.closeTasks(ctx, models.TaskCancelled, ""); err != nil {
		return err
	}
	x.end()
	return x.note(ctx, entry{verb: "followup.ended", visibility: record.Network, objectKind: "followup", object: f.ID, org: x.rec.OrganisationID,
		facts: map[string]string{"status": string(f.Status)}, texts: map[string]string{"reason": p.Reason}})
}
