package i18n

// Changed says what changed in a version: what its author wrote, else what a step did that put accepted suggestions in, or undid that;
// "" where nothing is said.
func (l *Localizer) Changed(note string, putIn, backTo int) string {
	switch {
	case note != "":
		return note
	case putIn > 0:
		return l.N("putin.note", putIn)
	case backTo > 0:
		return l.T("putin.undo_note", "Number", l.Number(backTo))
	default:
		return ""
	}
}
