package activities

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"tribuna/models"
)

// A digest that is being claimed while a reminder is counted was read without it: the reminder goes into another one.
func TestReminderIsNotLostToADigestThatIsLeaving(t *testing.T) {
	d := newDesk(t, nil)
	d.says(models.DecideStartReview, nil, d.reviewStart())
	d.stage("OpenReview", d.acts.OpenReview)
	review := d.the(models.TaskReview)
	d.clock = *review.RemindAt
	d.says(models.DecideNudgeReview, review, models.NoPayload{})
	digests := func() int { return d.count((*models.OutboxMail)(nil), "kind = ?", models.MailDigest) }
	require.Equal(t, 1, digests())

	done := make(chan error, 1)
	d.tx(func(tx bun.Tx) {
		_, err := tx.NewRaw("UPDATE outbox SET state = 'claimed', claimed_until = now() + interval '1 minute' WHERE kind = ?", models.MailDigest).Exec(d.ctx)
		require.NoError(t, err)
		go func() {
			_, err := d.acts.RemindTask(context.WithoutCancel(d.ctx), Step{ProcessID: d.rec.ID, TaskID: review.ID, N: 1})
			done <- err
		}()
		require.Eventually(t, func() bool { return len(done) == 1 || d.count((*lock)(nil), "NOT granted") > 0 }, 10*time.Second, 10*time.Millisecond)
	})
	require.NoError(t, <-done)
	require.Equal(t, 2, digests(), "the reminder is in the next one")
}

// lock is a row of what PostgreSQL locks.
type lock struct {
	bun.BaseModel `bun:"table:pg_locks"`

	Granted bool
}
