package workflows

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/models"
)

// A regular look asks a bounded number of processes where they stand, each once in a while, so that a sweep stays short
// however many processes there are. One that just began is left alone.
const (
	examineAtOnce = 200
	examineEvery  = 5 * time.Minute
	examineFrom   = time.Minute
	examineFor    = 20 * time.Second
)

// Examine keeps what Diagnose finds where operators see it, on a page that asks nobody but the database.
func (c *Client) Examine(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(c.LookPatience, DefaultLookPatience))
	defer cancel()
	_, err := c.Look(ctx, false)
	return err
}

// Mend is Look with repair, for who waits at a page. It returns how many were found and repaired.
func (c *Client) Mend(ctx context.Context) (found, repaired int, err error) {
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(c.LookPatience, DefaultLookPatience))
	defer cancel()
	all, err := c.Look(ctx, true)
	for _, f := range all {
		if f.Repaired {
			repaired++
		}
	}
	return len(all), repaired, err
}

// Look is Diagnose, and keeps what it leaves unrepaired: what says later how the instance is doing says the same.
func (c *Client) Look(ctx context.Context, repair bool) ([]Finding, error) {
	all, err := c.Diagnose(ctx, repair)
	if err != nil {
		return nil, err
	}
	var left []Finding
	for _, f := range all {
		if !f.Repaired {
			left = append(left, f)
		}
	}
	return all, c.keepAll(ctx, left)
}

func (c *Client) keepAll(ctx context.Context, found []Finding) error {
	return c.DB.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		return models.ReplaceFindings(ctx, tx, c.Now(), rowsOf(found))
	})
}

func rowsOf(found []Finding) []models.Finding {
	rows := make([]models.Finding, len(found))
	for i, f := range found {
		rows[i] = models.Finding{Kind: f.Kind, Subject: f.Subject, What: f.What}
	}
	return rows
}

// ExamineSome looks at the open processes that were not looked at for longest, and keeps what it finds. What it does not
// get to in time is the next look's.
func (c *Client) ExamineSome(ctx context.Context) error {
	until := c.Now().Add(examineFor)
	due, err := models.UnexaminedProcesses(ctx, c.DB, c.Now().Add(-examineFrom), c.Now().Add(-examineEvery), examineAtOnce)
	if err != nil {
		return fmt.Errorf("read processes to look at: %w", err)
	}
	x := &examination{Client: c}
	var found []Finding
	var seen []uuid.UUID
	for _, p := range due {
		if c.Now().After(until) || x.silent {
			break
		}
		f, err := x.examine(ctx, p)
		if err != nil {
			return err
		}
		if f != nil {
			found = append(found, *f)
		}
		seen = append(seen, p.ID)
	}
	all := len(seen) == len(due) && len(due) < examineAtOnce
	return c.DB.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		return models.UpdateFindings(ctx, tx, c.Now(), seen, rowsOf(found), all)
	})
}
