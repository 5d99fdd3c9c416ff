package workflows

// signOff asks the organisations concerned and goes on when the procedure's rule is met; when it can no longer be met
// the officer decides what follows.
type signOff struct{}

func (signOff) next(r *recommendation) []next {
	so := r.pos.SignOff
	switch {
	case !so.Opened:
		return r.now(a.OpenSignOff)
	case so.Met:
		return r.now(a.EndSignOff)
	case so.Failed && !so.Resolving:
		return r.now(a.AskResolve)
	default:
		return r.tasks()
	}
}
