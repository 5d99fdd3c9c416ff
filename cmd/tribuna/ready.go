package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"

	"tribuna/internal/config"
)

// runReady asks a part whether it is ready, for health checks where there is no other program that could.
func runReady(ctx context.Context, cfg config.Config, args []string) error {
	address := "http://" + cfg.Addr + "/readyz"
	if len(args) > 0 {
		address = args[0]
	}
	ctx, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return usageError{fmt.Sprintf("%q is no address", address)}
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	said, err := io.ReadAll(io.LimitReader(answer.Body, 1<<10))
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("not ready: %s", strings.TrimSpace(string(said)))
	}
	return err
}
