package api

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/access"
	"tribuna/models"
)

// PersonSummary is somebody in a list.
type PersonSummary struct {
	ID            uuid.UUID         `json:"id"`
	Name          string            `json:"name"`
	Email         string            `json:"email"`
	Language      string            `json:"language"` // written to in it
	CountryCode   string            `json:"country_code,omitempty"`
	Languages     []string          `json:"languages"` // reads and writes them
	Topics        []string          `json:"topics"`
	Roles         []string          `json:"roles"`         // which they have in any organisation
	Organisations []string          `json:"organisations"` // in which, by name
	Held          []models.HeldRole `json:"held"`          // both: which role in which
	LeftAt        *time.Time        `json:"left_at,omitempty"`
}

// Person is somebody as coordinators see them.
type Person struct {
	ID          uuid.UUID   `json:"id"`
	Name        string      `json:"name"`
	Email       string      `json:"email"`
	Language    string      `json:"language"`
	CountryCode string      `json:"country_code,omitempty"`
	Languages   []string    `json:"languages"`
	Topics      []string    `json:"topics"`
	MaxOpen     int         `json:"max_open"` // reviews at once
	Roles       []Role      `json:"roles"`
	CreatedAt   time.Time   `json:"created_at"`
	LeftAt      *time.Time  `json:"left_at,omitempty"`
	Origin      *DataOrigin `json:"origin,omitempty"` // of who came in by a list
}

// PersonInput is what can be said of somebody. Without max_open it stays as it is.
type PersonInput struct {
	Name        string   `json:"name" validate:"required,max=200"`
	Email       string   `json:"email" validate:"required,max=254"`
	Language    string   `json:"language" validate:"required,max=20"`
	CountryCode string   `json:"country_code,omitempty" validate:"omitempty,len=2"`
	Languages   []string `json:"languages" validate:"max=30,unique,dive,required,max=20"`
	Topics      []string `json:"topics" validate:"max=100,unique,dive,required"`
	MaxOpen     *int     `json:"max_open,omitempty" validate:"omitempty,min=0,max=50"`
}

// peopleRoutes are what coordinators keep in order; who asks is in person.go.
func (s *server) peopleRoutes() []route {
	const keep, one = models.ScopeAdminister, "/people/{id}"
	const role = one + "/roles/{organisation}/{role}"
	return []route{
		{method: http.MethodGet, path: "/people", id: "listPeople", tag: "people", summary: "Who is in the network, by name: first those who work with the texts, then who only reads them", scope: keep,
			reply: list[PersonSummary]{}, serve: s.listPeople, query: append([]param{{"q", "part of a name, an address or the name of an organisation", text},
				{"role", "", map[string]any{"type": "string", "enum": models.RoleNames()}}, {"organisation", "id", text}, {"list", "id: is on it", text}, {"country", "code", text},
				{"language", "tag: reads and writes it", text}, {"topic", "slug", text}, {"left", "true: those who left, instead of the others", text}}, pageParams...)},
		{method: http.MethodPost, path: "/people", id: "createPerson", tag: "people", summary: "Add somebody; nobody is written to", scope: keep,
			key: true, body: PersonInput{}, status: http.StatusCreated, reply: Person{}, serve: s.createPerson},
		{method: http.MethodGet, path: one, id: "getPerson", tag: "people", summary: "Somebody, also one who left", scope: keep,
			reply: Person{}, serve: s.getPerson},
		{method: http.MethodPut, path: one, id: "updatePerson", tag: "people", summary: "Change what is known of somebody", scope: keep,
			match: true, body: PersonInput{}, reply: Person{}, serve: s.updatePerson},
		{method: http.MethodPut, path: role, id: "giveRole", tag: "people", summary: "Give a role in an organisation", scope: keep,
			reply: Person{}, serve: s.changeRole(models.GiveRole)},
		{method: http.MethodDelete, path: role, id: "takeRole", tag: "people", summary: "Take a role in an organisation", scope: keep,
			query: []param{{"confirmed", "true: also where nobody could answer for an organisation then", text}}, reply: Person{}, serve: s.takeRole},
	}
}

// administers asks whether the caller keeps the network in order.
func (c *call) administers() error { return c.can(access.Administer, nil, nil) }

func (s *server) listPeople(c *call) (reply, error) {
	if err := c.administers(); err != nil {
		return reply{}, err
	}
	p, err := c.page()
	if err != nil {
		return reply{}, err
	}
	f := models.PersonFilter{Search: c.query("q"), Country: c.query("country"), Language: c.query("language"), Topic: c.query("topic"), Limit: p.limit + 1}
	if f.Role, err = queryOneOf(c, "role", models.RoleNames()); err != nil {
		return reply{}, err
	}
	if f.Organisation, err = c.queryID("organisation"); err != nil {
		return reply{}, err
	}
	if f.List, err = c.queryID("list"); err != nil {
		return reply{}, err
	}
	left, err := queryOneOf(c, "left", []string{"true", "false"})
	if err != nil {
		return reply{}, err
	}
	f.Left, f.After = left == "true", p.afterID()
	rows, err := models.People(c.ctx(), s.DB, f)
	if err != nil {
		return reply{}, err
	}
	rows, next := cut(rows, p, func(r models.PersonRow) models.Cursor { return byID(r.ID) })
	l := listOf(rows, personSummary)
	l.Next = next
	return reply{body: l, next: next}, nil
}

