package models

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
)

// HolidaysIn lists the public holidays of a year in their order, of one country or, without one, of all.
func HolidaysIn(ctx context.Context, db bun.IDB, country string, year int) ([]CountryHoliday, error) {
	var days []CountryHoliday
	q := db.NewSelect().Model(&days).Where("extract(year FROM ch.day) = ?", year).Order("ch.day", "ch.country_code")
	if country != "" {
		q = q.Where("ch.country_code = ?", country)
	}
	if err := q.Scan(ctx); err != nil {
		return nil, fmt.Errorf("read public holidays: %w", err)
	}
	return days, nil
}

// HolidayYears lists the years of which holidays are known, in their order.
func HolidayYears(ctx context.Context, db bun.IDB) ([]int, error) {
	var years []int
	err := db.NewSelect().TableExpr("country_holidays AS ch").ColumnExpr("DISTINCT extract(year FROM ch.day)::int AS year").OrderExpr("year").Scan(ctx, &years)
	return years, err
}

// HolidayOn returns a public holiday of a country.
func HolidayOn(ctx context.Context, db bun.IDB, country string, day time.Time) (CountryHoliday, error) {
	var h CountryHoliday
	err := db.NewSelect().Model(&h).Where("ch.country_code = ? AND ch.day = ?", country, day.Format(time.DateOnly)).Scan(ctx)
	return h, found(err, "holiday")
}

// Facts are what the journal says of a holiday before and after a change.
func (h CountryHoliday) Facts() Facts {
	f := Facts{"day": h.Day.Format(time.DateOnly)}
	for tag, name := range h.Names {
		f["names."+tag] = name
	}
	return f
}

// Years of which holidays can be kept.
const holidaysFrom, holidaysUntil = 2020, 2100

func (h *CountryHoliday) check(ctx context.Context, db bun.IDB) error {
	bad := apperr.New(apperr.CodeInvalid)
	if _, err := CountryByCode(ctx, db, h.CountryCode); apperr.CodeOf(err) == apperr.CodeNotFound {
		bad.And("country_code", "required")
	} else if err != nil {
		return err
	}
	if y := h.Day.Year(); y < holidaysFrom || y > holidaysUntil {
		bad.And("day", "range", "min", holidaysFrom, "max", holidaysUntil)
	}
	checkNames(bad, h.Names, 200)
	return bad.OrNil()
}

// Add keeps one more holiday.
func (h *CountryHoliday) Add(ctx context.Context, tx bun.IDB) error {
	if err := h.check(ctx, tx); err != nil {
		return err
	}
	_, err := tx.NewInsert().Model(h).Exec(ctx)
	return taken(err, "day")
}

// Save corrects a holiday that was on another day until now, or on this one.
func (h *CountryHoliday) Save(ctx context.Context, tx bun.IDB, former time.Time) error {
	if err := h.check(ctx, tx); err != nil {
		return err
	}
	res, err := tx.NewUpdate().Model(h).Set("day = ?, names = ?", h.Day.Format(time.DateOnly), h.Names).
		Where("country_code = ? AND day = ?", h.CountryCode, former.Format(time.DateOnly)).Exec(ctx)
	if err := taken(err, "day"); err != nil {
		return err
	}
	return changed(res, err, "holiday")
}

// Remove makes a holiday a day like others.
func (h *CountryHoliday) Remove(ctx context.Context, tx bun.IDB) error {
	res, err := tx.NewDelete().Model((*CountryHoliday)(nil)).Where("country_code = ? AND day = ?", h.CountryCode, h.Day.Format(time.DateOnly)).Exec(ctx)
	return changed(res, err, "holiday")
}

// RemindersOn counts the reminders that are due to people of a country on a day.
func RemindersOn(ctx context.Context, db bun.IDB, country string, day time.Time) (int, error) {
	zone, err := ZoneOf(ctx, db, country)
	if err != nil {
		return 0, err
	}
	from := time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, zone)
	var n int
	err = db.NewSelect().TableExpr("tasks AS t").ColumnExpr("count(*)").Join("JOIN people AS p ON p.id = t.person_id").
		Where("t.state = ? AND p.country_code = ? AND t.remind_at >= ? AND t.remind_at < ?", TaskOpen, country, from, from.AddDate(0, 0, 1)).Scan(ctx, &n)
	if err != nil {
		return 0, fmt.Errorf("count the reminders of a day: %w", err)
	}
	return n, nil
}
