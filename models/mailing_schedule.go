package models

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
)

// MailingTime is when a mailing leaves, as it was said: at a time of day of a day, by the clock of a zone or by that of each
// reader's own country.
type MailingTime struct {
	Day   string `json:"day" validate:"required,datetime=2006-01-02"`
	Time  string `json:"time" validate:"required,datetime=15:04"`
	Zone  string `json:"zone,omitempty" validate:"max=64"` // IANA name; where it is absent, that of who says it. Of no matter where Local is true
	Local bool   `json:"local,omitempty"`                  // at that time in each reader's own zone: that of their country, else the network's
}

// MoveMailingPayload has a mailing that is not out yet leave at another time.
type MoveMailingPayload struct {
	When    *MailingTime `json:"when,omitempty"`     // absent: now
	AtNight bool         `json:"at_night,omitempty"` // also at night where its readers live
}

// MailingMay is how far ahead a mailing can be scheduled.
const MailingMay = 366 * 24 * time.Hour

// DefaultMailingGrace is how long after its time a mailing still leaves by itself where the procedure says nothing.
const DefaultMailingGrace Span = "6h"

// At returns the instant in a zone. A time that is twice on that day, because clocks are put back, is the first of the two.
// One that is not there, because they are put forward, is as much later as they are put (02:30 is 03:30); exists is false then.
func (t MailingTime) At(zone *time.Location) (at time.Time, exists bool, err error) {
	wall, err := time.Parse("2006-01-02 15:04", t.Day+" "+t.Time)
	if err != nil {
		return at, false, apperr.Invalid("when.day", "mailing_time")
	}
	offset := func(near time.Time) time.Duration {
		_, seconds := near.In(zone).Zone()
		return time.Duration(seconds) * time.Second
	}
	// The clock before any change of that day, then the one after it: of two that fit the first comes first.
	before := wall.Add(-offset(wall.Add(-24 * time.Hour)))
	for _, at := range []time.Time{before, wall.Add(-offset(wall.Add(24 * time.Hour)))} {
		if at.In(zone).Format("2006-01-02 15:04") == wall.Format("2006-01-02 15:04") {
			return at, true, nil
		}
	}
	return before, false, nil
}

// ByDay returns the instant itself, or where that is at night there nine in the morning after it. Free days are days like others.
func (c Calendar) ByDay(at time.Time) time.Time {
	if !c.Night(at) {
		return at
	}
	local := at.In(c.Zone)
	day := time.Date(local.Year(), local.Month(), local.Day(), morning, 0, 0, 0, c.Zone)
	if local.Hour() >= dayEnds {
		day = day.AddDate(0, 0, 1)
	}
	return day
}

// ReaderZone is a zone in which readers of a mailing live who have not got it yet.
type ReaderZone struct {
	Zone   *time.Location
	People int
}

// ofReaders joins what says in which zone the person of a mail (alias o) lives; zoneOfReader is it.
const (
	ofReaders    = ` JOIN people AS reader ON reader.id = o.person_id LEFT JOIN countries AS home ON home.code = reader.country_code CROSS JOIN installation AS network`
	zoneOfReader = `coalesce(home.zone, network.zone)`
)

// ReaderZones lists the zones of those whose mail of a mailing is queued, by name.
func ReaderZones(ctx context.Context, db bun.IDB, mailing uuid.UUID) ([]ReaderZone, error) {
	var rows []struct {
		Zone   string
		People int
	}
	err := db.NewRaw(`SELECT `+zoneOfReader+` AS zone, count(*) AS people FROM outbox AS o`+ofReaders+`
		WHERE o.mailing_id = ? AND o.state = ? GROUP BY 1 ORDER BY 1`, mailing, MailQueued).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("read where the readers of a mailing live: %w", err)
	}
	zones := make([]ReaderZone, len(rows))
	for i, r := range rows {
		zone, err := time.LoadLocation(r.Zone)
		if err != nil {
			return nil, fmt.Errorf("zone of the readers of a mailing: %w", err)
		}
		zones[i] = ReaderZone{Zone: zone, People: r.People}
	}
	return zones, nil
}

// PutOff has what is queued of a mailing leave at an instant for each zone of its readers; where due is true, only what is due
// at now. Zones that are not named are left as they are, and what a server refused for now is tried again no sooner than before.
func PutOff(ctx context.Context, db bun.IDB, mailing uuid.UUID, at map[string]time.Time, due bool, now time.Time) error {
	var zones []string
	var instants []string
	for zone, t := range at {
		zones, instants = append(zones, zone), append(instants, t.UTC().Format(time.RFC3339Nano))
	}
	_, err := db.NewRaw(`UPDATE outbox AS put SET not_before = d.at
		FROM (SELECT o.id, CASE WHEN o.attempts > 0 THEN greatest(o.not_before, planned.at) ELSE planned.at END AS at
			FROM outbox AS o JOIN people AS reader ON reader.id = o.person_id
			LEFT JOIN countries AS home ON home.code = reader.country_code CROSS JOIN installation AS network
			JOIN unnest(?::text[], ?::text[]::timestamptz[]) AS planned (zone, at) ON planned.zone = `+zoneOfReader+`
			WHERE o.mailing_id = ? AND o.state = ? AND (NOT ? OR o.not_before <= ?)
			`+lockInOrder+`) AS d WHERE put.id = d.id`,
		pgArray(zones), pgArray(instants), mailing, MailQueued, due, now).Exec(ctx)
	if err != nil {
		return fmt.Errorf("say when the mails of a mailing leave: %w", err)
	}
	return nil
}

