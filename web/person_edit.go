package web

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
	"tribuna/internal/i18n"
	"tribuna/models"
)

// editPerson adds somebody to the network, or changes what is known of them.
func (s *Server) editPerson(w http.ResponseWriter, r *http.Request) error {
	p, e, err := begun(s, r, models.NewPerson(s.Now()), s.personOf)
	if err != nil {
		return err
	}
	l, former := Localizer(r), p
	e.title, e.back = l.T("person.edit"), crumb{personPath(p.ID), l.T("person.back")}
	if e.added {
		e.title, e.back = l.T("person.add"), crumb{peoplePath, l.T("administration.people")}
	}
	e.values, e.next = personValues(p), personPath(p.ID)
	e.read = func(form url.Values) error { return readPerson(&p, form) }
	e.save = func(ctx context.Context, tx bun.Tx) (models.JournalEntry, error) {
		if e.added {
			return models.PersonAdded(p), models.AddPerson(ctx, tx, &p)
		}
		return models.PersonChanged(former, p), p.Save(ctx, tx)
	}
	e.fields = func(v *editView) error { return s.personFields(r, v) }
	return s.edit(w, r, e)
}

func readPerson(p *models.Person, form url.Values) error {
	p.Name, p.Email = strings.TrimSpace(form.Get("name")), strings.TrimSpace(form.Get("email"))
	p.Language, p.CountryCode = form.Get("language"), form.Get("country_code")
	return readExpertise(p, form)
}

// readExpertise reads what somebody can be asked.
func readExpertise(p *models.Person, form url.Values) error {
	p.Languages, p.Topics = form["languages"], form["topics"]
	open, err := strconv.Atoi(strings.TrimSpace(form.Get("max_open")))
	if err != nil {
		open = -1 // no number is refused as one out of range
	}
	p.MaxOpen = open
	return nil
}

func personValues(p models.Person) url.Values {
	return url.Values{"name": {p.Name}, "email": {p.Email}, "language": {p.Language}, "country_code": {p.CountryCode},
		"languages": p.Languages, "topics": p.Topics, "max_open": {strconv.Itoa(p.MaxOpen)}}
}

func (s *Server) personFields(r *http.Request, v *editView) error {
	l, form := Localizer(r), v.Form
	countries, err := s.countryOptions(r)
	if err != nil {
		return err
	}
	languages, topics, err := s.knowsOptions(r)
	if err != nil {
		return err
	}
	v.add(editSection{Title: l.T("person.who_they_are"), Fields: []Input{
		field(form, "name", l.T("reference.name"), "required", true, "max", 200),
		field(form, "email", l.T("person.email"), "type", "email", "required", true, "max", 254),
		field(form, "language", l.T("person.language"), "type", "select", "required", true, "options", languages, "help", l.T("person.language_help")),
		field(form, "country_code", l.T("reference.country"), "type", "select", "quiet", true, "any", l.T("person.no_country"), "options", countries,
			"help", l.T("person.country_help"))}})
	v.add(editSection{Title: l.T("person.expertise"), Help: l.T("person.expertise_help"), Fields: []Input{
		field(form, "languages", l.T("person.languages"), "type", "checkboxes", "quiet", true, "options", languages),
		field(form, "topics", l.T("person.topics"), "type", "checkboxes", "quiet", true, "options", topics),
		field(form, "max_open", l.T("person.max_open"), "type", "number", "required", true, "inputmode", "numeric", "help", l.T("person.max_open_help"))}})
	return nil
}

// giveRole adds a role in an organisation.
func (s *Server) giveRole(w http.ResponseWriter, r *http.Request) error {
	if err := ParseForm(r); err != nil {
		return err
	}
	if finding(r) {
		p, by, err := s.personOf(r)
		if err != nil {
			return err
		}
		return s.renderPerson(w, r, p, by, NewForm(r.PostForm), http.StatusOK)
	}
	p, by, role, err := s.roleAsked(r)
	if err != nil {
		return err
	}
	err = s.DB.RunInTx(r.Context(), nil, func(ctx context.Context, tx bun.Tx) error {
		return models.GiveRole(ctx, tx, by.Person, role, s.Now())
	})
	if err != nil {
		form := NewForm(r.PostForm)
		status, _, again := form.blamed(err, Localizer(r))
		if !again {
			return err
		}
		return s.renderPerson(w, r, p, by, form, status)
	}
	return s.done(w, r, Localizer(r).T("person.role_given"), personPath(p.ID))
}

