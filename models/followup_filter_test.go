package models_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
	"tribuna/models"
)

func TestAPartnerTakesOnTheirOwnCountryAlone(t *testing.T) {
	a := newAbroad(t)
	a.bring(t, threeLines)
	ctx := t.Context()
	partner := a.person(t, "partner-al", models.RolePartner, a.delegation)
	actor, err := models.AccessActor(ctx, a.db, partner.ID, nil)
	require.NoError(t, err)
	countries, err := models.FocalPointCountries(ctx, a.db, actor, []uuid.UUID{a.delegation.ID})
	require.NoError(t, err)
	require.Equal(t, []string{"AL"}, countries)
	assign := func(f models.FollowUpFilter, number int) error {
		return a.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
			return models.AssignMany(ctx, tx, f, number, a.delegation.ID, partner, noon)
		})
	}
	blamed := func(err error) string {
		var e *apperr.Error
		require.ErrorAs(t, err, &e)
		return e.Fields[0].Key
	}
	require.Equal(t, "error.field.other_country", blamed(assign(models.FollowUpFilter{}, 3)), "Bulgaria's are not theirs to take")
	require.Equal(t, "error.field.number_changed", blamed(assign(models.FollowUpFilter{Countries: countries}, 3)))
	left, _, err := models.CountFollowUps(ctx, a.db, models.FollowUpFilter{Unfollowed: true})
	require.NoError(t, err)
	require.Equal(t, 3, left, "all or nothing")
	require.NoError(t, assign(models.FollowUpFilter{Countries: countries}, 2))
	left, _, err = models.CountFollowUps(ctx, a.db, models.FollowUpFilter{Unfollowed: true})
	require.NoError(t, err)
	require.Equal(t, 1, left)
	journal, err := models.JournalEntries(ctx, a.db, models.JournalFilter{Limit: 1})
	require.NoError(t, err)
	require.Equal(t, "followups.assigned", journal[0].Verb)
	require.Equal(t, "2", journal[0].Facts["measures"])
	require.Zero(t, a.count(t, "outbox"), "nobody is mailed by it")
}

func TestFollowUpsAreFoundByWhatTheyAre(t *testing.T) {
	a := newAbroad(t)
	a.bring(t, threeLines)
	first, err := models.FollowUps(t.Context(), a.db, models.FollowUpFilter{Query: "adopt the LAW"})
	require.NoError(t, err)
	require.Len(t, first, 1)
	require.NoError(t, models.AssignFocalPoint(t.Context(), a.db, first[0].ID, a.delegation.ID, a.coordinator, noon))
	filters := map[string]struct {
		f    models.FollowUpFilter
		want int
	}{
		"everything":          {models.FollowUpFilter{}, 3},
		"who issued it":       {models.FollowUpFilter{Query: "norw"}, 1},
		"another alphabet":    {models.FollowUpFilter{Query: "Норвег"}, 0}, // no name in it was given
		"letters alike":       {models.FollowUpFilter{Query: "аdopt Lăw"}, 1},
		"no word's beginning": {models.FollowUpFilter{Query: "orway"}, 0},
		"a word and a topic":  {models.FollowUpFilter{Query: "adopt", Topic: "Justice", Response: "supported"}, 1},
		"a reference":         {models.FollowUpFilter{Query: "UPR-AL"}, 2},
		"nothing special":     {models.FollowUpFilter{Query: "100%"}, 0},
		"a source's topic":    {models.FollowUpFilter{Topic: "Justice"}, 1},
		"a response":          {models.FollowUpFilter{Response: "supported"}, 2},
		"a focal point":       {models.FollowUpFilter{FocalPoint: a.delegation.ID}, 1},
		"none":                {models.FollowUpFilter{Unfollowed: true}, 2},
		"countries":           {models.FollowUpFilter{Countries: []string{"AL", "HR"}}, 2},
		"no country":          {models.FollowUpFilter{Countries: []string{}}, 0},
		"drafted here":        {models.FollowUpFilter{Drafted: true}, 0},
		"a stage":             {models.FollowUpFilter{Stage: models.StageDone}, 0},
		"nothing is overdue":  {models.FollowUpFilter{OverdueAt: noon.AddDate(9, 0, 0)}, 0},
		"a challenge":         {models.FollowUpFilter{Challenge: "leaving"}, 0},
		"chosen":              {models.FollowUpFilter{IDs: []uuid.UUID{first[0].ID}}, 1},
		"a status":            {models.FollowUpFilter{Status: models.StatusNotFollowed, Open: true}, 2},
	}
	every := func(t *testing.T) {
		for name, c := range filters {
			n, more, err := models.CountFollowUps(t.Context(), a.db, c.f)
			require.NoError(t, err, name)
			require.False(t, more)
			require.Equal(t, c.want, n, name)
			list, err := models.FollowUps(t.Context(), a.db, c.f)
			require.NoError(t, err, name)
			require.Len(t, list, c.want, name)
		}
	}
	t.Run("looking each measure up", every)
	t.Run("holding the measures", func(t *testing.T) {
		defer models.HoldingSets()()
		every(t)
	})
	choices, err := models.FollowUpChoicesOf(t.Context(), a.db)
	require.NoError(t, err)
	require.Equal(t, []models.SourceTopic{{Name: "Justice", Language: "en"}, {Name: "Rights of the Child", Language: "en"}, {Name: "Trafficking", Language: "en"}}, choices.Topics)
	require.Equal(t, []string{"noted", "supported"}, choices.Responses)
	require.Len(t, choices.Followers, 1)
	require.Equal(t, "2009-11-30", models.ImportSourceOf("UPR").SessionBegan("6").Time().Format(time.DateOnly))
	require.Nil(t, models.ImportSourceOf("UPR").SessionBegan("2026"))
	require.Nil(t, models.ImportSourceOf("Ombudsman").SessionBegan("6"))
}

