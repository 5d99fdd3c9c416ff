package web

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/internal/i18n"
	"tribuna/models"
)

// TestAMailingStandsWhereItBeganToLeave and not where an officer said that it shall, long before.
func TestAMailingStandsWhereItBeganToLeave(t *testing.T) {
	said, began := time.Date(2026, 3, 1, 9, 28, 0, 0, time.UTC), time.Date(2026, 3, 4, 9, 31, 0, 0, time.UTC)
	m := models.Mailing{State: models.MailingSent, Kind: models.MailingKindCampaign, LaunchedAt: &said, BegunAt: &began}
	l := i18n.For("en")
	item := mailingItem(l, m, time.UTC)
	require.Equal(t, l.DateTime(began, time.UTC), item.When)
	require.Equal(t, "2026-03-04", item.ISO())
	require.Equal(t, began, *leftOrSaid(&m))
	m.BegunAt = nil
	require.Equal(t, said, *leftOrSaid(&m), "cancelled before anything left")
	next := began.AddDate(0, 0, 1)
	m.State, m.BegunAt, m.NextAt = models.MailingPaused, &began, &next
	require.Equal(t, said, *leftOrSaid(&m), "it waits again: when that was said")
}
