package web

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/demo"
	"tribuna/internal/i18n"
	"tribuna/models"
)

// listNamed is the list of a name.
func (h *house) listNamed(name string) models.PeopleList {
	h.t.Helper()
	lists, err := models.PeopleLists(h.t.Context(), h.db)
	require.NoError(h.t, err)
	for _, l := range lists {
		if l.Name == name {
			return l
		}
	}
	h.t.Fatalf("there is no list %q", name)
	return models.PeopleList{}
}

func TestAListIsKeptByHand(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for i, tag := range i18n.Tags() {
		c, l, name := h.as("coordinator", tag), i18n.For(tag), "Friends "+tag
		if i == 0 {
			require.Contains(t, c.get(peopleListsPath).Body, l.T("list.none"))
		}
		sound(t, c.get(peopleListsPath+"/new"))
		f := url.Values{}
		nameless := c.post(peopleListsPath+"/new", f)
		require.Equal(t, http.StatusUnprocessableEntity, nameless.StatusCode)
		sound(t, nameless)
		f.Set("name", name)
		f.Set("organisation_id", demo.ID("organisation", "khc").String())
		require.Equal(t, http.StatusSeeOther, c.post(peopleListsPath+"/new", f).StatusCode)
		index := c.get(peopleListsPath)
		sound(t, index)
		require.Contains(t, index.Body, name)
		require.Contains(t, index.Body, l.N("list.people", 0))
		list := h.listNamed(name)

		p := h.person("partner-khc")
		page := c.get(personPath(p.ID))
		sound(t, page)
		put := form(t, page.Body, personPath(p.ID)+"/lists")
		put.Set("list_id", list.ID.String())
		require.Equal(t, http.StatusSeeOther, c.post(personPath(p.ID)+"/lists", put).StatusCode)
		require.Contains(t, c.get(personPath(p.ID)).Body, l.T("list.put_one"))
		own := h.as("partner-khc", tag).get(dataHeldPath)
		sound(t, own)
		require.Contains(t, own.Body, l.T("profile.lists"), "what is kept about oneself")
		require.Contains(t, own.Body, name)
		require.Equal(t, http.StatusSeeOther, c.post(personPath(p.ID)+"/lists/remove", url.Values{"list_id": {list.ID.String()}}).StatusCode)
		require.Zero(t, h.listNamed(name).People)

		found := c.get(peoplePath + "?role=expert")
		sound(t, found)
		put = form(t, found.Body, peopleListsPath+"/found")
		require.Equal(t, "expert", put.Get("role"), "the same are meant as are shown")
		put.Set("do", "put")
		require.Equal(t, http.StatusSeeOther, c.post(peopleListsPath+"/found", put).StatusCode)
		require.Contains(t, c.get(peoplePath).Body, l.T("error.field.choice"), "no list was chosen")
		put.Set("list_id", list.ID.String())
		require.Equal(t, http.StatusSeeOther, c.post(peopleListsPath+"/found", put).StatusCode)
		on := h.listNamed(name).People
		require.Greater(t, on, 10)
		shown := c.get(peopleOnList(list.ID))
		sound(t, shown)
		require.Contains(t, shown.Body, l.N("list.put", on, "Name", name))
		require.Contains(t, shown.Body, h.person("expert-02").Name)
		put.Set("do", "take")
		require.Equal(t, http.StatusSeeOther, c.post(peopleListsPath+"/found", put).StatusCode)
		require.Zero(t, h.listNamed(name).People)
		require.Equal(t, http.StatusUnprocessableEntity, c.post(peopleListsPath+"/found", url.Values{"list_id": {list.ID.String()}}).StatusCode,
			"everybody there is was not found by anything")

		journal := c.get(journalPath + "?area=lists")
		sound(t, journal)
		require.Contains(t, journal.Body, peopleListPath(list.ID))
		ask := c.get(peopleListPath(list.ID) + "/remove")
		sound(t, ask)
		require.Equal(t, http.StatusSeeOther, c.post(peopleListPath(list.ID)+"/remove", nil).StatusCode)
		require.Equal(t, http.StatusNotFound, c.get(peopleListPath(list.ID)).StatusCode)
		sound(t, c.get(journalPath+"?area=lists"))
	}
}

