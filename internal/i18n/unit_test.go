package i18n_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/i18n"
)

func TestWhoSpeaksForAUnit(t *testing.T) {
	l := i18n.For("en")
	require.Equal(t, "Balkans", l.ForUnit("Balkans"))
	require.Equal(t, "Balkans", l.ForUnit("Balkans", "", "Balkans"), "it speaks for itself")
	require.Equal(t, l.T("unit.speaks", "Organisation", "Know-how Centre", "Unit", "Balkans"), l.ForUnit("Balkans", "Know-how Centre"))
	require.Equal(t, "Know-how Centre", l.ForUnit("", "Know-how Centre"), "no unit is known")
}
