package web

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"tribuna/internal/i18n"
	"tribuna/models"
)

// kindMailing is a mailing among the kinds of what stands in a campaign.
const kindMailing = "mailing"

// seriesItem is a mailing or a step of a campaign, in words.
type seriesItem struct {
	ID, Href, Title, Lang string
	Kind                  Badge
	Mark                  Badge     // its state
	Day                   time.Time // midnight UTC, as the day is called there; zero: none is set
	When                  string
	Clock                 string // "14:30"; "" where the day alone is known
	Who                   string // is responsible
	With                  i18n.Words
	Place                 string // of an event that was announced
	Said, SaidLang        string // what came of it
	Late                  bool   // its day is over, and nobody said what came of it
	Awaited               *Badge // whether a letter was replied to, and until when that is hoped for
	ReplyLate             bool   // that day is over, and it was not written again
	Replied, RepliedLang  string // what the reply says

	kind, state, who string
	at, until        *time.Time
	zone             *time.Location
	revision         int
	withdrawn        bool // an event that was announced to nobody: for calendars alone, which may have taken it before
}

// ISO is its day for machines.
func (i seriesItem) ISO() string { return i.Day.Format(time.DateOnly) }

// Waits reports whether something is still to be done.
func (i seriesItem) Waits() bool { return i.state == string(models.StepPlanned) }

// CalledOff reports whether it does not take place.
func (i seriesItem) CalledOff() bool { return i.state == string(models.StepCalledOff) }

// series lists what stands in a campaign in the order of time; what has no day yet comes last.
func (s *Server) series(ctx context.Context, l *i18n.Localizer, c campaignCase) ([]seriesItem, error) {
	mailings, err := models.MailingsIn(ctx, s.DB, c.c.ID)
	if err != nil {
		return nil, err
	}
	steps, err := models.CampaignSteps(ctx, s.DB, c.c.ID)
	if err != nil {
		return nil, err
	}
	var ids []uuid.UUID
	for _, step := range steps {
		ids = append(ids, step.ResponsibleID)
	}
	people, err := models.PeopleByID(ctx, s.DB, ids)
	if err != nil {
		return nil, err
	}
	var all []seriesItem
	for _, m := range mailings {
		all = append(all, mailingItem(l, m, c.zone))
	}
	today := models.DayOf(s.Now(), c.zone)
	again := writtenAgain(steps)
	for _, step := range steps {
		item := stepItem(l, step, today)
		if again[step.ID] && step.AwaitsReply() {
			item.ReplyLate, item.Awaited = false, againBadge(l)
		}
		item.Href, item.Who = c.path()+"/steps/"+step.ID.String(), people[step.ResponsibleID].Name
		if item.With, err = s.concerned(ctx, l, step); err != nil {
			return nil, err
		}
		all = append(all, item)
	}
	if all, err = s.announcedItems(ctx, l, c, mailings, all); err != nil {
		return nil, err
	}
	slices.SortStableFunc(all, inOrder)
	return all, nil
}

// writtenAgain are the letters whose place another one takes.
func writtenAgain(steps []models.CampaignStep) map[uuid.UUID]bool {
	again := map[uuid.UUID]bool{}
	for _, step := range steps {
		if step.AgainOf != nil && step.State != models.StepCalledOff {
			again[*step.AgainOf] = true
		}
	}
	return again
}

// inOrder is the order of time; of one day what has no time comes first, and what has no day comes last.
func inOrder(a, b seriesItem) int {
	if a.Day.IsZero() != b.Day.IsZero() {
		return cmp.Compare(strconv.FormatBool(a.Day.IsZero()), strconv.FormatBool(b.Day.IsZero()))
	}
	if c := a.Day.Compare(b.Day); c != 0 {
		return c
	}
	switch {
	case a.at == nil || b.at == nil:
		return cmp.Compare(strconv.FormatBool(a.at != nil), strconv.FormatBool(b.at != nil))
	default:
		return a.at.Compare(*b.at)
	}
}

// concerned names the authority and the organisation that a step is about.
func (s *Server) concerned(ctx context.Context, l *i18n.Localizer, step models.CampaignStep) (i18n.Words, error) {
	var names []i18n.Words
	if step.AuthorityID != nil {
		a, err := models.AuthorityByID(ctx, s.DB, *step.AuthorityID)
		if err != nil {
			return i18n.Words{}, err
		}
		names = append(names, l.Name(a.Names))
	}
	if step.OrganisationID != nil {
		o, err := models.OrganisationByID(ctx, s.DB, *step.OrganisationID)
		if err != nil {
			return i18n.Words{}, err
		}
		names = append(names, i18n.Said(o.Name))
	}
	if len(names) == 0 {
		return i18n.Words{}, nil
	}
	return l.List(names), nil
}

// kindAmongSteps is what a mailing is called beside letters and events that are steps.
func kindAmongSteps(l *i18n.Localizer, kind string) string {
	text := l.T("campaign.kind.mailing")
	if kind != models.MailingKindCampaign {
		text += " · " + mailingKind(l, kind)
	}
	return text
}

