package web

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"

	"github.com/gorilla/mux"
	"github.com/stretchr/testify/require"

	"tribuna/api"
)

// hears goes through every page and every operation of the API that reads.
func (m *masked) hears(b *reader, token string) (all []told) {
	m.t.Helper()
	for _, door := range m.pages(http.MethodGet) {
		got := b.get(door)
		all = append(all, toldBy(door, got.Body, got.Header)...)
	}
	for _, door := range m.operations(http.MethodGet) {
		got := m.operate(http.MethodGet, door, token)
		all = append(all, toldBy(door, got.Body.String(), got.Header())...)
	}
	return all
}

// answersTo goes through everything that can be sent, and sends nothing that anybody wrote: what is refused, and what needs no words is
// done. It comes last.
func (m *masked) answersTo(b *reader, token string) (all []told) {
	m.t.Helper()
	for _, door := range m.pages(http.MethodPost) {
		for _, form := range []url.Values{{}, {"do": {"check"}}} {
			got := b.post(door, form)
			all = append(all, toldBy(door, got.Body, got.Header)...)
		}
	}
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		for _, door := range m.operations(method) {
			got := m.operate(method, door, token)
			all = append(all, toldBy(door, got.Body.String(), got.Header())...)
		}
	}
	return all
}

// toldBy is what an answer says, and apart from it, since it is no part of a page, what its head does.
func toldBy(door, body string, head http.Header) []told {
	var said strings.Builder
	_ = head.Write(&said) // to memory
	return []told{{door, readable(body)}, {door + " (head)", said.String()}}
}

// pages are the addresses of the site that take a method, but for those that only a demonstration has and those that end a session.
func (m *masked) pages(method string) (doors []string) {
	m.t.Helper()
	require.NoError(m.t, m.server.router().Walk(func(route *mux.Route, _ *mux.Router, _ []*mux.Route) error {
		path, err := route.GetPathTemplate()
		require.NoError(m.t, err)
		methods, err := route.GetMethods()
		require.NoError(m.t, err)
		if methods[0] == method && !strings.HasPrefix(path, "/dev") && !strings.HasPrefix(path, "/static") && path != "/sign-out" {
			doors = append(doors, m.doorsOf(path)...)
		}
		return nil
	}))
	return doors
}

// operations are the addresses of the API that take a method.
func (m *masked) operations(method string) (doors []string) {
	m.t.Helper()
	var doc struct {
		Paths map[string]map[string]any `json:"paths"`
	}
	require.NoError(m.t, json.Unmarshal(m.operate(http.MethodGet, "/openapi.json", "").Body.Bytes(), &doc))
	require.Greater(m.t, len(doc.Paths), 50)
	for path, methods := range doc.Paths {
		if _, takes := methods[strings.ToLower(method)]; takes && path != "/openapi.json" {
			doors = append(doors, m.doorsOf(strings.TrimPrefix(path, api.Prefix))...)
		}
	}
	return doors
}

func (m *masked) operate(method, door, token string) *httptest.ResponseRecorder {
	req := httptest.NewRequestWithContext(m.t.Context(), method, api.Prefix+door, strings.NewReader("{}"))
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	if method != http.MethodGet {
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Idempotency-Key", NewDecisionID())
	}
	answer := httptest.NewRecorder()
	m.api.ServeHTTP(answer, req)
	return answer
}
