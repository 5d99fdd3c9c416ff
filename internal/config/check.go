package config

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/caarlos0/env/v11"
)

// minLinkKey is the least number of bytes of a link key: the output size of
// SHA-256, below which an HMAC key weakens the code (RFC 2104, section 3).
const minLinkKey = 32

// Error names the variable that stopped the start.
type Error struct {
	Variable Variable
	Value    string // empty when the variable is not set or secret
	Missing  bool
}

// Error is one sentence that says what to do.
func (e *Error) Error() string {
	switch {
	case e.Missing:
		return fmt.Sprintf("%s is not set (%s): set it to %s.", e.Variable.Name, e.Variable.Doc, e.Variable.Want)
	case e.Value == "":
		return fmt.Sprintf("%s cannot be used: set it to %s.", e.Variable.Name, e.Variable.Want)
	default:
		return fmt.Sprintf("%s cannot be %q: set it to %s.", e.Variable.Name, e.Value, e.Variable.Want)
	}
}

func wrong(name, value string) error {
	v := variable(name)
	if v.Secret {
		value = ""
	}
	return &Error{Variable: v, Value: value}
}

// Require checks that the named variables are set; the first that is not is
// the error.
func (c Config) Require(names ...string) error {
	for _, name := range names {
		if c.value(name) == "" {
			return &Error{Variable: variable(name), Missing: true}
		}
	}
	return nil
}

// LinkKeyBytes decodes the key that personal links are signed with.
func (c Config) LinkKeyBytes() ([]byte, error) {
	for _, encoding := range []*base64.Encoding{base64.StdEncoding, base64.RawStdEncoding, base64.URLEncoding, base64.RawURLEncoding} {
		if key, err := encoding.DecodeString(c.LinkKey); err == nil && len(key) >= minLinkKey {
			return key, nil
		}
	}
	return nil, wrong("TRIBUNA_LINK_KEY", "")
}

// AppRole is the database role that runs, as named in DATABASE_URL.
func (c Config) AppRole() (string, error) {
	u, err := url.Parse(c.DatabaseURL)
	if err != nil || u.User.Username() == "" {
		return "", wrong("DATABASE_URL", "")
	}
	return u.User.Username(), nil
}

