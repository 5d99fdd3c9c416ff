package web

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
	"tribuna/models"
)

// responseView is the page on which one comment is answered, or a group of them.
type responseView struct {
	actView
	Outcomes []Option
	Seen     int // revision of the answer
	Group    bool
	Blocks   []answeredBlock
	Lang     string // of the text
	ReadIn   string // the languages of all who commented in the round, with how many read in each: in an anonymised one nobody's own are told
	Apply    string // where a suggestion is applied; "" where it cannot be in one step
	Draft    int    // number of the draft it would be applied to
	Edit     string // where the draft is written instead; "" for no suggestion, or no draft
	Applied  bool
	Left     string // that the text follows it although it is not accepted any more; "" where nothing is to be said
	PutIn    string // where that is mended, and where what stands in the text already is noted
	Stands   bool   // the words suggested stand in the draft already
	Waits    bool   // likewise, and the suggestion is accepted: accepting it again would take away the reason given
}

// responseCase is what is answered: a group, or else one comment.
type responseCase struct {
	*responsesCase
	group *models.CommentGroup
}

// back is the list, at what was answered.
func (c responseCase) back() string {
	if c.group != nil {
		return responsesPath(c.rec.ID) + "?round=" + strconv.Itoa(c.group.Round) + "#group-" + c.group.ID.String()
	}
	m := c.remarks[0]
	return responsesPath(c.rec.ID) + "?round=" + strconv.Itoa(m.Round) + "#c-" + m.ID.String()
}

// seen is the revision of the answer there is.
func (c responseCase) seen() int {
	if c.group != nil {
		return c.group.Revision
	}
	return c.remarks[0].Revision
}

// beginResponse reads the comment or the group in the path.
func (s *Server) beginResponse(w http.ResponseWriter, r *http.Request) (responseCase, bool, error) {
	list, err := s.beginResponses(r)
	if err != nil {
		return responseCase{}, false, err
	}
	c := responseCase{responsesCase: list}
	id, err := idVar(r, "item", "comment")
	if err != nil {
		return c, false, err
	}
	c.filter = models.RemarkFilter{Recommendation: c.rec.ID, As: c.as, IDs: []uuid.UUID{id}}
	c.group, err = models.CommentGroupByID(r.Context(), s.DB, c.rec.ID, id)
	switch apperr.CodeOf(err) {
	case "":
		c.filter = models.RemarkFilter{Recommendation: c.rec.ID, As: c.as, Group: id}
	case apperr.CodeNotFound:
		c.group = nil
	default:
		return c, false, err
	}
	if err := c.load(r.Context(), s, Localizer(r)); err != nil {
		return c, false, err
	}
	if len(c.remarks) == 0 {
		return c, false, apperr.NotFound("comment")
	}
	if r.Method != http.MethodPost {
		c.form = newFormState(c.values())
	}
	k := keptForm{c.visitor, c.rec, models.KeptAct("comment", id), responsesPath(c.rec.ID) + "/" + id.String(), false}
	kept, err := s.keepsAs(w, r, c.officerAct, k, c.form.Form.Values)
	return c, kept, err
}

// values are the fields of the form for the answer there is.
func (c responseCase) values() url.Values {
	outcome, reason, in, v := (*string)(nil), "", "", url.Values{}
	if c.group != nil {
		outcome, reason, in = c.group.Outcome, c.group.Reason, c.group.WrittenIn
		v.Set("title", c.group.Title)
	} else {
		outcome, reason, in = c.remarks[0].Outcome, c.remarks[0].Reason, c.remarks[0].ReasonIn
	}
	if outcome != nil {
		v.Set("outcome", *outcome)
	}
	if reason != "" {
		v.Set("reason", reason)
		v.Set("written_in", in)
	}
	v.Set("seen", strconv.Itoa(c.seen()))
	return v
}

func (s *Server) showResponse(w http.ResponseWriter, r *http.Request) error {
	c, done, err := s.beginResponse(w, r)
	if err != nil || done {
		return err
	}
	return s.renderResponse(w, r, c)
}

// takeResponse answers a comment or a group, or takes the group apart.
func (s *Server) takeResponse(w http.ResponseWriter, r *http.Request) error {
	c, done, err := s.beginResponse(w, r)
	if err != nil || done {
		return err
	}
	seen, err := strconv.Atoi(r.PostFormValue("seen"))
	if err != nil {
		seen = -1 // nobody's
	}
	l, said := Localizer(r), "responses.saved"
	switch {
	case c.group != nil && r.PostFormValue("do") == "dissolve":
		said = "responses.dissolved"
		err = s.storeResponses(r, c.officerAct, struct{}{}, func(ctx context.Context, tx bun.Tx) error {
			return models.DissolveGroup(ctx, tx, c.group, seen)
		})
	case c.group != nil:
		err = s.answerGroup(r, c, seen)
	default:
		in := responseInput(r)
		err = s.storeResponses(r, c.officerAct, in, func(ctx context.Context, tx bun.Tx) error {
			return models.Respond(ctx, tx, c.rec.ID, []models.SeenRemark{{ID: c.remarks[0].ID, Revision: seen}}, in, c.visitor.Person.ID, s.Now())
		})
	}
	if err == nil {
		s.flash(r, "done", l.T(said))
		http.Redirect(w, r, c.back(), http.StatusSeeOther)
		return nil
	}
	if err := c.responseAgain(r, err); err != nil {
		return err
	}
	return s.renderResponse(w, r, c)
}

