package mail

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestWhatIsPersonalIsNotOffered: the letter itself keeps back what is a reader's own, before anything that keeps links could refuse it.
func TestWhatIsPersonalIsNotOffered(t *testing.T) {
	m := newMarks()
	d := &draft{marks: &m}
	const a, b = "https://example.org/a", "https://example.org/b"
	p := page{Body: `<a href="` + a + `">A</a> <a href="https://example.org/?to=x">X</a>`, Button: &button{URL: b}, News: []news{{Link: &button{URL: a}}, {}}}
	require.Equal(t, []string{a, "https://example.org/?to=x", b}, d.counted(p))
	p.Button.Personal = true
	p.News[0].Link.URL = "https://example.org/" + m.of(fieldWritten)
	require.Equal(t, []string{a, "https://example.org/?to=x"}, d.counted(p))
	elsewhere := func(string) string { return "https://example.org/elsewhere" }
	require.Equal(t, b, p.Button.led(elsewhere).URL)
	require.Equal(t, "https://example.org/elsewhere", (&button{URL: b}).led(elsewhere).URL)
	require.Nil(t, (*button)(nil).led(elsewhere))
}
