package web

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/i18n"
	"tribuna/models"
)

// handOverView is what somebody holds, who could take it over, and what of it they would.
type handOverView struct {
	Page
	Back       crumb
	Form       *Form
	Path, Name string
	To         string // the successor's name, "" until one is chosen
	ToID, ID   string
	Held       []heldRow
	Stays      int      // of what is held, because the successor cannot take it
	Hidden     []string // titles of what no coordinator can take charge of, because they know who said what
	Successors []Option
	Refused    string
	status     int
}

// heldRow is what somebody holds in one process.
type heldRow struct {
	Href, Title, Lang string
	What              []string
	Stays             string // why the successor cannot take it over; "" if they can
}

func (s *Server) handOverOf(w http.ResponseWriter, r *http.Request) error {
	p, _, err := s.personOf(r)
	if err != nil {
		return err
	}
	return s.renderHandOver(w, r, p, handOverView{Form: NewForm(r.URL.Query()), ToID: r.URL.Query().Get("to_id"), status: http.StatusOK})
}

func (s *Server) renderHandOver(w http.ResponseWriter, r *http.Request, p models.Person, v handOverView) error {
	l := Localizer(r)
	v.Page = s.administrationPage(r, l.T("person.hand_over_title", "Name", p.Name))
	v.Back, v.Path, v.Name = crumb{personPath(p.ID), p.Name}, personPath(p.ID)+"/hand-over", p.Name
	v.ID = models.NewID().String()
	held, err := models.HeldBy(r.Context(), s.DB, p.ID, uuid.Nil)
	if err != nil {
		return err
	}
	able, err := models.Successors(r.Context(), s.DB, p.ID, held)
	if err != nil {
		return err
	}
	var chosen *models.Successor
	for i, a := range able {
		v.Successors = append(v.Successors, Option{Value: a.ID.String(), Label: l.T("person.successor", "Name", a.Name, "Count", canTake(a, held), "Total", len(held))})
		if a.ID.String() == v.ToID {
			chosen = &able[i]
			v.To = a.Name
		}
	}
	for _, h := range held {
		if h.InCharge && h.Anonymised {
			v.Hidden = append(v.Hidden, h.Title)
		}
		row := heldRow{Href: "/recommendations/" + h.RecommendationID.String(), Title: h.Title, Lang: h.Language, What: heldInWords(l, h)}
		if chosen != nil {
			if why := chosen.Unfit(h); why != "" {
				row.Stays = l.T("person.unfit." + why)
				v.Stays++
			}
		}
		v.Held = append(v.Held, row)
	}
	s.Engine.Render(w, r, v.status, "handover", v)
	return nil
}

func canTake(a models.Successor, held []models.Held) int {
	n := 0
	for _, h := range held {
		if a.Unfit(h) == "" {
			n++
		}
	}
	return n
}

// heldInWords says what somebody holds in a process; a translation says more than the question about it.
func heldInWords(l *i18n.Localizer, h models.Held) []string {
	var words []string
	if h.InCharge {
		words = append(words, l.T("person.held.in_charge"))
	}
	for _, tr := range h.Translations {
		words = append(words, l.T("person.held.translation", "Language", l.Language(tr.Language)))
	}
	for _, t := range h.Tasks {
		if t.Kind != models.TaskTranslate && t.Kind != models.TaskApproveTranslation {
			words = append(words, l.T("recommendation.awaited."+string(t.Kind)))
		}
	}
	return words
}

// beginHandOver stores what every process is to decide, tells them, and shows how far they are.
func (s *Server) beginHandOver(w http.ResponseWriter, r *http.Request) error {
	p, by, err := s.personOf(r)
	if err != nil {
		return err
	}
	if err := ParseForm(r); err != nil {
		return err
	}
	h := &models.HandOver{FromID: p.ID}
	if h.ID, err = uuid.Parse(r.PostForm.Get("hand_over_id")); err != nil {
		h.ID = models.NewID()
	}
	h.ToID, _ = uuid.Parse(r.PostForm.Get("to_id")) // what is no id is refused as unknown
	var subs []models.Submission
	err = s.DB.RunInTx(r.Context(), nil, func(ctx context.Context, tx bun.Tx) error {
		subs, err = models.BeginHandOver(ctx, tx, h, by.Person, s.Now())
		return err
	})
	if err != nil {
		form := NewForm(r.PostForm)
		status, refused, again := form.blamed(err, Localizer(r))
		if !again {
			return err
		}
		return s.renderHandOver(w, r, p, handOverView{Form: form, Refused: refused, status: status})
	}
	s.Processes.TellAll(r.Context(), subs)
	http.Redirect(w, r, personPath(p.ID)+"/hand-over/"+h.ID.String(), http.StatusSeeOther)
	return nil
}

