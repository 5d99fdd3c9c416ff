package web

import (
	"html"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/demo"
	"tribuna/internal/i18n"
	"tribuna/models"
)

func TestPagesInEveryLanguage(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.publish()
	h.ask(models.TaskDecideReview, h.person("officer-khc").ID)
	readers := map[string]func(tag string) *reader{
		"public":  h.public,
		"officer": func(tag string) *reader { return h.as("officer-khc", tag) },
		"reader":  func(tag string) *reader { return h.as("reader", tag) },
	}
	pages := map[string][]string{
		"public":  {"/", "/sign-in", "/dev", "/published", "/published?q=care", "/published?q=nothing+like+it", "/published/" + h.brief.Slug, "/published/" + h.brief.Slug + "/bg", "/published/" + h.brief.Slug + "/en"},
		"officer": {"/", "/sign-in", "/dashboard", "/dashboard?country=BG&stage=drafting&overdue=yes", "/dashboard?status=no_reply", "/recommendations", "/recommendations?q=care&country=HR", "/recommendations?stage=withdrawn", "/published"},
		"reader":  {"/", "/recommendations", "/published"},
	}
	for who, open := range readers {
		for _, tag := range i18n.Tags() {
			b := open(tag)
			for _, path := range pages[who] {
				t.Run(who+" "+tag+" "+path, func(t *testing.T) {
					got := b.get(path)
					require.Equal(t, http.StatusOK, got.StatusCode)
					require.Contains(t, got.Body, `<html lang="`)
					for _, area := range []string{"home.", "account.", "dashboard.", "published.", "followup.status.", "ribbon.", "layout."} {
						require.NotRegexp(t, `>\s*`+strings.ReplaceAll(area, ".", `\.`), got.Body, "a key stands where a sentence should")
					}
					if tag != "en" && testing.Short() {
						return
					}
					head := b.send(http.MethodHead, path, nil)
					require.Equal(t, http.StatusOK, head.StatusCode)
					require.Empty(t, head.Body)
				})
			}
		}
	}
}

func TestWhoSeesWhat(t *testing.T) {
	h := newHouse(t)
	title := "Leaving care is not leaving alone"
	for name, c := range map[string]struct {
		who, path string
		want      int
		sees      bool // the draft's title
	}{
		"the officer's home":                   {"officer-khc", "/", 200, true},
		"the coordinator's list":               {"coordinator", "/recommendations", 200, true},
		"a partner elsewhere, while it drafts": {"partner-tdh-al", "/recommendations", 200, false},
		"a reader's list":                      {"reader", "/recommendations", 200, false},
		"a reader's overview":                  {"reader", "/dashboard", 403, false},
		"an expert's overview":                 {"expert-01", "/dashboard", 403, false},
		"a partner's overview":                 {"partner-cyi", "/dashboard", 200, false},
		"the officer's overview":               {"officer-khc", "/dashboard", 200, true},
		"the public's list":                    {"", "/recommendations", 303, false},
		"the public's overview":                {"", "/dashboard", 303, false},
		"the public's home":                    {"", "/", 200, false},
		"the public list":                      {"", "/published", 200, false},
		"the page before its publication":      {"", "/published/" + h.brief.Slug, 404, false},
		"the same for its officer":             {"officer-khc", "/published/" + h.brief.Slug, 404, false},
		"nothing":                              {"", "/nothing", 404, false},
	} {
		t.Run(name, func(t *testing.T) {
			b := h.public("en")
			if c.who != "" {
				b = h.as(c.who, "en")
			}
			got := b.get(c.path)
			require.Equal(t, c.want, got.StatusCode)
			require.Equal(t, c.sees, strings.Contains(got.Body, title))
		})
	}
}

func TestWhoMayDraftIsOfferedTo(t *testing.T) {
	h := newHouse(t)
	for _, path := range []string{"/", "/recommendations"} {
		for slug, may := range map[string]bool{"officer-khc": true, "officer-tdh": true, "coordinator": true, "partner-khc": false, "reader": false} {
			require.Equal(t, may, strings.Contains(h.as(slug, "en").get(path).Body, `href="/recommendations/new"`), "%s at %s", slug, path)
		}
	}
}

func TestHomeSaysWhatIsAsked(t *testing.T) {
	h := newHouse(t)
	officer := h.person("officer-khc")
	late := h.ask(models.TaskDecideReview, officer.ID)
	late.DueAt = time.Now().Add(-3 * 24 * time.Hour)
	require.NoError(t, late.Save(t.Context(), h.db))
	soon := h.ask(models.TaskPublish, officer.ID)
	h.ask(models.TaskReview, h.person("expert-02").ID)
	for _, tag := range i18n.Tags() {
		words := i18n.For(tag)
		body := h.as("officer-khc", tag).get("/").Body
		require.Contains(t, body, words.T("home.ask.decide_review"))
		require.Contains(t, body, words.T("home.button.publish"))
		require.NotContains(t, body, words.T("home.ask.review")+"<", "what waits for others is not shown")
		require.Less(t, strings.Index(body, late.ID.String()), strings.Index(body, soon.ID.String()), "what is overdue comes first")
		require.Contains(t, body, `<span class="count">2`)
	}
	require.Contains(t, h.as("partner-khc", "en").get("/").Body, i18n.For("en").T("home.nothing"))
}

