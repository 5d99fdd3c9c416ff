package devstack

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"net"
	"net/url"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// The roles and the database of a private cluster. The owner migrates; the
// role that runs has only the rights that the migrations grant it.
const (
	AdminRole = "postgres"
	OwnerRole = "tribuna_owner"
	AppRole   = "tribuna_app"
	Database  = "tribuna"
)

// PostgresOptions say where a private PostgreSQL keeps its state and listens.
type PostgresOptions struct {
	Dir   string // created when missing; data, password and log lie below it
	Port  int    // on 127.0.0.1; 0 takes a free one
	Fsync bool   // false only for tests: a power cut may then lose data
}

// Postgres is a running private PostgreSQL.
type Postgres struct {
	opts     PostgresOptions
	programs string // folder of initdb and postgres
	id       identity
	secret   []byte
	port     int
	proc     *process
	admin    func() (*sql.DB, error) // connects once
}

// StartPostgres starts the cluster in opts.Dir, creating it with its roles and
// its database the first time, and waits until it answers. The caller makes
// sure that no other instance uses the same folder.
func StartPostgres(ctx context.Context, opts PostgresOptions) (*Postgres, error) {
	p, err := newPostgres(opts)
	if err != nil {
		return nil, err
	}
	if err := p.ensureCluster(ctx); err != nil {
		return nil, err
	}
	if err := p.start(ctx); err != nil {
		return nil, err
	}
	if err := p.ensureRoles(ctx); err != nil {
		_ = p.Kill(ctx)
		return nil, err
	}
	return p, nil
}

func newPostgres(opts PostgresOptions) (*Postgres, error) {
	dir, err := filepath.Abs(opts.Dir)
	if err != nil {
		return nil, err
	}
	opts.Dir = dir
	programs, err := findPrograms()
	if err != nil {
		return nil, err
	}
	id, err := unprivileged()
	if err != nil {
		return nil, err
	}
	return &Postgres{opts: opts, programs: programs, id: id, port: opts.Port}, nil
}

// start launches the server on p.port and waits until it answers.
func (p *Postgres) start(ctx context.Context) error {
	return within(p.port, func(port int) error {
		if err := p.clearStale(ctx); err != nil {
			return err
		}
		proc, err := start(p.command(port))
		if err != nil {
			return err
		}
		p.proc, p.port = proc, port
		p.admin = sync.OnceValues(p.connectAdmin) // connections to the server before are broken
		if err := proc.awaitReady(ctx, p.answers); err != nil {
			_ = p.Kill(context.WithoutCancel(ctx))
			p.port = p.opts.Port
			return err
		}
		return nil
	})
}

func (p *Postgres) command(port int) command {
	return command{
		name:    "PostgreSQL",
		path:    filepath.Join(p.programs, "postgres"),
		args:    append([]string{"-D", p.dataDir()}, p.settings(port)...),
		dir:     "/",
		logFile: filepath.Join(p.opts.Dir, "postgres.log"),
		attr:    p.id.attr(),
		// Immediate shutdown: the next start recovers from the log, and no
		// half-stopped server is met by it.
		onParentDeath: syscall.SIGQUIT,
	}
}

// settings are the arguments that set what differs from PostgreSQL's own defaults.
func (p *Postgres) settings(port int) []string {
	values := map[string]string{
		"listen_addresses":        "127.0.0.1",
		"port":                    strconv.Itoa(port),
		"unix_socket_directories": "",
		"max_connections":         "200",
		"timezone":                "UTC",
		"log_timezone":            "UTC",
	}
	if !p.opts.Fsync {
		maps.Copy(values, shortLived)
	}
	var args []string
	for name, value := range values {
		args = append(args, "-c", name+"="+value)
	}
	return args
}

