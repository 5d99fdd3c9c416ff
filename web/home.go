package web

import (
	"net/http"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/mux"

	"tribuna/internal/access"
	"tribuna/internal/apperr"
	"tribuna/internal/i18n"
	"tribuna/models"
)

func (s *Server) homeRoutes(r *mux.Router) {
	s.get(r, "/", s.home)
	s.get(r, "/recommendations", s.recommendationList)
}

// homeView is everybody's home: what waits for them, then what they work on.
type homeView struct {
	Page
	*Live
	Reported        []reportedRow   // comes first: a text that names a child waits for nothing
	Stopped         []stoppedRow    // mailings that paused by themselves
	Lost            []lostRow       // mails that reached nobody
	Rounds          []roundWaitsRow // that ask for a decision on their desk
	Waiting         []waitingRow
	Steps           []stepRow // of campaigns
	Overdue         int
	Recommendations []recommendationRow
	MayDraft        bool
	Reader          *readerHome // nil for those who work on recommendations
}

// waitingRow is one thing that waits for the reader, in words.
type waitingRow struct {
	Href, Title, TitleLanguage string
	Ask                        i18n.Words
	Button                     string
	About                      []string
	Number                     int // of the measure, of a report
	Measure, MeasureLanguage   string
	Due                        time.Time
	Zone                       string
	Overdue, Held              bool
}

// All is how many things wait for the reader.
func (v homeView) All() int {
	return len(v.Waiting) + len(v.Reported) + len(v.Stopped) + len(v.Lost) + len(v.Rounds) + len(v.Steps)
}

// reportedRow is a text that readers reported, with what is said to be wrong.
type reportedRow struct {
	Href, Title, TitleLanguage string
	Kinds                      []string
	Reports                    int
	Since                      time.Time
	Zone                       string
	State                      Badge
}

// homeRecommendations is how many recommendations the home page shows; the others are one click away.
const homeRecommendations = 6

// home shows what waits for whoever is signed in, and what Tribuna is to everybody else.
func (s *Server) home(w http.ResponseWriter, r *http.Request) error {
	v := visitorFrom(r.Context())
	if v == nil {
		return s.welcome(w, r)
	}
	page := homeView{Page: NewPage(r, Localizer(r).T("home.title")), Live: newLive(r)}
	page.Active, page.NoIndex = "home", true
	var err error
	if page.Reported, err = s.reportedTexts(r, v); err != nil {
		return err
	}
	if page.Stopped, err = s.stoppedMailings(r, v); err != nil {
		return err
	}
	if page.Lost, err = s.lostMails(r, v); err != nil {
		return err
	}
	if page.Rounds, err = s.roundsWaiting(r, v); err != nil {
		return err
	}
	items, err := models.Waiting(r.Context(), s.DB, v.viewer(), s.Now())
	if err != nil {
		return err
	}
	for _, item := range items {
		row := newWaitingRow(item, Localizer(r), zoneName(r), organisationOf(page.Viewer))
		if err := s.putInReadersWords(r, &row, item); err != nil {
			return err
		}
		if err := s.nameMailing(r.Context(), Localizer(r), &row, item); err != nil {
			return err
		}
		page.Waiting = append(page.Waiting, row)
		if row.Overdue {
			page.Overdue++
		}
	}
	if page.Steps, err = s.dueSteps(r, v); err != nil {
		return err
	}
	for _, step := range page.Steps {
		if step.Late {
			page.Overdue++
		}
	}
	if page.Recommendations, err = s.ownRecommendations(r, v); err != nil {
		return err
	}
	if page.MayDraft, err = s.mayDraft(r, v); err != nil {
		return err
	}
	if page.Reader, err = s.readerHome(r, v); err != nil {
		return err
	}
	if page.Reader != nil && len(page.Waiting) == 0 {
		page.Title = Localizer(r).T("home.reader.title")
	}
	return s.renderLive(w, r, "home", page)
}

// reportedTexts are what readers reported, for those who can hide a text and remove words from it.
func (s *Server) reportedTexts(r *http.Request, v *visitor) ([]reportedRow, error) {
	l := Localizer(r)
	list, err := models.ReportedTexts(r.Context(), s.DB, v.viewer())
	rows := make([]reportedRow, 0, len(list))
	for _, text := range list {
		row := reportedRow{Href: reportsPath + "/" + text.RecommendationID.String(), Title: text.Title, TitleLanguage: text.Language,
			Reports: text.Reports, Since: text.Since, Zone: zoneName(r), State: Badge{"harm", "eye", l.T("reports.readable")}}
		for _, kind := range text.Kinds {
			row.Kinds = append(row.Kinds, l.T("report.kind."+string(kind)))
		}
		if text.Hidden {
			row.State = Badge{"wait", "hand-stop", l.T("reports.hidden")}
		}
		rows = append(rows, row)
	}
	return rows, err
}

