package web

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/google/uuid"

	"tribuna/internal/access"
	"tribuna/internal/apperr"
	"tribuna/internal/i18n"
	"tribuna/models"
)

// roundDeskView is the officer's desk of a round: who was asked, where each stands, and what can be done about it.
type roundDeskView struct {
	actView
	*Live
	Number   int
	State    Badge
	Answered string // so many of so many that are enough
	Due      time.Time
	Zone     *time.Location
	Short    string      // why the round is shorter than usual
	Enough   bool        // enough have answered and the officer is asked whether to close
	Close    *roundClose // where that is done; nil while it cannot be
	Given    string      // who was given more time and is therefore still waited for; "" for nobody
	Closing  string      // what giving time does to a round that is closing; "" where it is not
	Closes   string      // when the round is expected to, in words; "" once it is
	Needed   string      // from which day on more time leaves too little to decide; "" where the text is needed by no day
	Days     dayRange    // between which a deadline is moved
	Open     bool        // something can still be done
	Main     *mainAction // what waits for the officer; nil for nothing
	Running  bool        // the round is not closed, and its deadline is still to come or passed
	Decides  bool        // it is closed, and the decision about it awaited
	Reached  bool        // somebody's link was opened, by them or by a machine
	Remind   string      // when a reminder sent by hand goes out, by the procedure
	Experts  []roundDeskRow
	Partners []roundDeskRow
	Chosen   *roundDeskRow // whom the acts are about; nil: the list
	Nudged   bool          // today already
	Behalf   string        // where an answer that came otherwise is recorded
	Hides    string        // what an anonymised round does not show here; "" in an open one
	Standing string        // why nothing can be done now; "" where it can
	Compared string        // where the answers are compared; "" while there are none
	PutIn    *toPutIn      // accepted suggestions that wait to be put into the text
	closing  *time.Time    // when the round is closed that is closing; nil where it is not
	Earlier  bool          // another round came after it: it is looked at alone
	Others   []crumb       // the desks of the other rounds
}

// roundKinds are the questions of a round.
var roundKinds = []models.TaskKind{models.TaskReview, models.TaskConsult}

func (s *Server) roundPage(w http.ResponseWriter, r *http.Request) error {
	a, err := s.beginRound(r)
	if err != nil {
		return err
	}
	return s.showRound(w, r, a)
}

// beginRound reads which round of whom it is about, and the question that was chosen, if any.
func (s *Server) beginRound(r *http.Request) (*officerAct, error) {
	a, err := s.beginAct(r, access.InviteReviewer, false)
	if err != nil {
		return nil, err
	}
	if a.round, err = deskRound(r, a.rec); err != nil {
		return nil, err
	}
	if wanted := r.FormValue("task"); wanted != "" {
		if a.task, err = s.taskFor(r.Context(), a.rec, wanted, true, roundKinds); err == nil && (a.task == nil || a.task.Round != a.rec.Round) {
			err = apperr.NotFound("task")
		}
	}
	return a, err
}

// roundActs are what the forms of the desk decide, by the value of their field "do".
var roundActs = map[string]models.DecisionKind{"nudge": models.DecideNudgeReview, "extend": models.DecideExtendReview,
	"refuse": models.DecideRefuseTime, "withdraw": models.DecideWithdrawInvitation, "close": models.DecideCloseReview,
	"rule": models.DecideRuleConflict}

