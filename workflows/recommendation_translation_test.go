package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
	"tribuna/models"
)

// translationOffice stands at the beginning of the translation into Bulgarian.
func translationOffice(t *testing.T, change func(*models.ProcedureDocument)) *office {
	t.Helper()
	o := newOffice(t, change)
	o.arrive(models.StageTranslation)
	return o
}

func (o *office) translation(language string) *models.Translation {
	o.t.Helper()
	tr, err := models.TranslationFor(o.ctx, o.db, o.version.ID, language)
	require.NoError(o.t, err)
	return tr
}

func (o *office) linguists(language string) (translator, approver models.Person) {
	o.t.Helper()
	tr := o.translation(language)
	translator, err := models.PersonByID(o.ctx, o.db, *tr.TranslatorID)
	require.NoError(o.t, err)
	approver, err = models.PersonByID(o.ctx, o.db, *tr.ApproverID)
	require.NoError(o.t, err)
	return translator, approver
}

// write saves a whole translation; change may spoil it first.
func (o *office) write(language string, change func(*models.TranslationInput)) *models.Translation {
	o.t.Helper()
	tr, title := o.translation(language), "Title in "+language
	in := models.TranslationInput{Title: &title}
	for _, b := range tr.Blocks {
		in.Blocks = append(in.Blocks, models.BlockInput{Position: b.Position, Text: "In " + language + ": " + b.Source})
	}
	for _, m := range o.version.Measures {
		in.Measures = append(in.Measures, models.TranslatedMeasure{ID: m.ID, Text: "In " + language + ": " + m.Text})
	}
	if change != nil {
		change(&in)
	}
	o.tx(func(tx bun.Tx) {
		saved, err := models.SaveTranslation(o.ctx, tx, tr.ID, tr.Revision, in)
		require.NoError(o.t, err)
		tr = saved
	})
	return tr
}

// about is the open task of a kind about a translation.
func (o *office) about(kind models.TaskKind, language string) *models.Task {
	o.t.Helper()
	list, err := models.Tasks(o.ctx, o.db, models.TaskFilter{Subject: o.translation(language).ID, Kinds: []models.TaskKind{kind}, OpenOnly: true})
	require.NoError(o.t, err)
	require.Len(o.t, list, 1, "open tasks of kind %s about %s", kind, language)
	return &list[0]
}

// hand submits a translation as it stands.
func (o *office) hand(language string, change ...func(*models.Submission)) *said {
	o.t.Helper()
	translator, _ := o.linguists(language)
	return o.tell(models.DecideSubmitTranslation, translator, &o.about(models.TaskTranslate, language).ID,
		models.SubmitTranslationPayload{Revision: o.translation(language).Revision}, change...)
}

func (o *office) approves(language string) *said {
	o.t.Helper()
	_, approver := o.linguists(language)
	return o.tell(models.DecideApproveTranslation, approver, &o.about(models.TaskApproveTranslation, language).ID,
		models.SubmitTranslationPayload{Revision: o.translation(language).Revision})
}

// translated plans a translation and, an hour later, its approval.
func (o *office) translated(after time.Duration, language string) {
	o.at(after, func() { o.write(language, nil); o.hand(language) })
	o.at(after+time.Hour, func() { o.approves(language) })
}

func TestTranslationApprovedGoesToSignOff(t *testing.T) {
	o := translationOffice(t, nil)
	o.translated(day, "bg")
	cutOff(t, o.run(2*day))
	require.Equal(t, models.StageSignOff, o.stage())
	require.Equal(t, models.TranslationApproved, o.translation("bg").State)
	require.Equal(t, 1, o.mailsOf(models.MailTranslateInvitation))
	require.Equal(t, 1, o.mailsOf(models.MailApproveInvitation))
	require.Equal(t, 1, o.entries("translation.approved"))
	require.Equal(t, 2, o.runs, "translation and sign-off are histories of their own")
	require.NotEmpty(t, o.openTasks(models.TaskSignOff))
}

func TestTranslationWithoutLanguagesIsPassed(t *testing.T) {
	for name, change := range map[string]func(*models.ProcedureDocument){
		"the procedure skips it": func(d *models.ProcedureDocument) { d.Translation.Skip = true },
		"only the original":      nil,
	} {
		t.Run(name, func(t *testing.T) {
			o := translationOffice(t, change)
			if change == nil {
				o.languages("en")
			}
			cutOff(t, o.run(time.Hour))
			require.Equal(t, models.StageSignOff, o.stage())
			require.Empty(t, o.tasksOf(models.TaskTranslate))
		})
	}
}

