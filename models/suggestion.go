package models

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
)

// SuggestionPayload is somebody whom an expert who declines suggests instead. Whatever they say of them is optional.
type SuggestionPayload struct {
	Name   string `json:"name,omitempty" validate:"max=200,excludesall=\n\r"`
	Email  string `json:"email,omitempty" validate:"omitempty,max=254,email"`
	Reason string `json:"reason,omitempty" validate:"max=1000"`
}

// Empty reports whether nobody is suggested.
func (p SuggestionPayload) Empty() bool { return p == SuggestionPayload{} }

// ReviewerSuggestion is somebody suggested in the place of an expert who declined. Nobody is written to by that.
type ReviewerSuggestion struct {
	bun.BaseModel `bun:"table:reviewer_suggestions,alias:rs"`

	ID               uuid.UUID `bun:",pk"`
	TaskID           uuid.UUID // that was declined
	RecommendationID uuid.UUID
	Round            int
	Position         int
	Name             string
	Email            string
	Reason           string
	WrittenIn        string     // language of the reason; "" where nobody said
	PersonID         *uuid.UUID // who was invited for it
	CreatedAt        time.Time
	ForgottenAt      *time.Time

	Known      string `bun:",scanonly"` // name of whoever has the address already; "" for nobody
	Asked      bool   `bun:",scanonly"` // whoever has the address was asked in the same round
	ByLanguage string `bun:",scanonly"` // in which who suggested them is written to
}

// SuggestedPerson is what the officer says of somebody suggested who is not in the network yet: an address alone is no name, and says
// nothing of a language.
type SuggestedPerson struct{ Name, Language string }

// Suggest keeps whom an expert suggests, in the place of whom they suggested before; who was invited since stays beside them.
func Suggest(ctx context.Context, tx bun.IDB, t *Task, list []SuggestionPayload, writtenIn string, now time.Time) error {
	if _, err := tx.NewDelete().Model((*ReviewerSuggestion)(nil)).Where("task_id = ? AND person_id IS NULL", t.ID).Exec(ctx); err != nil {
		return fmt.Errorf("forget former suggestions: %w", err)
	}
	list = slices.DeleteFunc(slices.Clone(list), SuggestionPayload.Empty)
	if len(list) == 0 {
		return nil
	}
	var taken []ReviewerSuggestion // of whom somebody was invited stay
	if err := tx.NewSelect().Model(&taken).Where("rs.task_id = ?", t.ID).Order("rs.position").Scan(ctx); err != nil {
		return fmt.Errorf("read former suggestions: %w", err)
	}
	last := 0
	for _, s := range taken {
		last = s.Position
		list = slices.DeleteFunc(list, func(p SuggestionPayload) bool {
			return s.Email != "" && strings.EqualFold(Address(p.Email), s.Email)
		})
	}
	if len(list) == 0 {
		return nil
	}
	rows := make([]ReviewerSuggestion, len(list))
	for i, p := range list {
		rows[i] = ReviewerSuggestion{ID: NewID(), TaskID: t.ID, RecommendationID: t.RecommendationID, Round: t.Round, Position: last + i + 1,
			Name: strings.TrimSpace(p.Name), Email: Address(p.Email), Reason: strings.TrimSpace(p.Reason), WrittenIn: writtenIn, CreatedAt: now}
	}
	if _, err := tx.NewInsert().Model(&rows).Exec(ctx); err != nil {
		return fmt.Errorf("keep suggestions: %w", err)
	}
	return nil
}

// SuggestedBy counts whom somebody suggested who declined a question: all that they are told of it again.
func SuggestedBy(ctx context.Context, db bun.IDB, task uuid.UUID) (int, error) {
	n, err := db.NewSelect().Model((*ReviewerSuggestion)(nil)).Where("rs.task_id = ? AND rs.forgotten_at IS NULL", task).Count(ctx)
	if err != nil {
		return 0, fmt.Errorf("count suggestions: %w", err)
	}
	return int(n), nil
}

