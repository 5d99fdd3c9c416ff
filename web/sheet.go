package web

import (
	"bytes"
	"encoding/csv"
	"net/http"
	"strconv"
	"strings"
	"time"

	"tribuna/internal/files"
	"tribuna/internal/i18n"
)

// sheet is a table of a page as a file that spreadsheets open: the same rows, narrowed by the same address.
type sheet struct {
	name   string // of the file, without date and ending
	header []string
	rows   [][]string
}

func (t *sheet) add(cells ...string) { t.rows = append(t.rows, cells) }

// serveSheet answers with a table as CSV in UTF-8. The mark at its beginning is how spreadsheets know.
func (s *Server) serveSheet(w http.ResponseWriter, t sheet) error {
	var b bytes.Buffer
	b.WriteString("\ufeff")
	out := csv.NewWriter(&b)
	out.UseCRLF = true
	for _, row := range append([][]string{t.header}, t.rows...) {
		if err := out.Write(harmless(row)); err != nil {
			return err
		}
	}
	out.Flush()
	files.Serve(w, files.File{Name: "tribuna-" + t.name + "-" + s.Now().UTC().Format(time.DateOnly) + ".csv",
		MediaType: "text/csv; charset=utf-8", Content: b.Bytes()})
	return out.Error()
}

// harmless keeps a spreadsheet from taking what somebody wrote for a formula.
func harmless(cells []string) []string {
	safe := make([]string, len(cells))
	for i, c := range cells {
		if c != "" && strings.ContainsAny(c[:1], "=+-@\t\r") {
			c = "'" + c
		}
		safe[i] = c
	}
	return safe
}

func figureCell(n int) string { return strconv.Itoa(n) }

// dayCell writes a day as every spreadsheet reads it, in the reader's zone.
func dayCell(t *time.Time, zone string) string {
	if t == nil {
		return ""
	}
	loc, err := time.LoadLocation(zone)
	if err != nil {
		loc = time.UTC
	}
	return i18n.DueDay(*t, loc).Format(time.DateOnly)
}
