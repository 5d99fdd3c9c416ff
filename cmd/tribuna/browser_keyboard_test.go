package main

import (
	"strconv"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"tribuna/internal/demo"
	"tribuna/models"
)

// stand is where the keyboard stands on a page.
type stand struct {
	At    string `json:"at"`
	There bool   `json:"there"` // where it is wanted
	Seen  bool   `json:"seen"`  // the page shows that it is there
	Ahead bool   `json:"ahead"` // further down than before
}

const askStand = `((selector, words) => {
	const e = document.activeElement, style = getComputedStyle(e), before = window.stood;
	window.stood = e;
	return {
		at: e.outerHTML.slice(0, 120),
		there: e.matches(selector) && e.innerText.includes(words),
		seen: (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none",
		ahead: !before || before === e || Boolean(before.compareDocumentPosition(e) & Node.DOCUMENT_POSITION_FOLLOWING),
	};
})`

// tabTo presses the tab key until the keyboard stands on something that contains words. All the way down the page one sees
// where it is.
func (v *visitor) tabTo(selector, words string) {
	v.t.Helper()
	for range 150 {
		var now stand
		v.run(chromedp.KeyEvent(kb.Tab), chromedp.Evaluate(askStand+"("+strconv.Quote(selector)+", "+strconv.Quote(words)+")", &now))
		require.True(v.t, now.Seen, "%s on the way to %s does not see where the keyboard is: %s", v.name, selector, now.At)
		require.True(v.t, now.Ahead, "%s on the way to %s is led back: %s", v.name, selector, now.At)
		if now.There {
			return
		}
	}
	v.t.Fatalf("%s does not get to %s by keyboard", v.name, selector)
}

// typeInto goes to a field by keyboard and types.
func (v *visitor) typeInto(selector, text string) {
	v.t.Helper()
	v.tabTo(selector, "")
	v.run(chromedp.KeyEvent(text))
	require.Equal(v.t, text, v.holds(selector), "%s types into %s", v.name, selector)
}

// enterAt goes to a link or a button by keyboard and uses it, which leads to another page.
func (v *visitor) enterAt(selector, words string) {
	v.t.Helper()
	v.tabTo(selector, words)
	require.EqualValues(v.t, 200, v.goes(chromedp.KeyEvent(kb.Enter)), "%s uses %s:\n%s", v.name, selector, v.page())
}

// signOffByKeyboard signs in and answers for an organisation with the tab key, space, enter and letters: no mouse, and nothing
// that leads the keyboard anywhere.
func (s *story) signOffByKeyboard() {
	m := s.visitor(s.t, "Martin", "en", desktop)
	m.run(emulation.SetFocusEmulationEnabled(true))
	m.open("/sign-in")
	m.typeInto("#f-email", martin)
	m.typeInto("#f-password", demo.Password)
	m.enterAt(`main .btn-primary`, "")
	m.enterAt(`main .row-title a`, title)
	m.tabTo(`input[name="answer"][value="approve"]`, "")
	m.run(chromedp.KeyEvent(" "))
	require.True(s.t, m.is(`input[name="answer"][value="approve"]`, "checked"))
	m.typeInto("#f-reason", "In line with our strategy.")
	m.enterAt(`#answer .btn-primary`, "")
	m.reads("In line with our strategy.")
	person, err := models.PersonByEmail(s.t.Context(), s.db, martin)
	require.NoError(s.t, err)
	var given []models.SignOff
	require.NoError(s.t, s.db.NewSelect().Model(&given).Where("recommendation_id = ? AND person_id = ?", s.id, person.ID).Scan(s.t.Context()))
	require.Len(s.t, given, 1, "what was sent by keyboard is in the database")
	require.Equal(s.t, []string{"approve", "In line with our strategy."}, []string{given[0].Answer, given[0].Reason})
	m.had(models.RolePartner)
}
