package models_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"tribuna/models"
)

// sending is a mailing on its way to so many people.
func (b *mailbox) sending(t *testing.T) uuid.UUID {
	t.Helper()
	mailing, recommendation := newMailing(t, b.db, b.people[0])
	execSQL(t, b.db, `UPDATE mailings SET state = 'sending' WHERE id = ?`, mailing)
	_, err := models.EnqueueMailing(t.Context(), b.db, models.MailingRecipients{MailingID: mailing, RecommendationID: recommendation,
		Texts: []string{"bg"}, Fallback: "en"}, mailNow)
	require.NoError(t, err)
	return mailing
}

func claimMailing(t *testing.T, db bun.IDB, mailing, token uuid.UUID, limit int, now time.Time) []models.MailingMail {
	t.Helper()
	got, err := models.ClaimMailing(t.Context(), db, models.ClaimFilter{MailingID: &mailing, Limit: limit, Token: token, Until: now.Add(time.Minute)}, now)
	require.NoError(t, err)
	return got
}

func markWindow(t *testing.T, db bun.IDB, token uuid.UUID, now time.Time, ids ...uuid.UUID) bool {
	t.Helper()
	w := models.MailWindow{Token: token, Mails: ids, People: make([]uuid.UUID, len(ids))}
	for i, id := range ids {
		require.NoError(t, db.NewRaw(`SELECT person_id FROM outbox WHERE id = ?`, id).Scan(t.Context(), &w.People[i]))
	}
	marked, err := models.MarkWindows(t.Context(), db, []models.MailWindow{w}, now)
	require.NoError(t, err)
	require.Subset(t, ids, marked)
	return len(marked) == len(ids)
}

// A mark is of the transaction that makes it, although the server keeps its plan beside all of them.
func TestAMarkThatIsRolledBackIsNone(t *testing.T) {
	b := newMailbox(t, 2)
	mailing, token, now := b.sending(t), uuid.New(), mailNow
	got := claimMailing(t, b.db, mailing, token, 2, now)
	require.NotEmpty(t, got)
	marked := func(db bun.IDB) int {
		n, err := db.NewSelect().Table("outbox_windows").Where("token = ?", token).Count(t.Context())
		require.NoError(t, err)
		return int(n)
	}
	tx, err := b.db.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	require.True(t, markWindow(t, tx, token, now, got[0].ID))
	require.Equal(t, 1, marked(tx))
	require.NoError(t, tx.Rollback())
	require.Zero(t, marked(b.db))
	for range 7 { // the server goes by a plan of its own after five
		require.True(t, markWindow(t, b.db, token, now, got[0].ID))
	}
	require.False(t, markWindow(t, b.db, token, now.Add(time.Hour), got[0].ID), "the lease is over")
	require.Equal(t, 7, marked(b.db))
}

func TestAMailingIsClaimedInTheOrderItWasFrozenWithWhatItTakesToWriteIt(t *testing.T) {
	b := newMailbox(t, 6)
	mailing := b.sending(t)
	execSQL(t, b.db, `UPDATE people SET unsubscribed_at = now() WHERE id = ?`, b.people[1])
	execSQL(t, b.db, `UPDATE people SET left_at = now() WHERE id = ?`, b.people[2])
	require.NoError(t, models.Suppress(t.Context(), b.db, "READER3@mail.example", "complaint", mailNow))

	first := claimMailing(t, b.db, mailing, uuid.New(), 4, mailNow)
	rest := claimMailing(t, b.db, mailing, uuid.New(), 4, mailNow)
	require.Len(t, first, 4)
	require.Len(t, rest, 2)
	byPerson := map[uuid.UUID]models.MailingMail{}
	last := uuid.Nil.String()
	for _, m := range append(first, rest...) {
		require.Less(t, last, m.ID.String(), "in order, nobody twice")
		last = m.ID.String()
		byPerson[m.PersonID] = m
	}
	for i, id := range b.people {
		m := byPerson[id]
		require.Equal(t, fmt.Sprintf("Reader %d", i), m.Name)
		require.Equal(t, fmt.Sprintf("reader%d@mail.example", i), m.Email)
		require.Equal(t, []string{"en", "bg"}[i%2], m.Language)
		require.Equal(t, []bool{i != 1, i == 2, i == 3}, []bool{m.Consents, m.Left, m.Suppressed}, "asked again now")
	}
	require.Empty(t, claimMailing(t, b.db, mailing, uuid.New(), 4, mailNow))
}

func TestAMailingThatStandsStillIsNeitherClaimedNorSent(t *testing.T) {
	for name, change := range map[string]string{
		"paused": `UPDATE mailings SET state = 'paused'`, "cancelled": `UPDATE mailings SET state = 'cancelled'`,
		"hidden": `UPDATE recommendations SET quarantined_at = now()`,
	} {
		t.Run(name, func(t *testing.T) {
			b := newMailbox(t, 3)
			mailing, token := b.sending(t), uuid.New()
			got := claimMailing(t, b.db, mailing, token, 2, mailNow)
			require.True(t, markWindow(t, b.db, token, mailNow, got[0].ID))
			execSQL(t, b.db, change)
			require.False(t, markWindow(t, b.db, token, mailNow, got[1].ID), "claimed before")
			require.Empty(t, claimMailing(t, b.db, mailing, uuid.New(), 9, mailNow))
		})
	}
}

