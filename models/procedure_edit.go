package models

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
)

// DefaultProcedure is the procedure that is offered first. It cannot be removed.
const DefaultProcedure = "default"

var slugForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// checkSlug blames what cannot be a part of an address.
func checkSlug(bad *apperr.Error, path, slug string) {
	if !slugForm.MatchString(slug) || len(slug) > 60 {
		bad.And(path, "slug")
	}
}

// checkNames blames names without an English one, and long ones.
func checkNames(bad *apperr.Error, names Names, most int) {
	if strings.TrimSpace(names["en"]) == "" {
		bad.And("names.en", "required")
	}
	for _, tag := range slices.Sorted(maps.Keys(names)) {
		checkLength(bad, "names."+tag, names[tag], most)
	}
}

// ProcedureVersions returns every version of a procedure, newest first.
func ProcedureVersions(ctx context.Context, db bun.IDB, slug string) ([]Procedure, error) {
	var all []Procedure
	if err := db.NewSelect().Model(&all).Where("pr.slug = ?", slug).Order("pr.version DESC").Scan(ctx); err != nil {
		return nil, fmt.Errorf("read the versions of a procedure: %w", err)
	}
	if len(all) == 0 {
		return nil, apperr.NotFound("procedure")
	}
	return all, nil
}

// ProcedureUse is a recommendation that goes, or went, by a version of a procedure.
type ProcedureUse struct {
	ID        uuid.UUID
	Title     string
	Language  string
	Stage     Stage
	Procedure uuid.UUID
	Slug      string
	Version   int
}

// ProcedureUses lists the recommendations that go by any version of a procedure; an empty slug lists those of all.
func ProcedureUses(ctx context.Context, db bun.IDB, slug string) ([]ProcedureUse, error) {
	var uses []ProcedureUse
	q := db.NewSelect().TableExpr("recommendations AS r").Join("JOIN procedures AS pr ON pr.id = r.procedure_id").
		ColumnExpr("r.id, r.title, r.language, r.stage, pr.id AS procedure, pr.slug, pr.version").Order("r.title", "r.id")
	if slug != "" {
		q = q.Where("pr.slug = ?", slug)
	}
	if err := q.Scan(ctx, &uses); err != nil {
		return nil, fmt.Errorf("read what goes by a procedure: %w", err)
	}
	return uses, nil
}

// check reports what is wrong with a procedure as written.
func (p *Procedure) check(ctx context.Context, tx bun.IDB, now time.Time) error {
	if err := p.CheckNames(); err != nil {
		return err
	}
	if err := p.Document.Validate(); err != nil {
		return err
	}
	return p.Document.checkReach(ctx, tx, now)
}

// CheckNames reports what is wrong with what a procedure is called.
func (p *Procedure) CheckNames() error {
	bad := apperr.New(apperr.CodeInvalid)
	checkSlug(bad, "slug", p.Slug)
	checkNames(bad, p.Names, 200)
	return bad.OrNil()
}

// AddProcedure begins a procedure with its first version.
func AddProcedure(ctx context.Context, tx bun.IDB, p *Procedure, now time.Time) error {
	p.ID, p.Version, p.CreatedAt = NewID(), 1, now
	if err := p.check(ctx, tx, now); err != nil {
		return err
	}
	_, err := tx.NewInsert().Model(p).Exec(ctx)
	return taken(err, "slug")
}

// ReviseProcedure adds the next version to a procedure. Base is the version that was revised: where another came
// meanwhile the answer is "outdated". Without any difference nothing is added. What has begun keeps its version.
func ReviseProcedure(ctx context.Context, tx bun.IDB, p *Procedure, base int, now time.Time) error {
	if err := p.check(ctx, tx, now); err != nil {
		return err
	}
	newest, err := ProcedureBySlug(ctx, tx, p.Slug)
	if err != nil {
		return err
	}
	if newest.Version != base {
		return apperr.About(apperr.CodeOutdated, "procedure")
	}
	if p.Says(*newest) {
		*p = *newest
		return nil
	}
	p.ID, p.Version, p.CreatedAt = NewID(), base+1, now
	_, err = tx.NewInsert().Model(p).Exec(ctx)
	if isCode(err, uniqueViolation) { // somebody was faster by a moment
		return apperr.About(apperr.CodeOutdated, "procedure")
	}
	return err
}

// Says reports whether a procedure says what another says, by the same names.
func (p Procedure) Says(other Procedure) bool {
	return len(CompareProcedures(other.Document, p.Document)) == 0 && maps.Equal(other.Names, p.Names)
}

// RestoreProcedure makes an earlier version the one that new recommendations go by again: as the next version, with what that
// one said. Base is the newest version as it was seen.
func RestoreProcedure(ctx context.Context, tx bun.IDB, slug string, version, base int, now time.Time) (*Procedure, error) {
	p := new(Procedure)
	if err := tx.NewSelect().Model(p).Where("pr.slug = ? AND pr.version = ?", slug, version).Scan(ctx); err != nil {
		return nil, found(err, "procedure")
	}
	return p, ReviseProcedure(ctx, tx, p, base, now)
}

// RemoveProcedure removes a procedure that nothing ever went by, with all its versions.
func RemoveProcedure(ctx context.Context, tx bun.IDB, slug string) error {
	uses, err := ProcedureUses(ctx, tx, slug)
	if err != nil {
		return err
	}
	if slug == DefaultProcedure || len(uses) > 0 {
		return apperr.About(apperr.CodeInUse, "procedure")
	}
	return remove(ctx, tx, "procedure", nil, tx.NewDelete().Model((*Procedure)(nil)).Where("slug = ?", slug))
}
