package web

import (
	"html/template"
	"net/http"
	"strconv"

	"tribuna/internal/access"
	"tribuna/internal/markdown"
	"tribuna/models"
)

// approvalView is the page of the second pair of eyes: source and translation side by side, to approve or to send back.
type approvalView struct {
	Page
	formState
	Card       askedCard
	Approve    string // where the forms go
	Return     string
	Document   string
	From, To   string
	Title      string // translated
	Rows       []renderedPair
	Measures   []measurePair
	Revision   int
	Translator string
	Decline    declineForm
}

// renderedPair is a block of the source and its translation, or the note that says why it was left out.
type renderedPair struct {
	Number              int
	Source, Translation template.HTML
	LeftOut             bool
	Note                string
}

func (s *Server) showApproval(w http.ResponseWriter, r *http.Request, a *asked) error {
	return s.renderApproval(w, r, a, newFormState(nil))
}

func (s *Server) renderApproval(w http.ResponseWriter, r *http.Request, a *asked, f formState) error {
	c, err := s.loadTranslation(r.Context(), a, "")
	if err != nil {
		return err
	}
	v, err := s.approvalPage(r, c, f)
	if err != nil {
		return err
	}
	s.Engine.Render(w, r, f.status, "translation_approval", v)
	return nil
}

func (s *Server) approvalPage(r *http.Request, c translationCase, f formState) (approvalView, error) {
	ctx, l := r.Context(), Localizer(r)
	v := approvalView{formState: f, Approve: c.path() + "/approve-translation", Return: c.path() + "/return-translation",
		Document: c.version.Title, From: c.rec.Language, To: c.tr.Language, Title: c.tr.Title, Revision: c.tr.Revision}
	v.Page = askedPage(r, l.T("asked.title.approve_translation", "Title", c.version.Title))
	v.Measures = c.measurePairs()
	var err error
	if v.Card, err = s.card(ctx, l, c.asked); err != nil {
		return v, err
	}
	if v.Decline, err = s.declineForm(r, c.asked, f); err != nil {
		return v, err
	}
	if c.tr.TranslatorID != nil {
		translator, err := models.PersonByID(ctx, s.DB, *c.tr.TranslatorID)
		if err != nil {
			return v, err
		}
		v.Translator = translator.Name
	}
	v.Rows, err = c.renderedPairs()
	return v, err
}

// renderedPairs puts source and translation side by side.
func (c translationCase) renderedPairs() ([]renderedPair, error) {
	shift := markdown.WithHeadingShift(headingShift(c.version.Body))
	source, err := markdown.RenderBlocks(c.version.Body, shift)
	if err != nil {
		return nil, err
	}
	translated, err := c.renderTranslated(shift, markdown.WithIDPrefix("translation-"))
	if err != nil {
		return nil, err
	}
	pairs := make([]renderedPair, 0, len(c.tr.Blocks))
	for i, b := range c.tr.Blocks {
		p := renderedPair{Number: b.Position + 1, LeftOut: b.LeftOut, Note: b.Note, Translation: translated[i]}
		if b.Position < len(source) {
			p.Source = source[b.Position].HTML
		}
		if p.Source != "" || b.LeftOut {
			pairs = append(pairs, p)
		}
	}
	return pairs, nil
}

// renderTranslated renders the translation as a whole, so that its footnotes find each other. Where a paragraph became
// several, the blocks no longer match and each is rendered by itself.
func (c translationCase) renderTranslated(options ...markdown.Option) ([]template.HTML, error) {
	whole, err := markdown.RenderBlocks(c.tr.Body(), options...)
	if err != nil {
		return nil, err
	}
	kept := 0
	for _, b := range c.tr.Blocks {
		if !b.LeftOut {
			kept++
		}
	}
	html := make([]template.HTML, len(c.tr.Blocks))
	next := 0
	for i, b := range c.tr.Blocks {
		switch {
		case b.LeftOut:
		case len(whole) == kept:
			html[i] = whole[next].HTML
			next++
		default:
			if html[i], err = markdown.Render(b.Text, options...); err != nil {
				return nil, err
			}
		}
	}
	return html, nil
}

// approveTranslation takes the words that were seen as good.
func (s *Server) approveTranslation(w http.ResponseWriter, r *http.Request) error {
	if err := ParseForm(r); err != nil {
		return err
	}
	revision, _ := strconv.Atoi(r.PostFormValue("revision")) // 0 is refused below
	return s.decideTranslation(w, r, models.DecideApproveTranslation, models.SubmitTranslationPayload{Revision: revision}, ticked(r, "read"))
}

// returnTranslation sends the words back with a note.
func (s *Server) returnTranslation(w http.ResponseWriter, r *http.Request) error {
	if err := ParseForm(r); err != nil {
		return err
	}
	return s.decideTranslation(w, r, models.DecideReturnTranslation, models.ReturnTranslationPayload{Note: words(r, "note"), Written: writtenIn(r)}, nil)
}

// decideTranslation says what the second reader decided, unless the form says nothing as it stands (unsaid).
func (s *Server) decideTranslation(w http.ResponseWriter, r *http.Request, kind models.DecisionKind, payload any, unsaid error) error {
	a, err := s.askedFor(r, access.ApproveTranslation, models.TaskApproveTranslation)
	if slowedDown(a, err) {
		return showSlowed(w, r, err, func(f formState) error { return s.renderApproval(w, r, a, f) })
	}
	if err != nil {
		return err
	}
	f, err := readFormState(r)
	if err != nil {
		return err
	}
	done, err := false, unsaid
	if err == nil {
		done, err = s.checkAndDecide(w, r, decision{a.task.ProcessID, kind, &a.task.ID, payload}, a.path()+"/thanks")
	}
	if err != nil && f.showAgain(err, Localizer(r)) {
		f.Form.sayTick(Localizer(r), "read", Localizer(r).T("translation.read"))
		return s.renderApproval(w, r, a, f)
	}
	if err != nil || !done {
		return err
	}
	http.Redirect(w, r, a.path()+"/thanks", http.StatusSeeOther)
	return nil
}
