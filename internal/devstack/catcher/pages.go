package catcher

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

//go:embed views
var files embed.FS

// Sizes of one page of the list and of one answer in JSON.
const (
	pageSize     = 50
	defaultLimit = 100
	maxLimit     = 1000
)

// The page may load its own style and frame its own mails, nothing else. A
// mail brings styles of its own and is framed by the page alone; links in it
// open in the whole window, scripts and forms do nothing.
const (
	pageCSP = "default-src 'none'; style-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
	mailCSP = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; " +
		"sandbox allow-popups allow-top-navigation-by-user-activation"
)

// pages serves the mails under a prefix.
type pages struct {
	store  *store
	prefix string
	views  *template.Template
}

// Handler serves, under prefix (like /dev/mails):
//
//	GET prefix              the mails, newest first; ?to= ?subject= ?page=
//	GET prefix.json         {"mails": [...], "total": n} in order of arrival;
//	                        ?to= ?subject= ?limit= ?after= (an id or an RFC 3339 time)
//	GET prefix/{id}         one mail as a page
//	GET prefix/{id}.json    one mail with headers, text and html
//	GET prefix/{id}.eml     one mail as it came
//	GET prefix/{id}/html    its HTML part, to be framed
//
// It answers anybody: mount it where only the person in front of the machine
// can reach it.
func (c *Catcher) Handler(prefix string) http.Handler {
	p := &pages{store: c.store, prefix: prefix}
	p.views = template.Must(template.New("").Funcs(template.FuncMap{
		"prefix":  func() string { return prefix },
		"linkify": linkify,
		"when":    func(t time.Time) string { return t.Local().Format("2 Jan 2006, 15:04:05") },
		"join":    strings.Join,
	}).ParseFS(files, "views/*.html"))
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+prefix, p.list)
	mux.HandleFunc("GET "+prefix+".json", p.listJSON)
	mux.HandleFunc("GET "+prefix+"/style.css", p.style)
	mux.HandleFunc("GET "+prefix+"/{id}", p.one)
	mux.HandleFunc("GET "+prefix+"/{id}/html", p.htmlPart)
	return mux
}

// listView is what views/list.html shows.
type listView struct {
	To, Subject string
	Mails       []Message
	Total       int
	Newer       string // address of the page with newer mails, empty on the first
	Older       string
}

func (p *pages) list(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	page := max(1, number(q.Get("page"), 1))
	view := listView{To: q.Get("to"), Subject: q.Get("subject")}
	offset := (page - 1) * pageSize
	view.Mails, view.Total = p.store.find(Filter{
		To: view.To, Subject: view.Subject, Offset: offset, Limit: pageSize, Newest: true,
	})
	if page > 1 {
		view.Newer = p.pageURL(view, page-1)
	}
	if offset+pageSize < view.Total {
		view.Older = p.pageURL(view, page+1)
	}
	p.render(w, http.StatusOK, "list.html", view)
}

func (p *pages) pageURL(v listView, page int) string {
	q := url.Values{"page": {strconv.Itoa(page)}}
	if v.To != "" {
		q.Set("to", v.To)
	}
	if v.Subject != "" {
		q.Set("subject", v.Subject)
	}
	return p.prefix + "?" + q.Encode()
}

func (p *pages) listJSON(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	f := Filter{
		To: q.Get("to"), Subject: q.Get("subject"), After: q.Get("after"),
		Limit: min(maxLimit, max(1, number(q.Get("limit"), defaultLimit))),
	}
	if t, err := time.Parse(time.RFC3339Nano, f.After); err == nil {
		f.After, f.AfterTime = "", t
	}
	mails, total := p.store.find(f)
	if mails == nil {
		mails = []Message{}
	}
	respondJSON(w, map[string]any{"mails": mails, "total": total})
}

// one serves a mail as page, JSON or raw, by the ending of its name.
func (p *pages) one(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("id")
	if id, ok := strings.CutSuffix(name, ".eml"); ok {
		p.raw(w, id)
		return
	}
	id, wantsJSON := strings.CutSuffix(name, ".json")
	mail, err := p.store.read(id)
	switch {
	case err != nil:
		p.fail(w, err)
	case wantsJSON:
		respondJSON(w, mail)
	default:
		p.render(w, http.StatusOK, "mail.html", mail)
	}
}

func (p *pages) raw(w http.ResponseWriter, id string) {
	_, text, err := p.store.raw(id)
	if err != nil {
		p.fail(w, err)
		return
	}
	w.Header().Set("Content-Type", "message/rfc822")
	w.Header().Set("Content-Disposition", "attachment; filename="+id+".eml")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write(text)
}

func (p *pages) htmlPart(w http.ResponseWriter, r *http.Request) {
	mail, err := p.store.read(r.PathValue("id"))
	if err != nil {
		p.fail(w, err)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", mailCSP)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Referrer-Policy", "no-referrer")
	// A surrounding handler may forbid framing altogether; the policy above
	// says by whom this may be framed.
	w.Header().Del("X-Frame-Options")
	_, _ = w.Write([]byte(withBase(mail.HTML)))
}

// withBase makes links leave the frame.
func withBase(html string) string {
	const base = `<base target="_top">`
	if at := strings.Index(strings.ToLower(html), "<head>"); at >= 0 {
		at += len("<head>")
		return html[:at] + base + html[at:]
	}
	return base + html
}

func (p *pages) style(w http.ResponseWriter, _ *http.Request) {
	css, err := files.ReadFile("views/style.css")
	if err != nil {
		p.fail(w, err)
		return
	}
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write(css)
}

func (p *pages) fail(w http.ResponseWriter, err error) {
	status := http.StatusInternalServerError
	if errors.Is(err, ErrNotFound) {
		status = http.StatusNotFound
	}
	p.render(w, status, "error.html", status == http.StatusNotFound)
}

func (p *pages) render(w http.ResponseWriter, status int, name string, view any) {
	var page bytes.Buffer
	if err := p.views.ExecuteTemplate(&page, name, view); err != nil {
		http.Error(w, "The page could not be made.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", pageCSP)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Referrer-Policy", "no-referrer")
	w.WriteHeader(status)
	_, _ = page.WriteTo(w)
}

func respondJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_ = json.NewEncoder(w).Encode(v)
}

func number(s string, otherwise int) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return otherwise
	}
	return n
}

// segment is a piece of a text part: words, or a link.
type segment struct{ Words, Link string }

// linkify splits a text at its links.
func linkify(text string) []segment {
	var out []segment
	at := 0
	for _, span := range plainLink.FindAllStringIndex(text, -1) {
		link := trimLink(text[span[0]:span[1]])
		out = append(out, segment{Words: text[at:span[0]]}, segment{Link: link})
		at = span[0] + len(link)
	}
	return append(out, segment{Words: text[at:]})
}
