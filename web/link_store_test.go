package web

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/gorilla/mux"
	"github.com/stretchr/testify/require"

	"tribuna/internal/devstack/testbrowser"
)

// Whatever a personal link opens is kept nowhere, on a machine that others use too: page, file, way on and error alike. A route that
// comes is held to it by being one.
func TestNothingUnderAPersonalLinkIsKept(t *testing.T) {
	t.Parallel()
	chromium := testbrowser.Chromium()
	if testing.Short() {
		t.Skip("Chromium prints")
	}
	h := newHouse(t).withWord(chromium)
	task := h.reviewing("expert-02")
	link, b, opened := h.linkFor(task, *task.PersonID), h.public("en"), map[string]bool{}
	through := func() {
		require.NoError(t, h.server.router().Walk(func(route *mux.Route, _ *mux.Router, _ []*mux.Route) error {
			path, err := route.GetPathTemplate()
			require.NoError(t, err)
			methods, err := route.GetMethods()
			require.NoError(t, err)
			if methods[0] != http.MethodGet || !strings.HasPrefix(path, "/l/") && !strings.HasPrefix(path, "/tasks/") {
				return nil
			}
			for _, form := range []string{"docx", "pdf"} {
				door := strings.NewReplacer("/l/{token}", link, "/tasks/{id}", taskPath(task.ID), "/tasks/{task}", taskPath(task.ID), "{id}", uuid.NewString(),
					"{form:docx|pdf}", form).Replace(path)
				require.NotContains(t, door, "{", "what stands there?")
				for _, method := range []string{http.MethodGet, http.MethodHead} {
					got := b.send(method, door, nil)
					require.Equal(t, "no-store", got.Header.Get("Cache-Control"), "%s %s: %d", method, door, got.StatusCode)
					require.Empty(t, got.Header.Get("ETag"), door)
					if got.StatusCode == http.StatusOK {
						opened[strings.TrimPrefix(door, taskPath(task.ID))] = true
					}
				}
			}
			return nil
		}))
	}
	b.get(link)
	through()
	h.says(task, "expert-02", nil, "It costs more.", nil)
	through()
	for _, file := range []string{"", "/word", "/text/docx", "/text/pdf", "/deadline.ics", "/certificate.pdf", "/thanks", "/report"} {
		require.True(t, opened[file], "%s is among what was opened: %v", file, opened)
	}
	b.header.Set("If-None-Match", "*")
	require.Equal(t, http.StatusOK, b.get(taskPath(task.ID)+"/text/docx").StatusCode)
}
