package workflows_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
	"tribuna/models"
)

// publicationOffice stands at the beginning of the publication. The demo brief's six measures go to three authorities,
// seven pairs in all.
func publicationOffice(t *testing.T, change func(*models.ProcedureDocument)) *office {
	t.Helper()
	o := newOffice(t, change)
	o.arrive(models.StagePublication)
	return o
}

// publishes plans the officer's publication.
func (o *office) publishes(after time.Duration) {
	o.decides(after, models.DecidePublish, models.TaskPublish, models.NoPayload{})
}

func delivered(on string) models.DeliveryPayload {
	t, err := time.Parse(time.DateOnly, on)
	if err != nil {
		panic(err)
	}
	d := models.Day(t)
	return models.DeliveryPayload{DeliveredOn: &d, Reference: "94-00-12"}
}

// delivers says now what the officer knows of every delivery still open.
func (o *office) delivers(p models.DeliveryPayload) []*said {
	o.t.Helper()
	var all []*said
	for _, task := range o.openTasks(models.TaskDeliver) {
		all = append(all, o.tell(models.DecideRecordDelivery, o.officer, &task.ID, p))
	}
	return all
}

func (o *office) deliveries() []models.Delivery {
	o.t.Helper()
	list, err := models.Deliveries(o.ctx, o.db, o.rec.ID)
	require.NoError(o.t, err)
	return list
}

func TestPublicationEndsWhenDelivered(t *testing.T) {
	o := publicationOffice(t, nil)
	o.publishes(time.Hour)
	o.at(2*day, func() { o.delivers(delivered("2026-06-02")) })
	require.NoError(t, o.run(10*day))

	require.Equal(t, models.StageDone, o.stage())
	require.True(t, o.closed(o.rec.ID))
	require.Len(t, o.deliveries(), 3)
	for _, d := range o.deliveries() {
		require.Equal(t, "94-00-12", d.Reference)
		require.Equal(t, "2026-07-02", d.ReplyDue.Format(time.DateOnly), "thirty days, as the procedure says")
	}
	require.Equal(t, 3, o.entries("delivery.recorded"))
	require.Equal(t, 1, o.entries("publication.published"))
	require.Equal(t, 1, o.entries("recommendation.done"))
}

func TestPublicationBeginsAFollowUpPerMeasureAndAuthority(t *testing.T) {
	o := newOffice(t, nil)
	o.publish()
	list, err := models.FollowUps(o.ctx, o.db, models.FollowUpFilter{Recommendation: o.rec.ID})
	require.NoError(t, err)
	require.Len(t, list, 7)
	focal := map[uuid.UUID]int{}
	for _, f := range list {
		focal[*f.OrganisationID]++
		require.Equal(t, models.FollowUpStatus("no_reply"), f.Status)
		process, err := models.ProcessByID(o.ctx, o.db, f.ID)
		require.NoError(t, err)
		require.Equal(t, models.ProcessFollowUp, process.Kind)
	}
	require.Equal(t, map[uuid.UUID]int{o.organisation("khc").ID: 7}, focal, "Croatia has no partner: the owner follows up")
	require.Equal(t, 7, o.entries("followup.begun"))
}

func TestPublicationHoldsWhatWasApproved(t *testing.T) {
	o := newOffice(t, nil)
	o.arrive(models.StageTranslation)
	o.languages("bg", "sq")
	o.translated(time.Hour, "bg")
	cutOff(t, o.run(15*day)) // Albanian is late, and the sign-off has begun
	o.arrive(models.StagePublication)
	o.publishes(16 * day)
	cutOff(t, o.run(17*day))

	p, err := models.PublicationOf(o.ctx, o.db, o.rec.ID)
	require.NoError(t, err)
	require.Len(t, p.Texts, 2, "what is late is not published")
	require.Equal(t, "bg", p.Texts[0].Language)
	require.Equal(t, "Title in bg", p.Texts[0].Title)
	require.Contains(t, p.Texts[0].Body, "In bg: Second paragraph.")
	require.Contains(t, p.Texts[0].Measures[0].Text, "In bg: ")
	require.Equal(t, "Leaving care", p.Texts[1].Title)
	require.Empty(t, o.openTasks(models.TaskTranslate), "it came too late")
}

