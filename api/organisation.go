package api

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/models"
)

// Organisation takes part in the network, pays for it or advises it.
type Organisation struct {
	ID          uuid.UUID   `json:"id"`
	Slug        string      `json:"slug"`
	Name        string      `json:"name"`
	Kind        string      `json:"kind"`
	ParentID    *uuid.UUID  `json:"parent_id,omitempty"`
	VotingUnit  uuid.UUID   `json:"voting_unit"` // itself, or the sister that holds the shared vote
	MemberFrom  *models.Day `json:"member_from,omitempty"`
	MemberUntil *models.Day `json:"member_until,omitempty"`
	Countries   []string    `json:"countries"`
}

// OrganisationInput is what can be said of an organisation. Without voting_unit it votes for itself.
type OrganisationInput struct {
	Name        string      `json:"name" validate:"required,max=300"`
	Kind        string      `json:"kind" validate:"required,oneof=lead partner academic expertise funder other"`
	ParentID    *uuid.UUID  `json:"parent_id,omitempty"`
	VotingUnit  *uuid.UUID  `json:"voting_unit,omitempty"`
	MemberFrom  *models.Day `json:"member_from,omitempty"`
	MemberUntil *models.Day `json:"member_until,omitempty"`
	Countries   []string    `json:"countries" validate:"max=60,unique,dive,len=2"`
}

func (s *server) organisationRoutes() []route {
	const keep, one = models.ScopeAdminister, "/organisations/{id}"
	return []route{
		{method: http.MethodGet, path: "/organisations", id: "listOrganisations", tag: "network", summary: "The organisations, by name",
			reply: list[Organisation]{}, serve: s.organisations, query: append([]param{
				{"kind", "one or several", text}, {"country", "covers it", text}, {"member", "true: members today", text}, {"q", "part of the name", text}}, pageParams...)},
		{method: http.MethodPost, path: "/organisations", id: "createOrganisation", tag: "network", summary: "Add an organisation", scope: keep,
			key: true, body: OrganisationInput{}, status: http.StatusCreated, reply: Organisation{}, serve: s.createOrganisation},
		{method: http.MethodGet, path: one, id: "getOrganisation", tag: "network", summary: "One organisation",
			reply: Organisation{}, serve: s.organisation},
		{method: http.MethodPut, path: one, id: "updateOrganisation", tag: "network", summary: "Change what is known of an organisation", scope: keep,
			match: true, body: OrganisationInput{}, reply: Organisation{}, serve: s.updateOrganisation},
	}
}

func (s *server) organisations(c *call) (reply, error) {
	p, err := c.page()
	if err != nil {
		return reply{}, err
	}
	f := models.OrganisationFilter{Kinds: c.queryList("kind"), Country: c.query("country"), Query: c.query("q"), After: p.afterID(), Limit: p.limit + 1}
	member, err := queryOneOf(c, "member", []string{"true", "false"})
	if err != nil {
		return reply{}, err
	}
	if member == "true" {
		today := c.now().UTC()
		f.MemberOn = &today
	}
	rows, err := models.Organisations(c.ctx(), s.DB, f)
	if err != nil {
		return reply{}, err
	}
	rows, next := cut(rows, p, func(o models.Organisation) models.Cursor { return byID(o.ID) })
	l := listOf(rows, organisationView)
	l.Next = next
	return reply{body: l, next: next}, nil
}

func organisationView(o models.Organisation) Organisation {
	return Organisation{ID: o.ID, Slug: o.Slug, Name: o.Name, Kind: o.Kind, ParentID: o.ParentID, VotingUnit: o.VotingUnit,
		MemberFrom: day(o.MemberFrom), MemberUntil: day(o.MemberUntil), Countries: orEmpty(o.Countries)}
}

func (s *server) organisation(c *call) (reply, error) {
	id, err := c.id("organisation")
	if err != nil {
		return reply{}, err
	}
	return s.showOrganisation(c, id)
}

func (s *server) showOrganisation(c *call, id uuid.UUID) (reply, error) {
	o, err := models.OrganisationByID(c.ctx(), s.DB, id)
	view := organisationView(o)
	return reply{body: view, etag: tagOf(view)}, err
}

func (in OrganisationInput) put(o *models.Organisation) {
	o.Name, o.Kind, o.ParentID, o.VotingUnit = strings.TrimSpace(in.Name), in.Kind, in.ParentID, o.ID
	o.Countries = in.Countries
	if in.VotingUnit != nil {
		o.VotingUnit = *in.VotingUnit
	}
	o.MemberFrom, o.MemberUntil = (*time.Time)(in.MemberFrom), (*time.Time)(in.MemberUntil)
}

func (s *server) createOrganisation(c *call) (reply, error) {
	if err := c.administers(); err != nil {
		return reply{}, err
	}
	in, err := decodeValid[OrganisationInput](c)
	if err != nil {
		return reply{}, err
	}
	id, _, err := c.once(in, func(ctx context.Context, tx bun.Tx) (uuid.UUID, error) {
		o := models.Organisation{ID: models.NewID()}
		in.put(&o)
		if err := o.Insert(ctx, tx, c.now()); err != nil {
			return uuid.Nil, err
		}
		return o.ID, models.Journal(ctx, tx, c.who.person, c.now(), models.OrganisationAdded(o))
	})
	if err != nil {
		return reply{}, err
	}
	answer, err := s.showOrganisation(c, id)
	answer.status, answer.location = http.StatusCreated, s.BaseURL+Prefix+"/organisations/"+id.String()
	return answer, err
}

func (s *server) updateOrganisation(c *call) (reply, error) {
	id, err := c.administered("organisation")
	if err != nil {
		return reply{}, err
	}
	in, err := decodeValid[OrganisationInput](c)
	if err != nil {
		return reply{}, err
	}
	err = c.inTx(func(ctx context.Context, tx bun.Tx) error {
		o, err := models.OrganisationForEdit(ctx, tx, id)
		if err != nil {
			return err
		}
		if current := organisationView(o); !matches(c.r.Header.Get("If-Match"), tagOf(current)) {
			return outdated{what: "organisation", current: current, yours: in}
		}
		former := o
		in.put(&o)
		if err := o.Save(ctx, tx, c.now()); err != nil {
			return err
		}
		return models.Journal(ctx, tx, c.who.person, c.now(), models.OrganisationChanged(former, o))
	})
	if err != nil {
		return reply{}, err
	}
	return s.showOrganisation(c, id)
}
