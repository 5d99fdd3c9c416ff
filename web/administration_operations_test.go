package web

import (
	"log/slog"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/internal/demo"
	"tribuna/internal/devstack/testtemporal"
	"tribuna/models"
	"tribuna/workflows"
)

func TestOperationsAreForCoordinators(t *testing.T) {
	h := newHouse(t)
	for _, path := range []string{operationsPath, operationsPath + "/mend"} {
		require.Equal(t, http.StatusForbidden, h.as("officer-khc", "en").get(path).StatusCode)
		require.Equal(t, http.StatusOK, h.as("coordinator", "en").get(path).StatusCode)
	}
	for _, path := range []string{operationsPath + "/examine", operationsPath + "/mend"} {
		require.Equal(t, http.StatusForbidden, h.as("officer-khc", "en").post(path, url.Values{}).StatusCode)
	}
}

func TestOperationsSayWhatIsStuckAndWhatToDo(t *testing.T) {
	h := newHouse(t)
	ctx, old := t.Context(), time.Now().Add(-time.Hour)
	coordinator := h.as("coordinator", "en")
	require.Contains(t, coordinator.get(operationsPath).Body, "The regular check has not come by")
	require.NoError(t, models.MarkSwept(ctx, h.db, time.Now()))
	require.Contains(t, coordinator.get(operationsPath).Body, "All is well")

	subject := models.Process{Kind: models.ProcessRecommendation, ID: h.brief.ID}.WorkflowID()
	require.NoError(t, models.ReplaceFindings(ctx, h.db, old, []models.Finding{{Kind: "stuck", Subject: subject}, {Kind: "no_sweep", Subject: "sweep-x"}}))
	sub, err := models.NewSubmission(h.brief.ID, "decision-1", models.DecideHold, demo.ID("person", "officer-khc"), models.ReasonPayload{Reason: "Elections."})
	require.NoError(t, err)
	_, err = models.Receive(ctx, h.db, sub, old)
	require.NoError(t, err)
	mail := func(key string, at time.Time) {
		require.NoError(t, models.Enqueue(ctx, h.db, &models.OutboxMail{Kind: models.MailDigest, DedupeKey: key, PersonID: demo.ID("person", "officer-khc"), CreatedAt: at}))
	}
	mail("old", old)
	mail("fresh", time.Now())

	body := coordinator.get(operationsPath).Body
	require.NotContains(t, body, "All is well")
	for _, says := range []string{"Processes that fail again and again", "Answers that are not recorded yet", "Mails that wait", "The regular check is missing",
		"What to do:", `href="/recommendations/` + h.brief.ID.String(), h.brief.Title, "Everything was last looked at", `href="/administration/operations/mend"`} {
		require.Contains(t, body, says)
	}
	require.NotContains(t, body, h.person("officer-khc").Email)
	for _, language := range []string{"bg", "sq", "ro", "sr-Latn"} {
		require.Equal(t, http.StatusOK, h.as("coordinator", language).get(operationsPath).StatusCode)
	}
}

func TestMendingBeginsProcessesAnewAndIsOnTheJournal(t *testing.T) {
	h := newHouse(t)
	temporal := testtemporal.Client(t)
	h.server.Processes = &workflows.Client{DB: h.db, Temporal: temporal, Now: time.Now, Log: slog.New(slog.DiscardHandler)}
	coordinator := h.as("coordinator", "en")
	require.NoError(t, models.MarkSwept(t.Context(), h.db, time.Now()))
	coordinator.post(operationsPath+"/examine", url.Values{})
	require.Contains(t, coordinator.get(operationsPath).Body, "Processes that nothing moves on")
	require.Contains(t, coordinator.get(operationsPath+"/mend").Body, "is begun anew from what is on record")
	coordinator.post(operationsPath+"/mend", url.Values{})
	require.Contains(t, coordinator.get(operationsPath).Body, "All is well")
	require.Contains(t, coordinator.get("/administration/journal").Body, "had the processes begun anew")
	d, err := temporal.DescribeWorkflowExecution(t.Context(), "recommendation:"+h.brief.ID.String(), "")
	require.NoError(t, err)
	require.NotNil(t, d.GetWorkflowExecutionInfo())
}

func TestATemporalThatIsAwayIsSaid(t *testing.T) {
	h := newHouse(t)
	server := testtemporal.Own(t)
	c := testtemporal.OwnClient(t, server)
	require.NoError(t, server.Kill())
	h.server.Processes = &workflows.Client{DB: h.db, Temporal: c, Now: time.Now, Log: slog.New(slog.DiscardHandler), LookPatience: 100 * time.Millisecond}
	coordinator := h.as("coordinator", "en")
	coordinator.post(operationsPath+"/examine", url.Values{})
	require.Contains(t, coordinator.get(operationsPath).Body, "does not answer. Nothing is lost")
}
