package apperr

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"
)

// RetryAfter is when to try again while a part is down, in seconds, for the header of that name.
const RetryAfter = "10"

// shutdowns are the answers of a PostgreSQL that ends, has crashed, starts or has no connection left
// (https://www.postgresql.org/docs/current/errcodes-appendix.html).
var shutdowns = map[string]bool{"57P01": true, "57P02": true, "57P03": true, "53300": true}

// connectionClass begins the codes of everything that is wrong with a connection.
const connectionClass = "08"

// FromDatabase says that a part is down where err, which has no code of its own, comes from a database that does not
// answer. All other errors stay as they are.
func FromDatabase(err error) error {
	if err == nil || CodeOf(err) != CodeInternal || !databaseDown(err) {
		return err
	}
	return &Error{Code: CodeUnavailable, Err: err}
}

func databaseDown(err error) bool {
	var answered *pgconn.PgError
	if errors.As(err, &answered) {
		return shutdowns[answered.Code] || strings.HasPrefix(answered.Code, connectionClass)
	}
	var refused *pgconn.ConnectError
	var network *net.OpError
	return errors.As(err, &refused) || errors.As(err, &network) ||
		errors.Is(err, driver.ErrBadConn) || errors.Is(err, io.ErrUnexpectedEOF) || pgconn.SafeToRetry(err) || errors.Is(err, syscall.ECONNREFUSED) ||
		errors.Is(err, context.DeadlineExceeded) || pgconn.Timeout(err) ||
		strings.Contains(err.Error(), "failed to connect") // words of pgx where a layer between keeps no cause
}
