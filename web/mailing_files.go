package web

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/access"
	"tribuna/internal/apperr"
	"tribuna/internal/files"
	"tribuna/internal/i18n"
	"tribuna/internal/word"
	"tribuna/models"
)

// mailingFilesPattern is the address of the form that takes a file, mailingFilesLimit bounds it: one somewhat too large is read to
// its end, so that there is somebody to tell.
const (
	mailingFilesPattern = "POST /mailings/{id}/files"
	mailingFilesLimit   = 2*models.MaxMailingUpload + bodyLimit
)

// mailingFilesView is what goes along with a mailing, and the form for more.
type mailingFilesView struct {
	Page
	formState
	Document, DocumentHref, DocumentLang string
	Here, Back                           string
	Draft                                bool
	Files                                []mailingFileRow
	Loads                                []letterLoad
	Places, TextLanguages                []Option
	Endings                              string
	Missing                              []missingPicture // pictures that the texts name in vain
	Editions                             []Option         // languages in which the publication can be attached
}

// mailingFileRow is one file as a table shows it.
type mailingFileRow struct {
	Name          string // "" where it was removed
	Href, Remove  string // Remove is "" where it cannot be
	For, Place    string
	Size, Written string // Written is what stands for a picture in a text
	NotNamed      string // the languages whose text does not name the picture, so that it does not go; "" for none
}

// letterLoad is how much the letters of a language carry.
type letterLoad struct{ Language, Size string }

// kilobytes says a size in kilobytes.
func kilobytes(l *i18n.Localizer, bytes int64) string {
	return l.T("mailing_file.kilobytes", "Number", l.Number(int((bytes+1023)/1024)))
}

func (s *Server) showMailingFiles(w http.ResponseWriter, r *http.Request) error {
	c, err := s.loadMailing(r, access.ReadMailing)
	if err != nil {
		return err
	}
	return s.renderMailingFiles(w, r, c, newFormState(nil))
}

//i18n:keys mailing_file.place.*
func (s *Server) renderMailingFiles(w http.ResponseWriter, r *http.Request, c mailingCase, f formState) error {
	l := Localizer(r)
	v := mailingFilesView{Page: s.workPage(r, l.T("mailing_file.title")), formState: f, Document: c.title.Title, DocumentLang: c.title.Language,
		DocumentHref: recommendationPath(c.rec.ID), Here: c.path() + "/files", Back: c.path(), Draft: c.m.State == models.MailingDraft,
		Endings: strings.Join(models.MailingFileEndings(), ",")}
	list, err := models.MailingFiles(r.Context(), s.DB, c.m.ID)
	if err != nil {
		return err
	}
	for _, file := range list {
		v.Files = append(v.Files, mailingFileRowOf(l, c, file))
	}
	for _, place := range models.MailingPlaces() {
		v.Places = append(v.Places, Option{Value: string(place), Label: l.T("mailing_file.place." + string(place))})
	}
	for _, t := range c.m.Texts {
		v.TextLanguages = append(v.TextLanguages, Option{Value: t.Language, Label: l.Language(t.Language)})
		v.Loads = append(v.Loads, letterLoad{l.Language(t.Language), kilobytes(l, loadOf(c.m.Along(list, t.Language)))})
	}
	if v.Missing, err = s.missingPictures(r.Context(), l, c.m, ""); err != nil {
		return err
	}
	preset(f.Form, "place", string(likelyPlace(v.Missing)))
	if v.Editions, err = s.editionsToAttach(r.Context(), l, c); err != nil {
		return err
	}
	s.Engine.Render(w, r, f.status, "mailing_files", v)
	return nil
}

// likelyPlace is where the next file belongs: into the text, while a text names a picture that is not there.
func likelyPlace(missing []missingPicture) models.MailingPlace {
	if len(missing) > 0 {
		return models.PlacePicture
	}
	return models.PlaceAttached
}

// loadOf is how much a letter carries, in bytes as they travel.
func loadOf(along []models.MailingFile) (sum int64) {
	for _, f := range along {
		sum += f.Written()
	}
	return sum
}

// pictureWritten is what stands for a picture in a text.
func pictureWritten(l *i18n.Localizer, name string) string {
	if strings.ContainsAny(name, " ()") {
		name = "<" + name + ">"
	}
	return "![" + l.T("mailing_file.shows") + "](" + name + ")"
}

// languageList names languages in a row.
func languageList(l *i18n.Localizer, tags []string) string {
	var names []string
	for _, tag := range tags {
		names = append(names, l.Language(tag))
	}
	return strings.Join(names, ", ")
}

