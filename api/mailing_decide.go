package api

import (
	"net/http"

	"tribuna/internal/access"
	"tribuna/models"
)

func (s *server) mailingDecisionRoutes() []route {
	var routes []route
	for _, d := range []struct {
		path, id, summary string
		kind              models.DecisionKind
		action            access.Action
		body              any
		read              func(*call) (any, error)
	}{
		{"launch", "launchMailing", "Send it to the people counted, as the revision seen: now or at a time", models.DecideLaunchMailing, access.LaunchMailing, models.LaunchMailingPayload{}, payloadAny[models.LaunchMailingPayload]},
		{"pause", "pauseMailing", "Stop sending for now", models.DecidePauseMailing, access.PauseMailing, nil, noPayload},
		{"resume", "resumeMailing", "Go on sending", models.DecideResumeMailing, access.PauseMailing, nil, noPayload},
		{"cancel", "cancelMailing", "Stop for good; what was not sent will not be", models.DecideCancelMailing, access.CancelMailing, nil, noPayload},
		{"reschedule", "moveMailing", "Have one that waits for its time, or asks, leave at another or now", models.DecideMoveMailing, access.LaunchMailing, models.MoveMailingPayload{}, payloadAny[models.MoveMailingPayload]},
		{"revise", "reviseMailing", "Make one that waits for its time a draft again; nothing of it has left", models.DecideReviseMailing, access.LaunchMailing, nil, noPayload},
	} {
		routes = append(routes, route{method: http.MethodPost, path: "/mailings/{id}/" + d.path, id: d.id, tag: "campaign", summary: d.summary,
			key: true, decides: true, body: d.body, reply: Decision{}, serve: s.decideMailing(d.kind, d.action, d.read)})
	}
	return routes
}

func (s *server) decideMailing(kind models.DecisionKind, action access.Action, read func(*call) (any, error)) func(*call) (reply, error) {
	return func(c *call) (reply, error) {
		m, _, err := c.mailing(action)
		if err != nil {
			return reply{}, err
		}
		payload, err := read(c)
		if err != nil {
			return reply{}, err
		}
		return c.decide(wish{process: m.ID, kind: kind, payload: payload})
	}
}
