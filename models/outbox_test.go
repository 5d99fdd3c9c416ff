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

	"tribuna/internal/devstack/testdb"
	"tribuna/models"
)

var mailNow = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// mailbox is a database with one reader per mail wanted, and those mails.
type mailbox struct {
	db     *bun.DB
	people []uuid.UUID
}

func newMailbox(t *testing.T, people int) *mailbox {
	t.Helper()
	b := &mailbox{db: testdb.New(t)}
	execSQL(t, b.db, `INSERT INTO languages (tag, endonym) VALUES ('en','English'), ('bg','български') ON CONFLICT DO NOTHING`)
	for i := range people {
		id := models.NewID()
		execSQL(t, b.db, `INSERT INTO people (id, name, email, language, consent_at) VALUES (?, ?, ?, ?, now())`,
			id, fmt.Sprintf("Reader %d", i), fmt.Sprintf("reader%d@mail.example", i), []string{"en", "bg"}[i%2])
		b.people = append(b.people, id)
	}
	return b
}

func execSQL(t *testing.T, db bun.IDB, query string, args ...any) {
	t.Helper()
	_, err := db.NewRaw(query, args...).Exec(context.Background())
	require.NoError(t, err)
}

// write queues a mail to the n-th person.
func (b *mailbox) write(t *testing.T, n int, change func(*models.OutboxMail)) *models.OutboxMail {
	t.Helper()
	m := &models.OutboxMail{Kind: models.MailDigest, DedupeKey: uuid.NewString(), PersonID: b.people[n], CreatedAt: mailNow}
	if change != nil {
		change(m)
	}
	require.NoError(t, models.Enqueue(t.Context(), b.db, m))
	return m
}

func (b *mailbox) claim(t *testing.T, token uuid.UUID, limit int, now time.Time) []models.OutboxMail {
	t.Helper()
	got, err := models.ClaimMails(t.Context(), b.db, models.ClaimFilter{Limit: limit, Token: token, Until: now.Add(time.Minute)}, now)
	require.NoError(t, err)
	return got
}

func (b *mailbox) get(t *testing.T, id uuid.UUID) models.OutboxMail {
	t.Helper()
	var m models.OutboxMail
	require.NoError(t, b.db.NewSelect().Model(&m).Where("o.id = ?", id).Scan(t.Context()))
	return m
}

func TestTheSameMailIsWrittenOnce(t *testing.T) {
	b := newMailbox(t, 2)
	task := func(m *models.OutboxMail) { m.DedupeKey = "review:1" }
	first := b.write(t, 1, task)
	b.write(t, 1, task)
	n, err := b.db.NewSelect().Table("outbox").Count(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 1, n)
	stored := b.get(t, first.ID)
	require.Equal(t, "bg", stored.Language, "the person's")
	require.Equal(t, models.MailQueued, stored.State)
	require.True(t, stored.NotBefore.Equal(mailNow))

	require.Error(t, models.Enqueue(t.Context(), b.db, &models.OutboxMail{}))
	require.Error(t, models.Enqueue(t.Context(), b.db, &models.OutboxMail{Kind: models.MailDigest, DedupeKey: "x",
		PersonID: uuid.New(), CreatedAt: mailNow}), "nobody of that id")
}

func TestMostUrgentIsClaimedFirstAndNothingBeforeItsTime(t *testing.T) {
	b := newMailbox(t, 1)
	late := b.write(t, 0, func(m *models.OutboxMail) { m.NotBefore = mailNow.Add(time.Hour) })
	normal := b.write(t, 0, nil)
	older := b.write(t, 0, func(m *models.OutboxMail) { m.NotBefore = mailNow.Add(-time.Hour) })
	urgent := b.write(t, 0, func(m *models.OutboxMail) { m.Priority = 5 })

	var order []uuid.UUID
	for _, m := range b.claim(t, uuid.New(), 0, mailNow) {
		order = append(order, m.ID)
	}
	require.Equal(t, []uuid.UUID{urgent.ID, older.ID, normal.ID}, order)
	require.Empty(t, b.claim(t, uuid.New(), 0, mailNow), "what is claimed is claimed")
	require.Len(t, b.claim(t, uuid.New(), 0, mailNow.Add(time.Hour)), 1)
	require.Equal(t, models.MailClaimed, b.get(t, late.ID).State)
}

func TestConcurrentClaimersNeverShareAMail(t *testing.T) {
	b := newMailbox(t, 1)
	const mails, claimers = 200, 8
	for range mails {
		b.write(t, 0, nil)
	}
	claimed := make(chan uuid.UUID, 2*mails)
	var wg sync.WaitGroup
	for range claimers {
		wg.Go(func() {
			for {
				got, err := models.ClaimMails(context.Background(), b.db,
					models.ClaimFilter{Limit: 7, Token: uuid.New(), Until: mailNow.Add(time.Minute)}, mailNow)
				if err != nil || len(got) == 0 {
					return
				}
				for _, m := range got {
					claimed <- m.ID
				}
			}
		})
	}
	wg.Wait()
	close(claimed)
	seen := map[uuid.UUID]int{}
	for id := range claimed {
		seen[id]++
		require.Equal(t, 1, seen[id], "claimed twice")
	}
	require.Len(t, seen, mails)
}

