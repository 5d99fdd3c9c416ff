package web

import (
	"context"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gorilla/mux"

	"tribuna/internal/access"
	"tribuna/internal/apperr"
	"tribuna/internal/files"
	"tribuna/internal/i18n"
	"tribuna/internal/markdown"
	"tribuna/internal/word"
	"tribuna/models"
)

// wordPattern are the addresses whose forms hold a Word file, and wordLimit bounds them: a file somewhat too large is read
// to its end, so that there is a form with a sentence in place of a broken connection.
const (
	wordPattern = "POST /recommendations/{id}/word"
	wordLimit   = 2*word.MaxFile + bodyLimit
)

// Limits of conversions for one person, or one address where nobody is signed in: each keeps a program busy for seconds.
const (
	conversionWindow = 10 * time.Minute
	conversionsEach  = 30
)

// wordRoutes register the pages on which a Word file is brought, and the files of versions.
func (s *Server) wordRoutes(r *mux.Router) {
	s.get(r, "/recommendations/new/word", s.newFromWord)
	s.post(r, "/recommendations/new/word", s.readNewFromWord)
	s.get(r, "/recommendations/{id}/word", s.bringWord)
	s.post(r, "/recommendations/{id}/word", s.readWord)
	s.get(r, "/recommendations/{id}/versions/{number:[0-9]+}/{form:docx|pdf}", s.versionFile)
}

// wordView is the form that takes a Word file.
type wordView struct {
	Page
	Form         *Form
	Action, Back string
	Seen         string // number of the version the writer saw; "" for a new recommendation
	FileHelp     string
}

// broughtText is what was understood of a Word file.
type broughtText struct {
	Found, LeftOut, Notes []string
	Text                  template.HTML
	Language              string // "" where it is not known yet
}

// bringHref is where a Word file can be brought for a recommendation, or for a new one; "" where none can be read.
func (s *Server) bringHref(rec *models.Recommendation) string {
	switch {
	case !s.Word.ReadsWord():
		return ""
	case rec == nil:
		return "/recommendations/new/word"
	}
	return recommendationPath(rec.ID) + "/word"
}

// toWordFile keeps what a draft's form holds and leads on to where a Word file is brought, where its button was pressed.
func (s *Server) toWordFile(w http.ResponseWriter, r *http.Request, k keptForm) (bool, error) {
	href := s.bringHref(k.rec)
	if r.PostFormValue("do") != "word" || href == "" {
		return false, nil
	}
	if _, err := s.storeWords(r, k); err != nil {
		return true, err
	}
	http.Redirect(w, r, href, http.StatusSeeOther)
	return true, nil
}

func (s *Server) newFromWord(w http.ResponseWriter, r *http.Request) error {
	if _, _, err := s.writer(r); err != nil {
		return err
	}
	return s.showWord(w, r, http.StatusOK, nil, "", nil)
}

// bringWord shows the form; it remembers which version the writer saw.
func (s *Server) bringWord(w http.ResponseWriter, r *http.Request) error {
	_, rec, err := s.draftToReplace(r)
	if err != nil {
		return err
	}
	version, _, err := s.currentText(r.Context(), rec)
	if err != nil {
		return err
	}
	return s.showWord(w, r, http.StatusOK, rec, strconv.Itoa(version.Number), nil)
}

// draftToReplace is the recommendation in the path, whose text the visitor may write anew.
func (s *Server) draftToReplace(r *http.Request) (*visitor, *models.Recommendation, error) {
	v, rec, err := s.ownRecommendation(r, access.EditDraft)
	if err == nil {
		err = rec.Editable()
	}
	return v, rec, err
}

// showWord renders the form, with what is wrong with the file said on it; what the form cannot mend is returned.
func (s *Server) showWord(w http.ResponseWriter, r *http.Request, status int, rec *models.Recommendation, seen string, wrong error) error {
	l := Localizer(r)
	if !s.Word.ReadsWord() {
		return word.NotInstalled("pandoc")
	}
	v := wordView{Page: s.workPage(r, l.T("word.title")), Form: NewForm(r.PostForm), Action: s.bringHref(rec), Back: "/recommendations/new?kept=continue",
		Seen: seen, FileHelp: l.T("word.file_help", "Megabytes", word.MaxFile>>20)}
	if rec != nil {
		v.Back = recommendationPath(rec.ID) + "/edit?kept=continue"
	}
	if err := blameWord(v.Form, wrong, l); err != nil {
		return err
	}
	s.Engine.Render(w, r, status, "word", v)
	return nil
}

// blameWord says on a form what is wrong with its Word file; it returns what the form cannot mend.
func blameWord(f *Form, wrong error, l *i18n.Localizer) error {
	if wrong == nil {
		return nil
	}
	if !f.Blame(wrong, l) {
		return wrong
	}
	for i := range f.Errors {
		f.Errors[i].Label = l.T("word.file")
	}
	return nil
}

func (s *Server) readNewFromWord(w http.ResponseWriter, r *http.Request) error {
	v, organisations, err := s.writer(r)
	if err != nil {
		return err
	}
	words, err := s.orTyped(r, keptDraft(v, nil), newDraftWords(v, organisations))
	if err != nil {
		return err
	}
	if err := s.takeWord(r, v, &words, ""); err != nil {
		return s.showWord(w, r, http.StatusUnprocessableEntity, nil, "", err)
	}
	return s.showDraft(w, r, http.StatusOK, nil, organisations, words, nil)
}

