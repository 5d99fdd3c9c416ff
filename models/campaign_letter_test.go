package models_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/apperr"
	"tribuna/internal/record"
	"tribuna/models"
)

func on(year int, month time.Month, day int) *models.Day {
	d := models.Day(time.Date(year, month, day, 0, 0, 0, 0, time.UTC))
	return &d
}

func (s series) letter(who models.Person) models.CampaignStepInput {
	return models.CampaignStepInput{Kind: models.StepLetter, Title: "To the ministry", Day: on(2026, 3, 10), ResponsibleID: who.ID, AuthorityID: &s.ministry,
		LetterPlan: models.LetterPlan{Reference: " 12/2026 ", ReplyDue: on(2026, 4, 10)}}
}

func TestALetterIsPlannedSentAndRepliedTo(t *testing.T) {
	s := newSeries(t)
	ctx := t.Context()
	step := s.plan(t, s.letter(s.officer))
	require.Equal(t, "12/2026", step.Reference)
	require.False(t, step.AwaitsReply(), "it is not sent")
	same, err := models.EditStep(ctx, s.db, s.campaign, step.ID, 1, s.letter(s.officer), s.officer, noon)
	require.NoError(t, err)
	require.Equal(t, 1, same.Revision)
	later := s.letter(s.officer)
	later.ReplyDue = on(2026, 4, 11)
	changed, err := models.EditStep(ctx, s.db, s.campaign, step.ID, 1, later, s.officer, noon)
	require.NoError(t, err)
	require.Equal(t, 2, changed.Revision, "another day is a change")
	_, err = models.AnswerStep(ctx, s.db, s.campaign, step.ID, 2, models.StepReply{ReplyOn: on(2026, 3, 11), Reply: "Yes"}, s.officer, noon)
	require.Equal(t, apperr.CodeWrongStage, apperr.CodeOf(err), "what is not sent has no reply")

	done, err := models.SettleStep(ctx, s.db, s.campaign, step.ID, 2, models.StepDone, models.StepResult{LetterSent: models.LetterSent{SentOn: on(2026, 3, 10), Registration: " 04-17 "}}, s.officer, noon)
	require.NoError(t, err)
	require.True(t, done.AwaitsReply())
	require.Equal(t, [2]string{"12/2026", "04-17"}, [2]string{done.Reference, done.Registration}, "ours and theirs")
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
	require.Equal(t, map[string]string{"title": "To the ministry", "reply": "They look at it", "reference": "12/2026", "registration": "04-17"}, last.Texts)
	require.Equal(t, map[string]string{"step": "letter", "day": "2026-03-10", "reply_due": "2026-04-11", "sent_on": "2026-03-10", "reply_on": "2026-03-11", "written_in": "en"}, last.Facts)

	again, err := models.ReopenStep(ctx, s.db, s.campaign, step.ID, 4, s.officer, noon)
	require.NoError(t, err)
	stored, err := models.CampaignStepByID(ctx, s.db, s.campaign.ID, step.ID)
	require.NoError(t, err)
	require.Equal(t, again.Revision, stored.Revision)
	require.Nil(t, stored.SentOn)
	require.Nil(t, stored.ReplyOn)
	require.Empty(t, stored.Reply+stored.ReplyWrittenIn)
	require.Equal(t, "12/2026", stored.Reference, "the plan stays")
	require.Empty(t, stored.Registration, "what was said of its being sent stands on record alone")
	report, err := record.Verify(ctx, s.db, s.about)
	require.NoError(t, err)
	require.True(t, report.OK(), report.Faults)
}

