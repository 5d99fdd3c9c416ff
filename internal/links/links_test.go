package links_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/apperr"
	"tribuna/internal/links"
)

var (
	oldKey = bytes.Repeat([]byte{1}, 32)
	newKey = bytes.Repeat([]byte{2}, 40)
	task   = uuid.MustParse("0195b1d2-0000-7000-8000-000000000001")
	person = uuid.MustParse("0195b1d2-0000-7000-8000-000000000002")
)

func minter(t testing.TB, keys ...[]byte) *links.Minter {
	t.Helper()
	m, err := links.New(keys...)
	require.NoError(t, err)
	return m
}

func TestMintedLinkSaysWhatItWasMintedFor(t *testing.T) {
	m := minter(t, oldKey)
	for _, want := range []links.Claims{
		{Kind: links.KindTask, ID: task, PersonID: person, Generation: 1},
		{Kind: links.KindTask, ID: task, PersonID: person, Generation: 2147483647},
		{Kind: links.KindUnsubscribe, ID: task, PersonID: person},
	} {
		token := m.Mint(want.Kind, want.ID, want.PersonID, want.Generation)
		require.True(t, strings.HasPrefix(token, string(want.Kind)))
		require.Equal(t, token, url.PathEscape(token), "needs no escaping")
		got, err := m.Check(token)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
}

func TestEveryFlippedBitIsRefused(t *testing.T) {
	m := minter(t, oldKey, newKey)
	for _, kind := range []links.Kind{links.KindTask, links.KindUnsubscribe} {
		token := m.Mint(kind, task, person, 3)
		raw, err := base64.RawURLEncoding.DecodeString(strings.TrimPrefix(token, string(kind)))
		require.NoError(t, err)
		for bit := range len(raw) * 8 {
			changed := bytes.Clone(raw)
			changed[bit/8] ^= 1 << (bit % 8)
			refused(t, m, string(kind)+base64.RawURLEncoding.EncodeToString(changed))
		}
	}
}

func TestWhatIsNoLinkIsRefused(t *testing.T) {
	m := minter(t, oldKey)
	token := m.Mint(links.KindTask, task, person, 1)
	body := strings.TrimPrefix(token, "tl_")
	for name, s := range map[string]string{
		"nothing":       "",
		"prefix alone":  "tl_",
		"no prefix":     body,
		"other kind":    "tu_" + body,
		"unknown kind":  "tx_" + body,
		"cut off":       token[:len(token)-1],
		"longer":        token + "A",
		"padded":        token + "=",
		"with newline":  token + "\n",
		"not base64url": "tl_" + strings.Repeat("+", len(body)),
		"endless":       "tl_" + strings.Repeat("A", 1<<20),
	} {
		t.Run(name, func(t *testing.T) { refused(t, m, s) })
	}
}

func TestWhatAMailProgramAddsIsNoPartOfTheToken(t *testing.T) {
	m := minter(t, oldKey)
	for range 20 { // a token can end in whatever the alphabet has
		token := m.Mint(links.KindTask, uuid.New(), person, 1)
		require.Equal(t, token, links.WithoutAddition(token))
		for _, added := range additions {
			require.Equal(t, token, links.WithoutAddition(token+added), added)
			require.Equal(t, "GET /l/tl_…"+added, links.Redact("GET /l/"+token+added), "and nothing of the token is told beside it")
			escaped := url.PathEscape(added)
			require.Equal(t, "GET /l/tl_…"+escaped, links.Redact("GET /l/"+token+escaped))
			refused(t, m, token+added)
		}
		refused(t, m, links.WithoutAddition(token+"A"))
		refused(t, m, links.WithoutAddition("."+token))
	}
	require.Empty(t, links.WithoutAddition("."))
}

// additions are what mail programs add to an address, as a path holds it: what stood behind it in the text, or around it.
var additions = []string{".", ",", ")", ">", "%3E", " ", "\u00a0", "\"", "'", "”", "»", ").", ">,", ";", "]", "*", "\r\n", ".Please"}

func TestKeysRotate(t *testing.T) {
	before, during, after := minter(t, oldKey), minter(t, newKey, oldKey), minter(t, newKey)
	old := before.Mint(links.KindTask, task, person, 1)
	fresh := during.Mint(links.KindTask, task, person, 1)
	require.NotEqual(t, old, fresh, "the first key mints")

	_, err := during.Check(old)
	require.NoError(t, err)
	_, err = after.Check(fresh)
	require.NoError(t, err)
	refused(t, after, old)
	refused(t, before, fresh)
}

func TestWeakKeysAreRefused(t *testing.T) {
	for _, keys := range [][][]byte{nil, {nil}, {oldKey[:31]}, {oldKey, newKey[:8]}} {
		_, err := links.New(keys...)
		require.Error(t, err)
	}
}

func TestRedactHidesTokensAndNothingElse(t *testing.T) {
	m := minter(t, oldKey)
	token := m.Mint(links.KindTask, task, person, 1)
	unsubscribe := m.Mint(links.KindUnsubscribe, task, person, 0)
	account := m.Mint(links.KindAccount, task, person, 0)
	line := fmt.Sprintf("GET /l/%s?x=1 from /u/%s and /a/%s with tb_abc-DEF_9", token, unsubscribe, account)
	require.Equal(t, "/preferences/tp_… /subscribe/ts_…", links.Redact("/preferences/"+m.Mint(links.KindPreferences, task, person, 0)+
		" /subscribe/"+m.Mint(links.KindSubscription, task, person, 0)))
	require.Equal(t, "GET /l/tl_…?x=1 from /u/tu_… and /a/ta_… with tb_…", links.Redact(line))
	plain := "html_template of the total_1 in built_in"
	require.Equal(t, plain, links.Redact(plain))
}

func TestEveryKindOfLinkIsHiddenAndKnownAsPersonal(t *testing.T) {
	m := minter(t, oldKey)
	for _, kind := range []links.Kind{links.KindTask, links.KindUnsubscribe, links.KindAccount, links.KindObjection, links.KindPreferences,
		links.KindSubscription, links.KindWritten, links.KindOwnData} {
		token := m.Mint(kind, task, person, 0)
		require.Equal(t, "at /x/"+string(kind)+"…", links.Redact("at /x/"+token), kind)
		require.Equal(t, "/language?to=%2Fx%2F"+string(kind)+"…", links.Redact("/language?to="+url.QueryEscape("/x/"+token)), "an address within an address")
		for _, address := range []string{token, "https://tribuna.example/x/" + token, "https://example.org/?to=/x/" + token + "&y=1",
			"https://example.org/?to=" + url.QueryEscape("/x/"+token)} {
			require.True(t, links.Personal(address), address)
		}
	}
	for _, address := range []string{"https://example.org/to_do_list", "https://example.org/tw_", "https://example.org/f/ABC"} {
		require.False(t, links.Personal(address), address)
	}
}

func TestNoTokenReachesTheLog(t *testing.T) {
	token := minter(t, oldKey).Mint(links.KindTask, task, person, 1)
	var out bytes.Buffer
	log := slog.New(slog.NewJSONHandler(&out, &slog.HandlerOptions{ReplaceAttr: links.RedactAttr}))
	address, err := url.Parse("http://localhost/l/" + token)
	require.NoError(t, err)
	log.Info("opened "+token, "path", "/l/"+token, "url", address, "err", errors.New("bad "+token), "n", 7,
		slog.Group("request", "target", "/l/"+token))
	require.NotContains(t, out.String(), token)
	require.Equal(t, 5, strings.Count(out.String(), "tl_…"))
	require.Contains(t, out.String(), `"n":7`)
}

func FuzzCheckAcceptsOnlyWhatWasMinted(f *testing.F) {
	m := minter(f, oldKey)
	f.Add(m.Mint(links.KindTask, task, person, 1))
	f.Add("tu_")
	f.Fuzz(func(t *testing.T, token string) {
		claims, err := m.Check(token)
		if err == nil {
			require.Equal(t, token, m.Mint(claims.Kind, claims.ID, claims.PersonID, claims.Generation))
		}
	})
}

func refused(t *testing.T, m *links.Minter, token string) {
	t.Helper()
	claims, err := m.Check(token)
	require.Equal(t, apperr.CodeLinkExpired, apperr.CodeOf(err))
	require.Zero(t, claims)
}

func TestUnsubscribingByMailNamesItsLink(t *testing.T) {
	m := minter(t, oldKey)
	token := m.Mint(links.KindUnsubscribe, task, person, 0)
	require.Equal(t, "unsubscribe%20"+token, links.ForSubject("https://x.example/u/"+token))
	for subject, want := range map[string]string{"unsubscribe " + token: token, "Re: UNSUBSCRIBE  " + token + " ": token, "unsubscribe": "",
		"unsubscribe " + m.Mint(links.KindTask, task, person, 0): "", "": ""} {
		got, ok := links.InSubject(subject)
		require.Equal(t, want, got, subject)
		require.Equal(t, want != "", ok, subject)
	}
}

func TestADamagedLinkSaysAtMostWhichQuestionItWasFor(t *testing.T) {
	token := minter(t, oldKey).Mint(links.KindTask, task, person, 3)
	for _, readable := range []string{token, token[:len(token)-1], token[:40], token[:len(token)-3] + "AAA"} {
		hint, ok := links.TaskHint(readable)
		require.True(t, ok, readable)
		require.Equal(t, task, hint)
	}
	for _, not := range []string{"", "tl_", "tl_abc", token[:20], "tu_" + token[3:], "tl_" + strings.Repeat("!", 68), "tl_" + strings.Repeat("A", 68)} {
		_, ok := links.TaskHint(not)
		require.False(t, ok, not)
	}
}
