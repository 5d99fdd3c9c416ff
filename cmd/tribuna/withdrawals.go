package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/config"
	"tribuna/models"
)

// runWithdrawals writes down who is not to be written to, or takes what was written down into a database that was restored from a
// backup, so that nobody is written to who said since the backup that they want it no more.
func runWithdrawals(ctx context.Context, cfg config.Config, args []string) error {
	take := len(args) == 2 && args[0] == "--take"
	if take {
		args = args[1:]
	}
	if len(args) != 1 || args[0] == "--take" {
		return usageError{"withdrawals to which file? or --take FILE"}
	}
	db, err := models.Open(cfg.DatabaseURL)
	if err != nil {
		return err
	}
	defer db.Close()
	if take {
		return takeWithdrawals(ctx, db, args[0])
	}
	return writeWithdrawals(ctx, db, args[0])
}

// writeWithdrawals writes one line of JSON for each into a file that does not exist yet.
func writeWithdrawals(ctx context.Context, db *bun.DB, path string) (err error) {
	list, err := models.Withdrawals(ctx, db)
	if err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	buffered := bufio.NewWriter(file)
	lines := json.NewEncoder(buffered)
	for _, w := range list {
		if err := lines.Encode(w); err != nil {
			return err
		}
	}
	if err := errors.Join(buffered.Flush(), file.Sync()); err != nil {
		return err
	}
	fmt.Printf("%s: %s that %s not to be written to, by hash. Take it over with tribuna withdrawals --take %s.\n", path,
		counted(len(list), "address", "addresses"), are(len(list)), filepath.Base(path))
	return nil
}

func are(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

// takeWithdrawals takes all of a list or, where a line is wrong, nothing.
func takeWithdrawals(ctx context.Context, db *bun.DB, path string) error {
	list, err := readWithdrawals(path)
	if err != nil {
		return err
	}
	taken, back := 0, []uuid.UUID(nil)
	err = db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if taken, err = models.TakeWithdrawals(ctx, tx, list, filepath.Base(path), time.Now()); err != nil {
			return err
		}
		back, err = models.ErasedAgain(ctx, tx, list)
		return err
	})
	if err != nil {
		return err
	}
	fmt.Printf("%d of %s: the others were known here, or belong to nobody here.\n", taken, counted(len(list), "address is not written to any more", "addresses are not written to any more"))
	for _, id := range back {
		fmt.Printf("Erased before and here again, to be erased anew: /administration/people/%s/erase\n", id)
	}
	return nil
}

func readWithdrawals(path string) ([]models.Withdrawal, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var list []models.Withdrawal
	lines := json.NewDecoder(bufio.NewReader(file))
	lines.DisallowUnknownFields()
	for {
		var w models.Withdrawal
		err := lines.Decode(&w)
		if errors.Is(err, io.EOF) {
			return list, nil
		}
		if err == nil {
			err = w.Validate()
		}
		if err != nil {
			return nil, fmt.Errorf("%s, entry %d: %w: nothing was taken", path, len(list)+1, err)
		}
		list = append(list, w)
	}
}
