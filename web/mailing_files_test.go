package web

import (
	"bytes"
	"image"
	"image/png"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/devstack/testbrowser"
	"tribuna/internal/i18n"
	"tribuna/models"
)

func pictureOf(t *testing.T, width int) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, png.Encode(&b, image.NewGray(image.Rect(0, 0, width, 20))))
	return b.String()
}

func TestFilesAndPicturesGoAlongWithAMailing(t *testing.T) {
	n := newOffice(t)
	n.publish()
	path := recommendationPath(n.brief.ID) + "/mailings/new"
	for _, tag := range i18n.Tags() {
		l := i18n.For(tag)
		b := n.as("officer-khc", tag)
		f := form(t, b.get(path).Body, path)
		english := textOf(t, f, "en")
		f.Set("fallback_language", "en")
		f.Set(english+".subject", "For all")
		f.Set(english+".body", "![x](https://tracker.example/x.png)")
		f.Set("do", "files")
		remote := b.post(path, f)
		require.Equal(t, http.StatusUnprocessableEntity, remote.StatusCode)
		require.Contains(t, remote.Body, "tracker.example")
		sound(t, remote)
		f.Set(english+".body", "![Our house](house.png)")
		saved := b.post(path, f)
		require.Equal(t, http.StatusSeeOther, saved.StatusCode)
		at := saved.Header.Get("Location")
		require.True(t, strings.HasSuffix(at, "/files"))
		mailing := strings.TrimSuffix(at, "/files")

		empty := b.get(at)
		sound(t, empty)
		require.Contains(t, empty.Body, l.T("mailing_file.none"))
		require.Contains(t, empty.Body, l.T("mailing_file.missing"))
		require.Contains(t, empty.Body, "house.png", "here it is brought")
		require.Equal(t, string(models.PlacePicture), filled(t, empty.Body, at).Get("place"), "as the form stands it mends that")
		launch := b.get(mailing + "/launch")
		sound(t, launch)
		require.Contains(t, launch.Body, l.T("mailing_file.missing"))
		require.Contains(t, launch.Body, "house.png")
		require.Contains(t, launch.Body, l.T("mailing.launch_stopped"))
		require.Less(t, strings.Index(launch.Body, l.T("mailing_file.missing")), strings.Index(launch.Body, `id="audience"`), "what stops it stands first")
		for _, to := range []string{mailing + "/files", mailing} {
			require.Contains(t, launch.Body, `<a class="btn" href="`+to+`">`, "with where it is mended")
		}

		for name, content := range map[string]string{"a.exe": "MZ", "": "", "b.pdf": "<html>", "c.png": "%PDF-1.7"} {
			again := form(t, b.get(at).Body, at)
			wrong := b.postFile(at, again, name, content)
			require.Equal(t, http.StatusUnprocessableEntity, wrong.StatusCode, name)
			require.Contains(t, wrong.Body, `href="#f-file"`)
			sound(t, wrong)
		}
		large := b.postFile(at, form(t, b.get(at).Body, at), "large.pdf", "%PDF-1.7"+strings.Repeat("x", models.MaxMailingFiles))
		require.Equal(t, http.StatusUnprocessableEntity, large.StatusCode)
		require.Contains(t, large.Body, l.T("error.field.mailing_file_size", "megabytes", 5))

		paper := form(t, b.get(at).Body, at)
		for range 2 { // one press is one file
			require.Equal(t, http.StatusSeeOther, b.postFile(at, paper, "Приложение 1.pdf", "%PDF-1.7").StatusCode)
		}
		picture := form(t, b.get(at).Body, at)
		picture.Set("place", "picture")
		picture.Set("language", "en")
		require.Equal(t, http.StatusSeeOther, b.postFile(at, picture, "house.png", pictureOf(t, 90)).StatusCode)
		list := b.get(at)
		sound(t, list)
		require.Equal(t, 1, strings.Count(list.Body, ">Приложение 1.pdf<"))
		require.Contains(t, list.Body, "!["+l.T("mailing_file.shows")+"](house.png)")
		require.NotContains(t, b.get(mailing+"/launch").Body, l.T("mailing_file.missing"))
		sound(t, b.get(mailing))
		require.Contains(t, b.get(mailing).Body, "Приложение 1.pdf")

		preview := b.get(mailing + "/preview?language=en")
		sound(t, preview)
		require.Contains(t, preview.Body, "house.png")
		shown := b.get(mailing + "/letter?language=en&look=dark&width=phone")
		require.Contains(t, shown.Body, `src="data:image/png;base64,`)
		require.Contains(t, shown.Header.Get("Content-Security-Policy"), "img-src 'self' data:;")

		files, err := models.MailingFiles(t.Context(), n.db, uuid.MustParse(strings.TrimPrefix(mailing, "/mailings/")))
		require.NoError(t, err)
		require.Len(t, files, 2)
		one := at + "/" + files[0].ID.String()
		given := b.get(one)
		require.Equal(t, "%PDF-1.7", given.Body)
		require.Contains(t, given.Header.Get("Content-Disposition"), "attachment")
		require.Equal(t, http.StatusNotFound, n.as("partner-khc", tag).get(one).StatusCode)
		asked := b.get(one + "/remove")
		sound(t, asked)
		require.Equal(t, http.StatusSeeOther, b.post(one+"/remove", form(t, asked.Body, one+"/remove")).StatusCode)
		require.Equal(t, http.StatusNotFound, b.get(one).StatusCode)
	}
}

