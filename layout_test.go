// Package tribuna_test holds the house to its plan: which part may import which, and how large a file may grow.
package tribuna_test

import (
	"bytes"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// maxLines is the longest a source file may be.
const maxLines = 400

// everything stands for all that is ours.
const everything = ""

// layers says what the packages below a path may import of ours; the longest path that fits a package counts. Paths are
// prefixes, so that "internal" means all below it.
var layers = map[string][]string{
	"cmd":        {everything},
	"web":        {"workflows", "models", "internal"},
	"api":        {"workflows", "models", "internal"},
	"workflows":  {"activities", "models", "internal"},
	"activities": {"models", "internal"},
	"models":     {"internal/apperr", "internal/record", "internal/access", "internal/markdown", "internal/anchor", "internal/breached", "internal/assignment", "internal/links", "internal/picture"},
	"migrations": {"internal"},
	"scripts":    {"workflows", "models", "internal"},
	"internal":   {"models", "internal"},

	"internal/access":     {"internal/apperr"},
	"internal/anchor":     {"internal/markdown", "internal/worddiff"},
	"internal/apperr":     {},
	"internal/assignment": {},
	"internal/breached":   {},
	"internal/config":     {"internal/apperr"},
	"internal/i18n":       {"internal/apperr"},
	"internal/links":      {"internal/apperr"},
	"internal/markdown":   {"internal/apperr"},
	"internal/picture":    {},
	"internal/record":     {"internal/apperr"},
	"internal/validation": {"internal/apperr"},
	"internal/worddiff":   {"internal/markdown"},

	"internal/devstack":             {"internal"},
	"internal/devstack/testdb":      {"internal", "migrations", "models"},
	"internal/devstack/testsecrets": {"internal", "models"},

	// It runs a process itself, with a worker and a database of its own.
	"scripts/histories": {"workflows", "activities", "models", "migrations", "internal"},
}

// meaningless are names of packages that say nothing.
var meaningless = []string{"util", "utils", "common", "helpers", "helper", "misc", "shared", "base"}

// sources walks all files of ours that are kept under version control: generated and installed ones are not.
func sources(t *testing.T, visit func(file string)) {
	t.Helper()
	seen := 0
	err := filepath.WalkDir(".", func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() {
			generated := name == "node_modules" || name == "dist" || name == "bin" || name == "testdata"
			if generated || (strings.HasPrefix(name, ".") && name != ".") {
				return filepath.SkipDir
			}
			return nil
		}
		seen++
		visit(filepath.ToSlash(file))
		return nil
	})
	require.NoError(t, err)
	require.Greater(t, seen, 100, "hardly any sources were found")
}

// allowed returns what the package in a folder may import of ours.
func allowed(folder string) ([]string, bool) {
	for at := folder; at != "."; at = path.Dir(at) {
		if list, known := layers[at]; known {
			return list, true
		}
	}
	return nil, false
}

func within(folder, prefix string) bool {
	return prefix == everything || folder == prefix || strings.HasPrefix(folder, prefix+"/")
}

func TestImportsRunOneWay(t *testing.T) {
	sources(t, func(file string) {
		if path.Ext(file) != ".go" || strings.HasSuffix(file, "_test.go") {
			return
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		require.NoError(t, err)
		folder := path.Dir(file)
		list, known := allowed(folder)
		require.True(t, known, "%s: nobody said what a package here may import", folder)
		for _, spec := range parsed.Imports {
			name, err := strconv.Unquote(spec.Path.Value)
			require.NoError(t, err)
			ours, is := strings.CutPrefix(name, "tribuna/")
			if !is {
				continue
			}
			fits := slices.ContainsFunc(list, func(prefix string) bool { return within(ours, prefix) })
			if !fits {
				t.Errorf("%s imports %s: %s may import only %q of ours", file, ours, folder, list)
			}
		}
	})
}

// TestLayersAreKnownByName keeps the plan true to the tree: a part that was moved away is not planned for any more.
func TestLayersAreKnownByName(t *testing.T) {
	for folder := range layers {
		require.DirExists(t, folder)
	}
}

func TestFilesStaySmall(t *testing.T) {
	sources(t, func(file string) {
		if strings.HasSuffix(file, "_test.go") || !slices.Contains([]string{".go", ".html", ".css", ".js", ".sql"}, path.Ext(file)) {
			return
		}
		raw, err := os.ReadFile(file)
		require.NoError(t, err)
		if lines := bytes.Count(raw, []byte("\n")); lines > maxLines {
			t.Errorf("%s has %d lines; split it: at most %d", file, lines, maxLines)
		}
	})
}

func TestPackagesAreNamedForWhatTheyAreAbout(t *testing.T) {
	sources(t, func(file string) {
		if folder := path.Base(path.Dir(file)); path.Ext(file) == ".go" && slices.Contains(meaningless, folder) {
			t.Errorf("%s: the name %q says nothing", file, folder)
		}
	})
}

func TestTestsWaitForConditionsNotForTime(t *testing.T) {
	nap := []byte("time." + "Sleep(")
	sources(t, func(file string) {
		if !strings.HasSuffix(file, "_test.go") {
			return
		}
		raw, err := os.ReadFile(file)
		require.NoError(t, err)
		if bytes.Contains(raw, nap) {
			t.Errorf("%s sleeps instead of waiting for a condition", file)
		}
	})
}

// TestWhatExpertsSaidIsReadForAReader: answers and the record of them are read as somebody may know them. What reads them as the
// process does is named here, with why.
func TestWhatExpertsSaidIsReadForAReader(t *testing.T) {
	atDesk := []string{"web/round_row.go", "web/review_choose.go"} // who declined, or wants more time, and why, is no answer
	may := map[string][]string{
		"record.List(":         atDesk,
		"record.Of(":           append(atDesk, "web/task_over.go"),                                                     // whom one suggested oneself in declining
		"models.ReviewByTask(": {"web/review.go", "web/kept_pages.go", "web/certificate.go", "web/review_takeback.go"}, // one's own
	}
	sources(t, func(file string) {
		part, _, _ := strings.Cut(file, "/")
		if path.Ext(file) != ".go" || strings.HasSuffix(file, "_test.go") || !slices.Contains([]string{"web", "api"}, part) {
			return
		}
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, call := range []string{"models.Reviews(", "models.ReviewByTask(", "record.List(", "record.Of(", "record.Newest("} {
			if bytes.Contains(text, []byte(call)) && !slices.Contains(may[call], file) {
				t.Errorf("%s calls %s…): read it by models.ReviewsAs or models.RecordAs, which know what an anonymised round hides", file, call)
			}
		}
	})
}
