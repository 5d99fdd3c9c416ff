package models

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
)

// checkUntil collects what is wrong with the last day on which readers are asked to write.
func (in MailingInput) checkUntil(bad *apperr.Error, kind string) {
	if in.WriteUntil == nil {
		return
	}
	if kind != MailingKindRepresentative {
		bad.And("write_until", "must_be_empty")
	} else if year := in.WriteUntil.Time().Year(); year < stepsFrom || year > stepsUntil {
		bad.And("write_until", "range", "min", stepsFrom, "max", stepsUntil)
	}
}

// readWritingEnd reads when writing ends: with the last day, where those written to are. In several countries it is the one whose
// day ends last, so that nobody is turned away while it still is that day there.
func (m *Mailing) readWritingEnd(ctx context.Context, db bun.IDB) error {
	if m.WriteUntil == nil {
		return nil
	}
	var zones []string
	err := db.NewSelect().TableExpr("mailing_addressees AS ma").Join("JOIN authorities AS a ON a.id = ma.authority_id").Join("CROSS JOIN installation AS i").
		Join("LEFT JOIN countries AS c ON c.code = a.country_code").ColumnExpr("DISTINCT coalesce(c.zone, i.zone)").Where("ma.mailing_id = ?", m.ID).Scan(ctx, &zones)
	if err != nil {
		return fmt.Errorf("read where the last day of writing ends: %w", err)
	}
	for _, name := range zones {
		zone, err := ZoneNamed(name)
		if err != nil {
			return fmt.Errorf("zone of those written to: %w", err)
		}
		if end := EndOfDay(*m.WriteUntil, zone); m.WritingEnds == nil || end.After(*m.WritingEnds) {
			m.WritingEnds = &end
		}
	}
	return nil
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
