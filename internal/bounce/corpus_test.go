package bounce_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/bounce"
)

// returned is one message of the corpus and what it has to be read as. The messages were written for these tests, from the
// examples of the RFCs and in the forms that mail servers send; the table is testdata/expected.tsv.
type returned struct {
	name, kind, class, status, to, messageID, why string
}

func (r returned) raw(t testing.TB) []byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", "returned", r.name+".eml"))
	require.NoError(t, err)
	return raw
}

func corpus(t testing.TB) (list []returned) {
	t.Helper()
	table, err := os.ReadFile(filepath.Join("testdata", "expected.tsv"))
	require.NoError(t, err)
	for line := range strings.Lines(string(table)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		c := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		require.Len(t, c, 7, line)
		list = append(list, returned{c[0], c[1], c[2], c[3], c[4], c[5], c[6]})
	}
	return list
}

func read(t testing.TB, raw []byte) bounce.Report {
	t.Helper()
	r, err := bounce.Read(strings.NewReader(string(raw)))
	require.NoError(t, err)
	return r
}

func TestEveryMessageOfTheCorpusIsReadRight(t *testing.T) {
	counts := map[string]int{}
	for _, m := range corpus(t) {
		t.Run(m.name, func(t *testing.T) {
			r := read(t, m.raw(t))
			said := r.For(m.to)
			counts[string(said.Class)]++
			require.Equal(t, m.kind, string(r.Kind), m.why)
			require.Equal(t, m.class, string(said.Class), "%s: %+v", m.why, r)
			if r.Kind == bounce.KindDelivery && said.Class != bounce.Delivered {
				require.Equal(t, m.status, said.Status, m.why)
			}
			require.Equal(t, m.messageID, r.MessageID)
			require.Len(t, r.Digest, 64)
			require.NotContains(t, said.Diagnostic, "@", "what is kept names nobody")
		})
	}
	t.Logf("read right: %v", counts)
}

// TestNoMessageIsFalselyHard: the one error that must not happen is named by itself.
func TestNoMessageIsFalselyHard(t *testing.T) {
	for _, m := range corpus(t) {
		if m.class == string(bounce.Hard) {
			continue
		}
		require.NotEqual(t, bounce.Hard, read(t, m.raw(t)).For(m.to).Class, "%s is called hard: %s", m.name, m.why)
	}
}

// naive is how returned mails are often read: by words and codes anywhere in them.
var naive = regexp.MustCompile(`(?i)\b55[0-4]\b|\b5\.\d\.\d|user unknown|unknown user|no such user|undeliver|not (be|e|u) deliver|does not exist|не беше доставено|nije isporuč|nu a (putut|fost)|permanent`)

// TestTheCorpusIsWorthSomething: it is large, every message in the folder has a row, and one who looks for words alone calls
// hard what is not, again and again.
func TestTheCorpusIsWorthSomething(t *testing.T) {
	list := corpus(t)
	files, err := filepath.Glob(filepath.Join("testdata", "returned", "*.eml"))
	require.NoError(t, err)
	require.Len(t, list, len(files))
	require.GreaterOrEqual(t, len(list), 120)
	misled := 0
	for _, m := range list {
		if m.class != string(bounce.Hard) && naive.Match(m.raw(t)) {
			misled++
		}
	}
	t.Logf("%d messages; words alone would call %d hard that are not", len(list), misled)
	require.Greater(t, misled, len(list)/2)
}

// TestTheCorpusNamesNobody: every address and every machine is one that RFC 2606 keeps for examples.
func TestTheCorpusNamesNobody(t *testing.T) {
	domain := regexp.MustCompile(`@(?:[a-z0-9-]+\.)*([a-z0-9-]+)\b`)
	for _, m := range corpus(t) {
		for _, found := range domain.FindAllStringSubmatch(strings.ToLower(string(m.raw(t))), -1) {
			if strings.Contains(found[0], ".") {
				require.Equal(t, "example", found[1], "%s names %s", m.name, found[0])
			}
		}
	}
}

func FuzzRead(f *testing.F) {
	for i, m := range corpus(f) {
		if i%6 == 0 {
			f.Add(m.raw(f))
		}
	}
	f.Add([]byte("Content-Type: multipart/report; report-type=delivery-status; boundary=\"\"\n\n--\n"))
	f.Add([]byte("Content-Type: multipart/report; boundary=x\n\n--x\nContent-Type: message/delivery-status\n\n:\n \nFinal-Recipient:\nStatus: 5.1.1.1\n--x--"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		r := read(t, raw)
		said := r.For("ana@posta.example")
		if said.Class == "" || r.Kind == "" {
			t.Fatalf("no answer: %+v", r)
		}
		if said.Class == bounce.Hard && r.Kind != bounce.KindDelivery {
			t.Fatalf("hard by something that is no report: %+v", r)
		}
		if len(r.Recipients) > 40 || len(said.Diagnostic) > 4*501+3 {
			t.Fatalf("keeps too much: %d recipients, %d bytes", len(r.Recipients), len(said.Diagnostic))
		}
	})
}
