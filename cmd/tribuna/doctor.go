package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"

	"tribuna/internal/config"
	"tribuna/workflows"
)

// runDoctor compares the processes in the database with those that run, and repairs what differs if asked to. Where it only looks, it
// looks at what sends mail as well.
func runDoctor(ctx context.Context, cfg config.Config, args []string) error {
	f, err := doctorFlags(args)
	if err != nil {
		return err
	}
	p, err := openParts(cfg)
	if err != nil {
		return err
	}
	defer func() { _ = p.close(context.WithoutCancel(ctx)) }()
	findings, err := p.processes().Look(ctx, f.repair)
	if err != nil {
		return err
	}
	if f.release {
		return p.release(ctx, findings, f)
	}
	var post mailLook
	if !f.repair { // nothing that it repairs
		post = p.lookAtMail(ctx)
	}
	if err := report(findings, post, f); err != nil {
		return err
	}
	return p.remindOfRelease(ctx, f)
}

// doctorWish is what doctor is asked to do.
type doctorWish struct{ repair, asJSON, release, send, drop bool }

func doctorFlags(args []string) (doctorWish, error) {
	var f doctorWish
	known := map[string]*bool{"--repair": &f.repair, "--json": &f.asJSON, "--release": &f.release, "--send": &f.send, "--drop": &f.drop}
	for _, a := range args {
		set, ok := known[a]
		if !ok {
			return f, usageError{fmt.Sprintf("doctor does not know %q", a)}
		}
		*set = true
	}
	switch {
	case f.release && f.repair:
		return f, usageError{"doctor repairs first, and releases when it is asked again"}
	case (f.send || f.drop) && !f.release, f.send && f.drop:
		return f, usageError{"doctor takes either --send or --drop, with --release"}
	}
	return f, nil
}

// report prints what was found; what is left as it is makes an error, so that a script notices.
func report(findings []workflows.Finding, post mailLook, wish doctorWish) error {
	left := 0
	for _, f := range findings {
		if !f.Repaired {
			left++
		}
	}
	if wish.asJSON {
		if err := json.NewEncoder(os.Stdout).Encode(append(append([]workflows.Finding{}, findings...), post.wrong...)); err != nil {
			return err
		}
	} else {
		printFindings(findings, post)
	}
	return errors.Join(verdict(findings, left, wish), post.verdict())
}

func printFindings(findings []workflows.Finding, post mailLook) {
	for _, f := range append(slices.Clone(findings), post.wrong...) {
		state := "found"
		if f.Repaired {
			state = "repaired"
		}
		fmt.Printf("%-9s %-12s %s: %s\n", state, f.Kind, f.Subject, f.What)
	}
	for _, line := range post.lines {
		fmt.Println(line)
	}
}

// verdict sums up what was found about processes.
func verdict(findings []workflows.Finding, left int, wish doctorWish) error {
	switch {
	case left == 0 && wish.asJSON:
		return nil
	case len(findings) == 0:
		fmt.Println("Every open process runs, and every submission is settled.")
		return nil
	case left == 0:
		fmt.Printf("%d repaired.\n", len(findings))
		return nil
	case wish.repair:
		return fmt.Errorf("%d of %d could not be repaired", left, len(findings))
	default:
		return fmt.Errorf("%d found: run tribuna doctor --repair", left)
	}
}
