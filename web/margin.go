package web

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gorilla/mux"

	"tribuna/internal/access"
	"tribuna/internal/apperr"
	"tribuna/internal/files"
	"tribuna/internal/i18n"
	"tribuna/internal/margin"
	"tribuna/internal/word"
	"tribuna/models"
)

// marginPattern is the address of the form that holds an answer as a Word file, and marginLimit bounds it; see wordLimit.
const (
	marginPattern = "POST /tasks/{id}/word"
	marginLimit   = 2*word.MaxAnswer + bodyLimit
)

func (s *Server) marginRoutes(r *mux.Router) {
	s.get(r, "/tasks/{id}/text/{form:docx|pdf}", s.askedText)
	s.get(r, "/tasks/{id}/word", s.bringMargin)
	s.post(r, "/tasks/{id}/word", s.takeMargin)
}

// marginView is the page on which the text is had as a Word file, and brought back with comments and changes in it.
type marginView struct {
	Page
	Form           *Form
	Document, Lang string
	Action, Back   string
	Text           string // the text as a Word file
	FileHelp       string
}

// marginHref is where an answer can be brought as a Word file; "" where none can be read.
func (s *Server) marginHref(a *asked) string {
	if !s.Word.ReadsWord() {
		return ""
	}
	return a.path() + "/word"
}

// askedForText is the question about a text that is answered with comments on it.
func (s *Server) askedForText(r *http.Request) (*asked, error) {
	a, err := s.loadAsked(r)
	if err != nil {
		return nil, err
	}
	if !a.task.ShowsText() {
		return nil, apperr.About(apperr.CodeClosed, "task")
	}
	switch a.task.Kind {
	case models.TaskReview:
		return a, s.can(r.Context(), a.visitor, access.Review, a.rec, a.task)
	case models.TaskConsult:
		return a, s.can(r.Context(), a.visitor, access.Consult, a.rec, a.task)
	}
	return nil, apperr.NotFound("task")
}

// askedText gives the text asked about as a file.
func (s *Server) askedText(w http.ResponseWriter, r *http.Request) error {
	a, err := s.askedForText(r)
	if err != nil {
		return err
	}
	doc, err := word.VersionDocument(r.Context(), s.DB, a.rec, a.version)
	if err != nil {
		return err
	}
	return s.serveDocument(w, r, doc, files.File{Name: a.rec.Slug}, a.visitor.Person.ID.String())
}

func (s *Server) bringMargin(w http.ResponseWriter, r *http.Request) error {
	a, err := s.askedForText(r)
	if err != nil {
		return err
	}
	return s.showMargin(w, r, a, http.StatusOK, nil)
}

// showMargin renders the form with what is wrong with the file said on it; what the form cannot mend is returned. Where nothing
// can be answered any more the page of the question says so.
func (s *Server) showMargin(w http.ResponseWriter, r *http.Request, a *asked, status int, wrong error) error {
	l := Localizer(r)
	if !s.Word.ReadsWord() {
		return word.NotInstalled("pandoc")
	}
	if over, err := s.overBecause(r.Context(), a); err != nil || over != "" {
		http.Redirect(w, r, a.path(), http.StatusSeeOther)
		return err
	}
	v := marginView{Page: askedPage(r, l.T("margin.title")), Form: NewForm(r.PostForm), Document: a.version.Title, Lang: a.rec.Language,
		Action: a.path() + "/word", Back: a.path(), Text: a.path() + "/text/docx", FileHelp: l.T("margin.file_help", "Megabytes", word.MaxAnswer>>20)}
	if err := blameWord(v.Form, wrong, l); err != nil {
		return err
	}
	s.Engine.Render(w, r, status, "margin", v)
	return nil
}

// takeMargin reads the file and keeps what stands in its margin with what was typed and not sent: it is looked through and sent
// on the page of the question.
func (s *Server) takeMargin(w http.ResponseWriter, r *http.Request) error {
	a, err := s.askedForText(r)
	if err != nil {
		return err
	}
	found, err := s.readMargin(r, a.rec, a.version, a.visitor)
	if err == nil && found.Nothing() {
		err = apperr.Invalid(files.Field, "word_no_marks")
	}
	if err == nil {
		err = s.keepMargin(r, a, found)
	}
	if err != nil {
		return s.showMargin(w, r, a, http.StatusUnprocessableEntity, err)
	}
	s.flash(r, "done", marginSaid(Localizer(r), found))
	http.Redirect(w, r, a.path()+"?kept=continue", http.StatusSeeOther)
	return nil
}

