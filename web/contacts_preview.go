package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"tribuna/internal/i18n"
	"tribuna/models"
)

// contactRowsPage is how many lines of a file one page shows.
const contactRowsPage = 50

// contactView is what a file would change or changed, or what is wrong with it.
type contactView struct {
	Page
	Name, Path   string
	Form         *Form
	Done, Undone bool
	MayUndo      bool
	Refused      int
	Nothing      bool
	Figures      []figure
	Sheet        string // of a workbook that has several
	Sheets       Input
	Columns      []Input
	WrittenTo    Input    // for those of whom the file says none
	Unsaid       string   // how many they are
	LeftOut      string   // the columns of which nothing is taken
	Faults       []string // of the whole file
	Tabs         []listTab
	Rows         []contactRow
	Pager        Pager
	People       bool
	Source       string
	Basis        string
	Keep         listChoice // the list that those whom it names are put on
	On           crumb      // the list that they were put on
}

// contactRow is what a line would do, or did.
type contactRow struct {
	Line  int
	Name  string
	State Badge
	Says  []i18n.Words // what would be written
	Why   []string     // it is refused
}

func (s *Server) contactPreview(w http.ResponseWriter, r *http.Request) error {
	c, _, err := s.contactImportOf(r)
	if err != nil {
		return err
	}
	report := c.Written()
	if c.ImportedAt == nil {
		if report, err = c.Plan(r.Context(), s.DB, contactWords()); err != nil {
			return err
		}
	}
	return s.renderContact(w, r, c, report, NewForm(nil), http.StatusOK)
}

// contactWords are what roles and kinds are called in every language, in small letters.
func contactWords() map[string]string {
	words := map[string]string{}
	for _, tag := range i18n.Tags() {
		l := i18n.For(tag)
		for _, role := range models.RoleNames() {
			words[strings.ToLower(l.T("account.role."+role))] = role
		}
		for _, kind := range models.OrganisationKinds() {
			words[strings.ToLower(l.T("organisation.kind."+kind))] = kind
		}
	}
	return words
}

var contactBadges = map[string]Badge{
	models.ContactNew:       {Tone: "done", Icon: "plus"},
	models.ContactChanged:   {Tone: "wait", Icon: "edit"},
	models.ContactUnchanged: {Tone: "plain", Icon: "minus"},
	models.ContactRefused:   {Tone: "harm", Icon: "ban"},
}

func (s *Server) renderContact(w http.ResponseWriter, r *http.Request, c *models.ContactImport, report models.ContactReport, form *Form, status int) error {
	l := Localizer(r)
	title := "contacts.preview"
	if c.ImportedAt != nil {
		title = "contacts.imported"
	}
	v := contactView{Page: s.administrationPage(r, l.T(title)), Name: c.Name, Path: contactsImportPath(c.ID), Form: form, Done: c.ImportedAt != nil,
		Undone: c.UndoneAt != nil, MayUndo: c.MayUndo(s.Now()), Refused: report.Refused, Nothing: report.Created+report.Changed == 0,
		People: c.Kind == models.ContactsPeople, Source: c.Source}
	if c.Basis != "" {
		v.Basis = l.T("contacts.basis." + c.Basis)
	}
	for _, n := range []struct {
		key    string
		number int
	}{{models.ContactNew, report.Created}, {models.ContactChanged, report.Changed}, {models.ContactUnchanged, report.Unchanged}, {models.ContactRefused, report.Refused}} {
		v.Figures = append(v.Figures, figure{Label: l.T("contacts.state." + n.key), Number: n.number, Tone: toneIf(n.key == models.ContactRefused && n.number > 0, "late")})
	}
	for _, f := range report.Faults {
		v.Faults = append(v.Faults, contactFault(l, f))
	}
	if err := s.contactRows(r, report, &v); err != nil {
		return err
	}
	if err := s.contactList(r, c, &v); err != nil {
		return err
	}
	if !v.Done {
		if err := s.contactChoices(r.Context(), l, c, &v); err != nil {
			return err
		}
		if report.Unsaid > 0 {
			v.Unsaid = l.N("contacts.unsaid", report.Unsaid, "Language", l.Language(c.Language))
		}
	}
	s.Engine.Render(w, r, status, "contact_import", v)
	return nil
}

