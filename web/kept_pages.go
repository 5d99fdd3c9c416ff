package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"tribuna/internal/apperr"
	"tribuna/models"
)

// The form of an answer can be open on several pages at once: on a telephone and at a desk. Each page has a number, "page";
// says until when what stood in it as it was opened had been kept, "kept_seen"; and which answer it knew of, "seen_answer".
// So nobody's words take the place of others that they have not seen.

// formPage is the number of the page a form is on, a new one where it begins.
func formPage(f *Form) string {
	if n := f.Value("page"); n != "" && len(n) <= 40 {
		return n
	}
	return uuid.NewString()
}

// pageOf reads the number of a page and until when it has seen what was kept.
func pageOf(fields url.Values) (page string, seen time.Time) {
	seen, err := time.Parse(time.RFC3339Nano, fields.Get("kept_seen"))
	if err != nil {
		seen = time.Time{}
	}
	return strings.ToValidUTF8(fields.Get("page"), ""), seen
}

// forgetSent forgets what was kept of a form that was sent, and leaves what was typed on other pages of it since. A page
// from before they had numbers has seen all there is.
func (s *Server) forgetSent(r *http.Request, k keptForm) error {
	page, seen := pageOf(r.PostForm)
	if page == "" {
		return models.ForgetKept(r.Context(), s.DB, k.visitor.Person.ID, k.name)
	}
	ctx, who := r.Context(), k.visitor.Person.ID
	if err := models.ForgetKeptPage(ctx, s.DB, who, k.name, page, seen); err != nil {
		return err
	}
	left, err := models.KeptWordsOf(ctx, s.DB, who, k.name)
	if err != nil || left == nil {
		return err
	}
	for _, p := range left.Pages() {
		if !says(r.PostForm, p.Fields) {
			return nil
		}
	}
	return models.ForgetKept(ctx, s.DB, who, k.name)
}

// sent reports whether all that was left on the pages of a form stands in the answer that was recorded (now): it was received before
// it was recorded, and kept until then.
func (k keptForm) sent(now url.Values, kept *models.KeptWords) bool {
	if !k.paged || now.Get("seen_answer") == "" {
		return false
	}
	return !slices.ContainsFunc(kept.Pages(), func(p models.KeptPage) bool {
		return url.Values(p.Fields).Get("answer") != now.Get("answer") || !says(now, p.Fields)
	})
}

// storeTyped is storeWords but for a page on which nobody typed: a machine that presses every button leaves no trace, and nobody is
// offered words that they did not write. Who empties a page whose words were kept takes those away.
func (s *Server) storeTyped(r *http.Request, k keptForm) (time.Time, error) {
	page, seen := pageOf(r.PostForm)
	if !k.paged || !seen.IsZero() || (&models.KeptWords{Fields: r.PostForm}).Says() {
		return s.storeWords(r, k)
	}
	kept, err := models.KeptWordsOf(r.Context(), s.DB, k.visitor.Person.ID, k.name)
	if err != nil {
		return time.Time{}, err
	}
	if kept == nil || !slices.ContainsFunc(kept.Pages(), func(p models.KeptPage) bool { return p.Page == page }) {
		return s.Now().Truncate(time.Microsecond), nil
	}
	return s.storeWords(r, k)
}

// says reports whether all that was written on another page stands in one.
func says(one, other url.Values) bool {
	for name, values := range beside(one, other) {
		words := typed(strings.Join(values, "\n\n"))
		if !code.MatchString(words) && words != typed(strings.Join(one[name], "\n\n")) {
			return false
		}
	}
	return true
}

// together are the words left on all pages of a form, and those of the answer given (now) unless a page had them already.
func (k keptForm) together(now url.Values, kept *models.KeptWords) url.Values {
	if !k.paged {
		return kept.Fields
	}
	var all url.Values
	pages, rest := kept.Pages(), []models.KeptPage(nil)
	for i, p := range pages {
		if all == nil && url.Values(p.Fields).Get("seen_answer") == now.Get("seen_answer") {
			all = copyOf(p.Fields) // it changes the answer
			rest = append(rest, pages[i+1:]...)
			break
		}
		rest = append(rest, p)
	}
	if all == nil {
		all = copyOf(now)
	}
	for _, p := range rest {
		all = beside(all, p.Fields)
	}
	all.Del("page")
	all.Set("seen_answer", now.Get("seen_answer"))
	all.Set("kept_seen", pages[len(pages)-1].At.UTC().Format(time.RFC3339Nano))
	return all
}

