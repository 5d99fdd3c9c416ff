package workflows

// publication asks the officer to publish, then to deliver to every authority, and ends the process when that is on
// record.
type publication struct{}

func (publication) next(r *recommendation) []next {
	p := r.pos.Publication
	switch {
	case !p.Published && !p.Opened:
		return r.now(a.OpenPublication)
	case p.Published && p.Undelivered == 0:
		return r.now(a.Finish)
	default:
		return r.tasks()
	}
}
