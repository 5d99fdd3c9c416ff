// Package clientaddr says from which network address a request comes, for limits on attempts.
package clientaddr

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

const forwardedFor = "X-Forwarded-For"

// Of returns the network address of a request's client. It is the one the connection comes from; where that is a
// trusted proxy, it is the right-most entry of X-Forwarded-For that is none, because everything left of that was
// written by the client itself.
func Of(r *http.Request, trusted []netip.Prefix) string {
	host := r.RemoteAddr
	if h, _, err := net.SplitHostPort(r.RemoteAddr); err == nil {
		host = h
	}
	if !among(host, trusted) {
		return host
	}
	hops := strings.Split(strings.Join(r.Header.Values(forwardedFor), ","), ",")
	for _, hop := range slices.Backward(hops) {
		address, err := netip.ParseAddr(strings.TrimSpace(hop))
		if err != nil {
			return host // nothing beyond can be believed
		}
		host = address.Unmap().String()
		if !among(host, trusted) {
			return host
		}
	}
	return host
}

// IsLocal reports whether a request comes from this machine and through no proxy.
func IsLocal(r *http.Request) bool {
	address, err := netip.ParseAddrPort(r.RemoteAddr)
	return err == nil && address.Addr().Unmap().IsLoopback() && !Forwarded(r)
}

// Forwarded reports whether a proxy says that it passed the request on.
func Forwarded(r *http.Request) bool {
	for name := range r.Header {
		if name == "Forwarded" || name == "X-Real-Ip" || strings.HasPrefix(name, "X-Forwarded-") {
			return true
		}
	}
	return false
}

func among(host string, networks []netip.Prefix) bool {
	address, err := netip.ParseAddr(host)
	return err == nil && slices.ContainsFunc(networks, func(p netip.Prefix) bool { return p.Contains(address.Unmap().WithZone("")) })
}
