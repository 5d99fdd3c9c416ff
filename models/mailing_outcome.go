package models

import (
	"strings"

	"github.com/uptrace/bun"
)

// MailOutcome is what a mailing came to for one of its recipients. Every recipient has exactly one, so that they add up.
type MailOutcome string

// The outcomes.
const (
	OutcomeDelivered   MailOutcome = "delivered"
	OutcomeToldArrived MailOutcome = "told_arrived" // not known, and somebody says that it arrived
	OutcomeWaiting     MailOutcome = "waiting"      // still to go, or on its way
	OutcomeRefused     MailOutcome = "refused"      // by the mail server, for good
	OutcomeGivenUp     MailOutcome = "given_up"     // after several attempts
	OutcomeHard        MailOutcome = "bounced_hard"
	OutcomeSoft        MailOutcome = "bounced_soft"
	OutcomePolicy      MailOutcome = "bounced_policy"
	OutcomeUnknown     MailOutcome = "unknown"
	OutcomeToldNot     MailOutcome = "told_not"          // not known, and somebody says that it did not arrive
	OutcomeStopped     MailOutcome = "mailing_cancelled" // before its turn came
	OutcomeUnwanted    MailOutcome = "unwanted"          // not among what they want of the mailings
	OutcomeNoConsent   MailOutcome = "no_consent"        // when its turn came
	OutcomeSuppressed  MailOutcome = "suppressed"        // likewise
	OutcomeLeft        MailOutcome = "left"              // likewise
	OutcomeActed       MailOutcome = "acted"             // did meanwhile what it asks for
	OutcomeOther       MailOutcome = "cancelled_other"
)

// NotReachedOutcomes returns the outcomes of those who did not get a mailing, and of whom it is not known.
func NotReachedOutcomes() []MailOutcome {
	return []MailOutcome{OutcomeUnknown, OutcomeRefused, OutcomeGivenUp, OutcomeHard, OutcomeSoft, OutcomePolicy, OutcomeToldNot,
		OutcomeStopped, OutcomeUnwanted, OutcomeNoConsent, OutcomeSuppressed, OutcomeLeft, OutcomeActed, OutcomeOther}
}

// ByHand reports whether the outcome is what somebody says, or waits for somebody to say it.
func (o MailOutcome) ByHand() bool {
	return o == OutcomeUnknown || o == OutcomeToldArrived || o == OutcomeToldNot
}

// Reached reports whether who has this outcome got the mailing, as far as anybody knows.
func (o MailOutcome) Reached() bool { return o == OutcomeDelivered || o == OutcomeToldArrived }

// Bounced reports whether the mail came back.
func (o MailOutcome) Bounced() bool {
	return o == OutcomeHard || o == OutcomeSoft || o == OutcomePolicy
}

// NotSent reports whether the mail never left.
func (o MailOutcome) NotSent() bool {
	switch o {
	case OutcomeStopped, OutcomeUnwanted, OutcomeNoConsent, OutcomeSuppressed, OutcomeLeft, OutcomeActed, OutcomeOther:
		return true
	default:
		return false
	}
}

// What stands in the reply of mails that nobody sent, or that were given up: outcomes are told apart by it.
const (
	ReplyLeft       = "the person has left"
	ReplySuppressed = "the address must not be written to"
	ReplyNoConsent  = "there is no consent to mailings"
	ReplyGivenUp    = "given up after" // how the words begin
)

// ServerWords returns what a mail server said of a mail, of what stands in its reply; "" where no server said anything, and the
// reply is ours: outcomes say that in every language.
func (o MailOutcome) ServerWords(reply string) string {
	switch {
	case o.NotSent(), reply == whyCutOff:
		return ""
	case o == OutcomeGivenUp && strings.HasPrefix(reply, ReplyGivenUp):
		_, said, _ := strings.Cut(reply, ": ")
		return said
	}
	return reply
}

// bounceClass is how the mail o came back, by the last report that says so; null where none does.
const bounceClass = `(SELECT b.class FROM bounces AS b WHERE b.mail_id = o.id AND b.class IN ('hard', 'soft', 'policy')
	ORDER BY b.received_at DESC, b.id DESC LIMIT 1)`

const bounceOutcome = `'bounced_' || COALESCE(` + bounceClass + `, 'policy')`

// withOutcome adds the outcome of each mail (alias o, of outbox) to a query, as "outcome".
func withOutcome(q *bun.SelectQuery) *bun.SelectQuery {
	return q.ColumnExpr(`CASE o.state WHEN 'delivered' THEN 'delivered'
		WHEN 'failed' THEN CASE WHEN starts_with(o.reply, ?) THEN 'given_up' ELSE 'refused' END
		WHEN 'bounced' THEN `+bounceOutcome+`
		WHEN 'unknown' THEN COALESCE((SELECT CASE WHEN ms.arrived THEN 'told_arrived' ELSE 'told_not' END FROM mail_settlements AS ms
			WHERE ms.mail_id = o.id), 'unknown')
		WHEN 'cancelled' THEN CASE o.reply WHEN ? THEN 'mailing_cancelled' WHEN ? THEN 'unwanted' WHEN ? THEN 'no_consent' WHEN ? THEN 'suppressed'
			WHEN ? THEN 'left' WHEN ? THEN 'acted' ELSE 'cancelled_other' END
		ELSE 'waiting' END AS outcome`, ReplyGivenUp, whyCancelled, ReplyUnwanted, ReplyNoConsent, ReplySuppressed, ReplyLeft, ReplyActed)
}