func TestAFileOfContactsFillsAList(t *testing.T) {
	h := newHouse(t)
	c := h.as("coordinator", "en")
	officer := h.person("officer-khc")
	path := c.postFile(contactsPath, fromAConference, "list.csv", "name,email,language\nBen,ben@list.example,en\n"+officer.Name+","+officer.Email+",\n").Header.Get("Location")
	confirm := form(t, c.get(path).Body, path)
	confirm.Set("list_name", "two\nlines")
	wrong := c.post(path, confirm)
	require.Equal(t, http.StatusUnprocessableEntity, wrong.StatusCode)
	sound(t, wrong)
	confirm.Set("list_name", "Conference")
	require.Equal(t, http.StatusSeeOther, c.post(path, confirm).StatusCode)
	list := h.listNamed("Conference")
	require.Equal(t, 2, list.People, "who was here before is on it too")
	require.Contains(t, c.get(path).Body, peopleOnList(list.ID))

	known := c.postFile(contactsPath, fromAConference, "list.csv", "name,email\n"+officer.Name+","+officer.Email+"\n").Header.Get("Location")
	page := c.get(known)
	sound(t, page)
	require.Contains(t, page.Body, "They can be put on a list all the same")
	confirm = form(t, page.Body, known)
	confirm.Set("list_id", list.ID.String())
	require.Equal(t, http.StatusSeeOther, c.post(known, confirm).StatusCode)
	require.Equal(t, 2, h.listNamed("Conference").People)

	require.Equal(t, http.StatusUnprocessableEntity, c.post(path+"/list", nil).StatusCode, "no list is chosen")
	later := form(t, c.get(path).Body, path+"/list")
	later.Set("list_name", "Later")
	require.Equal(t, http.StatusSeeOther, c.post(path+"/list", later).StatusCode)
	require.Equal(t, 1, h.listNamed("Later").People, "who came with it")

	require.Equal(t, http.StatusSeeOther, c.post(path+"/undo", nil).StatusCode)
	require.Zero(t, h.listNamed("Conference").People, "taken back with the file")
	sound(t, c.get(path))
	require.Equal(t, http.StatusConflict, c.post(path+"/list", later).StatusCode)
}

func TestAMailingIsForThoseOnAList(t *testing.T) {
	n := newOffice(t)
	n.publish()
	path := recommendationPath(n.brief.ID) + "/mailings/new"
	c, l := n.as("coordinator", "en"), i18n.For("en")
	require.NotContains(t, n.as("officer-khc", "en").get(path).Body, `name="lists"`, "there is none yet")
	for name, owner := range map[string]string{"Ours": "khc", "Theirs": "tdh"} {
		f := url.Values{"name": {name}, "organisation_id": {demo.ID("organisation", owner).String()}}
		require.Equal(t, http.StatusSeeOther, c.post(peopleListsPath+"/new", f).StatusCode)
	}
	ours, theirs := n.listNamed("Ours"), n.listNamed("Theirs")
	reader := n.person("reader")
	n.exec(`UPDATE people SET consent_at = now(), consent_source = 'form', unsubscribed_at = NULL WHERE id = ?`, reader.ID)
	require.Equal(t, http.StatusSeeOther, c.post(personPath(reader.ID)+"/lists", url.Values{"list_id": {ours.ID.String()}}).StatusCode)

	b := n.as("officer-khc", "en")
	opened := b.get(path)
	require.Contains(t, opened.Body, "Ours")
	require.NotContains(t, opened.Body, "Theirs")
	f := form(t, opened.Body, path)
	f.Set("fallback_language", "en")
	english := textOf(t, f, "en")
	f.Set(english+".subject", "S")
	f.Set(english+".body", "B")
	f["roles"], f["lists"] = nil, []string{ours.ID.String()}
	live := b.post(recommendationPath(n.brief.ID)+"/audience", f)
	sound(t, live)
	require.Contains(t, live.Body, l.N("mailing.people", 1), "counted while the form is filled in")
	f["lists"] = []string{theirs.ID.String()}
	f.Set("do", "save")
	refused := b.post(path, f)
	require.Equal(t, http.StatusUnprocessableEntity, refused.StatusCode)
	sound(t, refused)
	require.Contains(t, refused.Body, `href="#f-lists"`)
	require.Contains(t, refused.Body, l.T("list.gone"), "and nothing of what it is called")
	f["lists"], f["except_lists"] = []string{ours.ID.String()}, []string{uuid.NewString()}
	require.Contains(t, b.post(path, f).Body, `href="#f-except_lists"`)
	f["except_lists"] = nil

	keep := url.Values{}
	for name, values := range f {
		keep[name] = values
	}
	keep.Set("segment_name", "Ours alone")
	keep.Set("do", doKeepSegment)
	require.Equal(t, http.StatusOK, b.post(path, keep).StatusCode)
	segments, err := models.MailingSegments(t.Context(), n.db, n.brief.OrganisationID)
	require.NoError(t, err)
	require.Equal(t, []uuid.UUID{ours.ID}, segments[0].Audience.Lists)

	saved := b.post(path, f)
	require.Equal(t, http.StatusSeeOther, saved.StatusCode, saved.Body)
	mailing := saved.Header.Get("Location")
	require.Contains(t, b.get(mailing).Body, `value="`+ours.ID.String()+`" checked`)
	used := c.get(peopleListPath(ours.ID) + "/remove")
	sound(t, used)
	require.Contains(t, used.Body, l.N("reference.used.segment", 1))
	require.Contains(t, used.Body, l.N("reference.used.list_mailing", 1))
	require.Equal(t, http.StatusConflict, c.post(peopleListPath(ours.ID)+"/remove", nil).StatusCode)
	for _, tag := range i18n.Tags() {
		report := n.as("officer-khc", tag).get(mailing + "/report")
		sound(t, report)
	}
}
