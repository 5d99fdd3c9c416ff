package workflows

// translation opens every language asked for and goes on when none holds the stage: all are approved, or late where the
// procedure does not wait for the late.
type translation struct{}

func (translation) next(r *recommendation) []next {
	switch {
	case !r.pos.Translation.Opened:
		return r.now(a.OpenTranslations)
	case r.pos.Translation.Pending == 0:
		return r.now(a.EndTranslation)
	default:
		return r.tasks()
	}
}
