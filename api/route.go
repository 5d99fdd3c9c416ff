package api

import (
	"net/http"

	"tribuna/internal/apperr"
	"tribuna/internal/files"
	"tribuna/internal/word"
	"tribuna/models"
)

// gate says who is let in at all; what they may do there is for the table of roles. The zero gate is the narrow one.
type gate int

const (
	signedIn gate = iota // a person with an API token
	byLink               // also a personal link, for its task
	open                 // everybody
)

// Limits of a request's body, in bytes.
const (
	bodyLimit  = 1 << 20
	draftLimit = 2 << 20
)

// route is one operation: the router and the OpenAPI document are made from it.
type route struct {
	method  string
	path    string // below Prefix
	id      string // operationId
	tag     string
	summary string
	gate    gate
	scope   string // that a token needs; "": to read for GET, to act for everything else
	query   []param
	body    any   // zero value of the JSON it takes; nil: no body
	limit   int64 // of the body; 0: bodyLimit
	key     bool  // needs an Idempotency-Key
	match   bool  // needs If-Match
	public  bool  // its answer may be cached by everybody
	status  int   // of success; 0: 200
	reply   any   // zero value of the JSON it answers; nil: no body
	decides bool  // it may answer 202: received, not yet recorded
	serve   func(*call) (reply, error)
}

// upload as a route's body is a form with one file in it; download as its reply is a file, outgoing a text in that form, plainText one
// without any.
type (
	upload    struct{}
	download  struct{}
	plainText struct{}
	outgoing  word.Form
)

// param is a query parameter.
type param struct {
	name, about string
	schema      map[string]any
}

// reply is what a handler answers.
type reply struct {
	status   int // 0: the route's
	body     any
	etag     string // without quotes
	location string
	next     string // cursor of the next page
	file     *files.File
}

// handle makes a route a handler: who asks is found out, the gate is kept, and an error becomes problem details.
func (s *server) handle(rt route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := &call{w: w, r: r, s: s, route: rt}
		answer, err := c.answer()
		if err != nil {
			s.fail(w, r, c, err)
			return
		}
		c.write(answer)
	})
}

// needs is the scope without which a token is refused.
func (r route) needs() string {
	switch {
	case r.scope != "":
		return r.scope
	case r.method == http.MethodGet:
		return models.ScopeRead
	default:
		return models.ScopeAct
	}
}

func (c *call) answer() (reply, error) {
	if err := c.readable(); err != nil {
		return reply{}, err
	}
	if err := c.authenticate(); err != nil {
		return reply{}, err
	}
	switch {
	case c.route.gate == open:
	case !c.who.known():
		return reply{}, apperr.New(apperr.CodeUnauthenticated)
	case c.route.gate == signedIn && c.who.link != nil:
		return reply{}, apperr.New(apperr.CodeForbidden)
	}
	if c.route.gate != open {
		if err := c.inScope(c.route.needs()); err != nil {
			return reply{}, err
		}
	}
	if c.route.key && c.r.Header.Get("Idempotency-Key") == "" {
		return reply{}, apperr.About(apperr.CodePrecondition, "Idempotency-Key")
	}
	if c.route.match && c.r.Header.Get("If-Match") == "" {
		return reply{}, apperr.About(apperr.CodePrecondition, "If-Match")
	}
	return c.route.serve(c)
}
