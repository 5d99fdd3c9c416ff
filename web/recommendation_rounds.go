package web

import (
	"context"
	"html/template"
	"slices"
	"time"

	"github.com/google/uuid"

	"tribuna/internal/i18n"
	"tribuna/internal/markdown"
	"tribuna/models"
)

// roundView is one round of review: what was answered, and what was said of which paragraph.
type roundView struct {
	Number, Version  int
	State            Badge
	Due              time.Time
	Closing          time.Time // zero unless answers can still be changed
	Answered, Enough int
	Votes            []string // in words
	Reviews          []reviewRow
	Blocks           []remarkedBlock
	Decision, Reason string
	ReasonLang       string // "" where nobody said
	Lang             string
	Zone             *time.Location
	Hides            string // what an anonymised round hides from the reader; "" in an open one
	Whole            bool   // the reader sees the experts' answers too, not only the partners'
}

// reviewRow is what an expert or a partner answered.
type reviewRow struct {
	Who, Capacity string
	Answer        *Badge // nil in the consultation
	Reasons       template.HTML
	Lang          string // of the reasons; "" where nobody said
	At            time.Time
	Late          bool
	Remarks       int
	Said          []saidTo  // to the questions of the procedure
	Conflict      string    // of interest; "" where none is shown
	Recorded      string    // who wrote it down for them, in a sentence; "" where they sent it themselves
	Original      *original // of what was recorded for them; nil where there is none that the reader may see
	Note          string    // in confidence, shown where one weighs the answers
	inConfidence  string    // that note, of a reader who may read it
	saidInAll     []saidTo  // with the answers given in confidence, likewise
}

// withConfidence shows what was said to the officer in charge alone, to a reader who may read it.
func (v *roundView) withConfidence() {
	for i := range v.Reviews {
		row := &v.Reviews[i]
		row.Note, row.Said = row.inConfidence, row.saidInAll
	}
}

// remarkedBlock is a paragraph with the remarks on it.
type remarkedBlock struct {
	Number  int
	HTML    template.HTML
	Remarks []*Comment
}

func (s *Server) fillRounds(ctx context.Context, l *i18n.Localizer, p *visitorPage) error {
	if !p.Owner && !p.network {
		return nil
	}
	rounds, err := models.Rounds(ctx, s.DB, p.Rec.ID)
	if err != nil {
		return err
	}
	for i := range rounds {
		round, err := s.roundView(ctx, l, p.visitor.viewer(), p.Rec, &rounds[i], p.Owner, p.Zone)
		if err != nil {
			return err
		}
		p.Rounds = append(p.Rounds, round)
	}
	return nil
}

// roundView gathers a round. What experts said is confidential: whole is for the owners; others in the network see the
// partners' words.
func (s *Server) roundView(ctx context.Context, l *i18n.Localizer, reader models.Viewer, rec *models.Recommendation, round *models.ReviewRound, whole bool, zone *time.Location) (*roundView, error) {
	version, err := models.VersionByID(ctx, s.DB, round.VersionID)
	if err != nil {
		return nil, err
	}
	reviews, err := models.ReviewsAs(ctx, s.DB, reader.Attribution(rec), rec.ID, round.Number)
	if err != nil {
		return nil, err
	}
	v := &roundView{Number: round.Number, Version: version.Number, Due: round.DueAt, Enough: round.Enough, Lang: rec.Language, Whole: whole,
		Zone: zone, Reason: round.DecisionReason, ReasonLang: round.DecisionWrittenIn, State: roundBadge(l, round)}
	if round.ClosingAt != nil && round.ClosedAt == nil {
		v.Closing = *round.ClosingAt
	}
	if round.Decision != nil {
		v.Decision = l.T("recommendation.round.decided." + *round.Decision)
	}
	if v.Answered, err = round.ExpertsAnswered(ctx, s.DB); err != nil {
		return nil, err
	}
	v.count(l, reviews)
	if v.Hides, err = s.hides(ctx, l, reader, rec, round, v.Answered, reviews); err != nil {
		return nil, err
	}
	if !whole {
		reviews = slices.DeleteFunc(reviews, func(rv models.Review) bool { return rv.OrganisationID == nil })
	}
	authors, err := s.authorsOf(ctx, l, rec, reviews)
	if err != nil {
		return nil, err
	}
	originals, err := s.originalsOf(ctx, reader, rec.ID)
	if err != nil {
		return nil, err
	}
	questions, err := s.questionsOf(ctx, rec)
	if err != nil {
		return nil, err
	}
	conflicts, err := models.ConflictsOf(ctx, s.DB, rec.ID)
	if err != nil {
		return nil, err
	}
	for _, rv := range reviews {
		row, err := newReviewRow(l, rv, authors[rv.TaskID])
		if err != nil {
			return nil, err
		}
		said := rv.WithoutConfidence(questions) // which stands where the answers are compared and weighed, for the officer in charge
		row.Original = originals[rv.TaskID]
		row.Said = saidOfQuestions(l, questions, &said, false)
		if row.saidInAll = row.Said; reader.MayReadConfidence(rec) {
			row.inConfidence, row.saidInAll = rv.ConfidentialNote, saidOfQuestions(l, questions, &rv, false)
		}
		if c := conflicts[rv.TaskID]; c.Shown() {
			row.Conflict = l.T("conflict.kind." + c.Kind)
		}
		v.Reviews = append(v.Reviews, row)
	}
	v.Blocks, err = remarkedBlocks(l, version.Body, reviews, authors, zone)
	return v, err
}

