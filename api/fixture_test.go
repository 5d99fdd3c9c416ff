package api

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"
	"go.temporal.io/sdk/client"

	"tribuna/internal/demo"
	"tribuna/internal/devstack/testdb"
	"tribuna/internal/links"
	"tribuna/models"
	"tribuna/workflows"
)

// house is the API over the demo network.
type house struct {
	db     *bun.DB
	server *server
	http   http.Handler
	links  *links.Minter
	now    func() time.Time
	log    *lockedBuffer
	doc    *openapi3.T
}

// lockedBuffer is a log that handlers write to at once.
type lockedBuffer struct {
	sync.Mutex
	bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.Lock()
	defer b.Unlock()
	return b.Buffer.Write(p)
}

func (b *lockedBuffer) text() string {
	b.Lock()
	defer b.Unlock()
	return b.Buffer.String()
}

// network is a database with the demo network.
var network = &testdb.Prepared{Fill: func(ctx context.Context, db *bun.DB) error { return demo.Load(ctx, db, noon) }}

var noon = time.Date(2026, 3, 12, 12, 0, 0, 0, time.UTC)

// newHouse is a house whose processes cannot be reached: words are stored and answered with 202.
func newHouse(t *testing.T) *house {
	t.Helper()
	lazy, err := client.NewLazyClient(client.Options{HostPort: "127.0.0.1:1", Logger: quiet{}})
	require.NoError(t, err)
	t.Cleanup(lazy.Close)
	return furnish(t, network.Open(t).App, func() time.Time { return noon }, func(db *bun.DB) *workflows.Client {
		return &workflows.Client{DB: db, Temporal: lazy, Now: func() time.Time { return noon },
			Log: slog.New(slog.DiscardHandler), Patience: time.Millisecond}
	})
}

func furnish(t *testing.T, db *bun.DB, now func() time.Time, processes func(*bun.DB) *workflows.Client) *house {
	t.Helper()
	minter, err := links.New(bytes.Repeat([]byte("k"), links.MinKey))
	require.NoError(t, err)
	h := &house{db: db, links: minter, now: now, log: &lockedBuffer{}}
	options := Options{DB: db, Processes: processes(db), Links: minter, Now: now, BaseURL: "http://tribuna.example",
		Log: slog.New(slog.NewJSONHandler(h.log, nil))}
	h.server = newServer(options)
	h.http = h.server.handler()
	h.doc = document(t, h.server)
	return h
}

// quiet keeps a client that has nobody to talk to from saying so.
type quiet struct{}

func (quiet) Debug(string, ...any) {}
func (quiet) Info(string, ...any)  {}
func (quiet) Warn(string, ...any)  {}
func (quiet) Error(string, ...any) {}

// documents are those read so far, by what they say: to read one takes as long as a whole test.
var documents sync.Map

func document(t *testing.T, s *server) *openapi3.T {
	t.Helper()
	text := s.document()
	if known, ok := documents.Load(string(text)); ok {
		return known.(*openapi3.T)
	}
	doc, err := openapi3.NewLoader().LoadFromData(text)
	require.NoError(t, err)
	documents.Store(string(text), doc)
	return doc
}

// token is an API token of somebody of the demo network, by the slug in its files.
func (h *house) token(t *testing.T, slug string) string {
	t.Helper()
	token, _, err := models.IssueToken(t.Context(), h.db, demo.ID("person", slug), "test", models.Scopes(), 24*time.Hour, h.now())
	require.NoError(t, err)
	return token
}

// request is one request; its answer is held against the API's own document.
type request struct {
	method, path, token string
	body                any // a string is sent as it is
	header              map[string]string
}

type response struct {
	status  int
	header  http.Header
	body    []byte
	problem Problem
}

func (h *house) do(t *testing.T, r request) response {
	t.Helper()
	req := httptest.NewRequestWithContext(context.WithoutCancel(t.Context()), r.method, Prefix+r.path, bodyOf(t, r.body))
	if r.body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if r.token != "" {
		req.Header.Set("Authorization", "Bearer "+r.token)
	}
	for k, v := range r.header {
		req.Header.Set(k, v)
	}
	rec := httptest.NewRecorder()
	h.http.ServeHTTP(rec, req)
	res := response{status: rec.Code, header: rec.Header(), body: rec.Body.Bytes()}
	if strings.HasPrefix(rec.Header().Get("Content-Type"), "application/problem+json") {
		require.NoError(t, json.Unmarshal(res.body, &res.problem))
		require.Equal(t, rec.Code, res.problem.Status)
	}
	h.holdAgainstDocument(t, req, res)
	return res
}

func bodyOf(t *testing.T, body any) io.Reader {
	t.Helper()
	switch b := body.(type) {
	case nil:
		return http.NoBody
	case string:
		return strings.NewReader(b)
	}
	raw, err := json.Marshal(body)
	require.NoError(t, err)
	return bytes.NewReader(raw)
}

// read sends a GET and decodes its answer.
func (h *house) read(t *testing.T, token, path string, into any) response {
	t.Helper()
	res := h.do(t, request{method: http.MethodGet, path: path, token: token})
	require.Equal(t, http.StatusOK, res.status, "%s: %s", path, res.body)
	require.NoError(t, json.Unmarshal(res.body, into))
	return res
}

// brief is the demo brief, which the network begins with as a draft of Know-how Centre Bulgaria.
func (h *house) brief(t *testing.T) *models.Recommendation {
	t.Helper()
	all, err := models.Recommendations(t.Context(), h.db, models.Viewer{Roles: []models.Role{{Role: models.RoleCoordinator}}}, models.RecommendationFilter{})
	require.NoError(t, err)
	require.Len(t, all, 1)
	return &all[0]
}

// ask opens a task on a recommendation for somebody of the demo network.
func (h *house) ask(t *testing.T, rec *models.Recommendation, kind models.TaskKind, slug string) *models.Task {
	t.Helper()
	person := demo.ID("person", slug)
	task := &models.Task{ID: models.NewID(), ProcessID: rec.ID, RecommendationID: rec.ID, Kind: kind, Round: rec.Round, PersonID: &person,
		VersionID: rec.CurrentVersionID, State: models.TaskOpen, OpenedAt: noon, DueAt: noon.AddDate(0, 0, 5), GraceUntil: noon.AddDate(0, 0, 9), Generation: 1}
	require.NoError(t, task.Insert(t.Context(), h.db))
	return task
}

// inReview puts a recommendation into its first round without asking anybody yet.
func (h *house) inReview(t *testing.T, rec *models.Recommendation) {
	t.Helper()
	rec.Enter(models.StageReview, noon)
	rec.Round = 1
	require.NoError(t, rec.Save(t.Context(), h.db, noon))
	round := &models.ReviewRound{RecommendationID: rec.ID, Number: 1, VersionID: *rec.CurrentVersionID, Invited: []uuid.UUID{}, Reserve: []uuid.UUID{},
		Enough: 1, DueAt: noon.AddDate(0, 0, 9)}
	require.NoError(t, round.Insert(t.Context(), h.db))
}

func key() map[string]string { return map[string]string{"Idempotency-Key": uuid.NewString()} }
