package models_test

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/models"
)

func pngOf(t *testing.T, width, height int) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, png.Encode(&b, image.NewGray(image.Rect(0, 0, width, height))))
	return b.Bytes()
}

func TestAFileOfAMailingIsJudgedByWhatItHolds(t *testing.T) {
	var photo bytes.Buffer
	require.NoError(t, jpeg.Encode(&photo, image.NewGray(image.Rect(0, 0, 90, 30)), nil))
	xlsx, docx := zipped(t, "[Content_Types].xml", "xl/workbook.xml"), zipped(t, "[Content_Types].xml", "word/document.xml")
	good := string(pngOf(t, 40, 20))
	for _, c := range []struct {
		name, content string
		place         models.MailingPlace
		want, wrong   string
	}{
		{"a.pdf", pdf, "", models.MediaPDF, ""}, {"a.XLSX", xlsx, "", models.MediaXLSX, ""}, {"a.docx", docx, "", models.MediaDOCX, ""},
		{"a.odt", zipped(t, "mimetype", "content.xml"), "", models.MediaODT, ""}, {"a.png", good, "", models.MediaPNG, ""},
		{"a.jpg", photo.String(), models.PlacePicture, models.MediaJPEG, ""}, {"a.png", good, models.PlacePicture, models.MediaPNG, ""},
		{"b.xlsx", docx, "", "", "mailing_file_type"}, {"b.docx", xlsx, "", "", "mailing_file_type"}, {"b.txt", "words", "", "", "mailing_file_type"},
		{"b.eml", letter, "", "", "mailing_file_type"}, {"b.xlsx", zipped(t, "[Content_Types].xml", "workbook.xml", "vbaProject.bin"), "", "", "mailing_file_type"},
		{"b.exe", "MZ", "", "", "mailing_file_type"}, {"b.pdf", good, "", "", "mailing_file_type"}, {"b.svg", "<svg/>", models.PlacePicture, "", "mailing_file_type"},
		{"b.pdf", pdf, models.PlacePicture, "", "mailing_picture_type"}, {"b.png", good[:40], models.PlacePicture, "", "mailing_picture_type"},
		{"b.png", string(pngOf(t, 5001, 5000)), models.PlacePicture, "", "mailing_picture_size"},
		{"b.gif", string(gifOf(t, models.MaxMailingPictureWidth+1)), models.PlacePicture, "", "mailing_picture_moving"},
		{"a.gif", string(gifOf(t, 30)), models.PlacePicture, models.MediaGIF, ""}, {"b.gif", good, "", "", "mailing_file_type"}, {"b.png", string(gifOf(t, 30)), "", "", "mailing_file_type"},
		{"b.webp", good, "", "", "mailing_file_type"}, {"a.png", good[:40], "", "", "mailing_picture_type"},
		{"b.pdf", "", "", "", "file_empty"}, {"b.pdf", pdf + strings.Repeat("x", 4<<20), "", "", "mailing_file_size"}, {"b.pdf", pdf, "elsewhere", "", "unknown"},
	} {
		f, err := models.NewMailingFile(c.name, []byte(c.content), models.MailingFileInput{Place: c.place})
		if c.wrong != "" {
			require.ErrorContains(t, err, c.wrong, c.name)
			continue
		}
		require.NoError(t, err, c.name)
		require.Equal(t, c.want, f.MediaType)
	}
	f, err := models.NewMailingFile("../\u202Ecarte\r\n.png", pngOf(t, 40, 20), models.MailingFileInput{Place: models.PlacePicture, Language: "bg"})
	require.NoError(t, err)
	require.Equal(t, []any{"carte.png", 40, true, false}, []any{f.Name, f.Width, f.In("bg"), f.In("en")})
}

func gifOf(t *testing.T, width int) []byte {
	t.Helper()
	var b bytes.Buffer
	frame := image.NewPaletted(image.Rect(0, 0, width, 2), color.Palette{color.Black, color.White})
	require.NoError(t, gif.EncodeAll(&b, &gif.GIF{Image: []*image.Paletted{frame, frame}, Delay: []int{5, 5}}))
	return b.Bytes()
}

