package web

import (
	"context"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/gorilla/mux"
	"github.com/uptrace/bun"

	"tribuna/internal/access"
	"tribuna/internal/apperr"
	"tribuna/internal/i18n"
	"tribuna/internal/markdown"
	"tribuna/internal/validation"
	"tribuna/models"
)

func (s *Server) translationRoutes(r *mux.Router) {
	s.post(r, "/tasks/{id}/translation", s.saveTranslation)
	s.post(r, "/tasks/{id}/approve-translation", s.approveTranslation)
	s.post(r, "/tasks/{id}/return-translation", s.returnTranslation)
}

// blocksPerPart is how many paragraphs stand on one page of a translation: few enough to save often and to be read on a
// phone.
const blocksPerPart = 20

// translationView is the page of a translator: one part of the text, block by block beside the source.
type translationView struct {
	Page
	formState
	Card        askedCard
	Action      string
	Document    string
	From, To    string // languages
	First, Last bool   // the title stands in the first part, the measures in the last
	Number      int    // of this part, from 1
	Parts       []translationPart
	Progress    Progress
	Revision    int
	SourceTitle string
	TheirTitle  string // saved meanwhile by somebody else; "" where that is not so
	Blocks      []blockPair
	Measures    []measurePair
	Missing     []missingPiece
	ReturnNote  string
	ReturnLang  string    // of the note; "" where nobody said
	SavedAt     time.Time // just now, by this page's own saving
	storedTitle string
	Decline     declineForm
}

// blockPair is a block of the source with its rendering.
type blockPair struct {
	Name     string // of its fields: "blocks[3]"
	Number   int
	HTML     template.HTML
	Source   string // Markdown
	Text     string
	LeftOut  bool
	Note     string
	Rows     int
	Theirs   string // saved meanwhile by somebody else
	Readable bool
}

// Field names one of the block's fields.
func (b blockPair) Field(name string) string { return b.Name + "." + name }

// measurePair is a measure with its rendering.
type measurePair struct {
	Name         string // of its field: "measures[0].text"
	Number       int
	Source, Text string
	Theirs       string
}

// translationPart is a page of the translation in the list of pages.
type translationPart struct {
	Number, Missing int
	Href            string
	Current         bool
}

// missingPiece is something without which a translation cannot be handed over, with the way to it.
type missingPiece struct{ Text, Href string }

// translationCase is a translation with what it renders.
type translationCase struct {
	*asked
	tr   *models.Translation
	part int // from 0
}

func (c translationCase) parts() int {
	return max(1, (len(c.tr.Blocks)+blocksPerPart-1)/blocksPerPart)
}

// blocks are those of the part shown.
func (c translationCase) blocks() []models.TranslationBlock {
	from := min(c.part*blocksPerPart, len(c.tr.Blocks))
	return c.tr.Blocks[from:min(from+blocksPerPart, len(c.tr.Blocks))]
}

func (c translationCase) first() bool { return c.part == 0 }

func (c translationCase) last() bool { return c.part == c.parts()-1 }

// href is the address of a part, from 0.
func (c translationCase) href(part int) string {
	if part == 0 {
		return c.path()
	}
	return c.path() + "?part=" + strconv.Itoa(part+1)
}

func (s *Server) loadTranslation(ctx context.Context, a *asked, part string) (translationCase, error) {
	c := translationCase{asked: a}
	if a.task.SubjectID == nil {
		return c, apperr.NotFound("translation")
	}
	var err error
	if c.tr, err = models.TranslationByID(ctx, s.DB, *a.task.SubjectID); err != nil {
		return c, err
	}
	if n, err := strconv.Atoi(part); err == nil {
		c.part = max(0, min(n, c.parts())-1)
	}
	return c, nil
}

func (s *Server) showTranslation(w http.ResponseWriter, r *http.Request, a *asked) error {
	return s.renderTranslation(w, r, a, newFormState(nil), nil)
}

// renderTranslation shows a part: what is stored, or what a form holds. Seen is the translation a refused form was
// written on; where somebody else saved since, both are shown.
func (s *Server) renderTranslation(w http.ResponseWriter, r *http.Request, a *asked, f formState, seen *models.TranslationInput) error {
	c, err := s.loadTranslation(r.Context(), a, r.FormValue("part"))
	if err != nil {
		return err
	}
	v, err := s.translationPage(r, c, f)
	if err != nil {
		return err
	}
	if seen != nil {
		v.overlay(*seen, f.status == http.StatusPreconditionFailed)
	}
	s.Engine.Render(w, r, f.status, "translation", v)
	return nil
}

