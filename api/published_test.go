package api

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/demo"
	"tribuna/internal/record"
	"tribuna/models"
)

// publish writes the brief's publication with a follow-up, as the process does.
func (h *house) publish(t *testing.T) (*models.Recommendation, *models.FollowUp) {
	t.Helper()
	ctx := t.Context()
	rec := h.brief(t)
	v, err := models.VersionByID(ctx, h.db, *rec.CurrentVersionID)
	require.NoError(t, err)
	measures := []models.PublishedMeasure{}
	for _, m := range v.Measures {
		measures = append(measures, models.PublishedMeasure(m))
	}
	p := &models.Publication{ID: models.NewID(), RecommendationID: rec.ID, VersionID: v.ID, PublishedAt: noon, Texts: []models.PublicationText{
		{Language: "en", Title: v.Title, Body: v.Body, Measures: measures}, {Language: "bg", Title: "Заглавие", Body: "Текст", Measures: measures}}}
	require.NoError(t, p.Insert(ctx, h.db, v.Measures[0].AuthorityIDs))
	at := noon
	rec.PublishedAt, rec.AcceptedVersionID = &at, &v.ID
	rec.Enter(models.StageDone, noon)
	require.NoError(t, rec.Save(ctx, h.db, noon))
	focal := demo.ID("organisation", "khc")
	f := &models.FollowUp{ID: models.NewID(), RecommendationID: rec.ID, MeasureID: v.Measures[0].ID, AuthorityID: v.Measures[0].AuthorityIDs[0],
		OrganisationID: &focal, Status: "under_discussion", StatusSince: noon, Period: 1, AskAt: &at, CreatedAt: noon}
	require.NoError(t, f.Insert(ctx, h.db))
	note := &models.ProgressNote{ID: models.NewID(), FollowupID: f.ID, Status: f.Status, Note: "They answered.", ObservedOn: noon,
		PersonID: demo.ID("person", "partner-khc"), DecisionID: "decision-1", ReportedAt: noon}
	require.NoError(t, note.Insert(ctx, h.db))
	require.NoError(t, models.OpenProcess(ctx, h.db, models.ProcessFollowUp, f.ID, rec.ID, noon))
	return rec, f
}

func TestWhatIsPublishedIsForEverybodyAndNothingElse(t *testing.T) {
	h := newHouse(t)
	var all list[PublicationSummary]
	h.read(t, "", "/published", &all)
	require.Empty(t, all.Items)
	rec, _ := h.publish(t)
	h.read(t, "", "/published?country=BG", &all)
	require.Len(t, all.Items, 1)
	require.Equal(t, "http://tribuna.example/published/"+rec.Slug, all.Items[0].URL)

	var p Publication
	h.read(t, "", "/published/"+rec.Slug, &p)
	require.ElementsMatch(t, []string{"bg", "en"}, p.Languages)
	require.Len(t, p.Texts, 2)
	require.NotEmpty(t, p.Texts[0].Grants[0].Statement)
	require.NotEmpty(t, p.Texts[0].Measures[0].Authorities[0].Names)
	h.read(t, "", "/published/"+rec.Slug+"/bg", &p)
	require.Equal(t, "Заглавие", p.Title)
	require.Equal(t, 404, h.do(t, request{method: "GET", path: "/published/" + rec.Slug + "/sq"}).status)

	reader := h.token(t, "reader")
	path := "/recommendations/" + rec.ID.String()
	var view Recommendation
	h.read(t, reader, path, &view)
	require.Nil(t, view.OfficerID)
	require.Empty(t, view.Awaited)
	h.read(t, reader, path+"/publication", &p)
	for _, closed := range []string{"/draft", "/versions", "/reviews", "/sign-offs", "/deliveries", "/record/verify", "/mailings"} {
		require.Equal(t, 403, h.do(t, request{method: "GET", path: path + closed, token: reader}).status, closed)
	}
}

func TestPublishedJSONNamesCountriesAsTheGrantWants(t *testing.T) {
	h := newHouse(t)
	rec, _ := h.publish(t)
	for _, query := range []string{`INSERT INTO recommendation_countries VALUES (?, 'XK') ON CONFLICT DO NOTHING`, `DELETE FROM recommendation_grants WHERE recommendation_id = ?`} {
		_, err := h.db.NewRaw(query, rec.ID).Exec(t.Context())
		require.NoError(t, err)
	}
	_, err := h.db.NewRaw(`INSERT INTO recommendation_grants VALUES (?, ?)`, rec.ID, demo.ID("grant", "daphne")).Exec(t.Context())
	require.NoError(t, err)
	kosovo := func(all []CountryDesignation) CountryDesignation {
		for _, d := range all {
			if d.Country == "XK" {
				return d
			}
		}
		return CountryDesignation{}
	}
	var p Publication
	h.read(t, "", "/published/"+rec.Slug+"/bg", &p)
	named := kosovo(p.Texts[0].Designations)
	require.Equal(t, "Косово*", named.Designation)
	require.True(t, strings.HasPrefix(named.Footnote, "* Това название"), named.Footnote)
	var all list[PublicationSummary]
	h.read(t, "", "/published", &all)
	require.Equal(t, "Kosovo*", kosovo(all.Items[0].Designations).Designation)
	require.Len(t, all.Items[0].Designations, len(all.Items[0].Countries), "every country has a name")
}

