package word

import (
	"context"
	"fmt"
	"strings"
	"time"

	"tribuna/internal/i18n"
)

// Certificate says that somebody reviewed a recommendation.
type Certificate struct {
	Name            string
	Title, Language string // of the text, where it may be told; else ""
	Network         string // for whom
	On              time.Time
	Zone            *time.Location
	Address         string // of the installation
}

// Document is a certificate in the words of a language.
func (c Certificate) Document(l *i18n.Localizer) Document {
	in := &composer{words: l, doc: Document{Language: l.Tag(), Title: l.T("certificate.title"), Organisation: unmarked(c.Network)}}
	who, on := in.fill(l.T("certificate.that", "Name", gap), "**"+escape(c.Name)+"**"), l.Date(c.On, c.Zone)
	what := escape(l.T("certificate.some", "Network", c.Network, "Date", on))
	if c.Title != "" {
		what = in.fill(l.T("certificate.text", "Title", gap, "Network", c.Network, "Date", on), in.in(c.Title, c.Language))
	}
	in.add(who+" "+what, escape(l.T("certificate.no_more")), escape(c.Network)+", "+escape(c.Address))
	in.doc.Markdown = strings.Join(in.parts, "\n\n") + "\n"
	return in.doc
}

// PrintOnce prints a document of which nothing is kept here.
func (c *Converter) PrintOnce(ctx context.Context, d Document) ([]byte, error) {
	if !c.Writes(PDF) {
		return nil, NotInstalled(PDF.Program())
	}
	leave, err := c.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	file, err := c.pdf(ctx, d)
	if err != nil {
		return nil, fmt.Errorf("print a document: %w", err)
	}
	return file, nil
}
