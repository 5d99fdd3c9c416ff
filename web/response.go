package web

import (
	"context"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/mux"
	"github.com/uptrace/bun"

	"tribuna/internal/access"
	"tribuna/internal/apperr"
	"tribuna/internal/i18n"
	"tribuna/internal/validation"
	"tribuna/models"
)

// responseRoutes register the pages on which those who own a text answer the comments on it.
func (s *Server) responseRoutes(r *mux.Router) {
	s.get(r, "/recommendations/{id}/responses", s.showResponses)
	s.post(r, "/recommendations/{id}/responses", s.takeResponses)
	s.get(r, "/recommendations/{id}/responses.xlsx", s.responsesSheet)
	s.get(r, "/recommendations/{id}/responses.{form:docx|pdf}", s.responsesFile)
	s.get(r, "/recommendations/{id}/responses/send", s.showSendOutcome)
	s.post(r, "/recommendations/{id}/responses/send", s.takeSendOutcome)
	s.get(r, "/recommendations/{id}/responses/apply", s.showPutIn)
	s.post(r, "/recommendations/{id}/responses/apply", s.takePutIn)
	s.get(r, "/recommendations/{id}/responses/{item}", s.showResponse)
	s.post(r, "/recommendations/{id}/responses/{item}", s.takeResponse)
	s.post(r, "/recommendations/{id}/responses/{item}/apply", s.applySuggestion)
}

func responsesPath(rec uuid.UUID) string { return recommendationPath(rec) + "/responses" }

// responsesView is the page with all comments of a round beside their paragraphs.
type responsesView struct {
	actView
	Round     int // 0: none is closed yet
	Rounds    []Option
	Filter    *Form
	Kinds     []Option
	Froms     []Option
	Filtered  bool
	Count     Progress
	Outcomes  []Option
	Groups    []commentGroupRow
	Blocks    []answeredBlock
	Sheet     string     // address of the same as a file
	Files     []fileLink // likewise, to be read
	Send      string     // where it is told to those who commented
	Lang      string     // of the text
	Here, All string     // addresses of the list as it is and without filters
	Printed   string     // what stands above the list on paper: the text, its version, the round, the day
	PutIn     *toPutIn   // accepted suggestions that wait to be put into the text
	Left      *toPutIn   // those among the comments shown that the text follows, or may, although they are not accepted any more
	ReadIn    string     // the languages of those who commented, with how many read in each
	Asked     string     // where the answers to the procedure's own questions are compared; "" where there are none
}

// MainBelow reports whether the next thing to do is not to tell those who commented, but to put their words into the text.
func (v responsesView) MainBelow() bool { return v.PutIn != nil && v.PutIn.Href != "" }

// commentGroupRow is a group with what is answered to it.
type commentGroupRow struct {
	ID, Title, Href string
	Comments        int
	Badge           Badge
}

// remarkRow is a comment to choose and to answer.
type remarkRow struct {
	*Comment
	Pick     string // value of its box: which comment, and which answer of it was seen
	Picked   bool
	Answered bool
	Href     string
}

// answeredBlock is a paragraph with the comments on it; its number is 0 where they are about the whole text.
type answeredBlock struct {
	Number int
	Text   remarkedBlock
	Rows   []remarkRow
}

// responsesCase is what the pages work with: the comments of one round, as far as they were asked for.
type responsesCase struct {
	*officerAct
	round     int
	rounds    []int
	as        models.Attribution // what the reader may know of who made them
	filter    models.RemarkFilter
	remarks   []models.Remark
	authors   map[uuid.UUID]author
	namings   models.Namings                 // who is named in a file; read for files alone
	numbers   map[uuid.UUID]int              // likewise, by which experts are called who are not, by answer
	conflicts map[uuid.UUID]*models.Conflict // declared, by question
	originals map[uuid.UUID]*original        // of what was recorded for somebody, by the question
	left      map[uuid.UUID]models.Left      // what the text still follows although it is not accepted any more
	zone      *time.Location
	heads     map[headKey]template.HTML // of comments
}

// beginResponses reads which comments an address asks for.
func (s *Server) beginResponses(r *http.Request) (*responsesCase, error) {
	a, err := s.beginAct(r, access.DecideReview, false)
	if err != nil {
		return nil, err
	}
	c := &responsesCase{officerAct: a}
	if c.rounds, err = models.ClosedRounds(r.Context(), s.DB, a.rec.ID); err != nil || len(c.rounds) == 0 {
		return c, err
	}
	q := r.URL.Query()
	c.as = a.visitor.viewer().Attribution(a.rec)
	c.round = c.rounds[0]
	if n, err := strconv.Atoi(q.Get("round")); err == nil && slices.Contains(c.rounds, n) {
		c.round = n
	}
	c.filter = models.RemarkFilter{Recommendation: a.rec.ID, As: c.as, Round: c.round, From: q.Get("from"), Open: q.Get("open") != ""}
	if kind := models.CommentKind(q.Get("kind")); slices.Contains(models.RemarkKinds(), kind) {
		c.filter.Kind = kind
	}
	return c, nil
}

