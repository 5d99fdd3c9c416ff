package web

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/internal/i18n"
	"tribuna/models"
)

func TestSilenceIsNoReplyOnlyOnceTheReplyIsDue(t *testing.T) {
	h := newHouse(t)
	h.publish()
	set := func(query string, args ...any) {
		t.Helper()
		_, err := h.db.NewRaw(query, args...).Exec(t.Context())
		require.NoError(t, err)
	}
	l := i18n.For("en")
	set(`UPDATE followups SET status = 'no_reply'`)
	due := time.Now().AddDate(0, 1, 0)
	shown := func(not string) string {
		t.Helper()
		page := h.public("en").get("/published/" + h.brief.Slug).Body
		require.NotContains(t, page, not)
		return page
	}
	require.Contains(t, shown(l.T("followup.status.no_reply")), l.T("followup.undelivered"))
	set(`UPDATE deliveries SET delivered_on = current_date, reference = '1', reply_due = ?::date`, due)
	require.Contains(t, shown(l.T("followup.status.no_reply")), l.T("followup.reply_awaited", "Date", l.Date(due, time.UTC)))
	list, err := models.FollowUps(t.Context(), h.db, models.FollowUpFilter{Status: models.StatusNoReply})
	require.NoError(t, err)
	require.NotEmpty(t, list)
	require.Contains(t, h.public("en").get(followUpPath(list[0].ID)).Body, "Reply awaited until")
	set(`UPDATE deliveries SET delivered_on = '2020-01-01', reply_due = '2020-02-01'`)
	require.Contains(t, shown("Reply awaited"), l.T("followup.status.no_reply"))
}
