package models

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
)

// What a line of a file would do.
const (
	ContactNew       = "new"
	ContactChanged   = "changed"
	ContactUnchanged = "unchanged"
	ContactRefused   = "refused"
)

// ContactRow is what one line would do, and why it is refused.
type ContactRow struct {
	Line    int // 0 once it is imported
	Name    string
	State   string
	Changes []Change     // what would be different; of a new row, all that it says
	Gives   *ContactRole // a role that it gives
	Faults  []ImportFault

	change contactChange
	unsaid bool // in which language they are written to
}

// ContactReport is what a file would do.
type ContactReport struct {
	Rows                                 []ContactRow
	Faults                               []ImportFault        // of the whole file
	Added                                map[uuid.UUID]string // organisations that are not there yet, by name
	Created, Changed, Unchanged, Refused int
	Unsaid                               int // new people of whom no language is said
}

// contactPlan compares a file with what is there: all of it is known before anything is written.
type contactPlan struct {
	of    *ContactImport
	words map[string]string // of roles and kinds, in small letters, to their codes
	lists map[ReferenceList][]Reference

	people        map[string]Person // by address, in small letters
	roles         map[contactRoleOf]bool
	organisations []Organisation
	added         map[uuid.UUID]bool // of these, by the file
	seen          map[string]int
}

type contactRoleOf struct {
	person uuid.UUID
	ContactRole
}

// Plan says what importing the file would do now. Words are what roles and kinds are called, in small letters, with their
// codes.
func (c *ContactImport) Plan(ctx context.Context, db bun.IDB, words map[string]string) (ContactReport, error) {
	file := c.file()
	report := ContactReport{Faults: file.faults}
	for _, f := range requiredFields(c.Kind) {
		if len(file.faults) == 0 && !c.fills(f) {
			report.Faults = append(report.Faults, ImportFault{Column: f, Rule: "column_missing"})
		}
	}
	if len(report.Faults) > 0 {
		report.Refused = max(1, len(file.rows))
		return report, nil
	}
	p := &contactPlan{of: c, words: words, seen: map[string]int{}}
	if err := p.read(ctx, db); err != nil {
		return report, err
	}
	p.announce(file.rows)
	report.Added = p.names()
	for _, line := range file.rows {
		report.Rows = append(report.Rows, p.row(line))
	}
	if c.Kind == ContactsOrganisations {
		p.checkPlaces(report.Rows)
	}
	for i := range report.Rows {
		row := &report.Rows[i]
		if len(row.Faults) > 0 {
			row.State = ContactRefused
		}
		switch row.State {
		case ContactNew:
			report.Created++
			if row.unsaid {
				report.Unsaid++
			}
		case ContactChanged:
			report.Changed++
		case ContactUnchanged:
			report.Unchanged++
		default:
			report.Refused++
		}
	}
	return report, nil
}

func requiredFields(kind string) []string {
	if kind == ContactsOrganisations {
		return []string{"name"}
	}
	return []string{"name", "email"}
}

// fills reports whether a column fills a field; the halves of a name fill the name.
func (c *ContactImport) fills(field string) bool {
	return slices.Contains(c.Mapping, field) ||
		(field == "name" && (slices.Contains(c.Mapping, "given_name") || slices.Contains(c.Mapping, "family_name")))
}

func (p *contactPlan) read(ctx context.Context, db bun.IDB) error {
	p.lists = map[ReferenceList][]Reference{}
	for _, list := range []ReferenceList{ListCountries, ListLanguages, ListTopics} {
		all, err := list.All(ctx, db)
		if err != nil {
			return err
		}
		p.lists[list] = all
	}
	var err error
	if p.organisations, err = Organisations(ctx, db, OrganisationFilter{}); err != nil || p.of.Kind == ContactsOrganisations {
		return err
	}
	var people []Person
	if err := db.NewSelect().Model(&people).Scan(ctx); err != nil {
		return err
	}
	p.people, p.roles = map[string]Person{}, map[contactRoleOf]bool{}
	for _, person := range people {
		p.people[strings.ToLower(person.Email)] = person
	}
	var roles []Role
	err = db.NewSelect().Model(&roles).Scan(ctx)
	for _, r := range roles {
		p.roles[contactRoleOf{r.PersonID, ContactRole{r.OrganisationID, r.Role}}] = true
	}
	return err
}

// cells are what a line says, by field.
type cells struct {
	*ContactRow
	values map[string]string
}

func (c *cells) blame(field, rule string, args ...any) {
	f := ImportFault{Line: c.Line, Column: field, Rule: rule, Args: map[string]any{}}
	for i := 0; i+1 < len(args); i += 2 {
		f.Args[args[i].(string)] = args[i+1]
	}
	c.Faults = append(c.Faults, f)
}

// row compares one line with what is there.
func (p *contactPlan) row(line contactLine) ContactRow {
	row := ContactRow{Line: line.line}
	c := &cells{&row, p.values(line)}
	row.Name = c.values["name"]
	key := strings.ToLower(c.values["email"])
	if p.of.Kind == ContactsOrganisations {
		key = strings.ToLower(row.Name)
	}
	if first, twice := p.seen[key]; twice && key != "" {
		c.blame("", "twice", "First", first)
	}
	p.seen[key] = line.line
	if p.of.Kind == ContactsOrganisations {
		p.compareOrganisation(c)
	} else {
		p.comparePerson(c)
	}
	return row
}

