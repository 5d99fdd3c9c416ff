package margin_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/internal/i18n"
	"tribuna/internal/margin"
	"tribuna/internal/word"
)

// TestALongAnswerIsReadInTime is the longest text there can be, every paragraph of which is another in the file.
func TestALongAnswerIsReadInTime(t *testing.T) {
	var body strings.Builder
	m := &word.Marked{}
	for i := range 2000 {
		fmt.Fprintf(&body, "Paragraph %d says that every child has a plan and a date, and that the ministry pays for it within %d years of the law that was passed, as everybody there agrees.\n\n", i, i)
		m.Paragraphs = append(m.Paragraphs, word.MarkedParagraph{Before: fmt.Sprintf("Nothing %d of this stands there, however long one looks for it in the text.", i), After: "x"})
	}
	begun := time.Now()
	_, err := margin.Place(i18n.For("en"), m, body.String(), word.Document{Markdown: body.String()})
	require.Error(t, err, "another text")
	require.Less(t, time.Since(begun), 20*time.Second)
}
