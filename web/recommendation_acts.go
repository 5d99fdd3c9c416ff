package web

import (
	"context"
	"fmt"
	"slices"
	"time"

	"tribuna/internal/i18n"
	"tribuna/models"
)

// awaitedRow says who is awaited for what, until when.
type awaitedRow struct {
	Who     string
	What    i18n.Words
	Due     time.Time
	Zone    *time.Location
	Note    string // reminders sent, accepted
	Overdue bool
	Held    bool // on hold: the deadline moves
	Lost    []undeliveredRow

	Href, Open, OpenLang string // a page about it, and what it is called there; "" for none
}

func newAwaitedRow(l *i18n.Localizer, a models.AwaitedItem, zone *time.Location) awaitedRow {
	row := awaitedRow{Who: a.Person, Due: a.DueAt, Zone: zone, Overdue: a.Overdue, Held: a.Held, What: i18n.Said(l.T("recommendation.awaited." + string(a.Kind)))}
	switch {
	case a.Organisation != "":
		row.Who = l.ForUnit(a.Organisation, a.Concerned...)
	case a.Hidden:
		row.Who = l.T("recommendation.somebody." + hiddenAs(a.Kind))
	}
	if a.Language != "" {
		row.What = i18n.Joined(row.What, " – ", l.Language(a.Language))
	}
	if name := l.Name(a.Authority); name.Text != "" {
		row.What = i18n.Joined(row.What, " – ", name)
	}
	if a.Reminders > 0 {
		row.Note = l.N("recommendation.reminders", a.Reminders)
	} else if a.Accepted {
		row.Note = l.T("recommendation.accepted")
	}
	return row
}

// hiddenAs is how somebody is called whom the reader may not know by name.
func hiddenAs(k models.TaskKind) string {
	switch k {
	case models.TaskReview:
		return "expert"
	case models.TaskTranslate, models.TaskApproveTranslation:
		return "translator"
	default:
		return "officer"
	}
}

// ribbonView puts where a recommendation stands into words.
func ribbonView(l *i18n.Localizer, state models.RibbonState, zone *time.Location) Ribbon {
	states := map[models.RibbonStepState]StepState{models.RibbonDone: StepDone, models.RibbonNow: StepNow, models.RibbonToCome: StepNext,
		models.RibbonSkipped: StepSkipped, models.RibbonHeld: StepHeld,
		models.RibbonEnded: StepEnded}
	var r Ribbon
	for _, s := range state.Steps {
		step := RibbonStep{Stage: s.Step, State: states[s.State], Zone: zone}
		if s.Until != nil {
			step.Due = *s.Until
		}
		if s.Ended != nil {
			step.Done = *s.Ended
		}
		var whom []string
		for _, w := range s.Whom {
			if w.Organisation != "" {
				whom = append(whom, l.ForUnit(w.Organisation, w.Concerned...))
				continue
			}
			if w.Kind == models.TaskChooseReviewer && state.Enough { // nobody more is needed
				whom = append(whom, l.T("recommendation.whom_closes"))
				continue
			}
			whom = append(whom, l.N("recommendation.whom."+string(w.Kind), w.Count))
		}
		step.Awaited = l.ListAnd(whom)
		r.Steps = append(r.Steps, step)
	}
	return r
}

// officerTasks are the tasks of those who decide, the most pressing first, with the page of each.
var officerTasks = []struct {
	kind       models.TaskKind
	path, icon string
}{
	{models.TaskChooseReviewer, "reviewers", "user-plus"},
	{models.TaskDecideReview, "decide-review", "gavel"},
	{models.TaskAssignTranslator, "translators", "language"},
	{models.TaskResolveSignOff, "resolve-sign-off", "gavel"},
	{models.TaskPublish, "publish", "world"},
	{models.TaskDeliver, "deliveries", "send"},
	{models.TaskDecideMailing, "", "clock"}, // on the page of the mailing
}

