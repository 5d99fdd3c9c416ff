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
	"tribuna/internal/record"
)

// StepKind is what a step of a campaign is; mailings are kept by themselves.
type StepKind string

// The kinds.
const (
	StepLetter  StepKind = "letter"
	StepCall    StepKind = "call"
	StepMeeting StepKind = "meeting"
	StepEvent   StepKind = "event"
)

// StepKinds lists every kind.
func StepKinds() []StepKind { return []StepKind{StepLetter, StepCall, StepMeeting, StepEvent} }

// StepState is where a step stands.
type StepState string

// The states. Nothing of a campaign is deleted: what does not take place is called off.
const (
	StepPlanned   StepState = "planned"
	StepDone      StepState = "done"
	StepCalledOff StepState = "called_off"
)

// StepStates lists every state.
func StepStates() []StepState { return []StepState{StepPlanned, StepDone, StepCalledOff} }

// CampaignStep is a letter, a call, a meeting or an event of a campaign.
type CampaignStep struct {
	bun.BaseModel `bun:"table:campaign_steps,alias:cs"`

	ID              uuid.UUID `bun:",pk"`
	CampaignID      uuid.UUID
	Kind            StepKind
	Title           string
	Day             time.Time  `bun:"type:date"` // midnight UTC, as the day is called where it takes place
	At              *time.Time // nil: the day alone is known
	Zone            string     // IANA, in which the time was said; "" where the day alone is known
	ResponsibleID   uuid.UUID
	AuthorityID     *uuid.UUID
	OrganisationID  *uuid.UUID
	Note            string
	WrittenIn       string // language of title and note; "" where nobody said
	State           StepState
	Result          string // what came of it, or why it was called off
	ResultWrittenIn string
	Reference       string     // of a letter: one's own, which stands on it
	Registration    string     // of a letter that is done: the number under which the authority registered it; "" where nobody said
	ReplyDue        *time.Time `bun:"type:date"` // of a letter: by when a reply is hoped for
	SentOn          *time.Time `bun:"type:date"` // of a letter that is done; nil: nobody said
	ReplyOn         *time.Time `bun:"type:date"` // when the reply came; nil: none has
	Reply           string     // what it says
	ReplyWrittenIn  string
	AgainOf         *uuid.UUID // of a letter: the earlier one to which no reply came, which it takes the place of
	SettledAt       *time.Time // when that was said; nil while it is planned
	SettledBy       *uuid.UUID
	Revision        int
	CreatedBy       uuid.UUID
	CreatedAt       time.Time
}

// Location is the zone in which the time of the step was said; nil where the day alone is known.
func (s CampaignStep) Location() *time.Location {
	if s.At == nil {
		return nil
	}
	zone, err := time.LoadLocation(s.Zone)
	if err != nil {
		return time.UTC
	}
	return zone
}

// CampaignStepInput is what an officer says of a step.
type CampaignStepInput struct {
	Kind           StepKind   `json:"kind" validate:"required"`
	Title          string     `json:"title" validate:"required,max=200,excludesall=\r\n"`
	Day            *Day       `json:"day" validate:"required"`
	Time           string     `json:"time,omitempty" validate:"max=5"`  // "14:30"; absent: the day alone is known
	Zone           string     `json:"zone,omitempty" validate:"max=60"` // IANA name; needed with a time
	ResponsibleID  uuid.UUID  `json:"responsible_id" validate:"required"`
	AuthorityID    *uuid.UUID `json:"authority_id,omitempty"` // a letter needs one
	OrganisationID *uuid.UUID `json:"organisation_id,omitempty"`
	Note           string     `json:"note,omitempty" validate:"max=10000"`
	LetterPlan
	Written
}

// StepResult is what came of a step, or why it was called off.
type StepResult struct {
	Result string `json:"result,omitempty" validate:"max=10000"`
	LetterSent
	Written
}

// Days a step can be on: a slip of the pen is none of them.
const stepsFrom, stepsUntil = 2000, 2100

