package web

import (
	"context"
	"html/template"
	"net/http"
	"time"

	"tribuna/internal/i18n"
	"tribuna/models"
)

// Page is what every page needs besides its own content. A page's view struct embeds it:
//
//	type homeView struct {
//		web.Page
//		Waiting []waitingRow
//	}
type Page struct {
	Title    string        // of the document and, unless the page writes its own, of the first heading
	Heading  template.HTML // the title, where a part of it is in another language than the reader's; else ""
	Language string        // the reader's, as a tag that has a catalog
	Path     string        // of this request with its query: where a change of language leads back to
	Viewer   *Viewer       // nil for somebody who is not signed in
	Nav      []NavItem     // of the working and overview layouts
	Active   string        // key of the current NavItem
	Flash    *Flash        // said once, after an action
	NoIndex  bool          // keep search engines away; personal pages set it
	ShownAt  string        // of what a form answered with: the page that it stands for in the browser's history; "" else
}

// language lets Render read the language of any view that embeds Page.
func (p Page) language() string { return p.Language }

// Titled gives a page a title that may hold a name in another language.
func (p Page) Titled(w i18n.Words) Page {
	p.Title, p.Heading = w.Text, w.HTML
	return p
}

// Languages lists the languages of the language switch.
func (p Page) Languages() []LanguageChoice {
	var choices []LanguageChoice
	for _, tag := range i18n.Tags() {
		choices = append(choices, LanguageChoice{Tag: tag, Name: i18n.NativeLanguage(tag), Current: tag == p.Language})
	}
	return choices
}

// LanguageChoice is one entry of the language switch, named in its own language.
type LanguageChoice struct {
	Tag, Name string
	Current   bool
}

// Viewer is the signed-in person as the frame of a page shows them.
type Viewer struct {
	Name     string
	Roles    []models.HeldRole // the widest first
	Language string            // chosen in the profile, "" if none
	Zone     string            // IANA name of the person's time zone, "" if none
}

// NavItem is one entry of the navigation. Label and Short are catalog keys.
type NavItem struct {
	Key, Label, Href, Icon string
	Short                  string // on the bar of a phone, where 12 letters fit; "" shows Label
	Count                  int    // what waits there; 0 shows nothing
	Wide                   bool   // not on the bar of a phone: there the menu of the person leads to it
}

// Flash is a sentence shown once at the top of the next page. Tone is "done", "wait" or "harm".
type Flash struct{ Tone, Text string }

// Moment is an instant together with the zone it is to be read in.
type Moment struct {
	At   time.Time
	Zone *time.Location
}

type contextKey int

const (
	languageKey contextKey = iota
	viewerKey
	requestIDKey
)

// WithViewer stores the signed-in person for the pages below.
func WithViewer(ctx context.Context, v *Viewer) context.Context {
	return context.WithValue(ctx, viewerKey, v)
}

// ViewerFrom returns the signed-in person, nil if there is none.
func ViewerFrom(ctx context.Context) *Viewer {
	v, _ := ctx.Value(viewerKey).(*Viewer)
	return v
}

// WithLanguage stores the language of a request, as a tag that has a catalog.
func WithLanguage(ctx context.Context, tag string) context.Context {
	return context.WithValue(ctx, languageKey, tag)
}

// LanguageOf returns the language to answer a request in: what the middleware Languages found, else what the request
// itself asks for.
func LanguageOf(r *http.Request) string {
	if tag, ok := r.Context().Value(languageKey).(string); ok {
		return tag
	}
	return chooseLanguage(r)
}

// Localizer returns the localizer of a request's language.
func Localizer(r *http.Request) *i18n.Localizer { return i18n.For(LanguageOf(r)) }

// NewPage begins a page for a request. The title is a sentence, already in the reader's language.
func NewPage(r *http.Request, title string) Page {
	p := Page{
		Title:    title,
		Language: LanguageOf(r),
		Path:     r.URL.RequestURI(),
		Viewer:   ViewerFrom(r.Context()),
	}
	if f := frameFrom(r.Context()); f != nil {
		p.Nav, p.Flash = f.nav(), f.flash()
	}
	return p
}
