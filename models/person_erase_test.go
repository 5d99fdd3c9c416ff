package models_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"tribuna/migrations"
	"tribuna/models"
)

// erase erases the reader of a mail.
func (b *mailbox) erase(t *testing.T, mail uuid.UUID) {
	t.Helper()
	by, err := models.PersonByID(t.Context(), b.db, b.people[0])
	require.NoError(t, err)
	require.NoError(t, b.db.RunInTx(t.Context(), nil, func(ctx context.Context, tx bun.Tx) error {
		return models.EraseContact(ctx, tx, by, b.get(t, mail).PersonID, mailNow)
	}))
}

// others are claimed mails of a mailing whose readers can be erased: the first one has written the text.
func (b *mailbox) others(claimed []models.MailingMail) []models.MailingMail {
	var list []models.MailingMail
	for _, m := range claimed {
		if m.PersonID != b.people[0] {
			list = append(list, m)
		}
	}
	return list
}

// TestWhatCameOfAMailCountsThoughItsReaderWasErasedMeanwhile, and nothing of whose it was stays but the hash.
func TestWhatCameOfAMailCountsThoughItsReaderWasErasedMeanwhile(t *testing.T) {
	for _, c := range []struct {
		name        string
		said, stays models.MailState
		reply       string
	}{
		{"taken", models.MailDelivered, models.MailDelivered, "250 ok"},
		{"refused", models.MailFailed, models.MailFailed, "550 no"},
		{"nobody knows", models.MailUnknown, models.MailUnknown, "gone"},
		{"refused for now", models.MailQueued, models.MailCancelled, "the person was erased"},
	} {
		for _, marked := range []bool{true, false} { // not marked yet: it is while the person is erased
			t.Run(c.name, func(t *testing.T) {
				b := newMailbox(t, 4)
				mailing, token := b.sending(t), uuid.New()
				got := b.others(claimMailing(t, b.db, mailing, token, 10, mailNow))
				mail := got[0].ID
				if marked {
					require.True(t, markWindow(t, b.db, token, mailNow, mail))
				}
				b.erase(t, mail)
				require.False(t, markWindowOf(t, b.db, token, mail, got[0].PersonID), "it cannot leave from now on")
				_, err := models.MarkResults(t.Context(), b.db, token, []models.MailResult{{ID: mail, State: c.said, Reply: c.reply, Counts: true, RetryAt: mailNow.Add(time.Hour)}}, mailNow)
				require.NoError(t, err)
				after := b.get(t, mail)
				require.Equal(t, c.stays, after.State)
				require.Equal(t, c.reply, after.Reply)
				require.Equal(t, uuid.Nil, after.PersonID)
				require.Empty(t, after.Domain)
				require.NotNil(t, after.FinishedAt)
				counts, err := models.MailingCounts(t.Context(), b.db, mailing)
				require.NoError(t, err)
				require.Equal(t, 4, counts.Total())
				require.Equal(t, 3, counts.Pending(), "the mailing can end")
				suppressed, err := models.Suppressed(t.Context(), b.db, got[0].Email)
				require.NoError(t, err)
				require.True(t, suppressed, "the hash stays")

				again, err := models.MarkResults(t.Context(), b.db, uuid.New(), []models.MailResult{{ID: mail, State: models.MailDelivered}}, mailNow)
				require.NoError(t, err)
				require.Zero(t, again, "somebody else knows nothing of it")
			})
		}
	}
}

// TestAMailOfSomebodyErasedWhoseSenderWasCutOffIsUnknown where it may have left, and cancelled where it cannot.
func TestAMailOfSomebodyErasedWhoseSenderWasCutOffIsUnknown(t *testing.T) {
	b := newMailbox(t, 4)
	mailing, token := b.sending(t), uuid.New()
	got := b.others(claimMailing(t, b.db, mailing, token, 10, mailNow))
	require.True(t, markWindow(t, b.db, token, mailNow, got[0].ID))
	b.erase(t, got[0].ID)
	b.erase(t, got[1].ID)
	_, _, err := models.ReapExpired(t.Context(), b.db, mailNow.Add(time.Hour))
	require.NoError(t, err)
	require.Equal(t, models.MailUnknown, b.get(t, got[0].ID).State)
	require.Equal(t, models.MailCancelled, b.get(t, got[1].ID).State)
	require.Equal(t, models.MailQueued, b.get(t, got[2].ID).State)
}