func (s *Server) takeRound(w http.ResponseWriter, r *http.Request) error {
	a, err := s.beginRound(r)
	if err != nil {
		return err
	}
	do := r.PostFormValue("do")
	if do == "suggested" {
		return s.inviteSuggested(w, r, a)
	}
	if do == "send_link" || do == "end_links" {
		return s.changeLinks(w, r, a, do)
	}
	kind, known := roundActs[do]
	if !known {
		return apperr.Invalid("do", "unknown")
	}
	bad := apperr.New(apperr.CodeInvalid)
	var payload any = models.NoPayload{}
	switch kind {
	case models.DecideExtendReview:
		payload = models.AskTimePayload{DueOn: readDay(bad, "due_on", r.PostFormValue("due_on")), Reason: words(r, "reason")}
	case models.DecideRefuseTime:
		payload = models.RefuseTimePayload{Reason: words(r, "reason")}
	case models.DecideRuleConflict:
		payload = models.RuleConflictPayload{Ruling: r.PostFormValue("ruling"), Reason: words(r, "ruling_reason"), Written: models.Written{WrittenIn: Localizer(r).Tag()}}
	case models.DecideWithdrawInvitation:
		payload = models.WithdrawInvitationPayload{Reason: words(r, "reason"), Replace: r.PostFormValue("replace") == "yes"}
	}
	d := decision{process: a.rec.ID, kind: kind, payload: payload}
	if a.task != nil {
		d.task = &a.task.ID
	}
	done, next := false, r.URL.Path
	if err = bad.OrNil(); err == nil {
		err = closesKnowing(r, kind)
	}
	if err == nil {
		done, err = s.checkAndDecide(w, r, d, next)
	}
	if err != nil {
		if err := a.again(r, err); err != nil {
			return err
		}
		if kind == models.DecideRuleConflict {
			a.form.Form.renameErrors(map[string]string{"reason": "ruling_reason"}, Localizer(r))
		}
		a.form.Form.sayTick(Localizer(r), "close_round", closeBox(Localizer(r)))
		return s.showRound(w, r, a)
	}
	if done {
		said := Localizer(r).T("round." + do + ".done")
		if kind == models.DecideNudgeReview {
			if said, err = s.nudged(r, a.rec); err != nil {
				return err
			}
		}
		if p, gives := payload.(models.AskTimePayload); gives {
			if said, err = s.extended(r, a, *p.DueOn.Time()); err != nil {
				return err
			}
		}
		s.flash(r, "done", said)
		http.Redirect(w, r, next, http.StatusSeeOther)
	}
	return nil
}

// changeLinks sends those asked a new personal link, or makes those sent so far invalid because one came into wrong hands.
//
//i18n:keys round.send_link.done round.send_link.none round.end_links.done
func (s *Server) changeLinks(w http.ResponseWriter, r *http.Request, a *officerAct, do string) error {
	if a.task == nil {
		return apperr.NotFound("task")
	}
	ctx := r.Context()
	if err := s.can(ctx, a.visitor, access.RecordOnBehalf, a.rec, nil); err != nil {
		return err
	}
	said, sent, err := "done", 1, error(nil)
	if do == "end_links" {
		_, err = models.EndLinks(ctx, s.DB, a.rec, a.task, a.visitor.Person, s.Now())
	} else if sent, err = models.SendLinks(ctx, s.DB, a.rec, a.task, a.visitor.Person, s.Now()); sent == 0 {
		said = "none"
	}
	if err != nil {
		return err
	}
	s.flash(r, "done", Localizer(r).T("round."+do+"."+said))
	http.Redirect(w, r, r.URL.Path+"?task="+a.task.ID.String(), http.StatusSeeOther)
	return nil
}

func (s *Server) showRound(w http.ResponseWriter, r *http.Request, a *officerAct) error {
	v, err := s.roundDesk(r, a)
	if err != nil {
		return err
	}
	if a.task == nil && a.form.status == http.StatusOK {
		return s.renderLive(w, r, "round", &v)
	}
	s.Engine.Render(w, r, a.form.status, "round", &v)
	return nil
}

