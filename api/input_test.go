package api

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/demo"
	"tribuna/models"
)

func TestBadInputIsToldField(t *testing.T) {
	h := newHouse(t)
	token := h.token(t, "officer-khc")
	good := fmt.Sprintf(`"kind":"analysis","language":"en","organisation_id":"%s","procedure":"fast","title":"T","body":"B","measures":[]`, demo.ID("organisation", "khc"))
	for name, c := range map[string]struct {
		body, header, field, code string
		status                    int
	}{
		"unknown field":           {body: `{` + good + `,"colour":"red"}`, status: 422, field: "colour", code: "unknown_field"},
		"wrong type":              {body: `{` + good + `,"languages":"bg"}`, status: 422, field: "languages", code: "type"},
		"no id":                   {body: `{` + good + `,"grant_ids":["x"]}`, status: 422, field: "grant_ids[0]", code: "type"},
		"no day":                  {body: `{` + good + `,"needed_by":"12.3.2026"}`, status: 422, field: "needed_by", code: "type"},
		"repeated field":          {body: `{` + good + `,"title":"U"}`, status: 422, field: "title", code: "json"},
		"trailing data":           {body: `{` + good + `} {}`, status: 422, code: "json"},
		"cut off":                 {body: `{` + good, status: 422, code: "json"},
		"nothing":                 {body: ` `, status: 422, code: "json"},
		"an array":                {body: `[]`, status: 422, code: "type"},
		"NUL":                     {body: `{` + good + `,"note":"a\u0000b"}`, status: 422, field: "note", code: "type"},
		"lone surrogate":          {body: `{` + good + `,"note":"\ud800"}`, status: 422, field: "note", code: "json"},
		"too deep":                {body: strings.Repeat("[", 50) + strings.Repeat("]", 50), status: 422, code: "json"},
		"missing":                 {body: `{"kind":"analysis"}`, status: 422, field: "language", code: "required"},
		"not one of":              {body: strings.Replace(`{`+good+`}`, "analysis", "poem", 1), status: 422, field: "kind", code: "oneof"},
		"unknown language":        {body: strings.Replace(`{`+good+`}`, `"en"`, `"xx"`, 1), status: 422, field: "language", code: "unknown"},
		"unknown procedure":       {body: strings.Replace(`{`+good+`}`, `fast`, `slow`, 1), status: 422, field: "procedure", code: "unknown"},
		"unknown country":         {body: `{` + good + `,"countries":["ZZ"]}`, status: 422, field: "countries[0]", code: "unknown"},
		"too long":                {body: `{` + good + `,"note":"` + strings.Repeat("a", 501) + `"}`, status: 422, field: "note", code: "max_length"},
		"too much":                {body: `{` + good + `,"note":"` + strings.Repeat("a", draftLimit) + `"}`, status: 413, code: ""},
		"another type of content": {body: `{` + good + `}`, header: "text/plain", status: 415},
		"no type of content":      {body: `{` + good + `}`, header: " ", status: 415},
	} {
		t.Run(name, func(t *testing.T) {
			header := key()
			if c.header != "" {
				header["Content-Type"] = c.header
			}
			res := h.do(t, request{method: "POST", path: "/recommendations", token: token, body: c.body, header: header})
			require.Equal(t, c.status, res.status, "%s", res.body)
			require.NotEmpty(t, res.problem.Title)
			require.NotEmpty(t, res.problem.Detail)
			if c.code == "" {
				return
			}
			var told []string
			for _, e := range res.problem.Errors {
				require.NotContains(t, e.Detail, "error.field", "a sentence is missing")
				require.NotContains(t, e.Detail, "<no value>")
				told = append(told, e.Field+" "+e.Code)
			}
			if c.field != "" {
				require.Contains(t, told, c.field+" "+c.code)
			} else {
				require.True(t, strings.HasSuffix(told[0], c.code), "%v", told)
			}
		})
	}
}

func TestTheLanguageOfSomebodysWordsIsATag(t *testing.T) {
	h := newHouse(t)
	path, token := "/recommendations/"+h.brief(t).ID.String()+"/hold", h.token(t, "officer-khc")
	for tag, told := range map[string]string{"Romanian": "tag", "xx": "tag", "ro; drop": "tag", strings.Repeat("a", 36): "max_length"} {
		res := h.do(t, request{method: "POST", path: path, token: token, header: key(), body: `{"reason":"Wait.","written_in":"` + tag + `"}`})
		require.Equal(t, http.StatusUnprocessableEntity, res.status, tag)
		require.Equal(t, "written_in "+told, res.problem.Errors[0].Field+" "+res.problem.Errors[0].Code)
	}
}

