package main

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/config"
	"tribuna/internal/telemetry"
)

func TestFiguresAreForThisMachineAlone(t *testing.T) {
	ask := func(figures http.Handler, remote, forwarded string) int {
		mux := http.NewServeMux()
		mountHealth(mux, nil, figures)
		r := httptest.NewRequest(http.MethodGet, "/metrics", nil)
		r.RemoteAddr = remote
		if forwarded != "" {
			r.Header.Set("X-Forwarded-For", forwarded)
		}
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, r)
		return w.Code
	}
	figures := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	require.Equal(t, 200, ask(figures, "127.0.0.1:9", ""))
	require.Equal(t, 404, ask(figures, "192.0.2.1:9", ""))
	require.Equal(t, 404, ask(figures, "127.0.0.1:9", "192.0.2.1"))
	require.Equal(t, 404, ask(nil, "127.0.0.1:9", ""), "they have an address of their own")
}

func TestFiguresAtAnAddressOfTheirOwn(t *testing.T) {
	addr := closedAddress(t)
	figures, err := telemetry.Start(t.Context(), telemetry.Options{Part: "serve"})
	require.NoError(t, err)
	p := &parts{cfg: config.Config{MetricsAddr: addr}, telemetry: figures}
	stop, err := p.serveMetrics(nil, func(err error) { t.Error(err) })
	require.NoError(t, err)
	require.Equal(t, 200, status("http://"+addr+"/metrics"))
	require.Equal(t, 404, status("http://"+addr+"/healthz"))
	_, err = p.serveMetrics(nil, func(error) {})
	require.ErrorContains(t, err, "TRIBUNA_METRICS_ADDR")
	require.NoError(t, stop(t.Context()))
}
