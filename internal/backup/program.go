package backup

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
)

// program is one run of a program of PostgreSQL.
type program struct {
	name   string
	args   []string
	url    string // the database; empty for programs that need none
	stdin  io.Reader
	stdout io.Writer
}

// runProgram runs it to its end. The password goes by the environment: arguments can be read by everybody on the machine.
func runProgram(ctx context.Context, p program) error {
	path, err := find(p.name)
	if err != nil {
		return err
	}
	args, environ := p.args, os.Environ()
	if p.url != "" {
		u, err := url.Parse(p.url)
		if err != nil {
			return fmt.Errorf("%s: the address of the database cannot be read", p.name) // may hold a password
		}
		if password, ok := u.User.Password(); ok {
			environ = append(environ, "PGPASSWORD="+password)
			u.User = url.User(u.User.Username())
		}
		args = append(slices.Clone(args), "--dbname="+u.String())
	}
	var complaints bytes.Buffer
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Env, cmd.Dir, cmd.Stdin, cmd.Stdout, cmd.Stderr = environ, "/", p.stdin, p.stdout, &complaints
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w: %s", p.name, err, lastWords(&complaints))
	}
	return nil
}

// find looks in Debian's folders for the newest, because pg_dump must not be older than the server, then on the PATH.
func find(name string) (string, error) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/" + name)
	slices.SortFunc(found, func(a, b string) int { return major(b) - major(a) })
	if len(found) > 0 {
		return found[0], nil
	}
	path, err := exec.LookPath(name)
	if err != nil {
		return "", fmt.Errorf("the program %s is missing: install the package postgresql-client, in the server's version or a newer one", name)
	}
	return path, nil
}

func major(path string) int {
	n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path))))
	return n
}