func TestTranslationSilenceDoesNotHoldTheOthers(t *testing.T) {
	o := translationOffice(t, nil)
	o.languages("bg", "sq")
	o.translated(day, "bg")
	var late *said
	o.at(16*day, func() { o.write("sq", nil); late = o.hand("sq") })
	o.at(17*day, func() { o.approves("sq") })
	cutOff(t, o.run(18*day))

	require.Equal(t, models.StageSignOff, o.stage(), "Bulgarian did not wait for Albanian")
	require.Equal(t, 1, o.entries("translation.late"))
	require.Equal(t, 2, o.taskOf(models.TaskTranslate, models.Person{}).Reminders, "reminded before it was late")
	require.Empty(t, o.tasksOf(models.TaskEscalation), "nobody is held up")
	o.recorded(late)
	require.True(t, late.outcome.Late)
	require.Equal(t, models.TranslationApproved, o.translation("sq").State, "in time for the publication")
}

func TestTranslationLateLanguageHoldsWhereTheProcedureSaysSo(t *testing.T) {
	o := translationOffice(t, func(d *models.ProcedureDocument) { d.Translation.HoldForLate = true })
	var before models.Stage
	o.at(20*day, func() {
		before = o.stage()
		require.Len(t, o.openTasks(models.TaskEscalation), 1, "the coordinator looks into it")
	})
	o.translated(21*day, "bg")
	cutOff(t, o.run(22*day))
	require.Equal(t, models.StageTranslation, before)
	require.Equal(t, models.StageSignOff, o.stage())
	require.Empty(t, o.openTasks(models.TaskEscalation), "what was overdue was done")
	require.Equal(t, 1, o.mailsOf(models.MailEscalation))
}

func TestTranslationDuplicateIsOneSubmission(t *testing.T) {
	o := translationOffice(t, nil)
	var first, again, other, second *said
	o.at(time.Hour, func() {
		o.write("bg", nil)
		translator, _ := o.linguists("bg")
		task := o.about(models.TaskTranslate, "bg").ID
		payload := models.SubmitTranslationPayload{Revision: o.translation("bg").Revision}
		first = o.tell(models.DecideSubmitTranslation, translator, &task, payload, decisionID("the-same-form"))
		again = o.tell(models.DecideSubmitTranslation, translator, &task, payload, decisionID("the-same-form"))
		payload.Revision++
		other = o.tell(models.DecideSubmitTranslation, translator, &task, payload, decisionID("the-same-form"))
	})
	o.at(2*time.Hour, func() {
		translator, _ := o.linguists("bg")
		done := o.taskOf(models.TaskTranslate, translator)
		second = o.tell(models.DecideSubmitTranslation, translator, &done.ID, models.SubmitTranslationPayload{Revision: o.translation("bg").Revision})
	})
	cutOff(t, o.run(3*time.Hour))
	o.recorded(first)
	require.Equal(t, first.outcome, again.outcome)
	require.Equal(t, apperr.CodeOtherWords, apperr.CodeOf(other.err))
	o.refused(apperr.CodeClosed, second)
	require.Len(t, o.tasksOf(models.TaskApproveTranslation), 1)
	require.Equal(t, 1, o.entries("translation.submitted"))
}

func TestTranslationNotEntitled(t *testing.T) {
	o := translationOffice(t, nil)
	var officer, approver, himself, elsewhere *said
	o.at(time.Hour, func() {
		tr := o.write("bg", nil)
		_, second := o.linguists("bg")
		task := &o.about(models.TaskTranslate, "bg").ID
		seen := models.SubmitTranslationPayload{Revision: tr.Revision}
		officer = o.tell(models.DecideSubmitTranslation, o.officer, task, seen)
		approver = o.tell(models.DecideSubmitTranslation, second, task, seen)
		o.hand("bg")
	})
	o.at(2*time.Hour, func() {
		translator, _ := o.linguists("bg")
		task := &o.about(models.TaskApproveTranslation, "bg").ID
		seen := models.SubmitTranslationPayload{Revision: o.translation("bg").Revision}
		himself = o.tell(models.DecideApproveTranslation, translator, task, seen)
		elsewhere = o.tell(models.DecideApproveTranslation, o.person("albana.prifti@tribuna.example"), task, seen)
	})
	cutOff(t, o.run(3*time.Hour))
	for _, s := range []*said{officer, approver, himself, elsewhere} {
		require.Equal(t, models.SubmissionRefused, s.outcome.State)
	}
	require.Equal(t, models.TranslationSubmitted, o.translation("bg").State)
	require.Zero(t, o.entries("translation.approved"))
}

