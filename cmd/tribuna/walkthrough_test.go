package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/internal/devstack/testmaterial"
	"tribuna/internal/walkthrough"
)

// TestTheWholeWay takes the demo brief, and a real text in five languages, from draft to follow-up on one instance at
// once, and finds both there after a restart.
func TestTheWholeWay(t *testing.T) {
	wholeInstance(t)
	t.Parallel()
	dir := t.TempDir()
	dev := launchDev(t, dir)
	site := dev.readyURL()
	t.Run("ways", func(t *testing.T) {
		t.Run("demo brief", func(t *testing.T) {
			t.Parallel()
			wholeWay(t, dir, site)
		})
		t.Run("real texts", func(t *testing.T) {
			t.Parallel()
			data, _ := testmaterial.Folder(t)
			wholeWay(t, dir, site, "--data", data)
		})
	})
	dev.interrupt()

	again := launchDev(t, dir)
	again.readyURL()
	doctor := launch(t, map[string]string{"TRIBUNA_DATA": dir}, "doctor")
	doctor.ended(0)
	require.Contains(t, doctor.output(), "Every open process runs")
	verify := launch(t, map[string]string{"TRIBUNA_DATA": dir}, "verify")
	verify.ended(0)
	again.interrupt()
}

// wholeWay runs the walkthrough and holds its result to what it must be.
func wholeWay(t *testing.T, dir, site string, args ...string) {
	p := launch(t, map[string]string{"TRIBUNA_DATA": dir, "TRIBUNA_URL": site}, append([]string{"walkthrough", "--json"}, args...)...)
	select {
	case <-p.done:
	case <-time.After(5 * time.Minute):
		t.Fatalf("the walkthrough does not end:\n%s", p.output())
	}
	require.Zero(t, p.cmd.ProcessState.ExitCode(), p.output())
	var r walkthrough.Result
	lines := strings.Split(strings.TrimSpace(p.output()), "\n")
	for _, line := range lines {
		if strings.HasPrefix(line, "{") {
			require.NoError(t, json.Unmarshal([]byte(line), &r))
		}
	}
	require.Empty(t, r.Differences)
	require.Len(t, r.Stages, 7)
	require.Equal(t, 4, r.ReviewsReceived)
	require.Equal(t, 4, r.TranslationsPublished)
	require.Equal(t, 1000, r.MailsExpected)
	require.Equal(t, r.MailsExpected, r.MailsDelivered+r.MailsFailed+r.MailsUnknown)
	require.Equal(t, 1000, r.MailsDelivered, "nothing went wrong on the way")
	require.Zero(t, r.MailDuplicates)
	require.True(t, r.DecisionRecordOK)
}
