package models

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"time"
	"unicode/utf8"
)

// contactFile is a file as read; a fault makes it unusable. Of a workbook it is one sheet.
type contactFile struct {
	header []string
	rows   []contactLine
	faults []ImportFault
	sheets []string  // of a workbook
	sheet  string    // the one that was read
	days   time.Time // from which the file counts days
}

type contactLine struct {
	line   int
	values []string
}

// readContacts reads a workbook, or a list whatever sign stands between its columns, as spreadsheets of different countries
// write it.
func readContacts(content []byte, sheet string) contactFile {
	if isWorkbook(content) {
		return readWorkbook(content, sheet)
	}
	f := contactFile{days: countedFrom1900}
	content = bytes.TrimPrefix(content, []byte("\ufeff"))
	if !utf8.Valid(content) {
		return contactFile{faults: []ImportFault{{Rule: "encoding"}}}
	}
	r := csv.NewReader(bytes.NewReader(content))
	r.Comma, r.FieldsPerRecord, r.TrimLeadingSpace = delimiter(content), -1, true
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		var parse *csv.ParseError
		if errors.As(err, &parse) {
			f.faults = append(f.faults, ImportFault{Line: parse.StartLine, Rule: "quote"})
			break
		}
		line, _ := r.FieldPos(0)
		if !f.take(contactLine{line, record}) {
			return f
		}
	}
	f.mindEmpty()
	return f
}

// take adds a line, the first of which names the columns; false where there are too many.
func (f *contactFile) take(line contactLine) bool {
	switch {
	case f.header == nil:
		f.header = line.values
	case len(f.rows) == ContactsMaxRows:
		f.faults = append(f.faults, ImportFault{Rule: "too_many_rows", Args: map[string]any{"Most": ContactsMaxRows}})
		return false
	case strings.TrimSpace(strings.Join(line.values, "")) != "":
		f.rows = append(f.rows, line)
	}
	return true
}

// mindEmpty blames a file in which nothing stands.
func (f *contactFile) mindEmpty() {
	if len(f.rows) == 0 && len(f.faults) == 0 {
		f.faults = []ImportFault{{Rule: "no_rows"}}
	}
}

func delimiter(content []byte) rune {
	first, _, _ := bytes.Cut(content, []byte("\n"))
	best, most := ',', 0
	for _, d := range []rune{',', ';', '\t'} {
		if n := bytes.Count(first, []byte(string(d))); n > most {
			best, most = d, n
		}
	}
	return best
}
