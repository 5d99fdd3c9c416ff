package models_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/models"
)

// TestNoIndexFollowsWhatComesOfAMail: of the columns that are written when a mail is claimed, and with what came of it, none stands in an index or in an
// index's condition, but for those of few. Else each of many thousand mails would be written to every index once more.
func TestNoIndexFollowsWhatComesOfAMail(t *testing.T) {
	b := newMailbox(t, 1)
	var indexed []string
	require.NoError(t, b.db.NewRaw(`SELECT DISTINCT a.attname FROM pg_depend AS d JOIN pg_index AS i ON i.indexrelid = d.objid
		JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = d.refobjsubid
		WHERE d.classid = 'pg_class'::regclass AND d.refobjid = 'outbox'::regclass AND i.indrelid = 'outbox'::regclass`).Scan(t.Context(), &indexed))
	require.Contains(t, indexed, "astray", "the indexes were found")
	for _, written := range []string{"state", "waits", "reply", "attempts", "tried_at", "finished_at", "claim_token"} {
		require.NotContains(t, indexed, written)
	}
}

// TestAMailIsWrittenAnewOnItsOwnPage sends a mailing as a sender does, some parts of windows at a time: there is room for each row as it is when it is
// claimed and once more with what came of it, so that no index needs a new entry.
func TestAMailIsWrittenAnewOnItsOwnPage(t *testing.T) {
	const readers, atOnce = 400, 80
	b := newMailbox(t, readers)
	mailing := b.sending(t)
	for range readers / atOnce {
		token := uuid.New()
		var results []models.MailResult
		for _, m := range claimMailing(t, b.db, mailing, token, atOnce, mailNow) {
			results = append(results, models.MailResult{ID: m.ID, State: models.MailDelivered, Reply: "250 2.0.0 Ok: queued as 4bKqXl0zQTz9sWJ, 3.2.1 mail.example"})
		}
		n, err := models.MarkResults(t.Context(), b.db, token, results, mailNow)
		require.NoError(t, err)
		require.Equal(t, atOnce, n)
	}
	written := b.statistics(t, `SELECT n_tup_upd AS a, n_tup_hot_upd AS b FROM pg_stat_user_tables WHERE relname = 'outbox'`)
	require.Equal(t, 2*readers, written[0])
	require.Equal(t, 2*readers, written[1])
}

// TestAClaimReadsNoFurtherThanItsLastMail: of a mailing that the planner knows nothing of yet, too.
func TestAClaimReadsNoFurtherThanItsLastMail(t *testing.T) {
	b := newMailbox(t, 300)
	mailing := b.sending(t)
	require.Len(t, claimMailing(t, b.db, mailing, uuid.New(), 10, mailNow), 10)
	read := b.statistics(t, `SELECT idx_scan AS a, idx_tup_read AS b FROM pg_stat_user_indexes WHERE indexrelname = 'outbox_mailing_due'`)
	require.Equal(t, []int{1, 10}, read)
}

// statistics reads two figures that PostgreSQL keeps; the one connection in use brings in first what it counted.
func (b *mailbox) statistics(t *testing.T, query string) []int {
	t.Helper()
	execSQL(t, b.db, `SELECT pg_stat_force_next_flush()`)
	var figures struct{ A, B int }
	require.NoError(t, b.db.NewRaw(query).Scan(t.Context(), &figures))
	return []int{figures.A, figures.B}
}

// TestAMailThatIsOverSaysSoToItsIndexes holds the columns that indexes and claims name against every state.
func TestAMailThatIsOverSaysSoToItsIndexes(t *testing.T) {
	b := newMailbox(t, 1)
	mailing := b.sending(t)
	for _, state := range []models.MailState{models.MailQueued, models.MailClaimed, models.MailSending, models.MailDelivered, models.MailFailed,
		models.MailUnknown, models.MailCancelled, models.MailBounced} {
		execSQL(t, b.db, `UPDATE outbox SET state = ? WHERE mailing_id = ?`, state, mailing)
		var m models.OutboxMail
		require.NoError(t, b.db.NewSelect().Model(&m).Column("waits", "ready", "astray").Where("mailing_id = ?", mailing).Scan(t.Context()))
		require.Equal(t, state == models.MailQueued, m.Waits, state)
		require.False(t, m.Ready, "it belongs to a mailing")
		require.Equal(t, state == models.MailFailed || state == models.MailUnknown || state == models.MailCancelled, m.Astray, state)
	}
}

// TestAMailingThatIsOverHoldsBackForAsLongAsItsMailsSay: what counts is when a mail went and not when its mailing was over, to the
// second, also of one whose server said only afterwards that it took it; and of several mailings each counts.
func TestAMailingThatIsOverHoldsBackForAsLongAsItsMailsSay(t *testing.T) {
	b := newMailbox(t, 3)
	first, rec := newMailing(t, b.db, b.people[0])
	execSQL(t, b.db, `UPDATE mailings SET state = 'sending' WHERE id = ?`, first)
	require.Equal(t, []int{0, 1, 2}, b.freeze(t, first, rec, mailNow))
	for i := range b.people {
		b.prefers(t, i, func(p *models.MailingPreference) { p.AtMost = models.AtMostWeek })
	}
	token, over := uuid.New(), mailNow.Add(time.Minute)
	ids := map[uuid.UUID]uuid.UUID{}
	for _, m := range claimMailing(t, b.db, first, token, 3, mailNow) {
		ids[m.PersonID] = m.ID
	}
	came := func(i int, state models.MailState, at time.Time) {
		n, err := models.MarkResults(t.Context(), b.db, token, []models.MailResult{{ID: ids[b.people[i]], State: state}}, at)
		require.NoError(t, err)
		require.Equal(t, 1, n)
	}
	came(0, models.MailDelivered, mailNow)
	came(1, models.MailUnknown, over)
	came(2, models.MailFailed, over)
	execSQL(t, b.db, `UPDATE mailings SET state = 'sent', finished_at = ? WHERE id = ?`, over, first)
	late := over.Add(20 * time.Minute)
	came(1, models.MailDelivered, late)

	const week = 7 * 24 * time.Hour
	in := func(at time.Time) []int {
		next := b.anotherMailing(t, first)
		got := b.freeze(t, next, rec, at)
		execSQL(t, b.db, `UPDATE outbox SET state = 'cancelled' WHERE mailing_id = ?`, next)
		execSQL(t, b.db, `UPDATE mailings SET state = 'cancelled', finished_at = ? WHERE id = ?`, at, next)
		return got
	}
	require.Equal(t, []int{2}, in(mailNow.Add(week-time.Second)), "what was refused was not got")
	require.Equal(t, []int{0, 2}, in(mailNow.Add(week)))
	require.Equal(t, []int{0, 2}, in(late.Add(week-time.Second)))
	require.Equal(t, []int{0, 1, 2}, in(late.Add(week)))

	second := b.anotherMailing(t, first)
	require.Equal(t, []int{0, 1, 2}, b.freeze(t, second, rec, late.Add(2*week)))
	execSQL(t, b.db, `UPDATE mailings SET state = 'sending' WHERE id = ?`, second)
	require.Empty(t, in(late.Add(2*week+time.Hour)), "another is on its way, whatever became of the first")
}
