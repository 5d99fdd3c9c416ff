// Package margin puts what somebody commented and changed in a Word file on the paragraphs of the text they had it from: as
// comments of an answer, which its writer looks through and sends. What has no place there stands beside the paragraph next to
// it, or is about the whole text; nothing is left out.
package margin

import (
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"tribuna/internal/anchor"
	"tribuna/internal/apperr"
	"tribuna/internal/files"
	"tribuna/internal/i18n"
	"tribuna/internal/markdown"
	"tribuna/internal/word"
	"tribuna/internal/worddiff"
	"tribuna/models"
)

// Limits of one comment and of one answer, as models.CommentPayload and models.ReviewPayload have them.
const (
	quoteMost    = 1000
	bodyMost     = 8000
	commentsMost = 200
)

// Found is what a file holds, as comments of an answer.
type Found struct {
	Comments  []models.CommentPayload
	Whole     []string // what is about the whole text, or about what stands around it
	Commented int      // comments in the file
	Suggested int      // changes in the file
	Beside    int      // of these, what stands beside its place
	Missing   int      // paragraphs of the text that are not in the file
}

// Nothing reports whether nobody commented or changed anything.
func (f *Found) Nothing() bool { return f.Commented+f.Suggested == 0 }

// Reasons are what is about the whole text, one after the other.
func (f *Found) Reasons() string { return strings.Join(f.Whole, "\n\n") }

// Place puts what was marked in a file on the paragraphs of a text. Given is the document the file was made of, which holds
// more than the text: a title, measures, who pays.
func Place(l *i18n.Localizer, m *word.Marked, body string, given word.Document) (*Found, error) {
	p, err := newPlacer(l, m, body, given)
	if err != nil {
		return nil, err
	}
	if err := p.recognise(); err != nil {
		return nil, err
	}
	for i := range m.Paragraphs {
		if p.paragraph(i); len(p.found.Comments) > commentsMost {
			return nil, tooMany()
		}
	}
	for _, said := range m.Loose {
		p.found.Commented++
		p.whole("", said)
	}
	if len(p.found.Comments) > commentsMost {
		return nil, tooMany()
	}
	slices.SortStableFunc(p.found.Comments, func(a, b models.CommentPayload) int { return a.Block - b.Block })
	return &p.found, nil
}

func tooMany() error { return apperr.Invalid(files.Field, "word_comments_many", "max", commentsMost) }

// Where a paragraph of the file stands in the text, where that is no paragraph of it.
const (
	nowhere = -1
	around  = -2 // with what goes out around the text
)

type placer struct {
	l      *i18n.Localizer
	marked []word.MarkedParagraph
	kinds  []markdown.Block
	words  []string         // of the text's paragraphs
	spelt  []anchor.Letters // the same
	frame  []anchor.Letters // what goes out around them
	at     []int            // by paragraph of the file: that of the text
	part   []anchor.Part    // by paragraph of the file: what of it, where it stands there word by word
	exact  []bool           // by paragraph of the file: it does
	found  Found
}

func newPlacer(l *i18n.Localizer, m *word.Marked, body string, given word.Document) (*placer, error) {
	p := &placer{l: l, marked: m.Paragraphs, kinds: markdown.Blocks(body)}
	var err error
	if p.words, err = markdown.Words(body); err != nil {
		return nil, err
	}
	for _, w := range p.words {
		p.spelt = append(p.spelt, anchor.Spell(w))
	}
	frame, err := given.Words()
	for _, w := range frame {
		p.frame = append(p.frame, anchor.Spell(w))
	}
	p.at, p.exact, p.part = make([]int, len(p.marked)), make([]bool, len(p.marked)), make([]anchor.Part, len(p.marked))
	return p, err
}

// recognise finds each paragraph of the file in the text, and refuses the file of another text.
func (p *placer) recognise() error {
	standing := map[int]bool{}
	for i, next := 0, 0; i < len(p.marked); i++ {
		m := p.marked[i]
		words := anchor.Spell(m.Before)
		if p.at[i] = p.search(words, next, m.Note); p.at[i] < 0 {
			continue
		}
		p.part[i], _ = p.spelt[p.at[i]].Find(words)
		p.exact[i], standing[p.at[i]] = true, true
		if !m.Note {
			next = max(next, p.at[i])
		}
	}
	p.guess(standing)
	readable, letters, stands := 0, 0, 0
	for b, k := range p.kinds {
		if !k.Readable() || p.words[b] == "" {
			continue
		}
		n := utf8.RuneCountInString(p.words[b])
		letters += n
		if readable++; standing[b] {
			stands += n
		} else {
			p.found.Missing++
		}
	}
	if readable > 0 && 2*stands < letters {
		return apperr.Invalid(files.Field, "word_other_text")
	}
	return nil
}

