package web

import (
	"encoding/json"
	"html/template"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/internal/i18n"
	"tribuna/internal/mail"
	"tribuna/models"
)

// withMacedonian are the catalogs with a sixth language: the Bulgarian sentences under another tag, some in words of its own.
func withMacedonian(t *testing.T) fs.FS {
	t.Helper()
	own := map[string]string{"published.title": "Објавено", "calendar.month.3": "март по старо", "mail.greeting": "Почитувани {{.Name}},"}
	files := fstest.MapFS{"catalogs/mk/about.json": {Data: []byte(`{"name": "македонски"}`)}}
	require.NoError(t, fs.WalkDir(i18n.Catalogs(), "catalogs", func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := fs.ReadFile(i18n.Catalogs(), file)
		require.NoError(t, err)
		files[file] = &fstest.MapFile{Data: raw}
		if path.Dir(file) != "catalogs/bg" || path.Base(file) == "about.json" {
			return nil
		}
		var entries map[string]any
		require.NoError(t, json.Unmarshal(raw, &entries))
		for key, text := range own {
			if _, there := entries[key]; there {
				entries[key] = text
			}
		}
		raw, err = json.Marshal(entries)
		files["catalogs/mk/"+path.Base(file)] = &fstest.MapFile{Data: raw}
		return err
	}))
	return files
}

// TestALanguageIsAddedByAddingItsCatalog adds a sixth one: pages, dates, numbers, the language switch and mails speak it, and
// no code knows of it.
func TestALanguageIsAddedByAddingItsCatalog(t *testing.T) {
	restore, err := i18n.Use(withMacedonian(t))
	require.NoError(t, err)
	t.Cleanup(restore)
	five := liveEngine
	liveEngine = sync.OnceValues(newLiveEngine)
	t.Cleanup(func() { liveEngine = five })
	h := newHouse(t)

	page := h.public("mk-MK, en;q=0.5").get("/published")
	require.Equal(t, http.StatusOK, page.StatusCode)
	require.Equal(t, "mk", page.Header.Get("Content-Language"))
	for _, says := range []string{`<html lang="mk">`, "<h1>Објавено</h1>", `<button type="submit" name="language" value="mk" lang="mk" aria-current="true">македонски`,
		`lang="sr-Latn">bosanski/hrvatski/srpski`} {
		require.Contains(t, page.Body, says)
	}
	require.Contains(t, h.public("bg").get("/published").Body, `lang="mk">македонски`, "the others offer it too")

	task := h.ask(models.TaskReview, h.person("expert-01").ID)
	require.Contains(t, h.as("officer-khc", "mk").get("/").Body, `<html lang="mk">`, "the network need not have it yet")
	require.Equal(t, "bg", h.person("officer-khc").Language)
	coordinator := h.as("coordinator", "mk")
	added := coordinator.post("/administration/languages/new", url.Values{"key": {"mk"}, "endonym": {"македонски"}, "names.en": {"Macedonian"}, "names.bg": {"македонски"}})
	require.Equal(t, http.StatusSeeOther, added.StatusCode, added.Body)
	coordinator.post("/language", url.Values{"language": {"mk"}})
	require.Equal(t, "mk", h.person("coordinator").Language, "now it is: mails follow")

	l := i18n.For("mk")
	require.Equal(t, "12 март по старо 2026 г.", l.Date(time.Date(2026, 3, 12, 0, 0, 0, 0, time.UTC), nil))
	require.Equal(t, "1.234.567", l.Number(1234567), "as the CLDR has it for the tag")
	require.Equal(t, "bosanski/hrvatski/srpski", l.Language("sr-Latn"))
	require.Equal(t, template.HTML("bosanski/<wbr>hrvatski/<wbr>srpski"), nativeBreaks("sr-Latn"), "a narrow page breaks it at a slash")
	require.Equal(t, "македонски", i18n.NativeLanguage("mk"))
	require.Equal(t, "македонски", strings.ToLower(l.Language("mk")), "no catalog has a word for it: the CLDR has")

	letter, err := mail.NewComposer(h.db, h.server.Links, h.server.BaseURL).Compose(t.Context(), models.OutboxMail{ID: models.NewID(), Kind: models.MailReviewInvitation,
		PersonID: h.person("expert-01").ID, TaskID: &task.ID, Language: "mk", DedupeKey: "x", CreatedAt: time.Now()}, time.Now())
	require.NoError(t, err)
	require.Contains(t, letter.HTML, `<html lang="mk">`)
	require.Contains(t, letter.Text, "Почитувани ")
}
