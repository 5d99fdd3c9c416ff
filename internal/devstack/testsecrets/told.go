package testsecrets

import (
	"bytes"
	"slices"
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
		told.seen[s.Word+names[who]] = true
	}
}

// RequireAll proves that whoever may read a secret is told it at some door, so that to look for it can fail and the table says no
// more than there is; but for what no door of the package leads to.
func (told *Told) RequireAll(t *testing.T, but ...string) {
	t.Helper()
	for _, s := range Secrets {
		for who, name := range names {
			if letters(s)[who] == 'y' && !told.seen[s.Word+name] && !slices.Contains(but, s.Word) {
				t.Errorf("%s is told to %s at no door", s.Word, name)
			}
		}
	}
}

var names = []string{"nobody", "another's link", "the link", "coordinator", "officer-khc", "officer-tdh", "partner-khc", "partner-sc-nwb", "partner-cyi",
	"translator-bg-1", "translator-sq-1", "expert-01", "expert-05", "reader"}

func letters(s Secret) string { return strings.ReplaceAll(s.May, " ", "") }
