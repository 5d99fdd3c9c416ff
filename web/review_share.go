package web

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/google/uuid"
	"github.com/gorilla/mux"

	"tribuna/internal/apperr"
	"tribuna/internal/i18n"
	"tribuna/models"
)

// reviewSharePath is the page on which experts are found for several texts at once. It proposes and decides nothing: each
// text is sent to review on its own page.
const reviewSharePath = "/recommendations/share-out-reviews"

// mostShared is how many experts a text can be proposed, and an expert be asked at most by one sharing out.
const mostShared = 20

type reviewShareView struct {
	Page
	Form     *Form
	Texts    []shareText
	Asked    bool // texts were chosen: what follows is proposed
	Shares   []shareRow
	Load     []loadRow // how much each of those proposed would have
	Missing  int       // experts wanted that there are not
	Proposed int
}

// shareText is a text that can be sent to review, as it is chosen.
type shareText struct {
	ID, Title, Language, Field string
	Name                       i18n.Words
	Chosen                     bool
	Wanted                     int
}

// shareRow is whom to ask about a text.
type shareRow struct {
	Title, Language, Href string
	Name                  i18n.Words
	Experts               []expertRow
	Wanted                int
	Short                 bool
	LeftOut               int // who would learn who wrote it
}

// loadRow is what an expert would have to do.
type loadRow struct {
	Name      string
	New, Open int
	Max       int
}

func (s *Server) reviewShareRoutes(r *mux.Router) { s.get(r, reviewSharePath, s.reviewShare) }

func (s *Server) reviewShare(w http.ResponseWriter, r *http.Request) error {
	v, err := s.requirePerson(r)
	if err != nil {
		return err
	}
	if may, err := s.mayDraft(r, v); err != nil || !may {
		return cmp.Or(err, error(apperr.New(apperr.CodeForbidden)))
	}
	texts, err := models.TextsToReview(r.Context(), s.DB, v.viewer())
	if err != nil {
		return err
	}
	view := reviewShareView{Page: s.workPage(r, Localizer(r).T("share.title")), Form: NewForm(r.URL.Query())}
	chosen, wanted, err := s.readShare(r, &view, texts)
	if err != nil {
		return err
	}
	if view.Asked = len(chosen) > 0; view.Asked {
		if err := s.shareOut(r, &view, chosen, wanted); err != nil {
			return err
		}
	}
	s.Engine.Render(w, r, http.StatusOK, "review_share", view)
	return nil
}

// readShare reads which texts were chosen and how many experts each wants: as its procedure says, where nothing else is.
func (s *Server) readShare(r *http.Request, view *reviewShareView, texts []models.Recommendation) (chosen []models.Recommendation, wanted []int, err error) {
	q, enough := r.URL.Query(), map[uuid.UUID]int{}
	for _, rec := range texts {
		if _, known := enough[rec.ProcedureID]; !known {
			p, err := models.ProcedureByID(r.Context(), s.DB, rec.ProcedureID)
			if err != nil {
				return nil, nil, err
			}
			enough[rec.ProcedureID] = p.Document.Review.Enough
		}
		id := rec.ID.String()
		t := shareText{ID: id, Title: rec.Title, Language: rec.Language, Field: "wanted-" + id, Name: Localizer(r).In(rec.Title, rec.Language), Chosen: slices.Contains(q["text"], id),
			Wanted: numberIn(q.Get("wanted-"+id), 1, mostShared, enough[rec.ProcedureID])}
		if t.Chosen {
			chosen, wanted = append(chosen, rec), append(wanted, t.Wanted)
		}
		view.Texts = append(view.Texts, t)
	}
	return chosen, wanted, nil
}

// numberIn reads a number from an address; what cannot be read is what it is otherwise.
func numberIn(word string, least, most, otherwise int) int {
	n, err := strconv.Atoi(word)
	if err != nil {
		return otherwise
	}
	return min(max(n, least), most)
}

func (s *Server) shareOut(r *http.Request, view *reviewShareView, chosen []models.Recommendation, wanted []int) error {
	each := numberIn(r.URL.Query().Get("each"), 0, mostShared, 0)
	proposals, err := models.ShareOutReviews(r.Context(), s.DB, chosen, wanted, each)
	if err != nil {
		return err
	}
	at := map[uuid.UUID]int{}
	for _, p := range proposals {
		row := shareRow{Title: p.Recommendation.Title, Language: p.Recommendation.Language,
			Name: Localizer(r).In(p.Recommendation.Title, p.Recommendation.Language), Wanted: p.Wanted, Short: len(p.Experts) < p.Wanted, LeftOut: p.LeftOut,
			Href: startReviewOf(p)}
		if row.Experts, err = s.expertRows(r.Context(), Localizer(r), &p.Recommendation, p.Experts); err != nil {
			return err
		}
		view.Shares = append(view.Shares, row)
		view.Missing += p.Wanted - len(p.Experts)
		view.Proposed += len(p.Experts)
		for _, e := range p.Experts {
			if _, known := at[e.ID]; !known {
				at[e.ID] = len(view.Load)
				view.Load = append(view.Load, loadRow{Name: e.Name, Open: e.OpenReviews, Max: e.MaxOpen})
			}
			view.Load[at[e.ID]].New++
		}
	}
	slices.SortStableFunc(view.Load, func(a, b loadRow) int { return b.New + b.Open - a.New - a.Open })
	return nil
}

// startReviewOf leads to the page that sends a text to review, with those proposed filled in.
func startReviewOf(p models.Proposal) string {
	q := url.Values{}
	for _, e := range p.Experts {
		q.Add("expert", e.ID.String())
	}
	return recommendationPath(p.Recommendation.ID) + "/start-review?" + q.Encode()
}
