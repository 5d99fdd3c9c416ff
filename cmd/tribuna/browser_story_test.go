package main

import (
	"strconv"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/demo"
	"tribuna/models"
)

// story is one recommendation on its whole way, told by what people see and press.
type story struct {
	*house
	t       *testing.T
	officer *visitor
	id      uuid.UUID // of the recommendation
	home    string    // its page
}

func (s *story) tell() {
	s.officer = s.visitor(s.t, "the officer", "en", desktop)
	s.signIn(s.officer, "judit.halmos@tribuna.example")
	s.draft()
	s.revise()
	s.sendToReview()
	s.reviewOnAPhone()
	s.decline()
	s.consult()
	s.reviewInBulgarian()
	s.accept()
	s.translate()
	s.signOff()
	s.signOffByKeyboard()
	s.publish()
	s.readInPublic()
	s.deliver()
	s.mailing()
	s.unsubscribe()
	s.report()
	s.lookBack()
	s.officer.had(models.RoleOfficer)
}

func (h *house) signIn(v *visitor, address string) {
	v.t.Helper()
	v.open("/sign-in")
	v.write("#f-email", address)
	v.write("#f-password", demo.Password)
	v.press(`main .btn-primary`)
	require.Equal(v.t, "/", v.path(), "%s is home", v.name)
}

// begun remembers the recommendation whose page somebody is on.
func (h *house) begun(v *visitor) (uuid.UUID, string) {
	v.t.Helper()
	home := v.path()
	id, err := uuid.Parse(home[len("/recommendations/"):])
	require.NoError(v.t, err, home)
	return id, home
}

const (
	title = "Keeping children safe online in schools"
	text  = "## Why now\n\nEvery third pupil has met **threats** online, and *most* told nobody.\n\n" +
		"- Teachers are not trained.\n- Platforms answer late.\n\n## What helps\n\nA trained person of trust in every school."
)

// draft writes a recommendation with two measures; one attempt without a title is refused and loses nothing.
func (s *story) draft() {
	o := s.officer
	o.press(`.sidenav a[href="/recommendations"]`)
	o.press(`main a[href="/recommendations/new"]`)
	o.write("#f-body", text)
	o.hit(`button[hx-post^="/preview"]`)
	o.shows("#f-body-preview ul li")
	o.write("#f-measures-0-text", "Train one person of trust in every school.")
	o.tick(authority(1, "Sofia Municipality"))
	require.EqualValues(s.t, 422, o.pressed(`.form-foot button[value="save"]`), "a title is missing")
	o.shows("#error-summary a")
	require.Equal(s.t, text, o.holds("#f-body"), "what was typed stays")
	require.Equal(s.t, "Train one person of trust in every school.", o.holds("#f-measures-0-text"))
	o.write("#f-title", title)
	o.press(`button[value="add_measure"]`)
	o.write("#f-measures-1-text", "Answer children's reports within 24 hours.")
	o.tick(authority(2, "Ministry of Labour, Pension System, Family and Social Policy"))
	o.choose("#f-procedure", brisk)
	o.tick(`input[name="languages"][value="bg"]`, `input[name="topics"][value="safety-online"]`,
		`input[name="challenges"][value="uneven-funding"]`, `input[name="grant_ids"]`)
	o.press(`.form-foot button[value="save"]`)
	s.id, s.home = s.begun(o)
	o.reads(title, "Train one person of trust", "Answer children's reports")
}

// authority is the box of an authority at a measure, counted from 1.
func authority(measure int, name string) string {
	return `//*[@id="measure-` + strconv.Itoa(measure) + `"]//label[contains(., "` + name + `")]/input`
}

// revise saves a second version and compares it with the first.
func (s *story) revise() {
	o := s.officer
	o.press(`.page-actions a[href$="/edit"]`)
	o.write("#f-body", text+"\n\nChildren took part in writing this.")
	o.write("#f-note", "Says who took part")
	o.press(`.form-foot button[value="save"]`)
	require.Equal(s.t, s.home, o.path())
	o.press(`#versions a[href$="/versions"]`)
	o.press(`a[href$="/compare?from=1&to=2"]`)
	o.shows("//ins[contains(., 'Children took part')]")
	o.open(s.home)
}
