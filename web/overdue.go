package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/google/uuid"

	"tribuna/internal/access"
	"tribuna/internal/apperr"
	"tribuna/internal/i18n"
	"tribuna/models"
)

// overdueView is the page on which a coordinator looks into what is overdue: what it is, who was asked, and all that can be
// done about it.
type overdueView struct {
	actView
	Late     awaitedRow
	AskedOn  time.Time
	Days     dayRange // to which the deadline is moved
	Officer  string
	Remind   string       // when a reminder goes out
	Over     string       // how it ended, in words; "" while it is to be looked into
	Standing string       // why nothing can be done now; "" where it can
	Acts     []mainAction // that settle it on pages of their own
}

// overdueCase is what the page works with.
type overdueCase struct {
	*officerAct
	late *models.Task
}

func (s *Server) overduePage(w http.ResponseWriter, r *http.Request) error {
	if desk, err := s.roundOfEscalation(r); err != nil || desk != "" {
		if err == nil {
			http.Redirect(w, r, desk, http.StatusSeeOther)
		}
		return err
	}
	c, err := s.beginOverdue(r)
	if err != nil {
		return err
	}
	return s.showOverdue(w, r, c)
}

// beginOverdue reads what is overdue. A question that was settled meanwhile is shown with how: nothing vanishes unsaid.
func (s *Server) beginOverdue(r *http.Request) (overdueCase, error) {
	a, err := s.beginAct(r, access.LookInto, false)
	if err != nil {
		return overdueCase{}, err
	}
	if a.task, err = s.taskFor(r.Context(), a.rec, r.FormValue("task"), r.FormValue("task") != "", []models.TaskKind{models.TaskEscalation}); err != nil {
		return overdueCase{}, err
	}
	if a.task == nil || a.task.SubjectID == nil {
		return overdueCase{}, apperr.About(apperr.CodeClosed, "task")
	}
	late, err := models.TaskByID(r.Context(), s.DB, *a.task.SubjectID)
	return overdueCase{a, late}, err
}

// overdueActs are what the forms of the page decide, by the value of their field "do".
var overdueActs = map[string]models.DecisionKind{"remind": models.DecideRemindLate, "extend": models.DecideExtendLate, "leave": models.DecideLeaveLate}

func (s *Server) takeOverdue(w http.ResponseWriter, r *http.Request) error {
	c, err := s.beginOverdue(r)
	if err != nil {
		return err
	}
	do := r.PostFormValue("do")
	kind, known := overdueActs[do]
	if !known {
		return apperr.Invalid("do", "unknown")
	}
	bad := apperr.New(apperr.CodeInvalid)
	var payload any = models.NoPayload{}
	next := recommendationPath(c.rec.ID)
	switch kind {
	case models.DecideExtendLate:
		payload = models.ExtendPayload{DueOn: readDay(bad, "due_on", r.PostFormValue("due_on")), Reason: words(r, "reason")}
	case models.DecideLeaveLate:
		payload = models.LeavePayload{Note: words(r, "note")}
	default:
		next = r.URL.Path + "?task=" + c.taskID()
	}
	done := false
	if err = bad.OrNil(); err == nil {
		done, err = s.checkAndDecide(w, r, decision{c.task.ProcessID, kind, &c.task.ID, payload}, next)
	}
	if err != nil {
		if err := c.again(r, err); err != nil {
			return err
		}
		return s.showOverdue(w, r, c)
	}
	if done {
		said := Localizer(r).T("overdue." + do + ".done")
		if kind == models.DecideRemindLate {
			if said, err = s.nudged(r, c.rec); err != nil {
				return err
			}
		}
		s.flash(r, "done", said)
		http.Redirect(w, r, next, http.StatusSeeOther)
	}
	return nil
}

