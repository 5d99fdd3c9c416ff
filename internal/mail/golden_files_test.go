package mail_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"image"
	"image/color"
	"image/png"
	"io"
	"strings"
	"testing"

	gomessage "github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset" // texts in quoted-printable
	"github.com/stretchr/testify/require"

	"tribuna/internal/mail"
	"tribuna/models"
)

// picture is a small picture of one colour.
func picture(t *testing.T, shade uint8) []byte {
	t.Helper()
	p := image.NewGray(image.Rect(0, 0, 800, 40))
	for i := range p.Pix {
		p.Pix[i] = shade
	}
	p.Set(0, 0, color.White)
	var out bytes.Buffer
	require.NoError(t, png.Encode(&out, p))
	return out.Bytes()
}

// along stores a file that goes along with the network's mailing.
func (n *network) along(place models.MailingPlace, language, name string, content []byte) *models.MailingFile {
	n.t.Helper()
	f, err := models.NewMailingFile(name, content, models.MailingFileInput{Place: place, Language: language})
	require.NoError(n.t, err)
	f.MailingID, f.UploadedBy, f.CreatedAt = n.mailing, n.officer, monday
	_, err = n.db.NewInsert().Model(f).Exec(n.t.Context())
	require.NoError(n.t, err)
	return f
}

// TestFilesAndPicturesInFiveLanguagesAreReadByAnotherLibraryAsTheyWereBrought sends each language a file for all, a file and a
// picture of its own, and keeps back what its text does not name.
func TestFilesAndPicturesInFiveLanguagesAreReadByAnotherLibraryAsTheyWereBrought(t *testing.T) {
	n, s := newNetwork(t), newServer(t, nil)
	n.exec(`DELETE FROM mailing_texts`)
	want := map[string]map[string]string{} // by language, by name: the hash
	content := map[string][]byte{}
	pictures := map[string]*models.MailingFile{}
	n.along(models.PlacePicture, "", "unused.png", picture(t, 1))
	n.along(models.PlacePicture, "", "карта.png", picture(t, 2)) // stands back behind each language's own
	all := n.along(models.PlaceAttached, "", "Препоръка – цял текст.pdf", append([]byte("%PDF-1.7\n"), bytes.Repeat([]byte("\r\n.\r\nline\n\x00\xff"), 20_000)...))
	content[all.Hash] = all.Bytes
	var texts []string
	for language, words := range said {
		texts = append(texts, language)
		n.exec(`INSERT INTO languages (tag, endonym) VALUES (?, ?) ON CONFLICT DO NOTHING`, language, language)
		n.exec(`INSERT INTO mailing_texts (mailing_id, language, subject, body) VALUES (?, ?, ?, ?)`, n.mailing, language, words[0],
			words[1]+"\n\n![Карта \"<b>\" {name}](карта.png) ![gone](gone.png) ![remote](https://tracker.example/x.png)")
		own := n.along(models.PlaceAttached, language, "annex "+language+".pdf", []byte("%PDF-1.7\n"+language))
		shown := n.along(models.PlacePicture, language, "карта.png", picture(t, uint8(len(texts)*20)))
		want[language] = map[string]string{all.Name: all.Hash, own.Name: own.Hash, shown.Name: shown.Hash}
		pictures[language], content[own.Hash], content[shown.Hash] = shown, own.Bytes, shown.Bytes
		n.person("Мария", language, "BG", "reader", n.owner)
		n.person("Ann", language, "BG", "reader", n.owner)
	}
	added, err := models.EnqueueMailing(t.Context(), n.db, models.MailingRecipients{MailingID: n.mailing, RecommendationID: n.recommendation,
		Audience: models.Audience{Roles: []string{"reader"}}, Texts: texts, Fallback: "en"}, monday)
	require.NoError(t, err)
	require.Equal(t, 10, added)
	drain(t, newSender(t, n, s, newClock()), mail.Batch{MailingID: &n.mailing})
	require.Equal(t, models.MailCounts{Delivered: added}, n.counts())

	seen := map[string]int{}
	for _, raw := range s.whole {
		for line := range bytes.SplitSeq(raw, []byte("\r\n")) {
			require.LessOrEqual(t, len(line), 998)
			require.NotContains(t, string(line), "\n")
		}
		e, err := gomessage.Read(bytes.NewReader(raw))
		require.NoError(t, err)
		language := e.Header.Get("Content-Language")
		seen[language]++
		require.Equal(t, []string{"multipart/mixed", "multipart/related", "multipart/alternative", "text/plain", "text/html", "image/png", "application/pdf", "application/pdf"},
			requireFiles(t, e, want[language], content, pictures[language]))
	}
	for _, language := range texts {
		require.Equal(t, 2, seen[language])
	}
}

