package web

import (
	"context"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"tribuna/internal/access"
	"tribuna/internal/apperr"
	"tribuna/internal/clientaddr"
	"tribuna/internal/i18n"
	"tribuna/internal/markdown"
	"tribuna/models"
)

// asked is what every page of those who are asked knows: who was asked what, about which exact text, until when.
type asked struct {
	visitor *visitor
	task    *models.Task
	rec     *models.Recommendation
	version *models.Version // nil where the question is not about a text
	facts   models.MailTask
	zone    *time.Location      // of the person's country, else the network's
	round   *models.ReviewRound // as it was when the page first asked, see roundOf
}

// path is the address of the question; everything its answer needs lies below it, so that the cookie of a personal link
// goes along.
func (a *asked) path() string { return taskPath(a.task.ID) }

// moment is a time of the question in words. People whose country is known read it by their own clock, which is not named to them then;
// where all there is to say of a deadline stands, it is.
func (a *asked) moment(l *i18n.Localizer, t time.Time) string {
	if a.here() {
		return l.MomentHere(t, a.zone)
	}
	return l.Moment(t, a.zone)
}

// momentIn is moment in one language.
func (a *asked) momentIn(l *i18n.Localizer) func(time.Time) string {
	return func(t time.Time) string { return a.moment(l, t) }
}

// here reports whether times are told by the clock of the person's own country.
func (a *asked) here() bool { return a.visitor.Person.CountryCode != "" }

// closing reports whether the round closes before the deadline one was given.
func (a *asked) closing() bool { return a.facts.DueAt.Before(a.task.DueAt) }

// declinePath leads to where one declines: the form is open there, without a script too.
func (a *asked) declinePath() string { return a.path() + "?decline=1#decline" }

func taskPath(id uuid.UUID) string { return "/tasks/" + id.String() }

// loadAsked reads the question in the request's path for somebody who may see it.
func (s *Server) loadAsked(r *http.Request) (*asked, error) {
	id, err := idVar(r, "id", "task")
	if err != nil {
		return nil, err
	}
	v, err := s.requirePerson(r)
	if err != nil {
		return nil, err
	}
	ctx := r.Context()
	a := &asked{visitor: v}
	if a.task, err = models.TaskByID(ctx, s.DB, id); err != nil {
		return nil, err
	}
	if a.rec, err = models.RecommendationByID(ctx, s.DB, a.task.RecommendationID); err != nil {
		return nil, err
	}
	if err := s.can(ctx, v, access.ReadTask, a.rec, a.task); err != nil {
		return nil, err
	}
	if err := s.fillAsked(ctx, a); err != nil {
		return nil, err
	}
	return a, s.paced(r, a)
}

// paced counts what is sent under a personal link, and returns CodeTooMany where that is more than a person types: the question is
// returned beside it, so that a form can be shown again with its words.
func (s *Server) paced(r *http.Request, a *asked) error {
	if isReading(r) || a.visitor.LinkTask == uuid.Nil {
		return nil
	}
	return models.LinkPostLimit.Take(r.Context(), s.DB, a.task.ID.String()+":"+a.visitor.Person.ID.String(), clientaddr.Of(r, s.TrustedProxies), s.Now())
}

// slowedDown reports whether a question was read, and too much came under its link: its form is shown again then, see showSlowed.
func slowedDown(a *asked, err error) bool {
	return a != nil && apperr.CodeOf(err) == apperr.CodeTooMany
}

// showSlowed shows a form again of which too much came: its words stay in it. The script that keeps words while they are typed is told
// so, and tries again.
func showSlowed(w http.ResponseWriter, r *http.Request, slowed error, again func(formState) error) error {
	if fromHTMX(r) || strings.Contains(r.Header.Get("Accept"), "application/json") {
		return slowed
	}
	f, err := readFormState(r)
	if err != nil {
		return err
	}
	wait := int((apperr.WaitOf(slowed) + time.Minute - 1) / time.Minute)
	f.status, f.Refused = tooMany(w, slowed), Localizer(r).N("asked.slowed", wait)
	return again(f)
}

// reviewSlowed is showSlowed for the forms on the page of a review or a consultation.
func (s *Server) reviewSlowed(w http.ResponseWriter, r *http.Request, a *asked, slowed error) error {
	return showSlowed(w, r, slowed, func(f formState) error { return s.renderReview(w, r, a, f) })
}

