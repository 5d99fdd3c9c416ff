package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/mux"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
	"tribuna/internal/i18n"
	"tribuna/models"
)

const grantsPath = administrationPath + "/grants"

func grantPath(id uuid.UUID) string { return grantsPath + "/" + id.String() }

func (s *Server) grantRoutes(r *mux.Router) {
	s.get(r, grantsPath, s.grants)
	s.get(r, grantsPath+"/new", s.editGrant)
	s.post(r, grantsPath+"/new", s.editGrant)
	s.get(r, grantsPath+"/{id}", s.grant)
	s.get(r, grantsPath+"/{id}/edit", s.editGrant)
	s.post(r, grantsPath+"/{id}/edit", s.editGrant)
	s.get(r, grantsPath+"/{id}/countries/{code}", s.designateForGrant)
	s.post(r, grantsPath+"/{id}/countries/{code}", s.designateForGrant)
	s.get(r, grantsPath+"/{id}/emblem", s.changeEmblem)
	s.post(r, grantsPath+"/{id}/emblem", s.changeEmblem)
	s.get(r, grantsPath+"/{id}/emblem/{language}", s.changeEmblem)
	s.post(r, grantsPath+"/{id}/emblem/{language}", s.changeEmblem)
	s.get(r, grantsPath+"/{id}/remove", s.removeGrant)
	s.post(r, grantsPath+"/{id}/remove", s.removeGrant)
}

// grants lists the grants, those that run first.
func (s *Server) grants(w http.ResponseWriter, r *http.Request) error {
	if _, err := s.requireAdministrator(r); err != nil {
		return err
	}
	l := Localizer(r)
	list, err := models.Grants(r.Context(), s.DB)
	if err != nil {
		return err
	}
	v := keptView{Page: s.administrationPage(r, l.T("administration.grants")), Lead: l.T("administration.grants.about"),
		Add:   crumb{grantsPath + "/new", l.T("grant.add")},
		Empty: Empty{Icon: "building", Title: l.T("grant.none"), Text: l.T("grant.none_text")}.To(grantsPath+"/new", l.T("grant.add"))}
	countries, err := models.Countries(r.Context(), s.DB)
	if err != nil {
		return err
	}
	languages, err := models.Languages(r.Context(), s.DB)
	if err != nil {
		return err
	}
	today := s.Now().UTC().Truncate(24 * time.Hour)
	for _, g := range list {
		row := keptRow{Href: grantPath(g.ID), Title: g.Title, About: []string{g.Funder.Name, g.Number, grantPeriod(l, g)}}
		if g.PeriodUntil.Before(today) {
			row.Badges = append(row.Badges, Badge{"plain", "archive", l.T("grant.ended")})
		} else if len(grantGaps(&g, countries, languages)) > 0 {
			row.About = append(row.About, l.T("grant.gaps.some"))
		}
		v.Rows = append(v.Rows, row)
	}
	slices.SortStableFunc(v.Rows, func(a, b keptRow) int { return len(a.Badges) - len(b.Badges) })
	s.Engine.Render(w, r, http.StatusOK, "administration_list", v)
	return nil
}

func grantPeriod(l *i18n.Localizer, g models.Grant) string {
	return l.T("grant.period", "From", l.Date(g.PeriodFrom, time.UTC), "Until", l.Date(g.PeriodUntil, time.UTC))
}

// grantView is one grant with all it wants said and shown.
type grantView struct {
	Page
	Back      crumb
	Grant     *models.Grant
	Path      string
	Period    string
	Gaps      []gapLine
	Emblems   []grantEmblem
	Countries []grantCountry
	Uses      []usedAt
}

// grantCountry is how a grant wants a country designated.
type grantCountry struct {
	Name         i18n.Words
	Href         string
	Designations []models.GrantDesignation
}

func (s *Server) grantOf(r *http.Request) (*models.Grant, *visitor, error) {
	return administered(s, r, "grant", models.GrantByID)
}

func (s *Server) grant(w http.ResponseWriter, r *http.Request) error {
	g, _, err := s.grantOf(r)
	if err != nil {
		return err
	}
	l := Localizer(r)
	v := grantView{Page: s.administrationPage(r, g.Title), Back: crumb{grantsPath, l.T("administration.grants")}, Grant: g, Path: grantPath(g.ID),
		Period: grantPeriod(l, *g)}
	names, err := s.countryNames(r)
	if err != nil {
		return err
	}
	for _, code := range names.codes {
		c := grantCountry{Name: names.names[code], Href: v.Path + "/countries/" + code}
		for _, d := range g.Designations {
			if d.CountryCode == code {
				c.Designations = append(c.Designations, d)
			}
		}
		v.Countries = append(v.Countries, c)
	}
	languages, err := models.Languages(r.Context(), s.DB)
	if err != nil {
		return err
	}
	countries, err := models.Countries(r.Context(), s.DB)
	if err != nil {
		return err
	}
	v.Emblems, v.Gaps = grantEmblems(l, g, languages), gapLines(l, countries, grantGaps(g, countries, languages), false)
	uses, err := models.GrantUses(r.Context(), s.DB, g.ID)
	if err != nil {
		return err
	}
	v.Uses = places(l, uses)
	s.Engine.Render(w, r, http.StatusOK, "grant", v)
	return nil
}

