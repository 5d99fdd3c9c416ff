package web

import (
	"bytes"
	"html/template"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"tribuna/internal/i18n"
	"tribuna/models"
)

// sentMailing is a mailing to the readers of Croatia who read English that is over: one mail each was delivered, refused, given up and
// is not known, one was not sent, and the others were delivered.
func (h *house) sentMailing() (m *models.Mailing, mails map[models.MailState]uuid.UUID) {
	h.t.Helper()
	ctx := h.t.Context()
	m, err := models.CreateMailing(ctx, h.db, h.brief, models.MailingInput{FallbackLanguage: "en",
		Audience: models.Audience{Roles: []string{models.RoleReader}, Countries: []string{"HR"}, Languages: []string{"en"}},
		Texts:    []models.MailingText{{Language: "en", Subject: "The subject", Body: "The body"}}}, h.person("officer-khc").ID, time.Now())
	require.NoError(h.t, err)
	_, err = models.EnqueueMailing(ctx, h.db, models.MailingRecipients{MailingID: m.ID, RecommendationID: h.brief.ID, Audience: m.Audience,
		Texts: []string{"en"}, Fallback: "en"}, time.Now())
	require.NoError(h.t, err)
	h.exec(`UPDATE outbox SET state = 'delivered', finished_at = now() WHERE mailing_id = ?`, m.ID)
	var ids []uuid.UUID
	require.NoError(h.t, h.db.NewRaw(`SELECT id FROM outbox WHERE mailing_id = ? ORDER BY id LIMIT 4`, m.ID).Scan(ctx, &ids))
	mails = map[models.MailState]uuid.UUID{}
	for i, c := range []struct {
		state models.MailState
		reply string
	}{{models.MailFailed, "=550 <no>"}, {models.MailQueued, models.ReplyGivenUp + " 8 attempts"}, {models.MailUnknown, "cut off"}, {models.MailCancelled, models.ReplyUnwanted}} {
		state := c.state
		if state == models.MailQueued {
			state = models.MailFailed
		}
		h.exec(`UPDATE outbox SET state = ?, reply = ? WHERE id = ?`, state, c.reply, ids[i])
		mails[c.state] = ids[i]
	}
	now := time.Now()
	m.State, m.LaunchedAt, m.FinishedAt = models.MailingSent, &now, &now
	require.NoError(h.t, m.SaveState(ctx, h.db))
	return m, mails
}

func TestWhatCameOfAMailing(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.publish()
	m, mails := h.sentMailing()
	report := mailingPath(m.ID) + "/report"
	for _, tag := range i18n.Tags() {
		l, b := i18n.For(tag), h.as("officer-khc", tag)
		for _, query := range []string{"", "?country=HR", "?language=en&why=unknown", "?country=BG", "?why=nonsense&after=nonsense"} {
			page := b.get(report + query)
			require.Equal(t, http.StatusOK, page.StatusCode)
			sound(t, page)
		}
		page := b.get(report)
		require.Contains(t, page.Body, l.T("mailing.outcome.given_up"))
		require.Contains(t, page.Body, l.T("mailing.outcome.unwanted"))
		require.Contains(t, page.Body, "=550 &lt;no&gt;", "what a server said is no markup")
		listed := `data-label="` + l.T("mailing.report.why") + `"`
		require.Equal(t, 4, strings.Count(page.Body, listed), "four did not get it")
		require.NotContains(t, page.Body, models.ReplyUnwanted, "what never left was answered by no server")
		require.Equal(t, 1, strings.Count(b.get(report+"?why=refused").Body, listed))
		require.Contains(t, b.get(report+"?country=BG").Body, l.T("mailing.report.nobody_text"))
		sound(t, b.get(mailingPath(m.ID)))
		require.Contains(t, b.get(mailingPath(m.ID)).Body, `href="`+report+`"`)
	}
	b := h.as("officer-khc", "en")
	settle := func(mail uuid.UUID, told string) answer {
		return b.post(mailingPath(m.ID)+"/settle", url.Values{"mail": {mail.String()}, "told": {told}, "why": {"unknown"}})
	}
	told := settle(mails[models.MailUnknown], "arrived")
	require.Equal(t, report+"?why=unknown#not-reached", told.Header.Get("Location"))
	require.Contains(t, b.get(report+"?why=told_arrived").Body, h.person("officer-khc").Name, "it is said who says so")
	require.Equal(t, 3, strings.Count(b.get(report).Body, `data-label="Why not"`))
	h.exec(`UPDATE outbox SET reply = ? WHERE id = ?`, models.ReplyActed, mails[models.MailCancelled])
	acted := b.get(report + "?why=acted").Body
	require.Equal(t, 1, strings.Count(acted, `data-label="Why not"`))
	require.Contains(t, acted, `data-label="Why not">`+i18n.For("en").T("mailing.outcome.acted"))
	require.NotContains(t, acted, models.ReplyActed)
	sound(t, b.get(report+"?why=acted"))
	book, err := excelize.OpenReader(strings.NewReader(b.get(report + ".xlsx").Body))
	require.NoError(t, err)
	summary, err := book.GetRows(book.GetSheetList()[1])
	require.NoError(t, err)
	require.Contains(t, summary, []string{i18n.For("en").T("mailing.outcome.acted"), "1"})
	settle(mails[models.MailFailed], "arrived")
	require.Contains(t, b.get(report).Body, i18n.For("en").T("mailing.report.known_by_now"))
	require.Equal(t, http.StatusUnprocessableEntity, settle(mails[models.MailUnknown], "perhaps").StatusCode)
	require.Equal(t, http.StatusNotFound, settle(uuid.New(), "not").StatusCode)
}

