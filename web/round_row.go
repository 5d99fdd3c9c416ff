package web

import (
	"context"
	"time"

	"github.com/google/uuid"

	"tribuna/internal/i18n"
	"tribuna/internal/record"
	"tribuna/models"
)

// roundDeskRow is somebody asked.
type roundDeskRow struct {
	Who        string
	State      Badge
	About      []string // what happened so far, and what comes next
	Due        time.Time
	Zone       *time.Location
	Open       bool
	Waits      bool // a partner who keeps their time though the round is closed: the decision is awaited
	Expert     bool
	Asks       string // for more time than the procedure gives
	AskedUntil string // that day, for the form
	Reason     string // with which they declined, or asked
	Lang       string
	Suggestion string
	Act        string         // where something is done about it
	Decidable  bool           // the question stands: open, or answered
	Lapsed     bool           // it ended without an answer, and one can still be written down
	Links      bool           // personal links of it still open something
	Suggested  []suggestedRow // whom they suggest instead
	Conflict   *roundConflict
	Lost       []undeliveredRow // mails that did not reach them
	Original   *original        // of an answer recorded for them; nil where there is none that the reader may see
	Decide     string           // what waits for the officer's decision, as the button says; "" where nothing does
}

// urgency puts first what waits for a decision.
func (row roundDeskRow) urgency() int {
	if row.Decide != "" {
		return 1
	}
	return 0
}

func (s *Server) newRoundDeskRow(l *i18n.Localizer, ask models.RoundAsk, rules models.ReviewRules, v *roundDeskView) roundDeskRow {
	row := roundDeskRow{Who: ask.Name, Due: ask.Until, Zone: v.Zone, Expert: ask.Kind == models.TaskReview, Open: ask.State == models.TaskOpen && v.Open}
	at := func(t time.Time) string { return l.DateTime(t, v.Zone) } // rounds can last hours
	row.Waits = ask.State == models.TaskOpen && ask.Kind == models.TaskConsult && v.Decides
	row.Decidable = ask.State == models.TaskOpen || ask.State == models.TaskDone
	row.State = askedBadge(l, ask, s.Now())
	row.About = append(row.About, l.T("round.asked_on", "Date", at(ask.OpenedAt)))
	if ask.OpenedFirst != nil {
		row.About = append(row.About, l.T("round.opened", "Date", at(*ask.OpenedFirst)))
	}
	if ask.AcceptedAt != nil {
		row.About = append(row.About, l.T("round.accepted_on", "Date", at(*ask.AcceptedAt)))
	}
	if ask.AnsweredAt != nil {
		row.About = append(row.About, l.T("round.answered_on", "Date", at(*ask.AnsweredAt)))
	}
	if ask.WaitsAgain() {
		row.About = append(row.About, l.T("round.taken_back", "When", at(*ask.TakenBackAt)))
	}
	if ask.TimeTakenBackAt != nil {
		row.About = append(row.About, l.T("round.time_taken_back", "When", at(*ask.TimeTakenBackAt)))
	}
	if n := ask.Reminders + ask.RespondReminders; n > 0 {
		row.About = append(row.About, l.N("recommendation.reminders", n))
	}
	if ask.Late && rules.LateApart {
		row.About = append(row.About, l.T("round.not_counted"))
	}
	if ask.InPlace != "" {
		row.About = append(row.About, l.T("round.in_place", "Name", ask.InPlace))
	}
	if row.Links = row.Decidable && v.Open || row.Waits; row.Links {
		row.Act = v.Action + "?task=" + ask.ID.String()
	}
	if ask.State != models.TaskOpen {
		return row
	}
	if ask.RespondBy != nil && v.comes(ask, *ask.RespondBy) {
		row.About = append(row.About, l.T("round.respond_by", "When", l.Moment(*ask.RespondBy, v.Zone)))
	}
	if ask.Kind == models.TaskConsult && ask.GraceUntil.After(ask.DueAt) {
		row.About = append(row.About, l.T("round.late_until", "When", l.Moment(ask.GraceUntil, v.Zone)))
	}
	if ask.RemindAt != nil && v.comes(ask, *ask.RemindAt) {
		row.About = append(row.About, l.T("round.next."+nextStep(ask.Task), "Date", at(*ask.RemindAt)))
	} else {
		row.About = append(row.About, l.T("round.next.none"))
	}
	if ask.AskedUntil != nil {
		row.AskedUntil = ask.AskedUntil.Format(time.DateOnly)
		row.Asks = l.T("round.asks_time", "Date", l.Date(*ask.AskedUntil, time.UTC))
	}
	if row.Open && row.Asks != "" {
		row.Decide = l.T("round.decide_time")
	}
	return row
}

// comes reports whether what waits for an instant still happens: an expert is asked nothing any more once a round that is closing is closed.
func (v *roundDeskView) comes(ask models.RoundAsk, at time.Time) bool {
	return v.closing == nil || ask.Kind != models.TaskReview || at.Before(*v.closing)
}

// nextStep says what the next reminder is about; a ladder that counts from the opening does not.
//
//i18n:keys round.next.*
func nextStep(t models.Task) string {
	if t.RemindStep == "" {
		return "reminder"
	}
	return t.RemindStep
}

// askedBadge says where somebody asked stands.
func askedBadge(l *i18n.Localizer, ask models.RoundAsk, now time.Time) Badge {
	say := func(tone, icon, key string) Badge { return Badge{tone, icon, l.T("round.state." + key)} }
	switch {
	case ask.Answered != nil && ask.Late:
		return say("wait", "check", "answered_late")
	case ask.Answered != nil:
		return say("done", "check", "answered")
	case ask.State == models.TaskDeclined:
		return say("done", "hand-stop", "declined")
	case ask.Silent():
		return say("wait", "clock", "silent")
	case ask.State == models.TaskExpired:
		return say("wait", "clock", "expired")
	case ask.State != models.TaskOpen:
		return say("done", "archive", "withdrawn")
	case ask.AskedUntil != nil:
		return say("action", "calendar", "asks_time")
	case ask.Task.Late(now):
		return say("harm", "alert-triangle", "late")
	case ask.WaitsAgain():
		return say("wait", "arrow-back-up", "taken_back")
	case ask.AcceptedAt != nil:
		return say("done", "check", "accepted")
	default:
		return say("action", "mail", "asked")
	}
}

// saidAtDesk reads what the desk shows of the record: what was said in declining, and in asking for time. The desk is read again
// whenever something happens, and the record is long.
func (s *Server) saidAtDesk(ctx context.Context, rec uuid.UUID, asks []models.RoundAsk) ([]record.Item, error) {
	var tasks []uuid.UUID
	for _, ask := range asks {
		if ask.State == models.TaskDeclined || ask.AskedUntil != nil {
			tasks = append(tasks, ask.ID)
		}
	}
	return record.Of(ctx, s.DB, rec, []string{"task.declined", "review.time_asked"}, tasks, record.Confidential)
}

// sayWhy adds what they said last when they declined or asked for time, and whom they suggest: nobody is written to by that.
func (row *roundDeskRow) sayWhy(task uuid.UUID, said []record.Item) {
	for _, it := range said {
		if it.Object == task && (it.Verb == "task.declined" || it.Verb == "review.time_asked" && row.Asks != "") {
			row.Reason, row.Suggestion, row.Lang = it.Texts["reason"], it.Texts["suggestion"], it.Facts[record.FactWrittenIn]
		}
	}
}
