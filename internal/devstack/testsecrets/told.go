package testsecrets

import (
	"bytes"
	"strings"
	"sync"
	"testing"
)

// Told is what everybody was told at all doors.
type Told struct {
	mu   sync.Mutex
	seen map[string]bool // word and who
}

// Hear looks for secrets in an answer to who stands at a place of a row's letters.
func (told *Told) Hear(t *testing.T, who int, door string, answer []byte) {
	t.Helper()
	told.mu.Lock()
	defer told.mu.Unlock()
	if told.seen == nil {
		told.seen = map[string]bool{}
	}
	for _, s := range Secrets {
		if !bytes.Contains(bytes.ToLower(answer), []byte(s.Word)) {
			continue
		}
		if letters(s)[who] != 'y' {
			t.Errorf("%s is told %s by %s", names[who], s.Word, door)
		}
		told.seen[s.Word] = true
		told.seen[s.Word+names[who]] = true
	}
}

// RequireAll proves that each secret is told to somebody, so that to look for it can fail.
func (told *Told) RequireAll(t *testing.T, but ...string) {
	t.Helper()
	for _, s := range Secrets {
		if !told.seen[s.Word] && !strings.Contains(strings.Join(but, " "), s.Word) {
			t.Errorf("%s is told to nobody: nothing is proved of it", s.Word)
		}
	}
}

var names = []string{"nobody", "another's link", "the link", "coordinator", "officer-khc", "officer-tdh", "partner-khc", "partner-sc-nwb", "partner-cyi",
	"translator-bg-1", "translator-sq-1", "expert-01", "expert-05", "reader"}

func letters(s Secret) string { return strings.ReplaceAll(s.May, " ", "") }
