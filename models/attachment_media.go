package models

import (
	"archive/zip"
	"bytes"
	"io"
	"net/http"
	"net/mail"
	"path"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"tribuna/internal/apperr"
)

// MaxAttachment is how large a file may be, in bytes.
const MaxAttachment = 10 << 20

// The media types of what can be attached.
const (
	MediaPDF  = "application/pdf"
	MediaPNG  = "image/png"
	MediaJPEG = "image/jpeg"
	MediaText = "text/plain"
	MediaMail = "message/rfc822"
	MediaDOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	MediaODT  = "application/vnd.oasis.opendocument.text"
)

// mediaByEnding is what the ending of a name promises.
var mediaByEnding = map[string]string{".pdf": MediaPDF, ".png": MediaPNG, ".jpg": MediaJPEG, ".jpeg": MediaJPEG, ".txt": MediaText,
	".eml": MediaMail, ".docx": MediaDOCX, ".odt": MediaODT}

// AttachmentMediaTypes lists what can be attached.
func AttachmentMediaTypes() []string {
	return []string{MediaPDF, MediaPNG, MediaJPEG, MediaText, MediaMail, MediaDOCX, MediaODT}
}

// AttachmentEndings lists the endings a file may have, for the field in which it is chosen.
func AttachmentEndings() []string {
	return []string{".pdf", ".png", ".jpg", ".jpeg", ".txt", ".eml", ".docx", ".odt"}
}

// mediaType judges a file by its content; the ending of its name has to promise the same. Anything else is refused, so
// that nobody opens what is not what it is called.
func mediaType(name string, content []byte) (string, error) {
	promised := mediaByEnding[strings.ToLower(path.Ext(name))]
	sniffed, _, _ := strings.Cut(http.DetectContentType(content), ";")
	var is bool
	switch promised {
	case MediaPDF, MediaPNG, MediaJPEG, MediaText:
		is = sniffed == promised
	case MediaMail:
		is = sniffed == MediaText && isMail(content)
	case MediaDOCX:
		is = sniffed == "application/zip" && isDOCX(content)
	case MediaODT:
		is = sniffed == "application/zip" && isODT(content)
	}
	if !is {
		return "", apperr.Invalid("file", "file_type", "megabytes", MaxAttachment>>20)
	}
	return promised, nil
}

// isMail reports whether a text begins with the headers of a mail (RFC 5322, section 3.6).
func isMail(content []byte) bool {
	m, err := mail.ReadMessage(bytes.NewReader(content))
	return err == nil && m.Header.Get("From") != "" && m.Header.Get("Date") != ""
}

// isDOCX takes a Word document without macros.
func isDOCX(content []byte) bool {
	names := zipNames(content)
	return names["[content_types].xml"] && names["document.xml"] && !names["vbaproject.bin"]
}

// zipNames are the names of the files in an archive, without folders, in small letters; none where it is no archive.
func zipNames(content []byte) map[string]bool {
	names := map[string]bool{}
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return names
	}
	for _, f := range archive.File {
		names[strings.ToLower(path.Base(f.Name))] = true
	}
	return names
}

// isODT reads the one file that says what the others are (OpenDocument 1.3, part 2, section 3.3).
func isODT(content []byte) bool {
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil || len(archive.File) == 0 || archive.File[0].Name != "mimetype" {
		return false
	}
	f, err := archive.File[0].Open()
	if err != nil {
		return false
	}
	defer f.Close() //nolint:errcheck // it was only read
	kind, err := io.ReadAll(io.LimitReader(f, 100))
	return err == nil && string(kind) == MediaODT
}

// nameMost is how many letters of a name are kept, without its ending.
const nameMost = 100

// cleanName makes a file's name one that can be shown and saved anywhere: no folders, nothing invisible, no sign that
// turns the writing round so that the ending looks like another, none that a file system gives a meaning.
func cleanName(name string) string {
	name = path.Base(strings.ReplaceAll(strings.ToValidUTF8(name, ""), `\`, "/"))
	name = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r):
			return -1
		case strings.ContainsRune(`/<>:"|?*`, r):
			return '_'
		}
		return r
	}, norm.NFC.String(name))
	ending := strings.ToLower(path.Ext(name))
	stem := strings.Join(strings.Fields(strings.TrimSuffix(name, path.Ext(name))), " ")
	if letters := []rune(stem); len(letters) > nameMost {
		stem = string(letters[:nameMost])
	}
	if stem = strings.Trim(stem, ". "); stem == "" {
		stem = "original"
	}
	return stem + ending
}
