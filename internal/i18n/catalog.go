package i18n

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"sort"
	"sync/atomic"

	goi18n "github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

//go:embed catalogs
var catalogFiles embed.FS

// library holds one localizer per language. It is built once at start-up and only read afterwards.
type library struct {
	names      []string
	matcher    language.Matcher
	matched    []string // catalog of each tag the matcher knows
	localizers map[string]*Localizer
	everywhere map[string]string // languages that have one name in all of them
}

// shelf is what is spoken. It changes in tests alone, which add a language.
var shelf atomic.Pointer[library]

func init() { shelf.Store(mustLoad()) }

// Use speaks the languages of another set of catalogs until restore is called: so a test adds a language.
func Use(files fs.FS) (restore func(), err error) {
	lib, err := load(files)
	if err != nil {
		return nil, err
	}
	before := shelf.Swap(lib)
	return func() { shelf.Store(before) }, nil
}

// Catalogs are the files that are spoken: catalogs/<tag>/.
func Catalogs() fs.FS { return catalogFiles }

// mustLoad panics on a broken catalog: the files are part of the binary, so this is a mistake of its builder that
// every test run finds.
func mustLoad() *library {
	lib, err := load(catalogFiles)
	if err != nil {
		panic(err)
	}
	return lib
}

func load(files fs.FS) (*library, error) {
	folders, err := fs.ReadDir(files, "catalogs")
	if err != nil {
		return nil, fmt.Errorf("read catalogs: %w", err)
	}
	lib := &library{localizers: map[string]*Localizer{}, everywhere: map[string]string{}}
	catalogs := map[string]catalog{}
	for _, f := range folders {
		if !f.IsDir() {
			continue
		}
		c, err := readCatalog(files, f.Name())
		if err != nil {
			return nil, err
		}
		catalogs[f.Name()] = c
		lib.names = append(lib.names, f.Name())
	}
	sort.Slice(lib.names, func(i, j int) bool { // English first: the matcher's last resort
		a, b := lib.names[i], lib.names[j]
		return a == Default || (b != Default && a < b)
	})
	english, err := engineOf(catalogs[Default])
	if err != nil {
		return nil, fmt.Errorf("catalog %s: %w", Default, err)
	}
	var tags, others []language.Tag
	var forOthers []string
	for _, name := range lib.names {
		c := catalogs[name]
		tags = append(tags, c.tag)
		lib.matched = append(lib.matched, name)
		for _, reader := range c.readers {
			others, forOthers = append(others, reader), append(forOthers, name)
		}
		if c.about.Everywhere {
			lib.everywhere[name] = c.about.Name
		}
		own := english
		if name != Default {
			if own, err = engineOf(c); err != nil {
				return nil, fmt.Errorf("catalog %s: %w", name, err)
			}
		}
		lib.localizers[name] = &Localizer{
			tag: c.tag, name: name, native: c.about.Name, keys: c.keys,
			own: own, fallback: english, printer: message.NewPrinter(c.tag),
		}
	}
	lib.matcher = language.NewMatcher(append(tags, others...))
	lib.matched = append(lib.matched, forOthers...)
	return lib, nil
}

// catalog is everything that one language says.
type catalog struct {
	tag      language.Tag
	about    about
	readers  []language.Tag // other languages whose readers are served by it
	said     map[string]sentence
	messages []*goi18n.Message // all others
	keys     map[string]bool
}

func readCatalog(files fs.FS, name string) (catalog, error) {
	tag, err := language.Parse(name)
	if err != nil {
		return catalog{}, fmt.Errorf("catalog folder %q is not a language tag: %w", name, err)
	}
	c := catalog{tag: tag, keys: map[string]bool{}, said: map[string]sentence{}}
	if c.about, c.readers, err = aboutOf(files, name); err != nil {
		return catalog{}, err
	}
	areas, err := fs.Glob(files, path.Join("catalogs", name, "*.json"))
	if err != nil {
		return catalog{}, fmt.Errorf("catalog %s: %w", name, err)
	}
	for _, area := range areas {
		if path.Base(area) == aboutFile {
			continue
		}
		raw, err := fs.ReadFile(files, area)
		if err != nil {
			return catalog{}, fmt.Errorf("read %s: %w", area, err)
		}
		err = eachEntry(raw, func(key string, value json.RawMessage) error {
			if c.keys[key] {
				return fmt.Errorf("key %q is there twice", key)
			}
			m, err := parseMessage(key, value)
			if err != nil {
				return err
			}
			c.keys[key] = true
			if s, plain := sentenceOf(m); plain {
				c.said[key] = s
			} else {
				c.messages = append(c.messages, m)
			}
			return nil
		})
		if err != nil {
			return catalog{}, fmt.Errorf("%s: %w", area, err)
		}
	}
	return c, nil
}

// aboutFile says what there is to know of a language besides its words.
const aboutFile = "about.json"

type about struct {
	Name       string   // as the language calls itself; "" for the CLDR's word
	Everywhere bool     // the name is the same in every language: it is never translated
	Readers    []string // other languages whose readers are served by it
}

// aboutOf reads what a language says of itself, if it says anything.
func aboutOf(files fs.FS, name string) (about, []language.Tag, error) {
	var a about
	raw, err := fs.ReadFile(files, path.Join("catalogs", name, aboutFile))
	if errors.Is(err, fs.ErrNotExist) {
		return a, nil, nil
	}
	if err != nil {
		return a, nil, fmt.Errorf("catalog %s: %w", name, err)
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&a); err != nil {
		return a, nil, fmt.Errorf("catalog %s: %s: %w", name, aboutFile, err)
	}
	if a.Everywhere && a.Name == "" {
		return a, nil, fmt.Errorf("catalog %s: a language without a name has none everywhere", name)
	}
	var tags []language.Tag
	for _, word := range a.Readers {
		tag, err := language.Parse(word)
		if err != nil {
			return a, nil, fmt.Errorf("catalog %s: reader %q is not a language tag: %w", name, word, err)
		}
		tags = append(tags, tag)
	}
	return a, tags, nil
}

// eachEntry walks a JSON object entry by entry. A plain Unmarshal into a map would hide that a key is there twice.
func eachEntry(raw []byte, visit func(key string, value json.RawMessage) error) error {
	dec := json.NewDecoder(bytes.NewReader(raw))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return errors.Join(errors.New("not a JSON object"), err)
	}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return err
		}
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return fmt.Errorf("key %q: %w", key, err)
		}
		if err := visit(key.(string), value); err != nil {
			return err
		}
	}
	if _, err := dec.Token(); err != nil {
		return err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows the JSON object")
	}
	return nil
}

// forms are the plural forms of the CLDR.
type forms struct {
	Zero, One, Two, Few, Many, Other string
}

func parseMessage(key string, value json.RawMessage) (*goi18n.Message, error) {
	var sentence string
	if err := json.Unmarshal(value, &sentence); err == nil {
		if sentence == "" {
			return nil, fmt.Errorf("key %q is empty", key)
		}
		return &goi18n.Message{ID: key, Other: sentence}, nil
	}
	var f forms
	dec := json.NewDecoder(bytes.NewReader(value))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&f); err != nil {
		return nil, fmt.Errorf("key %q is neither a sentence nor plural forms: %w", key, err)
	}
	if f.Other == "" {
		return nil, fmt.Errorf("key %q lacks the plural form \"other\"", key)
	}
	return &goi18n.Message{
		ID: key, Zero: f.Zero, One: f.One, Two: f.Two, Few: f.Few, Many: f.Many, Other: f.Other,
	}, nil
}
