package models

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
)

// Unit is a voting unit with those of its organisations that are concerned.
type Unit struct {
	ID        uuid.UUID // the organisation that holds the vote
	Concerned []Organisation
}

// signsOff reports whether organisations of this kind are asked to sign off: the others advise or pay.
func (o Organisation) signsOff() bool {
	return o.Kind == OrganisationLead || o.Kind == OrganisationPartner
}

// belongs reports whether an organisation is a member on a day, or will be.
func (o Organisation) belongs(on time.Time) bool {
	return o.MemberFrom != nil && (o.MemberUntil == nil || o.MemberUntil.Format(time.DateOnly) >= on.Format(time.DateOnly))
}

// MayVoteThrough reports whether another organisation can hold the vote of this one from a day on.
func (o Organisation) MayVoteThrough(holder Organisation, on time.Time) bool {
	return o.ID != holder.ID && holder.holderFault(on) == ""
}

// holderFault is why an organisation cannot hold the vote of others: it gave its own away, is none of those that are asked, or
// has left. "" where it can.
func (o Organisation) holderFault(on time.Time) string {
	switch {
	case o.VotingUnit != o.ID:
		return "holder"
	case !o.signsOff():
		return "holder_kind"
	case !o.belongs(on):
		return "holder_member"
	}
	return ""
}

// checkVote blames a vote that is put where nobody would be asked for it, or passed on. Through whom others vote stays one that
// is asked.
func (o *Organisation) checkVote(ctx context.Context, tx bun.IDB, on time.Time) error {
	through, err := VotingUnitMembers(ctx, tx, o.ID)
	if err != nil {
		return err
	}
	held := slices.ContainsFunc(through, func(id uuid.UUID) bool { return id != o.ID })
	switch {
	case o.VotingUnit == o.ID && held && !o.signsOff():
		return apperr.Invalid("kind", "holds_vote")
	case o.VotingUnit == o.ID && held && o.MemberFrom == nil:
		return apperr.Invalid("member_from", "holds_vote")
	case o.VotingUnit == o.ID && held && !o.belongs(on):
		return apperr.Invalid("member_until", "holds_vote")
	case o.VotingUnit == o.ID:
		return nil
	case held:
		return apperr.Invalid("voting_unit", "holds_vote")
	}
	holder, err := OrganisationByID(ctx, tx, o.VotingUnit)
	if err != nil {
		return asField(err, "voting_unit")
	}
	if fault := holder.holderFault(on); fault != "" {
		return apperr.Invalid("voting_unit", fault)
	}
	if !o.signsOff() {
		return apperr.Invalid("voting_unit", "no_vote")
	}
	return nil
}

// Without returns the organisations concerned but one.
func (u Unit) Without(organisation uuid.UUID) []Organisation {
	return slices.DeleteFunc(slices.Clone(u.Concerned), func(o Organisation) bool { return o.ID == organisation })
}

// UnitsAsked returns the voting units that are consulted and asked to sign off, in the order of their names, and the
// countries no partner covers. Where the rules say so, the lead organisation is asked in the place of a missing partner.
func UnitsAsked(ctx context.Context, db bun.IDB, countries []string, rules SignOffRules, on time.Time) ([]Unit, []string, error) {
	partners, err := PartnersOf(ctx, db, countries, on)
	if err != nil {
		return nil, nil, err
	}
	units := unitsOf(partners)
	uncovered, err := UncoveredCountries(ctx, db, countries, on)
	if err != nil || len(uncovered) == 0 || rules.Uncovered != UncoveredLead {
		return units, uncovered, err
	}
	leads, err := Organisations(ctx, db, OrganisationFilter{Kinds: []string{OrganisationLead}})
	if err != nil {
		return nil, nil, err
	}
	for _, lead := range leads {
		if lead.ID == lead.VotingUnit {
			units = withConcerned(units, lead)
		}
	}
	return units, uncovered, nil
}

func unitsOf(partners []Organisation) []Unit {
	var units []Unit
	for _, o := range partners {
		units = withConcerned(units, o)
	}
	return units
}

