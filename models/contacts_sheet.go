package models

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"
)

// Limits of a workbook: a small file may unpack to anything.
const (
	sheetUnpackedMost = 16 << 20 // bytes of all its parts together
	sheetColumnsMost  = 200
)

// isoDate is how a cell that holds a day is read, however it is shown: what "03/12/26" means depends on who looks.
const isoDate = "yyyy-mm-dd"

// isoFormat is the built-in number format that is written as isoDate says.
const isoFormat = 14

var (
	zipMark     = []byte("PK\x03\x04")
	emptyZip    = []byte("PK\x05\x06")
	oldMark     = []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") // of .xls, and of an encrypted .xlsx
	openSheet   = []byte("mimetypeapplication/vnd.oasis.opendocument")
	encryptedIn = utf16Bytes("EncryptedPackage")
)

func utf16Bytes(s string) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = append(b, byte(u), byte(u>>8))
	}
	return b
}

// isWorkbook reports whether a file is a workbook or something like it, whatever its name says.
func isWorkbook(content []byte) bool {
	return bytes.HasPrefix(content, zipMark) || bytes.HasPrefix(content, emptyZip) || bytes.HasPrefix(content, oldMark)
}

// readWorkbook reads one sheet of a workbook; "" is the first that is shown. What makes the library panic is as unusable as
// what it refuses.
func readWorkbook(content []byte, sheet string) (f contactFile) {
	defer func() {
		if recover() != nil {
			f = unusable("broken")
		}
	}()
	switch {
	case bytes.HasPrefix(content, oldMark) && bytes.Contains(content, encryptedIn):
		return unusable("encrypted")
	case bytes.HasPrefix(content, oldMark):
		return unusable("old_workbook")
	case bytes.Contains(content[:min(200, len(content))], openSheet):
		return unusable("open_document")
	}
	book, err := excelize.OpenReader(bytes.NewReader(content),
		excelize.Options{UnzipSizeLimit: sheetUnpackedMost, UnzipXMLSizeLimit: sheetUnpackedMost, ShortDatePattern: isoDate})
	if err != nil && strings.Contains(err.Error(), "unzip size") { // the library has no error value for it
		return unusable("unpacked")
	}
	if err != nil {
		return unusable("broken")
	}
	defer book.Close()
	if !wellFormed(book) || daysInFull(book) != nil {
		return unusable("broken")
	}
	f = contactFile{sheets: shownSheets(book), days: countedFrom1900}
	if props, err := book.GetWorkbookProps(); err == nil && props.Date1904 != nil && *props.Date1904 {
		f.days = countedFrom1904
	}
	if len(f.sheets) == 0 {
		return unusable("no_sheet")
	}
	if f.sheet = sheet; !slices.Contains(f.sheets, sheet) {
		f.sheet = f.sheets[0]
	}
	f.readSheet(book)
	return f
}

func unusable(rule string) contactFile { return contactFile{faults: []ImportFault{{Rule: rule}}} }

// shownSheets are the sheets that people see, in their order.
func shownSheets(book *excelize.File) []string {
	var names []string
	for _, name := range book.GetSheetList() {
		if shown, err := book.GetSheetVisible(name); err == nil && shown {
			names = append(names, name)
		}
	}
	return names
}

// wellFormed reads every sheet to its end once: the library takes what breaks off in the middle for the end.
func wellFormed(book *excelize.File) bool {
	whole := true
	book.Pkg.Range(func(name, part any) bool {
		raw, is := part.([]byte)
		if path, _ := name.(string); is && strings.HasPrefix(path, "xl/worksheets/") && strings.HasSuffix(path, ".xml") {
			d := xml.NewDecoder(bytes.NewReader(raw))
			for whole {
				if _, err := d.Token(); errors.Is(err, io.EOF) {
					break
				} else if err != nil {
					whole = false
				}
			}
		}
		return whole
	})
	return whole
}

// quoted is what stands in a number format literally, or says a colour or a language.
var quoted = regexp.MustCompile(`"[^"]*"|\\.|_.|\[[^\]]*\]`)

// daysInFull has every cell that holds a day read as isoDate.
func daysInFull(book *excelize.File) error {
	if _, err := book.GetStyle(0); err != nil { // has the styles read
		if _, styled := book.Pkg.Load("xl/styles.xml"); styled {
			return err
		}
		return nil // a programme may write a workbook without any
	}
	if book.Styles == nil || book.Styles.CellXfs == nil {
		return nil
	}
	formats := map[int]string{}
	if book.Styles.NumFmts != nil {
		for _, f := range book.Styles.NumFmts.NumFmt {
			formats[f.NumFmtID] = strings.ToLower(quoted.ReplaceAllString(f.FormatCode, ""))
		}
	}
	iso := isoFormat
	for i := range book.Styles.CellXfs.Xf {
		xf := &book.Styles.CellXfs.Xf[i]
		if xf.NumFmtID != nil && holdsDay(*xf.NumFmtID, formats) {
			xf.NumFmtID = &iso
		}
	}
	return nil
}

// holdsDay reports whether a number format shows a day: one of the built-in ones (ECMA-376, part 1, 18.8.30), or one that
// writes a year or a day of the month.
func holdsDay(id int, formats map[int]string) bool {
	if code, own := formats[id]; own {
		return strings.ContainsAny(code, "yd") && !strings.Contains(code, "general")
	}
	return (id >= 14 && id <= 17) || id == 22 || (id >= 27 && id <= 36) || (id >= 50 && id <= 58)
}

// readSheet reads the chosen sheet. Its first line that says anything names the columns; lines keep the number that the
// sheet gives them.
func (f *contactFile) readSheet(book *excelize.File) {
	rows, err := book.Rows(f.sheet)
	if err != nil {
		f.faults = []ImportFault{{Rule: "no_rows"}} // a sheet that holds a chart
		return
	}
	defer rows.Close()
	for number := 1; rows.Next(); number++ {
		values, err := rows.Columns()
		if err != nil {
			f.faults = []ImportFault{{Line: number, Rule: "broken"}}
			return
		}
		if strings.TrimSpace(strings.Join(values, "")) == "" {
			continue
		}
		if len(values) > sheetColumnsMost {
			f.faults = []ImportFault{{Line: number, Rule: "too_many_columns", Args: map[string]any{"Most": sheetColumnsMost}}}
			return
		}
		if !f.take(contactLine{number, values}) {
			return
		}
	}
	if rows.Error() != nil {
		f.faults = []ImportFault{{Rule: "broken"}}
	}
	f.mindEmpty()
}
