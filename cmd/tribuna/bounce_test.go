package main

import (
	"context"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"net"
	"net/smtp"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"tribuna/internal/config"
	"tribuna/internal/devstack/testdb"
	"tribuna/models"
)

// postroom is a database with a mail to ana@posta.example that the server took, and how to reach it.
type postroom struct {
	cfg  config.Config
	db   *bun.DB
	mail uuid.UUID
}

func newPostroom(t *testing.T) postroom {
	t.Helper()
	opened := testdb.Open(t)
	key := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("k", 32)))
	p := postroom{db: opened.App, cfg: config.Config{DatabaseURL: opened.AppURL, LinkKey: key, BounceAddress: "returned@tribuna.example"}}
	ana := models.NewID()
	_, err := p.db.NewRaw(`INSERT INTO languages (tag, endonym) VALUES ('en','English') ON CONFLICT DO NOTHING`).Exec(t.Context())
	require.NoError(t, err)
	_, err = p.db.NewRaw(`INSERT INTO people (id, name, email, language) VALUES (?, 'Ana', 'ana@posta.example', 'en')`, ana).Exec(t.Context())
	require.NoError(t, err)
	m := &models.OutboxMail{Kind: models.MailDigest, DedupeKey: "one", PersonID: ana, CreatedAt: time.Now()}
	require.NoError(t, models.Enqueue(t.Context(), p.db, m))
	_, err = p.db.NewRaw(`UPDATE outbox SET state = 'unknown', finished_at = now() WHERE id = ?`, m.ID).Exec(t.Context())
	require.NoError(t, err)
	p.mail = m.ID
	return p
}

// address is the one that the mail went out with, made as the sender makes it.
func (p postroom) address(t *testing.T) string {
	t.Helper()
	key, err := p.cfg.LinkKeyBytes()
	require.NoError(t, err)
	derived, err := hkdf.Key(sha256.New, key, nil, "tribuna return path", sha256.Size)
	require.NoError(t, err)
	h := hmac.New(sha256.New, derived)
	h.Write(p.mail[:])
	token := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(append(p.mail[:], h.Sum(nil)[:10]...))
	return "returned+" + strings.ToLower(token) + "@tribuna.example"
}

func (p postroom) state(t *testing.T) (state models.MailState) {
	t.Helper()
	require.NoError(t, p.db.NewSelect().Table("outbox").Column("state").Where("id = ?", p.mail).Scan(t.Context(), &state))
	return state
}

// returned is a message of the corpus, for an address.
func returned(t *testing.T, name, address string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "..", "internal", "bounce", "testdata", "returned", name+".eml"))
	require.NoError(t, err)
	return strings.ReplaceAll(string(raw), "returned+3f9a@tribuna.example", address)
}

func TestAMailThatCameBackComesThroughAPipe(t *testing.T) {
	p := newPostroom(t)
	bring := func(cfg config.Config, message string, args ...string) error {
		return typing(t, message, func() error { return runBounce(t.Context(), cfg, args) })
	}
	forged := strings.Replace(p.address(t), "+", "+a", 1)
	require.NoError(t, bring(p.cfg, returned(t, "postfix-unknown", forged)), "what is forged is not brought again")
	require.Equal(t, models.MailUnknown, p.state(t))
	require.NoError(t, bring(p.cfg, returned(t, "postfix-unknown", strings.ToUpper(p.address(t)))))
	require.Equal(t, models.MailBounced, p.state(t))
	require.NoError(t, bring(p.cfg, "nothing of the kind", "--to", p.address(t)))

	require.ErrorAs(t, bring(p.cfg, "x", "a file"), &usageError{})
	away := p.cfg
	away.DatabaseURL = "postgres://nobody@127.0.0.1:1/none"
	err := bring(away, returned(t, "postfix-unknown", p.address(t)))
	require.Equal(t, 75, exitCode(err), "a mail server brings it again: %v", err)
	away = p.cfg
	away.BounceAddress = ""
	err = bring(away, "x")
	require.ErrorContains(t, err, "TRIBUNA_BOUNCE_ADDRESS is not set")
	require.Equal(t, 75, exitCode(err))
}

func TestAMailThatCameBackComesOverSMTPToAWorker(t *testing.T) {
	p := newPostroom(t)
	free, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	p.cfg.BounceListen = free.Addr().String()
	room := &parts{cfg: p.cfg, db: p.db}
	_, err = room.startReturned(func(error) {})
	require.ErrorContains(t, err, "TRIBUNA_BOUNCE_LISTEN", "somebody else has it")
	require.NoError(t, free.Close())

	stop, err := room.startReturned(func(err error) { t.Errorf("ended by itself: %v", err) })
	require.NoError(t, err)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		require.NoError(t, stop(ctx))
	})
	require.Error(t, smtp.SendMail(p.cfg.BounceListen, nil, "", []string{"ana@posta.example"}, []byte("x")))
	require.NoError(t, smtp.SendMail(p.cfg.BounceListen, nil, "", []string{p.address(t)}, []byte(returned(t, "postfix-delivered", p.address(t)))))
	require.Equal(t, models.MailDelivered, p.state(t), "what was not known is settled")

	none, err := (&parts{cfg: config.Config{}}).startReturned(nil)
	require.NoError(t, err)
	require.Nil(t, none, "where nothing is set nothing is taken")
}