func TestPublicationHappensOnce(t *testing.T) {
	o := publicationOffice(t, nil)
	var first, again, second, withdrawn *said
	o.at(time.Hour, func() {
		task := &o.the(models.TaskPublish).ID
		first = o.tell(models.DecidePublish, o.officer, task, models.NoPayload{}, decisionID("the-same-form"))
		again = o.tell(models.DecidePublish, o.officer, task, models.NoPayload{}, decisionID("the-same-form"))
	})
	o.at(2*time.Hour, func() {
		second = o.tell(models.DecidePublish, o.officer, &o.taskOf(models.TaskPublish, o.officer).ID, models.NoPayload{})
		withdrawn = o.tell(models.DecideWithdraw, o.officer, nil, models.ReasonPayload{Reason: "On second thoughts."})
	})
	cutOff(t, o.run(3*time.Hour))
	o.recorded(first)
	require.Equal(t, first.outcome, again.outcome)
	o.refused(apperr.CodeClosed, second)
	o.refused(apperr.CodeWrongStage, withdrawn)
	require.Equal(t, 1, o.entries("publication.published"))
	require.Len(t, o.openTasks(models.TaskDeliver), 3)
	require.Equal(t, models.TaskDone, o.taskOf(models.TaskPublish, o.officer).State)
}

func TestPublicationSilenceIsEscalatedAndWaits(t *testing.T) {
	o := publicationOffice(t, nil)
	o.at(10*day, func() {
		require.Len(t, o.openTasks(models.TaskEscalation), 1, "the coordinator looks into it")
		require.Equal(t, 1, o.the(models.TaskPublish).Reminders)
	})
	o.publishes(11 * day)
	o.at(40*day, func() {
		require.Len(t, o.openTasks(models.TaskEscalation), 3, "one per authority that is still to be delivered to")
		o.delivers(delivered("2026-06-20"))
	})
	require.NoError(t, o.run(60*day))
	require.Equal(t, models.StageDone, o.stage())
	require.Empty(t, o.openTasks(models.TaskEscalation))
	require.Equal(t, 4, o.mailsOf(models.MailEscalation))
	require.Zero(t, o.mailsOf(models.MailTaskWithdrawn), "what was done needs no apology")
}

func TestPublicationLateDeliveryIsTakenAndMarked(t *testing.T) {
	o := publicationOffice(t, nil)
	o.publishes(time.Hour)
	var all []*said
	o.at(40*day, func() { all = o.delivers(delivered("2026-06-30")) })
	require.NoError(t, o.run(60*day))
	require.Len(t, all, 3)
	for _, s := range all {
		o.recorded(s)
		require.True(t, s.outcome.Late)
	}
}

func TestPublicationNotDeliveredHasAReason(t *testing.T) {
	o := publicationOffice(t, nil)
	o.publishes(time.Hour)
	o.at(day, func() { o.delivers(models.DeliveryPayload{NotDelivered: "The ministry was dissolved."}) })
	require.NoError(t, o.run(10*day))
	require.Equal(t, models.StageDone, o.stage())
	require.Equal(t, 3, o.entries("delivery.not_made"))
	require.Equal(t, "The ministry was dissolved.", o.entry("delivery.not_made").Texts["not_delivered"])
	for _, d := range o.deliveries() {
		require.Nil(t, d.DeliveredOn)
		require.Nil(t, d.ReplyDue)
	}
}

func TestPublicationDeliveryDaysAreChecked(t *testing.T) {
	o := publicationOffice(t, nil)
	o.publishes(time.Hour)
	var future, backwards *said
	o.at(day, func() {
		task := &o.openTasks(models.TaskDeliver)[0].ID
		future = o.tell(models.DecideRecordDelivery, o.officer, task, delivered("2026-06-03"))
		p := delivered("2026-06-02")
		p.ReplyDue = delivered("2026-06-01").DeliveredOn
		backwards = o.tell(models.DecideRecordDelivery, o.officer, task, p)
	})
	cutOff(t, o.run(2*day))
	require.Equal(t, []string{"delivered_on"}, paths(future))
	require.Equal(t, []string{"reply_due"}, paths(backwards))
	require.Zero(t, o.entries("delivery.recorded"))
}

