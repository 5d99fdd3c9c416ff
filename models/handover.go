package models

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
)

// HandOverPayload passes on what one person holds in a process to another.
type HandOverPayload struct {
	HandOver uuid.UUID `json:"hand_over_id" validate:"required"`
	From     uuid.UUID `json:"from_id" validate:"required"`
	To       uuid.UUID `json:"to_id" validate:"required,nefield=From"`
}

// HandOver is work that passes from one person to another, in every process that they can take on. How far it is the
// submissions under its decision id say.
type HandOver struct {
	bun.BaseModel `bun:"table:hand_overs,alias:ho"`

	ID        uuid.UUID `bun:",pk"`
	FromID    uuid.UUID
	ToID      uuid.UUID
	PersonID  uuid.UUID // the coordinator who arranged it
	CreatedAt time.Time
}

// DecisionID is the id under which every process decides on it, once.
func (h HandOver) DecisionID() string { return "hand-over-" + h.ID.String() }

// Held is what somebody holds in one process.
type Held struct {
	ProcessID        uuid.UUID
	Kind             ProcessKind
	RecommendationID uuid.UUID
	OrganisationID   uuid.UUID // that owns the recommendation
	Title            string
	Language         string // of the title
	InCharge         bool   // is the officer in charge
	Anonymised       bool   // a round of review that hides who said what from the authors' side is not decided yet

	Tasks        []Task        `bun:"-"` // open, and theirs alone
	Translations []Translation `bun:"-"` // not approved yet, which they write or will approve
}

// HeldBy lists what somebody holds in the processes that are not over (process Nil: in all), those of one recommendation
// together: what of their desk waits for them and nobody else (also where the text is hidden meanwhile), and what they are in
// charge of. The officer in charge of a published recommendation holds it in whichever of its processes goes on.
func HeldBy(ctx context.Context, db bun.IDB, person, process uuid.UUID) ([]Held, error) {
	var all []Held
	q := db.NewSelect().TableExpr("processes AS p").Join("JOIN recommendations AS r ON r.id = p.recommendation_id").
		ColumnExpr("p.id AS process_id, p.kind, p.recommendation_id, r.organisation_id, r.title, r.language").
		ColumnExpr("r.officer_id = ? AS in_charge", person).
		ColumnExpr(`EXISTS (SELECT 1 FROM review_rounds AS rr WHERE rr.recommendation_id = r.id AND rr.anonymity <> 'open'
			AND rr.decision IS NULL) AS anonymised`).
		Where("p.closed_at IS NULL").
		Where(`(EXISTS (SELECT 1 FROM tasks AS t WHERE t.process_id = p.id AND t.state = 'open' AND t.person_id = ?0)
			OR (p.kind = 'recommendation' AND EXISTS (SELECT 1 FROM translations AS tr WHERE tr.recommendation_id = r.id
				AND tr.state <> 'approved' AND (tr.translator_id = ?0 OR tr.approver_id = ?0)))
			OR (r.officer_id = ?0 AND p.id = (SELECT first.id FROM processes AS first WHERE first.recommendation_id = r.id
				AND first.closed_at IS NULL ORDER BY first.kind = 'recommendation' DESC, first.created_at, first.id LIMIT 1)))`, person).
		Order("r.title", "r.id", "p.created_at", "p.id")
	if process != uuid.Nil {
		q = q.Where("p.id = ?", process)
	}
	if err := q.Scan(ctx, &all); err != nil {
		return nil, fmt.Errorf("read what somebody holds: %w", err)
	}
	return all, fillHeld(ctx, db, person, all)
}

