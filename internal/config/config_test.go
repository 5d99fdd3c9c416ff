package config_test

import (
	"bytes"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/internal/config"
)

func TestLoadDefaults(t *testing.T) {
	c, err := config.Load(map[string]string{"TRIBUNA_URL": " ", "DATABASE_URL": ""})
	require.NoError(t, err)
	require.Equal(t, ".data", c.DataDir)
	require.Equal(t, "http://127.0.0.1:8080", c.PublicURL())
	require.Equal(t, "default", c.TemporalNamespace)
	require.Equal(t, time.Minute, c.SweepEvery)
	require.Equal(t, slog.LevelInfo, c.LogLevel)
	require.Empty(t, c.DatabaseURL)
}

func TestLoadDevSweepsSoonerUnlessTold(t *testing.T) {
	c, err := config.LoadDev(nil)
	require.NoError(t, err)
	require.Equal(t, 10*time.Second, c.SweepEvery)
	require.NotEmpty(t, c.MailFrom)

	c, err = config.LoadDev(map[string]string{"TRIBUNA_SWEEP_EVERY": "3s", "TRIBUNA_MAIL_FROM": "a@b.example"})
	require.NoError(t, err)
	require.Equal(t, 3*time.Second, c.SweepEvery)
	require.Equal(t, "a@b.example", c.MailFrom)
}

func TestLoadGivenValues(t *testing.T) {
	c, err := config.Load(map[string]string{
		"TRIBUNA_URL":       "https://tribuna.example/",
		"DATABASE_URL":      "postgres://app:secret@db:5432/tribuna",
		"TRIBUNA_LOG_LEVEL": "warn",
	})
	require.NoError(t, err)
	require.Equal(t, "https://tribuna.example", c.PublicURL())
	require.Equal(t, c.DatabaseURL, c.OwnerURL(), "the owner defaults to the role that runs")
	require.Equal(t, slog.LevelWarn, c.LogLevel)
	role, err := c.AppRole()
	require.NoError(t, err)
	require.Equal(t, "app", role)
}

func TestWrongValuesAreOneSentence(t *testing.T) {
	for name, value := range map[string]string{
		"TRIBUNA_ADDR":        "8080",
		"TRIBUNA_URL":         "tribuna.example/path",
		"DATABASE_URL":        "mysql://app:hunter2@db/tribuna",
		"DATABASE_OWNER_URL":  "postgres://owner:hunter2@db",
		"TEMPORAL_ADDRESS":    "localhost",
		"SMTP_URL":            "http://user:hunter2@host:25",
		"TRIBUNA_MAIL_FROM":   "nobody",
		"TRIBUNA_SMTP_ROUTES": "smtp://user:hunter2@host", // without SMTP_URL

		"TRIBUNA_SMTP_DOT_TIMEOUT": "1s",

		"TRIBUNA_MAIL_PER_MINUTE":        "-1",
		"TRIBUNA_MAIL_DOMAIN_PER_MINUTE": "many",
		"TRIBUNA_MAIL_WARM_UP":           "200,0",
		"TRIBUNA_MAIL_STOP_ROW":          "1001",
		"TRIBUNA_MAIL_STOP_PERCENT":      "101",

		"TRIBUNA_LINK_KEY":      "aHVudGVyMg==",
		"TRIBUNA_POSTGRES_PORT": "70000",
		"TRIBUNA_TEMPORAL_PORT": "seven",
		"TRIBUNA_SMTP_PORT":     "-1",
		"TRIBUNA_LOG_LEVEL":     "loud",
		"TRIBUNA_OUTBOX_LEASE":  "5",
		"TRIBUNA_SWEEP_EVERY":   "0s",

		"TEMPORAL_NAMESPACE":      "my network; --headless",
		"TRIBUNA_TRUSTED_PROXIES": "10.0.0.1/8/9",
		"TRIBUNA_METRICS_ADDR":    "9090",

		"TRIBUNA_BOUNCE_ADDRESS": "a name that is much too long@network.example",
		"TRIBUNA_BOUNCE_LISTEN":  "2525",
		"TRIBUNA_BOUNCE_MAILBOX": "imap://a:hunter2@mail.example",
		"TRIBUNA_BOUNCE_SECRET":  "hunter2",

		"OTEL_EXPORTER_OTLP_ENDPOINT": "collector:4318",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := config.Load(map[string]string{name: value})
			var wrong *config.Error
			require.ErrorAs(t, err, &wrong)
			require.Equal(t, name, wrong.Variable.Name)
			require.Contains(t, err.Error(), "set it to "+wrong.Variable.Want)
			require.NotContains(t, err.Error(), "hunter2", "secrets are never repeated")
			require.NotContains(t, err.Error(), "\n")
		})
	}
}

