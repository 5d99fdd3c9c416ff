package web

import (
	"regexp"
	"strconv"
	"strings"

	"tribuna/internal/i18n"
	"tribuna/models"
)

// procedureStage is what a procedure says about one part of the process, in words.
type procedureStage struct {
	Title string
	Waits []procedureWait
	Says  []string
}

// procedureWait is how long somebody is waited for.
type procedureWait struct {
	Who, Due, Reminders, Late string
	none                      bool // Reminders says that there are none
}

// saidOf puts a document into words, stage by stage. Of what is left out nothing else is said.
func saidOf(l *i18n.Localizer, d models.ProcedureDocument) []procedureStage {
	var stages []procedureStage
	waits := map[string]int{}
	for _, r := range models.ProcedureRules() {
		if len(stages) == 0 || stages[len(stages)-1].Title != l.T("procedure.stage."+r.Stage()) {
			stages = append(stages, procedureStage{Title: l.T("procedure.stage." + r.Stage())})
			waits = map[string]int{}
		}
		stage := &stages[len(stages)-1]
		if (d.Translation.Skip && r.Stage() == "translation" || d.SignOff.Skip && r.Stage() == "sign_off") && !strings.HasSuffix(r.Path, ".skip") {
			continue
		}
		if r.Wait() == "" {
			stage.Says = append(stage.Says, l.T(saysKey(r, r.Value(d)), "Value", ruleWords(l, r, r.Value(d))))
			continue
		}
		if _, known := waits[r.Wait()]; !known {
			waits[r.Wait()] = len(stage.Waits)
			stage.Waits = append(stage.Waits, procedureWait{Who: l.T("procedure.wait." + r.Wait())})
		}
		w, value := &stage.Waits[waits[r.Wait()]], ruleWords(l, r, r.Value(d))
		switch {
		case strings.HasSuffix(r.Path, ".due"):
			w.Due = value
		case strings.Contains(r.Path, ".remind_"):
			w.remind(l, r, d, value)
		case r.WaitsOn(d) && r.Value(d) == "":
			w.Late = l.T("procedure.as_long")
		default:
			w.Late = value
		}
	}
	return stages
}

// remind adds what a rule says of reminders: that there are none is said once, of a ladder that has no other.
func (w *procedureWait) remind(l *i18n.Localizer, r models.Rule, d models.ProcedureDocument, value string) {
	switch {
	case r.Value(d) == "":
		if w.Reminders == "" && strings.HasSuffix(r.Path, ".remind_after") {
			w.Reminders, w.none = value, true
		}
		return
	case strings.HasSuffix(r.Path, ".remind_after"):
		value = l.T("procedure.after_asking", "Value", value)
	case strings.HasSuffix(r.Path, ".remind_before"):
		value = l.T("procedure.before_deadline", "Value", value)
	case strings.HasSuffix(r.Path, ".remind_late"):
		value = l.T("procedure.after_deadline", "Value", value)
	}
	if w.Reminders != "" && !w.none {
		value = w.Reminders + "; " + value
	}
	w.Reminders, w.none = value, false
}

// saysKey is the sentence of a rule: of a choice and of yes or no there is one each.
//
//i18n:keys procedure.says.**
func saysKey(r models.Rule, value string) string {
	key := "procedure.says." + r.Path
	switch {
	case r.Kind == models.RuleYes && value == "yes":
		return key + ".yes"
	case r.Kind == models.RuleYes:
		return key + ".no"
	case r.Kind == models.RuleChoice:
		return choiceKey(r, value)
	default:
		return key
	}
}

// choiceKey is the sentence of a choice. Those that partners read before they sign stand there already.
func choiceKey(r models.Rule, value string) string {
	switch r.Path {
	case "sign_off.rule":
		return "signoff.rule." + value
	case "sign_off.silence":
		return "signoff.silence." + value
	}
	return "procedure.choice." + r.Path + "." + value
}

// ruleWords says what a rule holds.
func ruleWords(l *i18n.Localizer, r models.Rule, value string) string {
	switch r.Kind {
	case models.RuleYes:
		if value == "yes" {
			return l.T("procedure.yes")
		}
		return l.T("procedure.no")
	case models.RuleChoice:
		if key := choiceKey(r, value); l.Has(key) {
			return l.T(key)
		}
	case models.RuleSpan, models.RuleSpans:
		var spans []string
		for part := range strings.SplitSeq(value, ", ") {
			spans = append(spans, spanWords(l, part))
		}
		return l.ListAnd(spans)
	case models.RuleQuestions:
		return questionWords(l, value)
	case models.RuleNumber:
		if n, err := strconv.Atoi(value); err == nil {
			return l.Number(n)
		}
	}
	return value
}

var spanParts = regexp.MustCompile(`^(\d+)(s|m|h|d|wd)$`)

// spanWords says a length of time: "5wd" is "5 working days".
func spanWords(l *i18n.Localizer, span string) string {
	m := spanParts.FindStringSubmatch(span)
	if m == nil {
		return l.T("procedure.none_set")
	}
	n, err := strconv.Atoi(m[1])
	if err != nil {
		return span
	}
	return l.N("procedure.span."+m[2], n)
}

// ruleLabel calls a rule what its form calls it.
func ruleLabel(l *i18n.Localizer, r models.Rule) string {
	if wait := r.Wait(); wait != "" {
		return l.T("procedure.wait."+wait) + ": " + l.T("procedure.rule."+strings.TrimPrefix(r.Path, wait+"."))
	}
	return l.T("procedure.rule." + r.Path)
}

// pathLabel calls what stands at a path of a procedure what its form calls it; one of several is called as all are.
func pathLabel(l *i18n.Localizer, path string) string {
	path = itemIndex.ReplaceAllString(path, "")
	for _, r := range models.ProcedureRules() {
		if r.Path == path {
			return ruleLabel(l, r)
		}
	}
	return path
}

// changeRow is a rule that differs between two versions.
type changeRow struct{ Stage, Rule, Before, After string }

func changeRows(l *i18n.Localizer, changes []models.RuleChange) []changeRow {
	rows := make([]changeRow, 0, len(changes))
	for _, c := range changes {
		rows = append(rows, changeRow{l.T("procedure.stage." + c.Rule.Stage()), ruleLabel(l, c.Rule), ruleWords(l, c.Rule, c.Before), ruleWords(l, c.Rule, c.After)})
	}
	return rows
}
