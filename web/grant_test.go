package web

import (
	"bytes"
	"image"
	"image/png"
	"mime/multipart"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/internal/demo"
	"tribuna/models"
)

// picture is a PNG of so many pixels a side.
func picture(t testing.TB, side int) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, png.Encode(&b, image.NewGray(image.Rect(0, 0, side, side))))
	return b.Bytes()
}

// upload posts a form with a file.
func (b *reader) upload(path, name string, content []byte) answer {
	b.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", name)
	require.NoError(b.t, err)
	_, err = part.Write(content)
	require.NoError(b.t, err)
	require.NoError(b.t, form.Close())
	return b.sendBody(http.MethodPost, path, form.FormDataContentType(), &body)
}

// publishBrief puts the demo's brief before the public in English, paid for by these grants.
func (h *house) publishBrief(grants ...string) {
	h.t.Helper()
	ctx, id := h.t.Context(), models.NewID()
	exec := func(query string, args ...any) {
		h.t.Helper()
		_, err := h.db.NewRaw(query, args...).Exec(ctx)
		require.NoError(h.t, err)
	}
	exec(`INSERT INTO publications (id, recommendation_id, version_id, published_at) VALUES (?, ?, ?, ?)`, id, h.brief.ID, h.brief.CurrentVersionID, time.Now())
	exec(`INSERT INTO publication_texts (publication_id, language, title, body, measures) VALUES (?, 'en', 'A brief', 'Its text.', '[]')`, id)
	exec(`UPDATE recommendations SET slug = 'a-brief', published_at = now() WHERE id = ?`, h.brief.ID)
	exec(`DELETE FROM recommendation_grants WHERE recommendation_id = ?`, h.brief.ID)
	exec(`INSERT INTO recommendation_countries VALUES (?, 'XK') ON CONFLICT DO NOTHING`, h.brief.ID)
	for _, g := range grants {
		exec(`INSERT INTO recommendation_grants VALUES (?, ?)`, h.brief.ID, demo.ID("grant", g))
	}
}

func TestCountriesAreNamedInPublicAsTheGrantWants(t *testing.T) {
	h := newHouse(t)
	h.publishBrief("daphne")
	const footnote = "* This designation is without prejudice to positions on status"
	for _, path := range []string{"/published/a-brief", "/published", "/", "/published.atom"} {
		page := h.public("en").get(path).Body
		require.Contains(t, page, "Kosovo*", path)
		require.Equal(t, 1, bytes.Count([]byte(page), []byte(footnote)), path)
		require.NotContains(t, page, "Kosovo**", path)
	}
	require.NoError(t, models.SetNetworkDesignation(t.Context(), h.db, "XK", models.Names{"en": "Kosovo (under UNSCR 1244)"}, nil))
	h2 := h.public("en").get("/published")
	require.Contains(t, h2.Body, "Kosovo*", "the grant comes before the network")
	_, err := h.db.NewRaw(`DELETE FROM recommendation_grants`).Exec(t.Context())
	require.NoError(t, err)
	require.Contains(t, h.public("en").get("/published/a-brief").Body, "Kosovo (under UNSCR 1244)")
}

func TestGrantIsAddedChangedAndRemoved(t *testing.T) {
	h := newHouse(t)
	c := h.as("coordinator", "en")
	require.Equal(t, http.StatusForbidden, h.as("officer-khc", "en").get(grantsPath).StatusCode)
	require.Equal(t, http.StatusForbidden, h.as("officer-khc", "en").post(grantsPath+"/new", url.Values{}).StatusCode)

	form := url.Values{"title": {"A new grant"}, "number": {"N-1"}, "funder_id": {demo.ID("organisation", "ec").String()}, "period_from": {"2026-01-01"},
		"period_until": {"soon"}, "statements.en": {"Paid by somebody."}, "disclaimers.bg": {"Само уговорка"}}
	bad := c.post(grantsPath+"/new", form)
	require.Equal(t, http.StatusUnprocessableEntity, bad.StatusCode)
	require.Contains(t, bad.Body, `value="A new grant"`, "what was typed stays")
	form.Set("period_until", "2026-12-31")
	bad = c.post(grantsPath+"/new", form)
	require.Contains(t, bad.Body, `href="#f-statements-bg"`, "a disclaimer needs its statement")
	form.Set("statements.bg", "Платено от някого.")
	saved := c.post(grantsPath+"/new", form)
	require.Equal(t, http.StatusSeeOther, saved.StatusCode, saved.Body)
	page := saved.Header.Get("Location")
	require.Contains(t, c.get(page).Body, "Платено от някого.")
	require.Contains(t, c.get(grantsPath).Body, "A new grant")

	form.Set("number", "DEMO-ADC-2026-04")
	require.Equal(t, http.StatusUnprocessableEntity, c.post(page+"/edit", form).StatusCode, "another grant has the number")

	named := url.Values{"designations.en": {"Kosovo*"}, "footnotes.en": {"* As the UN says."}, "footnotes.bg": {"Само бележка"}}
	require.Contains(t, c.post(page+"/countries/XK", named).Body, `href="#f-designations-bg"`)
	named.Del("footnotes.bg")
	require.Equal(t, http.StatusSeeOther, c.post(page+"/countries/XK", named).StatusCode)
	require.Contains(t, c.get(page).Body, "* As the UN says.")
	require.Equal(t, http.StatusNotFound, c.get(page+"/countries/FR").StatusCode)

	require.Contains(t, c.get(page+"/remove").Body, "This cannot be undone")
	require.Equal(t, http.StatusSeeOther, c.post(page+"/remove", url.Values{}).StatusCode)
	require.Equal(t, http.StatusNotFound, c.get(page).StatusCode)
	journal := withoutLinks.ReplaceAllString(c.get("/administration/journal").Body, "")
	for _, act := range []string{"added the grant N-1", "changed how the grant N-1 names Kosovo", "removed the grant N-1"} {
		require.Contains(t, journal, act)
	}
}

