package mail

import (
	"tribuna/internal/deadline"
	"tribuna/models"
)

// calendar is the deadline of a review as a file for the reader's calendar. It leads to the question without what opens it: a
// calendar is shown to others.
func (d *draft) calendar(t models.MailTask, cancelled bool) []Attached {
	if t.Kind != models.TaskReview {
		return nil
	}
	e := deadline.Event{Task: t.ID, Moved: t.Extensions, Cancelled: cancelled, Summary: d.words.T("time.event", "Title", t.Title),
		Address: d.baseURL + "/tasks/" + t.ID.String(), Due: t.DueAt, Zone: d.zone}
	return []Attached{{deadline.FileName, e.MediaType(), e.File(d.now), ""}}
}
