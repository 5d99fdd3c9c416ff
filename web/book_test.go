package web

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"tribuna/models"
)

// TestWorkbooksSayWhatTheyAre and when they were made, each of them, and no person's name goes along in their properties.
func TestWorkbooksSayWhatTheyAre(t *testing.T) {
	h := newHouse(t).roundCommented(models.CommentPayload{Block: 0, Body: "Name the ministry."})
	mailed := newHouse(t)
	mailed.publish()
	m, _ := mailed.sentMailing()
	for path, of := range map[string]struct {
		h     *house
		who   string
		title string
	}{
		responsesPath(h.brief.ID) + ".xlsx": {h, "officer-khc", "What became of the comments: " + h.brief.Title},
		mailingPath(m.ID) + "/report.xlsx":  {mailed, "officer-khc", "What came of the mailing: "},
		allConsentsPath + ".xlsx":           {h, "coordinator", "Consent to mailings"},
	} {
		b, at := of.h.as(of.who, "en"), time.Now().UTC().Truncate(time.Second).Add(time.Minute)
		of.h.server.Now = func() time.Time { return at }
		got := b.get(path)
		require.Equal(t, http.StatusOK, got.StatusCode, path)
		book, err := excelize.OpenReader(strings.NewReader(got.Body))
		require.NoError(t, err)
		says, err := book.GetDocProps()
		require.NoError(t, err)
		require.Equal(t, []string{"Tribuna", "Tribuna", "en", at.Format(time.RFC3339), at.Format(time.RFC3339)},
			[]string{says.Creator, says.LastModifiedBy, says.Language, says.Created, says.Modified}, path)
		require.True(t, strings.HasPrefix(says.Title, of.title), "%s: %s", path, says.Title)
		app, err := book.GetAppProps()
		require.NoError(t, err)
		require.Equal(t, "Tribuna", app.Application)
		for _, who := range []string{of.who, "expert-02", "partner-cyi"} {
			require.NotContains(t, fmt.Sprint(*says, *app), of.h.person(who).Name, path)
		}
	}
}
