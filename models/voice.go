package models

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// Voiceless is an organisation for which nobody could answer any more.
type Voiceless struct {
	ID     uuid.UUID
	Name   string
	Unit   string // that votes for it and its sisters; "" where it votes for itself alone
	Seat   bool   // nor could any of the sisters: the vote they share would be nobody's
	Asked  int    // open questions that wait for it or its unit
	Member bool   // of the network: it will be asked again
}

// speakingRoles let people answer for their organisation.
var speakingRoles = []string{RolePartner, RoleOfficer, RoleCoordinator}

// othersSpeak is about the organisations in which somebody who has not left, besides the first argument, has one of the
// roles that are the second.
const othersSpeak = `(SELECT speaks.organisation_id FROM roles AS speaks
	JOIN people AS other ON other.id = speaks.person_id AND other.left_at IS NULL
	WHERE speaks.person_id <> ?0 AND speaks.role IN (?1))`

// VoicelessWithout lists the organisations for which nobody could answer if somebody left (role nil) or lost a role: those
// that are members, or are asked something now.
func VoicelessWithout(ctx context.Context, db bun.IDB, person uuid.UUID, role *Role, now time.Time) ([]Voiceless, error) {
	held, err := RolesHeld(ctx, db, person)
	if err != nil {
		return nil, err
	}
	lost := []uuid.UUID{uuid.Nil}
	for _, r := range held {
		if slices.Contains(speakingRoles, r.Role) && (role == nil || r == *role) {
			lost = append(lost, r.OrganisationID)
		}
	}
	if role != nil {
		lost = slices.DeleteFunc(lost, func(o uuid.UUID) bool { return speaksBesides(held, *role, o) })
	}
	var list []Voiceless
	err = db.NewRaw(`SELECT * FROM (SELECT o.id, o.name,
			CASE WHEN EXISTS (SELECT 1 FROM organisations AS sister WHERE sister.voting_unit = o.voting_unit AND sister.id <> o.id) THEN unit.name ELSE '' END AS unit,
			NOT EXISTS (SELECT 1 FROM organisations AS mine WHERE mine.voting_unit = o.voting_unit AND mine.id IN `+othersSpeak+`) AS seat,
			(SELECT count(*) FROM tasks AS t WHERE t.state = ?2 AND t.person_id IS NULL
				AND (t.organisation_id = o.id OR t.organisation_id = o.voting_unit AND NOT t.alone)) AS asked,
			o.kind IN (?3) AND o.member_from <= ?4::date AND (o.member_until IS NULL OR o.member_until >= ?4::date) AS member
		FROM organisations AS o JOIN organisations AS unit ON unit.id = o.voting_unit
		WHERE o.id IN (?5) AND o.id NOT IN `+othersSpeak+`) AS silent
		WHERE member OR asked > 0 ORDER BY name, id`,
		person, bun.List(speakingRoles), TaskOpen, bun.List([]string{OrganisationLead, OrganisationPartner}), now, bun.List(lost)).Scan(ctx, &list)
	if err != nil {
		return nil, fmt.Errorf("look for whom nobody could answer: %w", err)
	}
	return list, nil
}

// speaksBesides reports whether somebody who loses a role still answers for an organisation by another.
func speaksBesides(held []Role, lost Role, organisation uuid.UUID) bool {
	return slices.ContainsFunc(held, func(r Role) bool {
		return r != lost && r.OrganisationID == organisation && slices.Contains(speakingRoles, r.Role)
	})
}
