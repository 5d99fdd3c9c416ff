package models

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
)

// NewOrganisation begins an organisation that is not in the network yet: a partner that votes for itself.
func NewOrganisation() Organisation {
	id := NewID()
	return Organisation{ID: id, Kind: OrganisationPartner, VotingUnit: id}
}

// Insert adds an organisation, below its parent and with the countries it covers.
func (o *Organisation) Insert(ctx context.Context, tx bun.IDB, now time.Time) error {
	if err := o.place(ctx, tx, now); err != nil {
		return err
	}
	o.Slug = strings.Trim(slugOf(o.Name)+"-"+strings.ReplaceAll(o.ID.String(), "-", "")[24:], "-")
	if _, err := tx.NewInsert().Model(o).Exec(ctx); err != nil {
		return fmt.Errorf("add an organisation: %w", err)
	}
	return o.cover(ctx, tx)
}

// Save changes what is known of an organisation. Its address stays.
func (o *Organisation) Save(ctx context.Context, tx bun.IDB, now time.Time) error {
	if err := o.place(ctx, tx, now); err != nil {
		return err
	}
	res, err := tx.NewUpdate().Model(o).Column("name", "kind", "parent_id", "voting_unit", "member_from", "member_until").WherePK().Exec(ctx)
	if err := changed(res, err, "organisation"); err != nil {
		return err
	}
	return o.cover(ctx, tx)
}

// OrganisationForEdit returns one organisation, which nobody else changes until the transaction ends.
func OrganisationForEdit(ctx context.Context, tx bun.IDB, id uuid.UUID) (Organisation, error) {
	var o Organisation
	err := selectOrganisations(tx, &o).Where("organisation.id = ?", id).For("NO KEY UPDATE OF organisation").Scan(ctx)
	return o, found(err, "organisation")
}

// OrganisationAdded is what the journal says about a new organisation.
func OrganisationAdded(o Organisation) JournalEntry {
	return JournalEntry{Verb: "organisation.added", ObjectKind: "organisation", Object: o.ID}
}

// OrganisationChanged is what the journal says about a change of an organisation.
func OrganisationChanged(former, o Organisation) JournalEntry {
	return JournalEntry{Verb: "organisation.changed", ObjectKind: "organisation", Object: o.ID}.Changing(former.Facts(), o.Facts())
}

// cover writes which countries the organisation covers.
func (o *Organisation) cover(ctx context.Context, tx bun.IDB) error {
	if _, err := tx.NewDelete().Model((*OrganisationCountry)(nil)).Where("organisation_id = ?", o.ID).Exec(ctx); err != nil {
		return fmt.Errorf("change which countries an organisation covers: %w", err)
	}
	rows := make([]OrganisationCountry, 0, len(o.Countries))
	for _, code := range o.Countries {
		rows = append(rows, OrganisationCountry{OrganisationID: o.ID, CountryCode: code})
	}
	if len(rows) == 0 {
		return nil
	}
	_, err := tx.NewInsert().Model(&rows).On("CONFLICT DO NOTHING").Exec(ctx)
	return asInvalid(err, map[string]string{"country": "countries"})
}

// organisationsBelow finds an organisation and everything under it, however deep.
const organisationsBelow = `WITH RECURSIVE below AS (SELECT id FROM organisations WHERE id = ?
	UNION SELECT o.id FROM organisations AS o JOIN below ON o.parent_id = below.id) SELECT id FROM below`

// OrganisationBranch returns an organisation and everything below it.
func OrganisationBranch(ctx context.Context, db bun.IDB, id uuid.UUID) (map[uuid.UUID]bool, error) {
	var ids []uuid.UUID
	if err := db.NewRaw(organisationsBelow, id).Scan(ctx, &ids); err != nil {
		return nil, fmt.Errorf("look what is below an organisation: %w", err)
	}
	branch := map[uuid.UUID]bool{}
	for _, id := range ids {
		branch[id] = true
	}
	return branch, nil
}

// place checks that an organisation can stand and vote where it is put: there are no circles, and its vote is held by one that
// is asked. Nobody moves anything else meanwhile.
func (o *Organisation) place(ctx context.Context, tx bun.IDB, now time.Time) error {
	if err := o.Validate(); err != nil {
		return err
	}
	if _, err := tx.NewRaw(`LOCK TABLE organisations IN SHARE ROW EXCLUSIVE MODE`).Exec(ctx); err != nil {
		return fmt.Errorf("hold the organisations: %w", err)
	}
	if o.ParentID != nil {
		if _, err := OrganisationByID(ctx, tx, *o.ParentID); err != nil {
			return asField(err, "parent_id")
		}
		branch, err := OrganisationBranch(ctx, tx, o.ID)
		if err != nil {
			return err
		}
		if branch[*o.ParentID] {
			return apperr.Invalid("parent_id", "circle")
		}
	}
	return o.checkVote(ctx, tx, now)
}

// OrganisationUses lists who belongs to an organisation and what refers to it.
func OrganisationUses(ctx context.Context, db bun.IDB, id uuid.UUID) ([]Use, error) {
	count := func(kind, from string) (string, []any) {
		return `SELECT '` + kind + `' AS kind, count(*) AS count FROM ` + from, []any{id}
	}
	people, personArgs := count("person", `(SELECT DISTINCT person_id FROM roles WHERE organisation_id = ?0) AS has`)
	grants, grantArgs := count("grant", `grants WHERE funder_id = ?0`)
	said, saidArgs := count("answer", `(SELECT id FROM tasks WHERE organisation_id = ?0 UNION ALL SELECT task_id FROM reviews WHERE organisation_id = ?0
		UNION ALL SELECT task_id FROM signoffs WHERE organisation_id = ?0 UNION ALL SELECT id FROM followups WHERE organisation_id = ?0) AS said`)
	uses, err := usedBy{
		{`SELECT 'organisation' AS kind, id, name FROM organisations WHERE (parent_id = ?0 OR voting_unit = ?0) AND id <> ?0 ORDER BY name`, []any{id}},
		{`SELECT CASE WHEN kind = 'imported' THEN 'imported' ELSE 'recommendation' END AS kind, id, title AS name, language FROM recommendations AS r
			WHERE organisation_id = ?0 OR EXISTS (SELECT 1 FROM campaign_steps AS cs JOIN campaigns AS ca ON ca.id = cs.campaign_id
				WHERE ca.recommendation_id = r.id AND cs.organisation_id = ?0) ORDER BY title`, []any{id}},
		{people, personArgs}, {grants, grantArgs}, {said, saidArgs},
	}.find(ctx, db)
	return counted(uses), err
}

// RemoveOrganisation removes an organisation that nothing refers to.
func RemoveOrganisation(ctx context.Context, tx bun.IDB, id uuid.UUID) error {
	uses, err := OrganisationUses(ctx, tx, id)
	if err != nil {
		return err
	}
	return remove(ctx, tx, "organisation", uses, tx.NewDelete().Model((*Organisation)(nil)).Where("id = ?", id))
}
