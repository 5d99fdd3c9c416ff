package models

import (
	"archive/zip"
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"
)

// workbook is a workbook as a spreadsheet programme saves it.
func workbook(t *testing.T, fill func(book *excelize.File)) []byte {
	t.Helper()
	book := excelize.NewFile()
	defer book.Close()
	fill(book)
	raw, err := book.WriteToBuffer()
	require.NoError(t, err)
	return raw.Bytes()
}

func put(t *testing.T, book *excelize.File, sheet, cell string, values ...any) {
	t.Helper()
	require.NoError(t, book.SetSheetRow(sheet, cell, &values))
}

func TestAWorkbookIsReadAsItIsWrittenAndItsDaysInFull(t *testing.T) {
	content := workbook(t, func(book *excelize.File) {
		put(t, book, "Sheet1", "A2", "Name", "Joined", "Left", "Budget", "Share", "Code", "At")
		day := time.Date(2026, 3, 12, 0, 0, 0, 0, time.UTC)
		put(t, book, "Sheet1", "A5", "Форум за деца", day, day, 1234.5, 0.25, "007", day.Add(9*time.Hour))
		for cell, format := range map[string]string{"B5": `[$-402]dd.mm.yyyy" г."`, "C5": "d-mmm-yy", "D5": "#,##0.00", "E5": "0%"} {
			style, err := book.NewStyle(&excelize.Style{CustomNumFmt: &format})
			require.NoError(t, err)
			require.NoError(t, book.SetCellStyle("Sheet1", cell, cell, style))
		}
		_, err := book.NewSheet("Тайни")
		require.NoError(t, err)
		require.NoError(t, book.SetSheetVisible("Тайни", false))
		_, err = book.NewSheet("Other")
		require.NoError(t, err)
	})
	f := readContacts(content, "")
	require.Empty(t, f.faults)
	require.Equal(t, []string{"Sheet1", "Other"}, f.sheets, "hidden ones are not offered")
	require.Equal(t, []string{"Name", "Joined", "Left", "Budget", "Share", "Code", "At"}, f.header)
	require.Equal(t, []contactLine{{5, []string{"Форум за деца", "2026-03-12", "2026-03-12", "1,234.50", "25%", "007", "2026-03-12"}}}, f.rows,
		"with the number that the sheet gives the row")
	require.Equal(t, "no_rows", readContacts(content, "Other").faults[0].Rule)
	require.Equal(t, "Sheet1", readContacts(content, "Тайни").sheet)
}

func TestDaysCountedFrom1904AreTheSameDays(t *testing.T) {
	content := workbook(t, func(book *excelize.File) {
		yes := true
		require.NoError(t, book.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &yes}))
		put(t, book, "Sheet1", "A1", "name", "member_from")
		put(t, book, "Sheet1", "A2", "Forum", time.Date(2026, 3, 12, 0, 0, 0, 0, time.UTC))
	})
	require.Equal(t, "2026-03-12", readContacts(content, "").rows[0].values[1])
}

func TestWhatIsNoUsableWorkbookSaysWhy(t *testing.T) {
	plain := workbook(t, func(book *excelize.File) { put(t, book, "Sheet1", "A1", "name") })
	encrypted, err := excelize.Encrypt(plain, &excelize.Options{Password: "secret"})
	require.NoError(t, err)
	wide := workbook(t, func(book *excelize.File) {
		put(t, book, "Sheet1", "A1", "name", "email")
		put(t, book, "Sheet1", "XFD2", "far away")
	})
	long := workbook(t, func(book *excelize.File) {
		w, err := book.NewStreamWriter("Sheet1")
		require.NoError(t, err)
		for i := 1; i <= ContactsMaxRows+2; i++ {
			cell, _ := excelize.CoordinatesToCellName(1, i)
			require.NoError(t, w.SetRow(cell, []any{"name"}))
		}
		require.NoError(t, w.Flush())
	})
	for rule, content := range map[string][]byte{
		"encrypted": encrypted, "old_workbook": append(bytes.Clone(oldMark), "Workbook"...), "broken": append(bytes.Clone(zipMark), "nothing"...),
		"open_document": zipped(t, "mimetype", "application/vnd.oasis.opendocument.spreadsheet"), "too_many_columns": wide, "too_many_rows": long,
		"unpacked": repacked(t, plain, "xl/media/image1.png", strings.Repeat("0", sheetUnpackedMost)),
	} {
		f := readContacts(content, "")
		require.NotEmpty(t, f.faults, rule)
		require.Equal(t, rule, f.faults[0].Rule)
	}
	require.Less(t, len(repacked(t, plain, "x", strings.Repeat("0", sheetUnpackedMost))), ContactsMaxBytes, "small as it comes")
	bare := readContacts(repacked(t, plain, "xl/styles.xml", ""), "")
	require.Equal(t, readContacts(plain, ""), bare, "a workbook needs no styles")
	torn := repacked(t, plain, "xl/worksheets/sheet1.xml", `<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>name</t></is></c></row>`)
	require.Equal(t, "broken", readContacts(torn, "").faults[0].Rule, "what breaks off is not taken for the end")
	require.Equal(t, "broken", readContacts(zipped(t, "word/document.xml", "<w/>"), "").faults[0].Rule, "another kind of file")
	require.Equal(t, "encoding", readContacts([]byte("name\n\xff"), "").faults[0].Rule)
}

// zipped is an archive of one file, not compressed.
func zipped(t *testing.T, name, content string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	part, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
	require.NoError(t, err)
	_, err = part.Write([]byte(content))
	require.NoError(t, err)
	require.NoError(t, z.Close())
	return b.Bytes()
}

// repacked is an archive with one part put in or replaced.
func repacked(t *testing.T, archive []byte, name, content string) []byte {
	t.Helper()
	from, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	require.NoError(t, err)
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range from.File {
		if f.Name != name {
			require.NoError(t, z.Copy(f))
		}
	}
	if content != "" { // else it is taken out
		part, err := z.Create(name)
		require.NoError(t, err)
		_, err = part.Write([]byte(content))
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	return b.Bytes()
}
