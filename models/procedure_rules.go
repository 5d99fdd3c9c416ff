package models

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
)

// Kinds of what a rule holds.
const (
	RuleSpan   = "span"   // a length of time
	RuleSpans  = "spans"  // several, separated by commas
	RuleNumber = "number" //
	RuleYes    = "yes"    // yes, or nothing for no
	RuleChoice = "choice" // one of Choices

	RuleQuestions = "questions" // to experts, as WriteQuestions writes them
)

// Rule is one thing that a procedure says, known by its path in the document. A procedure is read, written and compared
// rule by rule, so that its form, its YAML and its page cannot differ in what there is.
type Rule struct {
	Path    string
	Kind    string
	Choices []string
	at      func(*ProcedureDocument) any
}

// ProcedureRules returns every rule in the order of the process.
func ProcedureRules() []Rule {
	var rules []Rule
	span := func(path string, at func(*ProcedureDocument) *Span) {
		rules = append(rules, Rule{Path: path, Kind: RuleSpan, at: func(d *ProcedureDocument) any { return at(d) }})
	}
	spans := func(path string, at func(*ProcedureDocument) *[]Span) {
		rules = append(rules, Rule{Path: path, Kind: RuleSpans, at: func(d *ProcedureDocument) any { return at(d) }})
	}
	number := func(path string, at func(*ProcedureDocument) *int) {
		rules = append(rules, Rule{Path: path, Kind: RuleNumber, at: func(d *ProcedureDocument) any { return at(d) }})
	}
	yes := func(path string, at func(*ProcedureDocument) *bool) {
		rules = append(rules, Rule{Path: path, Kind: RuleYes, at: func(d *ProcedureDocument) any { return at(d) }})
	}
	choice := func(path string, at func(*ProcedureDocument) *string, choices ...string) {
		rules = append(rules, Rule{Path: path, Kind: RuleChoice, Choices: choices, at: func(d *ProcedureDocument) any { return at(d) }})
	}
	wait := func(path string, at func(*ProcedureDocument) *Wait) {
		span(path+".due", func(d *ProcedureDocument) *Span { return &at(d).Due })
		spans(path+".remind_after", func(d *ProcedureDocument) *[]Span { return &at(d).RemindAfter })
		if path == "review" {
			spans(path+".remind_before", func(d *ProcedureDocument) *[]Span { return &at(d).RemindBefore })
			span(path+".remind_late", func(d *ProcedureDocument) *Span { return &at(d).RemindLate })
		}
		span(path+".late_for", func(d *ProcedureDocument) *Span { return &at(d).LateFor })
	}
	wait("review", func(d *ProcedureDocument) *Wait { return &d.Review.Wait })
	span("review.respond", func(d *ProcedureDocument) *Span { return &d.Review.Respond })
	spans("review.respond_remind_after", func(d *ProcedureDocument) *[]Span { return &d.Review.RespondRemind })
	span("review.extend_up_to", func(d *ProcedureDocument) *Span { return &d.Review.ExtendUpTo })
	number("review.enough", func(d *ProcedureDocument) *int { return &d.Review.Enough })
	choice("review.when_enough", func(d *ProcedureDocument) *string { return &d.Review.WhenEnough }, EnoughCloses, EnoughAsks)
	yes("review.late_apart", func(d *ProcedureDocument) *bool { return &d.Review.LateApart })
	span("review.grace", func(d *ProcedureDocument) *Span { return &d.Review.Grace })
	yes("review.replace_silent", func(d *ProcedureDocument) *bool { return &d.Review.ReplaceSilent })
	yes("review.consult_partners", func(d *ProcedureDocument) *bool { return &d.Review.ConsultMembers })
	choice("review.anonymity", func(d *ProcedureDocument) *string { return &d.Review.Anonymity }, Anonymities()...)
	rules = append(rules, Rule{Path: "review.questions", Kind: RuleQuestions, at: func(d *ProcedureDocument) any { return &d.Review.Questions }})
	wait("review.decide", func(d *ProcedureDocument) *Wait { return &d.Review.Decide })
	yes("translation.skip", func(d *ProcedureDocument) *bool { return &d.Translation.Skip })
	wait("translation.translate", func(d *ProcedureDocument) *Wait { return &d.Translation.Translate })
	wait("translation.approve", func(d *ProcedureDocument) *Wait { return &d.Translation.Approve })
	yes("translation.hold_for_late", func(d *ProcedureDocument) *bool { return &d.Translation.HoldForLate })
	yes("sign_off.skip", func(d *ProcedureDocument) *bool { return &d.SignOff.Skip })
	wait("sign_off", func(d *ProcedureDocument) *Wait { return &d.SignOff.Wait })
	choice("sign_off.rule", func(d *ProcedureDocument) *string { return &d.SignOff.Rule }, SignOffAll, SignOffMajority, SignOffNoObjection)
	number("sign_off.quorum", func(d *ProcedureDocument) *int { return &d.SignOff.Quorum })
	choice("sign_off.silence", func(d *ProcedureDocument) *string { return &d.SignOff.Silence }, SilenceWaits, SilenceAbstains, SilenceApproves)
	choice("sign_off.uncovered", func(d *ProcedureDocument) *string { return &d.SignOff.Uncovered }, UncoveredLead, UncoveredNone)
	wait("sign_off.resolve", func(d *ProcedureDocument) *Wait { return &d.SignOff.Resolve })
	wait("publication.publish", func(d *ProcedureDocument) *Wait { return &d.Publication.Publish })
	wait("publication.deliver", func(d *ProcedureDocument) *Wait { return &d.Publication.Deliver })
	span("publication.reply_due", func(d *ProcedureDocument) *Span { return &d.Publication.ReplyDue })
	span("follow_up.first", func(d *ProcedureDocument) *Span { return &d.FollowUp.First })
	span("follow_up.every", func(d *ProcedureDocument) *Span { return &d.FollowUp.Every })
	wait("follow_up.report", func(d *ProcedureDocument) *Wait { return &d.FollowUp.Report })
	span("mailing.grace", func(d *ProcedureDocument) *Span { return &d.Mailing.Grace })
	number("digest.hour", func(d *ProcedureDocument) *int { return &d.Digest.Hour })
	yes("digest.immediate", func(d *ProcedureDocument) *bool { return &d.Digest.Immediate })
	return rules
}