func (s *Server) fillAsked(ctx context.Context, a *asked) error {
	facts, err := models.MailTasks(ctx, s.DB, a.visitor.Person.ID, []uuid.UUID{a.task.ID})
	if err != nil {
		return err
	}
	if len(facts) == 0 {
		return apperr.NotFound("task")
	}
	a.facts = facts[0]
	if a.facts.Blind { // nothing that these pages make of the text names its owner, files among them
		nameless := *a.rec
		nameless.Organisation = nil
		a.rec = &nameless
	}
	if a.task.VersionID != nil {
		if a.version, err = models.VersionByID(ctx, s.DB, *a.task.VersionID); err != nil {
			return err
		}
	}
	a.zone, err = s.zoneOf(ctx, a.visitor.Person)
	return err
}

// zoneOf is the zone in which a person reads deadlines: that of their country, else the network's.
func (s *Server) zoneOf(ctx context.Context, p models.Person) (*time.Location, error) {
	return models.ZoneOf(ctx, s.DB, p.CountryCode)
}

// askedFor reads the question in the request's path for somebody who may answer it.
func (s *Server) askedFor(r *http.Request, action access.Action, kinds ...models.TaskKind) (*asked, error) {
	a, slowed := s.loadAsked(r)
	if a == nil {
		return nil, slowed
	}
	if !slices.Contains(kinds, a.task.Kind) {
		return nil, apperr.NotFound("task")
	}
	if err := s.can(r.Context(), a.visitor, action, a.rec, a.task); err != nil {
		return nil, err
	}
	return a, slowed
}

// organisation names the organisation for which the visitor answers, and the voting unit where it speaks for one; ""
// where a person is asked personally.
func (a *asked) organisation(l *i18n.Localizer) string {
	return l.ForUnit(a.facts.Organisation, a.facts.Speaker)
}

// askedCard is the head of those pages: who you are, who asks, how long it takes, until when.
type askedCard struct {
	Lead         string
	Why          string // why this person is asked
	Name         string
	Organisation string // in whose name one answers; "" for one's own
	Asks         string // who asks, by name, where that may be known
	NotYou       string // what to do where the link came to the wrong person
	Mode         *anonymityMode
	Due          time.Time
	Clock        string // the hour, and whose clock it is where that is not their own; "" where the deadline says it
	Here         bool   // the deadline is told by the clock of the person's own country
	DueWhole     string // the deadline with day, hour and whose clock it is
	Zone         *time.Location
	Calendar     string // the deadline as a file for a calendar; "" where there is none
	Short        string // why the time is shorter than usual; "" where it is not
	Length       string // how long reading and answering takes; "" where there is no text
	Version      string // "version 3, 1f09c2ab"; "" where there is no text
	ByLink       bool
	Accept       string    // where one says that one will
	Leave        string    // where a browser forgets a personal link
	Decline      string    // where the form of declining goes
	DeclineAt    string    // where that form is open
	Report       string    // where one says that the text names a child
	Original     *original // of an answer recorded in one's name; nil where there is none
	Mails        *mailLanguage
	Suggests     []suggestionField // who declines can suggest others
}

// anonymityMode says how much a round hides, and what that means to whoever reviews in it.
type anonymityMode struct {
	Name, Means string
	Hides       bool
}

//i18n:keys anonymity.mode.* anonymity.means.*
func (a *asked) mode(l *i18n.Localizer) *anonymityMode {
	if a.task.Kind != models.TaskReview || a.facts.Anonymity == "" {
		return nil
	}
	return &anonymityMode{l.T("anonymity.mode." + a.facts.Anonymity), l.T("anonymity.means." + a.facts.Anonymity), a.facts.Anonymised()}
}

// sighted is the catalog key of a sentence, of its own where a reviewer must not learn who wrote the text.
//
//i18n:keys anonymity.blind.**
func (a *asked) sighted(key string) string {
	if a.facts.Blind {
		return "anonymity.blind." + key
	}
	return key
}

