package web

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/models"
)

// TestAnonymityIsNotLeftByARole: a coordinator who can read who said what does not become an officer of the organisation before the round is
// decided, and is told why; afterwards she does, and reads letters like the others.
func TestAnonymityIsNotLeftByARole(t *testing.T) {
	h := newHouse(t).roundCommented(models.CommentPayload{Block: 0, Body: "Name the ministry."})
	h.exec(`UPDATE review_rounds SET anonymity = 'single' WHERE recommendation_id = ?`, h.brief.ID)
	h.exec(`UPDATE reviews SET label = 1 WHERE recommendation_id = ? AND organisation_id IS NULL`, h.brief.ID)
	c, self := h.as("coordinator", "en"), personPath(h.person("coordinator").ID)
	officer := url.Values{"role": {"officer"}, "organisation_id": {h.brief.OrganisationID.String()}}
	expert := h.person("expert-02").Name
	refused := c.post(self+"/roles", officer)
	require.Equal(t, http.StatusUnprocessableEntity, refused.StatusCode)
	sound(t, refused)
	require.Contains(t, refused.Body, "Coordinators can read who said what in an anonymised round on a text of this organisation")
	require.Contains(t, c.get(responsesPath(h.brief.ID)).Body, expert)

	h.decided()
	require.Equal(t, http.StatusSeeOther, c.post(self+"/roles", officer).StatusCode)
	page := c.get(responsesPath(h.brief.ID)).Body
	require.Contains(t, page, "Name the ministry.")
	require.NotContains(t, page, expert, "the names are closed to her as to every officer")
}