// hides says what an anonymised round hides from a reader; "" where it hides nothing.
func (s *Server) hides(ctx context.Context, l *i18n.Localizer, reader models.Viewer, rec *models.Recommendation, round *models.ReviewRound, answered int, reviews []models.Review) (string, error) {
	labelled := slices.ContainsFunc(reviews, func(rv models.Review) bool { return rv.Label > 0 })
	switch {
	case !round.Anonymised():
		return "", nil
	case reader.HoldsKey(rec):
		return l.T("anonymity.key_yours"), nil
	case round.ClosedAt == nil:
		return l.T("anonymity.held"), nil
	case answered > 0 && !labelled:
		return l.T("anonymity.too_few"), nil
	}
	knows, err := models.TookChargeKnowing(ctx, s.DB, rec)
	if knows {
		return l.T("anonymity.labelled_known"), err
	}
	return l.T("anonymity.labelled"), err
}

func roundBadge(l *i18n.Localizer, round *models.ReviewRound) Badge {
	switch {
	case round.Decision != nil:
		return Badge{"done", "check", l.T("recommendation.round.decided")}
	case round.ClosedAt != nil:
		return Badge{"wait", "gavel", l.T("recommendation.round.closed")}
	case round.ClosingAt != nil:
		return Badge{"action", "clock", l.T("recommendation.round.closing")}
	default:
		return Badge{"action", "arrow-right", l.T("recommendation.round.open")}
	}
}

// count says how many experts answered what: figures, so that they hold nothing confidential.
func (v *roundView) count(l *i18n.Localizer, reviews []models.Review) {
	votes := map[string]int{}
	for _, rv := range reviews {
		if rv.Answer != nil && (rv.Anonymity == models.AnonymityOpen || rv.Label > 0) { // while a round hides, no vote is told by the moment it came
			votes[*rv.Answer]++
		}
	}
	for _, a := range []string{models.AnswerSupport, models.AnswerSupportWithChanges, models.AnswerDoNotSupport} {
		if votes[a] > 0 {
			v.Votes = append(v.Votes, l.N("recommendation.votes."+a, votes[a]))
		}
	}
}

// author is who wrote a review, in which capacity.
type author struct {
	name, capacity string
	recorded       string // who wrote the answer down for them, in a sentence; "" where they sent it themselves
}

