package bounce_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/bounce"
)

func named(t *testing.T, name string) returned {
	t.Helper()
	for _, m := range corpus(t) {
		if m.name == name {
			return m
		}
	}
	t.Fatalf("no message %s", name)
	return returned{}
}

// TestTheSameReportIsKnownAgain: it may come by another server, which adds lines at its head.
func TestTheSameReportIsKnownAgain(t *testing.T) {
	raw := named(t, "postfix-unknown").raw(t)
	first := read(t, raw)
	again := read(t, append([]byte("Received: from relay.example by mx.tribuna.example; Thu, 12 Mar 2026 09:00:09 +0100\n"), raw...))
	require.Equal(t, first.Digest, again.Digest)
	crlf := read(t, bytes.ReplaceAll(raw, []byte("\n"), []byte("\r\n")))
	require.Equal(t, first.Digest, crlf.Digest)
	require.Equal(t, first.Recipients, crlf.Recipients)

	digests := map[string]string{}
	for _, m := range corpus(t) {
		d := read(t, m.raw(t)).Digest
		require.Empty(t, digests[d], "%s is taken for %s", m.name, digests[d])
		digests[d] = m.name
	}
}

func TestWhoItWasSentToIsRead(t *testing.T) {
	r := read(t, []byte("Delivered-To: returned+a@tribuna.example\nTo: \"Mreža\" <returned+b@tribuna.example>, c@tribuna.example\nX-Original-To: <returned+d@tribuna.example>\n\nx"))
	require.Equal(t, []string{"returned+a@tribuna.example", "returned+d@tribuna.example", "returned+b@tribuna.example", "c@tribuna.example"}, r.To)
	require.Len(t, read(t, []byte("To: "+strings.Repeat("a@posta.example, ", 5000)+"a@posta.example\n\nx")).To, 40)
}

func TestTheReturnAddressIsReadFromWhatTheReportSays(t *testing.T) {
	for name, want := range map[string][]string{
		"feedback-abuse":  {"returned+3f9a@tribuna.example", "returned+3f9a@tribuna.example"},
		"postfix-unknown": {"returned+3f9a@tribuna.example", "returned+3f9a@tribuna.example"},
		"gmail-unknown":   {"returned+3f9a@tribuna.example"},
		"qmail-unknown":   nil,
	} {
		require.Equal(t, want, read(t, named(t, name).raw(t)).Sender, name)
	}
}

func TestOnlyTheBeginningOfAVeryLargeMessageIsRead(t *testing.T) {
	raw := named(t, "postfix-unknown").raw(t)
	large := append(bytes.Clone(raw), bytes.Repeat([]byte("x"), 3*bounce.MaxSize)...)
	in := bytes.NewReader(large)
	r, err := bounce.Read(in)
	require.NoError(t, err)
	require.Equal(t, bounce.Hard, r.For("ana@posta.example").Class)
	require.Greater(t, in.Len(), bounce.MaxSize, "the rest is not even read")
}

func TestManyPartsAndDeepOnesAreReadInTime(t *testing.T) {
	deep := strings.Repeat("Content-Type: multipart/mixed; boundary=x\n\n--x\n", 5000)
	require.Equal(t, bounce.KindNone, read(t, []byte(deep)).Kind)
	many := "Content-Type: multipart/report; report-type=delivery-status; boundary=x\n\n" + strings.Repeat("--x\nContent-Type: text/plain\n\na\n", 20000) + "--x--\n"
	require.Equal(t, bounce.KindNone, read(t, []byte(many)).Kind)
	groups := "Content-Type: message/delivery-status\n\n" + strings.Repeat("Final-Recipient: rfc822;a@posta.example\nAction: failed\nStatus: 5.1.1\n\n", 5000)
	require.Len(t, read(t, []byte(groups)).Recipients, 40)
	var lines strings.Builder
	for i := range 60000 {
		fmt.Fprintf(&lines, "a%d@posta.example:\n", i)
	}
	require.Len(t, read(t, []byte("From: MAILER-DAEMON@posta.example\nSubject: failure notice\n\ncould not be delivered\n"+lines.String())).Recipients, 40)
	folded := "Content-Type: message/delivery-status\n\nStatus: 5.1.1\nDiagnostic-Code: smtp; x\n" + strings.Repeat(" x\n", 300000)
	require.Len(t, read(t, []byte(folded)).Recipients, 1)
}