func (s *Server) roundDesk(r *http.Request, a *officerAct) (roundDeskView, error) {
	l, ctx := Localizer(r), r.Context()
	v := roundDeskView{actView: s.newActView(r, a, l.T("round.title", "Number", l.Number(a.round))), Live: newLive(r), Number: a.round, Earlier: a.round != a.rec.Round}
	round, err := models.RoundByNumber(ctx, s.DB, a.rec.ID, a.round)
	if err != nil {
		return v, err
	}
	procedure, err := models.ProcedureByID(ctx, s.DB, a.rec.ProcedureID)
	if err != nil {
		return v, err
	}
	if v.Zone, err = s.zoneOf(ctx, a.visitor.Person); err != nil {
		return v, err
	}
	answered, err := round.Answered(ctx, s.DB, procedure.Document.Review)
	if err != nil {
		return v, err
	}
	v.State, v.Due, v.closing = roundBadge(l, round), changeableUntil(round), round.ClosingAt
	if v.Closes, err = s.closesWords(ctx, l, a.rec, round, func(t time.Time) string { return l.Moment(t, v.Zone) }); err != nil {
		return v, err
	}
	if round.Anonymised() && !a.visitor.viewer().HoldsKey(a.rec) {
		v.Hides = l.T("anonymity.desk")
	}
	v.Answered = l.N("recommendation.round.answered", answered) + "; " + l.N("recommendation.round.enough", round.Enough)
	v.Running = round.ClosedAt == nil
	if v.Remind = l.T("round.nudge.text"); procedure.Document.Digest.Immediate {
		v.Remind = l.T("round.nudge.text_now")
	}
	v.Decides = round.ClosedAt != nil && a.rec.Stage == models.StageReview && a.rec.Round == round.Number && !a.rec.Held()
	v.Open = round.ClosedAt == nil && a.rec.Stage == models.StageReview && a.rec.Round == round.Number
	v.Enough = v.Open && round.ClosingAt == nil && answered >= round.Enough
	if refused := a.rec.Possible(models.DecideExtendReview); v.Open && refused != nil {
		v.Standing, v.Open, v.Enough = l.T("error."+string(apperr.CodeOf(refused))), false, false
	}
	if v.Open && round.ClosingAt != nil {
		v.Closing = l.T("round.extend.closing")
	}
	if last, needed := lastDue(a, procedure, v.Zone); needed {
		v.Needed = neededWords(l, l.Date(*a.rec.NeededBy, time.UTC), l.Date(last, v.Zone))
	}
	if v.Others, err = s.otherDesks(ctx, l, a); err != nil {
		return v, err
	}
	if v.Compared, err = s.agreementLink(ctx, a.visitor, a.rec, round.Number); err != nil {
		return v, err
	}
	if !v.Earlier {
		if v.Main, err = s.roundMain(ctx, l, a); err != nil {
			return v, err
		}
		if v.PutIn, err = s.suggestionsToPutIn(ctx, a.visitor, a.rec); err != nil {
			return v, err
		}
	}
	if err = s.fillRoundDesk(ctx, l, a, procedure.Document.Review, &v); err != nil {
		return v, err
	}
	v.Close, err = s.roundClose(ctx, l, a.rec, procedure.Document.Review, &v)
	return v, err
}

// roundMain leads to what the round waits for the officer to do: to decide, or to choose who is asked next.
func (s *Server) roundMain(ctx context.Context, l *i18n.Localizer, a *officerAct) (*mainAction, error) {
	open, err := models.Awaited(ctx, s.DB, a.visitor.viewer(), a.rec, s.Now())
	if err != nil || a.rec.Held() {
		return nil, err
	}
	for _, t := range officerTasks {
		i := slices.IndexFunc(open, func(w models.AwaitedItem) bool { return w.Kind == t.kind })
		if i < 0 || t.kind != models.TaskDecideReview && t.kind != models.TaskChooseReviewer {
			continue
		}
		return &mainAction{Label: l.T("recommendation.act." + string(t.kind)), Href: fmt.Sprintf("%s/%s?task=%s", recommendationPath(a.rec.ID), t.path, open[i].TaskID), Icon: t.icon}, nil
	}
	return nil, nil
}