// namespaceName is what a namespace of Temporal may be called here: it becomes part of commands and paths.
var namespaceName = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,255}$`)

// What concerns mail: an address that leaves room for its mail's id, a domain, and a selector with a file.
var (
	bounceAddress = regexp.MustCompile(`^[A-Za-z0-9._-]{1,21}@([A-Za-z0-9-]+\.)+[A-Za-z0-9-]+$`)
	domainName    = regexp.MustCompile(`^([A-Za-z0-9-]+\.)+[A-Za-z0-9-]+$`)
	dkimKey       = regexp.MustCompile(`^[A-Za-z0-9._-]+:.+$`)
)

// minSecret is the least number of characters of a secret that programmes share.
const minSecret = 32

func (c Config) check() error {
	for _, rule := range []struct {
		name string
		ok   bool
	}{
		{"TRIBUNA_ADDR", isHostPort(c.Addr)},
		{"TRIBUNA_URL", c.URL == "" || isSiteURL(c.URL)},
		{"DATABASE_URL", c.DatabaseURL == "" || isDatabaseURL(c.DatabaseURL)},
		{"DATABASE_OWNER_URL", c.DatabaseOwnerURL == "" || isDatabaseURL(c.DatabaseOwnerURL)},
		{"TEMPORAL_ADDRESS", c.TemporalAddress == "" || isHostPort(c.TemporalAddress)},
		{"TEMPORAL_NAMESPACE", namespaceName.MatchString(c.TemporalNamespace)},
		{"TRIBUNA_METRICS_ADDR", c.MetricsAddr == "" || isHostPort(c.MetricsAddr)},
		{"OTEL_EXPORTER_OTLP_ENDPOINT", c.TraceEndpoint == "" || isWebURL(c.TraceEndpoint)},
		{"SMTP_URL", c.SMTPURL == "" || isSMTPURL(c.SMTPURL)},
		{"TRIBUNA_SMTP_ROUTES", len(c.SMTPRoutes) == 0 || c.SMTPURL != "" && !slices.ContainsFunc(c.SMTPRoutes, func(u string) bool { return !isSMTPURL(u) })},
		{"TRIBUNA_SMTP_DOT_TIMEOUT", c.SMTPDotTimeout >= 10*time.Second && c.SMTPDotTimeout <= time.Hour},
		{"TRIBUNA_MAIL_FROM", c.MailFrom == "" || isMailAddress(c.MailFrom)},
		{"TRIBUNA_MAIL_CONNECTIONS", c.MailConnections >= 1 && c.MailConnections <= 100},
		{"TRIBUNA_MAIL_PER_MINUTE", within(c.MailPerMinute, 0, 1_000_000)},
		{"TRIBUNA_MAIL_DOMAIN_PER_MINUTE", within(c.MailDomainPerMinute, 0, 1_000_000)},
		{"TRIBUNA_MAIL_WARM_UP", len(c.MailWarmUp) <= 100 && !slices.ContainsFunc(c.MailWarmUp, func(n int) bool { return !within(n, 1, 1_000_000) })},
		{"TRIBUNA_MAIL_STOP_ROW", within(c.MailStopRow, 0, 1000)},
		{"TRIBUNA_MAIL_STOP_PERCENT", within(c.MailStopPercent, 0, 100)},
		{"TRIBUNA_BOUNCE_ADDRESS", c.BounceAddress == "" || bounceAddress.MatchString(c.BounceAddress)},
		{"TRIBUNA_DKIM_DOMAIN", c.DKIMDomain == "" || domainName.MatchString(c.DKIMDomain)},
		{"TRIBUNA_DKIM_KEYS", !slices.ContainsFunc(c.DKIMKeys, func(k string) bool { return !dkimKey.MatchString(k) })},
		{"TRIBUNA_BOUNCE_LISTEN", c.BounceListen == "" || isHostPort(c.BounceListen)},
		{"TRIBUNA_BOUNCE_MAILBOX", c.BounceMailbox == "" || isMailbox(c.BounceMailbox)},
		{"TRIBUNA_BOUNCE_SECRET", c.BounceSecret == "" || len(c.BounceSecret) >= minSecret},
		{"TRIBUNA_LINK_KEY", c.LinkKey == "" || c.hasLinkKey()},
		{"TRIBUNA_POSTGRES_PORT", isPort(c.PostgresPort)},
		{"TRIBUNA_TEMPORAL_PORT", isPort(c.TemporalPort)},
		{"TRIBUNA_SMTP_PORT", isPort(c.SMTPPort)},
		{"TRIBUNA_OUTBOX_LEASE", c.OutboxLease >= time.Second},
		{"TRIBUNA_SWEEP_EVERY", c.SweepEvery >= time.Second},
		{"TRIBUNA_WORKFLOW_CACHE", c.WorkflowCache >= 10 && c.WorkflowCache <= 1_000_000},
	} {
		if !rule.ok {
			return wrong(rule.name, c.value(rule.name))
		}
	}
	return nil
}

func (c Config) hasLinkKey() bool {
	_, err := c.LinkKeyBytes()
	return err == nil
}

// explainParse turns the parser's first complaint into our sentence.
func explainParse(err error, environ map[string]string) error {
	var parse env.ParseError
	if !errors.As(err, &parse) {
		return fmt.Errorf("read the environment: %w", err)
	}
	v := variableOfField(parse.Name)
	return wrong(v.Name, environ[v.Name])
}

func within(n, least, most int) bool { return n >= least && n <= most }

func isPort(n int) bool { return n >= 0 && n <= 65535 }

func isHostPort(s string) bool {
	_, port, err := net.SplitHostPort(s)
	if err != nil {
		return false
	}
	n, err := strconv.Atoi(port)
	return err == nil && isPort(n)
}

func isSiteURL(s string) bool {
	u, ok := parseURL(s, "http", "https")
	return ok && (u.Path == "" || u.Path == "/") && u.RawQuery == "" && u.Fragment == "" && u.User == nil
}

func isWebURL(s string) bool {
	_, ok := parseURL(s, "http", "https")
	return ok
}

func isDatabaseURL(s string) bool {
	u, ok := parseURL(s, "postgres", "postgresql")
	return ok && len(u.Path) > 1
}

func isSMTPURL(s string) bool {
	_, ok := parseURL(s, "smtp", "smtps")
	return ok
}

func isMailbox(s string) bool {
	u, ok := parseURL(s, "imaps")
	return ok && u.User.Username() != ""
}

func isMailAddress(s string) bool {
	_, err := mail.ParseAddress(s)
	return err == nil
}

func parseURL(s string, schemes ...string) (*url.URL, bool) {
	u, err := url.Parse(s)
	if err != nil || u.Hostname() == "" || !slices.Contains(schemes, u.Scheme) {
		return nil, false
	}
	return u, true
}