func TestOnlyTheHolderOfALiveClaimMaySend(t *testing.T) {
	b := newMailbox(t, 1)
	m, other := b.write(t, 0, nil), b.write(t, 0, nil)
	token := uuid.New()
	b.claim(t, token, 0, mailNow)
	mark := func(token uuid.UUID, now time.Time) []uuid.UUID {
		ids, err := models.MarkSending(t.Context(), b.db, token, []uuid.UUID{m.ID}, now, now.Add(time.Minute))
		require.NoError(t, err)
		return ids
	}
	require.Empty(t, mark(uuid.New(), mailNow), "another's token")
	require.Empty(t, mark(token, mailNow.Add(time.Minute)), "the lease is over")
	require.Equal(t, models.MailClaimed, b.get(t, m.ID).State)

	later := mailNow.Add(30 * time.Second)
	require.Equal(t, []uuid.UUID{m.ID}, mark(token, later))
	require.Empty(t, mark(token, later), "it is on its way already")
	require.Equal(t, models.MailSending, b.get(t, m.ID).State)
	extend := func(now, until time.Time) bool {
		held, err := models.ExtendClaim(t.Context(), b.db, token, now, until)
		require.NoError(t, err)
		return held
	}
	require.True(t, extend(later, later.Add(2*time.Minute)))
	rest := b.get(t, other.ID)
	require.Equal(t, models.MailClaimed, rest.State)
	require.True(t, rest.ClaimedUntil.Equal(later.Add(2*time.Minute)), "what is left of the claim lives on")
	require.True(t, b.get(t, m.ID).ClaimedUntil.Equal(later.Add(2*time.Minute)), "and what a server looks through")

	require.False(t, extend(later.Add(2*time.Minute), later.Add(time.Hour)))
	require.True(t, b.get(t, other.ID).ClaimedUntil.Equal(later.Add(2*time.Minute)), "a claim that is over stays over")
}

func TestResultsAreFencedByTheToken(t *testing.T) {
	b := newMailbox(t, 1)
	token := uuid.New()
	m := b.write(t, 0, nil)
	b.claim(t, token, 0, mailNow)
	write := func(token uuid.UUID, r models.MailResult) int {
		r.ID = m.ID
		n, err := models.MarkResults(t.Context(), b.db, token, []models.MailResult{r}, mailNow)
		require.NoError(t, err)
		return n
	}
	require.Zero(t, write(uuid.New(), models.MailResult{State: models.MailDelivered}))
	require.Equal(t, models.MailClaimed, b.get(t, m.ID).State)

	retry := mailNow.Add(time.Hour)
	require.Equal(t, 1, write(token, models.MailResult{State: models.MailQueued, Reply: "451 later", RetryAt: retry, Counts: true}))
	again := b.get(t, m.ID)
	require.Equal(t, models.MailQueued, again.State)
	require.Equal(t, 1, again.Attempts)
	require.True(t, again.NotBefore.Equal(retry))
	require.Nil(t, again.ClaimToken)
	require.Zero(t, write(token, models.MailResult{State: models.MailDelivered}), "the claim is over")

	token = uuid.New()
	b.claim(t, token, 0, retry)
	require.Equal(t, 1, write(token, models.MailResult{State: models.MailDelivered, Reply: "250 taken"}))
	require.Zero(t, write(token, models.MailResult{State: models.MailQueued}), "what was delivered stays so")
	done := b.get(t, m.ID)
	require.Equal(t, models.MailDelivered, done.State)
	require.Equal(t, "250 taken", done.Reply)
	require.NotNil(t, done.FinishedAt)
}