// short is what is too short to be known anywhere but where it is expected, in letters.
const short = 14

// search finds words in the text: as a whole paragraph from a place on, then within one, then before that place. Footnotes are
// looked for among footnotes, wherever they stand.
func (p *placer) search(words anchor.Letters, from int, note bool) int {
	if words.Nothing() {
		return nowhere
	}
	within, before := nowhere, nowhere
	for k := range p.spelt {
		b := (from + k) % len(p.spelt)
		if note != (p.kinds[b].Kind == markdown.KindFootnote) {
			continue
		}
		near := note || words.Count() >= short
		switch whole := p.spelt[b].Same(words); {
		case whole && b >= from:
			return b
		case b >= from && within == nowhere && (near || b-from < 4) && p.holds(b, words):
			within = b
		case b < from && before == nowhere && (whole || near && p.holds(b, words)):
			before = b
		}
	}
	switch {
	case within >= 0:
		return within
	case before >= 0:
		return before
	}
	for _, f := range p.frame {
		if _, ok := f.Find(words); ok {
			return around
		}
	}
	return nowhere
}

func (p *placer) holds(block int, words anchor.Letters) bool {
	_, ok := p.spelt[block].Find(words)
	return ok
}

// guess finds paragraphs whose words were changed without being tracked: what is like them among those of the text that are
// not in the file.
func (p *placer) guess(standing map[int]bool) {
	var lost, left []int
	var theirs, ours []string
	for i, m := range p.marked {
		if p.at[i] == nowhere && strings.TrimSpace(m.Before) != "" {
			lost, theirs = append(lost, i), append(theirs, m.Before)
		}
	}
	for b, words := range p.words {
		if !standing[b] && words != "" && p.kinds[b].Readable() {
			left, ours = append(left, b), append(ours, words)
		}
	}
	for k, pair := range worddiff.Pairs(theirs, ours) {
		if pair >= 0 {
			p.at[lost[k]] = left[pair]
			standing[left[pair]] = true
		}
	}
}

// paragraph puts what is marked in one paragraph of the file in its place.
func (p *placer) paragraph(i int) {
	m := p.marked[i]
	p.found.Commented += len(m.Comments)
	switch block := p.at[i]; {
	case block == around:
		p.besideText(m, func(quote, said string) { p.whole(quote, said) })
	case block == nowhere:
		p.added(i)
	case p.exact[i]:
		if m.Changed {
			text, at := p.part[i].Text()
			p.changes(block, at, text, m.After)
		}
		p.comments(block, m, p.part[i].Quote)
	default: // changed without being tracked
		p.changes(block, 0, p.words[block], m.After)
		p.comments(block, m, func(from, to int) anchor.Selector { return anchor.At([]rune(m.Before), from, to) })
	}
}

// comments puts the comments of a paragraph on the words they are about.
func (p *placer) comments(block int, m word.MarkedParagraph, quote func(from, to int) anchor.Selector) {
	for _, c := range m.Comments {
		about := quote(c.From, c.To)
		if about.Exact == "" && strings.TrimSpace(c.Put) != "" {
			p.add(block, anchor.Selector{}, quoted(c.Put, c.Body))
			continue
		}
		p.say(block, about, c.Body)
	}
}

// say puts a comment on words of a paragraph, or where they do not stand there on the paragraph, with the words.
func (p *placer) say(block int, quote anchor.Selector, said string) {
	switch found, ok := anchor.Find(p.words[block], quote); {
	case quote.Exact == "":
		p.add(block, anchor.Selector{}, said)
	case !ok:
		p.found.Beside++
		p.add(block, anchor.Selector{}, quoted(quote.Exact, said))
	case found.Exact == strings.TrimSpace(p.words[block]), utf8.RuneCountInString(found.Exact) > quoteMost:
		p.add(block, anchor.Selector{}, said)
	default:
		p.add(block, found, said)
	}
}

// near is how few characters that stay the same stand between two changes that are one.
const near = 8

