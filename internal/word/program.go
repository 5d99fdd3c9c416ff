package word

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// off is what a variable is set to where a program that is there is not to be used.
const off = "off"

// findPatience bounds asking a program for its version.
const findPatience = 20 * time.Second

// program is an optional program that was found.
type program struct {
	path, version string
	alone         bool // it runs in namespaces of its own: no network, no other processes, never root
}

var (
	errTooLong = errors.New("the program took too long")
	errTooMuch = errors.New("the program wrote too much")
)

// exitError is a program that ended with a complaint.
type exitError struct {
	code  int
	words string
}

func (e *exitError) Error() string {
	return fmt.Sprintf("the program ended with %d: %s", e.code, e.words)
}

// find looks for a program; nil where nobody named it and it is not there.
func find(ctx context.Context, variable, named string, usual ...string) (*program, error) {
	if named == off {
		return nil, nil
	}
	if named != "" {
		usual = []string{named}
	}
	for _, name := range usual {
		path, err := exec.LookPath(name)
		if err != nil {
			continue
		}
		p := &program{path: path}
		if err = p.ask(ctx); err == nil {
			return p, nil
		}
		if named != "" {
			return nil, fmt.Errorf("%s names %s, which cannot be run (%w): name another, or set it to off", variable, named, err)
		}
	}
	if named != "" {
		return nil, fmt.Errorf("%s names %s, which is not there: install it, name another, or set it to off", variable, named)
	}
	return nil, nil
}

// ask finds out the version, and whether the program runs in namespaces of its own.
func (p *program) ask(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "tribuna-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	ctx, cancel := context.WithTimeout(ctx, findPatience)
	defer cancel()
	var said []byte
	for _, p.alone = range []bool{true, false} {
		if said, err = p.run(ctx, dir, nil, 1<<16, "--version"); err == nil {
			break
		}
	}
	p.version, _, _ = strings.Cut(string(said), "\n")
	return err
}

// run has the program work in a folder, with nothing of our environment, until it is done or ctx ends. What it says on its
// output comes back, at most so many bytes.
func (p *program) run(ctx context.Context, dir string, input []byte, most int, args ...string) ([]byte, error) {
	work, stop := context.WithCancel(ctx)
	defer stop()
	cmd := exec.CommandContext(work, p.path, args...)
	said, complaints := &limited{most: most, beyond: stop}, &limited{most: 4 << 10, beyond: func() {}}
	cmd.Dir, cmd.Stdin, cmd.Stdout, cmd.Stderr = dir, bytes.NewReader(input), said, complaints
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "TMPDIR=" + dir, "XDG_CONFIG_HOME=" + dir, "XDG_CACHE_HOME=" + dir, "LANG=C.UTF-8"}
	cmd.SysProcAttr = p.attributes()
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 2 * time.Second
	err := cmd.Run()
	var ended *exec.ExitError
	switch {
	case said.full:
		return nil, errTooMuch
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return nil, errTooLong
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.As(err, &ended):
		return nil, &exitError{ended.ExitCode(), strings.TrimSpace(complaints.held.String())}
	case err != nil:
		return nil, err
	}
	return said.held.Bytes(), nil
}

// inside is the number the user has in the namespace: Chromium keeps its own sandbox only where it is not root.
const inside = 1000

// attributes put the program into a process group of its own, so that all it started ends with it, and where that works
// into namespaces without a network.
func (p *program) attributes() *syscall.SysProcAttr {
	a := &syscall.SysProcAttr{Setpgid: true}
	if p.alone {
		a.Cloneflags = syscall.CLONE_NEWUSER | syscall.CLONE_NEWNET | syscall.CLONE_NEWPID | syscall.CLONE_NEWIPC
		a.UidMappings = []syscall.SysProcIDMap{{ContainerID: inside, HostID: os.Geteuid(), Size: 1}}
		a.GidMappings = []syscall.SysProcIDMap{{ContainerID: inside, HostID: os.Getegid(), Size: 1}}
	}
	return a
}

// limited keeps what is written to it up to a size, throws the rest away, and calls beyond when there is any.
type limited struct {
	held   bytes.Buffer // not embedded: io.Copy would use its ReadFrom, which knows no limit
	most   int
	full   bool
	beyond func()
}

// Write implements io.Writer.
func (l *limited) Write(p []byte) (int, error) {
	room := l.most - l.held.Len()
	if len(p) <= room {
		return l.held.Write(p)
	}
	if !l.full {
		l.full = true
		l.beyond()
	}
	l.held.Write(p[:room])
	return len(p), nil
}

// inFolder makes a temporary folder, whose name says nothing, for the time of one piece of work.
func inFolder(work func(dir string) ([]byte, error)) ([]byte, error) {
	dir, err := os.MkdirTemp("", "tribuna-")
	if err != nil {
		return nil, fmt.Errorf("make a temporary folder: %w", err)
	}
	defer os.RemoveAll(dir)
	return work(dir)
}

// withPatience runs the program in a folder of its own within the time there is for one conversion.
func (p *program) withPatience(ctx context.Context, input []byte, most int, args ...string) ([]byte, error) {
	return p.withFiles(ctx, nil, input, most, args...)
}

// withFiles is withPatience for a program that finds files, by their names, in its folder.
func (p *program) withFiles(ctx context.Context, files map[string][]byte, input []byte, most int, args ...string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return inFolder(func(dir string) ([]byte, error) {
		for name, content := range files {
			if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
				return nil, err
			}
		}
		return p.run(ctx, dir, input, most, args...)
	})
}
