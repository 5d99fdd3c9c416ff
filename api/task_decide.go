package api

import (
	"net/http"

	"tribuna/internal/access"
	"tribuna/internal/apperr"
	"tribuna/models"
)

// answer is one way of answering a task.
type answer struct {
	path, id, summary string
	kind              models.DecisionKind
	action            access.Action // what entitles; "" is that of answering the task's kind
	body              any           // nil: no words
	read              func(*call, *models.Recommendation, wish) (wish, error)
}

// answers is every decision that a task can be answered with.
func answers() []answer {
	return []answer{
		{"accept", "acceptTask", "Say that one will review", models.DecideAcceptTask, access.Review, nil, silent},
		{"decline", "declineTask", "Decline, perhaps suggesting somebody else", models.DecideDeclineTask, "", said[models.DeclinePayload]{}, saidBy[models.DeclinePayload]},
		{"review", "answerReview", "An expert's answer; again, it replaces the one before", models.DecideAnswerReview, access.Review, said[models.ReviewPayload]{}, saidBy[models.ReviewPayload]},
		{"consultation", "answerConsultation", "A partner's comments, in the organisation's name", models.DecideAnswerConsultation, access.Consult, said[models.ConsultationPayload]{}, saidBy[models.ConsultationPayload]},
		{"take-back", "takeBackAnswer", "Take one's answer back while the round is open, or the sign-off lasts: the question waits again; seen_answer refuses to take back another one", models.DecideTakeBack, "", models.TakeBackPayload{}, ownWords[models.TakeBackPayload]},
		{"invite-reviewer", "inviteReviewer", "Invite somebody in the place of one who is silent or declined", models.DecideInviteReviewer, access.InviteReviewer, models.InviteReviewerPayload{}, ownWords[models.InviteReviewerPayload]},
		{"skip-reviewer", "skipReviewer", "Go on without a replacement", models.DecideSkipReviewer, access.InviteReviewer, nil, silent},
		{"time", "askTime", "Ask for more time: given at once as far as the procedure goes, else asked of the officer", models.DecideAskTime, access.Review, models.AskTimePayload{}, ownWords[models.AskTimePayload]},
		{"take-time-back", "takeTimeBack", "Take back that one asked for more time, until the officer has answered, or give back time that one took", models.DecideTakeTimeBack, access.Review, nil, silent},
		{"extend-review", "extendReview", "Give somebody asked in the round more time", models.DecideExtendReview, access.InviteReviewer, models.AskTimePayload{}, ownWords[models.AskTimePayload]},
		{"refuse-time", "refuseTime", "Say that an expert does not get the time asked for, and why", models.DecideRefuseTime, access.InviteReviewer, models.RefuseTimePayload{}, ownWords[models.RefuseTimePayload]},
		{"nudge-review", "nudgeReview", "Put a question of the round into the next mail of reminders, once a day", models.DecideNudgeReview, access.InviteReviewer, nil, silent},
		{"withdraw-invitation", "withdrawInvitation", "Take back what an expert was asked, and perhaps bring in the next in line", models.DecideWithdrawInvitation, access.InviteReviewer, models.WithdrawInvitationPayload{}, ownWords[models.WithdrawInvitationPayload]},
		{"conflict", "declareConflict", "Declare a conflict of interest, or that there is none; again, it replaces the one before", models.DecideDeclareConflict, access.Review, models.DeclareConflictPayload{}, ownWords[models.DeclareConflictPayload]},
		{"rule-conflict", "ruleConflict", "Decide about a conflict of interest: the expert may answer, answers with it shown, or is replaced", models.DecideRuleConflict, access.InviteReviewer, models.RuleConflictPayload{}, ownWords[models.RuleConflictPayload]},
		{"decide-review", "decideReview", "The officer's decision at the end of a round", models.DecideReview, access.DecideReview, models.DecideReviewPayload{}, ownWords[models.DecideReviewPayload]},
		{"assign-translator", "assignTranslator", "Name who translates and who approves", models.DecideAssignTranslator, access.AssignTranslator, models.AssignTranslatorPayload{}, ownWords[models.AssignTranslatorPayload]},
		{"submit-translation", "submitTranslation", "Hand a translation over for approval", models.DecideSubmitTranslation, access.Translate, models.SubmitTranslationPayload{}, ownWords[models.SubmitTranslationPayload]},
		{"approve-translation", "approveTranslation", "Approve a translation as seen", models.DecideApproveTranslation, access.ApproveTranslation, models.SubmitTranslationPayload{}, ownWords[models.SubmitTranslationPayload]},
		{"return-translation", "returnTranslation", "Send a translation back with a note", models.DecideReturnTranslation, access.ApproveTranslation, models.ReturnTranslationPayload{}, ownWords[models.ReturnTranslationPayload]},
		{"sign-off", "answerSignOff", "An organisation's answer; again, it replaces the one before", models.DecideAnswerSignOff, access.SignOff, said[models.SignOffPayload]{}, saidBy[models.SignOffPayload]},
		{"resolve-sign-off", "resolveSignOff", "Decide what follows when the rule is not met", models.DecideResolveSignOff, access.ResolveSignoff, models.ResolveSignOffPayload{}, ownWords[models.ResolveSignOffPayload]},
		{"publish", "publish", "Publish the accepted version and its approved translations", models.DecidePublish, access.Publish, nil, silent},
		{"delivery", "recordDelivery", "Record that an authority has it, or why not", models.DecideRecordDelivery, access.RecordDelivery, models.DeliveryPayload{}, ownWords[models.DeliveryPayload]},
		{"progress", "reportAskedProgress", "Report what became of a measure, as asked", models.DecideReportProgress, access.ReportProgress, said[models.ProgressPayload]{}, saidBy[models.ProgressPayload]},
		{"remind-late", "remindLate", "Put what is overdue into the next mail of reminders", models.DecideRemindLate, access.LookInto, nil, silent},
		{"extend-late", "extendLate", "Give those who are late until the end of another day", models.DecideExtendLate, access.LookInto, models.ExtendPayload{}, ownWords[models.ExtendPayload]},
		{"leave-late", "leaveLate", "Leave what is overdue as it is: it is waited for, and no coordinator is asked again", models.DecideLeaveLate, access.LookInto, models.LeavePayload{}, ownWords[models.LeavePayload]},
	}
}

