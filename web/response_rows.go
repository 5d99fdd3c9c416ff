package web

import (
	"cmp"
	"context"
	"fmt"
	"html/template"
	"strings"

	"github.com/google/uuid"

	"tribuna/internal/i18n"
	"tribuna/internal/markdown"
	"tribuna/models"
)

// answeredBlocks puts the comments beside the paragraphs of the version they are about. Where the address asks for some
// only, the others' paragraphs are left out.
func (s *Server) answeredBlocks(ctx context.Context, l *i18n.Localizer, c *responsesCase) ([]answeredBlock, error) {
	if len(c.remarks) == 0 {
		return nil, nil
	}
	version, err := models.VersionByID(ctx, s.DB, c.remarks[0].VersionID)
	if err != nil {
		return nil, err
	}
	return c.beside(s.Engine, l, version.Body)
}

// beside puts the comments beside the paragraphs of a text.
func (c *responsesCase) beside(e *Engine, l *i18n.Localizer, body string) ([]answeredBlock, error) {
	rendered, err := markdown.RenderBlocks(body, markdown.WithHeadingShift(4), markdown.WithIDPrefix("answered-"))
	if err != nil {
		return nil, err
	}
	var blocks []answeredBlock
	for _, m := range c.remarks {
		if n := len(blocks); n == 0 || blocks[n-1].Number != m.Block+1 {
			b := answeredBlock{Number: m.Block + 1}
			if m.Block >= 0 && m.Block < len(rendered) {
				b.Text = remarkedBlock{Number: b.Number, HTML: rendered[m.Block].HTML}
			}
			blocks = append(blocks, b)
		}
		row, err := c.row(e, l, m)
		if err != nil {
			return nil, err
		}
		last := &blocks[len(blocks)-1]
		last.Rows = append(last.Rows, row)
	}
	return blocks, nil
}

// fillAbove says what stands above the list.
func (s *Server) fillAbove(ctx context.Context, l *i18n.Localizer, c *responsesCase, v *responsesView) error {
	title, about, err := s.titleOfRound(ctx, l, c)
	if err != nil {
		return err
	}
	v.Printed = title + " · " + about
	questions, err := s.questionsOf(ctx, c.rec)
	if err == nil && len(questions) > 0 {
		v.Asked, err = s.agreementLink(ctx, c.visitor, c.rec, c.round)
	}
	return err
}

// titleOfRound says which comments these are, where no page around them does: on what text, and its version, the round and the day.
func (s *Server) titleOfRound(ctx context.Context, l *i18n.Localizer, c *responsesCase) (title, about string, err error) {
	round, err := models.RoundByNumber(ctx, s.DB, c.rec.ID, c.round)
	if err != nil {
		return "", "", err
	}
	version, err := models.VersionByID(ctx, s.DB, round.VersionID)
	if err != nil {
		return "", "", err
	}
	return version.Title, strings.Join([]string{l.T("version.title", "Number", l.Number(version.Number)),
		l.T("responses.round", "Number", l.Number(c.round)), l.Date(s.Now(), c.zone)}, " · "), nil
}

// row shows a comment with what is answered to it.
func (c *responsesCase) row(e *Engine, l *i18n.Localizer, m models.Remark) (remarkRow, error) {
	by := c.authors[m.TaskID]
	row := remarkRow{Pick: fmt.Sprintf("%s:%d", m.ID, m.Revision), Href: responsesPath(c.rec.ID) + "/" + m.ID.String(),
		Comment: &Comment{ID: "c-" + m.ID.String(), Who: by.name, Capacity: by.capacity, At: m.At, Zone: c.zone, Lang: m.WrittenIn, Quote: m.Quote,
			Kind: &Badge{Tone: "plain", Icon: cmp.Or(kindIcons[m.Kind], "message"), Text: l.T("responses.kind." + string(m.Kind))}, Instead: m.Replacement,
			LeavesOut: m.Kind == models.CommentSuggestion && m.Replacement == ""}}
	row.Picked = c.form.Form.Has("pick", row.Pick)
	row.Original = c.originals[m.TaskID]
	if by.recorded != "" {
		row.Notes = append(row.Notes, by.recorded)
	}
	if conflict := c.conflicts[m.TaskID]; conflict.Shown() {
		row.Notes = append(row.Notes, l.T("conflict.badge")+": "+l.T("conflict.kind."+conflict.Kind))
	}
	if m.GroupTitle != "" {
		row.Notes = append(row.Notes, l.T("responses.in_group", "Title", m.GroupTitle))
	}
	if left := leftWords(l, c.left[m.ID]); left != "" {
		row.Notes = append(row.Notes, left)
	}
	var err error
	if row.Text, err = renderWords(m.Body, "c-"+m.ID.String()[24:]); err != nil {
		return row, err
	}
	var outcome *string
	if a := m.Response(); a != nil {
		outcome, row.Answered = &a.Outcome, true
		var said template.HTML
		if said, err = renderWords(a.Reason, "a-"+m.ID.String()[24:]); err != nil {
			return row, err
		}
		row.Answer = spoken(said, a.WrittenIn)
	}
	badge := outcomeBadge(l, outcome)
	row.Badge = &badge
	row.Head, err = c.head(e, l, m, row.Comment)
	return row, err
}

// headKey is what the head of a comment depends on: who said it and when is said by the answer that it belongs to.
type headKey struct {
	review uuid.UUID
	kind   models.CommentKind
	state  string
}

// head makes the head of a comment once for all that have the same: most comments of an answer are of few kinds.
func (c *responsesCase) head(e *Engine, l *i18n.Localizer, m models.Remark, comment *Comment) (template.HTML, error) {
	key := headKey{m.ReviewID, m.Kind, comment.Badge.Text}
	if made, ok := c.heads[key]; ok {
		return made, nil
	}
	made, err := e.Piece(l.Tag(), "responses", "comment-head", comment)
	if c.heads == nil {
		c.heads = map[headKey]template.HTML{}
	}
	c.heads[key] = made
	return made, err
}

// outcomeBadge says what became of a comment; nil is that nobody has answered it.
func outcomeBadge(l *i18n.Localizer, outcome *string) Badge {
	if outcome == nil {
		return Badge{"wait", "clock", l.T("responses.open")}
	}
	b := Badge{"done", "check", l.T("responses.outcome." + *outcome)}
	switch *outcome {
	case models.ResponsePartly:
		b.Tone, b.Icon = "action", "checks"
	case models.ResponseNotAccepted:
		b.Tone, b.Icon = "plain", "x"
	}
	return b
}

func outcomeOptions(l *i18n.Localizer) []Option {
	var options []Option
	for _, o := range models.ResponseOutcomes() {
		options = append(options, Option{Value: o, Label: l.T("responses.outcome." + o)})
	}
	return options
}
