package models

import (
	"slices"
	"time"

	"tribuna/internal/apperr"
)

// Stages lists the stages of a recommendation in their order.
func Stages() []Stage {
	return []Stage{StageDrafting, StageReview, StageTranslation, StageSignOff, StagePublication, StageDone, StageWithdrawn}
}

// when says at which time a decision about a recommendation can be taken.
type when struct {
	stages      []Stage // empty: in any that is not over
	held        bool    // also while it is on hold
	hidden      bool    // also while its text is hidden
	onlyHeld    bool
	unpublished bool // only until it is published
}

// decidedWhen has the decisions that depend on more than that the recommendation is neither over nor on hold.
var decidedWhen = map[DecisionKind]when{
	DecideStartReview:    {stages: []Stage{StageDrafting}},
	DecideInviteReviewer: {stages: []Stage{StageReview}},
	DecideExtendReview:   {stages: []Stage{StageReview}},
	DecideCloseReview:    {stages: []Stage{StageReview}},
	DecideRuleConflict:   {stages: []Stage{StageReview}},
	DecideReview:         {stages: []Stage{StageReview}},

	DecideAssignTranslator:   {stages: []Stage{StageTranslation, StageSignOff, StagePublication}, unpublished: true},
	DecideSubmitTranslation:  {stages: []Stage{StageTranslation, StageSignOff, StagePublication}},
	DecideApproveTranslation: {stages: []Stage{StageTranslation, StageSignOff, StagePublication}},
	DecideReturnTranslation:  {stages: []Stage{StageTranslation, StageSignOff, StagePublication}},

	DecideAnswerSignOff:  {stages: []Stage{StageSignOff}},
	DecideResolveSignOff: {stages: []Stage{StageSignOff}},
	DecidePublish:        {stages: []Stage{StagePublication}},

	DecideResume:   {held: true, onlyHeld: true},
	DecideWithdraw: {held: true, hidden: true, unpublished: true},
	DecideHandOver: {held: true, hidden: true},
	DecideRelease:  {held: true, hidden: true},
}

// Possible returns why a decision about the recommendation cannot be taken now, or nil if it can: what pages ask before
// they offer it, and the decision itself when it is taken. Whether a question it answers still stands is Task.Refuses'.
func (r Recommendation) Possible(kind DecisionKind) error {
	w := decidedWhen[kind]
	switch {
	case r.Closed():
		return apperr.About(apperr.CodeClosed, "recommendation")
	case r.Held() && !w.held, r.Quarantined() && !w.hidden:
		return apperr.About(apperr.CodeHeld, "recommendation")
	case !r.Held() && w.onlyHeld:
		return apperr.About(apperr.CodeWrongStage, "hold")
	case w.unpublished && r.PublishedAt != nil:
		return apperr.About(apperr.CodeWrongStage, "publication")
	case len(w.stages) > 0 && !slices.Contains(w.stages, r.Stage):
		return apperr.About(apperr.CodeWrongStage, string(r.Stage))
	}
	return nil
}

// Possible returns why a decision cannot be taken in the process now, or nil if it can. Mailings and follow-ups have stages of
// their own.
func (p Process) Possible(kind DecisionKind, r *Recommendation) error {
	switch {
	case p.ClosedAt != nil:
		return apperr.About(apperr.CodeClosed, string(p.Kind))
	case p.HeldSince != nil && !decidedWhen[kind].hidden: // also after it is shown again, until the deadlines have moved
		return apperr.About(apperr.CodeHeld, "recommendation")
	case p.Kind == ProcessRecommendation:
		return r.Possible(kind)
	}
	return nil
}

// Editable returns why the text cannot be written on now, or nil if it can: it is written on its owners' desk alone.
func (r Recommendation) Editable() error {
	if r.Stage != StageDrafting {
		return apperr.About(apperr.CodeWrongStage, "draft")
	}
	return nil
}

// Announceable returns why mailings about it cannot be written yet, or nil if they can.
func (r Recommendation) Announceable() error {
	if r.PublishedAt == nil {
		return apperr.About(apperr.CodeWrongStage, "mailing")
	}
	return nil
}

// Asking reports whether people are being asked for answers that can be recorded on their behalf.
func (r Recommendation) Asking() bool {
	return (r.Stage == StageReview || r.Stage == StageSignOff) && !r.Held()
}

// Followed returns why nothing can be decided about a follow-up, or nil if it can: it has no process before it has a
// focal point.
func (f FollowUp) Followed() error {
	if f.OrganisationID == nil {
		return apperr.About(apperr.CodeWrongStage, "focal_point")
	}
	return nil
}

// RefusesTo returns why a decision that answers the question cannot be taken now, or nil if it can: what Refuses says, save
// that who declined or was silent may take that back.
func (t Task) RefusesTo(kind DecisionKind, r *Recommendation, round *ReviewRound, now time.Time) error {
	if kind.Reconsiders(&t) {
		t.State = TaskOpen
	}
	return t.Refuses(r, round, now)
}

// RefusesRecorded is RefusesTo for what an officer writes down for somebody, because it came by mail, on paper or in a meeting: an answer
// is taken for as long as the round takes any, also of who was silent or whose days of grace are over.
func (t Task) RefusesRecorded(kind DecisionKind, r *Recommendation, round *ReviewRound, now time.Time) error {
	if kind.AnswersLapsed(&t) {
		t.State = TaskOpen
		if now.After(t.GraceUntil) {
			now = t.GraceUntil
		}
	}
	return t.RefusesTo(kind, r, round, now)
}

// Refuses returns why a question cannot be answered now, or nil if it can. The round is that in which it was asked; nil
// where it was asked in none. What is over for good is said before what passes.
func (t Task) Refuses(r *Recommendation, round *ReviewRound, now time.Time) error {
	inRound := t.Kind == TaskReview || t.Kind == TaskConsult
	switch {
	case t.State == TaskCancelled || t.State == TaskDeclined:
		return apperr.About(apperr.CodeClosed, "task")
	case t.State == TaskExpired && !t.Silent():
		return apperr.About(apperr.CodeLate, "task")
	case t.Kind != TaskReportProgress && r.Stage == StageWithdrawn:
		return apperr.About(apperr.CodeClosed, "recommendation")
	case t.Kind != TaskReportProgress && r.Held(): // what follows publication goes on
		return apperr.About(apperr.CodeHeld, "recommendation")
	case round != nil && !round.Takes(&t) && (inRound || t.Kind == TaskChooseReviewer),
		inRound && (r.Stage != StageReview || r.Round != t.Round):
		return apperr.About(apperr.CodeClosed, "review_round")
	case t.Kind == TaskSignOff && r.Stage != StageSignOff:
		return apperr.About(apperr.CodeWrongStage, string(r.Stage))
	case t.Silent(): // which ends with the round, see Reconsiders
		return apperr.About(apperr.CodeLate, "task")
	case t.State == TaskOpen && t.Kind.EndsWithGrace() && now.After(t.GraceUntil):
		return apperr.About(apperr.CodeLate, "task")
	case t.State == TaskDone && !inRound && t.Kind != TaskSignOff: // those can be answered anew while it lasts
		return apperr.About(apperr.CodeClosed, "task")
	}
	return nil
}
