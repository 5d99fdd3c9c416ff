package web

import (
	"fmt"
	"net/http"

	"github.com/google/uuid"

	"tribuna/internal/files"
	"tribuna/internal/i18n"
	"tribuna/internal/word"
	"tribuna/models"
)

// responsesFiles lead to the comments and answers as files to be read, where this installation can write them.
func (s *Server) responsesFiles(l *i18n.Localizer, c *responsesCase, query string) []fileLink {
	var links []fileLink
	for _, f := range []word.Form{word.DOCX, word.PDF} {
		if !s.Word.Writes(f) {
			continue
		}
		href := responsesPath(c.rec.ID) + "." + string(f)
		if query != "" {
			href += "?" + query
		}
		links = append(links, fileLink{href, l.T("word." + string(f)), f.MediaType()})
	}
	return links
}

// responsesFile gives the comments and what is answered to them out as a file, narrowed as the page is. It names who is named in the
// workbook, and calls the others as that does.
func (s *Server) responsesFile(w http.ResponseWriter, r *http.Request) error {
	c, err := s.beginResponses(r)
	if err != nil {
		return err
	}
	l := Localizer(r)
	if err := c.loadForFile(r.Context(), s, l); err != nil {
		return err
	}
	sheet := word.OutcomeSheet{Title: c.rec.Title, Language: c.rec.Language, Round: c.round, Parts: c.parts(l)}
	if c.rec.Organisation != nil {
		sheet.Organisation = c.rec.Organisation.Name
	}
	return s.serveDocument(w, r, sheet.Document(l), files.File{Name: fmt.Sprintf("%s-comments-%d", c.rec.Slug, c.round)}, c.visitor.Person.ID.String())
}

// parts are the groups in the order of their first comment, and then the comments that stand alone.
func (c *responsesCase) parts(l *i18n.Localizer) []word.OutcomePart {
	var parts []word.OutcomePart
	alone := word.OutcomePart{}
	at := map[uuid.UUID]int{}
	for _, m := range c.remarks {
		one := c.outcomeComment(l, m)
		if m.GroupID == nil {
			alone.Comments = append(alone.Comments, one)
			continue
		}
		i, known := at[*m.GroupID]
		if !known {
			i = len(parts)
			p := word.OutcomePart{Heading: m.GroupTitle, Outcome: l.T("responses.open")}
			if m.GroupOutcome != nil {
				p.Outcome, p.Reason, p.WrittenIn = l.T("responses.outcome."+*m.GroupOutcome), m.GroupReason, m.GroupIn
			}
			at[*m.GroupID], parts = i, append(parts, p)
		}
		parts[i].Comments = append(parts[i].Comments, one)
	}
	if len(alone.Comments) > 0 {
		parts = append(parts, alone)
	}
	return parts
}

func (c *responsesCase) outcomeComment(l *i18n.Localizer, m models.Remark) word.OutcomeComment {
	f := c.inFile(l, m)
	one := word.OutcomeComment{Where: f.paragraph, From: f.author(), Kind: f.kind, Quote: m.Quote, Words: m.Body, In: m.WrittenIn}
	if m.Block >= 0 {
		one.Where = l.T("recommendation.paragraph", "Number", f.paragraph)
	}
	if m.Kind.Suggests(m.Replacement) {
		if one.Instead = m.Replacement; one.Instead == "" {
			one.Instead = l.T("remark.leaves_out")
		}
	}
	if a := m.Response(); (m.GroupID == nil || m.Outcome != nil || c.left[m.ID] != "") && a != nil {
		one.Outcome, one.Reason, one.WrittenIn = f.outcome, a.Reason, a.WrittenIn
		if left := leftWords(l, c.left[m.ID]); left != "" {
			one.Outcome += ". " + left
		}
	} else if m.GroupID == nil {
		one.Outcome = l.T("responses.open")
	}
	return one
}