// withConcerned adds an organisation to those of its unit, which speaks for all of them with one voice.
func withConcerned(units []Unit, o Organisation) []Unit {
	i := slices.IndexFunc(units, func(u Unit) bool { return u.ID == o.VotingUnit })
	if i < 0 {
		return append(units, Unit{ID: o.VotingUnit, Concerned: []Organisation{o}})
	}
	if !slices.ContainsFunc(units[i].Concerned, func(c Organisation) bool { return c.ID == o.ID }) {
		units[i].Concerned = append(units[i].Concerned, o)
	}
	return units
}

// OrganisationsConsulted returns who is asked for comments before the text is final, in the order in which UnitsAsked has
// them, and the countries no partner covers: everybody in whose name it will be signed off, save who wrote it. Sisters
// share a vote, not an opinion, so each is asked for its own.
func OrganisationsConsulted(ctx context.Context, db bun.IDB, r *Recommendation, rules SignOffRules, on time.Time) ([]Organisation, []string, error) {
	units, uncovered, err := UnitsAsked(ctx, db, r.Countries, rules, on)
	var consulted []Organisation
	for _, u := range units {
		consulted = append(consulted, u.Without(r.OrganisationID)...)
	}
	return consulted, uncovered, err
}

// Answering returns the organisations whose people answer a task that asks one: itself alone, or all that share the vote.
func (t Task) Answering(ctx context.Context, db bun.IDB) ([]uuid.UUID, error) {
	if t.Alone {
		return []uuid.UUID{*t.OrganisationID}, nil
	}
	sisters, err := VotingUnitMembers(ctx, db, *t.OrganisationID)
	if !slices.Contains(sisters, *t.OrganisationID) {
		sisters = append(sisters, *t.OrganisationID)
	}
	return sisters, err
}

// sharesVote is true of a task (alias t) that asks a voting unit.
const sharesVote = `t.kind IN ('consult', 'sign_off') AND NOT t.alone`

// unitConcerned names the organisations in whose countries a task (alias t) asks a voting unit, as members when it was
// asked. It is empty where one organisation is asked in its own name.
const unitConcerned = `ARRAY(SELECT sister.name FROM organisations AS sister
	WHERE ` + sharesVote + ` AND sister.voting_unit = t.organisation_id AND sister.kind IN ('lead', 'partner')
		AND sister.member_from <= t.opened_at::date AND (sister.member_until IS NULL OR sister.member_until >= t.opened_at::date)
		AND EXISTS (SELECT 1 FROM organisation_countries AS covers
			JOIN recommendation_countries AS about ON about.country_code = covers.country_code
			WHERE covers.organisation_id = sister.id AND about.recommendation_id = t.recommendation_id)
	ORDER BY sister.name COLLATE "und-x-icu")`

// unitSpeaker names the organisation for which a person, given as argument, answers a task (alias t) that asks a voting
// unit: theirs among those that share the vote; "" for none.
const unitSpeaker = `COALESCE((SELECT mine.name FROM roles AS speaks JOIN organisations AS mine ON mine.id = speaks.organisation_id
	WHERE ` + sharesVote + ` AND speaks.person_id = ? AND mine.voting_unit = t.organisation_id
		AND speaks.role NOT IN ('` + RoleReader + `', '` + RoleExpert + `')
	ORDER BY speaks.role, speaks.organisation_id LIMIT 1), '')`

// AskedUnit is a voting unit as it is named where it was asked: itself, and who of it is concerned.
type AskedUnit struct {
	TaskID    uuid.UUID
	Name      string
	Concerned []string `bun:",array"`
}

// AskedUnits names the voting units that tasks ask, by task.
func AskedUnits(ctx context.Context, db bun.IDB, recommendation uuid.UUID) (map[uuid.UUID]AskedUnit, error) {
	var list []AskedUnit
	err := db.NewSelect().TableExpr("tasks AS t").ColumnExpr("t.id AS task_id, asked.name, "+unitConcerned+" AS concerned").
		Join("JOIN organisations AS asked ON asked.id = t.organisation_id").
		Where("t.recommendation_id = ?", recommendation).Scan(ctx, &list)
	if err != nil {
		return nil, fmt.Errorf("read which voting units were asked: %w", err)
	}
	units := map[uuid.UUID]AskedUnit{}
	for _, u := range list {
		units[u.TaskID] = u
	}
	return units, nil
}
