package main

import (
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
	"tribuna/internal/config"
	"tribuna/internal/i18n"
	"tribuna/models"
)

// newcomer is who `tribuna person` lets in.
type newcomer struct {
	person                               models.Person
	organisation, organisationName, role string
}

// runPerson adds a person with a role, and their organisation where it is missing: how the first coordinator of an
// installation gets in. A password is given with `tribuna password`.
func runPerson(ctx context.Context, cfg config.Config, args []string) error {
	n, err := readNewcomer(args)
	if err != nil {
		return err
	}
	db, err := models.Open(cfg.DatabaseURL)
	if err != nil {
		return err
	}
	defer db.Close()
	return db.RunInTx(ctx, &sql.TxOptions{}, func(ctx context.Context, tx bun.Tx) error { return n.enter(ctx, tx) })
}

func readNewcomer(args []string) (*newcomer, error) {
	n := &newcomer{}
	f := flag.NewFlagSet("person", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	f.StringVar(&n.person.Email, "email", "", "")
	f.StringVar(&n.person.Name, "name", "", "")
	f.StringVar(&n.person.Language, "language", "en", "")
	f.StringVar(&n.organisation, "organisation", "", "")
	f.StringVar(&n.organisationName, "organisation-name", "", "")
	f.StringVar(&n.role, "role", "", "")
	if err := f.Parse(args); err != nil {
		return nil, usageError{err.Error()}
	}
	switch {
	case f.NArg() > 0:
		return nil, usageError{fmt.Sprintf("what is %q?", f.Arg(0))}
	case n.person.Email == "" || n.person.Name == "" || n.organisation == "":
		return nil, usageError{"who? give --email, --name and --organisation"}
	case !slices.Contains(models.RoleNames(), n.role):
		return nil, usageError{"give a --role: " + strings.Join(models.RoleNames(), ", ")}
	}
	return n, nil
}

// enter gives somebody who is there already the role alone.
func (n *newcomer) enter(ctx context.Context, tx bun.Tx) error {
	organisation, err := n.organisationID(ctx, tx)
	if err != nil {
		return err
	}
	person, err := models.PersonByEmail(ctx, tx, n.person.Email)
	if apperr.CodeOf(err) == apperr.CodeNotFound {
		person = n.person
		err = n.create(ctx, tx, &person)
	}
	if err != nil {
		return err
	}
	return models.AddRole(ctx, tx, models.Role{PersonID: person.ID, OrganisationID: organisation, Role: n.role})
}

// create adds the person, and their language where an empty installation does not have it yet.
func (n *newcomer) create(ctx context.Context, tx bun.Tx, p *models.Person) error {
	if !slices.Contains(i18n.Tags(), p.Language) {
		return fmt.Errorf("the pages do not speak %q: give a --language of %s", p.Language, strings.Join(i18n.Tags(), ", "))
	}
	language := models.Language{Tag: p.Language, Endonym: i18n.NativeLanguage(p.Language), Names: models.Names{}}
	if _, err := tx.NewInsert().Model(&language).On("CONFLICT DO NOTHING").Exec(ctx); err != nil {
		return fmt.Errorf("add a language: %w", err)
	}
	return models.CreatePerson(ctx, tx, p)
}

func (n *newcomer) organisationID(ctx context.Context, tx bun.Tx) (uuid.UUID, error) {
	var id uuid.UUID
	err := tx.NewSelect().Model((*models.Organisation)(nil)).Column("id").Where("slug = ?", n.organisation).Scan(ctx, &id)
	if !errors.Is(err, sql.ErrNoRows) {
		return id, err
	}
	if n.organisationName == "" {
		return id, fmt.Errorf("there is no organisation %q: add it with --organisation-name", n.organisation)
	}
	o := models.Organisation{ID: models.NewID(), Slug: n.organisation, Name: n.organisationName, Kind: models.OrganisationLead}
	o.VotingUnit = o.ID
	if err := o.Validate(); err != nil {
		return id, err
	}
	_, err = tx.NewInsert().Model(&o).Exec(ctx)
	return o.ID, err
}