func TestTranslationDeclinedIsAssignedByTheOfficer(t *testing.T) {
	o := translationOffice(t, nil)
	var declined models.Person
	o.at(time.Hour, func() {
		declined, _ = o.linguists("bg")
		o.tell(models.DecideDeclineTask, declined, &o.about(models.TaskTranslate, "bg").ID, models.DeclinePayload{Reason: "On leave."})
	})
	var same *said
	assign := func(second func(other models.Person) models.Person) *said {
		_, other := o.linguists("bg")
		return o.tell(models.DecideAssignTranslator, o.officer, &o.the(models.TaskAssignTranslator).ID,
			models.AssignTranslatorPayload{Language: "bg", TranslatorID: other.ID, ApproverID: second(other).ID})
	}
	o.at(2*time.Hour, func() { same = assign(func(other models.Person) models.Person { return other }) })
	o.at(150*time.Minute, func() { assign(func(models.Person) models.Person { return declined }) })
	cutOff(t, o.run(3*time.Hour))
	o.refused(apperr.CodeInvalid, same)
	translator, approver := o.linguists("bg")
	require.Equal(t, declined.ID, approver.ID)
	require.NotEqual(t, declined.ID, translator.ID, "it takes a second pair of eyes")
	require.Equal(t, models.TaskOpen, o.taskOf(models.TaskTranslate, translator).State)
	require.Empty(t, o.openTasks(models.TaskAssignTranslator))
}

func TestTranslationApproverDeclinesAndTheTranslatorIsNotAskedAgain(t *testing.T) {
	o := translationOffice(t, nil)
	third := o.addTranslator("bg")
	o.at(time.Hour, func() { o.write("bg", nil); o.hand("bg") })
	o.at(2*time.Hour, func() {
		_, approver := o.linguists("bg")
		o.tell(models.DecideDeclineTask, approver, &o.about(models.TaskApproveTranslation, "bg").ID, models.DeclinePayload{Reason: "On leave."})
	})
	o.at(3*time.Hour, func() {
		translator, _ := o.linguists("bg")
		o.tell(models.DecideAssignTranslator, o.officer, &o.the(models.TaskAssignTranslator).ID,
			models.AssignTranslatorPayload{Language: "bg", TranslatorID: translator.ID, ApproverID: third.ID})
	})
	o.at(4*time.Hour, func() { o.approves("bg") })
	cutOff(t, o.run(5*time.Hour))
	require.Equal(t, models.StageSignOff, o.stage())
	require.Len(t, o.tasksOf(models.TaskTranslate), 1)
	_, approver := o.linguists("bg")
	require.Equal(t, third.ID, approver.ID)
}

// addTranslator adds one, busier than those there are.
func (o *office) addTranslator(language string) models.Person {
	o.t.Helper()
	p := models.Person{Name: "A third", Email: "third@tribuna.example", Language: "en", Languages: []string{language, "en"}, MaxOpen: 3, CreatedAt: begin.AddDate(1, 0, 0)}
	require.NoError(o.t, models.CreatePerson(o.ctx, o.db, &p))
	require.NoError(o.t, models.AddRole(o.ctx, o.db, models.Role{PersonID: p.ID, OrganisationID: o.organisation("khc").ID, Role: models.RoleTranslator}))
	return p
}

func TestTranslationReturnedWithANote(t *testing.T) {
	o := translationOffice(t, nil)
	o.at(time.Hour, func() { o.write("bg", nil); o.hand("bg") })
	o.at(2*time.Hour, func() {
		_, approver := o.linguists("bg")
		o.tell(models.DecideReturnTranslation, approver, &o.about(models.TaskApproveTranslation, "bg").ID,
			models.ReturnTranslationPayload{Note: "Keep the name of the Act."})
	})
	o.at(3*time.Hour, func() {
		require.Equal(t, "Keep the name of the Act.", o.translation("bg").ReturnNote)
		require.Equal(t, models.TranslationOpen, o.translation("bg").State)
		o.hand("bg")
	})
	o.at(4*time.Hour, func() { o.approves("bg") })
	cutOff(t, o.run(5*time.Hour))
	require.Equal(t, models.StageSignOff, o.stage())
	require.Equal(t, 1, o.entries("translation.returned"))
	require.Empty(t, o.translation("bg").ReturnNote)
	require.Len(t, o.tasksOf(models.TaskTranslate), 2)
}