func (s *server) taskDecisionRoutes() []route {
	var routes []route
	for _, a := range answers() {
		routes = append(routes, route{method: http.MethodPost, path: "/tasks/{id}/" + a.path, id: a.id, tag: "tasks", summary: a.summary,
			gate: byLink, key: true, decides: true, body: a.body, reply: Decision{}, serve: s.answerTask(a)})
	}
	return routes
}

// silent is for answers that say all by their kind.
func silent(c *call, _ *models.Recommendation, w wish) (wish, error) {
	payload, err := noPayload(c)
	w.payload = payload
	return w, err
}

// ownWords is for answers that are nobody's but the sender's.
func ownWords[P any](c *call, _ *models.Recommendation, w wish) (wish, error) {
	payload, err := payloadOf[P](c)
	w.payload = payload
	return w, err
}

func (s *server) answerTask(a answer) func(*call) (reply, error) {
	return func(c *call) (reply, error) {
		t, rec, err := c.task()
		if err != nil {
			return reply{}, err
		}
		w, err := a.read(c, rec, wish{process: t.ProcessID, kind: a.kind, task: &t.ID})
		if err != nil {
			return reply{}, err
		}
		if w.onBehalfOf == nil { // who may be spoken for is asked when the decision is taken
			action := a.action
			if action == "" {
				action, _ = t.Kind.AnswerAction()
			}
			if err := c.can(action, rec, t); err != nil {
				return reply{}, err
			}
		}
		if !a.kind.Answers(t.Kind) { // what no process would take is not stored
			return reply{}, apperr.NotFound("task")
		}
		return c.decide(w)
	}
}