func mailingFileRowOf(l *i18n.Localizer, c mailingCase, f models.MailingFile) mailingFileRow {
	row := mailingFileRow{Name: f.Name, For: l.T("mailing_file.all"), Place: l.T("mailing_file.place." + string(f.Place)), Size: kilobytes(l, f.Size)}
	if f.Language != nil {
		row.For = l.Language(*f.Language)
	}
	if f.Removed() {
		return row
	}
	row.Href = c.path() + "/files/" + f.ID.String()
	if c.m.State == models.MailingDraft || c.m.FinishedAt != nil {
		row.Remove = row.Href + "/remove"
	}
	if f.Place == models.PlacePicture {
		row.Written, row.NotNamed = pictureWritten(l, f.Name), languageList(l, c.m.NotNamed(f))
	}
	return row
}

// addMailingFile takes a file for the letters of a language, or of all.
func (s *Server) addMailingFile(w http.ResponseWriter, r *http.Request) error {
	c, err := s.loadMailing(r, access.EditMailing)
	if err != nil {
		return err
	}
	file, err := readUpload(r, models.MaxMailingUpload)
	if err != nil {
		return err
	}
	f, err := readFormState(r)
	if err != nil {
		return err
	}
	switch {
	case file == nil:
		err = apperr.Invalid(files.Field, "required")
	case file.TooLarge:
		err = models.MailingFileTooLarge()
	default:
		in := models.MailingFileInput{Place: models.MailingPlace(r.PostFormValue("place")), Language: r.PostFormValue("language")}
		err = s.keepMailingFile(r, c, f.DecisionID, file.Name, file.Content, in)
	}
	return s.afterMailingFile(w, r, c, f, err)
}

// afterMailingFile leads back to the list, or shows what is wrong.
func (s *Server) afterMailingFile(w http.ResponseWriter, r *http.Request, c mailingCase, f formState, err error) error {
	if err != nil {
		if f.showAgain(err, Localizer(r)) {
			f.Form.calls(files.Field, Localizer(r).T("mailing_file.file"))
			return s.renderMailingFiles(w, r, c, f)
		}
		return err
	}
	if r.PostFormValue("place") == string(models.PlacePicture) {
		s.flash(r, "done", Localizer(r).T("mailing_file.added_picture"))
	} else {
		s.flash(r, "done", Localizer(r).T("mailing_file.added"))
	}
	http.Redirect(w, r, c.path()+"/files", http.StatusSeeOther)
	return nil
}

// keepMailingFile makes the same form sent twice one file.
func (s *Server) keepMailingFile(r *http.Request, c mailingCase, decision, name string, content []byte, in models.MailingFileInput) error {
	f, err := models.NewMailingFile(name, content, in)
	if err != nil {
		return err
	}
	if !models.ValidDecisionID(decision) {
		return apperr.Invalid("decision_id", "decision_id")
	}
	sum := sha256.Sum256([]byte(strings.Join([]string{c.path(), f.Hash, f.Name, in.Language, string(f.Place)}, "\n")))
	key := models.IdempotencyKey{PersonID: c.visitor.Person.ID, Key: decision, Hash: hex.EncodeToString(sum[:]), CreatedAt: s.Now()}
	return s.DB.RunInTx(r.Context(), nil, func(ctx context.Context, tx bun.Tx) error {
		_, _, err := models.CreateOnce(ctx, tx, key, func() (uuid.UUID, error) {
			return f.ID, f.Insert(ctx, tx, c.m.ID, c.visitor.Person.ID, s.Now())
		})
		return err
	})
}

// editionsToAttach are the languages that have both a text of the mailing and an edition of the publication; none where no PDF
// can be made here.
func (s *Server) editionsToAttach(ctx context.Context, l *i18n.Localizer, c mailingCase) ([]Option, error) {
	if !s.Word.Writes(word.PDF) || c.m.State != models.MailingDraft {
		return nil, nil
	}
	pub, err := models.PublicationOf(ctx, s.DB, c.rec.ID)
	if err != nil {
		return nil, err
	}
	var all []Option
	for _, t := range pub.Texts {
		if hasText(c.m, t.Language) {
			all = append(all, Option{Value: t.Language, Label: l.Language(t.Language)})
		}
	}
	return all, nil
}

// attachPublication attaches what was published as a PDF, to the letters of its language.
func (s *Server) attachPublication(w http.ResponseWriter, r *http.Request) error {
	c, err := s.loadMailing(r, access.EditMailing)
	if err != nil {
		return err
	}
	f, err := readFormState(r)
	if err != nil {
		return err
	}
	language := r.PostFormValue("edition")
	pub, err := models.PublicationOf(r.Context(), s.DB, c.rec.ID)
	if err != nil {
		return err
	}
	text := editionFor(pub, language, "", "")
	if text == nil || !hasText(c.m, language) {
		return s.afterMailingFile(w, r, c, f, apperr.Invalid("edition", "unknown"))
	}
	doc, err := word.PublicationDocument(r.Context(), s.DB, c.rec, pub, text, s.BaseURL+publishedPath+c.rec.Slug+"/"+language)
	if err != nil {
		return err
	}
	if !s.Word.Kept(doc, word.PDF) {
		if err := s.allowConversion(r.Context(), c.visitor.Person.ID.String()); err != nil {
			return err
		}
	}
	content, err := s.Word.Write(r.Context(), doc, word.PDF)
	if err != nil {
		return err
	}
	err = s.keepMailingFile(r, c, f.DecisionID, c.rec.Slug+"-"+language+".pdf", content, models.MailingFileInput{Language: language})
	return s.afterMailingFile(w, r, c, f, err)
}

