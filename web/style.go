package web

import (
	"html/template"
	"net/http"
	"net/url"
	"time"

	"tribuna/internal/i18n"
	"tribuna/models"
)

// styleView holds one of every component, in the states it can be in: the page that is looked at, and tested, before
// a component is used elsewhere.
type styleView struct {
	Page
	Notices      []styleNotice
	Ribbons      []Ribbon
	Badges       []Badge
	Deadlines    []Moment
	Rows         []styleRow
	Pager        Pager
	Cells        []styleCell
	Form         *Form
	Answers      []Option
	Text         string
	TextLanguage string
	Timeline     []TimelineEntry
	Comments     []Comment
}

type styleNotice struct{ Flash *Flash }

type styleRow struct {
	Title         map[string]string
	Due           time.Time
	About, Action string
	Waits         bool
	Ribbon        Ribbon
}

type styleCell struct {
	Measure   string
	Authority map[string]string
	State     Badge
	Days      int
}

// Style shows the living style page. It holds invented content only; development mounts it at /dev/style.
func (e *Engine) Style(w http.ResponseWriter, r *http.Request) {
	e.Render(w, r, http.StatusOK, "style", e.newStyleView(r))
}

func (e *Engine) newStyleView(r *http.Request) styleView {
	l, now := Localizer(r), e.now()
	v := styleView{Page: NewPage(r, l.T("style.title")), TextLanguage: l.Tag(), Text: l.T("style.text")}
	v.NoIndex = true
	v.Viewer = &Viewer{Name: "Ružica Ćosić-Hadžiahmetović", Roles: []models.HeldRole{{Role: models.RoleOfficer, Organisation: "Know-how Centre"}}}
	v.Nav = []NavItem{
		{Key: "home", Label: "style.nav.home", Href: "#", Icon: "inbox", Count: 3},
		{Key: "recommendations", Label: "style.nav.recommendations", Short: "style.nav.texts", Href: "#", Icon: "file-text"},
		{Key: "overview", Label: "style.nav.overview", Href: "#", Icon: "chart-bar"},
		{Key: "mailings", Label: "style.nav.mailings", Href: "#", Icon: "mail"},
		{Key: "record", Label: "style.nav.record", Href: "#", Icon: "history"},
	}
	v.Active = "recommendations"
	for _, tone := range []string{"done", "wait", "harm"} {
		v.Notices = append(v.Notices, styleNotice{&Flash{Tone: tone, Text: l.T("style.notice." + tone)}})
	}
	v.Ribbons = styleRibbons(l, now)
	v.Badges = []Badge{
		{"plain", "edit", l.T("style.state.draft")}, {"done", "check", l.T("style.state.done")},
		{"action", "arrow-right", l.T("style.state.now")}, {"wait", "clock", l.T("style.state.waiting")},
		{"harm", "alert-triangle", l.T("style.state.late")},
	}
	for _, hours := range []int{-73, -2, 5, 24, 24 * 9, 24 * 400} {
		v.Deadlines = append(v.Deadlines, Moment{At: now.Add(time.Duration(hours) * time.Hour)})
	}
	v.Pager = Pager{Previous: "#", Next: "#", Summary: l.T("style.pager")}
	v.Rows, v.Cells = styleRows(l, now), styleCells(l)
	v.Form = styleForm(l)
	v.Answers = []Option{
		{Value: "support", Label: l.T("style.answer.support")},
		{Value: "changes", Label: l.T("style.answer.changes"), Help: l.T("style.answer.changes_help")},
		{Value: "not", Label: l.T("style.answer.not")},
	}
	v.Timeline, v.Comments = styleRecord(l, now)
	return v
}

func styleRibbons(l *i18n.Localizer, now time.Time) []Ribbon {
	running := NewRibbon("review")
	running.Step("drafting").Done = now.AddDate(0, 0, -12)
	step := running.Step("review")
	step.Awaited, step.Due, step.Href = l.T("style.awaited"), now.AddDate(0, 0, 3), "#"
	held := NewRibbon("signoff", "translation")
	held.Step("translation").Note = l.T("style.skipped_note")
	held.Step("signoff").State, held.Step("signoff").Note = StepHeld, l.T("style.held_note")
	small := NewRibbon("campaign", "translation")
	small.Small = true
	return []Ribbon{running, held, small}
}

func styleRows(l *i18n.Localizer, now time.Time) []styleRow {
	mine, other := NewRibbon("signoff"), NewRibbon("review")
	mine.Small, other.Small = true, true
	return []styleRow{
		{Title: map[string]string{l.Tag(): l.T("style.row.first")}, Due: now.Add(30 * time.Hour), Waits: true,
			About: l.T("style.row.about"), Action: l.T("style.row.action"), Ribbon: mine},
		{Title: map[string]string{"sr-Latn": "Jačanje porodica kroz usluge u zajednici"}, Due: now.AddDate(0, 0, 20),
			About: l.T("style.row.about"), Action: l.T("style.row.open"), Ribbon: other},
	}
}

func styleCells(l *i18n.Localizer) []styleCell {
	return []styleCell{
		{"1.2", map[string]string{"sr-Latn": "Ministarstvo zdravlja, rada i socijalne zaštite", "bg": "Министерство на здравето, труда и социалната защита"},
			Badge{"wait", "clock", l.T("style.state.waiting")}, 12},
		{"3.1", map[string]string{"ro": "Ministerul Muncii și Protecției Sociale"}, Badge{"harm", "alert-triangle", l.T("style.state.late")}, 1041},
	}
}

func styleForm(l *i18n.Localizer) *Form {
	f := NewForm(url.Values{"title": {l.T("style.row.first")}, "email": {"ana@"}, "answer": {"changes"}, "language": {"sr-Latn"},
		"text": {l.T("style.text")}})
	f.Errors = []FieldError{{"email", l.T("style.field.email"), l.T("error.field.email")},
		{"needed_by", l.T("style.field.date"), l.T("error.field.required")}}
	return f
}

func styleRecord(l *i18n.Localizer, now time.Time) ([]TimelineEntry, []Comment) {
	words := template.HTML(template.HTMLEscapeString(l.T("style.words"))) //nolint:gosec // escaped
	badge := Badge{"action", "check", l.T("style.state.done")}
	return []TimelineEntry{
			{At: now.AddDate(0, 0, -12), Who: "Ana Petrović", Capacity: l.T("style.capacity"), What: i18n.Said(l.T("style.minute.sent")), Icon: "send", Href: "#", Link: l.T("style.minute.version")},
			{At: now.AddDate(0, 0, -4), Who: l.T("style.expert"), What: i18n.Said(l.T("style.minute.answered")), Icon: "message", Text: words, OnBehalf: l.T("style.minute.behalf")},
			{At: now, Who: "Tribuna", What: i18n.Said(l.T("style.minute.late")), Icon: "clock", Tone: "wait"},
		}, []Comment{
			{ID: "remark-1", Who: l.T("style.expert"), At: now.AddDate(0, 0, -3), Quote: l.T("style.quote"), Text: words, Answer: words, Badge: &badge},
		}
}
