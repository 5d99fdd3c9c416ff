package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"strings"
	"sync"
	"time"
)

// sink is a mail server that takes everything, keeps who it was for, and nothing else. It does as little as a server can,
// so that what is measured is the sender.
type sink struct {
	after time.Duration // how long it takes to say that it took a message
	mu    sync.Mutex
	taken map[string]int // by Message-ID
	bytes int
}

// tally is what a sink took since it was asked before.
type tally struct {
	Messages int
	Twice    int // more than once
	Bytes    int
}

// runSink serves, after a delay for each message if one is named as an argument, until its standard input ends; for every line there it says what it took and begins anew.
func runSink() error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer l.Close()
	s := &sink{taken: map[string]int{}}
	if len(os.Args) > 2 {
		if s.after, err = time.ParseDuration(os.Args[2]); err != nil {
			return err
		}
	}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go s.converse(c)
		}
	}()
	fmt.Println(l.Addr())
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		if err := json.NewEncoder(os.Stdout).Encode(s.count()); err != nil {
			return err
		}
	}
	return nil
}

func (s *sink) count() tally {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := tally{Bytes: s.bytes}
	for _, times := range s.taken {
		t.Messages += times
		if times > 1 {
			t.Twice++
		}
	}
	s.taken, s.bytes = map[string]int{}, 0
	return t
}

// converse speaks as much SMTP as it takes.
func (s *sink) converse(c net.Conn) {
	defer c.Close()
	r, w := bufio.NewReaderSize(c, 64<<10), bufio.NewWriter(c)
	say := func(line string) {
		_, _ = w.WriteString(line + "\r\n")
		if r.Buffered() == 0 { // what was asked at once is answered at once
			_ = w.Flush()
		}
	}
	say("220 sink ESMTP")
	for {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return
		}
		switch verb := strings.ToUpper(string(line[:min(4, len(line))])); verb {
		case "EHLO":
			say("250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 ENHANCEDSTATUSCODES")
		case "DATA":
			say("354 go on")
			_ = w.Flush()
			id, size, err := message(r)
			if err != nil {
				return
			}
			s.take(id, size)
			if s.after > 0 { // to sleep for nothing is to let others go first
				time.Sleep(s.after)
			}
			say("250 2.0.0 taken as " + id)
		case "QUIT":
			say("221 2.0.0 bye")
			_ = w.Flush()
			return
		default:
			say("250 2.0.0 fine")
		}
	}
}

func (s *sink) take(id string, size int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.taken[id]++
	s.bytes += size
}

// message reads a message up to its final dot.
func message(r *bufio.Reader) (id string, size int, err error) {
	for {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return "", 0, err
		}
		if string(line) == ".\r\n" {
			return id, size, nil
		}
		size += len(line)
		if id == "" && bytes.HasPrefix(line, []byte("Message-I")) {
			id = string(bytes.Trim(line[len("Message-ID:"):], " <>\r\n"))
		}
	}
}