func TestWhatIsSaidOfALetterIsOfALetterAlone(t *testing.T) {
	s := newSeries(t)
	ctx := t.Context()
	for field, change := range map[string]func(*models.CampaignStepInput){
		"reply_due":    func(in *models.CampaignStepInput) { in.ReplyDue = on(2026, 3, 9) },
		"reference":    func(in *models.CampaignStepInput) { in.Reference = "a\nb" },
		"kind":         func(in *models.CampaignStepInput) { in.Kind = "dance" },
		"authority_id": func(in *models.CampaignStepInput) { in.AuthorityID = nil },
	} {
		in := s.letter(s.officer)
		change(&in)
		_, err := models.PlanStep(ctx, s.db, s.campaign, in, s.officer, noon)
		require.Equal(t, field, fieldsOf(t, err)[0])
	}
	call := s.letter(s.officer)
	call.Kind = models.StepCall
	_, err := models.PlanStep(ctx, s.db, s.campaign, call, s.officer, noon)
	require.Equal(t, []string{"reference", "reply_due"}, fieldsOf(t, err))
	call.LetterPlan = models.LetterPlan{}
	step, sent := s.plan(t, call), models.LetterSent{SentOn: on(2026, 3, 10)}
	_, err = models.SettleStep(ctx, s.db, s.campaign, step.ID, 1, models.StepDone, models.StepResult{LetterSent: sent}, s.officer, noon)
	require.Equal(t, []string{"sent_on"}, fieldsOf(t, err))
	letter := s.plan(t, s.letter(s.officer))
	_, err = models.SettleStep(ctx, s.db, s.campaign, letter.ID, 1, models.StepCalledOff, models.StepResult{LetterSent: sent}, s.officer, noon)
	require.Equal(t, []string{"sent_on"}, fieldsOf(t, err), "what is called off was not sent")
	theirs := models.StepResult{LetterSent: models.LetterSent{Registration: "04-17"}}
	_, err = models.SettleStep(ctx, s.db, s.campaign, letter.ID, 1, models.StepCalledOff, theirs, s.officer, noon)
	require.Equal(t, []string{"registration"}, fieldsOf(t, err), "nor registered")
	_, err = models.SettleStep(ctx, s.db, s.campaign, step.ID, 1, models.StepDone, theirs, s.officer, noon)
	require.Equal(t, []string{"registration"}, fieldsOf(t, err), "a call is not")
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
	_, err := models.LetterOf(t.Context(), s.db, s.rec, models.CampaignStep{Kind: models.StepLetter, State: models.StepPlanned}, noon)
	require.Equal(t, apperr.CodeNotFound, apperr.CodeOf(err), "it goes to nobody, as letters could once")
	nobody := models.NewID()
	for code, step := range map[apperr.Code]models.CampaignStep{
		apperr.CodeNotFound:   {Kind: models.StepCall, State: models.StepPlanned, AuthorityID: &nobody},
		apperr.CodeWrongStage: {Kind: models.StepLetter, State: models.StepCalledOff, AuthorityID: &nobody},
	} {
		_, err = models.LetterOf(t.Context(), s.db, s.rec, step, noon)
		require.Equal(t, code, apperr.CodeOf(err))
	}
	hidden := noon
	s.rec.QuarantinedAt = &hidden
	_, err = models.LetterOf(t.Context(), s.db, s.rec, models.CampaignStep{Kind: models.StepLetter, State: models.StepPlanned, AuthorityID: &nobody}, noon)
	require.Equal(t, apperr.CodeUnderReview, apperr.CodeOf(err), "its link would lead to nothing")
}

// sent plans a letter and says that it went out on its day.
func (s series) sent(t *testing.T, in models.CampaignStepInput) *models.CampaignStep {
	t.Helper()
	step := s.plan(t, in)
	step, err := models.SettleStep(t.Context(), s.db, s.campaign, step.ID, step.Revision, models.StepDone, models.StepResult{LetterSent: models.LetterSent{SentOn: in.Day}}, s.officer, noon)
	require.NoError(t, err)
	return step
}