// mainAction is the one thing the reader is to do now; nil for nothing.
func (s *Server) mainAction(ctx context.Context, l *i18n.Localizer, p *visitorPage, open []models.AwaitedItem) (*mainAction, error) {
	if p.Owner {
		if act := ownerMain(l, p, open); act != nil {
			return act, nil
		}
	}
	if p.Rec.Held() {
		return nil, nil
	}
	waiting, err := models.Waiting(ctx, s.DB, p.visitor.viewer(), s.Now())
	if err != nil {
		return nil, err
	}
	for _, item := range waiting {
		if item.RecommendationID == p.Rec.ID {
			return &mainAction{Label: l.T("recommendation.act." + string(item.Kind)), Href: taskPath(item.TaskID), Icon: "arrow-right"}, nil
		}
	}
	return nil, nil
}

func ownerMain(l *i18n.Localizer, p *visitorPage, open []models.AwaitedItem) *mainAction {
	if p.Rec.Possible(models.DecideResume) == nil {
		return &mainAction{Label: l.T("recommendation.act.resume"), Href: p.Home + "/resume", Icon: "player-play"}
	}
	if p.enough {
		return &mainAction{Label: l.T("recommendation.act.close_round"), Href: p.Home + "/round#close", Icon: "gavel"}
	}
	for _, t := range officerTasks {
		i := slices.IndexFunc(open, func(a models.AwaitedItem) bool { return a.Kind == t.kind })
		if i >= 0 && t.path == "" {
			return &mainAction{Label: l.T("recommendation.act." + string(t.kind)), Href: taskPath(open[i].TaskID), Icon: t.icon}
		}
		if i >= 0 {
			return &mainAction{Label: l.T("recommendation.act." + string(t.kind)), Href: fmt.Sprintf("%s/%s?task=%s", p.Home, t.path, open[i].TaskID), Icon: t.icon}
		}
	}
	switch {
	case p.putIn != nil && p.putIn.Href != "":
		return &mainAction{Label: l.T("recommendation.act.put_in"), Href: p.putIn.Href, Icon: "edit"}
	case p.Rec.Possible(models.DecideStartReview) == nil:
		return &mainAction{Label: l.T("recommendation.act.start_review"), Href: p.Home + "/start-review", Icon: "send"}
	case p.Rec.Stage == models.StageDone:
		return &mainAction{Label: l.T("recommendation.act.mailing"), Href: p.Home + "/mailings/new", Icon: "mail"}
	}
	return nil
}

// chooseInstead leads to the choice of a further expert where enough have answered and it is no longer the main thing; nil otherwise.
func chooseInstead(l *i18n.Localizer, p *visitorPage, open []models.AwaitedItem) *mainAction {
	i := slices.IndexFunc(open, func(a models.AwaitedItem) bool { return a.Kind == models.TaskChooseReviewer })
	if !p.enough || i < 0 {
		return nil
	}
	return &mainAction{Label: l.T("recommendation.act.choose_reviewer"), Href: fmt.Sprintf("%s/reviewers?task=%s", p.Home, open[i].TaskID), Icon: "user-plus"}
}

// ownerActs are what owners can do besides, in the order of how often it is needed.
func ownerActs(l *i18n.Localizer, rec *models.Recommendation, startsLater bool) []mainAction {
	home := recommendationPath(rec.ID)
	var acts []mainAction
	add := func(when bool, name, path, icon string, danger bool) {
		if when {
			acts = append(acts, mainAction{Label: l.T("recommendation.act." + name), Href: home + path, Icon: icon, Danger: danger})
		}
	}
	can := func(kind models.DecisionKind) bool { return rec.Possible(kind) == nil }
	add(startsLater && can(models.DecideStartReview), "start_review", "/start-review", "send", false)
	add(rec.Stage == models.StageReview, "round", "/round", "users", false)
	add(rec.Round > 0, "comments", "/responses", "messages", false)
	add(can(models.DecideInviteReviewer), "invite", "/reviewers", "user-plus", false)
	add(rec.Asking(), "behalf", "/on-behalf", "message", false)
	add(rec.Announceable() == nil && rec.Stage != models.StageDone, "mailing", "/mailings/new", "mail", false) // then it is the main act
	add(can(models.DecideHold), "hold", "/hold", "player-pause", false)
	add(can(models.DecideWithdraw), "withdraw", "/withdraw", "archive", true)
	return acts
}