// shortLived is set for a server whose data nobody needs once it has ended. Each of hundreds of small databases that are made and
// dropped has the buffers looked through several times: fewer of them, and nothing that is done for later, save a sixth of the
// processor's time.
var shortLived = map[string]string{
	"fsync":              "off",
	"full_page_writes":   "off",
	"synchronous_commit": "off",
	"wal_level":          "minimal",
	"max_wal_senders":    "0",
	"checkpoint_timeout": "1h",
	"autovacuum":         "off",
	"shared_buffers":     "32MB",
}

func (p *Postgres) answers(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, p.URL(AdminRole, "postgres"))
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	return conn.Ping(ctx)
}

// Stop ends all connections, writes everything down and waits for the server
// to end (PostgreSQL's fast shutdown); when ctx ends first it is killed.
func (p *Postgres) Stop(ctx context.Context) error {
	return p.proc.stop(ctx, syscall.SIGINT)
}

// Discard ends the server fast without writing down what it holds, but leaves
// no shared memory behind as Kill does: for clusters nobody wants any more.
func (p *Postgres) Discard(ctx context.Context) error {
	return p.proc.stop(ctx, syscall.SIGQUIT)
}

// Kill ends the server and all its processes at once, as a crash would.
func (p *Postgres) Kill(ctx context.Context) error {
	if err := p.proc.kill(); err != nil {
		return err
	}
	return clearLeftovers(ctx, p.dataDir())
}

// Restart starts a stopped or killed server again on the same port.
func (p *Postgres) Restart(ctx context.Context) error {
	if !p.proc.ended() {
		if err := p.Stop(ctx); err != nil {
			return err
		}
	}
	return p.start(ctx)
}

// Done is closed when the server has ended, wanted or not.
func (p *Postgres) Done() <-chan struct{} { return p.proc.done }

// Port is the port on 127.0.0.1.
func (p *Postgres) Port() int { return p.port }

// URL addresses a database of the cluster as one of its roles.
func (p *Postgres) URL(role, database string) string {
	u := url.URL{
		Scheme:   "postgres",
		User:     url.UserPassword(role, p.password(role)),
		Host:     net.JoinHostPort("127.0.0.1", strconv.Itoa(p.port)),
		Path:     "/" + database,
		RawQuery: "sslmode=disable",
	}
	return u.String()
}

// AppURL is the database as the role that runs.
func (p *Postgres) AppURL() string { return p.URL(AppRole, Database) }

// OwnerURL is the database as the role that migrates.
func (p *Postgres) OwnerURL() string { return p.URL(OwnerRole, Database) }

func (p *Postgres) dataDir() string { return filepath.Join(p.opts.Dir, "data") }

// connectAdmin keeps its connections, because tests create and drop databases by the hundred.
func (p *Postgres) connectAdmin() (*sql.DB, error) {
	cfg, err := pgx.ParseConfig(p.URL(AdminRole, "postgres"))
	if err != nil {
		return nil, err
	}
	cfg.DefaultQueryExecMode = pgx.QueryExecModeSimpleProtocol
	return stdlib.OpenDB(*cfg), nil
}

// exec runs a statement as the administrator.
func (p *Postgres) exec(ctx context.Context, statement string) error {
	admin, err := p.admin()
	if err != nil {
		return fmt.Errorf("connect to PostgreSQL: %w", err)
	}
	_, err = admin.ExecContext(ctx, statement)
	return err
}

// CreateDatabase makes a database as a copy of template, owned by OwnerRole.
// Files are copied, not replayed from the log: 26 ms instead of 100.
func (p *Postgres) CreateDatabase(ctx context.Context, name, template string) error {
	return p.exec(ctx, fmt.Sprintf("CREATE DATABASE %s OWNER %s TEMPLATE %s STRATEGY FILE_COPY",
		pgx.Identifier{name}.Sanitize(), OwnerRole, pgx.Identifier{template}.Sanitize()))
}

// DropDatabase removes a database, whoever is connected to it.
func (p *Postgres) DropDatabase(ctx context.Context, name string) error {
	return p.exec(ctx, fmt.Sprintf("DROP DATABASE IF EXISTS %s WITH (FORCE)", pgx.Identifier{name}.Sanitize()))
}