// Check collects all that is wrong with a step.
func (in CampaignStepInput) Check() error {
	_, err := in.check()
	return err
}

// check collects what is wrong with a step, and says when it is.
func (in CampaignStepInput) check() (*time.Time, error) {
	bad := apperr.New(apperr.CodeInvalid)
	if !slices.Contains(StepKinds(), in.Kind) {
		oneOf(bad, "kind", string(in.Kind), "letter", "call", "meeting", "event")
	}
	checkText(bad, "title", in.Title, 200)
	checkLength(bad, "note", in.Note, 10000)
	in.LetterPlan.check(bad, in.Kind, in.Day)
	if in.Kind == StepLetter && in.AuthorityID == nil {
		bad.And("authority_id", "required") // or else there is nobody to write to, and no letter to prepare
	}
	if in.ResponsibleID == uuid.Nil {
		bad.And("responsible_id", "required")
	}
	var at *time.Time
	switch {
	case in.Day == nil:
		bad.And("day", "required")
	case in.Day.Time().Year() < stepsFrom || in.Day.Time().Year() > stepsUntil:
		bad.And("day", "range", "min", stepsFrom, "max", stepsUntil)
	case in.Time != "":
		at = in.instant(bad)
	}
	return at, bad.OrNil()
}

// instant is when the step begins. What the clock jumps over where summer time begins is no time of that day; of what it shows
// twice where it ends, the first is meant.
func (in CampaignStepInput) instant(bad *apperr.Error) *time.Time {
	before := len(bad.Fields)
	checkZone(bad, "zone", in.Zone)
	clock, err := time.Parse("15:04", in.Time)
	if err != nil {
		bad.And("time", "time")
	}
	if len(bad.Fields) > before {
		return nil
	}
	zone, _ := time.LoadLocation(in.Zone) // checked above
	day := in.Day.Time()
	at := time.Date(day.Year(), day.Month(), day.Day(), clock.Hour(), clock.Minute(), 0, 0, zone)
	if at.Format("15:04") != in.Time {
		bad.And("time", "time")
		return nil
	}
	at = at.UTC()
	return &at
}

// take puts what was said into the step.
func (s *CampaignStep) take(in CampaignStepInput, at *time.Time) {
	s.Kind, s.Title, s.Day, s.At, s.Zone = in.Kind, strings.TrimSpace(in.Title), *in.Day.Time(), at, ""
	if at != nil {
		s.Zone = in.Zone
	}
	s.ResponsibleID, s.AuthorityID, s.OrganisationID = in.ResponsibleID, in.AuthorityID, in.OrganisationID
	s.Note, s.WrittenIn = strings.TrimSpace(in.Note), in.WrittenIn
	s.Reference, s.ReplyDue, s.AgainOf = strings.TrimSpace(in.Reference), in.ReplyDue.Time(), in.AgainOf
}

var stepFields = map[string]string{"authority": "authority_id", "organisation": "organisation_id", "responsible": "responsible_id"}

// maxSteps is how many a campaign can hold.
const maxSteps = 500

// PlanStep adds a step to a campaign.
func PlanStep(ctx context.Context, tx bun.IDB, c *Campaign, in CampaignStepInput, by Person, now time.Time) (*CampaignStep, error) {
	at, err := in.check()
	if err != nil {
		return nil, err
	}
	owner, err := c.responsible(ctx, tx, in.ResponsibleID)
	if err != nil {
		return nil, err
	}
	if err := c.checkAgain(ctx, tx, in.AgainOf, uuid.Nil); err != nil {
		return nil, err
	}
	n, err := tx.NewSelect().Model((*CampaignStep)(nil)).Where("cs.campaign_id = ?", c.ID).Count(ctx)
	if err != nil {
		return nil, fmt.Errorf("count the steps of a campaign: %w", err)
	}
	if n >= maxSteps {
		return nil, apperr.Invalid("title", "too_many", "max", maxSteps)
	}
	s := &CampaignStep{ID: NewID(), CampaignID: c.ID, State: StepPlanned, Revision: 1, CreatedBy: by.ID, CreatedAt: now}
	s.take(in, at)
	if _, err := tx.NewInsert().Model(s).Exec(ctx); err != nil {
		return nil, asInvalid(err, stepFields)
	}
	return s, s.putOnRecord(ctx, tx, c, "campaign.step_planned", by, owner, now)
}

