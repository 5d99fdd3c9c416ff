package web

import (
	"bytes"
	"fmt"
	"slices"
	"time"

	"github.com/xuri/excelize/v2"

	"tribuna/internal/i18n"
)

// bookSheet is a sheet of a workbook; the first of its rows is the header. Cells are text or numbers.
type bookSheet struct {
	name  string  // at most 31 characters
	above [][]any // what stands above the header: what the sheet is about
	rows  [][]any
}

// maker is what a file says about who made it: the platform, and no person.
const maker = "Tribuna"

// bookOf writes sheets as a workbook of this title, in the reader's language. What somebody wrote is text in it, never a formula.
func (s *Server) bookOf(l *i18n.Localizer, title string, sheets []bookSheet) ([]byte, error) {
	book := excelize.NewFile()
	defer func() { _ = book.Close() }()
	for i, sheet := range sheets {
		var err error
		if i == 0 {
			err = book.SetSheetName(book.GetSheetName(0), sheet.name)
		} else {
			_, err = book.NewSheet(sheet.name)
		}
		if err != nil {
			return nil, fmt.Errorf("name a sheet of a workbook: %w", err)
		}
		if err := sheet.write(book); err != nil {
			return nil, err
		}
	}
	if err := describeBook(book, l.Tag(), title, s.Now()); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err := book.Write(&b)
	return b.Bytes(), err
}

// describeBook says in the properties of a workbook what it is and when it was made: the library would name its own author, and the day
// on which it was begun.
func describeBook(book *excelize.File, language, title string, now time.Time) error {
	at := now.UTC().Format(time.RFC3339)
	err := book.SetDocProps(&excelize.DocProperties{Title: title, Language: language, Creator: maker, LastModifiedBy: maker, Created: at, Modified: at})
	if err == nil {
		err = book.SetAppProps(&excelize.AppProperties{Application: maker})
	}
	if err != nil {
		return fmt.Errorf("describe a workbook: %w", err)
	}
	return nil
}

func (t bookSheet) write(book *excelize.File) error {
	out, err := book.NewStreamWriter(t.name)
	if err != nil {
		return fmt.Errorf("begin a workbook: %w", err)
	}
	held := len(t.above) + 1
	if err := out.SetPanes(&excelize.Panes{Freeze: true, YSplit: held, TopLeftCell: fmt.Sprintf("A%d", held+1), ActivePane: "bottomLeft"}); err != nil {
		return fmt.Errorf("hold the header of a workbook: %w", err)
	}
	for i, row := range slices.Concat(t.above, t.rows) {
		if err := out.SetRow(fmt.Sprintf("A%d", i+1), harmlessCells(row)); err != nil {
			return fmt.Errorf("write row %d of a workbook: %w", i+1, err)
		}
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("end a workbook: %w", err)
	}
	return nil
}

// harmlessCells is harmless for cells of which some are numbers.
func harmlessCells(row []any) []any {
	cells := make([]any, len(row))
	for i, c := range row {
		if text, is := c.(string); is {
			c = harmless([]string{text})[0]
		}
		cells[i] = c
	}
	return cells
}

// textSheet is rows of text, the first of them the header, as the one sheet of a workbook.
func textSheet(name string, rows [][]string) bookSheet {
	sheet := bookSheet{name: name}
	for _, row := range rows {
		cells := make([]any, len(row))
		for i, text := range row {
			cells[i] = text
		}
		sheet.rows = append(sheet.rows, cells)
	}
	return sheet
}
