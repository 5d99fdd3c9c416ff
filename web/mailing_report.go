package web

import (
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/google/uuid"

	"tribuna/internal/access"
	"tribuna/internal/barchart"
	"tribuna/internal/i18n"
	"tribuna/models"
)

// mailingReportView is what a mailing came to: few figures, pictures with their tables, and who did not get it.
type mailingReportView struct {
	Page
	mailingKin
	Form         *Form
	Document     string
	DocumentLang string
	Back, Path   string
	Subject      models.Titled // in the reader's language, else in the fallback
	State        Badge
	Times        string // when it began to leave, or what else there is to say of when, in words
	Zone         *time.Location
	Launched     bool
	Countries    []Option
	Read         []Option
	Reasons      []Option
	Filtered     bool
	Chosen       string // in words, for paper
	Figures      []figure
	Outcomes     []outcomeGroup
	Picture      reportPicture
	ByCountry    partTable
	ByLanguage   partTable
	Whole        models.MailTally
	Complaints   int
	Writes       bool // its readers write to their representatives
	Wrote        int  // how many of them say that they did
	Counts       bool // how often its links are followed
	Links        []models.MailingLink
	Everywhere   bool // they are of all countries, while the other figures are of one
	LinkPicture  chart
	Rows         []unreachedRow
	Pager        Pager
	Book         string      // the same as a workbook
	Query        string      // of this page, so that settling a mail leads back to it
	ChosenBy     []labelled  // whom the mailing was for, in words
	Event        *eventShown // that it announces; nil where it announces none
	Rest         string      // where the rest is written to; "" where there is none
}

// outcomeGroup is a part of the recipients, and what it is made of.
type outcomeGroup struct {
	share
	Of []share
}

// partTable counts by country or by language.
type partTable struct {
	ID, Title, Head string
	Rows            []partRow
	Picture         reportPicture
}

// partRow is one of them.
type partRow struct {
	Name i18n.Words
	Href string // narrows the page to it; "" for those without
	models.MailTally
}

// unreachedRow is somebody who did not get it, and why in words.
type unreachedRow struct {
	models.Unreached
	Country i18n.Words
	Why     string
	ByHand  bool // somebody may say whether it arrived
}

// outcomeFilter reads the address; what cannot be read sets no limit.
func outcomeFilter(q url.Values) models.OutcomeFilter {
	f := models.OutcomeFilter{Country: q.Get("country"), Language: q.Get("language")}
	if o := models.MailOutcome(q.Get("why")); o.ByHand() || slices.Contains(models.NotReachedOutcomes(), o) {
		f.Outcome = o
	}
	return f
}

// narrowing is what an address narrows the report by, with a leading question mark; "" for nothing.
func narrowing(q url.Values, names ...string) string {
	kept := url.Values{}
	for _, name := range names {
		if value := q.Get(name); value != "" {
			kept.Set(name, value)
		}
	}
	if len(kept) == 0 {
		return ""
	}
	return "?" + kept.Encode()
}

func (s *Server) mailingReport(w http.ResponseWriter, r *http.Request) error {
	c, err := s.loadMailing(r, access.ReadMailing)
	if err != nil {
		return err
	}
	v, err := s.mailingReportPage(r, c)
	if err != nil {
		return err
	}
	if err := s.fillUnreached(r, c, &v); err != nil {
		return err
	}
	s.Engine.Render(w, r, http.StatusOK, "mailing_report", v)
	return nil
}

func (s *Server) mailingReportPage(r *http.Request, c mailingCase) (mailingReportView, error) {
	l, q := Localizer(r), r.URL.Query()
	v := mailingReportView{Page: s.workPage(r, l.T("mailing.report.title")), Form: NewForm(q), Document: c.title.Title, DocumentLang: c.title.Language,
		Back: c.path(), Path: c.path() + "/report", State: mailingBadge(l, c.m.State),
		Launched: c.m.LaunchedAt != nil, Subject: subjectOf(l, *c.m)}
	v.Filtered, v.Query = narrowing(q, "country", "language", "why") != "", narrowing(q, "country", "language", "why", "after")
	v.Book = v.Path + ".xlsx" + narrowing(q, "country", "language", "why")
	var err error
	if v.Event, err = shownEvent(l, c.m.Event); err != nil {
		return v, err
	}
	if v.mailingKin, err = s.kinOf(r, c.m); err != nil {
		return v, err
	}
	if v.Rest, err = s.restOffered(r, c); err != nil {
		return v, err
	}
	if v.Writes = c.kind == models.MailingKindRepresentative; v.Writes {
		if v.Wrote, err = models.WrittenBy(r.Context(), s.DB, c.m.ID, outcomeFilter(q)); err != nil {
			return v, err
		}
	}
	if v.ChosenBy, err = s.audienceInWords(r, c, c.m.Audience); err != nil {
		return v, err
	}
	if v.Zone, err = s.zoneOf(r.Context(), c.visitor.Person); err != nil {
		return v, err
	}
	v.Times = mailingTimes(l, c.m, v.Zone)
	names, err := s.countryNames(r)
	if err != nil {
		return v, err
	}
	report, err := models.ReportOfMailing(r.Context(), s.DB, c.m.ID, outcomeFilter(q))
	if err != nil {
		return v, err
	}
	v.Everywhere = outcomeFilter(q).Country != ""
	if v.Counts = c.m.CountsLinks; v.Counts {
		if v.Links, err = models.MailingLinksIn(r.Context(), s.DB, c.m.ID, outcomeFilter(q).Language); err != nil {
			return v, err
		}
	}
	v.choices(l, c, names)
	v.count(l, r, report, names)
	return v, nil
}

