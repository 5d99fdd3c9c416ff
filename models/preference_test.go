package models_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/apperr"
	"tribuna/models"
)

// anotherMailing is one more for the same recommendation.
func (b *mailbox) anotherMailing(t *testing.T, as uuid.UUID) uuid.UUID {
	t.Helper()
	id := models.NewID()
	execSQL(t, b.db, `INSERT INTO mailings (id, campaign_id, recommendation_id, fallback_language, created_by, created_at)
		SELECT ?, campaign_id, recommendation_id, fallback_language, created_by, created_at FROM mailings WHERE id = ?`, id, as)
	return id
}

func (b *mailbox) prefers(t *testing.T, n int, change func(*models.MailingPreference)) {
	t.Helper()
	p, err := models.PreferenceOf(t.Context(), b.db, b.people[n])
	require.NoError(t, err)
	change(&p)
	require.NoError(t, p.Save(t.Context(), b.db, mailNow))
}

// freeze writes the mails of a mailing and returns who waits for one, by their number.
func (b *mailbox) freeze(t *testing.T, mailing, recommendation uuid.UUID, now time.Time) []int {
	t.Helper()
	_, err := models.EnqueueMailing(t.Context(), b.db, models.MailingRecipients{MailingID: mailing, RecommendationID: recommendation, Fallback: "en"}, now)
	require.NoError(t, err)
	return b.waiting(t, mailing)
}

func (b *mailbox) waiting(t *testing.T, mailing uuid.UUID) (waiting []int) {
	t.Helper()
	for i, p := range b.people {
		var state, reply string
		require.NoError(t, b.db.NewRaw(`SELECT state, reply FROM outbox WHERE mailing_id = ? AND person_id = ?`, mailing, p).Scan(t.Context(), &state, &reply))
		if state == string(models.MailQueued) {
			waiting = append(waiting, i)
		} else {
			require.Equal(t, [2]string{string(models.MailCancelled), models.ReplyUnwanted}, [2]string{state, reply}, "held back, and it is said why")
		}
	}
	return waiting
}

func TestPeopleGetWhatTheyWant(t *testing.T) {
	b := newMailbox(t, 6)
	mailing, rec := newMailing(t, b.db, b.people[0])
	execSQL(t, b.db, `INSERT INTO topics (slug, names) VALUES ('care', '{}'), ('school', '{}')`)
	execSQL(t, b.db, `INSERT INTO countries (code, names, zone) VALUES ('BG', '{}', 'Europe/Sofia'), ('AL', '{}', 'Europe/Tirane')`)
	b.prefers(t, 1, func(p *models.MailingPreference) { p.Topics = []string{"care"} })
	b.prefers(t, 2, func(p *models.MailingPreference) { p.Topics = []string{"school"} })
	b.prefers(t, 3, func(p *models.MailingPreference) { p.Countries = []string{"AL"} })
	b.prefers(t, 4, func(p *models.MailingPreference) { p.Refused = []string{models.MailingKindCampaign} })
	b.prefers(t, 5, func(p *models.MailingPreference) {
		p.Countries, p.Topics = []string{"BG", "AL"}, []string{"care", "school"}
	})
	require.Equal(t, []int{0, 1, 2, 3, 5}, b.freeze(t, mailing, rec, mailNow), "a text without topics and countries is for everybody who wants the kind")

	second := b.anotherMailing(t, mailing)
	execSQL(t, b.db, `INSERT INTO recommendation_topics (recommendation_id, topic) VALUES (?, 'care')`, rec)
	execSQL(t, b.db, `INSERT INTO recommendation_countries (recommendation_id, country_code) VALUES (?, 'BG')`, rec)
	require.Equal(t, []int{0, 1, 5}, b.freeze(t, second, rec, mailNow))

	b.prefers(t, 5, func(p *models.MailingPreference) { p.Topics = []string{"school"} })
	dropped, err := models.DropUnwanted(t.Context(), b.db, second, mailNow)
	require.NoError(t, err)
	require.Equal(t, 1, dropped, "said after it was frozen")
	require.Equal(t, []int{0, 1}, b.waiting(t, second))
	execSQL(t, b.db, `UPDATE mailings SET kind = 'newsletter' WHERE id = ?`, mailing)
	third := b.anotherMailing(t, mailing)
	execSQL(t, b.db, `UPDATE mailings SET kind = 'newsletter' WHERE id = ?`, third)
	require.Equal(t, []int{0, 1, 4}, b.freeze(t, third, rec, mailNow))
}

