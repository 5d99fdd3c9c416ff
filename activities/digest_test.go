package activities

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"tribuna/internal/demo"
	"tribuna/internal/links"
	"tribuna/internal/mail"
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

// TestRemindersOfTwoTextsOnOneDayGoInOneMail: an expert who reviews two texts is not written to twice.
func TestRemindersOfTwoTextsOnOneDayGoInOneMail(t *testing.T) {
	d := newDesk(t, nil)
	start := func() *models.Task {
		d.says(models.DecideStartReview, nil, d.reviewStart())
		d.stage("OpenReview", d.acts.OpenReview)
		return d.the(models.TaskReview)
	}
	reviews := []*models.Task{start()}
	d.tx(func(tx bun.Tx) {
		var err error
		d.rec, err = models.CreateRecommendation(d.ctx, tx, models.RecommendationInput{Kind: "policy_brief", Language: "en", Procedure: "under-test",
			Languages: []string{"bg"}, OrganisationID: demo.ID("organisation", "khc"), Countries: []string{"BG"},
			Draft: models.Draft{Title: "Foster families", Body: "First.", Measures: []models.DraftMeasure{
				{Text: "Pay them.", AuthorityIDs: []uuid.UUID{demo.ID("authority", "bg-ministry-labour-social-policy")}}}}}, d.officer, d.clock)
		require.NoError(t, err)
	})
	var err error
	d.version, err = models.VersionByID(d.ctx, d.db, *d.rec.CurrentVersionID)
	require.NoError(t, err)
	reviews = append(reviews, start())
	require.Equal(t, *reviews[0].PersonID, *reviews[1].PersonID)

	d.clock = *reviews[1].RemindAt
	for _, review := range reviews {
		_, err := d.acts.RemindTask(d.ctx, Step{ProcessID: review.ProcessID, TaskID: review.ID, N: 1})
		require.NoError(t, err)
	}
	var digests []models.OutboxMail
	require.NoError(t, d.db.NewSelect().Model(&digests).Where("kind = ?", models.MailDigest).Scan(d.ctx))
	require.Len(t, digests, 1)
	minter, err := links.New(bytes.Repeat([]byte{7}, 32))
	require.NoError(t, err)
	letter, err := mail.NewComposer(d.db, minter, "https://tribuna.example/").Compose(d.ctx, digests[0], digests[0].NotBefore)
	require.NoError(t, err)
	for _, said := range []string{"Leaving care", "Foster families"} {
		require.Contains(t, letter.Text, said)
		require.Contains(t, letter.HTML, said)
	}
	require.Equal(t, 2, strings.Count(letter.Text, "https://tribuna.example/l/"), "a link to each")
}

// lock is a row of what PostgreSQL locks.
type lock struct {
	bun.BaseModel `bun:"table:pg_locks"`

	Granted bool
}