// TestWhatCameOfEachMailIsSaidInEveryLanguage: our own words are the reader's, the server's are its own and marked as such.
func TestWhatCameOfEachMailIsSaidInEveryLanguage(t *testing.T) {
	h := newHouse(t)
	h.publish()
	m, _ := h.sentMailing()
	var ids []uuid.UUID
	require.NoError(t, h.db.NewRaw(`SELECT id FROM outbox WHERE mailing_id = ? ORDER BY id`, m.ID).Scan(t.Context(), &ids))
	const server = "451 <later>: try again"
	cases := []struct {
		state       models.MailState
		reply, says string // the key of what the page says
		quotes      string
	}{
		{models.MailDelivered, "250 ok", "mailing.outcome.delivered", "250 ok"},
		{models.MailFailed, "550 no", "mailing.outcome.refused", "550 no"},
		{models.MailFailed, models.ReplyGivenUp + " 8 attempts: " + server, "mailing.outcome.given_up", "451 &lt;later&gt;: try again"},
		{models.MailUnknown, "the sender was cut off", "mailing.outcome.unknown", ""},
		{models.MailUnknown, "read: EOF", "mailing.outcome.unknown", "read: EOF"},
		{models.MailCancelled, "the mailing was cancelled", "mailing.outcome.mailing_cancelled", ""},
		{models.MailCancelled, models.ReplyUnwanted, "mailing.outcome.unwanted", ""},
		{models.MailCancelled, models.ReplyNoConsent, "mailing.outcome.no_consent", ""},
		{models.MailCancelled, models.ReplySuppressed, "mailing.outcome.suppressed", ""},
		{models.MailCancelled, models.ReplyLeft, "mailing.outcome.left", ""},
		{models.MailCancelled, "the person was erased", "mailing.outcome.cancelled_other", ""},
		{models.MailCancelled, models.ReplyActed, "mailing.reply.acted", ""},
	}
	require.GreaterOrEqual(t, len(ids), len(cases))
	for i, c := range cases {
		h.exec(`UPDATE outbox SET state = ?, reply = ? WHERE id = ?`, c.state, c.reply, ids[i])
	}
	for _, tag := range i18n.Tags() {
		l, b := i18n.For(tag), h.as("officer-khc", tag)
		report := b.get(mailingPath(m.ID) + "/report")
		sound(t, report)
		for _, c := range cases {
			list := b.get(mailingPath(m.ID) + "/recipients?state=" + string(c.state))
			sound(t, list)
			require.Contains(t, list.Body, template.HTMLEscapeString(l.T(c.says)), c.reply)
			if c.quotes != "" {
				require.Contains(t, list.Body, `lang="" translate="no">`+c.quotes+`<`, c.reply)
				continue
			}
			require.NotContains(t, list.Body, ">"+c.reply+"<", c.reply)
			require.NotContains(t, report.Body, ">"+c.reply+"<", c.reply)
		}
		for _, page := range []answer{report, b.get(mailingPath(m.ID) + "/recipients?state=failed")} {
			require.NotContains(t, page.Body, models.ReplyGivenUp)
			require.Contains(t, page.Body, `lang="" translate="no">451 &lt;later&gt;: try again<`)
		}
		require.NotContains(t, b.get(mailingPath(m.ID)+"/recipients?state=cancelled").Body, `translate="no">`, "no server said anything of what never left")
	}
}

