package mail_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"flag"
	netmail "net/mail"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/mail"
	"tribuna/models"
)

var update = flag.Bool("update", false, "write the golden messages anew")

// boundaryShape is how the library that writes mails names the boundary of their parts, by chance.
var boundaryShape = regexp.MustCompile(`boundary=([0-9a-f]+)`)

// TestAMailingInFiveLanguagesIsByteForByteAsItWasStored holds what travels against files that were looked at, and reads these by the
// words of the standards. Lines end with CRLF on the wire and with LF in the files.
func TestAMailingInFiveLanguagesIsByteForByteAsItWasStored(t *testing.T) {
	n := newNetwork(t)
	n.exec(`DELETE FROM mailing_texts`)
	n.exec(`INSERT INTO languages (tag, endonym) VALUES ('sq', 'shqip') ON CONFLICT DO NOTHING`)
	n.published("en", "bg", "ro", "sr-Latn") // Albanian readers are told in English
	id := uuid.MustParse("0195b1d2-0000-7000-8000-000000000001")
	from := netmail.Address{Name: "Мрежа", Address: "post@tribuna.example"}
	back, err := mail.NewReturnPath("bounces@tribuna.example", linkKey)
	require.NoError(t, err)
	for language, words := range said {
		n.exec(`INSERT INTO mailing_texts (mailing_id, language, subject, body) VALUES (?, ?, ?, ?)`, n.mailing, language, words[0],
			words[1]+"\n\n**{name}**, {organisation}, {country}: [{title}]({link})")
		p, err := n.composer().Prepare(t.Context(), n.mailing, language, from, monday)
		require.NoError(t, err)
		reader := models.MailReader{ID: id, Name: "Žana Đorđević-Șerban", Email: "zana@mail.example"}
		fields := n.composer().Fields(id, language, reader, models.PersonalFields{Organisation: "Ënjëll & Дом", Country: models.Names{"en": "Bulgaria"}})
		raw, err := p.Fill(nil, mail.Copy{ID: id.String(), To: netmail.Address{Name: reader.Name, Address: reader.Email}, Date: monday, BackTo: back.For(id), Fields: fields})
		require.NoError(t, err)
		require.Equal(t, bytes.Count(raw, []byte("\n")), bytes.Count(raw, []byte("\r\n")))
		boundary := string(boundaryShape.FindSubmatch(raw)[1])
		made := strings.ReplaceAll(string(raw), boundary, strings.Repeat("b", len(boundary)))
		made = strings.ReplaceAll(made, "\r\n", "\n")

		file := filepath.Join("testdata", "golden", language+".eml")
		if *update {
			require.NoError(t, os.WriteFile(file, []byte(made), 0o644))
		}
		stored, err := os.ReadFile(file)
		require.NoError(t, err)
		require.Equal(t, string(stored), made, "%s: where it is meant to be otherwise, go test -update", language)

		header, plain, html := readByTheStandards(t, string(stored))
		require.Equal(t, words[0], header["subject"])
		require.Equal(t, "Мрежа <post@tribuna.example>", header["from"])
		require.Equal(t, reader.Name+" <zana@mail.example>", header["to"])
		require.Equal(t, "<"+id.String()+"@tribuna.example>", header["message-id"])
		require.Equal(t, "Mon, 02 Mar 2026 09:00:00 +0000", header["date"])
		require.Contains(t, header["list-unsubscribe"], "<mailto:"+back.For(id)+"?subject=unsubscribe%20")
		for _, sentence := range append(strings.Split(words[1], "\n\n"), reader.Name, "Ënjëll") {
			require.Contains(t, plain, sentence)
			require.Contains(t, html, sentence)
		}
		require.True(t, strings.HasSuffix(strings.TrimSpace(html), "</html>"), "nothing is cut off")
	}
}

// readByTheStandards reads a message of two alternatives by RFC 5322, 2045, 2046 and 2047 and nothing else: written from their text, so that
// it shares no mistake with the libraries that write and read mails.
func readByTheStandards(t *testing.T, raw string) (header map[string]string, plain, html string) {
	t.Helper()
	head, body, found := strings.Cut(raw, "\n\n")
	require.True(t, found)
	header = fieldsOf(t, head)
	_, boundary, found := strings.Cut(header["content-type"], "boundary=")
	require.True(t, found, header["content-type"])
	delimiter := "\n--" + strings.Trim(boundary, `"`)
	parts := strings.Split("\n"+body, delimiter)
	require.Len(t, parts, 4, "a preamble, two parts and the end")
	require.Equal(t, "--", strings.TrimSpace(parts[3]))
	var read []string
	for i, kind := range []string{"text/plain; charset=UTF-8", "text/html; charset=UTF-8"} {
		head, body, found := strings.Cut(strings.TrimPrefix(parts[i+1], "\n"), "\n\n")
		require.True(t, found)
		fields := fieldsOf(t, head)
		require.Equal(t, kind, fields["content-type"])
		require.Equal(t, "quoted-printable", fields["content-transfer-encoding"])
		read = append(read, unquoted(t, strings.ReplaceAll(body, "=\n", ""), "="))
	}
	return header, read[0], read[1]
}

// fieldsOf unfolds the fields of a header (RFC 5322, 2.2.3), each of which stands there once.
func fieldsOf(t *testing.T, head string) map[string]string {
	t.Helper()
	fields := map[string]string{}
	for line := range strings.SplitSeq(strings.NewReplacer("\n ", " ", "\n\t", " ").Replace(head), "\n") {
		name, value, found := strings.Cut(line, ":")
		require.True(t, found, line)
		require.NotContains(t, fields, strings.ToLower(name))
		fields[strings.ToLower(name)] = words2047(t, strings.TrimSpace(value))
	}
	return fields
}

var encodedWord = regexp.MustCompile(`=\?(?i:utf-8)\?([bBqQ])\?([^? ]*)\?=`)

// words2047 decodes the words of a field: white space between two encoded ones is none (RFC 2047, 6.2).
func words2047(t *testing.T, value string) string {
	t.Helper()
	value = regexp.MustCompile(`\?=\s+=\?`).ReplaceAllString(value, "?==?")
	return encodedWord.ReplaceAllStringFunc(value, func(word string) string {
		m := encodedWord.FindStringSubmatch(word)
		require.LessOrEqual(t, len(word), 75, "RFC 2047, 2")
		if strings.EqualFold(m[1], "b") {
			b, err := base64.StdEncoding.DecodeString(m[2])
			require.NoError(t, err)
			return string(b)
		}
		return unquoted(t, strings.ReplaceAll(m[2], "_", " "), "=")
	})
}

// unquoted decodes octets written as two hexadecimal digits behind a mark (RFC 2045, 6.7).
func unquoted(t *testing.T, text, mark string) string {
	t.Helper()
	first, rest, _ := strings.Cut(text, mark)
	out := []byte(first)
	for rest != "" {
		octet, err := hex.DecodeString(rest[:2])
		require.NoError(t, err, strconv.Quote(rest[:2]))
		var words string
		words, rest, _ = strings.Cut(rest[2:], mark)
		out = append(append(out, octet...), words...)
	}
	return string(out)
}
