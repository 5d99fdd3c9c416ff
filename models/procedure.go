package models

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
)

// Procedure is the network's rule book for one recommendation: how long each step waits, who is enough, what silence
// means. It is data with versions; a recommendation keeps the version it began with.
type Procedure struct {
	bun.BaseModel `bun:"table:procedures,alias:pr"`

	ID        uuid.UUID         `bun:",pk" json:"id"`
	Slug      string            `json:"slug"`
	Version   int               `json:"version"`
	Names     Names             `bun:"type:jsonb" json:"names"`
	Document  ProcedureDocument `bun:"type:jsonb" json:"document"`
	CreatedAt time.Time         `json:"created_at"`
}

// ProcedureDocument is what a procedure says.
type ProcedureDocument struct {
	Review      ReviewRules      `json:"review" yaml:"review"`
	Translation TranslationRules `json:"translation" yaml:"translation"`
	SignOff     SignOffRules     `json:"sign_off" yaml:"sign_off"`
	Publication PublicationRules `json:"publication" yaml:"publication"`
	FollowUp    FollowUpRules    `json:"follow_up" yaml:"follow_up"`
	Mailing     MailingRules     `json:"mailing,omitzero" yaml:"mailing,omitempty"`
	Digest      DigestRules      `json:"digest" yaml:"digest"`
}

// Wait is how long one is waited for: the deadline, the reminders counted from the opening or back from the deadline, and
// how long after the deadline a late answer is still taken (and marked as late).
type Wait struct {
	Due          Span   `json:"due" yaml:"due"`
	RemindAfter  []Span `json:"remind_after,omitempty" yaml:"remind_after"`
	RemindBefore []Span `json:"remind_before,omitempty" yaml:"remind_before,omitempty"` // of the deadline; in the place of RemindAfter
	RemindLate   Span   `json:"remind_late,omitempty" yaml:"remind_late,omitempty"`     // after the deadline, once; as long after that the officer is told
	LateFor      Span   `json:"late_for,omitempty" yaml:"late_for"`

	respond       Span   // what an expert has to say whether they will; "" where nobody is asked that
	respondRemind []Span // reminders of that, from the opening
}

// ReviewRules governs review rounds.
type ReviewRules struct {
	Wait           `yaml:",inline"`
	Respond        Span   `json:"respond" yaml:"respond"`                                               // an expert who has not reacted by then is silent
	RespondRemind  []Span `json:"respond_remind_after,omitempty" yaml:"respond_remind_after,omitempty"` // who has not said yet whether they will
	ExtendUpTo     Span   `json:"extend_up_to,omitempty" yaml:"extend_up_to,omitempty"`                 // an expert takes so much more time without asking
	WhenEnough     string `json:"when_enough,omitempty" yaml:"when_enough,omitempty"`                   // EnoughCloses where it says nothing
	LateApart      bool   `json:"late_apart,omitempty" yaml:"late_apart,omitempty"`                     // late answers are shown and do not count
	Enough         int    `json:"enough" yaml:"enough"`                                                 // answers that end a round early
	Grace          Span   `json:"grace" yaml:"grace"`                                                   // answers can be changed that long after enough or time is up
	ReplaceSilent  bool   `json:"replace_silent" yaml:"replace_silent"`                                 // invite the next in line; else the officer is asked
	Decide         Wait   `json:"decide" yaml:"decide"`                                                 // the officer's decision
	Anonymity      string `json:"anonymity,omitempty" yaml:"anonymity,omitempty"`                       // AnonymityOpen where it says nothing
	ConsultMembers bool   `json:"consult_partners" yaml:"consult_partners"`                             // ask the partners concerned in the same round

	Questions []Question `json:"questions,omitempty" yaml:"questions,omitempty"` // to the experts; the standard ones where there are none
}

// What follows once enough experts have answered.
const (
	EnoughCloses = "close" // the round closes after its grace
	EnoughAsks   = "ask"   // the officer closes it, or waits for the others
)

// LeastGrace is the grace of a round by a version of a procedure from before one was required: an answer is never the last word the
// moment it is given.
const LeastGrace Span = "1h"

// ClosingGrace is how long answers are taken and can be changed once a round is closing.
func (r ReviewRules) ClosingGrace() Span {
	if r.Grace.IsZero() {
		return LeastGrace
	}
	return r.Grace
}

// HowAnonymous is how much its rounds hide.
func (r ReviewRules) HowAnonymous() string { return cmp.Or(r.Anonymity, AnonymityOpen) }

// Fewest is how many experts a round has to ask, and how many answers end it early at least.
func (r ReviewRules) Fewest() int {
	if r.HowAnonymous() == AnonymityOpen {
		return 1
	}
	return FewestAnonymous
}

func (r ReviewRules) checkAnonymity(bad *apperr.Error) {
	if r.Anonymity != "" {
		oneOf(bad, "review.anonymity", r.Anonymity, Anonymities()...)
	}
	if r.Enough < r.Fewest() || r.Enough > mostReviews {
		bad.And("review.enough", "range", "min", r.Fewest(), "max", mostReviews)
	}
}