func TestProblemsAreInTheReadersLanguage(t *testing.T) {
	h := newHouse(t)
	token := h.token(t, "officer-khc") // reads Bulgarian
	require.Equal(t, "bg", h.do(t, request{method: "GET", path: "/recommendations/" + uuid.NewString(), token: token}).header.Get("Content-Language"))
	res := h.do(t, request{method: "GET", path: "/recommendations/" + uuid.NewString(), token: token, header: map[string]string{"Accept-Language": "en"}})
	require.Equal(t, "en", res.header.Get("Content-Language"))
	require.Equal(t, "Not found", res.problem.Title)
}

func TestAddressesMethodsAndHeadersThatAreNot(t *testing.T) {
	h := newHouse(t)
	token := h.token(t, "officer-khc")
	rec := h.brief(t)
	base := "/recommendations/" + rec.ID.String()
	for _, c := range []struct {
		method, path, code string
		status             int
		body               any
		header             map[string]string
	}{
		{"GET", "/nothing", "not_found", 404, nil, nil},
		{"GET", "/recommendations/7", "not_found", 404, nil, nil},
		{"GET", "/recommendations/%00", "not_found", 404, nil, nil},
		{"GET", "/published/%ff", "not_found", 404, nil, nil},
		{"GET", "/published/none/en", "not_found", 404, nil, nil},
		{"GET", "/recommendations?cursor=x", "invalid", 422, nil, nil},
		{"GET", "/recommendations?limit=0", "invalid", 422, nil, nil},
		{"GET", "/recommendations?q=%00", "invalid", 422, nil, nil},
		{"GET", "/recommendations?colour=red", "invalid", 422, nil, nil},
		{"GET", "/recommendations?q=%zz", "invalid", 422, nil, nil},
		{"GET", "/recommendations?stage=none&country=ZZ&q=%25_%5C", "", 200, nil, nil},
		{"DELETE", base, "method", 405, nil, nil},
		{"PATCH", "/languages", "method", 405, nil, nil},
		{"POST", base + "/hold", "precondition", 428, map[string]any{"reason": "x"}, nil},
		{"POST", base + "/hold", "invalid", 422, map[string]any{"reason": "x"}, map[string]string{"Idempotency-Key": "a b"}},
		{"PUT", base + "/draft", "precondition", 428, map[string]any{"title": "T", "body": "B", "measures": []any{}}, nil},
		{"PUT", base + "/draft", "outdated", 412, map[string]any{"title": "T", "body": "B", "measures": []any{}}, map[string]string{"If-Match": `"nine"`}},
		{"PUT", base + "/draft", "invalid", 422, map[string]any{"title": "T", "body": "B", "measures": []any{map[string]any{"text": "x", "authority_ids": []any{uuid.New()}}}}, map[string]string{"If-Match": `"1"`}},
		{"POST", "/tasks/" + uuid.NewString() + "/publish", "not_found", 404, nil, key()},
		{"POST", "/mailings/" + uuid.NewString() + "/launch", "not_found", 404, map[string]any{"revision": 1, "expected": 1}, key()},
		{"POST", "/followups/" + uuid.NewString() + "/end", "not_found", 404, map[string]any{"reason": "x"}, key()},
		{"GET", "/translations/" + uuid.NewString(), "not_found", 404, nil, nil},
		{"GET", "/submissions/" + uuid.NewString(), "not_found", 404, nil, nil},
	} {
		res := h.do(t, request{method: c.method, path: c.path, token: token, body: c.body, header: c.header})
		require.Equal(t, c.status, res.status, "%s %s: %s", c.method, c.path, res.body)
		require.Equal(t, c.code, res.problem.Code, "%s %s", c.method, c.path)
		require.NotEmpty(t, res.header.Get("X-Request-Id"))
	}
	require.ElementsMatch(t, []string{"GET", "HEAD", "PUT"}, h.do(t, request{method: "DELETE", path: base, token: token}).header.Values("Allow"))
	require.Equal(t, 401, h.do(t, request{method: "GET", path: "/languages", token: "tb_wrong"}).status, "a token that does not work is told so everywhere")
}

