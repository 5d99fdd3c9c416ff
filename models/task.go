package models

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// TaskKind is what a person is asked to do.
type TaskKind string

// The kinds of task, in the order of the process.
const (
	TaskReview             TaskKind = "review"              // an expert reviews
	TaskConsult            TaskKind = "consult"             // a partner comments
	TaskChooseReviewer     TaskKind = "choose_reviewer"     // the officer picks who comes next for one who is silent or declined
	TaskDecideReview       TaskKind = "decide_review"       // the officer weighs the reviews
	TaskAssignTranslator   TaskKind = "assign_translator"   // the officer finds a translator
	TaskTranslate          TaskKind = "translate"           // a translator translates
	TaskApproveTranslation TaskKind = "approve_translation" // another one approves
	TaskSignOff            TaskKind = "sign_off"            // an organisation signs off
	TaskResolveSignOff     TaskKind = "resolve_signoff"     // the officer decides what follows when the rule is not met
	TaskPublish            TaskKind = "publish"             // the officer publishes
	TaskDeliver            TaskKind = "deliver"             // the officer delivers to an authority
	TaskDecideMailing      TaskKind = "decide_mailing"      // the officer says what becomes of a mailing whose time passed
	TaskReportProgress     TaskKind = "report_progress"     // a focal point reports what happened
	TaskEscalation         TaskKind = "escalation"          // the coordinator looks into something overdue
)

// EndsWithGrace tells the kinds of task that are over when their grace is from those that wait, escalated, for as long
// as it takes.
func (k TaskKind) EndsWithGrace() bool {
	return k == TaskReview || k == TaskConsult || k == TaskReportProgress || k == TaskChooseReviewer
}

// TaskState is where a task stands.
type TaskState string

// The states of a task; all but open are final.
const (
	TaskOpen      TaskState = "open"
	TaskDone      TaskState = "done"
	TaskDeclined  TaskState = "declined"
	TaskExpired   TaskState = "expired"   // nobody answered in time
	TaskCancelled TaskState = "cancelled" // no longer needed
)

// Task is a wait for a person: who, what, until when. It is written before the wait begins; every list, link and
// dashboard reads it.
type Task struct {
	bun.BaseModel `bun:"table:tasks,alias:t"`

	ID               uuid.UUID `bun:",pk"`
	ProcessID        uuid.UUID
	RecommendationID uuid.UUID
	Kind             TaskKind
	Round            int
	PersonID         *uuid.UUID
	OrganisationID   *uuid.UUID // anybody who speaks for it, or for a sister in its voting unit
	Alone            bool       // asked in its own name: its sisters do not answer for it
	VersionID        *uuid.UUID
	Language         *string
	SubjectID        *uuid.UUID
	State            TaskState
	OpenedAt         time.Time
	AcceptedAt       *time.Time
	RespondBy        *time.Time
	RemindAt         *time.Time
	DueAt            time.Time
	GraceUntil       time.Time
	Reminders        int
	OverdueAt        *time.Time
	RemindStep       string     // what the next reminder is about, see ReminderRespond
	RespondReminders int        // of saying whether they will; Reminders counts those of the deadline
	Told             int        // how often the officer was told that reminding was in vain
	ToldDue          *time.Time // of which deadline
	NudgedAt         *time.Time // by hand, last
	FirstDue         *time.Time // the deadline before it was moved first
	AskedUntil       *time.Time `bun:"type:date"` // more time than the procedure gives without asking
	TimeRefused      string     // why the time asked for last was not given; "" where it was
	TimeRefusedIn    string     // language of that; "" where nobody said
	TimeGivenAt      *time.Time // an officer gave them more time, last
	TimeTakenFrom    *time.Time // the deadline before they took time without asking; nil: they took none, or the officer moved it since
	TimeTakenBackAt  *time.Time // when they last took back the time they had taken or asked for
	ShortFor         *time.Time `bun:"type:date"` // the day the text is needed by, where that made the time shorter
	Extensions       int        // how often its deadline was moved by somebody or by a pause, or it was asked again
	TakenBackAt      *time.Time // when its answer was last taken back
	Generation       int
	ClosedAt         *time.Time
}

// NewTask returns an open task whose deadline, first reminder and grace follow from w, counted from now in zone.
func NewTask(kind TaskKind, w Wait, now time.Time, zone *time.Location) *Task {
	due := w.Due.After(now, zone)
	t := &Task{ID: NewID(), Kind: kind, State: TaskOpen, OpenedAt: now, DueAt: due, Generation: 1}
	t.GraceUntil = w.LateFor.After(due, zone)
	t.scheduleReminder(w, zone, 0)
	return t
}