// Stage returns the part of the process that a rule belongs to.
func (r Rule) Stage() string { return r.Path[:strings.IndexByte(r.Path, '.')] }

// Wait returns what is waited for where the rule is a deadline, its reminders or its late answers; "" for other rules.
func (r Rule) Wait() string {
	for _, last := range []string{".due", ".remind_after", ".remind_before", ".remind_late", ".late_for"} {
		if wait, is := strings.CutSuffix(r.Path, last); is {
			return wait
		}
	}
	return ""
}

// WaitsOn reports whether an answer is taken however late, because the step cannot go on without it: nothing then ends the
// time for late answers.
func (r Rule) WaitsOn(d ProcedureDocument) bool {
	switch r.Wait() {
	case "review", "follow_up.report":
		return false
	case "sign_off":
		return d.SignOff.Silence == SilenceWaits
	default:
		return true
	}
}

// What no procedure of sense goes beyond.
const (
	mostReviews  = 50 // answers of experts in one round
	longestYears = 5  // that anything is waited for
)

// checkOrder blames what comes at the wrong time: a reminder when the deadline is over or before the one before it, an expert
// called silent, or an answer changed, after the time to answer, a report that is still awaited when the next is asked for.
func (d ProcedureDocument) checkOrder(bad *apperr.Error) {
	for _, r := range ProcedureRules() {
		skipped := d.Translation.Skip && r.Stage() == "translation" || d.SignOff.Skip && r.Stage() == "sign_off"
		if reminders, are := r.at(&d).(*[]Span); are && !skipped && strings.HasSuffix(r.Path, ".remind_after") {
			checkReminders(bad, r.Path, *reminders, d.spanOf(r.Wait()+".due"))
		}
	}
	for _, c := range []struct{ path, within, rule string }{{"review.respond", "review.due", "after_due"}, {"review.grace", "review.due", "after_due"},
		{"follow_up.report.due", "follow_up.every", "after_next"}} {
		if longer(d.spanOf(c.path), d.spanOf(c.within)) {
			bad.And(c.path, c.rule)
		}
	}
}

func checkReminders(bad *apperr.Error, path string, reminders []Span, due Span) {
	for i, r := range reminders {
		at := fmt.Sprintf("%s[%d]", path, i)
		switch {
		case r.IsZero() || due.IsZero(): // blamed for that
		case !r.Morning(anyMonday, time.UTC).Before(due.After(anyMonday, time.UTC)):
			bad.And(at, "reminder_late")
		case i > 0 && !reminders[i-1].Morning(anyMonday, time.UTC).Before(r.Morning(anyMonday, time.UTC)):
			bad.And(at, "reminder_order")
		}
	}
}