// newWaitingRow says a wait in words; who asks is said unless it is the reader's own organisation.
func newWaitingRow(i models.WaitingItem, l *i18n.Localizer, zone, own string) waitingRow {
	row := waitingRow{
		Href: tasksPath + i.TaskID.String(), Title: i.Title, TitleLanguage: i.TitleLanguage,
		Ask:    l.Say("home.ask."+string(i.Kind), "Language", l.Language(i.Language), "Authority", l.Name(i.Authority)),
		Button: l.T("home.button." + string(i.Kind)),
		Due:    i.DueAt, Zone: zone, Overdue: i.Overdue, Held: i.Held,
	}
	if i.OverdueKind != "" {
		row.About = append(row.About, l.T("home.overdue_since", "Ask", l.T("home.about."+string(i.OverdueKind))))
	}
	if i.MeasureNumber > 0 {
		row.Number, row.Measure, row.MeasureLanguage = i.MeasureNumber, i.Measure, i.TitleLanguage
	}
	if i.Round > 1 && (i.Kind == models.TaskReview || i.Kind == models.TaskConsult) {
		row.About = append(row.About, l.T("home.round", "Round", l.Number(i.Round)))
	}
	if i.OwnText {
		row.About = append(row.About, l.T("home.own_text"))
	}
	if i.Organisation != "" {
		row.About = append(row.About, l.T("home.in_name", "Organisation", l.ForUnit(i.Organisation, i.Speaker)))
	}
	if i.Owner != "" && i.Owner != i.Organisation && i.Owner != own {
		row.About = append(row.About, l.T("home.asked_by", "Owner", i.Owner))
	}
	return row
}

// putInReadersWords names what was published or approved in the reader's language in it; the rest stays in its own.
func (s *Server) putInReadersWords(r *http.Request, row *waitingRow, i models.WaitingItem) error {
	titles, err := models.TitlesIn(r.Context(), s.DB, Localizer(r).Tag(), []uuid.UUID{i.RecommendationID})
	if err != nil {
		return err
	}
	title := titles.Of(i.RecommendationID, models.Titled{Title: row.Title, Language: row.TitleLanguage})
	row.Title, row.TitleLanguage = title.Title, title.Language
	if i.MeasureNumber == 0 {
		return nil
	}
	p, err := models.PublicationOf(r.Context(), s.DB, i.RecommendationID)
	if apperr.CodeOf(err) == apperr.CodeNotFound {
		return nil
	}
	if err != nil {
		return err
	}
	if w := wordsIn(p, Localizer(r).Tag()); w.title != "" {
		row.Title, row.TitleLanguage = w.title, w.language
		if text := w.numbered[i.MeasureNumber]; text != "" {
			row.Measure, row.MeasureLanguage = text, w.language
		}
	}
	return nil
}

// ownRecommendations are the newest that concern the reader; who only reads sees those under what is published.
func (s *Server) ownRecommendations(r *http.Request, v *visitor) ([]recommendationRow, error) {
	if !v.viewer().May(access.ReadOverview) {
		return nil, nil
	}
	list, err := models.Recommendations(r.Context(), s.DB, v.viewer(), models.RecommendationFilter{Limit: homeRecommendations})
	if err != nil {
		return nil, err
	}
	return s.recommendationRows(r, list)
}

// mayDraft reports whether the visitor may write recommendations for any organisation of theirs.
func (s *Server) mayDraft(r *http.Request, v *visitor) (bool, error) {
	seen := map[uuid.UUID]bool{}
	for _, role := range v.Roles {
		if seen[role.OrganisationID] {
			continue
		}
		seen[role.OrganisationID] = true
		may, err := s.may(r.Context(), v, access.CreateRecommendation, &models.Recommendation{OrganisationID: role.OrganisationID}, nil)
		if may || err != nil {
			return may, err
		}
	}
	return false, nil
}

// organisationOf is the organisation the frame shows beside the reader, "" for none.
func organisationOf(v *Viewer) string {
	if v == nil || len(v.Roles) == 0 {
		return ""
	}
	return v.Roles[0].Organisation
}

// zoneName is the reader's time zone as a name, "" for the network's.
func zoneName(r *http.Request) string {
	if v := ViewerFrom(r.Context()); v != nil {
		return v.Zone
	}
	return ""
}

// welcomeView says to the public what Tribuna is, and what was published last.
type welcomeView struct {
	Page
	Latest    []publishedRow
	Footnotes []models.Footnote
	Demo      bool
}

const latestPublished = 5

func (s *Server) welcome(w http.ResponseWriter, r *http.Request) error {
	v := welcomeView{Page: NewPage(r, Localizer(r).T("home.welcome.title")), Demo: s.Demo != nil}
	var err error
	var notes models.Footnotes
	if v.Latest, _, err = s.publishedRows(r, models.PublishedFilter{Limit: latestPublished}, &notes); err != nil {
		return err
	}
	v.Footnotes = notes.All()
	s.Engine.Render(w, r, http.StatusOK, "welcome", v)
	return nil
}