// EditStep changes a step that is planned, on top of the revision the writer saw.
func EditStep(ctx context.Context, tx bun.IDB, c *Campaign, id uuid.UUID, seen int, in CampaignStepInput, by Person, now time.Time) (*CampaignStep, error) {
	at, err := in.check()
	if err != nil {
		return nil, err
	}
	s, err := c.lockStep(ctx, tx, id, seen, StepPlanned)
	if err != nil {
		return nil, err
	}
	owner, err := c.owner(ctx, tx)
	if in.ResponsibleID != s.ResponsibleID && err == nil {
		owner, err = c.responsible(ctx, tx, in.ResponsibleID)
	}
	if err != nil {
		return nil, err
	}
	if err := c.checkAgain(ctx, tx, in.AgainOf, s.ID); err != nil {
		return nil, err
	}
	before := *s
	s.take(in, at)
	if before.same(s) {
		return s, nil
	}
	if err := s.save(ctx, tx); err != nil {
		return nil, err
	}
	return s, s.putOnRecord(ctx, tx, c, "campaign.step_changed", by, owner, now)
}

// same reports whether two states of a step say the same.
func (s CampaignStep) same(o *CampaignStep) bool {
	return s.Kind == o.Kind && s.Title == o.Title && s.Day.Equal(o.Day) && s.Zone == o.Zone && sameInstant(s.At, o.At) && s.ResponsibleID == o.ResponsibleID &&
		sameID(s.AuthorityID, o.AuthorityID) && sameID(s.OrganisationID, o.OrganisationID) && s.Note == o.Note && s.WrittenIn == o.WrittenIn &&
		s.Reference == o.Reference && sameInstant(s.ReplyDue, o.ReplyDue) && sameID(s.AgainOf, o.AgainOf)
}

func sameInstant(a, b *time.Time) bool { return a == b || a != nil && b != nil && a.Equal(*b) }

func sameID(a, b *uuid.UUID) bool { return a == b || a != nil && b != nil && *a == *b }

// LiesAhead reports whether a step has not begun anywhere yet. A letter may go out before its day, and its day of sending is checked.
func (s *CampaignStep) LiesAhead(now time.Time) bool {
	switch {
	case s.Kind == StepLetter:
		return false
	case s.At != nil:
		return s.At.After(now)
	}
	return s.Day.After(DayOf(now, dateLine))
}

// Check collects all that is wrong with what is said of a step that is done, or called off.
func (said StepResult) Check(s *CampaignStep, to StepState, now time.Time) error {
	bad := apperr.New(apperr.CodeInvalid)
	checkLength(bad, "result", said.Result, 10000)
	switch {
	case to != StepDone && to != StepCalledOff:
		oneOf(bad, "state", string(to), string(StepDone), string(StepCalledOff))
	case to == StepDone && s.LiesAhead(now):
		bad.And("state", "lies_ahead")
	}
	said.LetterSent.check(bad, s, to, now)
	return bad.OrNil()
}

// SettleStep says of a planned step that it is done, with what came of it, or that it is called off, with the reason where one is given.
// What lies ahead cannot be done yet.
func SettleStep(ctx context.Context, tx bun.IDB, c *Campaign, id uuid.UUID, seen int, to StepState, said StepResult, by Person, now time.Time) (*CampaignStep, error) {
	s, err := c.lockStep(ctx, tx, id, seen, StepPlanned)
	if err != nil {
		return nil, err
	}
	if err := said.Check(s, to, now); err != nil {
		return nil, err
	}
	s.takeSent(said.LetterSent)
	s.State, s.Result, s.ResultWrittenIn, s.SettledAt, s.SettledBy = to, strings.TrimSpace(said.Result), said.WrittenIn, &now, &by.ID
	if s.Result == "" {
		s.ResultWrittenIn = ""
	}
	return s, s.saveAct(ctx, tx, c, "campaign.step_"+string(to), by, now)
}

