package api

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"tribuna/internal/apperr"
	"tribuna/internal/files"
	"tribuna/models"
)

// write answers with JSON. What is public may be cached for a minute and asked about by its ETag; everything else is
// never stored.
func (c *call) write(a reply) {
	if a.file != nil && files.Unchanged(c.w, c.r, *a.file) {
		return
	}
	if a.file != nil {
		files.Serve(c.w, *a.file)
		return
	}
	status := a.status
	if status == 0 {
		status = c.route.status
	}
	if status == 0 {
		status = http.StatusOK
	}
	raw, err := json.Marshal(a.body)
	if err != nil {
		c.s.fail(c.w, c.r, c, fmt.Errorf("encode the answer: %w", err))
		return
	}
	h := c.w.Header()
	if a.location != "" {
		h.Set("Location", a.location)
	}
	if a.next != "" {
		h.Set("Link", "<"+c.pageAt(a.next)+`>; rel="next"`)
	}
	if c.route.public {
		sum := sha256.Sum256(raw)
		a.etag = hex.EncodeToString(sum[:16])
		h.Set("Cache-Control", "public, max-age=60")
	}
	if a.etag != "" {
		h.Set("ETag", quote(a.etag))
		if c.isRead() && matches(c.r.Header.Get("If-None-Match"), a.etag) {
			c.w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	if a.body == nil {
		c.w.WriteHeader(status)
		return
	}
	h.Set("Content-Type", "application/json")
	h.Set("Content-Length", strconv.Itoa(len(raw)))
	c.w.WriteHeader(status)
	_, _ = c.w.Write(raw) // the reader has gone if this fails
}

// tagOf is the entity tag of what is edited as a whole: it changes with everything that can be seen of it.
func tagOf(view any) string {
	raw, err := json.Marshal(view)
	if err != nil {
		return "" // writing the answer fails as well, and says so
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:16])
}

func (c *call) isRead() bool { return c.r.Method == http.MethodGet || c.r.Method == http.MethodHead }

func quote(etag string) string { return `"` + etag + `"` }

// matches reports whether a list of entity tags holds one (RFC 9110, section 13.1.2: weak comparison).
func matches(header, etag string) bool {
	for _, tag := range strings.Split(header, ",") {
		if strings.TrimPrefix(strings.TrimSpace(tag), "W/") == quote(etag) {
			return true
		}
	}
	return false
}

// revision reads the number in If-Match. What is no number fits no revision there is.
func (c *call) revision() int {
	text := strings.Trim(strings.TrimSpace(c.r.Header.Get("If-Match")), `"`)
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil {
		return -1
	}
	return int(n)
}

// list is one page of a list.
type list[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next,omitempty"`
}

// listOf makes a list of rows; it is never null.
func listOf[R, T any](rows []R, view func(R) T) list[T] {
	l := list[T]{Items: make([]T, 0, len(rows))}
	for _, r := range rows {
		l.Items = append(l.Items, view(r))
	}
	return l
}

func same[T any](v T) T { return v }

// orEmpty keeps a list from being null.
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// page is which part of a list is asked for.
type page struct {
	after *models.Cursor
	limit int
}

// Limits of a page.
const (
	pageDefault = 50
	pageMost    = 200
)

var pageParams = []param{
	{"limit", "how many, 1 to 200; 50 if absent", map[string]any{"type": "integer", "minimum": 1, "maximum": pageMost}},
	{"cursor", "where the page begins, as the page before says", text},
}

func (c *call) page() (page, error) {
	p := page{limit: pageDefault}
	if text := c.query("limit"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > pageMost {
			return p, apperr.Invalid("limit", "range", "min", 1, "max", pageMost)
		}
		p.limit = n
	}
	if text := c.query("cursor"); text != "" {
		cursor, ok := readCursor(text)
		if !ok {
			return p, apperr.Invalid("cursor", "unknown")
		}
		p.after = cursor
	}
	return p, nil
}

// afterID is the id after which the page begins, of lists that are not ordered by time.
func (p page) afterID() uuid.UUID {
	if p.after == nil {
		return uuid.Nil
	}
	return p.after.ID
}

// byID is the cursor of such a list.
func byID(id uuid.UUID) models.Cursor { return models.Cursor{At: time.UnixMicro(0), ID: id} }

// cut returns the rows of a page out of one row more, and the cursor of the next page if there is one.
func cut[R any](rows []R, p page, at func(R) models.Cursor) ([]R, string) {
	if len(rows) <= p.limit {
		return rows, ""
	}
	rows = rows[:p.limit]
	return rows, writeCursor(at(rows[len(rows)-1]))
}

func writeCursor(c models.Cursor) string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(c.At.UnixMicro(), 10) + "." + c.ID.String()))
}

func readCursor(s string) (*models.Cursor, bool) {
	raw, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		return nil, false
	}
	at, id, _ := strings.Cut(string(raw), ".")
	micros, errAt := strconv.ParseInt(at, 10, 64)
	parsed, errID := uuid.Parse(id)
	if errAt != nil || errID != nil || micros < 0 || micros > 253402300799000000 { // the year 9999
		return nil, false
	}
	return &models.Cursor{At: time.UnixMicro(micros).UTC(), ID: parsed}, true
}

// pageAt is the address of this list from a cursor on.
func (c *call) pageAt(cursor string) string {
	q := url.Values{}
	for k, v := range c.r.URL.Query() {
		q[k] = v
	}
	q.Set("cursor", cursor)
	return c.s.BaseURL + c.r.URL.Path + "?" + q.Encode()
}
