package models_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
	"tribuna/models"
)

func (n engagedNetwork) list(t *testing.T, name string, owner *uuid.UUID, people ...models.Person) models.PeopleList {
	t.Helper()
	l := models.NewPeopleList(noon)
	l.Name, l.OrganisationID = name, owner
	require.NoError(t, l.Insert(t.Context(), n.db))
	for _, p := range people {
		require.NoError(t, models.PutOnList(t.Context(), n.db, n.officer, l.ID, p.ID, noon))
	}
	return l
}

func TestAnAudienceIsNarrowedByLists(t *testing.T) {
	n := newEngagedNetwork(t)
	one := n.person(t, "one", models.RoleReader, n.lead, consents)
	both := n.person(t, "both", models.RoleReader, n.lead, consents)
	two := n.person(t, "two", models.RoleReader, n.lead, consents)
	silent := n.person(t, "silent", models.RoleReader, n.lead)
	n.person(t, "none", models.RoleReader, n.lead, consents)
	own := n.list(t, "Own", &n.partner.ID, one, both, silent)
	shared := n.list(t, "Shared", nil, two, both)
	theirs := n.list(t, "Theirs", &n.lead.ID, one, two)
	gone := uuid.New()
	for _, c := range []struct {
		what     string
		audience models.Audience
		want     []string
	}{
		{"a list, of whom only those who agreed", models.Audience{Lists: []uuid.UUID{own.ID}}, []string{"both", "one"}},
		{"either of two", models.Audience{Lists: []uuid.UUID{own.ID, shared.ID}}, []string{"both", "one", "two"}},
		{"one without the other", models.Audience{Lists: []uuid.UUID{own.ID}, Except: models.Exclusions{Lists: []uuid.UUID{shared.ID}}}, []string{"one"}},
		{"all without one", models.Audience{Except: models.Exclusions{Lists: []uuid.UUID{own.ID}}}, []string{"none", "two"}},
		{"the same named twice", models.Audience{Lists: []uuid.UUID{own.ID, own.ID}, Except: models.Exclusions{Lists: []uuid.UUID{own.ID}}}, []string{}},
		{"another organisation's", models.Audience{Lists: []uuid.UUID{theirs.ID}}, []string{}},
		{"without another organisation's: nobody learns who is on it", models.Audience{Except: models.Exclusions{Lists: []uuid.UUID{theirs.ID}}}, []string{}},
		{"without one that is gone: nobody who was to be left out is written to", models.Audience{Except: models.Exclusions{Lists: []uuid.UUID{gone}}}, []string{}},
		{"with another limit", models.Audience{Lists: []uuid.UUID{own.ID}, Roles: []string{models.RoleExpert}}, []string{}},
	} {
		require.Equal(t, c.want, n.who(t, c.audience), c.what)
	}
	kept, err := models.MailingAudienceKept(t.Context(), n.db, models.Readership{Audience: models.Audience{Lists: []uuid.UUID{own.ID}, About: n.about}, At: noon})
	require.NoError(t, err)
	require.Equal(t, models.AudienceKept{NoConsent: 1}, kept, "a list is no consent")
	require.Error(t, models.MailingAudience(t.Context(), n.db, models.Audience{Lists: []uuid.UUID{own.ID}}).Column("name").Scan(t.Context(), new([]string)),
		"whose lists count is not known without a recommendation")
}

func TestMailingsAndKeptAudiencesNameUsableListsAlone(t *testing.T) {
	n := newEngagedNetwork(t)
	n.exec(t, `UPDATE recommendations SET stage = 'done', published_at = now() WHERE id = ?`, n.about)
	rec, err := models.RecommendationByID(t.Context(), n.db, n.about)
	require.NoError(t, err)
	own, theirs := n.list(t, "Own", &n.partner.ID), n.list(t, "Theirs", &n.lead.ID)
	input := func(lists ...uuid.UUID) models.MailingInput {
		return models.MailingInput{FallbackLanguage: "en", Texts: []models.MailingText{{Language: "en", Subject: "S", Body: "B"}}, Audience: models.Audience{Lists: lists}}
	}
	_, err = models.CreateMailing(t.Context(), n.db, rec, input(theirs.ID), n.officer.ID, noon)
	require.Equal(t, "audience.lists[0]", fieldOf(t, err))
	m, err := models.CreateMailing(t.Context(), n.db, rec, input(own.ID), n.officer.ID, noon)
	require.NoError(t, err)
	wrong := input(own.ID)
	wrong.Audience.Except.Lists = []uuid.UUID{uuid.New()}
	_, err = models.EditMailing(t.Context(), n.db, m.ID, 1, wrong, noon)
	require.Equal(t, "audience.except.lists[0]", fieldOf(t, err))
	_, err = models.KeepMailingSegment(t.Context(), n.db, n.partner.ID, models.MailingSegmentInput{Name: "S", Audience: models.Audience{Lists: []uuid.UUID{theirs.ID}}}, noon)
	require.Equal(t, "audience.lists[0]", fieldOf(t, err))
	segment, err := models.KeepMailingSegment(t.Context(), n.db, n.partner.ID, models.MailingSegmentInput{Name: "S", Audience: models.Audience{Lists: []uuid.UUID{own.ID}}}, noon)
	require.NoError(t, err)

	uses, err := models.PeopleListUses(t.Context(), n.db, own.ID)
	require.NoError(t, err)
	require.Equal(t, []models.Use{{Kind: "segment", Count: 1}, {Kind: "list_mailing", Count: 1}}, uses)
	require.Equal(t, apperr.CodeInUse, apperr.CodeOf(models.RemovePeopleList(t.Context(), n.db, own.ID)))
	own.OrganisationID = &n.lead.ID
	require.Equal(t, apperr.CodeInUse, apperr.CodeOf(own.Save(t.Context(), n.db)), "the mailing would reach nobody")
	own.OrganisationID = nil
	require.NoError(t, own.Save(t.Context(), n.db), "the whole network's stays theirs too")
	require.NoError(t, models.DeleteMailingSegment(t.Context(), n.db, segment))
	_, err = models.EditMailing(t.Context(), n.db, m.ID, 1, input(), noon)
	require.NoError(t, err)
	require.NoError(t, models.RemovePeopleList(t.Context(), n.db, own.ID))
}

