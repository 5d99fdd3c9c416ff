package models

import (
	"fmt"
	"slices"
	"time"

	"tribuna/internal/apperr"
)

// What the next reminder of a task is about; "" in a ladder that counts from the opening alone.
const (
	ReminderRespond = "respond" // say whether you will
	ReminderBefore  = "before"  // the deadline comes
	ReminderLate    = "late"    // it has passed
	ReminderTell    = "tell"    // the officer learns that it was in vain
)

// Stepwise reports whether reminders follow the deadline wherever it moves, and not the opening.
func (w Wait) Stepwise() bool {
	return len(w.RemindBefore) > 0 || w.RemindLate != "" || len(w.respondRemind) > 0
}

// step is a reminder that a ladder holds.
type step struct {
	at   time.Time
	what string
}

// Accept notes that somebody will do what they are asked: they are no longer silent.
func (t *Task) Accept(now time.Time) {
	if t.AcceptedAt == nil {
		t.AcceptedAt = &now
	}
	t.Heard()
}

// Heard notes that somebody has let hear from them, without saying whether they will: they are no longer silent.
func (t *Task) Heard() { t.RespondBy = nil }

// Schedule sets the next reminder that is still to come: what was due while nobody could remind is passed over, so that
// there is one reminder after a standstill and no flood.
func (t *Task) Schedule(w Wait, cal Calendar, now time.Time) {
	t.RemindAt, t.RemindStep = nil, ""
	var next *step
	for _, s := range t.steps(w, cal, now) {
		if t.AskedUntil != nil && s.what != ReminderTell {
			continue // who waits for an answer is not reminded
		}
		if s.at = cal.Awake(s.at); s.at.After(now) && s.at.Before(t.GraceUntil) && (next == nil || s.at.Before(next.at)) {
			next = &s
		}
	}
	if next != nil {
		t.RemindAt, t.RemindStep = &next.at, next.what
	}
}

func (t *Task) steps(w Wait, cal Calendar, now time.Time) []step {
	var all []step
	if t.RespondBy != nil {
		moved := t.RespondBy.Sub(cal.WorkingDay(w.respond.After(t.OpenedAt, cal.Zone))) // by holds, or by being handed over
		for _, s := range w.respondRemind {
			if at := cal.Awake(s.Morning(t.OpenedAt, cal.Zone).Add(moved)); at.Before(*t.RespondBy) {
				all = append(all, step{at, ReminderRespond})
			}
		}
		return all
	}
	for _, s := range w.RemindBefore {
		all = append(all, step{cal.WorkingDayBefore(s.MorningBefore(t.DueAt, cal.Zone)), ReminderBefore})
	}
	if w.Stepwise() && t.Kind == TaskReview && (t.ToldDue == nil || !t.ToldDue.Equal(t.DueAt)) {
		tell := w.RemindLate.Morning(t.DueAt, cal.Zone)
		if w.RemindLate != "" {
			all = append(all, step{tell, ReminderLate})
			tell = w.RemindLate.Morning(tell, cal.Zone)
		}
		if !tell.After(now) {
			tell = Span("1d").Morning(now, cal.Zone)
		}
		all = append(all, step{tell, ReminderTell})
	} else if w.RemindLate != "" {
		all = append(all, step{w.RemindLate.Morning(t.DueAt, cal.Zone), ReminderLate})
	}
	return all
}

// LadderSteps is how many steps its ladder has taken: part of the id under which the next one is. Who has a review in another's
// place begins anew, and every step is taken under an id of its own: hence the generation of its links, which is raised by that.
func (t Task) LadderSteps() int {
	return (t.Generation-1)*stepsMost + t.Reminders + t.RespondReminders + t.Told
}

// stepsMost is more than one person is reminded of anything.
const stepsMost = 1000

// FairRespondBy gives somebody whose reminder came late, or on the last day, until the end of the second day after it to say whether
// they will: nobody is called silent by a reminder that could not be answered.
func (t *Task) FairRespondBy(now time.Time, cal Calendar) {
	if t.RespondBy == nil {
		return
	}
	late := t.RemindAt != nil && now.Sub(*t.RemindAt) > 12*time.Hour
	last := !cal.any && !t.RespondBy.After(EndOfDay(now.In(cal.Zone), cal.Zone))
	if fair := cal.WorkingDay(Span("2d").After(now, cal.Zone)); (late || last) && t.RespondBy.Before(fair) {
		t.RespondBy = &fair
	}
}

// Unreminded reports whether somebody would be called silent whom nobody reminded yet to say whether they will, though the procedure
// has them reminded: a row of holidays, or a standstill, can swallow the only reminder.
func (t *Task) Unreminded(w Wait) bool {
	return t.RespondBy != nil && len(w.respondRemind) > 0 && t.RespondReminders == 0
}

// LastDue is the last day on which answers leave the officer the time the procedure gives them to decide, before the day the text is
// needed by; to its end.
func (r ReviewRules) LastDue(needed time.Time, zone *time.Location) time.Time {
	return EndOfDay(r.Decide.Due.MorningBefore(EndOfDay(needed, zone), zone).In(zone), zone)
}

// Shorten moves the deadline of a new review before the day the text is needed by, less what the officer has to decide, to a working
// day; but leaves who is asked two days more than they have to say whether they will.
func (t *Task) Shorten(r ReviewRules, needed *time.Time, now time.Time, cal Calendar) {
	if needed == nil {
		return
	}
	due := cal.WorkingDay(r.LastDue(*needed, cal.Zone))
	if least := cal.WorkingDay(Span("2d").After(r.Respond.After(now, cal.Zone), cal.Zone)); due.Before(least) {
		due = least
	}
	if due.Before(t.DueAt) {
		t.DueAt, t.GraceUntil, t.ShortFor = due, r.LateFor.After(due, cal.Zone), needed
	}
}

