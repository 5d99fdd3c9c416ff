package api

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/gorilla/mux"
	"github.com/stretchr/testify/require"
)

func TestDocumentIsValidAndHoldsEveryRoute(t *testing.T) {
	s := newServer(Options{BaseURL: "http://tribuna.example"})
	doc := document(t, s)
	require.True(t, doc.IsOpenAPI31OrLater())
	require.NoError(t, doc.Validate(t.Context()))

	walked := map[string]bool{}
	err := s.router.Walk(func(r *mux.Route, _ *mux.Router, _ []*mux.Route) error {
		path, err := r.GetPathTemplate()
		require.NoError(t, err)
		methods, err := r.GetMethods()
		require.NoError(t, err)
		for _, m := range methods {
			short := strings.TrimPrefix(path, Prefix)
			item := doc.Paths.Value(short)
			require.NotNil(t, item, "the document lacks %s", short)
			require.NotNil(t, item.GetOperation(m), "the document lacks %s %s", m, short)
			walked[m+" "+short] = true
		}
		return nil
	})
	require.NoError(t, err)
	for path, item := range doc.Paths.Map() {
		for method := range item.Operations() {
			require.True(t, walked[method+" "+path], "nothing answers %s %s", method, path)
		}
	}
}

func TestEveryOperationSaysWhatItAnswersAndHasAnID(t *testing.T) {
	ids := map[string]bool{}
	for _, r := range newServer(Options{}).routes() {
		require.NotEmpty(t, r.summary, r.path)
		require.False(t, ids[r.id], "%s twice", r.id)
		ids[r.id] = true
		if r.status != http.StatusNoContent {
			require.Equal(t, r.status == http.StatusNoContent, r.reply == nil, "%s %s", r.method, r.path)
		}
		if r.method == http.MethodGet {
			require.False(t, r.key || r.decides || r.body != nil, "%s decides nothing", r.id)
		}
	}
}

// holdAgainstDocument checks an answer against the document: its status, its type, and its body against the schema.
func (h *house) holdAgainstDocument(t *testing.T, req *http.Request, res response) {
	t.Helper()
	var match mux.RouteMatch
	if !h.server.router.Match(req, &match) || match.MatchErr != nil || req.Method == http.MethodHead {
		return // no operation of ours
	}
	template, err := match.Route.GetPathTemplate()
	require.NoError(t, err)
	operation := h.doc.Paths.Value(strings.TrimPrefix(template, Prefix)).GetOperation(req.Method)
	described := operation.Responses.Value(strconv.Itoa(res.status))
	if described == nil {
		require.GreaterOrEqual(t, res.status, 400, "%s %s answers %d, of which the document says nothing", req.Method, template, res.status)
		described = operation.Responses.Default()
	}
	if len(res.body) == 0 {
		return
	}
	kind, _, _ := strings.Cut(res.header.Get("Content-Type"), ";")
	media := described.Value.Content[kind]
	require.NotNil(t, media, "%s %s answers %d as %s", req.Method, template, res.status, kind)
	if media.Schema == nil {
		return // a file
	}
	var value any
	require.NoError(t, json.Unmarshal(res.body, &value))
	require.NoError(t, media.Schema.Value.VisitJSON(value, openapi3.EnableJSONSchema2020(), openapi3.MultiErrors()),
		"%s %s answers what the document does not describe: %s", req.Method, template, res.body)
}

func TestTheDocumentSaysThatADayMayBeUnknown(t *testing.T) {
	doc := document(t, newServer(Options{BaseURL: "http://tribuna.example"}))
	for name, schema := range doc.Components.Schemas {
		if p := schema.Value.Properties["observed_on"]; p != nil {
			require.Contains(t, p.Value.Description, "known", name)
		}
	}
	operation := doc.Paths.Value("/followups/{id}/progress").Post.RequestBody.Value.Content["application/json"].Schema.Value
	require.Contains(t, operation.Properties["observed_on"].Value.Description, "day_unknown")
	require.NotEmpty(t, operation.Properties["day_unknown"].Value.Description)
}

func TestDocumentNoticesWhatItDoesNotDescribe(t *testing.T) {
	doc := document(t, newServer(Options{}))
	schema := doc.Paths.Value("/recommendations").Get.Responses.Value("200").Value.Content["application/json"].Schema.Value
	for _, wrong := range []string{`{}`, `{"items":null}`, `{"items":[{"id":"x"}]}`, `{"items":[],"more":1}`} {
		var value any
		require.NoError(t, json.Unmarshal([]byte(wrong), &value))
		require.Error(t, schema.VisitJSON(value, openapi3.EnableJSONSchema2020()), wrong)
	}
}
