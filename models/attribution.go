package models

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/access"
)

// How much a round of review hides, in the words of ANSI/NISO Z39.106-2023: docs/decisions/0012-anonymised-rounds.md.
const (
	AnonymityOpen   = "open"   // each reviewer says how they may be named
	AnonymitySingle = "single" // the authors' side does not learn who said what
	AnonymityDouble = "double" // and the reviewers do not learn who wrote the text
)

// Anonymities lists them, those that hide least first.
func Anonymities() []string { return []string{AnonymityOpen, AnonymitySingle, AnonymityDouble} }

// FewestAnonymous is how many experts must have answered for nobody to be told by being the only one.
const FewestAnonymous = 2

// Anonymised reports whether the authors' side must not learn who said what in the round.
func (r *ReviewRound) Anonymised() bool {
	return r.Anonymity == AnonymitySingle || r.Anonymity == AnonymityDouble
}

// HoldsKey reports whether a viewer may know who said what in an anonymised round: a coordinator of the network, unless they
// stand on the authors' side themselves. It is the rule of access.ReadAnswer for such a question, and a test holds one against the other.
func (v Viewer) HoldsKey(r *Recommendation) bool {
	return v.LinkTask == uuid.Nil && v.Has(RoleCoordinator) && v.PersonID != r.OfficerID &&
		!slices.Contains(v.organisationsAs(RoleOfficer), r.OrganisationID)
}

// KeepsKey reports whether somebody may have read who said what in an anonymised round, not decided yet, on a text of an organisation: a
// coordinator who is not its officer. They become one only afterwards: having the role closes the names to them (HoldsKey), but does
// not make them forget. Who was its officer before the round began never held the key.
func KeepsKey(ctx context.Context, db bun.IDB, person, organisation uuid.UUID) (bool, error) {
	var keeps bool
	err := db.NewRaw(`SELECT EXISTS (SELECT 1 FROM roles WHERE person_id = ?0 AND role = 'coordinator')
		AND NOT EXISTS (SELECT 1 FROM roles WHERE person_id = ?0 AND role = 'officer' AND organisation_id = ?1)
		AND EXISTS (SELECT 1 FROM review_rounds AS rr JOIN recommendations AS r ON r.id = rr.recommendation_id
			WHERE r.organisation_id = ?1 AND r.officer_id <> ?0 AND r.stage <> 'withdrawn' AND rr.anonymity <> 'open' AND rr.decision IS NULL)`, person, organisation).Scan(ctx, &keeps)
	if err != nil {
		return false, fmt.Errorf("read whether somebody holds the key of a round: %w", err)
	}
	return keeps, nil
}

// blind is true of a question (alias t) whose reviewer must not learn who wrote the text: it opens nothing but itself.
const blind = `(t.kind = 'review' AND EXISTS (SELECT 1 FROM review_rounds AS hiding WHERE hiding.recommendation_id = t.recommendation_id
	AND hiding.number = t.round AND hiding.anonymity = 'double'))`

// involves is true of a question (alias t) that opens the text to who is asked, beyond the question's own page: not a blind one, and of
// an expert, who comes from outside, not one that was taken back or declined.
const involves = "((t.kind <> 'review' OR t.state NOT IN ('cancelled', 'declined')) AND NOT " + blind + ")"

// blindTo is true of such a question that waits for the person given as argument: nobody else reads about it without the authors.
const blindTo = "(t.person_id = ? AND " + blind + ")"

// maskedTask is true of a question (alias t) by which an expert is asked in an anonymised round.
const maskedTask = `(t.kind = 'review' AND EXISTS (SELECT 1 FROM review_rounds AS hiding WHERE hiding.recommendation_id = t.recommendation_id
	AND hiding.number = t.round AND hiding.anonymity <> 'open'))`

// masked reports whether an expert is asked by the task in an anonymised round.
func (t *Task) masked(ctx context.Context, db bun.IDB) (bool, error) {
	if t.Kind != TaskReview {
		return false, nil
	}
	hides, err := db.NewSelect().Model((*ReviewRound)(nil)).
		Where("rr.recommendation_id = ? AND rr.number = ? AND rr.anonymity <> ?", t.RecommendationID, t.Round, AnonymityOpen).Exists(ctx)
	if err != nil {
		return false, fmt.Errorf("read how much a round hides: %w", err)
	}
	return hides, nil
}