// choices fills the form that narrows the report, and says in words what it is narrowed by.
func (v *mailingReportView) choices(l *i18n.Localizer, c mailingCase, names countryNames) {
	for _, code := range names.codes {
		v.Countries = append(v.Countries, optionOf(code, names.names[code]))
	}
	for _, t := range c.m.Texts {
		v.Read = append(v.Read, Option{Value: t.Language, Label: l.Language(t.Language)})
	}
	for _, o := range append(models.NotReachedOutcomes(), models.OutcomeToldArrived) {
		v.Reasons = append(v.Reasons, Option{Value: string(o), Label: outcomeWord(l, o)})
	}
	var words []string
	for _, field := range []struct {
		name, label string
		options     []Option
	}{{"country", l.T("dashboard.filter.country"), v.Countries}, {"language", l.T("mailing.language"), v.Read}, {"why", l.T("mailing.report.why"), v.Reasons}} {
		for _, o := range field.options {
			if o.Value == v.Form.Values.Get(field.name) {
				words = append(words, l.T("overview.part", "Name", field.label, "Number", o.Label))
			}
		}
	}
	v.Chosen = l.ListAnd(words)
}

// outcomeWord says what a mailing came to for somebody.
//
//i18n:keys mailing.outcome.*
func outcomeWord(l *i18n.Localizer, o models.MailOutcome) string {
	return l.T("mailing.outcome." + string(o))
}

func (v *mailingReportView) count(l *i18n.Localizer, r *http.Request, report models.MailingReport, names countryNames) {
	v.Whole, v.Complaints = report.MailTally, report.Complaints
	v.Figures = []figure{
		{Label: l.T("mailing.report.recipients"), Number: v.Whole.Total()},
		{Label: l.T("mailing.report.reached"), Number: v.Whole.Count(models.MailOutcome.Reached)},
		{Label: l.T("mailing.report.not_reached"), Number: v.Whole.NotReached() - v.Whole.Unknown(), Tone: toneIf(v.Whole.NotReached() > v.Whole.Unknown(), "late")},
		{Label: l.T("mailing.report.unknown"), Number: v.Whole.Unknown(), Tone: toneIf(v.Whole.Unknown() > 0, "waits")},
		{Label: l.T("mailing.report.unsubscribed"), Number: v.Whole.Unsubscribed},
	}
	if v.Writes {
		v.Figures = append(v.Figures, figure{Label: l.T("mailing.report.wrote"), Number: v.Wrote})
	}
	if n := v.Whole.Waiting(); n > 0 {
		v.Figures = slices.Insert(v.Figures, 1, figure{Label: l.T("mailing.pending"), Number: n})
	}
	v.Outcomes = outcomeGroups(l, v.Whole)
	var bars []barchart.Bar
	for _, g := range v.Outcomes {
		bars = append(bars, barchart.Bar{Name: g.Name, Part: g.Number, Whole: g.Number, Says: l.Number(g.Number) + " (" + l.Percent(g.Part()) + ")"})
	}
	v.Picture = newReportPicture(l, r.URL, v.Path, pictureOutcomes, l.T("mailing.report.outcomes"), bars)
	v.LinkPicture = linkPicture(l, v.Links)
	none := i18n.Said(l.T("mailing.report.no_country"))
	v.ByCountry = newPartTable(l, l.T("mailing.report.by_country"), l.T("dashboard.filter.country"), report.ByCountry, func(code string) (i18n.Words, string) {
		if name, known := names.names[code]; known {
			return name, filterReport(r.URL, "country", code)
		}
		return none, ""
	})
	v.ByLanguage = newPartTable(l, l.T("mailing.report.by_language"), l.T("mailing.language"), report.ByLanguage, func(tag string) (i18n.Words, string) {
		return i18n.Said(l.Language(tag)), filterReport(r.URL, "language", tag)
	})
	v.ByCountry.draw(l, r, v.Path, pictureCountries)
	v.ByLanguage.draw(l, r, v.Path, pictureLanguages)
}

// linkPicture shows how often people followed each address, whatever the language.
func linkPicture(l *i18n.Localizer, links []models.MailingLink) chart {
	var shares []share
	whole := 0
	for _, link := range links {
		whole += link.People
		if i := slices.IndexFunc(shares, func(sh share) bool { return sh.Name == link.URL }); i >= 0 {
			shares[i].Number += link.People
		} else {
			shares = append(shares, share{Name: link.URL, Number: link.People})
		}
	}
	for i := range shares {
		shares[i].Whole = whole
	}
	picture := newChart(shares, inWords(l, shares), l.T("mailing.report.links"))
	picture.AsWritten = true
	return picture
}

