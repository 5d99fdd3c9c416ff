package web

import (
	"context"
	"html"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"tribuna/internal/i18n"
	"tribuna/models"
)

// sending writes a mailing about the brief as if it were being sent, to so many readers.
func (h *house) sending(people int) *models.Mailing {
	h.t.Helper()
	ctx := h.t.Context()
	var m *models.Mailing
	require.NoError(h.t, h.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) (err error) {
		brief, err := models.RecommendationByID(ctx, tx, h.brief.ID)
		if err != nil {
			return err
		}
		m, err = models.CreateMailing(ctx, tx, brief, models.MailingInput{FallbackLanguage: "en", Audience: models.Audience{Roles: []string{models.RoleReader}},
			Texts: []models.MailingText{{Language: "en", Subject: "Care leavers", Body: "Read it."}}}, brief.OfficerID, time.Now())
		if err != nil {
			return err
		}
		m.State = models.MailingSending
		return m.SaveState(ctx, tx)
	}))
	_, err := h.db.NewRaw(`INSERT INTO outbox (id, kind, person_id, language, recommendation_id, mailing_id, priority, not_before, created_at)
		SELECT gen_random_uuid(), 'mailing', id, 'en', ?, ?, -1, now(), now() FROM people WHERE email LIKE 'reader-%' LIMIT ?`,
		h.brief.ID, m.ID, people).Exec(ctx)
	require.NoError(h.t, err)
	return m
}

// TestAMailingThatCarriesWhatIsHiddenSaysSo while it is being sent and nothing leaves, and when it asks.
func TestAMailingThatCarriesWhatIsHiddenSaysSo(t *testing.T) {
	h := newHouse(t)
	h.published()
	m := h.sending(3)
	other := models.NewID()
	h.exec(`INSERT INTO recommendations (id, slug, kind, language, title, organisation_id, officer_id, procedure_id, stage_since, created_at, updated_at)
		SELECT ?, 'other', kind, language, 'Other', organisation_id, officer_id, procedure_id, now(), now(), now() FROM recommendations WHERE id = ?`, other, h.brief.ID)
	h.exec(`INSERT INTO mailing_items (id, mailing_id, position, recommendation_id) VALUES (gen_random_uuid(), ?, 0, ?)`, m.ID, other)
	said := func(l *i18n.Localizer) map[string]bool {
		page := h.as("officer-khc", l.Tag()).get(mailingPath(m.ID))
		sound(t, page)
		keys := map[string]bool{}
		for _, key := range []string{"mailing.wait.hidden", "mailing.schedule.asks_hidden", "mailing.schedule.asks_hidden_next", "mailing.schedule.asks_late"} {
			keys[key] = strings.Contains(html.UnescapeString(page.Body), l.T(key))
		}
		return keys
	}
	for _, tag := range i18n.Tags() {
		require.NotContains(t, slices.Collect(maps.Values(said(i18n.For(tag)))), true)
	}
	h.exec(`UPDATE recommendations SET quarantined_at = now() WHERE id = ?`, other)
	for _, tag := range i18n.Tags() {
		require.True(t, said(i18n.For(tag))["mailing.wait.hidden"], tag)
	}
	h.exec(`UPDATE mailings SET state = 'asking', launched_at = now(), next_at = now() WHERE id = ?`, m.ID)
	for _, tag := range i18n.Tags() {
		require.Equal(t, map[string]bool{"mailing.wait.hidden": false, "mailing.schedule.asks_hidden": true, "mailing.schedule.asks_hidden_next": true,
			"mailing.schedule.asks_late": false}, said(i18n.For(tag)), tag)
	}
}

