package api

import (
	"net/http"

	"github.com/google/uuid"

	"tribuna/internal/access"
	"tribuna/internal/apperr"
	"tribuna/internal/mail"
	"tribuna/internal/markdown"
	"tribuna/models"
)

// Preview is a mailing as a reader of a language will get it.
type Preview struct {
	Language string `json:"language"` // of the text: the fallback's where the language has none
	Subject  string `json:"subject"`
	Body     string `json:"body"` // Markdown
	HTML     string `json:"html"`
	Letter   Letter `json:"letter"`
}

// queryAudience reads an audience from the address.
func (c *call) queryAudience(about uuid.UUID) (models.Audience, error) {
	a := models.Audience{Countries: c.queryList("countries"), Languages: c.queryList("languages"), Roles: c.queryList("roles"),
		Topics: c.queryList("topics"), Engagement: c.queryList("engagement"), About: about}
	a.Except.Acted, a.AgainUnknown = c.query("except_acted") == "true", c.query("again_unknown") == "true"
	for _, list := range []struct {
		name string
		into *[]uuid.UUID
	}{{"organisations", &a.Organisations}, {"except_organisations", &a.Except.Organisations}, {"except_mailings", &a.Except.Mailings},
		{"lists", &a.Lists}, {"except_lists", &a.Except.Lists}, {"except_people", &a.Except.People}, {"not_reached", &a.NotReached}, {"again", &a.Again}} {
		var err error
		if *list.into, err = c.queryIDs(list.name); err != nil {
			return a, err
		}
	}
	return a, nil
}

