// Package config turns the environment into one typed struct.
//
// Every variable is documented exactly once, in the tags of Config; Variables
// lists them for `tribuna help config` and for the documentation. A value that
// cannot be used stops the start with one sentence that says what to do.
package config

import (
	"log/slog"
	"maps"
	"net/netip"
	"os"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"
)

// Config is everything an instance is told from outside. The tags: env is the
// variable, envDefault what holds when it is not set, doc what it is for, and
// want what a usable value looks like (used in error messages). A field tagged
// secret is never repeated in a message or a log.
type Config struct {
	DataDir string `env:"TRIBUNA_DATA" envDefault:".data" doc:"folder that holds all state of a private instance: database, processes, mails, keys" want:"a folder that can be written to, like .data"`
	Addr    string `env:"TRIBUNA_ADDR" envDefault:"127.0.0.1:8080" doc:"address the pages and the API listen on" want:"host:port, like 127.0.0.1:8080"`
	URL     string `env:"TRIBUNA_URL" doc:"public address, used in mails and links; without it http:// and TRIBUNA_ADDR" want:"an http:// or https:// address without a path, like https://tribuna.example.org"`

	TrustedProxies []netip.Prefix `env:"TRIBUNA_TRUSTED_PROXIES" doc:"networks of the reverse proxies in front, whose X-Forwarded-For is believed where attempts are counted per client; without it nobody's is" want:"networks with commas between them, like 10.0.0.0/8,fd00::/8"`
	MetricsAddr    string         `env:"TRIBUNA_METRICS_ADDR" doc:"address /metrics listens on by itself; without it /metrics answers this machine alone, at TRIBUNA_ADDR, and a worker's nowhere" want:"host:port, like 10.0.0.5:9090"`
	TraceEndpoint  string         `env:"OTEL_EXPORTER_OTLP_ENDPOINT" doc:"OpenTelemetry collector that takes traces (OTLP over HTTP); without it none are kept" want:"an http:// or https:// address, like http://127.0.0.1:4318"`

	DatabaseURL      string `env:"DATABASE_URL" secret:"yes" doc:"PostgreSQL database, as the role that runs; dev starts a private one without it" want:"postgres://tribuna_app:password@host:5432/tribuna"`
	DatabaseOwnerURL string `env:"DATABASE_OWNER_URL" secret:"yes" doc:"the same database as the role that owns it and migrates; without it DATABASE_URL" want:"postgres://tribuna_owner:password@host:5432/tribuna"`

	TemporalAddress   string `env:"TEMPORAL_ADDRESS" doc:"Temporal server; dev starts a private one without it" want:"host:port, like localhost:7233"`
	TemporalNamespace string `env:"TEMPORAL_NAMESPACE" envDefault:"default" doc:"Temporal namespace" want:"the name of an existing namespace, like default: 1 to 255 letters, digits, dots, hyphens and underscores"`

	SMTPURL        string        `env:"SMTP_URL" secret:"yes" doc:"mail server; nothing is sent to it without TLS unless it is on this machine or ?tls=none says so; dev starts a mail catcher without it" want:"smtp://user:password@host:587 or smtps://user:password@host:465"`
	SMTPRoutes     []string      `env:"TRIBUNA_SMTP_ROUTES" secret:"yes" doc:"further mail servers beside that in SMTP_URL; connections are shared out by weight (?weight=3 behind any of them, 1 without it; 0: only when no other can be reached), and one that cannot be reached or is closing is left alone for a minute" want:"addresses like that of SMTP_URL, which has to be set too, with commas between them (a comma in a password is %2C), like smtps://user:password@host:465?weight=3"`
	SMTPDotTimeout time.Duration `env:"TRIBUNA_SMTP_DOT_TIMEOUT" envDefault:"10m" doc:"how long a mail server is waited for after it has a whole message, while it looks through it; too short leaves mails unknown that arrived" want:"a duration from 10s to 1h, like 10m"`
	MailFrom       string        `env:"TRIBUNA_MAIL_FROM" doc:"sender of all mails" want:"a mail address, like Tribuna <tribuna@network.example>"`

	MailConnections int `env:"TRIBUNA_MAIL_CONNECTIONS" envDefault:"5" doc:"connections to the mail server at once; each may leave thirty mails unknown when the worker is killed" want:"a number from 1 to 100"`

	MailPerMinute       int   `env:"TRIBUNA_MAIL_PER_MINUTE" envDefault:"0" doc:"most mails of mailings that go in a minute, all workers together; 0 sets no limit" want:"a number from 0 to 1000000"`
	MailDomainPerMinute int   `env:"TRIBUNA_MAIL_DOMAIN_PER_MINUTE" envDefault:"0" doc:"most mails of mailings that go in a minute to addresses of the same domain; 0 sets no limit" want:"a number from 0 to 1000000"`
	MailWarmUp          []int `env:"TRIBUNA_MAIL_WARM_UP" doc:"most mails of mailings on the first day of sending, on the second, and so on, for mail servers to get to know a new sender; after the last day there is no such limit, and without it none at all; another plan begins anew" want:"up to 100 numbers from 1 to 1000000 with commas between them, like 200,500,1000,2000,5000"`
	MailStopRow         int   `env:"TRIBUNA_MAIL_STOP_ROW" envDefault:"20" doc:"after how many mails of a mailing refused for good one after the other it pauses by itself; 0: never" want:"a number from 0 to 1000"`
	MailStopPercent     int   `env:"TRIBUNA_MAIL_STOP_PERCENT" envDefault:"10" doc:"a mailing pauses by itself when more than this share of its last 200 mails were refused for good, in percent; 0: never" want:"a number from 0 to 100"`

	BounceAddress string   `env:"TRIBUNA_BOUNCE_ADDRESS" doc:"address mails come back to that cannot be delivered; its server delivers NAME+ANYTHING@ to the same place; without it TRIBUNA_MAIL_FROM, and nobody can tell which mail came back" want:"a bare mail address whose name has 21 letters and digits at most, like bounces@network.example"`
	DKIMDomain    string   `env:"TRIBUNA_DKIM_DOMAIN" doc:"domain in whose name mails are signed; without it that of TRIBUNA_MAIL_FROM" want:"a domain, like network.example"`
	DKIMKeys      []string `env:"TRIBUNA_DKIM_KEYS" doc:"keys that mails are signed with, each as selector:file; a file holds an RSA or Ed25519 key in PEM; without them nothing is signed" want:"selectors and readable files with commas between them, like rsa1:/run/secrets/rsa.pem,ed1:/run/secrets/ed.pem"`

	LinkKey string `env:"TRIBUNA_LINK_KEY" secret:"yes" doc:"key that personal links are signed with; dev makes one and keeps it under TRIBUNA_DATA/keys" want:"32 random bytes or more in base64, as printed by: openssl rand -base64 32"`

	BounceListen  string `env:"TRIBUNA_BOUNCE_LISTEN" doc:"address where a worker takes in over SMTP what comes back to TRIBUNA_BOUNCE_ADDRESS, and nothing else; without it none does" want:"host:port, like 127.0.0.1:2525"`
	BounceMailbox string `env:"TRIBUNA_BOUNCE_MAILBOX" secret:"yes" doc:"mailbox where a worker looks once a minute for what came back; what it read is marked as seen; without it none looks" want:"imaps://user:password@host:993/INBOX"`
	BounceSecret  string `env:"TRIBUNA_BOUNCE_SECRET" secret:"yes" doc:"what whoever brings to the API what came back has to know; without it nobody may" want:"32 characters or more that cannot be guessed, as printed by: openssl rand -base64 32"`

	Pandoc   string `env:"TRIBUNA_PANDOC" doc:"pandoc, which reads and writes Word files; without it the one on the PATH, if there is one" want:"the path or name of pandoc 2.15 or newer, or off"`
	Chromium string `env:"TRIBUNA_CHROMIUM" doc:"Chromium or Chrome, which prints PDF; without it the one on the PATH, if there is one" want:"the path or name of Chromium or Chrome, or off"`

	PostgresPort int `env:"TRIBUNA_POSTGRES_PORT" envDefault:"0" doc:"port of the private PostgreSQL; 0 takes a free one" want:"a port from 0 to 65535"`
	TemporalPort int `env:"TRIBUNA_TEMPORAL_PORT" envDefault:"0" doc:"port of the private Temporal server; 0 takes a free one" want:"a port from 0 to 65535"`
	SMTPPort     int `env:"TRIBUNA_SMTP_PORT" envDefault:"0" doc:"port of the mail catcher; 0 takes a free one" want:"a port from 0 to 65535"`

	LogLevel      slog.Level    `env:"TRIBUNA_LOG_LEVEL" envDefault:"info" doc:"least level that is logged; warn in dev" want:"debug, info, warn or error"`
	OutboxLease   time.Duration `env:"TRIBUNA_OUTBOX_LEASE" envDefault:"1m" doc:"how long a claimed mail belongs to the sender that claimed it" want:"a duration of 1s or more, like 1m"`
	SweepEvery    time.Duration `env:"TRIBUNA_SWEEP_EVERY" envDefault:"1m" doc:"how often unconfirmed submissions and unstarted processes are looked for; 10s in dev" want:"a duration of 1s or more, like 1m"`
	WorkflowCache int           `env:"TRIBUNA_WORKFLOW_CACHE" envDefault:"2000" doc:"how many open processes a worker keeps in memory, about 40 kB each; one put out is read again when it wakes" want:"a number from 10 to 1000000"`
}

