package catcher

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// ErrNotFound says that no mail has this id.
var ErrNotFound = errors.New("no such mail")

// LedgerName is the ledger's file within the catcher's folder: one JSON
// object (Message) per line, in order of arrival, only ever appended to.
const LedgerName = "ledger.jsonl"

// Filter picks mails.
type Filter struct {
	To        string    // part of an envelope recipient, in any case
	Subject   string    // part of the subject, in any case
	After     string    // only mails that came after the one of this id
	AfterTime time.Time // only mails that came after this instant
	Offset    int       // skip so many of those that match
	Limit     int       // at most so many; 0: all
	Newest    bool      // newest first instead of in order of arrival
}

// store keeps the mails as files and their ledger in memory. A mail counts as
// accepted once its ledger line is written: a file without a line is what a
// crash left before the sender got an answer, and its number is used again.
type store struct {
	dir string
	now func() time.Time

	mu      sync.RWMutex
	ledger  *os.File
	entries []Message
}

func openStore(dir string, now func() time.Time) (*store, error) {
	if err := os.MkdirAll(filepath.Join(dir, "mails"), 0o700); err != nil {
		return nil, err
	}
	path := filepath.Join(dir, LedgerName)
	entries, length, err := readLedger(path)
	if err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	// A line cut short by a crash belongs to a mail nobody was told of.
	if err := f.Truncate(length); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &store{dir: dir, now: now, ledger: f, entries: entries}, nil
}

func (s *store) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ledger.Close()
}

// ReadLedger reads the ledger of a catcher's folder, whether it runs or not.
func ReadLedger(dir string) ([]Message, error) {
	entries, _, err := readLedger(filepath.Join(dir, LedgerName))
	return entries, err
}

// readLedger gives the complete lines and their length in bytes.
func readLedger(path string) (entries []Message, length int64, err error) {
	text, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, 0, err
	}
	for {
		line, rest, complete := bytes.Cut(text, []byte("\n"))
		if !complete {
			return entries, length, nil
		}
		var m Message
		if err := json.Unmarshal(line, &m); err != nil {
			return nil, 0, fmt.Errorf("line %d of %s: %w", len(entries)+1, path, err)
		}
		entries = append(entries, m)
		length += int64(len(line)) + 1
		text = rest
	}
}

// add keeps a mail and gives its number in order of arrival.
func (s *store) add(from string, to []string, raw []byte) (int, error) {
	m := parse(raw).Message
	m.From, m.To = from, to
	s.mu.Lock()
	defer s.mu.Unlock()
	number := len(s.entries) + 1
	m.ID, m.Time = strconv.Itoa(number), s.now().UTC()
	path := s.path(number)
	if err := os.WriteFile(path+".part", raw, 0o600); err != nil {
		return 0, err
	}
	if err := os.Rename(path+".part", path); err != nil {
		return 0, err
	}
	line, err := json.Marshal(m)
	if err != nil {
		return 0, err
	}
	if _, err := s.ledger.Write(append(line, '\n')); err != nil {
		return 0, err
	}
	s.entries = append(s.entries, m)
	return number, nil
}

func (s *store) path(number int) string {
	return filepath.Join(s.dir, "mails", fmt.Sprintf("%08d.eml", number))
}

// find gives the mails that match within offset and limit, and how many match
// in all.
func (s *store) find(f Filter) ([]Message, int) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var matching []Message
	for _, m := range s.entries {
		if f.matches(m) {
			matching = append(matching, m)
		}
	}
	total := len(matching)
	if f.Newest {
		slices.Reverse(matching)
	}
	matching = matching[min(f.Offset, total):]
	if f.Limit > 0 {
		matching = matching[:min(f.Limit, len(matching))]
	}
	return matching, total
}

func (f Filter) matches(m Message) bool {
	if after, err := strconv.Atoi(f.After); err == nil {
		if id, _ := strconv.Atoi(m.ID); id <= after {
			return false
		}
	}
	if !f.AfterTime.IsZero() && !m.Time.After(f.AfterTime) {
		return false
	}
	return containsFold(m.Subject, f.Subject) &&
		slices.ContainsFunc(m.To, func(to string) bool { return containsFold(to, f.To) })
}

func containsFold(s, part string) bool {
	return strings.Contains(strings.ToLower(s), strings.ToLower(part))
}

// raw gives a mail's ledger entry and its text as it came.
func (s *store) raw(id string) (Message, []byte, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	number, err := strconv.Atoi(id)
	if err != nil || number < 1 || number > len(s.entries) {
		return Message{}, nil, ErrNotFound
	}
	m := s.entries[number-1]
	text, err := os.ReadFile(s.path(number))
	return m, text, err
}

func (s *store) read(id string) (Detail, error) {
	m, text, err := s.raw(id)
	if err != nil {
		return Detail{}, err
	}
	d := parse(text)
	d.Message = m
	return d, nil
}
