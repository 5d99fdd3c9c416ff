package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"tribuna/internal/config"
	"tribuna/workflows"
)

// runDoctor compares the processes in the database with those that run, and repairs what differs if asked to.
func runDoctor(ctx context.Context, cfg config.Config, args []string) error {
	repair, asJSON, err := doctorFlags(args)
	if err != nil {
		return err
	}
	p, err := openParts(cfg)
	if err != nil {
		return err
	}
	defer func() { _ = p.close(context.WithoutCancel(ctx)) }()
	findings, err := p.processes().Diagnose(ctx, repair)
	if err != nil {
		return err
	}
	if asJSON {
		return json.NewEncoder(os.Stdout).Encode(findings)
	}
	return report(findings, repair)
}

func doctorFlags(args []string) (repair, asJSON bool, err error) {
	for _, a := range args {
		switch a {
		case "--repair":
			repair = true
		case "--json":
			asJSON = true
		default:
			return false, false, usageError{fmt.Sprintf("doctor does not know %q", a)}
		}
	}
	return repair, asJSON, nil
}

// report prints the findings; what is left unrepaired is an error, so that a script notices.
func report(findings []workflows.Finding, repair bool) error {
	left := 0
	for _, f := range findings {
		state := "found"
		if f.Repaired {
			state = "repaired"
		} else {
			left++
		}
		fmt.Printf("%-9s %-12s %s: %s\n", state, f.Kind, f.Subject, f.What)
	}
	switch {
	case len(findings) == 0:
		fmt.Println("Every open process runs, and every submission is settled.")
		return nil
	case left == 0:
		fmt.Printf("%d repaired.\n", len(findings))
		return nil
	case repair:
		return fmt.Errorf("%d of %d could not be repaired", left, len(findings))
	default:
		return fmt.Errorf("%d found: run tribuna doctor --repair", left)
	}
}
