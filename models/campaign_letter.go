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

// LetterPlan is what is known of a letter before a person sends it. Steps of other kinds have nothing of it.
type LetterPlan struct {
	Reference string `json:"reference,omitempty" validate:"max=200,excludesall=\r\n" about:"Of a letter alone: one's own, which stands on it"`
	ReplyDue  *Day   `json:"reply_due,omitempty" about:"Of a letter alone: by when a reply is hoped for"`

	AgainOf *uuid.UUID `json:"again_of,omitempty" about:"Of a letter alone: an earlier one of the campaign that is done and was not replied to. Nobody waits for a reply to that one any more, unless this one is called off"`
}

// LetterSent is what is said of a letter that went out.
type LetterSent struct {
	SentOn       *Day   `json:"sent_on,omitempty" about:"Of a letter that is done alone; not in the future"`
	Registration string `json:"registration,omitempty" validate:"max=200,excludesall=\r\n" about:"Of a letter that is done alone: the number under which the authority registered it, or how it was handed over"`
}

// StepReply is the reply that came to a letter.
type StepReply struct {
	ReplyOn *Day   `json:"reply_on" validate:"required" about:"Not in the future, and not before the letter was sent"`
	Reply   string `json:"reply" validate:"required,max=10000" about:"What it says"`
	Written
}

const maxReference = 200

// stepAnswered is what the record says of a reply.
const stepAnswered = "campaign.step_answered"

func checkReference(bad *apperr.Error, path, reference string) {
	checkLength(bad, path, reference, maxReference)
	if strings.ContainsAny(reference, "\r\n") {
		bad.And(path, "one_line")
	}
}

// check collects what is wrong with the plan of a letter on a day; of another kind of step nothing may be said.
func (in LetterPlan) check(bad *apperr.Error, kind StepKind, day *Day) {
	checkReference(bad, "reference", in.Reference)
	if kind != StepLetter {
		mustBeEmpty(bad, "reference", in.Reference != "")
		mustBeEmpty(bad, "reply_due", in.ReplyDue != nil)
		mustBeEmpty(bad, "again_of", in.AgainOf != nil)
		return
	}
	if in.ReplyDue == nil {
		return
	}
	due := in.ReplyDue.Time()
	switch {
	case due.Year() < stepsFrom || due.Year() > stepsUntil:
		bad.And("reply_due", "range", "min", stepsFrom, "max", stepsUntil)
	case day != nil && due.Before(*day.Time()):
		bad.And("reply_due", "before_letter")
	}
}

func mustBeEmpty(bad *apperr.Error, path string, said bool) {
	if said {
		bad.And(path, "must_be_empty")
	}
}

// check collects what is wrong with what is said of a letter that went out.
func (in LetterSent) check(bad *apperr.Error, s *CampaignStep, to StepState, now time.Time) {
	sent := s.Kind == StepLetter && to == StepDone
	checkReference(bad, "registration", in.Registration)
	mustBeEmpty(bad, "registration", !sent && in.Registration != "")
	if in.SentOn == nil {
		return
	}
	mustBeEmpty(bad, "sent_on", !sent)
	checkPast(bad, "sent_on", in.SentOn, now)
}

// checkAgain blames what cannot be written again: no letter of the campaign, or one that did not go out. One that was replied to
// since stays what it is. Step is the one that says so, Nil for a new one.
func (c *Campaign) checkAgain(ctx context.Context, db bun.IDB, of *uuid.UUID, step uuid.UUID) error {
	if of == nil {
		return nil
	}
	sent, err := db.NewSelect().Model((*CampaignStep)(nil)).
		Where("cs.id = ? AND cs.id <> ? AND cs.campaign_id = ? AND cs.kind = ? AND cs.state = ?", *of, step, c.ID, StepLetter, StepDone).Exists(ctx)
	if err != nil {
		return fmt.Errorf("read which letter is written again: %w", err)
	}
	if !sent {
		return apperr.Invalid("again_of", "unknown")
	}
	return nil
}

// dateLine is where days begin first.
var dateLine = time.FixedZone("", 14*3600)

// checkPast blames a day that has begun nowhere yet, or is no day of a campaign.
func checkPast(bad *apperr.Error, path string, day *Day, now time.Time) {
	switch {
	case day.Time().After(DayOf(now, dateLine)):
		bad.And(path, "not_future")
	case day.Time().Year() < stepsFrom:
		bad.And(path, "range", "min", stepsFrom, "max", stepsUntil)
	}
}

// takeSent puts what was said into the step.
func (s *CampaignStep) takeSent(in LetterSent) {
	if in.SentOn != nil {
		s.SentOn = in.SentOn.Time()
	}
	s.Registration = strings.TrimSpace(in.Registration)
}

// Check collects all that is wrong with what is said of a reply to a letter.
func (said StepReply) Check(s *CampaignStep, now time.Time) error {
	bad := apperr.New(apperr.CodeInvalid)
	checkText(bad, "reply", said.Reply, 10000)
	switch {
	case said.ReplyOn == nil:
		bad.And("reply_on", "required")
	case s.SentOn != nil && said.ReplyOn.Time().Before(*s.SentOn):
		bad.And("reply_on", "before_letter")
	default:
		checkPast(bad, "reply_on", said.ReplyOn, now)
	}
	return bad.OrNil()
}

