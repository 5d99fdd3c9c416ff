package models

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
)

// importPlan is what a file would change: all of it is known before anything is written.
type importPlan struct {
	tx     bun.IDB
	in     Import
	file   *importFile
	groups []*importGroup // in the order of the file

	countries   map[string]Country
	governments map[string]uuid.UUID
	measures    map[string]knownMeasure // by the source's reference
}

// importGroup is one imported recommendation: a source, a country and a session.
type importGroup struct {
	source, country, session string
	rec                      *Recommendation // nil until it is created
	rows                     []importRow     // those to be written: new ones, and those that changed
	created, changed, same   int
	changes                  map[string]string // what changed measures say now, by the source's reference
	last                     int               // highest number of a measure
}

// knownMeasure is a measure that an earlier file brought.
type knownMeasure struct {
	ImportedMeasure
	Number                   int
	Text                     string
	Source, Country, Session string
}

// says is a measure as its change is put on record.
func (row importRow) says() string { return row.response + "\n" + row.text }

// make compares the file with what is there.
func (p *importPlan) make(ctx context.Context) error {
	for _, read := range []func(context.Context) error{p.readCountries, p.readGovernments, p.readMeasures} {
		if err := read(ctx); err != nil {
			return fmt.Errorf("compare a file with what was imported: %w", err)
		}
	}
	by := map[[3]string]*importGroup{}
	for _, row := range p.file.rows {
		if !p.admit(row) {
			continue
		}
		key := [3]string{row.source, row.country, row.session}
		g := by[key]
		if g == nil {
			g = &importGroup{source: row.source, country: row.country, session: row.session, changes: map[string]string{}}
			by[key] = g
			p.groups = append(p.groups, g)
		}
		g.add(row, p.measures)
	}
	return p.readRecommendations(ctx, by)
}

func (p *importPlan) readCountries(ctx context.Context) error {
	list, err := Countries(ctx, p.tx)
	p.countries = map[string]Country{}
	for _, c := range list {
		p.countries[c.Code] = c
	}
	return err
}

// readGovernments finds who answers for each State: the authority marked as its government or, where none is, the only
// one at State level that is below no other.
func (p *importPlan) readGovernments(ctx context.Context) error {
	var list []Authority
	err := p.tx.NewSelect().Model(&list).Where("authority.level = ? AND (authority.government OR authority.parent_id IS NULL) AND authority.retired_at IS NULL", LevelState).
		OrderExpr("authority.government DESC, authority.slug").Scan(ctx)
	marked, several := map[string]bool{}, map[string]bool{}
	p.governments = map[string]uuid.UUID{}
	for _, a := range list {
		if marked[a.CountryCode] {
			continue
		}
		_, several[a.CountryCode] = p.governments[a.CountryCode]
		marked[a.CountryCode] = a.Government
		p.governments[a.CountryCode] = a.ID
	}
	for country, are := range several {
		if are {
			delete(p.governments, country)
		}
	}
	return err
}

func (p *importPlan) readMeasures(ctx context.Context) error {
	refs := make([]string, 0, len(p.file.rows))
	for _, row := range p.file.rows {
		refs = append(refs, row.ref)
	}
	p.measures = make(map[string]knownMeasure, len(refs))
	if len(refs) == 0 {
		return nil
	}
	var known []knownMeasure
	err := p.tx.NewSelect().TableExpr("imported_measures AS im").ColumnExpr("im.*, m.number, m.text").
		ColumnExpr("ir.source, ir.country_code AS country, ir.session").
		Join("JOIN measures AS m ON m.id = im.measure_id").
		Join("JOIN imported_recommendations AS ir ON ir.recommendation_id = m.recommendation_id").
		Where("im.external_ref IN (?)", bun.List(refs)).Scan(ctx, &known)
	for _, m := range known {
		p.measures[m.ExternalRef] = m
	}
	return err
}

// admit blames a row that the network has no place for.
func (p *importPlan) admit(row importRow) bool {
	faults := len(p.file.faults)
	_, known := p.countries[row.country]
	switch {
	case row.country == "":
	case !known:
		p.file.blame(row.line, "addressee_country", "country", "Value", short(row.country))
	case p.governments[row.country] == uuid.Nil:
		p.file.blame(row.line, "addressee_country", "government", "Value", row.country)
	}
	if m, is := p.measures[row.ref]; is && len(p.file.faults) == faults &&
		(m.Source != row.source || m.Country != row.country || m.Session != row.session) {
		p.file.blame(row.line, "external_ref", "elsewhere", "Value", short(row.ref), "Source", m.Source, "Country", m.Country, "Session", m.Session)
	}
	return len(p.file.faults) == faults
}

