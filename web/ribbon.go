package web

import "time"

// StepState says where a step of the ribbon stands.
type StepState string

// The states of a step.
const (
	StepDone    StepState = "done"
	StepNow     StepState = "now"
	StepNext    StepState = "next"
	StepSkipped StepState = "skipped"
	StepHeld    StepState = "held"
	StepEnded   StepState = "ended" // withdrawn in this step
)

// Ribbon is the one picture of where a recommendation stands: its seven steps in order.
type Ribbon struct {
	Steps []RibbonStep
	Small bool // in lists: the current step in words, the others as marks
}

// RibbonStep is one step. Stage completes the catalog key "ribbon.stage.<stage>".
type RibbonStep struct {
	Stage    string
	State    StepState
	Awaited  string         // of the current step: who is awaited, in words ("3 experts, Know-how Centre Bulgaria")
	Due      time.Time      // of the current step: until when; zero for no deadline
	Done     time.Time      // of a step done: when; zero hides it
	Zone     *time.Location // nil for the network's
	Note     string         // why skipped or on hold
	NoteLang string         // of the note, where it is somebody's words; "" where nobody said
	Href     string         // where the step is told in full; "" for none
}

// Stages are the seven steps in order.
var Stages = []string{"drafting", "review", "translation", "signoff", "publication", "campaign", "followup"}

// NewRibbon lays out seven steps: those before current are done, those after it are to come, unless skipped names
// them. A current of "" means that nothing has begun; a current after the last means that all is done.
func NewRibbon(current string, skipped ...string) Ribbon {
	var r Ribbon
	state := StepDone
	for _, stage := range Stages {
		step := RibbonStep{Stage: stage, State: state}
		if stage == current {
			step.State, state = StepNow, StepNext
		}
		for _, s := range skipped {
			if s == stage {
				step.State = StepSkipped
			}
		}
		r.Steps = append(r.Steps, step)
	}
	if current == "" {
		for i := range r.Steps {
			if r.Steps[i].State == StepDone {
				r.Steps[i].State = StepNext
			}
		}
	}
	return r
}

// Step returns a pointer to the step of a stage so that its details can be filled in; nil if there is none.
func (r *Ribbon) Step(stage string) *RibbonStep {
	for i := range r.Steps {
		if r.Steps[i].Stage == stage {
			return &r.Steps[i]
		}
	}
	return nil
}

// Now returns the current step, on hold or not; nil if there is none.
func (r Ribbon) Now() *RibbonStep {
	for i := range r.Steps {
		if s := r.Steps[i].State; s == StepNow || s == StepHeld {
			return &r.Steps[i]
		}
	}
	return nil
}

// Position counts the current step from 1; after the last it is the number of steps.
func (r Ribbon) Position() int {
	for i := range r.Steps {
		if s := r.Steps[i].State; s == StepNow || s == StepHeld {
			return i + 1
		}
	}
	return len(r.Steps)
}

// Icon returns the icon of a step's state.
func (s RibbonStep) Icon() string {
	switch s.State {
	case StepDone:
		return "check"
	case StepNow:
		return "arrow-right"
	case StepSkipped:
		return "arrow-bounce"
	case StepHeld:
		return "player-pause"
	case StepEnded:
		return "archive"
	default:
		return "circle-dotted"
	}
}