// TestAnOverdueReplyStandsOnTheDeskOfWhoIsInCharge: not before it is due, not once it came, was written again, is waited for no more
// or the letter was taken back, and on nobody else's.
func TestAnOverdueReplyStandsOnTheDeskOfWhoIsInCharge(t *testing.T) {
	s := newSeries(t)
	ctx := t.Context()
	colleague := s.person(t, "colleague", models.RoleOfficer, s.partner)
	stranger := s.person(t, "stranger", models.RoleOfficer, s.lead)
	coordinator := s.person(t, "coordinator", models.RoleCoordinator, s.lead)
	in := s.letter(colleague) // the reply is due on 10 April
	step := s.sent(t, in)
	after := time.Date(2026, 4, 11, 8, 0, 0, 0, time.UTC)
	viewer := func(p models.Person) models.Viewer {
		v, err := models.ViewerOf(ctx, s.db, p.ID)
		require.NoError(t, err)
		return v
	}
	desk := func(p models.Person, now time.Time) int {
		list, err := models.DueSteps(ctx, s.db, viewer(p), now)
		require.NoError(t, err)
		n, err := models.CountDueSteps(ctx, s.db, viewer(p), now)
		require.NoError(t, err)
		require.Equal(t, len(list), n)
		return n
	}
	overdue := func(p models.Person) int {
		list, err := models.OverdueReplies(ctx, s.db, viewer(p), s.about, after)
		require.NoError(t, err)
		return len(list)
	}
	require.Equal(t, s.officer.ID, s.rec.OfficerID)
	require.Zero(t, desk(s.officer, time.Date(2026, 4, 10, 23, 0, 0, 0, time.UTC)), "it is not over yet")
	require.Equal(t, 1, desk(s.officer, after))
	for name, p := range map[string]models.Person{"who sent it": colleague, "an officer elsewhere": stranger, "a coordinator": coordinator} {
		require.Zero(t, desk(p, after), name)
	}
	require.Equal(t, [3]int{1, 1, 1}, [3]int{overdue(s.officer), overdue(colleague), overdue(coordinator)}, "whoever may see the campaign sees that it is waited for")
	require.Zero(t, overdue(stranger))
	linked := viewer(s.officer)
	linked.LinkTask = models.NewID()
	list, err := models.DueSteps(ctx, s.db, linked, after)
	require.NoError(t, err)
	require.Empty(t, list, "by a personal link")
	s.exec(t, `UPDATE recommendations SET quarantined_at = now() WHERE id = ?`, s.about)
	require.Zero(t, desk(s.officer, after), "its text is hidden")
	s.exec(t, `UPDATE recommendations SET quarantined_at = NULL WHERE id = ?`, s.about)

	again := s.letter(colleague)
	again.Day, again.ReplyDue, again.AgainOf = on(2026, 5, 2), nil, &step.ID
	second := s.plan(t, again)
	require.Zero(t, desk(s.officer, after), "it is written again")
	next, err := models.AgainWritten(ctx, s.db, step.ID)
	require.NoError(t, err)
	require.Equal(t, second.ID, next.ID)
	_, err = models.SettleStep(ctx, s.db, s.campaign, second.ID, 1, models.StepCalledOff, models.StepResult{}, s.officer, noon)
	require.NoError(t, err)
	require.Equal(t, 1, desk(s.officer, after), "which was called off")

	step, err = models.AwaitStep(ctx, s.db, s.campaign, step.ID, step.Revision, models.StepAwaited{ReplyDue: on(2026, 6, 1)}, s.officer, after)
	require.NoError(t, err)
	require.Zero(t, desk(s.officer, after), "it is waited for longer")
	require.Equal(t, 1, desk(s.officer, time.Date(2026, 6, 2, 8, 0, 0, 0, time.UTC)))
	_, err = models.AwaitStep(ctx, s.db, s.campaign, step.ID, step.Revision, models.StepAwaited{ReplyDue: on(2026, 3, 9)}, s.officer, after)
	require.Equal(t, []string{"reply_due"}, fieldsOf(t, err), "before it was sent")
	later := time.Date(2026, 7, 1, 8, 0, 0, 0, time.UTC)
	replied := s.sent(t, in)
	require.Equal(t, 2, desk(s.officer, later))
	replied, err = models.AnswerStep(ctx, s.db, s.campaign, replied.ID, replied.Revision, models.StepReply{ReplyOn: on(2026, 4, 20), Reply: "Late, but yes"}, s.officer, later)
	require.NoError(t, err)
	require.Equal(t, 1, desk(s.officer, later), "a late reply is one")
	_, err = models.AwaitStep(ctx, s.db, s.campaign, replied.ID, replied.Revision, models.StepAwaited{}, s.officer, later)
	require.Equal(t, apperr.CodeWrongStage, apperr.CodeOf(err), "it has come")
	back := s.sent(t, in)
	require.Equal(t, 2, desk(s.officer, later))
	_, err = models.ReopenStep(ctx, s.db, s.campaign, back.ID, back.Revision, s.officer, later)
	require.NoError(t, err)
	require.Equal(t, 1, desk(s.officer, later), "what is not sent has no reply")
	step, err = models.AwaitStep(ctx, s.db, s.campaign, step.ID, step.Revision, models.StepAwaited{}, s.officer, later)
	require.NoError(t, err)
	require.False(t, step.AwaitsReply())
	require.Zero(t, desk(s.officer, later), "it is waited for no more")
	require.Contains(t, s.verbs(t), "campaign.step_awaited")
}

