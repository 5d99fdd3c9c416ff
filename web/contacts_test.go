package web

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

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
	require.Equal(t, http.StatusUnprocessableEntity, c.postFile(contactsPath, url.Values{"kind": {"people"}}, "list.csv", contactsFile).StatusCode,
		"source and ground are asked for")
	officer := h.person("officer-khc")
	brought := c.postFile(contactsPath, fromAConference, "list.csv", contactsFile+
		"Renamed;"+officer.Email+";;;;;\n")
	require.Equal(t, http.StatusSeeOther, brought.StatusCode, brought.Body)
	path := brought.Header.Get("Location")
	preview := c.get(path)
	sound(t, preview)
	require.Contains(t, preview.Body, "Ana Newcomer")
	require.Contains(t, preview.Body, "List of a conference")
	require.Equal(t, people, h.rows("people"), "a look changes nothing")
	require.Equal(t, http.StatusNotFound, h.as("coordinator", "en").get(contactsPath+"/"+models.NewID().String()).StatusCode)

	for range 2 { // sent twice it is imported once
		require.Equal(t, http.StatusSeeOther, c.post(path, nil).StatusCode)
	}
	require.Equal(t, people+1, h.rows("people"))
	require.Equal(t, mails, h.rows("outbox"), "nobody is written to")
	ana, err := models.PersonByEmail(t.Context(), h.db, "ana.newcomer@tribuna.example")
	require.NoError(t, err)
	require.Equal(t, "bg", ana.Language)
	require.Equal(t, "BG", ana.CountryCode)
	page := c.get(personPath(ana.ID)).Body
	require.Contains(t, page, "Expert, Know-how Centre Bulgaria")
	require.Equal(t, "Renamed", h.person("officer-khc").Name)
	require.Contains(t, c.get(contactsPath).Body, "1 person has not been told yet")
	notices := c.get(contactsPath + "/notices")
	sound(t, notices)
	require.Contains(t, notices.Body, "Ana Newcomer")

	require.Equal(t, http.StatusSeeOther, c.post(contactsPath+"/notices", url.Values{"person_id": {ana.ID.String()}}).StatusCode)
	require.Contains(t, c.get(contactsPath+"/notices").Body, "told on")

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
	broken := contactsFile + "Ana Again;ANA.newcomer@tribuna.example;bg;;;;\nNo Address;;bg;;;;\nMartian;m@tribuna.example;bg;Mars;;;\nBoss;b@tribuna.example;bg;;Know-how Centre Bulgaria;coordinator;\n"
	for _, tag := range i18n.Tags() {
		c, l := h.as("coordinator", tag), i18n.For(tag)
		path := c.postFile(contactsPath, fromAConference, "list.csv", broken).Header.Get("Location")
		page := c.get(path)
		sound(t, page)
		require.Contains(t, page.Body, l.T("contacts.fault.twice", "First", 2))
		require.Contains(t, page.Body, l.T("contacts.fault.unknown", "Value", "Mars"))
		require.Contains(t, page.Body, l.T("contacts.fault.coordinator"))
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
}
