package web

import (
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	"tribuna/internal/access"
	"tribuna/internal/files"
	"tribuna/internal/i18n"
	"tribuna/models"
)

const (
	bookMost  = 100_000 // of those who did not get a mailing, in a file, and of those who did
	bookBatch = 2_000   // read at once
)

// mailingReportBook gives the report out as a workbook, narrowed as the page is, with the names that stand there.
func (s *Server) mailingReportBook(w http.ResponseWriter, r *http.Request) error {
	c, err := s.loadMailing(r, access.ReadMailing)
	if err != nil {
		return err
	}
	v, err := s.mailingReportPage(r, c)
	if err != nil {
		return err
	}
	rest, err := s.unreachedSheet(r, c, v.Zone)
	if err != nil {
		return err
	}
	l := Localizer(r)
	sheets := []bookSheet{v.headSheet(l, c), v.summarySheet(l), v.ByCountry.sheet(l, l.T("mailing.report.sheet.countries")),
		v.ByLanguage.sheet(l, l.T("mailing.report.sheet.languages")), rest}
	if outcomeFilter(r.URL.Query()).Outcome == "" { // who asks for one reason asks for nobody else
		got, err := s.reachedSheet(r, c, v.Zone)
		if err != nil {
			return err
		}
		sheets = append(sheets, got)
	}
	if v.Counts {
		sheets = append(sheets, v.linkSheet(l))
	}
	content, err := s.bookOf(l, l.T("mailing.report.title")+": "+c.title.Title, sheets)
	if err != nil {
		return err
	}
	files.Serve(w, files.File{Name: s.reportFile(c, "", "xlsx"), MediaType: xlsx, Content: content})
	return nil
}

// reportFile is what a file of a report is called: two mailings about one recommendation are told apart by their kinds and by the end of
// their ids, for the beginning is one of time.
func (s *Server) reportFile(c mailingCase, part, ending string) string {
	id := c.m.ID.String()
	name := strings.Join([]string{c.rec.Slug, "mailing", c.kind, id[len(id)-8:]}, "-")
	if part != "" {
		name += "-" + part
	}
	return name + "-" + s.Now().UTC().Format(time.DateOnly) + "." + ending
}

// headSheet says which mailing it is: a file goes on to people who have not seen its page.
func (v mailingReportView) headSheet(l *i18n.Localizer, c mailingCase) bookSheet {
	t := bookSheet{name: l.T("mailing.title")}
	add := func(key string, said string) {
		if said != "" {
			t.rows = append(t.rows, []any{l.T(key), said})
		}
	}
	add("mailing.subject", v.Subject.Title)
	add("campaign.filter.kind", mailingKind(l, c.kind))
	if v.Event != nil {
		add("mailing.when", v.Event.When)
		add("mailing.event_place", v.Event.Place)
		add("mailing.event_link", v.Event.Link)
	}
	add("followup.recommendation", c.title.Title)
	add("campaign.of_mailing", c.campaign.Title)
	add("campaign.filter.state", v.State.Text)
	add("mailing.report.book_launched", bookTime(c.m.LaunchedAt, v.Zone))
	add("mailing.report.book_left", bookTime(c.m.BegunAt, v.Zone))
	add("mailing.report.book_ended", bookTime(c.m.FinishedAt, v.Zone))
	var languages []string
	for _, text := range c.m.Texts {
		languages = append(languages, text.Language)
	}
	add("mailing.languages", languageList(l, languages))
	if len(v.ChosenBy) == 0 {
		add("mailing.report.chosen_by", l.T("mailing.report.chosen_by_nothing"))
	}
	for _, by := range v.ChosenBy {
		add("mailing.report.chosen_by", l.T("overview.part", "Name", by.Label, "Number", by.Text.Text))
	}
	return t
}

func (v mailingReportView) summarySheet(l *i18n.Localizer) bookSheet {
	t := bookSheet{name: l.T("mailing.report.sheet.summary"), rows: [][]any{{l.T("mailing.report.outcome"), l.T("mailing.people_column")}}}
	for _, g := range v.Outcomes {
		for _, o := range g.Of {
			t.rows = append(t.rows, []any{o.Name, o.Number})
		}
	}
	t.rows = append(t.rows, []any{l.T("mailing.report.recipients"), v.Whole.Total()}, []any{l.T("mailing.report.unsubscribed"), v.Whole.Unsubscribed},
		[]any{l.T("mailing.report.complaints"), v.Complaints})
	if v.Writes {
		t.rows = append(t.rows, []any{l.T("mailing.report.wrote"), v.Wrote})
	}
	if v.Chosen != "" {
		t.rows = append(t.rows, []any{v.Chosen})
	}
	return t
}