// AsksWhenEnough reports whether the officer closes a round in which enough have answered.
func (r ReviewRules) AsksWhenEnough() bool { return r.WhenEnough == EnoughAsks }

// TranslationRules governs translation.
type TranslationRules struct {
	Skip        bool `json:"skip,omitempty" yaml:"skip"`
	Translate   Wait `json:"translate" yaml:"translate"`
	Approve     Wait `json:"approve" yaml:"approve"`
	HoldForLate bool `json:"hold_for_late" yaml:"hold_for_late"` // a late language holds the others
}

// Sign-off rules: who is enough.
const (
	SignOffAll         = "all"          // every unit asked approves (or declares it outside its mandate)
	SignOffMajority    = "majority"     // more units approve than do not co-sign, and at least Quorum answered
	SignOffNoObjection = "no_objection" // nobody declines to co-sign, and at least Quorum answered
)

// What silence at the sign-off's deadline counts as.
const (
	SilenceWaits    = "wait"    // it stays open; the coordinator is told
	SilenceAbstains = "abstain" // counts as an abstention
	SilenceApproves = "approve" // counts as approval; to be used where the network has agreed to it
)

// What happens for a country that no partner covers.
const (
	UncoveredLead = "lead" // the lead organisation is asked in its place
	UncoveredNone = "none" // nobody is asked; the publication says so
)

// SignOffRules governs the partners' sign-off.
type SignOffRules struct {
	Wait      `yaml:",inline"`
	Skip      bool   `json:"skip,omitempty" yaml:"skip"`
	Rule      string `json:"rule" yaml:"rule"`
	Quorum    int    `json:"quorum" yaml:"quorum"` // units that must have answered
	Silence   string `json:"silence" yaml:"silence"`
	Uncovered string `json:"uncovered" yaml:"uncovered"`
	Resolve   Wait   `json:"resolve" yaml:"resolve"` // the officer's way out when the rule is not met
}

// PublicationRules governs publication and delivery to the authorities.
type PublicationRules struct {
	Publish  Wait `json:"publish" yaml:"publish"`
	Deliver  Wait `json:"deliver" yaml:"deliver"`
	ReplyDue Span `json:"reply_due" yaml:"reply_due"` // asked of the authority, from the delivery
}

// FollowUpRules governs the years after.
type FollowUpRules struct {
	First  Span `json:"first" yaml:"first"` // when progress is asked for first, from the publication
	Every  Span `json:"every" yaml:"every"` // and how often after that
	Report Wait `json:"report" yaml:"report"`
}

// MailingRules governs mailings that leave later than at once.
type MailingRules struct {
	Grace Span `json:"grace,omitempty" yaml:"grace,omitempty"` // one that is later than that asks before it leaves; DefaultMailingGrace where it says nothing
}

// Late reports whether a mailing is too late at now to leave by itself.
func (r MailingRules) Late(due, now time.Time) bool {
	return now.After(cmp.Or(r.Grace, DefaultMailingGrace).After(due, time.UTC))
}

// DigestRules gathers reminders: Hour is the local hour of the daily mail; Immediate sends each at once and is meant
// for demonstrations.
type DigestRules struct {
	Hour      int  `json:"hour" yaml:"hour"`
	Immediate bool `json:"immediate,omitempty" yaml:"immediate"`
}

// WaitFor returns how long a task of a kind is waited for.
func (d ProcedureDocument) WaitFor(kind TaskKind) Wait {
	switch kind {
	case TaskReview:
		w := d.Review.Wait
		w.respond, w.respondRemind = d.Review.Respond, d.Review.RespondRemind
		return w
	case TaskConsult:
		return d.Review.Wait
	case TaskChooseReviewer, TaskDecideReview, TaskDecideMailing, TaskEscalation:
		return d.Review.Decide
	case TaskAssignTranslator, TaskTranslate:
		return d.Translation.Translate
	case TaskApproveTranslation:
		return d.Translation.Approve
	case TaskSignOff:
		return d.SignOff.Wait
	case TaskResolveSignOff:
		return d.SignOff.Resolve
	case TaskPublish:
		return d.Publication.Publish
	case TaskDeliver:
		return d.Publication.Deliver
	default:
		return d.FollowUp.Report
	}
}

// anyMonday is a day to compare lengths of time from.
var anyMonday = time.Date(2026, time.June, 1, 8, 0, 0, 0, time.UTC)

