package web

import (
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"tribuna/internal/demo"
	"tribuna/internal/i18n"
	"tribuna/models"
)

const contactsFile = "Име;E-mail;Език;Държава;Organisation;Role;Remarks\n" +
	"Ana Newcomer;ana.newcomer@tribuna.example;български;Bulgaria;Know-how Centre Bulgaria;Expert;x\n"

var fromAConference = url.Values{"kind": {"people"}, "source": {"List of a conference"}, "basis": {"interest"}}

func TestContactsAreImportedAndTakenBack(t *testing.T) {
	h := newHouse(t)
	c := h.as("coordinator", "en")
	people, mails := h.rows("people"), h.rows("outbox")
	unfounded := c.postFile(contactsPath, url.Values{"kind": {"people"}}, "list.csv", contactsFile)
	require.Equal(t, http.StatusUnprocessableEntity, unfounded.StatusCode)
	require.Contains(t, unfounded.Body, "Lawful ground: Choose on which lawful ground")
	require.Contains(t, unfounded.Body, "Where the data came from: Say where")
	officer := h.person("officer-khc")
	brought := c.postFile(contactsPath, fromAConference, "list.csv", contactsFile+
		"Renamed;"+officer.Email+";;;;;\n")
	require.Equal(t, http.StatusSeeOther, brought.StatusCode, brought.Body)
	path := brought.Header.Get("Location")
	preview := c.get(path)
	sound(t, preview)
	written := []string{"Ana Newcomer", "E-mail address: ana.newcomer@tribuna.example", "Written to in: Bulgarian", "Country or territory: Bulgaria",
		"Role: Expert, Know-how Centre Bulgaria", "Name: " + officer.Name + " → Renamed"}
	for _, value := range written {
		require.Contains(t, preview.Body, value)
	}
	require.Contains(t, preview.Body, "Not taken over: Remarks.", "what is lost is said in plain sight")
	require.NotContains(t, preview.Body, "nothing before")
	require.NotContains(t, c.get(path+"?state=changed").Body, "Ana Newcomer")
	require.Contains(t, preview.Body, "List of a conference")
	require.Equal(t, people, h.rows("people"), "a look changes nothing")
	require.Equal(t, http.StatusNotFound, h.as("coordinator", "en").get(contactsPath+"/"+models.NewID().String()).StatusCode)

	for range 2 { // sent twice it is imported once
		require.Equal(t, http.StatusSeeOther, c.post(path, nil).StatusCode)
	}
	require.Equal(t, people+1, h.rows("people"))
	require.Equal(t, mails, h.rows("outbox"), "nobody is written to")
	for _, value := range written {
		require.Contains(t, c.get(path).Body, value, "what was written can be read afterwards")
	}
	ana, err := models.PersonByEmail(t.Context(), h.db, "ana.newcomer@tribuna.example")
	require.NoError(t, err)
	require.Equal(t, "bg", ana.Language)
	require.Equal(t, "BG", ana.CountryCode)
	require.Equal(t, []string{"bg"}, ana.Languages, "nobody is written to in a language that they do not read")
	page := c.get(personPath(ana.ID)).Body
	require.Contains(t, page, "Expert, Know-how Centre Bulgaria")
	for _, says := range []string{"List of a conference", "Legitimate interest of the network", path, "Notice (GDPR, Article 14)", "not yet; by"} {
		require.Contains(t, page, says, "where her data came from")
	}
	require.Contains(t, c.get(personPath(officer.ID)).Body, "Entered by a coordinator, not from a list")
	require.Equal(t, "Renamed", h.person("officer-khc").Name)
	require.Contains(t, c.get(contactsPath).Body, "1 person has not been told yet")
	notices := c.get(contactsPath + "/notices")
	sound(t, notices)
	require.Contains(t, notices.Body, "Ana Newcomer")

	require.Equal(t, http.StatusSeeOther, c.post(contactsPath+"/notices", url.Values{"person_id": {ana.ID.String()}}).StatusCode)
	require.Contains(t, c.get(noticesPath+"?list=told").Body, "told on")
	require.Contains(t, c.get(personPath(ana.ID)).Body, "told on")

	require.Contains(t, c.get(path+"/undo").Body, "will be gone")
	form := url.Values{"role": {"partner"}, "organisation_id": {demo.ID("organisation", "khc").String()}}
	require.Equal(t, http.StatusSeeOther, c.post(personPath(ana.ID)+"/roles", form).StatusCode)
	require.Equal(t, http.StatusConflict, c.post(path+"/undo", nil).StatusCode, "something else changed her meanwhile")
	require.Equal(t, "Renamed", h.person("officer-khc").Name, "all of it or nothing")
	require.Equal(t, http.StatusSeeOther, c.post(personPath(ana.ID)+"/roles/remove", form).StatusCode)
	require.Equal(t, http.StatusSeeOther, c.post(path+"/undo", nil).StatusCode)
	require.Equal(t, people, h.rows("people"))
	require.Equal(t, officer.Name, h.person("officer-khc").Name)
	require.Equal(t, http.StatusConflict, c.post(path+"/undo", nil).StatusCode)
	journal := c.get("/administration/journal").Body
	require.Contains(t, journal, "imported people or organisations from a file: 1 new, 1 changed")
	require.Contains(t, journal, "took back an import")
}

