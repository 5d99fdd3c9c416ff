package web

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"github.com/google/uuid"
	"github.com/gorilla/mux"
	"github.com/uptrace/bun"

	"tribuna/internal/access"
	"tribuna/internal/apperr"
	"tribuna/models"
)

// draftRoutes register the pages on which a recommendation is written.
func (s *Server) draftRoutes(r *mux.Router) {
	s.get(r, "/recommendations/new", s.newDraft)
	s.post(r, "/recommendations/new", s.createDraft)
	s.get(r, "/recommendations/{id}/edit", s.editDraft)
	s.post(r, "/recommendations/{id}/edit", s.saveDraft)
}

// newDraft shows an empty form with what is likely chosen already.
func (s *Server) newDraft(w http.ResponseWriter, r *http.Request) error {
	v, organisations, err := s.writer(r)
	if err != nil {
		return err
	}
	words, err := s.withKept(r, keptDraft(v, nil), newDraftWords(v, organisations))
	if err != nil {
		return err
	}
	return s.showDraft(w, r, http.StatusOK, nil, organisations, words, nil)
}

// newDraftWords are the words of an empty form.
func newDraftWords(v *visitor, organisations []models.Organisation) draftWords {
	words := draftWords{measures: make([]measureWords, 1)}
	words.fields = map[string][]string{"kind": {"policy_brief"}, "language": {v.Person.Language}, "procedure": {models.DefaultProcedure},
		"organisation_id": {organisations[0].ID.String()}, "countries": organisations[0].Countries}
	return words
}

// keptDraft is the form of a draft whose words are kept; a nil recommendation is a new one.
func keptDraft(v *visitor, rec *models.Recommendation) keptForm {
	if rec == nil {
		return keptForm{v, nil, models.KeptNew, "/recommendations/new", false}
	}
	return keptForm{v, rec, models.KeptEdit(rec.ID), recommendationPath(rec.ID) + "/edit", false}
}

// withKept goes on with what was left in the form of a draft, or offers it.
func (s *Server) withKept(r *http.Request, k keptForm, words draftWords) (draftWords, error) {
	kept, state, err := s.keptIn(r, k, k.page, words.values())
	if err != nil {
		return words, err
	}
	if kept != nil {
		words = readDraftWords(kept)
	}
	words.keeping = state
	return words, nil
}

// writer returns the visitor and in whose name they may write.
func (s *Server) writer(r *http.Request) (*visitor, []models.Organisation, error) {
	v, err := s.requirePerson(r)
	if err != nil {
		return nil, nil, err
	}
	organisations, err := s.organisationsToWriteFor(r.Context(), v)
	if err == nil && len(organisations) == 0 {
		err = apperr.About(apperr.CodeForbidden, "recommendation")
	}
	return v, organisations, err
}

func (s *Server) createDraft(w http.ResponseWriter, r *http.Request) error {
	if err := ParseForm(r); err != nil {
		return err
	}
	v, organisations, err := s.writer(r)
	if err != nil {
		return err
	}
	if kept, err := s.keepWords(w, r, keptDraft(v, nil)); kept {
		return err
	}
	if leads, err := s.toWordFile(w, r, keptDraft(v, nil)); leads {
		return err
	}
	words := readDraftWords(r.PostForm)
	if _, rows := words.edit(r.PostFormValue("do")); rows {
		return s.showDraft(w, r, http.StatusOK, nil, organisations, words, nil)
	}
	words.dropEmpty()
	id, err := s.create(r.Context(), v, organisations, words)
	if err != nil {
		return s.showDraft(w, r, http.StatusUnprocessableEntity, nil, organisations, words, err)
	}
	s.Processes.StartSoon(r.Context(), id)
	s.flash(r, "done", Localizer(r).T("draft.created"))
	http.Redirect(w, r, recommendationPath(id), http.StatusSeeOther)
	return nil
}

// create writes the recommendation once, however often the same form is sent.
func (s *Server) create(ctx context.Context, v *visitor, organisations []models.Organisation, words draftWords) (id uuid.UUID, err error) {
	in, err := words.input()
	if err != nil {
		return uuid.Nil, err
	}
	if !slices.ContainsFunc(organisations, func(o models.Organisation) bool { return o.ID == in.OrganisationID }) {
		return uuid.Nil, apperr.Invalid("organisation_id", "unknown")
	}
	key := models.IdempotencyKey{PersonID: v.Person.ID, Key: words.fields.Get("decision_id"), CreatedAt: s.Now()}
	if key.Hash, err = hashOf(in); err != nil {
		return uuid.Nil, err
	}
	err = s.DB.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		id, _, err = models.CreateOnce(ctx, tx, key, func() (uuid.UUID, error) {
			rec, err := models.CreateRecommendation(ctx, tx, in, v.Person, s.Now())
			if err != nil {
				return uuid.Nil, err
			}
			return rec.ID, nil
		})
		if err != nil {
			return err
		}
		return models.ForgetKept(ctx, tx, v.Person.ID, models.KeptNew)
	})
	return id, err
}

