package web

import (
	"bytes"
	"fmt"

	"github.com/xuri/excelize/v2"
)

// bookSheet is a sheet of a workbook; its first row is the header. Cells are text or numbers.
type bookSheet struct {
	name string // at most 31 characters
	rows [][]any
}

// bookOf writes sheets as a workbook. What somebody wrote is text in it, never a formula.
func bookOf(sheets []bookSheet) ([]byte, error) {
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
	var b bytes.Buffer
	err := book.Write(&b)
	return b.Bytes(), err
}

func (t bookSheet) write(book *excelize.File) error {
	out, err := book.NewStreamWriter(t.name)
	if err != nil {
		return fmt.Errorf("begin a workbook: %w", err)
	}
	if err := out.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return fmt.Errorf("hold the header of a workbook: %w", err)
	}
	for i, row := range t.rows {
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