// Suggestions lists whom experts suggested in a round, by the question they declined. They are for those who decide whom to ask.
func Suggestions(ctx context.Context, db bun.IDB, recommendation uuid.UUID, round int) (map[uuid.UUID][]ReviewerSuggestion, error) {
	var all []ReviewerSuggestion
	err := db.NewSelect().Model(&all).ColumnExpr("rs.*").
		ColumnExpr("COALESCE((SELECT p.name FROM people AS p WHERE rs.email <> '' AND lower(p.email) = lower(rs.email) AND p.left_at IS NULL), '') AS known").
		ColumnExpr("COALESCE((SELECT p.language FROM tasks AS t JOIN people AS p ON p.id = t.person_id WHERE t.id = rs.task_id), '') AS by_language").
		ColumnExpr(`EXISTS (SELECT 1 FROM tasks AS t JOIN people AS p ON p.id = t.person_id WHERE t.recommendation_id = rs.recommendation_id
			AND t.round = rs.round AND t.kind = ? AND rs.email <> '' AND lower(p.email) = lower(rs.email)) AS asked`, TaskReview).
		Where("rs.recommendation_id = ? AND rs.round = ? AND rs.forgotten_at IS NULL", recommendation, round).Order("rs.created_at", "rs.position").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read suggestions: %w", err)
	}
	by := map[uuid.UUID][]ReviewerSuggestion{}
	for _, s := range all {
		by[s.TaskID] = append(by[s.TaskID], s)
	}
	return by, nil
}

// TakeSuggestion makes whoever was suggested somebody who can be asked: a person of the network with the role of an expert where
// the one who suggested them is one. Nothing is kept where they could not be invited into the running round. Who is one already is
// recognised by the address; who is new is called and written to as the officer says. Source says where the data of somebody new came
// from, in words they can read: they are owed a notice of it. It says whether that was done before.
func TakeSuggestion(ctx context.Context, db *bun.DB, r *Recommendation, id uuid.UUID, who SuggestedPerson, by Person, source string, now time.Time) (person uuid.UUID, before bool, err error) {
	err = db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		s := new(ReviewerSuggestion)
		err := tx.NewSelect().Model(s).Where("rs.id = ? AND rs.recommendation_id = ? AND rs.forgotten_at IS NULL", id, r.ID).For("UPDATE").Scan(ctx)
		if err := found(err, "suggestion"); err != nil {
			return err
		}
		if s.PersonID != nil {
			person, before = *s.PersonID, true
			return nil
		}
		if s.Email == "" {
			return apperr.Invalid("email", "required")
		}
		p, err := PersonByEmail(ctx, tx, s.Email)
		if apperr.CodeOf(err) == apperr.CodeNotFound {
			p, err = s.join(ctx, tx, who, by, source, now)
		}
		if err != nil {
			return err
		}
		if err := s.becomeExpert(ctx, tx, r, by, p, now); err != nil {
			return err
		}
		if err := s.mayBeAsked(ctx, tx, r, p.ID); err != nil {
			return err // and nothing of it is kept
		}
		s.PersonID, person = &p.ID, p.ID
		_, err = tx.NewUpdate().Model(s).Column("person_id").WherePK().Exec(ctx)
		return err
	})
	return person, before, err
}

// join adds somebody suggested to the network, with where their data came from and the notice they are owed.
func (s *ReviewerSuggestion) join(ctx context.Context, tx bun.IDB, who SuggestedPerson, by Person, source string, now time.Time) (Person, error) {
	p := NewPerson(now)
	objected, err := Suppressed(ctx, tx, s.Email)
	if err != nil {
		return p, err
	}
	if objected {
		return p, apperr.Invalid("email", "suggestion_objected")
	}
	p.Name, p.Email, p.Language = strings.TrimSpace(who.Name), s.Email, who.Language
	if err := AddPerson(ctx, tx, &p); err != nil {
		return p, err
	}
	if err := Journal(ctx, tx, by, now, PersonAdded(p)); err != nil {
		return p, err
	}
	origin := &ContactImport{ID: NewID(), PersonID: by.ID, Kind: ContactsPeople, Content: []byte{}, Mapping: []string{}, Source: source, Basis: "interest",
		CreatedAt: now, ImportedAt: &now, Created: 1, Changes: []contactChange{}}
	if _, err := tx.NewInsert().Model(origin).Exec(ctx); err != nil {
		return p, fmt.Errorf("keep where somebody comes from: %w", err)
	}
	_, err = tx.NewInsert().Model(&ContactNotice{PersonID: p.ID, ImportID: origin.ID, DueAt: now.AddDate(0, 1, 0)}).Exec(ctx)
	return p, err
}

