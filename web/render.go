package web

import (
	"bytes"
	"compress/gzip"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"

	"tribuna/internal/i18n"
)

//go:embed views
var viewFiles embed.FS

// Engine renders pages. Templates are parsed once per language at start-up with functions bound to that language:
// swapping functions per request would show one reader another's language.
type Engine struct {
	assets *Assets
	zone   *time.Location
	now    func() time.Time
	pages  map[string]map[string]*template.Template // language → page → template
}

// EngineOptions configure NewEngine.
type EngineOptions struct {
	Assets *Assets
	Zone   *time.Location   // in which moments are shown unless a page says otherwise; nil means UTC
	Now    func() time.Time // nil means time.Now
}

// NewEngine parses every page in every language.
func NewEngine(o EngineOptions) (*Engine, error) {
	views, err := fs.Sub(viewFiles, "views")
	if err != nil {
		return nil, fmt.Errorf("views: %w", err)
	}
	return newEngine(views, o)
}

func newEngine(views fs.FS, o EngineOptions) (*Engine, error) {
	if o.Assets == nil {
		return nil, errors.New("views: assets are missing")
	}
	e := &Engine{assets: o.Assets, zone: o.Zone, now: o.Now, pages: map[string]map[string]*template.Template{}}
	if e.zone == nil {
		e.zone = time.UTC
	}
	if e.now == nil {
		e.now = time.Now
	}
	for _, tag := range i18n.Tags() {
		pages, err := e.parse(views, i18n.For(tag))
		if err != nil {
			return nil, err
		}
		e.pages[tag] = pages
	}
	return e, nil
}

// parse builds the pages of one language. Files directly under views are pages, files in its folders are layouts,
// components and the pages' own parts, known to all pages by the names that they define.
func (e *Engine) parse(views fs.FS, l *i18n.Localizer) (map[string]*template.Template, error) {
	funcs := e.funcs(l)
	shared, err := template.New("").Funcs(funcs).ParseFS(views, "*/*.html")
	if err != nil {
		return nil, fmt.Errorf("views: %w", err)
	}
	e.still(l, shared.Templates())
	files, err := fs.Glob(views, "*.html")
	if err != nil {
		return nil, fmt.Errorf("views: %w", err)
	}
	pages := map[string]*template.Template{}
	for _, file := range files {
		text, err := fs.ReadFile(views, file)
		if err != nil {
			return nil, fmt.Errorf("views: %w", err)
		}
		name := strings.TrimSuffix(path.Base(file), ".html")
		page, err := template.New(name).Funcs(funcs).Option("missingkey=error").Parse(string(text))
		if err == nil {
			e.still(l, page.Templates())
			err = borrow(page, shared)
		}
		if err != nil {
			return nil, fmt.Errorf("views: %w", err)
		}
		pages[name] = page
	}
	return pages, nil
}

// Pages lists the names of all pages, for tests that render every one.
func (e *Engine) Pages() []string {
	var names []string
	for name := range e.pages[i18n.Default] {
		names = append(names, name)
	}
	return names
}

// view is what Render takes: any struct that embeds Page.
type view interface{ language() string }

// Render writes a page. It is rendered into a buffer first, so that a mistake in a template becomes an error page and
// never half a page. HEAD gets the same headers without the body.
func (e *Engine) Render(w http.ResponseWriter, r *http.Request, status int, page string, v view) {
	e.RenderPart(w, r, status, page, page, v)
}

// RenderPart writes one named template of a page, for the pieces that htmx puts into a page that stands already.
func (e *Engine) RenderPart(w http.ResponseWriter, r *http.Request, status int, page, part string, v view) {
	written, packed := buffers.Get().(*bytes.Buffer), buffers.Get().(*bytes.Buffer)
	defer giveBack(written, packed)
	if err := e.write(written, page, part, v); err != nil {
		e.broken(w, r, err)
		return
	}
	body := written.Bytes()
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", v.language())
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "no-store") // pages hold what only their reader may see
	}
	h.Add("Vary", "Accept-Encoding")
	if len(body) > worthPacking && acceptsGzip(r) {
		h.Set("Content-Encoding", "gzip")
		body = zipped(packed, body)
	}
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // a reader who went away is no error of ours
	}
}

// worthPacking is from how many bytes on a page is compressed: less goes in one packet anyhow. Pages hold no secrets that
// what else they show could be made to reveal: forms are protected by where they come from, not by a word in them.
const worthPacking = 1200

// packLevel takes half the time of the usual one for some hundredths more bytes.
const packLevel = 3

var packers = sync.Pool{New: func() any {
	z, err := gzip.NewWriterLevel(nil, packLevel)
	if err != nil {
		panic(err) // a wrong level is our own mistake
	}
	return z
}}

// buffers are what pages are written into, used again and again: a page of half a megabyte would be copied each time it outgrows
// its buffer, and leave all of them behind.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// largestKept is up to what size a buffer is kept for the next page.
const largestKept = 1 << 20

func giveBack(used ...*bytes.Buffer) {
	for _, b := range used {
		if b.Cap() <= largestKept {
			b.Reset()
			buffers.Put(b)
		}
	}
}

func zipped(out *bytes.Buffer, body []byte) []byte {
	z := packers.Get().(*gzip.Writer)
	defer packers.Put(z)
	z.Reset(out)
	_, _ = z.Write(body) // a Buffer takes everything
	_ = z.Close()
	return out.Bytes()
}

func (e *Engine) execute(page, part string, v view) ([]byte, error) {
	var body bytes.Buffer
	err := e.write(&body, page, part, v)
	return body.Bytes(), err
}

// Piece renders a named template of a page by itself, in a language: what stands in hundreds of rows alike need not be made for each.
func (e *Engine) Piece(language, page, part string, data any) (template.HTML, error) {
	t := e.pages[language][page]
	if t == nil {
		return "", fmt.Errorf("there is no page %q in language %q", page, language)
	}
	var made strings.Builder
	if err := t.ExecuteTemplate(&made, part, data); err != nil {
		return "", fmt.Errorf("part %s: %w", part, err)
	}
	return template.HTML(made.String()), nil //nolint:gosec // a template escaped it
}

func (e *Engine) write(body *bytes.Buffer, page, part string, v view) error {
	t := e.pages[v.language()][page]
	if t == nil {
		return fmt.Errorf("there is no page %q in language %q", page, v.language())
	}
	if err := t.ExecuteTemplate(body, part, v); err != nil {
		return fmt.Errorf("page %s: %w", page, err)
	}
	return nil
}