// editGrant adds a grant or changes one.
func (s *Server) editGrant(w http.ResponseWriter, r *http.Request) error {
	g, e, err := begun(s, r, &models.Grant{ID: models.NewID()}, s.grantOf)
	if err != nil {
		return err
	}
	l := Localizer(r)
	e.title, e.back = l.T("grant.edit"), crumb{grantPath(g.ID), l.T("grant.back")}
	if e.added {
		e.title, e.back = l.T("grant.add"), crumb{grantsPath, l.T("administration.grants")}
	}
	former := g.Facts()
	e.values, e.next = grantValues(g), grantPath(g.ID)
	e.read = func(form url.Values) error { return readGrant(g, form) }
	e.save = func(ctx context.Context, tx bun.Tx) (models.JournalEntry, error) {
		if e.added {
			return grantEntry("grant.added", g), g.Insert(ctx, tx)
		}
		return grantEntry("grant.changed", g).Changing(former, g.Facts()), g.Save(ctx, tx)
	}
	e.fields = func(v *editView) error { return s.grantFields(r, v) }
	return s.edit(w, r, e)
}

func grantEntry(verb string, g *models.Grant) models.JournalEntry {
	return models.JournalEntry{Verb: verb, ObjectKind: "grant", Object: g.ID, Facts: map[string]string{"slug": g.Number}}
}

func grantValues(g *models.Grant) url.Values {
	values := url.Values{}
	if g.Number == "" {
		return values
	}
	for name, value := range map[string]string{"number": g.Number, "title": g.Title, "funder_id": g.FunderID.String(),
		"period_from": g.PeriodFrom.Format(time.DateOnly), "period_until": g.PeriodUntil.Format(time.DateOnly)} {
		values.Set(name, value)
	}
	for _, s := range g.Statements {
		values.Set("statements."+s.Language, s.Statement)
		values.Set("disclaimers."+s.Language, s.Disclaimer)
	}
	return values
}

// readGrant reads the form; what is no day is blamed with the rest of what is wrong.
func readGrant(g *models.Grant, form url.Values) error {
	bad := apperr.New(apperr.CodeInvalid)
	day := func(name string) time.Time {
		t, err := time.Parse(time.DateOnly, strings.TrimSpace(form.Get(name)))
		if err != nil {
			bad.And(name, "date")
		}
		return t
	}
	g.Number, g.Title = strings.TrimSpace(form.Get("number")), strings.TrimSpace(form.Get("title"))
	g.FunderID, _ = uuid.Parse(form.Get("funder_id")) // what is no id is refused by the rules
	g.PeriodFrom, g.PeriodUntil = day("period_from"), day("period_until")
	g.Statements = nil
	statements, disclaimers := languageValues(form, "statements"), languageValues(form, "disclaimers")
	for tag, disclaimer := range disclaimers {
		if statements[tag] == "" {
			g.Statements = append(g.Statements, models.GrantStatement{Language: tag, Disclaimer: disclaimer})
		}
	}
	for tag, statement := range statements {
		g.Statements = append(g.Statements, models.GrantStatement{Language: tag, Statement: statement, Disclaimer: disclaimers[tag]})
	}
	return bad.OrNil()
}

func (s *Server) grantFields(r *http.Request, v *editView) error {
	l, form := Localizer(r), v.Form
	funders, err := models.Organisations(r.Context(), s.DB, models.OrganisationFilter{})
	if err != nil {
		return err
	}
	languages, err := models.Languages(r.Context(), s.DB)
	if err != nil {
		return err
	}
	slices.SortStableFunc(funders, func(a, b models.Organisation) int { return funderFirst(a) - funderFirst(b) })
	var options []Option
	for _, o := range funders {
		options = append(options, Option{Value: o.ID.String(), Label: o.Name})
	}
	v.add(editSection{Fields: []Input{
		field(form, "title", l.T("grant.title"), "required", true, "max", 300),
		field(form, "number", l.T("grant.number"), "required", true, "max", 100, "help", l.T("grant.number_help")),
		field(form, "funder_id", l.T("grant.funder"), "type", "select", "required", true, "options", options),
		field(form, "period_from", l.T("grant.from"), "type", "date", "required", true),
		field(form, "period_until", l.T("grant.until"), "type", "date", "required", true)}})
	for _, lang := range languages {
		v.add(editSection{Title: l.T("grant.words_in", "Language", l.Language(lang.Tag)), Fold: true, Open: form.Value("statements."+lang.Tag) != "", Fields: []Input{
			field(form, "statements."+lang.Tag, l.T("grant.statement"), "type", "textarea", "rows", 2, "max", 2000, "quiet", true, "lang", lang.Tag),
			field(form, "disclaimers."+lang.Tag, l.T("grant.disclaimer"), "type", "textarea", "rows", 4, "max", 2000, "lang", lang.Tag)}})
	}
	return nil
}

// funderFirst sorts funders before the others, who can give grants as well.
func funderFirst(o models.Organisation) int {
	if o.Kind == models.OrganisationFunder {
		return 0
	}
	return 1
}

// removeGrant asks, then removes a grant that pays for nothing.
func (s *Server) removeGrant(w http.ResponseWriter, r *http.Request) error {
	g, by, err := s.grantOf(r)
	if err != nil {
		return err
	}
	l := Localizer(r)
	return s.remove(w, r, removing{by: by, next: grantsPath, uses: func() ([]usedAt, error) {
		uses, err := models.GrantUses(r.Context(), s.DB, g.ID)
		return places(l, uses), err
	}, act: func(ctx context.Context, tx bun.Tx) (models.JournalEntry, error) {
		return grantEntry("grant.removed", g), models.RemoveGrant(ctx, tx, g.ID)
	}, ask: removeView{Page: s.administrationPage(r, l.T("grant.remove")), Back: crumb{grantPath(g.ID), g.Title}, What: i18n.Said(g.Title),
		Follows: l.Say("grant.remove_text", "Name", g.Title), Button: l.T("grant.remove")}})
}
