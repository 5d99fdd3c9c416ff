package main

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/config"
)

func TestFiguresAreForThisMachineAlone(t *testing.T) {
	ask := func(metrics bool, remote, forwarded string) int {
		mux := http.NewServeMux()
		mountHealth(mux, nil, metrics)
		r := httptest.NewRequest(http.MethodGet, "/metrics", nil)
		r.RemoteAddr = remote
		if forwarded != "" {
			r.Header.Set("X-Forwarded-For", forwarded)
		}
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, r)
		return w.Code
	}
	require.Equal(t, 200, ask(true, "127.0.0.1:9", ""))
	require.Equal(t, 404, ask(true, "192.0.2.1:9", ""))
	require.Equal(t, 404, ask(true, "127.0.0.1:9", "192.0.2.1"))
	require.Equal(t, 404, ask(false, "127.0.0.1:9", ""), "they have an address of their own")
}

func TestFiguresAtAnAddressOfTheirOwn(t *testing.T) {
	addr := closedAddress(t)
	p := &parts{cfg: config.Config{MetricsAddr: addr}}
	stop, err := p.serveMetrics(func(err error) { t.Error(err) })
	require.NoError(t, err)
	require.Equal(t, 200, status("http://"+addr+"/metrics"))
	require.Equal(t, 404, status("http://"+addr+"/healthz"))
	_, err = p.serveMetrics(func(error) {})
	require.ErrorContains(t, err, "TRIBUNA_METRICS_ADDR")
	require.NoError(t, stop(t.Context()))
}