// takeRole takes a role away. Where nobody could answer for an organisation without it, that is said and asked once.
func (s *Server) takeRole(w http.ResponseWriter, r *http.Request) error {
	p, by, role, err := s.roleAsked(r)
	if err != nil {
		return err
	}
	err = s.DB.RunInTx(r.Context(), nil, func(ctx context.Context, tx bun.Tx) error {
		return models.TakeRole(ctx, tx, by.Person, role, r.PostForm.Get("confirmed") != "", s.Now())
	})
	if apperr.CodeOf(err) == apperr.CodeInvalid {
		silent, err := models.VoicelessWithout(r.Context(), s.DB, p.ID, &role, s.Now())
		if err != nil {
			return err
		}
		return s.askBeforeTaking(w, r, p, role, silent)
	}
	if err != nil {
		return err
	}
	return s.done(w, r, Localizer(r).T("person.role_taken"), personPath(p.ID))
}

// takeRoleView asks once whether a role is taken away without which nobody answers for an organisation.
type takeRoleView struct {
	Page
	Back               crumb
	Action             string
	Role, Organisation string
	HandOver           string
	Held               int
	Silent             []silentRow
}

// silentRow is an organisation for which nobody could answer any more, in words.
type silentRow struct{ Href, Name, Text string }

func silentRows(l *i18n.Localizer, list []models.Voiceless) []silentRow {
	rows := make([]silentRow, 0, len(list))
	for _, o := range list {
		row := silentRow{Href: organisationPath(o.ID), Name: o.Name}
		switch {
		case o.Unit != "" && o.Seat:
			row.Text = l.T("person.silent.seat", "Unit", o.Unit)
		case o.Unit != "":
			row.Text = l.T("person.silent.sister", "Unit", o.Unit)
		default:
			row.Text = l.T("person.silent.alone")
		}
		if o.Asked > 0 {
			row.Text += " " + l.N("person.silent.asked", o.Asked)
		}
		rows = append(rows, row)
	}
	return rows
}

func (s *Server) askBeforeTaking(w http.ResponseWriter, r *http.Request, p models.Person, role models.Role, silent []models.Voiceless) error {
	l := Localizer(r)
	held, err := models.HeldBy(r.Context(), s.DB, p.ID, uuid.Nil)
	if err != nil {
		return err
	}
	v := takeRoleView{Page: s.administrationPage(r, l.T("person.role_take_title", "Name", p.Name, "Role", l.T("account.role."+role.Role))),
		Back: crumb{personPath(p.ID), p.Name}, Action: personPath(p.ID) + "/roles/remove", Role: role.Role, Organisation: role.OrganisationID.String(),
		HandOver: personPath(p.ID) + "/hand-over", Held: len(held), Silent: silentRows(l, silent)}
	s.Engine.Render(w, r, http.StatusConflict, "person_role_take", v)
	return nil
}

func (s *Server) roleAsked(r *http.Request) (models.Person, *visitor, models.Role, error) {
	p, by, err := s.personOf(r)
	if err != nil {
		return p, nil, models.Role{}, err
	}
	if err := ParseForm(r); err != nil {
		return p, nil, models.Role{}, err
	}
	organisation, _ := uuid.Parse(r.PostForm.Get("organisation_id")) // what is no id is refused as unknown
	return p, by, models.Role{PersonID: p.ID, OrganisationID: organisation, Role: r.PostForm.Get("role")}, nil
}

// leaveView asks once whether somebody has left, and says what follows.
type leaveView struct {
	Page
	Back     crumb
	Name     string
	Held     int
	HandOver string
	Silent   []silentRow
}

func (s *Server) leave(w http.ResponseWriter, r *http.Request) error {
	p, by, err := s.personOf(r)
	if err != nil {
		return err
	}
	l := Localizer(r)
	if !isReading(r) {
		return s.personAct(w, r, p, by, models.Leave, "person.left_now")
	}
	held, err := models.HeldBy(r.Context(), s.DB, p.ID, uuid.Nil)
	if err != nil {
		return err
	}
	v := leaveView{Page: s.administrationPage(r, l.T("person.leave_title", "Name", p.Name)), Back: crumb{personPath(p.ID), p.Name}, Name: p.Name,
		Held: len(held), HandOver: personPath(p.ID) + "/hand-over"}
	silent, err := models.VoicelessWithout(r.Context(), s.DB, p.ID, nil, s.Now())
	if err != nil {
		return err
	}
	v.Silent = silentRows(l, silent)
	s.Engine.Render(w, r, http.StatusOK, "person_leave", v)
	return nil
}

func (s *Server) comeBack(w http.ResponseWriter, r *http.Request) error {
	p, by, err := s.personOf(r)
	if err != nil {
		return err
	}
	return s.personAct(w, r, p, by, models.ComeBack, "person.returned_now")
}

// personAct does one thing to a person and comes back to their page.
func (s *Server) personAct(w http.ResponseWriter, r *http.Request, p models.Person, by *visitor,
	act func(context.Context, bun.IDB, models.Person, uuid.UUID, time.Time) error, done string) error {
	err := s.DB.RunInTx(r.Context(), nil, func(ctx context.Context, tx bun.Tx) error { return act(ctx, tx, by.Person, p.ID, s.Now()) })
	if err != nil {
		return err
	}
	return s.done(w, r, Localizer(r).T(done), personPath(p.ID))
}
