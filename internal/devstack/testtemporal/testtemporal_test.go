package testtemporal_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"tribuna/internal/devstack/testtemporal"
)

func TestMain(m *testing.M) { testtemporal.Main(m) }

func echo(_ workflow.Context, word string) (string, error) { return word, nil }

func TestSharedServerRunsWorkflows(t *testing.T) {
	c := testtemporal.Client(t)
	require.Same(t, testtemporal.Server(t), testtemporal.Server(t))
	w := worker.New(c, t.Name(), worker.Options{})
	w.RegisterWorkflow(echo)
	require.NoError(t, w.Start())
	defer w.Stop()
	run, err := c.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{TaskQueue: t.Name()}, echo, "heard")
	require.NoError(t, err)
	var heard string
	require.NoError(t, run.Get(t.Context(), &heard))
	require.Equal(t, "heard", heard)
}

func TestOwnServerIsAnother(t *testing.T) {
	own := testtemporal.Own(t)
	require.NotEqual(t, testtemporal.Server(t).Address(), own.Address())
	c := testtemporal.OwnClient(t, own)
	require.NoError(t, own.Kill())
	require.NoError(t, own.Restart(t.Context()))
	require.Eventually(t, func() bool {
		_, err := c.CheckHealth(t.Context(), nil)
		return err == nil
	}, 20*time.Second, 50*time.Millisecond, "a client reconnects by itself")
}
