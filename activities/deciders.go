package activities

import (
	"tribuna/internal/access"
	"tribuna/models"
)

// deciders is every decision people can take: which process takes it, and what entitles to it. Which
// tasks it answers is for models to say.
var deciders = map[models.DecisionKind]decider{
	models.DecideStartReview:        {process: models.ProcessRecommendation, action: access.StartReview, take: startReview},
	models.DecideAcceptTask:         {process: models.ProcessRecommendation, action: access.Review, take: acceptTask},
	models.DecideDeclineTask:        {process: models.ProcessRecommendation, take: declineTask},
	models.DecideAnswerReview:       {process: models.ProcessRecommendation, action: access.Review, take: answerReview},
	models.DecideAnswerConsultation: {process: models.ProcessRecommendation, action: access.Consult, take: answerConsultation},
	models.DecideTakeBack:           {process: models.ProcessRecommendation, take: takeBack},
	models.DecideInviteReviewer:     {process: models.ProcessRecommendation, action: access.InviteReviewer, optional: true, take: inviteReviewer},
	models.DecideSkipReviewer:       {process: models.ProcessRecommendation, action: access.InviteReviewer, take: skipReviewer},
	models.DecideAskTime:            {process: models.ProcessRecommendation, action: access.Review, take: askTime},
	models.DecideTakeTimeBack:       {process: models.ProcessRecommendation, action: access.Review, take: takeTimeBack},
	models.DecideExtendReview:       {process: models.ProcessRecommendation, action: access.InviteReviewer, optional: true, take: extendReview},
	models.DecideRefuseTime:         {process: models.ProcessRecommendation, action: access.InviteReviewer, take: refuseTime},
	models.DecideNudgeReview:        {process: models.ProcessRecommendation, action: access.InviteReviewer, take: nudgeReview},
	models.DecideWithdrawInvitation: {process: models.ProcessRecommendation, action: access.InviteReviewer, take: withdrawInvitation},
	models.DecideCloseReview:        {process: models.ProcessRecommendation, action: access.InviteReviewer, take: closeReview},
	models.DecideDeclareConflict:    {process: models.ProcessRecommendation, action: access.Review, take: declareConflict},
	models.DecideRuleConflict:       {process: models.ProcessRecommendation, action: access.InviteReviewer, take: ruleConflict},
	models.DecideReview:             {process: models.ProcessRecommendation, action: access.DecideReview, take: decideReview},

	models.DecideAssignTranslator:   {process: models.ProcessRecommendation, action: access.AssignTranslator, optional: true, take: assignTranslator},
	models.DecideSubmitTranslation:  {process: models.ProcessRecommendation, action: access.Translate, take: submitTranslation},
	models.DecideApproveTranslation: {process: models.ProcessRecommendation, action: access.ApproveTranslation, take: approveTranslation},
	models.DecideReturnTranslation:  {process: models.ProcessRecommendation, action: access.ApproveTranslation, take: returnTranslation},

	models.DecideAnswerSignOff:  {process: models.ProcessRecommendation, action: access.SignOff, take: answerSignOff},
	models.DecideResolveSignOff: {process: models.ProcessRecommendation, action: access.ResolveSignoff, take: resolveSignOff},

	models.DecidePublish:        {process: models.ProcessRecommendation, action: access.Publish, take: publish},
	models.DecideRecordDelivery: {process: models.ProcessRecommendation, action: access.RecordDelivery, take: recordDelivery},

	models.DecideHold:     {process: models.ProcessRecommendation, action: access.Hold, take: hold},
	models.DecideResume:   {process: models.ProcessRecommendation, action: access.Resume, take: resume},
	models.DecideWithdraw: {process: models.ProcessRecommendation, action: access.Withdraw, take: withdraw},

	models.DecideLaunchMailing: {process: models.ProcessMailing, action: access.LaunchMailing, take: launchMailing},
	models.DecidePauseMailing:  {process: models.ProcessMailing, action: access.PauseMailing, take: pauseMailing},
	models.DecideResumeMailing: {process: models.ProcessMailing, action: access.PauseMailing, take: resumeMailing},
	models.DecideCancelMailing: {process: models.ProcessMailing, action: access.CancelMailing, take: cancelMailing},
	models.DecideMoveMailing:   {process: models.ProcessMailing, action: access.LaunchMailing, take: moveMailing},
	models.DecideReviseMailing: {process: models.ProcessMailing, action: access.LaunchMailing, take: reviseMailing},

	models.DecideReportProgress: {process: models.ProcessFollowUp, action: access.ReportProgress, optional: true, take: reportProgress},
	models.DecideEndFollowUp:    {process: models.ProcessFollowUp, action: access.EndFollowup, take: endFollowUp},

	models.DecideRemindLate: {action: access.LookInto, take: remindLate}, // in every process that waits for somebody
	models.DecideExtendLate: {action: access.LookInto, take: extendLate},
	models.DecideLeaveLate:  {action: access.LookInto, take: leaveLate},

	models.DecideHandOver: {action: access.HandOver, take: handOver},    // in every process
	models.DecideRelease:  {action: access.RedactRecord, take: release}, // in every process that stood still
}
