package web

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"tribuna/internal/access"
	"tribuna/internal/i18n"
	"tribuna/models"
)

// draftChoices is what the form of a draft offers.
type draftChoices struct {
	Organisations, Kinds, Languages, Procedures []Option
	Countries, Topics, Challenges, Grants       []Option
	authorities                                 []models.Authority
	countries                                   []models.Country
}

// organisationsToWriteFor lists in whose name a visitor may write recommendations: officers for their own organisation,
// coordinators for any that signs.
func (s *Server) organisationsToWriteFor(ctx context.Context, v *visitor) ([]models.Organisation, error) {
	actor, err := models.AccessActor(ctx, s.DB, v.Person.ID, v.link())
	if err != nil {
		return nil, err
	}
	all, err := models.Organisations(ctx, s.DB, models.OrganisationFilter{})
	if err != nil {
		return nil, err
	}
	own := func(o models.Organisation) bool {
		return slices.ContainsFunc(v.Roles, func(r models.Role) bool { return r.OrganisationID == o.ID })
	}
	all = slices.DeleteFunc(all, func(o models.Organisation) bool {
		signs := (o.Kind == models.OrganisationLead || o.Kind == models.OrganisationPartner) && o.IsMemberOn(s.Now())
		return access.Can(actor, access.CreateRecommendation, access.Object{Kind: "recommendation", OwnerOrganisation: o.ID}) != nil ||
			(!signs && !own(o))
	})
	slices.SortStableFunc(all, func(a, b models.Organisation) int {
		switch {
		case own(a) == own(b):
			return 0
		case own(a):
			return -1
		}
		return 1
	})
	return all, nil
}

func (s *Server) draftChoices(ctx context.Context, l *i18n.Localizer, organisations []models.Organisation) (draftChoices, error) {
	c := draftChoices{}
	for _, o := range organisations {
		c.Organisations = append(c.Organisations, Option{Value: o.ID.String(), Label: o.Name})
	}
	for _, k := range models.RecommendationKinds() {
		c.Kinds = append(c.Kinds, Option{Value: k, Label: l.T("published.kind." + k)})
	}
	for _, read := range []func(context.Context, *i18n.Localizer, *draftChoices) error{
		s.languageChoices, s.procedureChoices, s.countryChoices, s.subjectChoices, s.grantChoices, s.authorityChoices,
	} {
		if err := read(ctx, l, &c); err != nil {
			return c, err
		}
	}
	return c, nil
}

func (s *Server) languageChoices(ctx context.Context, l *i18n.Localizer, c *draftChoices) error {
	languages, err := models.Languages(ctx, s.DB)
	for _, lang := range languages {
		c.Languages = append(c.Languages, optionOf(lang.Tag, l.Name(lang.Names)))
	}
	return err
}

func (s *Server) procedureChoices(ctx context.Context, l *i18n.Localizer, c *draftChoices) error {
	procedures, err := models.Procedures(ctx, s.DB)
	for _, p := range procedures {
		c.Procedures = append(c.Procedures, optionOf(p.Slug, l.Name(p.Names)))
	}
	return err
}

func (s *Server) countryChoices(ctx context.Context, l *i18n.Localizer, c *draftChoices) error {
	var err error
	c.countries, err = models.Countries(ctx, s.DB)
	for _, country := range c.countries {
		c.Countries = append(c.Countries, optionOf(country.Code, l.Name(country.Names)))
	}
	return err
}

func (s *Server) subjectChoices(ctx context.Context, l *i18n.Localizer, c *draftChoices) error {
	topics, err := models.Topics(ctx, s.DB)
	if err != nil {
		return err
	}
	for _, t := range topics {
		c.Topics = append(c.Topics, optionOf(t.Slug, l.Name(t.Names)))
	}
	challenges, err := models.Challenges(ctx, s.DB)
	for _, ch := range challenges {
		c.Challenges = append(c.Challenges, optionOf(ch.Slug, l.Name(ch.Names)))
	}
	return err
}

