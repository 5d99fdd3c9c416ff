package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"tribuna/internal/access"
	"tribuna/internal/apperr"
	"tribuna/internal/i18n"
	"tribuna/models"
)

// mailingTimeView asks when a mailing leaves: now, or at a time by the clock of who writes it or of each reader.
type mailingTimeView struct {
	Form    *Form
	Now     time.Time
	Zone    *time.Location // by whose clock the time is written
	Days    string         // for the button that says when: how a moment of each month is written, parted by bars
	NoNight bool           // the procedure is one for demonstrations: mails leave at any hour
}

// The day, year and clock in mailingTimeView.Days that the button puts its own in the place of.
var momentOfEachMonth = time.Date(2000, time.January, 22, 3, 33, 0, 0, time.UTC)

// momentsOfMonths writes one moment of each month as pages write moments.
func momentsOfMonths(l *i18n.Localizer) string {
	all := make([]string, 12)
	for i := range all {
		all[i] = l.DateTime(momentOfEachMonth.AddDate(0, i, 0), time.UTC)
	}
	return strings.Join(all, "|")
}

// mailingTime prefills when a mailing leaves: as it was said where that lies ahead, else now.
func (s *Server) mailingTime(r *http.Request, c mailingCase, f formState) (mailingTimeView, error) {
	zone, err := s.zoneOf(r.Context(), c.visitor.Person)
	if err != nil {
		return mailingTimeView{}, err
	}
	procedure, err := models.ProcedureByID(r.Context(), s.DB, c.rec.ProcedureID)
	if err != nil {
		return mailingTimeView{}, err
	}
	v := mailingTimeView{Form: f.Form, Now: s.Now(), Zone: zone, Days: momentsOfMonths(Localizer(r)), NoNight: procedure.Document.Digest.Immediate}
	if f.Form.Values.Has("leaves") {
		return v, nil
	}
	f.Form.Values.Set("leaves", "now")
	if c.m.Schedule != nil && liesAhead(*c.m.Schedule, zone, s.Now()) {
		said := byClockOf(zone, *c.m.Schedule)
		f.Form.Values.Set("leaves", "later")
		f.Form.Values.Set("when.day", said.Day)
		f.Form.Values.Set("when.time", said.Time)
		f.Form.Values.Set("when.offered", said.Day+said.Time)
		f.Form.Values.Set("when.local", yesIf(c.m.Schedule.Local))
	}
	if c.m.State != models.MailingDraft {
		f.Form.Values.Set("at_night", yesIf(c.m.AtNight))
	}
	return v, nil
}

// liesAhead reports whether a time that was said is still to come; one by readers' own clocks, by the clock of who reads it here.
func liesAhead(said models.MailingTime, zone *time.Location, now time.Time) bool {
	if theirs, err := models.ZoneNamed(said.Zone); err == nil && !said.Local {
		zone = theirs
	}
	at, _, err := said.At(zone)
	return err == nil && at.After(now)
}

// byClockOf says a time by the clock of who reads it; one by readers' own clocks stays as it is.
func byClockOf(zone *time.Location, said models.MailingTime) models.MailingTime {
	theirs, err := models.ZoneNamed(said.Zone)
	if said.Local || err != nil {
		return said
	}
	at, _, err := said.At(theirs)
	if err != nil {
		return said
	}
	said.Day, said.Time = at.In(zone).Format(time.DateOnly), at.In(zone).Format("15:04")
	return said
}

func yesIf(is bool) string {
	if is {
		return "yes"
	}
	return ""
}

// readMailingTime reads when a mailing leaves; nil for now. By the clock of who writes it where it names none.
func readMailingTime(values url.Values) (when *models.MailingTime, atNight bool) {
	atNight = values.Get("at_night") == "yes"
	if values.Get("leaves") != "later" {
		return nil, atNight
	}
	return &models.MailingTime{Day: strings.TrimSpace(values.Get("when.day")), Time: strings.TrimSpace(values.Get("when.time")),
		Local: values.Get("when.local") == "yes"}, atNight
}

// nowOrLater refuses to send at once where a day or a time is filled in: whoever filled it in means later. What the page itself had
// offered, untouched, was filled in by nobody.
func nowOrLater(values url.Values) error {
	filled := strings.TrimSpace(values.Get("when.day") + values.Get("when.time"))
	if values.Get("leaves") != "later" && filled != "" && filled != values.Get("when.offered") {
		return apperr.Invalid("leaves", "now_or_later")
	}
	return nil
}

