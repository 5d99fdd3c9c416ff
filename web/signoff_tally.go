package web

import (
	"tribuna/internal/i18n"
	"tribuna/models"
)

// signOffRule says in words who is enough: "Nobody declines to co-sign, at least one approves, and at least two of the
// organisations asked have answered."
func signOffRule(l *i18n.Localizer, r models.SignOffRules) string {
	text := l.T("signoff.rule." + r.Rule)
	if r.Rule != models.SignOffAll && r.Quorum > 1 {
		text += " " + l.N("signoff.quorum", r.Quorum)
	}
	return text + " " + l.T("signoff.silence."+r.Silence)
}

// tallyWords says in words what has come and what is still needed.
func tallyWords(l *i18n.Localizer, t models.SignOffTally) []string {
	lines := []string{l.N("signoff.tally", t.Asked, "Approved", l.Number(t.Approved), "Answered", l.Number(t.Answered))}
	if t.Conditional > 0 {
		lines = append(lines, l.N("signoff.conditional", t.Conditional))
	}
	if t.Silent > 0 {
		lines = append(lines, l.N("signoff.silent", t.Silent))
	}
	if t.Declined > 0 {
		lines = append(lines, l.N("signoff.declined", t.Declined))
	}
	switch {
	case t.Met:
		return append(lines, l.T("signoff.met"))
	case t.Failed:
		return append(lines, l.T("signoff.failed"))
	}
	if t.NeededApprovals > 0 {
		lines = append(lines, l.N("signoff.needed_approvals", t.NeededApprovals))
	}
	if t.NeededAnswers > 0 {
		lines = append(lines, l.N("signoff.needed_answers", t.NeededAnswers))
	}
	if open := t.Asked - t.Answered; open > 0 {
		lines = append(lines, l.N("signoff.open", open))
	}
	return lines
}
