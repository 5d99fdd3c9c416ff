package devstack_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"tribuna/internal/devstack"
)

// waitForGo ends when it is told to, with what it was told.
func waitForGo(ctx workflow.Context) (string, error) {
	var word string
	workflow.GetSignalChannel(ctx, "go").Receive(ctx, &word)
	return word, nil
}

func TestTemporalKeepsOpenWorkflowsThroughKillAndStop(t *testing.T) {
	if testing.Short() {
		t.Skip("a running process is not for the short tests")
	}
	ctx := within(t, 2*time.Minute)
	dir := t.TempDir()
	server, err := devstack.StartTemporal(ctx, devstack.TemporalOptions{Dir: dir, Namespace: "kept"})
	require.NoError(t, err)
	t.Cleanup(func() { _ = server.Kill() })

	c, err := server.Dial(ctx)
	require.NoError(t, err)
	defer c.Close()
	options := client.StartWorkflowOptions{ID: "open", TaskQueue: "kept"}
	_, err = c.ExecuteWorkflow(ctx, options, waitForGo)
	require.NoError(t, err)

	address := server.Address()
	require.NoError(t, server.Kill())
	<-server.Done()
	require.NoError(t, server.Restart(ctx))
	require.Equal(t, address, server.Address())
	require.NoError(t, server.Stop(ctx))

	again, err := devstack.StartTemporal(ctx, devstack.TemporalOptions{Dir: dir, Namespace: "kept"})
	require.NoError(t, err)
	t.Cleanup(func() { _ = again.Stop(context.Background()) })
	require.Equal(t, "told", finish(ctx, t, again, "open"))
}

// finish lets the open workflow end and gives its result.
func finish(ctx context.Context, t *testing.T, server *devstack.Temporal, id string) string {
	c, err := server.Dial(ctx)
	require.NoError(t, err)
	defer c.Close()
	w := worker.New(c, "kept", worker.Options{})
	w.RegisterWorkflow(waitForGo)
	require.NoError(t, w.Start())
	defer w.Stop()
	require.NoError(t, c.SignalWorkflow(ctx, id, "", "go", "told"))
	var result string
	require.NoError(t, c.GetWorkflow(ctx, id, "").Get(ctx, &result))
	return result
}

func TestTemporalSaysWhereItsProgramIsMissing(t *testing.T) {
	_, err := devstack.StartTemporal(within(t, 10*time.Second), devstack.TemporalOptions{
		Dir: t.TempDir(), Bin: "/nowhere/temporal",
	})
	require.ErrorContains(t, err, "start Temporal")
}
