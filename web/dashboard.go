package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gorilla/mux"

	"tribuna/internal/access"
	"tribuna/internal/i18n"
	"tribuna/models"
)

func (s *Server) dashboardRoutes(r *mux.Router) {
	s.get(r, "/dashboard", s.dashboard)
	s.post(r, "/dashboard/seen", s.seen)
	s.get(r, "/dashboard/{table:recommendations|countries|authorities|statuses}.csv", s.dashboardSheet)
	s.get(r, "/dashboard/coverage", s.coverage)
	s.get(r, "/dashboard/coverage.csv", s.coverageSheet)
	s.get(r, "/dashboard/pipeline", s.pipeline)
	s.get(r, "/dashboard/pipeline.csv", s.pipelineSheet)
}

// dashboardRows is how many recommendations a page of the dashboard shows.
const dashboardRows = 50

// dashboardView is where everything stands: few large figures, then the table they come from.
type dashboardView struct {
	Page
	*Live
	Form         *Form
	Countries    []Option
	AnyCountry   string     // what no choice of a country stands for
	CountryNote  i18n.Words // which countries are shown, and why
	AllCountries string     // leads from the reader's own countries to all
	Everything   string     // address without any filter
	StageList    []Option
	Statuses     []Option
	Filtered     bool
	Chosen       string // by the filter, in words: on paper the form is not seen
	Figures      []figure
	Stages       []stageColumn
	ByCountry    []countryRow
	ByStatus     []share
	StatusText   string // ByStatus in words
	Imported     int    // of ByStatus: measures that others issued
	ToThem       string
	ToFollowUps  string // those counted
	Hides        bool   // the choice may leave out measures that are followed up
	Rows         []dashboardRow
	Pager        Pager
	Query        string // of this page's address, for its tables as files

	Waiting     int // for the reader
	Moved       []movedRow
	Since       time.Time // last looked
	FirstVisit  bool      // never said that they looked
	MovedDays   int       // counted on a first visit
	ByAuthority []authorityRow
	OneCountry  bool // of ByAuthority
	Coordinates bool // sees the pipeline

	choice countryChoice
}

// figure is one of the large ones. Tone is "", "waits" or "late".
type figure struct {
	Label, Tone string
	Number      int
}

// stageColumn heads a column of the table by country and stage.
type stageColumn struct{ Name, Href string }

// countryRow counts the recommendations of a country, in all and by stage.
type countryRow struct {
	Name  i18n.Words
	Href  string
	Total int
	Cells []stageCell
}

// stageCell is a number that leads to what it counts.
type stageCell struct {
	Number       int
	Column, Href string
}

// dashboardRow is a recommendation in the table below.
type dashboardRow struct {
	Href, Title, Language string
	Organisation          string
	Countries             i18n.Words
	Stage                 Badge
	Awaited, Overdue      int
	Lost                  int // mails that did not reach who is awaited
	Until                 *time.Time
	Zone                  string
	Held                  bool
	FollowUps             int
	FollowUpsHref         string
}

func (s *Server) dashboard(w http.ResponseWriter, r *http.Request) error {
	page, err := s.dashboardPage(r, dashboardRows)
	if err != nil {
		return err
	}
	if err := s.fillMoved(r, visitorFrom(r.Context()).viewer(), &page); err != nil {
		return err
	}
	return s.renderLive(w, r, "dashboard", page)
}

