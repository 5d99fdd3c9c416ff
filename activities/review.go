package activities

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"tribuna/internal/apperr"
	"tribuna/internal/record"
	"tribuna/models"
)

// acceptTask notes that a person will do what they are asked: they are no longer silent. Who declined, or was silent, is asked
// again by it.
func acceptTask(ctx context.Context, x *act) error {
	e := entry{verb: "task.accepted", visibility: record.Confidential, objectKind: "task", object: x.task.ID}
	if x.sub.Kind.Reconsiders(x.task) {
		e.verb = "task.reconsidered"
		if err := x.askAgain(ctx); err != nil {
			return err
		}
	}
	if err := x.stillOpen(); err != nil {
		return err
	}
	x.task.Accept(x.now)
	if err := x.schedule(ctx, x.task); err != nil { // from now on of the deadline
		return err
	}
	if err := x.task.Save(ctx, x.tx); err != nil {
		return err
	}
	return x.note(ctx, e)
}

// askAgain asks somebody again who declined or was silent.
func (x *act) askAgain(ctx context.Context) error {
	zone, err := x.zoneOfTask(ctx, x.task)
	if err != nil {
		return err
	}
	x.task.Reopen(x.procedure.WaitFor(x.task.Kind), zone, x.now)
	return x.needNoReplacement(ctx)
}

// needNoReplacement ends the question whom to ask in the place of the one who has come back. Who was invited meanwhile stays.
func (x *act) needNoReplacement(ctx context.Context) error {
	open, err := models.Tasks(ctx, x.tx, models.TaskFilter{Process: x.process.ID, OpenOnly: true, Kinds: []models.TaskKind{models.TaskChooseReviewer}})
	if err != nil {
		return err
	}
	for i := range open {
		if open[i].SubjectID != nil && *open[i].SubjectID == x.task.ID {
			return x.closeTask(ctx, &open[i], models.TaskCancelled)
		}
	}
	return nil
}

// declineTask ends a task the person will not do; for a review the next in line is brought in.
func declineTask(ctx context.Context, x *act) error {
	if err := x.stillOpen(); err != nil {
		return err
	}
	p, err := payload[models.DeclinePayload](x)
	if err != nil {
		return err
	}
	if err := x.closeTask(ctx, x.task, models.TaskDeclined); err != nil {
		return err
	}
	if err := x.note(ctx, entry{verb: "task.declined", visibility: record.Confidential, objectKind: "task", object: x.task.ID,
		facts: map[string]string{"kind": string(x.task.Kind)}, texts: map[string]string{"reason": p.Reason, "suggestion": p.Suggestion}}); err != nil {
		return err
	}
	switch x.task.Kind {
	case models.TaskReview:
		if err := models.Suggest(ctx, x.tx, x.task, p.Suggestions, p.WrittenIn, x.now); err != nil {
			return err
		}
		return x.replace(ctx)
	case models.TaskTranslate, models.TaskApproveTranslation:
		return x.askOfficer(ctx, models.TaskAssignTranslator, func(t *models.Task) {
			t.Language, t.SubjectID, t.VersionID = x.task.Language, x.task.SubjectID, x.task.VersionID
		})
	}
	return nil
}

// answerReview takes an expert's answer, or the one that replaces it while the round is not closed.
func answerReview(ctx context.Context, x *act) error {
	p, err := payload[models.ReviewPayload](x)
	if err != nil {
		return err
	}
	questions := x.procedure.Review.Asks()
	if err := models.CheckAnswers(questions, p.Answers, x.sub.OnBehalfOf == nil); err != nil {
		return err
	}
	rv := &models.Review{Answer: &p.Answer, Reasons: p.Reasons, WrittenIn: p.WrittenIn, Naming: p.Naming, Answers: p.Said(questions),
		ConfidentialNote: p.ConfidentialNote}
	if rv.Naming == "" {
		rv.Naming = models.NamingNone
	}
	e := entry{verb: "review.answered", visibility: record.Confidential, facts: map[string]string{"answer": p.Answer}, texts: map[string]string{}}
	noteAnswers(&e, rv, questions)
	return x.takeReview(ctx, rv, p.InsteadOf, p.VersionHash, p.Comments, e)
}

// noteAnswers puts answers to questions on record. What is for the officer in charge alone is not: others read the record, too; the
// hash of what was sent covers it.
func noteAnswers(e *entry, rv *models.Review, questions []models.Question) {
	inConfidence := 0
	for _, q := range questions {
		a := rv.AnswerTo(q.ID)
		switch {
		case a == nil:
			continue
		case q.Confidential:
			inConfidence++
			continue
		case a.Value != "":
			e.facts["question_"+q.ID] = a.Value
		}
		if a.Expertise != "" {
			e.facts["expertise_"+q.ID] = a.Expertise
		}
		if a.Body != "" {
			e.texts[fmt.Sprintf("question[%d]", a.Position)] = a.Body
		}
	}
	if rv.ConfidentialNote != "" {
		inConfidence++
	}
	if inConfidence > 0 {
		e.facts["in_confidence"] = fmt.Sprint(inConfidence)
	}
}

