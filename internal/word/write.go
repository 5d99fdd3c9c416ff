package word

import (
	"bytes"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"os"
	"path/filepath"

	"tribuna/internal/markdown"
)

// Document is a text with all that goes out with it.
type Document struct {
	Language                        string // tag
	Title, Kind, Organisation, Date string // as they are read
	Around                          string // language of kind and date, where that is not the text's: a language without catalog
	Markdown                        string // with marks: see marks.go
	Pictures                        []Picture
}

// Tag is the mark of what a document looks like in a form: it changes with every word in it, with the program, and with
// the looks.
func (c *Converter) Tag(d Document, f Form) string {
	raw, _ := json.Marshal(d) // strings can always be encoded
	sum := sha256.Sum256(fmt.Appendf(raw, "\n%s\n%s\n%s\n%s", f, c.writer(f).version, printing, chromiumArgs))
	return hex.EncodeToString(sum[:16])
}

func (c *Converter) writer(f Form) *program {
	if f == PDF {
		return c.chromium
	}
	return c.pandoc
}

// Kept reports whether a document lies ready in a form, so that giving it out costs nothing.
func (c *Converter) Kept(d Document, f Form) bool {
	return c.Writes(f) && c.kept.get(c.Tag(d, f)) != nil
}

// Write gives a document out in a form.
func (c *Converter) Write(ctx context.Context, d Document, f Form) ([]byte, error) {
	if !c.Writes(f) {
		return nil, NotInstalled(f.Program())
	}
	tag := c.Tag(d, f)
	if file := c.kept.get(tag); file != nil {
		return file, nil
	}
	leave, err := c.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	if file := c.kept.get(tag); file != nil { // somebody before us asked for the same
		return file, nil
	}
	write := c.docx
	if f == PDF {
		write = c.pdf
	}
	file, err := write(ctx, d)
	if err != nil {
		return nil, fmt.Errorf("write a text as %s: %w", f, err)
	}
	c.kept.put(tag, file)
	return file, nil
}

// topLevel is the level of the widest heading of a text; 2 where there is none.
func topLevel(source string) int {
	top := 0
	for _, b := range markdown.Blocks(source) {
		if b.Kind == markdown.KindHeading && (top == 0 || b.Level < top) {
			top = b.Level
		}
	}
	if top == 0 {
		return 2
	}
	return top
}

func (c *Converter) docx(ctx context.Context, d Document) ([]byte, error) {
	doc, err := c.tree(ctx, []byte(d.Markdown), "--from="+dialect, fmt.Sprintf("--shift-heading-level-by=%d", 1-topLevel(d.Markdown)))
	if err != nil {
		return nil, err
	}
	t := &tidy{goes: &d}
	doc.Blocks = t.blocks(doc.Blocks)
	if t.err != nil {
		return nil, t.err
	}
	doc.Meta = map[string]node{"lang": of("MetaString", d.Language)}
	for name, text := range map[string]string{"title": d.Title, "subtitle": spoken(d.Kind, d.Around), "date": spoken(d.Date, d.Around)} {
		if text != "" {
			doc.Meta[name] = of("MetaInlines", speak(words(text)))
		}
	}
	if d.Organisation != "" {
		doc.Meta["author"] = of("MetaList", []node{of("MetaInlines", words(d.Organisation))})
	}
	// Not with --sandbox, in which Debian's pandoc does not find the template of a Word file. What could make it read anything
	// else, a picture or raw code, is not in a tidied tree but where we put it: emblems, and runs that say their language.
	pictures := make(map[string][]byte, len(d.Pictures))
	for i, p := range d.Pictures {
		pictures[p.name(i)] = p.Bytes
	}
	return c.writeWith(ctx, pictures, doc, maxResult, "--to=docx", "--output=-")
}

//go:embed print.html
var printFile embed.FS

var (
	printPage   = template.Must(template.ParseFS(printFile, "print.html"))
	printing, _ = printFile.ReadFile("print.html") // embedded: it can be read
)

// printView is what is printed.
type printView struct {
	Document
	Text template.HTML
}

func (c *Converter) pdf(ctx context.Context, d Document) ([]byte, error) {
	text, err := markdown.Render(d.Markdown, markdown.WithHeadingShift(2-topLevel(d.Markdown)))
	if err != nil {
		return nil, err
	}
	var page bytes.Buffer
	if err := printPage.Execute(&page, printView{d, d.show(text)}); err != nil {
		return nil, err
	}
	file, err := c.print(ctx, page.Bytes(), c.sandboxed())
	var ended *exitError
	if c.sandboxed() && (errors.As(err, &ended) || errors.Is(err, errNothing)) {
		c.log.WarnContext(ctx, "Chromium does not print inside its own sandbox here; going on without it: what is printed has no scripts and loads nothing", "error", err)
		if file, err = c.print(ctx, page.Bytes(), false); err == nil {
			c.mu.Lock()
			c.naked = true
			c.mu.Unlock()
		}
	}
	return file, err
}

// sandboxed reports whether Chromium can keep its own sandbox: not as root, and not where that was tried in vain.
func (c *Converter) sandboxed() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !c.naked && (c.chromium.alone || os.Geteuid() != 0)
}

var errNothing = errors.New("the program wrote nothing")

// chromiumArgs keep a browser from doing anything but printing: no network, no services in the background. The page itself
// forbids scripts and everything that would have to be loaded. What a browser calls itself is what the file says it was created with.
var chromiumArgs = []string{"--user-agent=Tribuna", "--headless", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking",
	"--disable-component-update", "--disable-sync", "--disable-extensions", "--disable-default-apps", "--proxy-server=http://127.0.0.1:9",
	"--no-pdf-header-footer", "--generate-pdf-document-outline"}

// print has Chromium print a page. It tags what it prints by itself.
func (c *Converter) print(ctx context.Context, page []byte, sandboxed bool) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return inFolder(func(dir string) ([]byte, error) {
		source, result := filepath.Join(dir, "text.html"), filepath.Join(dir, "text.pdf")
		if err := os.WriteFile(source, page, 0o600); err != nil {
			return nil, err
		}
		args := append([]string{"--user-data-dir=" + filepath.Join(dir, "profile"), "--print-to-pdf=" + result}, chromiumArgs...)
		if !sandboxed {
			args = append(args, "--no-sandbox")
		}
		if _, err := c.chromium.run(ctx, dir, nil, 1<<16, append(args, "file://"+source)...); err != nil {
			return nil, err
		}
		return readResult(result)
	})
}

func readResult(path string) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil || info.Size() == 0:
		return nil, errNothing
	case info.Size() > maxResult:
		return nil, errTooMuch
	}
	return os.ReadFile(path)
}