// dashboardPage reads the overview for whoever may see it, with at most so many recommendations.
func (s *Server) dashboardPage(r *http.Request, rows int) (dashboardView, error) {
	v, err := s.requireMember(r)
	if err != nil {
		return dashboardView{}, err
	}
	choice, err := s.countryChoice(r, v.viewer())
	if err != nil {
		return dashboardView{}, err
	}
	number := pageNumber(r.URL.Query())
	filter := dashboardFilter(r.URL.Query())
	filter.Countries, filter.Limit, filter.Offset = choice.codes, int64(rows), int64((number-1)*rows)
	data, err := models.Dashboard(r.Context(), s.DB, v.viewer(), filter, s.Now())
	if err != nil {
		return dashboardView{}, err
	}
	names, err := s.countryNames(r)
	if err != nil {
		return dashboardView{}, err
	}
	page := newDashboardView(r, data, names, choice)
	page.Filtered = r.URL.Query().Get("country") != "" || filter.Stage != "" || filter.Status != "" || filter.OverdueOnly
	if page.Hides = len(page.ByStatus) == 0 && (page.Filtered || len(choice.codes) > 0); page.Hides {
		if page.Hides, err = models.AnythingFollowedUp(r.Context(), s.DB); err != nil {
			return dashboardView{}, err
		}
	}
	page.Chosen = page.chosen(Localizer(r))
	page.Coordinates = v.viewer().May(access.Administer)
	page.Pager = numberedPager(r, number, len(data.Rows), rows, data.Total)
	return page, s.fillAuthorities(r, names, &page)
}

// chosen says what the address narrows the overview by, in the words of its form.
func (v dashboardView) chosen(l *i18n.Localizer) string {
	var words []string
	for _, field := range []struct {
		name    string
		options []Option
	}{{"country", v.Countries}, {"stage", v.StageList}, {"status", v.Statuses}} {
		for _, o := range field.options {
			if o.Value == v.Form.Values.Get(field.name) {
				words = append(words, l.T("overview.part", "Name", l.T("dashboard.filter."+field.name), "Number", o.Label))
			}
		}
	}
	if v.Form.Values.Get("overdue") == "yes" {
		words = append(words, l.T("dashboard.filter.overdue"))
	}
	return strings.Join(words, " · ")
}

// dashboardFilter reads the address; what cannot be read sets no limit.
func dashboardFilter(q url.Values) models.DashboardFilter {
	return models.DashboardFilter{Stage: models.Stage(q.Get("stage")), Status: models.FollowUpStatus(q.Get("status")), OverdueOnly: q.Get("overdue") == "yes"}
}

func newDashboardView(r *http.Request, d models.DashboardData, names countryNames, choice countryChoice) dashboardView {
	l := Localizer(r)
	v := dashboardView{Page: NewPage(r, l.T("dashboard.nav")), Live: newLive(r), Form: NewForm(r.URL.Query()),
		StageList: stageOptions(l), Statuses: statusOptions(l), Query: fileQuery(r.URL.Query()), choice: choice}
	v.Active, v.NoIndex = "dashboard", true
	choice.describe(r, names, &v)
	v.Figures = []figure{
		{Label: l.T("dashboard.figure.total"), Number: d.Total},
		{Label: l.T("dashboard.figure.overdue"), Number: d.Overdue, Tone: toneIf(d.Overdue > 0, "late")},
		{Label: l.T("dashboard.figure.held"), Number: d.Held, Tone: toneIf(d.Held > 0, "waits")},
		{Label: l.T("dashboard.figure.published"), Number: d.Published},
	}
	v.Stages, v.ByCountry = countryTable(r.URL, d, l)
	v.ByStatus = statusShares(choice.followUps(r.URL.Query()), d, l)
	v.StatusText = inWords(l, v.ByStatus)
	for _, st := range d.Statuses {
		v.Imported += st.Imported
	}
	them := choice.followUps(r.URL.Query())
	v.ToFollowUps = followUpsAfter(them, "")
	them.Set("imported", "yes")
	v.ToThem = followUpsAfter(them, "")
	for _, row := range d.Rows {
		v.Rows = append(v.Rows, newDashboardRow(row, names, zoneName(r)))
	}
	return v
}

func toneIf(condition bool, tone string) string {
	if condition {
		return tone
	}
	return ""
}

