package web

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/i18n"
	"tribuna/internal/record"
	"tribuna/models"
)

// postFile sends a form as a browser does that has a field for a file: with a file in it, or with none chosen.
func (b *reader) postFile(path string, form url.Values, name, content string) answer {
	b.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for field, values := range form {
		for _, v := range values {
			require.NoError(b.t, w.WriteField(field, v))
		}
	}
	f, err := w.CreateFormFile("file", name)
	require.NoError(b.t, err)
	_, err = f.Write([]byte(content))
	require.NoError(b.t, err)
	require.NoError(b.t, w.Close())
	return b.sendBody(http.MethodPost, path, w.FormDataContentType(), &body)
}

func TestTheOriginalIsChosenOnceAndOpenedByThoseEntitled(t *testing.T) {
	n := newOffice(t)
	n.patient(nil)
	n.review(2, "expert-02", "expert-03")
	home := recommendationPath(n.brief.ID)
	expert, b := n.person("expert-02"), n.as("officer-khc", "en")
	words := i18n.For("en")
	tasks := n.open(models.TaskReview)
	task, others := &tasks[0], &tasks[1]
	if *task.PersonID != expert.ID {
		task, others = others, task
	}
	path := home + "/on-behalf"
	page := b.get(path + "?task=" + task.ID.String()).Body
	require.Contains(t, page, `enctype="multipart/form-data"`)
	require.Regexp(t, `name="on_behalf_of" value="`+expert.ID.String()+`"[^>]* checked`, page, "nobody else can have said it")
	reasonless := form(t, page, path)
	reasonless.Set("on_behalf_of", expert.ID.String())
	reasonless.Set("answer", models.AnswerDoNotSupport)
	reasonless.Set("behalf_note", "By telephone")
	refused := b.postFile(path, reasonless, "", "")
	require.Equal(t, http.StatusUnprocessableEntity, refused.StatusCode)
	require.Contains(t, refused.Body, words.T("officer.behalf.reasons_help"), "it is not called optional")
	require.NotContains(t, refused.Body, ">"+i18n.For("en").T("field.reasons")+":", "and blamed under the name it has")
	f := form(t, page, path)
	fill := url.Values{"task": {task.ID.String()}, "on_behalf_of": {expert.ID.String()}, "answer": {models.AnswerSupport}, "reasons": {"Three years, not two."}}
	for field, values := range fill {
		f[field] = values
	}

	wrong := b.postFile(path, f, "letter.exe", "MZ")
	require.Equal(t, http.StatusUnprocessableEntity, wrong.StatusCode)
	require.Contains(t, wrong.Body, `href="#f-file"`)
	require.Contains(t, wrong.Body, "Three years, not two.", "the rest of the form comes back filled in")
	large := b.postFile(path, f, "letter.txt", strings.Repeat("a", models.MaxAttachment+1))
	require.Equal(t, http.StatusUnprocessableEntity, large.StatusCode)
	require.Contains(t, large.Body, words.T("error.field.file_size", "megabytes", 10))
	require.Contains(t, large.Body, "Three years, not two.")

	unsaidHow := b.postFile(path, f, "Letter <3>.txt", "We agree.")
	require.Equal(t, http.StatusUnprocessableEntity, unsaidHow.StatusCode, "how it came is missing")
	require.Contains(t, unsaidHow.Body, words.T("officer.behalf.file_kept", "Name", "Letter _3_.txt", "Size", "1"))
	unsaid(t, unsaidHow)
	again := form(t, unsaidHow.Body, path)
	require.NotEmpty(t, again.Get("attachment_id"))
	require.NotEqual(t, f.Get("decision_id"), again.Get("decision_id"))
	for field, values := range fill {
		again[field] = values
	}
	again.Set("behalf_note", "Letter of 3 March")
	require.Equal(t, http.StatusSeeOther, b.postFile(path, again, "", "").StatusCode, "it need not be chosen again")
	require.Equal(t, http.StatusSeeOther, b.postFile(path, again, "", "").StatusCode, "twice is once")
	require.Contains(t, b.get(home).Body, words.T("review.recorded_by", "Name", n.officer.Name), "it does not look like what they sent themselves")
	original := `href="` + attachmentPath(uuid.MustParse(again.Get("attachment_id"))) + `"`
	for _, page := range []string{"", "/round", "/agreement"} {
		require.Contains(t, b.get(home+page).Body, original, "the original hangs on the answer: "+page)
	}
	for _, page := range []string{"", "/round", "/agreement", "/comments"} {
		require.NotContains(t, n.as("partner-khc", "en").get(home+page).Body, original, "it is shown to those alone who may open it: "+page)
	}
	other := b.postFile(path, again, "letter.txt", "We do not agree.")
	require.Equal(t, http.StatusConflict, other.StatusCode, "the same form with another file")

	file := attachmentPath(uuid.MustParse(again.Get("attachment_id")))
	require.Contains(t, b.get(home+"/record").Body, `href="`+file+`"`)
	got := b.get(file)
	require.Equal(t, http.StatusOK, got.StatusCode)
	require.Equal(t, "We agree.", got.Body)
	require.Equal(t, `attachment; filename="Letter _3_.txt"`, got.Header.Get("Content-Disposition"))
	require.Equal(t, "nosniff", got.Header.Get("X-Content-Type-Options"))
	require.Equal(t, "no-store", got.Header.Get("Cache-Control"))
	require.Contains(t, got.Header.Get("Content-Security-Policy"), "sandbox")
	require.Empty(t, b.send(http.MethodHead, file, nil).Body)
	for who, want := range map[string]int{"coordinator": 200, "partner-khc": 404, "officer-tdh": 404, "reader": 404} {
		require.Equal(t, want, n.as(who, "en").get(file).StatusCode, who)
	}
	require.Equal(t, http.StatusSeeOther, n.public("en").get(file).StatusCode, "the public is asked to sign in")
	require.NotContains(t, n.as("partner-khc", "en").get(home+"/record").Body, file)

	own, question := n.byLink(task, expert, "en")
	link := question + file
	require.Contains(t, own.get(question).Body, `href="`+link+`"`)
	require.Contains(t, own.get(question+"/thanks").Body, `href="`+link+`"`)
	require.Equal(t, "We agree.", own.get(link).Body)
	require.Equal(t, http.StatusSeeOther, own.get(file).StatusCode, "the link opens its question alone")

	stranger, elsewhere := n.byLink(others, n.person("expert-03"), "en")
	require.Equal(t, http.StatusNotFound, stranger.get(elsewhere+file).StatusCode)
	require.NotContains(t, stranger.get(elsewhere).Body, file)

	items, err := record.List(t.Context(), n.db, n.brief.ID, record.Confidential)
	require.NoError(t, err)
	_, err = models.RedactText(t.Context(), n.db, models.Redaction{Recommendation: n.reload(), Seq: items[len(items)-1].Seq, Field: "attachment",
		By: n.person("coordinator"), Reason: "A child is named."}, time.Now())
	require.NoError(t, err)
	minutes := b.get(home + "/record")
	unsaid(t, minutes)
	require.Contains(t, minutes.Body, words.T("record.original_removed"))
	require.Equal(t, http.StatusNotFound, b.get(file).StatusCode)
	require.NotContains(t, own.get(question).Body, link)
	require.Contains(t, b.get(home+"/record/verification").Body, words.T("record.verify.whole"))
}

