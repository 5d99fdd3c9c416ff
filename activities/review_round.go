package activities

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"tribuna/internal/apperr"
	"tribuna/internal/record"
	"tribuna/models"
)

// startReview begins a round on the version the officer saw.
func startReview(ctx context.Context, x *act) error {
	p, err := payload[models.StartReviewPayload](x)
	if err != nil {
		return err
	}
	if x.rec.CurrentVersionID == nil || *x.rec.CurrentVersionID != p.VersionID {
		return apperr.About(apperr.CodeOtherText, "version")
	}
	if err := x.knowExperts(ctx, p); err != nil {
		return err
	}
	if err := p.CheckEnough(); err != nil {
		return err
	}
	if fewest := x.procedure.Review.Fewest(); len(p.Invite) < fewest {
		return apperr.Invalid("invite", "fewest", "min", fewest)
	}
	round := x.newRound(p)
	if err := round.Insert(ctx, x.tx); err != nil {
		return fmt.Errorf("begin round: %w", err)
	}
	x.rec.Round = round.Number
	if err := x.enter(ctx, models.StageReview); err != nil {
		return err
	}
	return x.note(ctx, entry{verb: "review.started", visibility: record.Network, objectKind: "version", object: p.VersionID, org: x.rec.OrganisationID,
		facts: map[string]string{"round": fmt.Sprint(round.Number), "enough": fmt.Sprint(round.Enough), "invited": fmt.Sprint(len(p.Invite))}})
}

func (x *act) newRound(p models.StartReviewPayload) *models.ReviewRound {
	enough := p.Enough
	if enough == 0 {
		enough = x.procedure.Review.Enough
	}
	enough = max(enough, x.procedure.Review.Fewest())
	return &models.ReviewRound{RecommendationID: x.rec.ID, Number: x.rec.Round + 1, VersionID: p.VersionID, Invited: p.Invite,
		Reserve: append([]uuid.UUID{}, p.Reserve...), Enough: min(enough, len(p.Invite)), Anonymity: x.procedure.Review.HowAnonymous(),
		DueAt: x.now} // set by those who are asked
}

// knowExperts refuses people who cannot review, and one who stands on both lists.
func (x *act) knowExperts(ctx context.Context, p models.StartReviewPayload) error {
	bad := apperr.New(apperr.CodeInvalid)
	for i, id := range p.Invite {
		if err := x.mayReview(ctx, bad, fmt.Sprintf("invite[%d]", i), id); err != nil {
			return err
		}
	}
	for i, id := range p.Reserve {
		if err := x.mayReview(ctx, bad, fmt.Sprintf("reserve[%d]", i), id); err != nil {
			return err
		}
		if slices.Contains(p.Invite, id) {
			bad.And(fmt.Sprintf("reserve[%d]", i), "twice")
		}
	}
	return bad.OrNil()
}

// mayReview blames somebody who is no expert or, where reviewers must not learn who wrote the text, who sees it in the network.
func (x *act) mayReview(ctx context.Context, bad *apperr.Error, field string, person uuid.UUID) error {
	if ok, err := x.isExpert(ctx, person); err != nil {
		return err
	} else if !ok {
		bad.And(field, "no_expert")
		return nil
	}
	if x.procedure.Review.HowAnonymous() != models.AnonymityDouble {
		return nil
	}
	knows, err := models.KnowsAuthors(ctx, x.tx, x.rec, person)
	if knows {
		bad.And(field, "knows_authors")
	}
	return err
}

func (x *act) isExpert(ctx context.Context, person uuid.UUID) (bool, error) {
	roles, err := models.RolesOf(ctx, x.tx, person)
	for _, r := range roles {
		if r.Role == models.RoleExpert {
			return true, err
		}
	}
	return false, err
}