func TestTranslationWithGapsIsRefused(t *testing.T) {
	o := translationOffice(t, nil)
	var missing, leftOut, outdated, noted, gapLater *said
	o.at(time.Hour, func() {
		o.write("bg", func(in *models.TranslationInput) { in.Blocks, in.Title = in.Blocks[:1], nil })
		missing = o.hand("bg")
	})
	o.at(2*time.Hour, func() {
		o.write("bg", func(in *models.TranslationInput) {
			in.Blocks[1] = models.BlockInput{Position: 1, LeftOut: true}
		})
		leftOut = o.hand("bg")
	})
	o.at(3*time.Hour, func() {
		translator, _ := o.linguists("bg")
		seen := o.translation("bg").Revision
		o.write("bg", func(in *models.TranslationInput) {
			in.Blocks[1] = models.BlockInput{Position: 1, LeftOut: true, Note: "Of no meaning in Bulgaria."}
		})
		outdated = o.tell(models.DecideSubmitTranslation, translator, &o.about(models.TaskTranslate, "bg").ID, models.SubmitTranslationPayload{Revision: seen})
	})
	o.at(4*time.Hour, func() { noted = o.hand("bg") })
	o.at(5*time.Hour, func() {
		o.write("bg", func(in *models.TranslationInput) { in.Blocks[1] = models.BlockInput{Position: 1, LeftOut: true} })
		gapLater = o.approves("bg")
	})
	cutOff(t, o.run(6*time.Hour))
	o.refused(apperr.CodeInvalid, missing)
	require.Equal(t, []string{"title", "blocks[1].text"}, paths(missing))
	o.refused(apperr.CodeInvalid, leftOut)
	require.Equal(t, []string{"blocks[1].note"}, paths(leftOut))
	o.refused(apperr.CodeOutdated, outdated)
	o.recorded(noted)
	o.refused(apperr.CodeInvalid, gapLater)
	require.Equal(t, models.StageTranslation, o.stage())
}

func paths(s *said) []string {
	var list []string
	for _, f := range s.outcome.Fields {
		list = append(list, f.Path)
	}
	return list
}

func TestTranslationWithoutTranslatorsIsAssignedByTheOfficer(t *testing.T) {
	o := translationOffice(t, nil)
	o.exec("DELETE FROM roles WHERE role = 'translator' AND person_id = ?", o.person("ognyan.karaivanov@tribuna.example").ID)
	cutOff(t, o.run(time.Hour))
	require.Equal(t, "bg", *o.the(models.TaskAssignTranslator).Language)
	require.Empty(t, o.tasksOf(models.TaskTranslate))
	require.Equal(t, 1, o.mailsTo(models.MailOfficerTask, o.officer.ID))
}

func TestTranslationWithdrawnTellsTheTranslator(t *testing.T) {
	o := translationOffice(t, nil)
	o.withdraws(time.Hour)
	require.NoError(t, o.run(day))
	require.Equal(t, models.StageWithdrawn, o.stage())
	translator, approver := o.linguists("bg")
	require.Equal(t, 1, o.mailsTo(models.MailTaskWithdrawn, translator.ID))
	require.Zero(t, o.mailsTo(models.MailTaskWithdrawn, approver.ID), "was not asked yet")
}

func TestTranslationGoesOnFromTheRowsAfterBeingCutOff(t *testing.T) {
	o := translationOffice(t, nil)
	o.languages("bg", "sq")
	o.translated(time.Hour, "bg")
	cutOff(t, o.run(3*time.Hour))
	require.Equal(t, models.StageTranslation, o.stage())

	o.translated(4*time.Hour, "sq")
	cutOff(t, o.run(day))
	require.Equal(t, models.StageSignOff, o.stage())
	require.Len(t, o.tasksOf(models.TaskTranslate), 2, "nobody is asked twice")
	require.Equal(t, 2, o.mailsOf(models.MailTranslateInvitation))
}
