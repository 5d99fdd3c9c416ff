package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/i18n"
	"tribuna/internal/mail"
	"tribuna/models"
)

func TestAMailingIsComposedInEveryLanguage(t *testing.T) {
	n := newOffice(t)
	n.publish()
	path := recommendationPath(n.brief.ID) + "/mailings/new"
	for _, tag := range i18n.Tags() {
		l := i18n.For(tag)
		b := n.as("officer-khc", tag)
		opened := b.get(path)
		f := form(t, opened.Body, path)
		require.Regexp(t, `name="except_acted" value="yes" checked`, opened.Body, "who has acted is not asked again, unless the officer wants it")
		english := textOf(t, f, "en")
		f.Set("fallback_language", "en")
		f.Set(english+".subject", "For {nmae}")
		f.Set(english+".body", "Dear {name}")
		f.Set("do", "save")
		wrong := b.post(path, f)
		require.Equal(t, http.StatusUnprocessableEntity, wrong.StatusCode)
		sound(t, wrong)
		require.Contains(t, wrong.Body, "{nmae}")
		require.Contains(t, wrong.Body, "{summary}", "it says which there are")
		require.Contains(t, wrong.Body, `value="For {nmae}"`, "what was written stays")

		f["countries"], f["roles"] = []string{"HR"}, []string{models.RoleReader}
		live := b.post(recommendationPath(n.brief.ID)+"/audience", f)
		require.Equal(t, http.StatusOK, live.StatusCode)
		sound(t, live)
		require.Contains(t, live.Body, l.T("mailing.kept"))
		require.Contains(t, live.Body, l.T("mailing.sample"))
		require.Equal(t, models.AudienceSample, strings.Count(live.Body, `name="except_people"`))

		f.Set(english+".subject", "For {name}")
		f.Set(english+".plain", "By hand for {name}")
		saved := b.post(path, f)
		require.Equal(t, http.StatusSeeOther, saved.StatusCode, saved.Body)
		mailing := saved.Header.Get("Location")
		for _, query := range []string{"?language=en", "?language=en&look=dark&width=phone", "?language=en&look=pink"} {
			preview := b.get(mailing + "/preview" + query)
			sound(t, preview)
			require.Contains(t, preview.Body, "For ")
			require.Contains(t, preview.Header.Get("Content-Security-Policy"), "frame-src 'self'")
		}
		require.Contains(t, b.get(mailing+"/letter?language=en&look=dark").Body, "@media all {")
		require.Contains(t, b.get(mailing+"/preview?language=en").Body, "By hand for ")
		stranger := n.person("expert-09").ID.String()
		require.Equal(t, http.StatusNotFound, b.get(mailing+"/letter?language=en&person="+stranger).StatusCode, "who does not get it is not shown")

		test := form(t, b.get(mailing+"/preview?language=en").Body, mailing+"/test")
		for range 2 {
			require.Equal(t, http.StatusSeeOther, b.post(mailing+"/test", test).StatusCode)
		}
		sound(t, b.get(mailing+"/preview?language=en"))
	}
	var tests []models.OutboxMail
	require.NoError(t, n.db.NewSelect().Model(&tests).Where("o.kind = ?", models.MailMailingTest).Scan(t.Context()))
	require.Len(t, tests, len(i18n.Tags()), "one press is one mail")
	for _, m := range tests {
		letter, err := mail.NewComposer(n.db, n.server.Links, n.server.BaseURL).Compose(t.Context(), m, m.CreatedAt)
		require.NoError(t, err)
		require.Equal(t, "[Test] For "+n.person("officer-khc").Name, letter.Subject)
		require.Contains(t, letter.Text, "By hand for ")
	}
}

func TestAnAudienceIsKeptUsedAndDeleted(t *testing.T) {
	n := newOffice(t)
	n.publish()
	home := recommendationPath(n.brief.ID)
	path := home + "/mailings/new"
	b := n.as("officer-khc", "bg")
	l := i18n.For("bg")
	sound(t, b.get(home+"/segments"))
	f := form(t, b.get(path).Body, path)
	f["countries"], f["roles"] = []string{"HR", "BG"}, []string{models.RoleReader}
	f["engagement"] = []string{models.EngagedNotSent}
	f.Set("do", doKeepSegment)
	nameless := b.post(path, f)
	require.Equal(t, http.StatusUnprocessableEntity, nameless.StatusCode)
	require.Contains(t, nameless.Body, `href="#f-segment_name"`)
	f.Set("segment_name", "Хърватия и България")
	kept := b.post(path, f)
	require.Equal(t, http.StatusOK, kept.StatusCode)
	sound(t, kept)
	segments, err := models.MailingSegments(t.Context(), n.db, n.brief.OrganisationID)
	require.NoError(t, err)
	require.Len(t, segments, 1)

	fresh := form(t, b.get(path).Body, path)
	fresh.Set("segment", segments[0].ID.String())
	fresh.Set("do", doUseSegment)
	used := b.post(path, fresh)
	require.Equal(t, http.StatusOK, used.StatusCode)
	sound(t, used)
	for _, chosen := range []string{"HR", "BG", models.EngagedNotSent} {
		require.Contains(t, used.Body, `value="`+chosen+`" checked`)
	}
	fresh.Set("segment", "none")
	require.Equal(t, http.StatusUnprocessableEntity, b.post(path, fresh).StatusCode)

	list := b.get(home + "/segments")
	sound(t, list)
	require.Contains(t, list.Body, "Хърватия и България")
	ask := b.get(home + "/segments/delete?segment=" + segments[0].ID.String())
	sound(t, ask)
	stranger := n.as("officer-tdh", "en").get(home + "/segments/delete?segment=" + segments[0].ID.String())
	require.GreaterOrEqual(t, stranger.StatusCode, http.StatusForbidden, "it is another organisation's")
	require.Equal(t, http.StatusSeeOther, b.post(home+"/segments/delete", url.Values{"segment": {segments[0].ID.String()}}).StatusCode)
	require.Contains(t, b.get(home+"/segments").Body, l.T("mailing.no_segments"))
}
