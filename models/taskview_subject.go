package models

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
)

func (v *TaskView) loadAsked(ctx context.Context, db bun.IDB) error {
	if v.Task.OrganisationID != nil {
		o, err := OrganisationByID(ctx, db, *v.Task.OrganisationID)
		if err != nil {
			return err
		}
		v.Organisation = &o
	}
	if v.Task.PersonID != nil {
		p, err := PersonByID(ctx, db, *v.Task.PersonID)
		if err != nil {
			return err
		}
		v.Person = &p
	}
	return v.loadReason(ctx, db)
}

func (v *TaskView) loadReason(ctx context.Context, db bun.IDB) error {
	if v.Task.Language != nil {
		v.Why.Language = *v.Task.Language
	}
	switch v.Task.Kind {
	case TaskReview:
		v.personalReason()
	case TaskConsult, TaskSignOff:
		return v.partnerReason(ctx, db)
	case TaskTranslate, TaskApproveTranslation:
		v.Why.Code = "linguist"
	case TaskEscalation:
		v.Why.Code = "coordinator"
	case TaskReportProgress:
		v.Why.Code = "focal_point"
	default:
		v.Why.Code = "officer"
	}
	return nil
}

func (v *TaskView) personalReason() {
	v.Why = TaskReason{Code: "expertise", Topics: common(v.Recommendation.Topics, v.Person.Topics),
		Countries: common(v.Recommendation.Countries, []string{v.Person.CountryCode}), Language: v.Recommendation.Language}
}

// partnerReason looks at the countries of everybody who may answer; where none is concerned, the lead organisation
// is asked in the place of a partner still to be found.
func (v *TaskView) partnerReason(ctx context.Context, db bun.IDB) error {
	ids, err := v.Task.Answering(ctx, db)
	if err != nil {
		return err
	}
	sisters, err := Organisations(ctx, db, OrganisationFilter{IDs: ids})
	if err != nil {
		return err
	}
	for _, o := range sisters {
		for _, c := range common(v.Recommendation.Countries, o.Countries) {
			if !slices.Contains(v.Why.Countries, c) {
				v.Why.Countries = append(v.Why.Countries, c)
			}
		}
	}
	v.Why.Code = "country_partner"
	if len(v.Why.Countries) == 0 {
		v.Why.Code = "lead"
	}
	return nil
}

func common(wanted, has []string) []string {
	var both []string
	for _, w := range wanted {
		if slices.Contains(has, w) {
			both = append(both, w)
		}
	}
	return both
}

func (v *TaskView) loadSubject(ctx context.Context, db bun.IDB) (err error) {
	t := v.Task
	switch t.Kind {
	case TaskReview, TaskConsult, TaskDecideReview:
		return v.loadReview(ctx, db)
	case TaskSignOff, TaskResolveSignOff:
		return v.loadSignOff(ctx, db)
	case TaskTranslate, TaskApproveTranslation, TaskAssignTranslator:
		v.Translation, err = TranslationByID(ctx, db, *t.SubjectID)
	case TaskDeliver:
		if v.Delivery, err = DeliveryByID(ctx, db, *t.SubjectID); err == nil {
			return v.loadAuthority(ctx, db, v.Delivery.AuthorityID)
		}
	case TaskReportProgress:
		v.FollowUp, err = FollowUpByID(ctx, db, t.ProcessID)
		v.Authority = v.FollowUp.Authority
	case TaskEscalation, TaskChooseReviewer:
		if t.SubjectID != nil {
			v.Subject, err = TaskByID(ctx, db, *t.SubjectID)
		}
	}
	return err
}

func (v *TaskView) loadAuthority(ctx context.Context, db bun.IDB, id uuid.UUID) error {
	a, err := AuthorityByID(ctx, db, id)
	v.Authority = &a
	return err
}

func (v *TaskView) loadReview(ctx context.Context, db bun.IDB) (err error) {
	if v.Round, err = RoundByNumber(ctx, db, v.Task.RecommendationID, v.Task.Round); err != nil {
		return err
	}
	v.Review, err = ReviewByTask(ctx, db, v.Task.ID)
	if apperr.CodeOf(err) == apperr.CodeNotFound {
		v.Review, err = nil, nil
	}
	if v.Review != nil {
		slices.SortFunc(v.Review.Comments, func(a, b Comment) int { return a.Position - b.Position })
	}
	if err != nil || v.Task.Kind != TaskReview {
		return err
	}
	procedure, err := ProcedureByID(ctx, db, v.Recommendation.ProcedureID)
	if err != nil {
		return err
	}
	v.Questions = procedure.Document.Review.Asks()
	v.Conflict, err = ConflictOf(ctx, db, v.Task.ID)
	return err
}

func (v *TaskView) loadSignOff(ctx context.Context, db bun.IDB) error {
	procedure, err := ProcedureByID(ctx, db, v.Recommendation.ProcedureID)
	if err != nil {
		return err
	}
	tasks, err := SignOffTasks(ctx, db, *v.Task.VersionID)
	if err != nil {
		return err
	}
	if v.Translated, err = ApprovedTranslations(ctx, db, *v.Task.VersionID); err != nil {
		return err
	}
	if v.SignOffs, err = SignOffs(ctx, db, *v.Task.VersionID); err != nil {
		return err
	}
	rules := procedure.Document.SignOff
	v.Rules = &ProcedureRule{Rule: rules.Rule, Quorum: rules.Quorum, Silence: rules.Silence, Tally: rules.Tally(tasks, v.SignOffs)}
	for i := range v.SignOffs {
		if v.SignOffs[i].TaskID == v.Task.ID {
			v.SignOff = &v.SignOffs[i]
		}
	}
	return nil
}

// Refuses says why an answer cannot be taken now, or nil if it can. It is what the API says before a form is filled in; the
// decision itself asks the same when it is taken.
func (v *TaskView) Refuses(now time.Time) error {
	return v.Task.Refuses(v.Recommendation, v.Round, now)
}