// atTime leads what is wrong with an event, or with the last day of writing, to the question when the mailing leaves: where that is
// asked, there is no field of either.
func atTime(err error) error {
	return blamed(blamed(err, "event.end_time", "leaves"), "write_until", "leaves")
}

// mailingWaits says what a mailing waits for.
type mailingWaits struct {
	Asking    bool
	Paused    bool // before anything of it has left
	Untimed   bool // it was to leave at once: At says nothing
	Passed    bool // At has
	Restored  bool // it asks because a backup was restored
	Hidden    bool // a text in it is hidden, and it cannot leave
	Over      bool // the event that it announces, or the days on which its readers write
	At        time.Time
	Leaves    string // when, in a sentence
	Local     bool
	Quiet     bool // nobody is written to at night
	Waves     []waveLine
	Revisable bool // nothing of it has left
}

// leavesWithin reports whether it leaves so soon, without anybody saying more.
func (w *mailingWaits) leavesWithin(now time.Time, soon time.Duration) bool {
	return !w.Asking && !w.Paused && !w.At.After(now.Add(soon))
}

// waveLine is who gets a mailing at a time, and by whose clock that is told: the readers' own where it is to be the same by those.
type waveLine struct {
	At     time.Time
	Zone   *time.Location
	People int
	Where  i18n.Words
}

// waitsForTime reports whether a mailing has a time that it waits for, or waited for before it was paused or asked.
func waitsForTime(m *models.Mailing) bool {
	return m.State == models.MailingScheduled || m.State == models.MailingAsking || m.State == models.MailingPaused && m.NextAt != nil
}

// leftOrSaid is when a mailing began to leave, or when it was said that it shall where it waits for its time.
func leftOrSaid(m *models.Mailing) *time.Time {
	if waitsForTime(m) {
		return m.LaunchedAt
	}
	return m.Left()
}

// mailingTimes says when a mailing was set for its time or began to leave, and when it ended or was cancelled. One that was cancelled before
// it began was only ever set for its time.
func mailingTimes(l *i18n.Localizer, m *models.Mailing, zone *time.Location) string {
	var said []string
	if at := leftOrSaid(m); at != nil {
		key := "mailing.launched_at"
		if waitsForTime(m) || m.State == models.MailingCancelled && m.BegunAt == nil {
			key = "mailing.schedule.said_on"
		}
		said = append(said, l.T(key, "When", l.DateTime(*at, zone)))
	}
	if m.FinishedAt != nil {
		said = append(said, mailingEnded(l, m, zone))
	}
	return strings.Join(said, " · ")
}

// mailingEnded says when a mailing that is over ended, or was cancelled.
func mailingEnded(l *i18n.Localizer, m *models.Mailing, zone *time.Location) string {
	if m.State == models.MailingCancelled {
		return l.T("mailing.cancelled_at", "When", l.DateTime(*m.FinishedAt, zone))
	}
	return l.T("mailing.finished_at", "When", l.DateTime(*m.FinishedAt, zone))
}

// notOut reports whether a mailing can be given another time: it waits for one, asks, or was paused before anything of it left,
// whether it was to leave later or at once.
func (s *Server) notOut(ctx context.Context, m *models.Mailing) (bool, error) {
	if m.State != models.MailingPaused {
		return m.State == models.MailingScheduled || m.State == models.MailingAsking, nil
	}
	begun, err := models.MailingBegun(ctx, s.DB, m.ID)
	return !begun, err
}

// leavesWords says in a sentence when a mailing leaves.
func leavesWords(l *i18n.Localizer, now, at time.Time, zone *time.Location) string {
	switch {
	case !at.After(now):
		return l.T("mailing.schedule.leaves_now")
	case at.In(zone).Format(time.DateOnly) == now.In(zone).Format(time.DateOnly):
		return l.T("mailing.schedule.leaves_today", "Clock", l.Clock(at, zone))
	}
	return l.T("mailing.schedule.leaves_on", "When", l.Moment(at, zone))
}

