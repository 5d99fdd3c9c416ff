package models

import (
	"slices"
	"unicode/utf8"

	"tribuna/internal/access"
	"tribuna/internal/apperr"
)

// answers are the kinds of task that each decision answers; a decision that is not here is about no task.
var answers = map[DecisionKind][]TaskKind{
	DecideAcceptTask:         {TaskReview},
	DecideDeclineTask:        {TaskReview, TaskTranslate, TaskApproveTranslation},
	DecideAnswerReview:       {TaskReview},
	DecideAnswerConsultation: {TaskConsult},
	DecideTakeBack:           {TaskReview, TaskConsult, TaskSignOff},
	DecideInviteReviewer:     {TaskChooseReviewer},
	DecideSkipReviewer:       {TaskChooseReviewer},
	DecideAskTime:            {TaskReview},
	DecideTakeTimeBack:       {TaskReview},
	DecideExtendReview:       {TaskReview, TaskConsult},
	DecideRefuseTime:         {TaskReview},
	DecideNudgeReview:        {TaskReview, TaskConsult},
	DecideWithdrawInvitation: {TaskReview},
	DecideDeclareConflict:    {TaskReview},
	DecideRuleConflict:       {TaskReview},
	DecideReview:             {TaskDecideReview},
	DecideAssignTranslator:   {TaskAssignTranslator},
	DecideSubmitTranslation:  {TaskTranslate},
	DecideApproveTranslation: {TaskApproveTranslation},
	DecideReturnTranslation:  {TaskApproveTranslation},
	DecideAnswerSignOff:      {TaskSignOff},
	DecideResolveSignOff:     {TaskResolveSignOff},
	DecidePublish:            {TaskPublish},
	DecideRecordDelivery:     {TaskDeliver},
	DecideReportProgress:     {TaskReportProgress},
	DecideRemindLate:         {TaskEscalation},
	DecideExtendLate:         {TaskEscalation},
	DecideLeaveLate:          {TaskEscalation},
}

// heardBy are the decisions by which who is asked lets hear from them: they answer, say whether they will, or ask for time. From the moment
// one is received nobody reminds them, also where it is decided only later.
var heardBy = []DecisionKind{DecideAcceptTask, DecideDeclineTask, DecideAnswerReview, DecideAnswerConsultation, DecideAskTime, DecideDeclareConflict,
	DecideInviteReviewer, DecideSkipReviewer, DecideReview, DecideAssignTranslator, DecideSubmitTranslation, DecideApproveTranslation,
	DecideReturnTranslation, DecideAnswerSignOff, DecideResolveSignOff, DecidePublish, DecideRecordDelivery, DecideReportProgress,
	DecideRemindLate, DecideExtendLate, DecideLeaveLate}

// AnswersTasks reports whether a decision answers a task at all.
func (d DecisionKind) AnswersTasks() bool { return len(answers[d]) > 0 }

// Answers reports whether a decision answers tasks of a kind.
func (d DecisionKind) Answers(k TaskKind) bool { return slices.Contains(answers[d], k) }

// Declinable reports whether who is asked may decline.
func (k TaskKind) Declinable() bool { return DecideDeclineTask.Answers(k) }

// Reconsiders reports whether a decision takes back that a review ended without an answer: until the round is closed, who declined
// can say that they will after all, and who was silent can say so or answer at once. Nothing that was pressed by mistake, or by a
// machine, is final, and nobody is locked out for having been slow to say whether they will.
func (d DecisionKind) Reconsiders(t *Task) bool {
	if t.Silent() {
		return d == DecideAcceptTask || d == DecideAnswerReview
	}
	return d == DecideAcceptTask && t.Kind == TaskReview && t.State == TaskDeclined
}

// AnswersLapsed reports whether a decision answers a question of a round that ended because nobody had answered it in time.
func (d DecisionKind) AnswersLapsed(t *Task) bool {
	return t.State == TaskExpired && d.Answers(t.Kind) && (d == DecideAnswerReview || d == DecideAnswerConsultation)
}

// AnswerAction is what entitles to answer a task of a kind. False: such a task is the officer's work, decided on the
// recommendation's own pages, and having been asked entitles.
func (k TaskKind) AnswerAction() (access.Action, bool) {
	switch k {
	case TaskReview:
		return access.Review, true
	case TaskConsult:
		return access.Consult, true
	case TaskTranslate:
		return access.Translate, true
	case TaskApproveTranslation:
		return access.ApproveTranslation, true
	case TaskSignOff:
		return access.SignOff, true
	case TaskReportProgress:
		return access.ReportProgress, true
	default:
		return access.ReadTask, false
	}
}

// maxBehalfNote is how long it may be said how words came, in characters.
const maxBehalfNote = 2000

// CheckBehalfNote says what is wrong with how words came that were recorded for somebody: it has to be said.
func CheckBehalfNote(note string) *apperr.Error {
	bad := apperr.New(apperr.CodeInvalid)
	if note == "" {
		bad.And("behalf_note", "required")
	} else if utf8.RuneCountInString(note) > maxBehalfNote {
		bad.And("behalf_note", "max_length", "param", maxBehalfNote)
	}
	return bad
}
