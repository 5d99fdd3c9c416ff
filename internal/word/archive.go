package word

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"

	"tribuna/internal/apperr"
	"tribuna/internal/files"
)

// Bounds of what a file may unfold to. A long report has some hundred kilobytes of text and some hundred parts.
const (
	partsMost    = 5000
	textMost     = 40 << 20  // bytes of XML
	unfoldedMost = 200 << 20 // bytes of everything
)

const mainPart = "word/document.xml"

// marks are what a Word file holds beside its text.
type marks struct{ comments, changes int }

// inspect makes sure that a file is a Word file, and of a size that can be worked with, before a program opens it. It reads
// every part to its end, because what a zip file says of its sizes need not be true.
func inspect(file []byte, most int) (marks, error) {
	var m marks
	if len(file) == 0 {
		return m, apperr.Invalid(files.Field, "file_empty")
	}
	archive, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return m, notWord(err, most)
	}
	if len(archive.File) > partsMost {
		return m, invalid("word_much", nil)
	}
	found, text, all := false, int64(textMost), int64(unfoldedMost)
	for _, part := range archive.File {
		left := &all
		if name := strings.ToLower(part.Name); strings.HasSuffix(name, ".xml") || strings.HasSuffix(name, ".rels") {
			left = &text
		}
		found = found || part.Name == mainPart
		if err := m.readPart(part, left); err != nil {
			return m, err
		}
	}
	if !found {
		return m, notWord(nil, most)
	}
	return m, nil
}

// invalid blames the file; the cause is for the log.
func invalid(rule string, cause error) error {
	e := apperr.Invalid(files.Field, rule)
	e.Err = cause
	return e
}

// notWord blames a file that is no Word file, of which one of at most so many bytes would be read.
func notWord(cause error, most int) error {
	e := apperr.Invalid(files.Field, "word_type", "megabytes", most>>20)
	e.Err = cause
	return e
}

// readPart reads one part, counts what it has of marks, and takes its size off what is left.
func (m *marks) readPart(part *zip.File, left *int64) error {
	content, err := part.Open()
	if err != nil {
		return invalid("word_broken", err)
	}
	defer content.Close()
	bounded := &io.LimitedReader{R: content, N: *left + 1}
	switch part.Name {
	case mainPart, "word/comments.xml":
		err = m.count(bounded)
	}
	if err == nil {
		_, err = io.Copy(io.Discard, bounded)
	}
	if *left = bounded.N - 1; *left < 0 {
		return invalid("word_much", err)
	}
	if err != nil {
		return invalid("word_broken", err)
	}
	return nil
}

// count finds comments and tracked changes.
func (m *marks) count(r io.Reader) error {
	decoder := xml.NewDecoder(r)
	for {
		token, err := decoder.RawToken()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		start, is := token.(xml.StartElement)
		if !is || start.Name.Space != "w" {
			continue
		}
		switch start.Name.Local {
		case "comment":
			m.comments++
		case "ins", "del", "moveFrom", "moveTo":
			m.changes++
		}
	}
}
