package web

import (
	"context"
	"net/http"

	"github.com/google/uuid"

	"tribuna/internal/access"
	"tribuna/internal/apperr"
	"tribuna/internal/i18n"
	"tribuna/internal/record"
	"tribuna/models"
)

// reviewerView is the page on which a further expert is brought into the running round.
type reviewerView struct {
	actView
	For        string // who declined or kept silent; "" if nobody did
	Declined   bool
	Reason     string
	Lang       string // of reason and suggestion; "" where nobody said
	Suggestion string
	Suggested  []suggestedRow
	Finder     *finder
	Experts    []expertRow
	InLine     map[string]int // place in the reserve by expert
}

// Choices are the experts as radio buttons.
func (v reviewerView) Choices() []expertRow { return v.Experts }

func (s *Server) chooseReviewer(w http.ResponseWriter, r *http.Request) error {
	a, err := s.beginAct(r, access.InviteReviewer, false, models.TaskChooseReviewer)
	if err != nil {
		return err
	}
	if err := a.rec.Possible(models.DecideInviteReviewer); err != nil {
		return err
	}
	return s.showReviewer(w, r, a)
}

func (s *Server) takeReviewer(w http.ResponseWriter, r *http.Request) error {
	a, err := s.beginAct(r, access.InviteReviewer, false, models.TaskChooseReviewer)
	if err != nil {
		return err
	}
	var done bool
	if finding(r) {
		return s.showReviewer(w, r, a)
	}
	if r.PostFormValue("do") == "skip" {
		done, err = s.take(w, r, a, models.DecideSkipReviewer, models.NoPayload{}, Localizer(r).T("officer.reviewer.skipped"))
	} else {
		done, err = s.inviteReviewer(w, r, a)
	}
	if done {
		return nil
	}
	if err := a.again(r, err); err != nil {
		return err
	}
	return s.showReviewer(w, r, a)
}

func (s *Server) inviteReviewer(w http.ResponseWriter, r *http.Request, a *officerAct) (bool, error) {
	bad := apperr.New(apperr.CodeInvalid)
	payload := models.InviteReviewerPayload{PersonID: readID(bad, "person_id", r.PostFormValue("person_id"))}
	if err := bad.OrNil(); err != nil {
		return false, err
	}
	return s.take(w, r, a, models.DecideInviteReviewer, payload, Localizer(r).T("officer.reviewer.invited"))
}

func (s *Server) showReviewer(w http.ResponseWriter, r *http.Request, a *officerAct) error {
	l, ctx := Localizer(r), r.Context()
	v := reviewerView{actView: s.newActView(r, a, l.T("officer.reviewer.title")), InLine: map[string]int{}}
	if err := s.fillWhoEnded(ctx, l, a, &v); err != nil {
		return err
	}
	round, err := models.RoundByNumber(ctx, s.DB, a.rec.ID, a.rec.Round)
	if err != nil {
		return err
	}
	for i, id := range round.Reserve {
		v.InLine[id.String()] = i + 1
	}
	asked, err := models.Tasks(ctx, s.DB, models.TaskFilter{Recommendation: a.rec.ID, Kinds: []models.TaskKind{models.TaskReview}, Round: a.rec.Round})
	if err != nil {
		return err
	}
	var exclude []uuid.UUID
	for _, t := range asked {
		exclude = append(exclude, *t.PersonID)
	}
	experts, err := s.expertsFor(ctx, a.rec, exclude)
	if err != nil {
		return err
	}
	if v.Experts, err = s.expertRows(ctx, l, a.rec, inReserveFirst(experts, round.Reserve)); err != nil {
		return err
	}
	v.Finder = newFinder(a.form.Form, "experts", l.T("officer.reviewer.who"), "experts")
	v.Experts = v.Finder.experts(v.Experts, func(e expertRow) bool { return a.form.Form.Has("person_id", e.ID) })
	s.Engine.Render(w, r, a.form.status, "review_choose", v)
	return nil
}

// inReserveFirst puts those in line before the others, in their order.
func inReserveFirst(experts []models.Expert, reserve []uuid.UUID) []models.Expert {
	ordered := make([]models.Expert, 0, len(experts))
	in := map[uuid.UUID]bool{}
	for _, id := range reserve {
		for _, e := range experts {
			if e.ID == id {
				ordered, in[id] = append(ordered, e), true
			}
		}
	}
	for _, e := range experts {
		if !in[e.ID] {
			ordered = append(ordered, e)
		}
	}
	return ordered
}

// fillWhoEnded says whose place is free, and what they said when they declined.
func (s *Server) fillWhoEnded(ctx context.Context, l *i18n.Localizer, a *officerAct, v *reviewerView) error {
	if a.task == nil || a.task.SubjectID == nil {
		return nil
	}
	ended, err := models.TaskByID(ctx, s.DB, *a.task.SubjectID)
	if err != nil || ended.PersonID == nil {
		return err
	}
	person, err := models.PersonByID(ctx, s.DB, *ended.PersonID)
	if err != nil {
		return err
	}
	v.For, v.Declined = person.Name, ended.State == models.TaskDeclined
	suggested, err := s.suggestedFor(ctx, l, a.form.Form, a.rec, a.rec.Round, true)
	if err != nil {
		return err
	}
	v.Suggested = suggested[ended.ID]
	items, err := record.Of(ctx, s.DB, a.rec.ID, []string{"task.declined"}, []uuid.UUID{ended.ID}, record.Confidential)
	for _, it := range items {
		v.Reason, v.Suggestion, v.Lang = it.Texts["reason"], it.Texts["suggestion"], it.Facts[record.FactWrittenIn]
	}
	return err
}