// A deadline is the end of a day in its country: a reader further east is told that day, and whose, wherever it stands.
func TestTheEndOfADayIsToldAsThatDay(t *testing.T) {
	h := newHouse(t)
	london, err := time.LoadLocation("Europe/London")
	require.NoError(t, err)
	sofia, err := time.LoadLocation("Europe/Sofia")
	require.NoError(t, err)
	task, y := h.ask(models.TaskReview, h.person("expert-01").ID), time.Now().Year()+1
	task.DueAt = time.Date(y, 3, 12, 23, 59, 59, 0, london)
	require.NoError(t, task.Save(t.Context(), h.db))
	_, err = h.db.NewUpdate().Model((*models.Person)(nil)).Set("country_code = 'BG'").Where("id = ?", h.person("expert-01").ID).Exec(t.Context())
	require.NoError(t, err)
	body := h.as("expert-01", "en").get("/").Body
	require.Regexp(t, `until the end of \w+ 12 March `+strconv.Itoa(y)+` \(Greenwich Mean Time, GMT\)`, body)
	require.NotContains(t, body, "13 March")
	m := &minutes{l: i18n.For("en"), zone: sofia}
	require.Equal(t, "12 March "+strconv.Itoa(y)+", end of the day (Greenwich Mean Time, GMT)", m.plainFact(task.DueAt.UTC().Format(time.RFC3339)))
	require.Equal(t, strconv.Itoa(y)+"-03-12", dayCell(&task.DueAt, "Europe/Sofia"))
}

// Who only reads finds what is published, what became of it and how to look for more; before anything is published the page
// says so, and who works on recommendations keeps a page of their own.
func TestReadersHome(t *testing.T) {
	h := newHouse(t)
	_, err := h.db.NewUpdate().Model((*models.Person)(nil)).Set("country_code = 'BG'").Where("id = ?", h.person("reader").ID).Exec(t.Context())
	require.NoError(t, err)
	for _, tag := range i18n.Tags() {
		body, l := h.as("reader", tag).get("/").Body, i18n.For(tag)
		for _, key := range []string{"home.reader.title", "home.welcome.nothing", "home.reader.followed_none"} {
			require.Contains(t, html.UnescapeString(body), l.T(key), tag)
		}
		require.Contains(t, body, `<a class="btn" href="/search">`)
	}
	h.publish()
	title := "Leaving care is not leaving alone"
	for _, tag := range []string{"en", "bg"} {
		body, l := h.as("reader", tag).get("/").Body, i18n.For(tag)
		require.Equal(t, 1, strings.Count(body, `href="/published/`+h.brief.Slug+`"`), "under the country, and not again below it")
		require.Contains(t, body, `href="/published?country=BG"`)
		require.Contains(t, body, l.N("home.reader.followed", 1))
		require.Contains(t, body, `href="/follow-ups?country=BG"`)
		require.NotContains(t, body, l.T("home.welcome.nothing"))
	}
	_, err = h.db.NewUpdate().Model((*models.Person)(nil)).Set("country_code = NULL").Where("id = ?", h.person("reader").ID).Exec(t.Context())
	require.NoError(t, err)
	require.Contains(t, h.as("reader", "bg").get("/").Body, i18n.For("bg").T("home.reader.latest_in", "Language", "български"))
	elsewhere := h.as("reader", "sq").get("/").Body
	require.Contains(t, elsewhere, i18n.For("sq").T("home.reader.latest"), "nothing in Albanian: what there is in other languages")
	require.Contains(t, elsewhere, title)
	require.NotContains(t, h.as("officer-khc", "en").get("/").Body, i18n.For("en").T("home.reader.part"))
	require.Contains(t, h.as("expert-01", "en").get("/").Body, i18n.For("en").T("home.reader.part"))
}

