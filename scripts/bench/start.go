package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"
)

// measureStart measures `tribuna dev`, and the parts of an installation that runs.
func measureStart(ctx context.Context, _ settings) (string, error) {
	whole, err := measureDev(ctx)
	if err != nil {
		return "", err
	}
	parts, err := measureParts(ctx)
	return whole + parts, err
}

// startsOfParts is how often each part is started.
const startsOfParts = 10

// measureParts starts parts once more beside an instance that runs, each until it says that it is ready.
func measureParts(ctx context.Context) (string, error) {
	progress("starts of the parts")
	in, err := startInstance(ctx)
	if err != nil {
		return "", err
	}
	defer in.stop()
	text := "Its parts, each a program of its own, from its start until it says that it is ready.\n\n| part | p50 ms | slowest ms |\n|---|---:|---:|\n"
	text += fmt.Sprintf("| `migrate`, all of them, once | %s | |\n", ms(in.migrated))
	for _, part := range []struct{ name, variable string }{{"migrate", ""}, {"worker", "TRIBUNA_METRICS_ADDR"}, {"serve", "TRIBUNA_ADDR"}} {
		var took sample
		for range startsOfParts {
			d, err := in.startPart(ctx, part.name, part.variable)
			if err != nil {
				return "", fmt.Errorf("%s: %w", part.name, err)
			}
			took = append(took, d)
		}
		name := "`" + part.name + "`"
		if part.variable == "" {
			name += ", nothing to do"
		}
		text += fmt.Sprintf("| %s | %s | %s |\n", name, ms(took.at(.5)), ms(took.at(1)))
	}
	return text + "\n", nil
}

// startPart starts a part that answers at the address which a variable gives, and returns how long it took until it was ready;
// one without such a variable is ready when it has ended.
func (in *instance) startPart(ctx context.Context, part, variable string) (time.Duration, error) {
	variables, addr := in.variables, ""
	if variable != "" {
		var err error
		if addr, err = freeAddress(); err != nil {
			return 0, err
		}
		variables = append(slices.Clone(variables), variable+"="+addr)
	}
	began := time.Now()
	p, err := launch(variables, part)
	if err != nil {
		return 0, err
	}
	defer p.end()
	if variable == "" {
		<-p.done
		if !p.cmd.ProcessState.Success() {
			return 0, p.failed()
		}
		return time.Since(began), nil
	}
	err = until(ctx, time.Minute, func() (bool, error) { return isReady(addr), p.failed() })
	return time.Since(began), err
}

// isReady asks a part whether it is; one that does not answer yet is not.
func isReady(addr string) bool {
	res, err := http.Get("http://" + addr + "/readyz")
	if err != nil {
		return false
	}
	res.Body.Close()
	return res.StatusCode == http.StatusOK
}

// measureDev measures `tribuna dev`: in an empty folder, and once more when everything is there.
func measureDev(ctx context.Context) (string, error) {
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
