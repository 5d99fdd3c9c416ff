package web

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/google/uuid"

	"tribuna/internal/apperr"
	"tribuna/internal/files"
	"tribuna/internal/margin"
	"tribuna/internal/word"
	"tribuna/models"
)

// carriedField is a field that a form carries on.
type carriedField struct{ Name, Value string }

// marginOf are the comments that were read of the original, as the form for somebody else's answer carries them.
func marginOf(values url.Values, body string) (shown []answeredComment, carried []carriedField) {
	comments, _ := readComments(values, body)
	for _, c := range comments {
		shown = append(shown, answeredComment{Number: c.Block + 1, Kind: c.Kind, Quote: c.Quote, Replacement: c.Replacement, Body: c.Body})
	}
	if len(shown) == 0 {
		return nil, nil
	}
	for name, list := range values {
		if partOfComment.MatchString(name) {
			for _, v := range list {
				carried = append(carried, carriedField{name, v})
			}
		}
	}
	slices.SortStableFunc(carried, func(a, b carriedField) int { return byFormOrder(a.Name, b.Name) })
	return shown, carried
}

// readsOriginal reads the comments and changes of a Word file that came as the original, where its button was pressed. They
// are shown in the form and recorded with it, not before. It reports whether it did.
func (s *Server) readsOriginal(w http.ResponseWriter, r *http.Request, a *officerAct, file *files.File) (bool, error) {
	if r.PostFormValue("do") != "margin" || a.task.Kind == models.TaskSignOff {
		return false, nil
	}
	found, err := s.originalMargin(r, a, file)
	if err == nil && found.Nothing() {
		err = apperr.Invalid(files.Field, "word_no_marks")
	}
	if err != nil {
		if err := a.again(r, blameFile(r, err)); err != nil {
			return true, err
		}
		return true, s.showBehalf(w, r, a)
	}
	values := a.form.Form.Values
	for name := range values {
		if partOfComment.MatchString(name) {
			values.Del(name)
		}
	}
	putMargin(values, found)
	a.form.DecisionID, a.found = NewDecisionID(), marginFound(Localizer(r), found)
	return true, s.showBehalf(w, r, a)
}

func (s *Server) originalMargin(r *http.Request, a *officerAct, file *files.File) (*margin.Found, error) {
	ctx := r.Context()
	if err := s.keepOriginal(r, a, file); err != nil {
		return nil, err
	}
	id, err := uuid.Parse(r.PostFormValue("attachment_id"))
	if err != nil {
		return nil, apperr.Invalid(files.Field, "word_none", "megabytes", word.MaxAnswer>>20)
	}
	original, err := models.VisibleAttachment(ctx, s.DB, a.visitor.viewer(), id)
	if err == nil && original.RecommendationID != a.rec.ID {
		err = apperr.NotFound("attachment")
	}
	if err != nil {
		return nil, err
	}
	if !s.Word.ReadsWord() {
		return nil, word.NotInstalled("pandoc")
	}
	if err := s.allowConversion(ctx, a.visitor.Person.ID.String()); err != nil {
		return nil, err
	}
	version, err := models.VersionByID(ctx, s.DB, *a.task.VersionID)
	if err != nil {
		return nil, err
	}
	return margin.Read(ctx, s.DB, s.Word, Localizer(r), a.rec, version, original.Bytes)
}