func (s *Server) translationPage(r *http.Request, c translationCase, f formState) (translationView, error) {
	l := Localizer(r)
	v := translationView{formState: f, Action: c.path() + "/translation", Document: c.version.Title, From: c.rec.Language,
		To: c.tr.Language, First: c.first(), Last: c.last(), Number: c.part + 1, Revision: c.tr.Revision,
		SourceTitle: c.version.Title, storedTitle: c.tr.Title, ReturnNote: c.tr.ReturnNote, ReturnLang: c.tr.ReturnWrittenIn}
	v.Page = askedPage(r, l.T("asked.title.translate", "Title", c.version.Title))
	var err error
	if v.Card, err = s.card(r.Context(), l, c.asked); err != nil {
		return v, err
	}
	if v.Decline, err = s.declineForm(r, c.asked, f); err != nil {
		return v, err
	}
	if !f.Form.Values.Has("title") {
		f.Form.Values.Set("title", c.tr.Title)
	}
	if v.Blocks, err = c.pairs(); err != nil {
		return v, err
	}
	if c.last() {
		v.Measures = c.measurePairs()
	}
	v.count(l, c)
	return v, nil
}

// pairs puts the part's blocks beside the source, which is rendered with the whole text in view.
func (c translationCase) pairs() ([]blockPair, error) {
	body := c.version.Body
	rendered, err := markdown.RenderBlocks(body, markdown.WithHeadingShift(headingShift(body)))
	if err != nil {
		return nil, err
	}
	var pairs []blockPair
	for _, b := range c.blocks() {
		p := blockPair{Name: fmt.Sprintf("blocks[%d]", b.Position), Number: b.Position + 1, Source: b.Source, Text: b.Text,
			LeftOut: b.LeftOut, Note: b.Note, Rows: 2 + len(b.Source)/70, Readable: true}
		if b.Position < len(rendered) {
			p.HTML, p.Readable = rendered[b.Position].HTML, rendered[b.Position].Readable()
		}
		if !p.Readable && p.Text == "" {
			p.Text = b.Source // a rule, an address: the same in every language
		}
		pairs = append(pairs, p)
	}
	return pairs, nil
}

func (c translationCase) measurePairs() []measurePair {
	texts := c.tr.MeasureTexts()
	pairs := make([]measurePair, len(c.version.Measures))
	for i, m := range c.version.Measures {
		pairs[i] = measurePair{Name: fmt.Sprintf("measures[%d].text", i), Number: m.Number, Source: m.Text, Text: texts[m.ID]}
	}
	return pairs
}

// saveTranslation stores what a translator wrote on one part, on top of the revision they saw. With the button "hand
// over" it then asks for the translation to be taken as finished.
func (s *Server) saveTranslation(w http.ResponseWriter, r *http.Request) error {
	a, err := s.askedFor(r, access.Translate, models.TaskTranslate)
	if slowedDown(a, err) {
		return s.translationSlowed(w, r, a, err)
	}
	if err != nil {
		return err
	}
	f, err := readFormState(r)
	if err != nil {
		return err
	}
	c, err := s.loadTranslation(r.Context(), a, r.FormValue("part"))
	if err != nil {
		return err
	}
	in := c.read(r.PostForm)
	if reason, err := s.overBecause(r.Context(), a); err != nil {
		return err
	} else if reason != "" {
		return s.translationAgain(w, r, c, f, in, apperr.About(apperr.CodeClosed, "translation"))
	}
	revision, err := s.storeTranslation(r.Context(), c, r.PostFormValue("revision"), in)
	if err != nil {
		return s.translationAgain(w, r, c, f, in, err)
	}
	switch {
	case fromHTMX(r):
		v := translationView{Page: askedPage(r, ""), Revision: revision, SavedAt: s.Now()}
		s.Engine.RenderPart(w, r, http.StatusOK, "translation", "translation-saved", v)
		return nil
	case r.PostFormValue("then") == "hand_over":
		return s.handOver(w, r, c, f, revision)
	}
	return s.afterSaving(w, r, c)
}

// translationSlowed shows a part of which too much came with the words as they were typed.
func (s *Server) translationSlowed(w http.ResponseWriter, r *http.Request, a *asked, slowed error) error {
	return showSlowed(w, r, slowed, func(f formState) error {
		c, err := s.loadTranslation(r.Context(), a, r.FormValue("part"))
		if err != nil {
			return err
		}
		in := c.read(r.PostForm)
		return s.renderTranslation(w, r, a, f, &in)
	})
}

