package web

import (
	"context"
	"net/http"

	"github.com/google/uuid"

	"tribuna/internal/access"
	"tribuna/internal/apperr"
	"tribuna/models"
)

// requirePerson returns who is signed in or came by a personal link. Nobody is an error that leads to signing in.
func (s *Server) requirePerson(r *http.Request) (*visitor, error) {
	if v := visitorFrom(r.Context()); v != nil {
		return v, nil
	}
	return nil, apperr.New(apperr.CodeUnauthenticated)
}

// requireMember returns who is signed in and may see where everything stands.
func (s *Server) requireMember(r *http.Request) (*visitor, error) {
	v, err := s.requirePerson(r)
	if err != nil {
		return nil, err
	}
	return v, s.can(r.Context(), v, access.ReadOverview, nil, nil)
}

// can asks the table of roles whether a visitor may do something with a recommendation, and one of its tasks or nil.
// A nil visitor is the public; a nil recommendation stands for actions about none in particular.
func (s *Server) can(ctx context.Context, v *visitor, action access.Action, rec *models.Recommendation, task *models.Task) error {
	var actor access.Actor
	if v != nil {
		actor = v.viewer().Actor() // with the roles that were read for this request
	}
	if rec == nil {
		return access.Can(actor, action, access.Object{})
	}
	if v != nil && v.asked.rec == rec && v.asked.task == task {
		return access.Can(actor, action, v.asked.object)
	}
	object, err := models.AccessObject(ctx, s.DB, rec, task)
	if err != nil {
		return err
	}
	if v != nil {
		v.asked = judged{rec, task, object}
	}
	return access.Can(actor, action, object)
}

// judged is a recommendation, and one of its tasks or nil, as the table of roles saw them when it was last asked: one page asks
// about the same several times.
type judged struct {
	rec    *models.Recommendation
	task   *models.Task
	object access.Object
}

// may is can for pages that show or hide something: a refusal is no error.
func (s *Server) may(ctx context.Context, v *visitor, action access.Action, rec *models.Recommendation, task *models.Task) (bool, error) {
	err := s.can(ctx, v, action, rec, task)
	switch apperr.CodeOf(err) {
	case "":
		return true, nil
	case apperr.CodeNotFound, apperr.CodeForbidden, apperr.CodeUnauthenticated:
		return false, nil
	default:
		return false, err
	}
}

// link returns the task a personal link opened, nil for who is signed in.
func (v *visitor) link() *uuid.UUID {
	if v.LinkTask == uuid.Nil {
		return nil
	}
	return &v.LinkTask
}