// requireFiles walks through a mail and returns the types of its parts in their order.
func requireFiles(t *testing.T, e *gomessage.Entity, want map[string]string, content map[string][]byte, shown *models.MailingFile) (kinds []string) {
	t.Helper()
	got := map[string]string{}
	require.NoError(t, e.Walk(func(_ []int, e *gomessage.Entity, err error) error {
		require.NoError(t, err)
		kind, _, err := e.Header.ContentType()
		require.NoError(t, err)
		kinds = append(kinds, kind)
		if strings.HasPrefix(kind, "multipart/") {
			return nil
		}
		body, err := io.ReadAll(e.Body)
		require.NoError(t, err)
		if kind == "text/html" {
			html := string(body)
			require.Contains(t, html, `<img src="cid:`+shown.ContentID()+`" alt="Карта &#34;`)
			require.Contains(t, html, `width="520"/>`)
			require.NotContains(t, html, "tracker.example")
			require.NotContains(t, html, "gone")
			return nil
		}
		if kind == "text/plain" {
			require.Contains(t, string(body), "Карта")
			return nil
		}
		disposition, params, err := e.Header.ContentDisposition()
		require.NoError(t, err)
		if kind == "image/png" {
			require.Equal(t, "inline", disposition)
			require.Equal(t, "<"+shown.ContentID()+">", e.Header.Get("Content-Id"))
		} else {
			require.Equal(t, "attachment", disposition)
		}
		sum := sha256.Sum256(body)
		got[params["filename"]] = hex.EncodeToString(sum[:])
		require.Equal(t, content[got[params["filename"]]], body)
		return nil
	}))
	require.Equal(t, want, got)
	return kinds
}

// TestATestOfAMailingAndItsPreviewHoldTheFiles: also what goes to one reader alone.
func TestATestOfAMailingAndItsPreviewHoldTheFiles(t *testing.T) {
	n := newNetwork(t)
	n.exec(`UPDATE mailings SET state = 'draft' WHERE id = ?`, n.mailing)
	n.exec(`UPDATE mailing_texts SET body = '![Our house](house.png)' WHERE language = 'en'`)
	shown := n.along(models.PlacePicture, "", "house.png", picture(t, 9))
	n.along(models.PlaceAttached, "bg", "само.pdf", []byte("%PDF-1.7 bg"))
	n.along(models.PlaceAttached, "en", "only.pdf", []byte("%PDF-1.7 en"))
	m := models.OutboxMail{ID: models.NewID(), Kind: models.MailMailingTest, PersonID: n.officer, Language: "en", Data: models.MailData{Mailing: &n.mailing}}
	letter, err := n.compose(m)
	require.NoError(t, err)
	require.Len(t, letter.Attached, 2)
	require.Contains(t, letter.HTML, "cid:"+shown.ContentID())

	mailing, err := models.MailingByID(t.Context(), n.db, n.mailing)
	require.NoError(t, err)
	look, err := n.composer().PreviewMailing(t.Context(), mailing, "en", models.MailReader{Name: "Ann"}, monday)
	require.NoError(t, err)
	require.Contains(t, look.HTML, `src="data:image/png;base64,`)
	require.NotContains(t, look.HTML, "cid:")
	require.Greater(t, look.Size, shown.Written())
	require.Len(t, look.Along, 2, "as many as go with the letter: not that of another language")
}
