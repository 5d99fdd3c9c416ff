package main

import (
	"bytes"
	"net"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"tribuna/internal/config"
)

// composed is docker-compose.yml as far as the tests look at it.
type composed struct {
	Services map[string]composedService
	Configs  map[string]struct{ Content string }
}

type composedService struct {
	Image       string
	Build       string
	Command     []string
	Environment map[string]string
	Ports       []string
	DependsOn   map[string]struct{ Condition string } `yaml:"depends_on"`
	Deploy      struct{ Replicas int }
	Healthcheck struct{ Test []string }
	Profiles    []string
	Volumes     []string
}

func readCompose(t *testing.T) composed {
	t.Helper()
	text, err := os.ReadFile("../../docker-compose.yml")
	require.NoError(t, err)
	var c composed
	require.NoError(t, yaml.NewDecoder(bytes.NewReader(text)).Decode(&c))
	return c
}

// pinned is a tag that says which version: two numbers at least.
var pinned = regexp.MustCompile(`:v?\d+\.\d+(\.\d+)?(-[a-z0-9-]+)?$`)

func TestComposeRunsEveryPart(t *testing.T) {
	c := readCompose(t)
	for name, s := range c.Services {
		for _, port := range s.Ports {
			require.True(t, strings.HasPrefix(port, "127.0.0.1:"), "%s is open to other machines at %s", name, port)
		}
		if s.Build == "" {
			require.Regexp(t, pinned, s.Image, name)
			require.NotEmpty(t, s.Healthcheck.Test, "%s has no health check", name)
			continue
		}
		require.True(t, knows(s.Command[0]), "%s runs %q", name, s.Command[0])
	}
	require.Equal(t, 2, c.Services["worker"].Deploy.Replicas)
	for _, name := range []string{"serve", "worker"} {
		require.Equal(t, "service_completed_successfully", c.Services[name].DependsOn["migrate"].Condition, name)
		require.Equal(t, []string{"CMD", "tribuna", "ready"}, c.Services[name].Healthcheck.Test[:3], name)
	}
	require.Equal(t, "temporalio/auto-setup:1.29.1", c.Services["temporal"].Image, "what it was built and tried with")
	require.Equal(t, "postgres12", c.Services["temporal"].Environment["DB"], "Temporal's name for all since 12")
	require.Equal(t, "service_healthy", c.Services["temporal"].DependsOn["postgres"].Condition)
	require.Equal(t, "postgres", c.Services["temporal"].Environment["POSTGRES_SEEDS"])
	require.Equal(t, "temporal:7233", c.Services["temporal-ui"].Environment["TEMPORAL_ADDRESS"])
}

// Health checks ask at an address where the part listens, for a page that there is.
func TestComposeAsksForWhatThereIs(t *testing.T) {
	c := readCompose(t)
	for part, variable := range map[string]string{"serve": "TRIBUNA_ADDR", "worker": "TRIBUNA_METRICS_ADDR"} {
		s := c.Services[part]
		asked, err := url.Parse(s.Healthcheck.Test[3])
		require.NoError(t, err)
		_, port, err := net.SplitHostPort(s.Environment[variable])
		require.NoError(t, err)
		require.Equal(t, port, asked.Port(), part)
		mux := http.NewServeMux()
		mountHealth(mux, nil, nil)
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, asked.String(), nil)
		require.NoError(t, err)
		_, route := mux.Handler(r)
		require.Equal(t, "GET /readyz", route, part)
	}
	_, port, err := net.SplitHostPort(c.Services["serve"].Environment["TRIBUNA_ADDR"])
	require.NoError(t, err)
	require.Contains(t, c.Services["serve"].Ports, "127.0.0.1:"+port+":"+port)
	require.Contains(t, c.Services["tools"].Volumes, "backups:/backups")
}

// What parts are told of each other are services of these names, at ports on which they listen.
func TestComposeConnectsTheParts(t *testing.T) {
	c := readCompose(t)
	of := c.Services["worker"].Environment
	smtp, err := url.Parse(of["SMTP_URL"])
	require.NoError(t, err)
	database, err := url.Parse(of["DATABASE_URL"])
	require.NoError(t, err)
	for _, address := range []string{smtp.Host, database.Host, of["TEMPORAL_ADDRESS"]} {
		host, port, err := net.SplitHostPort(address)
		require.NoError(t, err)
		require.Contains(t, c.Services, host)
		require.Contains(t, c.Services[host].Ports, "127.0.0.1:"+port+":"+port)
	}
}

func knows(name string) bool {
	return slices.ContainsFunc(commands(), func(c command) bool { return c.name == name })
}

// Each part gets variables that it knows, with values it takes, and no more rights than it needs.
func TestComposeConfiguresEveryPart(t *testing.T) {
	c, roles := readCompose(t), readCompose(t).Configs["roles"].Content
	require.NotContains(t, roles, "SUPERUSER")
	for name, s := range c.Services {
		if s.Build == "" {
			continue
		}
		environ := map[string]string{}
		for variable, value := range s.Environment {
			require.True(t, slices.ContainsFunc(config.Variables(), func(v config.Variable) bool { return v.Name == variable }), variable)
			environ[variable] = value
		}
		require.Contains(t, environ["TRIBUNA_LINK_KEY"], "${TRIBUNA_LINK_KEY:?", "nobody has a key that everybody can read")
		environ["TRIBUNA_LINK_KEY"] = linkKey
		cfg, err := config.Load(environ)
		require.NoError(t, err, name)
		require.NoError(t, cfg.Require("DATABASE_URL", "TEMPORAL_ADDRESS", "SMTP_URL", "TRIBUNA_MAIL_FROM", "TRIBUNA_LINK_KEY", "TRIBUNA_URL"), name)
		requireRole(t, roles, cfg.DatabaseURL, "tribuna_app")
		if name == "serve" || name == "worker" {
			require.Empty(t, cfg.DatabaseOwnerURL, "%s must not own the schema", name)
			continue
		}
		requireRole(t, roles, cfg.DatabaseOwnerURL, "tribuna_owner")
	}
	require.Contains(t, roles, "CREATE DATABASE tribuna OWNER tribuna_owner")
}

func requireRole(t *testing.T, roles, address, role string) {
	t.Helper()
	u, err := url.Parse(address)
	require.NoError(t, err)
	password, _ := u.User.Password()
	require.Equal(t, role, u.User.Username())
	require.Contains(t, roles, "CREATE ROLE "+role+" LOGIN PASSWORD '"+password+"'")
}
