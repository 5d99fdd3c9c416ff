package i18n

import (
	"encoding/json"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// entries reads a language's catalog as raw text, key by key.
func entries(t *testing.T, tag string) map[string]string {
	t.Helper()
	areas, err := fs.Glob(catalogFiles, path.Join("catalogs", tag, "*.json"))
	require.NoError(t, err)
	require.NotEmpty(t, areas)
	all := map[string]string{}
	for _, area := range areas {
		raw, err := fs.ReadFile(catalogFiles, area)
		require.NoError(t, err)
		require.NoError(t, eachEntry(raw, func(key string, value json.RawMessage) error {
			all[key] = string(value)
			return nil
		}))
	}
	return all
}

var placeholder = regexp.MustCompile(`\{\{\s*\.(\w+)\s*\}\}`)

func placeholders(value string) []string {
	var names []string
	for _, m := range placeholder.FindAllStringSubmatch(value, -1) {
		if !slices.Contains(names, m[1]) {
			names = append(names, m[1])
		}
	}
	slices.Sort(names)
	return names
}

func TestEveryCatalogHasTheSameKeysAndPlaceholders(t *testing.T) {
	english := entries(t, Default)
	for _, tag := range Tags() {
		other := entries(t, tag)
		for key, value := range english {
			translated, ok := other[key]
			if !ok {
				t.Errorf("%s lacks %q: %s", tag, key, value)
				continue
			}
			if strings.HasPrefix(key, "calendar.") {
				continue // a language may write a date without some of its parts
			}
			require.Equal(t, placeholders(value), placeholders(translated), "%s: placeholders of %q", tag, key)
			require.Equal(t, value[0], translated[0], "%s: %q has plural forms in one language only", tag, key)
		}
		for key := range other {
			if _, ok := english[key]; !ok {
				t.Errorf("%s has %q, which English has not", tag, key)
			}
		}
	}
}

func TestEveryKeyInUseExists(t *testing.T) {
	english := entries(t, Default)
	used := scanSources(t)
	require.NotEmpty(t, used.keys, "the scan finds what sources use")
	for key, where := range used.keys {
		if _, ok := english[key]; !ok {
			t.Errorf("%s uses %q, which no catalog has", where, key)
		}
	}
	for prefix, where := range used.prefixes {
		found := slices.ContainsFunc(keysOf(english), func(k string) bool { return strings.HasPrefix(k, prefix) })
		if !found {
			t.Errorf("%s uses keys that begin with %q, of which no catalog has any", where, prefix)
		}
	}
	for _, key := range keysOf(english) {
		if !used.covers(key) {
			t.Logf("nothing seems to use %q", key)
		}
	}
}

func keysOf(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
