package wording

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"

	"tribuna/internal/i18n"
)

// catalog is what one language says: by key, its sentence or its plural forms.
type catalog map[string]entry

// entry is a sentence, under the form "other", or the plural forms of one.
type entry struct {
	forms  map[string]string
	counts bool // it has plural forms
}

// readCatalogs reads every language. That a file is broken or a key there twice is for package i18n to refuse.
func readCatalogs(files fs.FS) (map[string]catalog, error) {
	areas, err := fs.Glob(files, "catalogs/*/*.json")
	if err != nil {
		return nil, err
	}
	all := map[string]catalog{}
	for _, area := range areas {
		if path.Base(area) == "about.json" {
			continue
		}
		raw, err := fs.ReadFile(files, area)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", area, err)
		}
		var entries map[string]json.RawMessage
		if err := json.Unmarshal(raw, &entries); err != nil {
			return nil, fmt.Errorf("%s: %w", area, err)
		}
		tag := path.Base(path.Dir(area))
		if all[tag] == nil {
			all[tag] = catalog{}
		}
		for key, value := range entries {
			if all[tag][key], err = readEntry(value); err != nil {
				return nil, fmt.Errorf("%s: %s: %w", area, key, err)
			}
		}
	}
	return all, nil
}

func readEntry(value json.RawMessage) (entry, error) {
	var sentence string
	if json.Unmarshal(value, &sentence) == nil {
		return entry{forms: map[string]string{"other": sentence}}, nil
	}
	e := entry{counts: true}
	return e, json.Unmarshal(value, &e.forms)
}

var placeholder = regexp.MustCompile(`\{\{\s*\.(\w+)\s*\}\}`)

// placeholders are the names that a sentence leaves room for, in any of its forms.
func (e entry) placeholders() string {
	names := map[string]bool{}
	for _, form := range e.forms {
		for _, m := range placeholder.FindAllStringSubmatch(form, -1) {
			names[m[1]] = true
		}
	}
	return strings.Join(slices.Sorted(maps.Keys(names)), ", ")
}

// disagreements says what the other languages lack or have too much against English, and which plural forms are not those
// that their language has.
func disagreements(catalogs map[string]catalog) (wrong []string) {
	english := catalogs[i18n.Default]
	for _, tag := range slices.Sorted(maps.Keys(catalogs)) {
		own := catalogs[tag]
		needed := strings.Join(pluralForms(tag), ", ")
		for _, key := range slices.Sorted(maps.Keys(english)) {
			e, there := own[key]
			switch {
			case !there:
				wrong = append(wrong, fmt.Sprintf("%s lacks %q: %s", tag, key, english[key].forms["other"]))
				continue
			case e.counts != english[key].counts:
				wrong = append(wrong, fmt.Sprintf("%s: %q has plural forms in one language only", tag, key))
				continue
			}
			// A language may write a date without some of its parts.
			if is, must := e.placeholders(), english[key].placeholders(); is != must && !strings.HasPrefix(key, "calendar.") {
				wrong = append(wrong, fmt.Sprintf("%s: %q leaves room for %q, English for %q", tag, key, is, must))
			}
			if is := strings.Join(slices.Sorted(maps.Keys(e.forms)), ", "); e.counts && is != needed {
				wrong = append(wrong, fmt.Sprintf("%s: %q has the plural forms %s; the language has %s", tag, key, is, needed))
			}
		}
		for _, key := range slices.Sorted(maps.Keys(own)) {
			if _, there := english[key]; !there {
				wrong = append(wrong, fmt.Sprintf("%s has %q, which English has not", tag, key))
			}
		}
	}
	return wrong
}

// numbered is a count, by the names that counts have, that stands before the word for what is counted.
var numbered = regexp.MustCompile(`\{\{\.(Count|Total|All|Gaps|Answered|Invited|Enough|Answers|Recipients|Measures)\}\} (\p{L}+)`)

// ofAll are words that may follow a count whatever it is: "3 of 5".
var ofAll = []string{"of", "от", "din", "nga", "od"}

// uncounted lists sentences that put a number before a noun and have no plural forms: "1 experts".
func uncounted(catalogs map[string]catalog) (wrong []string) {
	for _, tag := range slices.Sorted(maps.Keys(catalogs)) {
		for _, key := range slices.Sorted(maps.Keys(catalogs[tag])) {
			e := catalogs[tag][key]
			if e.counts {
				continue
			}
			for _, m := range numbered.FindAllStringSubmatch(e.forms["other"], -1) {
				if !slices.Contains(ofAll, m[2]) {
					wrong = append(wrong, fmt.Sprintf("%s: %q counts without plural forms: %q", tag, key, m[0]))
				}
			}
		}
	}
	return wrong
}

var formNames = map[plural.Form]string{plural.Zero: "zero", plural.One: "one", plural.Two: "two", plural.Few: "few", plural.Many: "many", plural.Other: "other"}

// pluralForms are those that whole numbers take in a language, by the CLDR. None of them needs more than 200 to show itself;
// "other" is there in every language, if only for fractions.
func pluralForms(tag string) []string {
	forms := map[string]bool{"other": true}
	for n := range 200 {
		forms[formNames[plural.Cardinal.MatchPlural(language.Make(tag), n, 0, 0, 0, 0)]] = true
	}
	return slices.Sorted(maps.Keys(forms))
}
