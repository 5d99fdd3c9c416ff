package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"time"

	"tribuna/internal/devstack"
)

// introduction says what was measured on.
func introduction(now time.Time) string {
	postgres, err := devstack.PostgresVersion()
	if err != nil {
		postgres = "unknown"
	}
	temporal, err := devstack.TemporalVersion()
	if err != nil {
		temporal = "unknown"
	}
	return fmt.Sprintf(`# Performance

Written by `+"`make bench`"+` on %s. Each figure stands beside a bare equivalent measured in the same run, because machines
differ and ratios differ less. Everything ran on one machine: PostgreSQL with the disk flushed at every commit, Temporal's
development server on SQLite, a mail catcher, pages, worker, and the measuring program itself.

| | |
|---|---|
| Processor | %s |
| Cores | %d |
| Memory | %s |
| System | %s |
| Go | %s |
| PostgreSQL | %s |
| Temporal | %s |

`, now.UTC().Format(time.DateOnly), fact("/proc/cpuinfo", "model name"), runtime.NumCPU(), memory(), system(), runtime.Version(), postgres, temporal)
}

// fact reads the first value of a name in a file of the system.
func fact(file, name string) string {
	f, err := os.Open(file)
	if err != nil {
		return "unknown"
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if key, value, ok := strings.Cut(lines.Text(), ":"); ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return "unknown"
}

func memory() string {
	var kB int64
	if _, err := fmt.Sscanf(fact("/proc/meminfo", "MemTotal"), "%d kB", &kB); err != nil {
		return "unknown"
	}
	return fmt.Sprintf("%.0f GiB", float64(kB)/(1<<20))
}

func system() string {
	out, err := exec.Command("uname", "-sr").Output()
	if err != nil {
		return runtime.GOOS
	}
	return strings.TrimSpace(string(out))
}

// sample is how long each of many runs of one thing took.
type sample []time.Duration

// at is the time within which the given part of the runs was done (nearest rank).
func (s sample) at(part float64) time.Duration {
	if len(s) == 0 {
		return 0
	}
	sorted := slices.Clone(s)
	slices.Sort(sorted)
	return sorted[min(len(sorted)-1, int(part*float64(len(sorted))))]
}

// ms writes a time in milliseconds.
func ms(d time.Duration) string { return fmt.Sprintf("%.1f", float64(d)/float64(time.Millisecond)) }

// verdict says whether an aim was reached.
func verdict(reached bool) string {
	if reached {
		return "reached"
	}
	return "**missed**"
}
