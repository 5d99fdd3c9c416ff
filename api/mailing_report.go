package api

import (
	"context"
	"net/http"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/access"
	"tribuna/models"
)

// MailingReport is what a mailing came to. In each tally the outcomes add up to the total: every recipient has exactly one.
type MailingReport struct {
	MailTally
	Complaints int         `json:"complaints"` // called a mail of it spam; most of them are unsubscribed by it
	ByCountry  []PartTally `json:"by_country"`
	ByLanguage []PartTally `json:"by_language"` // of the text they get
	Rest       *Rest       `json:"rest,omitempty"`
	Links      []Followed  `json:"links,omitempty" about:"Where they are counted. Of one country there are none: it is not known from where links are followed."`
}

// Followed is an address in a mailing's text of a language, and how often it was followed. Nothing is kept of who did.
type Followed struct {
	URL      string `json:"url"`
	Language string `json:"language"`
	People   int    `json:"people"` // probably
	Machines int    `json:"machines"`
}

// MailTally counts recipients.
type MailTally struct {
	Total        int                        `json:"total"`
	Outcomes     map[models.MailOutcome]int `json:"outcomes"`
	Reached      int                        `json:"reached"`
	NotReached   int                        `json:"not_reached"` // with those of whom it is not known
	Waiting      int                        `json:"waiting"`
	Unsubscribed int                        `json:"unsubscribed"` // by a mail of it; beside the outcomes
}

// PartTally is the tally of one country or language; Of is empty where people have no country.
type PartTally struct {
	Of string `json:"of"`
	MailTally
}

// Rest counts those whom a mailing that is over did not reach and who may be written to, without those of whom it is not known.
type Rest struct {
	People  int `json:"people"`
	Joined  int `json:"joined"`  // its audience since
	Unknown int `json:"unknown"` // beside them, of whom it is not known
}

// Unreached is somebody who did not get a mailing, or of whom it is not known.
type Unreached struct {
	ID         uuid.UUID          `json:"id"` // of the mail
	PersonID   uuid.UUID          `json:"person_id"`
	Name       string             `json:"name,omitempty"` // absent where you may not know it
	Language   string             `json:"language"`
	Country    string             `json:"country,omitempty"`
	Outcome    models.MailOutcome `json:"outcome"`
	Reply      string             `json:"reply,omitempty" about:"The mail server's last words; absent where none said anything, as of what never left."`
	FinishedAt *time.Time         `json:"finished_at,omitempty"`
	SettledBy  string             `json:"settled_by,omitempty"` // who says whether it arrived
	SettledAt  *time.Time         `json:"settled_at,omitempty"`
}

// SettleMail says whether a mail arrived of which it is not known.
type SettleMail struct {
	Arrived *bool `json:"arrived" validate:"required"`
}

// RestInput says who of those who may have the mailing is written to all the same: some people, or all of whom it is not known.
type RestInput struct {
	Again        []uuid.UUID `json:"again,omitempty" validate:"max=1000"`
	AgainUnknown bool        `json:"again_unknown,omitempty"`
}

func (s *server) mailingReportRoutes() []route {
	const one = "/mailings/{id}"
	narrow := []param{{"country", "code: where they live now", text}, {"language", "tag: of the text they get", text}}
	return []route{
		{method: http.MethodGet, path: one + "/report", id: "getMailingReport", tag: "campaign", summary: "What a mailing came to, by country and by language",
			query: narrow, reply: MailingReport{}, serve: s.mailingReport},
		{method: http.MethodGet, path: one + "/not-reached", id: "listNotReached", tag: "campaign", summary: "Who did not get it, and why",
			query: append(append([]param{{"outcome", "one of the outcomes of the report", text}}, narrow...), pageParams...), reply: list[Unreached]{}, serve: s.listNotReached},
		{method: http.MethodPut, path: one + "/mails/{mail}/settlement", id: "settleMail", tag: "campaign", summary: "Say whether a mail arrived of which it is not known; nothing is sent by it",
			body: SettleMail{}, status: http.StatusNoContent, serve: s.settleMail},
		{method: http.MethodPost, path: one + "/rest", id: "createRestMailing", tag: "campaign", summary: "Draft a mailing with the same texts to those whom it did not reach",
			key: true, body: RestInput{}, status: http.StatusCreated, reply: Mailing{}, serve: s.createRest},
	}
}

