package api

import (
	"net/http"
	"time"

	"github.com/google/uuid"

	"tribuna/models"
)

// Grant is money with duties, as those see it who write texts that it pays for.
type Grant struct {
	ID           uuid.UUID          `json:"id"`
	Number       string             `json:"number"`
	Title        string             `json:"title"`
	FunderID     uuid.UUID          `json:"funder_id"`
	Funder       string             `json:"funder"`
	PeriodFrom   models.Day         `json:"period_from"`
	PeriodUntil  models.Day         `json:"period_until"`
	Emblem       string             `json:"emblem,omitempty"` // address of the picture shown where a language has none of its own
	Emblems      []GrantEmblem      `json:"emblems"`
	Statements   []GrantStatement   `json:"statements"`
	Designations []GrantDesignation `json:"designations"`
}

// GrantStatement is what a grant wants said in a language.
type GrantStatement struct {
	Language   string `json:"language"`
	Statement  string `json:"statement"`
	Disclaimer string `json:"disclaimer,omitempty"`
}

// GrantEmblem is the picture that a grant wants shown in a language.
type GrantEmblem struct {
	Language string `json:"language"`
	Emblem   string `json:"emblem"` // its address
}

// GrantDesignation is how a grant wants a country called in a language.
type GrantDesignation struct {
	Country     string `json:"country"`
	Language    string `json:"language"`
	Designation string `json:"designation"`
	Footnote    string `json:"footnote,omitempty"`
}

// networkRoutes are the network's lists for those who work in it.
func (s *server) networkRoutes() []route {
	return []route{
		{method: http.MethodGet, path: "/procedures", id: "listProcedures", tag: "network", summary: "The procedures, the newest version of each",
			reply: list[models.Procedure]{}, serve: s.procedures},
		{method: http.MethodGet, path: "/grants", id: "listGrants", tag: "network", summary: "The grants with what they want said",
			reply: list[Grant]{}, serve: s.grants},
	}
}

func (s *server) procedures(c *call) (reply, error) {
	rows, err := models.Procedures(c.ctx(), s.DB)
	return reply{body: listOf(rows, same[models.Procedure])}, err
}

func (s *server) grants(c *call) (reply, error) {
	rows, err := models.Grants(c.ctx(), s.DB)
	return reply{body: listOf(rows, grantView)}, err
}

func grantView(g models.Grant) Grant {
	v := Grant{ID: g.ID, Number: g.Number, Title: g.Title, FunderID: g.FunderID, PeriodFrom: models.Day(g.PeriodFrom),
		PeriodUntil: models.Day(g.PeriodUntil), Emblem: emblemAddress(g.EmblemSHA256), Emblems: []GrantEmblem{}, Statements: []GrantStatement{}, Designations: []GrantDesignation{}}
	if g.Funder != nil {
		v.Funder = g.Funder.Name
	}
	for _, e := range g.Emblems {
		v.Emblems = append(v.Emblems, GrantEmblem{e.Language, emblemAddress(e.EmblemSHA256)})
	}
	for _, st := range g.Statements {
		v.Statements = append(v.Statements, GrantStatement{st.Language, st.Statement, st.Disclaimer})
	}
	for _, d := range g.Designations {
		v.Designations = append(v.Designations, GrantDesignation{d.CountryCode, d.Language, d.Designation, d.Footnote})
	}
	return v
}

// emblemAddress is where a picture is; none is "".
func emblemAddress(hash string) string {
	if hash == "" {
		return ""
	}
	return "/emblems/" + hash
}

// day writes an optional calendar day.
func day(t *time.Time) *models.Day {
	if t == nil {
		return nil
	}
	d := models.Day(*t)
	return &d
}