func fieldOf(t *testing.T, err error) string {
	t.Helper()
	var e *apperr.Error
	require.ErrorAs(t, err, &e)
	require.Len(t, e.Fields, 1)
	return e.Fields[0].Path
}

func TestListsAreKeptByNameAndOwner(t *testing.T) {
	n := newEngagedNetwork(t)
	n.list(t, "Friends", nil)
	n.list(t, "Friends", &n.partner.ID)
	for _, owner := range []*uuid.UUID{nil, &n.partner.ID} {
		again := models.NewPeopleList(noon)
		again.Name, again.OrganisationID = " friends ", owner
		err := n.db.RunInTx(t.Context(), nil, func(ctx context.Context, tx bun.Tx) error { return again.Insert(ctx, tx) })
		require.Equal(t, "name", fieldOf(t, err))
	}
	for _, name := range []string{"", "  ", "two\nlines"} {
		bad := models.NewPeopleList(noon)
		bad.Name = name
		require.Equal(t, apperr.CodeInvalid, apperr.CodeOf(bad.Insert(t.Context(), n.db)), "%q", name)
	}
	usable, err := models.UsablePeopleLists(t.Context(), n.db, n.lead.ID)
	require.NoError(t, err)
	require.Len(t, usable, 1, "another organisation's is not offered")
	all, err := models.PeopleLists(t.Context(), n.db)
	require.NoError(t, err)
	require.Len(t, all, 2)
}

func TestPeopleArePutOnListsAndTakenOff(t *testing.T) {
	n := newEngagedNetwork(t)
	ana := n.person(t, "ana", models.RoleReader, n.lead, livesIn("BG", "bg"))
	ben := n.person(t, "ben", models.RoleReader, n.lead, livesIn("BG", "bg"))
	n.person(t, "eva", models.RoleReader, n.lead, livesIn("HR", "en"))
	found, choice := models.PersonFilter{Country: "BG", Limit: 1, After: uuid.New()}, models.ListChoice{Name: "Bulgaria", Organisation: &n.partner.ID}
	put := func() (l models.PeopleList, count int) {
		require.NoError(t, n.db.RunInTx(t.Context(), nil, func(ctx context.Context, tx bun.Tx) (err error) {
			l, count, err = models.PutFoundOnList(ctx, tx, n.officer, choice, found, noon)
			return err
		}))
		return l, count
	}
	first, count := put()
	require.Equal(t, 2, count, "all who are found, not a page of them")
	again, count := put()
	require.Equal(t, first.ID, again.ID, "the same name is the same list")
	require.Zero(t, count)
	require.NoError(t, models.TakeOffList(t.Context(), n.db, n.officer, first.ID, ana.ID, noon))
	require.NoError(t, models.TakeOffList(t.Context(), n.db, n.officer, first.ID, ana.ID, noon), "again changes nothing")
	rows, err := models.People(t.Context(), n.db, models.PersonFilter{List: first.ID})
	require.NoError(t, err)
	require.Len(t, rows, 1)
	require.Equal(t, ben.ID, rows[0].ID)
	on, err := models.ListsOfPerson(t.Context(), n.db, ben.ID)
	require.NoError(t, err)
	require.Equal(t, []models.OnList{{ID: first.ID, Name: "Bulgaria", Owner: n.partner.Name, AddedAt: on[0].AddedAt}}, on)
	_, count, err = models.TakeFoundOffList(t.Context(), n.db, n.officer, first.ID, models.PersonFilter{}, noon)
	require.NoError(t, err)
	require.Equal(t, 1, count)
	_, _, err = models.PutFoundOnList(t.Context(), n.db, n.officer, models.ListChoice{ID: uuid.New()}, found, noon)
	require.Equal(t, "list_id", fieldOf(t, err))
	require.Equal(t, apperr.CodeNotFound, apperr.CodeOf(models.PutOnList(t.Context(), n.db, n.officer, first.ID, uuid.New(), noon)))
	entries, err := models.JournalEntries(t.Context(), n.db, models.JournalFilter{})
	require.NoError(t, err)
	var verbs []string
	for _, e := range entries {
		verbs = append(verbs, e.Verb)
	}
	require.Equal(t, []string{"list.thinned", "person.unlisted", "list.filled", "list.added"}, verbs, "newest first; what changed nothing is not put down")
}

func TestWhoIsErasedIsOnNoList(t *testing.T) {
	n := newEngagedNetwork(t)
	p := models.NewPerson(noon)
	p.Name, p.Email, p.Language = "Ana", "ana@people.example", "en"
	require.NoError(t, models.AddPerson(t.Context(), n.db, &p))
	l := n.list(t, "Friends", nil, p)
	require.NoError(t, n.db.RunInTx(t.Context(), nil, func(ctx context.Context, tx bun.Tx) error {
		return models.EraseContact(ctx, tx, n.officer, p.ID, noon.Add(time.Hour))
	}))
	l, err := models.PeopleListByID(t.Context(), n.db, l.ID)
	require.NoError(t, err)
	require.Zero(t, l.People)
}
