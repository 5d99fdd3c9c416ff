package models

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
)

// PersonRow is somebody as the list of people shows them.
type PersonRow struct {
	Person `bun:",extend"`

	Roles         []string   `bun:",array,scanonly"`     // which they have in any organisation
	Organisations []string   `bun:",array,scanonly"`     // in which, by name
	Held          []HeldRole `bun:"type:jsonb,scanonly"` // both: which role in which
}

// PersonFilter narrows a list of people; its zero value leaves out those who left and nobody else.
type PersonFilter struct {
	Search       string // part of a name, an address or the name of an organisation
	Role         string
	Country      string
	Language     string // reads and writes it
	Topic        string
	Organisation uuid.UUID
	List         uuid.UUID // that they are on
	Left         bool      // those who left, instead of the others
	After        uuid.UUID // the person after whom the page begins
	Limit        int
	Alphabet     Alphabet // in which they are sorted
}

func (f PersonFilter) apply(q *bun.SelectQuery) *bun.SelectQuery {
	q = q.Where("(person.left_at IS NOT NULL) = ?", f.Left)
	if words := strings.TrimSpace(f.Search); words != "" {
		like := containing(words)
		q = q.Where(`(person.name ILIKE ?0 OR person.email ILIKE ANY (ARRAY[?0, ?1]) OR EXISTS (SELECT 1 FROM roles AS has
			JOIN organisations AS o ON o.id = has.organisation_id WHERE has.person_id = person.id AND o.name ILIKE ?0))`, like, containing(Address(words)))
	}
	switch f.Role {
	case "":
	case NoRole:
		q = q.Where("NOT EXISTS (SELECT 1 FROM roles AS has WHERE has.person_id = person.id)")
	default:
		q = q.Where("EXISTS (SELECT 1 FROM roles AS has WHERE has.person_id = person.id AND has.role = ?)", f.Role)
	}
	if f.Organisation != uuid.Nil {
		q = q.Where("EXISTS (SELECT 1 FROM roles AS has WHERE has.person_id = person.id AND has.organisation_id = ?)", f.Organisation)
	}
	if f.List != uuid.Nil {
		q = q.Where("person.id IN (SELECT m.person_id FROM people_list_members AS m WHERE m.list_id = ?)", f.List)
	}
	if f.Country != "" {
		q = q.Where("person.country_code = ?", f.Country)
	}
	if f.Language != "" {
		q = q.Where("(person.language = ?0 OR ?0 = ANY(person.languages))", f.Language)
	}
	if f.Topic != "" {
		q = q.Where("? = ANY(person.topics)", f.Topic)
	}
	if f.After != uuid.Nil {
		q = q.Where("("+onlyReads("person")+", person.name COLLATE ?0, person.id) > (SELECT "+onlyReads("before")+
			", before.name COLLATE ?0, before.id FROM people AS before WHERE before.id = ?1)", f.Alphabet.ident(), f.After)
	}
	if f.Limit > 0 {
		q = q.Limit(int64(f.Limit))
	}
	return q
}

// NoRole as the role of a filter finds those who have none yet.
const NoRole = "none"

// onlyReads is true of people who have nothing to do with the texts themselves: thousands, in a network that mails.
func onlyReads(alias string) string {
	return "NOT EXISTS (SELECT 1 FROM roles AS acts WHERE acts.person_id = " + alias + ".id AND acts.role <> '" + RoleReader + "')"
}

// People lists people by name: first those who work with the texts, then who only reads them.
func People(ctx context.Context, db bun.IDB, f PersonFilter) ([]PersonRow, error) {
	var list []PersonRow
	q := db.NewSelect().Model(&list).ColumnExpr("person.*").
		ColumnExpr("ARRAY(SELECT DISTINCT has.role FROM roles AS has WHERE has.person_id = person.id) AS roles").
		ColumnExpr(`ARRAY(SELECT DISTINCT o.name FROM roles AS has JOIN organisations AS o ON o.id = has.organisation_id
			WHERE has.person_id = person.id ORDER BY 1) AS organisations`).
		ColumnExpr(heldRoles("person")+" AS held", bun.List(RoleNames())).
		Apply(f.apply).OrderExpr(onlyReads("person")+", person.name COLLATE ?, person.id", f.Alphabet.ident())
	if err := q.Scan(ctx); err != nil {
		return nil, fmt.Errorf("read people: %w", err)
	}
	return list, nil
}

// RoleCount is how many people of a list have a role.
type RoleCount struct {
	Role   string // NoRole: of those who have none
	People int
}