// longer reports whether one span ends after another; one that cannot be read does not.
func longer(a, b Span) bool {
	return !a.IsZero() && !b.IsZero() && a.After(anyMonday, time.UTC).After(b.After(anyMonday, time.UTC))
}

// spanOf returns the length of time at a path, "" where there is none.
func (d ProcedureDocument) spanOf(path string) Span {
	for _, r := range ProcedureRules() {
		if span, is := r.at(&d).(*Span); is && r.Path == path {
			return *span
		}
	}
	return ""
}

// leastAnswers is how many organisations have to answer at least: where it is not all of them, one, so that silence alone
// signs nothing off.
func (r SignOffRules) leastAnswers() int {
	if r.Rule == SignOffMajority || r.Rule == SignOffNoObjection {
		return 1
	}
	return 0
}

// checkReach blames more answers than there are votes in the network on that day. While it has no member yet nothing is blamed.
func (d ProcedureDocument) checkReach(ctx context.Context, db bun.IDB, on time.Time) error {
	if d.SignOff.Skip {
		return nil
	}
	members, err := Organisations(ctx, db, OrganisationFilter{Kinds: []string{OrganisationLead, OrganisationPartner}, MemberOn: &on})
	if err != nil {
		return err
	}
	if votes := len(unitsOf(members)); votes > 0 && d.SignOff.Quorum > votes {
		return apperr.Invalid("sign_off.quorum", "quorum_votes", "votes", votes)
	}
	return nil
}

// Value returns what a document says, as one writes it.
func (r Rule) Value(d ProcedureDocument) string {
	switch v := r.at(&d).(type) {
	case *Span:
		return string(*v)
	case *[]Span:
		parts := make([]string, len(*v))
		for i, s := range *v {
			parts[i] = string(s)
		}
		return strings.Join(parts, ", ")
	case *[]Question:
		return writeQuestions(*v)
	case *int:
		return strconv.Itoa(*v)
	case *bool:
		if *v {
			return "yes"
		}
		return ""
	case *string:
		if *v == "" && slices.Contains([]string{"review.when_enough", "review.anonymity"}, r.Path) { // documents of before that was asked
			return r.Choices[0]
		}
		return *v
	}
	return ""
}

// set writes a value into a document. What is no number is blamed; the rest is for Validate.
func (r Rule) set(d *ProcedureDocument, value string, bad *apperr.Error) {
	value = strings.TrimSpace(value)
	switch v := r.at(d).(type) {
	case *Span:
		*v = Span(value)
	case *[]Span:
		*v = nil
		for part := range strings.FieldsFuncSeq(value, func(c rune) bool { return c == ',' || c == ';' || c == ' ' }) {
			*v = append(*v, Span(part))
		}
	case *[]Question:
		list, err := readQuestions(value)
		if err != nil {
			bad.And(r.Path, "yaml")
		}
		*v = list
	case *int:
		n, err := strconv.Atoi(value)
		if err != nil && value != "" {
			bad.And(r.Path, "number")
		}
		*v = n
	case *bool:
		*v = value == "yes"
	case *string:
		*v = value
	}
}

// ReadProcedure makes a document of values by the paths of their rules, and reports everything that is wrong with it.
func ReadProcedure(value func(path string) string) (ProcedureDocument, error) {
	var d ProcedureDocument
	bad := apperr.New(apperr.CodeInvalid)
	for _, r := range ProcedureRules() {
		r.set(&d, value(r.Path), bad)
	}
	if d.Translation.Skip { // what is left out says nothing
		d.Translation = TranslationRules{Skip: true}
	}
	if d.SignOff.Skip {
		d.SignOff = SignOffRules{Skip: true}
	}
	unread := len(bad.Fields)
	if e, is := d.Validate().(*apperr.Error); is { //nolint:errorlint // Validate wraps nothing
		for _, f := range e.Fields {
			if !slices.ContainsFunc(bad.Fields[:unread], func(b apperr.Field) bool { return b.Path == f.Path }) {
				bad.Fields = append(bad.Fields, f)
			}
		}
	}
	return d, bad.OrNil()
}

// RuleChange is a rule that two versions of a procedure say differently.
type RuleChange struct {
	Rule          Rule
	Before, After string // as of Rule.Value
}

// CompareProcedures returns what the second document says otherwise than the first.
func CompareProcedures(before, after ProcedureDocument) []RuleChange {
	var changes []RuleChange
	for _, r := range ProcedureRules() {
		if a, b := r.Value(before), r.Value(after); a != b {
			changes = append(changes, RuleChange{r, a, b})
		}
	}
	return changes
}