// filterReport narrows the report to one country or language, from the beginning of its list.
func filterReport(u *url.URL, name, value string) string {
	q := u.Query()
	q.Del("after")
	q.Set(name, value)
	return u.Path + "?" + q.Encode()
}

// outcomeGroups parts the recipients so that they add up; a part nobody is in is left out.
//
//i18n:keys mailing.report.group.*
func outcomeGroups(l *i18n.Localizer, t models.MailTally) []outcomeGroup {
	var groups []outcomeGroup
	for _, g := range []struct {
		name string
		of   []models.MailOutcome
	}{
		{"reached", []models.MailOutcome{models.OutcomeDelivered, models.OutcomeToldArrived}},
		{"refused", []models.MailOutcome{models.OutcomeRefused, models.OutcomeGivenUp}},
		{"bounced", []models.MailOutcome{models.OutcomeHard, models.OutcomeSoft, models.OutcomePolicy}},
		{"unknown", []models.MailOutcome{models.OutcomeUnknown, models.OutcomeToldNot}},
		{"not_sent", []models.MailOutcome{models.OutcomeStopped, models.OutcomeUnwanted, models.OutcomeNoConsent, models.OutcomeSuppressed,
			models.OutcomeLeft, models.OutcomeActed, models.OutcomeOther}},
		{"waiting", []models.MailOutcome{models.OutcomeWaiting}},
	} {
		group := outcomeGroup{share: share{Name: l.T("mailing.report.group." + g.name), Whole: t.Total()}}
		for _, o := range g.of {
			if n := t.Outcomes[o]; n > 0 {
				group.Number += n
				group.Of = append(group.Of, share{Name: outcomeWord(l, o), Number: n, Whole: t.Total()})
			}
		}
		if group.Number > 0 {
			groups = append(groups, group)
		}
	}
	return groups
}

// newPartTable counts by country or language.
func newPartTable(l *i18n.Localizer, title, head string, parts []models.PartTally, name func(of string) (i18n.Words, string)) partTable {
	t := partTable{Title: title, Head: head}
	for _, p := range parts {
		row := partRow{MailTally: p.MailTally}
		row.Name, row.Href = name(p.Of)
		t.Rows = append(t.Rows, row)
	}
	return t
}

// draw has a table's picture show how many of each part the mailing reached.
func (t *partTable) draw(l *i18n.Localizer, r *http.Request, report, called string) {
	t.ID = called
	bars := make([]barchart.Bar, len(t.Rows))
	for i, row := range t.Rows {
		bars[i] = barchart.Bar{Name: row.Name.Text, Part: row.Reached(), Whole: row.Total(),
			Says: l.T("progress.count", "Done", l.Number(row.Reached()), "Total", l.Number(row.Total()))}
	}
	t.Picture = newReportPicture(l, r.URL, report, called, l.T("mailing.report.picture", "Title", t.Title), bars)
}

// Reached, Bounced and NotSent are for templates.
func (p partRow) Reached() int { return p.Count(models.MailOutcome.Reached) }

// Bounced is how many mails came back.
func (p partRow) Bounced() int { return p.Count(models.MailOutcome.Bounced) }

// NotSent is how many mails never left.
func (p partRow) NotSent() int { return p.Count(models.MailOutcome.NotSent) }

// fillUnreached lists a page of those who did not get it.
func (s *Server) fillUnreached(r *http.Request, c mailingCase, v *mailingReportView) error {
	q := r.URL.Query()
	after, _ := uuid.Parse(q.Get("after")) // what is no id begins the list
	list, err := models.NotReachedBy(r.Context(), s.DB, c.visitor.viewer(), c.m.ID, outcomeFilter(q), after, recipientsPerPage+1)
	if err != nil {
		return err
	}
	if after != uuid.Nil {
		v.Pager.Previous = withQuery(r.URL, "after", "")
	}
	if len(list) > recipientsPerPage {
		list = list[:recipientsPerPage]
		v.Pager.Next = withQuery(r.URL, "after", list[recipientsPerPage-1].ID.String())
	}
	names, err := s.countryNames(r)
	v.Rows = unreachedRows(Localizer(r), list, names)
	return err
}

// Said is what the server said; where it said nothing Why says it all.
func (u unreachedRow) Said() string {
	return u.Outcome.ServerWords(u.Reply)
}

func unreachedRows(l *i18n.Localizer, list []models.Unreached, names countryNames) []unreachedRow {
	rows := make([]unreachedRow, len(list))
	for i, u := range list {
		rows[i] = unreachedRow{Unreached: u, Country: names.names[u.Country], Why: outcomeWord(l, u.Outcome), ByHand: u.Outcome.ByHand()}
	}
	return rows
}