func (s *Server) showOverdue(w http.ResponseWriter, r *http.Request, c overdueCase) error {
	l, ctx := Localizer(r), r.Context()
	v := overdueView{actView: s.newActView(r, c.officerAct, l.T("overdue.title")), AskedOn: c.late.OpenedAt}
	item, err := models.AwaitedTask(ctx, s.DB, c.visitor.viewer(), c.rec, c.late.ID, s.Now())
	if err != nil {
		return err
	}
	zone, err := s.zoneOf(ctx, c.visitor.Person)
	if err != nil {
		return err
	}
	v.Remind = l.T("overdue.remind.text")
	if now, err := s.remindsAtOnce(ctx, c.rec); err != nil {
		return err
	} else if now {
		v.Remind = l.T("overdue.remind.text_now")
	}
	v.Late, v.Days = newAwaitedRow(l, item, zone), daysFor([]models.Task{*c.late}, s.Now(), zone)
	v.Late.Lost = undeliveredRows(l, c.visitor.viewer(), c.rec, item.Undelivered, zone)
	officer, err := models.PersonByID(ctx, s.DB, c.rec.OfficerID)
	if err != nil {
		return err
	}
	v.Officer = officer.Name
	if c.task.State != models.TaskOpen {
		v.Over = settledInWords(l, c.late, zone)
	} else if v.Acts, err = s.overdueActions(ctx, l, c); err != nil {
		return err
	}
	process, err := models.ProcessByID(ctx, s.DB, c.task.ProcessID)
	if err != nil {
		return err
	}
	if refused := process.Possible(models.DecideRemindLate, c.rec); refused != nil && v.Over == "" {
		v.Standing = l.T("error." + string(apperr.CodeOf(refused)))
	}
	s.Engine.Render(w, r, c.form.status, "overdue", v)
	return nil
}

// settledInWords says why nobody has to look into something any more.
func settledInWords(l *i18n.Localizer, late *models.Task, zone *time.Location) string {
	switch {
	case late.State != models.TaskOpen && late.ClosedAt != nil:
		return l.T("overdue.over."+string(late.State), "Date", l.Date(*late.ClosedAt, zone))
	case late.OverdueAt == nil:
		return l.T("overdue.over.extended", "Date", l.Date(late.DueAt, zone))
	default:
		return l.T("overdue.over.left")
	}
}

// overdueActions lead to the pages on which it can be settled in another way than by those who were asked.
func (s *Server) overdueActions(ctx context.Context, l *i18n.Localizer, c overdueCase) ([]mainAction, error) {
	home := recommendationPath(c.rec.ID)
	var acts []mainAction
	add := func(label, href, icon string) { acts = append(acts, mainAction{Label: label, Href: href, Icon: icon}) }
	if page := officersPages[c.late.Kind]; page != "" {
		add(l.T("recommendation.act."+string(c.late.Kind)), fmt.Sprintf("%s/%s?task=%s", home, page, c.late.ID), "gavel")
	}
	if _, byMail := behalfKinds[c.late.Kind]; byMail {
		add(l.T("recommendation.act.behalf"), home+"/on-behalf?task="+c.late.ID.String(), "message")
	}
	if c.late.Kind == models.TaskReportProgress {
		add(l.T("overdue.act.report"), followUpPath(c.late.ProcessID), "flag")
	}
	if c.late.Language != nil && c.rec.Possible(models.DecideAssignTranslator) == nil && c.late.Kind != models.TaskAssignTranslator {
		add(l.T("overdue.act.translators"), home+"/translators?"+url.Values{"language": {*c.late.Language}}.Encode(), "language")
	}
	if c.late.PersonID != nil {
		add(l.T("overdue.act.hand_over"), personPath(*c.late.PersonID)+"/hand-over", "arrow-right")
	}
	if c.late.OrganisationID != nil {
		o, err := models.OrganisationByID(ctx, s.DB, *c.late.OrganisationID)
		if err != nil {
			return nil, err
		}
		add(l.T("overdue.act.who", "Organisation", o.Name), organisationPath(o.ID), "users")
	}
	if c.rec.Possible(models.DecideHold) == nil {
		add(l.T("recommendation.act.hold"), home+"/hold", "player-pause")
	}
	return acts, nil
}

// roundOfEscalation is where an officer looks into a review that reminding did not bring; "" for what coordinators look into.
func (s *Server) roundOfEscalation(r *http.Request) (string, error) {
	id, err := uuid.Parse(r.FormValue("task"))
	if err != nil {
		return "", nil
	}
	v, err := s.requirePerson(r)
	if err != nil {
		return "", err
	}
	t, err := models.TaskByID(r.Context(), s.DB, id)
	if err != nil || t.Kind != models.TaskEscalation || t.SubjectID == nil || t.PersonID == nil || *t.PersonID != v.Person.ID {
		return "", nil //nolint:nilerr // what is not found is said by the page itself
	}
	late, err := models.TaskByID(r.Context(), s.DB, *t.SubjectID)
	if err != nil || late.Kind != models.TaskReview {
		return "", err
	}
	return recommendationPath(t.RecommendationID) + "/round?task=" + late.ID.String(), nil
}
