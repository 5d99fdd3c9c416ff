package markdown

import (
	"sync"
	"time"
)

// A text is rendered again for everybody who looks at it, and hundreds of comments stand on one page, so what was rendered is
// remembered for a while. It is known by all that it is made of: nothing can be out of date.

// asked is all that a result is made of.
type asked struct {
	what         string // "whole", "blocks" or "split"
	source       string
	idPrefix     string
	headingShift int
	typedHTML    bool
}

func (o options) asked(what, source string) asked {
	return asked{what, source, o.idPrefix, o.headingShift, o.typedHTML}
}

// The most that is remembered, in bytes of source, and how long at least half of it is not turned over: words that were removed
// from a text are not to stay in memory for ever.
const (
	rememberMost = 4 << 20
	rememberFor  = 10 * time.Minute
)

// memory keeps what was asked for in this while and the one before, so that what is asked for often stays.
type memory struct {
	mu           sync.Mutex
	young, older map[asked]any
	size         int // of the young ones, in bytes of source
	since        time.Time
}

var remembered memory

// result is what was made of the same before, else what is made now; a mistake is not remembered.
func result[T any](m *memory, of asked, create func() (T, error)) (T, error) {
	if kept, ok := m.find(of); ok {
		return kept.(T), nil
	}
	made, err := create()
	if err == nil {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.put(of, made)
	}
	return made, err
}

func (m *memory) find(of asked) (any, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.turn(0)
	if kept, ok := m.young[of]; ok {
		return kept, true
	}
	kept, ok := m.older[of]
	if ok {
		m.put(of, kept)
	}
	return kept, ok
}

// put keeps something, unless it alone would be half of all. The lock is held.
func (m *memory) put(of asked, made any) {
	size := len(of.source) + 200 // and the names and pointers around it
	if size > rememberMost/2 {
		return
	}
	m.turn(size)
	m.young[of] = made
	m.size += size
}

// turn makes the young ones the older ones, and forgets those, when there are too many or enough time has passed.
func (m *memory) turn(more int) {
	now := time.Now()
	if m.young == nil || m.size+more > rememberMost || now.Sub(m.since) > rememberFor {
		m.young, m.older, m.size, m.since = map[asked]any{}, m.young, 0, now
	}
}
