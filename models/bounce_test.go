package models_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
	"tribuna/models"
)

// sent writes a mail to the n-th person that ended in a state at a time.
func (b *mailbox) sent(t *testing.T, n int, state models.MailState, at time.Time) uuid.UUID {
	t.Helper()
	m := b.write(t, n, func(m *models.OutboxMail) { m.CreatedAt = at })
	execSQL(t, b.db, `UPDATE outbox SET state = ?, finished_at = ? WHERE id = ?`, state, at, m.ID)
	return m.ID
}

// comesBack notes a report about a mail to the n-th person.
func (b *mailbox) comesBack(t *testing.T, n int, mail uuid.UUID, class models.BounceClass, digest string) models.Noted {
	t.Helper()
	r := models.ReturnedMail{MailID: mail, Email: fmt.Sprintf("reader%d@mail.example", n), Digest: digest, Kind: "delivery", Class: class,
		Status: "5.0.0", Diagnostic: "550 said the server"}
	var noted models.Noted
	require.NoError(t, b.db.RunInTx(t.Context(), nil, func(ctx context.Context, tx bun.Tx) (err error) {
		noted, err = models.NoteBounce(ctx, tx, r, mailNow.Add(90*24*time.Hour))
		return err
	}))
	return noted
}

func (b *mailbox) suppressed(t *testing.T, n int) string {
	t.Helper()
	s, err := models.SuppressionOf(t.Context(), b.db, fmt.Sprintf("READER%d@mail.example", n))
	require.NoError(t, err)
	if s == nil {
		return ""
	}
	return s.Reason
}

func TestWhatAReportDoesToAMailAndItsAddress(t *testing.T) {
	b := newMailbox(t, 40)
	n := 0
	for _, c := range []struct {
		before, after models.MailState
		class         models.BounceClass
		suppressed    string
	}{
		{models.MailDelivered, models.MailBounced, models.BounceHard, models.SuppressedHardBounce},
		{models.MailUnknown, models.MailBounced, models.BounceHard, models.SuppressedHardBounce},
		{models.MailSending, models.MailBounced, models.BounceHard, models.SuppressedHardBounce},
		{models.MailClaimed, models.MailBounced, models.BounceSoft, ""},
		{models.MailDelivered, models.MailBounced, models.BounceSoft, ""},
		{models.MailDelivered, models.MailBounced, models.BouncePolicy, ""},
		{models.MailUnknown, models.MailBounced, models.BouncePolicy, ""},
		{models.MailDelivered, models.MailDelivered, models.BounceAutoReply, ""},
		{models.MailUnknown, models.MailDelivered, models.BounceAutoReply, ""},
		{models.MailUnknown, models.MailDelivered, models.BounceDelivered, ""},
		{models.MailUnknown, models.MailDelivered, models.BounceComplaint, models.SuppressedComplaint},
		{models.MailDelivered, models.MailDelivered, models.BounceComplaint, models.SuppressedComplaint},
		{models.MailUnknown, models.MailUnknown, models.BounceDelayed, ""},
		{models.MailUnknown, models.MailUnknown, models.BounceUnknown, ""},
		{models.MailDelivered, models.MailDelivered, models.BounceDelayed, ""},
		{models.MailFailed, models.MailFailed, models.BounceSoft, ""},
		{models.MailCancelled, models.MailCancelled, models.BounceDelivered, ""},
		{models.MailQueued, models.MailQueued, models.BounceSoft, ""},
	} {
		t.Run(fmt.Sprintf("%s and %s", c.before, c.class), func(t *testing.T) {
			n++
			mail := b.sent(t, n, c.before, mailNow)
			noted := b.comesBack(t, n, mail, c.class, "one")
			require.False(t, noted.Repeated)
			require.Equal(t, c.suppressed, noted.Suppressed)
			require.Equal(t, c.suppressed, b.suppressed(t, n))
			require.Equal(t, c.after, b.get(t, mail).State)
			require.Equal(t, c.before != c.after, b.get(t, mail).Reply == "550 said the server" && c.before != models.MailBounced, "what the server said stands with what changed")

			person, err := models.PersonByID(t.Context(), b.db, b.people[n])
			require.NoError(t, err)
			require.Equal(t, c.class == models.BounceComplaint, person.UnsubscribedAt != nil, "a complaint unsubscribes as well")
		})
	}
}