func personSummary(p models.PersonRow) PersonSummary {
	return PersonSummary{ID: p.ID, Name: p.Name, Email: p.Email, Language: p.Language, CountryCode: p.CountryCode, Languages: orEmpty(p.Languages),
		Topics: orEmpty(p.Topics), Roles: orEmpty(p.Roles), Organisations: orEmpty(p.Organisations), Held: p.Held, LeftAt: p.LeftAt}
}

func (s *server) createPerson(c *call) (reply, error) {
	if err := c.administers(); err != nil {
		return reply{}, err
	}
	in, err := decodeValid[PersonInput](c)
	if err != nil {
		return reply{}, err
	}
	id, _, err := c.once(in, func(ctx context.Context, tx bun.Tx) (uuid.UUID, error) {
		p := models.NewPerson(c.now())
		in.put(&p)
		if err := models.AddPerson(ctx, tx, &p); err != nil {
			return uuid.Nil, err
		}
		return p.ID, models.Journal(ctx, tx, c.who.person, c.now(), models.PersonAdded(p))
	})
	if err != nil {
		return reply{}, err
	}
	answer, err := s.showPerson(c, id)
	answer.status, answer.location = http.StatusCreated, s.BaseURL+Prefix+"/people/"+id.String()
	return answer, err
}

func (in PersonInput) put(p *models.Person) {
	p.Name, p.Email = strings.TrimSpace(in.Name), strings.TrimSpace(in.Email)
	p.Language, p.CountryCode, p.Languages, p.Topics = in.Language, in.CountryCode, in.Languages, in.Topics
	if in.MaxOpen != nil {
		p.MaxOpen = *in.MaxOpen
	}
}

func (s *server) getPerson(c *call) (reply, error) {
	id, err := c.administered("person")
	if err != nil {
		return reply{}, err
	}
	return s.showPerson(c, id)
}

// administered reads the id in the path for somebody who keeps the network in order.
func (c *call) administered(what string) (uuid.UUID, error) {
	if err := c.administers(); err != nil {
		return uuid.Nil, err
	}
	return c.id(what)
}

func (s *server) showPerson(c *call, id uuid.UUID) (reply, error) {
	p, err := models.PersonByID(c.ctx(), s.DB, id)
	if err != nil {
		return reply{}, err
	}
	view, err := personView(c.ctx(), s.DB, p)
	return reply{body: view, etag: tagOf(view)}, err
}

func personView(ctx context.Context, db bun.IDB, p models.Person) (Person, error) {
	roles, err := models.RolesHeld(ctx, db, p.ID)
	if err != nil {
		return Person{}, err
	}
	origin, err := originOf(ctx, db, p.ID)
	return Person{ID: p.ID, Name: p.Name, Email: p.Email, Language: p.Language, CountryCode: p.CountryCode, Languages: orEmpty(p.Languages),
		Topics: orEmpty(p.Topics), MaxOpen: p.MaxOpen, CreatedAt: p.CreatedAt, LeftAt: p.LeftAt, Origin: origin,
		Roles: listOf(roles, func(r models.Role) Role { return Role{r.Role, r.OrganisationID} }).Items}, err
}

func (s *server) updatePerson(c *call) (reply, error) {
	id, err := c.administered("person")
	if err != nil {
		return reply{}, err
	}
	in, err := decodeValid[PersonInput](c)
	if err != nil {
		return reply{}, err
	}
	err = c.inTx(func(ctx context.Context, tx bun.Tx) error {
		p, err := models.PersonForEdit(ctx, tx, id)
		if err != nil {
			return err
		}
		current, err := personView(ctx, tx, p)
		if err != nil {
			return err
		}
		if !matches(c.r.Header.Get("If-Match"), tagOf(current)) {
			return outdated{what: "person", current: current, yours: in}
		}
		former := p
		in.put(&p)
		if err := p.Save(ctx, tx); err != nil {
			return err
		}
		return models.Journal(ctx, tx, c.who.person, c.now(), models.PersonChanged(former, p))
	})
	if err != nil {
		return reply{}, err
	}
	return s.showPerson(c, id)
}

// changeRole serves giving and taking a role. Done twice they leave what done once leaves, so they take no key.
func (s *server) changeRole(act func(context.Context, bun.IDB, models.Person, models.Role, time.Time) error) func(*call) (reply, error) {
	return func(c *call) (reply, error) {
		id, err := c.administered("person")
		if err != nil {
			return reply{}, err
		}
		organisation, err := c.idNamed("organisation", "organisation")
		if err != nil {
			return reply{}, err
		}
		role := models.Role{PersonID: id, OrganisationID: organisation, Role: c.variable("role")}
		err = c.inTx(func(ctx context.Context, tx bun.Tx) error { return act(ctx, tx, c.who.person, role, c.now()) })
		if err != nil {
			return reply{}, err
		}
		return s.showPerson(c, id)
	}
}

// takeRole asks as the page does: where nobody could answer for an organisation then, it wants that confirmed.
func (s *server) takeRole(c *call) (reply, error) {
	confirmed, err := queryOneOf(c, "confirmed", []string{"true", "false"})
	if err != nil {
		return reply{}, err
	}
	return s.changeRole(func(ctx context.Context, tx bun.IDB, by models.Person, r models.Role, now time.Time) error {
		return models.TakeRole(ctx, tx, by, r, confirmed == "true", now)
	})(c)
}