// add counts a row, and keeps it where it is to be written.
func (g *importGroup) add(row importRow, known map[string]knownMeasure) {
	m, is := known[row.ref]
	switch {
	case !is:
		g.created++
	case m.same(row):
		g.same++
		return
	default:
		g.changed++
		g.changes[row.ref] = row.says()
	}
	g.rows = append(g.rows, row)
}

func (m knownMeasure) same(row importRow) bool {
	category := row.categoryNumber()
	return m.Text == row.text && m.Response == row.response && m.IssuedBy == row.issuedBy && slices.Equal(m.Topics, row.topics()) &&
		(m.ActionCategory == nil) == (category == nil) && (category == nil || *m.ActionCategory == *category)
}

// readRecommendations finds the recommendations that are there, with the highest number among their measures.
func (p *importPlan) readRecommendations(ctx context.Context, by map[[3]string]*importGroup) error {
	if len(by) == 0 {
		return nil
	}
	var list []Recommendation
	if err := p.tx.NewSelect().Model(&list).Relation("Origin").Where("r.kind = ?", KindImported).Scan(ctx); err != nil {
		return err
	}
	for i := range list {
		o := list[i].Origin
		g := by[[3]string{o.Source, o.CountryCode, o.Session}]
		if g == nil {
			continue
		}
		g.rec = &list[i]
		err := p.tx.NewSelect().Model((*Measure)(nil)).ColumnExpr("COALESCE(max(number), 0)").
			Where("recommendation_id = ?", g.rec.ID).Scan(ctx, &g.last)
		if err != nil {
			return err
		}
	}
	return nil
}

// title names an imported recommendation by where it comes from.
func (p *importPlan) title(g *importGroup) string {
	country, _ := p.countries[g.country].Names.In(p.in.Language)
	return fmt.Sprintf("%s: %s, session %s", ImportSourceOf(g.source).Name, country, g.session)
}

// report says what the plan comes to.
func (p *importPlan) report() ImportReport {
	r := ImportReport{Faults: append([]ImportFault{}, p.file.faults...), Recommendations: []ImportedGroup{}, DryRun: p.in.DryRun}
	slices.SortStableFunc(r.Faults, func(a, b ImportFault) int { return a.Line - b.Line })
	lines := map[int]bool{}
	for _, f := range r.Faults {
		lines[f.Line] = true
	}
	r.Refused = len(lines)
	if r.Refused > 0 {
		return r
	}
	for _, g := range p.groups {
		r.Created += g.created
		r.Changed += g.changed
		r.Unchanged += g.same
		line := ImportedGroup{Source: g.source, Country: g.country, Session: g.session, Title: p.title(g),
			Created: g.created, Changed: g.changed, Unchanged: g.same}
		if g.rec != nil {
			line.ID, line.Slug, line.Title = &g.rec.ID, g.rec.Slug, g.rec.Title
		}
		r.Recommendations = append(r.Recommendations, line)
	}
	return r
}

// importer is in whose charge imported recommendations are, and which organisation's they are.
type importer struct {
	person       Person
	organisation uuid.UUID
	procedure    uuid.UUID
}

// importerFor is who imports or, from a shell where nobody is named, the network's first coordinator. What is missing
// is blamed on the file as a whole, because nothing of it can be imported then.
func (p *importPlan) importerFor(ctx context.Context) (*importer, error) {
	i := &importer{}
	if p.in.By != nil {
		i.person = *p.in.By
	} else {
		coordinators, err := Coordinators(ctx, p.tx)
		if err != nil {
			return nil, err
		}
		if len(coordinators) == 0 {
			p.file.blame(0, "", "no_coordinator")
			return nil, nil
		}
		i.person = coordinators[0]
	}
	roles, err := RolesOf(ctx, p.tx, i.person.ID)
	if err != nil {
		return nil, err
	}
	for _, r := range roles {
		if r.Role == RoleCoordinator {
			i.organisation = r.OrganisationID
		}
	}
	if i.organisation == uuid.Nil {
		return nil, apperr.About(apperr.CodeForbidden, "import")
	}
	return i, p.procedureFor(ctx, i)
}

// procedureFor takes the network's own procedure, else the first there is: it says when progress is asked for.
func (p *importPlan) procedureFor(ctx context.Context, i *importer) error {
	all, err := Procedures(ctx, p.tx)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		p.file.blame(0, "", "no_procedure")
		return nil
	}
	i.procedure = all[max(0, slices.IndexFunc(all, func(p Procedure) bool { return strings.EqualFold(p.Slug, "default") }))].ID
	return nil
}
