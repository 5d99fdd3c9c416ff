package web

import (
	"fmt"
	"net/http"

	"tribuna/internal/files"
	"tribuna/internal/i18n"
	"tribuna/models"
)

// xlsx is the type of a workbook.
const xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// commentsSheet gives the comments and what is answered to them out as a workbook, narrowed as the page is. A file goes
// further than a page: who does not want to be named is not named in it.
func (s *Server) responsesSheet(w http.ResponseWriter, r *http.Request) error {
	c, err := s.beginResponses(r)
	if err != nil {
		return err
	}
	l := Localizer(r)
	if err := c.load(r.Context(), s, l); err != nil {
		return err
	}
	rows := [][]string{{l.T("responses.column.paragraph"), l.T("responses.column.from"), l.T("responses.column.capacity"), l.T("responses.column.kind"),
		l.T("responses.column.quote"), l.T("responses.column.comment"), l.T("responses.column.replacement"), l.T("responses.column.group"),
		l.T("responses.column.outcome"), l.T("responses.column.reason")}}
	for _, m := range c.remarks {
		rows = append(rows, c.cells(l, m))
	}
	content, err := workbookOf(rows)
	if err != nil {
		return err
	}
	files.Serve(w, files.File{Name: fmt.Sprintf("%s-comments-%d.xlsx", c.rec.Slug, c.round), MediaType: xlsx, Content: content})
	return nil
}

// cells is a comment as a row.
func (c *responsesCase) cells(l *i18n.Localizer, m models.Remark) []string {
	paragraph, name := l.T("responses.whole"), c.authors[m.TaskID].name
	if m.Block >= 0 {
		paragraph = l.Number(m.Block + 1)
	}
	if !m.FromPartner() && m.Naming == models.NamingNone {
		name = withoutName(l, m.Label)
	}
	outcome, reason := l.T("responses.open"), ""
	if a := m.Response(); a != nil {
		outcome, reason = l.T("responses.outcome."+a.Outcome), a.Reason
	}
	return []string{paragraph, name, c.authors[m.TaskID].capacity, l.T("responses.kind." + string(m.Kind)), m.Quote, m.Body, m.Replacement,
		m.GroupTitle, outcome, reason}
}

// workbookOf writes rows, the first of them the header, as a workbook of one sheet.
func workbookOf(rows [][]string) ([]byte, error) {
	sheet := bookSheet{name: "Sheet1"}
	for _, row := range rows {
		cells := make([]any, len(row))
		for i, text := range row {
			cells[i] = text
		}
		sheet.rows = append(sheet.rows, cells)
	}
	return bookOf([]bookSheet{sheet})
}
