package main

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"
)

// The sign-off is measured on twenty recommendations that many organisations are asked to sign.
const (
	recommendations = 20
	signers         = 32 // organisations per recommendation
	pacedEach       = 11 // of them one after the other, the rest in bursts
	perBurst        = 4  // of each recommendation
	pace            = 200 * time.Millisecond
)

// What is aimed at.
const (
	aimAdded = 15 * time.Millisecond // at p50, paced
	aimRatio = 0.7                   // of the bare throughput
)

// measureSignOff measures a sign-off over HTTP beside a bare Update: paced, and back to back.
func measureSignOff(ctx context.Context, _ settings) (string, error) {
	in, err := startInstance(ctx)
	if err != nil {
		return "", err
	}
	defer in.stop()
	all, err := in.openSignOffs(ctx)
	if err != nil {
		return "", err
	}
	plain, err := startBare(ctx, in.client, len(all))
	if err != nil {
		return "", err
	}
	defer plain.worker.Stop()
	m := &signOffs{all: all, bare: plain}
	return m.measure(ctx)
}

// signing is one sign-off that is waited for.
type signing struct {
	who  *caller
	path string
	body map[string]any
}

func (s signing) do(ctx context.Context) error { return s.who.post(ctx, s.path, s.body, nil) }

// signOffs are the sign-offs waited for, by recommendation, and as many bare processes.
type signOffs struct {
	all  [][]signing
	bare *bare
}

// take removes the next sign-off of a recommendation.
func (m *signOffs) take(recommendation int) signing {
	s := m.all[recommendation][0]
	m.all[recommendation] = m.all[recommendation][1:]
	return s
}

func (m *signOffs) measure(ctx context.Context) (string, error) {
	progress("paced")
	for i := range len(m.all) { // nobody's first time counts
		if err := m.bare.update(ctx, i); err != nil {
			return "", err
		}
		if err := m.take(i).do(ctx); err != nil {
			return "", err
		}
	}
	bare, ours, err := m.paced(ctx, pacedEach)
	if err != nil {
		return "", err
	}
	turns, err := m.inTurns(ctx, len(m.all[0])/perBurst)
	if err != nil {
		return "", err
	}
	return pacedChapter(bare, ours) + burstsChapter(turns), nil
}

// turn is a burst of bare Updates and one of sign-offs right after it.
type turn struct{ bare, ours burst }

// inTurns has bursts of both by turns, so that a pause of the machine falls on either and is seen.
func (m *signOffs) inTurns(ctx context.Context, turns int) ([]turn, error) {
	var all []turn
	for n := range turns {
		progress("back to back, %d of %d", n+1, turns)
		bare, err := m.together(ctx, func(ctx context.Context, i int) error { return m.bare.update(ctx, i) }, perBurst)
		if err != nil {
			return nil, err
		}
		ours, err := m.together(ctx, func(ctx context.Context, i int) error { return m.take(i).do(ctx) }, perBurst)
		if err != nil {
			return nil, err
		}
		all = append(all, turn{bare, ours})
	}
	return all, nil
}

// paced does one after the other, every 200 ms, a bare Update and a sign-off in turn.
func (m *signOffs) paced(ctx context.Context, rounds int) (bare, ours sample, err error) {
	tick := time.NewTicker(pace)
	defer tick.Stop()
	for range rounds {
		for i := range m.all {
			<-tick.C
			took, err := timed(func() error { return m.bare.update(ctx, i) })
			if err != nil {
				return nil, nil, err
			}
			bare = append(bare, took)
			<-tick.C
			if took, err = timed(func() error { return m.take(i).do(ctx) }); err != nil {
				return nil, nil, err
			}
			ours = append(ours, took)
		}
	}
	return bare, ours, nil
}

// burst is many done at once.
type burst struct {
	each sample
	took time.Duration
}

func (b burst) perSecond() float64 { return float64(len(b.each)) / b.took.Seconds() }

