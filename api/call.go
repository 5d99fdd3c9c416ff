package api

import (
	"context"
	"database/sql"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/gorilla/mux"
	"github.com/uptrace/bun"

	"tribuna/internal/access"
	"tribuna/internal/apperr"
	"tribuna/models"
)

// call is one request being answered.
type call struct {
	w     http.ResponseWriter
	r     *http.Request
	s     *server
	route route
	who   who

	asked question // the last one put to the table of roles
}

// question is what is asked about: most requests ask more than once about the same.
type question struct {
	rec    *models.Recommendation
	task   *models.Task
	object access.Object
}

func (c *call) ctx() context.Context { return c.r.Context() }

func (c *call) now() time.Time { return c.s.Now() }

func (c *call) inTx(do func(ctx context.Context, tx bun.Tx) error) error {
	return c.s.DB.RunInTx(c.ctx(), &sql.TxOptions{}, do)
}

// readable refuses addresses that hold what no text in the database can hold.
func (c *call) readable() error {
	for name, value := range mux.Vars(c.r) {
		if !storable(value) {
			return apperr.NotFound(name)
		}
	}
	query, err := url.ParseQuery(c.r.URL.RawQuery)
	if err != nil {
		return &apperr.Error{Code: apperr.CodeInvalid, What: "query", Err: err}
	}
	bad := apperr.New(apperr.CodeInvalid)
	for name, values := range query {
		if !c.route.takes(name) {
			bad.And(name, "unknown_field")
			continue
		}
		for _, v := range values {
			if !storable(v) || len(v) > 1000 {
				bad.And(name, "type")
			}
		}
	}
	return bad.OrNil()
}

func (rt route) takes(parameter string) bool {
	for _, p := range rt.query {
		if p.name == parameter {
			return true
		}
	}
	return false
}

// storable reports whether PostgreSQL can hold a text.
func storable(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }

func (c *call) variable(name string) string { return mux.Vars(c.r)[name] }

// id reads an id from the path; what is no id is not found.
func (c *call) id(what string) (uuid.UUID, error) { return c.idNamed("id", what) }

func (c *call) idNamed(name, what string) (uuid.UUID, error) {
	text := c.variable(name)
	id, err := uuid.Parse(text)
	if err != nil || len(text) != 36 {
		return uuid.Nil, apperr.NotFound(what)
	}
	return id, nil
}

// number reads a positive number from the path.
func (c *call) number(name, what string) (int, error) {
	n, err := strconv.ParseInt(c.variable(name), 10, 32)
	if err != nil || n < 1 {
		return 0, apperr.NotFound(what)
	}
	return int(n), nil
}

func (c *call) query(name string) string { return c.r.URL.Query().Get(name) }

// queryList reads a parameter that may be repeated or hold several values with commas between them.
func (c *call) queryList(name string) []string {
	var list []string
	for _, v := range c.r.URL.Query()[name] {
		for _, part := range strings.Split(v, ",") {
			if part = strings.TrimSpace(part); part != "" {
				list = append(list, part)
			}
		}
	}
	return list
}

// queryID reads an optional id.
func (c *call) queryID(name string) (uuid.UUID, error) {
	text := c.query(name)
	if text == "" {
		return uuid.Nil, nil
	}
	id, err := uuid.Parse(text)
	if err != nil {
		return uuid.Nil, apperr.Invalid(name, "type")
	}
	return id, nil
}

// queryOneOf reads an optional parameter that has to be one of a list.
func queryOneOf[T ~string](c *call, name string, allowed []T) (T, error) {
	v := T(c.query(name))
	if v == "" {
		return v, nil
	}
	for _, a := range allowed {
		if a == v {
			return v, nil
		}
	}
	return v, apperr.Invalid(name, "choice")
}

// can asks the table of roles about a recommendation and one of its tasks, or nil.
func (c *call) can(action access.Action, rec *models.Recommendation, task *models.Task) error {
	if rec == nil {
		return access.Can(c.who.actor(), action, access.Object{})
	}
	if c.asked.rec != rec || c.asked.task != task {
		object, err := models.AccessObject(c.ctx(), c.s.DB, rec, task)
		if err != nil {
			return err
		}
		c.asked = question{rec: rec, task: task, object: object}
	}
	return access.Can(c.who.actor(), action, c.asked.object)
}

// may is can for what is shown or left out.
func (c *call) may(action access.Action, rec *models.Recommendation, task *models.Task) (bool, error) {
	err := c.can(action, rec, task)
	switch apperr.CodeOf(err) {
	case "":
		return true, nil
	case apperr.CodeNotFound, apperr.CodeForbidden, apperr.CodeUnauthenticated:
		return false, nil
	}
	return false, err
}

// recommendation reads the one the path names, if the reader may know of it.
func (c *call) recommendation() (*models.Recommendation, error) {
	id, err := c.id("recommendation")
	if err != nil {
		return nil, err
	}
	return models.VisibleRecommendation(c.ctx(), c.s.DB, c.who.viewer, id)
}

// inside reads the recommendation the path names for somebody who works with it: what is published of it is for
// everybody, everything else is not.
func (c *call) inside() (*models.Recommendation, error) { return c.owned(access.ReadWorkingText) }

// within reads the recommendation the path names for those who may know what was said within the network.
func (c *call) within() (*models.Recommendation, error) { return c.owned(access.ReadNetworkMatter) }

// owned reads the recommendation the path names for those who may do something with it.
func (c *call) owned(action access.Action) (*models.Recommendation, error) {
	rec, err := c.recommendation()
	if err != nil {
		return nil, err
	}
	return rec, c.can(action, rec, nil)
}