func TestTheTopicsOfSourcesAreThoseThatMeasuresHave(t *testing.T) {
	a := newAbroad(t)
	topics := func() (names []string) {
		choices, err := models.FollowUpChoicesOf(t.Context(), a.db)
		require.NoError(t, err)
		for _, topic := range choices.Topics {
			names = append(names, topic.Name)
		}
		return names
	}
	require.Empty(t, topics())
	a.bring(t, threeLines)
	require.Equal(t, []string{"Justice", "Rights of the Child", "Trafficking"}, topics())
	a.bring(t, strings.Replace(threeLines, "Trafficking", "Rights of the Child", 1))
	require.Equal(t, []string{"Justice", "Rights of the Child"}, topics(), "one that no measure has any more is no choice")
	a.bring(t, strings.Replace(threeLines, "Rights of the Child; Justice", "Justice", 1))
	require.Equal(t, []string{"Justice", "Trafficking"}, topics())
}

func TestManyFollowUpsAreNotCountedToTheEnd(t *testing.T) {
	a := newAbroad(t)
	a.bring(t, threeLines)
	_, err := a.db.NewRaw(`WITH more AS (INSERT INTO measures (id, recommendation_id, number, text)
			SELECT gen_random_uuid(), recommendation_id, 10 + n, 'One more' FROM (SELECT recommendation_id FROM measures LIMIT 1) AS m, generate_series(1, ?) AS n
			RETURNING id, recommendation_id)
		INSERT INTO followups (id, recommendation_id, measure_id, authority_id, status, status_since, created_at)
		SELECT gen_random_uuid(), recommendation_id, id, (SELECT authority_id FROM followups LIMIT 1), 'not_followed', ?, ? FROM more`,
		models.FollowUpsCounted-3, noon, noon).Exec(t.Context())
	require.NoError(t, err)
	n, more, err := models.CountFollowUps(t.Context(), a.db, models.FollowUpFilter{})
	require.NoError(t, err)
	require.Equal(t, models.FollowUpsCounted, n)
	require.False(t, more)
	a.bring(t, threeLines+"UPR-AL-06-003,UPR,AL,6,Oman,noted,1,,One more\n")
	n, more, err = models.CountFollowUps(t.Context(), a.db, models.FollowUpFilter{Query: "one more"})
	require.NoError(t, err)
	require.Equal(t, models.FollowUpsCounted-2, n)
	require.False(t, more)
	n, more, err = models.CountFollowUps(t.Context(), a.db, models.FollowUpFilter{})
	require.NoError(t, err)
	require.Equal(t, models.FollowUpsCounted, n)
	require.True(t, more)
}