func TestWhoDeclinesByMailIsRecordedAndReplaced(t *testing.T) {
	n := newOffice(t)
	n.patient(nil)
	n.review(1, "expert-02")
	b := n.as("officer-khc", "en")
	task := n.open(models.TaskReview)[0]
	path := recommendationPath(n.brief.ID) + "/on-behalf"
	f := form(t, b.get(path+"?task="+task.ID.String()).Body, path)
	for field, value := range map[string]string{"task": task.ID.String(), "on_behalf_of": task.PersonID.String(), "answer": behalfDeclines,
		"behalf_note": "A call on Monday.", "reasons": "On leave."} {
		f.Set(field, value)
	}
	require.Equal(t, http.StatusSeeOther, b.postFile(path, f, "", "").StatusCode)
	declined, err := models.TaskByID(t.Context(), n.db, task.ID)
	require.NoError(t, err)
	require.Equal(t, models.TaskDeclined, declined.State)
	require.NotEmpty(t, n.open(models.TaskChooseReviewer), "nobody is in line: the officer is asked")
}

// TestWhatCameOfSomebodySilentIsRecorded finds them on the desk and in the list, in every language, and writes down what they sent.
func TestWhatCameOfSomebodySilentIsRecorded(t *testing.T) {
	n := newOffice(t)
	n.patient(nil)
	n.review(2, "expert-02", "expert-03")
	home, expert, task := recommendationPath(n.brief.ID), n.person("expert-02"), n.taskOf("expert-02")
	_, err := n.db.NewRaw(`UPDATE tasks SET state = 'expired', closed_at = now(), respond_by = NULL, remind_at = NULL WHERE id = ?`, task.ID).Exec(t.Context())
	require.NoError(t, err)
	path := home + "/on-behalf"
	chosen := path + "?task=" + task.ID.String()
	for _, tag := range i18n.Tags() {
		l, b := i18n.For(tag), n.as("officer-khc", tag)
		require.Contains(t, b.get(home+"/round").Body, home+"/round?task="+task.ID.String())
		desk := b.get(home + "/round?task=" + task.ID.String())
		sound(t, desk)
		require.Contains(t, desk.Body, `href="`+chosen+`"`)
		list := b.get(path)
		sound(t, list)
		require.Contains(t, list.Body, l.T("officer.behalf.lapsed"))
		page := b.get(chosen)
		sound(t, page)
		require.Contains(t, page.Body, l.T("officer.behalf.lapsed_text"))
		require.NotContains(t, page.Body, `value="`+behalfDeclines+`"`, "they are not asked any more")
	}
	b := n.as("officer-khc", "en")
	f := filled(t, b.get(chosen).Body, path)
	f.Set("on_behalf_of", expert.ID.String())
	f.Set("answer", models.AnswerSupport)
	f.Set("behalf_note", "Letter of 3 March")
	f.Set("reasons", "Three years, not two.")
	require.Equal(t, http.StatusSeeOther, b.postFile(path, f, "letter.txt", "We agree.").StatusCode)
	require.Equal(t, http.StatusSeeOther, b.postFile(path, f, "letter.txt", "We agree.").StatusCode, "twice is once")
	rv, err := models.ReviewByTask(t.Context(), n.db, task.ID)
	require.NoError(t, err)
	require.Equal(t, []any{expert.ID, "Three years, not two."}, []any{rv.PersonID, rv.Reasons})
	told, err := n.db.NewSelect().Model((*models.OutboxMail)(nil)).Where("kind = ? AND person_id = ?", models.MailRecordedOnBehalf, expert.ID).Count(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 1, told)
	minutes := b.get(home + "/record").Body
	require.Contains(t, minutes, "/attachments/", "the original is with it")
}