func fillHeld(ctx context.Context, db bun.IDB, person uuid.UUID, all []Held) error {
	var tasks []Task
	if err := db.NewSelect().Model(&tasks).Where("t.state = ?", TaskOpen).Where(waitsForPerson, person).Order("t.opened_at", "t.id").Scan(ctx); err != nil {
		return fmt.Errorf("read what waits for somebody: %w", err)
	}
	var translations []Translation
	err := db.NewSelect().Model(&translations).Where("tr.state <> 'approved' AND (tr.translator_id = ?0 OR tr.approver_id = ?0)", person).
		Order("tr.language", "tr.id").Scan(ctx)
	if err != nil {
		return fmt.Errorf("read what somebody translates: %w", err)
	}
	for i := range all {
		h := &all[i]
		for _, t := range tasks {
			if t.ProcessID == h.ProcessID {
				h.Tasks = append(h.Tasks, t)
			}
		}
		for _, tr := range translations {
			if h.Kind == ProcessRecommendation && tr.RecommendationID == h.RecommendationID {
				h.Translations = append(h.Translations, tr)
			}
		}
	}
	return nil
}

// Why somebody cannot take over what is held.
const (
	UnfitLeft        = "left"
	UnfitOfficer     = "officer"     // neither an officer of the organisation nor a coordinator
	UnfitCoordinator = "coordinator" // no coordinator
	UnfitExpert      = "expert"      // no expert
	UnfitAsked       = "asked"       // was asked in the same round already
	UnfitTranslator  = "translator"  // no translator of the language
	UnfitSecondPair  = "second_pair" // would approve their own translation
	UnfitKey         = "key"         // knows who said what in an anonymised round, which who is in charge must not
)

// Successor is who takes over, with what decides whether they can.
type Successor struct {
	Person
	roles  []Role
	rounds map[askedRound]bool // in which they were asked to review
}

type askedRound struct {
	recommendation uuid.UUID
	number         int
}

// SuccessorOf reads who takes over.
func SuccessorOf(ctx context.Context, db bun.IDB, person uuid.UUID) (Successor, error) {
	p, err := PersonByID(ctx, db, person)
	if err != nil {
		return Successor{}, err
	}
	s := Successor{Person: p, rounds: map[askedRound]bool{}}
	if s.roles, err = RolesOf(ctx, db, person); err != nil {
		return s, err
	}
	var asked []Task
	err = db.NewSelect().Model(&asked).Column("recommendation_id", "round").Where("t.person_id = ? AND t.kind = ?", person, TaskReview).Scan(ctx)
	for _, t := range asked {
		s.rounds[askedRound{t.RecommendationID, t.Round}] = true
	}
	return s, err
}

func (s Successor) has(role string, organisation uuid.UUID) bool {
	return slices.ContainsFunc(s.roles, func(r Role) bool {
		return r.Role == role && (organisation == uuid.Nil || r.OrganisationID == organisation)
	})
}

// Unfit says why somebody cannot take over what is held in a process; "" where they can take all of it.
func (s Successor) Unfit(h Held) string {
	if s.LeftAt != nil {
		return UnfitLeft
	}
	officer := s.has(RoleCoordinator, uuid.Nil) || s.has(RoleOfficer, h.OrganisationID)
	if h.InCharge && !officer {
		return UnfitOfficer
	}
	if h.InCharge && h.Anonymised && s.has(RoleCoordinator, uuid.Nil) {
		return UnfitKey
	}
	for _, t := range h.Tasks {
		switch t.Kind {
		case TaskReview:
			if !s.has(RoleExpert, uuid.Nil) {
				return UnfitExpert
			}
			if s.rounds[askedRound{t.RecommendationID, t.Round}] {
				return UnfitAsked
			}
		case TaskTranslate, TaskApproveTranslation: // the translation says
		case TaskEscalation:
			if !s.has(RoleCoordinator, uuid.Nil) {
				return UnfitCoordinator
			}
		default:
			if !officer {
				return UnfitOfficer
			}
		}
	}
	return s.unfitFor(h.Translations)
}

func (s Successor) unfitFor(translations []Translation) string {
	for _, tr := range translations {
		if !s.has(RoleTranslator, uuid.Nil) || !slices.Contains(s.Languages, tr.Language) {
			return UnfitTranslator
		}
		if (tr.TranslatorID != nil && *tr.TranslatorID == s.ID) || (tr.ApproverID != nil && *tr.ApproverID == s.ID) {
			return UnfitSecondPair
		}
	}
	return ""
}

