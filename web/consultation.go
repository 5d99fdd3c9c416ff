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
	if do := r.PostFormValue("do"); oneMore(f.Form, do) || do == "change" { // back from what would be sent
		return s.renderReview(w, r, a, f)
	}
	comments, fields := readComments(r.PostForm, a.version.Body)
	p := models.ConsultationPayload{VersionHash: r.PostFormValue("version_hash"), Reasons: words(r, "reasons"), Comments: comments, Written: writtenIn(r), InsteadOf: seenAnswer(r)}
	if beside, err := s.besideAnother(w, r, a, f); beside || err != nil {
		return err
	}
	done, err := false, checkComments(p, a.version.Body, comments)
	if err == nil && r.PostFormValue(prefilled) != "" {
		err = ticked(r, "sure")
	}
	if err == nil && r.PostFormValue("do") == "look" {
		return s.showConsultationSummary(w, r, a, f, p)
	}
	if err == nil {
		done, err = s.decide(w, r, decision{a.task.ProcessID, models.DecideAnswerConsultation, &a.task.ID, p}, a.path()+"/thanks")
	}
	return s.finishReview(w, r, a, f, fields, done, err)
}
