package mail_test

import (
	"bufio"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/internal/mail"
)

// scripted is a server that answers each command as the test says: "" hangs up, and "." is asked after a whole message.
type scripted struct {
	addr   string
	taken  atomic.Int64
	atOnce atomic.Int64 // most commands that came before the first of them was answered
}

func newScripted(t *testing.T, extensions string, answer func(command string) string) *scripted {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	s := &scripted{addr: l.Addr().String()}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go s.converse(c, extensions, answer)
		}
	}()
	return s
}

func (s *scripted) converse(c net.Conn, extensions string, answer func(string) string) {
	defer c.Close()
	r := bufio.NewReader(c)
	say := func(words string) bool {
		_, err := c.Write([]byte(words + "\r\n"))
		return err == nil && words != ""
	}
	say("220 scripted")
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		command := strings.ToUpper(line[:4])
		if waiting, _ := r.Peek(r.Buffered()); int64(strings.Count(string(waiting), "\n")+1) > s.atOnce.Load() {
			s.atOnce.Store(int64(strings.Count(string(waiting), "\n") + 1))
		}
		words := answer(command)
		switch {
		case command == "EHLO":
			words = "250-scripted" + extensions + "\r\n250 HELP"
		case command == "QUIT":
			words = "221 bye"
		case command == "DATA" && strings.HasPrefix(words, "354"):
			say(words)
			for line != ".\r\n" {
				if line, err = r.ReadString('\n'); err != nil {
					return
				}
			}
			if words = answer("."); strings.HasPrefix(words, "250") {
				s.taken.Add(1)
			}
		}
		if words == "" || !say(words) {
			return
		}
	}
}

// usual is what a server says that takes everything.
func usual(command string) string {
	if command == "DATA" {
		return "354 go on"
	}
	return "250 fine"
}

// but answers one command otherwise.
func but(command, words string) func(string) string {
	return func(c string) string {
		if c == command {
			return words
		}
		return usual(c)
	}
}

func TestOutcomesAreTheSameWithCommandsAtOnceAndOneByOne(t *testing.T) {
	for name, c := range map[string]struct {
		answer  func(string) string
		outcome mail.Outcome
		broken  bool
	}{
		"taken":                  {usual, mail.Accepted, false},
		"refused at MAIL":        {but("MAIL", "550 5.7.1 no"), mail.Refused, false},
		"refused at RCPT":        {but("RCPT", "550 5.1.1 nobody"), mail.Refused, false},
		"put off at RCPT":        {but("RCPT", "451 4.7.1 later"), mail.Deferred, false},
		"tired at RCPT":          {but("RCPT", "421 4.3.2 closing"), mail.Deferred, true},
		"refused at DATA":        {but("DATA", "554 5.5.1 no"), mail.Refused, false},
		"hung up at MAIL":        {but("MAIL", ""), mail.Lost, true},
		"hung up at RCPT":        {but("RCPT", ""), mail.Lost, true},
		"hung up at DATA":        {but("DATA", ""), mail.Lost, true},
		"hung up after the dot":  {but(".", ""), mail.Doubtful, true},
		"put off after the dot":  {but(".", "452 4.3.1 full"), mail.Deferred, false},
		"refused after the dot":  {but(".", "554 5.6.0 no"), mail.Refused, false},
		"tired after the dot":    {but(".", "421 4.3.2 closing"), mail.Deferred, true},
		"nonsense after the dot": {but(".", "354 go on"), mail.Doubtful, true},
		"silence after the dot":  {but(".", "words that are no answer"), mail.Doubtful, true},
		"no forgetting": {func(c string) string {
			return map[string]string{"RCPT": "550 5.1.1 nobody", "DATA": "503 5.5.1 no recipients", "RSET": "", "MAIL": "250 fine"}[c]
		}, mail.Refused, true},
	} {
		for extensions, atOnce := range map[string]int64{"": 1, "\r\n250-PIPELINING": 3} {
			s := newScripted(t, extensions, c.answer)
			d := dial(t, "smtp://"+s.addr).Send(plainMessage(t, "m"))
			require.Equal(t, c.outcome, d.Outcome, "%s%s: %s", name, extensions, d.Reply)
			if !(name == "refused at RCPT" || name == "put off at RCPT" || name == "refused at MAIL") || extensions == "" {
				require.Equal(t, c.broken, d.Broken, "%s%s: %s", name, extensions, d.Reply)
			}
			require.LessOrEqual(t, s.atOnce.Load(), atOnce, name)
			require.Equal(t, c.outcome == mail.Accepted, s.taken.Load() == 1, name)
		}
	}
}

func TestAServerThatWantsAMessageItRefusedGetsNone(t *testing.T) {
	s := newScripted(t, "\r\n250-PIPELINING", but("RCPT", "550 5.1.1 nobody")) // and 354 to DATA
	c := dial(t, "smtp://"+s.addr)
	d := c.Send(plainMessage(t, "m"))
	require.Equal(t, mail.Refused, d.Outcome)
	require.Contains(t, d.Reply, "nobody")
	require.True(t, d.Broken, "it waits for a message")
	c.Close()
	require.Never(t, func() bool { return s.taken.Load() > 0 }, 50*time.Millisecond, 5*time.Millisecond)
}

func TestAServerThatGotTiredWhileNobodyWroteIsNoAttempt(t *testing.T) {
	var times atomic.Int64
	s := newScripted(t, "\r\n250-PIPELINING", func(c string) string {
		if c == "MAIL" && times.Add(1) > 1 {
			return "421 4.4.2 idle for too long"
		}
		return usual(c)
	})
	c := dial(t, "smtp://"+s.addr)
	require.Equal(t, mail.Accepted, c.Send(plainMessage(t, "a")).Outcome)
	require.Equal(t, mail.Unsent, c.Send(plainMessage(t, "b")).Outcome)
	d := dial(t, "smtp://"+s.addr).Send(plainMessage(t, "b"))
	require.Equal(t, mail.Deferred, d.Outcome, "of a fresh connection it is meant for the message")
}

func TestWhatCouldBeMoreThanOneCommandIsNotSaid(t *testing.T) {
	s := newScripted(t, "\r\n250-PIPELINING", usual)
	c := dial(t, "smtp://"+s.addr)
	for _, evil := range []string{"", "maria", "a@b.example>\r\nRCPT TO:<c@d.example", "a@b.example\r\n", "a b@c.example", "<a@b.example>", "мария@mail.example"} {
		m := plainMessage(t, "m")
		m.To = evil
		require.Equal(t, mail.Refused, c.Send(m).Outcome, "%q", evil)
	}
	m := plainMessage(t, "m")
	m.Content = append(m.Content, "\n.\nMAIL FROM:<x@y.example>\r\n"...)
	require.Equal(t, mail.Refused, c.Send(m).Outcome, "what ends a message for some servers and not for others")
	require.Zero(t, s.taken.Load())
	m = plainMessage(t, "m")
	m.To = "maria@пример.example"
	require.Equal(t, mail.Accepted, c.Send(m).Outcome, "the domain goes in ASCII")
}
