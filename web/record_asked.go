package web

import (
	"context"

	"github.com/google/uuid"

	"tribuna/internal/record"
	"tribuna/models"
)

// minutesTasks reads the questions, and whom they waited for.
func (s *Server) minutesTasks(ctx context.Context, m *minutes) error {
	tasks, err := models.Tasks(ctx, s.DB, models.TaskFilter{Recommendation: m.rec.ID})
	if err != nil {
		return err
	}
	m.tasks = map[uuid.UUID]models.Task{}
	var ids []uuid.UUID
	for _, t := range tasks {
		m.tasks[t.ID] = t
		ids = appendID(ids, t.PersonID)
	}
	if m.units, err = models.AskedUnits(ctx, s.DB, m.rec.ID); err != nil {
		return err
	}
	if m.asked, err = models.PeopleByID(ctx, s.DB, ids); err != nil {
		return err
	}
	return s.minutesPassed(ctx, m)
}

// minutesPassed reads from whom questions were handed over. Whether the reader learns who they were is asked where somebody is named.
func (s *Server) minutesPassed(ctx context.Context, m *minutes) error {
	ids := make([]uuid.UUID, 0, len(m.tasks))
	for id, t := range m.tasks {
		if t.Generation > 1 { // handing over raises it
			ids = append(ids, id)
		}
	}
	var err error
	m.passed, err = models.PassedOn(ctx, s.DB, m.rec.ID, ids)
	return err
}

// askedIn names who was asked, when an entry was written, in the task that it is about.
func (m *minutes) askedIn(it record.Item) string {
	t, is := m.tasks[it.Object]
	switch {
	case !is:
		return ""
	case t.OrganisationID != nil:
		return m.l.ForUnit(m.organisations[*t.OrganisationID], m.units[t.ID].Concerned...)
	case t.PersonID == nil:
		return m.l.T("record.somebody")
	}
	who := m.asked[*t.PersonID]
	for _, p := range m.passed[t.ID] {
		if it.Seq < p.Seq {
			who = p.Former
			break
		}
	}
	if who.Name == "" || !m.viewer.MayName(m.rec, t.Kind, who.ID) {
		return m.l.T("record.somebody")
	}
	return who.Name
}
