package models_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/models"
)

func TestWritingEndsWithItsLastDayWhereThoseWrittenToAre(t *testing.T) {
	k := newKinds(t)
	k.exec(t, `INSERT INTO countries (code, names, zone) VALUES ('HR', '{"en":"Croatia"}', 'Europe/Zagreb'), ('BG', '{"en":"Bulgaria"}', 'Europe/Sofia')
		ON CONFLICT (code) DO UPDATE SET zone = EXCLUDED.zone`)
	croatia, bulgaria := models.NewID(), models.NewID()
	k.exec(t, `INSERT INTO authorities (id, slug, level, names, email, country_code) VALUES (?, 'k-hr', 'state', '{"en":"Sabor"}', 'hr@authority.example', 'HR'),
		(?, 'k-bg', 'state', '{"en":"Assembly"}', 'bg@authority.example', 'BG')`, croatia, bulgaria)
	in := k.toRepresentatives()
	in.WriteUntil, in.Authorities = on(2026, 5, 1), []uuid.UUID{bulgaria}
	m := k.create(t, in)
	require.Equal(t, time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC), m.WriteUntil.UTC())
	sofia := time.Date(2026, 5, 1, 20, 59, 59, 0, time.UTC)
	for at, over := range map[time.Time]bool{sofia.AddDate(0, 0, -1): false, sofia.Add(-12 * time.Hour): false, sofia: false, sofia.Add(time.Second): true, sofia.AddDate(0, 0, 1): true} {
		require.Equal(t, over, m.WritingOver(at), at)
	}
	in.Authorities = append(in.Authorities, croatia)
	_, err := models.EditMailing(t.Context(), k.db, m.ID, 1, in, noon)
	require.NoError(t, err)
	m, err = models.MailingByID(t.Context(), k.db, m.ID)
	require.NoError(t, err)
	zagreb := sofia.Add(time.Hour)
	require.NoError(t, in.Check(t.Context(), k.db, models.MailingKindRepresentative, k.about, zagreb))
	require.Equal(t, "writing_day_over", ruleOf(t, in.Check(t.Context(), k.db, models.MailingKindRepresentative, k.about, zagreb.Add(time.Second))), "said as it is saved")
	require.False(t, m.WritingOver(zagreb), "in Croatia it still is that day")
	require.True(t, m.WritingOver(zagreb.Add(time.Second)))

	after := zagreb.Add(time.Hour)
	require.NoError(t, m.CheckOver(sofia, zagreb, zagreb))
	require.Equal(t, []string{"when.day"}, fieldsOf(t, m.CheckOver(sofia, zagreb, after)))
	require.Equal(t, "writing_over_then", ruleOf(t, m.CheckOver(sofia, zagreb, after)), "by the night alone")
	require.Equal(t, "writing_over_later", ruleOf(t, m.CheckOver(sofia, after, after)), "by the time that was said")
	require.Equal(t, []string{"write_until"}, fieldsOf(t, m.CheckOver(after, after, after)))

	k.exec(t, `UPDATE mailings SET state = 'sent', launched_at = now() WHERE id = ?`, m.ID)
	open := func(at time.Time) []*models.Mailing {
		list, err := models.WritingsOpen(t.Context(), k.db, k.about, at)
		require.NoError(t, err)
		return list
	}
	require.Len(t, open(zagreb), 1)
	require.Empty(t, open(zagreb.Add(time.Second)), "the letter is not offered any more")
	_, err = models.WritingOpen(t.Context(), k.db, m.ID)
	require.NoError(t, err, "and its page still says so")

	in.WriteUntil = nil
	in.Kind = models.MailingKindRepresentative
	require.False(t, k.create(t, in).WritingOver(noon.AddDate(50, 0, 0)), "without a last day it is never over")
}