func (s *Server) grantChoices(ctx context.Context, _ *i18n.Localizer, c *draftChoices) error {
	grants, err := models.Grants(ctx, s.DB)
	for _, g := range grants {
		c.Grants = append(c.Grants, Option{Value: g.ID.String(), Label: g.Title, Help: g.Funder.Name + ", " + g.Number})
	}
	return err
}

func (s *Server) authorityChoices(ctx context.Context, _ *i18n.Localizer, c *draftChoices) error {
	var err error
	c.authorities, err = models.Authorities(ctx, s.DB, models.AuthorityFilter{Limit: 5000})
	return err
}

// measureRow is one measure in the form.
type measureRow struct {
	Index      int
	Form       *Form
	ID         string
	Addressees []i18n.Words // names of the authorities chosen
	Groups     []authorityGroup
	First      bool
	Finder     *finder // among the authorities
}

// authorityGroup are the authorities of a country, or those above all countries.
type authorityGroup struct {
	Name        models.Names // empty: international
	Authorities []authorityChoice
}

type authorityChoice struct {
	ID     string
	Name   models.Names
	Find   string // what it is found by
	Chosen bool
}

// row lays out one measure with the authorities to choose from, by country.
func (c draftChoices) row(i int, m measureWords, form *Form, l *i18n.Localizer) measureRow {
	row := measureRow{Index: i, Form: form, ID: m.id, First: i == 0}
	row.Finder = &finder{Name: row.Field("find"), Label: l.T("draft.choose_authorities"), Value: m.find, List: row.AuthoritiesID() + "-list",
		Do: doFind + ":" + strconv.Itoa(i), At: "#measure-" + strconv.Itoa(i+1)}
	groups := map[string]*authorityGroup{}
	var order []string
	for _, a := range c.authorities {
		chosen := slices.Contains(m.authorities, a.ID.String())
		if a.RetiredAt != nil && !chosen { // nothing new is addressed to it
			continue
		}
		if !row.Finder.Finds(chosen, everyName(a.Names, c.countryName(a.CountryCode))...) {
			continue
		}
		g, known := groups[a.CountryCode]
		if !known {
			g = &authorityGroup{Name: c.countryName(a.CountryCode)}
			groups[a.CountryCode] = g
			order = append(order, a.CountryCode)
		}
		g.Authorities = append(g.Authorities, authorityChoice{ID: a.ID.String(), Name: a.Names, Chosen: chosen,
			Find: models.Folded(strings.Join(everyName(a.Names, c.countryName(a.CountryCode)), " "))})
		if chosen {
			row.Addressees = append(row.Addressees, l.Name(a.Names))
		}
	}
	for _, code := range order {
		row.Groups = append(row.Groups, *groups[code])
	}
	return row
}

// everyName are the names of things in every language: somebody may look for any of them.
func everyName(of ...models.Names) (names []string) {
	for _, n := range of {
		for _, name := range n {
			names = append(names, name)
		}
	}
	return names
}

func (c draftChoices) countryName(code string) models.Names {
	for _, country := range c.countries {
		if country.Code == code {
			return country.Names
		}
	}
	return nil
}

// Field returns the name of a field of the row.
func (r measureRow) Field(name string) string { return rowField("measures", r.Index, name) }

// AuthoritiesID is the id of the choice of authorities, which the summary of errors leads to.
func (r measureRow) AuthoritiesID() string { return fieldID(r.Field("authority_ids")) }

// Number counts measures from 1.
func (r measureRow) Number() int { return r.Index + 1 }

// groupRow is one group of people who were listened to.
type groupRow struct {
	Index int
	Form  *Form
}

// Field returns the name of a field of the row.
func (r groupRow) Field(name string) string { return rowField("consulted", r.Index, name) }

// Number counts groups from 1.
func (r groupRow) Number() int { return r.Index + 1 }
