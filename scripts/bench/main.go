// Command bench measures what Tribuna promises about speed, each against a bare equivalent in the same run: machines
// differ, ratios less. It starts an instance of its own, in parts, and removes it afterwards.
//
//	go run ./scripts/bench [-only start,signoff,review,phone,matching,invitations,dashboards,processes] [-processes 10000] [-invitations 5000] [-sizes 1000,10000,100000] [-write docs/performance.md]
//
// It needs bin/tribuna, and nothing else that runs on the machine while it measures.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// limit bounds a whole run.
const limit = 90 * time.Minute

// settings say what is measured.
type settings struct {
	only        []string
	processes   int
	invitations int
	sizes       []int
	write       string
}

func main() {
	s, err := readSettings()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	if err := run(ctx, s); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func readSettings() (settings, error) {
	only := flag.String("only", "start,signoff,review,phone,matching,invitations,dashboards,processes", "what to measure, with commas between")
	processes := flag.Int("processes", 10_000, "how many processes are open")
	invitations := flag.Int("invitations", 5_000, "how many invitations to review are open")
	sizes := flag.String("sizes", "1000,10000,100000", "how many measures the dashboards count, with commas between")
	write := flag.String("write", "", "file to write the results to; without it they are shown only")
	flag.Parse()
	s := settings{only: strings.Split(*only, ","), processes: *processes, invitations: *invitations, write: *write}
	for _, size := range strings.Split(*sizes, ",") {
		n, err := strconv.Atoi(size)
		if err != nil || n < 1 {
			return s, fmt.Errorf("-sizes %s: numbers of 1 or more are expected", *sizes)
		}
		s.sizes = append(s.sizes, n)
	}
	if s.write != "" && len(s.only) < len(chapters) {
		return s, errors.New("-write wants everything measured: leave -only out")
	}
	return s, nil
}

// chapters are the things measured, in the order of the report.
var chapters = []struct {
	name    string
	measure func(context.Context, settings) (string, error)
}{
	{"start", measureStart},
	{"signoff", measureSignOff},
	{"review", measureReview},
	{"phone", measurePhone},
	{"matching", measureMatching},
	{"invitations", measureInvitations},
	{"dashboards", measureDashboards},
	{"processes", measureProcesses},
}

func run(ctx context.Context, s settings) error {
	text := introduction(time.Now())
	for _, c := range chapters {
		if !slices.Contains(s.only, c.name) {
			continue
		}
		progress("measuring: %s", c.name)
		part, err := c.measure(ctx, s)
		if err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
		fmt.Print(part)
		text += part
	}
	if s.write == "" {
		return nil
	}
	return os.WriteFile(s.write, []byte(text+mailings(s.write)), 0o644)
}

// mailings is the chapter that another programme writes (scripts/campaign), as it stands at the end of the file.
func mailings(file string) string {
	old, err := os.ReadFile(file)
	if err != nil {
		return ""
	}
	const begins = "<!-- mailings -->"
	if _, chapter, found := strings.Cut(string(old), begins); found {
		return "\n" + begins + chapter
	}
	return ""
}

func progress(format string, args ...any) {
	fmt.Fprintf(os.Stderr, time.Now().Format(time.TimeOnly)+" "+format+"\n", args...)
}
