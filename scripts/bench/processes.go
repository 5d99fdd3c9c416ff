package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"tribuna/models"
)

const (
	wakes         = 200  // how many of the open processes are woken, each twice
	workflowCache = 2000 // of the worker
	countries     = 8    // that have authorities
)

// measureProcesses measures many open processes, all of them follow-ups that wait for months: what the worker that
// started them holds, and how long one takes to answer that was put out of memory.
func measureProcesses(ctx context.Context, s settings) (string, error) {
	in, err := startInstance(ctx)
	if err != nil {
		return "", err
	}
	defer in.stop()
	empty := in.worker.memory()
	me, err := in.callerByEmail(ctx, officer)
	if err != nil {
		return "", err
	}
	ids, err := in.addFollowUps(ctx, s.processes)
	if err != nil {
		return "", err
	}
	progress("starting %d processes", len(ids))
	began := time.Now()
	if err := in.startAll(ctx, ids); err != nil {
		return "", err
	}
	took := time.Since(began)
	full := in.worker.memory()
	progress("waking %d of them in an empty worker", wakes)
	if err := in.restartWorker(); err != nil {
		return "", err
	}
	cold, warm, err := in.wake(ctx, me, ids)
	if err != nil {
		return "", err
	}
	return processesChapter(len(ids), took, empty, full, in.worker.memory(), cold, warm), nil
}

func processesChapter(count int, took time.Duration, empty, full, after int64, cold, warm sample) string {
	const mb = 1 << 20
	return fmt.Sprintf(`## %d open processes

As many follow-ups, each a workflow that waits for months. The worker keeps %d of them in memory (`+"`TRIBUNA_WORKFLOW_CACHE`"+`).

| | |
|---|---:|
| started, per second | %.0f |
| worker's memory, idle | %d MB |
| worker's memory, all started | %d MB |
| per process held in memory | %.1f kB |
| worker's memory, started anew and %d woken | %d MB |

**Wake-up**: progress is reported over HTTP for %d of them, chosen at random, by a worker started anew, which has none in memory
and must replay each; then for the same again, which it now holds.

| | p50 ms | p99 ms |
|---|---:|---:|
| replayed | %s | %s |
| held in memory | %s | %s |
| ratio at p50 | %.2f | |

`, count, workflowCache, float64(count)/took.Seconds(), empty/mb, full/mb, float64(full-empty)/1024/float64(min(count, workflowCache)), wakes, after/mb,
		wakes, ms(cold.at(.5)), ms(cold.at(.99)), ms(warm.at(.5)), ms(warm.at(.99)), float64(cold.at(.5))/float64(warm.at(.5)))
}

// memory is what the program holds in memory, in bytes.
func (p *program) memory() int64 {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(raw)) {
		var kB int64
		if n, _ := fmt.Sscanf(line, "VmRSS: %d kB", &kB); n == 1 {
			return kB << 10
		}
	}
	return 0
}

// startAll starts the processes as pages and sweep do, sixteen at a time, and waits until each waits in turn.
func (in *instance) startAll(ctx context.Context, ids []uuid.UUID) error {
	queue := make(chan uuid.UUID)
	var wait sync.WaitGroup
	errs := make(chan error, 16)
	for range 16 {
		wait.Go(func() {
			for id := range queue {
				p, err := models.ProcessByID(ctx, in.db, id)
				if err == nil {
					err = in.processes.Start(ctx, *p)
				}
				if err != nil {
					errs <- err
					return
				}
			}
		})
	}
	err := feed(queue, errs, ids)
	close(queue)
	wait.Wait()
	if err != nil {
		return err
	}
	return in.settled(ctx)
}

func feed(queue chan<- uuid.UUID, errs <-chan error, ids []uuid.UUID) error {
	for _, id := range ids {
		select {
		case queue <- id:
		case err := <-errs:
			return err
		}
	}
	return nil
}

// settled waits until no workflow task is under way: the worker's processor time stands still for a second.
func (in *instance) settled(ctx context.Context) error {
	last, still := int64(-1), 0
	return until(ctx, 20*time.Minute, func() (bool, error) {
		used := in.worker.processorTime()
		if used-last > 1 {
			last, still = used, 0
			return false, in.worker.failed()
		}
		still++
		return still > 50, nil // 50 looks at 20 ms
	})
}

// processorTime is what the program has used so far, in ticks of 10 ms.
func (p *program) processorTime() int64 {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(raw[strings.LastIndexByte(string(raw), ')')+1:]))
	var user, system int64
	if len(fields) > 12 {
		_, _ = fmt.Sscan(fields[11], &user)
		_, _ = fmt.Sscan(fields[12], &system)
	}
	return user + system
}

// wake reports progress on some processes, then on the same again.
func (in *instance) wake(ctx context.Context, me *caller, ids []uuid.UUID) (cold, warm sample, err error) {
	chosen := rand.Perm(len(ids))[:min(wakes, len(ids))]
	for _, times := range []*sample{&cold, &warm} {
		for _, i := range chosen {
			took, err := timed(func() error {
				return me.post(ctx, "/api/v1/followups/"+ids[i].String()+"/progress", map[string]any{"status": "under_discussion", "note": "Spoke with them.", "day_unknown": true}, nil)
			})
			if err != nil {
				return nil, nil, err
			}
			*times = append(*times, took)
		}
	}
	return cold, warm, nil
}
