package api

import (
	"context"
	"net/http"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/access"
	"tribuna/models"
)

// PeopleList is people under a name, by which an audience can be narrowed.
type PeopleList struct {
	ID             uuid.UUID  `json:"id"`
	Name           string     `json:"name"`
	OrganisationID *uuid.UUID `json:"organisation_id,omitempty"` // whose mailings may name it; absent: all
	People         int        `json:"people"`                    // on it, whether they may be written to or not
}

// PeopleListInput is what can be said of a list. Without organisation_id it is the whole network's.
type PeopleListInput struct {
	Name           string     `json:"name" validate:"required,max=120,excludesall=\r\n"`
	OrganisationID *uuid.UUID `json:"organisation_id,omitempty"`
}

// peopleListRoutes are the lists as coordinators keep them, and as those who write mailings choose them.
func (s *server) peopleListRoutes() []route {
	const keep, all, one = models.ScopeAdminister, "/lists", "/lists/{id}"
	const member = one + "/people/{person}"
	return []route{
		{method: http.MethodGet, path: all, id: "listPeopleLists", tag: "people", summary: "Lists of people, by name; who is on one is found by GET /people?list=", scope: keep,
			reply: list[PeopleList]{}, serve: s.listPeopleLists},
		{method: http.MethodPost, path: all, id: "createPeopleList", tag: "people", summary: "Begin a list of people", scope: keep,
			key: true, body: PeopleListInput{}, status: http.StatusCreated, reply: PeopleList{}, serve: s.createPeopleList},
		{method: http.MethodGet, path: one, id: "getPeopleList", tag: "people", summary: "One list of people", scope: keep, reply: PeopleList{}, serve: s.getPeopleList},
		{method: http.MethodPut, path: one, id: "updatePeopleList", tag: "people", summary: "Change what a list is called and whose it is", scope: keep,
			match: true, body: PeopleListInput{}, reply: PeopleList{}, serve: s.updatePeopleList},
		{method: http.MethodDelete, path: one, id: "deletePeopleList", tag: "people", summary: "Remove a list that no mailing under way and no kept audience names; the people stay", scope: keep,
			status: http.StatusNoContent, serve: s.deletePeopleList},
		{method: http.MethodPut, path: member, id: "putOnList", tag: "people", summary: "Put somebody on a list", scope: keep,
			reply: PeopleList{}, serve: s.changeList(models.PutOnList)},
		{method: http.MethodDelete, path: member, id: "takeOffList", tag: "people", summary: "Take somebody off a list", scope: keep,
			reply: PeopleList{}, serve: s.changeList(models.TakeOffList)},
		{method: http.MethodGet, path: "/recommendations/{id}/lists", id: "listUsableLists", tag: "campaign", summary: "Lists of people that the audience of its mailings can name, by name",
			reply: list[PeopleList]{}, serve: s.listUsableLists},
	}
}

func peopleListView(l models.PeopleList) PeopleList {
	return PeopleList{ID: l.ID, Name: l.Name, OrganisationID: l.OrganisationID, People: l.People}
}

func (s *server) listPeopleLists(c *call) (reply, error) {
	if err := c.administers(); err != nil {
		return reply{}, err
	}
	lists, err := models.PeopleLists(c.ctx(), s.DB)
	return reply{body: listOf(lists, peopleListView)}, err
}

func (s *server) listUsableLists(c *call) (reply, error) {
	rec, err := c.owned(access.CreateMailing)
	if err != nil {
		return reply{}, err
	}
	lists, err := models.UsablePeopleLists(c.ctx(), s.DB, rec.OrganisationID)
	return reply{body: listOf(lists, peopleListView)}, err
}

func (in PeopleListInput) put(l *models.PeopleList) {
	l.Name, l.OrganisationID = in.Name, in.OrganisationID
}

func (s *server) createPeopleList(c *call) (reply, error) {
	if err := c.administers(); err != nil {
		return reply{}, err
	}
	in, err := decodeValid[PeopleListInput](c)
	if err != nil {
		return reply{}, err
	}
	id, _, err := c.once(in, func(ctx context.Context, tx bun.Tx) (uuid.UUID, error) {
		l := models.NewPeopleList(c.now())
		in.put(&l)
		if err := l.Insert(ctx, tx); err != nil {
			return uuid.Nil, err
		}
		return l.ID, models.Journal(ctx, tx, c.who.person, c.now(), l.Entry("list.added", nil).Changing(nil, l.Facts()))
	})
	if err != nil {
		return reply{}, err
	}
	answer, err := s.showPeopleList(c, id)
	answer.status, answer.location = http.StatusCreated, s.BaseURL+Prefix+"/lists/"+id.String()
	return answer, err
}

func (s *server) getPeopleList(c *call) (reply, error) {
	id, err := c.administered("list")
	if err != nil {
		return reply{}, err
	}
	return s.showPeopleList(c, id)
}

func (s *server) showPeopleList(c *call, id uuid.UUID) (reply, error) {
	l, err := models.PeopleListByID(c.ctx(), s.DB, id)
	view := peopleListView(l)
	return reply{body: view, etag: tagOf(view)}, err
}

func (s *server) updatePeopleList(c *call) (reply, error) {
	id, err := c.administered("list")
	if err != nil {
		return reply{}, err
	}
	in, err := decodeValid[PeopleListInput](c)
	if err != nil {
		return reply{}, err
	}
	err = c.inTx(func(ctx context.Context, tx bun.Tx) error {
		l, err := models.PeopleListByID(ctx, tx, id)
		if err != nil {
			return err
		}
		if current := peopleListView(l); !matches(c.r.Header.Get("If-Match"), tagOf(current)) {
			return outdated{what: "list", current: current, yours: in}
		}
		former := l
		in.put(&l)
		if err := l.Save(ctx, tx); err != nil {
			return err
		}
		return models.Journal(ctx, tx, c.who.person, c.now(), l.Entry("list.changed", nil).Changing(former.Facts(), l.Facts()))
	})
	if err != nil {
		return reply{}, err
	}
	return s.showPeopleList(c, id)
}

func (s *server) deletePeopleList(c *call) (reply, error) {
	id, err := c.administered("list")
	if err != nil {
		return reply{}, err
	}
	return reply{}, c.inTx(func(ctx context.Context, tx bun.Tx) error {
		l, err := models.PeopleListByID(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := models.RemovePeopleList(ctx, tx, id); err != nil {
			return err
		}
		return models.Journal(ctx, tx, c.who.person, c.now(), l.Entry("list.removed", nil).Changing(l.Facts(), nil))
	})
}

// changeList serves putting somebody on a list and taking them off. Done twice they leave what done once leaves, so they take no
// key.
func (s *server) changeList(act func(ctx context.Context, tx bun.IDB, by models.Person, list, person uuid.UUID, now time.Time) error) func(*call) (reply, error) {
	return func(c *call) (reply, error) {
		id, err := c.administered("list")
		if err != nil {
			return reply{}, err
		}
		person, err := c.idNamed("person", "person")
		if err != nil {
			return reply{}, err
		}
		err = c.inTx(func(ctx context.Context, tx bun.Tx) error { return act(ctx, tx, c.who.person, id, person, c.now()) })
		if err != nil {
			return reply{}, err
		}
		return s.showPeopleList(c, id)
	}
}