func TestCutOffSendersLeaveNothingInBetween(t *testing.T) {
	b := newMailbox(t, 1)
	token := uuid.New()
	sending, claimed := b.write(t, 0, nil), b.write(t, 0, nil)
	b.claim(t, token, 0, mailNow)
	_, err := models.MarkSending(t.Context(), b.db, token, []uuid.UUID{sending.ID}, mailNow, mailNow.Add(time.Minute))
	require.NoError(t, err)

	queued, unknown, err := models.ReapExpired(t.Context(), b.db, mailNow.Add(time.Minute-time.Microsecond))
	require.NoError(t, err)
	require.Zero(t, queued+unknown, "the lease is alive")

	queued, unknown, err = models.ReapExpired(t.Context(), b.db, mailNow.Add(time.Minute))
	require.NoError(t, err)
	require.Equal(t, []int{1, 1}, []int{queued, unknown})
	require.Equal(t, models.MailQueued, b.get(t, claimed.ID).State)
	require.Equal(t, models.MailUnknown, b.get(t, sending.ID).State)
	require.Equal(t, []uuid.UUID{claimed.ID}, mailIDs(b.claim(t, uuid.New(), 0, mailNow.Add(time.Hour))), "never sent again")

	write := func(id uuid.UUID, state models.MailState) int {
		n, err := models.MarkResults(t.Context(), b.db, token, []models.MailResult{{ID: id, State: state}}, mailNow)
		require.NoError(t, err)
		return n
	}
	require.Zero(t, write(claimed.ID, models.MailDelivered), "claimed by another meanwhile")
	require.Zero(t, write(sending.ID, models.MailQueued), "unknown is never queued again")
	require.Equal(t, 1, write(sending.ID, models.MailDelivered), "the slow sender knows better")
	require.Equal(t, models.MailDelivered, b.get(t, sending.ID).State)
}

func TestMailingIsFrozenCountedAndCancelled(t *testing.T) {
	b := newMailbox(t, 6)
	mailing, recommendation := newMailing(t, b.db, b.people[0])
	execSQL(t, b.db, `UPDATE people SET unsubscribed_at = now() WHERE id = ?`, b.people[5])
	require.NoError(t, models.Suppress(t.Context(), b.db, "READER4@mail.example", "complaint", mailNow))
	r := models.MailingRecipients{MailingID: mailing, RecommendationID: recommendation, Texts: []string{"bg"}, Fallback: "en"}

	added, err := models.EnqueueMailing(t.Context(), b.db, r, mailNow)
	require.NoError(t, err)
	require.Equal(t, 4, added)
	added, err = models.EnqueueMailing(t.Context(), b.db, r, mailNow)
	require.NoError(t, err)
	require.Zero(t, added, "twice is once")

	only := models.ClaimFilter{Transactional: true, Token: uuid.New(), Until: mailNow.Add(time.Minute)}
	got, err := models.ClaimMails(t.Context(), b.db, only, mailNow)
	require.NoError(t, err)
	require.Empty(t, got, "mailings are no transactional mails")
	filter := models.ClaimFilter{MailingID: &mailing, Limit: 1, Token: uuid.New(), Until: mailNow.Add(time.Minute)}
	got, err = models.ClaimMails(t.Context(), b.db, filter, mailNow)
	require.NoError(t, err)
	require.Len(t, got, 1)
	require.Equal(t, models.MailMailing, got[0].Kind)
	require.Equal(t, models.MailingPriority, got[0].Priority)

	cancelled, err := models.CancelMailing(t.Context(), b.db, mailing, mailNow)
	require.NoError(t, err)
	require.Equal(t, 3, cancelled)
	counts, err := models.MailingCounts(t.Context(), b.db, mailing)
	require.NoError(t, err)
	require.Equal(t, models.MailCounts{Claimed: 1, Cancelled: 3}, counts)
	require.Equal(t, 4, counts.Total())
}

func mailIDs(mails []models.OutboxMail) []uuid.UUID {
	var all []uuid.UUID
	for _, m := range mails {
		all = append(all, m.ID)
	}
	return all
}

// newMailing writes the rows a mailing cannot do without.
func newMailing(t *testing.T, db *bun.DB, officer uuid.UUID) (mailing, recommendation uuid.UUID) {
	t.Helper()
	organisation, procedure, campaign := models.NewID(), models.NewID(), models.NewID()
	mailing, recommendation = models.NewID(), models.NewID()
	execSQL(t, db, `INSERT INTO organisations (id, slug, name, kind, voting_unit) VALUES (?, 'o', 'O', 'partner', ?)`, organisation, organisation)
	execSQL(t, db, `INSERT INTO procedures (id, slug, version, names, document) VALUES (?, 'p', 1, '{}', '{}')`, procedure)
	execSQL(t, db, `INSERT INTO recommendations (id, slug, kind, language, title, organisation_id, officer_id, procedure_id, stage_since, created_at, updated_at)
		VALUES (?, 'r', 'policy_brief', 'en', 'R', ?, ?, ?, now(), now(), now())`, recommendation, organisation, officer, procedure)
	execSQL(t, db, `INSERT INTO campaigns (id, recommendation_id, title, officer_id, created_at) VALUES (?, ?, 'C', ?, now())`,
		campaign, recommendation, officer)
	execSQL(t, db, `INSERT INTO mailings (id, campaign_id, recommendation_id, fallback_language, created_by, created_at) VALUES (?, ?, ?, 'en', ?, now())`,
		mailing, campaign, recommendation, officer)
	return mailing, recommendation
}