// storeTranslation returns the revision that the words have now.
func (s *Server) storeTranslation(ctx context.Context, c translationCase, seen string, in models.TranslationInput) (int, error) {
	if err := validation.Check(in); err != nil {
		return 0, c.atTheirFields(err, in)
	}
	revision, err := strconv.Atoi(seen)
	if err != nil {
		return 0, apperr.About(apperr.CodeOutdated, "translation")
	}
	err = s.DB.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		saved, err := models.SaveTranslation(ctx, tx, c.tr.ID, revision, in)
		if err == nil {
			revision = saved.Revision
		}
		return err
	})
	return revision, err
}

func (s *Server) afterSaving(w http.ResponseWriter, r *http.Request, c translationCase) error {
	l := Localizer(r)
	s.flash(r, "done", l.T("translation.saved_at", "Time", l.Time(s.Now(), c.zone)))
	to := c.href(c.part)
	if r.PostFormValue("then") == "next" && !c.last() {
		to = c.href(c.part + 1)
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

// translationAgain shows a part with the words as they were typed.
func (s *Server) translationAgain(w http.ResponseWriter, r *http.Request, c translationCase, f formState, in models.TranslationInput, err error) error {
	l := Localizer(r)
	if !f.showAgain(err, l) {
		return err
	}
	if fromHTMX(r) {
		v := translationView{Page: askedPage(r, ""), formState: f}
		v.Revision, _ = strconv.Atoi(r.PostFormValue("revision"))
		if v.Refused == "" {
			v.Refused = l.T("translation.not_saved")
		}
		s.Engine.RenderPart(w, r, http.StatusUnprocessableEntity, "translation", "translation-saved", v)
		return nil
	}
	return s.renderTranslation(w, r, c.asked, f, &in)
}

// handOver asks for a saved translation to be taken as finished, where a person says that it is: what was sent back stands in the form
// whole. What is missing is shown with the way to it.
func (s *Server) handOver(w http.ResponseWriter, r *http.Request, c translationCase, f formState, revision int) error {
	tr, err := models.TranslationByID(r.Context(), s.DB, c.tr.ID)
	if err != nil {
		return err
	}
	c.tr = tr
	done := false
	if err = tr.Missing(c.version).OrNil(); err == nil {
		err = ticked(r, "finished")
	}
	if err == nil {
		p := models.SubmitTranslationPayload{Revision: revision}
		d := decision{c.task.ProcessID, models.DecideSubmitTranslation, &c.task.ID, p}
		done, err = s.checkAndDecide(w, r, d, c.path()+"/thanks")
	}
	if err != nil {
		return s.notHandedOver(w, r, c, f, err)
	}
	if done {
		http.Redirect(w, r, c.path()+"/thanks", http.StatusSeeOther)
	}
	return nil
}

func (s *Server) notHandedOver(w http.ResponseWriter, r *http.Request, c translationCase, f formState, refused error) error {
	l := Localizer(r)
	f.Form = NewForm(url.Values{})
	if !f.showAgain(refused, l) {
		return refused
	}
	var missing []missingPiece
	if f.Form.Error("finished") != "" {
		f.Form.sayTick(l, "finished", l.T("translation.finished"))
	} else {
		missing = c.missing(l, refused)
	}
	if len(missing) > 0 {
		f.Form.Errors = nil
	}
	v, err := s.translationPage(r, c, f)
	if err != nil {
		return err
	}
	v.Missing = missing
	s.Engine.Render(w, r, f.status, "translation", v)
	return nil
}

// count says how much is done, here and on the other parts.
func (v *translationView) count(l *i18n.Localizer, c translationCase) {
	perPart := make([]int, c.parts())
	total := len(c.tr.Blocks) + len(c.version.Measures) + 1
	for _, f := range c.tr.Missing(c.version).Fields {
		perPart[c.partOf(f.Path)]++
		total--
	}
	v.Progress = Progress{Done: total, Total: len(c.tr.Blocks) + len(c.version.Measures) + 1, Label: l.T("translation.progress")}
	for i, missing := range perPart {
		v.Parts = append(v.Parts, translationPart{Number: i + 1, Missing: missing, Href: c.href(i), Current: i == c.part})
	}
}
