package web

import (
	"context"
	"fmt"
	"net/http"

	"tribuna/internal/files"
	"tribuna/internal/i18n"
	"tribuna/models"
)

// xlsx is the type of a workbook.
const xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// responsesSheet gives the comments and what is answered to them out as a workbook, narrowed as the page is. It
// names whom models.Namings lets it name.
func (s *Server) responsesSheet(w http.ResponseWriter, r *http.Request) error {
	c, err := s.beginResponses(r)
	if err != nil {
		return err
	}
	l := Localizer(r)
	if err := c.loadForFile(r.Context(), s, l); err != nil {
		return err
	}
	rows := [][]string{{l.T("responses.column.paragraph"), l.T("responses.column.from"), l.T("responses.column.capacity"), l.T("responses.column.kind"),
		l.T("responses.column.quote"), l.T("responses.column.comment"), l.T("responses.column.replacement"), l.T("responses.column.group"),
		l.T("responses.column.outcome"), l.T("responses.column.reason")}}
	for _, m := range c.remarks {
		rows = append(rows, c.cells(l, m))
	}
	content, err := s.bookOf(l, l.T("outcome.file_title")+": "+c.rec.Title, []bookSheet{textSheet("Sheet1", rows)})
	if err != nil {
		return err
	}
	files.Serve(w, files.File{Name: fmt.Sprintf("%s-comments-%d.xlsx", c.rec.Slug, c.round), MediaType: xlsx, Content: content})
	return nil
}

// loadForFile reads the comments, and who of those who made them is named in a file.
func (c *responsesCase) loadForFile(ctx context.Context, s *Server, l *i18n.Localizer) error {
	var err error
	if c.namings, err = models.NamingsOf(ctx, s.DB, c.rec.ID); err != nil {
		return err
	}
	return c.load(ctx, s, l)
}

// cells is a comment as a row.
func (c *responsesCase) cells(l *i18n.Localizer, m models.Remark) []string {
	paragraph, name := l.T("responses.whole"), c.authors[m.TaskID].name
	if m.Block >= 0 {
		paragraph = l.Number(m.Block + 1)
	}
	if !c.namings.NamesInFile(m.By(), true) {
		name = withoutName(l, m.Label)
	}
	outcome, reason := l.T("responses.open"), ""
	if a := m.Response(); a != nil {
		outcome, reason = l.T("responses.outcome."+a.Outcome), a.Reason
	}
	if left := leftWords(l, c.left[m.ID]); left != "" {
		outcome += ". " + left
	}
	return []string{paragraph, name, c.authors[m.TaskID].capacity, l.T("responses.kind." + string(m.Kind)), m.Quote, m.Body, m.Replacement,
		m.GroupTitle, outcome, reason}
}