// CountPeople counts the people of a filter by role, whichever it names, and all of them.
func CountPeople(ctx context.Context, db bun.IDB, f PersonFilter) (byRole []RoleCount, all int, err error) {
	f.Role, f.After, f.Limit = "", uuid.Nil, 0
	people := db.NewSelect().Model((*Person)(nil)).Column("person.id").Apply(f.apply)
	n, err := people.Clone().Count(ctx)
	if err != nil {
		return nil, 0, fmt.Errorf("count people: %w", err)
	}
	var counts []RoleCount
	err = db.NewSelect().TableExpr("(?) AS listed", people).Join("LEFT JOIN roles AS has ON has.person_id = listed.id").
		ColumnExpr("coalesce(has.role, ?) AS role, count(DISTINCT listed.id) AS people", NoRole).GroupExpr("1").Scan(ctx, &counts)
	if err != nil {
		return nil, 0, fmt.Errorf("count people by role: %w", err)
	}
	for _, role := range append(RoleNames(), NoRole) {
		i := slices.IndexFunc(counts, func(c RoleCount) bool { return c.Role == role })
		if i >= 0 {
			byRole = append(byRole, counts[i])
		}
	}
	return byRole, int(n), nil
}

// reviewsAtOnce is how many reviews a new person is asked for at once, until somebody says otherwise.
const reviewsAtOnce = 3

// NewPerson begins a person who is not in the network yet.
func NewPerson(now time.Time) Person {
	return Person{ID: NewID(), Pseudonym: uuid.New(), MaxOpen: reviewsAtOnce, CreatedAt: now}
}

// PersonForEdit returns a person whom nobody else changes until the transaction ends.
func PersonForEdit(ctx context.Context, tx bun.IDB, id uuid.UUID) (Person, error) {
	var p Person
	err := tx.NewSelect().Model(&p).Where("person.id = ?", id).For("NO KEY UPDATE").Scan(ctx)
	return p, found(err, "person")
}

// PersonAdded is what the journal says about somebody new.
func PersonAdded(p Person) JournalEntry {
	return JournalEntry{Verb: "person.added", ObjectKind: "person", Object: p.Pseudonym}
}

// PersonChanged is what the journal says about a change of what is known of a person.
func PersonChanged(former, p Person) JournalEntry {
	return JournalEntry{Verb: "person.changed", ObjectKind: "person", Object: p.Pseudonym}.Changing(former.Facts(), p.Facts())
}

// AddPerson adds somebody to the network.
func AddPerson(ctx context.Context, tx bun.IDB, p *Person) error {
	if err := p.check(ctx, tx); err != nil {
		return err
	}
	return personFault(CreatePerson(ctx, tx, p))
}

// Save changes what is known of a person. Consent, naming and ways in are theirs, and stay.
func (p *Person) Save(ctx context.Context, tx bun.IDB) error {
	if err := p.check(ctx, tx); err != nil {
		return err
	}
	res, err := tx.NewUpdate().Model(p).Column("name", "email", "language", "country_code", "languages", "topics", "max_open").WherePK().Exec(ctx)
	if err := changed(res, err, "person"); err != nil {
		return personFault(err)
	}
	return carrySuppression(ctx, tx, p.Email)
}

// withOwn adds the language that somebody is written to in to those they read: nobody is written to in another.
func withOwn(languages []string, own string) []string {
	if own == "" || slices.Contains(languages, own) {
		return languages
	}
	return append(slices.Clone(languages), own)
}

// check writes the address as all are kept, and looks at what no foreign key holds: lists of languages and topics.
func (p *Person) check(ctx context.Context, tx bun.IDB) error {
	p.Email = Address(p.Email)
	if err := p.Validate(); err != nil {
		return err
	}
	p.Languages = withOwn(p.Languages, p.Language)
	bad := apperr.New(apperr.CodeInvalid)
	for _, list := range []struct {
		of     ReferenceList
		path   string
		values *[]string
	}{{ListLanguages, "languages", &p.Languages}, {ListTopics, "topics", &p.Topics}} {
		all, err := list.of.All(ctx, tx)
		if err != nil {
			return err
		}
		if *list.values == nil {
			*list.values = []string{}
		}
		for _, value := range *list.values {
			if slices.ContainsFunc(all, func(r Reference) bool { return r.Key == value }) {
				continue
			}
			if list.of == ListLanguages && value == p.Language {
				bad.And("language", "unknown") // it is among theirs because it is their own
				continue
			}
			bad.And(list.path, "unknown")
		}
	}
	return bad.OrNil()
}

// personFault blames the field for an address that somebody has, or had before they left.
func personFault(err error) error {
	return asInvalid(taken(err, "email"), map[string]string{"language": "language", "country": "country_code"})
}

// RolesHeld returns the roles of a person, also of one who left: they count again when the person comes back.
func RolesHeld(ctx context.Context, db bun.IDB, person uuid.UUID) ([]Role, error) {
	var list []Role
	err := db.NewSelect().Model(&list).Where("role.person_id = ?", person).Order("role.role", "role.organisation_id").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read roles: %w", err)
	}
	return list, nil
}

// RolesIn returns the roles that people who have not left have in an organisation.
func RolesIn(ctx context.Context, db bun.IDB, organisation uuid.UUID) ([]Role, error) {
	var list []Role
	err := db.NewSelect().Model(&list).Join("JOIN people AS person ON person.id = role.person_id AND person.left_at IS NULL").
		Where("role.organisation_id = ?", organisation).OrderExpr(peopleInOrder + ", role.role").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read roles: %w", err)
	}
	return list, nil
}

