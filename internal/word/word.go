// Package word brings texts in from Word files and takes them out again, as Word files and as tagged PDF.
//
// It leans on two optional programs: pandoc reads and writes .docx, Chromium prints PDF. They are looked for once, at the
// start; what is missing is not offered. Every conversion has a temporary folder of its own and limits on time, memory and
// size, runs without a network where the system allows that, and never more than two run at once.
//
// What lies between Word and Tribuna is the document tree of pandoc (ast.go): it is cut down to what the dialect of
// internal/markdown can show, so that nothing comes in that could not be read, and nothing goes out that was never seen.
package word

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"tribuna/internal/apperr"
	"tribuna/internal/files"
)

// MaxFile is the largest file that is read, in bytes.
const MaxFile = 20 << 20

const (
	maxResult    = 5 << 20 // bytes of what is written
	maxBody      = 400_000 // letters of a text, as models.Draft has it
	patience     = 60 * time.Second
	atOnce       = 2
	queueingMost = 30 * time.Second
)

// Form is what a text goes out as.
type Form string

// The forms, as addresses and file names end.
const (
	DOCX Form = "docx"
	PDF  Form = "pdf"
)

var mediaTypes = map[Form]string{
	DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	PDF:  "application/pdf",
}

// MediaType names the form in a header.
func (f Form) MediaType() string { return mediaTypes[f] }

// Program is the package of the program that writes the form.
func (f Form) Program() string {
	if f == PDF {
		return "chromium"
	}
	return "pandoc"
}

// Options name the programs: a path or a name on the PATH, "" for the usual names, "off" for none.
type Options struct {
	Pandoc, Chromium string
	Log              *slog.Logger
}

// Converter does what the programs found allow. A nil Converter does nothing.
type Converter struct {
	pandoc, chromium *program // nil: not there
	log              *slog.Logger
	running          chan struct{}
	kept             *shelf

	mu    sync.Mutex
	naked bool // Chromium's own sandbox was tried and does not work here
}

// Find looks for the programs and logs what it found. A program that was named and cannot be run is an error; one that
// nobody named may be missing.
func Find(ctx context.Context, o Options) (*Converter, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	c := &Converter{log: o.Log, running: make(chan struct{}, atOnce), kept: newShelf()}
	var err error
	if c.pandoc, err = find(ctx, "TRIBUNA_PANDOC", o.Pandoc, "pandoc"); err != nil {
		return nil, err
	}
	if c.chromium, err = find(ctx, "TRIBUNA_CHROMIUM", o.Chromium, "chromium", "chromium-browser", "google-chrome"); err != nil {
		return nil, err
	}
	for name, p := range map[string]*program{"pandoc": c.pandoc, "chromium": c.chromium} {
		if p == nil {
			c.log.Info("an optional program is not there", "program", name)
			continue
		}
		c.log.Info("an optional program is there", "program", name, "path", p.path, "version", p.version, "without_network", p.alone)
	}
	return c, nil
}

// ReadsWord reports whether Word files can be read and written.
func (c *Converter) ReadsWord() bool { return c != nil && c.pandoc != nil }

// Writes reports whether texts can go out in a form.
func (c *Converter) Writes(f Form) bool {
	switch f {
	case DOCX:
		return c.ReadsWord()
	case PDF:
		return c != nil && c.chromium != nil
	}
	return false
}

// Missing lists, by the names of their packages, the programs that are not there.
func (c *Converter) Missing() []string {
	var names []string
	if !c.ReadsWord() {
		names = append(names, "pandoc")
	}
	if !c.Writes(PDF) {
		names = append(names, "chromium")
	}
	return names
}

// NotInstalled is the error of asking for what a missing program would do.
func NotInstalled(program string) error {
	return &apperr.Error{Code: apperr.CodeNotInstalled, What: program, Args: map[string]any{"Program": program}}
}

// TooLarge says of a file that it is larger than is read.
func TooLarge() error { return apperr.Invalid(files.Field, "word_size", "megabytes", MaxFile>>20) }

// enter waits for its turn; leave is called when done.
func (c *Converter) enter(ctx context.Context) (leave func(), err error) {
	wait, cancel := context.WithTimeout(ctx, queueingMost)
	defer cancel()
	select {
	case c.running <- struct{}{}:
		return func() { <-c.running }, nil
	case <-wait.Done():
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, apperr.About(apperr.CodeUnavailable, "converter")
	}
}