func TestTheSameReportTwiceChangesNothing(t *testing.T) {
	b := newMailbox(t, 1)
	mail := b.sent(t, 0, models.MailDelivered, mailNow)
	require.Equal(t, models.Noted{Suppressed: models.SuppressedHardBounce}, b.comesBack(t, 0, mail, models.BounceHard, "one"))
	execSQL(t, b.db, `DELETE FROM suppressions`) // lifted by hand meanwhile
	require.Equal(t, models.Noted{Repeated: true}, b.comesBack(t, 0, mail, models.BounceHard, "one"))
	require.Empty(t, b.suppressed(t, 0))
	count, err := b.db.NewSelect().Table("bounces").Count(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 1, count)
}

// TestSoftBouncesSuppressOnlyByRule: so many in a row over so long, and one that arrived begins the count anew.
func TestSoftBouncesSuppressOnlyByRule(t *testing.T) {
	days := func(n int) time.Time { return mailNow.Add(time.Duration(n) * 24 * time.Hour) }
	for name, c := range map[string]struct {
		soft    []int // days on which a mail came back
		arrived []int // days on which one arrived
		policy  []int
		want    string
	}{
		"five over sixteen days":            {soft: []int{0, 4, 8, 12, 16}, want: models.SuppressedSoftBounces},
		"five over thirteen days":           {soft: []int{0, 3, 6, 9, 13}},
		"four over a year":                  {soft: []int{0, 100, 200, 365}},
		"five with one that arrived":        {soft: []int{0, 4, 8, 12, 16}, arrived: []int{10}},
		"five after one that arrived":       {soft: []int{0, 4, 8, 12, 16}, arrived: []int{-1}, want: models.SuppressedSoftBounces},
		"five again after one that arrived": {soft: []int{0, 4, 8, 12, 13, 17, 21, 28}, arrived: []int{9}, want: models.SuppressedSoftBounces},
		"one sent since, not back yet":      {soft: []int{0, 4, 8, 12, 16}, arrived: []int{17}, want: models.SuppressedSoftBounces},
		"our own fault does not count":      {soft: []int{0, 4, 8, 16}, policy: []int{5, 6, 7}},
	} {
		t.Run(name, func(t *testing.T) {
			b := newMailbox(t, 1)
			for _, day := range c.arrived {
				b.sent(t, 0, models.MailDelivered, days(day))
			}
			for _, day := range c.policy {
				b.comesBack(t, 0, b.sent(t, 0, models.MailDelivered, days(day)), models.BouncePolicy, "one")
			}
			for i, day := range c.soft {
				mail := b.sent(t, 0, models.MailDelivered, days(day))
				noted := b.comesBack(t, 0, mail, models.BounceSoft, "one")
				again := b.comesBack(t, 0, mail, models.BounceSoft, "delayed before")
				require.Empty(t, again.Suppressed, "two reports about one mail count once")
				if i < len(c.soft)-1 {
					require.Empty(t, noted.Suppressed)
				}
			}
			require.Equal(t, c.want, b.suppressed(t, 0))
		})
	}
}