func TestContactsAreRefusedLineByLineInTheReadersLanguage(t *testing.T) {
	h := newHouse(t)
	people := h.rows("people")
	broken := contactsFile + "Ana Again;ANA.newcomer@tribuna.example;bg;;;;\nNo Address;;bg;;;;\nMartian;m@tribuna.example;bg;Mars;;;\nBoss;b@tribuna.example;bg;;Know-how Centre Bulgaria;coordinator;\n" +
		"Cook;k@tribuna.example;bg;;Nowhere;cook;\nGuest;g@tribuna.example;bg;;;expert;\n"
	for _, tag := range i18n.Tags() {
		c, l := h.as("coordinator", tag), i18n.For(tag)
		path := c.postFile(contactsPath, fromAConference, "list.csv", broken).Header.Get("Location")
		page := c.get(path)
		sound(t, page)
		require.Contains(t, page.Body, l.T("contacts.fault.twice", "First", 2))
		require.Contains(t, page.Body, l.T("contacts.fault.unknown", "Value", "Mars"))
		require.Contains(t, page.Body, l.T("contacts.fault.coordinator"))
		require.Contains(t, page.Body, l.T("contacts.fault.unknown", "Value", "Nowhere"), "all that is wrong with a row at once")
		require.Contains(t, page.Body, strings.Split(l.T("contacts.fault.role_unknown", "Value", "cook", "Roles", "!"), "!")[0])
		require.Contains(t, page.Body, l.T("contacts.field.organisation")+": "+l.T("contacts.fault.role_nowhere", "Role", "expert"))
		require.Contains(t, page.Body, l.T("contacts.row", "Number", 8))
		require.Contains(t, page.Body, l.T("contacts.fault.empty"))
		require.NotContains(t, page.Body, l.T("imported.confirm")+"</button>")
		require.Equal(t, http.StatusUnprocessableEntity, c.post(path, nil).StatusCode, "confirmed all the same, it stays refused")
	}
	require.Equal(t, people, h.rows("people"))
}

func TestContactColumnsCanBeSaidAnew(t *testing.T) {
	h := newHouse(t)
	c := h.as("coordinator", "en")
	path := c.postFile(contactsPath, url.Values{"kind": {"organisations"}}, "orgs.csv", "Bezeichnung,Länder\nForum of Youth,BG;RO\n").Header.Get("Location")
	require.Contains(t, c.get(path).Body, "no column fills this yet")
	require.Equal(t, http.StatusSeeOther, c.post(path+"/columns", url.Values{"column.0": {"name"}, "column.1": {"countries"}}).StatusCode)
	require.Contains(t, c.get(path).Body, "Forum of Youth")
	require.Equal(t, http.StatusSeeOther, c.post(path, nil).StatusCode)
	list, err := models.Organisations(t.Context(), h.db, models.OrganisationFilter{Query: "forum of youth"})
	require.NoError(t, err)
	require.Len(t, list, 1)
	require.Equal(t, []string{"BG", "RO"}, list[0].Countries)
	again := c.postFile(contactsPath, url.Values{"kind": {"organisations"}}, "orgs.csv", "name,countries\nForum of Youth,RO;BG\n").Header.Get("Location")
	require.Contains(t, c.get(again).Body, "There is nothing to import")
	require.Equal(t, http.StatusSeeOther, c.post(path+"/undo", nil).StatusCode)
	require.Equal(t, http.StatusNotFound, c.get(organisationPath(list[0].ID)).StatusCode)

	many := "name,kind\n"
	for i := range organisationsPage + 1 {
		many += fmt.Sprintf("Forum %03d,academic\n", i+1)
	}
	path = c.postFile(contactsPath, url.Values{"kind": {"organisations"}}, "orgs.csv", many).Header.Get("Location")
	require.Equal(t, http.StatusSeeOther, c.post(path, nil).StatusCode)
	first := c.get(organisationsPath + "?q=forum&kind=academic").Body
	require.Contains(t, first, "Forum 050")
	require.NotContains(t, first, "Forum 051")
	next := addressOf(t, first, `rel="next" href="([^"]+)"`)
	second := c.get(next)
	sound(t, second)
	require.Contains(t, second.Body, "Forum 051")
	require.NotContains(t, second.Body, "Forum 050")
	require.Contains(t, second.Body, `value="forum"`, "what was searched for stays")
	require.NotContains(t, second.Body, `rel="next"`)
}

