package mail_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/mail"
	"tribuna/models"
)

// TestWhoActsWhileAMailingIsSentIsNotAskedAgain has some readers carry out a step of the campaign between two stretches of sending.
func TestWhoActsWhileAMailingIsSentIsNotAskedAgain(t *testing.T) {
	n, s := newNetwork(t), newServer(t, nil)
	n.launch(24)
	n.exec(`UPDATE mailings SET audience = '{"roles": ["reader"], "except": {"acted": true}}' WHERE id = ?`, n.mailing)
	sender := newSender(t, n, s, newClock())
	first, err := sender.SendBatch(t.Context(), mail.Batch{MailingID: &n.mailing, Limit: 6})
	require.NoError(t, err)
	require.Equal(t, 6, first)

	n.exec(`INSERT INTO campaign_steps (id, campaign_id, kind, title, day, responsible_id, state, settled_at, settled_by, created_by, created_at)
		SELECT gen_random_uuid(), m.campaign_id, 'call', 'C', now(), o.person_id, 'done', now(), o.person_id, o.person_id, now()
		FROM outbox AS o JOIN mailings AS m ON m.id = o.mailing_id WHERE o.mailing_id = ? AND (o.state = 'delivered' OR o.id IN
			(SELECT id FROM outbox WHERE mailing_id = ? AND state = 'queued' ORDER BY id LIMIT 5))`, n.mailing, n.mailing)
	drain(t, sender, mail.Batch{MailingID: &n.mailing, Limit: 6})
	require.Equal(t, models.MailCounts{Delivered: 19, Cancelled: 5}, n.counts())
	require.Len(t, s.ledger(), 19, "nobody of the five got it, and what went out went out")
	var replies []string
	require.NoError(t, n.db.NewRaw(`SELECT DISTINCT reply FROM outbox WHERE mailing_id = ? AND state = 'cancelled'`, n.mailing).Scan(t.Context(), &replies))
	require.Equal(t, []string{models.ReplyActed}, replies)
}
