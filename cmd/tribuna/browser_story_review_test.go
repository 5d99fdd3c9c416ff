package main

import (
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"tribuna/models"
)

// Those who are asked, by address.
const (
	fiona    = "fiona.carmichael@experts.example" // reviews
	snezhana = "snezhana.todeva@experts.example"  // reviews, in Bulgarian
	plamen   = "plamen.zlatarev@experts.example"  // declines, in Bulgarian
	stoyan   = "stoyan.velev@tribuna.example"     // speaks for Know-how Centre Bulgaria, in Bulgarian
	martin   = "martin.keller@tribuna.example"    // speaks for the lead organisation
)

// inviting is the choice of what an expert is to do in a round.
func inviting(name string) string {
	return `//li[contains(@class, "row-item")][contains(., "` + name + `")]//select`
}

// noExpert takes back what the form proposes.
var noExpert = chromedp.Evaluate(`document.querySelectorAll('select[name^="expert["]').forEach(s => s.value = "")`, nil)

// sendToReview invites three experts and keeps a fourth in reserve.
func (s *story) sendToReview() {
	o := s.officer
	o.press(`.page-actions a[href$="/start-review"]`)
	o.run(noExpert)
	for _, name := range []string{"Fiona Carmichael", "Снежана Тодева", "Пламен Златарев"} {
		o.choose(inviting(name), "invite")
	}
	o.choose(inviting("Callum Reid"), "reserve:1")
	o.write("#f-enough", "2")
	o.press(`.form-foot button[value="check"]`)
	o.reads("Fiona Carmichael", "Know-how Centre Bulgaria", "Callum Reid")
	o.press(`.form-foot button[value="send"]`)
	require.Equal(s.t, s.home, o.path())
	o.awaits(s.home, "#awaited .row-item")
}

// sureToSend and sendReview send an expert's answer where what will be sent was looked at.
const (
	sureToSend = `.summary-form input[name="sure"]`
	sendReview = `.summary-form button[value="send"]`
)

// reviewOnAPhone answers by the link in the mail, comes back and changes the answer.
func (s *story) reviewOnAPhone() {
	e := s.visitor(s.t, "Fiona", "en", phone)
	invitation := e.asked(fiona, models.TaskReview, s.id)
	e.follow(invitation, personal)
	e.tick(`form.accept input[name="will"]`)
	e.press(`form.accept button`)
	e.comment(2, "Give the source of this figure.")
	e.comment(3, "Name the hours of training.")
	e.tick(`input[name="answer"][value="support_with_changes"]`)
	e.write("#f-reasons", "Well founded; two figures need sources.")
	e.tick(`input[name="naming"][value="public"]`)
	e.press(`.answer .btn-primary`)
	e.reads("Well founded; two figures need sources.", "Name the hours of training.")
	require.Zero(s.t, s.decided(s.t, s.id, models.DecideAnswerReview), "what will be sent is looked at first")
	e.tick(sureToSend)
	e.goes(chromedp.DoubleClick(sendReview, chromedp.ByQuery))
	e.reads("Well founded; two figures need sources.", "Give the source of this figure.")
	require.Equal(s.t, 1, s.decided(s.t, s.id, models.DecideAnswerReview), "a double click is one answer")

	e.follow(invitation, personal)
	require.Equal(s.t, "Well founded; two figures need sources.", e.holds("#f-reasons"), "the answer can be changed")
	e.tick(`input[name="answer"][value="support"]`)
	e.write("#f-reasons", "Well founded. The sources are in the annex.")
	e.press(`.answer .btn-primary`)
	e.tick(sureToSend)
	e.press(sendReview)
	e.reads("Well founded. The sources are in the annex.")
	require.Equal(s.t, 2, s.decided(s.t, s.id, models.DecideAnswerReview))
	e.had(models.RoleExpert)
}

// decline says no and suggests somebody.
func (s *story) decline() {
	e := s.visitor(s.t, "Пламен", "bg", phone)
	e.follow(e.asked(plamen, models.TaskReview, s.id), personal)
	e.hit(`#decline summary`)
	e.write("#f-reason", "В отпуск съм.")
	e.hit(`#decline details summary`)
	e.write("#f-suggestions-0-name", "Проф. Иванова")
	e.tick(`#decline input[name="will_not"]`)
	e.press(`#decline .btn`)
	require.Zero(s.t, e.count(`#f-reasons`), "nothing is asked any more")
}

// consult comments in the name of a partner.
func (s *story) consult() {
	p := s.visitor(s.t, "Стоян", "bg", desktop)
	p.follow(p.asked(stoyan, models.TaskConsult, s.id), personal)
	p.comment(5, "Да се добавят и общините.")
	p.write("#f-reasons", "Подкрепяме текста.")
	p.press(`.answer .btn-primary`)
	p.tick(sureToSend)
	p.press(sendReview)
	p.reads("Подкрепяме текста.", "Да се добавят и общините.")
	p.had(models.RolePartner)
}

// reviewInBulgarian is refused without an answer and keeps what was typed; then it is enough.
func (s *story) reviewInBulgarian() {
	e := s.visitor(s.t, "Снежана", "bg", desktop)
	e.follow(e.asked(snezhana, models.TaskReview, s.id), personal)
	e.write("#f-reasons", "Текстът е ясен.")
	e.run(chromedp.Evaluate(`document.querySelector(".review-form").noValidate = true`, nil))
	e.press(`.answer .btn-primary`) // an answer is missing
	e.shows("#error-summary")
	require.Equal(s.t, "Текстът е ясен.", e.holds("#f-reasons"), "what was typed stays")
	e.tick(`input[name="answer"][value="support"]`, `input[name="naming"][value="none"]`)
	e.press(`.answer .btn-primary`)
	e.tick(sureToSend)
	e.press(sendReview)
	e.reads("Текстът е ясен.")
	e.had(models.RoleExpert)
}

// accept decides the round once enough have answered.
func (s *story) accept() {
	o := s.officer
	o.awaits(s.home, `.page-actions a[href*="/decide-review"]`)
	o.press(`.page-actions a[href*="/decide-review"]`)
	o.reads("Well founded. The sources are in the annex.", "Подкрепяме текста.")
	o.tick(`input[name="decision"][value="accept"]`)
	o.write("#f-reason", "Both experts support it; the municipalities come with the next edition.")
	o.withoutPartners()
	o.press(`#decide .btn-primary`)
	require.Equal(s.t, s.home, o.path())
}

// withoutPartners decides though partners can still comment, where some can.
func (v *visitor) withoutPartners() {
	v.run(chromedp.Evaluate(`document.querySelectorAll("#f-without_partners").forEach((box) => { box.checked = true })`, nil))
}
