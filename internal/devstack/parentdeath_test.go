package devstack_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/internal/devstack"
)

// parentDir makes this test program play the parent that is killed: it starts
// both servers in the folder, prints their addresses and waits for its end.
const parentDir = "TRIBUNA_TEST_PARENT_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(parentDir); dir != "" {
		if err := playParent(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

func playParent(dir string) error {
	ctx := context.Background()
	pg, err := devstack.StartPostgres(ctx, devstack.PostgresOptions{Dir: dir + "/pg", Fsync: true})
	if err != nil {
		return err
	}
	server, err := devstack.StartTemporal(ctx, devstack.TemporalOptions{Dir: dir + "/temporal"})
	if err != nil {
		return err
	}
	fmt.Printf("127.0.0.1:%d %s\n", pg.Port(), server.Address())
	select {}
}

func TestServersDieWithAKilledParent(t *testing.T) {
	if testing.Short() {
		t.Skip("servers that are killed are not for the short tests")
	}
	dir := t.TempDir()
	parent := exec.Command(os.Args[0])
	parent.Env = append(os.Environ(), parentDir+"="+dir)
	parent.Stderr = os.Stderr
	out, err := parent.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, parent.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	addresses := strings.Fields(line)
	require.Len(t, addresses, 2)
	for _, address := range addresses {
		require.True(t, listening(address))
	}

	require.NoError(t, parent.Process.Kill())
	_ = parent.Wait()
	for _, address := range addresses {
		require.Eventually(t, func() bool { return !listening(address) }, 10*time.Second, 50*time.Millisecond, address)
	}
	startPostgres(t, dir+"/pg") // and the folder can be used again at once
}

func listening(address string) bool {
	conn, err := net.DialTimeout("tcp", address, time.Second)
	if err != nil {
		return false
	}
	_ = conn.Close()
	return true
}
