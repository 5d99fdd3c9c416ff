package models

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"tribuna/internal/access"
)

// AccessActor is a person as the table of roles sees them. Link is the task a personal link opened, or nil.
func AccessActor(ctx context.Context, db bun.IDB, person uuid.UUID, link *uuid.UUID) (access.Actor, error) {
	v, err := ViewerOf(ctx, db, person)
	if err != nil {
		return access.Actor{}, err
	}
	actor := v.Actor()
	actor.LinkTask = link
	return actor, nil
}

// Actor is a viewer as the table of roles sees them.
func (v Viewer) Actor() access.Actor {
	actor := access.Actor{PersonID: v.PersonID}
	if v.LinkTask != uuid.Nil {
		actor.LinkTask = &v.LinkTask
	}
	for _, r := range v.Roles {
		actor.Roles = append(actor.Roles, access.Role{Role: access.RoleName(r.Role), OrganisationID: r.OrganisationID})
	}
	return actor
}

// May reports whether the table of roles lets the viewer do what is about no object.
func (v Viewer) May(action access.Action) bool {
	return access.Can(v.Actor(), action, access.Object{}) == nil
}

// AccessObject is a recommendation, and one of its tasks or nil, as the table of roles sees them.
func AccessObject(ctx context.Context, db bun.IDB, r *Recommendation, t *Task) (access.Object, error) {
	o := access.Object{Kind: "recommendation", OwnerOrganisation: r.OrganisationID, OfficerID: r.OfficerID, Stage: string(r.Stage),
		Published: r.Public(), Quarantined: r.Quarantined()}
	if r.WithdrawnFrom != nil {
		o.WithdrawnFrom = string(*r.WithdrawnFrom)
	}
	unit := uuid.Nil
	if t != nil && t.OrganisationID != nil && !t.Alone {
		unit = *t.OrganisationID
	}
	err := readPeople(ctx, db, &o, r.ID, unit)
	if err != nil || t == nil {
		return o, err
	}
	o.TaskID = t.ID
	if t.PersonID != nil {
		o.TaskPerson = *t.PersonID
	}
	if t.OrganisationID != nil {
		o.TaskOrganisations = append(o.TaskOrganisations, *t.OrganisationID)
	}
	if o.Masked, err = t.masked(ctx, db); err != nil {
		return o, err
	}
	if t.Kind == TaskApproveTranslation && t.SubjectID != nil {
		tr, err := TranslationByID(ctx, db, *t.SubjectID)
		if err != nil {
			return o, err
		}
		if tr.TranslatorID != nil {
			o.TranslatorID = *tr.TranslatorID
		}
	}
	return o, nil
}

// FollowUpObject is a follow-up as the table of roles sees it when nobody was asked: its focal point reports all the
// same.
func FollowUpObject(ctx context.Context, db bun.IDB, r *Recommendation, followUp uuid.UUID) (access.Object, error) {
	o, err := AccessObject(ctx, db, r, nil)
	if err != nil {
		return o, err
	}
	f := new(FollowUp)
	if err := db.NewSelect().Model(f).Column("organisation_id").Where("fu.id = ?", followUp).Scan(ctx); err != nil {
		return o, found(err, "followup")
	}
	if f.OrganisationID == nil {
		return o, nil
	}
	if o.TaskOrganisations, err = VotingUnitMembers(ctx, db, *f.OrganisationID); err != nil {
		return o, err
	}
	o.TaskOrganisations = append(o.TaskOrganisations, *f.OrganisationID)
	return o, nil
}

// readPeople reads who is involved in a recommendation, whom it concerns, and who speaks for a voting unit. Every page asks, so that it
// is planned once.
func readPeople(ctx context.Context, db bun.IDB, o *access.Object, recommendation, unit uuid.UUID) error {
	rows, err := planned(ctx, db, `SELECT
			ARRAY(SELECT DISTINCT t.person_id FROM tasks AS t WHERE t.recommendation_id = r.id AND t.person_id IS NOT NULL AND `+involves+`),
			ARRAY(SELECT concerned.id FROM (`+concerned+`) AS concerned),
			ARRAY(SELECT o.id FROM organisations AS o WHERE o.voting_unit = $2::uuid ORDER BY o.id)
		FROM (SELECT $1::uuid AS id) AS r`, recommendation, unit) // one that is still to be written has no row
	if err != nil {
		return fmt.Errorf("read who is involved in a recommendation: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := rows.Scan(pgdialect.Array(&o.Involved), pgdialect.Array(&o.Concerned), pgdialect.Array(&o.TaskOrganisations)); err != nil {
			return fmt.Errorf("read who is involved in a recommendation: %w", err)
		}
	}
	return rows.Err()
}
