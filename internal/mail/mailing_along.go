package mail

import (
	"context"

	"github.com/google/uuid"

	"tribuna/internal/markdown"
	"tribuna/models"
)

// widestPicture is how wide a picture stands in a letter at most, in pixels: as wide as the letter's own column.
const widestPicture = 520

// along is what goes along with the letters of a mailing in one language.
type along struct {
	language string
	files    []models.MailingFile
	used     map[string]bool // Content-IDs of the pictures that the text names
}

func (d *draft) alongWith(ctx context.Context, mailing uuid.UUID) (*along, error) {
	files, err := models.MailingFilesIn(ctx, d.db, mailing, d.mail.Language)
	return &along{d.mail.Language, files, map[string]bool{}}, err
}

// shown finds a picture by the name that the text gives: that of the language before the one for all.
func (a *along) shown(name string) markdown.Shown {
	found := models.PictureNamed(a.files, a.language, name)
	if found == nil {
		return markdown.Shown{}
	}
	a.used[found.ContentID()] = true
	return markdown.Shown{Address: "cid:" + found.ContentID(), Width: min(found.Width, widestPicture)}
}

// attached are the files as they go with the letter. Pictures that the text does not name stay here.
func (a *along) attached() []Attached {
	var all []Attached
	for _, f := range a.files {
		switch {
		case f.Place == models.PlaceAttached:
			all = append(all, Attached{Name: f.Name, MediaType: f.MediaType, Content: f.Bytes})
		case a.used[f.ContentID()]:
			all = append(all, Attached{Name: f.Name, MediaType: f.MediaType, Content: f.Bytes, Within: f.ContentID()})
		}
	}
	return all
}
