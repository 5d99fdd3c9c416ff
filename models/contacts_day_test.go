package models

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestDaysAreReadAsTheRegionWritesThemAndNotGuessed(t *testing.T) {
	for text, want := range map[string]string{
		"2026-02-01": "2026-02-01", "2026.2.1": "2026-02-01", "01.02.2026": "2026-02-01", "1.2.2026.": "2026-02-01", "1. 2. 2026": "2026-02-01",
		"01.02.2026 г.": "2026-02-01", "13/2/2026": "2026-02-13", "2/13/2026": "2026-02-13", "1/1/2026": "2026-01-01", "46054": "2026-02-01",
	} {
		day, broken := contactDay(text, countedFrom1900)
		require.Empty(t, broken, text)
		require.Equal(t, want, day, text)
	}
	for text, want := range map[string]string{"1/2/2026": "day_unclear", "01-02-2026": "day_unclear", "31.02.2026": "date", "32/13/2026": "date", "01.02.26": "date",
		"2026": "date", "soon": "date", "31/02/2026": "date", "460540": "date"} {
		day, broken := contactDay(text, countedFrom1900)
		require.Equal(t, want, broken, text)
		require.Empty(t, day, text)
	}
	day, _ := contactDay("44592", countedFrom1904)
	require.Equal(t, "2026-02-01", day)
}
