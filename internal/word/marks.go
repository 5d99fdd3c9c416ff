package word

import (
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"html/template"
	"regexp"
	"strconv"
	"strings"
)

// Markdown cannot say that a passage is in another language than the text around it, or that one of our pictures stands here.
// Private characters say it for as long as a document is Markdown; where it becomes a page or a tree of pandoc's they give way
// to what each has for it. No word of anybody's holds such a character: unmarked takes them out.
const (
	langOpens  = "\uE000" // what follows is the tag of a language …
	langBegins = "\uE001" // … and this the passage
	langEnds   = "\uE002"
	pictureIs  = "\uE003" // on both sides of a picture's number
)

var markless = strings.NewReplacer(langOpens, "", langBegins, "", langEnds, "", pictureIs, "")

// unmarked is text without characters that could be taken for marks of ours.
func unmarked(text string) string { return markless.Replace(text) }

// spoken marks Markdown of one line as being in a language.
func spoken(line, language string) string {
	if line == "" || language == "" {
		return line
	}
	return langOpens + language + langBegins + line + langEnds
}

// pictured is the paragraph that a picture takes the place of.
func pictured(number int) string { return pictureIs + strconv.Itoa(number) + pictureIs }

var (
	langMark    = regexp.MustCompile(langOpens + `([A-Za-z0-9-]+)` + langBegins)
	pictureMark = regexp.MustCompile(`^` + pictureIs + `(\d+)` + pictureIs + `$`)
	pictureRow  = regexp.MustCompile(`(?m)^` + pictureIs + `\d+` + pictureIs + `$`) // in Markdown
	pictureLine = regexp.MustCompile(`<p>` + pictureIs + `(\d+)` + pictureIs + `</p>`)
)

// Picture is a picture that goes out with a text.
type Picture struct {
	MediaType     string
	Width, Height int // pixels
	Bytes         []byte
	Instead       string // what it shows, for those who do not see it
}

// show puts what a page has for them in place of the marks. The page was made safe before; the marks are ours. Passages are
// abbreviations to it: Chromium writes their language into a PDF, and forgets that of a span.
func (d Document) show(page template.HTML) template.HTML {
	said := langMark.ReplaceAllString(string(page), `<abbr lang="$1">`)
	said = strings.ReplaceAll(said, langEnds, "</abbr>")
	said = pictureLine.ReplaceAllStringFunc(said, func(line string) string {
		p := d.picture(pictureLine.FindStringSubmatch(line)[1])
		if p == nil {
			return ""
		}
		return fmt.Sprintf(`<p class="emblem"><img src="data:%s;base64,%s" alt="%s"></p>`, p.MediaType, base64.StdEncoding.EncodeToString(p.Bytes), template.HTMLEscapeString(p.Instead))
	})
	return template.HTML(said) //nolint:gosec // see above
}

func (d Document) picture(number string) *Picture {
	i, err := strconv.Atoi(number)
	if err != nil || i >= len(d.Pictures) {
		return nil
	}
	return &d.Pictures[i]
}

// Bounds of an emblem in a Word file, in centimetres: those of print.html.
const (
	emblemWide = 6.0
	emblemHigh = 1.8
)

// name is what a picture is called in the folder that pandoc works in.
func (p Picture) name(number int) string {
	return fmt.Sprintf("emblem-%d.%s", number, strings.TrimPrefix(p.MediaType, "image/"))
}

// pictures returns the picture that a line stands for; other lines stay.
func (d Document) pictures(line []node) []node {
	m := pictureMark.FindStringSubmatch(plain(line))
	if m == nil {
		return line
	}
	p := d.picture(m[1])
	if p == nil || p.Width < 1 || p.Height < 1 {
		return nil
	}
	number, _ := strconv.Atoi(m[1]) // digits: see the mark
	wide := min(emblemWide, emblemHigh*float64(p.Width)/float64(p.Height))
	size := []any{"", []string{}, [][]string{{"width", fmt.Sprintf("%.2fcm", wide)}}}
	return []node{of("Image", []any{size, words(p.Instead), []string{p.name(number), ""}})}
}

// speak makes marked passages runs of a Word file in their languages, which pandoc itself has no words for.
func speak(line []node) []node {
	var s speaker
	for _, n := range line {
		var text string
		switch {
		case n.Kind == "Str" && json.Unmarshal(n.Content, &text) == nil:
			s.text(text)
		case len(s.tongues) > 0 && isSpace(n):
			s.said.WriteByte(' ')
		default:
			s.flush()
			s.out = append(s.out, n)
		}
	}
	s.flush()
	return s.out
}

// speaker reads a line; passages can stand in passages.
type speaker struct {
	out     []node
	tongues []string // the languages of the passages it is in, the innermost last
	said    strings.Builder
}

func (s *speaker) text(text string) {
	for text != "" {
		before := text
		if at := strings.IndexAny(text, langOpens+langEnds); at >= 0 {
			before = text[:at]
		}
		s.said.WriteString(before)
		if text = text[len(before):]; text == "" {
			break
		}
		s.flush()
		if rest, ends := strings.CutPrefix(text, langEnds); ends {
			s.tongues, text = s.tongues[:max(0, len(s.tongues)-1)], rest
			continue
		}
		tag, rest, _ := strings.Cut(strings.TrimPrefix(text, langOpens), langBegins)
		s.tongues, text = append(s.tongues, tag), rest
	}
	if len(s.tongues) == 0 {
		s.flush()
	}
}

// flush writes what was said in the language it was said in.
func (s *speaker) flush() {
	switch text := s.said.String(); {
	case text == "":
	case len(s.tongues) == 0:
		s.out = append(s.out, of("Str", text))
	default:
		s.out = append(s.out, wordRun(text, s.tongues[len(s.tongues)-1]))
	}
	s.said.Reset()
}

// wordRun is text in a language as Word writes it.
func wordRun(text, language string) node {
	escape := func(s string) string {
		var b strings.Builder
		_ = xml.EscapeText(&b, []byte(s)) // a Builder takes everything
		return b.String()
	}
	return of("RawInline", []string{"openxml", `<w:r><w:rPr><w:lang w:val="` + escape(language) + `"/></w:rPr><w:t xml:space="preserve">` + escape(text) + `</w:t></w:r>`})
}
