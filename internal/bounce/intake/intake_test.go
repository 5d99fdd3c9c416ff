package intake_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"tribuna/internal/bounce"
	"tribuna/internal/bounce/intake"
	"tribuna/internal/devstack/testdb"
	"tribuna/models"
)

func TestMain(m *testing.M) { testdb.Main(m) }

var now = time.Date(2026, 3, 12, 9, 0, 0, 0, time.UTC)

// office is a network with one reader, ana@posta.example, and an intake.
type office struct {
	*intake.Intake
	db  *bun.DB
	own *bun.DB // as the role that owns it
	ana uuid.UUID
	log *bytes.Buffer
}

func newOffice(t *testing.T) *office {
	t.Helper()
	both := testdb.Open(t)
	o := &office{db: both.App, own: both.Owner, ana: models.NewID(), log: new(bytes.Buffer)}
	_, err := o.db.NewRaw(`INSERT INTO languages (tag, endonym) VALUES ('en','English') ON CONFLICT DO NOTHING`).Exec(t.Context())
	require.NoError(t, err)
	_, err = o.db.NewRaw(`INSERT INTO people (id, name, email, language, consent_at) VALUES (?, 'Ana', 'Ana@Posta.example', 'en', now())`, o.ana).Exec(t.Context())
	require.NoError(t, err)
	o.Intake = &intake.Intake{DB: o.db, Mail: mailOf, Now: func() time.Time { return now }, Log: slog.New(slog.NewTextHandler(o.log, nil))}
	return o
}

// addressOf and mailOf stand for the signed addresses: what makes them genuine is tested where they are made.
func addressOf(mail uuid.UUID) string { return "returned+" + mail.String() + "@tribuna.example" }

func mailOf(address string) (uuid.UUID, bool) {
	id, ok := strings.CutPrefix(strings.TrimSuffix(address, "@tribuna.example"), "returned+")
	mail, err := uuid.Parse(id)
	return mail, ok && err == nil
}

// sent is a mail to Ana that the server took, or whose fate is not known.
func (o *office) sent(t *testing.T, state models.MailState) uuid.UUID {
	t.Helper()
	m := &models.OutboxMail{Kind: models.MailDigest, DedupeKey: uuid.NewString(), PersonID: o.ana, CreatedAt: now}
	require.NoError(t, models.Enqueue(t.Context(), o.db, m))
	_, err := o.db.NewRaw(`UPDATE outbox SET state = ?, finished_at = ? WHERE id = ?`, state, now, m.ID).Exec(t.Context())
	require.NoError(t, err)
	return m.ID
}

func (o *office) state(t *testing.T, mail uuid.UUID) (m models.OutboxMail) {
	t.Helper()
	require.NoError(t, o.db.NewSelect().Model(&m).Where("o.id = ?", mail).Scan(t.Context()))
	return m
}

func (o *office) suppressed(t *testing.T) string {
	t.Helper()
	s, err := models.SuppressionOf(t.Context(), o.db, "ana@posta.example")
	require.NoError(t, err)
	if s == nil {
		return ""
	}
	return s.Reason
}

// returned is a message of the corpus as it comes back for a mail.
func returned(t *testing.T, name string, mail uuid.UUID) []byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "testdata", "returned", name+".eml"))
	require.NoError(t, err)
	return bytes.ReplaceAll(raw, []byte("returned+3f9a@tribuna.example"), []byte(addressOf(mail)))
}

func (o *office) take(t *testing.T, to []string, raw []byte) intake.Outcome {
	t.Helper()
	outcome, err := o.Take(t.Context(), to, bytes.NewReader(raw))
	require.NoError(t, err)
	return outcome
}

func TestAReportIsNotedOnceWhicheverWayItComes(t *testing.T) {
	o := newOffice(t)
	mail := o.sent(t, models.MailUnknown)
	raw := returned(t, "postfix-unknown", mail)
	require.Equal(t, intake.Outcome("hard"), o.take(t, []string{addressOf(mail)}, raw))
	require.Equal(t, models.MailBounced, o.state(t, mail).State, "what was not known is settled")
	require.Contains(t, o.state(t, mail).Reply, "550 5.1.1")
	require.NotContains(t, o.state(t, mail).Reply, "ana@")
	require.Equal(t, models.SuppressedHardBounce, o.suppressed(t))
	require.Equal(t, intake.Repeated, o.take(t, nil, raw), "by the addresses within it")
}

