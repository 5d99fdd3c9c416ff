package web

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/mux"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
	"tribuna/internal/files"
	"tribuna/internal/i18n"
	"tribuna/models"
)

const allConsentsPath = administrationPath + "/consents"

func (s *Server) consentRoutes(r *mux.Router) {
	s.get(r, accountPath+"/consents.{form:csv|json}", s.ownConsents)
	s.get(r, allConsentsPath+".{form:csv|xlsx}", s.allConsents)
	s.get(r, peoplePath+"/{id}/consents", s.consents)
	s.post(r, peoplePath+"/{id}/consents", s.consents)
	s.get(r, peoplePath+"/{id}/consents.{form:csv|json}", s.consentsOfOne)
	s.get(r, peoplePath+"/{id}/erase", s.erase)
	s.post(r, peoplePath+"/{id}/erase", s.erase)
}

// consentRow is one act on the record, in words.
type consentRow struct {
	What           string
	At             Moment
	About          []string // how, from where, by whom
	Text, TextLang string   // that was agreed to
}

//i18n:keys consent.act.*
//i18n:keys consent.how.*
func consentRows(l *i18n.Localizer, list []models.Consent, zone *time.Location) []consentRow {
	rows := make([]consentRow, 0, len(list))
	for _, c := range list {
		row := consentRow{What: l.T("consent.act." + string(c.Act)), At: Moment{c.At, zone}, Text: c.Text, TextLang: c.TextLanguage}
		row.About = append(row.About, l.T("consent.how."+c.How))
		if c.Source != "" {
			row.About = append(row.About, c.Source)
		}
		if c.ByName != "" {
			row.About = append(row.About, l.T("consent.by", "Name", c.ByName))
		}
		if c.Act == models.ConsentGiven && c.Text == "" {
			row.About = append(row.About, l.T("consent.no_text"))
		}
		rows = append(rows, row)
	}
	return rows
}

// consentProof is one act as a programme reads it.
type consentProof struct {
	Act          models.ConsentAct `json:"act"`
	At           time.Time         `json:"at"`
	NotedAt      time.Time         `json:"noted_at"`
	How          string            `json:"how"`
	Source       string            `json:"source,omitempty"`
	NotedBy      string            `json:"noted_by,omitempty"`
	TextHash     string            `json:"text_sha256,omitempty"`
	Text         string            `json:"text,omitempty"`
	TextLanguage string            `json:"text_language,omitempty"`
	Via          *uuid.UUID        `json:"via,omitempty"`
}

// serveConsents gives the record about one person out as a file: the proof that they, or whoever supervises, can ask for.
func (s *Server) serveConsents(w http.ResponseWriter, r *http.Request, person uuid.UUID) error {
	neverKept(w)
	list, err := models.ConsentsOf(r.Context(), s.DB, models.ConsentFilter{Person: person})
	if err != nil {
		return err
	}
	if mux.Vars(r)["form"] == "csv" {
		return s.serveSheet(w, consentSheet(list))
	}
	var b bytes.Buffer
	out := json.NewEncoder(&b)
	out.SetEscapeHTML(false)
	if err := out.Encode(proofsOf(list)); err != nil {
		return err
	}
	files.Serve(w, files.File{Name: "tribuna-consents-" + s.Now().UTC().Format(time.DateOnly) + ".json", MediaType: "application/json", Content: b.Bytes()})
	return nil
}

func proofsOf(list []models.Consent) []consentProof {
	proofs := make([]consentProof, 0, len(list))
	for _, c := range list {
		p := consentProof{Act: c.Act, At: c.At.UTC(), NotedAt: c.NotedAt.UTC(), How: c.How, Source: c.Source, NotedBy: c.ByName, TextHash: c.TextHash,
			Text: c.Text, TextLanguage: c.TextLanguage}
		if c.Via != uuid.Nil {
			p.Via = &c.Via
		}
		proofs = append(proofs, p)
	}
	return proofs
}

// consentSheet is the record as a table, with the words of the programme as a programme reads them: proofs are compared over years
// and languages.
func consentSheet(list []models.Consent) sheet {
	t := sheet{name: "consents", header: []string{"name", "email", "act", "at", "noted_at", "how", "source", "noted_by", "text_language", "text_sha256", "text"}}
	for _, c := range list {
		t.add(c.Name, c.Email, string(c.Act), c.At.UTC().Format(time.RFC3339), c.NotedAt.UTC().Format(time.RFC3339), c.How, c.Source, c.ByName,
			c.TextLanguage, c.TextHash, c.Text)
	}
	return t
}

// ownConsents is the reader's own record.
func (s *Server) ownConsents(w http.ResponseWriter, r *http.Request) error {
	by, err := s.requireSignedIn(r)
	if err != nil {
		return err
	}
	return s.serveConsents(w, r, by.Person.ID)
}

func (s *Server) consentsOfOne(w http.ResponseWriter, r *http.Request) error {
	p, _, err := s.personOf(r)
	if err != nil {
		return err
	}
	return s.serveConsents(w, r, p.ID)
}

