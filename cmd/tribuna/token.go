package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
	"tribuna/internal/config"
	"tribuna/models"
)

// tokenLife is how long a token from the command line is good. It may do all that its person may: whoever sits at the
// installation could do more.
const tokenLife = 90 * 24 * time.Hour

// personOf returns whoever has a mail address.
func personOf(ctx context.Context, db bun.IDB, email string) (models.Person, error) {
	person, err := models.PersonByEmail(ctx, db, email)
	if apperr.CodeOf(err) == apperr.CodeNotFound {
		return person, fmt.Errorf("nobody has the address %s: give that of a person of the network", email)
	}
	return person, err
}

// runToken prints an API token for a person, on standard output alone, so that
// TOKEN=$(tribuna token EMAIL) works.
func runToken(ctx context.Context, cfg config.Config, args []string) error {
	f := flag.NewFlagSet("token", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	revoke := f.Bool("revoke", false, "")
	scopes := f.String("scopes", strings.Join(models.Scopes(), ","), "")
	if err := f.Parse(args); err != nil {
		return usageError{err.Error()}
	}
	if f.NArg() != 1 {
		return usageError{"whose token? give one mail address"}
	}
	db, err := models.Open(cfg.DatabaseURL)
	if err != nil {
		return err
	}
	defer db.Close()
	person, err := personOf(ctx, db, f.Arg(0))
	if err != nil {
		return err
	}
	if *revoke {
		ended, err := models.RevokeTokens(ctx, db, person.ID, time.Now())
		if err == nil {
			fmt.Printf("Tokens ended: %d\n", ended)
		}
		return err
	}
	token, _, err := models.IssueToken(ctx, db, person.ID, "command line", strings.Split(*scopes, ","), tokenLife, time.Now())
	if apperr.CodeOf(err) == apperr.CodeInvalid {
		return usageError{"give --scopes of " + strings.Join(models.Scopes(), ", ")}
	}
	if err != nil {
		return err
	}
	fmt.Println(token)
	return nil
}