func (s *Server) fillRoundDesk(ctx context.Context, l *i18n.Localizer, a *officerAct, rules models.ReviewRules, v *roundDeskView) error {
	asks, err := models.RoundAsks(ctx, s.DB, a.rec.ID, a.round)
	if err != nil {
		return err
	}
	units, err := models.AskedUnits(ctx, s.DB, a.rec.ID)
	if err != nil {
		return err
	}
	originals, err := s.originalsOf(ctx, a.visitor.viewer(), a.rec.ID)
	if err != nil {
		return err
	}
	said, err := s.saidAtDesk(ctx, a.rec.ID, asks)
	if err != nil {
		return err
	}
	suggested, err := s.suggestedFor(ctx, l, a.form.Form, a.rec, a.round, v.Open)
	if err != nil {
		return err
	}
	conflicts, err := models.ConflictsOf(ctx, s.DB, a.rec.ID)
	if err != nil {
		return err
	}
	lost, err := models.UndeliveredOf(ctx, s.DB, a.visitor.viewer(), a.rec.ID)
	if err != nil {
		return err
	}
	var given []string
	var moved []models.Task // whose deadline the page moves
	for _, ask := range asks {
		if ask.State == models.TaskOpen && (a.task == nil || a.task.ID == ask.ID) {
			moved = append(moved, ask.Task)
		}
		if v.Hides != "" && ask.Kind == models.TaskReview {
			ask.Late, ask.AnsweredAt = false, nil // of an answer: it would tell which of them is whose
		}
		row := s.newRoundDeskRow(l, ask, rules, v)
		if row.Who == "" {
			row.Who = l.ForUnit(units[ask.ID].Name, units[ask.ID].Concerned...)
		}
		row.sayWhy(ask.ID, said)
		row.Original = originals[ask.ID]
		if !v.Earlier { // it is too late to do anything about it
			row.Lost = undeliveredRows(l, a.visitor.viewer(), a.rec, lost[ask.ID], v.Zone)
		}
		if row.Lapsed, err = s.lapsedAtDesk(ctx, a.rec, ask, v); err != nil {
			return err
		}
		if ask.State != models.TaskOpen && ask.State != models.TaskDone { // who comes back does it themselves
			row.Suggested = suggested[ask.ID]
		}
		if !v.Earlier && (len(row.Suggested) > 0 || row.Lapsed) {
			row.Act = v.Action + "?task=" + ask.ID.String()
		}
		if v.Enough && ask.WaitsOut() {
			given = append(given, l.T("round.given_to", "Name", row.Who, "Date", l.Date(i18n.DueDay(ask.Until, v.Zone), nil)))
		}
		v.Reached = v.Reached || ask.OpenedFirst != nil
		row.ofConflict(l, conflicts[ask.ID], v, v.Action+"?task="+ask.ID.String())
		if ask.ShortFor != nil && v.Short == "" {
			v.Short = l.T("round.short", "Date", l.Date(*ask.ShortFor, time.UTC))
		}
		if a.task != nil && a.task.ID == ask.ID {
			v.choose(ask, row, a.rec.ID, s.Now())
		}
		if row.Expert {
			v.Experts = append(v.Experts, row)
		} else {
			v.Partners = append(v.Partners, row)
		}
	}
	v.Days = daysFor(moved, s.Now(), v.Zone)
	if len(given) > 0 {
		v.Given = l.T("round.given", "Names", l.ListAnd(given))
	}
	for _, rows := range [][]roundDeskRow{v.Experts, v.Partners} {
		slices.SortStableFunc(rows, func(a, b roundDeskRow) int { return b.urgency() - a.urgency() })
	}
	return nil
}

// lapsedAtDesk reports whether an answer that came otherwise can be written down for somebody who did not answer in time. In an anonymised
// round it is not the desk's to know.
func (s *Server) lapsedAtDesk(ctx context.Context, rec *models.Recommendation, ask models.RoundAsk, v *roundDeskView) (bool, error) {
	if !v.Open || v.Hides != "" && ask.Kind == models.TaskReview {
		return false, nil
	}
	return s.takesLapsed(ctx, rec, &ask.Task)
}

// choose has the page be about one of those asked.
func (v *roundDeskView) choose(ask models.RoundAsk, row roundDeskRow, rec uuid.UUID, now time.Time) {
	v.Chosen, v.Nudged = &row, ask.NudgedToday(now, v.Zone)
	if row.Asks != "" && v.Form.Value("due_on") == "" {
		v.Form.Values.Set("due_on", row.AskedUntil)
	}
	if v.Hides == "" || ask.Kind != models.TaskReview {
		v.Behalf = recommendationPath(rec) + "/on-behalf?task=" + ask.ID.String()
	}
	v.Back = recommendationPath(rec) + "/round"
}
