package web

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/access"
	"tribuna/internal/apperr"
	"tribuna/internal/i18n"
	"tribuna/models"
)

// putInView is the page on which all suggestions that were accepted are put into the text in one step.
type putInView struct {
	actView
	Draft    int        // number of the version the officer sees
	Fit      []putInRow // can be put in together
	Written  []putInRow // somebody has to write them, or they stand there already
	Out      []putInRow // the text follows them, or may, although they are not accepted any more
	Undo     int        // how many the last step put in that can be put back
	Before   int        // number of the version it would read as again
	Compared string     // what that step changed
	Closed   string     // why the text cannot be changed now; "" where it can
}

// putInRow is a suggestion that was accepted.
type putInRow struct {
	ID, Where, Quote, Instead, Href, Edit string
	Field, Lang                           string // of its box, and of the text
	Stands                                bool   // its words stand in the text already
	Left                                  string // that the text follows it although it is not accepted
	Picked                                bool
}

func putInPath(rec uuid.UUID) string { return responsesPath(rec) + "/apply" }

// toPutIn tells of the suggestions that were accepted and wait to be put into the text.
type toPutIn struct {
	Count int
	Href  string // where it is done; "" while the text is not with the officer
}

// suggestionsToPutIn counts them; nil where none waits.
func (s *Server) suggestionsToPutIn(ctx context.Context, v *visitor, rec *models.Recommendation) (*toPutIn, error) {
	return s.toPutIn(ctx, v, rec, func() (int, error) { return models.CountToPutIn(ctx, s.DB, rec.ID) })
}

// countToPutIn counts them among the comments that were read, where these are all there are: reading hundreds once more takes its time.
func (c *responsesCase) countToPutIn(ctx context.Context, s *Server) (n int, err error) {
	if len(c.rounds) > 1 || c.filtered() {
		return models.CountToPutIn(ctx, s.DB, c.rec.ID)
	}
	for _, m := range c.remarks {
		if m.ToPutIn() {
			n++
		}
	}
	return n, nil
}

func (s *Server) toPutIn(ctx context.Context, v *visitor, rec *models.Recommendation, count func() (int, error)) (*toPutIn, error) {
	if rec.Round == 0 || rec.Stage != models.StageDrafting && rec.Stage != models.StageReview {
		return nil, nil
	}
	if err := s.can(ctx, v, access.DecideReview, rec, nil); err != nil {
		return nil, nil //nolint:nilerr // it is nothing to who may not do it
	}
	n, err := count()
	if err != nil || n == 0 {
		return nil, err
	}
	t := &toPutIn{Count: n}
	if rec.Editable() == nil {
		t.Href = putInPath(rec.ID)
	}
	return t, nil
}

// leftInText counts the comments shown that the text follows, or may, although they are not accepted any more; nil where there is none.
func (c *responsesCase) leftInText() *toPutIn {
	if len(c.left) == 0 {
		return nil
	}
	return &toPutIn{Count: len(c.left), Href: putInPath(c.rec.ID)}
}

// leftWords say so of one comment; "" where there is nothing to say.
func leftWords(l *i18n.Localizer, left models.Left) string {
	if left == "" {
		return ""
	}
	return l.T("putin.left." + string(left))
}

func (s *Server) showPutIn(w http.ResponseWriter, r *http.Request) error {
	a, err := s.beginAct(r, access.DecideReview, false)
	if err != nil {
		return err
	}
	return s.renderPutIn(w, r, a)
}