// values are what a line says, by field.
func (p *contactPlan) values(line contactLine) map[string]string {
	values := map[string]string{}
	for i, value := range line.values {
		if i < len(p.of.Mapping) && p.of.Mapping[i] != "" {
			values[p.of.Mapping[i]] = strings.TrimSpace(value)
		}
	}
	wholeName(values)
	if email, is := values["email"]; is {
		values["email"] = Address(email)
	}
	return values
}

func (p *contactPlan) comparePerson(c *cells) {
	known, is := p.people[strings.ToLower(c.values["email"])]
	if is && known.LeftAt != nil {
		c.blame("email", "left")
		return
	}
	after := contactState{Email: c.values["email"]}
	if is {
		c.change.ID, c.change.Before = known.ID, stateOfPerson(known)
		after = *c.change.Before
	}
	set(&after.Name, c.values["name"])
	set(&after.Language, p.one(c, ListLanguages, "language"))
	if after.Language == "" {
		after.Language, c.unsaid = p.of.Language, true
	}
	set(&after.Country, p.one(c, ListCountries, "country"))
	setList(&after.Languages, p.many(c, ListLanguages, "languages"))
	setList(&after.Topics, p.many(c, ListTopics, "topics"))
	after.Languages = withOwn(after.Languages, after.Language)
	person := Person{Name: after.Name, Email: after.Email, Language: after.Language}
	c.check(person.Validate())
	c.change.After, c.change.Role = after, p.role(c)
	if c.change.Role != nil && p.roles[contactRoleOf{c.change.ID, *c.change.Role}] {
		c.change.Role = nil
	}
	c.Name = after.Name
	c.decide(p.of.Kind)
}

// check blames what the rules of the pages would.
func (c *cells) check(err error) {
	var e *apperr.Error
	if !errors.As(err, &e) {
		return
	}
	for _, f := range e.Fields {
		rule := "invalid"
		if c.values[f.Path] == "" {
			rule = "empty"
		}
		if !slices.ContainsFunc(c.Faults, func(known ImportFault) bool { return known.Column == f.Path }) {
			c.blame(f.Path, rule, "Value", short(c.values[f.Path]))
		}
	}
}

// decide says what the line would do.
func (c *cells) decide(kind string) {
	c.Changes, c.Gives = c.change.changes(kind), c.change.Role
	if c.change.Before == nil {
		c.State = ContactNew
		return
	}
	c.State = ContactUnchanged
	if len(c.Changes) > 0 || c.Gives != nil {
		c.State = ContactChanged
	}
}

func set(into *string, value string) {
	if value != "" {
		*into = value
	}
}

func setList(into *[]string, list []string) {
	if len(list) > 0 {
		*into = list
	}
}

// one finds a line of a list by its code or by its name in any language.
func (p *contactPlan) one(c *cells, list ReferenceList, field string) string {
	found := p.find(c, list, field, c.values[field])
	return found
}

func (p *contactPlan) many(c *cells, list ReferenceList, field string) []string {
	var keys []string
	for value := range strings.FieldsFuncSeq(c.values[field], func(r rune) bool { return r == ';' || r == ',' || r == '|' }) {
		if key := p.find(c, list, field, strings.TrimSpace(value)); key != "" && !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	return keys
}

func (p *contactPlan) find(c *cells, list ReferenceList, field, value string) string {
	if value == "" {
		return ""
	}
	for _, r := range p.lists[list] {
		names := append([]string{r.Key, r.Endonym}, strings.Split(r.Endonym, "/")...) // a list says "srpski" alone
		for _, name := range r.Names {
			names = append(names, name)
		}
		if slices.ContainsFunc(names, func(name string) bool { return name != "" && plainWords(name) == plainWords(value) }) {
			return r.Key
		}
	}
	c.blame(field, "unknown", "Value", short(value))
	return ""
}

func (p *contactPlan) code(value string, codes []string) string {
	lower := strings.ToLower(value)
	if slices.Contains(codes, lower) {
		return lower
	}
	if code := p.words[lower]; slices.Contains(codes, code) {
		return code
	}
	return ""
}

// GivenRoles are the roles that a file can give: it makes nobody a coordinator.
func GivenRoles() []string {
	return slices.DeleteFunc(RoleNames(), func(role string) bool { return role == RoleCoordinator })
}

// role reads the role that a line gives; who is in an organisation without one reads.
func (p *contactPlan) role(c *cells) *ContactRole {
	name, role := c.values["organisation"], c.values["role"]
	if name == "" && role == "" {
		return nil
	}
	o, code := p.organisation(name), RoleReader
	if role != "" {
		code = p.code(role, RoleNames())
	}
	switch {
	case name == "" && !p.of.fills("organisation"):
		c.blame("organisation", "role_nowhere_column", "Role", short(role))
	case name == "":
		c.blame("organisation", "role_nowhere", "Role", short(role))
	case o == nil:
		c.blame("organisation", "unknown", "Value", short(name))
	}
	switch {
	case code == "":
		c.blame("role", "role_unknown", "Value", short(role))
	case code == RoleCoordinator:
		c.blame("role", "coordinator")
	case o != nil:
		return &ContactRole{o.ID, code}
	}
	return nil
}
