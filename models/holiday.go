package models

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"
)

// CountryHoliday is a public holiday of a country: nobody there is reminded of anything on it.
type CountryHoliday struct {
	bun.BaseModel `bun:"table:country_holidays,alias:ch"`

	CountryCode string    `bun:",pk"`
	Day         time.Time `bun:"type:date,pk"`
	Names       Names     `bun:"type:jsonb"`
}

// Calendar says when a person is reminded: by day, on working days of their country.
type Calendar struct {
	Zone *time.Location
	Off  map[string]bool // public holidays, as 2006-01-02
	any  bool            // at any hour, see AnyHour
}

// Reminders are sent from seven in the morning until nine in the evening; what would come at another time comes at nine in
// the morning.
const dayBegins, dayEnds, morning = 7, 21, 9

// AnyHour is the calendar of procedures for demonstrations, whose days last minutes.
func AnyHour(zone *time.Location) Calendar { return Calendar{Zone: zone, any: true} }

// CalendarOf returns the calendar of a country, with the holidays of the year before: what was counted then is counted alike again;
// without a country, the network's zone and no holidays.
func CalendarOf(ctx context.Context, db bun.IDB, country string, now time.Time) (Calendar, error) {
	zone, err := ZoneOf(ctx, db, country)
	if err != nil {
		return Calendar{}, err
	}
	c := Calendar{Zone: zone, Off: map[string]bool{}}
	if country == "" {
		return c, nil
	}
	var days []CountryHoliday
	if err := db.NewSelect().Model(&days).Where("ch.country_code = ? AND ch.day >= ?", country, now.AddDate(-1, 0, 0)).Scan(ctx); err != nil {
		return c, fmt.Errorf("read public holidays: %w", err)
	}
	for _, d := range days {
		c.Off[d.Day.Format(time.DateOnly)] = true
	}
	return c, nil
}

// Free reports whether it is a weekend or a public holiday there.
func (c Calendar) Free(at time.Time) bool {
	local := at.In(c.Zone)
	return weekend(local) || c.Off[local.Format(time.DateOnly)]
}

// Night reports whether it is night there.
func (c Calendar) Night(at time.Time) bool {
	hour := at.In(c.Zone).Hour()
	return hour < dayBegins || hour >= dayEnds
}

// Hour is an hour of a day there; one at night is nine in the morning.
func (c Calendar) Hour(day time.Time, hour int) time.Time {
	if hour < dayBegins || hour >= dayEnds {
		hour = morning
	}
	return time.Date(day.Year(), day.Month(), day.Day(), hour, 0, 0, 0, c.Zone)
}

// Awake returns the instant itself, or where that is at night or on a free day nine in the morning of the next day that is not.
func (c Calendar) Awake(at time.Time) time.Time {
	if c.any || (!c.Free(at) && !c.Night(at)) {
		return at
	}
	local := at.In(c.Zone)
	next := time.Date(local.Year(), local.Month(), local.Day(), morning, 0, 0, 0, c.Zone)
	if local.Hour() >= dayEnds {
		next = next.AddDate(0, 0, 1)
	}
	for c.Free(next) {
		next = next.AddDate(0, 0, 1)
	}
	return next
}

// WorkingDay returns the instant itself, or where it is on a free day the end of the next day that is not: nobody has to have said
// anything on a day on which nobody reminds them.
func (c Calendar) WorkingDay(at time.Time) time.Time {
	for !c.any && c.Free(at) {
		at = EndOfDay(at.In(c.Zone).AddDate(0, 0, 1), c.Zone)
	}
	return at
}

// WorkingDayBefore returns the instant itself, or where that is on a free day the same hour of the last day before it that is
// not: what warns of a deadline comes rather too early.
func (c Calendar) WorkingDayBefore(at time.Time) time.Time {
	for !c.any && c.Free(at) {
		at = at.In(c.Zone).AddDate(0, 0, -1)
	}
	return at
}

// Holidays lists the public holidays of a country in their order.
func Holidays(ctx context.Context, db bun.IDB, country string) ([]CountryHoliday, error) {
	var days []CountryHoliday
	if err := db.NewSelect().Model(&days).Where("ch.country_code = ?", country).Order("ch.day").Scan(ctx); err != nil {
		return nil, fmt.Errorf("read public holidays: %w", err)
	}
	return days, nil
}
