package web

import (
	"context"
	"time"

	"tribuna/internal/i18n"
	"tribuna/models"
)

// mailingRow is a mailing in a list: by its subject, its kind, its state and when it leaves or left, for many are about one text.
type mailingRow struct {
	Href          string
	Subject, Lang string // Lang is that of the subject
	Kind, When    string
	State         Badge
}

// mailingKind is what a kind is called where mailings of several stand together.
//
//i18n:keys mailing.kind.*
func mailingKind(l *i18n.Localizer, kind string) string { return l.T("mailing.kind." + kind) }

func mailingRows(l *i18n.Localizer, list []models.Mailing, zone *time.Location) []mailingRow {
	rows := make([]mailingRow, len(list))
	for i, m := range list {
		rows[i] = mailingRow{Href: mailingPath(m.ID), Kind: mailingKind(l, m.Kind), When: mailingWhen(l, m, zone), State: mailingBadge(l, m.State)}
		said := subjectOf(l, m)
		rows[i].Subject, rows[i].Lang = said.Title, said.Language
	}
	return rows
}

// mailingWhen says when a mailing leaves or left; of one that does neither, when it was begun.
func mailingWhen(l *i18n.Localizer, m models.Mailing, zone *time.Location) string {
	switch {
	case m.State == models.MailingSending && m.ServerSince != nil:
		return l.T("mailing.server_silent", "Since", l.DateTime(*m.ServerSince, zone))
	case m.State == models.MailingScheduled && m.NextAt != nil:
		return l.T("mailing.leaves_at", "When", l.DateTime(*m.NextAt, zone))
	case m.State == models.MailingAsking && m.NextAt != nil:
		return l.T("mailing.was_to_leave", "When", l.DateTime(*m.NextAt, zone))
	case m.FinishedAt != nil:
		return mailingEnded(l, &m, zone)
	case m.LaunchedAt != nil && waitsForTime(&m):
		return l.T("mailing.schedule.said_on", "When", l.DateTime(*m.LaunchedAt, zone))
	case m.LaunchedAt != nil:
		return l.T("mailing.launched_at", "When", l.DateTime(*m.Left(), zone))
	}
	return l.T("mailing.begun_at", "When", l.DateTime(m.CreatedAt, zone))
}

// nameMailing says which mailing a question on the desk is about.
func (s *Server) nameMailing(ctx context.Context, l *i18n.Localizer, row *waitingRow, i models.WaitingItem) error {
	if i.Kind != models.TaskDecideMailing {
		return nil
	}
	m, err := models.MailingByID(ctx, s.DB, i.ProcessID)
	if err != nil {
		return err
	}
	row.About = append(row.About, mailingKind(l, m.Kind))
	if said := subjectOf(l, *m); said.Title != "" {
		row.Title, row.TitleLanguage = said.Title, said.Language
	}
	return nil
}