func mailTally(t models.MailTally) MailTally {
	return MailTally{Total: t.Total(), Outcomes: t.Outcomes, Reached: t.Count(models.MailOutcome.Reached), NotReached: t.NotReached(), Waiting: t.Waiting(),
		Unsubscribed: t.Unsubscribed}
}

func partView(p models.PartTally) PartTally {
	return PartTally{Of: p.Of, MailTally: mailTally(p.MailTally)}
}

func (s *server) mailingReport(c *call) (reply, error) {
	m, _, err := c.mailing(access.ReadMailing)
	if err != nil {
		return reply{}, err
	}
	r, err := models.ReportOfMailing(c.ctx(), s.DB, m.ID, models.OutcomeFilter{Country: c.query("country"), Language: c.query("language")})
	if err != nil {
		return reply{}, err
	}
	v := MailingReport{MailTally: mailTally(r.MailTally), Complaints: r.Complaints, ByCountry: listOf(r.ByCountry, partView).Items, ByLanguage: listOf(r.ByLanguage, partView).Items}
	if m.HasRest() == nil {
		rest, err := models.CountRest(c.ctx(), s.DB, m, c.now())
		if err != nil {
			return reply{}, err
		}
		v.Rest = &Rest{People: rest.People, Joined: rest.Joined, Unknown: rest.Unknown}
	}
	if c.query("country") != "" {
		return reply{body: v}, nil
	}
	links, err := models.MailingLinksIn(c.ctx(), s.DB, m.ID, c.query("language"))
	for _, link := range links {
		v.Links = append(v.Links, Followed{URL: link.URL, Language: link.Language, People: link.People, Machines: link.Machines})
	}
	return reply{body: v}, err
}

func (s *server) listNotReached(c *call) (reply, error) {
	m, _, err := c.mailing(access.ReadMailing)
	if err != nil {
		return reply{}, err
	}
	p, err := c.page()
	if err != nil {
		return reply{}, err
	}
	outcome, err := queryOneOf(c, "outcome", append(models.NotReachedOutcomes(), models.OutcomeToldArrived))
	if err != nil {
		return reply{}, err
	}
	after := uuid.Nil
	if p.after != nil {
		after = p.after.ID
	}
	rows, err := models.NotReachedBy(c.ctx(), s.DB, c.who.viewer, m.ID, models.OutcomeFilter{Country: c.query("country"), Language: c.query("language"), Outcome: outcome},
		after, p.limit+1)
	if err != nil {
		return reply{}, err
	}
	rows, next := cut(rows, p, func(u models.Unreached) models.Cursor { return models.Cursor{At: time.Unix(0, 0), ID: u.ID} })
	l := listOf(rows, func(u models.Unreached) Unreached {
		return Unreached{ID: u.ID, PersonID: u.PersonID, Name: u.Name, Language: u.Language, Country: u.Country, Outcome: u.Outcome, Reply: u.Outcome.ServerWords(u.Reply),
			FinishedAt: u.FinishedAt, SettledBy: u.SettledBy, SettledAt: u.SettledAt}
	})
	l.Next = next
	return reply{body: l, next: next}, nil
}

func (s *server) settleMail(c *call) (reply, error) {
	m, _, err := c.mailing(access.EditMailing)
	if err == nil {
		err = m.HasMails()
	}
	if err != nil {
		return reply{}, err
	}
	in, err := decodeValid[SettleMail](c)
	if err != nil {
		return reply{}, err
	}
	mail, err := c.idNamed("mail", "mail")
	if err != nil {
		return reply{}, err
	}
	return reply{}, c.inTx(func(ctx context.Context, tx bun.Tx) error {
		return models.SettleUnknown(ctx, tx, m.ID, mail, *in.Arrived, c.who.person, c.now())
	})
}

func (s *server) createRest(c *call) (reply, error) {
	m, rec, err := c.mailing(access.LaunchMailing)
	if err != nil {
		return reply{}, err
	}
	in, err := decodeValid[RestInput](c)
	if err != nil {
		return reply{}, err
	}
	id, created, err := c.once([]any{m.ID, in}, func(ctx context.Context, tx bun.Tx) (uuid.UUID, error) {
		rest, err := models.CreateRest(ctx, tx, m, rec, models.Again{People: in.Again, All: in.AgainUnknown}, c.who.person.ID, c.now())
		if err != nil {
			return uuid.Nil, err
		}
		return rest.ID, nil
	})
	if err != nil {
		return reply{}, err
	}
	return s.madeMailing(c, id, created)
}