// Successors lists who could take over, besides the person who holds it: everybody with a role that a part of it needs.
func Successors(ctx context.Context, db bun.IDB, person uuid.UUID, held []Held) ([]Successor, error) {
	roles := []string{RoleCoordinator}
	for _, h := range held {
		for _, t := range h.Tasks {
			if t.Kind == TaskReview {
				roles = append(roles, RoleExpert)
			}
		}
		if h.InCharge || len(h.Tasks) > 0 {
			roles = append(roles, RoleOfficer)
		}
		if len(h.Translations) > 0 {
			roles = append(roles, RoleTranslator)
		}
	}
	var people []Person
	err := db.NewSelect().Model(&people).Where(hasRole, bun.List(roles)).Where("person.id <> ?", person).OrderExpr(peopleInOrder).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read who could take over: %w", err)
	}
	list := make([]Successor, 0, len(people))
	for _, p := range people {
		s, err := SuccessorOf(ctx, db, p.ID)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(held, func(h Held) bool { return s.Unfit(h) == "" }) {
			list = append(list, s)
		}
	}
	return list, nil
}

// BeginHandOver stores what every process is to decide, all of it or nothing, and returns it for the processes to be told.
// Begun again it is the same. What the successor cannot take on stays where it is.
func BeginHandOver(ctx context.Context, tx bun.IDB, h *HandOver, by Person, now time.Time) ([]Submission, error) {
	h.PersonID, h.CreatedAt = by.ID, now
	if h.FromID == h.ToID {
		return nil, apperr.Invalid("to_id", "unfit")
	}
	to, err := SuccessorOf(ctx, tx, h.ToID)
	if err != nil {
		return nil, asField(err, "to_id")
	}
	from, err := PersonByID(ctx, tx, h.FromID)
	if err != nil {
		return nil, err
	}
	res, err := tx.NewInsert().Model(h).On("CONFLICT (id) DO NOTHING").Exec(ctx)
	if err != nil {
		return nil, fmt.Errorf("begin a handing over: %w", err)
	}
	if n, _ := res.RowsAffected(); n == 0 {
		return HandOverSubmissions(ctx, tx, h.ID)
	}
	held, err := HeldBy(ctx, tx, h.FromID, uuid.Nil)
	if err != nil {
		return nil, err
	}
	keyed := false
	for _, part := range held {
		if why := to.Unfit(part); why != "" {
			keyed = keyed || why == UnfitKey
			continue
		}
		s, err := NewSubmission(part.ProcessID, h.DecisionID(), DecideHandOver, by.ID, HandOverPayload{h.ID, h.FromID, h.ToID})
		if err != nil {
			return nil, err
		}
		if _, err := Receive(ctx, tx, s, now); err != nil {
			return nil, err
		}
	}
	subs, err := HandOverSubmissions(ctx, tx, h.ID)
	if err != nil {
		return nil, err
	}
	if len(subs) == 0 {
		return nil, apperr.Invalid("to_id", unfitCode(keyed))
	}
	return subs, Journal(ctx, tx, by, now, JournalEntry{Verb: "person.handed_over", ObjectKind: "person", Object: from.Pseudonym,
		Facts: map[string]string{"person": to.Pseudonym.String(), "count": fmt.Sprint(len(subs))}})
}

// UnfitError blames the choice of who takes over, by why they cannot.
func UnfitError(why string) error { return apperr.Invalid("to_id", unfitCode(why == UnfitKey)) }

func unfitCode(keyed bool) string {
	if keyed {
		return "holds_key"
	}
	return "unfit"
}