func mailingItem(l *i18n.Localizer, m models.Mailing, zone *time.Location) seriesItem {
	item := seriesItem{ID: m.ID.String(), Href: mailingPath(m.ID), Kind: Badge{Tone: "plain", Icon: "send", Text: kindAmongSteps(l, m.Kind)}, Mark: mailingBadge(l, m.State),
		kind: kindMailing, state: string(models.StepPlanned), zone: zone, revision: m.Revision + m.Decided}
	said := subjectOf(l, m)
	item.Title, item.Lang = said.Title, said.Language
	switch m.State {
	case models.MailingSent:
		item.state = string(models.StepDone)
	case models.MailingCancelled:
		item.state = string(models.StepCalledOff)
	}
	at := m.Left()
	switch {
	case m.State == models.MailingScheduled:
		at = m.NextAt // when it leaves, or goes on
	case m.State == models.MailingCancelled && m.BegunAt == nil:
		at = m.FinishedAt // so that it stands somewhere: nothing of it left
	}
	if at != nil {
		item.at, item.Day, item.When, item.Clock = at, models.DayOf(*at, zone), l.DateTime(*at, zone), l.Time(*at, zone)
	}
	return item
}

func stepItem(l *i18n.Localizer, step models.CampaignStep, today time.Time) seriesItem {
	item := seriesItem{ID: step.ID.String(), Title: step.Title, Lang: step.WrittenIn, Kind: stepBadge(l, step.Kind), Day: step.Day.UTC(), When: stepWhen(l, step),
		Said: step.Result, SaidLang: step.ResultWrittenIn, kind: string(step.Kind), state: string(step.State), who: step.ResponsibleID.String(),
		at: step.At, zone: step.Location(), revision: step.Revision}
	item.Late = step.State == models.StepPlanned && item.Day.Before(today)
	item.Mark = stateBadge(l, step.State, item.Late)
	item.Awaited, item.Replied, item.RepliedLang = replyBadge(l, step, today), step.Reply, step.ReplyWrittenIn
	item.ReplyLate = step.AwaitsReply() && step.ReplyDue.Before(today)
	if step.At != nil {
		item.Clock = l.Time(*step.At, step.Location())
	}
	return item
}

// stepWhen is the day of a step and, where it has a time, whose clock that is.
func stepWhen(l *i18n.Localizer, step models.CampaignStep) string {
	if step.At == nil {
		return l.Date(step.Day, time.UTC)
	}
	return l.T("calendar.moment", "Date", l.Date(*step.At, step.Location()), "Clock", l.Clock(*step.At, step.Location()))
}

func stepBadge(l *i18n.Localizer, kind models.StepKind) Badge {
	b := Badge{Tone: "plain", Icon: "mail", Text: l.T("campaign.kind." + string(kind))}
	switch kind {
	case models.StepCall:
		return Badge{Tone: b.Tone, Icon: "phone", Text: b.Text}
	case models.StepMeeting:
		return Badge{Tone: b.Tone, Icon: "users", Text: b.Text}
	case models.StepEvent:
		return Badge{Tone: b.Tone, Icon: "speakerphone", Text: b.Text}
	}
	return b
}

func stateBadge(l *i18n.Localizer, state models.StepState, late bool) Badge {
	text := l.T("campaign.state." + string(state))
	switch {
	case late:
		return Badge{Tone: "wait", Icon: "alert-triangle", Text: l.T("campaign.late")}
	case state == models.StepDone:
		return Badge{Tone: "done", Icon: "check", Text: text}
	case state == models.StepCalledOff:
		return Badge{Tone: "harm", Icon: "ban", Text: text}
	}
	return Badge{Tone: "action", Icon: "calendar", Text: text}
}

// overdueOf are those to be seen to that are late: a step whose day is over, and a letter whose reply is overdue.
func overdueOf(all []seriesItem) (late []seriesItem) {
	for _, item := range all {
		if item.Late || item.ReplyLate {
			late = append(late, item)
		}
	}
	return late
}

// nextOf is what comes next: of all that is still to come the earliest, what is late apart.
func nextOf(all []seriesItem) *seriesItem {
	for i := range all {
		if all[i].Waits() && !all[i].Late {
			return &all[i]
		}
	}
	return nil
}

// itemsFor are those that the address asks for; what cannot be read sets no limit.
func itemsFor(all []seriesItem, q url.Values) []seriesItem {
	var kept []seriesItem
	for _, item := range all {
		if wants(q, "kind", item.kind) && wants(q, "state", item.state) && wants(q, "who", item.who) {
			kept = append(kept, item)
		}
	}
	return kept
}

func wants(q url.Values, name, has string) bool { return q.Get(name) == "" || q.Get(name) == has }

// seriesMonth is what stands in a month.
type seriesMonth struct {
	Title string
	Items []seriesItem
}

// byMonth parts what has no day yet from the others, and those by month.
func byMonth(l *i18n.Localizer, items []seriesItem) (undated []seriesItem, months []seriesMonth) {
	last := ""
	for _, item := range items {
		if item.Day.IsZero() {
			undated = append(undated, item)
			continue
		}
		if month := item.Day.Format("2006-01"); month != last {
			months, last = append(months, seriesMonth{Title: monthTitle(l, item.Day)}), month
		}
		months[len(months)-1].Items = append(months[len(months)-1].Items, item)
	}
	return undated, months
}

func monthTitle(l *i18n.Localizer, day time.Time) string {
	return l.T("campaign.month", "Month", l.T("calendar.month."+strconv.Itoa(int(day.Month()))), "Year", strconv.Itoa(day.Year()))
}

func compareFolded(a, b string) int {
	return cmp.Or(strings.Compare(models.Folded(a), models.Folded(b)), strings.Compare(a, b))
}