// handOverProgressView is how far a handing over is, process by process.
type handOverProgressView struct {
	Page
	Back     crumb
	From, To string
	By       string
	At       Moment
	Progress Progress
	Rows     []handOverRow
	Waiting  bool
	Refused  bool
	Again    string
	Reload   string
}

// handOverRow is one process and what came of its part.
type handOverRow struct {
	Href, Title, Lang string
	State             Badge
	Why               string
}

var handOverBadges = map[models.SubmissionState]Badge{
	models.SubmissionRecorded: {Tone: "done", Icon: "check"},
	models.SubmissionReceived: {Tone: "wait", Icon: "clock"},
	models.SubmissionRefused:  {Tone: "harm", Icon: "ban"},
}

func (s *Server) handOverProgress(w http.ResponseWriter, r *http.Request) error {
	p, by, err := s.personOf(r)
	if err != nil {
		return err
	}
	id, err := idVar(r, "hand_over", "hand_over")
	if err != nil {
		return err
	}
	h, err := models.HandOverFrom(r.Context(), s.DB, p.ID, id)
	if err != nil {
		return err
	}
	l := Localizer(r)
	people, err := models.PeopleByID(r.Context(), s.DB, []uuid.UUID{h.ToID, h.PersonID})
	if err != nil {
		return err
	}
	zone, err := s.zoneOf(r.Context(), by.Person)
	if err != nil {
		return err
	}
	path := personPath(p.ID) + "/hand-over"
	v := handOverProgressView{Page: s.administrationPage(r, l.T("person.hand_over_progress", "From", p.Name, "To", people[h.ToID].Name)),
		Back: crumb{personPath(p.ID), p.Name}, From: p.Name, To: people[h.ToID].Name, By: people[h.PersonID].Name, At: Moment{h.CreatedAt, zone},
		Again: path, Reload: path + "/" + h.ID.String()}
	if err := s.fillHandOver(r, l, h, &v); err != nil {
		return err
	}
	s.Engine.Render(w, r, http.StatusOK, "handover_progress", v)
	return nil
}

func (s *Server) fillHandOver(r *http.Request, l *i18n.Localizer, h models.HandOver, v *handOverProgressView) error {
	subs, err := models.HandOverSubmissions(r.Context(), s.DB, h.ID)
	if err != nil {
		return err
	}
	ids := make([]uuid.UUID, 0, len(subs))
	for _, sub := range subs {
		ids = append(ids, sub.ProcessID)
	}
	subjects, err := models.ProcessSubjects(r.Context(), s.DB, ids)
	if err != nil {
		return err
	}
	v.Progress = Progress{Total: len(subs), Label: l.T("person.hand_over_done")}
	for _, sub := range subs {
		about := subjects[sub.ProcessID]
		row := handOverRow{Href: "/recommendations/" + about.RecommendationID.String(), Title: about.Title, Lang: about.Language, State: handOverBadges[sub.State]}
		row.State.Text = l.T("person.hand_over_state." + string(sub.State))
		switch sub.State {
		case models.SubmissionRecorded:
			v.Progress.Done++
		case models.SubmissionRefused:
			v.Refused = true
			row.Why = l.T("person.hand_over_refused")
		default:
			v.Waiting = true
		}
		v.Rows = append(v.Rows, row)
	}
	return nil
}

// handOverCrumbs lead to what somebody handed over before.
func (s *Server) handOverCrumbs(r *http.Request, person uuid.UUID, zone *time.Location) ([]crumb, error) {
	list, err := models.HandOversFrom(r.Context(), s.DB, person)
	if err != nil {
		return nil, err
	}
	ids := make([]uuid.UUID, 0, len(list))
	for _, h := range list {
		ids = append(ids, h.ToID)
	}
	people, err := models.PeopleByID(r.Context(), s.DB, ids)
	l := Localizer(r)
	crumbs := make([]crumb, 0, len(list))
	for _, h := range list {
		crumbs = append(crumbs, crumb{fmt.Sprintf("%s/hand-over/%s", personPath(person), h.ID),
			l.T("person.handed_over_on", "Name", people[h.ToID].Name, "Date", l.Date(h.CreatedAt, zone))})
	}
	return crumbs, err
}