// mailingWaits reads what a mailing waits for before anything of it leaves; nil of one that is out.
func (s *Server) mailingWaits(r *http.Request, c mailingCase, zone *time.Location) (*mailingWaits, error) {
	paused := c.m.State == models.MailingPaused
	notOut, err := s.notOut(r.Context(), c.m)
	if err != nil || !notOut || c.m.NextAt == nil && !paused {
		return nil, err
	}
	l := Localizer(r)
	w := &mailingWaits{Asking: c.m.State == models.MailingAsking, Paused: paused, Untimed: c.m.NextAt == nil, Restored: c.m.Asks, Quiet: !c.m.AtNight,
		Local: c.m.Schedule != nil && c.m.Schedule.Local}
	if !w.Untimed {
		w.At, w.Passed, w.Leaves = *c.m.NextAt, s.Now().After(*c.m.NextAt), leavesWords(l, s.Now(), *c.m.NextAt, zone)
	}
	begun, err := models.MailingBegun(r.Context(), s.DB, c.m.ID)
	if err != nil {
		return nil, err
	}
	w.Revisable = !begun
	if w.Over, err = c.m.Over(s.Now()); err != nil {
		return nil, err
	}
	if w.Asking || w.Paused {
		w.Hidden, err = c.m.HidesSomething(r.Context(), s.DB)
		return w, err
	}
	waves, err := models.MailingWaves(r.Context(), s.DB, c.m.ID)
	if err != nil {
		return nil, err
	}
	names, err := s.countryNames(r)
	if err != nil {
		return nil, err
	}
	for _, wave := range waves {
		line := waveLine{At: wave.At, Zone: zone, People: wave.People, Where: names.list(wave.Countries)}
		if w.Local && len(wave.Countries) > 0 { // who gets it at one instant by their own clocks has clocks that show the same
			if line.Zone, err = time.LoadLocation(names.zones[wave.Countries[0]]); err != nil {
				return nil, fmt.Errorf("zone of readers: %w", err)
			}
		}
		w.Waves = append(w.Waves, line)
	}
	return w, nil
}

// scheduleView asks when a mailing leaves that waits for its time.
type scheduleView struct {
	Page
	formState
	Document     string
	DocumentLang string
	Action, Back string
	Time         mailingTimeView
	Was          *time.Time // when it would leave, or should have
}

func (s *Server) mailingSchedule(w http.ResponseWriter, r *http.Request) error {
	c, err := s.loadMailing(r, access.LaunchMailing)
	if err != nil {
		return err
	}
	return s.renderSchedule(w, r, c, newFormState(nil))
}

func (s *Server) renderSchedule(w http.ResponseWriter, r *http.Request, c mailingCase, f formState) error {
	ahead, err := s.notOut(r.Context(), c.m)
	if err != nil {
		return err
	}
	if !ahead {
		http.Redirect(w, r, c.path(), http.StatusSeeOther)
		return nil
	}
	v := scheduleView{Page: s.workPage(r, Localizer(r).T("mailing.schedule.title")), formState: f, Document: c.title.Title, DocumentLang: c.title.Language,
		Action: c.path() + "/schedule", Back: c.path(), Was: c.m.NextAt}
	if v.Time, err = s.mailingTime(r, c, f); err != nil {
		return err
	}
	s.Engine.Render(w, r, f.status, "mailing_schedule", v)
	return nil
}

// moveMailing has a mailing that waits for its time leave at another one, or now.
func (s *Server) moveMailing(w http.ResponseWriter, r *http.Request) error {
	c, err := s.loadMailing(r, access.LaunchMailing)
	if err != nil {
		return err
	}
	f, err := readFormState(r)
	if err != nil {
		return err
	}
	var p models.MoveMailingPayload
	p.When, p.AtNight = readMailingTime(r.PostForm)
	done, err := false, nowOrLater(r.PostForm)
	if err == nil {
		done, err = s.checkAndDecide(w, r, decision{c.m.ID, models.DecideMoveMailing, nil, p}, c.path())
	}
	if err != nil && f.showAgain(atTime(err), Localizer(r)) {
		if c, err = s.loadMailing(r, access.LaunchMailing); err != nil {
			return err
		}
		ahead, failed := s.notOut(r.Context(), c.m)
		if failed != nil {
			return failed
		}
		if !ahead {
			s.flash(r, "harm", Localizer(r).T("mailing.schedule.no_longer"))
		}
		return s.renderSchedule(w, r, c, f)
	}
	if err != nil || !done {
		return err
	}
	said := Localizer(r).T("mailing.schedule.moved")
	if p.When == nil {
		said = Localizer(r).T("mailing.schedule.moved_now")
	}
	s.flash(r, "done", said)
	http.Redirect(w, r, c.path(), http.StatusSeeOther)
	return nil
}

// reviseMailing makes a mailing of which nothing has left a draft again.
func (s *Server) reviseMailing(w http.ResponseWriter, r *http.Request) error {
	return s.steerMailing(w, r, access.LaunchMailing, models.DecideReviseMailing, saying("mailing.schedule.revised"))
}
