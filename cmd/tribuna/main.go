// Command tribuna is the whole of Tribuna in one program: pages and API, the
// worker that drives the processes, and the commands to look after them.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // deadlines are counted in the zone of a country, wherever this runs

	"tribuna/internal/config"
	"tribuna/internal/links"
)

// command is one subcommand. Its context ends when the program is asked to.
type command struct {
	name, args, doc string
	// joins: without DATABASE_URL, what is not set is taken from the instance
	// that `tribuna dev` runs in TRIBUNA_DATA.
	joins bool
	// alone: where that does not run, its database is started for this command.
	alone bool
	load  func(environ map[string]string) (config.Config, error) // nil: config.Load
	run   func(ctx context.Context, cfg config.Config, args []string) error
}

func commands() []command {
	return []command{
		{name: "dev", doc: "run everything on this machine, with private servers and the demo network", load: config.LoadDev, run: runDev},
		{name: "serve", doc: "run the pages and the API", run: runServe},
		{name: "worker", doc: "run the worker: processes and mails", run: runWorker},
		{name: "migrate", doc: "bring the database up to date", run: runMigrate},
		{name: "token", args: "[--revoke] [--scopes read,act,administer] EMAIL", doc: "print a new API token for a person, or end all they have", joins: true, run: runToken},
		{name: "person", args: "--email … --name … --organisation SLUG --role …", doc: "add a person with a role; --language en, and --organisation-name adds the organisation", joins: true, run: runPerson},
		{name: "password", args: "EMAIL", doc: "set a person's password, read from standard input", joins: true, run: runPassword},
		{name: "import", args: "recommendations FILE.csv [--json]", doc: "follow up what others recommended; --language en says in which language it is", joins: true, run: runImport},
		{name: "doctor", args: "[--repair | --release [--send | --drop]] [--json]", doc: "compare the processes in the database with those that run, and look at mail servers and keys; release what was restored", joins: true, run: runDoctor},
		{name: "status", args: "[--json]", doc: "say how the instance is doing; exits with 1 if not everything is as it should be", joins: true, run: runStatus},
		{name: "ready", args: "[URL]", doc: "ask a part whether it is ready; without URL the pages at TRIBUNA_ADDR", run: runReady},
		{name: "verify", args: "[ID …] [--json]", doc: "check the decision records", joins: true, run: runVerify},
		{name: "backup", args: "FOLDER|FILE", doc: "write the whole database into one file", joins: true, alone: true, run: runBackup},
		{name: "restore", args: "[--replace DATABASE] FILE", doc: "bring a backup back; nothing goes out until doctor --release", joins: true, alone: true, run: runRestore},
		{name: "withdrawals", args: "[--take] FILE", doc: "write down who is not to be written to, or take it over into a database restored from a backup", joins: true, alone: true, run: runWithdrawals},
		{name: "walkthrough", args: "[--data DIR] [--json]", doc: "take one recommendation the whole way on a running instance", joins: true, run: runWalkthrough},
		{name: "bounce", args: "[--to ADDRESS] < MESSAGE", doc: "note a mail that came back, as a mail server's pipe brings it; exits with 75 if it has to be brought again", joins: true, run: runBounce},
		{name: "help", args: "[config]", doc: "show this, or all variables of the environment"},
	}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// From the first signal on, a second one ends the program at once; the
	// private servers end with it.
	context.AfterFunc(ctx, stop)
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "tribuna:", err)
		os.Exit(exitCode(err))
	}
}

// usageError is a mistake in the command line, as opposed to one in what it
// asked for.
type usageError struct{ message string }

func (e usageError) Error() string { return e.message + " (see: tribuna help)" }

// againError is something that has to be done again later.
type againError struct{ error }

func (e againError) Unwrap() error { return e.error }

// exitCode is 2 for a mistake in the command line, as shells and make have it, and 75 for what has to be tried again, as mail
// servers have it (EX_TEMPFAIL of sysexits.h).
func exitCode(err error) int {
	var again againError
	if errors.As(err, &again) {
		return 75
	}
	var usage usageError
	if errors.As(err, &usage) {
		return 2
	}
	return 1
}

func run(ctx context.Context, args []string) error {
	if len(args) == 0 {
		return usageError{"which command?"}
	}
	if name := args[0]; name == "help" || name == "-h" || name == "--help" {
		return runHelp(os.Stdout, args[1:])
	}
	for _, c := range commands() {
		if c.name == args[0] {
			return c.start(ctx, args[1:])
		}
	}
	return usageError{fmt.Sprintf("there is no command %q", args[0])}
}

func (c command) start(ctx context.Context, args []string) (err error) {
	environ := config.Environ()
	if c.joins {
		var stop stopFunc
		if environ, stop, err = c.reach(ctx, environ); err != nil {
			return err
		}
		if stop != nil {
			defer func() { err = errors.Join(err, stop(context.WithoutCancel(ctx))) }()
		}
	}
	load := c.load
	if load == nil {
		load = config.Load
	}
	cfg, err := load(environ)
	if err != nil {
		return err
	}
	slog.SetDefault(newLogger(cfg.LogLevel))
	return c.run(ctx, cfg, args)
}

// newLogger logs to standard error; what a personal link could be read from is
// cut out of every line.
func newLogger(level slog.Level) *slog.Logger {
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level, ReplaceAttr: links.RedactAttr}))
}
