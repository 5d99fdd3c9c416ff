package web

import (
	"html"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/internal/i18n"
	"tribuna/models"
)

// TestMailingsInListsCanBeToldApart: many are about one text. A row says the subject in the reader's language, the kind, the state and
// when it leaves or left.
func TestMailingsInListsCanBeToldApart(t *testing.T) {
	h := newHouse(t)
	h.publish()
	officer := h.person("officer-khc")
	write := func(kind, english, bulgarian string) *models.Mailing {
		t.Helper()
		in := models.MailingInput{Kind: kind, FallbackLanguage: "en", Audience: models.Audience{Roles: []string{models.RoleReader}},
			Texts: []models.MailingText{{Language: "en", Subject: english, Body: "B"}}}
		if kind == models.MailingKindNewsletter {
			in.Items = []models.MailingItem{{RecommendationID: &h.brief.ID}}
		}
		if bulgarian != "" {
			in.Texts = append(in.Texts, models.MailingText{Language: "bg", Subject: bulgarian, Body: "B"})
		}
		m, err := models.CreateMailing(t.Context(), h.db, h.brief, in, officer.ID, time.Now())
		require.NoError(t, err)
		return m
	}
	write(models.MailingKindCampaign, "Mentors & homes", "Наставници и домове")
	leaves := write(models.MailingKindNewsletter, "Spring news", "")
	at := time.Now().Add(48 * time.Hour)
	leaves.State, leaves.NextAt, leaves.LaunchedAt = models.MailingScheduled, &at, &leaves.CreatedAt
	require.NoError(t, leaves.SaveState(t.Context(), h.db))
	zone, err := models.ZoneOf(t.Context(), h.db, officer.CountryCode)
	require.NoError(t, err)
	for _, tag := range i18n.Tags() {
		l, b := i18n.For(tag), h.as("officer-khc", tag)
		page := b.get(recommendationPath(h.brief.ID))
		sound(t, page)
		body := html.UnescapeString(page.Body)
		subject := `lang="en">Mentors & homes<`
		if tag == "bg" {
			subject = `lang="bg">Наставници и домове<`
		}
		for _, said := range []string{subject, `lang="en">Spring news<`, mailingKind(l, models.MailingKindNewsletter), l.T("mailing.state.scheduled"),
			l.T("mailing.leaves_at", "When", l.DateTime(at, zone)), l.T("mailing.state.draft")} {
			require.Contains(t, body, said)
		}

		form := b.get(recommendationPath(h.brief.ID) + "/mailings/new")
		require.Contains(t, form.Body, ">Spring news<small", "whoever chooses among earlier ones sees which they are")
		require.Contains(t, form.Body, mailingKind(l, models.MailingKindNewsletter)+" · ")
	}
	leaves.Stopped = &models.MailingStop{Reason: models.StopRow, Domain: "ministry.example", Reply: "550", Refused: 20, At: time.Now()}
	require.NoError(t, leaves.Stop(t.Context(), h.db, *leaves.Stopped))
	require.NoError(t, leaves.SaveState(t.Context(), h.db))
	desk := h.as("officer-khc", "en").get("/")
	sound(t, desk)
	require.Contains(t, desk.Body, `lang="en">Spring news</a>`)
	require.Contains(t, desk.Body, "<span>"+mailingKind(i18n.For("en"), models.MailingKindNewsletter)+"</span>")
}
