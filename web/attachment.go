package web

import (
	"context"
	"net/http"

	"github.com/google/uuid"
	"github.com/gorilla/mux"

	"tribuna/internal/access"
	"tribuna/internal/files"
	"tribuna/models"
)

func (s *Server) attachmentRoutes(r *mux.Router) {
	s.get(r, "/attachments/{id}", s.showAttachment)
	s.get(r, "/tasks/{task}/attachments/{id}", s.showAttachment)
}

// original leads to the file of what was recorded on somebody's behalf.
type original struct {
	Href string
	Name string // "" where it was removed
	// Evidence says that it shows what was reported, in the reporter's own words.
	Evidence bool
}

// showAttachment gives the file to who may read it, to be saved. Below the address of a question the cookie of a personal
// link goes along.
func (s *Server) showAttachment(w http.ResponseWriter, r *http.Request) error {
	id, err := idVar(r, "id", "attachment")
	if err != nil {
		return err
	}
	v, err := s.requirePerson(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	a, err := models.VisibleAttachment(ctx, s.DB, v.viewer(), id)
	if err != nil {
		return err
	}
	object, err := models.AttachmentObject(ctx, s.DB, a, v.link())
	if err != nil {
		return err
	}
	actor, err := models.AccessActor(ctx, s.DB, v.Person.ID, v.link())
	if err != nil {
		return err
	}
	if err := access.Can(actor, access.ReadAttachment, object); err != nil {
		return err
	}
	files.Serve(w, files.File{Name: a.Name, MediaType: a.MediaType, Content: a.Bytes})
	return nil
}

// originalFor leads the person a question was answered for to the original of that answer; nil where there is none.
func (s *Server) originalFor(ctx context.Context, a *asked) (*original, error) {
	file, err := models.OriginalOf(ctx, s.DB, a.task.ID, a.visitor.Person.ID)
	if file == nil {
		return nil, err
	}
	return &original{Href: a.path() + "/attachments/" + file.ID.String(), Name: file.Name}, nil
}

// originalsOf leads those who may read them to the originals of answers that were recorded for somebody, by the question answered.
func (s *Server) originalsOf(ctx context.Context, v models.Viewer, rec uuid.UUID) (map[uuid.UUID]*original, error) {
	files, err := models.OriginalsOf(ctx, s.DB, v, rec)
	if err != nil {
		return nil, err
	}
	originals := make(map[uuid.UUID]*original, len(files))
	for task, file := range files {
		originals[task] = &original{Href: attachmentPath(file.ID), Name: file.Name}
	}
	return originals, nil
}

func attachmentPath(id uuid.UUID) string { return "/attachments/" + id.String() }
