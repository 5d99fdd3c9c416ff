package web

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/mux"

	"tribuna/internal/i18n"
	"tribuna/models"
)

func (s *Server) publishedRoutes(r *mux.Router) {
	s.get(r, "/published", s.publishedList)
	s.get(r, "/published.atom", s.publishedFeed)
	s.get(r, "/published/{slug}", s.publication)
	s.get(r, "/published/{slug}/{language}", s.publication)
	s.get(r, "/published/{slug}/{language}/{form:docx|pdf}", s.publicationFile)
}

const publishedPath = "/published/"

// publishedRow is a published recommendation in a list.
type publishedRow struct {
	Href, Title, Language string
	Kind, Organisation    string
	Countries             []designated
	Languages             string
	Measures              int
	At                    time.Time
}

const publishedPageSize = 20

type publishedListView struct {
	Page
	Form      *Form
	Countries []Option
	Filtered  bool
	Rows      []publishedRow
	Footnotes []models.Footnote
	Pager     Pager
}

// publishedList is the public list, newest first. The filter stands in the address.
func (s *Server) publishedList(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	number := pageNumber(q)
	filter := models.PublishedFilter{Country: q.Get("country"), Query: q.Get("q"),
		Limit: publishedPageSize, Offset: int64(number-1) * publishedPageSize}
	v := publishedListView{Page: NewPage(r, Localizer(r).T("published.title")), Form: NewForm(q),
		Filtered: filter.Country != "" || strings.TrimSpace(filter.Query) != ""}
	v.Active = "published"
	var notes models.Footnotes
	all, err := models.DesignationsFor(r.Context(), s.DB)
	if err != nil {
		return err
	}
	v.Countries = publicCountryOptions(all, &notes, v.Language)
	rows, total, err := s.publishedRows(r, filter, &notes)
	if err != nil {
		return err
	}
	v.Rows, v.Footnotes, v.Pager = rows, notes.All(), numberedPager(r, number, len(rows), publishedPageSize, total)
	s.Engine.Render(w, r, http.StatusOK, "published_list", v)
	return nil
}

// publishedRows names countries as each recommendation's grants designate them.
func (s *Server) publishedRows(r *http.Request, f models.PublishedFilter, notes *models.Footnotes) ([]publishedRow, int, error) {
	l := Localizer(r)
	items, total, err := models.Published(r.Context(), s.DB, l.Tag(), f)
	if err != nil {
		return nil, 0, err
	}
	designations, err := s.designationsOf(r.Context(), items)
	if err != nil {
		return nil, 0, err
	}
	rows := make([]publishedRow, 0, len(items))
	for _, i := range items {
		rows = append(rows, publishedRow{Href: publishedPath + i.Slug, Title: i.Title, Language: i.Language,
			Kind: l.T("published.kind." + i.Kind), Organisation: i.Organisation, Countries: designate(notes, designations.Of(i.RecommendationID, i.Countries, l.Tag())),
			Languages: l.ListAnd(languageNames(i.Languages, l)), Measures: i.Measures, At: i.PublishedAt})
	}
	return rows, total, nil
}

func (s *Server) designationsOf(ctx context.Context, items []models.PublishedItem) (models.Designations, error) {
	ids := make([]uuid.UUID, len(items))
	for n, i := range items {
		ids[n] = i.RecommendationID
	}
	return models.DesignationsFor(ctx, s.DB, ids...)
}

func languageNames(tags []string, l *i18n.Localizer) []string {
	names := make([]string, 0, len(tags))
	for _, tag := range tags {
		names = append(names, l.Language(tag))
	}
	return names
}
