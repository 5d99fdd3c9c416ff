package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/mux"
	"github.com/stretchr/testify/require"

	"tribuna/internal/demo"
	"tribuna/internal/devstack/testbrowser"
	"tribuna/internal/devstack/testsecrets"
	"tribuna/internal/links"
	"tribuna/models"
)

// asking are the questions with which pages are asked beside being asked for as they are.
var asking = map[string][]string{
	"/search":                {"?q=" + testsecrets.Bait, "?q=" + testsecrets.Bait + "&kind=recommendations", "?q=" + testsecrets.Bait + "&kind=measures", "?q=" + testsecrets.Bait + "&kind=people"},
	"/mailings/{id}/preview": {"?language=en"}, "/mailings/{id}/letter": {"?language=en"},
	"/recommendations":        {"", "?stage=drafting", "?stage=review", "?stage=withdrawn", "?stage=done"},
	"/dashboard":              {"", "?country=BG", "?stage=review"},
	"/follow-ups":             {"", "?country=BG"},
	"/published":              {"", "?country=BG"},
	"/administration/journal": {"", "?area=people"},
}

// shut are pages that open to nobody here.
var shut = map[string]string{
	"/f/{code}": "no mailing counts its links here", "/mailings/{id}/rest": "nothing was sent, so there is no rest",
	"/mailings/{id}/files/{file}": "no file goes along with a mailing here", "/mailings/{id}/files/{file}/remove": "the same",
	"/mailings/{id}/launch": "nobody would get it", "/mailings/{id}/progress": "nothing is sent", "/mailings/{id}/schedule": "it waits for no time", "/tasks/{id}/thanks": "nothing was answered by link", "/tasks/{id}/summary": "nothing is about to be sent",
	"/tasks/{id}/certificate.pdf": "nobody has answered in an open round by themselves; a test of its own reads it",
	"/tasks/{id}/outcome":         "nobody was told what became of a comment; a test of its own reads it",
	"/tasks/{id}/changes":         "nobody is asked in a second round; tests of their own read it", "/tasks/{id}/earlier": "the same",
	"/administration/access/{id}/close": "the same as access", "/administration/people/{id}/hand-over/{hand_over}": "nothing is handed over",
	"/recommendations/{id}/translators": "nothing to decide", "/recommendations/{id}/segments/delete": "no audience is kept", "/recommendations/{id}/segments/rename": "no audience is kept",
	"/recommendations/{id}/publish": "nothing to decide", "/recommendations/{id}/overdue": "nothing to decide", "/recommendations/{id}/resume": "nothing to decide",
	"/recommendations/{id}/decide-review": "nothing to decide", "/recommendations/{id}/resolve-sign-off": "nothing to decide",
	"/recommendations/{id}/responses/{item}": "no round is closed; entitlements say who opens it",
	"/a/{token}":                             "of nobody", "/l/{token}": "of nobody", "/u/{token}": "of nobody", "/preferences/{token}": "of nobody", "/w/{token}": "of nobody", "/write/{id}": "no mailing asks for letters; a test of its own reads it", "/subscribe/{token}": "of nobody", "/o/{token}": "of nobody", "/data/{token}": "of nobody", "/data/mine": "of nobody", "/data/mine/data.json": "of nobody", "/data/mine/erase": "of nobody", "/set-password": "of nobody",
}

// doors are the addresses of a page; of a kind that is not known there is none.
func doors(p *testsecrets.Planted, path string) (all []string) {
	fill := func(variable string, values ...string) {
		for _, value := range values {
			all = append(all, strings.Replace(path, variable, value, 1))
		}
	}
	of := strings.SplitN(path, "/", 3)[1]
	switch {
	case path == accountPath+"/consents.{form:csv|json}":
		all = []string{accountPath + "/consents.csv", accountPath + "/consents.json"}
	case path == allConsentsPath+".{form:csv|xlsx}":
		all = []string{allConsentsPath + ".csv", allConsentsPath + ".xlsx"}
	case strings.HasSuffix(path, "/consents.{form:csv|json}"):
		of := administrationPath + "/people/" + demo.ID("person", "expert-02").String() + "/consents."
		all = []string{of + "csv", of + "json"}
	case strings.Contains(path, "{table:"):
		fill("{table:recommendations|countries|authorities|statuses}", "recommendations", "countries", "authorities", "statuses")
	case !strings.Contains(path, "{"):
		all = []string{path}
	case of == "recommendations":
		fill("{id}", p.TextIDs()...)
	case of == "published":
		fill("{slug}", p.Slugs()...)
	case strings.HasPrefix(path, "/tasks/{id}"):
		fill("{id}", p.TaskIDs()...)
	case of == "follow-ups":
		fill("{id}", testsecrets.Said(p.FollowUps)...)
	case of == "mailings":
		path = strings.NewReplacer("{picture:outcomes|countries|languages}", "countries", "{form:svg|png}", "svg").Replace(path)
		fill("{id}", testsecrets.Said(p.Mailings)...)
	case of == "campaigns":
		path = strings.Replace(path, "{form:docx}", "docx", 1)
		fill("{id}", testsecrets.Said(p.Campaigns)...)
	case of == "attachments":
		fill("{id}", testsecrets.Said(p.Attachments)...)
	case strings.HasPrefix(path, "/tasks/{task}/attachments"):
		for _, task := range p.TaskIDs() {
			all = append(all, "/tasks/"+task+"/attachments/"+p.Attachments[0].String())
		}
	case strings.HasPrefix(path, journalPath):
		fill("{id}", "1", "2", "3", "4")
	case strings.HasPrefix(path, reportsPath):
		fill("{id}", p.TextIDs()...)
	case strings.HasPrefix(path, administrationPath+"/people/"), strings.HasPrefix(path, accessPath):
		fill("{id}", demo.ID("person", "expert-02").String())
	case strings.HasPrefix(path, organisationsPath):
		fill("{id}", demo.ID("organisation", "khc").String())
	}
	return all
}

