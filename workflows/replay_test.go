package workflows_test

import (
	"bytes"
	"encoding/base64"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/worker"

	"tribuna/workflows"
)

// histories is where scripts/histories puts what it recorded of real runs.
const histories = "testdata/histories"

// recordedParts are the parts of the processes of which at least one history must be kept: what ran once must replay
// for ever, or processes that began years ago block.
var recordedParts = []string{"recommendation-waiting", "recommendation-review", "recommendation-review-silence", "recommendation-translation", "recommendation-signoff",
	"recommendation-publication", "mailing-sending", "mailing-scheduled", "mailing-waiting", "followup-"}

func recorded(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(histories, "*.json"))
	require.NoError(t, err)
	return files
}

func TestReplayHasAHistoryOfEveryPart(t *testing.T) {
	files := recorded(t)
	for _, part := range recordedParts {
		found := false
		for _, f := range files {
			found = found || strings.HasPrefix(filepath.Base(f), part)
		}
		require.True(t, found, "no history of %q in %s: record one with scripts/histories", part, histories)
	}
}

func TestReplayOfRecordedHistories(t *testing.T) {
	for _, f := range recorded(t) {
		t.Run(filepath.Base(f), func(t *testing.T) { require.NoError(t, replay(f)) })
	}
}

// TestReplayHasAHistoryThroughEveryFlag: a flag stands in a history as JSON in base64.
func TestReplayHasAHistoryThroughEveryFlag(t *testing.T) {
	source, err := os.ReadFile("versions.go")
	require.NoError(t, err)
	flags := regexp.MustCompile(`= "([a-z-]+)"`).FindAllSubmatch(source, -1)
	require.NotEmpty(t, flags)
	for _, flag := range flags {
		found := false
		for _, f := range recorded(t) {
			raw, err := os.ReadFile(f)
			require.NoError(t, err)
			found = found || bytes.Contains(raw, []byte(base64.StdEncoding.EncodeToString([]byte(`"`+string(flag[1])+`"`))))
		}
		require.True(t, found, "no history goes through %s: record one with scripts/histories", flag[1])
	}
}

// TestReplayNoticesOtherCode replays a history as if the code had asked for another activity then.
func TestReplayNoticesOtherCode(t *testing.T) {
	files := recorded(t)
	require.NotEmpty(t, files, "no history in %s: record some with scripts/histories", histories)
	raw, err := os.ReadFile(files[0])
	require.NoError(t, err)
	other := filepath.Join(t.TempDir(), "other.json")
	require.NoError(t, os.WriteFile(other, bytes.ReplaceAll(raw, []byte(`"LoadPosition"`), []byte(`"Decide"`)), 0o600))
	require.ErrorContains(t, replay(other), "nondeterministic")
}

func replay(file string) error {
	r := worker.NewWorkflowReplayer()
	workflows.Register(r)
	return r.ReplayWorkflowHistoryFromJSONFile(quiet{}, file)
}
