package web

import (
	"net/http"
	"strconv"

	"github.com/gorilla/mux"

	"tribuna/models"
)

func (s *Server) emblemRoutes(r *mux.Router) {
	s.get(r, "/emblems/{sha256:[0-9a-f]{64}}", s.emblem)
}

// emblemPath is where a picture is; none is "".
func emblemPath(hash string) string {
	if hash == "" {
		return ""
	}
	return "/emblems/" + hash
}

// emblem shows the picture of a funder. Its address is its content, so it never changes; whatever the picture holds, it
// does nothing but be looked at.
func (s *Server) emblem(w http.ResponseWriter, r *http.Request) error {
	e, err := models.EmblemByHash(r.Context(), s.DB, mux.Vars(r)["sha256"])
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", e.MediaType)
	h.Set("Content-Length", strconv.Itoa(len(e.Bytes)))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox; frame-ancestors 'none'")
	if r.Method != http.MethodHead {
		_, _ = w.Write(e.Bytes) // a reader who went away is no error of ours
	}
	return nil
}