func copyOf(values url.Values) url.Values {
	c := url.Values{}
	for name, all := range values {
		c[name] = append([]string(nil), all...)
	}
	return c
}

var paragraphField = regexp.MustCompile(`^(comment|quote|replacement)-(\d+)$`)

// partOfComment are the fields of comments, which are put beside each other comment by comment.
var partOfComment = regexp.MustCompile(`^(comment|quote|prefix|suffix|replacement|kind)-(\d+)`)

// code is a value that was chosen, not written.
var code = regexp.MustCompile(`^[A-Za-z0-9_.:-]{0,64}$`)

// holdsWords reports whether a field holds words, however short, and no choice.
func holdsWords(name string) bool {
	return name == "reasons" || name == "confidential_note" || strings.HasPrefix(name, wordsPart)
}

// beside puts the words of another page beside those of one. Nothing written is left out: what one only goes on with is taken
// as it goes on, other words stand one after the other. Of choices the later one counts.
func beside(one, other url.Values) url.Values {
	all, blocks := copyOf(one), map[int]bool{}
	for name, values := range other {
		if m := partOfComment.FindStringSubmatch(name); m != nil {
			n, _ := strconv.Atoi(m[2])
			blocks[n] = true
			continue
		}
		before, after := typed(all.Get(name)), typed(strings.Join(values, "\n\n"))
		switch {
		case len(values) != 1 || len(all[name]) > 1 || before == "":
			if after != "" {
				all[name] = values
			}
		case after == "" || strings.HasPrefix(before, after):
		case strings.HasPrefix(after, before) || !holdsWords(name) && code.MatchString(before) && code.MatchString(after):
			all[name] = values
		default:
			all.Set(name, before+"\n\n"+after)
		}
	}
	for block := range blocks {
		list := commentsIn(all, block)
		for _, c := range commentsIn(other, block) {
			list = withComment(list, c)
		}
		putComments(all, block, list)
	}
	return all
}

// withComment adds a comment to those on a paragraph unless it stands among them, or goes on with one of them.
func withComment(list []commentField, c commentField) []commentField {
	if c.empty() {
		return list
	}
	for i, was := range list {
		switch {
		case was.empty():
		case was.sameBut(c) && strings.HasPrefix(c.Body, was.Body):
			list[i] = c
			return list
		case was.sameBut(c) && strings.HasPrefix(was.Body, c.Body):
			return list
		}
	}
	if i := slices.IndexFunc(list, commentField.empty); i >= 0 {
		list[i] = c
		return list
	}
	return append(list, c)
}

// sameBut reports whether two comments are about the same words in the same way, whatever they say.
func (c commentField) sameBut(other commentField) bool {
	return c.Quote == other.Quote && c.Replacement == other.Replacement && (c.Kind == other.Kind || c.Kind == "" || other.Kind == "")
}

// seenAnswer is which answer the page knew of as it was opened: one from before pages said so knows of any.
func seenAnswer(r *http.Request) models.InsteadOf {
	if !r.PostForm.Has("page") {
		return models.InsteadOf{}
	}
	seen := r.PostForm.Get("seen_answer")
	return models.InsteadOf{SeenAnswer: &seen}
}

// besideAnother shows a form again beside the answer that was recorded from another page since it was opened, so that sending
// it takes nothing away that its sender has not seen. It reports whether it did.
func (s *Server) besideAnother(w http.ResponseWriter, r *http.Request, a *asked, f formState) (bool, error) {
	if !r.PostForm.Has("page") {
		return false, nil
	}
	stands, err := s.answerStanding(r.Context(), a)
	if err != nil || stands == nil {
		return false, err
	}
	if stands.DecisionID == r.PostForm.Get("seen_answer") || stands.DecisionID == r.PostForm.Get("decision_id") {
		return false, nil
	}
	f.Form.Values = beside(reviewValues(stands), r.PostForm)
	f.Form.Values.Set("seen_answer", stands.DecisionID)
	f.DecisionID, f.status, f.Refused = NewDecisionID(), http.StatusConflict, Localizer(r).T("remark.elsewhere")
	return true, s.renderReview(w, r, a, f)
}

// answerStanding is the answer given to a question, nil where there is none. Another person's is not put beside one's own words.
func (s *Server) answerStanding(ctx context.Context, a *asked) (*models.Review, error) {
	rv, err := models.ReviewByTask(ctx, s.DB, a.task.ID)
	if errors.Is(err, apperr.New(apperr.CodeNotFound)) {
		return nil, nil
	}
	if err == nil && rv.PersonID != a.visitor.Person.ID {
		return nil, nil
	}
	return rv, err
}
