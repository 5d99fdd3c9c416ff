package workflows_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/apperr"
	"tribuna/internal/record"
	"tribuna/models"
)

// The representatives of the demo network's voting units.
const (
	lead   = "martin.keller@tribuna.example"   // asked for Croatia, which has no partner
	sister = "elira.gjoka@tribuna.example"     // votes with the lead
	owner  = "stoyan.velev@tribuna.example"    // Bulgaria
	bosnia = "damir.hodzic@tribuna.example"    // Bosnia and Herzegovina, Serbia
	serbia = "jovana.radic@tribuna.example"    // Serbia
	nobody = "hanna.lindqvist@tribuna.example" // a reader
)

// signOffOffice stands at the beginning of the sign-off by Bulgaria's partner and, for Croatia, the lead.
func signOffOffice(t *testing.T, change func(*models.ProcedureDocument)) *office {
	t.Helper()
	o := newOffice(t, change)
	o.arrive(models.StageSignOff)
	return o
}

// voteOf is the newest sign-off task of a representative's voting unit.
func (o *office) voteOf(email string) *models.Task {
	o.t.Helper()
	roles, err := models.RolesOf(o.ctx, o.db, o.person(email).ID)
	require.NoError(o.t, err)
	org, err := models.OrganisationByID(o.ctx, o.db, roles[0].OrganisationID)
	require.NoError(o.t, err)
	return o.voteOfUnit(org.VotingUnit)
}

func (o *office) voteOfUnit(unit uuid.UUID) *models.Task {
	o.t.Helper()
	list := o.tasksOf(models.TaskSignOff)
	for i := len(list) - 1; i >= 0; i-- {
		if *list[i].OrganisationID == unit {
			return &list[i]
		}
	}
	require.Fail(o.t, "nobody asked", "voting unit %s", unit)
	return nil
}

func (o *office) vote(answer string) models.SignOffPayload {
	p := models.SignOffPayload{VersionHash: o.version.Hash, Answer: answer}
	if answer != models.SignOffApprove {
		p.Reason = "Our board said so."
	}
	return p
}

// votes says a representative's answer now.
func (o *office) votes(email, answer string, change ...func(*models.Submission)) *said {
	o.t.Helper()
	return o.tell(models.DecideAnswerSignOff, o.person(email), &o.voteOf(email).ID, o.vote(answer), change...)
}

// signs plans a representative's answer.
func (o *office) signs(after time.Duration, email, answer string) {
	o.at(after, func() { o.votes(email, answer) })
}

func TestSignOffMetGoesToPublication(t *testing.T) {
	o := signOffOffice(t, nil)
	o.signs(time.Hour, owner, models.SignOffApprove)
	o.signs(2*time.Hour, lead, models.SignOffOutsideMandate)
	cutOff(t, o.run(day))
	require.Equal(t, models.StagePublication, o.stage())
	require.Equal(t, 2, o.entries("signoff.answered"))
	require.Equal(t, 1, o.entries("signoff.met"))
	require.Equal(t, models.TaskOpen, o.the(models.TaskPublish).State)
	require.Equal(t, 2, o.runs)
}

func TestSignOffAsksOneTaskPerVotingUnit(t *testing.T) {
	o := signOffOffice(t, nil)
	o.countries("AL", "RO", "XK", "BG")
	var answered *said
	o.at(time.Hour, func() { answered = o.votes(sister, models.SignOffApprove) })
	cutOff(t, o.run(2*time.Hour))
	o.recorded(answered)
	require.Len(t, o.tasksOf(models.TaskSignOff), 2, "three sisters share one vote")
	require.Equal(t, models.TaskDone, o.voteOf(lead).State)
	require.Equal(t, 4, o.mailsOf(models.MailSignOffInvitation), "each representative of a country concerned is asked")
	require.Zero(t, o.mailsTo(models.MailSignOffInvitation, o.person(lead).ID), "no country is without a partner")
}

// entry is the newest entry with a verb in the record.
func (o *office) entry(verb string) record.Item {
	o.t.Helper()
	items, err := record.List(o.ctx, o.db, o.rec.ID, record.Public, record.Network, record.Confidential)
	require.NoError(o.t, err)
	for i := len(items) - 1; i >= 0; i-- {
		if items[i].Verb == verb {
			return items[i]
		}
	}
	require.Fail(o.t, "no such entry", verb)
	return record.Item{}
}

func TestSignOffLateAnswerIsTakenWhileItLasts(t *testing.T) {
	o := signOffOffice(t, nil)
	o.signs(time.Hour, owner, models.SignOffApprove)
	var late, over *said
	o.at(28*day, func() { late = o.votes(lead, models.SignOffApprove) })
	o.at(29*day, func() { over = o.votes(lead, models.SignOffDoNotCosign) })
	cutOff(t, o.run(30*day))
	o.recorded(late)
	require.True(t, late.outcome.Late)
	o.refused(apperr.CodeWrongStage, over)
	require.Equal(t, models.StagePublication, o.stage())
	require.Empty(t, o.openTasks(models.TaskEscalation), "the escalation ended with the answer")
	require.Equal(t, "true", o.entry("signoff.answered").Facts["late"])
}

