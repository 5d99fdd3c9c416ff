package main

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/models"
)

// plainStory is the way from draft to sign-off of those whose browsers run no scripts; the officer works in Bulgarian, on a phone.
type plainStory struct {
	*house
	t       *testing.T
	officer *visitor
	id      uuid.UUID
	home    string
}

func (s *plainStory) tell() {
	s.officer = s.plainVisitor(s.t, "Милена", "bg", phone)
	s.signIn(s.officer, "milena.draganova@tribuna.example")
	s.draft()
	s.sendToReview()
	s.review()
	s.accept()
	s.signOff()
	s.officer.had(models.RoleOfficer)
}

// draft adds a measure and removes one, which sends the form and brings it back as it was.
func (s *plainStory) draft() {
	o := s.officer
	o.open("/recommendations/new")
	o.write("#f-title", "Support for grandparents who raise children")
	o.write("#f-body", text)
	o.write("#f-measures-0-text", "Pay foster allowances to grandparents.")
	o.press(`button[value="add_measure"]`)
	require.Equal(s.t, text, o.holds("#f-body"), "what was typed stays")
	o.write("#f-measures-1-text", "Open a day centre in every district.")
	o.tick(authority(2, "Столична община"))
	o.press(`button[value="remove_measure:0"]`)
	require.Equal(s.t, "Open a day centre in every district.", o.holds("#f-measures-0-text"))
	o.choose("#f-language", "en")
	o.choose("#f-procedure", brisk)
	o.press(`.form-foot button[value="save"]`)
	s.id, s.home = s.begun(o)
	o.reads("Open a day centre in every district.")
}

func (s *plainStory) sendToReview() {
	o := s.officer
	o.press(`.page-actions a[href$="/start-review"]`)
	o.run(noExpert)
	o.choose(inviting("Fiona Carmichael"), "invite")
	o.write("#f-enough", "1")
	o.press(`.form-foot button[value="check"]`)
	o.press(`.form-foot button[value="send"]`)
	require.Equal(s.t, s.home, o.path())
}

// review answers by the link in the mail, after a scanner has been there, with an impatient double click.
func (s *plainStory) review() {
	e := s.plainVisitor(s.t, "Fiona", "en", phone)
	invitation := e.asked(fiona, models.TaskReview, s.id)
	s.t.Run("Scanner decides nothing", func(t *testing.T) { s.scannerDecidesNothing(t, invitation) })
	e.follow(invitation, personal)
	e.shows(`form.accept button`)
	e.comment(2, "Which age groups?")
	e.tick(`input[name="answer"][value="support_with_changes"]`, `input[name="naming"][value="network"]`)
	e.write("#f-reasons", "Clear. Say which age groups.")
	e.press(`.answer .btn-primary`)
	e.tick(sureToSend)
	e.run(chromedp.ScrollIntoView(sendReview, chromedp.ByQuery), chromedp.DoubleClick(sendReview, chromedp.ByQuery))
	e.shows(`.answer-given ~ .actions a`)
	e.inspect()
	e.reads("Clear. Say which age groups.", "Which age groups?")
	require.Equal(s.t, 1, s.decided(s.t, s.id, models.DecideAnswerReview), "a double click is one answer")
	e.had(models.RoleExpert)
}

func (s *plainStory) accept() {
	o := s.officer
	o.awaits(s.home, `.page-actions a[href*="/decide-review"]`)
	o.press(`.page-actions a[href*="/decide-review"]`)
	o.tick(`input[name="decision"][value="accept"]`)
	o.write("#f-reason", "Приета.")
	o.withoutPartners()
	o.press(`#decide .btn-primary`)
	require.Equal(s.t, s.home, o.path())
}

// signOff answers for the only organisation asked: then the text can be published.
func (s *plainStory) signOff() {
	p := s.plainVisitor(s.t, "Стоян", "bg", phone)
	p.follow(p.asked(stoyan, models.TaskSignOff, s.id), personal)
	p.tick(`input[name="answer"][value="approve"]`)
	p.write("#f-reason", "Съгласни сме.")
	p.press(`#answer .btn-primary`)
	p.reads("Съгласни сме.")
	p.had(models.RolePartner)
	s.officer.awaits(s.home, `.page-actions a[href*="/publish"]`)
}