// TestAMailingThatPausedByItselfSaysWhy on its page and on the desk of who is in charge, in every language, until it goes on.
func TestAMailingThatPausedByItselfSaysWhy(t *testing.T) {
	h := newHouse(t)
	h.makePublic()
	m := h.sending(5)
	path := mailingPath(m.ID)
	require.NotContains(t, h.as("officer-khc", "en").get("/").Body, path)
	since := time.Now().Add(-50 * time.Hour)
	for _, why := range []models.MailingStop{
		{Reason: models.StopRow, Domain: "ministry.example", Reply: "550 5.1.1 nobody <here>", Refused: 20},
		{Reason: models.StopShare, Domain: "ministry.example", Reply: "550 5.1.1 nobody <here>", Refused: 21, Of: 200},
		{Reason: models.StopPolicy, Domain: "ministry.example", Reply: "550 5.7.26 unauthenticated <mail>"},
		{Reason: models.StopUnknown, Domain: "ministry.example", Reply: "421 gone <away>", Refused: 4},
		{Reason: models.StopStale, Since: &since},
	} {
		require.NoError(t, m.Stop(t.Context(), h.db, why))
		require.NoError(t, m.SaveState(t.Context(), h.db))
		for _, tag := range i18n.Tags() {
			l, b := i18n.For(tag), h.as("officer-khc", tag)
			page := b.get(path)
			sound(t, page)
			require.Contains(t, page.Body, l.T("mailing.stopped.title"))
			require.Contains(t, page.Body, newMailingStopView(l, why, zoneFor(t, h)).Why)
			require.Contains(t, page.Body, l.T("mailing.stopped.next."+string(why.Reason)))
			if why.Since != nil {
				require.Contains(t, page.Body, l.DateTime(since, zoneFor(t, h)))
				require.Contains(t, page.Body, l.T("mailing.resume"), "send the rest")
				require.Contains(t, page.Body, path+"/cancel", "or not")
			} else {
				require.Contains(t, page.Body, "ministry.example")
				require.NotContains(t, page.Body, why.Reply, "escaped")
				require.Contains(t, page.Body, why.Reply[:9])
			}
			desk := b.get("/")
			sound(t, desk)
			require.Contains(t, desk.Body, `href="`+path+`"`)
			require.Contains(t, desk.Body, l.T("home.ask.stopped"))
		}
	}
	officer := h.as("officer-khc", "en")
	before := onTheDesk(t, officer.get("/").Body)
	for _, other := range []string{"coordinator", "expert-01", "reader"} {
		require.NotContains(t, h.as(other, "en").get("/").Body, path, "%s is not in charge", other)
	}
	require.NoError(t, m.GoOn(t.Context(), h.db))
	require.NoError(t, m.SaveState(t.Context(), h.db))
	require.Equal(t, before-1, onTheDesk(t, officer.get("/").Body))
	require.NotContains(t, officer.get("/").Body, path)
	require.NotContains(t, officer.get(path).Body, i18n.For("en").T("mailing.stopped.title"))
}

// TestAMailingSaysWhatItWaitsFor while it is being sent, in every language, as long as it is so.
func TestAMailingSaysWhatItWaitsFor(t *testing.T) {
	h := newHouse(t)
	h.makePublic()
	m := h.sending(5)
	until := time.Now().Add(time.Hour)
	for i, why := range []models.WaitReason{models.WaitMinute, models.WaitDomain, models.WaitDay, models.WaitSlow} {
		w := &models.MailingWait{MailingID: m.ID, Why: why, Until: until, Most: 20 + i}
		if why == models.WaitDomain || why == models.WaitSlow {
			w.Domain = "ministry.example"
		}
		_, err := h.db.NewInsert().Model(w).Exec(t.Context())
		require.NoError(t, err)
	}
	over := &models.MailingWait{MailingID: m.ID, Why: models.WaitSlow, Domain: "over.example", Until: time.Now().Add(-time.Minute)}
	_, err := h.db.NewInsert().Model(over).Exec(t.Context())
	require.NoError(t, err)
	since := time.Now().Add(-time.Hour)
	require.NoError(t, models.ServerSilent(t.Context(), h.db, m.ID, []string{"one.example:25", "two.example:25"}, since))
	h.exec(`UPDATE outbox SET state = 'delivered', finished_at = ? WHERE id = (SELECT id FROM outbox WHERE mailing_id = ? LIMIT 1)`, time.Now().Add(30*time.Second), m.ID)
	for _, tag := range i18n.Tags() {
		l, page := i18n.For(tag), h.as("officer-khc", tag).get(mailingPath(m.ID))
		sound(t, page)
		require.Contains(t, page.Body, l.T("mailing.waits"))
		require.Contains(t, page.Body, l.N("mailing.a_minute", 20), "how fast it goes all the same, no faster than it may")
		require.NotContains(t, page.Body, l.T("mailing.soon_done"), "nobody knows")
		require.Contains(t, page.Body, "one.example:25, two.example:25")
		require.Contains(t, page.Body, l.DateTime(since, zoneFor(t, h)))
		list := h.as("officer-khc", tag).get(recommendationPath(h.brief.ID))
		sound(t, list)
		require.Contains(t, list.Body, l.T("mailing.server_silent", "Since", l.DateTime(since, zoneFor(t, h))))
		require.Contains(t, page.Body, "ministry.example")
		for _, most := range []string{"20", "21", "22"} {
			require.Contains(t, page.Body, " "+most+" ")
		}
		require.NotContains(t, page.Body, "over.example")
	}
	m.State = models.MailingPaused
	require.NoError(t, m.SaveState(t.Context(), h.db))
	require.NotContains(t, h.as("officer-khc", "en").get(mailingPath(m.ID)).Body, "ministry.example", "it waits for a person")
	require.NotContains(t, h.as("officer-khc", "en").get(recommendationPath(h.brief.ID)).Body, "stands still since")

	m.State = models.MailingSending
	require.NoError(t, m.SaveState(t.Context(), h.db))
	h.exec(`DELETE FROM mailing_waits WHERE why <> 'minute'`)
	require.Contains(t, h.as("officer-khc", "en").get(mailingPath(m.ID)).Body, i18n.For("en").T("mailing.soon_done"), "four more, of twenty a minute")
}

// zoneFor is the zone in which the officer of the brief reads times.
func zoneFor(t *testing.T, h *house) *time.Location {
	t.Helper()
	zone, err := h.server.zoneOf(t.Context(), h.person("officer-khc"))
	require.NoError(t, err)
	return zone
}
