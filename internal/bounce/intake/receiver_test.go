package intake_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net"
	"net/smtp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/internal/bounce/intake"
	"tribuna/models"
)

// receive starts a receiver on a free port and returns its address.
func (o *office) receive(t *testing.T) string {
	t.Helper()
	r := intake.NewReceiver(o.Intake, "tribuna.example")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ended := make(chan error, 1)
	go func() { ended <- r.Serve(l) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		require.NoError(t, r.Stop(ctx))
		require.NoError(t, <-ended)
	})
	return l.Addr().String()
}

func TestAReportComesOverSMTP(t *testing.T) {
	o := newOffice(t)
	addr := o.receive(t)
	mail := o.sent(t, models.MailDelivered)
	raw := bytes.ReplaceAll(returned(t, "exchange-full", mail), []byte("\n"), []byte("\r\n"))
	require.NoError(t, smtp.SendMail(addr, nil, "", []string{addressOf(mail)}, raw))
	require.Equal(t, models.MailBounced, o.state(t, mail).State)
	require.Empty(t, o.suppressed(t), "a full mailbox suppresses nobody")
	require.NoError(t, smtp.SendMail(addr, nil, "", []string{addressOf(mail)}, raw), "the same again is taken, too")
	n, err := o.db.NewSelect().Table("bounces").Count(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 1, n)
}

// TestNothingIsTakenForAnybodyElse: it is no way to send mails to others.
func TestNothingIsTakenForAnybodyElse(t *testing.T) {
	o := newOffice(t)
	addr := o.receive(t)
	err := smtp.SendMail(addr, nil, "", []string{"somebody@elsewhere.example"}, []byte("x\r\n"))
	require.ErrorContains(t, err, "550")
	require.ErrorContains(t, err, "5.1.1")

	c, err := smtp.Dial(addr)
	require.NoError(t, err)
	defer c.Close()
	require.NoError(t, c.Mail("x@elsewhere.example"))
	for i := range 5 {
		require.Error(t, c.Rcpt(fmt.Sprintf("returned+guess%d@tribuna.example", i)))
	}
	require.Error(t, c.Noop(), "who guesses is cut off")
}

func TestALargeMessageIsRefusedAndALongOneRead(t *testing.T) {
	o := newOffice(t)
	addr := o.receive(t)
	mail := o.sent(t, models.MailDelivered)
	raw := returned(t, "postfix-unknown", mail)
	filler := bytes.Repeat([]byte(strings.Repeat("x", 76)+"\r\n"), 3<<20/78)
	require.NoError(t, smtp.SendMail(addr, nil, "", []string{addressOf(mail)}, append(bytes.Clone(raw), filler...)))
	require.Equal(t, models.SuppressedHardBounce, o.suppressed(t))
	err := smtp.SendMail(addr, nil, "", []string{addressOf(mail)}, bytes.Repeat(filler, 5))
	require.ErrorContains(t, err, "552")
}

// TestWhatCannotBeNotedIsToBeBroughtAgain: the database is away; nothing is lost.
func TestWhatCannotBeNotedIsToBeBroughtAgain(t *testing.T) {
	o := newOffice(t)
	addr := o.receive(t)
	mail := o.sent(t, models.MailDelivered)
	_, err := o.own.NewRaw(`ALTER TABLE bounces RENAME TO away`).Exec(t.Context())
	require.NoError(t, err)
	raw := returned(t, "postfix-unknown", mail)
	require.ErrorContains(t, smtp.SendMail(addr, nil, "", []string{addressOf(mail)}, raw), "451")
	require.Equal(t, models.MailDelivered, o.state(t, mail).State)
	_, err = o.own.NewRaw(`ALTER TABLE away RENAME TO bounces`).Exec(t.Context())
	require.NoError(t, err)
	require.NoError(t, smtp.SendMail(addr, nil, "", []string{addressOf(mail)}, raw))
	require.Equal(t, models.MailBounced, o.state(t, mail).State)
}

func TestMoreThanAnybodyNeedsIsPutOff(t *testing.T) {
	o := newOffice(t)
	addr := o.receive(t)
	conn, err := net.Dial("tcp", addr)
	require.NoError(t, err)
	defer conn.Close()
	require.NoError(t, conn.SetDeadline(time.Now().Add(time.Minute)))
	r := bufio.NewReader(conn)
	say := func(line string) string {
		_, err := fmt.Fprintf(conn, "%s\r\n", line)
		require.NoError(t, err)
		answer, err := r.ReadString('\n')
		require.NoError(t, err)
		return answer
	}
	_, err = r.ReadString('\n')
	require.NoError(t, err)
	say("HELO client.example")
	last := ""
	for range 1201 {
		last = say("MAIL FROM:<>")
		say("RSET")
	}
	require.True(t, strings.HasPrefix(last, "452"), last)
}
