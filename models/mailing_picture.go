package models

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"
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
			if PictureNamed(files, t.Language, p.Name) == nil {
				missing = append(missing, MissingPicture{i, t.Language, p.Name})
			}
		}
	}
	return missing, nil
}

// PictureNamed finds the picture that a text in a language names: that of the language before the one for all; nil for none.
func PictureNamed(files []MailingFile, language, name string) (found *MailingFile) {
	for i, f := range files {
		if f.Place == PlacePicture && !f.Removed() && f.In(language) && strings.EqualFold(f.Name, name) && (found == nil || f.Language != nil) {
			found = &files[i]
		}
	}
	return found
}

// Along are those of a mailing's files that go with its letters in a language: a picture goes where the text names it, and stays
// here else.
func (m *Mailing) Along(files []MailingFile, language string) []MailingFile {
	named := map[uuid.UUID]bool{}
	for _, t := range m.Texts {
		if t.Language != language {
			continue
		}
		for _, p := range markdown.Pictures(t.Body) {
			if f := PictureNamed(files, language, p.Name); f != nil {
				named[f.ID] = true
			}
		}
	}
	var along []MailingFile
	for _, f := range files {
		if f.In(language) && !f.Removed() && (f.Place == PlaceAttached || named[f.ID]) {
			along = append(along, f)
		}
	}
	return along
}

// NotNamed are the languages of a mailing's letters with which a picture would go, and whose text does not name it.
func (m *Mailing) NotNamed(f MailingFile) []string {
	if f.Place != PlacePicture || f.Removed() {
		return nil
	}
	var languages []string
	for _, t := range m.Texts {
		is := func(p markdown.Picture) bool { return strings.EqualFold(p.Name, f.Name) }
		if f.In(t.Language) && !slices.ContainsFunc(markdown.Pictures(t.Body), is) {
			languages = append(languages, t.Language)
		}
	}
	return languages
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