// together works on all recommendations at once, on each as soon as the one before is answered.
func (m *signOffs) together(ctx context.Context, do func(context.Context, int) error, times int) (burst, error) {
	var b burst
	var mu sync.Mutex
	var wait sync.WaitGroup
	var failed error
	began := time.Now()
	for i := range m.all {
		wait.Go(func() {
			for range times {
				took, err := timed(func() error { return do(ctx, i) })
				mu.Lock()
				b.each = append(b.each, took)
				if err != nil {
					failed = err
				}
				mu.Unlock()
				if err != nil {
					return
				}
			}
		})
	}
	wait.Wait()
	b.took = time.Since(began)
	return b, failed
}

func timed(do func() error) (time.Duration, error) {
	began := time.Now()
	err := do()
	return time.Since(began), err
}

func pacedChapter(bare, ours sample) string {
	added := ours.at(0.5) - bare.at(0.5)
	return fmt.Sprintf(`## A sign-off over HTTP

A partner's sign-off is an HTTP request with a token: it is checked, stored as a submission, told to the recommendation's
workflow by an Update, decided in one transaction (answer, decision, record, mails to write) and answered. Beside it stands a
bare Update on the same Temporal server, whose handler runs one regular activity that does nothing, in a worker set up as ours.
%d recommendations, %d organisations each.

**Paced**: one every 200 ms, a bare Update and a sign-off in turn; %d of each.

| | p50 ms | p99 ms |
|---|---:|---:|
| bare Update | %s | %s |
| sign-off over HTTP | %s | %s |
| added | %s | %s |

Aim: under 15 ms added at p50: %s.

`, recommendations, signers, len(ours), ms(bare.at(.5)), ms(bare.at(.99)), ms(ours.at(.5)), ms(ours.at(.99)), ms(added), ms(ours.at(.99)-bare.at(.99)),
		verdict(added < aimAdded))
}

// burstsChapter tells of the bursts one by one; what counts is the middle one of their ratios.
func burstsChapter(turns []turn) string {
	text := fmt.Sprintf(`**Back to back**: on all %d recommendations at once, each as soon as the one before is answered; bursts of %d bare Updates and of
%d sign-offs by turns.

| burst | bare per second | p50 ms | p99 ms | sign-offs per second | p50 ms | p99 ms | ratio |
|---:|---:|---:|---:|---:|---:|---:|---:|
`, recommendations, recommendations*perBurst, recommendations*perBurst)
	var ratios []float64
	stood := 0
	for n, t := range turns {
		if t.stoodStill() {
			stood++
		}
		ratio := t.ours.perSecond() / t.bare.perSecond()
		ratios = append(ratios, ratio)
		text += fmt.Sprintf("| %d | %.1f | %s | %s | %.1f | %s | %s | %.2f |\n", n+1, t.bare.perSecond(), ms(t.bare.each.at(.5)), ms(t.bare.each.at(.99)),
			t.ours.perSecond(), ms(t.ours.each.at(.5)), ms(t.ours.each.at(.99)), ratio)
	}
	if 2*stood > len(turns) {
		return text + fmt.Sprintf("\nAim: over %.1f of the bare throughput: **not shown**. In %d of %d bursts a side stood still for so long that its figure says nothing.\n\n",
			aimRatio, stood, len(turns))
	}
	slices.Sort(ratios)
	middle := (ratios[(len(ratios)-1)/2] + ratios[len(ratios)/2]) / 2
	return text + fmt.Sprintf("\nAim: over 0.7 of the bare throughput, in the middle of all bursts %.2f: %s.\n\n", middle, verdict(middle > aimRatio))
}

// stoodStill tells a burst in which a side waited for something other than the work: its slowest took many times what the
// middle one did.
func (t turn) stoodStill() bool {
	const many = 5
	return t.bare.each.at(.99) > many*t.bare.each.at(.5) || t.ours.each.at(.99) > many*t.ours.each.at(.5)
}
