package web

import (
	"tribuna/internal/i18n"
	"tribuna/models"
)

// shownSubject is the subject of a mailing as officers read it: its fields are filled in, or say in brackets what stands there for each
// reader.
//
//i18n:keys mailing.field_open.*
func shownSubject(l *i18n.Localizer, s models.SubjectLine) string {
	return s.Shown(func(f models.MailingField) string { return "[" + l.T("mailing.field_open."+string(f)) + "]" })
}

// subjectOf is the subject of a mailing as officers read it, in their language where it has one, else in the fallback. Nothing of one
// without a text.
func subjectOf(l *i18n.Localizer, m models.Mailing) models.Titled {
	t := m.Text(l.Tag())
	if t == nil {
		return models.Titled{}
	}
	return models.Titled{Title: shownSubject(l, t.Line()), Language: t.Language}
}

// subjectsOf are all subjects of a mailing as officers read them.
func subjectsOf(l *i18n.Localizer, m models.Mailing) []models.Titled {
	all := make([]models.Titled, len(m.Texts))
	for i, t := range m.Texts {
		all[i] = models.Titled{Title: shownSubject(l, t.Line()), Language: t.Language}
	}
	return all
}
