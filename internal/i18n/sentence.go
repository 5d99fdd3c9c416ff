package i18n

import (
	"regexp"
	"strconv"
	"strings"

	goi18n "github.com/nicksnyder/go-i18n/v2/i18n"
)

// sentence is one without plural forms, cut at its placeholders. A page says hundreds, and an engine of templates for each of them
// is most of what it costs.
type sentence struct {
	parts []string // what stands before, between and behind the placeholders
	names []string // of the placeholders
}

var placeholder = regexp.MustCompile(`\{\{\.([A-Za-z]+)\}\}`)

// sentenceOf cuts a message that holds nothing but text and placeholders; others are for the engine.
func sentenceOf(m *goi18n.Message) (s sentence, plain bool) {
	if m.Zero+m.One+m.Two+m.Few+m.Many != "" {
		return sentence{}, false
	}
	s = cut(m.Other)
	return s, !strings.Contains(strings.Join(s.parts, ""), "{{")
}

func cut(text string) (s sentence) {
	from := 0
	for _, at := range placeholder.FindAllStringSubmatchIndex(text, -1) {
		s.parts, s.names = append(s.parts, text[from:at[0]]), append(s.names, text[at[2]:at[3]])
		from = at[1]
	}
	s.parts = append(s.parts, text[from:])
	return s
}

// text is the sentence as it stands in its catalog.
func (s sentence) text() string {
	var b strings.Builder
	for i, name := range s.names {
		b.WriteString(s.parts[i] + "{{." + name + "}}")
	}
	return b.String() + s.parts[len(s.names)]
}

// say fills a sentence in, with arguments as T takes them. It is not ok where the engine has to say it: a placeholder without a
// value, or with one of another kind than text and whole numbers.
func (s sentence) say(args []any) (text string, ok bool) {
	if len(s.parts) == 0 {
		return "", false
	}
	if len(s.names) == 0 && len(args) == 0 {
		return s.parts[0], s.parts[0] != ""
	}
	var b strings.Builder
	for i, name := range s.names {
		value, known := valueOf(args, name)
		if !known {
			return "", false
		}
		b.WriteString(s.parts[i])
		b.WriteString(value)
	}
	b.WriteString(s.parts[len(s.names)])
	return endOnce(b.String(), args), b.Len() > 0
}

// valueOf finds a value among arguments in pairs, of which the last of a name counts, or in one map.
func valueOf(args []any, name string) (string, bool) {
	if len(args) == 1 {
		all, _ := args[0].(map[string]any)
		return inWords(all[name])
	}
	for i := len(args) - len(args)%2 - 2; i >= 0; i -= 2 {
		if args[i] == name {
			return inWords(args[i+1])
		}
	}
	return "", false
}

func inWords(value any) (string, bool) {
	switch v := value.(type) {
	case string:
		return v, true
	case Words:
		return v.Text, true
	case int:
		return strconv.Itoa(v), true
	}
	return "", false
}

// endOnce leaves out the full stop of a sentence that ends in a value which brings its own, as a date does in two of the
// languages. More than two stops in a row are somebody's pause.
func endOnce(text string, args []any) string {
	if len(args) == 1 {
		all, _ := args[0].(map[string]any)
		for _, value := range all {
			text = endedBy(text, value)
		}
		return text
	}
	for i := 1; i < len(args); i += 2 {
		text = endedBy(text, args[i])
	}
	return text
}

func endedBy(text string, value any) string {
	said, is := value.(string)
	if w, are := value.(Words); are {
		said, is = w.Text, true
	}
	if is && strings.HasSuffix(said, ".") && !strings.HasSuffix(said, "..") && !strings.Contains(text, said+"..") {
		text = strings.ReplaceAll(text, said+".", said)
	}
	return text
}
