package web

import (
	"html"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/google/uuid"
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

// TestThePreviewForNobodyElseSaysWhatTheTestSays: both are to who looks at it, with what is known of them.
func TestThePreviewForNobodyElseSaysWhatTheTestSays(t *testing.T) {
	n := newOffice(t)
	n.publish()
	m, path := n.draftMailing()
	n.exec(`UPDATE mailing_texts SET subject = 'For {name} of {organisation} in {country}' WHERE mailing_id = ?`, m.ID)
	owner, err := models.OrganisationByID(t.Context(), n.db, n.brief.OrganisationID)
	require.NoError(t, err)
	b := n.as("officer-khc", "en")
	preview := b.get(path + "/preview?language=en")
	sound(t, preview)
	said := "For " + n.person("officer-khc").Name + " of " + owner.Name + " in Bulgaria"
	require.Contains(t, html.UnescapeString(preview.Body), said)
	require.Contains(t, html.UnescapeString(b.get(path+"/letter?language=en").Body), said)
	require.Equal(t, http.StatusSeeOther, b.post(path+"/test", form(t, preview.Body, path+"/test")).StatusCode)
	var test models.OutboxMail
	require.NoError(t, n.db.NewSelect().Model(&test).Where("o.kind = ?", models.MailMailingTest).Scan(t.Context()))
	letter, err := mail.NewComposer(n.db, n.server.Links, n.server.BaseURL).Compose(t.Context(), test, test.CreatedAt)
	require.NoError(t, err)
	require.Equal(t, "[Test] "+said, letter.Subject)
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
	renamed := n.renames(b, home+"/segments/rename", segments[0].ID.String())
	require.Equal(t, segments[0].Audience, renamed.Audience, "whom it is for stays")
	sound(t, b.get(home+"/segments"))
	ask := b.get(home + "/segments/delete?segment=" + segments[0].ID.String())
	sound(t, ask)
	stranger := n.as("officer-tdh", "en").get(home + "/segments/delete?segment=" + segments[0].ID.String())
	require.GreaterOrEqual(t, stranger.StatusCode, http.StatusForbidden, "it is another organisation's")
	require.Equal(t, http.StatusSeeOther, b.post(home+"/segments/delete", url.Values{"segment": {segments[0].ID.String()}}).StatusCode)
	require.Contains(t, b.get(home+"/segments").Body, l.T("mailing.no_segments"))
}

// renames gives a kept audience another name on its page, in every language, and refuses what is no name and what was not seen.
func (n *office) renames(b *reader, path, id string) models.MailingSegment {
	t := n.t
	at := path + "?segment=" + id
	for _, tag := range i18n.Tags() {
		sound(t, n.as("officer-khc", tag).get(at))
	}
	n.as("officer-khc", "bg") // the language goes with the person
	f := form(t, b.get(at).Body, path)
	stale := url.Values{"segment": {id}, "revision": {"0"}, "name": {"Other"}}
	refused := b.post(path, stale)
	sound(t, refused)
	require.GreaterOrEqual(t, refused.StatusCode, http.StatusPreconditionFailed, "somebody changed it meanwhile")
	require.Contains(t, refused.Body, `value="Other"`, "what was typed stays")
	f.Set("name", " ")
	require.Equal(t, http.StatusUnprocessableEntity, b.post(path, f).StatusCode)
	f.Set("name", "Съседи")
	require.Equal(t, http.StatusSeeOther, b.post(path, f).StatusCode)
	require.Contains(t, b.get(strings.TrimSuffix(path, "/rename")).Body, "Съседи")
	segments, err := models.MailingSegments(t.Context(), n.db, n.brief.OrganisationID)
	require.NoError(t, err)
	require.Equal(t, "Съседи", segments[0].Name)
	return segments[0]
}

func TestPeopleOfAnAudienceAreFoundByName(t *testing.T) {
	n := newOffice(t)
	n.publish()
	path := recommendationPath(n.brief.ID) + "/mailings/new"
	reader, hidden := n.person("expert-05"), n.person("expert-07")
	n.exec(`UPDATE people SET naming = 'public', name = 'Zorana Found', consent_at = now(), consent_source = 'form' WHERE id = ?`, reader.ID)
	n.exec(`UPDATE people SET naming = 'none', name = 'Zorana Silent', consent_at = NULL WHERE id = ?`, hidden.ID)
	for _, tag := range i18n.Tags() {
		l, b := i18n.For(tag), n.as("officer-khc", tag)
		f := form(t, b.get(path).Body, path)
		f["roles"], f["countries"] = []string{models.RoleExpert}, nil
		f.Set("fallback_language", "en")
		english := textOf(t, f, "en")
		f.Set(english+".subject", "S")
		f.Set(english+".body", "Dear **{name}**")
		f.Set("find_person", "zor")
		f.Set("do", "count")
		found := b.post(path, f)
		sound(t, found)
		require.Contains(t, found.Body, "Zorana Found")
		require.NotContains(t, found.Body, "Zorana Silent", "whom it does not reach is not found")
		require.Equal(t, 1, strings.Count(found.Body, `name="except_people" value="`+reader.ID.String()))
		f.Set("find_person", "nobody called so")
		none := b.post(recommendationPath(n.brief.ID)+"/audience", f)
		sound(t, none)
		require.Contains(t, none.Body, l.T("mailing.found_none", "Words", "nobody called so")+" "+l.T("mailing.found_agreed")+" "+l.T("mailing.found_others"))

		index := strings.TrimSuffix(strings.TrimPrefix(english, "texts["), "]")
		f.Set("do", doTakePlain+index)
		taken := b.post(path, f)
		sound(t, taken)
		require.Contains(t, taken.Body, ">Dear {name}</textarea>", "to be edited")

		f.Set("do", "save")
		saved := b.post(path, f)
		require.Equal(t, http.StatusSeeOther, saved.StatusCode, saved.Body)
		preview := b.get(saved.Header.Get("Location") + "/preview?language=en&find=zor+found")
		sound(t, preview)
		require.Contains(t, preview.Body, `value="`+reader.ID.String()+`"`)
		require.Contains(t, preview.Body, l.N("mailing.found_readers", 1))
		none = b.get(saved.Header.Get("Location") + "/preview?language=en&find=nobody+called+so")
		sound(t, none)
		require.Contains(t, none.Body, l.T("mailing.found_agreed"))
		whole := n.as("coordinator", tag).get(saved.Header.Get("Location") + "/preview?language=en&find=nobody+called+so")
		require.Contains(t, whole.Body, l.T("mailing.found_none", "Words", "nobody called so"))
		require.NotContains(t, whole.Body, l.T("mailing.found_agreed"), "a coordinator knows everybody by name")
		chosen := b.get(saved.Header.Get("Location") + "/preview?language=en&person=" + reader.ID.String())
		sound(t, chosen)
		require.Contains(t, chosen.Body, `value="`+reader.ID.String()+`" selected`)
		f["except_people"] = []string{reader.ID.String()}
		f.Set("find_person", "zor")
		f.Set("do", "count")
		out := b.post(path, f)
		sound(t, out)
		require.Contains(t, out.Body, l.T("mailing.out"))
		require.Contains(t, out.Body, l.T("mailing.found_none", "Words", "zor"), "who is left out is not reached")
	}
}

func TestALaunchPromisesOnlyWhoWantsIt(t *testing.T) {
	n := newOffice(t)
	n.publish()
	path := recommendationPath(n.brief.ID) + "/mailings/new"
	b := n.as("officer-khc", "en")
	f := form(t, b.get(path).Body, path)
	f["roles"], f["countries"] = []string{models.RoleReader}, []string{"HR"}
	english := textOf(t, f, "en")
	f.Set("fallback_language", "en")
	f.Set(english+".subject", "S")
	f.Set(english+".body", "B")
	f.Set("do", "save")
	saved := b.post(path, f)
	require.Equal(t, http.StatusSeeOther, saved.StatusCode, saved.Body)
	launch := saved.Header.Get("Location") + "/launch"
	before := form(t, b.get(launch).Body, launch)
	all, err := strconv.Atoi(before.Get("expected"))
	require.NoError(t, err)
	require.Greater(t, all, 2)
	var readers []uuid.UUID
	require.NoError(t, models.MailingAudience(t.Context(), n.db, models.Audience{Roles: []string{models.RoleReader}, Countries: []string{"HR"}}).Column("person.id").Limit(2).Scan(t.Context(), &readers))
	for _, id := range readers {
		pref := models.MailingPreference{PersonID: id, AtMost: models.AtMostEach, Refused: []string{models.MailingKindCampaign}}
		require.NoError(t, pref.Save(t.Context(), n.db, n.server.Now()))
	}
	for _, tag := range i18n.Tags() {
		page := n.as("officer-khc", tag).get(launch)
		sound(t, page)
		require.Contains(t, page.Body, i18n.For(tag).T("mailing.kept.other_kind"), "the page says how many are kept, and why")
		require.Contains(t, html.UnescapeString(page.Body), i18n.For(tag).T("mailing.kept_help.other_kind"), "and what can be done about it")
		require.Equal(t, strconv.Itoa(all-2), form(t, page.Body, launch).Get("expected"))
		require.Contains(t, page.Body, i18n.For(tag).N("mailing.launch_button", all-2))
	}
	before.Set("when", "now")
	refused := b.post(launch, before)
	require.Equal(t, http.StatusUnprocessableEntity, refused.StatusCode, "two of those who were counted do not want it any more")
	now := form(t, refused.Body, launch)
	require.Equal(t, strconv.Itoa(all-2), now.Get("expected"))
}