// mayBeAsked refuses whom an invitation into the running round would be refused.
func (s *ReviewerSuggestion) mayBeAsked(ctx context.Context, tx bun.IDB, r *Recommendation, person uuid.UUID) error {
	round, err := RoundByNumber(ctx, tx, r.ID, r.Round)
	if err != nil {
		return err
	}
	asked, err := Tasks(ctx, tx, TaskFilter{Recommendation: r.ID, Kinds: []TaskKind{TaskReview}, Round: r.Round})
	if err != nil {
		return err
	}
	if slices.ContainsFunc(asked, func(t Task) bool { return t.PersonID != nil && *t.PersonID == person }) {
		return apperr.Invalid("person_id", "asked_already")
	}
	if round.Anonymity != AnonymityDouble {
		return nil
	}
	knows, err := KnowsAuthors(ctx, tx, r, person)
	if knows {
		return apperr.Invalid("person_id", "knows_authors")
	}
	return err
}

// expertsWith is the organisation among whose experts somebody new is: that of whoever suggested them, so that they stand to the
// text as that one does; of several rather one whose text it is not. Where there is none it is the one the text belongs to.
func (s *ReviewerSuggestion) expertsWith(ctx context.Context, tx bun.IDB, r *Recommendation) (uuid.UUID, error) {
	var found []uuid.UUID
	err := tx.NewSelect().TableExpr("roles").Column("roles.organisation_id").
		Join("JOIN tasks AS t ON t.person_id = roles.person_id").Join("JOIN organisations AS theirs ON theirs.id = roles.organisation_id").
		Join("JOIN organisations AS o ON o.id = ?", r.OrganisationID).Where("t.id = ? AND roles.role = ?", s.TaskID, RoleExpert).
		OrderExpr("COALESCE(theirs.id IN (o.id, o.parent_id) OR theirs.parent_id IN (o.id, o.parent_id), false), theirs.id").Limit(1).Scan(ctx, &found)
	if err != nil {
		return uuid.Nil, fmt.Errorf("read among whose experts who suggested is: %w", err)
	}
	return append(found, r.OrganisationID)[0], nil
}

func (s *ReviewerSuggestion) becomeExpert(ctx context.Context, tx bun.IDB, r *Recommendation, by Person, p Person, now time.Time) error {
	held, err := RolesHeld(ctx, tx, p.ID)
	if err != nil || slices.ContainsFunc(held, func(h Role) bool { return h.Role == RoleExpert }) {
		return err
	}
	organisation, err := s.expertsWith(ctx, tx, r)
	if err != nil {
		return err
	}
	return GiveRole(ctx, tx, by, Role{PersonID: p.ID, OrganisationID: organisation, Role: RoleExpert}, now)
}

// suggestionsMost is how long a suggestion is kept where its round never ends.
const suggestionsMost = 180 * 24 * time.Hour

// ForgetSuggestions forgets who was suggested in rounds that were closed before an instant, where it was kept and in what was sent.
func ForgetSuggestions(ctx context.Context, db bun.IDB, before, now time.Time) error {
	return db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		var tasks []uuid.UUID
		err := tx.NewRaw(`UPDATE reviewer_suggestions AS rs SET name = '', email = '', reason = '', forgotten_at = ?
			WHERE rs.forgotten_at IS NULL AND (rs.created_at < ? OR EXISTS (SELECT 1 FROM review_rounds AS rr
				WHERE rr.recommendation_id = rs.recommendation_id AND rr.number = rs.round AND rr.closed_at < ?)) RETURNING rs.task_id`,
			now, now.Add(-suggestionsMost), before).Scan(ctx, &tasks)
		if err != nil {
			return fmt.Errorf("forget suggestions: %w", err)
		}
		if len(tasks) == 0 {
			return nil
		}
		_, err = tx.NewRaw(`UPDATE submissions SET payload = payload - 'suggestions', args_salt = ''
			WHERE task_id IN (?) AND kind = ? AND jsonb_exists(payload, 'suggestions')`, bun.List(tasks), DecideDeclineTask).Exec(ctx)
		if err != nil {
			return fmt.Errorf("forget suggestions that were sent: %w", err)
		}
		return nil
	})
}