// GiveRole gives somebody a role, on a coordinator's word. Giving it again changes nothing.
func GiveRole(ctx context.Context, tx bun.IDB, by Person, r Role, now time.Time) error {
	bad := apperr.New(apperr.CodeInvalid)
	oneOf(bad, "role", r.Role, RoleNames()...)
	if err := bad.OrNil(); err != nil {
		return err
	}
	p, err := lockedAccount(ctx, tx, r.PersonID)
	if err != nil {
		return err
	}
	o, err := OrganisationByID(ctx, tx, r.OrganisationID)
	if err != nil {
		return asField(err, "organisation_id")
	}
	held, err := RolesHeld(ctx, tx, p.ID)
	if err != nil || slices.Contains(held, r) {
		return err
	}
	if err := AddRole(ctx, tx, r); err != nil {
		return err
	}
	return Journal(ctx, tx, by, now, roleEntry("person.role_given", p, r.Role, o))
}

// TakeRole takes a role from somebody. Nobody takes the coordinator's role from themselves, so that a network always has
// somebody who can give it again. Where nobody could answer for an organisation without it, it is taken only once whoever
// takes it has confirmed that they know.
func TakeRole(ctx context.Context, tx bun.IDB, by Person, r Role, confirmed bool, now time.Time) error {
	if by.ID == r.PersonID && r.Role == RoleCoordinator {
		return apperr.About(apperr.CodeForbidden, "person").And("role", "own_coordinator")
	}
	if !confirmed {
		silent, err := VoicelessWithout(ctx, tx, r.PersonID, &r, now)
		if err != nil {
			return err
		}
		if len(silent) > 0 {
			return voicelessAsked(silent)
		}
	}
	p, err := PersonByID(ctx, tx, r.PersonID)
	if err != nil {
		return err
	}
	o, err := OrganisationByID(ctx, tx, r.OrganisationID)
	if err != nil {
		return err
	}
	res, err := tx.NewDelete().Model(&r).WherePK().Exec(ctx)
	if err := changed(res, err, "role"); err != nil {
		return err
	}
	if err := Journal(ctx, tx, by, now, roleEntry("person.role_taken", p, r.Role, o)); err != nil || r.Role != RoleCoordinator {
		return err
	}
	return stillCoordinates(ctx, tx, by)
}

// stillCoordinates refuses what somebody does who was made no coordinator meanwhile: else two could take the role from each
// other at the same moment, and nobody would be left. The journal, written before, lets one of them wait for the other.
func stillCoordinates(ctx context.Context, tx bun.IDB, by Person) error {
	if by.Pseudonym == uuid.Nil { // from a shell
		return nil
	}
	still, err := tx.NewSelect().Model((*Person)(nil)).Where("person.id = ?", by.ID).Where(hasRole, bun.List([]string{RoleCoordinator})).Exists(ctx)
	if err == nil && !still {
		err = apperr.About(apperr.CodeForbidden, "person")
	}
	return err
}

// voicelessAsked names the organisations that nobody could answer for, until that is confirmed.
func voicelessAsked(silent []Voiceless) error {
	names := make([]string, 0, len(silent))
	for _, o := range silent {
		names = append(names, o.Name)
	}
	return apperr.Invalid("confirmed", "voiceless", "Names", strings.Join(names, "; "))
}

func roleEntry(verb string, p Person, role string, o Organisation) JournalEntry {
	return JournalEntry{Verb: verb, ObjectKind: "person", Object: p.Pseudonym, Facts: map[string]string{"role": role, "organisation": o.ID.String()}}
}

// Leave notes that somebody has left: nothing is asked of them or sent to them any more, they can no longer sign in, and
// their personal links have ended. What they said stays. Nobody sends themselves away.
func Leave(ctx context.Context, tx bun.IDB, by Person, person uuid.UUID, now time.Time) error {
	if by.ID == person {
		return apperr.About(apperr.CodeForbidden, "person")
	}
	p, err := lockedAccount(ctx, tx, person)
	if err != nil {
		return err
	}
	if _, err := tx.NewUpdate().Model((*Person)(nil)).Set("left_at = ?", now).Where("id = ?", p.ID).Exec(ctx); err != nil {
		return fmt.Errorf("note that somebody left: %w", err)
	}
	if err := endAccess(ctx, tx, p.ID, now); err != nil {
		return err
	}
	if err := Journal(ctx, tx, by, now, JournalEntry{Verb: "person.left", ObjectKind: "person", Object: p.Pseudonym}); err != nil {
		return err
	}
	return stillCoordinates(ctx, tx, by)
}

// ComeBack takes back that somebody left: their roles count again, and they sign in with the password they had.
func ComeBack(ctx context.Context, tx bun.IDB, by Person, person uuid.UUID, now time.Time) error {
	p, err := PersonByID(ctx, tx, person)
	if err != nil || p.LeftAt == nil {
		return err
	}
	if _, err := tx.NewUpdate().Model((*Person)(nil)).Set("left_at = NULL").Where("id = ?", p.ID).Exec(ctx); err != nil {
		return fmt.Errorf("note that somebody came back: %w", err)
	}
	return Journal(ctx, tx, by, now, JournalEntry{Verb: "person.returned", ObjectKind: "person", Object: p.Pseudonym})
}
