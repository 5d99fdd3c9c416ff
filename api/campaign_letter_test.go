package api

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/demo"
	"tribuna/models"
)

// letterTo plans a letter to an authority, for a day long past: it bears today's.
func (h *house) letterTo(t *testing.T, token, steps, authority string) CampaignStep {
	t.Helper()
	var step CampaignStep
	h.send(t, request{method: "POST", path: steps, token: token, header: key(), body: map[string]any{"kind": "letter", "title": "Letter", "day": "2026-01-15", "reply_due": "2026-12-31",
		"reference": "KHC *12*", "responsible_id": demo.ID("person", "officer-khc"), "authority_id": demo.ID("authority", authority)}}, http.StatusCreated, &step)
	return step
}

func TestALetterToAnAuthorityIsWrittenFromWhatIsPublished(t *testing.T) {
	h := newHouse(t).withWord(t)
	rec, _ := h.publish(t)
	officer := h.token(t, "officer-khc")
	steps := "/campaigns/" + h.campaign(t, officer, rec.ID).ID.String() + "/steps"
	refused := h.send(t, request{method: "POST", path: steps, token: officer, header: key(), body: map[string]any{"kind": "letter", "title": "Letter", "day": "2026-01-15",
		"responsible_id": demo.ID("person", "officer-khc")}}, http.StatusUnprocessableEntity, nil).problem
	require.Equal(t, "authority_id", refused.Errors[0].Field, "a letter goes to somebody")
	step := h.letterTo(t, officer, steps, "bg-ministry-labour-social-policy")
	require.Equal(t, "2026-12-31", step.ReplyDue.Time().Format("2006-01-02"))
	path := steps + "/" + step.ID.String() + "/letter"
	_, err := h.db.NewRaw(`UPDATE authorities SET postal_address = E'ul. Triaditsa 2\n1051 Sofia' WHERE slug = 'bg-ministry-labour-social-policy'`).Exec(t.Context())
	require.NoError(t, err)

	plain := h.do(t, request{method: "GET", path: path + ".txt", token: officer})
	require.Equal(t, http.StatusOK, plain.status, "%s", plain.body)
	require.Equal(t, "text/plain; charset=utf-8", plain.header.Get("Content-Type"))
	text := string(plain.body)
	version, err := models.VersionByID(t.Context(), h.db, *rec.CurrentVersionID)
	require.NoError(t, err)
	for _, want := range []string{"Министерство на труда и социалната политика\nul. Triaditsa 2\n1051 Sofia\n", "Относно: Заглавие\nНаш номер: KHC *12*\n",
		"„Заглавие“", "отговор до 31 декември 2026", h.server.BaseURL + "/published/" + rec.Slug + "/bg\n", "С уважение,", version.Measures[0].Text, "Мярка 6"} {
		require.Contains(t, text, want)
	}
	require.NotContains(t, text, version.Measures[2].Text, "another authority's")
	require.NotContains(t, text, "15 януари", "a day that is over is not on it")

	file := h.do(t, request{method: "GET", path: path + ".docx", token: officer})
	require.Equal(t, http.StatusOK, file.status, "%s", file.body)
	back, err := h.server.Word.Read(t.Context(), file.body)
	require.NoError(t, err)
	for _, want := range []string{"Министерство на труда и социалната политика", "1051 Sofia", "Заглавие", "[Място]", version.Measures[1].Text, "/published/" + rec.Slug + "/bg"} {
		require.Contains(t, strings.NewReplacer(`\`, "").Replace(back.Body), want)
	}

	english := string(h.do(t, request{method: "GET", path: path + ".txt?language=en", token: officer}).body)
	require.Contains(t, english, "Ministry of Labour and Social Policy")
	require.Contains(t, english, "by 31 December 2026.")
	require.Equal(t, 404, h.do(t, request{method: "GET", path: path + ".txt?language=ro", token: officer}).status, "it is not published in that")
	ombudsman := string(h.do(t, request{method: "GET", path: steps + "/" + h.letterTo(t, officer, steps, "bg-ombudsman").ID.String() + "/letter.txt", token: officer}).body)
	require.Contains(t, ombudsman, version.Measures[2].Text, "those to its country, where none names it")
	require.NotContains(t, ombudsman, version.Measures[3].Text, "and no other's")
	elsewhere := string(h.do(t, request{method: "GET", path: steps + "/" + h.letterTo(t, officer, steps, "xk-government").ID.String() + "/letter.txt", token: officer}).body)
	require.Contains(t, elsewhere, "Government of Kosovo\n", "in English, as nothing is published in Albanian")
	require.Contains(t, elsewhere, "draw your attention")
	require.NotContains(t, elsewhere, version.Measures[0].Text)
}

func TestTheReplyToALetterIsPutDown(t *testing.T) {
	h := newHouse(t)
	rec, _ := h.publish(t)
	officer := h.token(t, "officer-khc")
	steps := "/campaigns/" + h.campaign(t, officer, rec.ID).ID.String() + "/steps"
	step := h.letterTo(t, officer, steps, "bg-ombudsman")
	path := steps + "/" + step.ID.String()
	reply := request{method: "PUT", path: path + "/reply", token: officer, body: map[string]any{"reply_on": "2026-02-01", "reply": "They look at it", "written_in": "en"}, header: seen("1")}
	require.Equal(t, "wrong_stage", h.send(t, reply, http.StatusConflict, nil).problem.Code)
	fields := func(method, what string, body map[string]any, revision string) []string {
		var blamed []string
		for _, e := range h.send(t, request{method: method, path: path + what, token: officer, body: body, header: seen(revision)}, http.StatusUnprocessableEntity, nil).problem.Errors {
			blamed = append(blamed, e.Field)
		}
		return blamed
	}
	require.ElementsMatch(t, []string{"state", "registration"}, fields("PUT", "/result", map[string]any{"state": "sent", "registration": strings.Repeat("x", 201)}, "1"))
	require.ElementsMatch(t, []string{"sent_on", "registration"}, fields("PUT", "/result", map[string]any{"state": "done", "sent_on": "2099-01-20", "registration": strings.Repeat("x", 201)}, "1"),
		"what a request may not hold and what does not fit the step are told at once")
	h.send(t, request{method: "PUT", path: path + "/result", token: officer, body: map[string]any{"state": "done", "sent_on": "2026-01-20", "registration": "04-17"}, header: seen("1")}, http.StatusOK, &step)
	require.Equal(t, [2]string{"KHC *12*", "04-17"}, [2]string{step.Reference, step.Registration}, "ours as it was planned, and theirs")
	require.Equal(t, "2026-01-20", step.SentOn.Time().Format("2006-01-02"))
	require.Equal(t, "outdated", h.send(t, reply, http.StatusPreconditionFailed, nil).problem.Code)
	wait := request{method: "PUT", path: path + "/reply_due", token: officer, body: map[string]any{"reply_due": "2026-01-19"}, header: seen("2")}
	require.Equal(t, "reply_due", h.send(t, wait, http.StatusUnprocessableEntity, nil).problem.Errors[0].Field, "before it was sent")
	wait.body = map[string]any{}
	step = CampaignStep{}
	h.send(t, wait, http.StatusOK, &step)
	require.Nil(t, step.ReplyDue, "no reply is waited for any more")
	var again CampaignStep
	h.send(t, request{method: "POST", path: steps, token: officer, header: key(), body: map[string]any{"kind": "letter", "title": "Letter", "day": "2026-03-15",
		"again_of": step.ID, "responsible_id": demo.ID("person", "officer-khc"), "authority_id": step.AuthorityID}}, http.StatusCreated, &again)
	require.Equal(t, step.ID, *again.AgainOf)
	require.ElementsMatch(t, []string{"reply_on", "reply"}, fields("PUT", "/reply", map[string]any{"reply_on": "2026-01-19", "reply": ""}, "3"))
	reply.header = seen("3")
	h.send(t, reply, http.StatusOK, &step)
	require.Equal(t, [3]string{"They look at it", "en", "2026-02-01"}, [3]string{step.Reply, step.ReplyWrittenIn, step.ReplyOn.Time().Format("2006-01-02")})
	reply.header, reply.body = seen("4"), map[string]any{"reply": "x"}
	require.Equal(t, "reply_on", h.send(t, reply, http.StatusUnprocessableEntity, nil).problem.Errors[0].Field)
	require.Equal(t, 200, h.do(t, request{method: "GET", path: path + "/letter.txt", token: officer}).status, "what was sent can still be read")
	require.Equal(t, 404, h.do(t, request{method: "GET", path: path + "/letter.txt", token: h.token(t, "officer-tdh")}).status)
}
