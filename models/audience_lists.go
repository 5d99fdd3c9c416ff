package models

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
)

// usableList is a list (alias pl) by which a mailing about a recommendation can be narrowed: the network's, or one of the
// organisation whose recommendation it is. Who is on the others is not for it to find out.
const usableList = `(pl.organisation_id IS NULL OR pl.organisation_id = (SELECT r.organisation_id FROM recommendations AS r WHERE r.id = ?))`

// onList is a person (alias person) on one of some lists.
const onList = `person.id IN (SELECT m.person_id FROM people_list_members AS m WHERE m.list_id = ANY(?::uuid[]))`

// lists are all that an audience names, each once.
func (a Audience) lists() []uuid.UUID {
	all := slices.Concat(a.Lists, a.Except.Lists)
	slices.SortFunc(all, func(x, y uuid.UUID) int { return slices.Compare(x[:], y[:]) })
	return slices.Compact(all)
}

// byLists narrows to who is on a list and leaves out who is on another. Where one of the lists is gone or is not this
// organisation's, nobody is reached: else whom a list was to leave out would be written to once it is gone.
func (a Audience) byLists(q *bun.SelectQuery) *bun.SelectQuery {
	all := a.lists()
	if len(all) == 0 {
		return q
	}
	q = q.Where("(SELECT count(*) FROM people_lists AS pl WHERE pl.id = ANY(?::uuid[]) AND "+usableList+") = ?", pgUUIDs(all), a.About, len(all))
	if len(a.Lists) > 0 {
		q = q.Where(onList, pgUUIDs(a.Lists))
	}
	if len(a.Except.Lists) > 0 {
		q = q.Where("NOT "+onList, pgUUIDs(a.Except.Lists))
	}
	return q
}

// checkLists refuses lists that there are not, or that are not an organisation's to use.
func (a Audience) checkLists(ctx context.Context, db bun.IDB, organisation uuid.UUID) error {
	if len(a.lists()) == 0 {
		return nil
	}
	usable, err := UsablePeopleLists(ctx, db, organisation)
	if err != nil {
		return err
	}
	bad := apperr.New(apperr.CodeInvalid)
	for _, named := range []struct {
		path string
		ids  []uuid.UUID
	}{{"audience.lists", a.Lists}, {"audience.except.lists", a.Except.Lists}} {
		for i, id := range named.ids {
			if !slices.ContainsFunc(usable, func(l PeopleList) bool { return l.ID == id }) {
				bad.And(fmt.Sprintf("%s[%d]", named.path, i), "unknown")
			}
		}
	}
	return bad.OrNil()
}

// checkListsAbout is checkLists for a mailing about a recommendation.
func (a Audience) checkListsAbout(ctx context.Context, db bun.IDB, recommendation uuid.UUID) error {
	if len(a.lists()) == 0 {
		return nil
	}
	r, err := RecommendationByID(ctx, db, recommendation)
	if err != nil {
		return err
	}
	return a.checkLists(ctx, db, r.OrganisationID)
}