// load reads the comments, and who made them.
func (c *responsesCase) load(ctx context.Context, s *Server, l *i18n.Localizer) error {
	if c.round == 0 && len(c.filter.IDs) == 0 && c.filter.Group == uuid.Nil {
		return nil
	}
	var err error
	if c.remarks, err = models.Remarks(ctx, s.DB, c.filter); err != nil {
		return err
	}
	var reviews []models.Review
	seen := map[uuid.UUID]bool{}
	for _, m := range c.remarks {
		if !seen[m.TaskID] { // one answer holds many remarks
			seen[m.TaskID] = true
			reviews = append(reviews, m.By())
		}
	}
	if c.authors, err = s.authorsOf(ctx, l, c.rec, reviews); err != nil {
		return err
	}
	if c.conflicts, err = models.ConflictsOf(ctx, s.DB, c.rec.ID); err != nil {
		return err
	}
	if c.originals, err = s.originalsOf(ctx, c.visitor.viewer(), c.rec.ID); err != nil {
		return err
	}
	if c.left, err = models.LeftInText(ctx, s.DB, c.rec, c.remarks); err != nil {
		return err
	}
	c.zone, err = s.zoneOf(ctx, c.visitor.Person)
	return err
}

// whole are all comments of the round, also those that the address does not ask for.
func (c *responsesCase) whole(ctx context.Context, s *Server) ([]models.Remark, error) {
	if !c.filtered() {
		return c.remarks, nil
	}
	return models.Remarks(ctx, s.DB, models.RemarkFilter{Recommendation: c.rec.ID, As: c.as, Round: c.round})
}

func (c *responsesCase) filtered() bool {
	return c.filter.Kind != "" || c.filter.From != "" || c.filter.Open
}

func (s *Server) showResponses(w http.ResponseWriter, r *http.Request) error {
	c, err := s.beginResponses(r)
	if err != nil {
		return err
	}
	if kept, err := s.keepsWords(w, r, c.officerAct, "comments"); kept || err != nil {
		return err
	}
	return s.renderResponses(w, r, c)
}

// takeResponses answers the chosen comments alike, or puts them into a group.
func (s *Server) takeResponses(w http.ResponseWriter, r *http.Request) error {
	c, err := s.beginResponses(r)
	if err != nil {
		return err
	}
	if kept, err := s.keepsWords(w, r, c.officerAct, "comments"); kept || err != nil {
		return err
	}
	l, said := Localizer(r), ""
	picked, err := readPicks(r.PostForm["pick"])
	if err == nil && r.PostFormValue("do") == "group" {
		in := models.GroupInput{Title: words(r, "title")}
		said, err = s.group(r, c, picked, in)
	} else if err == nil {
		in := responseInput(r)
		said, err = l.N("responses.answered", len(picked)), s.storeResponses(r, c.officerAct, in, func(ctx context.Context, tx bun.Tx) error {
			return models.Respond(ctx, tx, c.rec.ID, picked, in, c.visitor.Person.ID, s.Now())
		})
	}
	if err == nil {
		s.flash(r, "done", said)
		http.Redirect(w, r, r.URL.RequestURI(), http.StatusSeeOther)
		return nil
	}
	if err := c.responseAgain(r, err); err != nil {
		return err
	}
	return s.renderResponses(w, r, c)
}

// group puts comments into a group, and says so, and which groups they left for it.
func (s *Server) group(r *http.Request, c *responsesCase, picked []models.SeenRemark, in models.GroupInput) (string, error) {
	var g *models.CommentGroup
	err := s.storeResponses(r, c.officerAct, in, func(ctx context.Context, tx bun.Tx) (err error) {
		g, err = models.GroupRemarks(ctx, tx, c.rec.ID, c.round, picked, in, s.Now())
		return err
	})
	if err != nil {
		return "", err
	}
	l := Localizer(r)
	said := []string{l.N("responses.grouped", len(picked))}
	for _, left := range g.Left {
		switch {
		case left.Gone && left.Answered:
			said = append(said, l.T("responses.group_gone_answered", "Title", left.Title))
		case left.Gone:
			said = append(said, l.T("responses.group_gone", "Title", left.Title))
		default:
			said = append(said, l.N("responses.group_left", left.Comments, "Title", left.Title))
		}
	}
	return strings.Join(said, " "), nil
}

// storeResponses writes what a form asks for, and forgets what was kept of it.
func (s *Server) storeResponses(r *http.Request, a *officerAct, in any, write func(context.Context, bun.Tx) error) error {
	if err := validation.Check(in); err != nil {
		return err
	}
	return s.DB.RunInTx(r.Context(), nil, func(ctx context.Context, tx bun.Tx) error {
		if err := write(ctx, tx); err != nil {
			return err
		}
		return models.ForgetKept(ctx, tx, a.visitor.Person.ID, a.kept.name)
	})
}