// mailingFile reads the file in the path for somebody who may do something with its mailing.
func (s *Server) mailingFile(r *http.Request, action access.Action) (mailingCase, *models.MailingFile, error) {
	c, err := s.loadMailing(r, action)
	if err != nil {
		return c, nil, err
	}
	id, err := idVar(r, "file", "attachment")
	if err != nil {
		return c, nil, err
	}
	f, err := models.MailingFileByID(r.Context(), s.DB, c.m.ID, id)
	if err == nil && f.Removed() {
		err = apperr.NotFound("attachment")
	}
	return c, f, err
}

func (s *Server) giveMailingFile(w http.ResponseWriter, r *http.Request) error {
	_, f, err := s.mailingFile(r, access.ReadMailing)
	if err != nil {
		return err
	}
	files.Serve(w, files.File{Name: f.Name, MediaType: f.MediaType, Content: f.Bytes})
	return nil
}

// mailingFileRemoveView asks once more before a file is removed.
type mailingFileRemoveView struct {
	Page
	Name, Action, Back string
	Over               bool // the mailing is: it went along with letters
}

func (s *Server) confirmRemoveMailingFile(w http.ResponseWriter, r *http.Request) error {
	c, f, err := s.mailingFile(r, access.EditMailing)
	if err != nil {
		return err
	}
	s.Engine.Render(w, r, http.StatusOK, "mailing_file_remove", mailingFileRemoveView{Page: s.workPage(r, Localizer(r).T("mailing_file.remove_title")),
		Name: f.Name, Action: c.path() + "/files/" + f.ID.String() + "/remove", Back: c.path() + "/files", Over: c.m.State != models.MailingDraft})
	return nil
}

func (s *Server) removeMailingFile(w http.ResponseWriter, r *http.Request) error {
	if err := ParseForm(r); err != nil {
		return err
	}
	c, f, err := s.mailingFile(r, access.EditMailing)
	if err != nil {
		return err
	}
	err = s.DB.RunInTx(r.Context(), nil, func(ctx context.Context, tx bun.Tx) error { return f.Remove(ctx, tx) })
	if err != nil {
		return err
	}
	s.flash(r, "done", Localizer(r).T("mailing_file.removed_now", "Name", f.Name))
	http.Redirect(w, r, c.path()+"/files", http.StatusSeeOther)
	return nil
}

// alongRow is a file as the preview of a letter shows it.
type alongRow struct{ Name, Href, Size string }

// alongWith are files that go with a letter, for a page to list.
func alongWith(l *i18n.Localizer, c mailingCase, along []models.MailingFile) []alongRow {
	var rows []alongRow
	for _, f := range along {
		rows = append(rows, alongRow{f.Name, c.path() + "/files/" + f.ID.String(), kilobytes(l, f.Size)})
	}
	return rows
}

// alongSome are the files of a list that go with the letters of some language.
func alongSome(c mailingCase, list []models.MailingFile) []models.MailingFile {
	goes := map[uuid.UUID]bool{}
	for _, t := range c.m.Texts {
		for _, f := range c.m.Along(list, t.Language) {
			goes[f.ID] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(list), func(f models.MailingFile) bool { return !goes[f.ID] })
}

// notNamedPicture is a picture that stays here, as the texts in some languages do not name it.
type notNamedPicture struct{ Name, Languages, Written string }

// notNamed are those of a list of files; language "" means of all texts.
func notNamed(l *i18n.Localizer, c mailingCase, list []models.MailingFile, language string) []notNamedPicture {
	var all []notNamedPicture
	for _, f := range list {
		in := c.m.NotNamed(f)
		if language != "" {
			in = slices.DeleteFunc(in, func(tag string) bool { return tag != language })
		}
		if len(in) > 0 {
			all = append(all, notNamedPicture{f.Name, languageList(l, in), pictureWritten(l, f.Name)})
		}
	}
	return all
}

// missingPicture is a picture that a text names in vain.
type missingPicture struct{ Language, Name string }

// missingPictures are those of the text in a language; "" means of all.
func (s *Server) missingPictures(ctx context.Context, l *i18n.Localizer, m *models.Mailing, language string) ([]missingPicture, error) {
	list, err := m.MissingPictures(ctx, s.DB)
	var all []missingPicture
	for _, p := range list {
		if language == "" || p.Language == language {
			all = append(all, missingPicture{l.Language(p.Language), p.Name})
		}
	}
	return all, err
}