// changes suggests what a passage of a paragraph, which begins at one of its characters, is to say instead.
func (p *placer) changes(block, at int, text, after string) {
	if after = strings.Join(strings.Fields(after), " "); len(after) > 2*len(text)+bodyMost { // nobody reads what that changes word by word
		p.found.Suggested++
		p.found.Beside++
		p.add(block, anchor.Selector{}, p.inWords("", after))
		return
	}
	paragraph := []rune(norm.NFC.String(p.words[block]))
	from, to, with, between := -1, at, "", ""
	flush := func() {
		if from >= 0 {
			p.suggest(block, paragraph, from, to, with)
		}
		from, with, between = -1, "", ""
	}
	for _, s := range worddiff.Compare(text, after) {
		n := utf8.RuneCountInString(s.Text)
		if s.Kind == worddiff.Same {
			if n >= near {
				flush()
			}
			at, between = at+n, between+s.Text
			continue
		}
		if from < 0 {
			from, between = at, ""
		}
		with, between = with+between, ""
		if s.Kind == worddiff.Added {
			with += s.Text
		} else {
			at += n
		}
		to = at
	}
	flush()
}

// suggest puts a change on the words it changes.
func (p *placer) suggest(block int, paragraph []rune, from, to int, with string) {
	from, to, with = wholeWords(paragraph, from, to, with)
	quote := anchor.At(paragraph, from, to)
	if with = strings.TrimSpace(with); quote.Exact == with {
		return // blanks alone
	}
	p.found.Suggested++
	found, ok := anchor.Find(p.words[block], quote)
	if !ok || utf8.RuneCountInString(found.Exact) > quoteMost || utf8.RuneCountInString(with) > bodyMost {
		p.found.Beside++
		p.add(block, anchor.Selector{}, p.inWords(quote.Exact, with))
		return
	}
	p.found.Comments = append(p.found.Comments, models.CommentPayload{Block: block, Kind: models.CommentSuggestion,
		Quote: found.Exact, Prefix: found.Prefix, Suffix: found.Suffix, Replacement: with})
}

// added puts a paragraph that the text does not have beside the one before it.
func (p *placer) added(i int) {
	m, block := p.marked[i], nowhere
	for k := i - 1; k >= 0 && block < 0; k-- {
		block = p.at[k]
	}
	put := func(quote, said string) { p.whole(quote, said) }
	if block >= 0 {
		put = func(quote, said string) {
			p.found.Beside++
			p.add(block, anchor.Selector{}, quoted(quote, said))
		}
	}
	if after := strings.Join(strings.Fields(m.After), " "); after != "" {
		p.found.Suggested++
		put("", p.l.T("margin.new_paragraph", "Words", after))
	}
	text := []rune(m.Before)
	for _, c := range m.Comments {
		put(anchor.At(text, c.From, c.To).Exact+c.Put, c.Body)
	}
}

// besideText says of words that stand around the text what was commented and changed in them.
func (p *placer) besideText(m word.MarkedParagraph, put func(quote, said string)) {
	text := []rune(m.Before)
	if was, is := strings.Join(strings.Fields(m.Before), " "), strings.Join(strings.Fields(m.After), " "); m.Changed && was != is {
		p.found.Suggested++
		put("", p.inWords(was, is))
	}
	for _, c := range m.Comments {
		quote := anchor.At(text, c.From, c.To).Exact
		if quote == "" {
			quote = strings.TrimSpace(m.Before)
		}
		put(quote, c.Body)
	}
}

// inWords says what a change is where it cannot be one.
func (p *placer) inWords(out, with string) string {
	switch {
	case out == "":
		return p.l.T("margin.put_in", "Words", with)
	case with == "":
		return p.l.T("margin.leave_out", "Words", out)
	}
	return p.l.T("margin.instead", "Words", out, "With", with)
}

func (p *placer) whole(quote, said string) {
	p.found.Beside++
	p.found.Whole = append(p.found.Whole, quoted(quote, said))
}

// add adds a comment, and where it is longer than one may be several.
func (p *placer) add(block int, at anchor.Selector, said string) {
	for letters := []rune(said); len(letters) > 0; {
		n := min(len(letters), bodyMost)
		p.found.Comments = append(p.found.Comments, models.CommentPayload{Block: block, Kind: models.CommentRemark, Quote: at.Exact, Prefix: at.Prefix,
			Suffix: at.Suffix, Body: string(letters[:n])})
		letters = letters[n:]
	}
}

// quoted is what was said of words, with the words.
func quoted(words, said string) string {
	if words = strings.Join(strings.Fields(words), " "); words == "" {
		return said
	}
	return "“" + words + "”: " + said
}