func TestTheReportAsAWorkbook(t *testing.T) {
	h := newHouse(t)
	h.publish()
	m, mails := h.sentMailing()
	h.exec(`UPDATE people SET naming = 'none'`)
	h.exec(`UPDATE people SET name = '=1+1' WHERE id = (SELECT person_id FROM outbox WHERE id = ?)`, mails[models.MailFailed])
	for _, tag := range i18n.Tags() {
		l := i18n.For(tag)
		page := h.as("officer-khc", tag).get(mailingPath(m.ID) + "/report")
		require.Contains(t, page.Body, l.T("mailing.report.names_note"))
		got := h.as("officer-khc", tag).get(mailingPath(m.ID) + "/report.xlsx")
		require.Equal(t, http.StatusOK, got.StatusCode)
		book, err := excelize.OpenReader(bytes.NewReader([]byte(got.Body)))
		require.NoError(t, err)
		sheets := book.GetSheetList()
		require.Equal(t, []string{l.T("mailing.title"), l.T("mailing.report.sheet.summary"), l.T("mailing.report.sheet.countries"), l.T("mailing.report.sheet.languages"),
			l.T("mailing.report.sheet.not_reached"), l.T("mailing.report.sheet.reached")}, sheets)
		reached, err := book.GetRows(sheets[5])
		require.NoError(t, err)
		require.Len(t, reached, 12, "a header and eleven people")
		require.NotContains(t, reached[1], l.T("mailing.unnamed"))
		require.Contains(t, reached[1], l.T("mailing.outcome.delivered"))
		head, err := book.GetRows(sheets[0])
		require.NoError(t, err)
		require.Equal(t, []string{l.T("mailing.subject"), "The subject"}, head[0], "the file says which mailing it is")
		for _, row := range [][]string{{l.T("campaign.filter.kind"), l.T("mailing.kind.campaign")}, {l.T("campaign.filter.state"), l.T("mailing.state.sent")},
			{l.T("mailing.languages"), l.Language("en")}, {l.T("mailing.report.chosen_by"), l.T("overview.part", "Name", l.T("mailing.roles"), "Number", l.T("mailing.role.reader"))}} {
			require.Contains(t, head, row)
		}
		for _, key := range []string{"followup.recommendation", "campaign.of_mailing", "mailing.report.book_launched", "mailing.report.book_ended"} {
			require.True(t, slices.ContainsFunc(head, func(row []string) bool { return row[0] == l.T(key) && row[1] != "" }), key)
		}
		require.Contains(t, got.Header.Get("Content-Disposition"), h.brief.Slug+"-mailing-campaign-"+m.ID.String()[28:]+"-", "two of one day are told apart")
		summary, err := book.GetRows(sheets[1])
		require.NoError(t, err)
		require.Contains(t, summary, []string{l.T("mailing.outcome.delivered"), "11"})
		require.Contains(t, summary, []string{l.T("mailing.report.recipients"), "15"})
		countries, err := book.GetRows(sheets[2])
		require.NoError(t, err)
		require.Equal(t, []string{"15", "11", "2", "0", "1", "1", "0", "0"}, countries[1][1:])
		rows, err := book.GetRows(sheets[4])
		require.NoError(t, err)
		require.Len(t, rows, 5, "a header and four people")
		named := 0
		for _, row := range rows[1:] {
			require.NotEqual(t, l.T("mailing.unnamed"), row[0], "who sent it says by name who did not get it, as on the page")
			require.Contains(t, page.Body, template.HTMLEscapeString(strings.TrimPrefix(strings.TrimSuffix(row[0], "+1"), "'")))
			if row[3] == l.T("mailing.outcome.refused") {
				named++
				require.Equal(t, "'=1+1", row[0], "no formula")
				require.Equal(t, "'=550 <no>", row[4])
			}
		}
		require.Equal(t, 1, named)
	}
	for _, list := range []string{"/report", "/report.xlsx", "/recipients?state=failed", "/rest"} {
		for _, who := range []string{"officer-tdh", "partner-khc"} { // an officer elsewhere, and somebody else of the same organisation
			require.Equal(t, http.StatusNotFound, h.as(who, "en").get(mailingPath(m.ID)+list).StatusCode, "%s, %s", who, list)
		}
	}
	narrow, err := excelize.OpenReader(strings.NewReader(h.as("officer-khc", "en").get(mailingPath(m.ID) + "/report.xlsx?why=unknown").Body))
	require.NoError(t, err)
	rows, err := narrow.GetRows(narrow.GetSheetList()[4])
	require.NoError(t, err)
	require.Len(t, rows, 2)
	require.Len(t, narrow.GetSheetList(), 5, "who asks for one reason asks for nobody else")
}