func TestRefusalsOfPolicyByWhomTheyAreAbout(t *testing.T) {
	for words, want := range map[string][2]bool{ // closed mailbox, sender
		"550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required": {true, false},
		"550 5.7.129 RESOLVER.RST.RestrictedToRecipientsPermission; not authorized":        {true, false},
		"550 5.7.1 You are not allowed to send to this mailbox":                            {true, false},
		"554 5.7.1 <a@b.example>: Recipient address rejected: Access denied":               {true, false},
		"550 5.7.1 Unable to relay":                                        {false, false},
		"550 5.7.26 This mail is unauthenticated":                          {false, true},
		"550-5.7.26 sending to this recipient is refused: unauthenticated": {false, true},
		"451 4.7.23 SPF validation failed":                                 {false, true},
		"550 5.7.1 Message rejected as spam":                               {false, false},
		"550 5.7.2 Mailing list expansion prohibited":                      {true, false},
		"553 5.7.2 [TSS09] All messages from 192.0.2.10 will be permanently deferred; Retrying will NOT succeed.": {false, false},
		"553 5.7.2 [TSS11] All messages from 192.0.2.10 will be permanently deferred; Retrying will NOT succeed.": {false, false},
		"550 5.7.1 Mail from 192.0.2.10 to this recipient is blocked by policy":                                   {false, false},
		"550 5.7.1 Sending to this mailbox: your IP has a poor reputation":                                        {false, false},
		"421 4.7.28 unusual rate of unsolicited mail originating from your IP address":                            {false, false},
		"550 5.7.30 does not authenticate with DKIM":                                                              {false, true},
		"550 5.7.32 the From: header is not aligned":                                                              {false, true},
		"550 5.7.40 no DMARC record":                                                                              {false, true},
		"550 5.7.515 Access denied, sending domain does not meet the required authentication level":               {false, true},
		"550 5.7.33 something of nobody":                                                                          {false, false},
	} {
		require.Equal(t, want, [2]bool{bounce.ClosedMailbox(words), bounce.OfSender(words)}, words)
	}
}

func TestAServerThatWantsFewerIsNoRefusalOfPolicy(t *testing.T) {
	for words, limited := range map[string]bool{
		"421-4.7.28 [192.0.2.10] Our system has detected an unusual rate of\n421-4.7.28 unsolicited mail originating from your IP address.":            true,
		"421 4.7.28 Gmail has detected an unusual rate of unsolicited mail originating from your DKIM domain; it was temporarily rate limited.":        true,
		"451 4.7.650 The mail server [192.0.2.10] has been temporarily rate limited due to IP reputation. (S775)":                                      true,
		"421 4.7.0 [TSS04] Messages from 192.0.2.10 temporarily deferred due to unexpected volume or user complaints":                                  true,
		"421 4.7.30 Your email has been rate limited because DKIM authentication didn't pass for this message.":                                        false,
		"421 4.7.32 Your email has been rate limited because the From: header in this message isn't aligned with the authenticated SPF or DKIM domain": false,
		"451 4.7.26 Unauthenticated email is not accepted due to DMARC policy":                                                                         false,
		"421 4.7.1 [TSS03] All messages from 192.0.2.10 will be permanently deferred due to user complaints":                                           false,
	} {
		require.Equal(t, [2]bool{limited, !limited}, [2]bool{bounce.RateLimited(words), bounce.PolicyNow(words)}, words)
	}
	require.False(t, bounce.RateLimited("550 5.7.28 unusual rate of unsolicited mail"), "that is for good")
	require.False(t, bounce.RateLimited("450 4.2.1 receiving mail too quickly"), "that is one mailbox")
}

// TestAFeedbackReportSaysWhomTheMailWentTo in its own field and in the copy, and what would have ended its mailings; others say neither.
func TestAFeedbackReportSaysWhomTheMailWentTo(t *testing.T) {
	r := read(t, named(t, "feedback-nameless").raw(t))
	require.Empty(t, r.Sender)
	require.Equal(t, []string{"ana@posta.example", "ana@posta.example"}, r.Readers)
	require.Equal(t, []string{"https://tribuna.example/u/x"}, r.Endings)
	require.Equal(t, "0192f0c1-7a31@tribuna.example", r.MessageID)
	require.Empty(t, read(t, named(t, "postfix-unknown").raw(t)).Readers)
	many := bytes.ReplaceAll(named(t, "feedback-nameless").raw(t), []byte("To: ana@posta.example"), []byte("To: "+strings.Repeat("a@posta.example, ", 5000)+"a@posta.example"))
	require.LessOrEqual(t, len(read(t, many).Readers), 41)
}
