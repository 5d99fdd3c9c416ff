package models

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
)

// MailingEvent is the event that a mailing announces; what it is called is the subject of the mailing's texts. Day and time are as
// the clock of the zone shows them.
type MailingEvent struct {
	Day     string `json:"day" validate:"required,datetime=2006-01-02"`
	Time    string `json:"time" validate:"required,datetime=15:04"`
	EndDay  string `json:"end_day,omitempty" validate:"omitempty,datetime=2006-01-02"` // the same day if absent
	EndTime string `json:"end_time" validate:"required,datetime=15:04"`
	Zone    string `json:"zone" validate:"required,max=64"`                       // IANA name
	Place   string `json:"place,omitempty" validate:"max=300,excludesall=\r\n"`   // at least one of place and link
	Link    string `json:"link,omitempty" validate:"omitempty,max=2000,http_url"` // https

	ID       uuid.UUID `json:"-"` // in calendars: the mailing that announced it first
	Sequence int       `json:"-"` // in calendars: higher with every change
}

// mailingEventRow is an event as it is stored.
type mailingEventRow struct {
	bun.BaseModel `bun:"table:mailing_events,alias:me"`

	MailingID uuid.UUID `bun:",pk"`
	EventID   uuid.UUID
	Sequence  int
	StartsAt  time.Time
	EndsAt    time.Time
	Zone      string
	Place     string
	Link      string
}

// Span is when the event begins and ends, in the zone of its clock. A time that the clock shows twice that day is the first of the two.
func (e MailingEvent) Span() (from, until time.Time, err error) {
	bad := apperr.New(apperr.CodeInvalid)
	from, until = e.span(bad)
	return from, until, bad.OrNil()
}

// span collects what is wrong with the times. What the clock jumps over is no time of that day.
func (e MailingEvent) span(bad *apperr.Error) (from, until time.Time) {
	if e.EndDay == "" {
		e.EndDay = e.Day
	}
	before := len(bad.Fields)
	for _, part := range []struct{ path, said, form, rule string }{{"day", e.Day, time.DateOnly, "date"}, {"time", e.Time, "15:04", "time"},
		{"end_day", e.EndDay, time.DateOnly, "date"}, {"end_time", e.EndTime, "15:04", "time"}} {
		if _, err := time.Parse(part.form, part.said); err != nil && (part.path != "end_day" || e.EndDay != e.Day) {
			bad.And("event."+part.path, missingOr(part.said, part.rule))
		}
	}
	zone, err := ZoneNamed(e.Zone)
	if err != nil {
		bad.And("event.zone", "zone")
	}
	if len(bad.Fields) > before {
		return from, until
	}
	at := func(path, day, clock string) time.Time {
		at, exists, err := MailingTime{Day: day, Time: clock}.At(zone)
		if err == nil && !exists {
			bad.And("event."+path, "mailing_gap")
		}
		return at.In(zone)
	}
	from = at("time", e.Day, e.Time)
	return from, at("end_time", e.EndDay, e.EndTime)
}

// missingOr is the rule that something breaks which cannot be read: that it must be said, where nothing was.
func missingOr(said, rule string) string {
	if said == "" {
		return "required"
	}
	return rule
}

// EventOver reports whether a mailing announces an event that is over at an instant: nobody is invited to that.
func (m *Mailing) EventOver(at time.Time) (bool, error) {
	if m.Event == nil {
		return false, nil
	}
	_, until, err := m.Event.Span()
	return err == nil && !at.Before(until), err
}

// checkEventOver is CheckOver of a mailing that announces an event.
func (m *Mailing) checkEventOver(now, said, last time.Time) error {
	if over, err := m.EventOver(now); over || err != nil {
		return orOver(err, "event.end_time", "event_over")
	}
	if over, err := m.EventOver(said); over || err != nil {
		return orOver(err, "when.day", "event_over_later")
	}
	if over, err := m.EventOver(last); over || err != nil {
		return orOver(err, "when.day", "event_over_then")
	}
	return nil
}

func orOver(err error, path, code string) error {
	if err != nil {
		return err
	}
	return apperr.Invalid(path, code)
}

// checkEvent collects what is wrong with the event of a mailing.
func (in MailingInput) checkEvent(bad *apperr.Error) {
	e := in.Event
	if e == nil {
		bad.And("event", "required")
		return
	}
	before := len(bad.Fields)
	from, until := e.span(bad)
	switch {
	case len(bad.Fields) > before:
	case from.Year() < stepsFrom || from.Year() > stepsUntil:
		bad.And("event.day", "range", "min", stepsFrom, "max", stepsUntil)
	case until.Year() > stepsUntil:
		bad.And("event.end_day", "range", "min", stepsFrom, "max", stepsUntil)
	case !until.After(from):
		bad.And("event.end_time", "event_end")
	}
	if strings.TrimSpace(e.Place) == "" && e.Link == "" {
		bad.And("event.place", "event_place")
	}
	if e.Link != "" && !strings.HasPrefix(strings.ToLower(e.Link), "https://") {
		bad.And("event.link", "url")
	}
}

