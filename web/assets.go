package web

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
)

//go:embed static
var staticFiles embed.FS

// Assets are the styles, scripts, fonts and icons of the pages: built by `make assets`, embedded in the binary and
// served under names that carry a hash of their content, so that browsers may keep them for ever.
type Assets struct {
	files  fs.FS
	hashed map[string]string // "app.css" → "dist/app-3F2A.css"
	known  map[string]bool   // every hashed path
	icons  map[string]bool
}

// manifest is what the build writes beside its output.
type manifest struct {
	Files map[string]string `json:"files"`
	Icons []string          `json:"icons"`
}

// LoadAssets reads the embedded assets. It fails when they have not been built.
func LoadAssets() (*Assets, error) {
	files, err := fs.Sub(staticFiles, "static")
	if err != nil {
		return nil, fmt.Errorf("assets: %w", err)
	}
	return loadAssets(files)
}

func loadAssets(files fs.FS) (*Assets, error) {
	raw, err := fs.ReadFile(files, "dist/manifest.json")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errors.New("the styles and scripts of the pages are not built: run `make assets`, then build again")
	}
	if err != nil {
		return nil, fmt.Errorf("assets: %w", err)
	}
	var m manifest
	if err := json.Unmarshal(raw, &m); err != nil {
		return nil, fmt.Errorf("assets: manifest: %w", err)
	}
	a := &Assets{files: files, hashed: m.Files, known: map[string]bool{}, icons: map[string]bool{}}
	for _, f := range m.Files {
		a.known[f] = true
	}
	for _, i := range m.Icons {
		a.icons[i] = true
	}
	return a, nil
}

// Path returns the address of an asset by its plain name ("app.css").
func (a *Assets) Path(name string) (string, error) {
	if hashed, ok := a.hashed[name]; ok {
		return "/static/" + hashed, nil
	}
	if _, err := fs.Stat(a.files, name); err == nil {
		return "/static/" + name, nil
	}
	return "", fmt.Errorf("there is no asset %q", name)
}

// HasIcon reports whether the sprite holds an icon.
func (a *Assets) HasIcon(name string) bool { return a.icons[name] }

// ServeHTTP serves /static/…: compressed where the client takes it, immutable where the name carries a hash.
func (a *Assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(path.Clean(r.URL.Path), "/static/")
	raw, err := fs.ReadFile(a.files, name)
	if err != nil || strings.HasSuffix(name, ".gz") || path.Base(name) == "manifest.json" {
		w.Header().Set("Cache-Control", "no-store")
		http.Error(w, http.StatusText(http.StatusNotFound), http.StatusNotFound)
		return
	}
	h := w.Header()
	h.Set("Content-Type", contentType(name))
	h.Set("Cache-Control", "public, max-age=3600")
	if a.known[name] {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	if zipped, err := fs.ReadFile(a.files, name+".gz"); err == nil {
		h.Set("Vary", "Accept-Encoding")
		if acceptsGzip(r) {
			h.Set("Content-Encoding", "gzip")
			raw = zipped
		}
	}
	h.Set("Content-Length", fmt.Sprint(len(raw)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(raw) // a reader who went away is no error of ours
	}
}

func contentType(name string) string {
	switch ext := path.Ext(name); ext {
	case ".woff2":
		return "font/woff2"
	case ".txt":
		return "text/plain; charset=utf-8"
	default:
		if t := mime.TypeByExtension(ext); t != "" {
			return t
		}
		return "application/octet-stream"
	}
}

func acceptsGzip(r *http.Request) bool {
	for _, part := range strings.Split(r.Header.Get("Accept-Encoding"), ",") {
		coding, q, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.EqualFold(strings.TrimSpace(coding), "gzip") {
			return strings.ReplaceAll(q, " ", "") != "q=0"
		}
	}
	return false
}
