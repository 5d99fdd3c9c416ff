package web

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"mime"
	"net/http"
	"strings"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
	"tribuna/internal/files"
	"tribuna/models"
)

// behalfPattern is the address of the form that may hold a file.
const behalfPattern = "POST /recommendations/{id}/on-behalf"

// behalfLimit bounds that form. A file somewhat too large is read to its end: a browser that is cut off shows a broken
// connection in place of the form with its sentence.
const behalfLimit = 4*models.MaxAttachment + bodyLimit

// readUpload reads a form that may hold a file of at most so many bytes, and leaves its fields where those of other forms are found.
func readUpload(r *http.Request, most int64) (*files.File, error) {
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != "multipart/form-data" {
		return nil, nil
	}
	values, file, err := files.Read(r, most)
	if err != nil {
		return nil, err
	}
	tidy(values)
	r.PostForm = values
	for name, list := range values {
		r.Form[name] = append(list, r.Form[name]...)
	}
	return file, nil
}

// keepOriginal stores the file that came with the form and names it in the form, so that it need not be chosen again
// when the form is shown again. Without a new one the one named stays, unless it is to be left out.
func (s *Server) keepOriginal(r *http.Request, a *officerAct, file *files.File) error {
	return s.keepFile(r, a.rec.ID, a.visitor.Person.ID, a.form.DecisionID, file)
}

// keepFile stores a file that belongs to what is said about a recommendation.
func (s *Server) keepFile(r *http.Request, rec, person uuid.UUID, decisionID string, file *files.File) error {
	if file == nil {
		if r.PostFormValue("no_file") != "" {
			r.PostForm.Del("attachment_id")
		}
		return nil
	}
	if file.TooLarge {
		return models.FileTooLarge()
	}
	stored, err := models.NewAttachment(rec, file.Name, file.Content, person, s.Now())
	if err != nil {
		return err
	}
	if !models.ValidDecisionID(decisionID) {
		return apperr.Invalid("decision_id", "decision_id")
	}
	sum := sha256.Sum256([]byte(r.URL.Path + "\n" + stored.Hash))
	key := models.IdempotencyKey{PersonID: person, Key: decisionID, Hash: hex.EncodeToString(sum[:]), CreatedAt: s.Now()}
	return s.DB.RunInTx(r.Context(), nil, func(ctx context.Context, tx bun.Tx) error {
		id, _, err := models.CreateOnce(ctx, tx, key, func() (uuid.UUID, error) { return stored.ID, stored.Insert(ctx, tx) })
		if err == nil {
			r.PostForm.Set("attachment_id", id.String())
		}
		return err
	})
}

// keptOriginal is the file that the form names, nil where it names none that can be recorded.
func (s *Server) keptOriginal(ctx context.Context, a *officerAct) (*models.Attachment, error) {
	return s.keptFile(ctx, a.form.Form, a.rec.ID)
}

func (s *Server) keptFile(ctx context.Context, f *Form, rec uuid.UUID) (*models.Attachment, error) {
	id, err := uuid.Parse(f.Value("attachment_id"))
	if err != nil {
		return nil, nil //nolint:nilerr // what is no id names none
	}
	kept, err := models.AttachmentByID(ctx, s.DB, rec, id)
	if apperr.CodeOf(err) == apperr.CodeNotFound || (err == nil && kept.Redacted()) {
		return nil, nil
	}
	return kept, err
}

// blameFile has the field in which a file is chosen blamed for what is wrong with the one that was kept, which is not
// kept any longer: it is the only one that people see.
func blameFile(r *http.Request, err error) error {
	var e *apperr.Error
	if errors.As(err, &e) {
		for i, f := range e.Fields {
			if f.Path == "attachment_id" {
				e.Fields[i].Path = files.Field
				r.PostForm.Del("attachment_id")
			}
		}
	}
	return err
}

// fileEndings is what the field offers to choose from.
func fileEndings() string { return strings.Join(models.AttachmentEndings(), ",") }
