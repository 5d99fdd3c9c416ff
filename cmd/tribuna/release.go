package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"tribuna/models"
	"tribuna/workflows"
)

// release lets a restored database go on, once processes and rows agree and somebody said what becomes of the mails held.
func (p *parts) release(ctx context.Context, findings []workflows.Finding, f doctorWish) error {
	b, err := models.ReadBacklog(ctx, p.db, time.Now())
	if err != nil {
		return err
	}
	if b.RestoredAt == nil {
		fmt.Println("Nothing is held: this database goes on.")
		return nil
	}
	if len(findings) > 0 {
		return errors.Join(report(findings, mailLook{}, doctorWish{}), errors.New("processes and rows do not agree yet"))
	}
	held, err := models.HeldMails(ctx, p.db, 0)
	if err != nil {
		return err
	}
	for _, m := range held {
		fmt.Printf("held  %-30s due %s  %s\n", m.Kind, m.NotBefore.UTC().Format(time.RFC3339), m.ID)
	}
	if len(held) > 0 && !f.send && !f.drop {
		return fmt.Errorf("%s due when the backup was restored and may have gone out since it was made: say --send to send them (perhaps again), or --drop to send none of them",
			counted(len(held), "mail was", "mails were"))
	}
	err = p.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		return models.Release(ctx, tx, f.send, time.Now())
	})
	if err != nil {
		return err
	}
	fmt.Println("Released: processes go on and mails go out.")
	return nil
}

// remindOfRelease says that a restored database still stands still. Where nothing was repaired that is an error, so that a
// script notices.
func (p *parts) remindOfRelease(ctx context.Context, wish doctorWish) error {
	b, err := models.ReadBacklog(ctx, p.db, time.Now())
	if err != nil || b.RestoredAt == nil {
		return err
	}
	still := fmt.Sprintf("restored %s and standing still, %s held: run %s", b.RestoredAt.UTC().Format(time.RFC3339),
		counted(b.MailsHeld, "mail", "mails"), releaseCommand(b.MailsHeld))
	if !wish.repair {
		return errors.New(still)
	}
	if !wish.asJSON {
		fmt.Println(still)
	}
	return nil
}

// releaseCommand is how a restored database is released: where mails are held it has to be said what becomes of them.
func releaseCommand(held int) string {
	if held == 0 {
		return "tribuna doctor --release"
	}
	return "tribuna doctor --release, which lists them, then with --send or --drop"
}