// usingAKeptAudience presses the button that uses a kept audience, and returns the form as it comes back.
func (h *house) usingAKeptAudience(t *testing.T, b *reader, draft string, values url.Values) url.Values {
	t.Helper()
	segment, err := models.KeepMailingSegment(t.Context(), h.db, h.brief.OrganisationID,
		models.MailingSegmentInput{Name: "All readers", Audience: models.Audience{Roles: []string{models.RoleReader}}}, time.Now())
	require.NoError(t, err)
	values.Set("segment", segment.ID.String())
	values.Set("do", doUseSegment)
	used := b.post(draft, values)
	require.Equal(t, http.StatusOK, used.StatusCode, used.Body)
	sound(t, used)
	audience := url.Values{}
	for _, ticked := range regexp.MustCompile(`name="([a-z_]+)" value="([^"]*)" checked`).FindAllStringSubmatch(used.Body, -1) {
		audience.Add(ticked[1], ticked[2])
	}
	require.Equal(t, []string{models.RoleReader}, audience["roles"])
	for _, name := range audienceFields {
		values[name] = audience[name]
	}
	return values
}

func TestTheRestIsWrittenToByADraft(t *testing.T) {
	h := newHouse(t)
	h.publish()
	h.nothingRuns()
	m, mails := h.sentMailing()
	rest := mailingPath(m.ID) + "/rest"
	for _, tag := range i18n.Tags() {
		page := h.as("officer-khc", tag).get(rest)
		sound(t, page)
		require.Contains(t, page.Body, i18n.For(tag).N("mailing.rest.people", 2), "given up, and not wanted then")
		require.NotContains(t, page.Body, `name="again" value="`+uuid.Nil.String())
	}
	b := h.as("officer-khc", "en")
	require.Contains(t, b.get(mailingPath(m.ID)+"/report").Body, `href="`+rest+`"`)
	var unknown uuid.UUID
	require.NoError(t, h.db.NewRaw(`SELECT person_id FROM outbox WHERE id = ?`, mails[models.MailUnknown]).Scan(t.Context(), &unknown))
	f := form(t, b.get(rest).Body, rest)
	require.Empty(t, f["again"], "nobody of whom it is not known is ticked")
	wrong := url.Values{"decision_id": f["decision_id"], "again": {h.person("expert-01").ID.String()}}
	require.Equal(t, http.StatusUnprocessableEntity, b.post(rest, wrong).StatusCode)
	f.Set("again", unknown.String())
	f.Set("decision_id", NewDecisionID())
	made := b.post(rest, f)
	require.Equal(t, http.StatusSeeOther, made.StatusCode, made.Body)
	require.Equal(t, made.Header.Get("Location"), b.post(rest, f).Header.Get("Location"), "pressed twice it is one draft")
	draft := made.Header.Get("Location")
	page := b.get(draft)
	sound(t, page)
	require.Contains(t, page.Body, "The subject")
	require.Contains(t, page.Body, i18n.For("en").N("mailing.people", 3))
	values := form(t, page.Body, draft)
	for _, ticked := range regexp.MustCompile(`name="([a-z_]+)" value="([^"]*)" checked`).FindAllStringSubmatch(page.Body, -1) {
		values.Add(ticked[1], ticked[2])
	}
	values.Set(textOf(t, values, "en")+".subject", "The subject")
	values.Set(textOf(t, values, "en")+".body", "The body")
	values.Set("fallback_language", "en")
	require.Equal(t, []string{m.ID.String()}, values["not_reached"])
	require.Equal(t, []string{unknown.String()}, values["again"])
	values = h.usingAKeptAudience(t, b, draft, values)
	require.Equal(t, []string{m.ID.String()}, values["not_reached"], "with a kept audience it is still for the rest alone")
	require.Equal(t, []string{unknown.String()}, values["again"])
	values.Set("do", "save")
	require.Equal(t, http.StatusSeeOther, b.post(draft, values).StatusCode)
	saved, err := models.MailingByID(t.Context(), h.db, uuid.MustParse(strings.TrimPrefix(draft, "/mailings/")))
	require.NoError(t, err)
	require.Equal(t, []uuid.UUID{m.ID}, saved.Audience.NotReached, "saving loses nothing of whom it is for")
	require.Equal(t, []uuid.UUID{unknown}, saved.Audience.Again)
	require.Equal(t, http.StatusConflict, b.get(draft+"/rest").StatusCode, "a draft has no rest")
	require.Equal(t, http.StatusNotFound, h.as("partner-khc", "en").get(rest).StatusCode)
}