func TestWhatIsForgedOrUnknownChangesNothing(t *testing.T) {
	o := newOffice(t)
	mail := o.sent(t, models.MailDelivered)
	raw := returned(t, "postfix-unknown", mail)
	made := bytes.ReplaceAll(raw, []byte(addressOf(mail)), []byte("returned+made-up@tribuna.example"))
	require.Equal(t, intake.Forged, o.take(t, []string{"ana@posta.example", "returned+made-up@tribuna.example"}, made))
	require.Equal(t, intake.Forged, o.take(t, nil, []byte("garbage")))
	require.Equal(t, intake.Gone, o.take(t, nil, returned(t, "postfix-unknown", uuid.New())))
	require.Equal(t, intake.NoReport, o.take(t, []string{addressOf(mail)}, returned(t, "none-human", mail)))
	require.Equal(t, models.MailDelivered, o.state(t, mail).State)
	require.Empty(t, o.suppressed(t))
	require.NotContains(t, o.log.String(), "@", "no address in the log")
}

// TestOnlyHardOnesAndComplaintsSuppress goes through the whole corpus, each message for a mail of its own.
func TestOnlyHardOnesAndComplaintsSuppress(t *testing.T) {
	o := newOffice(t)
	files, err := filepath.Glob(filepath.Join("..", "testdata", "returned", "*.eml"))
	require.NoError(t, err)
	for _, file := range files {
		_, err := o.db.NewRaw(`DELETE FROM bounces; DELETE FROM suppressions; UPDATE people SET unsubscribed_at = NULL`).Exec(t.Context())
		require.NoError(t, err)
		name := strings.TrimSuffix(filepath.Base(file), ".eml")
		mail := o.sent(t, models.MailUnknown)
		outcome := o.take(t, []string{addressOf(mail)}, returned(t, name, mail))
		suppresses := outcome == intake.Outcome(bounce.Hard) || outcome == intake.Outcome(bounce.Complaint)
		require.Equal(t, suppresses, o.suppressed(t) != "", "%s: %s", name, outcome)
		after := o.state(t, mail).State
		switch bounce.Class(outcome) {
		case bounce.Hard, bounce.Soft, bounce.Policy:
			want := models.MailBounced
			if strings.HasPrefix(name, "feedback-") { // it says what was found in the mail
				want = models.MailUnknown
			}
			require.Equal(t, want, after, name)
		case bounce.Delivered, bounce.AutoReply, bounce.Complaint:
			require.Equal(t, models.MailDelivered, after, name)
		default:
			require.Equal(t, models.MailUnknown, after, name)
		}
	}
}

// TestAComplaintIsFoundByTheMailItIsAbout: it is sent to another address than the mail's own.
func TestAComplaintIsFoundByTheMailItIsAbout(t *testing.T) {
	o := newOffice(t)
	mail := o.sent(t, models.MailDelivered)
	raw := bytes.ReplaceAll(returned(t, "feedback-abuse", mail), []byte("To: "+addressOf(mail)), []byte("To: loop@tribuna.example"))
	require.Equal(t, intake.Outcome("complaint"), o.take(t, []string{"loop@tribuna.example"}, raw))
	require.Equal(t, models.SuppressedComplaint, o.suppressed(t))
	person, err := models.PersonByID(t.Context(), o.db, o.ana)
	require.NoError(t, err)
	require.NotNil(t, person.UnsubscribedAt)
	require.Equal(t, models.MailDelivered, o.state(t, mail).State, "it arrived")
}

// TestARefusalForAnAddressThatWasCorrectedIsNotHard: the person has another one by now.
func TestARefusalForAnAddressThatWasCorrectedIsNotHard(t *testing.T) {
	o := newOffice(t)
	mail := o.sent(t, models.MailDelivered)
	_, err := o.db.NewRaw(`UPDATE people SET email = 'ana@nova.example'`).Exec(t.Context())
	require.NoError(t, err)
	require.Equal(t, intake.Outcome("soft"), o.take(t, nil, returned(t, "postfix-unknown", mail)))
	require.Empty(t, o.suppressed(t))
}

type brokenOff struct{ error }

func (b brokenOff) Read([]byte) (int, error) { return 0, b.error }

func TestWhatCannotBeReadOrNotedIsAnError(t *testing.T) {
	o := newOffice(t)
	_, err := o.Take(t.Context(), nil, brokenOff{io.ErrUnexpectedEOF})
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	mail := o.sent(t, models.MailDelivered)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = o.Take(ended, nil, bytes.NewReader(returned(t, "postfix-unknown", mail)))
	require.True(t, errors.Is(err, context.Canceled), err)
}

// TestClassesAreTheSameInBothPackages: what is read and what is kept are the same words.
func TestClassesAreTheSameInBothPackages(t *testing.T) {
	for class, kept := range map[bounce.Class]models.BounceClass{bounce.Hard: models.BounceHard, bounce.Soft: models.BounceSoft, bounce.Policy: models.BouncePolicy,
		bounce.AutoReply: models.BounceAutoReply, bounce.Delayed: models.BounceDelayed, bounce.Delivered: models.BounceDelivered,
		bounce.Complaint: models.BounceComplaint, bounce.Unknown: models.BounceUnknown} {
		require.Equal(t, string(class), string(kept))
	}
}