// TestNoInputIsOurFault sends what nobody would: whatever comes, it is never called our mistake.
func TestNoInputIsOurFault(t *testing.T) {
	h := newHouse(t)
	rec := h.brief(t)
	h.inReview(t, rec)
	task := h.ask(t, rec, models.TaskReview, "expert-01")
	tokens := []string{h.token(t, "officer-khc"), h.token(t, "coordinator"), h.token(t, "expert-01")}
	random := rand.New(rand.NewPCG(2026, 3))
	values := []string{`null`, `""`, `"a"`, `"\u202e\ud83d\ude00"`, `-1`, `1e400`, `99999999999999999999`, `true`, `[]`, `[null]`, `{}`, `{"a":{}}`,
		`"` + uuid.NewString() + `"`, `"` + rec.ID.String() + `"`, `"` + task.ID.String() + `"`, `"0001-01-01"`, `"9999-12-31"`, `"support"`, `[{"block":-1}]`}
	times := 12
	if testing.Short() {
		times = 2
	}
	for _, r := range h.server.routes() {
		if r.id == "createToken" {
			continue // its limit would answer before its input is looked at
		}
		for range times {
			path := strings.NewReplacer("{id}", []string{rec.ID.String(), task.ID.String(), uuid.NewString()}[random.IntN(3)],
				"{slug}", "x'; --", "{language}", "bg", "{number}", fmt.Sprint(random.Int64()), "{seq}", fmt.Sprint(random.IntN(9))).Replace(r.path)
			header := key()
			header["If-Match"] = fmt.Sprintf(`"%d"`, random.IntN(3))
			res := h.do(t, request{method: r.method, path: strings.ReplaceAll(path, " ", "%20"), token: tokens[random.IntN(3)], body: h.nonsense(r, random, values), header: header})
			if res.status == http.StatusNotImplemented { // Word is not installed here, and that is what it says
				require.Equal(t, "not_installed", res.problem.Code)
				continue
			}
			require.Less(t, res.status, http.StatusInternalServerError, "%s %s: %s", r.method, path, h.log.text())
		}
	}
}

// nonsense fills the fields a route knows with values that do not belong there.
func (h *house) nonsense(r route, random *rand.Rand, values []string) any {
	if r.body == nil {
		return nil
	}
	operation := h.doc.Paths.Value(r.path).GetOperation(r.method)
	var fields []string
	content := operation.RequestBody.Value.Content["application/json"]
	if content == nil { // a route that takes a file, not JSON
		return "{}"
	}
	for name := range content.Schema.Value.Properties {
		if random.IntN(3) > 0 {
			fields = append(fields, fmt.Sprintf("%q:%s", name, values[random.IntN(len(values))]))
		}
	}
	return "{" + strings.Join(fields, ",") + "}"
}

// countedBody is a body of a certain length that counts what is read of it.
type countedBody struct{ left, read int }

func (b *countedBody) Read(p []byte) (int, error) {
	if b.left == 0 {
		return 0, io.EOF
	}
	n := min(len(p), b.left)
	for i := range p[:n] {
		p[i] = ' '
	}
	b.left, b.read = b.left-n, b.read+n
	return n, nil
}

func TestABodyTooLargeIsReadToItsEndWithinBounds(t *testing.T) {
	h := newHouse(t)
	token := h.token(t, "officer-khc")
	for name, c := range map[string]struct{ length, atMost int }{
		"a little too large": {draftLimit + 1<<20, draftLimit + 1<<20},
		"without end":        {1 << 30, draftLimit + drainLimit + 1},
	} {
		body := &countedBody{left: c.length}
		req := httptest.NewRequestWithContext(t.Context(), http.MethodPost, Prefix+"/recommendations", body)
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Authorization", "Bearer "+token)
		req.Header.Set("Idempotency-Key", key()["Idempotency-Key"])
		rec := httptest.NewRecorder()
		h.http.ServeHTTP(rec, req)
		require.Equal(t, http.StatusRequestEntityTooLarge, rec.Code, name)
		require.Equal(t, c.atMost, body.read, name)
		require.Equal(t, c.length > c.atMost, rec.Header().Get("Connection") == "close", name)
	}
}