// TestBouncesOfAnAddressAreNotCountedAgainstTheNext: somebody who has a new address begins anew.
func TestBouncesOfAnAddressAreNotCountedAgainstTheNext(t *testing.T) {
	b := newMailbox(t, 1)
	for i := range 4 {
		b.comesBack(t, 0, b.sent(t, 0, models.MailDelivered, mailNow.Add(time.Duration(i)*7*24*time.Hour)), models.BounceSoft, "one")
	}
	execSQL(t, b.db, `UPDATE people SET email = 'new@mail.example' WHERE id = ?`, b.people[0])
	mail := b.sent(t, 0, models.MailDelivered, mailNow.Add(40*24*time.Hour))
	to, err := models.MailAddressee(t.Context(), b.db, mail)
	require.NoError(t, err)
	require.Equal(t, "new@mail.example", to.Email)
	noted, err := models.NoteBounce(t.Context(), b.db, models.ReturnedMail{MailID: mail, Email: to.Email, Digest: "one", Kind: "delivery", Class: models.BounceSoft}, mailNow)
	require.NoError(t, err)
	require.Empty(t, noted.Suppressed)
}

func TestAReportAboutAMailThatIsGoneChangesNothing(t *testing.T) {
	b := newMailbox(t, 1)
	_, err := models.MailAddressee(t.Context(), b.db, uuid.New())
	require.Equal(t, apperr.CodeNotFound, apperr.CodeOf(err))
	_, err = models.NoteBounce(t.Context(), b.db, models.ReturnedMail{MailID: uuid.New(), Email: "a@mail.example", Digest: "one", Kind: "delivery", Class: models.BounceHard}, mailNow)
	require.Equal(t, apperr.CodeNotFound, apperr.CodeOf(err))
}

// TestWhoGotAMailingSaysHowItCameBack: the list of recipients has it, and it is counted by itself.
func TestWhoGotAMailingSaysHowItCameBack(t *testing.T) {
	n := newNetwork(t)
	officer := n.person(t, "officer", models.RoleOfficer, n.partner)
	rec := n.recommendation(t, officer)
	mailing, campaign := models.NewID(), models.NewID()
	execSQL(t, n.db, `INSERT INTO campaigns (id, recommendation_id, title, officer_id, created_at) VALUES (?, ?, 'x', ?, now())`, campaign, rec, officer.ID)
	execSQL(t, n.db, `INSERT INTO mailings (id, campaign_id, recommendation_id, fallback_language, created_by, created_at) VALUES (?, ?, ?, 'en', ?, now())`, mailing, campaign, rec, officer.ID)
	for i, class := range []models.BounceClass{models.BounceHard, models.BounceSoft, ""} {
		p := n.person(t, fmt.Sprintf("reader%d", i), models.RoleReader, n.lead, consents)
		m := &models.OutboxMail{Kind: models.MailMailing, PersonID: p.ID, MailingID: &mailing, CreatedAt: noon}
		require.NoError(t, models.Enqueue(t.Context(), n.db, m))
		execSQL(t, n.db, `UPDATE outbox SET state = 'delivered', finished_at = now() WHERE id = ?`, m.ID)
		if class != "" {
			_, err := models.NoteBounce(t.Context(), n.db, models.ReturnedMail{MailID: m.ID, Email: p.Email, Digest: "one", Kind: "delivery", Class: class, Diagnostic: "550 no"}, noon)
			require.NoError(t, err)
		}
	}
	counts, err := models.MailingCounts(t.Context(), n.db, mailing)
	require.NoError(t, err)
	require.Equal(t, models.MailCounts{Delivered: 1, Bounced: 2}, counts)
	require.Equal(t, 3, counts.Total())
	list, err := models.Recipients(t.Context(), n.db, models.Viewer{PersonID: officer.ID, Roles: []models.Role{{Role: models.RoleCoordinator}}}, mailing, models.RecipientFilter{State: models.MailBounced, Limit: 10})
	require.NoError(t, err)
	how := map[string]models.BounceClass{}
	for _, r := range list {
		how[r.Name] = r.Bounce
		require.Equal(t, "550 no", r.Reply)
	}
	require.Equal(t, map[string]models.BounceClass{"reader0": models.BounceHard, "reader1": models.BounceSoft}, how)
}
