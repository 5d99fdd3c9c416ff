package mail_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/models"
)

// TestTheDeadlineComesAlongForTheCalendar is one event in all mails about a review: newer when its deadline was moved, cancelled
// when nothing is asked any more, and without what opens the question.
func TestTheDeadlineComesAlongForTheCalendar(t *testing.T) {
	n := newNetwork(t)
	task := n.task(models.TaskReview, n.expert, nil)
	file := func(kind models.MailKind) string {
		letter, err := n.compose(n.mail(kind, n.expert, "en", task))
		require.NoError(t, err)
		require.Len(t, letter.Attached, 1)
		method := "PUBLISH"
		if kind == models.MailTaskWithdrawn {
			method = "CANCEL"
		}
		require.Contains(t, letter.Attached[0].MediaType, "method="+method)
		require.Contains(t, string(letter.Attached[0].Content), "METHOD:"+method)
		require.NotContains(t, string(letter.Attached[0].Content), "/l/")
		return strings.ReplaceAll(string(letter.Attached[0].Content), "\r\n ", "")
	}
	uid := "UID:" + task.ID.String() + "@tribuna"
	asked := file(models.MailReviewInvitation)
	for _, want := range []string{"METHOD:PUBLISH", uid, "SEQUENCE:0", "/tasks/" + task.ID.String(), "SUMMARY:Review due"} {
		require.Contains(t, asked, want)
	}
	require.NotContains(t, asked, "CANCELLED")
	task.Extensions = 1
	require.NoError(t, task.Save(t.Context(), n.db))
	moved := file(models.MailMoreTime)
	require.Contains(t, moved, uid)
	require.Contains(t, moved, "SEQUENCE:2")
	over := file(models.MailTaskWithdrawn)
	for _, want := range []string{uid, "SEQUENCE:3", "STATUS:CANCELLED"} {
		require.Contains(t, over, want)
	}
	task.Close(models.TaskDeclined, monday)
	task.Reopen(models.Wait{}, time.UTC, monday)
	require.NoError(t, task.Save(t.Context(), n.db))
	require.Contains(t, file(models.MailReviewInvitation), "SEQUENCE:4", "newer than its cancellation")
	consulted, err := n.compose(n.mail(models.MailDigest, n.expert, "en", task))
	if err == nil {
		require.Empty(t, consulted.Attached)
	}
}