func TestNobodyIsWrittenToMoreOftenThanTheyWant(t *testing.T) {
	b := newMailbox(t, 4)
	first, rec := newMailing(t, b.db, b.people[0])
	execSQL(t, b.db, `UPDATE mailings SET state = 'sending' WHERE id = ?`, first)
	b.prefers(t, 1, func(p *models.MailingPreference) { p.AtMost = models.AtMostWeek })
	b.prefers(t, 2, func(p *models.MailingPreference) { p.AtMost = models.AtMostMonth })
	b.prefers(t, 3, func(p *models.MailingPreference) { p.AtMost = models.AtMostEach })
	require.Equal(t, []int{0, 1, 2, 3}, b.freeze(t, first, rec, mailNow))

	second := b.anotherMailing(t, first)
	require.Equal(t, []int{0, 3}, b.freeze(t, second, rec, mailNow.Add(time.Hour)), "one waits already")
	execSQL(t, b.db, `UPDATE outbox SET state = 'delivered', finished_at = ? WHERE mailing_id = ? AND state = 'queued'`, mailNow, first)
	execSQL(t, b.db, `UPDATE outbox SET state = 'delivered', finished_at = ? WHERE mailing_id = ? AND state = 'queued'`, mailNow, second)

	in := func(after time.Duration) []int {
		return b.freeze(t, b.anotherMailing(t, first), rec, mailNow.Add(after))
	}
	day := 24 * time.Hour
	require.Equal(t, []int{0, 3}, in(6*day))
	execSQL(t, b.db, `UPDATE outbox SET state = 'cancelled' WHERE state = 'queued'`)
	require.Equal(t, []int{0, 1, 3}, in(8*day))
	execSQL(t, b.db, `UPDATE outbox SET state = 'cancelled' WHERE state = 'queued'`)
	require.Equal(t, []int{0, 1, 2, 3}, in(32*day))
}

// TestOfTwoMailsThatWaitTheFirstGoesOut is what the sender sees of two mailings that were frozen before anybody said anything.
func TestOfTwoMailsThatWaitTheFirstGoesOut(t *testing.T) {
	b := newMailbox(t, 1)
	first, rec := newMailing(t, b.db, b.people[0])
	execSQL(t, b.db, `UPDATE mailings SET state = 'sending' WHERE id = ?`, first)
	second := b.anotherMailing(t, first)
	b.freeze(t, first, rec, mailNow)
	b.freeze(t, second, rec, mailNow.Add(time.Minute))
	b.prefers(t, 0, func(p *models.MailingPreference) { p.AtMost = models.AtMostWeek })
	wanted := func() (ids []uuid.UUID) {
		err := b.db.NewSelect().TableExpr("outbox AS o").Column("o.mailing_id").Where("o.state = 'queued'").Apply(models.WantsMailing(mailNow.Add(time.Hour))).Scan(t.Context(), &ids)
		require.NoError(t, err)
		return ids
	}
	require.Equal(t, []uuid.UUID{first}, wanted())
	for _, state := range []string{"claimed", "sending", "unknown", "delivered"} {
		execSQL(t, b.db, `UPDATE outbox SET state = ?, finished_at = CASE WHEN ? IN ('unknown','delivered') THEN ?::timestamptz END WHERE mailing_id = ?`, state, state, mailNow, first)
		require.Empty(t, wanted(), state)
	}
	execSQL(t, b.db, `UPDATE outbox SET state = 'failed' WHERE mailing_id = ?`, first)
	require.Equal(t, []uuid.UUID{second}, wanted(), "what was refused was not got")
	var mail uuid.UUID
	require.NoError(t, b.db.NewRaw(`SELECT id FROM outbox WHERE mailing_id = ?`, second).Scan(t.Context(), &mail))
	is, err := models.MailWanted(t.Context(), b.db, mail, mailNow)
	require.NoError(t, err)
	require.True(t, is)
}

