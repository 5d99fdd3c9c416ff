package main

import (
	"context"
	"fmt"
	"time"

	"tribuna/internal/apperr"
	"tribuna/internal/config"
	"tribuna/models"
)

// tokenLife is how long a token from the command line is good.
const tokenLife = 90 * 24 * time.Hour

// runToken prints an API token for a person, on standard output alone, so that
// TOKEN=$(tribuna token EMAIL) works.
func runToken(ctx context.Context, cfg config.Config, args []string) error {
	if len(args) != 1 {
		return usageError{"whose token? give one mail address"}
	}
	db, err := models.Open(cfg.DatabaseURL)
	if err != nil {
		return err
	}
	defer db.Close()
	person, err := models.PersonByEmail(ctx, db, args[0])
	if apperr.CodeOf(err) == apperr.CodeNotFound {
		return fmt.Errorf("nobody has the address %s: give that of a person of the network", args[0])
	}
	if err != nil {
		return err
	}
	token, _, err := models.IssueToken(ctx, db, person.ID, "command line", tokenLife, time.Now())
	if err != nil {
		return err
	}
	fmt.Println(token)
	return nil
}