// OpenReview asks the experts of the round and, if the procedure says so, the partners concerned.
func (a *Activities) OpenReview(ctx context.Context, s Step) (models.Position, error) {
	return a.step(ctx, s, "open_review", func(ctx context.Context, x *act) error {
		round, err := x.round(ctx)
		if err != nil {
			return err
		}
		if round.OpenedAt != nil {
			return errNotNow
		}
		for _, id := range round.Invited {
			if err := x.inviteExpert(ctx, round, id, nil, true); err != nil {
				return err
			}
		}
		if x.procedure.Review.ConsultMembers {
			if err := x.consultPartners(ctx, round); err != nil {
				return err
			}
		}
		round.OpenedAt = &x.now
		if err := round.Save(ctx, x.tx); err != nil {
			return err
		}
		return x.note(ctx, entry{verb: "review.opened", visibility: record.Network, objectKind: "version", object: round.VersionID,
			facts: map[string]string{"round": fmt.Sprint(round.Number), "due": round.DueAt.UTC().Format(time.RFC3339)}})
	})
}

func (x *act) round(ctx context.Context) (*models.ReviewRound, error) {
	if x.rec.Stage != models.StageReview {
		return nil, errNotNow
	}
	return models.RoundByNumber(ctx, x.tx, x.rec.ID, x.rec.Round)
}

// inviteExpert opens a review task, by rule or because the speaker decided so. The round lasts at least as long as its
// last task.
func (x *act) inviteExpert(ctx context.Context, round *models.ReviewRound, expert uuid.UUID, inPlaceOf *uuid.UUID, byRule bool) error {
	person, err := models.PersonByID(ctx, x.tx, expert)
	if err != nil {
		return err
	}
	cal, err := x.calendarOf(ctx, person.CountryCode)
	if err != nil {
		return err
	}
	at := x.now
	if x.nextInLine(inPlaceOf, byRule) {
		at = cal.Awake(x.now)
	}
	t, err := x.askPersonAt(ctx, models.TaskReview, person, at, at, func(t *models.Task, zone *time.Location) {
		respond := cal.WorkingDay(x.procedure.Review.Respond.After(at, zone))
		t.RespondBy, t.SubjectID = &respond, inPlaceOf
		t.VersionID, t.Round = &round.VersionID, round.Number
		t.Shorten(x.procedure.Review, x.rec.NeededBy, at, cal)
	})
	if err != nil {
		return err
	}
	round.DueAt = later(round.DueAt, t.DueAt)
	return x.note(ctx, entry{verb: "review.invited", visibility: record.Confidential, objectKind: "task", object: t.ID,
		byRule: byRule, facts: map[string]string{"round": fmt.Sprint(round.Number), "person": person.Pseudonym.String()}})
}

// nextInLine reports whether an expert is invited by the procedure, in somebody's place: at an hour nobody chose, so that the
// invitation waits for a working morning of theirs, and their time begins with it.
func (x *act) nextInLine(inPlaceOf *uuid.UUID, byRule bool) bool { return byRule && inPlaceOf != nil }

// consultPartners asks those who will be asked to sign off for their comments, each organisation in its own name, so that
// nobody sees the text for the first time when it is final; for a country without a partner that is whom the procedure says.
func (x *act) consultPartners(ctx context.Context, round *models.ReviewRound) error {
	consulted, _, err := models.OrganisationsConsulted(ctx, x.tx, x.rec, x.procedure.SignOff, x.now)
	if err != nil {
		return err
	}
	for _, o := range consulted {
		cal, err := x.calendarOfOrganisation(ctx, o)
		if err != nil {
			return err
		}
		err = x.askOrganisation(ctx, models.TaskConsult, o.ID, []models.Organisation{o}, func(t *models.Task, _ *time.Location) {
			t.Shorten(x.procedure.Review, x.rec.NeededBy, x.now, cal)
			t.VersionID, t.Round, t.Alone = &round.VersionID, round.Number, true
			round.DueAt = later(round.DueAt, t.DueAt)
		})
		if err != nil {
			return err
		}
		if err := x.noteAsked(ctx, "consultation.asked", models.Unit{ID: o.ID}, round.VersionID); err != nil {
			return err
		}
	}
	return nil
}

