package models

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"tribuna/internal/record"
)

// EndLinks makes every personal link of a question invalid, those already sent included, because somebody who decides on the text says
// so, and puts that on record. It returns the generation of the links that are sent from now on. The process's row is held, so that
// no decision about the question that is being written takes it back.
func EndLinks(ctx context.Context, db *bun.DB, r *Recommendation, t *Task, by Person, now time.Time) (generation int, err error) {
	err = db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if _, err := LockProcessToDecide(ctx, tx, t.ProcessID); err != nil {
			return err
		}
		if err := RevokeLinks(ctx, tx, t.ID); err != nil {
			return fmt.Errorf("end personal links: %w", err)
		}
		fresh, err := TaskByID(ctx, tx, t.ID)
		if err != nil {
			return err
		}
		generation = fresh.Generation
		return noteLinks(ctx, tx, "task.links_ended", r, t, by, now)
	})
	return generation, err
}

// SendLinks sends new personal links for a question to those it waits for, because somebody who decides on the text says so, and puts
// that on record. It returns to how many: nobody who left, or has had as many today as one gets.
func SendLinks(ctx context.Context, db *bun.DB, r *Recommendation, t *Task, by Person, now time.Time) (sent int, err error) {
	people := []Person{}
	if t.PersonID != nil {
		people = append(people, Person{ID: *t.PersonID})
	} else {
		organisations, err := t.Answering(ctx, db)
		if err != nil {
			return 0, err
		}
		if people, err = Representatives(ctx, db, organisations); err != nil {
			return 0, err
		}
	}
	for _, p := range people {
		ok, err := renewLink(ctx, db, t.ID, p.ID, now)
		if err != nil {
			return sent, err
		}
		if ok {
			sent++
		}
	}
	if sent == 0 {
		return 0, nil
	}
	return sent, db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		return noteLinks(ctx, tx, "task.link_sent", r, t, by, now)
	})
}

func noteLinks(ctx context.Context, tx bun.Tx, verb string, r *Recommendation, t *Task, by Person, now time.Time) error {
	facts, err := inCapacity(ctx, tx, by, r.OrganisationID, map[string]string{"kind": string(t.Kind)})
	if err != nil {
		return err
	}
	_, err = record.Append(ctx, tx, r.ID, record.Entry{At: now, Verb: verb, Actor: by.Pseudonym, Capacity: record.Institutional,
		Organisation: r.OrganisationID, ObjectKind: "task", Object: t.ID, Visibility: record.Confidential, Facts: facts})
	return err
}
