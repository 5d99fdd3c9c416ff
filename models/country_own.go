package models

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"
)

// OwnCountries returns the countries of the organisations that the viewer works or speaks for, in the network's order.
func OwnCountries(ctx context.Context, db bun.IDB, v Viewer) ([]string, error) {
	var codes []string
	err := db.NewSelect().TableExpr("countries AS c").Column("c.code").
		Where("c.code IN (SELECT oc.country_code FROM organisation_countries AS oc WHERE oc.organisation_id IN (?))",
			bun.List(v.organisationsAs(RoleOfficer, RolePartner))).
		Order("c.position", "c.code").Scan(ctx, &codes)
	if err != nil {
		return nil, fmt.Errorf("read somebody's countries: %w", err)
	}
	return codes, nil
}
