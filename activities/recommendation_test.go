package activities

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/models"
)

// TestPauseTellsThoseAsked: after a pause that moved the deadline everybody asked learns of the new one, once, and their calendars
// take it for newer; after a moment's pause, by which nothing moved, nobody hears of it.
func TestPauseTellsThoseAsked(t *testing.T) {
	d := newDesk(t, nil)
	d.startReview(d.experts[0], d.experts[1])
	told := func(who models.Person) int {
		return d.count((*models.OutboxMail)(nil), "kind = ? AND person_id = ?", models.MailMoreTime, who.ID)
	}
	pause := func(span time.Duration) {
		d.says(models.DecideHold, nil, models.ReasonPayload{Reason: "Elections."})
		d.pass(span)
		d.says(models.DecideResume, nil, models.NoPayload{})
	}
	before := d.reviewOf(d.experts[0])
	pause(time.Minute)
	require.Zero(t, d.count((*models.OutboxMail)(nil), "kind = ?", models.MailMoreTime))
	require.Equal(t, before.DueAt, d.reviewOf(d.experts[0]).DueAt)

	d.decide(d.rec.ID, models.DecideDeclineTask, d.experts[1], d.reviewOf(d.experts[1]), models.DeclinePayload{Reason: "On leave."})
	pause(3 * day)
	after := d.reviewOf(d.experts[0])
	require.True(t, after.DueAt.After(before.DueAt))
	require.Equal(t, before.Extensions+1, after.Extensions)
	require.Equal(t, 1, told(d.experts[0]))
	require.Zero(t, told(d.experts[1]), "they declined")
	d.whole()
}
