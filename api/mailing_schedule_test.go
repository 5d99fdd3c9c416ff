package api

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/internal/demo"
	"tribuna/models"
)

// inDays is a time of a day some days from now.
func inDays(days int, clock string) *models.MailingTime {
	return &models.MailingTime{Day: time.Now().AddDate(0, 0, days).Format(time.DateOnly), Time: clock}
}

func TestAMailingIsScheduledMovedAndTakenBack(t *testing.T) {
	h := newWorkingHouse(t)
	rec, _ := h.publish(t)
	officer := h.token(t, "officer-khc")
	in := models.MailingInput{Audience: models.Audience{Roles: []string{"reader"}}, FallbackLanguage: "en",
		Texts: []models.MailingText{{Language: "en", Subject: "News", Body: "Read it."}}}
	var m Mailing
	h.send(t, request{method: "POST", path: "/recommendations/" + rec.ID.String() + "/mailings", token: officer, body: in, header: key()}, http.StatusCreated, &m)
	path := "/mailings/" + m.ID.String()
	post := func(to string, body any) response {
		t.Helper()
		return h.do(t, request{method: "POST", path: path + to, token: officer, body: body, header: key()})
	}
	stands := func() (m Mailing) {
		t.Helper()
		h.read(t, officer, path, &m)
		return m
	}
	launch := func(when *models.MailingTime) models.LaunchMailingPayload {
		return models.LaunchMailingPayload{Revision: 1, Expected: demo.MailableReaders, When: when}
	}
	local := inDays(-2, "12:00")
	local.Local = true
	nowhere := inDays(2, "12:00")
	nowhere.Zone = "Europe/Nowhere"
	for told, when := range map[string]*models.MailingTime{
		"when.day mailing_past":           inDays(-2, "12:00"),
		"when.day mailing_past_somewhere": local,
		"when.day mailing_far":            inDays(500, "12:00"),
		"when.day required":               {Time: "12:00"},
		"when.time datetime":              inDays(2, "noon"),
		"when.zone zone":                  nowhere,
	} {
		res := post("/launch", launch(when))
		require.Equal(t, http.StatusUnprocessableEntity, res.status, "%s: %s", told, res.body)
		require.Equal(t, told, res.problem.Errors[0].Field+" "+res.problem.Errors[0].Code)
		require.NotContains(t, res.problem.Errors[0].Detail, "error.field")
	}
	require.Equal(t, http.StatusConflict, post("/reschedule", models.MoveMailingPayload{When: inDays(2, "12:00")}).status, "a draft has no time")

	require.Less(t, post("/launch", launch(inDays(2, "12:00"))).status, 300)
	m = stands()
	require.Equal(t, models.MailingScheduled, m.State)
	require.Equal(t, demo.MailableReaders, m.Progress.Pending)
	require.Equal(t, "Europe/Sofia", m.Schedule.Zone, "the caller's")
	first := *m.NextAt
	later := inDays(3, "11:00")
	later.Zone = "Europe/Zagreb"
	require.Less(t, post("/reschedule", models.MoveMailingPayload{When: later, AtNight: true}).status, 300)
	m = stands()
	require.Equal(t, 24*time.Hour, m.NextAt.Sub(first).Round(3*time.Hour), "eleven in Zagreb is noon in Sofia")
	require.True(t, m.AtNight)
	require.Less(t, post("/revise", nil).status, 300)
	m = stands()
	require.Equal(t, models.MailingDraft, m.State)
	require.Zero(t, m.Progress.Total)
	require.Nil(t, m.NextAt)
	require.Equal(t, "wrong_stage", post("/revise", nil).problem.Code)
}