// contactList says on which list those whom a file names were put, and offers the lists that there are.
func (s *Server) contactList(r *http.Request, c *models.ContactImport, v *contactView) (err error) {
	if !v.People || v.Undone {
		return nil
	}
	if c.ListID != nil {
		list, err := models.PeopleListByID(r.Context(), s.DB, *c.ListID)
		if err != nil {
			return err
		}
		v.On = crumb{peopleOnList(list.ID), list.Name}
	}
	v.Keep, err = s.listChoice(r, v.Form)
	return err
}

// contactRows fills in the lines of the state and page that the address asks for: what is refused first. Unchanged ones are
// counted alone.
func (s *Server) contactRows(r *http.Request, report models.ContactReport, v *contactView) error {
	l, asked, counts := Localizer(r), r.URL.Query().Get("state"), map[string]int{}
	var rows []models.ContactRow
	for _, state := range []string{models.ContactRefused, models.ContactNew, models.ContactChanged} {
		for _, row := range report.Rows {
			if row.State != state {
				continue
			}
			counts[state]++
			if asked == "" || asked == state {
				rows = append(rows, row)
			}
		}
	}
	if len(counts) > 1 {
		all := counts[models.ContactRefused] + counts[models.ContactNew] + counts[models.ContactChanged]
		v.Tabs = []listTab{{Href: v.Path, Label: l.T("contacts.tab.all"), Count: l.Number(all), Current: asked == ""}}
		for _, state := range []string{models.ContactRefused, models.ContactNew, models.ContactChanged} {
			if n := counts[state]; n > 0 {
				v.Tabs = append(v.Tabs, listTab{v.Path + "?state=" + state, l.T("contacts.state." + state), l.Number(n), asked == state})
			}
		}
	}
	rows = v.turnTo(l, rows, asked, r.URL.Query().Get("page"))
	m := &minutes{l: l}
	if err := s.minutesOrganisations(r.Context(), m); err != nil {
		return err
	}
	for id, name := range report.Added {
		m.organisations[id] = name
	}
	values, err := s.journalValues(r, m)
	if err != nil {
		return err
	}
	for _, row := range rows {
		v.Rows = append(v.Rows, values.contact(row))
	}
	return nil
}

// turnTo cuts the page out of the rows that the address asks for.
func (v *contactView) turnTo(l *i18n.Localizer, rows []models.ContactRow, state, page string) []models.ContactRow {
	if len(rows) <= contactRowsPage {
		return rows
	}
	last := (len(rows) - 1) / contactRowsPage
	number, _ := strconv.Atoi(page)
	number = min(max(number, 0), last)
	to := func(number int) string {
		q := url.Values{"page": {strconv.Itoa(number)}}
		if state != "" {
			q.Set("state", state)
		}
		return v.Path + "?" + q.Encode()
	}
	from, until := number*contactRowsPage, min((number+1)*contactRowsPage, len(rows))
	if number > 0 {
		v.Pager.Previous = to(number - 1)
	}
	if number < last {
		v.Pager.Next = to(number + 1)
	}
	v.Pager.Summary = l.T("contacts.shown", "From", l.Number(from+1), "Until", l.Number(until), "All", l.Number(len(rows)))
	return rows[from:until]
}

