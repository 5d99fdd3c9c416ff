package web

import (
	"context"
	"fmt"
	"net/http"
	"strconv"

	"github.com/google/uuid"

	"tribuna/internal/i18n"
	"tribuna/internal/record"
	"tribuna/models"
)

// journalPage is how many acts one page of the journal shows.
const journalPage = 50

// journalView is what was done in the administration, read like minutes.
type journalView struct {
	Page
	Entries []TimelineEntry
	Pager   Pager
}

// journal shows who changed what in the administration, newest first.
func (s *Server) journal(w http.ResponseWriter, r *http.Request) error {
	visitor, err := s.requireAdministrator(r)
	if err != nil {
		return err
	}
	l := Localizer(r)
	before, _ := strconv.ParseInt(r.URL.Query().Get("before"), 10, 64)
	items, err := models.JournalEntries(r.Context(), s.DB, before, journalPage+1)
	if err != nil {
		return err
	}
	v := journalView{Page: s.administrationPage(r, l.T("administration.journal"))}
	if len(items) > journalPage {
		items = items[:journalPage]
		v.Pager.Next = fmt.Sprintf("%s/journal?before=%d", administrationPath, items[journalPage-1].Seq)
	}
	if v.Entries, err = s.journalEntries(r.Context(), l, visitor, items); err != nil {
		return err
	}
	s.Engine.Render(w, r, http.StatusOK, "administration_journal", v)
	return nil
}

// journalEntries writes acts as sentences. A fact is a placeholder of the sentence, as in the minutes of a record; Object
// is the name of what the act was about.
func (s *Server) journalEntries(ctx context.Context, l *i18n.Localizer, v *visitor, items []record.Item) ([]TimelineEntry, error) {
	m := &minutes{l: l, viewer: v.viewer(), items: items}
	var err error
	if m.zone, err = s.zoneOf(ctx, v.Person); err != nil {
		return nil, err
	}
	if err := s.minutesPeople(ctx, m); err != nil {
		return nil, err
	}
	if err := s.minutesOrganisations(ctx, m); err != nil {
		return nil, err
	}
	entries := make([]TimelineEntry, 0, len(items))
	for _, it := range items {
		args := map[string]any{"Object": m.journalObject(it)}
		for fact, value := range it.Facts {
			args[factName(fact)] = m.journalFact(fact, value)
		}
		text, err := m.words(it)
		if err != nil {
			return nil, err
		}
		who := m.people[it.Actor].Name
		if it.Capacity == record.System {
			who = l.T("administration.journal.shell")
		}
		entries = append(entries, TimelineEntry{At: it.At, Zone: m.zone, Who: who, What: l.Say("journal."+it.Verb, args), Text: text})
	}
	return entries, nil
}

// journalFact says a fact: roles in words, people and organisations by name.
func (m *minutes) journalFact(fact, value string) string {
	id, err := uuid.Parse(value)
	switch {
	case fact == "role":
		return m.l.T("account.role." + value)
	case fact == "naming":
		return m.l.T("profile.naming." + value)
	case fact == "person" && err == nil:
		return m.people[id].Name
	case fact == "organisation" && err == nil:
		return m.organisations[id]
	default:
		return m.plainFact(value)
	}
}

// journalObject names what an act was about. Coordinators know everybody.
func (m *minutes) journalObject(it record.Item) i18n.Words {
	switch {
	case it.ObjectKind == "person":
		return i18n.Said(m.people[it.Object].Name)
	case it.ObjectKind == "organisation" && it.Object != uuid.Nil:
		return i18n.Said(m.organisations[it.Object])
	case it.ObjectKind == "authority":
		return m.l.In(it.Facts["slug"], i18n.Default)
	default:
		return i18n.Said(it.Facts["slug"])
	}
}
