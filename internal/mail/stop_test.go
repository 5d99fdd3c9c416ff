package mail_test

import (
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/mail"
	"tribuna/models"
)

var nobodyThere = &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such mailbox"}

// refusing is a server that answers recipients as told; a nil error takes them.
func refusing(t *testing.T, answer func(to string) error) *server {
	t.Helper()
	return newServer(t, func(s *server) {
		s.onRcpt = func(to string, _ *smtp.Conn) error { return answer(to) }
	})
}

// readerNumber is the number in the address of a reader that launch made.
func readerNumber(to string) int {
	n, _ := strconv.Atoi(strings.TrimPrefix(strings.Split(to, "@")[0], "reader"))
	return n
}

// stops sends until the mailing stops by itself, and returns why.
func stops(t *testing.T, s *mail.Sender, b mail.Batch) *models.MailingStop {
	t.Helper()
	for range 100 {
		settled, err := s.SendBatch(t.Context(), b)
		var why *models.MailingStop
		if err != nil {
			require.ErrorAs(t, err, &why)
			return why
		}
		require.NotZero(t, settled, "it goes on or stops")
	}
	t.Fatal("the mailing never stops")
	return nil
}

func TestARunOfRefusalsStopsAMailing(t *testing.T) {
	n := newNetwork(t)
	s := refusing(t, func(to string) error {
		if readerNumber(to) > 20 {
			return nobodyThere
		}
		return nil
	})
	n.launch(80)
	n.exec(`UPDATE outbox SET not_before = not_before - interval '1 hour' WHERE person_id IN (SELECT id FROM people WHERE email ~ '^reader(1?[0-9]|20)@')`)
	sender := newSender(t, n, s, newClock())
	sender.Stop = mail.StopRule{Row: 8}
	why := stops(t, sender, mail.Batch{MailingID: &n.mailing, Limit: 10})
	require.Equal(t, models.StopRow, why.Reason)
	require.Equal(t, 8, why.Refused)
	require.Equal(t, "mail.example", why.Domain)
	require.Contains(t, why.Reply, "no such mailbox")
	require.NotContains(t, why.Reply, "@")
	c := n.counts()
	require.Equal(t, 20, c.Delivered)
	require.GreaterOrEqual(t, c.Failed, 8, "across batches of ten")
	require.LessOrEqual(t, c.Failed, 8+1, "what another connection had on the wire")
	require.Equal(t, 80, c.Total())
	require.Equal(t, 80-c.Delivered-c.Failed, c.Queued)

	m, err := models.MailingByID(t.Context(), n.db, n.mailing)
	require.NoError(t, err)
	require.NoError(t, m.GoOn(t.Context(), n.db))
	require.Equal(t, models.StopRow, stops(t, sender, mail.Batch{MailingID: &n.mailing, Limit: 10}).Reason, "after as many more")
	require.GreaterOrEqual(t, n.counts().Failed, c.Failed+8)
}

func TestTooManyRefusalsStopAMailingThoughOthersAreTaken(t *testing.T) {
	n := newNetwork(t)
	var asked atomic.Int64
	s := refusing(t, func(string) error {
		if asked.Add(1)%7 == 0 {
			return nobodyThere
		}
		return nil
	})
	n.launch(400)
	sender := newSender(t, n, s, newClock())
	sender.Stop = mail.StopRule{Row: 20, Percent: 10}
	why := stops(t, sender, mail.Batch{MailingID: &n.mailing, Limit: 50})
	require.Equal(t, models.StopShare, why.Reason)
	require.Equal(t, mail.StopAmong, why.Of)
	require.Greater(t, why.Refused*100, 10*mail.StopAmong)
	c := n.counts()
	require.GreaterOrEqual(t, c.Delivered+c.Failed, mail.StopAmong, "not before so many were heard of")
	require.LessOrEqual(t, c.Delivered+c.Failed, mail.StopAmong+10)
}