// scheduleReminder sets RemindAt to the next reminder the ladder has, or to none. Shift is by how much the ladder has
// moved since the task was opened.
func (t *Task) scheduleReminder(w Wait, zone *time.Location, shift time.Duration) {
	t.RemindAt, t.RemindStep = nil, ""
	if t.Reminders < len(w.RemindAfter) {
		at := w.RemindAfter[t.Reminders].Morning(t.OpenedAt, zone).Add(shift)
		if at.Before(t.GraceUntil) {
			t.RemindAt = &at
		}
	}
}

// Remind counts a reminder and sets the next one.
func (t *Task) Remind(w Wait, cal Calendar, now time.Time) {
	if !w.Stepwise() {
		t.Reminded(w, time.UTC)
		return
	}
	switch t.RemindStep {
	case ReminderRespond:
		t.RespondReminders++
	case ReminderTell:
		due := t.DueAt
		t.Told, t.ToldDue = t.Told+1, &due
	default:
		t.Reminders++
	}
	t.Schedule(w, cal, now)
}

// Reminded counts a reminder and sets the next one, as far from this one as the ladder says: it moved with every hold.
func (t *Task) Reminded(w Wait, zone *time.Location) {
	var shift time.Duration
	if t.RemindAt != nil && t.Reminders < len(w.RemindAfter) {
		shift = t.RemindAt.Sub(w.RemindAfter[t.Reminders].Morning(t.OpenedAt, zone))
	}
	t.Reminders++
	t.scheduleReminder(w, zone, shift)
}

// Close ends the task.
func (t *Task) Close(state TaskState, now time.Time) {
	t.State, t.ClosedAt = state, &now
	t.RemindAt, t.RespondBy, t.RemindStep, t.AskedUntil = nil, nil, "", nil
	t.ForgetTime()
}

// Reopen takes back that a task ended. Reminders counted from the opening go on with the next that is still to come.
func (t *Task) Reopen(w Wait, zone *time.Location, now time.Time) {
	t.State, t.ClosedAt = TaskOpen, nil
	t.Extensions++ // what calendars were told is over is there again
	t.CatchUp(w, zone, now)
}

// CatchUp sets the next reminder of a ladder that counts from the opening: what was due meanwhile is passed over.
func (t *Task) CatchUp(w Wait, zone *time.Location, now time.Time) {
	for t.scheduleReminder(w, zone, 0); t.RemindAt != nil && !t.RemindAt.After(now); t.scheduleReminder(w, zone, 0) {
		t.Reminders++
	}
}

// Silent reports whether a review ended because nobody said in time whether they will: its deadline was still to come.
func (t *Task) Silent() bool {
	return t.Kind == TaskReview && t.State == TaskExpired && t.AcceptedAt == nil && t.OverdueAt == nil
}

// ShowsText reports whether who is asked may still have the text by the question: not once it was taken back or declined.
func (t *Task) ShowsText() bool { return t.State != TaskCancelled && t.State != TaskDeclined }

// Shift moves every instant of an open task by as long as it was on hold, so that nobody has less time than before. What
// falls at the end of a day or at nine in the morning where they are moves by whole days, rounded up, and past weekends and public
// holidays; an hour's hold moves it only if it passed meanwhile.
func (t *Task) Shift(held, resumed time.Time, cal Calendar) {
	for _, at := range []*time.Time{&t.DueAt, &t.GraceUntil, t.RespondBy, t.RemindAt, t.TimeTakenFrom} {
		if at != nil {
			*at = shifted(*at, held, resumed, cal)
		}
	}
	t.stillShort(cal.Zone)
}

// Shift moves when a round that is closing closes by as long as it stood still, as the deadlines of its tasks move.
func (r *ReviewRound) Shift(held, resumed time.Time, cal Calendar) {
	if r.ClosingAt != nil {
		at := shifted(*r.ClosingAt, held, resumed, cal)
		r.ClosingAt = &at
	}
}

func shifted(at, held, resumed time.Time, cal Calendar) time.Time {
	zone := cal.Zone
	local := at.In(zone)
	h, m, s := local.Clock()
	if (h != 23 || m != 59 || s != 59) && (h != 9 || m != 0 || s != 0) {
		return at.Add(resumed.Sub(held))
	}
	const day = 24 * time.Hour
	lost := clockTime(resumed, zone).Sub(clockTime(held, zone))
	if lost < time.Hour && (!at.After(held) || at.After(resumed)) {
		return at // also where it was set to a free day
	}
	if lost >= time.Hour {
		local = local.AddDate(0, 0, int((lost+day-1)/day))
	}
	for cal.Free(local) || (at.After(held) && !local.After(resumed)) {
		local = local.AddDate(0, 0, 1)
	}
	return local
}