// readMargin reads the file of a form as an answer about a version.
func (s *Server) readMargin(r *http.Request, rec *models.Recommendation, version *models.Version, v *visitor) (*margin.Found, error) {
	file, err := readUpload(r, word.MaxAnswer)
	switch {
	case err != nil:
		return nil, err
	case !s.Word.ReadsWord():
		return nil, word.NotInstalled("pandoc")
	case file == nil:
		return nil, apperr.Invalid(files.Field, "word_none", "megabytes", word.MaxAnswer>>20)
	case file.TooLarge:
		return nil, word.AnswerTooLarge()
	}
	if err := s.allowConversion(r.Context(), v.Person.ID.String()); err != nil {
		return nil, err
	}
	return margin.Read(r.Context(), s.DB, s.Word, Localizer(r), rec, version, file.Content)
}

// keepMargin puts what was found beside what is there: typed and not sent, or sent before.
func (s *Server) keepMargin(r *http.Request, a *asked, found *margin.Found) error {
	ctx, k := r.Context(), a.keptForm()
	values := url.Values{}
	before, err := s.answerStanding(ctx, a)
	if err == nil && before == nil {
		before, err = s.takenBack(ctx, a)
	}
	if err != nil {
		return err
	}
	if before != nil {
		values = reviewValues(before)
	}
	kept, err := models.KeptWordsOf(ctx, s.DB, k.visitor.Person.ID, k.name)
	if err != nil {
		return err
	}
	if kept != nil {
		values = k.together(values, kept)
	}
	putMargin(values, found)
	_, seen := pageOf(values)
	words := &models.KeptWords{PersonID: k.visitor.Person.ID, Form: k.name, RecommendationID: &a.rec.ID, Page: NewDecisionID(), Fields: values,
		KeptAt: s.Now().Truncate(time.Microsecond), Seen: seen}
	return words.Keep(ctx, s.DB)
}

// putMargin puts what was found in a file into the fields of the form. What stands there already, because the file was brought
// before, is not put there again.
func putMargin(values url.Values, found *margin.Found) {
	for i := 0; i < len(found.Comments); {
		block := found.Comments[i].Block
		list := commentsIn(values, block)
		known := make([]bool, len(list))
		for ; i < len(found.Comments) && found.Comments[i].Block == block; i++ {
			list, known = withMargin(list, known, commentField{Block: block, CommentPayload: found.Comments[i]})
		}
		putComments(values, block, list)
	}
	for _, said := range found.Whole {
		if before := typed(values.Get("reasons")); !strings.Contains(before, typed(said)) {
			values.Set("reasons", strings.TrimSpace(before+"\n\n"+said))
		}
	}
}

func withMargin(list []commentField, known []bool, c commentField) ([]commentField, []bool) {
	for i, was := range list {
		if !known[i] && was.sameBut(c) && strings.HasPrefix(typed(was.Body), typed(c.Body)) && (c.Body != "" || was.Quote != "") {
			known[i] = true
			return list, known
		}
	}
	for i, was := range list {
		if was.empty() {
			list[i], known[i] = c, true
			return list, known
		}
	}
	return append(list, c), append(known, true)
}

// marginSaid says what was found in a file, and what to do now.
func marginSaid(l *i18n.Localizer, found *margin.Found) string {
	return marginFound(l, found) + " " + l.T("margin.next")
}

// marginFound says what was found in a file, and where it stands.
func marginFound(l *i18n.Localizer, found *margin.Found) string {
	said := []string{l.T("margin.found", "Comments", l.N("margin.comments", found.Commented), "Suggestions", l.N("margin.suggestions", found.Suggested))}
	if found.Beside > 0 {
		said = append(said, l.N("margin.beside", found.Beside))
	}
	if found.Missing > 0 {
		said = append(said, l.N("margin.missing", found.Missing))
	}
	return strings.Join(said, " ")
}