// stillShort forgets the day for which the time was made shorter once the deadline is not before it any more.
func (t *Task) stillShort(zone *time.Location) {
	if t.ShortFor != nil && !t.DueAt.Before(EndOfDay(*t.ShortFor, zone)) {
		t.ShortFor = nil
	}
}

// ProlongTo moves the deadline of a review to the end of a day, and its ladder with it: who has not said yet whether they will
// has as many days more for that, too.
func (t *Task) ProlongTo(w Wait, day time.Time, cal Calendar, now time.Time) {
	if t.FirstDue == nil {
		first := t.DueAt
		t.FirstDue = &first
	}
	former := t.DueAt
	t.DueAt = EndOfDay(day, cal.Zone)
	t.stillShort(cal.Zone)
	t.respondLater(former, cal)
	t.GraceUntil = w.LateFor.After(t.DueAt, cal.Zone)
	t.OverdueAt, t.AskedUntil, t.TimeRefused, t.TimeRefusedIn = nil, nil, "", ""
	t.ForgetTime()
	t.Extensions++
	t.Schedule(w, cal, now)
	before := cal.Awake(cal.WorkingDayBefore(time.Date(day.Year(), day.Month(), day.Day()-1, morning, 0, 0, 0, cal.Zone)))
	if t.RemindAt == nil && before.After(now) && before.Before(t.DueAt) {
		t.RemindAt, t.RemindStep = &before, ReminderBefore
	}
}

// respondLater moves until when somebody says whether they will by as many days as the deadline moved from former, and past
// free days; never beyond the deadline.
func (t *Task) respondLater(former time.Time, cal Calendar) {
	if t.RespondBy == nil {
		return
	}
	zone := cal.Zone
	moved := clockTime(EndOfDay(t.DueAt.In(zone), zone), zone).Sub(clockTime(EndOfDay(former.In(zone), zone), zone))
	later := cal.WorkingDay(EndOfDay(t.RespondBy.In(zone).AddDate(0, 0, int(moved/(24*time.Hour))), zone))
	if later.After(t.DueAt) {
		later = t.DueAt
	}
	t.RespondBy = &later
}

// EndOfDay is the last second of a day in a zone.
func EndOfDay(day time.Time, zone *time.Location) time.Time {
	return time.Date(day.Year(), day.Month(), day.Day(), 23, 59, 59, 0, zone)
}

// NudgedToday reports whether who is asked was reminded by hand today.
func (t Task) NudgedToday(now time.Time, zone *time.Location) bool {
	return t.NudgedAt != nil && t.NudgedAt.In(zone).Format(time.DateOnly) == now.In(zone).Format(time.DateOnly)
}

// Limit is the last day to which an expert moves the deadline without asking: as far as the procedure lets them, and never beyond what
// leaves the officer time to decide before the day the text is needed by (nil: none). False where every day is the officer's to give.
func (t Task) Limit(r ReviewRules, needed *time.Time, zone *time.Location) (time.Time, bool) {
	first := t.DueAt
	if t.FirstDue != nil {
		first = *t.FirstDue
	}
	limit := r.ExtendUpTo.After(first, zone)
	if needed != nil {
		if last := r.LastDue(*needed, zone); last.Before(limit) {
			limit = last
		}
	}
	return limit, !r.ExtendUpTo.IsZero() && limit.After(t.DueAt)
}

// checkLadder blames reminders that come at the wrong time.
func (r ReviewRules) checkLadder(bad *apperr.Error) {
	at := func(s Span) time.Time { return s.After(anyMonday, time.UTC) }
	for i, s := range r.RemindBefore {
		path := fmt.Sprintf("review.remind_before[%d]", i)
		spanField(bad, path, s, true)
		switch {
		case !s.Valid() || !r.Due.Valid():
		case !at(s).Before(at(r.Due)):
			bad.And(path, "reminder_early")
		case i > 0 && !at(s).Before(at(r.RemindBefore[i-1])):
			bad.And(path, "reminder_order")
		}
	}
	if len(r.RemindBefore) > 0 && len(r.RemindAfter) > 0 {
		bad.And("review.remind_before", "reminder_either")
	}
	for i, s := range r.RespondRemind {
		path := fmt.Sprintf("review.respond_remind_after[%d]", i)
		spanField(bad, path, s, true)
		if s.Valid() && r.Respond.Valid() && !at(s).Before(at(r.Respond)) {
			bad.And(path, "reminder_late")
		}
	}
	if !slices.IsSortedFunc(r.RespondRemind, func(a, b Span) int { return at(a).Compare(at(b)) }) {
		bad.And("review.respond_remind_after", "reminder_order")
	}
	spanField(bad, "review.remind_late", r.RemindLate, false)
	if r.RemindLate != "" && longerOrSame(r.RemindLate, r.LateFor) {
		bad.And("review.remind_late", "reminder_grace")
	}
	spanField(bad, "review.extend_up_to", r.ExtendUpTo, false)
	if r.WhenEnough != "" {
		oneOf(bad, "review.when_enough", r.WhenEnough, EnoughCloses, EnoughAsks)
	}
}

func longerOrSame(a, b Span) bool {
	return !a.After(anyMonday, time.UTC).Before(b.After(anyMonday, time.UTC))
}
