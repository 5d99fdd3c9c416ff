package i18n

import (
	"html/template"
	"strconv"
	"strings"
)

// Words are what is said to a reader where some or all of it may be in another language than theirs: a name that nobody
// put into their language yet, a sentence or a list with such a name in it.
type Words struct {
	Text     string        // plain, for titles, attributes and the text half of a mail
	HTML     template.HTML // the same with what is in another language marked, so that a screen reader pronounces it
	Language string        // of the whole, where that is not the reader's: for an element that cannot hold a marked part
}

// Said takes a sentence in the reader's own language.
func Said(text string) Words {
	//nolint:gosec // escaped here
	return Words{Text: text, HTML: template.HTML(template.HTMLEscapeString(text))}
}

// In takes words that are in a language, which need not be the reader's; "" is theirs.
func (l *Localizer) In(text, language string) Words {
	w := Said(text)
	if language == "" || language == l.name || text == "" {
		return w
	}
	w.Language = language
	//nolint:gosec // escaped above and here
	w.HTML = `<span lang="` + template.HTML(template.HTMLEscapeString(language)) + `">` + w.HTML + `</span>`
	return w
}

// Name chooses among names in several languages as Pick does.
func (l *Localizer) Name(names map[string]string) Words { return l.In(Pick(names, l.name)) }

// Say is T for arguments that may be Words.
func (l *Localizer) Say(key string, args ...any) Words {
	return woven(arguments(args), func(data map[string]any) string { return l.T(key, data) })
}

// SayN is N for arguments that may be Words.
func (l *Localizer) SayN(key string, count int, args ...any) Words {
	return woven(arguments(args), func(data map[string]any) string { return l.N(key, count, data) })
}

// List is ListAnd for Words.
func (l *Localizer) List(items []Words) Words {
	texts := make([]any, len(items))
	for i, w := range items {
		texts[i] = w
	}
	return woven(numbered(texts), func(data map[string]any) string {
		said := make([]string, len(items))
		for i := range items {
			said[i] = data[ordinal(i)].(string)
		}
		return l.ListAnd(said)
	})
}

// Joined strings parts together: Words, or text in the reader's own language.
func Joined(parts ...any) Words {
	return woven(numbered(parts), func(data map[string]any) string {
		var b strings.Builder
		for i := range parts {
			b.WriteString(data[ordinal(i)].(string))
		}
		return b.String()
	})
}

// numbered gives arguments names by their places.
func numbered(items []any) map[string]any {
	data := make(map[string]any, len(items))
	for i, item := range items {
		data[ordinal(i)] = item
	}
	return data
}

func ordinal(i int) string { return strconv.Itoa(i) }

// woven says a sentence twice: once with plain words, and once with marks, which no sentence holds, that give way to the
// marked words after the rest is escaped. So a word can hold neither a mark nor anything that a page would obey.
func woven(args map[string]any, say func(map[string]any) string) Words {
	plain, marked := make(map[string]any, len(args)), make(map[string]any, len(args))
	var replacements []string
	for name, value := range args {
		plain[name], marked[name] = value, value
		switch v := value.(type) {
		case Words:
			mark := "\uE000" + string(rune(0xE001+len(replacements))) + "\uE000"
			plain[name], marked[name] = v.Text, mark
			replacements = append(replacements, mark, string(v.HTML))
		case string:
			marked[name] = strings.ReplaceAll(v, "\uE000", "")
		}
	}
	html := template.HTMLEscapeString(say(marked))
	//nolint:gosec // escaped above; what takes the marks' places was escaped when it was made
	return Words{Text: say(plain), HTML: template.HTML(strings.NewReplacer(replacements...).Replace(html))}
}