func TestAPublicationIsAttachedAsPDF(t *testing.T) {
	if testing.Short() {
		t.Skip("it prints")
	}
	n := newOffice(t)
	n.publish()
	n.withWord(testbrowser.Chromium())
	b := n.as("officer-khc", "en")
	path := recommendationPath(n.brief.ID) + "/mailings/new"
	f := form(t, b.get(path).Body, path)
	english := textOf(t, f, "en")
	f.Set("fallback_language", "en")
	f.Set(english+".subject", "For all")
	f.Set(english+".body", "Words.")
	f.Set("do", "files")
	saved := b.post(path, f)
	require.Equal(t, http.StatusSeeOther, saved.StatusCode)
	at := saved.Header.Get("Location")
	ask := form(t, b.get(at).Body, at+"/publication")
	ask.Set("edition", "xx")
	require.Equal(t, http.StatusUnprocessableEntity, b.post(at+"/publication", ask).StatusCode)
	ask = form(t, b.get(at).Body, at+"/publication")
	ask.Set("edition", "en")
	require.Equal(t, http.StatusSeeOther, b.post(at+"/publication", ask).StatusCode)
	files, err := models.MailingFilesIn(t.Context(), n.db, uuid.MustParse(strings.TrimSuffix(strings.TrimPrefix(at, "/mailings/"), "/files")), "en")
	require.NoError(t, err)
	require.Len(t, files, 1)
	require.Equal(t, n.brief.Slug+"-en.pdf", files[0].Name)
	require.True(t, bytes.HasPrefix(files[0].Bytes, []byte("%PDF-")))
}

func TestAMailingIsNotLaunchedWithoutThePicturesThatItNames(t *testing.T) {
	n := newOffice(t)
	n.publish()
	b := n.as("officer-khc", "en")
	path := recommendationPath(n.brief.ID) + "/mailings/new"
	f := form(t, b.get(path).Body, path)
	english := textOf(t, f, "en")
	f["roles"], f["countries"], f["fallback_language"], f["do"] = []string{models.RoleReader}, []string{"HR"}, []string{"en"}, []string{"launch"}
	f.Set(english+".subject", "For all")
	f.Set(english+".body", "![Our house](house.png)")
	saved := b.post(path, f)
	require.Equal(t, http.StatusSeeOther, saved.StatusCode)
	launch := saved.Header.Get("Location")
	require.NotContains(t, b.get(launch).Body, `name="expected"`, "no button for what would be refused")
	refused := b.post(launch, url.Values{"decision_id": {NewDecisionID()}, "revision": {"1"}, "expected": {"1"}})
	require.Equal(t, http.StatusUnprocessableEntity, refused.StatusCode)
	require.Contains(t, refused.Body, "house.png")
	l := i18n.For("en")
	require.Contains(t, refused.Body, l.T("mailing.body")+" ("+l.Language("en")+"): ", "which text it is, by its language")
	sound(t, refused)

	mailing := strings.TrimSuffix(launch, "/launch")
	preview := b.get(mailing + "/preview?language=en")
	sound(t, preview)
	require.Contains(t, preview.Body, l.T("mailing_file.missing"), "it is told before the launch")
	require.Contains(t, preview.Body, "house.png")
	require.Equal(t, http.StatusSeeOther, b.post(mailing+"/test", form(t, preview.Body, mailing+"/test")).StatusCode)
	require.Contains(t, b.get(mailing+"/preview?language=en").Body, l.T("mailing_file.missing_in_test"))
}

func TestAPictureThatNoTextNamesIsSaidToStayHere(t *testing.T) {
	n := newOffice(t)
	n.publish()
	b := n.as("officer-khc", "en")
	l := i18n.For("en")
	path := recommendationPath(n.brief.ID) + "/mailings/new"
	f := form(t, b.get(path).Body, path)
	english := textOf(t, f, "en")
	f["roles"], f["countries"], f["fallback_language"], f["do"] = []string{models.RoleReader}, []string{"HR"}, []string{"en"}, []string{"files"}
	f.Set(english+".subject", "For all")
	f.Set(english+".body", "Words.")
	at := b.post(path, f).Header.Get("Location")
	mailing := strings.TrimSuffix(at, "/files")
	picture := form(t, b.get(at).Body, at)
	picture.Set("place", "picture")
	require.Equal(t, http.StatusSeeOther, b.postFile(at, picture, "house.png", pictureOf(t, 90)).StatusCode)

	stays := l.T("mailing_file.not_named_in", "Languages", l.Language("en"))
	list := b.get(at)
	sound(t, list)
	require.Contains(t, list.Body, l.T("mailing_file.added_picture"))
	require.NotContains(t, list.Body, l.T("mailing_file.added"))
	require.Contains(t, list.Body, stays)
	require.Contains(t, list.Body, "<dd>"+l.T("mailing_file.kilobytes", "Number", "0")+"</dd>", "it weighs nothing")
	for _, where := range []string{"/launch", "/preview?language=en"} {
		page := b.get(mailing + where)
		sound(t, page)
		require.Contains(t, page.Body, stays, where)
		require.Contains(t, page.Body, "](house.png)", where)
		require.NotContains(t, page.Body, ">house.png</a>", "it is not among what goes: "+where)
	}

	edit := form(t, b.get(mailing).Body, mailing)
	edit["roles"], edit["countries"], edit["fallback_language"] = []string{models.RoleReader}, []string{"HR"}, []string{"en"}
	edit.Set(textOf(t, edit, "en")+".subject", "For all")
	edit.Set(textOf(t, edit, "en")+".body", "![Our house](House.png)")
	edit.Set("do", "save")
	require.Equal(t, http.StatusSeeOther, b.post(mailing, edit).StatusCode)
	require.NotContains(t, b.get(at).Body, stays)
	for _, where := range []string{"/launch", "/preview?language=en"} {
		page := b.get(mailing + where)
		require.NotContains(t, page.Body, l.T("mailing_file.not_named"), where)
		require.Contains(t, page.Body, ">house.png</a>", where)
	}
}