func TestNotesOfAFollowUpAreForThoseWhoWorkWithIt(t *testing.T) {
	h := newHouse(t)
	_, f := h.publish(t)
	path := "/followups/" + f.ID.String()
	var view FollowUp
	h.read(t, h.token(t, "reader"), path, &view)
	require.Empty(t, view.Notes)
	require.Equal(t, models.FollowUpStatus("under_discussion"), view.Status)
	h.read(t, h.token(t, "partner-khc"), path, &view)
	require.Equal(t, "They answered.", view.Notes[0].Note)

	report := models.ProgressPayload{Status: "adopted", Note: "In the State Gazette.", DayUnknown: true}
	for who, want := range map[string]int{"reader": 403, "partner-cyi": 403, "partner-khc": 202, "officer-khc": 202, "coordinator": 202} {
		res := h.do(t, request{method: "POST", path: path + "/progress", token: h.token(t, who), body: report, header: key()})
		require.Equal(t, want, res.status, "%s: %s", who, res.body)
	}
	stored := h.upload(t, path+"/evidence", h.token(t, "partner-khc"), key(), letter("The mayor wrote."))
	require.Equal(t, http.StatusCreated, stored.status, "%s", stored.body)
	var file Attachment
	require.NoError(t, json.Unmarshal(stored.body, &file))
	require.Equal(t, 403, h.upload(t, path+"/evidence", h.token(t, "partner-cyi"), key(), letter("a")).status)
	shown := map[string]any{"status": "adopted", "note": "See the letter.", "day_unknown": true, "attachment_id": file.ID}
	require.Equal(t, 202, h.do(t, request{method: "POST", path: path + "/progress", token: h.token(t, "partner-khc"), body: shown, header: key()}).status)
	undated := h.do(t, request{method: "POST", path: path + "/progress", token: h.token(t, "partner-khc"), body: map[string]any{"status": "adopted", "note": "x"}, header: key()})
	require.Equal(t, "observed_on", undated.problem.Errors[0].Field, "no day is put in silently")
	require.Equal(t, "day_or_unknown", undated.problem.Errors[0].Code)
	require.Equal(t, 403, h.do(t, request{method: "POST", path: path + "/end", token: h.token(t, "partner-khc"), body: models.ReasonPayload{Reason: "x"}, header: key()}).status)
	bad := h.do(t, request{method: "POST", path: path + "/progress", token: h.token(t, "officer-khc"), body: models.ProgressPayload{Status: "adopted", Note: "x", SourceURL: "nowhere", DayUnknown: true}, header: key()})
	require.Equal(t, "url", bad.problem.Errors[0].Code)
}

