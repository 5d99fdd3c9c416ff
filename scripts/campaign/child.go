package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	gomail "github.com/wneessen/go-mail"

	"tribuna/internal/mail"
)

// roles are what this program is when it starts itself.
var roles = map[string]func() error{
	"sink": runSink, "sender": role(runSender), "composing": role(runComposing), "encoded": role(runEncoded),
}

// task is what a child is told.
type task struct {
	Database    string
	SMTP        string // host:port
	Mailing     string
	Sign        string // off, ed25519 or rsa
	People      int
	Connections int
	Window      int
	Letters     []mail.Letter // one per language, for the loops
}

// outcome is what a child says at its end.
type outcome struct {
	Seconds  float64
	Database float64 // seconds spent in statements, added up
	Idle     float64 // share of their time that connections to the mail server had nothing to send
	Peak     int     // most memory, in kB
	CPU      float64 // seconds of processor
}

func (o outcome) rate(messages int) float64 { return float64(messages) / o.Seconds }

// role reads its task from standard input and writes its outcome to standard output.
func role(run func(task) (outcome, error)) func() error {
	return func() error {
		var t task
		if err := json.NewDecoder(os.Stdin).Decode(&t); err != nil {
			return err
		}
		o, err := run(t)
		if err != nil {
			return err
		}
		o.Peak = peak()
		return json.NewEncoder(os.Stdout).Encode(o)
	}
}

// peak is the most memory this process had, in kB.
func peak() int {
	status, _ := os.ReadFile("/proc/self/status")
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			n, _ := strconv.Atoi(strings.Fields(rest)[0])
			return n
		}
	}
	return 0
}

// ask starts this program as something else, tells it what to do and returns what it says.
func ask(ctx context.Context, role string, t task) (outcome, error) {
	var o outcome
	program := exec.CommandContext(ctx, os.Args[0], role)
	program.Stderr = os.Stderr
	in, err := json.Marshal(t)
	if err != nil {
		return o, err
	}
	program.Stdin = strings.NewReader(string(in))
	out, err := program.Output()
	if err != nil {
		return o, fmt.Errorf("%s: %w", role, err)
	}
	err = json.Unmarshal(out, &o)
	o.CPU = (program.ProcessState.UserTime() + program.ProcessState.SystemTime()).Seconds()
	return o, err
}

// server is a sink that runs.
type server struct {
	program *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Reader
	addr    string
}

// startSink starts one that takes so long to answer each message.
func startSink(ctx context.Context, after time.Duration) (*server, error) {
	s := &server{program: exec.CommandContext(ctx, os.Args[0], "sink", after.String())}
	s.program.Stderr = os.Stderr
	var err error
	if s.in, err = s.program.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := s.program.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := s.program.Start(); err != nil {
		return nil, err
	}
	s.out = bufio.NewReader(out)
	line, err := s.out.ReadString('\n')
	s.addr = strings.TrimSpace(line)
	return s, err
}

func (s *server) stop() {
	_ = s.in.Close()
	_ = s.program.Wait()
}

func (s *server) count() (tally, error) {
	var t tally
	if _, err := fmt.Fprintln(s.in); err != nil {
		return t, err
	}
	line, err := s.out.ReadBytes('\n')
	if err != nil {
		return t, err
	}
	return t, json.Unmarshal(line, &t)
}

// each has so many connections share the numbers from 0 to people-1 and measures how long it takes.
func each(t task, connect func() (send func(n int) error, err error)) (outcome, error) {
	var next atomic.Int64
	errs := make([]error, t.Connections)
	began := time.Now()
	var all sync.WaitGroup
	for i := range errs {
		all.Go(func() {
			send, err := connect()
			for n := int(next.Add(1)) - 1; err == nil && n < t.People; n = int(next.Add(1)) - 1 {
				err = send(n)
			}
			errs[i] = err
		})
	}
	all.Wait()
	for _, err := range errs {
		if err != nil {
			return outcome{}, err
		}
	}
	return outcome{Seconds: time.Since(began).Seconds()}, nil
}

// client is go-mail's.
func client(t task, options ...gomail.Option) (*gomail.Client, error) {
	host, port, _ := strings.Cut(t.SMTP, ":")
	n, err := strconv.Atoi(port)
	if err != nil {
		return nil, err
	}
	return gomail.NewClient(host, append(options, gomail.WithPort(n), gomail.WithTLSPolicy(gomail.NoTLS))...)
}
