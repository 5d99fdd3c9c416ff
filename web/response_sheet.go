package web

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"tribuna/internal/files"
	"tribuna/internal/i18n"
	"tribuna/models"
)

// xlsx is the type of a workbook.
const xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// responsesSheet gives the comments and what is answered to them out as a workbook, narrowed as the page is. It
// names whom models.Namings lets it name, and calls the others by a number.
func (s *Server) responsesSheet(w http.ResponseWriter, r *http.Request) error {
	c, err := s.beginResponses(r)
	if err != nil {
		return err
	}
	l := Localizer(r)
	if err := c.loadForFile(r.Context(), s, l); err != nil {
		return err
	}
	sheet, err := s.commentSheet(r.Context(), l, c)
	if err != nil {
		return err
	}
	content, err := s.bookOf(l, l.T("outcome.file_title")+": "+c.rec.Title, []bookSheet{sheet})
	if err != nil {
		return err
	}
	files.Serve(w, files.File{Name: fmt.Sprintf("%s-comments-%d.xlsx", c.rec.Slug, c.round), MediaType: xlsx, Content: content})
	return nil
}

// commentSheet lists the comments below the title of the text and the round.
func (s *Server) commentSheet(ctx context.Context, l *i18n.Localizer, c *responsesCase) (bookSheet, error) {
	rows := [][]string{{l.T("responses.column.paragraph"), l.T("responses.column.from"), l.T("responses.column.capacity"), l.T("responses.column.kind"),
		l.T("responses.column.quote"), l.T("responses.column.comment"), l.T("responses.column.replacement"), l.T("responses.column.group"),
		l.T("responses.column.outcome"), l.T("responses.column.reason"), l.T("responses.column.in_text")}}
	if c.round == 0 { // none is closed
		return textSheet("Sheet1", rows), nil
	}
	title, about, err := s.titleOfRound(ctx, l, c)
	if err != nil {
		return bookSheet{}, err
	}
	follows, err := s.followedIn(ctx, l, c)
	if err != nil {
		return bookSheet{}, err
	}
	for _, m := range c.remarks {
		f := c.inFile(l, m)
		rows = append(rows, []string{f.paragraph, f.from, f.capacity, f.kind, m.Quote, m.Body, m.Replacement, m.GroupTitle, f.outcome, f.reason, follows(m)})
	}
	sheet := textSheet(l.T("responses.round", "Number", l.Number(c.round)), rows)
	sheet.above = [][]any{{title}, {about}}
	return sheet, nil
}

// loadForFile reads the comments, who of those who made them is named in a file, and by which number the others are called.
func (c *responsesCase) loadForFile(ctx context.Context, s *Server, l *i18n.Localizer) error {
	var err error
	if c.namings, err = models.NamingsOf(ctx, s.DB, c.rec.ID); err != nil {
		return err
	}
	if c.numbers, err = models.ExpertNumbers(ctx, s.DB, c.rec.ID, c.round); err != nil {
		return err
	}
	if err := c.load(ctx, s, l); err != nil {
		return err
	}
	// Pages list what is said of a paragraph as it came. Who has a file and knows when people answered could tell by that who is who.
	slices.SortStableFunc(c.remarks, func(a, b models.Remark) int {
		return cmp.Or(cmp.Compare(a.Block, b.Block), cmp.Compare(c.numbers[a.ReviewID], c.numbers[b.ReviewID]), strings.Compare(a.ReviewID.String(), b.ReviewID.String()))
	})
	return nil
}

// inFile is what every file says of a comment in words that are not its author's.
type inFile struct {
	paragraph, from, capacity, kind, outcome, reason string
	unnamed                                          bool
}

func (c *responsesCase) inFile(l *i18n.Localizer, m models.Remark) inFile {
	by := c.authors[m.TaskID]
	f := inFile{paragraph: l.T("responses.whole"), from: by.name, capacity: by.capacity, kind: l.T("responses.kind." + string(m.Kind)),
		outcome: l.T("responses.open"), unnamed: !c.namings.NamesInFile(m.By(), true)}
	if m.Block >= 0 {
		f.paragraph = l.Number(m.Block + 1)
	}
	if f.unnamed {
		f.from = numberedExpert(l, m.Label, c.numbers[m.ReviewID])
	}
	if a := m.Response(); a != nil {
		f.outcome, f.reason = l.T("responses.outcome."+a.Outcome), a.Reason
	}
	return f
}

// numberedExpert is what an expert is called who is not named in a file: by the letter that the round gave them, else by their number.
func numberedExpert(l *i18n.Localizer, label models.Label, number int) string {
	if label > 0 || number == 0 {
		return withoutName(l, label)
	}
	return l.T("responses.expert", "Number", l.Number(number))
}

// author is who said it, and in which capacity where that is not said by what they are called.
func (f inFile) author() string {
	if f.unnamed || f.capacity == "" {
		return f.from
	}
	return f.from + ", " + f.capacity
}

// followedIn returns what is said of a suggestion that was accepted: whether it stands in the text, and since when.
func (s *Server) followedIn(ctx context.Context, l *i18n.Localizer, c *responsesCase) (func(models.Remark) string, error) {
	numbers, err := models.VersionNumbers(ctx, s.DB, c.rec.ID)
	if err != nil {
		return nil, err
	}
	stands, err := models.StandInText(ctx, s.DB, c.rec, c.remarks)
	return func(m models.Remark) string {
		switch {
		case m.Refused():
			return leftWords(l, c.left[m.ID])
		case m.AppliedVersionID != nil:
			return l.T("responses.in_text.since", "Number", l.Number(numbers[*m.AppliedVersionID]))
		case stands[m.ID]:
			return l.T("putin.stands")
		case m.ToPutIn():
			return l.T("responses.in_text.not_yet")
		}
		return ""
	}, err
}
