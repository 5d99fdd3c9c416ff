package web

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
	"tribuna/internal/i18n"
	"tribuna/models"
)

// sendOutcomeView is the page on which somebody looks at what would be told to those who commented, before it is sent.
type sendOutcomeView struct {
	actView
	Round    int
	Rounds   []Option
	Filter   *Form
	Here     string
	Readers  int    // who commented
	Due      int    // a mail is owed to
	Fresh    int    // of them, who were not told before
	Changed  int    // and to whom it is otherwise now
	Told     int    // who are owed nothing new
	ReadIn   string // languages, with how many read in each
	Comments int    // that are answered
	Open     []openRow
	More     int // open ones that are not listed
	Nameless bool
	People   []outcomeReaderRow
	Seen     string
	Problem  string // why nothing can be sent; "" where it can
	Zone     *time.Location
}

// outcomeReaderRow is somebody who commented, where they may be named.
type outcomeReaderRow struct {
	Name, Capacity string
	Comments, Open int
	Badge          Badge
}

// openRow is a comment that nobody has answered.
type openRow struct{ Href, Where, Words, Lang string }

// mostOpenListed is how many comments without an answer are listed.
const mostOpenListed = 20

func (s *Server) showSendOutcome(w http.ResponseWriter, r *http.Request) error {
	c, err := s.beginResponses(r)
	if err != nil {
		return err
	}
	return s.renderSendOutcome(w, r, c)
}

// takeSendOutcome tells those who commented what became of it.
func (s *Server) takeSendOutcome(w http.ResponseWriter, r *http.Request) error {
	c, err := s.beginResponses(r)
	if err != nil {
		return err
	}
	l, sent := Localizer(r), 0
	if c.round == 0 {
		return s.renderSendOutcome(w, r, c)
	}
	in := models.OutcomeInput{Seen: r.PostFormValue("seen"), LeaveOut: r.PostFormValue("leave_out") != ""}
	err = s.DB.RunInTx(r.Context(), nil, func(ctx context.Context, tx bun.Tx) (err error) {
		sent, err = models.SendOutcome(ctx, tx, c.rec, c.round, in, c.visitor.Person, s.Now())
		return err
	})
	said, tone := l.N("outcome.sent", sent), "done"
	switch apperr.CodeOf(err) {
	case "":
	case apperr.CodeOutdated:
		said, tone = l.T("outcome.look_again"), "harm"
	case apperr.CodeClosed, apperr.CodeWrongStage: // the page says why
		said, tone = l.T("outcome.nothing_sent"), "harm"
	default:
		if err := c.again(r, err); err != nil {
			return err
		}
		return s.renderSendOutcome(w, r, c)
	}
	s.flash(r, tone, said)
	http.Redirect(w, r, sendOutcomePath(c), http.StatusSeeOther)
	return nil
}

func sendOutcomePath(c *responsesCase) string {
	return responsesPath(c.rec.ID) + "/send?round=" + strconv.Itoa(c.round)
}

func (s *Server) renderSendOutcome(w http.ResponseWriter, r *http.Request, c *responsesCase) error {
	l := Localizer(r)
	v := sendOutcomeView{actView: s.newActView(r, c.officerAct, l.T("outcome.send_title")), Round: c.round, Here: responsesPath(c.rec.ID) + "/send",
		Filter: NewForm(r.URL.Query())}
	v.Back = responsesPath(c.rec.ID)
	if c.round > 0 {
		v.Action, v.Back = sendOutcomePath(c), v.Back+"?round="+strconv.Itoa(c.round)
		for _, n := range c.rounds {
			v.Rounds = append(v.Rounds, Option{Value: strconv.Itoa(n), Label: l.T("responses.round", "Number", l.Number(n))})
		}
		if err := s.fillSendOutcome(r.Context(), l, c, &v); err != nil {
			return err
		}
	}
	s.Engine.Render(w, r, c.form.status, "outcome_send", v)
	return nil
}

