package models

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
	"tribuna/internal/markdown"
)

// checkPictures blames each text that shows a picture from elsewhere, which would tell whoever keeps it there who opens the mail,
// or one without words for those who do not see it.
func checkPictures(texts []MailingText) error {
	bad := apperr.New(apperr.CodeInvalid)
	for i, t := range texts {
		path := fmt.Sprintf("texts[%d].body", i)
		for _, p := range markdown.Pictures(t.Body) {
			switch {
			case p.Remote():
				bad.And(path, "mailing_picture_remote", "name", p.Name)
			case p.Shows == "":
				bad.And(path, "mailing_picture_words", "name", p.Name)
			default:
				continue
			}
			break // one sentence for each text
		}
	}
	return bad.OrNil()
}

// MissingPicture is a picture that a text names and nobody has brought.
type MissingPicture struct {
	Text     int // which of the mailing's texts
	Language string
	Name     string
}

// MissingPictures are those that a mailing's texts name in vain.
func (m *Mailing) MissingPictures(ctx context.Context, db bun.IDB) ([]MissingPicture, error) {
	files, err := MailingFiles(ctx, db, m.ID)
	if err != nil {
		return nil, err
	}
	var missing []MissingPicture
	for i, t := range m.Texts {
		for _, p := range markdown.Pictures(t.Body) {
			is := func(f MailingFile) bool {
				return f.Place == PlacePicture && f.In(t.Language) && strings.EqualFold(f.Name, p.Name)
			}
			if !slices.ContainsFunc(files, is) {
				missing = append(missing, MissingPicture{i, t.Language, p.Name})
			}
		}
	}
	return missing, nil
}

// PicturesThere refuses a mailing of which a text names a picture in vain.
func (m *Mailing) PicturesThere(ctx context.Context, db bun.IDB) error {
	missing, err := m.MissingPictures(ctx, db)
	if err != nil {
		return err
	}
	bad := apperr.New(apperr.CodeInvalid)
	for _, p := range missing {
		bad.And(fmt.Sprintf("texts[%d].body", p.Text), "mailing_picture_missing", "name", p.Name)
	}
	return bad.OrNil()
}