func (s *Server) answerGroup(r *http.Request, c responseCase, seen int) error {
	in := struct {
		models.GroupInput
		models.ResponseInput
	}{models.GroupInput{Title: words(r, "title")}, responseInput(r)}
	return s.storeResponses(r, c.officerAct, in, func(ctx context.Context, tx bun.Tx) error {
		return models.EditGroup(ctx, tx, c.group, seen, in.GroupInput, &in.ResponseInput, c.visitor.Person.ID, s.Now())
	})
}

// applySuggestion follows a suggestion in the draft, in one step. What a person has to look at is said on the page.
func (s *Server) applySuggestion(w http.ResponseWriter, r *http.Request) error {
	c, done, err := s.beginResponse(w, r)
	if err != nil || done {
		return err
	}
	seen, _ := strconv.Atoi(r.PostFormValue("draft")) // 0 is nobody's
	l, m := Localizer(r), c.remarks[0]
	note := l.T("responses.applied_note", "Number", l.Number(m.Block+1))
	err = s.DB.RunInTx(r.Context(), nil, func(ctx context.Context, tx bun.Tx) error {
		_, err := models.ApplySuggestion(ctx, tx, c.rec.ID, m.ID, seen, note, c.visitor.Person, s.Now())
		return err
	})
	if err == nil {
		s.flash(r, "done", l.T("responses.applied"))
		http.Redirect(w, r, c.back(), http.StatusSeeOther)
		return nil
	}
	c.form.Form = NewForm(c.values())
	if err := c.responseAgain(r, err); err != nil {
		return err
	}
	return s.renderResponse(w, r, c)
}

func (s *Server) renderResponse(w http.ResponseWriter, r *http.Request, c responseCase) error {
	l := Localizer(r)
	title := l.T("responses.one")
	if c.group != nil {
		title = l.T("responses.group_title", "Title", c.group.Title)
	}
	v := responseView{actView: s.newActView(r, c.officerAct, title), Outcomes: outcomeOptions(l), Group: c.group != nil, Lang: c.rec.Language,
		Seen: c.seenInForm(r)}
	v.Action, v.Back = c.kept.page, c.back()
	var err error
	if v.Blocks, err = s.answeredBlocks(r.Context(), l, c.responsesCase); err != nil {
		return err
	}
	if v.ReadIn, err = s.readIn(r.Context(), l, c.rec, c.remarks[0].Round); err != nil {
		return err
	}
	if err := s.fillSuggestion(r, c, &v); err != nil {
		return err
	}
	s.Engine.Render(w, r, c.form.status, "response", v)
	return nil
}

// seenInForm is the revision on which the words in the form are written: who goes on with older ones is told when they are
// saved. Once that was said, saving again saves on top of what there is.
func (c responseCase) seenInForm(r *http.Request) int {
	if seen, err := strconv.Atoi(c.form.Form.Value("seen")); err == nil && c.form.status != http.StatusPreconditionFailed {
		return seen
	}
	return c.seen()
}

// fillSuggestion finds out whether a suggestion can be followed in one step.
func (s *Server) fillSuggestion(r *http.Request, c responseCase, v *responseView) error {
	m := c.remarks[0]
	if c.group != nil || m.Kind != models.CommentSuggestion {
		return nil
	}
	v.PutIn, v.Left = putInPath(c.rec.ID), leftWords(Localizer(r), c.left[m.ID])
	v.Applied = m.AppliedVersionID != nil && !m.Refused()
	if m.AppliedVersionID != nil || c.rec.Editable() != nil {
		return nil
	}
	reviewed, err := models.VersionByID(r.Context(), s.DB, m.VersionID)
	if err != nil {
		return err
	}
	draft, err := models.VersionByID(r.Context(), s.DB, *c.rec.CurrentVersionID)
	if err != nil {
		return err
	}
	v.Draft, v.Edit = draft.Number, recommendationPath(c.rec.ID)+"/edit?suggestion="+m.ID.String()
	if _, ok := m.ApplyTo(reviewed.Body, draft.Body); ok {
		v.Apply = c.kept.page + "/apply"
	} else {
		v.Stands, v.Waits = m.StandsIn(reviewed.Body, draft.Body), m.ToPutIn()
	}
	return nil
}

// suggestedWords are the words of a suggestion, shown where the draft is written.
type suggestedWords struct {
	Number             int
	Quote, Replacement string
	Out                bool // it is not accepted any more: the words quoted are to stand there again
	Lang               string
	Back               string
}

// suggestedIn reads the suggestion that an address of the draft names; nil where it names none of this text.
func (s *Server) suggestedIn(r *http.Request, rec *models.Recommendation) (*suggestedWords, error) {
	id, err := uuid.Parse(r.URL.Query().Get("suggestion"))
	if err != nil || rec == nil {
		return nil, nil
	}
	m, err := models.RemarkByID(r.Context(), s.DB, rec.ID, id)
	if apperr.CodeOf(err) == apperr.CodeNotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	w := &suggestedWords{m.Block + 1, m.Quote, m.Replacement, m.Refused(), rec.Language, responsesPath(rec.ID) + "/" + m.ID.String()}
	if w.Out {
		w.Quote, w.Replacement = m.Replacement, m.Quote
	}
	return w, nil
}
