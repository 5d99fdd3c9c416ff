package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"tribuna/internal/apperr"
	"tribuna/internal/config"
	"tribuna/models"
)

// runPassword sets a person's password to the first line of standard input, so that it stands in no list of processes
// and in no history of a shell.
func runPassword(ctx context.Context, cfg config.Config, args []string) error {
	if len(args) != 1 {
		return usageError{"whose password? give one mail address"}
	}
	db, err := models.Open(cfg.DatabaseURL)
	if err != nil {
		return err
	}
	defer db.Close()
	person, err := personOf(ctx, db, args[0])
	if err != nil {
		return err
	}
	fmt.Fprintln(os.Stderr, "New password, then Enter:")
	line, err := bufio.NewReader(os.Stdin).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	err = models.SetPassword(ctx, db, person.ID, strings.TrimRight(line, "\r\n"))
	if apperr.CodeOf(err) == apperr.CodeInvalid {
		return fmt.Errorf("that password cannot be used: take one of %d to %d characters that is not among those known from breaches, is no mere row, and says nothing of the person", models.PasswordMin, models.PasswordMax)
	}
	return err
}