func (v mailingReportView) linkSheet(l *i18n.Localizer) bookSheet {
	t := bookSheet{name: l.T("mailing.report.sheet.links"), rows: [][]any{{l.T("mailing.report.link_address"), l.T("mailing.language"),
		l.T("mailing.report.by_people"), l.T("mailing.report.by_machines")}}}
	for _, link := range v.Links {
		t.rows = append(t.rows, []any{link.URL, l.Language(link.Language), link.People, link.Machines})
	}
	if v.Everywhere {
		t.rows = append(t.rows, []any{l.T("mailing.report.links_everywhere")})
	}
	return t
}

func (t partTable) sheet(l *i18n.Localizer, name string) bookSheet {
	sheet := bookSheet{name: name, rows: [][]any{{t.Head, l.T("mailing.report.recipients"), l.T("mailing.report.reached"), l.T("mailing.report.group.refused"),
		l.T("mailing.report.group.bounced"), l.T("mailing.report.group.unknown"), l.T("mailing.report.group.not_sent"),
		l.T("mailing.report.group.waiting"), l.T("mailing.report.unsubscribed")}}}
	for _, row := range t.Rows {
		sheet.rows = append(sheet.rows, []any{row.Name.Text, row.Total(), row.Reached(), row.Failed(), row.Bounced(), row.MailTally.Unknown(), row.NotSent(),
			row.Waiting(), row.Unsubscribed})
	}
	return sheet
}

// unreachedSheet lists who did not get it, whole but for bookMost.
func (s *Server) unreachedSheet(r *http.Request, c mailingCase, zone *time.Location) (bookSheet, error) {
	l := Localizer(r)
	sheet := bookSheet{name: l.T("mailing.report.sheet.not_reached"), rows: [][]any{{l.T("mailing.person"), l.T("dashboard.filter.country"), l.T("mailing.language"),
		l.T("mailing.report.why"), l.T("mailing.said"), l.T("mailing.when"), l.T("mailing.report.told_by")}}}
	names, err := s.countryNames(r)
	if err != nil {
		return sheet, err
	}
	for after := uuid.Nil; len(sheet.rows) <= bookMost; {
		list, err := models.NotReachedBy(r.Context(), s.DB, c.visitor.viewer(), c.m.ID, outcomeFilter(r.URL.Query()), after, bookBatch)
		if err != nil {
			return sheet, err
		}
		for _, u := range unreachedRows(l, list, names) {
			sheet.rows = append(sheet.rows, u.cells(l, zone))
		}
		if len(list) < bookBatch {
			return sheet, nil
		}
		after = list[bookBatch-1].ID
	}
	sheet.rows = append(sheet.rows, []any{l.T("mailing.report.book_cut", "Most", l.Number(bookMost))})
	return sheet, nil
}

func (u unreachedRow) cells(l *i18n.Localizer, zone *time.Location) []any {
	return []any{bookName(l, u.Name), u.Country.Text, l.Language(u.Language), u.Why, u.Said(), bookTime(u.FinishedAt, zone), u.SettledBy}
}

// reachedSheet lists by name who got it, whole but for bookMost.
func (s *Server) reachedSheet(r *http.Request, c mailingCase, zone *time.Location) (bookSheet, error) {
	ctx, l := r.Context(), Localizer(r)
	sheet := bookSheet{name: l.T("mailing.report.sheet.reached"), rows: [][]any{{l.T("mailing.person"), l.T("dashboard.filter.country"), l.T("mailing.language"),
		l.T("mailing.report.outcome"), l.T("mailing.when"), l.T("mailing.report.told_by")}}}
	names, err := s.countryNames(r)
	if err != nil {
		return sheet, err
	}
	alphabet, err := models.AlphabetOf(ctx, s.DB, l.Tag())
	if err != nil {
		return sheet, err
	}
	list, err := models.ReachedBy(ctx, s.DB, c.visitor.viewer(), c.m.ID, outcomeFilter(r.URL.Query()), alphabet, bookMost+1)
	if err != nil {
		return sheet, err
	}
	for _, p := range list[:min(len(list), bookMost)] {
		sheet.rows = append(sheet.rows, []any{bookName(l, p.Name), names.names[p.Country].Text, l.Language(p.Language), outcomeWord(l, p.Outcome),
			bookTime(p.FinishedAt, zone), p.SettledBy})
	}
	if len(list) > bookMost {
		sheet.rows = append(sheet.rows, []any{l.T("mailing.report.book_cut", "Most", l.Number(bookMost))})
	}
	return sheet, nil
}

func bookName(l *i18n.Localizer, name string) string {
	if name == "" {
		return l.T("mailing.unnamed")
	}
	return name
}

func bookTime(at *time.Time, zone *time.Location) string {
	if at == nil {
		return ""
	}
	return at.In(zone).Format("2006-01-02 15:04")
}
