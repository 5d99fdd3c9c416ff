package activities

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"go.temporal.io/sdk/temporal"

	"tribuna/internal/apperr"
	"tribuna/internal/mail"
)

// busyAgain is after how long what a worker has no hands free for is offered again, to it or to another.
const busyAgain = time.Second

// temporalError alone decides what is retried. What a person or a programmer caused is final, and so is what the
// database refuses for good; everything else (a connection lost, a deadlock, a restart) is tried again.
func temporalError(err error) error {
	if err == nil || errors.Is(err, context.Canceled) {
		return err
	}
	if errors.Is(err, mail.ErrBusy) { // nothing went wrong
		return temporal.NewApplicationErrorWithOptions(err.Error(), "busy", temporal.ApplicationErrorOptions{
			Category: temporal.ApplicationErrorCategoryBenign, NextRetryDelay: busyAgain})
	}
	var app *apperr.Error
	if errors.As(err, &app) && app.Code != apperr.CodeUnavailable {
		return temporal.NewNonRetryableApplicationError(app.Error(), string(app.Code), err)
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) && final(pg.Code) {
		return temporal.NewNonRetryableApplicationError(pg.Message, "database_"+pg.Code, err)
	}
	return err
}

// final reports whether a PostgreSQL error comes again however often it is tried: classes 22 (data), 23 (integrity)
// and 42 (syntax, rights), as in appendix A of its manual.
func final(code string) bool {
	switch code[:2] {
	case "22", "23", "42":
		return true
	}
	return false
}
