package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"tribuna/internal/config"
)

// instanceFile tells other commands how to reach the instance that dev runs in
// a folder; it exists while that runs, readable by its owner alone.
const instanceFile = "instance.json"

// lockData makes this process the only one to use a data folder. The kernel
// lets go of the lock when the process ends, however it ends.
func lockData(dir string) (stopFunc, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("TRIBUNA_DATA %s cannot be used: %w", dir, err)
	}
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("TRIBUNA_DATA %s cannot be used: %w", dir, err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		holder, _ := os.ReadFile(f.Name())
		return nil, errors.Join(fmt.Errorf("the folder %s is in use by another Tribuna (process %s): stop that one, or set TRIBUNA_DATA and TRIBUNA_ADDR to others",
			dir, strings.TrimSpace(string(holder))), f.Close())
	}
	_ = f.Truncate(0)
	_, _ = fmt.Fprintln(f, os.Getpid())
	return closer(f), nil
}

// publishInstance writes the instance file.
func publishInstance(cfg config.Config) (stopFunc, error) {
	text, err := json.MarshalIndent(map[string]string{
		"DATABASE_URL":       cfg.DatabaseURL,
		"DATABASE_OWNER_URL": cfg.DatabaseOwnerURL,
		"TEMPORAL_ADDRESS":   cfg.TemporalAddress,
		"TEMPORAL_NAMESPACE": cfg.TemporalNamespace,
		"SMTP_URL":           cfg.SMTPURL,
		"TRIBUNA_ADDR":       cfg.Addr,
		"TRIBUNA_URL":        cfg.PublicURL(),
		"TRIBUNA_MAIL_FROM":  cfg.MailFrom,
		"TRIBUNA_LINK_KEY":   cfg.LinkKey,

		"TRIBUNA_BOUNCE_ADDRESS": cfg.BounceAddress,
	}, "", "  ")
	if err != nil {
		return nil, err
	}
	path := filepath.Join(cfg.DataDir, instanceFile)
	if err := os.WriteFile(path+".new", text, 0o600); err != nil {
		return nil, err
	}
	return remover(path), os.Rename(path+".new", path)
}

// joinInstance adds to the environment what the instance in TRIBUNA_DATA says
// of itself, unless DATABASE_URL says which database is meant. What is set
// explicitly stays.
func joinInstance(environ map[string]string) (map[string]string, error) {
	if environ["DATABASE_URL"] != "" {
		return environ, nil
	}
	dir := dataDir(environ)
	text, err := os.ReadFile(filepath.Join(dir, instanceFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("no instance runs in %s: start one with `make run`, or set TRIBUNA_DATA to its folder or DATABASE_URL to its database", dir)
	}
	if err != nil {
		return nil, err
	}
	joined := map[string]string{}
	if err := json.Unmarshal(text, &joined); err != nil {
		return nil, fmt.Errorf("%s in %s is damaged; starting the instance again writes it anew: %w", instanceFile, dir, err)
	}
	for name, value := range environ {
		if value != "" {
			joined[name] = value
		}
	}
	return joined, nil
}
