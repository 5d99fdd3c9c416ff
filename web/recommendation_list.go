package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/google/uuid"

	"tribuna/internal/i18n"
	"tribuna/models"
)

// recommendationRow is a recommendation in a list.
type recommendationRow struct {
	Href, Title, Language string
	Organisation          string
	Countries             i18n.Words
	Ribbon                Ribbon
	Withdrawn             bool
	NeededBy              *time.Time
}

// pageSize is how many recommendations a page of the list shows.
const pageSize = 20

type recommendationListView struct {
	Page
	Form       *Form
	Countries  []Option
	Stages     []Option
	States     []Option
	Challenges []Option
	Filtered   bool
	Rows       []recommendationRow
	Pager      Pager
	MayDraft   bool
}

// recommendationList shows what the reader may read, newest first. The filter stands in the address.
func (s *Server) recommendationList(w http.ResponseWriter, r *http.Request) error {
	v, err := s.requirePerson(r)
	if err != nil {
		return err
	}
	filter := recommendationFilter(r.URL.Query())
	list, err := models.Recommendations(r.Context(), s.DB, v.viewer(), filter)
	if err != nil {
		return err
	}
	l := Localizer(r)
	page := recommendationListView{Page: NewPage(r, l.T("home.nav_recommendations")), Form: NewForm(r.URL.Query()), Stages: stageOptions(l)}
	page.Active, page.NoIndex = "recommendations", true
	page.Filtered = filter.Query != "" || filter.Challenge != "" || filter.Published || filter.UnderWay || len(filter.Countries)+len(filter.Stages) > 0
	if len(list) > pageSize {
		list = list[:pageSize]
		page.Pager.Next = withQuery(r.URL, "before", cursorWord(list[pageSize-1]))
	}
	if filter.Before != nil {
		page.Pager.Previous = withQuery(r.URL, "before", "")
		page.Pager.Summary = l.T("dashboard.older")
	}
	if page.Rows, err = s.recommendationRows(r, list); err != nil {
		return err
	}
	if page.Countries, err = s.countryOptions(r); err != nil {
		return err
	}
	if page.Challenges, err = s.challengeOptions(r); err != nil {
		return err
	}
	page.States = []Option{{Value: "yes", Label: l.T("dashboard.figure.published")}, {Value: "no", Label: l.T("overview.under_way")}}
	if page.MayDraft, err = s.mayDraft(r, v); err != nil {
		return err
	}
	s.Engine.Render(w, r, http.StatusOK, "recommendation_list", page)
	return nil
}

func (s *Server) challengeOptions(r *http.Request) ([]Option, error) {
	challenges, err := models.Challenges(r.Context(), s.DB)
	options := make([]Option, 0, len(challenges))
	for _, c := range challenges {
		options = append(options, optionOf(c.Slug, Localizer(r).Name(c.Names)))
	}
	return options, err
}

// recommendationFilter reads the address; what cannot be read sets no limit.
func recommendationFilter(q url.Values) models.RecommendationFilter {
	f := models.RecommendationFilter{Query: strings.TrimSpace(q.Get("q")), Limit: pageSize + 1, Before: cursorOf(q.Get("before"))}
	f.Challenge = q.Get("challenge")
	f.Published, f.UnderWay = q.Get("published") == "yes", q.Get("published") == "no"
	if c := q.Get("country"); c != "" {
		f.Countries = []string{c}
	}
	if st := q.Get("stage"); st != "" {
		f.Stages = []models.Stage{models.Stage(st)}
	}
	return f
}

// cursorWord writes a place in the list into an address; cursorOf reads it.
func cursorWord(r models.Recommendation) string {
	return fmt.Sprintf("%d_%s", r.CreatedAt.UnixMicro(), r.ID)
}

func cursorOf(word string) *models.Cursor {
	at, id, ok := strings.Cut(word, "_")
	if !ok {
		return nil
	}
	var micros int64
	if _, err := fmt.Sscanf(at, "%d", &micros); err != nil {
		return nil
	}
	parsed, err := uuid.Parse(id)
	if err != nil {
		return nil
	}
	return &models.Cursor{At: time.UnixMicro(micros).UTC(), ID: parsed}
}

func (s *Server) recommendationRows(r *http.Request, list []models.Recommendation) ([]recommendationRow, error) {
	names, err := s.countryNames(r)
	if err != nil {
		return nil, err
	}
	ids := make([]uuid.UUID, len(list))
	for i, rec := range list {
		ids[i] = rec.ID
	}
	titles, err := models.TitlesIn(r.Context(), s.DB, Localizer(r).Tag(), ids)
	if err != nil {
		return nil, err
	}
	rows := make([]recommendationRow, 0, len(list))
	for _, rec := range list {
		row := recommendationRow{Href: "/recommendations/" + rec.ID.String(), Countries: names.list(rec.Countries), NeededBy: rec.NeededBy,
			Withdrawn: rec.Stage == models.StageWithdrawn, Ribbon: stageRibbon(rec.Stage, rec.Held())}
		title := titles.Of(rec.ID, rec.Titled())
		row.Title, row.Language = title.Title, title.Language
		if rec.Organisation != nil {
			row.Organisation = rec.Organisation.Name
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// stageRibbon is the small ribbon of lists, told from the stage alone. What comes after publication is follow-up.
func stageRibbon(stage models.Stage, held bool) Ribbon {
	current := string(stage)
	if stage == models.StageDone {
		current = models.StepFollowUp
	}
	ribbon := NewRibbon(current)
	ribbon.Small = true
	if now := ribbon.Now(); now != nil && held {
		now.State = StepHeld
	}
	return ribbon
}

// withQuery returns the address of the same list with one parameter changed; an empty value removes it.
func withQuery(u *url.URL, key, value string) string {
	q := u.Query()
	q.Del(key)
	if value != "" {
		q.Set(key, value)
	}
	if len(q) == 0 {
		return u.Path
	}
	return u.Path + "?" + q.Encode()
}
