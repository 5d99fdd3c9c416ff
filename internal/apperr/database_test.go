package apperr_test

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"tribuna/internal/apperr"
)

func TestADatabaseThatIsDownIsAPartThatIsDown(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		want apperr.Code
	}{
		"starting":              {&pgconn.PgError{Code: "57P03"}, apperr.CodeUnavailable},
		"ended by its operator": {&pgconn.PgError{Code: "57P01"}, apperr.CodeUnavailable},
		"crashed":               {&pgconn.PgError{Code: "57P02"}, apperr.CodeUnavailable},
		"connection lost":       {&pgconn.PgError{Code: "08006"}, apperr.CodeUnavailable},
		"not connected":         {&pgconn.ConnectError{}, apperr.CodeUnavailable},
		"bad connection":        {driver.ErrBadConn, apperr.CodeUnavailable},
		"cut in the middle":     {io.ErrUnexpectedEOF, apperr.CodeUnavailable},
		"refused":               {&net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}, apperr.CodeUnavailable},
		"out of time":           {context.DeadlineExceeded, apperr.CodeUnavailable},
		"a rule of the schema":  {&pgconn.PgError{Code: "23505"}, apperr.CodeInternal},
		"a slip in a statement": {&pgconn.PgError{Code: "42601"}, apperr.CodeInternal},
		"something else":        {io.ErrShortWrite, apperr.CodeInternal},
		"a code of its own":     {&apperr.Error{Code: apperr.CodeNotFound, Err: driver.ErrBadConn}, apperr.CodeNotFound},
	} {
		t.Run(name, func(t *testing.T) {
			wrapped := fmt.Errorf("read people: %w", c.err)
			got := apperr.FromDatabase(wrapped)
			require.Equal(t, c.want, apperr.CodeOf(got))
			require.True(t, errors.Is(got, c.err), "the cause is kept for the log")
		})
	}
	require.NoError(t, apperr.FromDatabase(nil))
}