func TestOnlyALetterThatWentOutIsWrittenAgain(t *testing.T) {
	s := newSeries(t)
	planned, nobody := s.plan(t, s.letter(s.officer)).ID, models.NewID()
	call := s.plan(t, meeting(s.officer, 2026, 3, 1))
	_, err := models.SettleStep(t.Context(), s.db, s.campaign, call.ID, 1, models.StepDone, models.StepResult{}, s.officer, noon)
	require.NoError(t, err)
	for what, id := range map[string]*uuid.UUID{"is planned": &planned, "is none": &nobody, "is a meeting": &call.ID} {
		in := s.letter(s.officer)
		in.AgainOf = id
		_, err := models.PlanStep(t.Context(), s.db, s.campaign, in, s.officer, noon)
		require.Equal(t, []string{"again_of"}, fieldsOf(t, err), what)
	}
	sent := s.sent(t, s.letter(s.officer)).ID
	other := meeting(s.officer, 2026, 3, 20)
	other.AgainOf = &sent
	_, err = models.PlanStep(t.Context(), s.db, s.campaign, other, s.officer, noon)
	require.Equal(t, []string{"again_of"}, fieldsOf(t, err), "a meeting is no letter")
	in := s.letter(s.officer)
	in.AgainOf = &sent
	again := s.plan(t, in)
	in.AgainOf = nil
	changed, err := models.EditStep(t.Context(), s.db, s.campaign, again.ID, 1, in, s.officer, noon)
	require.NoError(t, err)
	require.Nil(t, changed.AgainOf)
	require.Equal(t, 2, changed.Revision, "that is a change")
}

// TestWhatWasOneReferenceIsParted: where a letter of before was registered, the record shows what was ours; where it does not, all is ours.
func TestWhatWasOneReferenceIsParted(t *testing.T) {
	s := newSeries(t)
	ctx := t.Context()
	overwritten, kept, back := s.sent(t, s.letter(s.officer)), s.sent(t, s.letter(s.officer)), s.plan(t, s.letter(s.officer))
	s.exec(t, `UPDATE campaign_steps SET reference = '04-17' WHERE id IN (?, ?)`, overwritten.ID, back.ID)
	up, err := os.ReadFile("../migrations/20261201900000_letter_registration.tx.up.sql")
	require.NoError(t, err)
	_, rest, _ := strings.Cut(string(up), "WITH planned")
	rest, _, _ = strings.Cut(rest, ";")
	s.exec(t, "WITH planned"+rest)
	for id, want := range map[uuid.UUID][2]string{overwritten.ID: {"12/2026", "04-17"}, kept.ID: {"12/2026", ""}, back.ID: {"12/2026", ""}} {
		step, err := models.CampaignStepByID(ctx, s.db, s.campaign.ID, id)
		require.NoError(t, err)
		require.Equal(t, want, [2]string{step.Reference, step.Registration})
	}
}