// TestAllOfWhomItIsNotKnownAreWrittenTo has more of them than are listed.
func TestAllOfWhomItIsNotKnownAreWrittenTo(t *testing.T) {
	h := newHouse(t)
	h.publish()
	h.nothingRuns()
	m, mails := h.sentMailing()
	const more = restUnknown + 20
	h.exec(`INSERT INTO people (id, name, email, language, country_code, consent_at)
		SELECT gen_random_uuid(), 'Unknown ' || lpad(i::text, 3, '0'), 'unknown' || i || '@mail.example', 'en', 'HR', now() FROM generate_series(1, ?) AS i`, more)
	h.exec(`INSERT INTO roles (person_id, organisation_id, role) SELECT id, ?, 'reader' FROM people WHERE name LIKE 'Unknown %'`, h.brief.OrganisationID)
	h.exec(`INSERT INTO outbox (id, kind, person_id, language, recommendation_id, mailing_id, state, reply, not_before, created_at, finished_at)
		SELECT gen_random_uuid(), 'mailing', id, 'en', ?, ?, 'unknown', 'cut off', now(), now(), now() FROM people WHERE name LIKE 'Unknown %'`, h.brief.ID, m.ID)
	h.exec(`UPDATE people SET unsubscribed_at = now() WHERE name = 'Unknown 001'`)
	var told uuid.UUID
	require.NoError(t, h.db.NewRaw(`SELECT o.id FROM outbox AS o JOIN people AS p ON p.id = o.person_id WHERE p.name = 'Unknown 002' AND o.mailing_id = ?`, m.ID).Scan(t.Context(), &told))
	require.NoError(t, models.SettleUnknown(t.Context(), h.db, m.ID, told, true, h.person("officer-khc"), time.Now()))
	const unknown = more + 1 - 2 // with the one that was there, without who unsubscribed and who is said to have it
	require.NotEmpty(t, mails)
	rest := mailingPath(m.ID) + "/rest"
	for _, tag := range i18n.Tags() {
		l, page := i18n.For(tag), h.as("officer-khc", tag).get(rest)
		sound(t, page)
		require.Contains(t, page.Body, l.N("mailing.rest.all", unknown))
		require.Contains(t, page.Body, template.HTMLEscapeString(l.T("mailing.rest.more", "Shown", l.Number(restUnknown))))
		require.Equal(t, restUnknown, strings.Count(page.Body, `name="again" `))
		require.NotContains(t, page.Body, l.T("mailing.unnamed"))
	}
	b := h.as("officer-khc", "en")
	f := form(t, b.get(rest).Body, rest)
	require.Empty(t, f["again_unknown"], "nobody is ticked")
	f.Set("again_unknown", "yes")
	made := b.post(rest, f)
	require.Equal(t, http.StatusSeeOther, made.StatusCode, made.Body)
	draft := made.Header.Get("Location")
	page := b.get(draft)
	sound(t, page)
	require.Contains(t, page.Body, i18n.For("en").N("mailing.people", unknown+2), "and who did not get it")
	values := form(t, page.Body, draft)
	for _, ticked := range regexp.MustCompile(`name="([a-z_]+)" value="([^"]*)" checked`).FindAllStringSubmatch(page.Body, -1) {
		values.Add(ticked[1], ticked[2])
	}
	require.Equal(t, "yes", values.Get("again_unknown"))
	values.Set(textOf(t, values, "en")+".subject", "The subject")
	values.Set(textOf(t, values, "en")+".body", "The body")
	values.Set("fallback_language", "en")
	values.Set("do", "save")
	require.Equal(t, http.StatusSeeOther, b.post(draft, values).StatusCode)
	saved, err := models.MailingByID(t.Context(), h.db, uuid.MustParse(strings.TrimPrefix(draft, "/mailings/")))
	require.NoError(t, err)
	require.True(t, saved.Audience.AgainUnknown, "saving loses nothing of whom it is for")
}

