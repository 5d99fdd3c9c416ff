package intake_test

import (
	"bytes"
	"context"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"tribuna/internal/bounce/intake"
	"tribuna/models"
)

// asking has somebody type the address of a mailbox that the corpus is about, which nobody in the network has, and returns the mail
// that asks and the request.
func (o *office) asking(t *testing.T) (mail, request uuid.UUID) {
	t.Helper()
	_, err := o.db.NewRaw(`UPDATE people SET email = 'other@posta.example' WHERE id = ?`, o.ana).Exec(t.Context())
	require.NoError(t, err)
	o.ask(t)
	var m models.OutboxMail
	require.NoError(t, o.db.NewSelect().Model(&m).Where("o.kind = ?", models.MailSubscription).Scan(t.Context()))
	_, err = o.db.NewRaw(`UPDATE outbox SET state = 'delivered', finished_at = ? WHERE id = ?`, now, m.ID).Exec(t.Context())
	require.NoError(t, err)
	return m.ID, *m.Data.Request
}

func (o *office) ask(t *testing.T) {
	t.Helper()
	require.NoError(t, models.AskSubscription(t.Context(), o.db, models.SubscriptionInput{Email: "ana@posta.example", Language: "en", Consent: "Write to me.", ReadIn: "en"}, now))
}

// asked is how many mails ask the address.
func (o *office) asked(t *testing.T) int {
	t.Helper()
	n, err := o.db.NewSelect().Model((*models.OutboxMail)(nil)).Where("o.kind = ?", models.MailSubscription).Count(t.Context())
	require.NoError(t, err)
	return int(n)
}

// TestWhoNeverAskedToBeSubscribedIsAskedOnce: whoever types an address again after its reader complained, or nobody has it, is answered as
// before, and nothing goes there.
func TestWhoNeverAskedToBeSubscribedIsAskedOnce(t *testing.T) {
	for file, reason := range map[string]string{"feedback-abuse": models.SuppressedComplaint, "postfix-unknown": models.SuppressedHardBounce} {
		t.Run(file, func(t *testing.T) {
			o := newOffice(t)
			mail, _ := o.asking(t)
			raw := returned(t, file, mail)
			forged := bytes.ReplaceAll(raw, []byte(addressOf(mail)), []byte("returned+made-up@tribuna.example"))
			require.Equal(t, intake.Forged, o.take(t, nil, forged))
			require.Empty(t, o.suppressed(t))

			outcome := o.take(t, []string{addressOf(mail)}, raw)
			require.Contains(t, []intake.Outcome{"complaint", "hard"}, outcome)
			require.Equal(t, reason, o.suppressed(t))
			require.Equal(t, intake.Repeated, o.take(t, nil, raw))
			o.ask(t)
			require.Equal(t, 1, o.asked(t))

			list, err := models.Withdrawals(t.Context(), o.db)
			require.NoError(t, err)
			require.True(t, slices.ContainsFunc(list, func(w models.Withdrawal) bool {
				return w.AddressHash == models.AddressHash("ana@posta.example") && w.Reason == reason && w.Validate() == nil
			}), "it outlives a backup")
			var leads bool
			require.NoError(t, o.db.NewRaw(`SELECT EXISTS (SELECT 1 FROM suppressions WHERE mail_id IS NOT NULL) OR EXISTS (SELECT 1 FROM bounces WHERE address_hash <> '' OR person_id IS NOT NULL)`).
				Scan(t.Context(), &leads))
			require.False(t, leads, "nothing leads from the address to a mail")
		})
	}
}

// TestAComplaintAboutARequestIsFoundByItsMessage where it names the address that was typed.
func TestAComplaintAboutARequestIsFoundByItsMessage(t *testing.T) {
	o := newOffice(t)
	o.Domain = "tribuna.example"
	mail, _ := o.asking(t)
	id := mail.String() + "@tribuna.example"
	require.Equal(t, intake.Forged, o.take(t, nil, nameless(t, id, "Original-Rcpt-To: <ana@posta.example>", "Original-Rcpt-To: <eve@posta.example>", "To: ana@posta.example", "To: eve@posta.example")))
	require.Empty(t, o.suppressed(t))
	require.Equal(t, intake.Outcome("complaint"), o.take(t, nil, nameless(t, id)))
	require.Equal(t, models.SuppressedComplaint, o.suppressed(t))
}

// TestWhatComesBackOfARequestThatIsOver concerns whoever confirmed it, until they are erased; of one that nobody confirmed nothing is known.
func TestWhatComesBackOfARequestThatIsOver(t *testing.T) {
	o := newOffice(t)
	mail, request := o.asking(t)
	p, err := models.ConfirmSubscription(t.Context(), o.db, request, now)
	require.NoError(t, err)
	require.Equal(t, intake.Outcome("complaint"), o.take(t, nil, returned(t, "feedback-abuse", mail)))
	require.Equal(t, models.SuppressedComplaint, o.suppressed(t))
	p, err = models.PersonByID(t.Context(), o.db, p.ID)
	require.NoError(t, err)
	require.NotNil(t, p.UnsubscribedAt)
	by, err := models.PersonByID(t.Context(), o.db, o.ana)
	require.NoError(t, err)
	require.NoError(t, o.db.RunInTx(t.Context(), nil, func(ctx context.Context, tx bun.Tx) error { return models.EraseContact(ctx, tx, by, p.ID, now) }))
	left, err := o.db.NewSelect().Table("bounces").Count(t.Context())
	require.NoError(t, err)
	require.Zero(t, left)
	require.Equal(t, intake.Gone, o.take(t, nil, returned(t, "postfix-unknown", mail)))
	require.Equal(t, models.SuppressedComplaint, o.suppressed(t), "the hash stays")

	o = newOffice(t)
	mail, _ = o.asking(t)
	require.NoError(t, models.DeleteOldSubscriptionRequests(t.Context(), o.db, now.Add(models.SubscriptionLife+time.Second)))
	require.Equal(t, intake.Gone, o.take(t, nil, returned(t, "feedback-abuse", mail)))
}
