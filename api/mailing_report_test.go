package api

import (
	"net/http"
	"net/url"
	"slices"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/models"
)

func TestWhatCameOfAMailing(t *testing.T) {
	h := newHouse(t)
	rec, _ := h.publish(t)
	officer := h.token(t, "officer-khc")
	in := models.MailingInput{Audience: models.Audience{Roles: []string{"reader"}, Countries: []string{"BG"}}, FallbackLanguage: "en",
		Texts: []models.MailingText{{Language: "en", Subject: "News", Body: "Read it."}}, CountsLinks: true}
	var m Mailing
	h.send(t, request{method: "POST", path: "/recommendations/" + rec.ID.String() + "/mailings", token: officer, body: in, header: key()}, http.StatusCreated, &m)
	require.True(t, m.CountsLinks)
	path := "/mailings/" + m.ID.String()
	rest := request{method: "POST", path: path + "/rest", token: officer, body: RestInput{}, header: key()}
	h.send(t, rest, http.StatusConflict, nil)

	people, err := models.EnqueueMailing(t.Context(), h.db, models.MailingRecipients{MailingID: m.ID, RecommendationID: rec.ID, Audience: m.Audience,
		Texts: []string{"en"}, Fallback: "en"}, noon)
	require.NoError(t, err)
	exec := func(query string, args ...any) {
		_, err := h.db.NewRaw(query, args...).Exec(t.Context())
		require.NoError(t, err)
	}
	exec(`UPDATE outbox SET state = 'delivered' WHERE mailing_id = ?`, m.ID)
	exec(`UPDATE outbox SET state = 'unknown', reply = 'cut off' WHERE id IN (SELECT id FROM outbox WHERE mailing_id = ? ORDER BY id LIMIT 3)`, m.ID)
	exec(`UPDATE mailings SET state = 'sent', launched_at = now(), finished_at = now() WHERE id = ?`, m.ID)

	var r MailingReport
	h.read(t, officer, path+"/report", &r)
	require.Equal(t, []int{people, people - 3, 3, 0, 0}, []int{r.Total, r.Reached, r.NotReached, r.Waiting, r.Unsubscribed})
	require.Equal(t, &Rest{Unknown: 3}, r.Rest, "of whom it is not known are not the rest")
	require.Len(t, r.ByCountry, 1)
	require.Equal(t, "BG", r.ByCountry[0].Of)
	require.Empty(t, r.Links)
	codes, err := models.KeepMailingLinks(t.Context(), h.db, m.ID, "en", "https://tribuna.example", []string{"https://example.org/"})
	require.NoError(t, err)
	_, err = models.FollowMailingLink(t.Context(), h.db, codes["https://example.org/"], models.FollowedByMachine)
	require.NoError(t, err)
	h.read(t, officer, path+"/report", &r)
	require.Equal(t, []Followed{{URL: "https://example.org/", Language: "en", Machines: 1}}, r.Links)
	r = MailingReport{}
	h.read(t, officer, path+"/report?country=RO", &r)
	require.Zero(t, r.Total)
	require.Empty(t, r.Links, "nobody knows from where links are followed")
	h.read(t, officer, path+"/report?language=bg", &r)
	require.Empty(t, r.Links, "of another text")
	h.read(t, officer, path+"/report?language=en", &r)
	require.Len(t, r.Links, 1)

	seen, cursor := []Unreached{}, ""
	for {
		var page list[Unreached]
		h.read(t, officer, path+"/not-reached?outcome=unknown&limit=2&cursor="+cursor, &page)
		seen = append(seen, page.Items...)
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	require.Len(t, seen, 3)
	require.Equal(t, 422, h.do(t, request{method: "GET", path: path + "/not-reached?outcome=delivered", token: officer}).status)

	exec(`UPDATE outbox SET state = 'cancelled', reply = ? WHERE id = ?`, models.ReplyActed, seen[2].ID)
	var acted list[Unreached]
	h.read(t, officer, path+"/not-reached?outcome=acted", &acted)
	require.Len(t, acted.Items, 1)
	require.Equal(t, models.OutcomeActed, acted.Items[0].Outcome)
	for _, c := range []struct {
		state   models.MailState
		reply   string
		outcome models.MailOutcome
		said    string
	}{
		{models.MailCancelled, "the mailing was cancelled", models.OutcomeStopped, ""}, {models.MailUnknown, "the sender was cut off", models.OutcomeUnknown, ""},
		{models.MailFailed, models.ReplyGivenUp + " 8 attempts: 451 later", models.OutcomeGivenUp, "451 later"}, {models.MailFailed, "550 no", models.OutcomeRefused, "550 no"},
	} {
		exec(`UPDATE outbox SET state = ?, reply = ? WHERE id = ?`, c.state, c.reply, seen[2].ID)
		var got list[Recipient]
		h.read(t, officer, path+"/recipients?limit=100", &got)
		r := got.Items[slices.IndexFunc(got.Items, func(r Recipient) bool { return r.ID == seen[2].ID })]
		require.Equal(t, []any{c.outcome, c.said}, []any{r.Outcome, r.Reply}, c.reply)
		var missed list[Unreached]
		h.read(t, officer, path+"/not-reached?limit=100", &missed)
		u := missed.Items[slices.IndexFunc(missed.Items, func(u Unreached) bool { return u.ID == seen[2].ID })]
		require.Equal(t, []any{c.outcome, c.said}, []any{u.Outcome, u.Reply}, c.reply)
	}
	exec(`UPDATE outbox SET state = 'unknown', reply = '' WHERE id = ?`, seen[2].ID)

	settle := request{method: "PUT", path: path + "/mails/" + seen[0].ID.String() + "/settlement", token: officer, body: map[string]bool{"arrived": false}}
	for range 2 {
		h.send(t, settle, http.StatusNoContent, nil)
	}
	settle.body = map[string]any{}
	h.send(t, settle, http.StatusUnprocessableEntity, nil)
	settle.path, settle.body = path+"/mails/"+uuid.NewString()+"/settlement", map[string]bool{"arrived": true}
	h.send(t, settle, http.StatusNotFound, nil)
	h.read(t, officer, path+"/report", &r)
	require.Equal(t, map[models.MailOutcome]int{models.OutcomeDelivered: people - 3, models.OutcomeUnknown: 2, models.OutcomeToldNot: 1}, r.Outcomes)
	require.Equal(t, &Rest{People: 1, Unknown: 2}, r.Rest)

	rest.body, rest.header = RestInput{Again: []uuid.UUID{uuid.New()}}, key()
	require.Equal(t, "again[0]", h.send(t, rest, http.StatusUnprocessableEntity, nil).problem.Errors[0].Field)
	rest.body = RestInput{Again: []uuid.UUID{seen[1].PersonID}}
	var draft, again Mailing
	h.send(t, rest, http.StatusCreated, &draft)
	h.send(t, rest, http.StatusCreated, &again)
	require.Equal(t, draft.ID, again.ID)
	require.Equal(t, m.CampaignID, draft.CampaignID)
	var size AudienceSize
	h.read(t, officer, "/mailings/"+draft.ID.String()+"/audience", &size)
	require.Equal(t, 2, size.Total, "who did not get it, and who is written to all the same")
	h.read(t, officer, "/recommendations/"+rec.ID.String()+"/audience?roles=reader&countries=BG&not_reached="+m.ID.String(), &size)
	require.Equal(t, 1, size.Total)
	h.read(t, officer, "/recommendations/"+rec.ID.String()+"/audience?roles=reader&countries=BG&again_unknown=true&not_reached="+m.ID.String(), &size)
	require.Equal(t, 3, size.Total)
	rest.body, rest.header = RestInput{AgainUnknown: true}, key()
	h.send(t, rest, http.StatusCreated, &draft)
	require.True(t, draft.Audience.AgainUnknown)
	h.read(t, officer, "/mailings/"+draft.ID.String()+"/audience", &size)
	require.Equal(t, 3, size.Total, "who did not get it, and all of whom it is not known")
	for _, u := range seen {
		require.NotEmpty(t, u.Name, "who sends it knows them by name")
	}
	var got list[Recipient]
	h.read(t, officer, path+"/recipients?limit=100", &got)
	require.Len(t, got.Items, min(people, 100))
	for _, r := range got.Items {
		require.NotEmpty(t, r.Name)
	}
	for query, want := range map[string]int{"?q=" + url.QueryEscape(got.Items[0].Name): 1, "?q=@readers.example": 0, "?q=nobody+at+all": 0} {
		var found list[Recipient]
		h.read(t, officer, path+"/recipients"+query, &found)
		require.Len(t, found.Items, want, query)
	}
	var found list[Recipient]
	exec(`UPDATE people SET email = 'found@readers.example' WHERE id = ?`, got.Items[0].PersonID)
	h.read(t, officer, path+"/recipients?q=Found%40readers.example", &found)
	require.Equal(t, got.Items[0].ID, found.Items[0].ID, "by the whole address, whatever came of it")
	h.read(t, officer, path+"/recipients?q=Found%40readers.example&state=queued", &found)
	require.Empty(t, found.Items)
	require.Equal(t, 404, h.do(t, request{method: "GET", path: path + "/report", token: h.token(t, "partner-khc")}).status)
}
