package main

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"strings"
	"time"
)

// measureStart measures `tribuna dev`: in an empty folder, and once more when everything is there.
func measureStart(ctx context.Context, _ settings) (string, error) {
	dir, err := os.MkdirTemp("", "tribuna-bench-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	var starts []started
	for range 2 {
		s, err := startOnce(ctx, dir)
		if err != nil {
			return "", err
		}
		starts = append(starts, s)
	}
	text := "## Start-up\n\n`tribuna dev`, built: everything on one machine, in an empty folder, and once more in the same.\n\n| Step | first s | again s |\n|---|---:|---:|\n"
	for i, step := range starts[0].steps {
		text += fmt.Sprintf("| %s | %s | %s |\n", step.name, step.seconds, starts[1].steps[i].seconds)
	}
	text += fmt.Sprintf("| ready | %.1f | %.1f |\n| stopped in order | %.1f | %.1f |\n\nAim: ready again within 10 s: %s.\n\n", starts[0].ready.Seconds(), starts[1].ready.Seconds(),
		starts[0].stop.Seconds(), starts[1].stop.Seconds(), verdict(starts[1].ready < 10*time.Second))
	return text, nil
}

// started is one start of everything.
type started struct {
	steps       []step
	ready, stop time.Duration
}

type step struct{ name, seconds string }

var stepLine = regexp.MustCompile(`(?m)^  (\S.*?) +(\d+\.\d) s$`)

func startOnce(ctx context.Context, dir string) (started, error) {
	addr, err := freeAddress()
	if err != nil {
		return started{}, err
	}
	began := time.Now()
	p, err := launch([]string{"TRIBUNA_DATA=" + dir, "TRIBUNA_ADDR=" + addr}, "dev")
	if err != nil {
		return started{}, err
	}
	defer p.end()
	err = until(ctx, 3*time.Minute, func() (bool, error) { return strings.Contains(p.output(), "Tribuna is ready"), p.failed() })
	if err != nil {
		return started{}, fmt.Errorf("%w: %s", err, p.output())
	}
	s := started{ready: time.Since(began)}
	for _, m := range stepLine.FindAllStringSubmatch(p.output(), -1) {
		s.steps = append(s.steps, step{m[1], m[2]})
	}
	stopping := time.Now()
	p.end()
	s.stop = time.Since(stopping)
	return s, nil
}