// ofTheirOwn are areas of the administration whose pages are about single things that hold no words of these kinds; coordinators
// alone come in, and the lists above them are gone through.
var ofTheirOwn = []string{authoritiesPath, grantsPath, proceduresPath, contactsPath, importsPath, administrationPath + "/topics",
	administrationPath + "/challenges", administrationPath + "/languages", administrationPath + "/countries", "/emblems", holidaysPath, peopleListsPath}

// TestNobodyIsShownASecret goes through every page, feed and file, as everybody, and looks for words that are planted where not
// everybody may read: the table is that of testsecrets. A new page is gone through as well; one at an address of an unknown kind,
// or that opens to nobody, fails until doors or asking know how to come to it.
func TestNobodyIsShownASecret(t *testing.T) {
	if testing.Short() {
		t.Skip("everything there is, to everybody, is not for the short tests")
	}
	t.Parallel()
	h := newHouse(t).withWord(testbrowser.Chromium())
	h.nothingRuns()
	h.server.Demo.Accounts = append(h.server.Demo.Accounts, DemoAccount{Email: h.person("expert-05").Email})
	p := testsecrets.Plant(t, h.db, time.Now())
	link := func(task *models.Task) *reader {
		b := h.public("en")
		b.header.Set("Cookie", linkCookie+"="+h.server.Links.Mint(links.KindTask, task.ID, *task.PersonID, task.Generation))
		return b
	}
	readers := []*reader{h.public("en"), link(p.Elsewhere), link(p.Link)}
	for _, slug := range signedIn {
		readers = append(readers, h.as(slug, "en"))
	}
	told := &testsecrets.Told{}
	open := func(door string) (opened bool) {
		for who, b := range readers {
			got := b.get(door)
			told.Hear(t, who, door, []byte(got.Body+got.Header.Get("Location")))
			opened = opened || got.StatusCode == http.StatusOK
		}
		return opened
	}
	require.NoError(t, h.server.router().Walk(func(route *mux.Route, _ *mux.Router, _ []*mux.Route) error {
		path, err := route.GetPathTemplate()
		require.NoError(t, err)
		methods, err := route.GetMethods()
		require.NoError(t, err)
		if methods[0] != http.MethodGet || strings.HasPrefix(path, "/dev") {
			return nil
		}
		opened, queries := false, asking[path]
		if queries == nil {
			queries = []string{""}
		}
		for _, door := range doors(p, path) {
			door = strings.NewReplacer("{number:[0-9]+}", "1", "{language}", "en", "{step}", p.Step.String()).Replace(door)
			for _, form := range []string{"docx", "pdf"} {
				for _, query := range queries {
					opened = open(strings.Replace(door, "{form:docx|pdf}", form, 1)+query) || opened
				}
				if !strings.Contains(door, "{form:") {
					break
				}
			}
		}
		for _, area := range ofTheirOwn {
			opened = opened || strings.HasPrefix(path, area+"/")
		}
		if _, known := shut[path]; !opened && !known {
			t.Errorf("%s opens to nobody: say in doors or asking how one comes to it", path)
		}
		return nil
	}))
	t.Run("each secret is shown to somebody", func(t *testing.T) { told.RequireAll(t) })
	t.Run("files are read, too", func(t *testing.T) {
		told.RequireIn(t, "Word")
		told.RequireIn(t, "PDF")
	})
}
