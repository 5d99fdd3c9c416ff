package models_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/internal/apperr"
	"tribuna/internal/record"
	"tribuna/models"
)

func on(year int, month time.Month, day int) *models.Day {
	d := models.Day(time.Date(year, month, day, 0, 0, 0, 0, time.UTC))
	return &d
}

func letterStep(who models.Person) models.CampaignStepInput {
	return models.CampaignStepInput{Kind: models.StepLetter, Title: "To the ministry", Day: on(2026, 3, 10), ResponsibleID: who.ID,
		LetterPlan: models.LetterPlan{Reference: " 12/2026 ", ReplyDue: on(2026, 4, 10)}}
}

func TestALetterIsPlannedSentAndRepliedTo(t *testing.T) {
	s := newSeries(t)
	ctx := t.Context()
	step := s.plan(t, letterStep(s.officer))
	require.Equal(t, "12/2026", step.Reference)
	require.False(t, step.AwaitsReply(), "it is not sent")
	same, err := models.EditStep(ctx, s.db, s.campaign, step.ID, 1, letterStep(s.officer), s.officer, noon)
	require.NoError(t, err)
	require.Equal(t, 1, same.Revision)
	later := letterStep(s.officer)
	later.ReplyDue = on(2026, 4, 11)
	changed, err := models.EditStep(ctx, s.db, s.campaign, step.ID, 1, later, s.officer, noon)
	require.NoError(t, err)
	require.Equal(t, 2, changed.Revision, "another day is a change")
	_, err = models.AnswerStep(ctx, s.db, s.campaign, step.ID, 2, models.StepReply{ReplyOn: on(2026, 3, 11), Reply: "Yes"}, s.officer, noon)
	require.Equal(t, apperr.CodeWrongStage, apperr.CodeOf(err), "what is not sent has no reply")

	reference := "04-17"
	done, err := models.SettleStep(ctx, s.db, s.campaign, step.ID, 2, models.StepDone, models.StepResult{LetterSent: models.LetterSent{SentOn: on(2026, 3, 10), Reference: &reference}}, s.officer, noon)
	require.NoError(t, err)
	require.True(t, done.AwaitsReply())
	for field, said := range map[string]models.StepReply{
		"reply":    {ReplyOn: on(2026, 3, 11), Reply: " "},
		"reply_on": {Reply: "Yes"},
	} {
		_, err = models.AnswerStep(ctx, s.db, s.campaign, step.ID, 3, said, s.officer, noon)
		require.Equal(t, []string{field}, fieldsOf(t, err))
	}
	for _, day := range []*models.Day{on(2026, 3, 9), on(2027, 1, 1)} {
		_, err = models.AnswerStep(ctx, s.db, s.campaign, step.ID, 3, models.StepReply{ReplyOn: day, Reply: "Yes"}, s.officer, noon)
		require.Equal(t, []string{"reply_on"}, fieldsOf(t, err), "before it was sent, and to come")
	}
	said := models.StepReply{ReplyOn: on(2026, 3, 11), Reply: "They look at it", Written: models.Written{WrittenIn: "en"}}
	answered, err := models.AnswerStep(ctx, s.db, s.campaign, step.ID, 3, said, s.officer, noon)
	require.NoError(t, err)
	require.False(t, answered.AwaitsReply())
	_, err = models.AnswerStep(ctx, s.db, s.campaign, step.ID, 3, said, s.officer, noon)
	require.Equal(t, apperr.CodeOutdated, apperr.CodeOf(err))

	items, err := record.List(ctx, s.db, s.about, record.Confidential)
	require.NoError(t, err)
	last := items[len(items)-1]
	require.Equal(t, "campaign.step_answered", last.Verb)
	require.Equal(t, map[string]string{"title": "To the ministry", "reply": "They look at it", "reference": "04-17"}, last.Texts)
	require.Equal(t, map[string]string{"step": "letter", "day": "2026-03-10", "reply_due": "2026-04-11", "sent_on": "2026-03-10", "reply_on": "2026-03-11", "written_in": "en"}, last.Facts)

	again, err := models.ReopenStep(ctx, s.db, s.campaign, step.ID, 4, s.officer, noon)
	require.NoError(t, err)
	stored, err := models.CampaignStepByID(ctx, s.db, s.campaign.ID, step.ID)
	require.NoError(t, err)
	require.Equal(t, again.Revision, stored.Revision)
	require.Nil(t, stored.SentOn)
	require.Nil(t, stored.ReplyOn)
	require.Empty(t, stored.Reply+stored.ReplyWrittenIn)
	require.Equal(t, "04-17", stored.Reference, "the plan stays")
	report, err := record.Verify(ctx, s.db, s.about)
	require.NoError(t, err)
	require.True(t, report.OK(), report.Faults)
}

