package web

import (
	"html"
	"net/http"
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

// TestAMailingCancelledBeforeItLeftSaysSo: it was never launched but set for its time, and there is no progress to show.
func TestAMailingCancelledBeforeItLeftSaysSo(t *testing.T) {
	n := newOffice(t)
	n.publish()
	m, path := n.draftMailing()
	b := n.as("officer-khc", "en")
	require.Equal(t, http.StatusSeeOther, b.post(path+"/launch", leavesLater(form(t, b.get(path+"/launch").Body, path+"/launch"), 2, "15:00")).StatusCode)
	require.Equal(t, http.StatusSeeOther, b.post(path+"/cancel", form(t, b.get(path+"/cancel").Body, path+"/cancel")).StatusCode)
	m = n.mailing(m.ID)
	require.Equal(t, models.MailingCancelled, m.State)
	sofia, err := models.ZoneOf(t.Context(), n.db, n.officer.CountryCode)
	require.NoError(t, err)
	for _, tag := range i18n.Tags() {
		l, b := i18n.For(tag), n.as("officer-khc", tag)
		times := l.T("mailing.schedule.said_on", "When", l.DateTime(*m.LaunchedAt, sofia)) + " · " + l.T("mailing.cancelled_at", "When", l.DateTime(*m.FinishedAt, sofia))
		for _, page := range []string{path, path + "/report"} {
			got := b.get(page)
			sound(t, got)
			require.Contains(t, html.UnescapeString(got.Body), times, page)
		}
		got := b.get(path)
		require.Contains(t, html.UnescapeString(got.Body), l.T("mailing.cancelled_unsent"))
		require.NotContains(t, got.Body, l.T("mailing.progress"), "nothing was dealt with")
		require.Contains(t, html.UnescapeString(b.get(recommendationPath(n.brief.ID)).Body), l.T("mailing.cancelled_at", "When", l.DateTime(*m.FinishedAt, sofia)))
	}
	cancelled := mailingItem(i18n.For("en"), *m, time.UTC)
	require.Equal(t, i18n.For("en").DateTime(*m.FinishedAt, time.UTC), cancelled.When)
}