// addressOf finds an address in a page.
func addressOf(t *testing.T, page, pattern string) string {
	t.Helper()
	m := regexp.MustCompile(pattern).FindStringSubmatch(page)
	require.NotEmpty(t, m, pattern)
	return html.UnescapeString(m[1])
}

// workbook is a workbook with one row after the other in each of its sheets; its first sheet is called Sheet1.
func workbook(t testing.TB, sheets map[string][][]any) string {
	t.Helper()
	book := excelize.NewFile()
	defer book.Close()
	for name, rows := range sheets {
		_, err := book.NewSheet(name)
		require.NoError(t, err)
		for i := range rows {
			cell, err := excelize.CoordinatesToCellName(1, i+1)
			require.NoError(t, err)
			require.NoError(t, book.SetSheetRow(name, cell, &rows[i]))
		}
	}
	raw, err := book.WriteToBuffer()
	require.NoError(t, err)
	return raw.String()
}

var organisationsAsked = url.Values{"kind": {"organisations"}}

func TestOrganisationsComeFromAWorkbookWithWhomTheyBelongTo(t *testing.T) {
	h := newHouse(t)
	c := h.as("coordinator", "en")
	before, day := h.rows("organisations"), time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	book := workbook(t, map[string][][]any{"Sheet1": {{"Read me"}, {"Ask Ana"}}, "Members": {
		{"Name", "Kind", "Countries", "Belongs to", "Votes with", "Joined", "Left"}, {},
		{"Forum Bulgaria", "partner", "Bulgaria", "Forum Network", "Forum Network", day},
		{"Forum Network", "Lead organisation", "BG; RO", "Terre des hommes", nil, day, day.AddDate(5, 0, 0)},
		{"Know-how Centre Bulgaria", nil, nil, "Forum Network", "Forum Network"},
	}})
	path := c.postFile(contactsPath, organisationsAsked, "members.xlsx", book).Header.Get("Location")
	first := c.get(path)
	sound(t, first)
	require.Contains(t, first.Body, "comes from “Sheet1”")
	require.Equal(t, http.StatusNotFound, c.post(path+"/sheet", url.Values{"sheet": {"Elsewhere"}}).StatusCode)
	require.Equal(t, http.StatusSeeOther, c.post(path+"/sheet", url.Values{"sheet": {"Members"}}).StatusCode)
	preview := c.get(path)
	sound(t, preview)
	require.Contains(t, preview.Body, "Row 3")
	require.Contains(t, preview.Body, "“Terre des hommes” is not in the network’s lists")
	require.Equal(t, http.StatusUnprocessableEntity, c.post(path, nil).StatusCode)
	require.Equal(t, before, h.rows("organisations"), "all or nothing")

	book = workbook(t, map[string][][]any{"Sheet1": {
		{"Name", "Kind", "Countries", "Belongs to", "Votes with", "Joined", "Left"},
		{"Forum Bulgaria", "partner", "Bulgaria", "Forum Network", "Forum Network", day},
		{"Forum Network", "Lead organisation", "BG; RO", nil, nil, day, day.AddDate(5, 0, 0)},
		{"Know-how Centre Bulgaria", nil, nil, "Forum Network", "Forum Network"},
	}})
	path = c.postFile(contactsPath, organisationsAsked, "members.xlsx", book).Header.Get("Location")
	planned := c.get(path).Body
	require.NotContains(t, planned, "comes from")
	for _, value := range []string{"Belongs to: Forum Network", "Votes through: Forum Network", "Countries covered: Bulgaria and Romania", "First day: 1 January 2026",
		"Belongs to: Forum Network (nothing before)"} {
		require.Contains(t, planned, value)
	}
	khc, err := models.OrganisationByID(t.Context(), h.db, demo.ID("organisation", "khc"))
	require.NoError(t, err)
	require.Equal(t, http.StatusSeeOther, c.post(path, nil).StatusCode)
	named := func(name string) models.Organisation {
		list, err := models.Organisations(t.Context(), h.db, models.OrganisationFilter{Query: name})
		require.NoError(t, err)
		require.Len(t, list, 1, name)
		return list[0]
	}
	above, below, moved := named("Forum Network"), named("Forum Bulgaria"), named("Know-how Centre Bulgaria")
	require.Equal(t, models.OrganisationLead, above.Kind)
	require.Equal(t, above.ID, above.VotingUnit)
	require.Equal(t, "2031-01-01", above.MemberUntil.Format(time.DateOnly))
	require.Equal(t, []string{"BG"}, below.Countries)
	for _, o := range []models.Organisation{below, moved} {
		require.Equal(t, above.ID, *o.ParentID)
		require.Equal(t, above.ID, o.VotingUnit)
	}
	require.Equal(t, http.StatusSeeOther, c.post(path+"/undo", nil).StatusCode)
	require.Equal(t, before, h.rows("organisations"))
	require.Equal(t, khc, named("Know-how Centre Bulgaria"))
}

