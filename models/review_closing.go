package models

import (
	"context"
	"time"

	"github.com/uptrace/bun"
)

// ClosingCountry is the country by whose clock and calendar a text's rounds close: the first of the organisation that owns it; "" for the
// network's.
func ClosingCountry(ctx context.Context, db bun.IDB, r *Recommendation) (string, error) {
	owner, err := OrganisationByID(ctx, db, r.OrganisationID)
	if err != nil || len(owner.Countries) == 0 {
		return "", err
	}
	return owner.Countries[0], nil
}

// ClosesAt is when a round closes for which nobody is waited any more from an instant on: for everybody at one, wherever they are, with a
// day in the country of the organisation that owns the text.
func ClosesAt(ctx context.Context, db bun.IDB, r *Recommendation, rules ReviewRules, from time.Time) (time.Time, error) {
	country, err := ClosingCountry(ctx, db, r)
	if err != nil {
		return time.Time{}, err
	}
	zone, err := ZoneOf(ctx, db, country)
	if err != nil {
		return time.Time{}, err
	}
	return rules.ClosingGrace().After(from, zone), nil
}