func TestGrantInUseIsNotRemoved(t *testing.T) {
	h := newHouse(t)
	h.publishBrief("daphne")
	c, page := h.as("coordinator", "en"), grantPath(demo.ID("grant", "daphne"))
	require.Contains(t, c.get(page+"/remove").Body, "/recommendations/"+h.brief.ID.String())
	refused := c.post(page+"/remove", url.Values{})
	require.Equal(t, http.StatusConflict, refused.StatusCode)
	require.Contains(t, refused.Body, "It is still used here")
	require.Equal(t, http.StatusOK, c.get(page).StatusCode)
}

func TestEmblemIsAPictureAndNothingElse(t *testing.T) {
	h := newHouse(t)
	h.publishBrief("daphne")
	h.exec(`DELETE FROM grant_emblems`)
	c, page := h.as("coordinator", "en"), grantPath(demo.ID("grant", "daphne"))
	for name, content := range map[string][]byte{"none.png": {}, "drawing.png": []byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`),
		"half.png": picture(t, 100)[:40], "wide.png": picture(t, 4001), "heavy.png": append(picture(t, 10), make([]byte, models.MaxEmblem)...)} {
		refused := c.upload(page+"/emblem", name, content)
		require.NotContains(t, refused.Body, "The original", "a field of another form")
		require.Equal(t, http.StatusUnprocessableEntity, refused.StatusCode, name)
		for _, said := range []string{"PNG or JPEG", "512 KB", "4000 pixels", "choose it again"} {
			require.Contains(t, refused.Body, said, name)
		}
	}
	content := picture(t, 50)
	require.Equal(t, http.StatusSeeOther, c.upload(page+"/emblem", "emblem.png", content).StatusCode)
	g, err := models.GrantByID(t.Context(), h.db, demo.ID("grant", "daphne"))
	require.NoError(t, err)
	require.Contains(t, h.public("en").get("/published/a-brief").Body, emblemPath(g.EmblemSHA256))
	shown := h.public("en").get(emblemPath(g.EmblemSHA256))
	require.Equal(t, "image/png", shown.Header.Get("Content-Type"))
	require.Equal(t, "nosniff", shown.Header.Get("X-Content-Type-Options"))
	require.Equal(t, string(content), shown.Body)

	own := page + "/emblem/bg"
	require.Equal(t, http.StatusNotFound, c.get(page+"/emblem/xx").StatusCode, "no language of the network")
	require.Equal(t, http.StatusSeeOther, c.upload(own, "own.png", picture(t, 70)).StatusCode)
	require.Equal(t, http.StatusSeeOther, c.upload(page+"/emblem/en", "en.png", picture(t, 80)).StatusCode)
	g2, err := models.GrantByID(t.Context(), h.db, g.ID)
	require.NoError(t, err)
	require.Equal(t, g.EmblemSHA256, g2.EmblemIn("ro"), "who has none of its own shows the one for all")
	require.NotEqual(t, g2.EmblemIn("bg"), g2.EmblemIn("en"))
	require.Contains(t, h.public("en").get("/published/a-brief").Body, emblemPath(g2.EmblemIn("en")))
	require.Equal(t, http.StatusSeeOther, c.postFile(own, url.Values{"none": {"yes"}}, "", "").StatusCode)
	require.Equal(t, http.StatusNotFound, h.public("en").get(emblemPath(g2.EmblemOf("bg"))).StatusCode)
	require.Contains(t, withoutLinks.ReplaceAllString(c.get("/administration/journal").Body, ""), "took away the emblem of the grant DEMO-DAPHNE-2026-017 for one language: Bulgarian")

	require.Equal(t, http.StatusSeeOther, c.upload(page+"/emblem", "other.png", picture(t, 60)).StatusCode)
	require.Equal(t, http.StatusNotFound, h.public("en").get(emblemPath(g.EmblemSHA256)).StatusCode, "nobody shows it any more")
	require.Contains(t, withoutLinks.ReplaceAllString(c.get("/administration/journal").Body, ""), "changed the emblem of the grant")
}
