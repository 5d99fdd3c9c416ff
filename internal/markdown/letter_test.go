package markdown

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestALetterHasNoMarks(t *testing.T) {
	for name, c := range map[string]struct{ source, want string }{
		"emphasis":      {"We published **a *new* recommendation**.", "We published a new recommendation."},
		"heading":       {"## What we ask\n\nMuch.", "What we ask\n-----------\n\nMuch."},
		"link":          {"[Read it](https://tribuna.example/p) now.", "Read it (https://tribuna.example/p) now."},
		"bare link":     {"See <https://tribuna.example/p>.", "See https://tribuna.example/p."},
		"own address":   {"[https://tribuna.example](https://tribuna.example)", "https://tribuna.example"},
		"address":       {"Write to [us](mailto:us@tribuna.example).", "Write to us (us@tribuna.example)."},
		"list":          {"- one\n- two\n  - two and a half\n", "• one\n• two\n  • two and a half"},
		"numbers":       {"3. three\n4. four", "3. three\n4. four"},
		"quotation":     {"> said\n> so", "> said so"},
		"table":         {"| A | B |\n|---|---|\n| 1 | **2** |", "A | B\n1 | 2"},
		"markup":        {"Before <b>bold</b>\n\n<script>alert(1)</script>", "Before bold"},
		"escaped":       {`5 \* 3`, "5 * 3"},
		"rule":          {"a\n\n---\n\nb", "a\n\n* * *\n\nb"},
		"two":           {"one\ntwo\n\nthree", "one two\n\nthree"},
		"footnote":      {"So it is[^1].\n\n[^1]: A note.", "So it is[1].\n\n[1] A note."},
		"image as text": {"![A child drawing](x.png)", "A child drawing"},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, c.want, Letter(c.source)) })
	}
}

func TestReadingMinutesFollowTheWords(t *testing.T) {
	for words, want := range map[int]int{0: 1, 60: 1, 150: 1, 151: 2, 1500: 10, 1501: 15, 3000: 20} {
		require.Equal(t, want, ReadingMinutes(words), words)
	}
}