// TestWhoEndsMailingsAfterTheClaimIsNotInAWindow is the last look before the wire.
func TestWhoEndsMailingsAfterTheClaimIsNotInAWindow(t *testing.T) {
	b := newMailbox(t, 6)
	mailing, token := b.sending(t), uuid.New()
	got := claimMailing(t, b.db, mailing, token, 6, mailNow)
	execSQL(t, b.db, `UPDATE people SET unsubscribed_at = now() WHERE id = ?`, got[1].PersonID)
	execSQL(t, b.db, `UPDATE people SET left_at = now() WHERE id = ?`, got[2].PersonID)
	require.NoError(t, models.Suppress(t.Context(), b.db, got[3].Email, models.SuppressedByHand, mailNow))
	w := models.MailWindow{Token: token}
	for _, m := range got[:5] {
		w.Mails, w.People = append(w.Mails, m.ID), append(w.People, m.PersonID)
	}
	marked, err := models.MarkWindows(t.Context(), b.db, []models.MailWindow{w}, mailNow)
	require.NoError(t, err)
	require.ElementsMatch(t, []uuid.UUID{got[0].ID, got[4].ID}, marked)
	require.False(t, markWindow(t, b.db, token, mailNow, got[1].ID), "where nobody is left there is no window")
	require.True(t, markWindow(t, b.db, token, mailNow, got[5].ID))

	queued, unknown, err := models.ReapExpired(t.Context(), b.db, mailNow.Add(time.Minute))
	require.NoError(t, err)
	require.Equal(t, []int{3, 3}, []int{queued, unknown}, "those who were left out did not leave")
}

func TestOnlyALiveClaimOfAMailingMayBeSent(t *testing.T) {
	b := newMailbox(t, 3)
	mailing, token := b.sending(t), uuid.New()
	got := claimMailing(t, b.db, mailing, token, 2, mailNow)
	require.False(t, markWindow(t, b.db, uuid.New(), mailNow, got[0].ID), "another's token")
	require.False(t, markWindow(t, b.db, token, mailNow.Add(time.Minute), got[0].ID), "the lease is over")
	later := mailNow.Add(50 * time.Second)
	held, err := models.ExtendMailingClaim(t.Context(), b.db, token, later, later.Add(time.Minute))
	require.NoError(t, err)
	require.True(t, held)
	require.True(t, markWindow(t, b.db, token, mailNow.Add(time.Minute), got[0].ID))
	held, err = models.ExtendMailingClaim(t.Context(), b.db, token, later.Add(time.Minute), later.Add(time.Hour))
	require.NoError(t, err)
	require.False(t, held)
	require.False(t, markWindow(t, b.db, token, later.Add(time.Minute), got[1].ID), "a claim that is over stays over")
}

func TestWhatStoodInAWindowWhenItsSenderDiedIsUnknown(t *testing.T) {
	b := newMailbox(t, 5)
	mailing, token := b.sending(t), uuid.New()
	got := claimMailing(t, b.db, mailing, token, 4, mailNow)
	require.True(t, markWindow(t, b.db, token, mailNow, got[0].ID, got[1].ID))
	write := func(id uuid.UUID, state models.MailState) int {
		n, err := models.MarkResults(t.Context(), b.db, token, []models.MailResult{{ID: id, State: state, Reply: "250"}}, mailNow)
		require.NoError(t, err)
		return n
	}
	require.Equal(t, 1, write(got[0].ID, models.MailDelivered))

	queued, unknown, err := models.ReapExpired(t.Context(), b.db, mailNow.Add(time.Minute-time.Microsecond))
	require.NoError(t, err)
	require.Zero(t, queued+unknown, "the lease is alive")
	queued, unknown, err = models.ReapExpired(t.Context(), b.db, mailNow.Add(time.Minute))
	require.NoError(t, err)
	require.Equal(t, []int{2, 1}, []int{queued, unknown})
	require.Equal(t, models.MailDelivered, b.get(t, got[0].ID).State)
	require.Equal(t, models.MailUnknown, b.get(t, got[1].ID).State)

	require.False(t, markWindow(t, b.db, token, mailNow, got[2].ID), "the claim is gone, whatever the dead one's clock says")
	again := uuid.New()
	require.Len(t, claimMailing(t, b.db, mailing, again, 9, mailNow), 3, "never again what is unknown")
	require.Zero(t, write(got[2].ID, models.MailDelivered), "claimed by another meanwhile")
	require.Zero(t, write(got[1].ID, models.MailQueued), "unknown is never queued again")
	require.Equal(t, 1, write(got[1].ID, models.MailDelivered), "the slow sender knows better")

	require.NoError(t, models.EndMailingClaims(t.Context(), b.db, []uuid.UUID{again}))
	require.True(t, markWindow(t, b.db, again, mailNow, got[2].ID), "a claim that holds mails does not end")
}

