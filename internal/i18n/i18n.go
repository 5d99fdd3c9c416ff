// Package i18n speaks the reader's language: sentences and plural forms from catalogs, dates, deadlines, numbers and
// lists as that language writes them.
//
// A language is data: adding one means adding a folder catalogs/<tag>/ with the same keys as catalogs/en/, spread over
// one JSON file per area so that many can write at once. A value is a sentence, or an object of plural forms named as
// in the CLDR ("one", "few", "many", "other"). Placeholders are written {{.Name}}.
//
// about.json in the folder, if there is one, says what the language calls itself and which other languages' readers it
// serves, as bosanski/hrvatski/srpski serves three, under a name that is never translated.
package i18n

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
	"golang.org/x/text/message"
)

// Default is the language that stands in where another has no words.
const Default = "en"

// Localizer speaks one language. It is safe for concurrent use and never changes.
type Localizer struct {
	tag      language.Tag
	name     string
	native   string
	own      *engine
	fallback *engine
	printer  *message.Printer
	keys     map[string]bool
}

// Tags returns the languages that have a catalog, English first, the others in alphabetical order.
func Tags() []string { return slices.Clone(shelf.Load().names) }

// For returns the localizer of a tag, of the nearest language that has a catalog, or the English one.
func For(tag string) *Localizer {
	if l, ok := shelf.Load().localizers[tag]; ok {
		return l
	}
	return shelf.Load().localizers[Match("", tag)]
}

// Match chooses a language for a reader: the one chosen before (a cookie, a profile) if it exists, else the best for
// the Accept-Language header, else English.
func Match(acceptLanguage, chosen string) string {
	wanted := make([]language.Tag, 0, 4)
	if t, err := language.Parse(chosen); err == nil && chosen != "" {
		wanted = append(wanted, t)
	}
	if len(acceptLanguage) <= maxHeader {
		accepted, _, err := language.ParseAcceptLanguage(acceptLanguage)
		if err == nil {
			wanted = append(wanted, accepted...)
		}
	}
	lib := shelf.Load()
	_, index, confidence := lib.matcher.Match(wanted...)
	if confidence == language.No {
		return Default
	}
	return lib.matched[index]
}

// maxHeader keeps the parser from chewing on headers that no browser sends.
const maxHeader = 1000

// Tag returns the language as a BCP 47 tag, for the lang attribute.
func (l *Localizer) Tag() string { return l.name }

// Has reports whether the language itself, without the fallback, has words for the key.
func (l *Localizer) Has(key string) bool { return l.keys[key] }

// T returns the sentence of a key. Arguments come in pairs of name and value, or as one map[string]any. What is not
// translated is said in English, what is not in the catalogs at all is shown as its key: never an empty string.
func (l *Localizer) T(key string, args ...any) string {
	if text, ok := l.own.said[key].say(args); ok {
		return text
	}
	return l.localize(key, nil, arguments(args))
}

// N returns the sentence of a key in the plural form that the count asks for. The count is the placeholder Count,
// written as the language writes numbers.
func (l *Localizer) N(key string, count int, args ...any) string {
	data := arguments(args)
	data["Count"] = l.Number(count)
	return l.localize(key, count, data)
}

func (l *Localizer) localize(key string, count any, data map[string]any) string {
	for name, value := range data {
		if w, are := value.(Words); are {
			data[name] = w.Text
		}
	}
	for _, source := range []*engine{l.own, l.fallback} {
		if text, err := source.localize(key, count, data); err == nil && text != "" {
			return endOnce(text, []any{data})
		}
	}
	missing(key, l.name)
	return key
}

// missing is told of a sentence that no catalog has.
var missing = func(key, language string) {
	slog.Error("a sentence is missing", "key", key, "language", language)
}

// MustHaveAll has a sentence that no catalog has panic, instead of being logged: for tests, before they run.
func MustHaveAll() {
	missing = func(key, language string) { panic(fmt.Sprintf("a sentence is missing: %s in %s", key, language)) }
}

func arguments(args []any) map[string]any {
	if len(args) == 1 {
		if m, ok := args[0].(map[string]any); ok {
			data := make(map[string]any, len(m)+1)
			for k, v := range m {
				data[k] = v
			}
			return data
		}
	}
	data := make(map[string]any, len(args)/2+1)
	for i := 0; i+1 < len(args); i += 2 {
		data[fmt.Sprint(args[i])] = args[i+1]
	}
	return data
}

// Language returns the name of a language in the reader's: the one it has everywhere, else the catalog's word, else the
// CLDR's, else the tag.
func (l *Localizer) Language(tag string) string {
	if name := shelf.Load().everywhere[tag]; name != "" {
		return name
	}
	if key := "language." + tag; l.Has(key) {
		return l.T(key)
	}
	parsed, err := language.Parse(tag)
	if err != nil {
		return tag
	}
	if namer := display.Tags(l.tag); namer != nil {
		if name := namer.Name(parsed); name != "" {
			return name
		}
	}
	return tag
}

// WrittenIn says in which language words are that somebody wrote, where that is not the reader's; "" where it is, or nobody said.
func (l *Localizer) WrittenIn(tag string) string {
	if tag == "" || tag == l.name {
		return ""
	}
	return l.T("written.said", "Language", l.Language(tag))
}

// NativeLanguage returns the name of a language in that language, as a language switch shows it.
func NativeLanguage(tag string) string {
	if l, ok := shelf.Load().localizers[tag]; ok && l.native != "" {
		return l.native
	}
	parsed, err := language.Parse(tag)
	if err != nil {
		return tag
	}
	if name := display.Self.Name(parsed); name != "" {
		return strings.ToLower(name)
	}
	return tag
}

// Pick chooses among names in several languages (tag → name) the one for a reader: their own language, English, else
// the first by tag. The second result is the language of what was chosen, "" when there is nothing to choose from.
func Pick(names map[string]string, reader string) (name, tag string) {
	base, _, _ := strings.Cut(reader, "-")
	for _, t := range []string{reader, base, Default} {
		if n := names[t]; n != "" {
			return n, t
		}
	}
	tags := make([]string, 0, len(names))
	for t, n := range names {
		if n != "" {
			tags = append(tags, t)
		}
	}
	if len(tags) == 0 {
		return "", ""
	}
	first := slices.Min(tags)
	return names[first], first
}
