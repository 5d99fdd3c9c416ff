package models

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"
)

// Country is a country or territory of the network's own list. How it is designated in public, with which footnote,
// is set per grant and language, and where no grant says anything by the network: see Designation.
type Country struct {
	bun.BaseModel `bun:"table:countries,alias:country"`

	Code         string `bun:",pk" json:"code"` // ISO 3166-1 alpha-2, and the user-assigned XK for Kosovo
	Names        Names  `bun:"type:jsonb" json:"names"`
	Designations Names  `bun:"type:jsonb,nullzero,default:'{}'" json:"designations,omitempty"` // in public, where its name alone will not do
	Footnotes    Names  `bun:"type:jsonb,nullzero,default:'{}'" json:"footnotes,omitempty"`    // to the designations
	Zone         string `json:"zone"`                                                          // IANA zone in which its deadlines are counted
	Position     int    `json:"position"`
}

// Location returns the zone of the country's deadlines.
func (c Country) Location() (*time.Location, error) {
	loc, err := time.LoadLocation(c.Zone)
	if err != nil {
		return nil, fmt.Errorf("zone of %s: %w", c.Code, err)
	}
	return loc, nil
}

// Countries returns the network's countries and territories in their agreed order.
func Countries(ctx context.Context, db bun.IDB) ([]Country, error) {
	var list []Country
	if err := db.NewSelect().Model(&list).Order("position", "code").Scan(ctx); err != nil {
		return nil, fmt.Errorf("read countries: %w", err)
	}
	return list, nil
}

// CountryByCode returns one country of the list.
func CountryByCode(ctx context.Context, db bun.IDB, code string) (Country, error) {
	var c Country
	err := db.NewSelect().Model(&c).Where("country.code = ?", code).Scan(ctx)
	return c, found(err, "country")
}

// SetNetworkDesignation says how the network designates a country in public where no grant does.
func SetNetworkDesignation(ctx context.Context, db bun.IDB, code string, names, footnotes Names) error {
	res, err := db.NewUpdate().Model((*Country)(nil)).Set("designations = ?", names.orEmpty()).Set("footnotes = ?", footnotes.orEmpty()).
		Where("code = ?", code).Exec(ctx)
	return changed(res, err, "country")
}

func (n Names) orEmpty() Names {
	if n == nil {
		return Names{}
	}
	return n
}
