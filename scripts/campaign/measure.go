package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"
)

// figures are what was measured with one kind of signature.
type figures struct {
	sign                    string
	sender, composing, bare float64 // messages a second
	ours, theirs, postgres  float64 // seconds of processor: the sender, the loop that sends encoded messages, PostgreSQL
	peak                    int     // kB
	share                   float64 // of the machine's processors' time, PostgreSQL's
	database                float64 // statements added up, as a share of the time
	idle                    float64 // share of their time that connections had nothing to send
	size                    int     // of a message
}

// sharing is what several senders of one mailing came to, in messages a second.
type sharing struct {
	near     float64 // several, over as many connections as one has, to the mail server that answers at once
	far      float64 // one, to a mail server that is slow to answer
	farShare float64 // several, to that
}

func measure(ctx context.Context, s settings) error {
	busy := load()
	progress("preparing %d readers", s.people)
	w, err := newWorld(ctx, s.people)
	if w != nil {
		defer w.stop()
	}
	if err != nil {
		return err
	}
	sink, err := startSink(ctx, 0)
	if err != nil {
		return err
	}
	defer sink.stop()
	if _, err := measureShared(ctx, s, w, sink); err != nil { // not counted: the database takes its files from the system now
		return err
	}
	var all []figures
	for _, sign := range s.sign {
		f, err := measureSigned(ctx, s, w, sink, sign)
		if err != nil {
			return err
		}
		all = append(all, f)
		fmt.Println(f)
	}
	shared, err := measureShared(ctx, s, w, sink)
	if err != nil {
		return err
	}
	one, several, err := measureSlow(ctx, s, w)
	if err != nil {
		return err
	}
	text := chapter(s, all, sharing{shared, one, several}, busy)
	fmt.Print(text)
	if s.write != "" {
		return write(s.write, text)
	}
	return nil
}

func (s settings) task(w *world, sink *server, sign string) task {
	return task{Database: w.pg.AppURL(), SMTP: sink.addr, Sign: sign, People: s.people, Connections: s.connections, Window: s.window}
}

// measureSigned measures the sender and both loops, one after the other, as often as asked.
func measureSigned(ctx context.Context, s settings, w *world, sink *server, sign string) (figures, error) {
	f := figures{sign: sign}
	var sender, composing, bare, theirs, ours, postgres, share []float64
	for range s.rounds {
		t := s.task(w, sink, sign)
		began := time.Now()
		mailing, err := w.launch(ctx)
		if err != nil {
			return f, err
		}
		progress("frozen in %.1f s", time.Since(began).Seconds())
		t.Mailing = mailing.String()
		if t.Letters, err = w.letters(ctx, mailing); err != nil {
			return f, err
		}
		if sign == "off" {
			progress("composing each message")
			o, _, err := sent(ctx, sink, "composing", t, s.people)
			if err != nil {
				return f, err
			}
			composing = append(composing, o.rate(s.people))
		}
		progress("encoded before, signed: %s", sign)
		o, _, err := sent(ctx, sink, "encoded", t, s.people)
		if err != nil {
			return f, err
		}
		bare = append(bare, o.rate(s.people))
		theirs = append(theirs, o.CPU)
		before := w.cpu()
		progress("the sender, signed: %s", sign)
		o, took, err := sent(ctx, sink, "sender", t, s.people)
		if err != nil {
			return f, err
		}
		sender = append(sender, o.rate(s.people))
		ours, postgres = append(ours, o.CPU), append(postgres, w.cpu()-before)
		share = append(share, postgres[len(postgres)-1]/(o.Seconds*float64(runtime.NumCPU())))
		f.idle = max(f.idle, o.Idle)
		f.peak, f.database, f.size = max(f.peak, o.Peak), max(f.database, o.Database/o.Seconds), took.Bytes/took.Messages
	}
	f.sender, f.composing, f.bare = median(sender), median(composing), median(bare)
	f.theirs, f.ours, f.postgres, f.share = median(theirs), median(ours), median(postgres), median(share)
	return f, nil
}

// sent has a child send to everybody and asks the sink whether everybody has it, once.
func sent(ctx context.Context, sink *server, role string, t task, people int) (outcome, tally, error) {
	o, err := ask(ctx, role, t)
	if err != nil {
		return o, tally{}, err
	}
	took, err := sink.count()
	if err == nil && (took.Messages != people || took.Twice > 0) {
		err = fmt.Errorf("%s: the server took %d of %d, %d more than once", role, took.Messages, people, took.Twice)
	}
	return o, took, err
}

// measureShared lets several senders share one mailing and the connections that one would have, and returns messages a second.
func measureShared(ctx context.Context, s settings, w *world, sink *server) (float64, error) {
	t := s.task(w, sink, "off")
	t.Connections = max(1, s.connections/s.workers)
	return share(ctx, s.workers, w, sink, t)
}

// measureSlow lets first one and then several senders send a mailing to a mail server that is slow to answer, each over as many
// connections as it has, and returns messages a second of both.
func measureSlow(ctx context.Context, s settings, w *world) (one, several float64, err error) {
	sink, err := startSink(ctx, s.answerAfter)
	if err != nil {
		return 0, 0, err
	}
	defer sink.stop()
	t := s.task(w, sink, "off")
	t.People /= len(languages) // it takes long enough
	if one, err = share(ctx, 1, w, sink, t, languages[0]); err != nil {
		return 0, 0, err
	}
	several, err = share(ctx, s.workers, w, sink, t, languages[0])
	return one, several, err
}

// share lets so many senders share one mailing, to readers of one language or to all, and returns messages a second.
func share(ctx context.Context, senders int, w *world, sink *server, t task, only ...string) (float64, error) {
	mailing, err := w.launch(ctx, only...)
	if err != nil {
		return 0, err
	}
	progress("one mailing by %d, %d connections each", senders, t.Connections)
	t.Mailing = mailing.String()
	errs := make(chan error, senders)
	began := time.Now()
	for range senders {
		go func() { _, err := ask(ctx, "sender", t); errs <- err }()
	}
	for range senders {
		err = errors.Join(err, <-errs)
	}
	took := time.Since(began)
	if err != nil {
		return 0, err
	}
	count, err := sink.count()
	if err == nil && (count.Messages != t.People || count.Twice > 0) {
		err = fmt.Errorf("%d senders: the server took %d of %d, %d more than once", senders, count.Messages, t.People, count.Twice)
	}
	return float64(t.People) / took.Seconds(), err
}

func median(all []float64) float64 {
	if len(all) == 0 {
		return 0
	}
	slices.Sort(all)
	return all[len(all)/2]
}

// The chapter stands between these lines.
const (
	chapterBegins = "<!-- mailings -->\n"
	chapterEnds   = "<!-- /mailings -->\n"
)

// write puts the chapter in place of the one there was, or at the end.
func write(file, text string) error {
	old, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	before, rest, found := strings.Cut(string(old), chapterBegins)
	_, after, _ := strings.Cut(rest, chapterEnds)
	if !found {
		before += "\n"
	}
	return os.WriteFile(file, []byte(before+chapterBegins+text+chapterEnds+after), 0o644)
}
