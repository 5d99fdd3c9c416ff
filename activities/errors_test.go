package activities

import (
	"context"
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"

	"tribuna/internal/apperr"
)

func TestTemporalErrorDecidesWhatIsTriedAgain(t *testing.T) {
	database := func(code string) error {
		return fmt.Errorf("write: %w", &pgconn.PgError{Code: code, Message: "refused"})
	}
	for name, c := range map[string]struct {
		err  error
		kind string // of the final error; empty: it is tried again
	}{
		"what a person caused":        {apperr.About(apperr.CodeWrongStage, "mailing"), "wrong_stage"},
		"the same, wrapped":           {fmt.Errorf("decide: %w", apperr.Invalid("task_id", "required")), "invalid"},
		"what is missing":             {apperr.NotFound("process"), "not_found"},
		"a part that is down":         {apperr.New(apperr.CodeUnavailable), ""},
		"a value too long":            {database("22001"), "database_22001"},
		"a broken reference":          {database("23503"), "database_23503"},
		"no rights":                   {database("42501"), "database_42501"},
		"a serialisation failure":     {database("40001"), ""},
		"a deadlock":                  {database("40P01"), ""},
		"the database shuts down":     {database("57P01"), ""},
		"too many connections":        {database("53300"), ""},
		"the connection was lost":     {fmt.Errorf("read: %w", io.ErrUnexpectedEOF), ""},
		"the attempt took too long":   {context.DeadlineExceeded, ""},
		"something nobody thought of": {errors.New("what"), ""},
	} {
		t.Run(name, func(t *testing.T) {
			got := temporalError(c.err)
			require.ErrorIs(t, got, c.err)
			var final *temporal.ApplicationError
			if c.kind == "" {
				require.False(t, errors.As(got, &final), "%v", got)
				return
			}
			require.ErrorAs(t, got, &final)
			require.True(t, final.NonRetryable())
			require.Equal(t, c.kind, final.Type())
		})
	}
}

func TestTemporalErrorLeavesTheRestAlone(t *testing.T) {
	require.NoError(t, temporalError(nil))
	require.Equal(t, context.Canceled, temporalError(context.Canceled), "a worker that stops is no failure")
}

func TestRefusalIsWhatPeopleCaused(t *testing.T) {
	require.Equal(t, apperr.CodeHeld, refusal(fmt.Errorf("x: %w", apperr.New(apperr.CodeHeld))).Code)
	for _, ours := range []error{nil, errors.New("lost"), errNotNow, apperr.New(apperr.CodeInternal), apperr.New(apperr.CodeUnavailable)} {
		require.Nil(t, refusal(ours), "%v", ours)
	}
}
