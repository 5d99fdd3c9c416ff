package word

import (
	"strings"

	"tribuna/internal/i18n"
)

// OutcomeSheet is what became of the comments of a round, to be read and put on file. Who said what stands in it as far as whoever
// asks for it may know, and a file names nobody who does not want to be named: the caller sees to that.
type OutcomeSheet struct {
	Title, Language string // of the text
	Organisation    string // that owns it
	Round           int
	Parts           []OutcomePart
}

// OutcomePart is a group of comments with its answer, or with no heading those that stand alone, each with its own.
type OutcomePart struct {
	Heading                    string
	Outcome, Reason, WrittenIn string // of the group; Outcome "" where it has none
	Comments                   []OutcomeComment
}

// OutcomeComment is a comment. Outcome is what is answered to it alone; "" where its group's answer holds.
type OutcomeComment struct {
	Where, Kind, From          string
	Quote, Words, Instead      string // Instead: what a suggestion puts in the place of the quote
	In                         string // language of the words
	Outcome, Reason, WrittenIn string
}

// Document is the sheet in the words of a language.
func (s OutcomeSheet) Document(l *i18n.Localizer) Document {
	in := &composer{words: l, doc: Document{Language: l.Tag(), Title: l.T("outcome.file_title"), Organisation: unmarked(s.Organisation)}}
	in.doc.Date = l.T("outcome.file_round", "Number", l.Number(s.Round))
	in.add("**" + in.in(s.Title, s.Language) + "**")
	if len(s.Parts) == 0 {
		in.add(in.own(l.T("outcome.file_none")))
	}
	for _, p := range s.Parts {
		heading := p.Heading
		if heading == "" {
			heading = l.T("outcome.ungrouped")
		}
		in.add("## " + escape(heading))
		in.answer(p.Outcome, p.Reason, p.WrittenIn)
		for _, c := range p.Comments {
			in.comment(c, s.Language)
		}
	}
	in.doc.Markdown = strings.Join(in.parts, "\n\n") + "\n"
	return in.doc
}

func (c *composer) comment(said OutcomeComment, language string) {
	c.add("### " + escape(said.Where+" – "+said.Kind))
	c.add(escape(c.words.T("outcome.from", "Name", said.From)))
	if said.Quote != "" {
		c.add("> " + c.in(said.Quote, language))
	}
	if said.Instead != "" {
		c.add("*" + escape(c.words.T("responses.column.replacement")) + ":* " + c.in(said.Instead, language))
	}
	c.paragraphs(said.Words, said.In)
	c.answer(said.Outcome, said.Reason, said.WrittenIn)
}

// answer says what is answered, and why.
func (c *composer) answer(outcome, reason, language string) {
	if outcome == "" {
		return
	}
	c.add("**" + escape(c.words.T("mail.responses.answer", "Outcome", outcome)) + "**")
	c.paragraphs(reason, language)
}

// paragraphs sets what somebody typed, as they typed it: marks in it are letters here.
func (c *composer) paragraphs(words, language string) {
	for line := range strings.SplitSeq(words, "\n") {
		if strings.TrimSpace(line) != "" {
			c.add(c.in(line, language))
		}
	}
}
