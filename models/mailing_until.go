package models

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
)

// checkUntil collects what is wrong with the last day on which readers are asked to write; whether it is over is judged at now, where
// those written to are. Without anybody to write to that is not known, and blamed already.
func (in MailingInput) checkUntil(ctx context.Context, db bun.IDB, bad *apperr.Error, kind string, now time.Time) error {
	if in.WriteUntil == nil {
		return nil
	}
	if kind != MailingKindRepresentative {
		bad.And("write_until", "must_be_empty")
		return nil
	}
	if year := in.WriteUntil.Time().Year(); year < stepsFrom || year > stepsUntil {
		bad.And("write_until", "range", "min", stepsFrom, "max", stepsUntil)
		return nil
	}
	end, err := writingEnd(ctx, db, *in.WriteUntil.Time(), in.Authorities)
	if err == nil && end != nil && now.After(*end) {
		bad.And("write_until", "writing_day_over")
	}
	return err
}

// readWritingEnd reads when writing ends.
func (m *Mailing) readWritingEnd(ctx context.Context, db bun.IDB) (err error) {
	if m.WriteUntil != nil {
		m.WritingEnds, err = writingEnd(ctx, db, *m.WriteUntil, m.Authorities)
	}
	return err
}

// writingEnd is when a last day of writing ends, where those written to are; nil where there is nobody. In several countries it is the one
// whose day ends last, so that nobody is turned away while it still is that day there.
func writingEnd(ctx context.Context, db bun.IDB, day time.Time, authorities []uuid.UUID) (last *time.Time, err error) {
	var zones []string
	err = db.NewSelect().TableExpr("authorities AS a").Join("CROSS JOIN installation AS i").Join("LEFT JOIN countries AS c ON c.code = a.country_code").
		ColumnExpr("DISTINCT coalesce(c.zone, i.zone)").Where("a.id = ANY(?::uuid[])", pgUUIDs(authorities)).Scan(ctx, &zones)
	if err != nil {
		return nil, fmt.Errorf("read where the last day of writing ends: %w", err)
	}
	for _, name := range zones {
		zone, err := ZoneNamed(name)
		if err != nil {
			return nil, fmt.Errorf("zone of those written to: %w", err)
		}
		if end := EndOfDay(day, zone); last == nil || end.After(*last) {
			last = &end
		}
	}
	return last, nil
}

// WritingOver reports whether readers are not asked to write any more at an instant.
func (m *Mailing) WritingOver(at time.Time) bool {
	return m.WritingEnds != nil && at.After(*m.WritingEnds)
}

// Over reports whether what a mailing is about is over at an instant: the event that it announces, or the days on which its
// readers write.
func (m *Mailing) Over(at time.Time) (bool, error) {
	over, err := m.EventOver(at)
	return over || m.WritingOver(at), err
}

// CheckOver refuses a mailing whose event or days of writing are over at now, at the time at which the last of it was said to leave, or
// when that is put off until the morning because nobody is written to at night.
func (m *Mailing) CheckOver(now, said, last time.Time) error {
	switch {
	case m.WritingOver(now):
		return apperr.Invalid("write_until", "writing_over")
	case m.WritingOver(said):
		return apperr.Invalid("when.day", "writing_over_later")
	case m.WritingOver(last):
		return apperr.Invalid("when.day", "writing_over_then")
	}
	return m.checkEventOver(now, said, last)
}
