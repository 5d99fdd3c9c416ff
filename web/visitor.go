package web

import (
	"context"

	"github.com/google/uuid"

	"tribuna/models"
)

// visitor is who asks for a page: signed in, or come by a personal link. Nil is the public.
type visitor struct {
	Person   models.Person
	Roles    []models.Role
	LinkTask uuid.UUID // the one task a personal link opened; Nil for who is signed in
	asked    judged
	Session  uuid.UUID // where they are signed in; Nil for who came by a personal link
}

// viewer is the visitor as queries see them.
func (v *visitor) viewer() models.Viewer {
	if v == nil {
		return models.Viewer{}
	}
	return models.Viewer{PersonID: v.Person.ID, Roles: v.Roles, LinkTask: v.LinkTask}
}

type visitorKey struct{}

func withVisitor(ctx context.Context, v *visitor) context.Context {
	return context.WithValue(ctx, visitorKey{}, v)
}

// visitorFrom returns who asks, or nil.
func visitorFrom(ctx context.Context) *visitor {
	v, _ := ctx.Value(visitorKey{}).(*visitor)
	return v
}
