package testdb

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

const (
	memory = "/dev/shm"
	// leastMemory is what must be free in memory, in bytes, for a cluster to
	// be put there: it takes 40 MB and 10 MB more per test under way, beside
	// those of other test programs.
	leastMemory = 1 << 30
	prefix      = "tribuna-testdb-"
)

// makePlace makes the folder for this program's cluster: in memory if there is
// room, because creating the 500 files of a database takes half a second on
// many disks and 30 ms in memory.
func makePlace() (string, error) {
	base := os.TempDir()
	if hasRoom(memory) {
		base = memory
	}
	sweep(base)
	return os.MkdirTemp(base, fmt.Sprintf("%s%d-", prefix, os.Getpid()))
}

func hasRoom(dir string) bool {
	var fs syscall.Statfs_t
	if err := syscall.Statfs(dir, &fs); err != nil {
		return false
	}
	return fs.Bavail*uint64(fs.Bsize) >= leastMemory && syscall.Access(dir, 2) == nil
}

// sweep removes what test programs that were killed have left; the number in
// a folder's name is the process it belonged to.
func sweep(base string) {
	left, _ := filepath.Glob(filepath.Join(base, prefix+"*"))
	for _, dir := range left {
		number, _, _ := strings.Cut(strings.TrimPrefix(filepath.Base(dir), prefix), "-")
		pid, err := strconv.Atoi(number)
		if err == nil && syscall.Kill(pid, 0) == syscall.ESRCH {
			_ = os.RemoveAll(dir)
		}
	}
}
