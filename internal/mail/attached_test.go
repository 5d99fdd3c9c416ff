package mail

import (
	"bytes"
	"crypto/ed25519"
	"mime"
	"strings"
	"testing"

	netmail "net/mail"

	"github.com/emersion/go-msgauth/dkim"
	"github.com/stretchr/testify/require"
)

// fileNames are how people call files, and what somebody might try.
var fileNames = []string{"letter.pdf", "Препоръка за напускащите грижа.pdf", strings.Repeat("Ж", 100) + ".docx", strings.Repeat("😀", 100) + ".pdf", strings.Repeat("w", 200) + ".pdf",
	`quo"te\.pdf`, "per%cent %22.pdf", "a\r\nBcc: all@mail.example.pdf", "x.pdf\"; filename=\"evil.exe", "plus+and space & ' * ().pdf", "=?UTF-8?Q?x?=.pdf", "ț.pdf",
	strings.Repeat("a", 51) + "ж.pdf", strings.Repeat("a", 52) + "ж.pdf", strings.Repeat("b", 60), strings.Repeat("b", 61)}

func TestNamesOfFilesAreReadAsTheyWereWritten(t *testing.T) {
	for _, name := range fileNames {
		written := "attachment" + parameter("filename", oneLine(name))
		for line := range strings.SplitSeq(written, "\r\n") {
			require.LessOrEqual(t, len(line), 78, line)
			require.True(t, ascii(line))
		}
		kind, params, err := mime.ParseMediaType(strings.ReplaceAll(written, "\r\n", ""))
		require.NoError(t, err, written)
		require.Equal(t, "attachment", kind)
		require.Equal(t, map[string]string{"filename": oneLine(name)}, params)
	}
}

func TestNobodyAddsHeadersThroughFiles(t *testing.T) {
	for _, name := range fileNames {
		l := letter()
		l.Attached = []Attached{{name, "application/pdf", []byte("%PDF"), ""}, {name, "image/png", []byte("png"), "1@pictures"}}
		raw := wire(t, l)
		require.NotContains(t, string(raw), "\r\nBcc")
		m, err := netmail.ReadMessage(bytes.NewReader(raw))
		require.NoError(t, err)
		require.Empty(t, m.Header["Bcc"])
		require.Equal(t, bytes.Count(raw, []byte("\n")), bytes.Count(raw, []byte("\r\n")))
	}
}

// TestWhatGoesAlongIsTheSameBytesForAll: it is not copied, and the mail is what it would be in one piece.
func TestWhatGoesAlongIsTheSameBytesForAll(t *testing.T) {
	m := newMarks()
	l := circular(m)
	l.HTML += "<p>" + strings.Repeat("x", 69) + "</p>.\n.\n..x"
	l.Attached = []Attached{{"a.pdf", "application/pdf", bytes.Repeat([]byte("%PDF "), 1<<16), ""}}
	p, err := prepare(&l, m, netmail.Address{Address: "post@tribuna.example"})
	require.NoError(t, err)
	require.Greater(t, len(p.tail.content), 5<<16)
	c := Copy{ID: "1", To: netmail.Address{Address: "a@mail.example"}, Date: sentAt, Fields: Fields{"Ann", "tu_x"}}
	raw, err := p.Fill(nil, c)
	require.NoError(t, err)
	require.Less(t, len(raw), 200_000, "the letter alone")
	whole := bytes.Join([][]byte{raw, p.tail.content}, nil)
	requireReadable(t, whole)
	require.Equal(t, string(stuffed(nil, whole)), string(doubled(nil, raw))+string(p.tail.wire))

	_, key, err := ed25519.GenerateKey(nil)
	require.NoError(t, err)
	all := Signers{{Domain: "tribuna.example", Selector: "s", Signer: key, HeaderKeys: signedFields,
		HeaderCanonicalization: dkim.CanonicalizationRelaxed, BodyCanonicalization: dkim.CanonicalizationRelaxed}}
	signature, err := all.sign(raw, p.tail.content)
	require.NoError(t, err)
	tags, wrong := verified(append(signature, whole...), key.Public())
	require.Empty(t, wrong, tags)

	before := testing.AllocsPerRun(10, func() { raw, _ = p.Fill(raw[:0], c) })
	require.Less(t, before, 100.0)
}

func requireReadable(t *testing.T, raw []byte) {
	t.Helper()
	_, body, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
	for line := range bytes.SplitSeq(body, []byte("\r\n")) {
		require.LessOrEqual(t, len(line), 98, string(line)) // what names the boundary of a part
	}
	require.Equal(t, bytes.Count(raw, []byte("\n")), bytes.Count(raw, []byte("\r\n")))
}

func TestATailBeginsInTheMiddleOfALine(t *testing.T) {
	for _, wrong := range []string{".x\r\n", "a\nb", "\nb\r\n"} {
		_, err := newTail([]byte(wrong))
		require.Error(t, err, wrong)
	}
	tail, err := newTail([]byte("=\r\n.x\r\n"))
	require.NoError(t, err)
	require.Equal(t, "=\r\n..x\r\n.\r\n", string(tail.wire))
}