func TestSignOffAnswerCanBeChangedWhileItLasts(t *testing.T) {
	o := signOffOffice(t, nil)
	o.signs(time.Hour, lead, models.SignOffDoNotCosign)
	o.signs(3*time.Hour, lead, models.SignOffApprove)
	o.signs(4*time.Hour, owner, models.SignOffApprove)
	cutOff(t, o.run(day))
	require.Equal(t, models.StagePublication, o.stage(), "the officer need not resolve what the partner did")
	require.Equal(t, models.TaskCancelled, o.tasksOf(models.TaskResolveSignOff)[0].State)
	answers, err := models.SignOffs(o.ctx, o.db, o.version.ID)
	require.NoError(t, err)
	require.Len(t, answers, 2)
	require.Equal(t, 3, o.entries("signoff.answered"), "the record keeps what was said first")
}

func TestSignOffDuplicateIsOneAnswer(t *testing.T) {
	o := signOffOffice(t, nil)
	var first, again, other *said
	o.at(time.Hour, func() {
		first = o.votes(owner, models.SignOffApprove, decisionID("the-same-form"))
		again = o.votes(owner, models.SignOffApprove, decisionID("the-same-form"))
		other = o.votes(owner, models.SignOffAbstain, decisionID("the-same-form"))
	})
	cutOff(t, o.run(2*time.Hour))
	o.recorded(first)
	require.Equal(t, first.outcome, again.outcome)
	require.Equal(t, apperr.CodeOtherWords, apperr.CodeOf(other.err))
	require.Equal(t, 1, o.entries("signoff.answered"))
}

func TestSignOffNotEntitled(t *testing.T) {
	o := signOffOffice(t, nil)
	strangers := map[string]*said{nobody: nil, bosnia: nil, o.experts[0].Email: nil, o.officer.Email: nil}
	var otherText *said
	o.at(time.Hour, func() {
		vote := &o.voteOfUnit(o.organisation("tdh").ID).ID
		for email := range strangers {
			strangers[email] = o.tell(models.DecideAnswerSignOff, o.person(email), vote, o.vote(models.SignOffApprove))
		}
		unread := o.vote(models.SignOffApprove)
		unread.VersionHash = uuid.NewString() + uuid.NewString()[:28]
		otherText = o.tell(models.DecideAnswerSignOff, o.person(lead), vote, unread)
	})
	cutOff(t, o.run(2*time.Hour))
	for email, s := range strangers {
		require.Equal(t, models.SubmissionRefused, s.outcome.State, email)
	}
	o.refused(apperr.CodeOtherText, otherText)
	require.Zero(t, o.entries("signoff.answered"))
}

func TestSignOffRecordedOnBehalf(t *testing.T) {
	o := signOffOffice(t, nil)
	partner := o.person(lead)
	var done, reader *said
	o.at(time.Hour, func() {
		vote := &o.voteOf(lead).ID
		done = o.tell(models.DecideAnswerSignOff, o.officer, vote, o.vote(models.SignOffApprove), behalf(partner, "By letter of 28 May."))
		reader = o.tell(models.DecideAnswerSignOff, o.officer, vote, o.vote(models.SignOffApprove), behalf(o.person(nobody), "On the telephone."))
	})
	cutOff(t, o.run(2*time.Hour))
	o.recorded(done)
	require.Equal(t, models.SubmissionRefused, reader.outcome.State, "only in the name of who may speak")
	entry := o.entry("signoff.answered")
	require.Equal(t, o.officer.Pseudonym, entry.Actor)
	require.Equal(t, partner.Pseudonym, entry.OnBehalfOf)
	require.Equal(t, "By letter of 28 May.", entry.Texts["behalf_note"])
	require.Equal(t, 1, o.mailsTo(models.MailRecordedOnBehalf, partner.ID))
}

func TestSignOffIsAskedAnewWhenTheSameTextComesBack(t *testing.T) {
	o := signOffOffice(t, func(d *models.ProcedureDocument) { d.Review.Enough, d.Review.Grace = 1, "1h" })
	o.languages("en")
	o.signs(time.Hour, lead, models.SignOffDoNotCosign)
	o.decides(2*time.Hour, models.DecideResolveSignOff, models.TaskResolveSignOff, models.ResolveSignOffPayload{Decision: models.ResolveRevise, Reason: "Ask once more."})
	o.startReview(3*time.Hour, o.experts[:1], nil)
	o.answer(4*time.Hour, o.experts[0])
	o.decides(6*time.Hour, models.DecideReview, models.TaskDecideReview, models.DecideReviewPayload{Decision: models.ReviewAccept, Reason: "Nothing to change."})
	var asked int
	o.at(7*time.Hour, func() { asked = len(o.openTasks(models.TaskSignOff)) })
	o.signs(8*time.Hour, lead, models.SignOffApprove)
	o.signs(9*time.Hour, owner, models.SignOffApprove)
	cutOff(t, o.run(day))
	require.Equal(t, 2, asked)
	require.Equal(t, models.StagePublication, o.stage())
	require.Equal(t, 2, o.entries("signoff.opened"))
}