func TestWhatIsSaidOfALetterIsOfALetterAlone(t *testing.T) {
	s := newSeries(t)
	ctx := t.Context()
	for field, change := range map[string]func(*models.CampaignStepInput){
		"reply_due": func(in *models.CampaignStepInput) { in.ReplyDue = on(2026, 3, 9) },
		"reference": func(in *models.CampaignStepInput) { in.Reference = "a\nb" },
		"kind":      func(in *models.CampaignStepInput) { in.Kind = "dance" },
	} {
		in := letterStep(s.officer)
		change(&in)
		_, err := models.PlanStep(ctx, s.db, s.campaign, in, s.officer, noon)
		require.Equal(t, field, fieldsOf(t, err)[0])
	}
	call := letterStep(s.officer)
	call.Kind = models.StepCall
	_, err := models.PlanStep(ctx, s.db, s.campaign, call, s.officer, noon)
	require.Equal(t, []string{"reference", "reply_due"}, fieldsOf(t, err))
	call.LetterPlan = models.LetterPlan{}
	step, sent := s.plan(t, call), models.LetterSent{SentOn: on(2026, 3, 10)}
	_, err = models.SettleStep(ctx, s.db, s.campaign, step.ID, 1, models.StepDone, models.StepResult{LetterSent: sent}, s.officer, noon)
	require.Equal(t, []string{"sent_on"}, fieldsOf(t, err))
	letter := s.plan(t, letterStep(s.officer))
	_, err = models.SettleStep(ctx, s.db, s.campaign, letter.ID, 1, models.StepCalledOff, models.StepResult{LetterSent: sent}, s.officer, noon)
	require.Equal(t, []string{"sent_on"}, fieldsOf(t, err), "what is called off was not sent")
	sent.SentOn = on(2026, 12, 1)
	_, err = models.SettleStep(ctx, s.db, s.campaign, letter.ID, 1, models.StepDone, models.StepResult{LetterSent: sent}, s.officer, noon)
	require.Equal(t, []string{"sent_on"}, fieldsOf(t, err), "that day is still to come")
	_, err = models.SettleStep(ctx, s.db, s.campaign, step.ID, 1, models.StepDone, models.StepResult{}, s.officer, noon)
	require.NoError(t, err)
	_, err = models.AnswerStep(ctx, s.db, s.campaign, step.ID, 2, models.StepReply{ReplyOn: on(2026, 3, 11), Reply: "Yes"}, s.officer, noon)
	require.Equal(t, apperr.CodeWrongStage, apperr.CodeOf(err), "a call has no reply")
}

func TestThereIsNoLetterWhereNoneCanBeSent(t *testing.T) {
	s := newSeries(t)
	_, err := models.LetterOf(t.Context(), s.db, s.rec, *s.plan(t, letterStep(s.officer)), noon)
	require.Equal(t, apperr.CodeNotFound, apperr.CodeOf(err), "it goes to nobody")
	nobody := models.NewID()
	for code, step := range map[apperr.Code]models.CampaignStep{
		apperr.CodeNotFound:   {Kind: models.StepCall, State: models.StepPlanned, AuthorityID: &nobody},
		apperr.CodeWrongStage: {Kind: models.StepLetter, State: models.StepDone, AuthorityID: &nobody},
	} {
		_, err = models.LetterOf(t.Context(), s.db, s.rec, step, noon)
		require.Equal(t, code, apperr.CodeOf(err))
	}
	hidden := noon
	s.rec.QuarantinedAt = &hidden
	_, err = models.LetterOf(t.Context(), s.db, s.rec, models.CampaignStep{Kind: models.StepLetter, State: models.StepPlanned, AuthorityID: &nobody}, noon)
	require.Equal(t, apperr.CodeUnderReview, apperr.CodeOf(err), "its link would lead to nothing")
}
