package web

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"tribuna/internal/demo"
	"tribuna/internal/devstack/testdb"
	"tribuna/internal/links"
	"tribuna/models"
)

// house is the pages over a real database with the demo network in it.
type house struct {
	t      testing.TB
	db     *bun.DB
	server *Server
	front  *httptest.Server
	brief  *models.Recommendation // the demo's
}

// demoNetwork is the demo network, written once for all tests.
var demoNetwork = &testdb.Prepared{Fill: func(ctx context.Context, db *bun.DB) error { return demo.Load(ctx, db, time.Now()) }}

func newHouse(t testing.TB) *house {
	t.Helper()
	return newHouseOver(t, demoNetwork.Open(t).App)
}

func newHouseOver(t testing.TB, db *bun.DB) *house {
	t.Helper()
	minter, err := links.New(bytes.Repeat([]byte("key"), 11))
	require.NoError(t, err)
	e, err := liveEngine()
	require.NoError(t, err)
	accounts, err := demo.Accounts()
	require.NoError(t, err)
	doors := &Demo{}
	for _, a := range accounts {
		doors.Accounts = append(doors.Accounts, DemoAccount{Email: a.Email, Name: a.Name, Organisation: a.Organisation, Role: a.Role})
	}
	s := &Server{DB: db, Links: minter, Engine: e, Now: time.Now, Log: slog.New(slog.DiscardHandler), Demo: doors,
		Sessions: NewSessions(db, time.Now, false, e), BaseURL: "https://tribuna.example"}
	front := httptest.NewServer(s.Handler())
	t.Cleanup(front.Close)
	h := &house{t: t, db: db, server: s, front: front}
	list, err := models.Recommendations(t.Context(), db, models.Viewer{PersonID: uuid.New(), Roles: []models.Role{{Role: models.RoleCoordinator}}},
		models.RecommendationFilter{})
	require.NoError(t, err)
	require.NotEmpty(t, list, "the demo has a brief")
	h.brief, err = models.RecommendationByID(t.Context(), db, list[0].ID)
	require.NoError(t, err)
	return h
}

// liveEngine renders with the real clock, as sessions and tasks of these tests do. To parse every page in every language takes
// longer than most tests: it is done once, as in the program.
var liveEngine = sync.OnceValues(newLiveEngine)

func newLiveEngine() (*Engine, error) {
	assets, err := LoadAssets()
	if err != nil {
		return nil, err
	}
	return NewEngine(EngineOptions{Assets: assets})
}

// person returns somebody of the demo network by the slug in its files.
func (h *house) person(slug string) models.Person {
	h.t.Helper()
	p, err := models.PersonByID(h.t.Context(), h.db, demo.ID("person", slug))
	require.NoError(h.t, err)
	return p
}

// ask opens a task on the demo's brief for somebody, due in a day.
func (h *house) ask(kind models.TaskKind, person uuid.UUID) *models.Task {
	h.t.Helper()
	now := time.Now()
	task := &models.Task{ID: models.NewID(), ProcessID: h.brief.ID, RecommendationID: h.brief.ID, Kind: kind, Round: 1, PersonID: &person,
		VersionID: h.brief.CurrentVersionID, State: models.TaskOpen, OpenedAt: now, DueAt: now.Add(24 * time.Hour),
		GraceUntil: now.Add(48 * time.Hour), Generation: 1}
	require.NoError(h.t, task.Insert(h.t.Context(), h.db))
	return task
}

// reader is a browser without scripts.
type reader struct {
	t      testing.TB
	base   string
	client *http.Client
	header http.Header
}

// answer is what a reader got.
type answer struct {
	*http.Response
	Body string
}

// public opens a browser that nobody is signed in with. Redirects are not followed.
func (h *house) public(language string) *reader {
	h.t.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(h.t, err)
	client := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return &reader{t: h.t, base: h.front.URL, client: client, header: http.Header{"Accept-Language": {language}}}
}

// as signs somebody of the demo network in. Their profile says the language, unless one is given.
func (h *house) as(slug, language string) *reader {
	h.t.Helper()
	b := h.public(language)
	got := b.post("/dev/sign-in", url.Values{"email": {h.person(slug).Email}})
	require.Equal(h.t, http.StatusSeeOther, got.StatusCode)
	if language != "" {
		require.Equal(h.t, http.StatusSeeOther, b.post("/language", url.Values{"language": {language}}).StatusCode)
	}
	return b
}

func (b *reader) get(path string) answer { b.t.Helper(); return b.send(http.MethodGet, path, nil) }

func (b *reader) post(path string, form url.Values) answer {
	b.t.Helper()
	return b.send(http.MethodPost, path, form)
}

func (b *reader) send(method, path string, form url.Values) answer {
	b.t.Helper()
	if form == nil {
		return b.sendBody(method, path, "", nil)
	}
	return b.sendBody(method, path, "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
}

func (b *reader) sendBody(method, path, kind string, body io.Reader) answer {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), method, b.base+path, body)
	require.NoError(b.t, err)
	r.Header = b.header.Clone()
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	res, err := b.client.Do(r)
	require.NoError(b.t, err)
	defer func() { require.NoError(b.t, res.Body.Close()) }()
	text, err := io.ReadAll(res.Body)
	require.NoError(b.t, err)
	return answer{res, string(text)}
}