// TookChargeKnowing reports whether the officer in charge coordinates the network and was handed the text by somebody else:
// they may have read who said what in its anonymised rounds before.
func TookChargeKnowing(ctx context.Context, db bun.IDB, r *Recommendation) (bool, error) {
	knows, err := db.NewSelect().TableExpr("hand_overs AS ho").
		Join("JOIN submissions AS s ON s.decision_id = 'hand-over-' || ho.id AND s.kind = ? AND s.state = ?", DecideHandOver, SubmissionRecorded).
		Join("JOIN processes AS p ON p.id = s.process_id AND p.recommendation_id = ?", r.ID).
		Join("JOIN roles AS ro ON ro.person_id = ho.to_id AND ro.role = ?", RoleCoordinator).
		Where("ho.to_id = ?", r.OfficerID).Exists(ctx)
	if err != nil {
		return false, fmt.Errorf("read who took charge: %w", err)
	}
	return knows, nil
}

// HandOverByID returns a handing over.
func HandOverByID(ctx context.Context, db bun.IDB, id uuid.UUID) (HandOver, error) {
	var h HandOver
	err := db.NewSelect().Model(&h).Where("ho.id = ?", id).Scan(ctx)
	return h, found(err, "hand_over")
}

// HandOverFrom returns one of the handings over of what somebody held; another person's is none of theirs.
func HandOverFrom(ctx context.Context, db bun.IDB, person, id uuid.UUID) (HandOver, error) {
	h, err := HandOverByID(ctx, db, id)
	if err == nil && h.FromID != person {
		return HandOver{}, apperr.NotFound("hand_over")
	}
	return h, err
}

// HandOversFrom lists what somebody handed over, newest first.
func HandOversFrom(ctx context.Context, db bun.IDB, person uuid.UUID) ([]HandOver, error) {
	var list []HandOver
	err := db.NewSelect().Model(&list).Where("ho.from_id = ?", person).Order("ho.created_at DESC", "ho.id").Scan(ctx)
	return list, err
}

// HandOverSubmissions lists what every process was told of a handing over, with what came of it.
func HandOverSubmissions(ctx context.Context, db bun.IDB, id uuid.UUID) ([]Submission, error) {
	var list []Submission
	err := db.NewSelect().Model(&list).Where("s.decision_id = ? AND s.kind = ?", HandOver{ID: id}.DecisionID(), DecideHandOver).
		Order("s.received_at", "s.id").Scan(ctx)
	return list, err
}

// TakeOver makes somebody the officer in charge in place of another, unless a third one is by now.
func TakeOver(ctx context.Context, tx bun.IDB, recommendation, from, to uuid.UUID) error {
	_, err := tx.NewUpdate().Model((*Recommendation)(nil)).Set("officer_id = ?", to).Where("id = ? AND officer_id = ?", recommendation, from).Exec(ctx)
	if err != nil {
		return fmt.Errorf("change the officer in charge: %w", err)
	}
	return nil
}

// HandsOverReview reports whether a question to review passed from one to the other: reviewers are not told each other's names.
func (h HandOver) HandsOverReview(ctx context.Context, db bun.IDB) (bool, error) {
	passed, err := db.NewSelect().TableExpr("submissions AS s").Join("JOIN tasks AS t ON t.process_id = s.process_id AND t.kind = ? AND t.person_id = ?", TaskReview, h.ToID).
		Where("s.decision_id = ? AND s.kind = ?", h.DecisionID(), DecideHandOver).Exists(ctx)
	if err != nil {
		return false, fmt.Errorf("read what was handed over: %w", err)
	}
	return passed, nil
}

// HandOverTitles names the recommendations that a handing over is about, save those whose processes refused.
func HandOverTitles(ctx context.Context, db bun.IDB, id uuid.UUID) ([]string, error) {
	var titles []string
	err := db.NewSelect().TableExpr("submissions AS s").ColumnExpr("DISTINCT r.title").
		Join("JOIN processes AS p ON p.id = s.process_id").Join("JOIN recommendations AS r ON r.id = p.recommendation_id").
		Where("s.decision_id = ? AND s.kind = ? AND s.state <> ?", HandOver{ID: id}.DecisionID(), DecideHandOver, SubmissionRefused).
		Order("r.title").Scan(ctx, &titles)
	if err != nil {
		return nil, fmt.Errorf("read what was handed over: %w", err)
	}
	return titles, nil
}