func TestWhatIsGivenBackToACancelledMailingIsCancelled(t *testing.T) {
	b := newMailbox(t, 4)
	mailing, token := b.sending(t), uuid.New()
	got := claimMailing(t, b.db, mailing, token, 3, mailNow)
	require.True(t, markWindow(t, b.db, token, mailNow, got[0].ID))
	execSQL(t, b.db, `UPDATE mailings SET state = 'cancelled' WHERE id = ?`, mailing)
	_, err := models.CancelMailing(t.Context(), b.db, mailing, mailNow)
	require.NoError(t, err)
	_, err = models.MarkResults(t.Context(), b.db, token, []models.MailResult{{ID: got[1].ID, State: models.MailQueued}}, mailNow)
	require.NoError(t, err)
	_, _, err = models.ReapExpired(t.Context(), b.db, mailNow.Add(time.Minute))
	require.NoError(t, err)
	counts, err := models.MailingCounts(t.Context(), b.db, mailing)
	require.NoError(t, err)
	require.Equal(t, models.MailCounts{Cancelled: 3, Unknown: 1}, counts)
}

// TestWhatIsGivenBackToAMailingCancelledLongAgoIsCancelled: nobody looks for it every few seconds any more, so that it is looked for
// where it is given back.
func TestWhatIsGivenBackToAMailingCancelledLongAgoIsCancelled(t *testing.T) {
	b := newMailbox(t, 2)
	mailing, late := b.sending(t), mailNow.Add(72*time.Hour)
	claimMailing(t, b.db, mailing, uuid.New(), 2, mailNow)
	execSQL(t, b.db, `UPDATE mailings SET state = 'cancelled', finished_at = ? WHERE id = ?`, mailNow, mailing)
	queued, _, err := models.ReapExpired(t.Context(), b.db, late)
	require.NoError(t, err)
	require.Equal(t, 2, queued)
	counts, err := models.MailingCounts(t.Context(), b.db, mailing)
	require.NoError(t, err)
	require.Equal(t, models.MailCounts{Cancelled: 2}, counts)
}

// TestWhoGoesOnBehindAMailFindsWhatWasGivenBackBeforeIt: what stands before the place is passed by, and claimed when nothing is left behind.
func TestWhoGoesOnBehindAMailFindsWhatWasGivenBackBeforeIt(t *testing.T) {
	b := newMailbox(t, 4)
	mailing, token := b.sending(t), uuid.New()
	first := claimMailing(t, b.db, mailing, token, 2, mailNow)
	n, err := models.MarkResults(t.Context(), b.db, token, []models.MailResult{{ID: first[0].ID, State: models.MailQueued}}, mailNow)
	require.NoError(t, err)
	require.Equal(t, 1, n)
	last := first[1]
	for _, want := range []int{2, 1, 0} {
		c, err := models.ClaimAtPace(t.Context(), b.db, models.ClaimFilter{MailingID: &mailing, Limit: 3, Token: uuid.New(), Until: mailNow.Add(time.Minute),
			After: &models.MailPlace{NotBefore: last.NotBefore, ID: last.ID}}, models.Pace{}, mailNow)
		require.NoError(t, err)
		require.Len(t, c.Mails, want)
		if want == 1 {
			require.Equal(t, first[0].ID, c.Mails[0].ID)
		}
		if want == 2 {
			last = c.Mails[1]
		}
	}
}

func TestClaimersOfOneMailingNeverShareAMail(t *testing.T) {
	b := newMailbox(t, 90)
	mailing := b.sending(t)
	var mu sync.Mutex
	seen := map[uuid.UUID]int{}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for {
				got, err := models.ClaimMailing(context.Background(), b.db, models.ClaimFilter{MailingID: &mailing, Limit: 7, Token: uuid.New(), Until: mailNow.Add(time.Minute)}, mailNow)
				if err != nil || len(got) == 0 {
					return
				}
				mu.Lock()
				for _, m := range got {
					seen[m.ID]++
				}
				mu.Unlock()
			}
		})
	}
	all.Wait()
	require.Len(t, seen, 90)
	for id, times := range seen {
		require.Equal(t, 1, times, id)
	}
}

func TestARestoreKnowsWhatMayHaveLeftOfAMailing(t *testing.T) {
	b := newMailbox(t, 4)
	mailing, token := b.sending(t), uuid.New()
	got := claimMailing(t, b.db, mailing, token, 3, mailNow)
	require.True(t, markWindow(t, b.db, token, mailNow, got[0].ID))
	require.NoError(t, b.db.RunInTx(t.Context(), nil, func(ctx context.Context, tx bun.Tx) error {
		held, err := models.MarkRestored(ctx, tx, mailNow.Add(time.Second))
		require.Equal(t, 3, held)
		return err
	}))
	require.Equal(t, models.MailUnknown, b.get(t, got[0].ID).State)
	require.Equal(t, models.MailQueued, b.get(t, got[1].ID).State)
	require.NotNil(t, b.get(t, got[1].ID).HeldAt)
	require.False(t, markWindow(t, b.db, token, mailNow, got[1].ID), "no claim outlives it")
}
