package web

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
)

// Live is the part of a page that keeps itself up to date: its template "live" asks for itself again and again, with the
// tag of what the reader sees, and is answered with nothing while that is still how things stand. Without a script the
// reader reloads the page.
type Live struct {
	Here      string // address of the page with what narrows it
	Condition string // header of the next request
	Until     string // goes along with the form "I have seen this"; it is no change by itself
}

func (l *Live) live() *Live { return l }

// liveView is a view whose page has a live part.
type liveView interface {
	view
	live() *Live
}

func newLive(r *http.Request) *Live { return &Live{Here: r.URL.RequestURI()} }

// renderLive answers with a page, or with its live part alone where that asks for itself.
func (s *Server) renderLive(w http.ResponseWriter, r *http.Request, page string, v liveView) error {
	part := v.live()
	until := part.Until
	part.Until = ""
	body, err := s.Engine.execute(page, "live", v)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(body)
	tag := `"` + hex.EncodeToString(sum[:12]) + `"`
	part.Until, part.Condition = until, `{"If-None-Match":`+quoteJSON(tag)+`}`
	w.Header().Set("ETag", tag)
	w.Header().Add("Vary", "HX-Request")
	switch {
	case r.Header.Get("HX-Request") == "":
		s.Engine.Render(w, r, http.StatusOK, page, v)
	case r.Header.Get("If-None-Match") == tag:
		w.Header().Set("Cache-Control", "no-store")
		w.WriteHeader(http.StatusNotModified)
	default:
		s.Engine.RenderPart(w, r, http.StatusOK, page, "live", v)
	}
	return nil
}

// quoteJSON quotes what holds nothing to be escaped but quotation marks.
func quoteJSON(s string) string { return `"` + strings.ReplaceAll(s, `"`, `\"`) + `"` }
