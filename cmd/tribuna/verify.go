package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/google/uuid"

	"tribuna/internal/config"
	"tribuna/internal/record"
	"tribuna/models"
)

// runVerify checks the records, all of them (the journal of the administration too) or that of one recommendation.
func runVerify(ctx context.Context, cfg config.Config, args []string) error {
	db, err := models.Open(cfg.DatabaseURL)
	if err != nil {
		return err
	}
	defer db.Close()
	var chains []uuid.UUID
	asJSON := false
	for _, a := range args {
		if a == "--json" {
			asJSON = true
			continue
		}
		id, err := uuid.Parse(a)
		if err != nil {
			return usageError{fmt.Sprintf("%q is no id of a recommendation", a)}
		}
		chains = append(chains, id)
	}
	if len(chains) == 0 {
		if chains, err = models.Chains(ctx, db); err != nil {
			return err
		}
	}
	reports := []record.Report{}
	for _, id := range chains {
		r, err := record.Verify(ctx, db, id)
		if err != nil {
			return err
		}
		reports = append(reports, r)
	}
	return printReports(reports, asJSON)
}

// printReports prints what was found; a fault is an error, so that a script notices.
func printReports(reports []record.Report, asJSON bool) error {
	broken := 0
	for _, r := range reports {
		if !r.OK() {
			broken++
		}
	}
	if asJSON {
		if err := json.NewEncoder(os.Stdout).Encode(reports); err != nil {
			return err
		}
	} else {
		for _, r := range reports {
			fmt.Printf("%s  %-12s %s\n", r.Chain, counted(int(r.Entries), "entry", "entries"), r.Hash)
			for _, f := range r.Faults {
				fmt.Printf("    %s: %s\n", f.Kind, f.What)
			}
		}
	}
	if broken > 0 {
		return fmt.Errorf("%s not as written, of %d looked at", counted(broken, "record is", "records are"), len(reports))
	}
	if !asJSON {
		fmt.Printf("%s whole.\n", counted(len(reports), "record is", "records are"))
	}
	return nil
}
