package clientaddr_test

import (
	"net/http/httptest"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/clientaddr"
)

func TestOf(t *testing.T) {
	proxies := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}
	for name, c := range map[string]struct {
		remote    string
		forwarded []string
		trusted   []netip.Prefix
		want      string
	}{
		"nobody trusted":          {"10.0.0.1:9", []string{"203.0.113.7"}, nil, "10.0.0.1"},
		"not a proxy":             {"198.51.100.2:9", []string{"203.0.113.7"}, proxies, "198.51.100.2"},
		"one proxy":               {"10.0.0.1:9", []string{"203.0.113.7"}, proxies, "203.0.113.7"},
		"the client wrote a line": {"10.0.0.1:9", []string{"192.0.2.1, 203.0.113.7"}, proxies, "203.0.113.7"},
		"two proxies":             {"10.0.0.1:9", []string{"192.0.2.1, 203.0.113.7", "10.0.0.9"}, proxies, "203.0.113.7"},
		"said nothing":            {"10.0.0.1:9", nil, proxies, "10.0.0.1"},
		"said nonsense":           {"10.0.0.1:9", []string{"203.0.113.7, unknown"}, proxies, "10.0.0.1"},
		"version 6":               {"[fd00::1]:9", []string{"2001:db8::7"}, proxies, "2001:db8::7"},
		"4 written as 6":          {"[::ffff:10.0.0.1]:9", []string{"::ffff:203.0.113.7"}, proxies, "203.0.113.7"},
		"no port":                 {"pipe", nil, proxies, "pipe"},
	} {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest("GET", "/", nil)
			r.RemoteAddr = c.remote
			r.Header["X-Forwarded-For"] = c.forwarded
			require.Equal(t, c.want, clientaddr.Of(r, c.trusted))
		})
	}
}

func TestIsLocal(t *testing.T) {
	r := httptest.NewRequest("GET", "/", nil)
	for remote, want := range map[string]bool{"127.0.0.1:9": true, "[::1]:9": true, "192.0.2.1:9": false, "pipe": false} {
		r.RemoteAddr = remote
		require.Equal(t, want, clientaddr.IsLocal(r), remote)
	}
	for _, name := range []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP"} {
		r = httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = "127.0.0.1:9"
		r.Header.Set(name, "")
		require.False(t, clientaddr.IsLocal(r), name)
	}
}