// allConsents is the whole record, for coordinators and the data-protection officer whom they give it to.
func (s *Server) allConsents(w http.ResponseWriter, r *http.Request) error {
	if _, err := s.requireAdministrator(r); err != nil {
		return err
	}
	neverKept(w)
	list, err := models.ConsentsOf(r.Context(), s.DB, models.ConsentFilter{})
	if err != nil {
		return err
	}
	t := consentSheet(list)
	if mux.Vars(r)["form"] == "csv" {
		return s.serveSheet(w, t)
	}
	l := Localizer(r)
	content, err := s.bookOf(l, l.T("consent.title"), []bookSheet{textSheet("Sheet1", append([][]string{t.header}, t.rows...))})
	if err != nil {
		return err
	}
	files.Serve(w, files.File{Name: "tribuna-consents-" + s.Now().UTC().Format(time.DateOnly) + ".xlsx", MediaType: xlsx, Content: content})
	return nil
}

// consentsView is what one person agreed to, with the form in which a coordinator puts down what came another way.
type consentsView struct {
	Page
	Back   crumb
	Path   string
	Gets   bool
	Rows   []consentRow
	Form   *Form
	Fields []Input
}

func (s *Server) consents(w http.ResponseWriter, r *http.Request) error {
	p, by, err := s.personOf(r)
	if err != nil {
		return err
	}
	l, status := Localizer(r), http.StatusOK
	form := NewForm(url.Values{"text_language": {p.Language}, "on": {s.Now().UTC().Format(time.DateOnly)}})
	if !isReading(r) {
		if err := ParseForm(r); err != nil {
			return err
		}
		form = NewForm(r.PostForm)
		err := s.noteConsent(r, by.Person, p.ID)
		if err == nil {
			return s.done(w, r, l.T("consent.noted"), personPath(p.ID)+"/consents")
		}
		again := false
		if status, _, again = form.blamed(err, l); !again {
			return err
		}
	}
	v := consentsView{Page: s.administrationPage(r, l.T("consent.of", "Name", p.Name)), Back: crumb{personPath(p.ID), p.Name},
		Path: personPath(p.ID) + "/consents", Gets: p.Mailable(), Form: form}
	list, err := models.ConsentsOf(r.Context(), s.DB, models.ConsentFilter{Person: p.ID})
	if err != nil {
		return err
	}
	zone, err := s.zoneOf(r.Context(), by.Person)
	if err != nil {
		return err
	}
	v.Rows = consentRows(l, list, zone)
	languages, _, err := s.knowsOptions(r)
	if err != nil {
		return err
	}
	v.Fields = []Input{
		field(form, "act", l.T("consent.act"), "type", "radios", "required", true, "options",
			choices(l, "consent.act.", string(models.ConsentGiven), string(models.ConsentWithdrawn))),
		field(form, "source", l.T("consent.source"), "required", true, "max", 500, "help", l.T("consent.source_help")),
		field(form, "on", l.T("consent.on"), "type", "date", "required", true),
		field(form, "text", l.T("consent.text"), "type", "textarea", "max", 5000, "help", l.T("consent.text_help")),
		field(form, "text_language", l.T("consent.text_language"), "type", "select", "quiet", true, "options", languages),
	}
	s.Engine.Render(w, r, status, "consents", v)
	return nil
}

func (s *Server) noteConsent(r *http.Request, by models.Person, person uuid.UUID) error {
	form := r.PostForm
	in := models.ConsentInput{Act: models.ConsentAct(form.Get("act")), Source: form.Get("source"), On: form.Get("on"), Text: form.Get("text"), Lang: form.Get("text_language")}
	return s.DB.RunInTx(r.Context(), nil, func(ctx context.Context, tx bun.Tx) error {
		return models.NoteConsent(ctx, tx, by, person, in, s.Now())
	})
}

// eraseView asks once whether somebody is erased, and says what stays.
type eraseView struct {
	Page
	Back crumb
	Name string
	Used bool // they did more than being written to
}

// erase removes somebody who only was written to, for good.
func (s *Server) erase(w http.ResponseWriter, r *http.Request) error {
	p, by, err := s.personOf(r)
	if err != nil {
		return err
	}
	l := Localizer(r)
	v, status := eraseView{Page: s.administrationPage(r, l.T("erase.title", "Name", p.Name)), Back: crumb{personPath(p.ID), p.Name}, Name: p.Name}, http.StatusOK
	if !isReading(r) {
		err := s.DB.RunInTx(r.Context(), nil, func(ctx context.Context, tx bun.Tx) error {
			return models.EraseContact(ctx, tx, by.Person, p.ID, s.Now())
		})
		switch {
		case err == nil:
			return s.done(w, r, l.T("erase.done"), peoplePath)
		case apperr.CodeOf(err) == apperr.CodeInUse:
			v.Used, status = true, http.StatusConflict
		default:
			return err
		}
	}
	s.Engine.Render(w, r, status, "person_erase", v)
	return nil
}