func TestRoutesAndPaceAreReadAsLists(t *testing.T) {
	c, err := config.Load(map[string]string{"SMTP_URL": "smtp://one.example", "TRIBUNA_SMTP_ROUTES": "smtps://u:p%2Cq@two.example?weight=3,smtp://three.example",
		"TRIBUNA_MAIL_WARM_UP": "200,500,1000"})
	require.NoError(t, err)
	require.Equal(t, []string{"smtps://u:p%2Cq@two.example?weight=3", "smtp://three.example"}, c.SMTPRoutes)
	require.Equal(t, []int{200, 500, 1000}, c.MailWarmUp)
	_, err = config.Load(map[string]string{"SMTP_URL": "smtp://one.example", "TRIBUNA_SMTP_ROUTES": "smtp://two.example,http://u:hunter2@three.example"})
	require.ErrorContains(t, err, "TRIBUNA_SMTP_ROUTES")
	require.NotContains(t, err.Error(), "hunter2")
}

func TestUnknownNamesOfOursAreRefused(t *testing.T) {
	_, err := config.Load(map[string]string{"TRIBUNA_SWEEP_EVRY": "1m"})
	require.ErrorContains(t, err, "TRIBUNA_SWEEP_EVRY means nothing here: did you mean TRIBUNA_SWEEP_EVERY?")
	_, err = config.Load(map[string]string{"TRIBUNA_COLOUR_OF_THE_SKY": "blue"})
	require.ErrorContains(t, err, "tribuna help config")
	require.NotContains(t, err.Error(), "did you mean")
	_, err = config.Load(map[string]string{"TRIBUNA_TEST_PLAY": "yes", "PATH": "/bin", "OTHER_THING": "x", "TRIBUNA_SWEEP_EVRY": ""})
	require.NoError(t, err, "what tests read, what is not ours, and what is not set")
}

func TestNamespacesAndProxies(t *testing.T) {
	_, err := config.Load(map[string]string{"TEMPORAL_NAMESPACE": strings.Repeat("n", 256)})
	require.Error(t, err)
	c, err := config.Load(map[string]string{"TEMPORAL_NAMESPACE": "tribuna.prod_1-eu", "TRIBUNA_TRUSTED_PROXIES": "10.0.0.0/8,fd00::/8"})
	require.NoError(t, err)
	require.Equal(t, []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}, c.TrustedProxies)
}

func TestRequireSaysWhatIsMissing(t *testing.T) {
	c, err := config.Load(map[string]string{"TEMPORAL_ADDRESS": "localhost:7233"})
	require.NoError(t, err)
	require.NoError(t, c.Require("TEMPORAL_ADDRESS", "TEMPORAL_NAMESPACE"))
	require.ErrorContains(t, c.Require("TEMPORAL_ADDRESS", "DATABASE_URL"), "DATABASE_URL is not set")
}

func TestLinkKeyIsMadeOnceAndKept(t *testing.T) {
	c, err := config.LoadDev(map[string]string{"TRIBUNA_DATA": t.TempDir()})
	require.NoError(t, err)
	again := c
	require.NoError(t, c.EnsureLinkKey())
	require.NoError(t, again.EnsureLinkKey())
	require.Equal(t, c.LinkKey, again.LinkKey)
	key, err := c.LinkKeyBytes()
	require.NoError(t, err)
	require.Len(t, key, 32)

	file := filepath.Join(c.DataDir, "keys", "link")
	info, err := os.Stat(file)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())

	require.NoError(t, os.WriteFile(file, []byte("short"), 0o600))
	c.LinkKey = ""
	require.ErrorContains(t, c.EnsureLinkKey(), "damaged")
}

func TestEveryVariableIsDocumented(t *testing.T) {
	seen := map[string]bool{}
	for _, v := range config.Variables() {
		require.NotEmpty(t, v.Name)
		require.NotEmpty(t, v.Doc, v.Name)
		require.NotEmpty(t, v.Want, v.Name)
		require.False(t, seen[v.Name], "%s is listed twice", v.Name)
		seen[v.Name] = true
	}
	var help bytes.Buffer
	require.NoError(t, config.WriteHelp(&help))
	for name := range seen {
		require.Equal(t, 1, strings.Count(help.String(), "\n"+name+" ")+strings.Count(help.String()[:len(name)+1], name+" "), name)
	}
}