// TestAPhotographGoesAlongWithoutThePlaceWhereItWasTaken: as it comes from a telephone, heavier than a letter, lying on its side.
func TestAPhotographGoesAlongWithoutThePlaceWhereItWasTaken(t *testing.T) {
	const place = "Children's home, 42.6977N 23.3219E"
	noise := image.NewRGBA(image.Rect(0, 0, 3000, 2000))
	seed := uint32(1)
	for i := range noise.Pix {
		seed = seed*1664525 + 1013904223
		noise.Pix[i] = byte(seed >> 24)
	}
	var taken bytes.Buffer
	require.NoError(t, jpeg.Encode(&taken, noise, &jpeg.Options{Quality: 80}))
	exif := "Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x02" + // two entries: 6, turned to the right, and what it shows
		"\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00" + "\x01\x0e\x00\x02\x00\x00\x00" + string(rune(len(place))) + "\x00\x00\x00\x26\x00\x00\x00\x00" + place
	photo := taken.String()[:2] + "\xff\xe1\x00" + string(rune(len(exif)+2)) + exif + taken.String()[2:]
	require.Greater(t, models.MailingFile{Size: int64(len(photo))}.Written(), int64(models.MaxMailingFiles))
	f, err := models.NewMailingFile("IMG_1.JPG", []byte(photo), models.MailingFileInput{Place: models.PlacePicture})
	require.NoError(t, err)
	require.NotContains(t, string(f.Bytes), place)
	require.NotContains(t, string(f.Bytes), "Exif")
	upright, err := jpeg.DecodeConfig(bytes.NewReader(f.Bytes))
	require.NoError(t, err)
	require.Equal(t, []int{1200, 1800, 1200}, []int{upright.Width, upright.Height, f.Width})
	require.Equal(t, []any{"IMG_1.jpg", int64(len(f.Bytes))}, []any{f.Name, f.Size})
	_, err = models.NewMailingFile("IMG_1.JPG", []byte(photo), models.MailingFileInput{})
	require.ErrorContains(t, err, "mailing_file_size", "attached it is as large as it is, and too large")

	one, err := base64.StdEncoding.DecodeString("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==")
	require.NoError(t, err)
	f, err = models.NewMailingFile("Карта.webp", one, models.MailingFileInput{Place: models.PlacePicture})
	require.NoError(t, err)
	require.Equal(t, []any{"Карта.png", models.MediaPNG}, []any{f.Name, f.MediaType})
}

// drafted is a mailing in two languages.
func (n *network) drafted(t *testing.T) (*models.Mailing, uuid.UUID) {
	t.Helper()
	officer := n.person(t, "officer", models.RoleOfficer, n.lead)
	r := &models.Recommendation{}
	require.NoError(t, n.db.NewSelect().Model(r).Where("r.id = ?", n.recommendation(t, officer)).Scan(t.Context()))
	r.Stage, r.PublishedAt = models.StageDone, &noon
	execSQL(t, n.db, `INSERT INTO languages (tag, endonym) VALUES ('en', 'English'), ('bg', 'български') ON CONFLICT DO NOTHING`)
	m, err := models.CreateMailing(t.Context(), n.db, r, models.MailingInput{FallbackLanguage: "en", Texts: []models.MailingText{
		{Language: "bg", Subject: "S", Body: "![Карта](карта.png)"}, {Language: "en", Subject: "S", Body: "B"}}}, officer.ID, noon)
	require.NoError(t, err)
	return m, officer.ID
}

func TestFilesOfAMailingStayWithinWhatAMailMayCarry(t *testing.T) {
	n := newNetwork(t)
	m, officer := n.drafted(t)
	add := func(name, language string, size int) error {
		f, err := models.NewMailingFile(name, append([]byte(pdf), bytes.Repeat([]byte("x"), size)...), models.MailingFileInput{Language: language})
		require.NoError(t, err)
		return f.Insert(t.Context(), n.db, m.ID, officer, noon)
	}
	require.NoError(t, add("all.pdf", "", 1<<20))
	require.NoError(t, add("own.pdf", "en", 2<<20))
	require.NoError(t, add("own.pdf", "bg", 2<<20), "of another language")
	require.ErrorContains(t, add("more.pdf", "en", 1<<20), "mailing_files_size")
	require.ErrorContains(t, add("more.pdf", "", 1<<20), "mailing_files_size")
	require.ErrorContains(t, add("OWN.pdf", "en", 1), "mailing_file_name")
	require.ErrorContains(t, add("x.pdf", "xx", 1), "unknown")
	now, err := models.MailingByID(t.Context(), n.db, m.ID)
	require.NoError(t, err)
	require.Equal(t, 4, now.Revision, "who looked before looks again")
	in, err := models.MailingFilesIn(t.Context(), n.db, m.ID, "bg")
	require.NoError(t, err)
	require.Len(t, in, 2)
}

