package web

import (
	"cmp"
	"context"
	"time"

	"github.com/google/uuid"

	"tribuna/internal/i18n"
	"tribuna/models"
)

// kindAnnounced is an event that a mailing announces, among the kinds of what stands in a campaign.
const kindAnnounced = "announced"

// announcedItems are the events that the mailings of a campaign announce. One that is a step of it as well, at the time that was
// announced, stands there as the step, which gets the place that readers were told.
func (s *Server) announcedItems(ctx context.Context, l *i18n.Localizer, c campaignCase, mailings []models.Mailing, all []seriesItem) ([]seriesItem, error) {
	events, err := models.AnnouncedIn(ctx, s.DB, c.c.ID)
	if err != nil {
		return nil, err
	}
	var items []seriesItem
	for _, e := range events {
		if step := stepAnnounced(all, e); step != nil {
			if e.Cancelled { // it takes place all the same, and stands there as the step
				continue
			}
			step.Place = cmp.Or(e.Place, e.Link)
			if step.at != nil {
				step.until = &e.EndsAt
			}
			continue
		}
		for _, m := range mailings {
			if m.ID == e.MailingID {
				items = append(items, announcedItem(l, m, e, s.Now()))
			}
		}
	}
	return append(all, items...), nil
}

// stepAnnounced is the step that an announcement is of; nil where it is of none.
func stepAnnounced(all []seriesItem, e models.AnnouncedEvent) *seriesItem {
	day := models.DayOf(e.StartsAt, e.Location())
	for i := range all {
		item := &all[i]
		if item.kind == string(models.StepEvent) && !item.CalledOff() && item.Day.Equal(day) && (item.at == nil || item.at.Equal(e.StartsAt)) {
			return item
		}
	}
	return nil
}

func announcedItem(l *i18n.Localizer, m models.Mailing, e models.AnnouncedEvent, now time.Time) seriesItem {
	zone := e.Location()
	item := seriesItem{ID: e.EventID.String(), Href: mailingPath(m.ID), Kind: Badge{Tone: "plain", Icon: "speakerphone", Text: l.T("campaign.kind.announced")},
		Mark: stateBadge(l, models.StepPlanned, false), Day: models.DayOf(e.StartsAt, zone), When: l.Span(e.StartsAt, e.EndsAt, zone), Clock: l.Time(e.StartsAt, zone),
		Place: cmp.Or(e.Place, e.Link), kind: kindAnnounced, state: string(models.StepPlanned), at: &e.StartsAt, until: &e.EndsAt, zone: zone, revision: e.Sequence}
	said := subjectOf(l, m)
	item.Title, item.Lang = said.Title, said.Language
	switch {
	case e.Cancelled:
		item.withdrawn, item.state, item.Mark = true, string(models.StepCalledOff), stateBadge(l, models.StepCalledOff, false)
	case !now.Before(e.EndsAt):
		item.state, item.Mark = string(models.StepDone), Badge{Tone: "done", Icon: "check", Text: l.T("campaign.event_over")}
	case m.BegunAt == nil:
		item.Mark = Badge{Tone: "plain", Icon: "clock", Text: l.T("campaign.event_not_announced")}
	}
	return item
}

// calendarID is what calendars know an item by. An event has the name that its announcement gave it, so that who has both has it once;
// that is the id of the mailing, which therefore goes by another.
func (i seriesItem) calendarID() uuid.UUID {
	id := uuid.MustParse(i.ID)
	if i.kind == kindMailing {
		return uuid.NewSHA1(id, []byte(kindMailing))
	}
	return id
}