// Blind reports whether who reviews must not learn who wrote the text.
func (t *Task) Blind(round *ReviewRound) bool {
	return t.Kind == TaskReview && round != nil && round.Anonymity == AnonymityDouble
}

// Unaware leaves of experts those who do not learn in the network who wrote a text.
func Unaware(ctx context.Context, db bun.IDB, r *Recommendation, experts []Expert) ([]Expert, error) {
	var unaware []Expert
	for _, e := range experts {
		knows, err := KnowsAuthors(ctx, db, r, e.ID)
		if err != nil {
			return nil, err
		}
		if !knows {
			unaware = append(unaware, e)
		}
	}
	return unaware, nil
}

// TellsAuthors lists the names in a version by which a reviewer would learn who wrote it: those of the owner and of who is in charge.
func TellsAuthors(ctx context.Context, db bun.IDB, r *Recommendation, v *Version) ([]string, error) {
	officer, err := PersonByID(ctx, db, r.OfficerID)
	if err != nil {
		return nil, err
	}
	owner, err := OrganisationByID(ctx, db, r.OrganisationID)
	if err != nil {
		return nil, err
	}
	text := v.Title + "\n" + v.Body + "\n" + v.Note
	for _, m := range v.Measures {
		text += "\n" + m.Text
	}
	text = Folded(text)
	return slices.DeleteFunc([]string{officer.Name, owner.Name}, func(name string) bool { return !strings.Contains(text, Folded(name)) }), nil
}

// KnowsAuthors reports whether somebody learns in the network who wrote a text that is in review: it is their own, or they read it
// by another right than having been asked to review it.
func KnowsAuthors(ctx context.Context, db bun.IDB, r *Recommendation, person uuid.UUID) (bool, error) {
	actor, err := AccessActor(ctx, db, person, nil)
	if err != nil {
		return false, err
	}
	object, err := AccessObject(ctx, db, r, nil)
	if err != nil {
		return false, err
	}
	object.Stage, object.WithdrawnFrom = string(StageReview), ""
	if access.Can(actor, access.ReadWorkingText, object) == nil {
		return true, nil
	}
	own, err := db.NewSelect().Model((*Person)(nil)).Where("person.id = ?", person).Where(ownText, r.ID).Exists(ctx)
	if err != nil {
		return false, fmt.Errorf("read whose text it is: %w", err)
	}
	return own, nil
}

// Attribution is what a reader may know of who answered in rounds of review. Its zero value may know nothing.
type Attribution struct {
	person uuid.UUID // knows their own answers
	key    bool      // knows everybody's
}

// Attribution returns what a viewer may know of who answered in the rounds of a recommendation.
func (v Viewer) Attribution(r *Recommendation) Attribution {
	return Attribution{person: v.PersonID, key: v.HoldsKey(r)}
}

// Unmasked knows who said what: for what the process itself does with answers, never for what is shown to somebody.
func Unmasked() Attribution { return Attribution{key: true} }

// HidesAuthors reports whether somebody must not learn who wrote a text, because they reviewed it in a double-anonymised round.
func HidesAuthors(ctx context.Context, db bun.IDB, recommendation, person uuid.UUID) (bool, error) {
	hides, err := db.NewSelect().TableExpr("tasks AS t").Where("t.recommendation_id = ?", recommendation).Where(blindTo, person).Exists(ctx)
	if err != nil {
		return false, fmt.Errorf("read whether authors are hidden: %w", err)
	}
	return hides, nil
}

// Label is the number under which an answer stands in an anonymised round that is closed; 0: none.
type Label int

// Letter is the label as people say it: A to Z, then AA.
func (l Label) Letter() string {
	letters := ""
	for n := int(l); n > 0; n = (n - 1) / 26 {
		letters = string(rune('A'+(n-1)%26)) + letters
	}
	return letters
}

// released is true of an answer (alias rv) in a round (rr) that all who read the round's answers may read: in an anonymised round
// the experts' are held back until it is closed and they stand under labels.
const released = "(rr.anonymity = 'open' OR rv.organisation_id IS NOT NULL OR rv.label IS NOT NULL)"

