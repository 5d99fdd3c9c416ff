package main

import (
	"context"
	"maps"
	"os"
	"path/filepath"

	"tribuna/internal/config"
	"tribuna/internal/devstack"
)

// reach adds to the environment how to reach the instance that a command is about. Where it is that of a folder and does
// not run, a command that needs nothing but the database has it for itself until stop, which is nil where it runs.
func (c command) reach(ctx context.Context, environ map[string]string) (joined map[string]string, stop stopFunc, err error) {
	if c.alone && environ["DATABASE_URL"] == "" {
		if joined, stop, err = startDatabase(ctx, environ); err != nil || joined != nil {
			return joined, stop, err
		}
	}
	joined, err = joinInstance(environ)
	return joined, nil, err
}

// startDatabase starts the private PostgreSQL in TRIBUNA_DATA, which `tribuna dev` has to itself while it runs; nil where
// that runs, or never did.
func startDatabase(ctx context.Context, environ map[string]string) (map[string]string, stopFunc, error) {
	dir, err := filepath.Abs(dataDir(environ))
	if err != nil {
		return nil, nil, err
	}
	cluster := filepath.Join(dir, "postgres")
	if _, err := os.Stat(filepath.Join(cluster, "data")); err != nil {
		return nil, nil, nil
	}
	unlock, err := lockData(dir)
	if err != nil {
		return nil, nil, nil // it runs: who joins it is told what is wrong
	}
	starting, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	pg, err := devstack.StartPostgres(starting, devstack.PostgresOptions{Dir: cluster, Fsync: true})
	if err != nil {
		_ = unlock(ctx)
		return nil, nil, err
	}
	s := newStack(os.Stderr)
	s.add("lock", unlock)
	s.add("PostgreSQL", pg.Stop)
	joined := maps.Clone(environ)
	joined["DATABASE_URL"], joined["DATABASE_OWNER_URL"] = pg.AppURL(), pg.OwnerURL()
	return joined, func(context.Context) error { return s.stop() }, nil
}

// dataDir is the folder of the instance that a command is about.
func dataDir(environ map[string]string) string {
	if dir := environ["TRIBUNA_DATA"]; dir != "" {
		return dir
	}
	return config.DefaultDataDir()
}