// QuietMailing puts off until the morning what is due of a mailing where it is night for its readers, unless it may leave at
// night. It is asked before a part is sent, so that it holds whatever made it late: a pause, a server that refused, a queue.
func QuietMailing(ctx context.Context, db bun.IDB, mailing uuid.UUID, now time.Time) error {
	var names []string
	err := db.NewRaw(`SELECT zone FROM countries UNION SELECT zone FROM installation`).Scan(ctx, &names)
	if err != nil {
		return fmt.Errorf("read zones: %w", err)
	}
	mornings := map[string]time.Time{}
	for _, name := range names {
		zone, err := time.LoadLocation(name)
		if err != nil {
			return fmt.Errorf("zone of readers: %w", err)
		}
		if at := (Calendar{Zone: zone}).ByDay(now); at.After(now) {
			mornings[name] = at
		}
	}
	if len(mornings) == 0 {
		return nil
	}
	restless, err := db.NewSelect().TableExpr("mailings AS ml").Where("ml.id = ? AND ml.at_night", mailing).Exists(ctx)
	if err != nil || restless {
		return err
	}
	return PutOff(ctx, db, mailing, mornings, true, now)
}

// FirstOfMailing returns when the first queued mail of a mailing leaves whose reader wants it by then; nil where there is none. What
// people want is judged by when their mail leaves: it has to be planned before.
func FirstOfMailing(ctx context.Context, db bun.IDB, mailing uuid.UUID, now time.Time) (*time.Time, error) {
	var first *time.Time
	err := db.NewSelect().TableExpr("outbox AS o").ColumnExpr("min(o.not_before)").Where("o.mailing_id = ? AND "+stillWaits, mailing).
		Apply(WantsMailing(now)).Scan(ctx, &first)
	if err != nil {
		return nil, fmt.Errorf("read when the first of a mailing leaves: %w", err)
	}
	return first, nil
}

// NextOfMailing returns when the next mail of a mailing is due; nil where none is queued or some are in a sender's hands.
func NextOfMailing(ctx context.Context, db bun.IDB, mailing uuid.UUID) (*time.Time, error) {
	var next struct {
		At   *time.Time
		Busy bool
	}
	err := db.NewSelect().TableExpr("outbox AS o").ColumnExpr("min(o.not_before) FILTER (WHERE o.state = ?) AS at", MailQueued).
		ColumnExpr("coalesce(bool_or(o.state IN (?, ?)), false) AS busy", MailClaimed, MailSending).Where("o.mailing_id = ?", mailing).Scan(ctx, &next)
	if err != nil {
		return nil, fmt.Errorf("read when a mailing goes on: %w", err)
	}
	if next.Busy {
		return nil, nil
	}
	return next.At, nil
}

// MailingWave is people who get a mailing at the same time.
type MailingWave struct {
	At        time.Time
	People    int
	Countries []string `bun:",array"` // where they live, by code; without those of whom it is not known
}

// mostWaves is how many are told apart; a mailing that is put off mail by mail has as many as mails.
const mostWaves = 30

// MailingWaves lists when what is queued of a mailing leaves, soonest first, at most thirty.
func MailingWaves(ctx context.Context, db bun.IDB, mailing uuid.UUID) ([]MailingWave, error) {
	var waves []MailingWave
	err := db.NewRaw(`SELECT o.not_before AS at, count(*) AS people,
			coalesce(array_agg(DISTINCT reader.country_code) FILTER (WHERE reader.country_code IS NOT NULL), '{}') AS countries
		FROM outbox AS o LEFT JOIN people AS reader ON reader.id = o.person_id
		WHERE o.mailing_id = ? AND o.state = ? GROUP BY 1 ORDER BY 1 LIMIT ?`, mailing, MailQueued, mostWaves).Scan(ctx, &waves)
	if err != nil {
		return nil, fmt.Errorf("read when a mailing leaves: %w", err)
	}
	return waves, nil
}

// MailingBegun reports whether something of a mailing has left, or was tried.
func MailingBegun(ctx context.Context, db bun.IDB, mailing uuid.UUID) (bool, error) {
	begun, err := db.NewSelect().Model((*OutboxMail)(nil)).Where("o.mailing_id = ?", mailing).
		Where("o.state NOT IN (?, ?) OR o.attempts > 0", MailQueued, MailCancelled).Exists(ctx)
	if err != nil {
		return false, fmt.Errorf("read whether something of a mailing has left: %w", err)
	}
	return begun, nil
}

// ThawMailing forgets the recipients of a mailing of which nothing has left, so that it can be a draft again. It returns an
// error with CodeWrongStage where something has.
func ThawMailing(ctx context.Context, db bun.IDB, mailing uuid.UUID) error {
	begun, err := MailingBegun(ctx, db, mailing)
	if err != nil {
		return err
	}
	if begun {
		return apperr.About(apperr.CodeWrongStage, "mailing")
	}
	if _, err := db.NewDelete().Model((*OutboxMail)(nil)).Where("o.mailing_id = ?", mailing).Exec(ctx); err != nil {
		return fmt.Errorf("forget the recipients of a mailing: %w", err)
	}
	return nil
}
