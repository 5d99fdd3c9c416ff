package web

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/internal/demo"
	"tribuna/models"
)

// What coordinators keep in order is theirs alone; where an address names one of many, there is none of that name here.
var administrationEntitlements = concat(
	ofCoordinators("operations", "GET", "POST /examine", "GET /mend", "POST /mend"),
	kept("people", "{id}", "GET", "GET /edit", "POST /edit", "POST /roles", "POST /roles/remove", "GET /leave", "POST /leave", "POST /return", "POST /write-again",
		"GET /hand-over", "POST /hand-over", "GET /hand-over/{hand_over}", "GET /consents", "POST /consents", "GET /consents.{form:csv|json}",
		"GET /erase", "POST /erase", "POST /lists", "POST /lists/remove"),
	kept("lists", "{id}", "GET", "POST", "GET /remove", "POST /remove"),
	[]entitlement{once("POST /administration/lists/found", coordinators)},
	ofCoordinators("consents.{form:csv|xlsx}", "GET"),
	kept("organisations", "{id}", "GET", "GET /edit", "POST /edit", "GET /remove", "POST /remove"),
	ofCoordinators("contacts", "GET", "POST", "GET /notices", "POST /notices", "GET /notices/send", "POST /notices/send",
		"GET /notices/holder", "POST /notices/holder"),
	ofOne("contacts/notices", "GET /preview"), // nobody is owed a notice

	ofOne("contacts/{id}", "GET", "POST", "POST /sheet", "POST /columns", "POST /list", "GET /undo", "POST /undo"),
	kept("authorities", "{id}", "GET", "GET /edit", "POST /edit", "GET /retire", "POST /retire", "POST /reinstate", "GET /remove", "POST /remove"),
	kept("grants", "{id}", "GET", "GET /edit", "POST /edit", "GET /countries/{code}", "POST /countries/{code}", "GET /emblem", "POST /emblem",
		"GET /emblem/{language}", "POST /emblem/{language}",
		"GET /remove", "POST /remove"),
	reference("topics"), reference("challenges"), reference("languages"), reference("countries"),
	ofCoordinators("zone", "GET", "POST"),
	ofCoordinators("holidays", "GET", "GET /new", "POST /new"),
	ofOne("holidays/{country}/{day}", "GET", "POST", "GET /remove", "POST /remove"),
	ofCoordinators("reports", "GET", "GET /{id}", "POST /{id}/quarantine", "POST /{id}/release", "POST /{id}/passage"),
	ofOne("reports/{id}", "POST /settle"),
	ofOne("journal/{id}", "GET /erase", "POST /erase"),
	ofCoordinators("procedures", "GET"),
	ofOne("procedures/{slug}", "GET", "GET /edit", "POST /edit", "GET /yaml", "POST /yaml", "GET /restore", "POST /restore", "GET /copy", "POST /copy", "GET /remove", "POST /remove"),
)

// kept is a list to which one can be added, and what can be done with one of it.
func kept(list, one string, acts ...string) []entitlement {
	return append(ofCoordinators(list, "GET", "GET /new", "POST /new"), ofOne(list+"/"+one, acts...)...)
}

// reference is one of the short lists that texts refer to.
func reference(list string) []entitlement {
	return kept(list, "{key}", "GET", "POST", "POST /raise", "GET /remove", "POST /remove")
}

func ofCoordinators(area string, acts ...string) []entitlement {
	return below(area, coordinators, acts)
}

func ofOne(area string, acts ...string) []entitlement { return below(area, strangeImport, acts) }

// below are acts at and below an address of the administration.
func below(area, letters string, acts []string) []entitlement {
	var all []entitlement
	for _, act := range acts {
		method, path, _ := strings.Cut(act, " ")
		all = append(all, once(method+" /administration/"+area+path, letters))
	}
	return all
}

// there are the pages and acts of what is there: of every list of the administration one of each kind of row.
func (w *world) there() []entitlement {
	of := func(path string, acts ...string) (all []entitlement) {
		for _, act := range acts {
			method, rest, _ := strings.Cut(act, " ")
			all = append(all, once(method+" "+path+rest, coordinators))
		}
		return all
	}
	return concat(w.peopleThere(of), w.broughtThere(of), w.wordsThere(of))
}

type rowsOf func(path string, acts ...string) []entitlement