// AnswerStep says which reply came to a letter that is done; said again it takes the place of what was said, which stays on record.
func AnswerStep(ctx context.Context, tx bun.IDB, c *Campaign, id uuid.UUID, seen int, said StepReply, by Person, now time.Time) (*CampaignStep, error) {
	s, err := c.lockStep(ctx, tx, id, seen, StepDone)
	if err != nil {
		return nil, err
	}
	if s.Kind != StepLetter {
		return nil, apperr.About(apperr.CodeWrongStage, "step")
	}
	if err := said.Check(s, now); err != nil {
		return nil, err
	}
	s.ReplyOn, s.Reply, s.ReplyWrittenIn = said.ReplyOn.Time(), strings.TrimSpace(said.Reply), said.WrittenIn
	return s, s.saveAct(ctx, tx, c, stepAnswered, by, now)
}

// StepAwaited is until when a reply to a letter that went out is waited for.
type StepAwaited struct {
	ReplyDue *Day `json:"reply_due,omitempty" about:"Not before the letter was sent; absent: no reply is waited for any more"`
}

// AwaitStep has the reply to a letter that is done waited for until another day, or no more.
func AwaitStep(ctx context.Context, tx bun.IDB, c *Campaign, id uuid.UUID, seen int, said StepAwaited, by Person, now time.Time) (*CampaignStep, error) {
	s, err := c.lockStep(ctx, tx, id, seen, StepDone)
	if err != nil {
		return nil, err
	}
	if s.Kind != StepLetter || s.ReplyOn != nil {
		return nil, apperr.About(apperr.CodeWrongStage, "step")
	}
	bad := apperr.New(apperr.CodeInvalid)
	LetterPlan{ReplyDue: said.ReplyDue}.check(bad, StepLetter, (*Day)(s.SentOn))
	if err := bad.OrNil(); err != nil {
		return nil, err
	}
	s.ReplyDue = said.ReplyDue.Time()
	return s, s.saveAct(ctx, tx, c, "campaign.step_awaited", by, now)
}

// AwaitsReply reports whether a letter went out to which a reply is hoped for by a day, and none has come.
func (s CampaignStep) AwaitsReply() bool {
	return s.State == StepDone && s.ReplyDue != nil && s.ReplyOn == nil
}

// Prepared reports whether the system can write the letter of the step: it goes to an authority, and was not called off. One that is
// done can still be read.
func (s CampaignStep) Prepared() bool {
	return s.Kind == StepLetter && s.State != StepCalledOff && s.AuthorityID != nil
}

// LetterMatter is what a letter to an authority is written from.
type LetterMatter struct {
	Step        CampaignStep
	Publication *Publication
	Authority   Authority
	Responsible Person
	Earlier     *CampaignStep // the letter that this one takes the place of; nil for none
	Day         time.Time     // which it bears, midnight UTC: on which it was sent, else that of the step, or of today in the authority's country where that is over
}

// LetterOf gathers what the letter of a step is written from. There is none of a step that is no letter to an authority; one that was
// called off is in the wrong stage, and what cannot be read at its address now is not written about.
func LetterOf(ctx context.Context, db bun.IDB, r *Recommendation, s CampaignStep, now time.Time) (*LetterMatter, error) {
	switch {
	case s.Kind != StepLetter || s.AuthorityID == nil:
		return nil, apperr.NotFound("letter")
	case s.State == StepCalledOff:
		return nil, apperr.About(apperr.CodeWrongStage, "step")
	case r.Quarantined():
		return nil, apperr.About(apperr.CodeUnderReview, "publication")
	}
	m := &LetterMatter{Step: s}
	var err error
	if m.Publication, err = PublicationOf(ctx, db, r.ID); err != nil {
		return nil, err
	}
	if m.Authority, err = AuthorityByID(ctx, db, *s.AuthorityID); err != nil {
		return nil, err
	}
	if m.Responsible, err = PersonByID(ctx, db, s.ResponsibleID); err != nil {
		return nil, err
	}
	if s.AgainOf != nil {
		if m.Earlier, err = CampaignStepByID(ctx, db, s.CampaignID, *s.AgainOf); err != nil {
			return nil, err
		}
	}
	zone := time.UTC
	if m.Authority.CountryCode != "" {
		country, err := CountryByCode(ctx, db, m.Authority.CountryCode)
		if err != nil {
			return nil, err
		}
		if zone, err = country.Location(); err != nil {
			return nil, err
		}
	}
	m.Day = s.Day
	if s.State == StepDone {
		if s.SentOn != nil {
			m.Day = *s.SentOn
		}
		return m, nil
	}
	if today := DayOf(now, zone); m.Day.Before(today) {
		m.Day = today
	}
	return m, nil
}

// Asked are the measures of a text that are addressed to the authority or, where none is, to others of its country; named says which.
func (m *LetterMatter) Asked(ctx context.Context, db bun.IDB, text *PublicationText) (asked []PublishedMeasure, named bool, err error) {
	asked = measuresTo(text.Measures, []uuid.UUID{m.Authority.ID})
	if len(asked) > 0 || m.Authority.CountryCode == "" {
		return asked, len(asked) > 0, nil
	}
	var all []uuid.UUID
	for _, measure := range text.Measures {
		all = append(all, measure.AuthorityIDs...)
	}
	authorities, err := AuthoritiesByID(ctx, db, all)
	if err != nil {
		return nil, false, err
	}
	var country []uuid.UUID
	for _, a := range authorities {
		if a.CountryCode == m.Authority.CountryCode {
			country = append(country, a.ID)
		}
	}
	return measuresTo(text.Measures, country), false, nil
}

func measuresTo(all []PublishedMeasure, authorities []uuid.UUID) (to []PublishedMeasure) {
	for _, m := range all {
		if slices.ContainsFunc(m.AuthorityIDs, func(id uuid.UUID) bool { return slices.Contains(authorities, id) }) {
			to = append(to, m)
		}
	}
	return to
}
