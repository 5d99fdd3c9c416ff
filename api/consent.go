package api

import (
	"net/http"
	"time"

	"github.com/google/uuid"

	"tribuna/models"
)

// Consent is one act on the record of consents to mailings: the proof that somebody agreed, or took it back.
type Consent struct {
	ID           uuid.UUID         `json:"id"`
	PersonID     uuid.UUID         `json:"person_id"`
	Act          models.ConsentAct `json:"act"`                     // given, withdrawn, restored: a withdrawal taken back
	At           time.Time         `json:"at"`                      // when it was said
	NotedAt      time.Time         `json:"noted_at"`                // when it was put down
	How          string            `json:"how"`                     // double_opt_in, form, import, by_hand, unknown, one_click, page, mail, preferences, objection, complaint
	Source       string            `json:"source,omitempty"`        // in words, where somebody brought it
	NotedBy      string            `json:"noted_by,omitempty"`      // who put it down for them
	TextHash     string            `json:"text_sha256,omitempty"`   // of the text agreed to; absent where that is not known
	Text         string            `json:"text,omitempty"`          //
	TextLanguage string            `json:"text_language,omitempty"` //
	Via          *uuid.UUID        `json:"via,omitempty"`           // mailing, import or request it came through
}

// consentRoutes give the proof of consents out to coordinators.
func (s *server) consentRoutes() []route {
	return []route{
		{method: http.MethodGet, path: "/consents", id: "listConsents", tag: "people", scope: models.ScopeAdminister,
			summary: "The whole record of consents to mailings, in the order in which it was put down", reply: list[Consent]{}, serve: s.listConsents, query: pageParams},
		{method: http.MethodGet, path: "/people/{id}/consents", id: "listPersonConsents", tag: "people", scope: models.ScopeAdminister,
			summary: "What one person agreed to and took back", reply: list[Consent]{}, serve: s.listPersonConsents, query: pageParams},
	}
}

func (s *server) listConsents(c *call) (reply, error) {
	if err := c.administers(); err != nil {
		return reply{}, err
	}
	return s.consentsOf(c, uuid.Nil)
}

func (s *server) listPersonConsents(c *call) (reply, error) {
	id, err := c.administered("person")
	if err != nil {
		return reply{}, err
	}
	if _, err := models.PersonByID(c.ctx(), s.DB, id); err != nil {
		return reply{}, err
	}
	return s.consentsOf(c, id)
}

func (s *server) consentsOf(c *call, person uuid.UUID) (reply, error) {
	p, err := c.page()
	if err != nil {
		return reply{}, err
	}
	rows, err := models.ConsentsOf(c.ctx(), s.DB, models.ConsentFilter{Person: person, After: p.afterID(), Limit: p.limit + 1})
	if err != nil {
		return reply{}, err
	}
	rows, next := cut(rows, p, func(r models.Consent) models.Cursor { return byID(r.ID) })
	l := listOf(rows, consentView)
	l.Next = next
	return reply{body: l, next: next}, nil
}

func consentView(c models.Consent) Consent {
	v := Consent{ID: c.ID, PersonID: c.PersonID, Act: c.Act, At: c.At, NotedAt: c.NotedAt, How: c.How, Source: c.Source, NotedBy: c.ByName,
		TextHash: c.TextHash, Text: c.Text, TextLanguage: c.TextLanguage}
	if c.Via != uuid.Nil {
		v.Via = &c.Via
	}
	return v
}
