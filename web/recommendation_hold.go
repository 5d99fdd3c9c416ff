package web

import (
	"net/http"

	"tribuna/internal/access"
	"tribuna/models"
)

// holdView is the page of the three acts on a process as a whole: it says what will happen and asks once.
type holdView struct {
	actView
	What string // "hold", "resume" or "withdraw": completes the keys "officer.<what>.…"
}

// NeedsReason reports whether the act asks for a reason.
func (v holdView) NeedsReason() bool { return v.What != "resume" }

// Danger reports whether the act cannot be undone.
func (v holdView) Danger() bool { return v.What == "withdraw" }

// wholeAct is an act on a process as a whole.
type wholeAct struct {
	what   string
	action access.Action
	kind   models.DecisionKind
}

var (
	holding     = wholeAct{"hold", access.Hold, models.DecideHold}
	resuming    = wholeAct{"resume", access.Resume, models.DecideResume}
	withdrawing = wholeAct{"withdraw", access.Withdraw, models.DecideWithdraw}
)

func (s *Server) confirmHold(w http.ResponseWriter, r *http.Request) error {
	return s.confirmWhole(w, r, holding)
}

func (s *Server) confirmResume(w http.ResponseWriter, r *http.Request) error {
	return s.confirmWhole(w, r, resuming)
}

func (s *Server) confirmWithdraw(w http.ResponseWriter, r *http.Request) error {
	return s.confirmWhole(w, r, withdrawing)
}

func (s *Server) takeHold(w http.ResponseWriter, r *http.Request) error {
	return s.takeWhole(w, r, holding, reasonOf(r))
}

func (s *Server) takeResume(w http.ResponseWriter, r *http.Request) error {
	return s.takeWhole(w, r, resuming, models.NoPayload{})
}

func (s *Server) takeWithdraw(w http.ResponseWriter, r *http.Request) error {
	return s.takeWhole(w, r, withdrawing, reasonOf(r))
}

func (s *Server) confirmWhole(w http.ResponseWriter, r *http.Request, act wholeAct) error {
	a, err := s.beginAct(r, act.action, false)
	if err != nil {
		return err
	}
	if err := a.rec.Possible(act.kind); err != nil {
		return err
	}
	if kept, err := s.keepsWords(w, r, a, act.what); kept || err != nil {
		return err
	}
	s.showWhole(w, r, a, act)
	return nil
}

func (s *Server) takeWhole(w http.ResponseWriter, r *http.Request, act wholeAct, payload any) error {
	a, err := s.beginAct(r, act.action, false)
	if err != nil {
		return err
	}
	if kept, err := s.keepsWords(w, r, a, act.what); kept || err != nil {
		return err
	}
	done, err := s.take(w, r, a, act.kind, payload, Localizer(r).T("officer."+act.what+".done"))
	if done {
		return nil
	}
	if err := a.again(r, err); err != nil {
		return err
	}
	s.showWhole(w, r, a, act)
	return nil
}

func (s *Server) showWhole(w http.ResponseWriter, r *http.Request, a *officerAct, act wholeAct) {
	v := holdView{s.newActView(r, a, Localizer(r).T("officer."+act.what+".title")), act.what}
	s.Engine.Render(w, r, a.form.status, "hold", v)
}
