package models

import (
	"context"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

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
	err := db.NewSelect().Model((*Task)(nil)).ColumnExpr("DISTINCT person_id").
		Where("recommendation_id = ? AND person_id IS NOT NULL", r.ID).Scan(ctx, &o.Involved)
	if err != nil {
		return o, err
	}
	err = db.NewSelect().TableExpr("recommendations AS r").ColumnExpr("concerned.id").
		Join("CROSS JOIN LATERAL ("+concerned+") AS concerned").Where("r.id = ?", r.ID).Scan(ctx, &o.Concerned)
	if err != nil || t == nil {
		return o, err
	}
	o.TaskID = t.ID
	if t.PersonID != nil {
		o.TaskPerson = *t.PersonID
	}
	if t.OrganisationID != nil {
		if o.TaskOrganisations, err = VotingUnitMembers(ctx, db, *t.OrganisationID); err != nil {
			return o, err
		}
		o.TaskOrganisations = append(o.TaskOrganisations, *t.OrganisationID)
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
