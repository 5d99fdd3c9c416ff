package workflows

// review drives one round: it invites, reminds, replaces those who are silent, closes after a grace when enough have
// answered or nobody is awaited any more, and hands over to the officer.
type review struct{}

func (review) next(r *recommendation) []next {
	round := r.pos.Round
	switch {
	case !round.Opened:
		return r.now(a.OpenReview)
	case round.Closed:
		return r.tasks() // the officer decides
	case round.ClosingAt != nil:
		return append(r.tasks(), next{at: *round.ClosingAt, step: a.CloseRound, n: int(r.pos.Revision)})
	case round.IsEnough():
		return r.now(a.BeginClosing)
	case round.AsksNow():
		return r.now(a.AskEnough)
	default:
		return r.tasks()
	}
}