// CloseRound ends the round when its grace is over and asks the officer to decide. Partners can comment for as long as
// they were told, or until that decision.
func (a *Activities) CloseRound(ctx context.Context, s Step) (models.Position, error) {
	return a.step(ctx, s, "close_round", func(ctx context.Context, x *act) error {
		round, err := x.round(ctx)
		if err != nil {
			return err
		}
		if err := x.due(round.ClosingAt); err != nil {
			return err
		}
		if round.ClosedAt != nil {
			return errNotNow
		}
		if err := x.closeTasks(ctx, models.TaskCancelled, models.ReasonEnough, models.TaskReview, models.TaskChooseReviewer); err != nil {
			return err
		}
		round.ClosedAt = &x.now
		if err := round.Save(ctx, x.tx); err != nil {
			return err
		}
		if err := round.LabelAnswers(ctx, x.tx); err != nil {
			return err
		}
		answers, err := x.sendCopies(ctx, round, time.Time{})
		if err != nil {
			return err
		}
		if err := x.note(ctx, entry{verb: "review.closed", visibility: record.Network, objectKind: "version", object: round.VersionID,
			facts: map[string]string{"round": fmt.Sprint(round.Number), "answers": fmt.Sprint(answers)}}); err != nil {
			return err
		}
		return x.askOfficer(ctx, models.TaskDecideReview, func(t *models.Task) { t.Round, t.VersionID = round.Number, &round.VersionID })
	})
}

// sendCopies sends everybody who answered after an instant one copy of their answer and counts the experts among them.
func (x *act) sendCopies(ctx context.Context, round *models.ReviewRound, after time.Time) (experts int, err error) {
	reviews, err := models.Reviews(ctx, x.tx, x.rec.ID, round.Number)
	if err != nil {
		return 0, err
	}
	for _, rv := range reviews {
		if !rv.AnsweredAt.After(after) {
			continue
		}
		if rv.Answer != nil {
			experts++
		}
		p, err := models.PersonByID(ctx, x.tx, rv.PersonID)
		if err != nil {
			return 0, err
		}
		t, err := models.TaskByID(ctx, x.tx, rv.TaskID)
		if err != nil {
			return 0, err
		}
		if err := x.mailAwake(ctx, models.MailReviewCopy, p, t, "", models.MailData{}); err != nil {
			return 0, err
		}
	}
	return experts, nil
}

// decideReview is the officer's decision at the end of a round.
func decideReview(ctx context.Context, x *act) error {
	p, err := payload[models.DecideReviewPayload](x)
	if err != nil {
		return err
	}
	round, err := x.round(ctx)
	if err != nil {
		return err
	}
	round.Decision, round.DecisionReason, round.DecisionWrittenIn = &p.Decision, p.Reason, p.WrittenIn
	if err := round.Save(ctx, x.tx); err != nil {
		return err
	}
	if err := x.closeTask(ctx, x.task, models.TaskDone); err != nil {
		return err
	}
	if err := x.note(ctx, entry{verb: "review.decided", visibility: record.Network, objectKind: "version", object: round.VersionID, org: x.rec.OrganisationID,
		facts: map[string]string{"round": fmt.Sprint(round.Number), "decision": p.Decision}, texts: map[string]string{"reason": p.Reason}}); err != nil {
		return err
	}
	if p.Decision != models.ReviewWithdraw { // a withdrawal ends all and says so itself
		if round.ClosedAt != nil { // partners who commented since then
			if _, err := x.sendCopies(ctx, round, *round.ClosedAt); err != nil {
				return err
			}
		}
		if err := x.closeTasks(ctx, models.TaskCancelled, models.ReasonOver, models.TaskConsult); err != nil {
			return err
		}
	}
	switch p.Decision {
	case models.ReviewAccept:
		x.rec.AcceptedVersionID = &round.VersionID
		return x.enter(ctx, models.StageTranslation)
	case models.ReviewRevise:
		return x.enter(ctx, models.StageDrafting)
	default:
		return x.withdraw(ctx)
	}
}
