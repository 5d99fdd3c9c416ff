package api

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"tribuna/internal/demo"
	"tribuna/internal/devstack/testsecrets"
	"tribuna/internal/links"
	"tribuna/models"
)

// asking are the questions with which lists are asked beside being asked for as they are.
var asking = map[string][]string{
	"search":          {"?q=" + testsecrets.Bait, "?q=" + testsecrets.Bait + "&kind=recommendations", "?q=" + testsecrets.Bait + "&kind=measures", "?q=" + testsecrets.Bait + "&kind=people"},
	"listTranslators": {"?language=bg"}, "previewMailing": {"?language=en"}, "compareVersions": {"?from=1&to=1"},
	"listRecommendations": {"", "?stage=drafting", "?stage=review", "?stage=withdrawn", "?stage=done", "?country=BG"},
	"getDashboard":        {"", "?country=BG", "?stage=review"}, "listFollowUps": {"", "?country=BG"}, "listPublished": {"", "?country=BG"},
}

// shut are doors that open to nobody here.
var shut = map[string]string{
	"getVersionAsPDF": "the same words as in Word's file, which web prints", "getPublishedAsPDF": "the same",
	"getMailingFile": "no file goes along with a mailing here; their names are read above",
	"getPeopleList":  "there is no list; their names are a coordinator's own and hold no words about a text",
	"getSubmission":  "nothing was sent", "listExperts": "asked for a text, below",
}

// doors are the addresses of a reading operation; of a kind that is not known there is none.
func doors(p *testsecrets.Planted, r route) (all []string) {
	fill := func(old string, values ...string) {
		for _, value := range values {
			all = append(all, strings.Replace(r.path, old, value, 1))
		}
	}
	of := strings.SplitN(r.path, "/", 3)[1]
	switch {
	case !strings.Contains(r.path, "{"):
		all = []string{r.path}
	case of == "recommendations":
		fill("{id}", p.TextIDs()...)
	case of == "published":
		fill("{slug}", p.Slugs()...)
	case of == "tasks":
		fill("{id}", p.TaskIDs()...)
	case of == "translations":
		fill("{id}", p.Translation.String())
	case of == "followups":
		fill("{id}", testsecrets.Said(p.FollowUps)...)
	case of == "mailings":
		fill("{id}", testsecrets.Said(p.Mailings)...)
	case of == "campaigns":
		fill("{id}", testsecrets.Said(p.Campaigns)...)
	case of == "attachments":
		fill("{id}", testsecrets.Said(p.Attachments)...)
	case of == "people":
		fill("{id}", demo.ID("person", "expert-02").String())
	case of == "organisations":
		fill("{id}", demo.ID("organisation", "khc").String())
	case of == "authorities":
		fill("{id}", demo.ID("authority", "bg-ministry-labour-social-policy").String())
	}
	return all
}

// TestNobodyIsToldASecret goes through every operation that reads, as everybody, and looks for words that are planted where not
// everybody may read: the table is that of testsecrets. A new operation is gone through as well; one at an address of an unknown
// kind, or that answers nobody, fails until doors or asking know how to ask it.
func TestNobodyIsToldASecret(t *testing.T) {
	if testing.Short() {
		t.Skip("everything there is, to everybody, is not for the short tests")
	}
	h := newHouse(t).withWord(t)
	p := testsecrets.Plant(t, h.db, noon)
	link := func(task *models.Task) string {
		return h.links.Mint(links.KindTask, task.ID, *task.PersonID, task.Generation)
	}
	tokens := []string{"", link(p.Elsewhere), link(p.Link)}
	for _, slug := range withTokens {
		tokens = append(tokens, h.token(t, slug))
	}
	told := &testsecrets.Told{}
	open := func(door string) (opened bool) {
		for who, token := range tokens {
			req := httptest.NewRequestWithContext(t.Context(), http.MethodGet, Prefix+door, http.NoBody)
			if token != "" {
				req.Header.Set("Authorization", "Bearer "+token)
			}
			answer := httptest.NewRecorder()
			h.http.ServeHTTP(answer, req)
			told.Hear(t, who, door, answer.Body.Bytes())
			opened = opened || answer.Code == http.StatusOK
		}
		return opened
	}
	for _, r := range h.server.routes() {
		if r.method != http.MethodGet {
			continue
		}
		opened, queries := false, asking[r.id]
		if queries == nil {
			queries = []string{""}
		}
		for _, door := range doors(p, r) {
			door = strings.NewReplacer("{number}", "1", "{language}", "en", "{step}", p.Step.String()).Replace(door)
			for _, query := range queries {
				opened = open(door+query) || opened
			}
		}
		if _, known := shut[r.id]; !opened && !known {
			t.Errorf("%s answers nobody: say in doors or asking how it is asked", r.id)
		}
	}
	for _, rec := range p.Texts {
		open("/experts?recommendation=" + rec.ID.String())
	}
	t.Run("each secret is told to somebody", func(t *testing.T) { told.RequireAll(t, "quokkajournal", "quokkasuggested") })
	t.Run("files are read, too", func(t *testing.T) { told.RequireIn(t, "Word") })
}