// hashOf is the mark of what a form asks for.
func hashOf(in models.RecommendationInput) (string, error) {
	raw, err := json.Marshal(in)
	if err != nil {
		return "", fmt.Errorf("encode a recommendation: %w", err)
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:]), nil
}

func (s *Server) editDraft(w http.ResponseWriter, r *http.Request) error {
	v, rec, err := s.ownRecommendation(r, access.EditDraft)
	if err != nil {
		return err
	}
	if err := rec.Editable(); err != nil {
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
	if words, err = s.withKept(r, keptDraft(v, rec), words); err != nil {
		return err
	}
	return s.showDraft(w, r, http.StatusOK, rec, nil, words, nil)
}

func (s *Server) currentText(ctx context.Context, rec *models.Recommendation) (*models.Version, *models.Procedure, error) {
	if rec.CurrentVersionID == nil {
		return nil, nil, apperr.NotFound("version")
	}
	version, err := models.VersionByID(ctx, s.DB, *rec.CurrentVersionID)
	if err != nil {
		return nil, nil, err
	}
	procedure, err := models.ProcedureByID(ctx, s.DB, rec.ProcedureID)
	return version, procedure, err
}

func (s *Server) saveDraft(w http.ResponseWriter, r *http.Request) error {
	if err := ParseForm(r); err != nil {
		return err
	}
	v, rec, err := s.ownRecommendation(r, access.EditDraft)
	if err != nil {
		return err
	}
	if kept, err := s.keepWords(w, r, keptDraft(v, rec)); kept {
		return err
	}
	if leads, err := s.toWordFile(w, r, keptDraft(v, rec)); leads {
		return err
	}
	words := readDraftWords(r.PostForm)
	if _, rows := words.edit(r.PostFormValue("do")); rows {
		return s.showDraft(w, r, http.StatusOK, rec, nil, words, nil)
	}
	words.dropEmpty()
	version, err := s.save(r.Context(), v, rec, words)
	if err != nil {
		return s.showDraft(w, r, http.StatusUnprocessableEntity, rec, nil, words, err)
	}
	said := "draft.saved"
	if seen, _ := strconv.Atoi(words.fields.Get("seen")); seen == version.Number {
		said = "draft.saved_beside" // the text itself is as it was
	}
	s.flash(r, "done", Localizer(r).T(said, "Number", version.Number))
	http.Redirect(w, r, recommendationPath(rec.ID), http.StatusSeeOther)
	return nil
}

func (s *Server) save(ctx context.Context, v *visitor, rec *models.Recommendation, words draftWords) (*models.Version, error) {
	procedure, err := models.ProcedureByID(ctx, s.DB, rec.ProcedureID)
	if err != nil {
		return nil, err
	}
	// These stay as they began, whatever the form says.
	words.fields.Set("kind", rec.Kind)
	words.fields.Set("language", rec.Language)
	words.fields.Set("organisation_id", rec.OrganisationID.String())
	words.fields.Set("procedure", procedure.Slug)
	in, err := words.input()
	if err != nil {
		return nil, err
	}
	seen, err := strconv.Atoi(words.fields.Get("seen"))
	if err != nil {
		return nil, apperr.About(apperr.CodeOutdated, "draft")
	}
	var version *models.Version
	err = s.DB.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if _, err := models.LockProcess(ctx, tx, rec.ID); err != nil {
			return err
		}
		// First what stands beside the text: saving the text adds its authorities' countries to it.
		if err := models.UpdateSeenAttributes(ctx, tx, rec.ID, words.fields.Get("beside"), in, v.Person, s.Now()); err != nil {
			return err
		}
		if version, err = models.EditDraft(ctx, tx, rec.ID, seen, in.Draft, v.Person, s.Now()); err != nil {
			return err
		}
		return models.ForgetKept(ctx, tx, v.Person.ID, models.KeptEdit(rec.ID))
	})
	return version, err
}

func rowField(list string, i int, name string) string { return fmt.Sprintf("%s[%d].%s", list, i, name) }
