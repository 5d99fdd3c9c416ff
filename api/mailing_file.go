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
	"tribuna/internal/mail"
	"tribuna/models"
)

// MailingFile goes along with the letters of a mailing.
type MailingFile struct {
	ID        uuid.UUID           `json:"id"`
	Name      string              `json:"name"`               // "" where it was removed once the mailing was over
	Language  string              `json:"language,omitempty"` // of the letters it goes with; absent: of all
	Place     models.MailingPlace `json:"place"`
	MediaType string              `json:"media_type"`
	Size      int64               `json:"size"`   // in bytes; in a mail it takes more than a third more
	SHA256    string              `json:"sha256"` // hexadecimal; stays when the file is removed
	CreatedAt time.Time           `json:"created_at"`
}

// Letter is a mail as its reader gets it, with all fields filled in.
type Letter struct {
	Subject string        `json:"subject"`
	HTML    string        `json:"html"` // pictures stand in it as data
	Text    string        `json:"text"` // the plain-text half
	Size    int64         `json:"size"` // of the whole mail as it travels, in bytes; names and addresses make some difference
	Files   []MailingFile `json:"files"`
}

// mailingUploadLimit bounds the whole body.
const mailingUploadLimit = models.MaxMailingUpload + 1<<20

func (s *server) mailingFileRoutes() []route {
	const all, one = "/mailings/{id}/files", "/mailings/{id}/files/{file}"
	return []route{
		{method: http.MethodGet, path: all, id: "listMailingFiles", tag: "campaign", summary: "What goes along with it", reply: list[MailingFile]{}, serve: s.listMailingFiles},
		{method: http.MethodPost, path: all, id: "addMailingFile", tag: "campaign",
			summary: "Attach a file to a mailing that is a draft, or bring a picture for its text, as another revision of it", key: true, body: upload{}, limit: mailingUploadLimit,
			query:  []param{{"language", "of the letters it goes with; all if absent", text}, {"place", "attached (if absent) or picture, which stands where the text says ![what it shows](its name)", text}},
			status: http.StatusCreated, reply: MailingFile{}, serve: s.addMailingFile},
		{method: http.MethodGet, path: one, id: "getMailingFile", tag: "campaign", summary: "The file", reply: download{}, serve: s.getMailingFile},
		{method: http.MethodDelete, path: one, id: "removeMailingFile", tag: "campaign",
			summary: "Take it off a draft, as another revision of it; of a mailing that is over the bytes and the name are removed", status: http.StatusNoContent, serve: s.removeMailingFile},
	}
}

func mailingFileView(f models.MailingFile) MailingFile {
	v := MailingFile{ID: f.ID, Name: f.Name, Place: f.Place, MediaType: f.MediaType, Size: f.Size, SHA256: f.Hash, CreatedAt: f.CreatedAt}
	if f.Language != nil {
		v.Language = *f.Language
	}
	return v
}

// letterView is a letter as somebody looks at it, with the files that go along with it.
func letterView(look mail.MailingPreview) Letter {
	l := Letter{Subject: look.Subject, HTML: look.HTML, Text: look.Text, Size: look.Size, Files: []MailingFile{}}
	for _, f := range look.Along {
		l.Files = append(l.Files, mailingFileView(f))
	}
	return l
}

func (s *server) listMailingFiles(c *call) (reply, error) {
	m, _, err := c.mailing(access.ReadMailing)
	if err != nil {
		return reply{}, err
	}
	rows, err := models.MailingFiles(c.ctx(), s.DB, m.ID)
	return reply{body: listOf(rows, mailingFileView)}, err
}

func (s *server) addMailingFile(c *call) (reply, error) {
	m, _, err := c.mailing(access.EditMailing)
	if err != nil {
		return reply{}, err
	}
	brought, err := c.file(models.MaxMailingUpload, models.MailingFileTooLarge())
	if err != nil {
		return reply{}, err
	}
	in := models.MailingFileInput{Place: models.MailingPlace(c.query("place")), Language: c.query("language")}
	f, err := models.NewMailingFile(brought.Name, brought.Content, in)
	if err != nil {
		return reply{}, err
	}
	id, _, err := c.once(map[string]string{"name": f.Name, "sha256": f.Hash, "language": in.Language, "place": string(f.Place)},
		func(ctx context.Context, tx bun.Tx) (uuid.UUID, error) {
			return f.ID, f.Insert(ctx, tx, m.ID, c.who.person.ID, c.now())
		})
	if err != nil {
		return reply{}, err
	}
	stored, err := models.MailingFileByID(c.ctx(), s.DB, m.ID, id)
	if err != nil {
		return reply{}, err
	}
	return reply{body: mailingFileView(*stored), location: s.BaseURL + Prefix + "/mailings/" + m.ID.String() + "/files/" + id.String()}, nil
}

// mailingFile reads the one the path names.
func (c *call) mailingFile(action access.Action) (*models.MailingFile, error) {
	m, _, err := c.mailing(action)
	if err != nil {
		return nil, err
	}
	id, err := c.idNamed("file", "attachment")
	if err != nil {
		return nil, err
	}
	return models.MailingFileByID(c.ctx(), c.s.DB, m.ID, id)
}

func (s *server) getMailingFile(c *call) (reply, error) {
	f, err := c.mailingFile(access.ReadMailing)
	if err != nil {
		return reply{}, err
	}
	if f.Removed() {
		return reply{}, apperr.NotFound("attachment")
	}
	return reply{file: &files.File{Name: f.Name, MediaType: f.MediaType, Content: f.Bytes}}, nil
}

func (s *server) removeMailingFile(c *call) (reply, error) {
	f, err := c.mailingFile(access.EditMailing)
	if err != nil {
		return reply{}, err
	}
	return reply{}, c.inTx(func(ctx context.Context, tx bun.Tx) error { return f.Remove(ctx, tx) })
}