// TestAMailOfNoMailingIsNotTriedAgainForSomebodyErased.
func TestAMailOfNoMailingIsNotTriedAgainForSomebodyErased(t *testing.T) {
	for said, stays := range map[models.MailState]models.MailState{models.MailDelivered: models.MailDelivered, models.MailQueued: models.MailCancelled} {
		b := newMailbox(t, 3)
		m, token := b.write(t, 1, nil), uuid.New()
		b.claim(t, token, 5, mailNow)
		taken, err := models.MarkSending(t.Context(), b.db, token, []uuid.UUID{m.ID}, mailNow, mailNow.Add(time.Minute))
		require.NoError(t, err)
		require.Len(t, taken, 1)
		b.erase(t, m.ID)
		_, err = models.MarkResults(t.Context(), b.db, token, []models.MailResult{{ID: m.ID, State: said}}, mailNow)
		require.NoError(t, err)
		require.Equal(t, stays, b.get(t, m.ID).State)
	}
}

func markWindowOf(t *testing.T, db bun.IDB, token, mail, person uuid.UUID) bool {
	t.Helper()
	marked, err := models.MarkWindows(t.Context(), db, []models.MailWindow{{Token: token, Mails: []uuid.UUID{mail}, People: []uuid.UUID{person}}}, mailNow)
	require.NoError(t, err)
	return len(marked) > 0
}

func TestWhoWasErasedBeforeLeavesAudiences(t *testing.T) {
	n := newEngagedNetwork(t)
	someone, gone := n.person(t, "someone", models.RoleReader, n.lead), models.NewID()
	with := models.Audience{Topics: []string{"care"}, Again: []uuid.UUID{gone, someone.ID}, Except: models.Exclusions{Acted: true, People: []uuid.UUID{someone.ID, gone}}}
	want := with
	want.Again, want.Except.People = []uuid.UUID{someone.ID}, []uuid.UUID{someone.ID}
	segment, err := models.KeepMailingSegment(t.Context(), n.db, n.partner.ID, models.MailingSegmentInput{Name: "Rest", Audience: with}, noon)
	require.NoError(t, err)
	_, err = n.db.NewUpdate().Model(&models.Mailing{ID: n.mailing, Audience: with}).Column("audience").WherePK().Exec(t.Context())
	require.NoError(t, err)
	n.bounced(t, n.mailing, someone, models.BounceHard)
	other := n.person(t, "other", models.RoleReader, n.lead)
	n.bounced(t, n.mailing, other, models.BounceHard)
	n.exec(t, `UPDATE suppressions SET person_id = NULL WHERE person_id = ?`, someone.ID)

	up, err := migrations.Files().ReadFile("20261201600000_erased_in_audiences.tx.up.sql")
	require.NoError(t, err)
	n.exec(t, string(up))
	m, err := models.MailingByID(t.Context(), n.db, n.mailing)
	require.NoError(t, err)
	kept, err := models.MailingSegmentByID(t.Context(), n.db, n.partner.ID, segment.ID)
	require.NoError(t, err)
	m.Audience.About, kept.Audience.About = uuid.Nil, uuid.Nil
	require.Equal(t, want, m.Audience)
	require.Equal(t, want, kept.Audience)
	for address, leads := range map[string]bool{someone.Email: false, other.Email: true} {
		why, err := models.SuppressionOf(t.Context(), n.db, address)
		require.NoError(t, err)
		require.Equal(t, leads, why.MailID != nil, "of whoever is still there it says by which mail")
	}
}