// Validate reports every field that does not hold what it should.
func (d ProcedureDocument) Validate() error {
	e := apperr.New(apperr.CodeInvalid)
	wait := func(path string, w Wait) {
		spanField(e, path+".due", w.Due, true)
		spanField(e, path+".late_for", w.LateFor, false)
		for i, r := range w.RemindAfter {
			spanField(e, fmt.Sprintf("%s.remind_after[%d]", path, i), r, true)
		}
	}
	wait("review", d.Review.Wait)
	wait("review.decide", d.Review.Decide)
	spanField(e, "review.respond", d.Review.Respond, true)
	spanField(e, "review.grace", d.Review.Grace, true)
	d.Review.checkLadder(e)
	checkQuestions(e, d.Review.Questions)
	if r := d.Review; len(r.RemindAfter) > 0 && !r.Respond.IsZero() && !r.RemindAfter[0].Morning(anyMonday, time.UTC).Before(r.Respond.After(anyMonday, time.UTC)) {
		e.And("review.respond", "after_reminder")
	}
	d.Review.checkAnonymity(e)
	if !d.Translation.Skip {
		wait("translation.translate", d.Translation.Translate)
		wait("translation.approve", d.Translation.Approve)
		noLate(e, "translation.translate", d.Translation.Translate)
		noLate(e, "translation.approve", d.Translation.Approve)
	}
	if !d.SignOff.Skip {
		wait("sign_off", d.SignOff.Wait)
		wait("sign_off.resolve", d.SignOff.Resolve)
		noLate(e, "sign_off.resolve", d.SignOff.Resolve)
		if d.SignOff.Silence == SilenceWaits {
			noLate(e, "sign_off", d.SignOff.Wait)
		}
		if least := d.SignOff.leastAnswers(); d.SignOff.Quorum < least {
			e.And("sign_off.quorum", "min", "min", least)
		}
		oneOf(e, "sign_off.rule", d.SignOff.Rule, SignOffAll, SignOffMajority, SignOffNoObjection)
		oneOf(e, "sign_off.silence", d.SignOff.Silence, SilenceWaits, SilenceAbstains, SilenceApproves)
		oneOf(e, "sign_off.uncovered", d.SignOff.Uncovered, UncoveredLead, UncoveredNone)
	}
	wait("publication.publish", d.Publication.Publish)
	wait("publication.deliver", d.Publication.Deliver)
	noLate(e, "publication.publish", d.Publication.Publish)
	noLate(e, "publication.deliver", d.Publication.Deliver)
	spanField(e, "publication.reply_due", d.Publication.ReplyDue, true)
	spanField(e, "follow_up.first", d.FollowUp.First, true)
	spanField(e, "follow_up.every", d.FollowUp.Every, true)
	wait("follow_up.report", d.FollowUp.Report)
	spanField(e, "mailing.grace", d.Mailing.Grace, false)
	if d.Digest.Hour < 0 || d.Digest.Hour > 23 {
		e.And("digest.hour", "range", "min", 0, "max", 23)
	}
	d.checkOrder(e)
	return e.OrNil()
}

// noLate refuses an end for late answers where a step waits for them as long as it takes.
func noLate(e *apperr.Error, path string, w Wait) {
	if w.LateFor != "" {
		e.And(path+".late_for", "late_unused")
	}
}

func spanField(e *apperr.Error, path string, s Span, required bool) {
	if s == "" && !required {
		return
	}
	switch {
	case !s.Valid() || (required && s.IsZero()):
		e.And(path, "span")
	case s.After(anyMonday, time.UTC).After(anyMonday.AddDate(longestYears, 0, 0)):
		e.And(path, "span_long", "years", longestYears)
	}
}

func oneOf(e *apperr.Error, path, got string, allowed ...string) {
	for _, a := range allowed {
		if a == got {
			return
		}
	}
	e.And(path, "oneof", "allowed", strings.Join(allowed, ", "))
}

// ProcedureByID returns one version of a procedure.
func ProcedureByID(ctx context.Context, db bun.IDB, id uuid.UUID) (*Procedure, error) {
	p := new(Procedure)
	err := db.NewSelect().Model(p).Where("pr.id = ?", id).Scan(ctx)
	return p, found(err, "procedure")
}

// ProcedureBySlug returns the newest version of a procedure.
func ProcedureBySlug(ctx context.Context, db bun.IDB, slug string) (*Procedure, error) {
	p := new(Procedure)
	err := db.NewSelect().Model(p).Where("pr.slug = ?", slug).Order("pr.version DESC").Limit(1).Scan(ctx)
	return p, found(err, "procedure")
}

// ProcedureOf returns the version of the procedure by which a recommendation goes.
func ProcedureOf(ctx context.Context, db bun.IDB, recommendation uuid.UUID) (*Procedure, error) {
	p := new(Procedure)
	err := db.NewSelect().Model(p).Where("pr.id = (SELECT r.procedure_id FROM recommendations AS r WHERE r.id = ?)", recommendation).Scan(ctx)
	return p, found(err, "procedure")
}

// Procedures returns the newest version of each.
func Procedures(ctx context.Context, db bun.IDB) ([]Procedure, error) {
	var all []Procedure
	err := db.NewSelect().Model(&all).DistinctOn("pr.slug").Order("pr.slug", "pr.version DESC").Scan(ctx)
	return all, err
}
