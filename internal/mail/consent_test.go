package mail_test

import (
	"testing"

	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"

	"tribuna/internal/mail"
	"tribuna/models"
)

// TestWhoEndsMailingsBetweenClaimAndWireGetsNone has everybody end mailings, or be taken off, while the third mail of a claim that holds
// them all is on the wire. What is in the window may still arrive, and nothing after it; it is said of each of the others why not.
func TestWhoEndsMailingsBetweenClaimAndWireGetsNone(t *testing.T) {
	const people, window, before = 40, 6, 3
	for name, c := range map[string]struct{ change, reply string }{
		"unsubscribed": {`UPDATE people SET unsubscribed_at = now() WHERE name LIKE 'Reader %'`, models.ReplyNoConsent},
		"suppressed": {`INSERT INTO suppressions (address_hash, reason, created_at)
			SELECT encode(sha256(convert_to(lower(email), 'UTF8')), 'hex'), 'by_hand', now() FROM people WHERE name LIKE 'Reader %'`, models.ReplySuppressed},
		"left": {`UPDATE people SET left_at = now() WHERE name LIKE 'Reader %'`, models.ReplyLeft},
	} {
		t.Run(name, func(t *testing.T) {
			n := newNetwork(t)
			s := newServer(t, func(s *server) {
				s.onData = func(k int, _ *smtp.Conn, read func() string) error {
					read()
					if k == before {
						n.exec(c.change)
					}
					return nil
				}
			})
			n.launch(people)
			sender := newSender(t, n, s, newClock())
			sender.Window, sender.Connections = window, 1
			_, err := sender.SendBatch(t.Context(), mail.Batch{MailingID: &n.mailing, Limit: people})
			require.NoError(t, err)
			arrived := s.mails()
			require.LessOrEqual(t, arrived, before+window, "what was in the window")
			require.Equal(t, models.MailCounts{Delivered: arrived, Queued: people - arrived}, n.counts())
			drain(t, sender, mail.Batch{MailingID: &n.mailing, Limit: people})
			require.Equal(t, arrived, s.mails(), "and nothing after it")
			require.Equal(t, models.MailCounts{Delivered: arrived, Cancelled: people - arrived}, n.counts())
			var replies []string
			require.NoError(t, n.db.NewRaw(`SELECT DISTINCT reply FROM outbox WHERE mailing_id = ? AND state = 'cancelled'`, n.mailing).Scan(t.Context(), &replies))
			require.Equal(t, []string{c.reply}, replies)
		})
	}
}