func TestAFileIsTakenOffADraftAndEmptiedWhenTheMailingIsOver(t *testing.T) {
	n := newNetwork(t)
	m, officer := n.drafted(t)
	add := func(name string) *models.MailingFile {
		f, err := models.NewMailingFile(name, []byte(pdf), models.MailingFileInput{})
		require.NoError(t, err)
		require.NoError(t, f.Insert(t.Context(), n.db, m.ID, officer, noon))
		return f
	}
	gone, stays := add("a.pdf"), add("b.pdf")
	require.NoError(t, gone.Remove(t.Context(), n.db))
	_, err := models.MailingFileByID(t.Context(), n.db, m.ID, gone.ID)
	require.ErrorContains(t, err, "not_found")
	_, err = models.MailingFileByID(t.Context(), n.db, uuid.New(), stays.ID)
	require.ErrorContains(t, err, "not_found", "of another mailing")

	execSQL(t, n.db, `UPDATE mailings SET state = 'sending' WHERE id = ?`, m.ID)
	require.ErrorContains(t, stays.Remove(t.Context(), n.db), "wrong_stage")
	f, err := models.NewMailingFile("c.pdf", []byte(pdf), models.MailingFileInput{})
	require.NoError(t, err)
	require.ErrorContains(t, f.Insert(t.Context(), n.db, m.ID, officer, noon), "wrong_stage")
	execSQL(t, n.db, `UPDATE mailings SET state = 'sent' WHERE id = ?`, m.ID)
	require.NoError(t, stays.Remove(t.Context(), n.db))
	left, err := models.MailingFileByID(t.Context(), n.db, m.ID, stays.ID)
	require.NoError(t, err)
	require.True(t, left.Removed())
	require.Nil(t, left.Bytes)
	require.Equal(t, stays.Hash, left.Hash)
}

func TestPicturesOfAMailingHaveWordsAndLieInIt(t *testing.T) {
	n := newNetwork(t)
	m, officer := n.drafted(t)
	for body, wrong := range map[string]string{"![x](https://tracker.example/x.png)": "mailing_picture_remote", "![x](//tracker.example/x.png)": "mailing_picture_remote",
		"![](x.png)": "mailing_picture_words", "![x](data:image/png;base64,AA)": "mailing_picture_remote"} {
		_, err := models.EditMailing(t.Context(), n.db, m.ID, 1, models.MailingInput{FallbackLanguage: "en", Texts: []models.MailingText{{Language: "en", Subject: "S", Body: body}}}, noon)
		require.ErrorContains(t, err, wrong)
		require.Equal(t, []string{"texts[0].body"}, blamed(err))
		execSQL(t, n.db, `UPDATE mailings SET revision = 1 WHERE id = ?`, m.ID)
	}
	require.NoError(t, n.db.NewSelect().Model(m).Relation("Texts").WherePK().Scan(t.Context()))
	m, err := models.MailingByID(t.Context(), n.db, m.ID)
	require.NoError(t, err)
	require.ErrorContains(t, m.PicturesThere(t.Context(), n.db), "mailing_picture_missing")
	other, err := models.NewMailingFile("карта.png", pngOf(t, 9, 9), models.MailingFileInput{Place: models.PlacePicture, Language: "en"})
	require.NoError(t, err)
	require.NoError(t, other.Insert(t.Context(), n.db, m.ID, officer, noon))
	require.Error(t, m.PicturesThere(t.Context(), n.db), "it goes with other letters")
	f, err := models.NewMailingFile("Карта.png", pngOf(t, 9, 9), models.MailingFileInput{Place: models.PlacePicture})
	require.NoError(t, err)
	require.NoError(t, f.Insert(t.Context(), n.db, m.ID, officer, noon))
	require.NoError(t, m.PicturesThere(t.Context(), n.db))
}