func TestSignOffOfAnEarlierRoundDoesNotCount(t *testing.T) {
	o := signOffOffice(t, func(d *models.ProcedureDocument) {
		d.Review.Enough, d.Review.Grace, d.SignOff.Rule = 1, "1h", models.SignOffMajority
	})
	o.languages("en")
	o.signs(time.Hour, owner, models.SignOffApprove)
	o.signs(time.Hour, lead, models.SignOffDoNotCosign)
	o.decides(2*time.Hour, models.DecideResolveSignOff, models.TaskResolveSignOff, models.ResolveSignOffPayload{Decision: models.ResolveRevise, Reason: "Ask once more."})
	o.startReview(3*time.Hour, o.experts[:1], nil)
	o.answer(4*time.Hour, o.experts[0])
	o.decides(6*time.Hour, models.DecideReview, models.TaskDecideReview, models.DecideReviewPayload{Decision: models.ReviewAccept, Reason: "Nothing to change."})
	o.signs(8*time.Hour, owner, models.SignOffDoNotCosign)
	o.signs(9*time.Hour, lead, models.SignOffApprove)
	cutOff(t, o.run(10*time.Hour))
	answers, err := models.SignOffs(o.ctx, o.db, o.version.ID)
	require.NoError(t, err)
	require.Len(t, answers, 2, "the second round's")
	behind, err := models.EndorsementOf(o.ctx, o.db, o.rec.ID, o.version.ID)
	require.NoError(t, err)
	require.Len(t, behind.Organisations, 1, "who changed to no is not named as agreeing")
}

func TestTranslationAsksForLanguagesAddedByARevision(t *testing.T) {
	o := signOffOffice(t, func(d *models.ProcedureDocument) { d.Review.Enough, d.Review.Grace = 1, "1h" })
	o.languages("en")
	o.signs(time.Hour, lead, models.SignOffDoNotCosign)
	o.decides(2*time.Hour, models.DecideResolveSignOff, models.TaskResolveSignOff, models.ResolveSignOffPayload{Decision: models.ResolveRevise, Reason: "Translate it first."})
	o.at(150*time.Minute, func() { o.languages("bg", "ro") })
	o.startReview(3*time.Hour, o.experts[:1], nil)
	o.answer(4*time.Hour, o.experts[0])
	o.decides(6*time.Hour, models.DecideReview, models.TaskDecideReview, models.DecideReviewPayload{Decision: models.ReviewAccept, Reason: "Nothing to change."})
	cutOff(t, o.run(7*time.Hour))
	require.Equal(t, models.StageTranslation, o.stage())
	require.Len(t, o.openTasks(models.TaskTranslate), 2)
}

func TestSignOffWithdrawnTellsThePartners(t *testing.T) {
	o := signOffOffice(t, nil)
	o.withdraws(time.Hour)
	require.NoError(t, o.run(day))
	require.Equal(t, models.StageWithdrawn, o.stage())
	require.Equal(t, 1, o.mailsTo(models.MailTaskWithdrawn, o.person(owner).ID))
	require.Equal(t, 1, o.mailsTo(models.MailTaskWithdrawn, o.person(lead).ID))
}

func TestSignOffGoesOnFromTheRowsAfterBeingCutOff(t *testing.T) {
	o := signOffOffice(t, nil)
	o.signs(time.Hour, owner, models.SignOffApprove)
	cutOff(t, o.run(2*time.Hour))
	o.signs(3*time.Hour, lead, models.SignOffApprove)
	cutOff(t, o.run(day))
	require.Equal(t, models.StagePublication, o.stage())
	require.Equal(t, 2, o.mailsOf(models.MailSignOffInvitation), "nobody is asked twice")
}

func TestSignOffHoldMovesTheReminders(t *testing.T) {
	o := signOffOffice(t, nil)
	o.at(time.Hour, func() { o.tell(models.DecideHold, o.officer, nil, models.ReasonPayload{Reason: "Elections."}) })
	o.at(time.Hour+30*day, func() { o.tell(models.DecideResume, o.officer, nil, models.NoPayload{}) })
	var early, once, twice int
	o.at(30*day+8*day, func() { early = o.voteOf(lead).Reminders })
	o.at(30*day+12*day, func() { once = o.voteOf(lead).Reminders })
	o.at(30*day+18*day, func() { twice = o.voteOf(lead).Reminders })
	cutOff(t, o.run(30*day+19*day))
	require.Equal(t, []int{0, 1, 2}, []int{early, once, twice}, "the ladder went on where it stood")
}
