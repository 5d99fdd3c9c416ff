package models

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
	"tribuna/internal/record"
)

// OutcomeTold is that whoever gave an answer in a round was told what became of their comments.
type OutcomeTold struct {
	bun.BaseModel `bun:"table:responses_told,alias:told"`

	ReviewID uuid.UUID `bun:",pk"`
	TaskID   uuid.UUID
	Salt     string
	Hash     string // of what was answered, so that one sees that it changed
	Times    int
	ToldAt   time.Time
}

// OutcomeReader is somebody who commented in a round, for one answer they gave: who answered for themselves and for an organisation
// was asked twice, and is told about each.
type OutcomeReader struct {
	Review   Review   // whose it is, as far as whoever plans may know
	Answered []Remark // what they said and was answered
	Open     int      // what they said and nobody has answered
	ToldAt   *time.Time
	Changed  bool // what was answered is not what they were told
}

// Due reports whether a mail is owed: there is something to tell, and it was not told or is otherwise now.
func (o OutcomeReader) Due() bool { return len(o.Answered) > 0 && (o.ToldAt == nil || o.Changed) }

// said is what is answered, as a hash covers it.
func (o OutcomeReader) said() string {
	var lines []string
	for _, r := range o.Answered {
		a := r.Response()
		lines = append(lines, fmt.Sprintf("%s %s %q %q", r.ID, a.Outcome, a.Reason, a.WrittenIn))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

func outcomeHash(salt, said string) string {
	sum := sha256.Sum256([]byte(salt + "\n" + said))
	return hex.EncodeToString(sum[:])
}

// OutcomePlan is what would be told to whom of those who commented in a round.
type OutcomePlan struct {
	Round   *ReviewRound
	Readers []OutcomeReader // all who commented
}

// Due are those a mail is owed to.
func (p *OutcomePlan) Due() []OutcomeReader {
	return slices.DeleteFunc(slices.Clone(p.Readers), func(o OutcomeReader) bool { return !o.Due() })
}

// Open counts the comments that nobody has answered.
func (p *OutcomePlan) Open() int {
	open := 0
	for _, o := range p.Readers {
		open += o.Open
	}
	return open
}

// Seen is the mark of what would be sent: another where anything of it changes. Whoever sends names the one they looked at.
func (p *OutcomePlan) Seen() string {
	lines := []string{strconv.Itoa(p.Open())}
	for _, o := range p.Due() {
		lines = append(lines, o.Review.ID.String()+"\n"+o.said())
	}
	slices.Sort(lines)
	return outcomeHash("", strings.Join(lines, "\n"))[:32]
}

// PlanOutcome finds what would be told to those who commented in a round, as far as somebody may know who they are.
func PlanOutcome(ctx context.Context, db bun.IDB, as Attribution, recommendation uuid.UUID, round int) (*OutcomePlan, error) {
	rr, err := RoundByNumber(ctx, db, recommendation, round)
	if err != nil {
		return nil, err
	}
	all, err := Remarks(ctx, db, RemarkFilter{Recommendation: recommendation, As: as, Round: round})
	if err != nil {
		return nil, err
	}
	p := &OutcomePlan{Round: rr}
	at := map[uuid.UUID]int{}
	for _, r := range all {
		i, known := at[r.ReviewID]
		if !known {
			i = len(p.Readers)
			at[r.ReviewID], p.Readers = i, append(p.Readers, OutcomeReader{Review: r.By()})
		}
		if r.Response() == nil {
			p.Readers[i].Open++
			continue
		}
		p.Readers[i].Answered = append(p.Readers[i].Answered, r)
	}
	slices.SortStableFunc(p.Readers, func(a, b OutcomeReader) int { // as little in the order of time as the comments are
		return cmp.Or(cmp.Compare(a.Review.Label, b.Review.Label), strings.Compare(a.Review.ID.String(), b.Review.ID.String()))
	})
	return p, p.readTold(ctx, db)
}

func (p *OutcomePlan) readTold(ctx context.Context, db bun.IDB) error {
	var told []OutcomeTold
	err := db.NewSelect().Model(&told).Join("JOIN reviews AS rv ON rv.task_id = told.task_id").
		Where("rv.recommendation_id = ? AND rv.round = ?", p.Round.RecommendationID, p.Round.Number).Scan(ctx)
	if err != nil {
		return fmt.Errorf("read who was told what became of their comments: %w", err)
	}
	for _, t := range told {
		for i := range p.Readers {
			if o := &p.Readers[i]; o.Review.ID == t.ReviewID {
				o.ToldAt, o.Changed = &t.ToldAt, t.Hash != outcomeHash(t.Salt, o.said())
			}
		}
	}
	return nil
}

// ReadIn is how many of those who commented read in a language.
type ReadIn struct {
	Language string
	People   int
}

// OutcomeLanguages lists in which languages those who commented in a round are written to, those of most first. In an anonymised round
// all experts who answered count, whether they commented or not: so it tells no more of them than the desk, which says who answered.
func OutcomeLanguages(ctx context.Context, db bun.IDB, recommendation uuid.UUID, round int) ([]ReadIn, error) {
	var all []ReadIn
	err := db.NewRaw(`SELECT p.language, count(*) AS people FROM reviews AS rv JOIN people AS p ON p.id = rv.person_id
		JOIN review_rounds AS rr ON rr.recommendation_id = rv.recommendation_id AND rr.number = rv.round
		WHERE rv.recommendation_id = ? AND rv.round = ? AND p.language <> '' AND (rr.anonymity <> 'open' AND rv.organisation_id IS NULL
			OR rv.reasons <> '' OR EXISTS (SELECT FROM comments AS c WHERE c.task_id = rv.task_id))
		GROUP BY p.language ORDER BY people DESC, p.language`, recommendation, round).Scan(ctx, &all)
	if err != nil {
		return nil, fmt.Errorf("count the languages of those who commented: %w", err)
	}
	return all, nil
}

// OutcomeInput sends what became of the comments, as somebody looked at it.
type OutcomeInput struct {
	Seen     string `json:"seen" validate:"required,max=64"` // of the plan
	LeaveOut bool   `json:"leave_out"`                       // comments without an answer, knowingly
}

// SendOutcome tells those who commented in a round what became of it, and returns how many. Who was told and is owed nothing new gets
// nothing. It is refused before the round is decided, once the text is withdrawn, while a comment has no answer and nobody said to
// leave it out, and with CodeOutdated where it is not what was looked at.
func SendOutcome(ctx context.Context, tx bun.IDB, r *Recommendation, round int, in OutcomeInput, by Person, now time.Time) (int, error) {
	if _, err := LockProcess(ctx, tx, r.ID); err != nil {
		return 0, err
	}
	r, err := RecommendationByID(ctx, tx, r.ID)
	if err != nil {
		return 0, err
	}
	p, err := PlanOutcome(ctx, tx, Unmasked(), r.ID, round)
	if err != nil {
		return 0, err
	}
	if err := p.sendable(r, in); err != nil {
		return 0, err
	}
	due, comments := p.Due(), 0
	for _, o := range due {
		comments += len(o.Answered)
		if err := o.tell(ctx, tx, r, now); err != nil {
			return 0, err
		}
	}
	facts, err := inCapacity(ctx, tx, by, r.OrganisationID, map[string]string{"round": strconv.Itoa(round), "people": strconv.Itoa(len(due)),
		"comments": strconv.Itoa(comments), "left_out": strconv.Itoa(p.Open())})
	if err != nil {
		return 0, err
	}
	_, err = record.Append(ctx, tx, r.ID, record.Entry{At: now, Verb: "responses.sent", Actor: by.Pseudonym, Capacity: record.Institutional,
		Organisation: r.OrganisationID, ObjectKind: "recommendation", Object: r.ID, Visibility: record.Network, Facts: facts})
	return len(due), err
}

// Sendable reports, as an error, why nothing can be told yet, or any more.
func (p *OutcomePlan) Sendable(r *Recommendation) error {
	switch {
	case r.Stage == StageWithdrawn:
		return apperr.About(apperr.CodeClosed, "recommendation")
	case p.Round.Decision == nil:
		return apperr.About(apperr.CodeWrongStage, "round")
	case len(p.Due()) == 0:
		return apperr.About(apperr.CodeClosed, "comment")
	}
	return nil
}

func (p *OutcomePlan) sendable(r *Recommendation, in OutcomeInput) error {
	if err := p.Sendable(r); err != nil {
		return err
	}
	if in.Seen != p.Seen() {
		return apperr.About(apperr.CodeOutdated, "comment")
	}
	if p.Open() > 0 && !in.LeaveOut {
		return apperr.Invalid("leave_out", "comments_open")
	}
	return nil
}

// tell writes the mail and what it is about. Its words are read when it is sent.
func (o OutcomeReader) tell(ctx context.Context, tx bun.IDB, r *Recommendation, now time.Time) error {
	told := &OutcomeTold{ReviewID: o.Review.ID, TaskID: o.Review.TaskID, Salt: rand.Text(), Times: 1, ToldAt: now}
	told.Hash = outcomeHash(told.Salt, o.said())
	_, err := tx.NewInsert().Model(told).On("CONFLICT (review_id) DO UPDATE").Set("salt = EXCLUDED.salt").Set("hash = EXCLUDED.hash").
		Set("told_at = EXCLUDED.told_at").Set("times = told.times + 1").Returning("times").Exec(ctx)
	if err != nil {
		return fmt.Errorf("note who was told what became of their comments: %w", err)
	}
	return Enqueue(ctx, tx, &OutboxMail{Kind: MailResponses, PersonID: o.Review.PersonID, TaskID: &told.TaskID, RecommendationID: &r.ID, CreatedAt: now,
		DedupeKey: fmt.Sprintf("responses:%s:%d", told.ReviewID, told.Times)})
}

// OutcomeOf returns what was answered to the comments that somebody made with an answer of theirs: nobody else's. It is not found
// before they were told, and by anybody else.
func OutcomeOf(ctx context.Context, db bun.IDB, task *Task, person uuid.UUID) ([]Remark, error) {
	told, err := db.NewSelect().Model((*OutcomeTold)(nil)).Join("JOIN reviews AS rv ON rv.task_id = told.task_id").
		Where("told.task_id = ? AND rv.person_id = ?", task.ID, person).Exists(ctx)
	if err == nil && !told {
		err = apperr.NotFound("task")
	}
	if err != nil {
		return nil, err
	}
	all, err := Remarks(ctx, db, RemarkFilter{Recommendation: task.RecommendationID, As: Attribution{person: person}, Round: task.Round, Task: task.ID})
	return slices.DeleteFunc(all, func(r Remark) bool { return r.Response() == nil }), err
}

// outcomeReadable is for how long the link of a mail opens what became of one's comments.
const outcomeReadable = 90 * 24 * time.Hour

// OutcomeUntil is when somebody's personal link to what became of their comments ends; nil where they were not told.
func OutcomeUntil(ctx context.Context, db bun.IDB, task, person uuid.UUID) (*time.Time, error) {
	var told []OutcomeTold
	err := db.NewSelect().Model(&told).Join("JOIN reviews AS rv ON rv.task_id = told.task_id").
		Where("told.task_id = ? AND rv.person_id = ?", task, person).Limit(1).Scan(ctx)
	if err != nil || len(told) == 0 {
		return nil, err
	}
	until := told[0].ToldAt.Add(outcomeReadable)
	return &until, nil
}