// answerConsultation takes a partner's comments, in the name of the organisation they speak for.
func answerConsultation(ctx context.Context, x *act) error {
	p, err := payload[models.ConsultationPayload](x)
	if err != nil {
		return err
	}
	if p.Reasons == "" && len(p.Comments) == 0 {
		return apperr.Invalid("reasons", "required")
	}
	org := x.speaksFor()
	rv := &models.Review{OrganisationID: &org, Reasons: p.Reasons, WrittenIn: p.WrittenIn, Naming: models.NamingNetwork}
	return x.takeReview(ctx, rv, p.InsteadOf, p.VersionHash, p.Comments, entry{verb: "consultation.answered", visibility: record.Network, org: org,
		facts: map[string]string{"unit": x.task.OrganisationID.String()}})
}

func (x *act) takeReview(ctx context.Context, rv *models.Review, instead models.InsteadOf, hash string, comments []models.CommentPayload, e entry) error {
	round, err := x.round(ctx)
	if err != nil {
		return err
	}
	if comments, err = x.sameText(ctx, hash, comments); err != nil {
		return err
	}
	if err := instead.Sees(ctx, x.tx, x.task.ID, x.speaker.ID); err != nil {
		return err
	}
	rv.TaskID, rv.RecommendationID, rv.VersionID, rv.Round = x.task.ID, x.rec.ID, round.VersionID, round.Number
	rv.PersonID, rv.DecisionID, rv.AnsweredAt = x.speaker.ID, x.id, x.now
	if rv.Late, err = x.lateAnswer(ctx); err != nil {
		return err
	}
	if round.Anonymised() && rv.OrganisationID == nil {
		rv.Naming = models.NamingNone // nobody is named in it, whatever was sent
	}
	if err := rv.Put(ctx, x.tx, comments); err != nil {
		return fmt.Errorf("write review: %w", err)
	}
	e.objectKind, e.object = "task", x.task.ID
	e.facts = withFact(e.facts, "round", fmt.Sprint(round.Number))
	e.facts["version"], e.facts["naming"] = round.VersionID.String(), rv.Naming
	for i, c := range comments {
		e.facts[fmt.Sprintf("comment_%d_block", i)] = fmt.Sprint(c.Block)
		if c.Kind != "" {
			e.facts[fmt.Sprintf("comment_%d_kind", i)] = string(c.Kind)
		}
	}
	for field, words := range reviewTexts(rv.Reasons, comments) {
		e.texts = withText(e.texts, field, words)
	}
	if x.task.State == models.TaskDone {
		e.facts["changed"] = "true"
		if !rv.Late && x.task.Late(x.saidAt()) {
			e.facts["changed_after_due"] = "true"
		}
	}
	if x.comesBack() { // who was silent answers at once, or an officer writes down what they sent
		e.facts["reconsidered"] = "true"
		if err := x.askAgain(ctx); err != nil {
			return err
		}
	}
	again := x.task.WaitsAgain()
	if err := x.closeTask(ctx, x.task, models.TaskDone); err != nil {
		return err
	}
	if again { // the officer heard that it was taken back
		if err := x.news(ctx, x.task, models.NewsAnsweredAgain, x.id); err != nil {
			return err
		}
	}
	return x.note(ctx, e)
}

// lateAnswer reports whether an answer counts as late. One that was given in time stays so when it is changed while the round
// runs: nobody loses an answer by mending it. The record says when it was changed, and that this was after the deadline.
func (x *act) lateAnswer(ctx context.Context) (bool, error) {
	if x.late && x.task.State == models.TaskDone {
		before, err := models.ReviewByTask(ctx, x.tx, x.task.ID)
		if err != nil {
			return false, err
		}
		x.late = before.Late
	}
	return x.late, nil
}

func reviewTexts(reasons string, comments []models.CommentPayload) map[string]string {
	texts := map[string]string{"reasons": reasons}
	for i, c := range comments {
		texts[fmt.Sprintf("comment[%d]", i)] = c.Body
		if c.Replacement != "" {
			texts[fmt.Sprintf("replacement[%d]", i)] = c.Replacement
		}
	}
	return texts
}

// sameText makes sure that the answer is about the text the task asks about, and puts its comments on the paragraphs of it.
func (x *act) sameText(ctx context.Context, hash string, comments []models.CommentPayload) ([]models.CommentPayload, error) {
	v, err := models.VersionByID(ctx, x.tx, *x.task.VersionID)
	if err != nil {
		return nil, err
	}
	if v.Hash != hash {
		return nil, apperr.About(apperr.CodeOtherText, "version")
	}
	return models.PlaceComments(v.Body, comments)
}

// speaksFor returns the organisation in whose name the speaker answers a task: theirs among those in the voting unit.
func (x *act) speaksFor() uuid.UUID {
	for _, r := range x.speaks.Roles {
		if slices.Contains(x.object.TaskOrganisations, r.OrganisationID) && r.Role != models.RoleReader && r.Role != models.RoleExpert {
			return r.OrganisationID
		}
	}
	return *x.task.OrganisationID
}
