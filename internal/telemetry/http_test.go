package telemetry

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/gorilla/mux"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace/noop"
)

// What somebody can put into an address, above all a personal link, must not get into figures and traces.
func TestAddressesAreToldAsTemplates(t *testing.T) {
	traces := tracetest.NewInMemoryExporter()
	told, err := Start(t.Context(), Options{Part: "serve", Exporter: traces})
	require.NoError(t, err)
	t.Cleanup(func() {
		require.NoError(t, told.Stop(t.Context()))
		otel.SetTracerProvider(noop.NewTracerProvider())
	})
	r := mux.NewRouter()
	r.Use(Route)
	r.HandleFunc("/l/{token}", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusSeeOther) })
	r.HandleFunc("/broken", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) })
	for _, ask := range []struct{ method, path string }{{"GET", "/l/secret"}, {"GET", "/nowhere/secret"}, {"SECRET", "/l/secret"}, {"GET", "/broken?secret"}} {
		Requests(r).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(ask.method, ask.path, nil))
	}

	w := httptest.NewRecorder()
	told.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	text, err := io.ReadAll(w.Body)
	require.NoError(t, err)
	for _, series := range []string{
		`http_server_request_duration_seconds_count{http_request_method="GET",http_response_status_code="303",http_route="/l/{token}"} 1`,
		`http_server_request_duration_seconds_count{http_request_method="GET",http_response_status_code="404",http_route="other"} 1`,
		`http_server_request_duration_seconds_count{http_request_method="_OTHER",http_response_status_code="303",http_route="/l/{token}"} 1`,
	} {
		require.Contains(t, string(text), series)
	}
	require.NotContains(t, string(text), "secret")
	for _, s := range traces.GetSpans() {
		require.NotContains(t, s.Name, "secret")
		for _, a := range s.Attributes {
			require.NotContains(t, a.Value.String(), "secret")
		}
	}
	require.Len(t, traces.GetSpans(), 4)
}
