package mail

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// verified reads a signature by RFC 6376 and nothing else: written from its text, so that it shares no mistake with the
// library that signs. It returns the tags of the signature, or why it does not hold.
func verified(raw []byte, public crypto.PublicKey) (map[string]string, string) {
	header, body, _ := strings.Cut(string(raw), "\r\n\r\n")
	var fields []string // unfolded later; each with its name
	for line := range strings.SplitSeq(header, "\r\n") {
		if line[0] == ' ' || line[0] == '\t' {
			fields[len(fields)-1] += "\r\n" + line
		} else {
			fields = append(fields, line)
		}
	}
	signature := ""
	for _, f := range fields {
		if strings.HasPrefix(f, "DKIM-Signature:") {
			signature = f
			break
		}
	}
	tags := map[string]string{}
	for tag := range strings.SplitSeq(strings.TrimPrefix(signature, "DKIM-Signature:"), ";") {
		name, value, _ := strings.Cut(tag, "=")
		tags[strings.TrimSpace(name)] = strings.Join(strings.Fields(value), "")
	}
	if tags["c"] != "relaxed/relaxed" || tags["v"] != "1" || tags["l"] != "" {
		return tags, "an unexpected form"
	}
	sum := sha256.Sum256([]byte(relaxedBody(body)))
	if tags["bh"] != base64.StdEncoding.EncodeToString(sum[:]) {
		return tags, "the body hash"
	}
	used := map[int]bool{}
	var signed strings.Builder
	for name := range strings.SplitSeq(tags["h"], ":") {
		for i := len(fields) - 1; i >= 0; i-- { // from the bottom up (5.4.2)
			own, _, _ := strings.Cut(fields[i], ":")
			if !used[i] && strings.EqualFold(strings.TrimSpace(own), name) {
				used[i] = true
				signed.WriteString(relaxedHeader(fields[i]) + "\r\n")
				break
			}
		}
	}
	bare := regexp.MustCompile(`(\bb=)[^;]*`).ReplaceAllString(signature, "$1")
	signed.WriteString(relaxedHeader(bare))
	digest := sha256.Sum256([]byte(signed.String()))
	b, err := base64.StdEncoding.DecodeString(tags["b"])
	if err != nil {
		return tags, err.Error()
	}
	switch key := public.(type) {
	case *rsa.PublicKey:
		if tags["a"] != "rsa-sha256" || rsa.VerifyPKCS1v15(key, crypto.SHA256, digest[:], b) != nil {
			return tags, "the signature"
		}
	case ed25519.PublicKey:
		if tags["a"] != "ed25519-sha256" || !ed25519.Verify(key, digest[:], b) {
			return tags, "the signature"
		}
	}
	return tags, ""
}

// Verified is for the tests from outside.
var Verified = verified

var spaces = regexp.MustCompile(`[ \t]+`)

// relaxedHeader is RFC 6376, 3.4.2.
func relaxedHeader(field string) string {
	name, value, _ := strings.Cut(field, ":")
	value = spaces.ReplaceAllString(strings.ReplaceAll(value, "\r\n", ""), " ")
	return strings.ToLower(strings.TrimSpace(name)) + ":" + strings.Trim(value, " ")
}

// relaxedBody is RFC 6376, 3.4.4.
func relaxedBody(body string) string {
	lines := strings.Split(body, "\r\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(spaces.ReplaceAllString(line, " "), " ")
	}
	whole := strings.TrimRight(strings.Join(lines, "\r\n"), "\r\n")
	if whole == "" {
		return ""
	}
	return whole + "\r\n"
}

func privateKeys(t *testing.T) map[string]crypto.Signer {
	t.Helper()
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	long, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	return map[string]crypto.Signer{"ed25519": ed, "rsa": long}
}

func pkcs8(t *testing.T, key crypto.Signer) []byte {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
}

func TestSignaturesHoldForAnotherReader(t *testing.T) {
	for kind, key := range privateKeys(t) {
		options, err := NewSigner("tribuna.example", "s1", pkcs8(t, key))
		require.NoError(t, err)
		for _, name := range names {
			_, raw, _ := fill(t, name)
			signature, err := Signers{options}.sign(raw)
			require.NoError(t, err)
			whole := append(signature, raw...)
			requireForm(t, whole)
			tags, wrong := verified(whole, key.Public())
			require.Empty(t, wrong, "%s %q", kind, name)
			require.Equal(t, "tribuna.example", tags["d"])
			require.Equal(t, "s1", tags["s"])
			covered := ":" + strings.ToLower(tags["h"]) + ":"
			for _, field := range []string{"from", "to", "subject", "date", "message-id", "list-unsubscribe", "list-unsubscribe-post"} {
				require.Contains(t, covered, ":"+field+":", "RFC 8058 and 6376 want it signed")
			}
			require.Equal(t, 2, strings.Count(covered, ":from"), "nobody can add another sender")

			for _, change := range [][2]string{{"post@tribuna", "evil@tribuna"}, {"One-Click", "One-Click2"}, {"Date: ", "Date:  x"}, {"=\r\n", "=\r\n!"}} {
				changed := bytes.Replace(whole, []byte(change[0]), []byte(change[1]), 1)
				require.NotEqual(t, whole, changed)
				_, wrong := verified(changed, key.Public())
				require.NotEmpty(t, wrong, "%q", change)
			}
			_, wrong = verified(append([]byte("From: <evil@tribuna.example>\r\n"), whole...), key.Public())
			require.NotEmpty(t, wrong, "a second sender")
		}
	}
}

