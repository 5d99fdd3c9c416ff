package models

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
)

// What a person can be, always within an organisation.
const (
	RoleCoordinator = "coordinator"
	RoleOfficer     = "officer"
	RolePartner     = "partner"
	RoleTranslator  = "translator"
	RoleExpert      = "expert"
	RoleReader      = "reader"
)

// RoleNames returns every role, the widest first.
func RoleNames() []string {
	return []string{RoleCoordinator, RoleOfficer, RolePartner, RoleTranslator, RoleExpert, RoleReader}
}

// Role is what a person is in an organisation. What it allows is said in internal/access alone.
type Role struct {
	bun.BaseModel `bun:"table:roles,alias:role"`

	PersonID       uuid.UUID `bun:",pk,type:uuid"`
	OrganisationID uuid.UUID `bun:",pk,type:uuid"`
	Role           string    `bun:",pk"` // one of RoleNames
}

// WidestRole returns the widest of some roles.
func WidestRole(roles []Role) (Role, bool) {
	for _, name := range RoleNames() {
		for _, r := range roles {
			if r.Role == name {
				return r, true
			}
		}
	}
	return Role{}, false
}

// HeldRole is a role of somebody with the organisation in which they have it, as people are told.
type HeldRole struct {
	Role           string    `json:"role"`
	OrganisationID uuid.UUID `json:"organisation_id"`
	Organisation   string    `json:"organisation"`
}

// heldRoles lists the roles of people, the widest first; the names of the roles are its argument.
func heldRoles(alias string) string {
	return `(SELECT coalesce(jsonb_agg(jsonb_build_object('role', has.role, 'organisation_id', o.id, 'organisation', o.name)
		ORDER BY array_position(ARRAY[?]::text[], has.role), o.name COLLATE "und-x-icu"), '[]') FROM roles AS has
		JOIN organisations AS o ON o.id = has.organisation_id WHERE has.person_id = ` + alias + `.id)`
}

// HeldRolesOf returns the roles of a person with the organisations in which they have them, the widest first.
func HeldRolesOf(ctx context.Context, db bun.IDB, person uuid.UUID) ([]HeldRole, error) {
	var row struct {
		Held []HeldRole `bun:"type:jsonb"`
	}
	err := db.NewSelect().TableExpr("people AS p").ColumnExpr(heldRoles("p")+" AS held", bun.List(RoleNames())).Where("p.id = ?", person).Scan(ctx, &row)
	return row.Held, found(err, "person")
}

// AddRole gives a person a role in an organisation; giving it again changes nothing. An officer's role is refused to who can read
// what its officers must not know: KeepsKey.
func AddRole(ctx context.Context, db bun.IDB, r Role) error {
	if r.Role == RoleOfficer {
		keeps, err := KeepsKey(ctx, db, r.PersonID, r.OrganisationID)
		if err != nil {
			return err
		}
		if keeps {
			return apperr.Invalid("role", "key_kept")
		}
	}
	if _, err := db.NewInsert().Model(&r).On("CONFLICT DO NOTHING").Exec(ctx); err != nil {
		return fmt.Errorf("give a role: %w", err)
	}
	return nil
}

// RolesOf returns the roles of a person who has not left.
func RolesOf(ctx context.Context, db bun.IDB, personID uuid.UUID) ([]Role, error) {
	var list []Role
	err := db.NewSelect().Model(&list).
		Join("JOIN people AS person ON person.id = role.person_id AND person.left_at IS NULL").
		Where("role.person_id = ?", personID).
		Order("role.role", "role.organisation_id").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read roles: %w", err)
	}
	return list, nil
}

// hasRole keeps the people who have one of the roles in any organisation, and have not left.
const hasRole = `person.left_at IS NULL AND EXISTS (SELECT 1 FROM roles AS has
	WHERE has.person_id = person.id AND has.role IN (?))`

// Coordinators returns the network's coordinators.
func Coordinators(ctx context.Context, db bun.IDB) ([]Person, error) {
	var list []Person
	err := db.NewSelect().Model(&list).Where(hasRole, bun.List([]string{RoleCoordinator})).
		Order("person.created_at", "person.id").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read coordinators: %w", err)
	}
	return list, nil
}

// Representatives returns who speaks for any of the organisations: those with the role partner there, and where there
// is none among all of them, their officers.
func Representatives(ctx context.Context, db bun.IDB, organisations []uuid.UUID) ([]Person, error) {
	for _, role := range []string{RolePartner, RoleOfficer} {
		list, err := peopleIn(ctx, db, organisations, role)
		if err != nil || len(list) > 0 {
			return list, err
		}
	}
	return nil, nil
}

func peopleIn(ctx context.Context, db bun.IDB, organisations []uuid.UUID, role string) ([]Person, error) {
	if len(organisations) == 0 {
		return nil, nil
	}
	var list []Person
	err := db.NewSelect().Model(&list).Where("person.left_at IS NULL").
		Where(`EXISTS (SELECT 1 FROM roles AS has WHERE has.person_id = person.id AND has.role = ? AND has.organisation_id IN (?))`,
			role, bun.List(organisations)).
		Order("person.created_at", "person.id").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read who speaks for organisations: %w", err)
	}
	return list, nil
}