// TestAMailingThatDoesNotLeaveHoldsNobodyBack: of two mailings in one week the first counts while it is on its way; paused, asking or
// cancelled before it left it does not, but for what of it has left or may be leaving. Once it goes on it is the later one.
func TestAMailingThatDoesNotLeaveHoldsNobodyBack(t *testing.T) {
	b := newMailbox(t, 3) // of the first mailing 0 has it, 1 waits, and 2 may be getting it at this moment
	first, rec := newMailing(t, b.db, b.people[0])
	b.freeze(t, first, rec, mailNow)
	execSQL(t, b.db, `UPDATE mailings SET state = 'sending' WHERE id = ?`, first)
	token := uuid.New()
	held := map[uuid.UUID]uuid.UUID{}
	for _, m := range claimMailing(t, b.db, first, token, 3, mailNow) {
		held[m.PersonID] = m.ID
	}
	_, err := models.MarkResults(t.Context(), b.db, token, []models.MailResult{{ID: held[b.people[0]], State: models.MailDelivered},
		{ID: held[b.people[1]], State: models.MailQueued}}, mailNow)
	require.NoError(t, err)
	require.True(t, markWindow(t, b.db, token, mailNow, held[b.people[2]]))
	for i := range b.people {
		b.prefers(t, i, func(p *models.MailingPreference) { p.AtMost = models.AtMostWeek })
	}
	in := func(state models.MailingState) []int {
		execSQL(t, b.db, `UPDATE mailings SET state = ?0, next_at = CASE WHEN ?0 IN ('scheduled', 'asking') THEN now() END WHERE id = ?1`, string(state), first)
		second := b.anotherMailing(t, first)
		got := b.freeze(t, second, rec, mailNow.Add(time.Hour))
		execSQL(t, b.db, `UPDATE outbox SET state = 'cancelled', reply = ? WHERE mailing_id = ? AND state = 'queued'`, models.ReplyUnwanted, second)
		return got
	}
	for state, want := range map[models.MailingState][]int{models.MailingSending: nil, models.MailingScheduled: nil,
		models.MailingPaused: {1}, models.MailingAsking: {1}} {
		require.Equal(t, want, in(state), state)
	}
	second := b.anotherMailing(t, first)
	execSQL(t, b.db, `UPDATE mailings SET state = 'paused' WHERE id = ?`, first)
	require.Equal(t, []int{1}, b.freeze(t, second, rec, mailNow.Add(time.Hour)))
	execSQL(t, b.db, `UPDATE outbox SET state = 'delivered', finished_at = ? WHERE mailing_id = ? AND state = 'queued'`, mailNow.Add(2*time.Hour), second)
	execSQL(t, b.db, `UPDATE mailings SET state = 'sending' WHERE id = ?`, first)
	dropped, err := models.DropUnwanted(t.Context(), b.db, first, mailNow.Add(24*time.Hour))
	require.NoError(t, err)
	require.Equal(t, 1, dropped, "resumed within the week it is the second")

	third := b.anotherMailing(t, first)
	cancelled, err := models.CancelMailing(t.Context(), b.db, third, mailNow)
	require.NoError(t, err)
	require.Zero(t, cancelled)
	b.freeze(t, third, rec, mailNow.Add(9*24*time.Hour))
	_, err = models.CancelMailing(t.Context(), b.db, third, mailNow.Add(9*24*time.Hour))
	require.NoError(t, err)
	require.Equal(t, []int{0, 1, 2}, b.freeze(t, b.anotherMailing(t, first), rec, mailNow.Add(10*24*time.Hour)), "cancelled before it left")
}

func TestPreferencesAreChecked(t *testing.T) {
	b := newMailbox(t, 1)
	for name, change := range map[string]func(*models.MailingPreference){
		"topic": func(p *models.MailingPreference) { p.Topics = []string{"nothing"} }, "country": func(p *models.MailingPreference) { p.Countries = []string{"XX"} },
		"how often": func(p *models.MailingPreference) { p.AtMost = "hourly" }, "kind": func(p *models.MailingPreference) { p.Refused = []string{"spam"} },
		"nothing at all": func(p *models.MailingPreference) { p.Refused = models.MailingKinds() },
	} {
		p, err := models.PreferenceOf(t.Context(), b.db, b.people[0])
		require.NoError(t, err)
		change(&p)
		require.Equal(t, apperr.CodeInvalid, apperr.CodeOf(p.Save(t.Context(), b.db, mailNow)), name)
	}
}

// reach is whom a mailing about a recommendation would reach by their numbers, and who is kept from it.
func (b *mailbox) reach(t *testing.T, r models.Readership) (numbers []int, kept models.AudienceKept) {
	t.Helper()
	counts, err := models.MailingAudienceCounts(t.Context(), b.db, r)
	require.NoError(t, err)
	total := 0
	for _, c := range counts {
		total += c.People
	}
	coordinator := models.Viewer{PersonID: b.people[0], Roles: []models.Role{{Role: models.RoleCoordinator}}}
	for i, p := range b.people {
		if _, err := models.InAudience(t.Context(), b.db, coordinator, r, p); err == nil {
			numbers = append(numbers, i)
		}
	}
	require.Len(t, numbers, total, "the count and who is in it are one")
	kept, err = models.MailingAudienceKept(t.Context(), b.db, r)
	require.NoError(t, err)
	require.Equal(t, len(b.people), total+kept.Total(), "everybody is counted once")
	return numbers, kept
}

