package main

import (
	"context"
	"fmt"

	"tribuna/internal/config"
	"tribuna/migrations"
	"tribuna/models"
)

// runMigrate brings the database up to date as the role that owns it.
func runMigrate(ctx context.Context, cfg config.Config, _ []string) error {
	if err := cfg.Require("DATABASE_URL"); err != nil {
		return err
	}
	if err := migrate(ctx, cfg); err != nil {
		return err
	}
	fmt.Println("The database is up to date.")
	return nil
}

func migrate(ctx context.Context, cfg config.Config) error {
	role, err := cfg.AppRole()
	if err != nil {
		return err
	}
	owner, err := models.Open(cfg.OwnerURL())
	if err != nil {
		return err
	}
	defer owner.Close()
	if err := migrations.Migrate(ctx, owner, role); err != nil {
		return err
	}
	return models.SettleAddresses(ctx, owner) // what SQL cannot do
}
