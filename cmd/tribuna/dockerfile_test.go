package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/config"
)

const checkout = "../.."

func readCheckout(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(checkout, name))
	require.NoError(t, err)
	return string(text)
}

func all(pattern, text string) [][]string {
	return regexp.MustCompile(pattern).FindAllStringSubmatch(text, -1)
}

func TestEveryImageOfTheDockerfileIsPinned(t *testing.T) {
	text := readCheckout(t, "Dockerfile")
	from := all(`(?m)^FROM (\S+)`, text)
	require.Len(t, from, 3)
	for _, image := range from {
		require.Regexp(t, pinned, image[1])
	}
	version := all(`(?m)^go (\S+)$`, readCheckout(t, "go.mod"))[0][1]
	require.Contains(t, text, "golang:"+version+"-", "the compiler is the one go.mod asks for")
}

// What is made by `make assets` and built into the programme is left out of what Docker is given, made there anew, and put
// where the compiler looks for it.
func TestTheDockerfileBuildsWhatTheProgrammeEmbeds(t *testing.T) {
	text, ignored := readCheckout(t, "Dockerfile"), readCheckout(t, ".dockerignore")
	for _, source := range all(`(?m)^COPY ([^-].*) \S+$`, text) {
		for _, name := range strings.Fields(source[1]) {
			_, err := os.Stat(filepath.Join(checkout, name))
			require.NoError(t, err, "it copies what is there")
		}
	}
	copied := map[string]string{}
	for _, c := range all(`(?m)^COPY --from=pages /src/(\S+) \./(\S+)$`, text) {
		copied[c[1]] = c[2]
	}
	require.Len(t, copied, 2)
	for _, built := range []string{"web/static/dist", "internal/breached/dist"} {
		files, err := filepath.Glob(filepath.Join(checkout, built, "*"))
		require.NoError(t, err)
		require.NotEmpty(t, files, "make assets writes there")
		require.Contains(t, ignored, built)
		require.Equal(t, built, copied[built])
	}
	require.Contains(t, text, "RUN npm run --silent build")
	require.Contains(t, text, "go build -trimpath -o /tribuna ./cmd/tribuna")
	require.Contains(t, text, "COPY --from=programme /tribuna /usr/local/bin/tribuna")
	require.Contains(t, text, `ENTRYPOINT ["tribuna"]`)
}

// The image has the programs that are optional elsewhere, says so in variables that there are, and runs as nobody special.
func TestTheImageIsCompleteAndNotRoot(t *testing.T) {
	text := readCheckout(t, "Dockerfile")
	last := text[strings.LastIndex(text, "\nFROM "):]
	database := all(`postgres:(\d+)\.`, readCompose(t).Services["postgres"].Image)[0][1]
	for _, name := range []string{"ca-certificates", "postgresql-client-" + database, "pandoc", "chromium", "fonts-liberation"} {
		require.Regexp(t, `(?s)apt-get install[^&]*\s`+name+`\s`, last, name)
	}
	for _, set := range all(`([A-Z_]+)=/\S+`, last) {
		require.True(t, slices.ContainsFunc(config.Variables(), func(v config.Variable) bool { return v.Name == set[1] }), set[1])
	}
	require.Regexp(t, `(?s)useradd --system --no-create-home tribuna.*--owner=tribuna --mode=0700 /backups.*\nUSER tribuna\n`, last)
	require.NotContains(t, last[strings.Index(last, "\nUSER"):], "\nRUN", "nothing is done as root afterwards")
}
