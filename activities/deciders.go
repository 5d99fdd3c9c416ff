package activities

import (
	"tribuna/internal/access"
	"tribuna/models"
)

func tasks(kinds ...models.TaskKind) []models.TaskKind { return kinds }

// deciders is every decision people can take: which process takes it, what entitles to it, which task it answers.
var deciders = map[models.DecisionKind]decider{
	models.DecideStartReview: {process: models.ProcessRecommendation, action: access.StartReview, take: startReview},
	models.DecideAcceptTask: {process: models.ProcessRecommendation, action: access.Review,
		tasks: tasks(models.TaskReview), take: acceptTask},
	models.DecideDeclineTask: {process: models.ProcessRecommendation,
		tasks: tasks(models.TaskReview, models.TaskTranslate, models.TaskApproveTranslation), take: declineTask},
	models.DecideAnswerReview: {process: models.ProcessRecommendation, action: access.Review,
		tasks: tasks(models.TaskReview), take: answerReview},
	models.DecideAnswerConsultation: {process: models.ProcessRecommendation, action: access.Consult,
		tasks: tasks(models.TaskConsult), take: answerConsultation},
	models.DecideInviteReviewer: {process: models.ProcessRecommendation, action: access.InviteReviewer,
		tasks: tasks(models.TaskChooseReviewer), optional: true, take: inviteReviewer},
	models.DecideSkipReviewer: {process: models.ProcessRecommendation, action: access.InviteReviewer,
		tasks: tasks(models.TaskChooseReviewer), take: skipReviewer},
	models.DecideReview: {process: models.ProcessRecommendation, action: access.DecideReview,
		tasks: tasks(models.TaskDecideReview), take: decideReview},

	models.DecideAssignTranslator: {process: models.ProcessRecommendation, action: access.AssignTranslator,
		tasks: tasks(models.TaskAssignTranslator), optional: true, take: assignTranslator},
	models.DecideSubmitTranslation: {process: models.ProcessRecommendation, action: access.Translate,
		tasks: tasks(models.TaskTranslate), take: submitTranslation},
	models.DecideApproveTranslation: {process: models.ProcessRecommendation, action: access.ApproveTranslation,
		tasks: tasks(models.TaskApproveTranslation), take: approveTranslation},
	models.DecideReturnTranslation: {process: models.ProcessRecommendation, action: access.ApproveTranslation,
		tasks: tasks(models.TaskApproveTranslation), take: returnTranslation},

	models.DecideAnswerSignOff: {process: models.ProcessRecommendation, action: access.SignOff,
		tasks: tasks(models.TaskSignOff), take: answerSignOff},
	models.DecideResolveSignOff: {process: models.ProcessRecommendation, action: access.ResolveSignoff,
		tasks: tasks(models.TaskResolveSignOff), take: resolveSignOff},

	models.DecidePublish: {process: models.ProcessRecommendation, action: access.Publish,
		tasks: tasks(models.TaskPublish), take: publish},
	models.DecideRecordDelivery: {process: models.ProcessRecommendation, action: access.RecordDelivery,
		tasks: tasks(models.TaskDeliver), take: recordDelivery},

	models.DecideHold:     {process: models.ProcessRecommendation, action: access.Hold, take: hold},
	models.DecideResume:   {process: models.ProcessRecommendation, action: access.Resume, whileHeld: true, take: resume},
	models.DecideWithdraw: {process: models.ProcessRecommendation, action: access.Withdraw, whileHeld: true, take: withdraw},

	models.DecideLaunchMailing: {process: models.ProcessMailing, action: access.LaunchMailing, take: launchMailing},
	models.DecidePauseMailing:  {process: models.ProcessMailing, action: access.PauseMailing, take: pauseMailing},
	models.DecideResumeMailing: {process: models.ProcessMailing, action: access.PauseMailing, take: resumeMailing},
	models.DecideCancelMailing: {process: models.ProcessMailing, action: access.CancelMailing, take: cancelMailing},

	models.DecideReportProgress: {process: models.ProcessFollowUp, action: access.ReportProgress,
		tasks: tasks(models.TaskReportProgress), optional: true, take: reportProgress},
	models.DecideEndFollowUp: {process: models.ProcessFollowUp, action: access.EndFollowup, take: endFollowUp},
}
