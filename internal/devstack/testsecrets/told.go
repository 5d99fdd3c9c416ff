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
	mu    sync.Mutex
	seen  map[string]bool // word and who
	kinds []string        // of the files in which there was one
}

// Hear looks for secrets in an answer to who stands at a place of a row's letters, in files after unpacking them.
func (told *Told) Hear(t *testing.T, who int, door string, answer []byte) {
	t.Helper()
	told.mu.Lock()
	defer told.mu.Unlock()
	if told.seen == nil {
		told.seen = map[string]bool{}
	}
	read := bytes.ToLower(VisibleBytes(t, answer))
	for _, s := range Secrets {
		if !bytes.Contains(read, []byte(s.Word)) {
			continue
		}
		if letters(s)[who] != 'y' {
			t.Errorf("%s is told %s by %s", names[who], s.Word, door)
		}
		told.seen[s.Word+names[who]] = true
		told.kinds = append(told.kinds, kindOf(answer))
	}
}

// kindOf names the kind of a file by how it begins; the text of pages and answers has none.
func kindOf(answer []byte) string {
	switch {
	case bytes.Contains(answer, []byte("word/document.xml")):
		return "Word"
	case bytes.HasPrefix(answer, []byte("%PDF-")):
		return "PDF"
	}
	return ""
}

// RequireIn proves that secrets were found in files of a kind, so that to look into them can fail.
func (told *Told) RequireIn(t *testing.T, kinds ...string) {
	t.Helper()
	for _, kind := range kinds {
		if !slices.Contains(told.kinds, kind) {
			t.Errorf("no secret was told in a file of %s", kind)
		}
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