func TestTheRestIsNotOfferedWhereItIsNobody(t *testing.T) {
	h := newHouse(t)
	h.publish()
	h.nothingRuns()
	m, _ := h.sentMailing()
	h.exec(`UPDATE outbox SET state = 'delivered', reply = '' WHERE mailing_id = ?`, m.ID)
	b, rest := h.as("officer-khc", "en"), mailingPath(m.ID)+"/rest"
	require.NotContains(t, b.get(mailingPath(m.ID)+"/report").Body, `href="`+rest+`"`)
	page := b.get(rest)
	sound(t, page)
	require.Contains(t, page.Body, i18n.For("en").T("mailing.rest.nobody"))
	require.NotContains(t, page.Body, `action="`+rest+`"`)
	h.exec(`UPDATE outbox SET state = 'unknown' WHERE id = (SELECT id FROM outbox WHERE mailing_id = ? LIMIT 1)`, m.ID)
	require.Contains(t, b.get(mailingPath(m.ID)+"/report").Body, `href="`+rest+`"`, "of whom it is not known can be ticked")
}

// TestTheReportIsDrawnAsPictures in every language, for every screen, narrowed as the page is, and for nobody else's eyes.
func TestTheReportIsDrawnAsPictures(t *testing.T) {
	h := newHouse(t)
	h.publish()
	m, _ := h.sentMailing()
	report := mailingPath(m.ID) + "/report"
	for _, tag := range i18n.Tags() {
		l, b := i18n.For(tag), h.as("officer-khc", tag)
		page := b.get(report)
		sound(t, page)
		require.Contains(t, page.Body, `alt="`+l.T("mailing.report.picture", "Title", l.T("mailing.report.by_country"))+": ")
		of := l.T("progress.count", "Done", "11", "Total", "15")
		require.Contains(t, page.Body, of, "what the picture says is said in words")
		for _, name := range []string{pictureOutcomes, pictureCountries, pictureLanguages} {
			for _, look := range []string{"", "?narrow=yes", "?dark=yes", "?dark=yes&narrow=yes"} {
				got := b.get(report + "/" + name + ".svg" + look)
				require.Equal(t, http.StatusOK, got.StatusCode, got.Body)
				require.Equal(t, "image/svg+xml", got.Header.Get("Content-Type"))
				require.Contains(t, page.Body, `set="`+report+"/"+name+".svg?dark=yes&amp;narrow=yes"+`"`)
				if name != pictureOutcomes {
					require.Contains(t, got.Body, ">"+of+"<")
				}
			}
			points := b.get(report + "/" + name + ".png")
			require.Equal(t, "image/png", points.Header.Get("Content-Type"))
			require.Contains(t, points.Header.Get("Content-Disposition"), "attachment")
		}
	}
	b := h.as("officer-khc", "en")
	require.Contains(t, b.get(report+"?country=HR&after=x").Body, `src="`+report+`/languages.svg?country=HR"`)
	require.Equal(t, http.StatusOK, b.get(report+"/countries.svg?country=BG").StatusCode, "an axis where there is nothing to draw")
	require.Equal(t, http.StatusNotFound, b.get(report+"/people.svg").StatusCode)
	for _, who := range []string{"officer-tdh", "partner-khc"} {
		require.Equal(t, http.StatusNotFound, h.as(who, "en").get(report+"/countries.png").StatusCode, who)
	}
}