// ReviewsAs lists what was answered in a round (0: in all) as a reader may know it, with comments. In an anonymised round they
// are read together once it is closed, each under its label and none at its own time; who holds the key, and who answered, read
// them at once and with the name. What nobody may join to a person has neither person, question nor time of its own: Masked.
func ReviewsAs(ctx context.Context, db bun.IDB, a Attribution, recommendation uuid.UUID, round int) ([]Review, error) {
	var all []Review
	q := db.NewSelect().Model(&all).ColumnExpr("rv.*").ColumnExpr("rr.anonymity, rr.closed_at").
		ColumnExpr(setApart+" AS set_apart").
		Join("JOIN review_rounds AS rr ON rr.recommendation_id = rv.recommendation_id AND rr.number = rv.round").
		Where("rv.recommendation_id = ?", recommendation).Where("("+released+" OR rv.person_id = ? OR ?)", a.person, a.key)
	if round > 0 {
		q = q.Where("rv.round = ?", round)
	}
	err := q.OrderExpr("CASE WHEN rv.label IS NULL THEN rv.answered_at ELSE rr.closed_at END, rv.label, rv.task_id").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the answers of a round: %w", err)
	}
	if err := readWords(ctx, db, all); err != nil {
		return nil, err
	}
	for i := range all {
		if a.hides(all[i].Anonymity, all[i].PersonID, all[i].OrganisationID) {
			all[i].mask()
		}
	}
	return all, nil
}

// Answered reports whether there is an answer in a round that the reader may read.
func (a Attribution) Answered(ctx context.Context, db bun.IDB, recommendation uuid.UUID, round int) (bool, error) {
	there, err := db.NewSelect().Model((*Review)(nil)).
		Join("JOIN review_rounds AS rr ON rr.recommendation_id = rv.recommendation_id AND rr.number = rv.round").
		Where("rv.recommendation_id = ? AND rv.round = ?", recommendation, round).Where("("+released+" OR rv.person_id = ? OR ?)", a.person, a.key).Exists(ctx)
	if err != nil {
		return false, fmt.Errorf("look for answers of a round: %w", err)
	}
	return there, nil
}

// hides reports whether the reader must not know that it was this person who answered. Organisations speak in their own name in
// every round.
func (a Attribution) hides(anonymity string, person uuid.UUID, organisation *uuid.UUID) bool {
	return anonymity != AnonymityOpen && organisation == nil && !a.key && (a.person == uuid.Nil || a.person != person)
}

// mask takes out of an answer what leads to whoever gave it. Its id stands in the place of the question's.
func (rv *Review) mask() {
	at := time.Time{}
	if rv.ClosedAt != nil {
		at = *rv.ClosedAt
	}
	rv.Masked, rv.PersonID, rv.TaskID, rv.DecisionID, rv.Naming, rv.Late, rv.AnsweredAt = true, uuid.Nil, rv.ID, "", NamingNone, false, at
	for i := range rv.Comments {
		rv.Comments[i].TaskID, rv.Comments[i].CreatedAt = rv.ID, at
	}
	for i := range rv.Answers {
		rv.Answers[i].TaskID = rv.ID
	}
}

// mask does the same to a remark.
func (r *Remark) mask() {
	r.PersonID, r.TaskID, r.Naming, r.At = uuid.Nil, r.ReviewID, NamingNone, r.ClosedAt
}

// LabelAnswers gives the experts' answers of an anonymised round that closes their labels, by lot, so that neither the order in
// which people were invited nor that in which they answered tells whose is whose. Where fewer than FewestAnonymous answered
// there are none: the answer stays with those who hold the key.
func (r *ReviewRound) LabelAnswers(ctx context.Context, tx bun.IDB) error {
	if !r.Anonymised() {
		return nil
	}
	_, err := tx.NewRaw(`UPDATE reviews AS rv SET label = drawn.label FROM (
			SELECT task_id, row_number() OVER (ORDER BY gen_random_uuid()) AS label, count(*) OVER () AS answers
			FROM reviews WHERE recommendation_id = ? AND round = ? AND organisation_id IS NULL
		) AS drawn WHERE drawn.task_id = rv.task_id AND drawn.answers >= ?`, r.RecommendationID, r.Number, FewestAnonymous).Exec(ctx)
	if err != nil {
		return fmt.Errorf("label the answers of a round: %w", err)
	}
	return nil
}

// ExpertsAnswered counts the experts who answered in the round: a figure that everybody who sees the round may know.
func (r *ReviewRound) ExpertsAnswered(ctx context.Context, db bun.IDB) (int, error) {
	n, err := db.NewSelect().Model((*Review)(nil)).Where("rv.recommendation_id = ? AND rv.round = ? AND rv.organisation_id IS NULL",
		r.RecommendationID, r.Number).Count(ctx)
	return int(n), err
}
