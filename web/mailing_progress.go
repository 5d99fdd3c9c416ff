package web

import (
	"cmp"
	"net/http"
	"time"

	"github.com/google/uuid"

	"tribuna/internal/access"
	"tribuna/internal/i18n"
	"tribuna/models"
)

// mailingProgressView shows how far a mailing has got, and what came of it.
type mailingProgressView struct {
	Page
	mailingKin
	formState
	Document     string
	DocumentHref string
	DocumentLang string
	Path         string
	Kind         string // in words
	Campaign     string
	CampaignHref string
	CampaignLang string
	Subject      models.Titled // in the reader's language, else in the fallback
	State        Badge
	Counts       models.MailCounts
	Meter        Progress
	Figures      []mailFigure
	Subjects     []models.Titled
	Event        *eventShown // that it announces; nil where it announces none
	Speed        string      // in words; "" while it does not send
	Times        string      // when it began to leave, or what else there is to say of when, in words
	Zone         *time.Location
	Running      bool
	Refresh      string // how often it is asked for again; "" where nothing changes by itself
	Pausable     bool
	Resumable    bool
	Cancellable  bool
	Cancelled    bool             // how far it got is no progress any more
	Unsent       bool             // likewise, and nobody got it
	Stopped      *mailingStopView // why it paused by itself; nil where it did not
	Holds        []string         // what mails wait for, in words
	Waits        *mailingWaits    // while it waits for its time, or asks; nil otherwise
	Unbegun      bool             // nothing of it left: there is nothing to measure
	Writing      string           // where its letter to representatives is read; "" of other kinds
	WriteUntil   *time.Time       // last day of writing; nil: no end
	Written      int              // people who say that they wrote
}

// mailFigure is how many mails ended in a state; Href leads to the list of whose.
type mailFigure struct {
	Label string
	Count int
	Href  string
	Tone  string // "", "waits" or "late"
}

func (s *Server) renderMailingProgress(w http.ResponseWriter, r *http.Request, c mailingCase, f formState, part string) error {
	l := Localizer(r)
	v := mailingProgressView{formState: f, Document: c.title.Title, DocumentHref: recommendationPath(c.rec.ID), DocumentLang: c.title.Language,
		Path: c.path(), Subjects: subjectsOf(l, *c.m), State: mailingBadge(l, c.m.State), Cancelled: c.m.State == models.MailingCancelled,
		Subject: subjectOf(l, *c.m), Campaign: c.campaign.Title, CampaignLang: c.campaign.Language, CampaignHref: campaignPath(c.m.CampaignID)}
	if part == "mailing_progress" {
		v.Page, v.Kind = s.workPage(r, cmp.Or(v.Subject.Title, mailingTitle(l, c.kind))), mailingTitle(l, c.kind)
	} else {
		v.Page = Page{Language: LanguageOf(r)}
	}
	var err error
	if v.Event, err = shownEvent(l, c.m.Event); err != nil {
		return err
	}
	if v.mailingKin, err = s.kinOf(r, c.m); err != nil {
		return err
	}
	if v.Zone, err = s.zoneOf(r.Context(), c.visitor.Person); err != nil {
		return err
	}
	v.Times = mailingTimes(l, c.m, v.Zone)
	var waits []models.MailingWait
	if c.m.State == models.MailingSending {
		if waits, err = models.MailingWaits(r.Context(), s.DB, c.m.ID, s.Now()); err != nil {
			return err
		}
	}
	var speed models.MailingSpeed
	if v.Counts, speed, err = models.MailingProgress(r.Context(), s.DB, c.m.ID, waits, s.Now()); err != nil {
		return err
	}
	v.Unsent = v.Cancelled && v.Counts.Total() == v.Counts.Cancelled
	if c.kind == models.MailingKindRepresentative && c.m.LaunchedAt != nil {
		v.Writing, v.WriteUntil = "/write/"+c.m.ID.String(), c.m.WriteUntil
		if v.Written, _, err = models.WrittenCount(r.Context(), s.DB, c.m.ID, uuid.Nil); err != nil {
			return err
		}
	}
	v.fill(l, c)
	v.fillPace(l, c.m, waits, s.Now())
	if err := s.fillHidden(r, &v, c.m); err != nil {
		return err
	}
	if v.Running && v.Counts.Pending() > 0 {
		v.Speed = speedInWords(l, speed)
	}
	if v.Waits, err = s.mailingWaits(r, c, v.Zone); err != nil {
		return err
	}
	v.Refresh = v.refresh(s.Now())
	if v.Unbegun = v.Waits != nil && v.Waits.Revisable; v.Unbegun {
		v.Figures = []mailFigure{pendingFigure(l, v.Counts)}
		if len(v.Waits.Waves) > 0 { // they say for how many it is
			v.Figures = nil
		}
	}
	s.Engine.RenderPart(w, r, f.status, "mailing_progress", part, v)
	return nil
}

