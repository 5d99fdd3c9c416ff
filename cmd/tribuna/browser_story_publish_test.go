package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"tribuna/models"
)

var translators = map[string]string{"Десислава": "desislava.peeva@tribuna.example", "Огнян": "ognyan.karaivanov@tribuna.example"}

// translate has the text translated block by block by one person, and approved by another in an English page without scripts.
func (s *story) translate() {
	who := s.translator(models.TaskTranslate)
	tr := s.visitor(s.t, who, "bg", desktop)
	tr.follow(tr.asked(translators[who], models.TaskTranslate, s.id), personal)
	tr.write("#f-title", "Децата в безопасност онлайн в училище")
	n := tr.count(`.pair textarea[name$=".text"]`)
	require.Equal(s.t, 8, n, "six blocks of the text and two measures")
	tr.write(`.pair textarea[name="blocks[0].text"]`, "## Защо сега")
	tr.run(chromedp.Blur(`.pair textarea[name="blocks[0].text"]`, chromedp.ByQuery))
	tr.shows(`#saved .icon`)
	for i, marks := range []string{"", "- ", "## ", "", ""} {
		tr.write(fmt.Sprintf(`.pair textarea[name="blocks[%d].text"]`, i+1), fmt.Sprintf("%sПревод на абзац %d.", marks, i+2))
	}
	for i := range 2 {
		tr.write(fmt.Sprintf(`.pair textarea[name="measures[%d].text"]`, i), fmt.Sprintf("Превод на мярка %d.", i+1))
	}
	tr.tick(`input[name="finished"]`)
	tr.press(`button[value="hand_over"]`)
	tr.had(models.RoleTranslator)

	other := s.translator(models.TaskApproveTranslation)
	require.NotEqual(s.t, who, other, "a second pair of eyes")
	ap := s.plainVisitor(s.t, other, "bg", phone)
	ap.follow(ap.asked(translators[other], models.TaskApproveTranslation, s.id), personal)
	ap.speaks("en")
	ap.reads("Превод на абзац 6.", "Превод на мярка 2.")
	ap.tick(`input[name="read"]`)
	ap.press(`#decide .btn-primary`)
	ap.had(models.RoleTranslator)
}

// translator waits until somebody is asked to do something with the translation.
func (s *story) translator(kind models.TaskKind) string {
	var who string
	met := poll(s.t.Context(), patience, func() bool {
		for name, address := range translators {
			list, err := s.mails(address)
			require.NoError(s.t, err)
			for _, m := range list {
				if task := s.linkedTask(m); task != nil && task.Kind == kind && task.RecommendationID == s.id {
					who = name
					return true
				}
			}
		}
		return false
	})
	require.True(s.t, met, "somebody is asked to %s", kind)
	return who
}

// signOff answers for an organisation by the link in a mail.
func (s *story) signOff() {
	p := s.visitor(s.t, "Стоян", "bg", phone)
	p.follow(p.asked(stoyan, models.TaskSignOff, s.id), personal)
	p.tick(`input[name="answer"][value="approve"]`)
	p.press(`#answer .btn-primary`)
	p.shows(".answer-given")
	p.had(models.RolePartner)
}

func (s *story) publish() {
	o := s.officer
	o.awaits(s.home, `.page-actions a[href*="/publish"]`)
	o.press(`.page-actions a[href*="/publish"]`)
	o.press(`main .form-foot .btn-primary`)
	require.Equal(s.t, s.home, o.path())
	o.shows(`a[href^="/published/"]`)
}

// readInPublic reads the publication signed out, in both languages.
func (s *story) readInPublic() {
	en := s.visitor(s.t, "a reader", "en", phone)
	en.open("/")
	en.press(`//main//a[contains(., "` + title + `")]`)
	en.reads(title, "Every third pupil", "Train one person of trust", "Sofia Municipality")
	en.had(models.RoleReader)
	bg := s.visitor(s.t, "читател", "bg", desktop)
	bg.open("/published")
	bg.press(`//main//a[contains(., "Децата в безопасност")]`)
	bg.reads("Децата в безопасност онлайн в училище", "Превод на абзац 2.", "Превод на мярка 1.")
	bg.open("/follow-ups")
	bg.had(models.RoleReader)
}

// deliver records how the publication reached the authorities.
func (s *story) deliver() {
	o := s.officer
	o.awaits(s.home, `.page-actions a[href*="/deliveries"]`)
	o.press(`.page-actions a[href*="/deliveries"]`)
	o.tick(`input[name="outcome"][value="delivered"]`)
	o.setDate("#f-delivered_on", "2026-01-15")
	o.write("#f-reference", "TDH-17/2026")
	if status := o.pressed(`.sheet .btn-primary`); status != 200 {
		s.t.Fatalf("delivery is refused:\n%s", o.page())
	}
	o.open(s.home + "/deliveries")
	o.press(`.row-item a[href*="/deliveries?task"]`)
	o.tick(`input[name="outcome"][value="not_delivered"]`)
	o.write("#f-not_delivered", "The ministry is being dissolved.")
	o.press(`.sheet .btn-primary`)
	o.open(s.home + "/deliveries")
	o.reads("TDH-17/2026", "The ministry is being dissolved.")
}