// responseAgain is again, with the name this form has for what becomes of a comment.
func (a *officerAct) responseAgain(r *http.Request, err error) error {
	if err := a.again(r, err); err != nil {
		return err
	}
	for i, e := range a.form.Form.Errors {
		if e.Name == "outcome" {
			a.form.Form.Errors[i].Label = Localizer(r).T("responses.outcome")
		}
	}
	return nil
}

func responseInput(r *http.Request) models.ResponseInput {
	in := models.ResponseInput{Outcome: r.PostFormValue("outcome"), Reason: words(r, "reason"), Written: writtenIn(r)}
	if in.Reason == "" {
		in.WrittenIn = "" // nothing is written
	}
	return in
}

// readPicks reads which comments were chosen, each with the revision of the answer that was seen.
func readPicks(values []string) ([]models.SeenRemark, error) {
	var picked []models.SeenRemark
	for _, v := range values {
		id, revision, _ := strings.Cut(v, ":")
		seen, err := strconv.Atoi(revision)
		known, wrong := uuid.Parse(id)
		if err != nil || wrong != nil {
			return nil, apperr.Invalid("pick", "unknown")
		}
		if !slices.ContainsFunc(picked, func(p models.SeenRemark) bool { return p.ID == known }) {
			picked = append(picked, models.SeenRemark{ID: known, Revision: seen})
		}
	}
	return picked, nil
}

func (s *Server) renderResponses(w http.ResponseWriter, r *http.Request, c *responsesCase) error {
	l := Localizer(r)
	err := c.load(r.Context(), s, l)
	if err != nil {
		return err
	}
	v := responsesView{actView: s.newActView(r, c.officerAct, l.T("responses.title")), Round: c.round, Lang: c.rec.Language,
		Here: r.URL.RequestURI(), All: responsesPath(c.rec.ID), Filter: NewForm(r.URL.Query()), Outcomes: outcomeOptions(l)}
	v.Action = v.Here
	v.Filtered = c.filtered()
	v.Sheet = responsesPath(c.rec.ID) + ".xlsx"
	if r.URL.RawQuery != "" {
		v.Sheet += "?" + r.URL.RawQuery
	}
	if c.round > 0 {
		v.Send, v.Files = sendOutcomePath(c), s.responsesFiles(l, c, r.URL.RawQuery)
		if v.ReadIn, err = s.readIn(r.Context(), l, c.rec, c.round); err != nil {
			return err
		}
	}
	if v.PutIn, err = s.toPutIn(r.Context(), c.visitor, c.rec, func() (int, error) { return c.countToPutIn(r.Context(), s) }); err != nil {
		return err
	}
	for _, n := range c.rounds {
		v.Rounds = append(v.Rounds, Option{Value: strconv.Itoa(n), Label: l.T("responses.round", "Number", l.Number(n))})
	}
	for _, kind := range models.RemarkKinds() {
		v.Kinds = append(v.Kinds, Option{Value: string(kind), Label: l.T("responses.kind." + string(kind))})
	}
	for _, from := range []string{models.FromExperts, models.FromPartners} {
		v.Froms = append(v.Froms, Option{Value: from, Label: l.T("responses.from." + from)})
	}
	if err := s.fillComments(r.Context(), l, c, &v); err != nil {
		return err
	}
	s.Engine.Render(w, r, c.form.status, "responses", v)
	return nil
}

// fillComments counts what is answered, and lists the groups and the comments by paragraph.
func (s *Server) fillComments(ctx context.Context, l *i18n.Localizer, c *responsesCase, v *responsesView) error {
	if c.round == 0 {
		return nil
	}
	if err := s.fillAbove(ctx, l, c, v); err != nil {
		return err
	}
	whole, err := c.whole(ctx, s)
	if err != nil {
		return err
	}
	v.Left = c.leftInText()
	v.Count = Progress{Total: len(whole), Label: l.T("responses.progress")}
	in := map[uuid.UUID]int{}
	for _, m := range whole {
		if m.Response() != nil {
			v.Count.Done++
		}
		if m.GroupID != nil {
			in[*m.GroupID]++
		}
	}
	groups, err := models.CommentGroups(ctx, s.DB, c.rec.ID, c.round)
	if err != nil {
		return err
	}
	for _, g := range groups {
		v.Groups = append(v.Groups, commentGroupRow{ID: "group-" + g.ID.String(), Title: g.Title, Comments: in[g.ID],
			Href: responsesPath(c.rec.ID) + "/" + g.ID.String(), Badge: outcomeBadge(l, g.Outcome)})
	}
	v.Blocks, err = s.answeredBlocks(ctx, l, c)
	return err
}