func TestOrganisationsThatCannotStandWhereTheyArePutAreRefused(t *testing.T) {
	h := newHouse(t)
	c := h.as("coordinator", "en")
	path := c.postFile(contactsPath, organisationsAsked, "members.csv", "Name,Belongs to,Votes with\nAlpha,Beta,\nBeta,Alpha,\nGamma,,Delta\nDelta,,Alpha\n").Header.Get("Location")
	page := c.get(path).Body
	require.Contains(t, page, "it would belong to something that belongs to it")
	require.Contains(t, page, "it holds the vote of others")
	require.Contains(t, page, "does not hold its own vote")
	require.Equal(t, http.StatusUnprocessableEntity, c.post(path, nil).StatusCode)
}

func TestPeopleComeFromAWorkbook(t *testing.T) {
	h := newHouse(t)
	c := h.as("coordinator", "bg")
	book := workbook(t, map[string][][]any{"Sheet1": {{"Име", "E-mail", "Език"}, {"Ана Нова", "ana.nova@tribuna.example", "български"}}})
	path := c.postFile(contactsPath, fromAConference, "list.xlsx", book).Header.Get("Location")
	require.Equal(t, http.StatusSeeOther, c.post(path, nil).StatusCode)
	ana, err := models.PersonByEmail(t.Context(), h.db, "ana.nova@tribuna.example")
	require.NoError(t, err)
	require.Equal(t, "Ана Нова", ana.Name)
	list := "Name;E-mail\n"
	for i := range contactRowsPage + 1 {
		list += fmt.Sprintf("Person %03d;p%d@list.example\n", i+1, i)
	}
	c = h.as("coordinator", "en")
	path = c.postFile(contactsPath, fromAConference, "list.csv", list).Header.Get("Location")
	first := c.get(path)
	sound(t, first)
	require.Contains(t, first.Body, "For 51 new people the file says no language. They will be written to in this one: English")
	require.Contains(t, first.Body, "1 to 50 of 51")
	require.NotContains(t, first.Body, "Person 051")
	second := c.get(path + "?page=1").Body
	require.Contains(t, second, "Person 051")
	require.NotContains(t, second, "Person 050")
	require.Contains(t, second, "Written to in: English")
	chosen := url.Values{"column.0": {"name"}, "column.1": {"email"}, "language": {"sq"}}
	require.Equal(t, http.StatusSeeOther, c.post(path+"/columns", chosen).StatusCode)
	require.Contains(t, c.get(path).Body, "Written to in: Albanian")
	chosen.Set("language", "xx")
	require.Equal(t, http.StatusNotFound, c.post(path+"/columns", chosen).StatusCode)
	require.Equal(t, http.StatusSeeOther, c.post(path, nil).StatusCode)
	last, err := models.PersonByEmail(t.Context(), h.db, "p50@list.example")
	require.NoError(t, err)
	require.Equal(t, "sq", last.Language)

	notices := c.get(noticesPath + "?q=conference")
	sound(t, notices)
	require.Contains(t, notices.Body, `aria-current="page">Not told yet (52)</a>`)
	next := addressOf(t, notices.Body, `rel="next" href="([^"]+)"`)
	rest := c.get(next).Body
	require.Contains(t, next, "q=conference")
	require.Equal(t, 2, strings.Count(rest, "I told them"), "what is left after the first page of %d", noticesPage)
	first50 := regexp.MustCompile(`name="person_id" value="([^"]+)"`).FindAllStringSubmatch(notices.Body, -1)
	require.Len(t, first50, noticesPage)
	for _, row := range first50 {
		require.NotContains(t, rest, `value="`+row[1])
	}
	told := c.post(addressOf(t, rest, `class="told" method="post" action="([^"]+)"`), url.Values{"person_id": {first50[noticesPage-1][1]}})
	require.Equal(t, next, told.Header.Get("Location"), "back to the same page of the same list")
	require.Equal(t, 2, strings.Count(c.get(next).Body, "I told them"), "a page begins after somebody who is in another list by now")
	require.Contains(t, c.get(noticesPath+"?q=p50@list").Body, "Not told yet (1)")
	require.Contains(t, c.get(noticesPath+"?q=nobodyofthatname").Body, "Nobody here")

	for _, tag := range i18n.Tags() {
		refused := h.as("coordinator", tag).postFile(contactsPath, fromAConference, "list.xls", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and more")
		require.Equal(t, http.StatusUnprocessableEntity, refused.StatusCode)
		require.Contains(t, refused.Body, i18n.For(tag).T("error.field.contacts_old_workbook"))
		require.Contains(t, refused.Body, "List of a conference", "what was typed stays")
	}
}

func TestColumnsCalledAsThePageCallsThemNeedNoChoosing(t *testing.T) {
	h := newHouse(t)
	for _, tag := range i18n.Tags() {
		c, l := h.as("coordinator", tag), i18n.For(tag)
		for kind, fields := range map[string][]string{"people": {"name", "email", "language", "country", "languages", "topics", "organisation", "role"},
			"organisations": models.ContactFields(models.ContactsOrganisations)} {
			var header []string
			for _, f := range fields {
				header = append(header, l.T("contacts.field."+f))
			}
			form := url.Values{"kind": {kind}, "source": {"A list"}, "basis": {"interest"}}
			path := c.postFile(contactsPath, form, "list.csv", strings.Join(header, ";")+"\nX;;;;;;;\n").Header.Get("Location")
			id, err := uuid.Parse(path[strings.LastIndex(path, "/")+1:])
			require.NoError(t, err)
			kept, err := models.ContactImportOf(t.Context(), h.db, id, h.person("coordinator").ID)
			require.NoError(t, err)
			require.Equal(t, fields, kept.Mapping, "%s %v", tag, header)
		}
	}
}

func TestHalfNamesAndDaysAreReadAndShownBeforeTheyCount(t *testing.T) {
	h := newHouse(t)
	c := h.as("coordinator", "en")
	path := c.postFile(contactsPath, fromAConference, "list.csv", "Nume;Prenume;E-mail;Limba;Organizația;Rol\nPopescu;Ana-Maria;ana.popescu@tribuna.example;Română;Terre des hommes Romania;expert\n").Header.Get("Location")
	page := c.get(path).Body
	require.Contains(t, page, "Ana-Maria Popescu")
	members := func(day string) string {
		path := c.postFile(contactsPath, organisationsAsked, "members.csv", "Naziv;Član od\nForum mladih;"+day+"\n").Header.Get("Location")
		return c.get(path).Body
	}
	require.Contains(t, members("01.02.2026."), "First day: 1 February 2026")
	require.Contains(t, members("46054"), "First day: 1 February 2026")
	unclear := members("1/2/2026")
	require.Contains(t, unclear, "“1/2/2026” can be read as two different days; write it with dots")
	require.NotContains(t, unclear, "1 February 2026")
}
