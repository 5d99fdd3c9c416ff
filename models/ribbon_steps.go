package models

import "slices"

// stageOrder is how far each stage is.
var stageOrder = map[Stage]int{StageDrafting: 0, StageReview: 1, StageTranslation: 2, StageSignOff: 3, StagePublication: 4, StageDone: 5}

func (b *ribbonBuilder) build() RibbonState {
	state := RibbonState{Withdrawn: b.r.Stage == StageWithdrawn, Enough: b.enough}
	for i, name := range []string{StepDrafting, StepReview, StepTranslation, StepSignOff, StepPublication} {
		state.Steps = append(state.Steps, RibbonStep{Step: name, State: b.stageState(name, i)})
	}
	campaign, followUp := b.campaign(), b.followUp()
	if state.Withdrawn {
		campaign, followUp = RibbonSkipped, RibbonSkipped
	}
	state.Steps = append(state.Steps, RibbonStep{Step: StepCampaign, State: campaign}, RibbonStep{Step: StepFollowUp, State: followUp})
	if b.r.Imported() {
		for i := range state.Steps[:len(state.Steps)-1] {
			state.Steps[i].State = RibbonElsewhere
		}
	}
	for i := range state.Steps {
		b.tell(&state.Steps[i])
	}
	return state
}

// stageState is where the i-th stage stands, seen from the stage the recommendation is in or was withdrawn from.
func (b *ribbonBuilder) stageState(name string, i int) RibbonStepState {
	stage, here, after := b.r.Stage, RibbonNow, RibbonToCome
	if stage == StageWithdrawn {
		here, after = RibbonEnded, RibbonSkipped
		if b.r.WithdrawnFrom != nil {
			stage = *b.r.WithdrawnFrom
		}
	}
	at := stageOrder[stage]
	switch {
	case b.skips(name, i < at):
		return RibbonSkipped
	case i < at:
		return RibbonDone
	case i == at:
		return here
	default:
		return after
	}
}

// skips reports whether a step is left out: by the procedure, for want of languages, or because nobody was to be asked.
func (b *ribbonBuilder) skips(step string, passed bool) bool {
	switch step {
	case StepTranslation:
		if passed {
			return b.translated == 0
		}
		return b.procedure.Translation.Skip || !slices.ContainsFunc(b.r.Languages, func(tag string) bool { return tag != b.r.Language })
	case StepSignOff:
		return b.procedure.SignOff.Skip || (passed && b.askedToSign == 0)
	}
	return false
}

func (b *ribbonBuilder) campaign() RibbonStepState {
	switch {
	case b.mailings[MailingDraft]+b.mailings[MailingScheduled]+b.mailings[MailingAsking]+b.mailings[MailingSending]+b.mailings[MailingPaused] > 0:
		return RibbonNow
	case b.mailings[MailingSent] > 0:
		return RibbonDone
	default:
		return RibbonToCome
	}
}

func (b *ribbonBuilder) followUp() RibbonStepState {
	switch {
	case b.followUps.Open > 0:
		return RibbonNow
	case b.followUps.Ended > 0:
		return RibbonDone
	case b.r.PublishedAt != nil: // a text without measures has nothing to follow
		return RibbonSkipped
	default:
		return RibbonToCome
	}
}

// tell fills in who is awaited, until when, and since when a step is done.
func (b *ribbonBuilder) tell(s *RibbonStep) {
	switch s.State {
	case RibbonNow:
		b.tellWhom(s)
		if b.r.Held() && s.Step != StepCampaign && s.Step != StepFollowUp {
			s.State, s.Until, s.Overdue = RibbonHeld, nil, false // deadlines move by as long as the hold lasts
		}
	case RibbonDone:
		b.tellEnd(s)
	}
}

func (b *ribbonBuilder) tellWhom(s *RibbonStep) {
	at := map[TaskKind]int{}
	for _, t := range b.open {
		if stepOfTask[t.Kind] != s.Step {
			continue
		}
		if s.Until == nil {
			s.Until = &t.DueAt
		}
		s.Overdue = s.Overdue || t.Overdue
		i, known := at[t.Kind]
		if !known {
			i = len(s.Whom)
			at[t.Kind] = i
			s.Whom = append(s.Whom, RibbonWhom{Kind: t.Kind, Organisation: t.Organisation, Concerned: t.Concerned})
		}
		s.Whom[i].Count++
		if s.Whom[i].Count > 1 {
			s.Whom[i].Organisation, s.Whom[i].Concerned = "", nil
		}
	}
	switch {
	case s.Step == StepReview && b.round != nil && b.round.ClosingAt != nil && b.round.ClosedAt == nil && !b.partnersAlone():
		s.Until, s.Overdue = b.round.ClosingAt, false // enough answered; they can still be changed
	case s.Step == StepFollowUp && s.Until == nil:
		s.Until = b.followUps.AskAt
	}
}

// partnersAlone reports whether a round waits for partners and for no expert: they have their own time, however the round closes.
func (b *ribbonBuilder) partnersAlone() bool {
	asked := func(kind TaskKind) bool {
		return slices.ContainsFunc(b.open, func(t ribbonTask) bool { return t.Kind == kind })
	}
	return asked(TaskConsult) && !asked(TaskReview)
}

func (b *ribbonBuilder) tellEnd(s *RibbonStep) {
	switch s.Step {
	case StepReview:
		if b.round != nil {
			s.Ended = b.round.ClosedAt
		}
	case StepPublication:
		s.Ended = b.r.PublishedAt
	}
}
