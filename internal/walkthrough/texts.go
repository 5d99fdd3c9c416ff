package walkthrough

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"tribuna/internal/demo"
	"tribuna/internal/i18n"
	"tribuna/internal/markdown"
)

// texts are what is walked with: a document with three measures, and its translations.
type texts struct {
	targets     []string // languages translated into
	title, body string
	measures    []string
	real        map[string]*document // by language; missing: invented words stand in
}

// newTexts begins with the languages of the demo network; the source is in English.
func newTexts() (*texts, error) {
	languages, err := demo.Languages()
	return &texts{real: map[string]*document{},
		targets: slices.DeleteFunc(languages, func(tag string) bool { return tag == i18n.Default })}, err
}

type document struct {
	title    string
	blocks   []string
	measures []string
}

var udhrMeasures = []string{
	"Make free elementary education, as in Article 26, a reality for every child without a parent at home.",
	"Fund social security for families, as in Article 22, from the coming budget on.",
	"Publish every year how children without parental care are protected, as in Article 25.",
}

func readTexts(dir string) (*texts, error) {
	if dir == "" {
		return demoTexts()
	}
	source, err := readDocument(dir, i18n.Default)
	if err != nil {
		return nil, err
	}
	t, err := newTexts()
	if err != nil {
		return nil, err
	}
	t.title, t.body, t.measures = source.title, strings.Join(source.blocks, "\n\n"), udhrMeasures
	for _, language := range t.targets {
		d, err := readDocument(dir, language)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		d.blocks = align(source.blocks, d.blocks)
		t.real[language] = d
	}
	return t, nil
}

func readDocument(dir, language string) (*document, error) {
	raw, err := os.ReadFile(filepath.Join(dir, "udhr", language+".md"))
	if err != nil {
		return nil, fmt.Errorf("the texts to walk with: %w", err)
	}
	d := &document{}
	for _, b := range markdown.Blocks(string(raw)) {
		if title, is := strings.CutPrefix(b.Source, "# "); is && d.title == "" {
			d.title = title
			continue
		}
		d.blocks = append(d.blocks, b.Source)
	}
	return d, nil
}

// picked are the demo brief's measures that are walked with: to authorities in two countries, one of which has no partner.
var picked = [3]int{0, 2, 3}

func pick(measures []string) []string {
	list := make([]string, 0, len(picked))
	for _, i := range picked {
		list = append(list, measures[i])
	}
	return list
}

func demoTexts() (*texts, error) {
	brief, err := demo.Brief()
	if err != nil {
		return nil, err
	}
	t, err := newTexts()
	if err != nil {
		return nil, err
	}
	source := brief.Texts[i18n.Default]
	t.title, t.body, t.measures = source.Title, source.Body, pick(source.Measures)
	for _, language := range t.targets {
		translated, is := brief.Texts[language]
		if !is {
			continue
		}
		d := &document{title: translated.Title, measures: pick(translated.Measures)}
		for _, b := range markdown.Blocks(translated.Body) {
			d.blocks = append(d.blocks, b.Source)
		}
		t.real[language] = d
	}
	return t, nil
}

// align lays a translation's blocks beside the source's, section by section: sections begin at headings. Where a section
// has fewer blocks than the source the rest is empty, where it has more the last takes them all.
func align(source, translated []string) []string {
	sections := sectionsOf(translated)
	out := make([]string, 0, len(source))
	for i, s := range sectionsOf(source) {
		var words []string
		if i < len(sections) {
			words = sections[i]
		}
		for j := range s {
			switch {
			case j >= len(words):
				out = append(out, "")
			case j == len(s)-1:
				out = append(out, strings.Join(words[j:], "\n\n"))
			default:
				out = append(out, words[j])
			}
		}
	}
	return out
}

func sectionsOf(blocks []string) [][]string {
	var sections [][]string
	for _, b := range blocks {
		if strings.HasPrefix(b, "#") || len(sections) == 0 {
			sections = append(sections, nil)
		}
		last := len(sections) - 1
		sections[last] = append(sections[last], b)
	}
	return sections
}
