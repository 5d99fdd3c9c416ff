package models_test

import (
	"archive/zip"
	"bytes"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/apperr"
	"tribuna/internal/record"
	"tribuna/models"
)

const (
	pdf    = "%PDF-1.7\nThe letter."
	letter = "From: Ana <ana@people.example>\r\nDate: Tue, 3 Mar 2026 10:00:00 +0100\r\nSubject: Our answer\r\n\r\nWe agree."
)

// zipped is an archive with one word in each file, in the order given.
func zipped(t *testing.T, names ...string) string {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range names {
		f, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		require.NoError(t, err)
		_, err = f.Write([]byte(models.MediaODT))
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return b.String()
}

func TestAFileIsJudgedByWhatItHolds(t *testing.T) {
	docx := zipped(t, "[Content_Types].xml", "word/document.xml")
	odt := zipped(t, "mimetype", "content.xml")
	png := "\x89PNG\x0D\x0A\x1A\x0A rest"
	for name, c := range map[string]struct{ content, want string }{
		"a.pdf": {pdf, models.MediaPDF}, "a.PDF": {pdf, models.MediaPDF}, "a.png": {png, models.MediaPNG}, "a.jpg": {"\xFF\xD8\xFF rest", models.MediaJPEG},
		"a.jpeg": {"\xFF\xD8\xFF rest", models.MediaJPEG}, "a.txt": {"Съгласни сме.", models.MediaText}, "a.eml": {letter, models.MediaMail},
		"a.docx": {docx, models.MediaDOCX}, "a.odt": {odt, models.MediaODT},
		"b.pdf": {png, ""}, "b.png": {pdf, ""}, "b.txt": {"<html><script>", ""}, "c.txt": {"\x00\x01binary", ""}, "b.eml": {"no headers at all", ""},
		"b.docx": {odt, ""}, "c.docx": {zipped(t, "[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), ""}, "d.docx": {"PK\x03\x04broken", ""},
		"b.odt": {docx, ""}, "b.html": {"<html>", ""}, "b.exe": {"MZ", ""}, "b.zip": {docx, ""}, "pdf": {pdf, ""}, "b.svg": {"<svg/>", ""}, "b.pdf.exe": {pdf, ""},
	} {
		a, err := models.NewAttachment(uuid.New(), name, []byte(c.content), uuid.New(), noon)
		if c.want == "" {
			require.Equal(t, []string{"file"}, blamed(err), name)
			continue
		}
		require.NoError(t, err, name)
		require.Equal(t, c.want, a.MediaType, name)
	}
	_, err := models.NewAttachment(uuid.New(), "a.txt", nil, uuid.New(), noon)
	require.ErrorContains(t, err, "file_empty")
	_, err = models.NewAttachment(uuid.New(), "a.txt", bytes.Repeat([]byte("a"), models.MaxAttachment+1), uuid.New(), noon)
	require.ErrorContains(t, err, "file_size")
}

func TestTheNameOfAFileIsMadeHarmless(t *testing.T) {
	for given, want := range map[string]string{
		"Letter of 3 March.PDF": "Letter of 3 March.pdf", `C:\Users\ana\letter.pdf`: "letter.pdf", "../../etc/letter.pdf": "letter.pdf",
		"Писмо.pdf": "Писмо.pdf", "a\r\nX-Header: b.pdf": "a X-Header_ b.pdf", "\u202Efdp.exe.pdf": "fdp.exe.pdf", ".pdf": "original.pdf",
		" . .pdf": "original.pdf", "a\xffb\x00.pdf": "ab.pdf", "e\u0301.pdf": "é.pdf", strings.Repeat("ж", 300) + ".pdf": strings.Repeat("ж", 100) + ".pdf",
		`"><img src=x>.pdf`: "__img src=x_.pdf",
	} {
		a, err := models.NewAttachment(uuid.New(), given, []byte(pdf), uuid.New(), noon)
		require.NoError(t, err, given)
		if given == `"><img src=x>.pdf` {
			require.NotContains(t, a.Name, "<")
			continue
		}
		require.Equal(t, want, a.Name)
	}
}

// attach stores a file and records an answer of somebody's with it.
func (d *desk) attach(t *testing.T, content string, task *models.Task, who models.Person) (*models.Attachment, int64) {
	t.Helper()
	ctx := t.Context()
	a, err := models.NewAttachment(d.rec.ID, "letter.pdf", []byte(content), d.officer.ID, noon)
	require.NoError(t, err)
	require.NoError(t, a.Insert(ctx, d.db))
	s, err := models.NewSubmission(d.rec.ID, uuid.NewString(), models.DecideAnswerReview, d.officer.ID, models.ReviewPayload{})
	require.NoError(t, err)
	s.TaskID, s.OnBehalfOf, s.BehalfNote, s.AttachmentID = &task.ID, &who.ID, "By letter.", &a.ID
	stored, err := models.Receive(ctx, d.db, s, noon)
	require.NoError(t, err)
	require.NoError(t, stored.Settle(ctx, d.db, models.Outcome{State: models.SubmissionRecorded, DecidedAt: noon}))
	seq, err := record.Append(ctx, d.db, d.rec.ID, record.Entry{At: noon, Verb: "review.answered", Actor: d.officer.Pseudonym, OnBehalfOf: who.Pseudonym,
		Capacity: record.Personal, ObjectKind: "task", Object: task.ID, DecisionID: s.DecisionID, Visibility: record.Confidential,
		Facts: map[string]string{record.FactAttachment: a.ID.String(), record.FactAttachmentHash: a.Hash, record.FactAttachmentSize: strconv.FormatInt(a.Size, 10)}})
	require.NoError(t, err)
	return a, seq
}

func TestAnOriginalIsReadByOwnersAndThePersonItWasRecordedFor(t *testing.T) {
	d := newDesk(t)
	task := d.ask(t, models.TaskReview, &d.expert, nil, 3)
	a, _ := d.attach(t, pdf, task, d.expert)
	see := func(v models.Viewer) bool {
		got, err := models.VisibleAttachment(t.Context(), d.db, v, a.ID)
		if err == nil {
			require.Equal(t, pdf, string(got.Bytes))
			return true
		}
		require.Equal(t, apperr.CodeNotFound, apperr.CodeOf(err))
		return false
	}
	for _, p := range []models.Person{d.officer, d.coordinator, d.expert, d.partner, d.sister, d.stranger} {
		v, err := models.ViewerOf(t.Context(), d.db, p.ID)
		require.NoError(t, err)
		require.Equal(t, p.ID == d.officer.ID || p.ID == d.coordinator.ID || p.ID == d.expert.ID, see(v), p.Name)
	}
	require.False(t, see(models.Viewer{}), "the public")
	require.True(t, see(models.Viewer{PersonID: d.expert.ID, LinkTask: task.ID}))
	require.False(t, see(models.Viewer{PersonID: d.expert.ID, LinkTask: uuid.New()}), "by the link of something else")
	require.False(t, see(models.Viewer{PersonID: d.stranger.ID, LinkTask: task.ID}), "by the same link for somebody else")

	object, err := models.AttachmentObject(t.Context(), d.db, a, &task.ID)
	require.NoError(t, err)
	require.Equal(t, d.expert.ID, object.SpokenFor)
	require.Equal(t, task.ID, object.TaskID)
	original, err := models.OriginalOf(t.Context(), d.db, task.ID, d.expert.ID)
	require.NoError(t, err)
	require.Equal(t, a.ID, original.ID)
	original, err = models.OriginalOf(t.Context(), d.db, task.ID, d.stranger.ID)
	require.NoError(t, err)
	require.Nil(t, original)
}

func TestUnderOneDecisionIDGoesOneFile(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	store := func(content string, rec uuid.UUID) *uuid.UUID {
		a, err := models.NewAttachment(rec, "letter.pdf", []byte(content), d.officer.ID, noon)
		require.NoError(t, err)
		require.NoError(t, a.Insert(ctx, d.db))
		return &a.ID
	}
	say := func(attachment *uuid.UUID) (*models.Submission, error) {
		s, err := models.NewSubmission(d.rec.ID, "the-same-form", models.DecideAnswerReview, d.officer.ID, models.ReviewPayload{})
		require.NoError(t, err)
		s.OnBehalfOf, s.BehalfNote, s.AttachmentID = &d.expert.ID, "By letter.", attachment
		return models.Receive(ctx, d.db, s, noon)
	}
	first, err := say(store(pdf, d.rec.ID))
	require.NoError(t, err)
	again, err := say(store(pdf, d.rec.ID))
	require.NoError(t, err, "the same file uploaded again is the same")
	require.Equal(t, first.ID, again.ID)
	_, err = say(store(pdf+"!", d.rec.ID))
	require.Equal(t, apperr.CodeOtherWords, apperr.CodeOf(err))
	_, err = say(nil)
	require.Equal(t, apperr.CodeOtherWords, apperr.CodeOf(err))
	_, err = say(store(pdf, d.recommendation(t, d.officer)))
	require.Equal(t, []string{"attachment_id"}, blamed(err), "it belongs to another recommendation")

	require.NoError(t, first.Settle(ctx, d.db, models.Outcome{State: models.SubmissionRecorded, DecidedAt: noon}))
	_, err = models.Attachable(ctx, d.db, d.rec.ID, first)
	require.NoError(t, err, "a corrected answer may name the same")
	first.OnBehalfOf = &d.partner.ID
	_, err = models.Attachable(ctx, d.db, d.rec.ID, first)
	require.Equal(t, []string{"attachment_id"}, blamed(err), "it would show one person what another said")
	first.OnBehalfOf = nil
	_, err = models.Attachable(ctx, d.db, d.rec.ID, first)
	require.Equal(t, []string{"on_behalf_of"}, blamed(err))
}

func TestAnAttachmentIsKeptAsItCameUntilItIsRedacted(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	task := d.ask(t, models.TaskReview, &d.expert, nil, 3)
	a, seq := d.attach(t, pdf, task, d.expert)
	for _, change := range []string{"UPDATE attachments SET bytes = 'x', sha256 = encode(sha256('x'), 'hex'), size = 1", "UPDATE attachments SET name = 'b.pdf'",
		"UPDATE attachments SET bytes = NULL, redacted_at = now()", "UPDATE attachments SET bytes = NULL, name = '', sha256 = '', redacted_at = now()",
		"DELETE FROM attachments", "UPDATE attachments SET uploaded_by = NULL"} {
		_, err := d.db.ExecContext(ctx, change)
		require.Error(t, err, change)
	}
	require.NoError(t, models.EmptyAbandonedAttachments(ctx, d.db, noon.Add(time.Hour), noon))
	require.Empty(t, d.faults(t))

	redact := func(field string) error {
		_, err := models.RedactText(ctx, d.db, models.Redaction{Recommendation: d.rec, Seq: seq, Field: field, By: d.coordinator, Reason: "a child"}, noon)
		return err
	}
	require.NoError(t, redact("attachment"))
	require.Equal(t, []string{"field"}, blamed(redact("attachment")), "it is gone already")
	gone, err := models.AttachmentByID(ctx, d.db, d.rec.ID, a.ID)
	require.NoError(t, err)
	require.True(t, gone.Redacted())
	require.Empty(t, gone.Name)
	require.Equal(t, a.Hash, gone.Hash, "the hash stays")
	var left int
	require.NoError(t, d.db.NewRaw("SELECT count(bytes) FROM attachments").Scan(ctx, &left))
	require.Zero(t, left)
	_, err = models.VisibleAttachment(ctx, d.db, models.Viewer{PersonID: d.expert.ID, LinkTask: task.ID}, a.ID)
	require.Equal(t, apperr.CodeNotFound, apperr.CodeOf(err))
	require.Empty(t, d.faults(t), "the record stays whole")
	items, err := record.List(ctx, d.db, d.rec.ID, record.Network)
	require.NoError(t, err)
	last := items[len(items)-1]
	require.Equal(t, record.VerbRedacted, last.Verb)
	require.Equal(t, "attachment", last.Facts["field"])
	require.Equal(t, "a child", last.Texts["reason"])
}

func (d *desk) faults(t *testing.T) []record.Fault {
	t.Helper()
	report, err := record.Verify(t.Context(), d.db, d.rec.ID)
	require.NoError(t, err)
	return report.Faults
}

func TestAnAttachmentThatVanishedIsNoticed(t *testing.T) {
	d := newDesk(t)
	task := d.ask(t, models.TaskReview, &d.expert, nil, 3)
	_, seq := d.attach(t, pdf, task, d.expert)
	_, err := d.db.ExecContext(t.Context(), "UPDATE attachments SET bytes = NULL, name = '', redacted_at = now()")
	require.NoError(t, err)
	faults := d.faults(t)
	require.Len(t, faults, 1, "nobody is on record for it")
	require.Equal(t, record.FaultAttachment, faults[0].Kind)
	require.Equal(t, seq, faults[0].Seq)
}

func TestAFileWhoseWordsNeverCameIsEmptied(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	a, err := models.NewAttachment(d.rec.ID, "letter.pdf", []byte(pdf), d.officer.ID, noon)
	require.NoError(t, err)
	require.NoError(t, a.Insert(ctx, d.db))
	empty := func() bool {
		now, err := models.AttachmentByID(ctx, d.db, d.rec.ID, a.ID)
		require.NoError(t, err)
		return now.Redacted()
	}
	require.NoError(t, models.EmptyAbandonedAttachments(ctx, d.db, noon, noon))
	require.False(t, empty(), "it is still new")
	require.NoError(t, models.EmptyAbandonedAttachments(ctx, d.db, noon.Add(time.Second), noon))
	require.True(t, empty())
}
