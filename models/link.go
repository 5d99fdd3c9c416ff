package models

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/access"
	"tribuna/internal/apperr"
)

// answerStands says in SQL that the answer given to a task (alias t) may still be replaced by another: the round of
// review is not closed, or the sign-off lasts on that version. A round that a replacement made longer outlasts the grace
// of the tasks it began with.
const answerStands = `(t.state = 'done' AND CASE
	WHEN t.kind IN ('review', 'consult') THEN EXISTS (SELECT 1 FROM review_rounds AS lasting
		JOIN recommendations AS r ON r.id = lasting.recommendation_id AND r.round = lasting.number AND r.stage = 'review'
		WHERE lasting.recommendation_id = t.recommendation_id AND lasting.number = t.round AND lasting.closed_at IS NULL)
	WHEN t.kind = 'sign_off' THEN EXISTS (SELECT 1 FROM recommendations AS r WHERE r.id = t.recommendation_id
		AND r.stage = 'signoff' AND r.accepted_version_id = t.version_id AND r.round = t.round)
	ELSE false END)`

// roundEnded says in SQL when the round in which a task (alias t) of review or consultation was answered closed, or ended by a withdrawal
// before that; NULL while it lasts, and for every other task.
const roundEnded = `(SELECT COALESCE(ended.closed_at, CASE WHEN r.stage = 'withdrawn' AND r.round = ended.number THEN r.stage_since END)
	FROM review_rounds AS ended JOIN recommendations AS r ON r.id = ended.recommendation_id
	WHERE ended.recommendation_id = t.recommendation_id AND ended.number = t.round AND t.state = 'done' AND t.kind IN ('review', 'consult'))`

// roundLateFor says in SQL for how long late answers to a task (alias t) of a round are taken by its procedure; "" for not at all.
const roundLateFor = `COALESCE((SELECT pr.document -> 'review' ->> 'late_for' FROM procedures AS pr
	JOIN recommendations AS r ON r.procedure_id = pr.id WHERE r.id = t.recommendation_id), '')`

// readableUntil is until when an answer that cannot be changed any more can still be read by the link it was given by: until the grace of
// its task is over, and where its round ended for as long after that as late answers are taken, a day at least. Others may have been
// given more time, so that the round outlasted the grace by far.
func readableUntil(grace time.Time, ended *time.Time, lateFor Span) time.Time {
	if ended == nil {
		return grace
	}
	for _, until := range []time.Time{ended.AddDate(0, 0, 1), lateFor.After(*ended, time.UTC)} {
		if until.After(grace) {
			grace = until
		}
	}
	return grace
}

// OpenByLink returns the task that a genuine personal link opens and the person it was made for. A link opens its task
// while it is open, afterwards until the task's grace ends, or a grace after the end of its round, and longer where the answer can still
// be changed, so that it can be read and changed, where its person left words in it that they did not send, so that they can copy them as long as these are
// kept, or where they were told what became of their comments, so that they can read that. A link that was revoked, has ended or is
// of somebody who left gives CodeLinkExpired, without saying which.
func OpenByLink(ctx context.Context, db bun.IDB, task, person uuid.UUID, generation int, now time.Time) (*Task, Person, error) {
	t, p, err := taskAndPerson(ctx, db, task, person)
	if apperr.CodeOf(err) == apperr.CodeNotFound {
		return nil, Person{}, apperr.About(apperr.CodeLinkExpired, "link")
	}
	if err != nil {
		return nil, Person{}, err
	}
	if t.Generation != generation || p.LeftAt != nil {
		return nil, Person{}, apperr.About(apperr.CodeLinkExpired, "link")
	}
	lives, err := linkLives(ctx, db, t, person, now)
	if err != nil {
		return nil, Person{}, err
	}
	if !lives {
		return nil, Person{}, apperr.About(apperr.CodeLinkExpired, "link")
	}
	return t, p, nil
}

// linkLives reports whether there is still something to answer, to read again or to change.
func linkLives(ctx context.Context, db bun.IDB, t *Task, person uuid.UUID, now time.Time) (bool, error) {
	if t.State == TaskOpen || !now.After(t.GraceUntil) {
		return true, nil
	}
	var answer struct {
		Stands  bool
		Ended   *time.Time
		LateFor Span
	}
	err := db.NewSelect().Model((*Task)(nil)).ColumnExpr(answerStands+" AS stands, "+roundEnded+" AS ended, "+roundLateFor+" AS late_for").
		Where("t.id = ?", t.ID).Scan(ctx, &answer)
	if err != nil {
		return false, fmt.Errorf("read whether an answer can be changed or read: %w", err)
	}
	if answer.Stands || !now.After(readableUntil(t.GraceUntil, answer.Ended, answer.LateFor)) {
		return true, nil
	}
	if !now.After(t.GraceUntil.Add(UnsentFor)) {
		if kept, err := KeptWordsOf(ctx, db, person, KeptAnswer(t.ID)); err != nil || kept != nil && kept.Says() {
			return err == nil, err
		}
	}
	until, err := OutcomeUntil(ctx, db, t.ID, person)
	return until != nil && !now.After(*until), err
}

func taskAndPerson(ctx context.Context, db bun.IDB, task, person uuid.UUID) (*Task, Person, error) {
	t, err := TaskByID(ctx, db, task)
	if err != nil {
		return nil, Person{}, err
	}
	p, err := PersonByID(ctx, db, person)
	return t, p, err
}

// Limits of asking for a new link: a second click within the window sends no second mail, and from one network address nobody tries
// one mailbox after the other.
const (
	renewalsWindow = 15 * time.Minute
	renewalsByHost = 60
	guessesByHost  = 100 // addresses that are no links, or none any more, within the same window

	renewWindow = 10 * time.Minute
	renewsADay  = 5
)

