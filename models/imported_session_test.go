package models

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestTheDayOfASessionIsSaidOnlyWhereADocumentSaysIt(t *testing.T) {
	upr := ImportSourceOf("UPR")
	var last time.Time
	for n := range 60 {
		session := strconv.Itoa(n)
		began := upr.SessionBegan(session)
		if began == nil {
			continue
		}
		require.True(t, strings.HasPrefix(reviewSessions[session].source, "http"), session)
		require.Equal(t, time.Monday, began.Time().Weekday(), "a session begins with its first week: %s", session)
		require.True(t, began.Time().After(last), "after the one before: %s", session)
		last = *began.Time()
	}
	for _, unproven := range []string{"", "0", "3", "10", "14", "16", "19", "22", "33", "35", "2026"} {
		require.Nil(t, upr.SessionBegan(unproven), unproven)
	}
	require.Equal(t, "2013-01-21", upr.SessionBegan("15").Time().Format(time.DateOnly))
}
