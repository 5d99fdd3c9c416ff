package word

import "sync"

// shelfMost is how much of what was written is kept to be given out again, in bytes.
const shelfMost = 32 << 20

// shelf keeps files that were written, by a name that says all of what is in them. The oldest goes first.
type shelf struct {
	mu    sync.Mutex
	files map[string][]byte
	order []string
	size  int
}

func newShelf() *shelf { return &shelf{files: map[string][]byte{}} }

func (s *shelf) get(name string) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.files[name]
}

func (s *shelf) put(name string, file []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.files[name] != nil {
		return
	}
	s.files[name], s.order, s.size = file, append(s.order, name), s.size+len(file)
	for s.size > shelfMost && len(s.order) > 1 {
		oldest := s.order[0]
		s.size -= len(s.files[oldest])
		delete(s.files, oldest)
		s.order = s.order[1:]
	}
}