// MayRenew counts somebody who asks for a new link from a network address, and reports whether they are heard. Callers answer alike
// in both cases.
func MayRenew(ctx context.Context, db bun.IDB, host string, now time.Time) (bool, error) {
	return Allow(ctx, db, "renew-link:host:"+host, renewalsByHost, renewalsWindow, now)
}

// MayTryLinks counts an address from a network address that is no link, or none any more, and reports whether it is answered. A link cannot be
// guessed (128 bits of HMAC); this spares the server those who try.
func MayTryLinks(ctx context.Context, db bun.IDB, host string, now time.Time) (bool, error) {
	return Allow(ctx, db, "no-link:host:"+host, guessesByHost, renewalsWindow, now)
}

// CheckLinkAddress refuses what is no address, before anybody is looked for by it: that says nothing of who is known here.
func CheckLinkAddress(address string) error {
	switch address = Address(address); {
	case address == "":
		return apperr.Invalid("email", "required")
	case !validAddress(address):
		return apperr.Invalid("email", "email")
	}
	return nil
}

// RenewLinkAt is RenewLink for whoever has an address; for nobody's nothing happens.
func RenewLinkAt(ctx context.Context, db bun.IDB, task uuid.UUID, address string, now time.Time) error {
	p, err := PersonByEmail(ctx, db, address)
	if apperr.CodeOf(err) == apperr.CodeNotFound {
		return nil
	}
	if err != nil {
		return err
	}
	return RenewLink(ctx, db, task, p.ID, now)
}

// TakesAnswer reports whether the page that the link of a question opens takes an answer, now or once a hold ends: the first one, another
// one in the place of the one that was given, or that of an expert who declined or was silent and will review after all.
func (t MailTask) TakesAnswer(ctx context.Context, db bun.IDB, now time.Time) (bool, error) {
	switch {
	case t.State == TaskOpen:
		return true, nil
	case t.State == TaskDone || t.Kind != TaskReview:
		return t.AnswerStands, nil
	}
	task, err := TaskByID(ctx, db, t.ID)
	if err != nil {
		return false, err
	}
	r, err := RecommendationByID(ctx, db, t.RecommendationID)
	if err != nil {
		return false, err
	}
	round, err := RoundByNumber(ctx, db, r.ID, t.Round)
	if apperr.CodeOf(err) == apperr.CodeNotFound {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	refused := task.RefusesTo(DecideAcceptTask, r, round, now)
	return refused == nil || apperr.CodeOf(refused) == apperr.CodeHeld, nil
}

// mostRenewed is how many questions somebody is sent links for who holds one of which it cannot be read what it was for.
const mostRenewed = 5

// RenewLinksAt is RenewLinkAt for whoever holds a link that is damaged: of it it may still be read which task it was for (hint). Where that
// is no task of theirs, links go out for the questions that wait for them or for whom they speak, those asked last first.
func RenewLinksAt(ctx context.Context, db bun.IDB, hint uuid.UUID, address string, now time.Time) error {
	p, err := PersonByEmail(ctx, db, address)
	if apperr.CodeOf(err) == apperr.CodeNotFound {
		return nil
	}
	if err != nil {
		return err
	}
	if sent, err := renewLink(ctx, db, hint, p.ID, now); err != nil || sent {
		return err
	}
	if ok, err := Allow(ctx, db, "new-links:"+p.ID.String(), renewsADay, 24*time.Hour, now); err != nil || !ok {
		return err
	}
	v, err := ViewerOf(ctx, db, p.ID)
	if err != nil {
		return err
	}
	var theirs []uuid.UUID
	if err := v.waiting(db.NewSelect().TableExpr("tasks AS t")).Column("t.id").Order("t.opened_at DESC", "t.id").Limit(mostRenewed).Scan(ctx, &theirs); err != nil {
		return fmt.Errorf("read what somebody is asked: %w", err)
	}
	for _, task := range theirs {
		if err := RenewLink(ctx, db, task, p.ID, now); err != nil {
			return err
		}
	}
	return nil
}

// RenewLink sends a new personal link for a task to a person's address on file, if the task still is that person's to
// answer; otherwise nothing happens. Callers answer alike in both cases. Whether the mail is still owed when its turn
// comes is asked again when it is written.
func RenewLink(ctx context.Context, db bun.IDB, task, person uuid.UUID, now time.Time) error {
	_, err := renewLink(ctx, db, task, person, now)
	return err
}

// renewLink is RenewLink that says whether a mail is on its way.
func renewLink(ctx context.Context, db bun.IDB, task, person uuid.UUID, now time.Time) (bool, error) {
	t, p, err := taskAndPerson(ctx, db, task, person)
	if apperr.CodeOf(err) == apperr.CodeNotFound || (err == nil && p.LeftAt != nil) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	r, err := RecommendationByID(ctx, db, t.RecommendationID)
	if err != nil {
		return false, err
	}
	actor, err := AccessActor(ctx, db, person, &task)
	if err != nil {
		return false, err
	}
	object, err := AccessObject(ctx, db, r, t)
	if err != nil {
		return false, err
	}
	if access.Can(actor, access.ReadTask, object) != nil {
		return false, nil
	}
	if ok, err := Allow(ctx, db, fmt.Sprintf("new-link:%s:%s", task, person), renewsADay, 24*time.Hour, now); err != nil || !ok {
		return false, err
	}
	return true, Enqueue(ctx, db, &OutboxMail{Kind: MailNewLink, PersonID: person, TaskID: &task, RecommendationID: &r.ID, CreatedAt: now,
		DedupeKey: fmt.Sprintf("new_link:%s:%s:%d", task, person, now.UTC().Truncate(renewWindow).Unix())})
}
