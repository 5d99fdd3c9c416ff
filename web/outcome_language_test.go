package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/internal/i18n"
	"tribuna/internal/links"
	"tribuna/internal/mail"
	"tribuna/models"
)

// TestWhoAnswersCommentsIsToldInWhichLanguagesTheyAreRead beside the choice of a language and before it is sent; and who reads an answer
// is told in which language it is written, where that is not theirs, and to which paragraph it belongs.
func TestWhoAnswersCommentsIsToldInWhichLanguagesTheyAreRead(t *testing.T) {
	h := newHouse(t).roundCommented(models.CommentPayload{Block: 2, Body: "Name the ministry."})
	expert, partner := h.person("expert-02"), h.person("partner-cyi")
	h.exec(`UPDATE people SET language = 'sq' WHERE id = ?`, expert.ID)
	h.exec(`UPDATE people SET language = 'bg' WHERE id = ?`, partner.ID)
	b, page := h.decided().as("officer-khc", "en"), responsesPath(h.brief.ID)
	const read = "Bulgarian (1), Albanian (1)"
	list := b.get(page).Body
	one := page + "/" + strings.Split(picks(list)[0], ":")[0]
	help := i18n.For("en").T("responses.readers", "Languages", read)
	require.Contains(t, list, help)
	require.Contains(t, b.get(one).Body, help)
	require.Equal(t, http.StatusSeeOther, b.post(page, url.Values{"do": {"answer"}, "pick": picks(list), "outcome": {"not_accepted"},
		"reason": {"Законът казва друго."}, "written_in": {"bg"}}).StatusCode)
	send := b.get(page + "/send?round=1")
	sound(t, send)
	require.Contains(t, send.Body, "<dt>Languages they read</dt><dd>"+read+"</dd>")
	_, _ = h.sendsOutcome(nil)

	var task models.Task
	require.NoError(t, h.db.NewSelect().Model(&task).Where("t.kind = 'review' AND t.recommendation_id = ?", h.brief.ID).Scan(t.Context()))
	link := h.server.Links.Mint(links.KindTask, task.ID, expert.ID, task.Generation)
	var mails []models.OutboxMail
	require.NoError(t, h.db.NewSelect().Model(&mails).Where("o.kind = ? AND o.person_id = ?", models.MailResponses, expert.ID).Scan(t.Context()))
	require.Len(t, mails, 1)
	compose := mail.NewComposer(h.db, h.server.Links, "https://tribuna.example")
	for _, tag := range i18n.Tags() {
		l := i18n.For(tag)
		reader := h.public(tag)
		require.Equal(t, http.StatusSeeOther, reader.get("/l/"+link).StatusCode)
		require.Equal(t, http.StatusSeeOther, reader.post("/language", url.Values{"language": {tag}}).StatusCode)
		got := reader.get(taskPath(task.ID) + "/outcome")
		sound(t, got)
		require.Contains(t, got.Body, `<div class="prose" lang="bg">`)
		mails[0].Language = tag
		letter, err := compose.Compose(t.Context(), mails[0], time.Now())
		require.NoError(t, err)
		require.Contains(t, letter.Text, l.T("recommendation.paragraph", "Number", "3")+" · "+l.T("responses.kind.remark"))
		require.Contains(t, letter.Text, l.T("responses.whole")+" · "+l.T("responses.kind.reasons"))
		require.Contains(t, letter.HTML, `<p lang="bg"`)
		said := l.T("written.said", "Language", l.Language("bg"))
		require.Equal(t, tag != "bg", strings.Contains(got.Body, said), tag)
		require.Equal(t, tag != "bg", strings.Contains(letter.Text, said), tag)
	}
}

// TestLanguagesInAnAnonymisedRoundTellNothingOfWhoCommented: all experts who answered count.
func TestLanguagesInAnAnonymisedRoundTellNothingOfWhoCommented(t *testing.T) {
	h := newHouse(t).roundCommented(models.CommentPayload{Block: 0, Body: "Name the ministry."})
	h.says(h.ask(models.TaskReview, h.person("expert-03").ID), "expert-03", nil, "", nil)
	h.exec(`UPDATE people SET language = 'sq' WHERE id IN (?, ?)`, h.person("expert-02").ID, h.person("expert-03").ID)
	h.exec(`UPDATE people SET language = 'bg' WHERE id = ?`, h.person("partner-cyi").ID)
	for anonymity, want := range map[string][]models.ReadIn{
		models.AnonymityOpen:   {{Language: "bg", People: 1}, {Language: "sq", People: 1}},
		models.AnonymitySingle: {{Language: "sq", People: 2}, {Language: "bg", People: 1}},
	} {
		h.exec(`UPDATE review_rounds SET anonymity = ?`, anonymity)
		got, err := models.OutcomeLanguages(t.Context(), h.db, h.brief.ID, 1)
		require.NoError(t, err)
		require.Equal(t, want, got, anonymity)
	}
}