func TestPublicationNotEntitled(t *testing.T) {
	o := publicationOffice(t, nil)
	var published, deliveredByOther []*said
	strangers := []models.Person{o.other, o.person(owner), o.person(nobody), o.experts[0]}
	o.at(time.Hour, func() {
		for _, p := range strangers {
			published = append(published, o.tell(models.DecidePublish, p, &o.the(models.TaskPublish).ID, models.NoPayload{}))
		}
	})
	o.publishes(2 * time.Hour)
	o.at(day, func() {
		for _, p := range strangers {
			deliveredByOther = append(deliveredByOther, o.tell(models.DecideRecordDelivery, p, &o.openTasks(models.TaskDeliver)[0].ID, delivered("2026-06-01")))
		}
	})
	cutOff(t, o.run(2*day))
	for _, s := range append(published, deliveredByOther...) {
		require.Equal(t, models.SubmissionRefused, s.outcome.State)
	}
	require.Equal(t, 1, o.entries("publication.published"))
	require.Zero(t, o.entries("delivery.recorded"))
}

func TestPublicationWithdrawnBefore(t *testing.T) {
	o := publicationOffice(t, nil)
	o.withdraws(time.Hour)
	require.NoError(t, o.run(day))
	require.Equal(t, models.StageWithdrawn, o.stage())
	_, err := models.PublicationOf(o.ctx, o.db, o.rec.ID)
	require.Equal(t, apperr.CodeNotFound, apperr.CodeOf(err))
}

func TestPublicationOfATextWithoutMeasures(t *testing.T) {
	o := newOffice(t, nil)
	o.tx(func(tx bun.Tx) {
		v, err := models.SaveVersion(o.ctx, tx, o.rec, models.Draft{Title: "An analysis", Body: "It asks for nothing."}, o.officer, begin)
		require.NoError(t, err)
		o.version = v
	})
	o.arrive(models.StagePublication)
	o.publishes(time.Hour)
	require.NoError(t, o.run(day))
	require.Equal(t, models.StageDone, o.stage(), "there is nobody to deliver to")
}

func TestPublicationGoesOnFromTheRowsAfterBeingCutOff(t *testing.T) {
	o := newOffice(t, nil)
	o.publish()
	o.at(2*day, func() { o.delivers(delivered("2026-06-02")) })
	require.NoError(t, o.run(10*day))
	require.Equal(t, models.StageDone, o.stage())
	require.Equal(t, 1, o.entries("publication.opened"))
	require.Len(t, o.tasksOf(models.TaskDeliver), 3)
}

// TestRecommendationFromDraftToDelivery goes through every stage, each a history of its own.
func TestRecommendationFromDraftToDelivery(t *testing.T) {
	o := newOffice(t, func(d *models.ProcedureDocument) { d.Review.Enough, d.Review.Grace = 1, "1h" })
	o.startReview(time.Hour, o.experts[:1], nil)
	o.answer(2*time.Hour, o.experts[0])
	o.decides(4*time.Hour, models.DecideReview, models.TaskDecideReview, models.DecideReviewPayload{Decision: models.ReviewAccept, Reason: "All agree."})
	o.translated(5*time.Hour, "bg")
	o.signs(7*time.Hour, owner, models.SignOffApprove)
	o.signs(8*time.Hour, lead, models.SignOffApprove)
	o.publishes(9 * time.Hour)
	o.at(2*day, func() { o.delivers(delivered("2026-06-02")) })
	require.NoError(t, o.run(10*day))
	require.Equal(t, models.StageDone, o.stage())
	require.Equal(t, 5, o.runs, "drafting, review, translation, sign-off, publication")
	require.Empty(t, o.openTasksOfAll())
}

func (o *office) openTasksOfAll() []models.Task {
	o.t.Helper()
	list, err := models.Tasks(o.ctx, o.db, models.TaskFilter{Process: o.rec.ID, OpenOnly: true})
	require.NoError(o.t, err)
	return list
}