// peopleThere are somebody who works here, somebody who answers by link, a subscriber, and somebody who left; and organisations,
// members and not.
func (w *world) peopleThere(of rowsOf) (all []entitlement) {
	t := w.t
	for _, slug := range []string{"translator-ro-1", "expert-11", "reader"} {
		path := personPath(w.person(slug).ID)
		all = append(all, of(path, "GET", "GET /edit", "GET /leave", "GET /hand-over", "GET /consents", "GET /erase", "POST /consents", "POST /edit", "POST /roles", "POST /roles/remove", "POST /write-again")...)
	}
	from, to, by := w.person("translator-ro-1").ID, w.person("translator-ro-2").ID, w.person("coordinator").ID
	list := models.NewPeopleList(time.Now())
	list.Name = "Care leavers"
	require.NoError(t, list.Insert(t.Context(), w.db))
	all = append(all, of(peopleListPath(list.ID), "GET", "GET /remove", "POST", "POST /remove")...)
	h := &models.HandOver{ID: models.NewID(), FromID: from, ToID: to, PersonID: by, CreatedAt: time.Now()}
	_, err := w.db.NewInsert().Model(h).Exec(t.Context())
	require.NoError(t, err)
	gone := personPath(w.person("expert-10").ID)
	require.Equal(t, http.StatusSeeOther, w.readers[3].post(gone+"/leave", url.Values{}).StatusCode)
	all = append(all, of(personPath(from)+"/hand-over/"+h.ID.String(), "GET")...)
	all = append(all, of(gone, "GET", "GET /edit", "POST /return", "POST /leave")...)
	for _, slug := range []string{"tdh", "khc", "uni-zagreb", "celcis", "ec"} {
		all = append(all, of(organisationPath(demo.ID("organisation", slug)), "GET", "GET /edit", "GET /remove", "POST /edit", "POST /remove")...)
	}
	report, err := models.ReportContent(t.Context(), w.db, w.brief, models.ReportInput{Kind: models.ReportOther, Reason: "Because."}, nil, time.Now())
	require.NoError(t, err)
	w.report = report.ID
	return append(all, of(reportsPath+"/"+w.brief.ID.String(), "GET", "POST /settle", "POST /passage")...)
}

// broughtThere are files that were looked at and files that were imported, and what people are owed who came with one.
func (w *world) broughtThere(of rowsOf) []entitlement {
	c := w.readers[3]
	waits := c.postFile(contactsPath, fromAConference, "list.csv", contactsFile).Header.Get("Location")
	book := c.postFile(contactsPath, organisationsAsked, "orgs.xlsx", workbook(w.t, map[string][][]any{"Sheet1": {{"name"}, {"Forum"}}})).Header.Get("Location")
	places := c.postFile(contactsPath, organisationsAsked, "orgs.csv", "name,countries\nForum of Youth,RO\n").Header.Get("Location")
	came := c.postFile(contactsPath, fromAConference, "list.csv", "name,email,language\nBen,ben@list.example,en\n").Header.Get("Location")
	require.Equal(w.t, http.StatusSeeOther, c.post(came, nil).StatusCode)
	recommended := c.bring("upr.csv", importedFile)
	return concat(of(waits, "GET", "POST /columns", "POST"), of(book, "GET"), of(places, "GET", "POST /columns", "POST"),
		of(noticesPath, "GET", "GET /preview", "GET /send"), of(came, "GET", "GET /undo", "POST /undo"),
		of(recommended, "GET", "POST", "GET"))
}

// wordsThere are the authorities, grants, procedures and short lists that texts refer to.
func (w *world) wordsThere(of rowsOf) (all []entitlement) {
	for _, slug := range []string{"bg-ministry-labour-social-policy", "eu-commission", "ba-brcko"} {
		all = append(all, of(authorityPath(demo.ID("authority", slug)), "GET", "GET /edit", "GET /retire", "GET /remove", "POST /edit", "POST /retire", "POST /remove")...)
	}
	all = append(all, of(authorityPath(demo.ID("authority", "al-tirana")), "POST /retire", "GET", "POST /reinstate")...)
	for _, slug := range []string{"daphne", "adc"} {
		all = append(all, of(grantPath(demo.ID("grant", slug)), "GET", "GET /edit", "GET /countries/XK", "GET /emblem", "GET /emblem/bg", "GET /remove",
			"POST /edit", "POST /countries/XK", "POST /emblem", "POST /emblem/bg", "POST /remove")...)
	}
	all = append(all, of(journalPath+"/1", "GET /erase", "POST /erase")...)
	for list, keys := range map[models.ReferenceList][]string{models.ListTopics: {"leaving-care"}, models.ListChallenges: {"uneven-funding"},
		models.ListLanguages: {"en", "sq"}, models.ListCountries: {"BG", "XK"}} {
		for _, key := range keys {
			all = append(all, of(referencePath(list)+"/"+key, "GET", "GET /remove", "POST", "POST /raise", "POST /remove")...)
		}
	}
	for _, slug := range []string{"default", "fast"} {
		all = append(all, of(proceduresPath+"/"+slug, "GET", "GET /edit", "GET /yaml", "GET /copy", "GET /remove", "GET /restore?version=1",
			"POST /edit", "POST /yaml", "POST /copy", "POST /restore?version=1", "POST /remove")...)
	}
	return all
}
