package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"syscall"
	"time"
)

// Limits on a connection. Reading allows for a Word file over a phone,
// writing for a report.
const (
	readHeaderTimeout = 10 * time.Second
	readTimeout       = 90 * time.Second
	writeTimeout      = 120 * time.Second
	idleTimeout       = 120 * time.Second
	maxHeaderBytes    = 64 << 10
)

// listen takes the address before anything else is started, so that one in
// use is found at once.
func listen(addr string) (net.Listener, error) {
	l, err := net.Listen("tcp", addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("the address %s is in use by another program: stop that one, or set TRIBUNA_ADDR to another address", addr)
	}
	if err != nil {
		return nil, fmt.Errorf("TRIBUNA_ADDR %s cannot be used: %w", addr, err)
	}
	return l, nil
}

// serveHTTP answers on l until it is stopped; requests under way are finished
// first. An end that nobody asked for is reported to fail.
func serveHTTP(l net.Listener, h http.Handler, fail func(error)) stopFunc {
	srv := &http.Server{
		Handler:           h,
		ReadHeaderTimeout: readHeaderTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
		ErrorLog:          slog.NewLogLogger(slog.Default().Handler(), slog.LevelDebug),
	}
	go func() {
		if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			fail(fmt.Errorf("pages and API: %w", err))
		}
	}()
	return func(ctx context.Context) error {
		err := srv.Shutdown(ctx)
		if err != nil {
			err = errors.Join(err, srv.Close())
		}
		return err
	}
}

// isLoopback says whether only this machine can reach the address.
func isLoopback(addr net.Addr) bool {
	tcp, ok := addr.(*net.TCPAddr)
	return ok && tcp.IP.IsLoopback()
}

func closer(c io.Closer) stopFunc {
	return func(context.Context) error { return c.Close() }
}

func remover(path string) stopFunc {
	return func(context.Context) error { return os.Remove(path) }
}