// contact says how to reach the network, after a sentence: nobody's own address stands on these pages, and nobody reads what is
// answered to our mails. It is "" where the network has not said its address.
func (s *Server) contact(ctx context.Context, l *i18n.Localizer) (string, error) {
	holder, err := models.DataHolderOf(ctx, s.DB)
	if err != nil || holder.Contact == "" {
		return "", err
	}
	return " " + l.T("asked.contact", "Contact", holder.Contact), nil
}

func (s *Server) card(ctx context.Context, l *i18n.Localizer, a *asked) (askedCard, error) {
	organisation := a.organisation(l)
	args := []any{"Officer", a.facts.Officer, "Owner", a.facts.Owner, "Organisation", organisation,
		"Language", l.Language(a.facts.Language)}
	c := askedCard{
		Lead:         l.T(a.sighted("asked.lead."+string(a.task.Kind)), args...),
		Asks:         l.T(a.sighted("mail.officer_of"), args...),
		NotYou:       l.T(a.sighted("asked.not_you_link"), append(args, "Name", a.visitor.Person.Name)...),
		Mode:         a.mode(l),
		Why:          l.T("mail."+a.facts.Why(), args...),
		Name:         a.visitor.Person.Name,
		Organisation: organisation,
		Due:          a.facts.DueAt,
		Zone:         a.zone,
		Here:         a.here(),
		DueWhole:     l.MomentWhole(a.facts.DueAt, a.zone),
		ByLink:       a.visitor.LinkTask != uuid.Nil,
		Accept:       a.path() + "/accept",
		Leave:        a.path() + "/leave",
		Decline:      a.path() + "/decline",
		DeclineAt:    a.declinePath(),
		Report:       a.path() + "/report",
	}
	if a.task.Kind == models.TaskReview {
		c.Suggests = suggestionFields()
		if a.task.State == models.TaskOpen {
			c.Calendar = a.path() + "/deadline.ics"
		}
	}
	switch {
	case a.closing():
		c.Short = l.T("round.closes_sooner")
	case a.task.ShortFor != nil:
		c.Short = l.T("round.short", "Date", l.Date(*a.task.ShortFor, time.UTC))
	}
	if !i18n.DeadlineWhole(s.Now(), a.facts.DueAt, a.zone) {
		c.Clock = l.Clock(a.facts.DueAt, a.zone)
		if c.Here {
			c.Clock = l.Time(a.facts.DueAt, a.zone)
		}
	}
	if a.task.OrganisationID != nil && a.task.Kind != models.TaskReportProgress && a.rec.OfficerID == a.visitor.Person.ID {
		c.Why += " " + l.T("asked.own_text")
	}
	contact, err := s.contact(ctx, l)
	if err != nil {
		return c, err
	}
	c.NotYou += contact
	if c.Original, err = s.originalFor(ctx, a); err != nil {
		return c, err
	}
	if c.Mails, err = s.mailLanguage(ctx, l, a); err != nil {
		return c, err
	}
	if a.version != nil {
		c.Length = l.N("asked.minutes", markdown.ReadingMinutes(a.facts.Words))
		if _, byForm := answeredByForm[a.task.Kind]; byForm {
			c.Length = l.TimeNeeded(a.facts.Minutes())
		}
		c.Version = l.T("asked.version", "Number", a.version.Number, "Hash", shortHash(a.version.Hash))
	}
	return c, nil
}

// answeredByForm are the questions about a text that are answered in a few fields below it.
var answeredByForm = map[models.TaskKind]struct{}{models.TaskReview: {}, models.TaskConsult: {}, models.TaskSignOff: {}}

// shortHash is the beginning of a text's hash: enough to compare two by eye.
func shortHash(hash string) string { return hash[:min(len(hash), 8)] }

// askedPage begins a page of somebody who is asked.
func askedPage(r *http.Request, title string) Page {
	p := NewPage(r, title)
	p.NoIndex = true
	if !isReading(r) {
		p.ShownAt = shownAt(r)
	}
	return p
}

// shownAt is the page for which the answer to a form about a question stands: its own, if it can be opened, else that of the question
// with what was typed into it.
func shownAt(r *http.Request) string {
	if page := path.Base(r.URL.Path); page == "word" || page == "report" {
		return r.URL.Path
	}
	return path.Dir(r.URL.Path) + "?kept=continue"
}