// TestTheReaderOfSignaturesReadsThoseOfTheStandard holds verified, by which every signature of ours is judged, against the two published in
// RFC 8463, appendix A: neither we nor our library made them.
func TestTheReaderOfSignaturesReadsThoseOfTheStandard(t *testing.T) {
	raw, err := os.ReadFile("testdata/rfc8463.eml")
	require.NoError(t, err)
	text := strings.ReplaceAll(string(raw), "\n", "\r\n")
	ed, err := base64.StdEncoding.DecodeString("11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=")
	require.NoError(t, err)
	der, err := base64.StdEncoding.DecodeString("MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0Qvx/byYzCNb3W91y3FutACDfzwQ" +
		"/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB")
	require.NoError(t, err)
	long, err := x509.ParsePKIXPublicKey(der)
	require.NoError(t, err)
	second := text[strings.LastIndex(text, "DKIM-Signature:"):]
	for _, c := range []struct {
		text, selector string
		key            crypto.PublicKey
	}{{text, "brisbane", ed25519.PublicKey(ed)}, {second, "test", long}} {
		tags, wrong := verified([]byte(c.text), c.key)
		require.Empty(t, wrong, c.selector)
		require.Equal(t, []string{"football.example.com", c.selector}, []string{tags["d"], tags["s"]})
		for _, change := range [][2]string{{"dinner", "supper"}, {"hungry", "tired"}, {"Suzie Q", "Suzie R"}} {
			_, wrong := verified([]byte(strings.Replace(c.text, change[0], change[1], 1)), c.key)
			require.NotEmpty(t, wrong, change[0])
		}
	}
}

func TestTwoKeysSignTwice(t *testing.T) {
	var signers Signers
	keys := privateKeys(t)
	for _, kind := range []string{"ed25519", "rsa"} {
		s, err := NewSigner("tribuna.example", kind, pkcs8(t, keys[kind]))
		require.NoError(t, err)
		signers = append(signers, s)
	}
	_, raw, _ := fill(t, "Мария")
	both, err := signers.sign(raw)
	require.NoError(t, err)
	whole := append(both, raw...)
	_, wrong := verified(whole, keys["ed25519"].Public())
	require.Empty(t, wrong)
	_, second, found := bytes.Cut(whole, []byte("\r\nDKIM-Signature:"))
	require.True(t, found)
	_, wrong = verified(append([]byte("DKIM-Signature:"), second...), keys["rsa"].Public())
	require.Empty(t, wrong)
}

func TestKeysThatNobodyWouldAcceptAreRefused(t *testing.T) {
	t.Setenv("GODEBUG", "rsa1024min=0")
	short, err := rsa.GenerateKey(rand.Reader, 512)
	require.NoError(t, err)
	good := pkcs8(t, privateKeys(t)["ed25519"])
	for name, key := range map[string][]byte{"short": pkcs8(t, short), "no PEM": []byte("words"), "no key": pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte("x")})} {
		_, err := NewSigner("tribuna.example", "s1", key)
		require.Error(t, err, name)
	}
	for _, domain := range []string{"", "a b", "a;d=evil.example", "a\r\nb"} {
		_, err := NewSigner(domain, "s1", good)
		require.Error(t, err, domain)
	}
	old, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	_, err = NewSigner("tribuna.example", "s1", pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(old)}))
	require.NoError(t, err)
}

func BenchmarkSign(b *testing.B) {
	_, ed, _ := ed25519.GenerateKey(rand.Reader)
	der, _ := x509.MarshalPKCS8PrivateKey(ed)
	s, err := NewSigner("tribuna.example", "s1", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	require.NoError(b, err)
	raw := append([]byte("From: <a@b.example>\r\n\r\n"), bytes.Repeat([]byte("0123456789 abcdefghij 0123456789 abcdefghij 0123456789\r\n"), 200)...)
	for b.Loop() {
		if _, err := (Signers{s}).sign(raw); err != nil {
			b.Fatal(err)
		}
	}
}
