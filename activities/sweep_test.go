package activities

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/testsuite"

	"tribuna/models"
)

// reach reaches processes as the client does, without Temporal between: starting notes the start, telling decides.
type reach struct {
	*desk
	away     bool // nothing can be reached
	examined int
}

var errAway = errors.New("not reached")

func (r *reach) Start(ctx context.Context, p models.Process) error {
	if r.away {
		return errAway
	}
	return models.MarkStarted(ctx, r.db, p.ID, r.clock)
}

func (r *reach) ExamineSome(context.Context) error {
	r.examined++
	return nil
}

func (r *reach) Tell(ctx context.Context, s *models.Submission) (models.Outcome, error) {
	if r.away {
		return models.Outcome{}, errAway
	}
	result, err := r.acts.Decide(ctx, DecideInput{ProcessID: s.ProcessID, SubmissionID: s.ID})
	return result.Outcome, err
}

// sweep runs a part of the sweep as the worker would.
func (d *desk) sweep(part any) SweepResult {
	d.t.Helper()
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(quiet{})
	env := suite.NewTestActivityEnvironment()
	env.RegisterActivity(d.acts)
	value, err := env.ExecuteActivity(part)
	require.NoError(d.t, err)
	var result SweepResult
	require.NoError(d.t, value.Get(&result))
	return result
}

func TestSweepStartsWhatIsOpen(t *testing.T) {
	d := newDesk(t, nil)
	r := &reach{desk: d, away: true}
	d.acts.Processes = r
	open := d.count((*models.Process)(nil), "closed_at IS NULL")
	require.NotZero(t, open)
	require.Equal(t, SweepResult{Failed: open}, d.sweep(d.acts.StartOpen), "it goes on after a failure")
	require.Zero(t, d.count((*models.Process)(nil), "started_at IS NOT NULL"))
	r.away = false
	for range 2 {
		require.Equal(t, SweepResult{Started: open}, d.sweep(d.acts.StartOpen))
		require.Zero(t, d.count((*models.Process)(nil), "started_at IS NULL"))
	}
}

func TestSweepLeavesAloneWhatIsOver(t *testing.T) {
	d := newDesk(t, nil)
	d.acts.Processes = &reach{desk: d}
	id := d.over()
	d.sweep(d.acts.StartOpen)
	require.Equal(t, 1, d.count((*models.Process)(nil), "started_at IS NULL AND id = ?", id))
}

// over writes a process that ended before Temporal was ever told of it.
func (d *desk) over() uuid.UUID {
	d.t.Helper()
	id := models.NewID()
	require.NoError(d.t, models.OpenProcess(d.ctx, d.db, models.ProcessMailing, id, d.rec.ID, d.clock))
	_, err := d.db.NewRaw("UPDATE processes SET closed_at = now() WHERE id = ?", id).Exec(d.ctx)
	require.NoError(d.t, err)
	return id
}

func TestSweepTellsAgainWhatWasNotSettled(t *testing.T) {
	d := newDesk(t, nil)
	r := &reach{desk: d}
	d.acts.Processes = r
	sub := d.submit(d.rec.ID, models.DecideStartReview, d.officer, nil, d.reviewStart())
	d.pass(resendAfter - time.Second)
	require.Equal(t, SweepResult{}, d.sweep(d.acts.ResendUnsettled), "its door may still be waiting")
	d.pass(2 * time.Second)
	r.away = true
	require.Equal(t, SweepResult{Failed: 1}, d.sweep(d.acts.ResendUnsettled))
	r.away = false
	require.Equal(t, SweepResult{}, d.sweep(d.acts.ResendUnsettled), "it was told a moment ago")
	d.pass(resendAfter + time.Second)
	require.Equal(t, SweepResult{Resent: 1}, d.sweep(d.acts.ResendUnsettled))
	require.Equal(t, SweepResult{}, d.sweep(d.acts.ResendUnsettled), "twice is once")
	stored, err := models.SubmissionByID(d.ctx, d.db, sub.ID)
	require.NoError(t, err)
	require.Equal(t, models.SubmissionRecorded, stored.State)
}

func TestSweepCleansUpWhatRanOut(t *testing.T) {
	d := newDesk(t, nil)
	for token, expiry := range map[string]time.Time{"over": d.clock.Add(-time.Second), "still good": d.clock.Add(time.Hour)} {
		_, err := d.db.NewRaw("INSERT INTO sessions (token, data, expiry) VALUES (?, '', ?)", token, expiry).Exec(d.ctx)
		require.NoError(t, err)
	}
	for range 2 {
		require.NoError(t, d.acts.CleanUp(d.ctx))
		var left []string
		require.NoError(t, d.db.NewRaw("SELECT token FROM sessions").Scan(d.ctx, &left))
		require.Equal(t, []string{"still good"}, left)
	}
}

func TestSweepForgetsLinksToAccountsThatEnded(t *testing.T) {
	d := newDesk(t, nil)
	add := func(purpose string, ended time.Duration) uuid.UUID {
		l := models.AccountLink{ID: models.NewID(), PersonID: d.officer.ID, Purpose: purpose,
			CreatedAt: d.clock.Add(-ended - models.ResetLife), ExpiresAt: d.clock.Add(-ended)}
		_, err := d.db.NewInsert().Model(&l).Exec(d.ctx)
		require.NoError(t, err)
		return l.ID
	}
	const long, lately = keepEndedLinks + time.Hour, keepEndedLinks - time.Hour
	add(models.LinkReset, long)
	add(models.LinkInvitation, 2*long)
	stay := []uuid.UUID{add(models.LinkReset, lately), add(models.LinkInvitation, long), add(models.LinkReset, -time.Minute)}
	for range 2 {
		require.NoError(t, d.acts.CleanUp(d.ctx))
		var left []uuid.UUID
		require.NoError(t, d.db.NewRaw("SELECT id FROM account_links").Scan(d.ctx, &left))
		require.ElementsMatch(t, stay, left, "what ended lately, what lives, and that somebody was invited")
	}
}

func TestLoadPositionOfNothingIsFinal(t *testing.T) {
	d := newDesk(t, nil)
	_, err := d.acts.LoadPosition(d.ctx, uuid.New())
	require.ErrorContains(t, err, "not_found")
}

func TestSweepHasALookAndSaysThatItCameBy(t *testing.T) {
	d := newDesk(t, nil)
	r := &reach{desk: d}
	d.acts.Processes = r
	require.NoError(t, d.acts.Examine(d.ctx))
	require.Equal(t, 1, r.examined)
	b, err := models.ReadBacklog(d.ctx, d.db, d.clock)
	require.NoError(t, err)
	require.WithinDuration(t, d.clock, *b.SweptAt, time.Millisecond)
}

func TestSweepForgetsWhoNeverConfirmed(t *testing.T) {
	d := newDesk(t, nil)
	in := models.SubscriptionInput{Email: "mara@readers.example", Language: "en", Consent: "I agree.", ReadIn: "en"}
	require.NoError(t, models.AskSubscription(d.ctx, d.db, in, d.clock))
	left := func() int {
		require.NoError(t, d.acts.CleanUp(d.ctx))
		n, err := d.db.NewSelect().Table("subscription_requests").Count(d.ctx)
		require.NoError(t, err)
		return int(n)
	}
	require.Equal(t, 1, left())
	d.pass(models.SubscriptionLife)
	require.Zero(t, left())
}
