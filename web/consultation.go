package web

import (
	"net/http"

	"tribuna/internal/access"
	"tribuna/models"
)

// answerConsultation takes a partner's comments and statement, in the organisation's name.
func (s *Server) answerConsultation(w http.ResponseWriter, r *http.Request) error {
	a, err := s.askedFor(r, access.Consult, models.TaskConsult)
	if slowedDown(a, err) {
		return s.reviewSlowed(w, r, a, err)
	}
	if err != nil {
		return err
	}
	f, err := readFormState(r)
	if err != nil {
		return err
	}
	if kept, err := s.keepWords(w, r, a.keptForm()); kept {
		return err
	}
	if on, err := s.leadsOn(w, r, a); on {
		return err
	}
	return s.consultationIn(w, r, a, f, false)
}

// lookAtConsultation shows what would be sent in an organisation's name.
func (s *Server) lookAtConsultation(w http.ResponseWriter, r *http.Request, a *asked, f formState) error {
	return s.consultationIn(w, r, a, f, true)
}

// consultationIn reads comments and statement from their form, and shows them (look) or sends them.
func (s *Server) consultationIn(w http.ResponseWriter, r *http.Request, a *asked, f formState, look bool) error {
	comments, fields := readComments(r.PostForm, a.version.Body)
	p := models.ConsultationPayload{VersionHash: r.PostFormValue("version_hash"), Reasons: words(r, "reasons"), Comments: comments, Written: writtenIn(r), InsteadOf: seenAnswer(r)}
	if beside, err := s.besideAnother(w, r, a, f); beside || err != nil {
		return err
	}
	done, err := false, checkComments(p, a.version.Body, comments)
	if err == nil && look {
		return s.showConsultationSummary(w, r, a, f, p)
	}
	if err == nil && unsure(r) {
		return s.consultationAgain(w, r, a, f, p)
	}
	if err == nil {
		done, err = s.decide(w, r, decision{a.task.ProcessID, models.DecideAnswerConsultation, &a.task.ID, p}, a.path()+"/thanks")
	}
	return s.finishReview(w, r, a, f, fields, done, err)
}

// consultationAgain shows what would be sent once more: nobody ticked that they want it sent.
func (s *Server) consultationAgain(w http.ResponseWriter, r *http.Request, a *asked, f formState, p models.ConsultationPayload) error {
	l := Localizer(r)
	f.showAgain(ticked(r, "sure"), l)
	f.Form.sayTick(l, "sure", sureBox(l, a))
	return s.showConsultationSummary(w, r, a, f, p)
}