func TestFewRefusalsStopNothing(t *testing.T) {
	n := newNetwork(t)
	s := refusing(t, func(to string) error {
		if readerNumber(to)%20 == 0 {
			return nobodyThere
		}
		return nil
	})
	n.launch(260)
	sender := newSender(t, n, s, newClock())
	sender.Stop = mail.StopRule{Row: 20, Percent: 10}
	drain(t, sender, mail.Batch{MailingID: &n.mailing, Limit: 50})
	require.Equal(t, models.MailCounts{Delivered: 247, Failed: 13}, n.counts())
}

func TestAPolicyRefusalStopsAMailingAndLosesNoReader(t *testing.T) {
	for name, said := range map[string]*smtp.SMTPError{
		"550 5.7.26": {Code: 550, EnhancedCode: smtp.EnhancedCode{5, 7, 26}, Message: "Your email has been blocked because the sender is unauthenticated"},
		"550 5.7.1":  {Code: 550, EnhancedCode: smtp.EnhancedCode{5, 7, 1}, Message: "Message rejected due to SPF"},
		"553 5.7.2":  {Code: 553, EnhancedCode: smtp.EnhancedCode{5, 7, 2}, Message: "[TSS09] All messages from 192.0.2.10 will be permanently deferred; Retrying will NOT succeed."},
		"421 4.7.30": {Code: 421, EnhancedCode: smtp.EnhancedCode{4, 7, 30}, Message: "Your email has been rate limited because DKIM authentication didn't pass"},
		"451 4.7.26": {Code: 451, EnhancedCode: smtp.EnhancedCode{4, 7, 26}, Message: "Unauthenticated email is not accepted due to DMARC policy"},
	} {
		t.Run(name, func(t *testing.T) {
			n := newNetwork(t)
			var mended atomic.Bool
			s := refusing(t, func(to string) error {
				if readerNumber(to)%10 == 3 && !mended.Load() {
					return said
				}
				return nil
			})
			n.launch(60)
			clock := newClock()
			sender := newSender(t, n, s, clock)
			why := stops(t, sender, mail.Batch{MailingID: &n.mailing, Limit: 20})
			require.Equal(t, models.StopPolicy, why.Reason)
			require.Contains(t, why.Reply, said.Message)
			c := n.counts()
			require.Zero(t, c.Failed, "it is not about the reader")
			require.Equal(t, 60-c.Delivered, c.Queued)
			require.Positive(t, c.Queued)
			suppressed, err := n.db.NewSelect().Table("suppressions").Count(t.Context())
			require.NoError(t, err)
			require.Zero(t, suppressed)

			mended.Store(true)
			clock.turn(time.Hour)
			drain(t, sender, mail.Batch{MailingID: &n.mailing, Limit: 20})
			require.Equal(t, models.MailCounts{Delivered: 60}, n.counts())
			require.Len(t, s.ledger(), 60)
			for id, times := range s.ledger() {
				require.Equal(t, 1, times, id)
			}
		})
	}
}

// TestAServerThatWantsFewerIsSlowedAndStopsNothing: each large provider's words for it, though they speak of spam and reputation.
func TestAServerThatWantsFewerIsSlowedAndStopsNothing(t *testing.T) {
	for name, said := range map[string]*smtp.SMTPError{
		"gmail":   {Code: 421, EnhancedCode: smtp.EnhancedCode{4, 7, 28}, Message: "Our system has detected an unusual rate of unsolicited mail originating from your IP address"},
		"outlook": {Code: 451, EnhancedCode: smtp.EnhancedCode{4, 7, 650}, Message: "The mail server [192.0.2.10] has been temporarily rate limited due to IP reputation. (S775)"},
		"yahoo":   {Code: 421, EnhancedCode: smtp.EnhancedCode{4, 7, 0}, Message: "[TSS04] Messages from 192.0.2.10 temporarily deferred due to unexpected volume or user complaints"},
	} {
		t.Run(name, func(t *testing.T) {
			n, c := newNetwork(t), newClock()
			var enough atomic.Bool
			var asked atomic.Int64
			s := refusing(t, func(to string) error {
				if strings.HasSuffix(to, "@large.example") && !enough.Load() {
					asked.Add(1)
					return said
				}
				return nil
			})
			n.launch(1)
			n.launchAt("large.example", 12, 0)
			n.launchAt("other.example", 12, 0)
			sender := newSender(t, n, s, c)
			sender.Connections = 1
			b := mail.Batch{MailingID: &n.mailing, Limit: 25}
			drain(t, sender, b)
			require.Equal(t, models.MailCounts{Delivered: 13, Queued: 12}, n.counts(), "everybody else's is sent")
			require.EqualValues(t, 1, asked.Load(), "it is not asked again at once")
			var slow []string
			require.NoError(t, n.db.NewSelect().Table("slow_domains").Column("domain").Scan(t.Context(), &slow))
			require.Equal(t, []string{"large.example"}, slow)

			enough.Store(true)
			for range 12 {
				c.turn(2 * time.Hour)
				drain(t, sender, b)
			}
			require.Equal(t, models.MailCounts{Delivered: 25}, n.counts())
			s.once(t, 25)
		})
	}
}