// devDefaults hold in dev where nothing else is set: a demonstration does not
// wait a minute for a sweep, and sends in the name of an address nobody has.
var devDefaults = map[string]string{
	"TRIBUNA_LOG_LEVEL":   "warn",
	"TRIBUNA_SWEEP_EVERY": "10s",
	"TRIBUNA_MAIL_FROM":   "Tribuna <tribuna@network.example>",
}

// Environ is the environment of this process as Load wants it.
func Environ() map[string]string { return env.ToMap(os.Environ()) }

// Load reads and checks the variables found in environ. What only some commands
// need is checked by Require.
func Load(environ map[string]string) (Config, error) {
	set := withoutEmpty(environ)
	if err := refuseUnknown(set); err != nil {
		return Config{}, err
	}
	var c Config
	if err := env.ParseWithOptions(&c, env.Options{Environment: set}); err != nil {
		return Config{}, explainParse(err, set)
	}
	if err := c.check(); err != nil {
		return Config{}, err
	}
	c.URL = strings.TrimSuffix(c.URL, "/")
	return c, nil
}

// LoadDev is Load with the defaults of a demonstration.
func LoadDev(environ map[string]string) (Config, error) {
	merged := maps.Clone(devDefaults)
	maps.Copy(merged, withoutEmpty(environ))
	return Load(merged)
}

// withoutEmpty treats FOO= as "not set", as people and compose files mean it.
func withoutEmpty(environ map[string]string) map[string]string {
	set := make(map[string]string, len(environ))
	for name, value := range environ {
		if strings.TrimSpace(value) != "" {
			set[name] = strings.TrimSpace(value)
		}
	}
	return set
}

// PublicURL is the address people reach the instance at, without a final slash.
func (c Config) PublicURL() string {
	if c.URL != "" {
		return c.URL
	}
	return "http://" + c.Addr
}

// OwnerURL is the database as the role that owns it.
func (c Config) OwnerURL() string {
	if c.DatabaseOwnerURL != "" {
		return c.DatabaseOwnerURL
	}
	return c.DatabaseURL
}