// mailing writes to readers in two countries, each in their language, and watches it being sent.
func (s *story) mailing() {
	o := s.officer
	o.open(s.home)
	o.press(`main a[href$="/mailings/new"]`)
	for _, choice := range []string{`input[name="roles"][value="reader"]`, `input[name="countries"][value="BG"]`} {
		o.unfold(choice)
		o.tick(choice)
	}
	o.press(`button[value="count"]`)
	o.reads("people")
	s.mailingText("en", "Safe online", "We have published **a recommendation**. Please pass it on.")
	s.mailingText("bg", "В безопасност онлайн", "Публикувахме **препоръка**. Моля, разпространете я.")
	o.press(`button[value="save"]`)
	const preview = `a[href*="/preview?language=bg"]`
	o.unfold(preview)
	o.press(preview)
	o.reads("В безопасност онлайн")
	o.hit(`details.mailing-text summary`) // the letter itself stands in a frame of its own
	o.reads("Публикувахме")
	o.press(`main a[href^="/mailings/"]`)
	o.press(`.form-foot button[value="launch"]`)
	o.press(`main .form-foot .btn-primary`)
	o.shows(`#mailing-now:not([hx-get])`)
	o.inspect()
	var sent, people int
	require.NoError(s.t, s.db.NewRaw("SELECT count(*) FILTER (WHERE state = 'delivered'), count(*) FROM outbox WHERE mailing_id IN "+
		"(SELECT id FROM mailings WHERE recommendation_id = ?)", s.id).Scan(context.Background(), &sent, &people))
	require.Positive(s.t, people)
	require.Equal(s.t, people, sent, "every mail is delivered")
	o.press(`main a[href*="/recipients?"]`)
}

func (s *story) mailingText(language, subject, body string) {
	o := s.officer
	details := `//details[input[@value="` + language + `"]]`
	if !o.is(details, "open") {
		o.hit(details + `/summary`)
	}
	o.write(details+`//input[contains(@name, "subject")]`, subject)
	o.write(details+`//textarea[contains(@name, ".body")]`, body)
}

// unsubscribe uses the link in a mailing's mail: looking changes nothing, the button does.
func (s *story) unsubscribe() {
	v := s.visitor(s.t, "абонат", "bg", phone)
	m := v.mail("", "a mailing in Bulgarian", func(m caught) bool { return strings.Contains(m.Subject, "В безопасност онлайн") })
	v.follow(m, "/u/")
	require.True(s.t, s.reachable(m.To[0]), "a look at the page unsubscribes nobody")
	v.press(`main .btn-primary`)
	require.False(s.t, s.reachable(m.To[0]), "the button does")
}

func (s *story) reachable(address string) bool {
	p, err := models.PersonByEmail(context.Background(), s.db, address)
	require.NoError(s.t, err)
	return p.UnsubscribedAt == nil
}

// report says what became of a measure at an authority, by the link in the mail that asks.
func (s *story) report() {
	p := s.visitor(s.t, "Стоян", "bg", phone)
	p.follow(p.asked(stoyan, models.TaskReportProgress, s.id), personal)
	p.choose("#f-status", "committed")
	p.write("#f-note", "Кметът обеща обучения в двадесет училища.")
	p.write("#f-source_title", "Протокол от заседанието")
	p.write("#f-source_url", "https://sofia.example/protocol")
	p.press(`#report .btn-primary`)
	p.reads("Кметът обеща обучения в двадесет училища.")
}

// lookBack opens what shows where everything stands.
func (s *story) lookBack() {
	o := s.officer
	clear(s.seen) // pages that were empty then are full now
	for _, path := range []string{s.home, s.home + "/record/verification", "/", "/dashboard", "/follow-ups", "/recommendations", "/published"} {
		o.open(path)
	}
	o.open(s.home + "/record")
	o.reads("Пламен Златарев declined", "Tribuna invited Callum Reid") // by rule: whoever declines invites nobody
	o.open("/follow-ups")
	o.press(`//main//a[contains(@href, "/follow-ups/")]`)
	v := s.visitor(s.t, "Стоян", "bg", desktop)
	s.signIn(v, stoyan)
	for _, path := range []string{"/dashboard", s.home, s.home + "/record", "/recommendations"} {
		v.open(path)
	}
}