// TestAClosedMailboxStopsNothing: a group that takes mails of some people only, and addresses refused in words of policy.
func TestAClosedMailboxStopsNothing(t *testing.T) {
	for _, said := range []*smtp.SMTPError{
		{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 7, 133}, Message: "RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required"},
		{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 7, 129}, Message: "RESOLVER.RST.RestrictedToRecipientsPermission; not authorized"},
		{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 7, 1}, Message: "You are not allowed to send to this mailbox"},
		{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 7, 1}, Message: "not authorized to send to this group"},
		{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 7, 1}, Message: "Recipient address rejected: Access denied"},
	} {
		t.Run(said.Message, func(t *testing.T) {
			n := newNetwork(t)
			s := refusing(t, func(to string) error {
				if readerNumber(to) == 3 {
					return said
				}
				return nil
			})
			n.launch(12)
			sender := newSender(t, n, s, newClock())
			sender.Stop = mail.StopRule{Row: 20, Percent: 10}
			drain(t, sender, mail.Batch{MailingID: &n.mailing})
			require.Equal(t, models.MailCounts{Delivered: 11, Failed: 1}, n.counts())
		})
	}
}

// TestOneReaderRefusedInWordsOfPolicyIsGivenUp: it may be about that mailbox, for everybody else's takes the mailing.
func TestOneReaderRefusedInWordsOfPolicyIsGivenUp(t *testing.T) {
	n, c := newNetwork(t), newClock()
	s := refusing(t, func(to string) error {
		if readerNumber(to) == 3 {
			return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 7, 1}, Message: "message refused by policy"}
		}
		return nil
	})
	n.launch(1)
	n.exec(`UPDATE people SET email = 'reader3@mail.example' WHERE email = 'reader1@mail.example'`)
	n.launchAt("one.example", 20, 0)
	n.exec(`UPDATE people SET email = 'other@one.example' WHERE email = 'reader3@one.example'`)
	sender := newSender(t, n, s, c)
	sender.Connections = 1
	b := mail.Batch{MailingID: &n.mailing, Limit: 7}
	drain(t, sender, b)
	require.Equal(t, models.MailCounts{Delivered: 20, Queued: 1}, n.counts())
	c.turn(time.Hour)
	for range 2 { // the same reader again is not another one
		_, err := sender.SendBatch(t.Context(), b)
		require.NoError(t, err)
		c.turn(time.Hour)
	}
	require.Equal(t, models.MailCounts{Delivered: 20, Failed: 1}, n.counts())
	var failed []uuid.UUID
	require.NoError(t, n.db.NewSelect().Table("outbox").Column("person_id").Where("state = 'failed'").Scan(t.Context(), &failed))
	m, err := models.MailingByID(t.Context(), n.db, n.mailing)
	require.NoError(t, err)
	var rest []uuid.UUID
	require.NoError(t, models.MailingAudience(t.Context(), n.db, m.Rest(models.Again{})).Column("person.id").Scan(t.Context(), &rest))
	require.Len(t, failed, 1)
	require.Contains(t, rest, failed[0], "the reader can be written to once it is mended")
}