// ReopenStep takes back that a step is done or called off: it is planned again. What was said of it stays on record.
func ReopenStep(ctx context.Context, tx bun.IDB, c *Campaign, id uuid.UUID, seen int, by Person, now time.Time) (*CampaignStep, error) {
	s, err := c.lockStep(ctx, tx, id, seen, StepDone, StepCalledOff)
	if err != nil {
		return nil, err
	}
	s.State, s.Result, s.ResultWrittenIn, s.SettledAt, s.SettledBy = StepPlanned, "", "", nil, nil
	s.SentOn, s.Registration, s.ReplyOn, s.Reply, s.ReplyWrittenIn = nil, "", nil, "", ""
	return s, s.saveAct(ctx, tx, c, "campaign.step_reopened", by, now)
}

func (s *CampaignStep) saveAct(ctx context.Context, tx bun.IDB, c *Campaign, verb string, by Person, now time.Time) error {
	owner, err := c.owner(ctx, tx)
	if err != nil {
		return err
	}
	if err := s.save(ctx, tx); err != nil {
		return err
	}
	return s.putOnRecord(ctx, tx, c, verb, by, owner, now)
}

func (s *CampaignStep) save(ctx context.Context, tx bun.IDB) error {
	s.Revision++
	_, err := tx.NewUpdate().Model(s).ExcludeColumn("campaign_id", "created_by", "created_at").WherePK().Exec(ctx)
	return asInvalid(err, stepFields)
}

// lockStep holds a step of the campaign as the writer saw it, in one of some states.
func (c *Campaign) lockStep(ctx context.Context, tx bun.IDB, id uuid.UUID, seen int, in ...StepState) (*CampaignStep, error) {
	s := new(CampaignStep)
	err := tx.NewSelect().Model(s).Where("cs.id = ? AND cs.campaign_id = ?", id, c.ID).For("UPDATE").Scan(ctx)
	if err := found(err, "step"); err != nil {
		return nil, err
	}
	if s.Revision != seen {
		return nil, apperr.About(apperr.CodeOutdated, "step")
	}
	if !slices.Contains(in, s.State) {
		return nil, apperr.About(apperr.CodeWrongStage, "step")
	}
	return s, nil
}

// putOnRecord says in the record what was done with the step.
func (s *CampaignStep) putOnRecord(ctx context.Context, tx bun.IDB, c *Campaign, verb string, by Person, owner uuid.UUID, now time.Time) error {
	e := campaignEntry{object: s.ID, facts: map[string]string{"step": string(s.Kind), "day": s.Day.Format(time.DateOnly)}, texts: map[string]string{"title": s.Title}}
	words, in := s.Note, s.WrittenIn
	if s.State == StepPlanned && words != "" {
		e.texts["note"] = words
	}
	if s.State != StepPlanned && s.Result != "" {
		e.texts["result"], in = s.Result, s.ResultWrittenIn
	}
	if verb == stepAnswered {
		e.texts, in = map[string]string{"title": s.Title, "reply": s.Reply}, s.ReplyWrittenIn
	}
	if s.Reference != "" {
		e.texts["reference"] = s.Reference
	}
	if s.Registration != "" {
		e.texts["registration"] = s.Registration
	}
	for fact, day := range map[string]*time.Time{"reply_due": s.ReplyDue, "sent_on": s.SentOn, "reply_on": s.ReplyOn} {
		if day != nil {
			e.facts[fact] = day.Format(time.DateOnly)
		}
	}
	if in != "" {
		e.facts[record.FactWrittenIn] = in
	}
	return c.putOnRecord(ctx, tx, verb, by, owner, now, e)
}