func TestAMailingIsDraftedCountedAndEdited(t *testing.T) {
	h := newHouse(t)
	rec, _ := h.publish(t)
	officer := h.token(t, "officer-khc")
	in := models.MailingInput{Audience: models.Audience{Roles: []string{"reader"}}, FallbackLanguage: "en",
		Texts: []models.MailingText{{Language: "en", Subject: "News", Body: "**Read** it."}, {Language: "bg", Subject: "Новини", Body: "Прочетете."}}}
	create := request{method: "POST", path: "/recommendations/" + rec.ID.String() + "/mailings", token: officer, body: in, header: key()}
	var m Mailing
	h.send(t, create, http.StatusCreated, &m)
	var again Mailing
	h.send(t, create, http.StatusCreated, &again)
	require.Equal(t, m.ID, again.ID)

	path := "/mailings/" + m.ID.String()
	var size AudienceSize
	h.read(t, officer, path+"/audience", &size)
	require.Equal(t, demo.MailableReaders, size.Total)
	var preview Preview
	h.read(t, officer, path+"/preview?language=sq", &preview)
	require.Equal(t, "en", preview.Language)
	require.Contains(t, preview.HTML, "<strong>Read</strong>")

	in.Audience.Countries = []string{"BG"}
	put := request{method: "PUT", path: path, token: officer, body: in, header: map[string]string{"If-Match": `"1"`}}
	h.send(t, put, http.StatusOK, &m)
	require.Equal(t, 2, m.Revision)
	require.Equal(t, "outdated", h.send(t, put, http.StatusPreconditionFailed, nil).problem.Code)
	in.FallbackLanguage = "ro"
	put.body, put.header = in, map[string]string{"If-Match": `"2"`}
	require.Equal(t, "fallback_language", h.send(t, put, http.StatusUnprocessableEntity, nil).problem.Errors[0].Field)

	people, err := models.EnqueueMailing(t.Context(), h.db, models.MailingRecipients{MailingID: m.ID, RecommendationID: rec.ID, Audience: m.Audience,
		Texts: []string{"en", "bg"}, Fallback: "en"}, noon)
	require.NoError(t, err)
	seen, cursor := map[uuid.UUID]bool{}, ""
	for {
		var page list[Recipient]
		h.read(t, officer, path+"/recipients?state=queued&limit=100&cursor="+cursor, &page)
		for _, r := range page.Items {
			require.False(t, seen[r.ID])
			seen[r.ID] = true
		}
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	require.Len(t, seen, people)
	for who, want := range map[string]int{"reader": 404, "partner-khc": 404, "officer-tdh": 404, "coordinator": 200} {
		require.Equal(t, want, h.do(t, request{method: "GET", path: path, token: h.token(t, who)}).status, who)
	}
}

func TestTheRecordIsShownByVisibilityAndWordsCanBeRemoved(t *testing.T) {
	h := newHouse(t)
	rec, _ := h.publish(t)
	for visibility, text := range map[string]string{record.Public: "for all", record.Network: "for the network", record.Confidential: "for owners"} {
		_, err := record.Append(t.Context(), h.db, rec.ID, record.Entry{At: noon, Verb: "recommendation.withdrawn", Capacity: record.Personal,
			Actor: demo.ID("pseudonym", "officer-khc"), DecisionID: "decision-" + visibility, Visibility: visibility, Texts: map[string]string{"reason": text}})
		require.NoError(t, err)
	}
	path := "/recommendations/" + rec.ID.String() + "/record"
	words := func(who string) string {
		return string(h.do(t, request{method: "GET", path: path, token: h.token(t, who)}).body)
	}
	for who, want := range map[string][3]bool{"reader": {true, false, false}, "partner-cyi": {true, true, false}, "officer-khc": {true, true, true}, "coordinator": {true, true, true}} {
		got := words(who)
		for i, text := range []string{"for all", "for the network", "for owners"} {
			require.Equal(t, want[i], strings.Contains(got, text), "%s sees %q", who, text)
		}
		require.Equal(t, want[2], strings.Contains(got, "Милена"), "%s sees names", who)
	}
	var entries list[Entry]
	h.read(t, h.token(t, "coordinator"), path, &entries)
	for _, e := range entries.Items {
		if e.Texts["reason"] == "for the network" {
			var done Redacted
			h.send(t, request{method: "POST", path: path + "/" + strconv.FormatInt(e.Seq, 10) + "/redact", token: h.token(t, "coordinator"),
				body: RedactionInput{Field: "reason", Reason: "It names a child."}}, http.StatusOK, &done)
			require.Greater(t, done.Seq, e.Seq)
		}
	}
	require.NotContains(t, words("coordinator"), "for the network")
	var v Verification
	h.read(t, h.token(t, "officer-khc"), path+"/verify", &v)
	require.True(t, v.OK, "%v", v.Faults)
}

func TestWhatIsStoredButNotRecordedCanBeAskedFor(t *testing.T) {
	h := newHouse(t)
	officer := h.token(t, "officer-khc")
	hold := request{method: "POST", path: "/recommendations/" + h.brief(t).ID.String() + "/hold", token: officer, body: models.ReasonPayload{Reason: "wait"}, header: key()}
	var d Decision
	res := h.send(t, hold, http.StatusAccepted, &d)
	require.Equal(t, models.SubmissionReceived, d.State)
	var sub Submission
	h.read(t, officer, strings.TrimPrefix(res.header.Get("Location"), "http://tribuna.example"+Prefix), &sub)
	require.Equal(t, models.SubmissionReceived, sub.State)
	var again Decision
	h.send(t, hold, http.StatusAccepted, &again)
	require.Equal(t, d.SubmissionID, again.SubmissionID, "sent again it is the same")
	hold.body = models.ReasonPayload{Reason: "other words"}
	require.Equal(t, "other_words", h.send(t, hold, http.StatusConflict, nil).problem.Code)
}