// queryIDs reads one or several ids from the address.
func (c *call) queryIDs(name string) ([]uuid.UUID, error) {
	var ids []uuid.UUID
	for _, text := range c.queryList(name) {
		id, err := uuid.Parse(text)
		if err != nil {
			return nil, apperr.Invalid(name, "type")
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// audienceSample shows a few of an audience to who may look for people.
func (s *server) audienceSample(c *call, a models.Readership) ([]Sampled, error) {
	sample := []Sampled{}
	if c.can(access.FindPeople, nil, nil) != nil {
		return sample, nil
	}
	people, err := s.peopleOfAudience(c, a)
	for _, p := range people {
		sample = append(sample, Sampled{PersonID: p.ID, Name: p.Name, Language: p.Language, Country: p.CountryCode})
	}
	return sample, err
}

// peopleOfAudience are those found by name where one is given, else a few of them.
func (s *server) peopleOfAudience(c *call, a models.Readership) ([]models.SampledPerson, error) {
	name := c.query("name")
	if name == "" {
		return models.SampleAudience(c.ctx(), s.DB, c.who.viewer, a)
	}
	if len(name) > 400 {
		return nil, apperr.Invalid("name", "too_long", "max", 400)
	}
	people, err := models.FindInAudience(c.ctx(), s.DB, c.who.viewer, a, name)
	return people[:min(len(people), models.AudienceFound)], err
}

func (s *server) previewMailing(c *call) (reply, error) {
	m, _, err := c.mailing(access.ReadMailing)
	if err != nil {
		return reply{}, err
	}
	t := m.Text(c.query("language"))
	if t == nil {
		return reply{}, apperr.NotFound("mailing")
	}
	reader := models.MailReader{ID: c.who.person.ID, Name: c.who.person.Name} // as the test mail
	id, err := c.queryID("person")
	if err != nil {
		return reply{}, err
	}
	if id != uuid.Nil {
		if err := c.can(access.FindPeople, nil, nil); err != nil {
			return reply{}, err
		}
		p, err := models.InAudience(c.ctx(), s.DB, c.who.viewer, m.Readership(c.now()), id)
		if err != nil {
			return reply{}, err
		}
		reader = models.MailReader{ID: p.ID, Name: p.Name}
	}
	letter, err := mail.NewComposer(s.DB, s.Links, s.BaseURL).PreviewMailing(c.ctx(), m, t.Language, reader, c.now())
	if err != nil {
		return reply{}, err
	}
	html, err := markdown.Render(t.Body)
	return reply{body: Preview{Language: t.Language, Subject: t.Subject, Body: t.Body, HTML: string(html), Letter: letterView(letter)}}, err
}

// MailingTest says in which language somebody wants to see a mailing.
type MailingTest struct {
	Language string `json:"language" validate:"required,max=20"`
}

func (s *server) testMailing(c *call) (reply, error) {
	m, _, err := c.mailing(access.EditMailing)
	if err != nil {
		return reply{}, err
	}
	in, err := decodeValid[MailingTest](c)
	if err != nil {
		return reply{}, err
	}
	t := m.Text(in.Language)
	if t == nil || t.Language != in.Language {
		return reply{}, apperr.Invalid("language", "unknown")
	}
	me := c.who.person.ID
	if err := models.MailingTestLimit.Take(c.ctx(), s.DB, me.String(), "", c.now()); err != nil {
		return reply{}, err
	}
	return reply{}, models.SendMailingTest(c.ctx(), s.DB, m, in.Language, me, c.r.Header.Get("Idempotency-Key"), c.now())
}

// MailingSegment is an audience that an organisation keeps under a name.
type MailingSegment struct {
	ID       uuid.UUID       `json:"id"`
	Name     string          `json:"name"`
	Audience models.Audience `json:"audience"`
	Revision int             `json:"revision"`
}

func (s *server) segmentRoutes() []route {
	const all, one = "/recommendations/{id}/segments", "/recommendations/{id}/segments/{segment}"
	return []route{
		{method: http.MethodGet, path: all, id: "listSegments", tag: "campaign", summary: "Audiences that its organisation keeps, by name", reply: list[MailingSegment]{}, serve: s.listSegments},
		{method: http.MethodPost, path: all, id: "keepSegment", tag: "campaign", summary: "Keep an audience under a name, in the place of one kept under it before",
			key: true, body: models.MailingSegmentInput{}, reply: MailingSegment{}, serve: s.keepSegment},
		{method: http.MethodPut, path: one, id: "editSegment", tag: "campaign", summary: "Change a kept audience, on top of the revision seen; no mailing changes by it",
			match: true, body: models.MailingSegmentInput{}, reply: MailingSegment{}, serve: s.editSegment},
		{method: http.MethodDelete, path: one, id: "deleteSegment", tag: "campaign", summary: "Remove a kept audience; mailings that took it over keep what they took",
			status: http.StatusNoContent, serve: s.deleteSegment},
	}
}

func segmentView(g models.MailingSegment) MailingSegment {
	return MailingSegment{ID: g.ID, Name: g.Name, Audience: g.Audience, Revision: g.Revision}
}

func (s *server) listSegments(c *call) (reply, error) {
	rec, err := c.owned(access.CreateMailing)
	if err != nil {
		return reply{}, err
	}
	rows, err := models.MailingSegments(c.ctx(), s.DB, rec.OrganisationID)
	return reply{body: listOf(rows, segmentView)}, err
}

func (s *server) keepSegment(c *call) (reply, error) {
	rec, err := c.owned(access.CreateMailing)
	if err != nil {
		return reply{}, err
	}
	in, err := decodeValid[models.MailingSegmentInput](c)
	if err != nil {
		return reply{}, err
	}
	segment, err := models.KeepMailingSegment(c.ctx(), s.DB, rec.OrganisationID, in, c.now())
	if err != nil {
		return reply{}, err
	}
	return reply{body: segmentView(*segment)}, nil
}

// segment reads the one the path names, of the recommendation's organisation.
func (c *call) segment() (*models.MailingSegment, error) {
	rec, err := c.owned(access.CreateMailing)
	if err != nil {
		return nil, err
	}
	id, err := c.idNamed("segment", "segment")
	if err != nil {
		return nil, err
	}
	return models.MailingSegmentByID(c.ctx(), c.s.DB, rec.OrganisationID, id)
}

func (s *server) editSegment(c *call) (reply, error) {
	segment, err := c.segment()
	if err != nil {
		return reply{}, err
	}
	in, err := decodeValid[models.MailingSegmentInput](c)
	if err != nil {
		return reply{}, err
	}
	before := segmentView(*segment)
	err = models.EditMailingSegment(c.ctx(), s.DB, segment, c.revision(), in, c.now())
	if apperr.CodeOf(err) == apperr.CodeOutdated {
		return reply{}, outdated{what: "segment", current: before, yours: in}
	}
	if err != nil {
		return reply{}, err
	}
	return reply{body: segmentView(*segment)}, nil
}

func (s *server) deleteSegment(c *call) (reply, error) {
	segment, err := c.segment()
	if err != nil {
		return reply{}, err
	}
	return reply{}, models.DeleteMailingSegment(c.ctx(), s.DB, segment)
}
