package models

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
)

// NetworkZone returns the IANA name of the zone that counts for people without a country.
func NetworkZone(ctx context.Context, db bun.IDB) (string, error) {
	var zone string
	err := db.NewSelect().Table("installation").Column("zone").Scan(ctx, &zone)
	return zone, found(err, "installation")
}

// SetNetworkZone changes it. Deadlines that are set already stay where they are.
func SetNetworkZone(ctx context.Context, db bun.IDB, zone string) error {
	bad := apperr.New(apperr.CodeInvalid)
	checkZone(bad, "zone", zone)
	if err := bad.OrNil(); err != nil {
		return err
	}
	_, err := db.NewUpdate().Table("installation").Set("zone = ?", zone).Where("true").Exec(ctx)
	if err != nil {
		return fmt.Errorf("set the network's zone: %w", err)
	}
	return nil
}

// ZoneOf returns the zone in which deadlines of a country are counted; without one, the network's.
func ZoneOf(ctx context.Context, db bun.IDB, country string) (*time.Location, error) {
	if country != "" {
		c, err := CountryByCode(ctx, db, country)
		if err != nil {
			return nil, err
		}
		return c.Location()
	}
	name, err := NetworkZone(ctx, db)
	if err != nil {
		return nil, err
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, fmt.Errorf("zone of the network: %w", err)
	}
	return zone, nil
}

// ZoneNamed returns a zone by its IANA name. "Local" is one to Go, and whatever the machine happens to be set to.
func ZoneNamed(name string) (*time.Location, error) {
	if name == "" || strings.EqualFold(name, "local") {
		return nil, fmt.Errorf("%q is no zone", name)
	}
	return time.LoadLocation(name)
}

// checkZone blames what is no zone.
func checkZone(bad *apperr.Error, path, zone string) {
	if _, err := ZoneNamed(zone); err != nil {
		bad.And(path, "zone")
	}
}