func TestRecommendationsByPages(t *testing.T) {
	h := newHouse(t)
	officer := h.person("officer-khc")
	for range pageSize {
		_, err := models.CreateRecommendation(t.Context(), h.db, models.RecommendationInput{Kind: "analysis", Language: "en",
			OrganisationID: h.brief.OrganisationID, Procedure: "fast", Draft: models.Draft{Title: "Another 100% text", Body: "Words."}}, officer, time.Now())
		require.NoError(t, err)
	}
	b := h.as("officer-khc", "en")
	first := b.get("/recommendations").Body
	require.Equal(t, pageSize, strings.Count(first, `<li class="row-item"`))
	_, rest, found := strings.Cut(first, `rel="next" href="`)
	require.True(t, found)
	address, _, _ := strings.Cut(rest, `"`)
	second := b.get(strings.ReplaceAll(address, "&amp;", "&")).Body
	require.Equal(t, 1, strings.Count(second, `<li class="row-item"`))
	require.Contains(t, second, h.brief.ID.String())
	require.Equal(t, pageSize, strings.Count(b.get("/recommendations?q=100%25+text").Body, `<li class="row-item"`))
	require.Equal(t, http.StatusOK, b.get("/recommendations?before=nonsense_"+uuid.NewString()+"&country=%00&stage=%27").StatusCode)
	require.Equal(t, http.StatusOK, b.get("/published?q=%00%FFa%00&country=%00").StatusCode)
	require.Equal(t, http.StatusNotFound, b.get("/published/a%00b").StatusCode)
	require.Equal(t, http.StatusUnauthorized, b.post("/sign-in", url.Values{"email": {"a\x00b\xff"}, "password": {"x"}}).StatusCode)
	require.Equal(t, http.StatusOK, b.get("/dashboard?page=-4&country=%F0&status=x&stage=y").StatusCode)
}

// publish writes the demo's brief as published in its two languages, signed off, reviewed and followed up.
func (h *house) publish() {
	h.t.Helper()
	ctx, now := h.t.Context(), time.Now()
	brief, err := demo.Brief()
	require.NoError(h.t, err)
	version, err := models.VersionByID(ctx, h.db, *h.brief.CurrentVersionID)
	require.NoError(h.t, err)
	translation, err := models.OpenTranslation(ctx, h.db, version, "bg")
	require.NoError(h.t, err)
	p := &models.Publication{ID: models.NewID(), RecommendationID: h.brief.ID, VersionID: version.ID, PublishedAt: now}
	for _, tag := range []string{"en", "bg"} {
		text := models.PublicationText{Language: tag, Title: brief.Texts[tag].Title, Body: brief.Texts[tag].Body}
		if tag == "bg" {
			text.TranslationID = &translation.ID
		}
		for i, m := range version.Measures {
			text.Measures = append(text.Measures, models.PublishedMeasure{ID: m.ID, Number: m.Number, Text: brief.Texts[tag].Measures[i], AuthorityIDs: m.AuthorityIDs})
		}
		p.Texts = append(p.Texts, text)
	}
	authorities := version.Measures[0].AuthorityIDs
	require.NoError(h.t, p.Insert(ctx, h.db, authorities))
	h.brief.PublishedAt, h.brief.Round = &now, 1
	h.brief.Enter(models.StageDone, now)
	require.NoError(h.t, h.brief.Save(ctx, h.db, now))
	askAt := now.AddDate(0, 3, 0)
	follow := &models.FollowUp{ID: models.NewID(), RecommendationID: h.brief.ID, MeasureID: version.Measures[0].ID, AuthorityID: authorities[0],
		OrganisationID: &h.brief.OrganisationID, Status: "committed", StatusSince: now, AskAt: &askAt, CreatedAt: now}
	require.NoError(h.t, models.OpenProcess(ctx, h.db, models.ProcessFollowUp, follow.ID, h.brief.ID, now))
	require.NoError(h.t, follow.Insert(ctx, h.db))
	h.endorse(version, now)
}

// endorse lets two organisations answer, one of them with an approval on a condition, and two experts, one of whom may be named.
func (h *house) endorse(version *models.Version, now time.Time) {
	h.t.Helper()
	for slug, given := range map[string]string{"khc": models.SignOffApproveWithCondition, "sc-nwb": models.SignOffDoNotCosign} {
		task := h.ask(models.TaskSignOff, h.person("partner-"+slug).ID)
		task.Close(models.TaskDone, now)
		require.NoError(h.t, task.Save(h.t.Context(), h.db))
		so := &models.SignOff{TaskID: task.ID, RecommendationID: h.brief.ID, VersionID: version.ID, OrganisationID: demo.ID("organisation", slug),
			PersonID: h.person("partner-" + slug).ID, Answer: given, DecisionID: uuid.NewString(), AnsweredAt: now}
		require.NoError(h.t, so.Put(h.t.Context(), h.db))
	}
	support := models.AnswerSupport
	for slug, naming := range map[string]string{"expert-02": models.NamingPublic, "expert-03": models.NamingNetwork} {
		task := h.ask(models.TaskReview, h.person(slug).ID)
		task.Close(models.TaskDone, now)
		require.NoError(h.t, task.Save(h.t.Context(), h.db))
		rv := &models.Review{TaskID: task.ID, RecommendationID: h.brief.ID, VersionID: version.ID, Round: 1, PersonID: h.person(slug).ID,
			Answer: &support, Naming: naming, DecisionID: uuid.NewString(), AnsweredAt: now}
		_, err := h.db.NewInsert().Model(rv).Exec(h.t.Context())
		require.NoError(h.t, err)
	}
}