// clockTime is what the clock on the wall shows, as if it were never put forward or back: days are counted by it.
func clockTime(at time.Time, zone *time.Location) time.Time {
	l := at.In(zone)
	return time.Date(l.Year(), l.Month(), l.Day(), l.Hour(), l.Minute(), l.Second(), l.Nanosecond(), time.UTC)
}

// MissedAt is when a task that nobody answered is dealt with: at its deadline, or, where silence counts as an answer, when
// a late answer is no longer taken.
func (t Task) MissedAt(r SignOffRules) time.Time {
	if t.Kind == TaskSignOff && r.Silence != SilenceWaits {
		return t.GraceUntil
	}
	return t.DueAt
}

// WaitsOut reports whether an officer gave somebody more time that is not over: they are not told that enough others answered.
func (t Task) WaitsOut() bool {
	return t.State == TaskOpen && t.Kind == TaskReview && t.TimeGivenAt != nil && t.OverdueAt == nil
}

// OutlastClosing has a question stand for as long as it is promised to when its round is closing: nobody is silent, nor too late, before
// that. What moves is told to calendars.
func (t *Task) OutlastClosing(closing time.Time) {
	after := closing.Add(time.Second) // the round closes first
	if t.RespondBy != nil && t.RespondBy.Before(after) {
		t.RespondBy = &after
	}
	if t.GraceUntil.Before(after) {
		t.GraceUntil = after
	}
	if closing.Before(t.DueAt) {
		t.Extensions++
	}
}

// Late reports whether an answer at now comes after the deadline.
func (t Task) Late(now time.Time) bool { return now.After(t.DueAt) }

// Insert writes a new task.
func (t *Task) Insert(ctx context.Context, db bun.IDB) error {
	_, err := db.NewInsert().Model(t).Exec(ctx)
	return err
}

// Save writes a changed task.
func (t *Task) Save(ctx context.Context, db bun.IDB) error {
	_, err := db.NewUpdate().Model(t).WherePK().Exec(ctx)
	return err
}

// answerUntil is until when a task (alias t) is to be answered: its deadline, or, where an expert is asked in a round that is closing,
// when that closes, if it is sooner. Everything that tells somebody until when they have reads it.
const answerUntil = `(CASE WHEN t.kind = 'review' THEN LEAST(t.due_at, (SELECT closing.closing_at FROM review_rounds AS closing
	WHERE closing.recommendation_id = t.recommendation_id AND closing.number = t.round)) ELSE t.due_at END)`

// TaskByID returns a task.
func TaskByID(ctx context.Context, db bun.IDB, id uuid.UUID) (*Task, error) {
	t := new(Task)
	err := db.NewSelect().Model(t).Where("t.id = ?", id).Scan(ctx)
	return t, found(err, "task")
}

// TaskFilter narrows a list of tasks; zero fields do not.
type TaskFilter struct {
	Process, Recommendation uuid.UUID
	Kinds                   []TaskKind
	Round                   int
	OpenOnly                bool
	Subject                 uuid.UUID
}

func (f TaskFilter) apply(q *bun.SelectQuery) *bun.SelectQuery {
	if f.Process != uuid.Nil {
		q = q.Where("t.process_id = ?", f.Process)
	}
	if f.Recommendation != uuid.Nil {
		q = q.Where("t.recommendation_id = ?", f.Recommendation)
	}
	if len(f.Kinds) > 0 {
		q = q.Where("t.kind IN (?)", bun.List(f.Kinds))
	}
	if f.Round > 0 {
		q = q.Where("t.round = ?", f.Round)
	}
	if f.OpenOnly {
		q = q.Where("t.state = ?", TaskOpen)
	}
	if f.Subject != uuid.Nil {
		q = q.Where("t.subject_id = ?", f.Subject)
	}
	return q
}

// Tasks lists tasks in the order they were opened.
func Tasks(ctx context.Context, db bun.IDB, f TaskFilter) ([]Task, error) {
	var all []Task
	err := f.apply(db.NewSelect().Model(&all)).Order("t.opened_at", "t.id").Scan(ctx)
	return all, err
}

// RevokeLinks makes every personal link of the task invalid, those already sent included.
func RevokeLinks(ctx context.Context, db bun.IDB, task uuid.UUID) error {
	_, err := db.NewUpdate().Model((*Task)(nil)).Set("generation = generation + 1").Where("id = ?", task).Exec(ctx)
	return err
}