// takePutIn puts those chosen into the text, takes that back, or notes what somebody wrote or took out themselves.
func (s *Server) takePutIn(w http.ResponseWriter, r *http.Request) error {
	a, err := s.beginAct(r, access.DecideReview, false)
	if err != nil {
		return err
	}
	l, by, said := Localizer(r), a.visitor.Person, ""
	seen, _ := strconv.Atoi(r.PostFormValue("draft")) // 0 is nobody's
	chosen, err := readChosen(r.PostForm[putInField(r.PostFormValue("do"))])
	if err == nil {
		err = s.DB.RunInTx(r.Context(), nil, func(ctx context.Context, tx bun.Tx) (err error) {
			var v *models.Version
			switch r.PostFormValue("do") {
			case "undo":
				if v, err = models.UndoPutIn(ctx, tx, a.rec.ID, seen, by, s.Now()); err == nil {
					said = l.T("putin.undone", "Number", l.Number(v.Number))
				}
			case "written":
				said = l.N("putin.noted", len(chosen))
				err = models.MarkWritten(ctx, tx, a.rec.ID, chosen, seen)
			case "out":
				said = l.N("putin.noted_out", len(chosen))
				err = models.MarkTakenOut(ctx, tx, a.rec.ID, chosen, seen)
			default:
				if v, err = models.PutIn(ctx, tx, a.rec.ID, chosen, seen, by, s.Now()); err == nil {
					said = l.N("putin.done", len(chosen), "Number", l.Number(v.Number))
				}
			}
			return err
		})
	}
	if err == nil {
		s.flash(r, "done", said)
		http.Redirect(w, r, putInPath(a.rec.ID), http.StatusSeeOther)
		return nil
	}
	if err := a.again(r, err); err != nil {
		return err
	}
	return s.renderPutIn(w, r, a)
}

// putInField is the name of the boxes that belong to an act.
func putInField(do string) string {
	if do == "written" || do == "out" {
		return do
	}
	return "pick"
}

func readChosen(values []string) ([]uuid.UUID, error) {
	var ids []uuid.UUID
	for _, v := range values {
		id, err := uuid.Parse(v)
		if err != nil {
			return nil, apperr.Invalid("pick", "unknown")
		}
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

func (s *Server) renderPutIn(w http.ResponseWriter, r *http.Request, a *officerAct) error {
	l := Localizer(r)
	v := putInView{actView: s.newActView(r, a, l.T("putin.title"))}
	v.Action, v.Back = putInPath(a.rec.ID), responsesPath(a.rec.ID)
	if a.rec.Editable() != nil {
		v.Closed = l.T("putin.closed")
	}
	p, err := models.PlanPutIn(r.Context(), s.DB, a.rec, nil)
	if err != nil {
		return err
	}
	v.Draft, v.Undo, v.Before = p.Draft.Number, p.Undo, p.Before
	if v.Undo > 0 {
		v.Compared = comparePath(a.rec.ID, p.Before, p.Draft.Number)
	}
	for _, m := range p.Fit {
		v.Fit = append(v.Fit, newPutInRow(l, a, m, "pick", false))
	}
	for _, m := range p.Stand {
		v.Written = append(v.Written, newPutInRow(l, a, m, "written", true))
	}
	for _, m := range p.Look {
		v.Written = append(v.Written, newPutInRow(l, a, m, "written", false))
	}
	for _, m := range p.Out {
		row := newPutInRow(l, a, m, "out", false)
		row.Left = leftWords(l, p.Left[m.ID])
		v.Out = append(v.Out, row)
	}
	s.Engine.Render(w, r, a.form.status, "putin", v)
	return nil
}

// newPutInRow shows a suggestion. Those that fit, and those that stand there, are chosen to begin with.
func newPutInRow(l *i18n.Localizer, a *officerAct, m models.Remark, field string, stands bool) putInRow {
	row := putInRow{Field: field, Lang: a.rec.Language, ID: m.ID.String(), Where: l.T("recommendation.paragraph", "Number", l.Number(m.Block+1)), Quote: m.Quote, Instead: m.Replacement, Stands: stands,
		Href: responsesPath(a.rec.ID) + "/" + m.ID.String(), Edit: recommendationPath(a.rec.ID) + "/edit?suggestion=" + m.ID.String()}
	row.Picked = field == "pick" || stands
	if a.form.status != http.StatusOK && putInField(a.form.Form.Values.Get("do")) == field {
		row.Picked = a.form.Form.Has(field, row.ID)
	}
	return row
}
