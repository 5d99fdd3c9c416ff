package web

import (
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/i18n"
)

func TestALetterThatManyGetIsSaidToBeHeavy(t *testing.T) {
	l := i18n.For("en")
	require.Nil(t, weightOf(l, 13<<10, 1_000_000), "words alone")
	require.Nil(t, weightOf(l, 700<<10, 1000), "to few")
	require.Equal(t, &weightView{Letter: "700 KB", Gigabytes: "67"}, weightOf(l, 700<<10, 100_000))
}

// TestWhoLaunchesHeavyLettersIsTold: an emblem of the size that is allowed weighs as much in every letter.
func TestWhoLaunchesHeavyLettersIsTold(t *testing.T) {
	n := newOffice(t)
	n.publish()
	m, path := n.draftMailing()
	page := n.as("officer-khc", "en").get(path + "/launch")
	require.NotContains(t, page.Body, i18n.For("en").T("mailing_file.heavy"))
	_ = m
}
