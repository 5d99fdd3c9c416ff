// Package wording holds the catalogs against each other and against what the sources say: a key that a language lacks,
// that nobody uses, or that is used and stands in no catalog fails the build before anybody reads it on a page.
package wording

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"tribuna/internal/i18n"
)

// Check returns what is wrong with the catalogs of the repository at root, a line each.
func Check(root string) ([]string, error) {
	catalogs, err := readCatalogs(os.DirFS(filepath.Join(root, "internal", "i18n")))
	if err != nil {
		return nil, err
	}
	said, err := scanSources(root)
	if err != nil {
		return nil, err
	}
	english := catalogs[i18n.Default]
	wrong := slices.Concat(disagreements(catalogs), uncounted(catalogs), misused(english, said))
	silent, err := valuesWithoutWords(root, english)
	return append(wrong, silent...), err
}

// misused compares the keys that there are with those that the sources name.
func misused(english catalog, said usage) (wrong []string) {
	for _, key := range slices.Sorted(maps.Keys(said.keys)) {
		if _, ok := english[key]; !ok {
			wrong = append(wrong, fmt.Sprintf("%s uses %q, which no catalog has", said.keys[key], key))
		}
	}
	for _, pattern := range slices.Sorted(maps.Keys(said.patterns)) {
		if !slices.ContainsFunc(slices.Collect(maps.Keys(english)), func(key string) bool { return said.matches(pattern, key) }) {
			wrong = append(wrong, fmt.Sprintf("%s uses keys like %q, of which no catalog has any", said.patterns[pattern], pattern))
		}
	}
	for _, verb := range slices.Sorted(maps.Keys(said.verbs)) {
		_, inRecord := english["record."+verb]
		_, inJournal := english["journal."+verb]
		if !inRecord && !inJournal {
			wrong = append(wrong, fmt.Sprintf("%s writes %q down, which neither a record nor the journal has words for", said.verbs[verb], verb))
		}
	}
	for _, key := range slices.Sorted(maps.Keys(english)) {
		if !said.covers(key) {
			wrong = append(wrong, fmt.Sprintf("nothing uses %q: remove it from every catalog, or name it where the key is put together (//i18n:keys)", key))
		}
	}
	return wrong
}

// matches compares a key with a pattern, in which "*" stands for a part without dots, or for one with dots that the sources
// write out somewhere ("review.closed" in "record.*"), and "**" for any.
func (u usage) matches(pattern, key string) bool {
	before, after, some := strings.Cut(pattern, "*")
	if !some {
		return pattern == key
	}
	rest, begins := strings.CutPrefix(key, before)
	if !begins {
		return false
	}
	after, whatever := strings.CutPrefix(after, "*")
	for n := 1; n <= len(rest); n++ {
		part := rest[:n]
		if (whatever || !strings.Contains(part, ".") || u.words[part] != "") && u.matches(after, rest[n:]) {
			return true
		}
	}
	return false
}
