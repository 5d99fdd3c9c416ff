package tribuna_test

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/config"
)

// systems are variables of every system, which mean here what they mean everywhere.
var systems = []string{"PATH", "HOME"}

var (
	asked  = regexp.MustCompile(`\bos\.(?:Getenv|LookupEnv)\((?:"([^"]+)"|(\w+))\)`)
	ours   = regexp.MustCompile(`\bTRIBUNA_[A-Z_]*[A-Z]\b`)
	listed = regexp.MustCompile("(?m)^\\| `(TRIBUNA_TEST_[A-Z_]+)` \\|")
)

// TestEveryVariableIsDocumentedOnce: what an instance is told stands in internal/config, what the tests are told in a table
// of docs/operations.md, and there is nothing else.
func TestEveryVariableIsDocumentedOnce(t *testing.T) {
	known := slices.Clone(systems)
	for _, v := range config.Variables() {
		known = append(known, v.Name)
	}
	operations, err := os.ReadFile("docs/operations.md")
	require.NoError(t, err)
	for _, row := range listed.FindAllStringSubmatch(string(operations), -1) {
		require.NotContains(t, known, row[1], "documented twice")
		known = append(known, row[1])
	}
	read := map[string]bool{}
	for _, name := range variablesRead(t) {
		require.Contains(t, known, name, "a variable that is read and documented nowhere")
		read[name] = true
	}
	for _, row := range listed.FindAllStringSubmatch(string(operations), -1) {
		require.True(t, read[row[1]], "%s is documented and read nowhere", row[1])
	}
	for _, name := range variablesNamed(t) {
		require.Contains(t, known, name, "a variable that is named and means nothing")
	}
}

// variablesRead are the names that Go asks the environment for, literally or by a constant of the same package.
func variablesRead(t *testing.T) (all []string) {
	sources(t, func(file string) {
		if path.Ext(file) != ".go" || file == "environment_test.go" {
			return
		}
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, call := range asked.FindAllStringSubmatch(string(text), -1) {
			if call[1] != "" {
				all = append(all, call[1])
				continue
			}
			all = append(all, constant(t, path.Dir(file), call[2]))
		}
	})
	return all
}

func constant(t *testing.T, dir, name string) string {
	t.Helper()
	is := regexp.MustCompile(`\b` + name + `\s*=\s*"([A-Z_]+)"`)
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	require.NoError(t, err)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		if found := is.FindSubmatch(text); found != nil {
			return string(found[1])
		}
	}
	require.Fail(t, "no such constant", "%s in %s", name, dir)
	return ""
}

// variablesNamed are the names of ours that documents, scripts and the files of Docker name.
func variablesNamed(t *testing.T) (all []string) {
	files := []string{"README.md", "Makefile", "Dockerfile", "docker-compose.yml", "scripts/ensure"}
	documents, err := filepath.Glob("docs/*.md")
	require.NoError(t, err)
	decisions, err := filepath.Glob("docs/decisions/*.md")
	require.NoError(t, err)
	for _, file := range slices.Concat(files, documents, decisions) {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		all = append(all, ours.FindAllString(strings.ReplaceAll(string(text), "TRIBUNA_DATA/", "TRIBUNA_DATA /"), -1)...)
	}
	return all
}