// TestWhatPeopleWantIsCountedBeforeThereAreMails holds the count before the launch against what the launch does, reason by reason.
func TestWhatPeopleWantIsCountedBeforeThereAreMails(t *testing.T) {
	b := newMailbox(t, 7)
	first, rec := newMailing(t, b.db, b.people[0])
	execSQL(t, b.db, `UPDATE mailings SET state = 'sending' WHERE id = ?`, first)
	execSQL(t, b.db, `INSERT INTO topics (slug, names) VALUES ('care', '{}'), ('school', '{}')`)
	execSQL(t, b.db, `INSERT INTO countries (code, names, zone) VALUES ('BG', '{}', 'Europe/Sofia'), ('AL', '{}', 'Europe/Tirane')`)
	execSQL(t, b.db, `INSERT INTO recommendation_topics (recommendation_id, topic) VALUES (?, 'care')`, rec)
	execSQL(t, b.db, `INSERT INTO recommendation_countries (recommendation_id, country_code) VALUES (?, 'BG')`, rec)
	b.prefers(t, 1, func(p *models.MailingPreference) { p.Refused = []string{models.MailingKindCampaign} })
	b.prefers(t, 2, func(p *models.MailingPreference) { p.Topics = []string{"school"} })
	b.prefers(t, 3, func(p *models.MailingPreference) { p.Countries = []string{"AL"} })
	b.prefers(t, 4, func(p *models.MailingPreference) { p.AtMost = models.AtMostWeek })
	b.prefers(t, 5, func(p *models.MailingPreference) { p.AtMost, p.Topics = models.AtMostMonth, []string{"care"} })
	all := models.Audience{About: rec}
	campaign := models.Readership{Audience: all, Kind: models.MailingKindCampaign, At: mailNow}
	numbers, kept := b.reach(t, campaign)
	require.Equal(t, []int{0, 4, 5, 6}, numbers, "nobody has got anything yet")
	require.Equal(t, models.AudienceKept{OtherKind: 1, OtherTopics: 1, OtherCountries: 1}, kept)
	require.Equal(t, numbers, b.freeze(t, first, rec, mailNow), "who was counted gets it")

	hour := mailNow.Add(time.Hour)
	campaign.At = hour
	numbers, kept = b.reach(t, campaign)
	require.Equal(t, []int{0, 6}, numbers, "a mailing that is under way counts")
	require.Equal(t, models.AudienceKept{OtherKind: 1, OtherTopics: 1, OtherCountries: 1, TooSoon: 2}, kept)
	require.Equal(t, numbers, b.freeze(t, b.anotherMailing(t, first), rec, hour))
	execSQL(t, b.db, `UPDATE outbox SET state = 'delivered', finished_at = ? WHERE mailing_id = ? AND state = 'queued'`, mailNow, first)
	campaign.At = mailNow.Add(8 * 24 * time.Hour)
	numbers, _ = b.reach(t, campaign)
	require.Equal(t, []int{0, 4, 6}, numbers, "the week is over, the month is not")
	require.Equal(t, numbers, b.freeze(t, b.anotherMailing(t, first), rec, campaign.At))

	school := models.NewID()
	execSQL(t, b.db, `INSERT INTO recommendations SELECT (jsonb_populate_record(r, jsonb_build_object('id', ?::text, 'slug', 'school'))).* FROM recommendations AS r WHERE r.id = ?`, school, rec)
	execSQL(t, b.db, `INSERT INTO recommendation_topics (recommendation_id, topic) VALUES (?, 'school')`, school)
	newsletter := models.Readership{Audience: all, Kind: models.MailingKindNewsletter, Carries: []uuid.UUID{rec, school}, At: mailNow.Add(40 * 24 * time.Hour)}
	numbers, _ = b.reach(t, newsletter)
	require.Equal(t, []int{0, 1, 2, 4, 5, 6}, numbers, "one item that they want is enough")
}

// TestAtTheLaunchOnlyWhoWantsItIsExpected is what the launch compares with the count that the officer saw.
func TestAtTheLaunchOnlyWhoWantsItIsExpected(t *testing.T) {
	b := newMailbox(t, 4)
	mailing, rec := newMailing(t, b.db, b.people[0])
	b.prefers(t, 1, func(p *models.MailingPreference) { p.Refused = []string{models.MailingKindCampaign} })
	m, err := models.MailingByID(t.Context(), b.db, mailing)
	require.NoError(t, err)
	numbers, _ := b.reach(t, m.Readership(mailNow))
	added, err := models.EnqueueMailing(t.Context(), b.db, models.MailingRecipients{MailingID: mailing, RecommendationID: rec, Fallback: "en", Later: true}, mailNow)
	require.NoError(t, err)
	require.Equal(t, 4, added, "who does not want it is a recipient all the same, and it is said why nothing came")
	wanted, err := models.MailsWanted(t.Context(), b.db, mailing, mailNow)
	require.NoError(t, err)
	require.Equal(t, len(numbers), wanted)
	require.Equal(t, 3, wanted)
}