// authorsOf names who gave answers, by question: as far as the reader may know for whom they were read. Every page and file that
// shows an answer names its author by it.
func (s *Server) authorsOf(ctx context.Context, l *i18n.Localizer, rec *models.Recommendation, reviews []models.Review) (map[uuid.UUID]author, error) {
	var ids, organisations []uuid.UUID
	for _, rv := range reviews {
		ids = append(ids, rv.PersonID)
		organisations = appendID(organisations, rv.OrganisationID)
	}
	people, err := models.PeopleByID(ctx, s.DB, ids)
	if err != nil {
		return nil, err
	}
	list, err := models.Organisations(ctx, s.DB, models.OrganisationFilter{IDs: append(organisations, uuid.Nil)})
	if err != nil {
		return nil, err
	}
	units, err := models.AskedUnits(ctx, s.DB, rec.ID)
	if err != nil {
		return nil, err
	}
	recorded, err := models.RecordedFor(ctx, s.DB, rec.ID)
	if err != nil {
		return nil, err
	}
	names := map[uuid.UUID]string{}
	for _, o := range list {
		names[o.ID] = o.Name
	}
	authors := map[uuid.UUID]author{}
	for _, rv := range reviews {
		a := author{name: people[rv.PersonID].Name, capacity: l.T("recommendation.capacity.expert")}
		if rv.OrganisationID != nil {
			a.capacity = l.T("recommendation.capacity.for", "Organisation", l.ForUnit(units[rv.TaskID].Name, names[*rv.OrganisationID]))
		}
		if by := recorded[rv.TaskID]; by != "" {
			a.recorded = l.T("review.recorded_by", "Name", by)
		}
		switch {
		case rv.Masked:
			a.name = withoutName(l, rv.Label)
		case rv.Label > 0:
			a.name = l.T("anonymity.key", "Name", a.name, "Reviewer", withoutName(l, rv.Label))
		}
		authors[rv.TaskID] = a
	}
	return authors, nil
}

// withoutName is what an expert is called who is not named: by their letter, where the round gave one.
func withoutName(l *i18n.Localizer, label models.Label) string {
	if label == 0 {
		return l.T("recommendation.somebody.expert")
	}
	return l.T("anonymity.reviewer", "Letter", label.Letter())
}

func newReviewRow(l *i18n.Localizer, rv models.Review, by author) (reviewRow, error) {
	row := reviewRow{Who: by.name, Capacity: by.capacity, At: rv.AnsweredAt, Late: rv.Late, Lang: rv.WrittenIn, Remarks: len(rv.Comments),
		Recorded: by.recorded}
	if rv.Answer != nil {
		b := answerBadge(l, *rv.Answer)
		row.Answer = &b
	}
	var err error
	row.Reasons, err = renderWords(rv.Reasons, "reasons-"+rv.TaskID.String()[24:])
	return row, err
}

func answerBadge(l *i18n.Localizer, answer string) Badge {
	b := Badge{Tone: "done", Icon: "thumb-up", Text: l.T("recommendation.answer." + answer)}
	switch answer {
	case models.AnswerSupportWithChanges:
		b.Tone, b.Icon = "action", "edit"
	case models.AnswerDoNotSupport:
		b.Tone, b.Icon = "harm", "thumb-down"
	}
	return b
}

// renderWords renders what people said, far below the page's own headings.
func renderWords(words, prefix string) (template.HTML, error) {
	if words == "" {
		return "", nil
	}
	return markdown.Render(words, markdown.WithHeadingShift(4), markdown.WithIDPrefix(prefix+"-"), markdown.WithTypedHTML())
}

// remarkedBlocks puts the remarks beside the paragraphs that they are about.
func remarkedBlocks(l *i18n.Localizer, body string, reviews []models.Review, authors map[uuid.UUID]author, zone *time.Location) ([]remarkedBlock, error) {
	remarks := map[int][]*Comment{}
	for _, rv := range reviews {
		for _, c := range rv.Comments {
			remark, err := newRemark(l, rv, c, authors[rv.TaskID], zone)
			if err != nil {
				return nil, err
			}
			remarks[c.Block] = append(remarks[c.Block], remark)
		}
	}
	if len(remarks) == 0 {
		return nil, nil
	}
	rendered, err := markdown.RenderBlocks(body, markdown.WithHeadingShift(4), markdown.WithIDPrefix("remarked-"))
	if err != nil {
		return nil, err
	}
	var blocks []remarkedBlock
	for i, b := range rendered {
		if len(remarks[i]) > 0 {
			blocks = append(blocks, remarkedBlock{Number: i + 1, HTML: b.HTML, Remarks: remarks[i]})
		}
	}
	return blocks, nil
}
