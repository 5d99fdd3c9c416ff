package web

import (
	"context"
	"errors"
	"net/http"

	"github.com/google/uuid"

	"tribuna/internal/apperr"
	"tribuna/internal/files"
	"tribuna/models"
)

// The addresses of the forms that report progress, which may hold a file.
const (
	evidencePattern      = "POST /follow-ups/{id}/progress"
	askedEvidencePattern = "POST /tasks/{id}/progress"
)

// evidenceForm is how a report on progress takes a file.
type evidenceForm struct {
	Kept     *models.Attachment // chosen before, nil for none
	KeptSize int                // in kB
	Endings  string
}

// newEvidenceForm begins with the file that the form names already, if its writer stored it.
func (s *Server) newEvidenceForm(ctx context.Context, f *Form, rec uuid.UUID, v *visitor) (evidenceForm, error) {
	e := evidenceForm{Endings: fileEndings()}
	kept, err := s.keptFile(ctx, f, rec)
	if err == nil && kept != nil && v != nil && kept.UploadedBy == v.Person.ID {
		e.Kept, e.KeptSize = kept, int((kept.Size+1023)/1024)
	}
	return e, err
}

// readReport reads a report on progress for whoever may give it, stores its file and returns what it says. It is kept where
// it was only to be kept for later, with its file, or thrown away; what came of that is answered.
func (s *Server) readReport(w http.ResponseWriter, r *http.Request, k keptForm) (f formState, p models.ProgressPayload, kept bool, err error) {
	file, err := readUpload(r, models.MaxAttachment)
	if err != nil {
		return f, p, false, err
	}
	if f, err = readFormState(r); err != nil {
		return f, p, false, err
	}
	storing := s.keepFile(r, k.rec.ID, k.visitor.Person.ID, f.DecisionID, file)
	if storing == nil {
		if kept, err := s.keepWords(w, r, k); kept {
			return f, p, true, err
		}
	}
	p, err = s.readProgress(r)
	var refused *apperr.Error
	if errors.As(storing, &refused) && refused.Code == apperr.CodeInvalid {
		return f, p, false, bothFaults(refused, err)
	}
	if storing != nil {
		return f, p, false, storing
	}
	return f, p, false, err
}

// showReportAgain says what is wrong with a report, and calls its file what the form does.
func showReportAgain(r *http.Request, f *formState, err error) bool {
	if f.Form == nil || !f.showAgain(blameFile(r, err), Localizer(r)) {
		return false
	}
	for i := range f.Form.Errors {
		if f.Form.Errors[i].Name == files.Field {
			f.Form.Errors[i].Label = Localizer(r).T("following.evidence")
		}
	}
	return true
}

// evidence leads to the file that a report shows; nil where it shows none.
func evidence(n models.ProgressNote, stored map[uuid.UUID]models.Attachment, below string) *original {
	if n.AttachmentID == nil {
		return nil
	}
	return &original{Href: below + attachmentPath(*n.AttachmentID), Name: stored[*n.AttachmentID].Name, Evidence: true}
}