// setEvent writes the event of a mailing. Every writing is a change of it: calendars that have it take over what is newer. An
// event that was announced before stays the same one.
func (m *Mailing) setEvent(ctx context.Context, tx bun.IDB, e *MailingEvent) error {
	if e == nil {
		return nil
	}
	from, until, err := e.Span()
	if err != nil {
		return err
	}
	row := &mailingEventRow{MailingID: m.ID, EventID: e.ID, Sequence: e.Sequence, StartsAt: from.UTC(), EndsAt: until.UTC(), Zone: e.Zone,
		Place: strings.TrimSpace(e.Place), Link: e.Link}
	if row.EventID == uuid.Nil {
		row.EventID = m.ID
	}
	_, err = tx.NewInsert().Model(row).On("CONFLICT (mailing_id) DO UPDATE").Set("sequence = me.sequence + 1").
		Set("starts_at = EXCLUDED.starts_at, ends_at = EXCLUDED.ends_at, zone = EXCLUDED.zone, place = EXCLUDED.place, link = EXCLUDED.link").
		Returning("event_id, sequence").Exec(ctx)
	if err != nil {
		return fmt.Errorf("save the event of a mailing: %w", err)
	}
	kept := *e
	kept.ID, kept.Sequence, m.Event = row.EventID, row.Sequence, &kept
	return nil
}

// EventOf returns the event that a mailing announces; nil where it announces none.
func EventOf(ctx context.Context, db bun.IDB, mailing uuid.UUID) (*MailingEvent, error) {
	row := new(mailingEventRow)
	err := db.NewSelect().Model(row).Where("me.mailing_id = ?", mailing).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the event of a mailing: %w", err)
	}
	zone, err := ZoneNamed(row.Zone)
	if err != nil {
		return nil, fmt.Errorf("zone of the event of a mailing: %w", err)
	}
	e := &MailingEvent{Zone: row.Zone, Place: row.Place, Link: row.Link, ID: row.EventID, Sequence: row.Sequence}
	e.Day, e.Time = wallClock(row.StartsAt, zone)
	if e.EndDay, e.EndTime = wallClock(row.EndsAt, zone); e.EndDay == e.Day {
		e.EndDay = ""
	}
	return e, nil
}

// wallClock is an instant as the clock of a zone shows it.
func wallClock(at time.Time, zone *time.Location) (day, clock string) {
	at = at.In(zone)
	return at.Format(time.DateOnly), at.Format("15:04")
}

// AnnouncedEvent is an event that a mailing of a campaign announces.
type AnnouncedEvent struct {
	EventID   uuid.UUID // as calendars know it
	MailingID uuid.UUID // that announced it last
	Sequence  int       // in the campaign's calendar: higher with every change, and where a mailing of it was cancelled
	StartsAt  time.Time
	EndsAt    time.Time
	Zone      string
	Place     string
	Link      string
	Cancelled bool // with the only mailings that announced it, before anything of them left: to nobody
}

// Location is by whose clock it takes place.
func (e AnnouncedEvent) Location() *time.Location {
	zone, err := ZoneNamed(e.Zone)
	if err != nil {
		return time.UTC
	}
	return zone
}

// AnnouncedIn lists the events that the mailings of a campaign announce, each as it was said last by one that was not cancelled before
// anything of it left. One that no other announced is cancelled: calendars took it while it was to be announced.
func AnnouncedIn(ctx context.Context, db bun.IDB, campaign uuid.UUID) ([]AnnouncedEvent, error) {
	const cancelled = "(%[1]s.state = 'cancelled' AND %[1]s.begun_at IS NULL)"
	newest := "(SELECT max(also.sequence) + count(*) FILTER (WHERE " + fmt.Sprintf(cancelled, "its") +
		") FROM mailing_events AS also JOIN mailings AS its ON its.id = also.mailing_id WHERE also.event_id = me.event_id)"
	var list []AnnouncedEvent
	err := db.NewSelect().TableExpr("mailing_events AS me").Join("JOIN mailings AS m ON m.id = me.mailing_id").DistinctOn("me.event_id").
		ColumnExpr("me.event_id, me.mailing_id, me.starts_at, me.ends_at, me.zone, me.place, me.link").
		ColumnExpr(newest+" AS sequence").ColumnExpr(fmt.Sprintf(cancelled, "m")+" AS cancelled").Where("m.campaign_id = ?", campaign).
		OrderExpr("me.event_id, cancelled, me.sequence DESC, m.created_at DESC").Scan(ctx, &list)
	if err != nil {
		return nil, fmt.Errorf("read the events that a campaign announces: %w", err)
	}
	return list, nil
}
