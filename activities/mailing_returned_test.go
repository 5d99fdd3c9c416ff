package activities

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"tribuna/models"
)

// nothing is a sender of whose mails none can leave now.
type nothing struct{}

func (nothing) SendMailing(context.Context, uuid.UUID, int, func()) (int, error) { return 0, nil }

// returned notes a report about a mail of a mailing that left and did not come back so far.
func (d *desk) returned(mailing uuid.UUID, class models.BounceClass, status, words string) {
	d.t.Helper()
	var mail struct {
		ID    uuid.UUID
		Email string
	}
	require.NoError(d.t, d.db.NewRaw(`SELECT o.id, p.email FROM outbox AS o JOIN people AS p ON p.id = o.person_id
		WHERE o.mailing_id = ? AND o.state = 'delivered' ORDER BY o.finished_at DESC, o.id LIMIT 1`, mailing).Scan(d.ctx, &mail))
	d.tx(func(tx bun.Tx) {
		noted, err := models.NoteBounce(d.ctx, tx, models.ReturnedMail{MailID: mail.ID, Email: mail.Email, Digest: "one", Kind: "delivery",
			Class: class, Status: status, Diagnostic: words}, d.clock)
		require.NoError(d.t, err)
		require.Equal(d.t, class != models.BounceHard, noted.Suppressed == "")
	})
}

// sending is a mailing of which so many mails have left behind a server that takes everything.
func (d *desk) sending(left int) *models.Mailing {
	d.t.Helper()
	_, err := d.db.NewRaw("UPDATE recommendations SET published_at = ? WHERE id = ?", d.clock, d.rec.ID).Exec(d.ctx)
	require.NoError(d.t, err)
	m := d.newMailing()
	d.decide(m.ID, models.DecideLaunchMailing, d.officer, nil, models.LaunchMailingPayload{Revision: 1, Expected: english, AtNight: true})
	d.leaves(m, left)
	return m
}

// leaves has mails of a mailing leave, a while later.
func (d *desk) leaves(m *models.Mailing, n int) {
	d.t.Helper()
	d.pass(time.Minute)
	_, err := d.db.NewRaw(`UPDATE outbox SET state = 'delivered', finished_at = ? WHERE id IN
		(SELECT id FROM outbox WHERE mailing_id = ? AND state = 'queued' ORDER BY id LIMIT ?)`, d.clock, m.ID, n).Exec(d.ctx)
	require.NoError(d.t, err)
	d.pass(time.Minute)
}

// part sends a part of a mailing of which nothing can leave now, and returns why it must not go on.
func (d *desk) part(m *models.Mailing) *models.MailingStop {
	d.t.Helper()
	result, err := d.acts.SendMailing(d.ctx, m.ID)
	require.NoError(d.t, err)
	return result.Stop
}

const unauthenticated = "550-5.7.26 Your email has been blocked because the sender is unauthenticated"

func TestAMailingStopsForWhatComesBackOfItAsForWhatIsSaidAtOnce(t *testing.T) {
	d := newDesk(t, nil)
	d.acts.Mails = nothing{}
	m := d.sending(3)
	require.Nil(t, d.part(m))
	d.returned(m.ID, models.BounceHard, "5.1.1", "550 5.1.1 no such user")
	d.returned(m.ID, models.BouncePolicy, "5.7.1", "550 5.7.1 this message looks like spam")
	require.Nil(t, d.part(m), "one reader's server says so, and nobody has the other address")
	d.returned(m.ID, models.BouncePolicy, "5.7.26", unauthenticated)
	why := d.part(m)
	require.NotNil(t, why)
	require.Equal(t, models.StopPolicy, why.Reason)
	require.Equal(t, unauthenticated, why.Reply)
	require.NotEmpty(t, why.Domain)
	_, err := d.acts.StopMailing(d.ctx, StopMailingInput{Step: Step{ProcessID: m.ID}, Why: *why})
	require.NoError(t, err)
	require.Equal(t, models.MailingPaused, d.mailing(m.ID).State)

	d.pass(time.Hour)
	d.decide(m.ID, models.DecideResumeMailing, d.officer, nil, models.NoPayload{})
	require.Equal(t, models.MailingSending, d.mailing(m.ID).State)
	require.Nil(t, d.part(m), "that was before it was mended")
}

func TestAMailingStopsForWhatComesBackFromSeveralReaders(t *testing.T) {
	d := newDesk(t, nil)
	d.acts.Mails = nothing{}
	m := d.sending(3)
	spam := func() { d.returned(m.ID, models.BouncePolicy, "5.7.1", "550 5.7.1 this message looks like spam") }
	spam()
	spam()
	require.Nil(t, d.part(m))
	spam()
	require.Equal(t, models.StopPolicy, d.part(m).Reason)
}