// fillSendOutcome counts, and names those who commented where the round and the reader let them be named.
func (s *Server) fillSendOutcome(ctx context.Context, l *i18n.Localizer, c *responsesCase, v *sendOutcomeView) error {
	p, err := models.PlanOutcome(ctx, s.DB, c.as, c.rec.ID, c.round)
	if err != nil {
		return err
	}
	v.Seen, v.Readers, v.Due = p.Seen(), len(p.Readers), len(p.Due())
	v.Problem = outcomeProblem(l, p, c.rec)
	v.Nameless = p.Round.Anonymised() && !c.visitor.viewer().HoldsKey(c.rec)
	for _, o := range p.Readers {
		v.Comments += len(o.Answered)
		switch {
		case o.ToldAt != nil && !o.Changed:
			v.Told++
		case o.Due() && o.ToldAt != nil:
			v.Changed++
		case o.Due():
			v.Fresh++
		}
	}
	if v.Zone, err = s.zoneOf(ctx, c.visitor.Person); err != nil {
		return err
	}
	if v.ReadIn, err = s.readIn(ctx, l, c.rec, c.round); err != nil {
		return err
	}
	if err := s.fillOpen(ctx, l, c, v); err != nil || v.Nameless {
		return err
	}
	return s.fillOutcomeReaders(ctx, l, c.rec, p, v)
}

// readIn says in which languages those read who commented in a round, and how many in each; "" where nobody did.
func (s *Server) readIn(ctx context.Context, l *i18n.Localizer, rec *models.Recommendation, round int) (string, error) {
	all, err := models.OutcomeLanguages(ctx, s.DB, rec.ID, round)
	said := make([]string, len(all))
	for i, in := range all {
		said[i] = l.T("outcome.language_of", "Language", l.Language(in.Language), "Number", l.Number(in.People))
	}
	return strings.Join(said, ", "), err
}

// outcomeProblem says why nothing can be sent; "" where it can.
func outcomeProblem(l *i18n.Localizer, p *models.OutcomePlan, rec *models.Recommendation) string {
	err := p.Sendable(rec)
	switch {
	case err == nil:
		return ""
	case len(p.Readers) == 0:
		return l.T("outcome.problem.nobody")
	case apperr.CodeOf(err) == apperr.CodeWrongStage:
		return l.T("outcome.problem.undecided")
	case rec.Stage == models.StageWithdrawn:
		return l.T("outcome.problem.withdrawn")
	case p.Open() > 0:
		return l.T("outcome.problem.unanswered")
	}
	return l.T("outcome.problem.all_told")
}

func (s *Server) fillOpen(ctx context.Context, l *i18n.Localizer, c *responsesCase, v *sendOutcomeView) error {
	open, err := models.Remarks(ctx, s.DB, models.RemarkFilter{Recommendation: c.rec.ID, As: c.as, Round: c.round, Open: true})
	if err != nil {
		return err
	}
	for i, m := range open {
		if i == mostOpenListed {
			v.More = len(open) - i
			break
		}
		where := l.T("responses.whole")
		if m.Block >= 0 {
			where = l.T("recommendation.paragraph", "Number", l.Number(m.Block+1))
		}
		said, lang := m.Body, m.WrittenIn
		if said == "" {
			said, lang = m.Replacement, c.rec.Language
		}
		v.Open = append(v.Open, openRow{responsesPath(c.rec.ID) + "/" + m.ID.String(), where + " · " + l.T("responses.kind."+string(m.Kind)), beginning(said), lang})
	}
	return nil
}

// beginning is the first words of what somebody said.
func beginning(said string) string {
	const most = 90
	letters := []rune(said)
	if len(letters) <= most {
		return said
	}
	return string(letters[:most]) + "…"
}

func (s *Server) fillOutcomeReaders(ctx context.Context, l *i18n.Localizer, rec *models.Recommendation, p *models.OutcomePlan, v *sendOutcomeView) error {
	var reviews []models.Review
	for _, o := range p.Readers {
		reviews = append(reviews, o.Review)
	}
	authors, err := s.authorsOf(ctx, l, rec, reviews)
	if err != nil {
		return err
	}
	for _, o := range p.Readers {
		by := authors[o.Review.TaskID]
		row := outcomeReaderRow{Name: by.name, Capacity: by.capacity, Comments: len(o.Answered) + o.Open, Open: o.Open}
		switch {
		case len(o.Answered) == 0:
			row.Badge = Badge{"wait", "clock", l.T("responses.open")}
		case o.ToldAt == nil:
			row.Badge = Badge{"action", "send", l.T("outcome.state.fresh")}
		case o.Changed:
			row.Badge = Badge{"action", "refresh", l.T("outcome.state.changed")}
		default:
			row.Badge = Badge{"done", "check", l.T("outcome.state.told", "Date", l.Date(*o.ToldAt, v.Zone))}
		}
		v.People = append(v.People, row)
	}
	return nil
}
