package api

import (
	"encoding/json"
	"net/http"

	"tribuna/internal/apperr"
)

// Health says that the API answers and its database with it.
type Health struct {
	Status string `json:"status"`
}

func (s *server) systemRoutes() []route {
	return []route{
		{method: http.MethodGet, path: "/health", id: "getHealth", tag: "system", summary: "Whether the API and its database answer",
			gate: open, reply: Health{}, serve: s.health},
		{method: http.MethodGet, path: "/openapi.json", id: "getOpenAPI", tag: "system", summary: "This document",
			gate: open, public: true, reply: json.RawMessage{}, serve: s.openAPI},
	}
}

func (s *server) health(c *call) (reply, error) {
	if err := s.DB.PingContext(c.ctx()); err != nil {
		return reply{}, &apperr.Error{Code: apperr.CodeUnavailable, Err: err}
	}
	return reply{body: Health{Status: "alive"}}, nil
}

func (s *server) openAPI(*call) (reply, error) {
	return reply{body: json.RawMessage(s.document())}, nil
}