// countryTable counts by country and stage. A stage without any recommendation has no column.
func countryTable(u *url.URL, d models.DashboardData, l *i18n.Localizer) ([]stageColumn, []countryRow) {
	var shown []models.Stage
	var columns []stageColumn
	for _, stage := range models.Stages() {
		if d.Stages[stage] > 0 {
			shown = append(shown, stage)
			columns = append(columns, stageColumn{l.T("dashboard.stage." + string(stage)), filterBy(u, "stage", string(stage))})
		}
	}
	rows := make([]countryRow, 0, len(d.Countries))
	for _, c := range d.Countries {
		row := countryRow{Name: l.Name(c.Names), Href: filterBy(u, "country", c.Country), Total: c.Total}
		for i, stage := range shown {
			row.Cells = append(row.Cells, stageCell{Number: c.Stages[stage], Column: columns[i].Name,
				Href: filterBy(u, "country", c.Country, "stage", string(stage))})
		}
		rows = append(rows, row)
	}
	return columns, rows
}

// statusShares counts by status; each leads to the measures it counts.
func statusShares(counted url.Values, d models.DashboardData, l *i18n.Localizer) []share {
	whole := 0
	for _, st := range d.Statuses {
		whole += st.Count
	}
	shares := make([]share, 0, len(d.Statuses))
	for _, st := range d.Statuses {
		shares = append(shares, share{Name: l.T("followup.status." + string(st.Status)), Number: st.Count, Whole: whole,
			Href: followUpsWith(counted, "status", string(st.Status))})
	}
	return shares
}

func newDashboardRow(d models.DashboardRow, names countryNames, zone string) dashboardRow {
	l := names.words
	row := dashboardRow{Href: "/recommendations/" + d.ID.String(), Title: d.Title, Language: d.Language, Organisation: d.Organisation,
		Countries: names.list(d.Countries), Awaited: d.Awaited, Overdue: d.Overdue, Lost: d.Undelivered, Until: d.AwaitedUntil, Zone: zone,
		Held: d.Held, FollowUps: d.FollowUps, FollowUpsHref: followUpsOf("recommendation", d.ID.String(), "ended", "no")}
	row.Stage = stageBadge(d.Stage, l)
	if d.Held {
		row.Stage = Badge{"wait", "player-pause", row.Stage.Text + " – " + l.T("ribbon.state.held")}
	}
	return row
}

func stageBadge(stage models.Stage, l *i18n.Localizer) Badge {
	b := Badge{"action", "arrow-right", l.T("dashboard.stage." + string(stage))}
	switch stage {
	case models.StageDone:
		b.Tone, b.Icon = "done", "check"
	case models.StageWithdrawn:
		b.Tone, b.Icon = "plain", "archive"
	case models.StageDrafting:
		b.Tone, b.Icon = "plain", "edit"
	}
	return b
}

func statusOptions(l *i18n.Localizer) []Option {
	var options []Option
	for _, status := range models.FollowUpStatuses() {
		options = append(options, Option{Value: string(status), Label: l.T("followup.status." + string(status))})
	}
	return options
}

// filterBy returns the address of the same page with parameters, given in pairs, set, from its first page.
func filterBy(u *url.URL, pairs ...string) string {
	q := u.Query()
	q.Del("page")
	for i := 0; i+1 < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
	}
	return u.Path + "?" + q.Encode()
}

// maxPage bounds the page numbers that are looked up.
const maxPage = 10_000

// pageNumber reads the page asked for, the first where it cannot be read.
func pageNumber(q url.Values) int {
	n, err := strconv.Atoi(q.Get("page"))
	if err != nil || n < 1 || n > maxPage {
		return 1
	}
	return n
}

// numberedPager leads through a list of total entries of which a page shows at most size.
func numberedPager(r *http.Request, number, shown, size, total int) Pager {
	var p Pager
	if total <= size && number == 1 {
		return p
	}
	l, first := Localizer(r), (number-1)*size
	if number > 1 {
		p.Previous = withQuery(r.URL, "page", strconv.Itoa(number-1))
	}
	if first+shown < total && shown > 0 {
		p.Next = withQuery(r.URL, "page", strconv.Itoa(number+1))
	}
	if shown > 0 {
		p.Summary = l.T("dashboard.pages", "From", l.Number(first+1), "To", l.Number(first+shown), "Total", l.Number(total))
	}
	return p
}
