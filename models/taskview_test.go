package models_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/internal/apperr"
	"tribuna/internal/record"
	"tribuna/models"
)

func TestTaskViewHasWhatThePersonAskedNeeds(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	task := d.ask(t, models.TaskReview, &d.expert, nil, 3)
	v, err := models.LoadTaskView(ctx, d.db, task)
	require.NoError(t, err)
	require.Equal(t, "officer", v.Officer.Name)
	require.Equal(t, "partner", v.Owner.Name)
	require.Equal(t, "expert", v.Person.Name)
	require.Len(t, v.Blocks, 2)
	require.Equal(t, 1, v.Blocks[1].Index)
	require.Equal(t, "Ministry", v.Measures[0].Authorities[0].Names.String())
	require.Equal(t, models.TaskReason{Code: "expertise", Topics: []string{"care"}, Countries: []string{"AL"}, Language: "en"}, v.Why)
	require.Nil(t, v.Review)
	require.NoError(t, v.Refuses(noon))
	require.Equal(t, apperr.CodeLate, apperr.CodeOf(v.Refuses(task.GraceUntil.Add(time.Second))))

	answer := models.AnswerSupport
	review := &models.Review{TaskID: task.ID, RecommendationID: d.rec.ID, VersionID: d.version.ID, Round: 1, PersonID: d.expert.ID,
		Answer: &answer, Naming: models.NamingNone, DecisionID: "decision-1", AnsweredAt: noon}
	require.NoError(t, review.Put(ctx, d.db, []models.CommentPayload{{Block: 1, Body: "Good"}}))
	task.Close(models.TaskDone, noon)
	require.NoError(t, task.Save(ctx, d.db))
	v, err = models.LoadTaskView(ctx, d.db, task)
	require.NoError(t, err)
	require.Equal(t, "Good", v.Review.Comments[0].Body)
	require.NoError(t, v.Refuses(noon), "it can be changed while the round lasts")
	v.Round.ClosedAt = &noon
	require.Equal(t, apperr.CodeClosed, apperr.CodeOf(v.Refuses(noon)))
}

func TestTaskViewSaysWhyAnOrganisationIsAsked(t *testing.T) {
	d := newDesk(t)
	concerned, err := models.LoadTaskView(t.Context(), d.db, d.ask(t, models.TaskSignOff, nil, &d.lead, 3))
	require.NoError(t, err)
	require.Equal(t, "country_partner", concerned.Why.Code)
	require.Equal(t, []string{"AL"}, concerned.Why.Countries, "a sister covers it")
	require.Equal(t, models.SignOffNoObjection, concerned.Rules.Rule)
	require.Equal(t, 1, concerned.Rules.Tally.NeededAnswers)

	_, err = d.db.NewDelete().Table("recommendation_countries").Where("country_code = 'AL'").Exec(t.Context())
	require.NoError(t, err)
	stands, err := models.LoadTaskView(t.Context(), d.db, d.ask(t, models.TaskSignOff, nil, &d.lead, 3))
	require.NoError(t, err)
	require.Equal(t, "lead", stands.Why.Code)
}

func TestRedactionLeavesNoCopyAndAWholeChain(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	task := d.ask(t, models.TaskReview, &d.expert, nil, 3)
	answer := models.AnswerDoNotSupport
	review := &models.Review{TaskID: task.ID, RecommendationID: d.rec.ID, VersionID: d.version.ID, Round: 1, PersonID: d.expert.ID,
		Answer: &answer, Reasons: "about a child", Naming: models.NamingNone, DecisionID: "decision-1", AnsweredAt: noon}
	require.NoError(t, review.Put(ctx, d.db, []models.CommentPayload{{Block: 0, Body: "stays"}, {Block: 1, Body: "its name", Quote: "q"}}))
	sub, err := models.NewSubmission(d.rec.ID, "decision-1", models.DecideAnswerReview, d.expert.ID, map[string]string{"reasons": "about a child"})
	require.NoError(t, err)
	sub.TaskID = &task.ID
	_, err = models.Receive(ctx, d.db, sub, noon)
	require.NoError(t, err)
	seq, err := record.Append(ctx, d.db, d.rec.ID, record.Entry{At: noon, Verb: "review.answered", Actor: d.expert.Pseudonym, Capacity: record.Personal,
		ObjectKind: "task", Object: task.ID, DecisionID: "decision-1", Visibility: record.Confidential,
		Texts: map[string]string{"reasons": "about a child", "comment[0]": "stays", "comment[1]": "its name"}})
	require.NoError(t, err)

	redact := func(seq int64, field string) error {
		_, err := models.RedactText(ctx, d.db, models.Redaction{Recommendation: d.rec, Seq: seq, Field: field, By: d.coordinator, Reason: "a child"}, noon)
		return err
	}
	require.NoError(t, redact(seq, "reasons"))
	require.NoError(t, redact(seq, "comment[1]"))
	require.Equal(t, apperr.CodeInvalid, apperr.CodeOf(redact(seq, "comment[1]")), "it is gone already")
	require.Equal(t, apperr.CodeNotFound, apperr.CodeOf(redact(99, "reasons")))

	kept, err := models.ReviewByTask(ctx, d.db, task.ID)
	require.NoError(t, err)
	require.Empty(t, kept.Reasons)
	require.Equal(t, "stays", kept.Comments[0].Body)
	require.Empty(t, kept.Comments[1].Body)
	require.Empty(t, kept.Comments[1].Quote)
	stored, err := models.SubmissionByID(ctx, d.db, sub.ID)
	require.NoError(t, err)
	require.JSONEq(t, `{"redacted": true}`, string(stored.Payload))
	report, err := record.Verify(ctx, d.db, d.rec.ID)
	require.NoError(t, err)
	require.True(t, report.OK(), "%v", report.Faults)
	items, err := record.List(ctx, d.db, d.rec.ID, record.Network)
	require.NoError(t, err)
	last := items[len(items)-1]
	require.Equal(t, record.VerbRedacted, last.Verb)
	require.Equal(t, d.coordinator.Pseudonym, last.Actor)
	require.Equal(t, "a child", last.Texts["reason"])
}
