package api

import (
	"context"
	"net/http"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/access"
	"tribuna/internal/apperr"
	"tribuna/internal/files"
	"tribuna/models"
)

// Attachment is the original of what was recorded on somebody's behalf, or the evidence of a report on progress.
type Attachment struct {
	ID        uuid.UUID `json:"id"`
	Name      string    `json:"name"` // "" where it was removed
	MediaType string    `json:"media_type"`
	Size      int64     `json:"size"`   // in bytes
	SHA256    string    `json:"sha256"` // hexadecimal; stays when the file is removed
	CreatedAt time.Time `json:"created_at"`
	Redacted  bool      `json:"redacted"` // the file was removed
}

// uploadLimit bounds the whole body: the file, and what a form writes around it.
const uploadLimit = models.MaxAttachment + 1<<20

func (s *server) attachmentRoutes() []route {
	return []route{
		{method: http.MethodPost, path: "/recommendations/{id}/attachments", id: "uploadAttachment", tag: "attachments",
			summary: "Store the original of what will be recorded on somebody's behalf; name it then as attachment_id",
			key:     true, body: upload{}, limit: uploadLimit, status: http.StatusCreated, reply: Attachment{}, serve: s.uploadAttachment},
		{method: http.MethodGet, path: "/attachments/{id}", id: "getAttachment", tag: "attachments",
			summary: "The file, for who decides on the recommendation and for the person in whose name it was recorded; evidence for all who read the report",
			gate:    byLink, reply: download{}, serve: s.getAttachment},
	}
}

func (s *server) uploadAttachment(c *call) (reply, error) {
	rec, err := c.owned(access.RecordOnBehalf)
	if err != nil {
		return reply{}, err
	}
	return s.keepUpload(c, rec)
}

// keepUpload stores the file of a request.
func (s *server) keepUpload(c *call, rec *models.Recommendation) (reply, error) {
	f, err := c.file(models.MaxAttachment, models.FileTooLarge())
	if err != nil {
		return reply{}, err
	}
	a, err := models.NewAttachment(rec.ID, f.Name, f.Content, c.who.person.ID, c.now())
	if err != nil {
		return reply{}, err
	}
	id, _, err := c.once(map[string]string{"name": a.Name, "sha256": a.Hash}, func(ctx context.Context, tx bun.Tx) (uuid.UUID, error) {
		return a.ID, a.Insert(ctx, tx)
	})
	if err != nil {
		return reply{}, err
	}
	stored, err := models.AttachmentByID(c.ctx(), s.DB, rec.ID, id)
	return reply{body: attachmentView(*stored), location: s.BaseURL + Prefix + "/attachments/" + id.String()}, err
}

// file reads the one file of a request, of at most so many bytes; a form that holds anything else is refused, and a larger
// file with the given error.
func (c *call) file(most int64, tooLarge error) (*files.File, error) {
	if c.r.Header.Get("Content-Encoding") != "" {
		return nil, apperr.New(apperr.CodeUnsupportedType)
	}
	c.r.Body = http.MaxBytesReader(c.w, c.r.Body, c.route.limit)
	values, f, err := files.Read(c.r, most)
	if err != nil {
		return nil, err
	}
	bad := apperr.New(apperr.CodeInvalid)
	for name := range values {
		bad.And(name, "unknown_field")
	}
	switch {
	case bad.OrNil() != nil:
		return nil, bad
	case f == nil:
		return nil, apperr.Invalid(files.Field, "required")
	case f.TooLarge:
		return nil, tooLarge
	}
	return f, nil
}

func (s *server) getAttachment(c *call) (reply, error) {
	id, err := c.id("attachment")
	if err != nil {
		return reply{}, err
	}
	a, err := models.VisibleAttachment(c.ctx(), s.DB, c.who.viewer, id)
	if err != nil {
		return reply{}, err
	}
	object, err := models.AttachmentObject(c.ctx(), s.DB, a, c.who.link)
	if err != nil {
		return reply{}, err
	}
	return reply{file: &files.File{Name: a.Name, MediaType: a.MediaType, Content: a.Bytes}}, access.Can(c.who.actor(), access.ReadAttachment, object)
}

func attachmentView(a models.Attachment) Attachment {
	return Attachment{ID: a.ID, Name: a.Name, MediaType: a.MediaType, Size: a.Size, SHA256: a.Hash, CreatedAt: a.CreatedAt, Redacted: a.Redacted()}
}

// attachmentOf is the attachment an entry of the record tells of, among those the reader may see.
func attachmentOf(id string, all map[uuid.UUID]models.Attachment) *Attachment {
	parsed, err := uuid.Parse(id)
	if err != nil {
		return nil
	}
	a, there := all[parsed]
	if !there {
		return nil
	}
	view := attachmentView(a)
	return &view
}