// contact says what a line would write, or why it is refused.
func (v *journalValues) contact(row models.ContactRow) contactRow {
	l, state := v.m.l, contactBadges[row.State]
	state.Text = l.T("contacts.one." + row.State)
	out := contactRow{Line: row.Line, Name: row.Name, State: state}
	for _, f := range row.Faults {
		out.Why = append(out.Why, contactFault(l, f))
	}
	if len(out.Why) > 0 {
		return out
	}
	isNew := row.State == models.ContactNew
	for _, c := range row.Changes {
		switch {
		case !isNew:
			out.Says = append(out.Says, v.say(c))
		case c.Field != "name": // it stands above
			label, value := v.holds(c)
			out.Says = append(out.Says, l.Say("contacts.value", "Field", label, "Value", value))
		}
	}
	if row.Gives != nil {
		key := "contacts.value_added"
		if isNew {
			key = "contacts.value"
		}
		role := l.T("person.role_in", "Role", l.T("account.role."+row.Gives.Role), "Organisation", v.m.organisations[row.Gives.Organisation])
		out.Says = append(out.Says, l.Say(key, "Field", l.T("contacts.field.role"), "Value", role))
	}
	return out
}

func contactFault(l *i18n.Localizer, f models.ImportFault) string {
	key, args := "contacts.fault."+f.Rule, f.Args
	if whole := "error.field.contacts_" + f.Rule; l.Has(whole) { // what makes a file unusable
		key = whole
	}
	if f.Rule == "role_unknown" {
		var roles []string
		for _, role := range models.GivenRoles() {
			roles = append(roles, l.T("account.role."+role))
		}
		args = map[string]any{"Value": f.Args["Value"], "Roles": l.ListAnd(roles)}
	}
	text := l.T(key, args)
	if f.Column != "" {
		text = l.T("contacts.field."+f.Column) + ": " + text
	}
	return text
}

// contactChoices are the choices of a field for each column of the file, of the sheet, and of a language for those of whom
// the file says none.
func (s *Server) contactChoices(ctx context.Context, l *i18n.Localizer, c *models.ContactImport, v *contactView) error {
	v.Columns, v.LeftOut = contactColumns(l, c), leftOut(l, c)
	v.chooseFrom(l, c)
	if !v.People {
		return nil
	}
	languages, err := models.Languages(ctx, s.DB)
	if err != nil {
		return err
	}
	var options []Option
	for _, language := range languages {
		options = append(options, Option{Value: language.Tag, Label: l.Language(language.Tag)})
	}
	if c.Language == "" { // kept before it was asked
		options = slices.Insert(options, 0, Option{Label: l.T("imported.choose")})
	}
	v.WrittenTo = field(NewForm(url.Values{"language": {c.Language}}), "language", l.T("contacts.language"), "type", "select", "required", true,
		"options", options, "help", l.T("contacts.language_help"))
	return nil
}

// leftOut names the columns of which nothing is taken.
func leftOut(l *i18n.Localizer, c *models.ContactImport) string {
	var names []string
	for i, name := range c.Header() {
		if name != "" && (i >= len(c.Mapping) || c.Mapping[i] == "") {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return l.T("contacts.left_out", "Names", l.ListAnd(names))
}

func contactColumns(l *i18n.Localizer, c *models.ContactImport) []Input {
	var options []Option
	for _, f := range models.ContactFields(c.Kind) {
		options = append(options, Option{Value: f, Label: l.T("contacts.field." + f)})
	}
	values := url.Values{}
	for i, f := range c.Mapping {
		values.Set("column."+strconv.Itoa(i), f)
	}
	form := NewForm(values)
	var inputs []Input
	for i, name := range c.Header() {
		inputs = append(inputs, field(form, "column."+strconv.Itoa(i), name, "type", "select", "quiet", true, "any", l.T("contacts.leave_out"), "options", options))
	}
	return inputs
}

// chooseFrom offers the sheets of a workbook that has several.
func (v *contactView) chooseFrom(l *i18n.Localizer, c *models.ContactImport) {
	sheets := c.Sheets()
	if len(sheets) < 2 {
		return
	}
	var options []Option
	for _, name := range sheets {
		options = append(options, Option{Value: name, Label: name})
	}
	v.Sheet = c.Sheet
	v.Sheets = field(NewForm(url.Values{"sheet": {c.Sheet}}), "sheet", l.T("contacts.sheet"), "type", "select", "required", true, "options", options)
}
