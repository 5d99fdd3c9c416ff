package i18n

// TimeNeeded says how many minutes reading a text and answering what is asked about it take, apart: who has little time decides by the
// first. Measures is what reading the measures alone takes; 0, or as much as all of it, is not told.
func (l *Localizer) TimeNeeded(read, answer, measures int) string {
	said := l.N("asked.minutes.read", read) + ", " + l.N("asked.minutes.answer", answer)
	if measures > 0 && measures < read {
		said += "; " + l.N("asked.minutes.measures", measures)
	}
	return said
}