// readWord shows the draft with the text of the file in it. Nothing is saved: that is for the form of the draft, which
// refuses to overwrite what somebody else saved since the visitor began.
func (s *Server) readWord(w http.ResponseWriter, r *http.Request) error {
	v, rec, err := s.draftToReplace(r)
	if err != nil {
		return err
	}
	version, procedure, err := s.currentText(r.Context(), rec)
	if err != nil {
		return err
	}
	words := wordsOf(rec, version, procedure.Slug)
	tag, err := rec.AttributesTag()
	if err != nil {
		return err
	}
	words.fields.Set("beside", tag)
	if words, err = s.orTyped(r, keptDraft(v, rec), words); err != nil {
		return err
	}
	err = s.takeWord(r, v, &words, rec.Language)
	seen := r.PostFormValue("seen")
	if err != nil {
		return s.showWord(w, r, http.StatusUnprocessableEntity, rec, seen, err)
	}
	words.fields.Set("seen", seen)
	words.fields.Set("note", Localizer(r).T("word.note"))
	return s.showDraft(w, r, http.StatusOK, rec, nil, words, nil)
}

// takeWord reads the file of the form and puts its text into the words of a draft.
func (s *Server) takeWord(r *http.Request, v *visitor, words *draftWords, language string) error {
	file, err := readUpload(r, word.MaxFile)
	if err != nil {
		return err
	}
	switch {
	case !s.Word.ReadsWord():
		return word.NotInstalled("pandoc")
	case file == nil:
		return apperr.Invalid(files.Field, "word_none", "megabytes", word.MaxFile>>20)
	case file.TooLarge:
		return word.TooLarge()
	}
	if err := s.allowConversion(r.Context(), v.Person.ID.String()); err != nil {
		return err
	}
	text, err := s.Word.Read(r.Context(), file.Content)
	if err != nil {
		return err
	}
	var measures []string
	wanted := r.PostFormValue("measures") != ""
	if wanted {
		measures = text.TakeMeasures()
	}
	words.take(text, measures)
	words.brought, err = newBroughtText(Localizer(r), text, measures, wanted, language)
	return err
}

// allowConversion counts a conversion against the limit of whoever asks for it.
func (s *Server) allowConversion(ctx context.Context, who string) error {
	ok, err := models.Allow(ctx, s.DB, "conversion:"+who, conversionsEach, conversionWindow, s.Now())
	if err == nil && !ok {
		err = apperr.New(apperr.CodeTooMany)
	}
	return err
}

// orTyped returns what somebody typed into the form of a draft and has not sent, else the words it begins with. What the
// text of a file takes the place of stays readable beside it.
func (s *Server) orTyped(r *http.Request, k keptForm, words draftWords) (draftWords, error) {
	kept, err := models.KeptWordsOf(r.Context(), s.DB, k.visitor.Person.ID, k.name)
	if err != nil || kept == nil {
		return words, err
	}
	stands := words.fields
	words = readDraftWords(kept.Fields)
	var before []string
	for _, field := range []string{"title", "body", "before"} {
		if text := typed(words.fields.Get(field)); text != "" && text != typed(stands.Get(field)) {
			before = append(before, text)
		}
	}
	words.fields.Set("before", strings.Join(before, "\n\n"))
	return words, nil
}

// take puts a text into the words, and the measures that are not among them yet.
func (d *draftWords) take(text *word.Text, measures []string) {
	d.fields.Set("body", text.Body)
	if text.Title != "" {
		d.fields.Set("title", text.Title)
	}
	if len(measures) > 0 {
		d.dropEmpty()
	}
	for _, m := range measures {
		if !slices.ContainsFunc(d.measures, func(known measureWords) bool { return strings.TrimSpace(known.text) == m }) && len(d.measures) < maxRows {
			d.measures = append(d.measures, measureWords{text: m})
		}
	}
}

func newBroughtText(l *i18n.Localizer, text *word.Text, measures []string, wanted bool, language string) (*broughtText, error) {
	b := &broughtText{Language: language}
	for _, c := range []struct {
		key   string
		count int
		into  *[]string
	}{
		{"headings", text.Headings, &b.Found}, {"lists", text.Lists, &b.Found}, {"tables", text.Tables, &b.Found},
		{"footnotes", text.Footnotes, &b.Found}, {"links", text.Links, &b.Found}, {"measures_taken", len(measures), &b.Notes},
		{"pictures", text.Pictures, &b.LeftOut}, {"comments", text.Comments, &b.LeftOut}, {"changes", text.Changes, &b.Notes},
	} {
		if c.count > 0 || c.key == "headings" {
			*c.into = append(*c.into, l.N("word."+c.key, c.count))
		}
	}
	if text.Contents {
		b.LeftOut = append(b.LeftOut, l.T("word.contents"))
	}
	if wanted && len(measures) == 0 {
		b.Notes = append(b.Notes, l.T("word.no_measures"))
	}
	if text.Title == "" {
		b.Notes = append(b.Notes, l.T("word.read.no_title"))
	}
	for i, n := range b.Notes {
		b.Notes[i] = strings.TrimSuffix(n, ".") + "."
	}
	var err error
	b.Text, err = markdown.Render(text.Body, markdown.WithHeadingShift(headingShift(text.Body)+1), markdown.WithIDPrefix("brought-"))
	return b, err
}