func (v *mailingProgressView) fill(l *i18n.Localizer, c mailingCase) {
	settled := v.Counts.Total() - v.Counts.Pending()
	v.Meter = Progress{Done: settled, Total: v.Counts.Total(), Label: l.T("mailing.progress")}
	v.Running = c.m.State == models.MailingSending
	v.Pausable, v.Resumable = v.Running || c.m.State == models.MailingScheduled, c.m.State == models.MailingPaused
	v.Cancellable = v.Pausable || v.Resumable || c.m.State == models.MailingAsking
	list := func(state models.MailState) string { return c.path() + "/recipients?state=" + string(state) }
	v.Figures = []mailFigure{
		{l.T("mailing.delivered"), v.Counts.Delivered, list(models.MailDelivered), ""},
		{l.T("mailing.failed"), v.Counts.Failed, list(models.MailFailed), "late"},
		{l.T("mailing.unknown"), v.Counts.Unknown, list(models.MailUnknown), "waits"},
	}
	if v.Counts.Bounced > 0 {
		v.Figures = append(v.Figures, mailFigure{l.T("mailing.bounced"), v.Counts.Bounced, list(models.MailBounced), "late"})
	}
	if v.Counts.Cancelled > 0 {
		v.Figures = append(v.Figures, mailFigure{l.T("mailing.cancelled"), v.Counts.Cancelled, list(models.MailCancelled), ""})
	}
	if v.Counts.Pending() > 0 {
		v.Figures = append(v.Figures, pendingFigure(l, v.Counts))
	}
}

// refresh is how often the state of a mailing is asked for again: whoever has just sent it, or sees its minute come, sees it go.
func (v *mailingProgressView) refresh(now time.Time) string {
	switch {
	case v.Running, v.Waits != nil && v.Waits.leavesWithin(now, time.Minute):
		return "2s"
	case v.Waits != nil:
		return "60s"
	}
	return ""
}

func pendingFigure(l *i18n.Localizer, counts models.MailCounts) mailFigure {
	return mailFigure{l.T("mailing.pending"), counts.Pending(), "", ""}
}

// speedInWords says how fast a mailing goes out, and how long that takes; "" where nothing has left lately.
func speedInWords(l *i18n.Localizer, s models.MailingSpeed) string {
	if s.PerMinute == 0 {
		return ""
	}
	pace := l.N("mailing.a_minute", s.PerMinute)
	minutes := int((s.Left + time.Minute - 1) / time.Minute)
	switch {
	case s.Left == 0:
		return pace
	case minutes <= 1:
		return pace + " " + l.T("mailing.soon_done")
	case minutes < 120:
		return pace + " " + l.N("mailing.minutes_left", minutes)
	default:
		return pace + " " + l.N("mailing.hours_left", (minutes+59)/60)
	}
}

func mailingBadge(l *i18n.Localizer, state models.MailingState) Badge {
	b := Badge{Tone: "plain", Icon: "edit", Text: l.T("mailing.state." + string(state))}
	switch state {
	case models.MailingSending:
		b.Tone, b.Icon = "action", "send"
	case models.MailingScheduled:
		b.Tone, b.Icon = "action", "clock"
	case models.MailingAsking:
		b.Tone, b.Icon = "wait", "alert-triangle"
	case models.MailingPaused:
		b.Tone, b.Icon = "wait", "player-pause"
	case models.MailingSent:
		b.Tone, b.Icon = "done", "check"
	case models.MailingCancelled:
		b.Tone, b.Icon = "harm", "ban"
	}
	return b
}

// mailingProgress is the part of the page that is refreshed while a mailing goes out.
func (s *Server) mailingProgress(w http.ResponseWriter, r *http.Request) error {
	c, err := s.loadMailing(r, access.ReadMailing)
	if err != nil {
		return err
	}
	if !fromHTMX(r) {
		http.Redirect(w, r, c.path(), http.StatusSeeOther)
		return nil
	}
	return s.renderMailingProgress(w, r, c, newFormState(nil), "mailing-now")
}
