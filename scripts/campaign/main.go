// Command campaign measures how fast a mailing is sent, beside two bare loops in the same run: one that has go-mail compose
// every message, and one that sends messages encoded before. Sender, loops and mail server are processes of their own.
//
//	go run ./scripts/campaign [-n 100000] [-connections 10] [-sign off,ed25519,rsa] [-workers 2] [-answer-after 20ms] [-write docs/performance.md]
//
// Nothing else should run on the machine while it measures.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

// limit bounds a whole run.
const limit = 60 * time.Minute

// settings say what is measured.
type settings struct {
	people      int
	connections int
	window      int
	rounds      int
	sign        []string
	workers     int
	answerAfter time.Duration
	write       string
}

func main() {
	if len(os.Args) > 1 && roles[os.Args[1]] != nil {
		exit(roles[os.Args[1]]())
	}
	var s settings
	flag.IntVar(&s.people, "n", 100_000, "how many recipients")
	flag.IntVar(&s.connections, "connections", 10, "connections to the mail server")
	flag.IntVar(&s.window, "window", 30, "mails in doubt at once on a connection")
	flag.IntVar(&s.rounds, "rounds", 1, "how often each is measured; the median counts")
	flag.IntVar(&s.workers, "workers", 2, "how many senders share the last mailings")
	flag.DurationVar(&s.answerAfter, "answer-after", 20*time.Millisecond, "how long a mail server far away takes to say that it took a message; several senders are measured with it beside one")
	sign := flag.String("sign", "off,ed25519,rsa", "signatures, with commas between")
	flag.StringVar(&s.write, "write", "", "file whose chapter on mailings is written anew")
	flag.Parse()
	s.sign = strings.Split(*sign, ",")
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	exit(measure(ctx, s))
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "campaign:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

func progress(format string, args ...any) {
	fmt.Fprintf(os.Stderr, time.Now().Format(time.TimeOnly)+" "+format+"\n", args...)
}
