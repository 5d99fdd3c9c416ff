package workflows_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/apperr"
	"tribuna/internal/record"
	"tribuna/models"
)

func TestALaunchedNewsletterIsInTheRecordOfAllThatItCarries(t *testing.T) {
	p := newPostOffice(t)
	var carried []uuid.UUID
	require.NoError(t, p.db.NewRaw(`SELECT id FROM recommendations WHERE id <> ? ORDER BY created_at LIMIT 2`, p.rec.ID).Scan(p.ctx, &carried))
	require.NotEmpty(t, carried)
	p.exec(`UPDATE mailings SET kind = 'newsletter' WHERE id = ?`, p.mailing.ID)
	for i, id := range append(carried, p.rec.ID) {
		p.exec(`UPDATE recommendations SET published_at = coalesce(published_at, now()) WHERE id = ?`, id)
		p.exec(`INSERT INTO mailing_items (id, mailing_id, position, recommendation_id) VALUES (?, ?, ?, ?)`, models.NewID(), p.mailing.ID, i, id)
	}
	var hidden, launched *said
	p.at(time.Hour, func() {
		p.exec(`UPDATE recommendations SET quarantined_at = now() WHERE id = ?`, carried[0])
		hidden = p.launch(readersInCroatia)
	})
	p.at(2*time.Hour, func() {
		p.exec(`UPDATE recommendations SET quarantined_at = NULL WHERE id = ?`, carried[0])
		launched = p.launch(readersInCroatia)
	})
	require.NoError(t, p.send(day))
	p.refused(apperr.CodeInvalid, hidden)
	p.recorded(launched)
	require.Equal(t, models.MailingSent, p.state())
	require.Equal(t, 1, p.entries("mailing.launched"))
	require.Zero(t, p.entries("mailing.carried"), "its own record says more")
	for _, id := range carried {
		items, err := record.List(p.ctx, p.db, id, record.Network)
		require.NoError(t, err)
		require.NotEmpty(t, items)
		last := items[len(items)-1]
		require.Equal(t, "mailing.carried", last.Verb)
		require.Equal(t, p.mailing.ID, last.Object)
		require.NotContains(t, last.Facts, "recipients", "how many is for who sent it")
	}
}
