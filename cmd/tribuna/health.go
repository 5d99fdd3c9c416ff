package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/uptrace/bun"

	"tribuna/internal/clientaddr"
	"tribuna/migrations"
)

// readyTimeout bounds one question about readiness.
const readyTimeout = 5 * time.Second

// mountHealth adds what operators and their machines ask:
//
//	/healthz  the process lives
//	/readyz   the database answers and its migrations are applied; pages stay
//	          up when worker, Temporal or mail server are down, so these are
//	          not asked
//	/metrics  figures for Prometheus, for this machine alone; not here where
//	          they have an address of their own (nil)
func mountHealth(mux *http.ServeMux, db *bun.DB, figures http.Handler) {
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, "alive")
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		status, word := readiness(r.Context(), db)
		answer(w, status, word)
	})
	if figures != nil {
		mux.Handle("GET /metrics", onlyLocal(figures))
	}
}

// onlyLocal hides a handler from other machines, also behind a proxy on this one.
func onlyLocal(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !clientaddr.IsLocal(r) {
			http.NotFound(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// serveMetrics answers /metrics at an address of its own, where one is given: who can reach it is for the network there
// to say. A worker has no other door, so there it says as well whether it is ready.
func (p *parts) serveMetrics(ready func(context.Context) (int, string), fail func(error)) (stopFunc, error) {
	if p.cfg.MetricsAddr == "" {
		return nil, nil
	}
	l, err := net.Listen("tcp", p.cfg.MetricsAddr)
	if err != nil {
		return nil, fmt.Errorf("TRIBUNA_METRICS_ADDR %s cannot be used: %w", p.cfg.MetricsAddr, err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", p.telemetry.Handler())
	if ready != nil {
		mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
			status, word := ready(r.Context())
			answer(w, status, word)
		})
	}
	return serveHTTP(l, mux, fail), nil
}

func readiness(ctx context.Context, db *bun.DB) (int, string) {
	ctx, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	if err := db.PingContext(ctx); err != nil {
		slog.Warn("not ready", "error", err)
		return http.StatusServiceUnavailable, "the database does not answer"
	}
	pending, err := migrations.Pending(ctx, db)
	switch {
	case err != nil:
		slog.Warn("not ready", "error", err)
		return http.StatusServiceUnavailable, "the migrations cannot be read"
	case pending > 0:
		return http.StatusServiceUnavailable, "migrations are missing: run tribuna migrate"
	default:
		return http.StatusOK, "ready"
	}
}

// workerReadiness is whether a worker can do its work: the database answers and is migrated, and so does Temporal.
func (p *parts) workerReadiness(ctx context.Context) (int, string) {
	if status, word := readiness(ctx, p.db); status != http.StatusOK {
		return status, word
	}
	ctx, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	if _, err := p.temporal.CheckHealth(ctx, nil); err != nil {
		slog.Warn("not ready", "error", err)
		return http.StatusServiceUnavailable, "Temporal does not answer"
	}
	return http.StatusOK, "ready"
}

func answer(w http.ResponseWriter, status int, word string) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"status": word})
}
