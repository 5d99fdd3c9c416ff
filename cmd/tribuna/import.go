package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"tribuna/internal/apperr"
	"tribuna/internal/config"
	"tribuna/internal/i18n"
	"tribuna/models"
)

// importOrder is what `tribuna import` is asked for.
type importOrder struct {
	path, language string
	asJSON         bool
}

// runImport takes over a file of what others recommended, all of it or nothing. It may run beside a running instance:
// nothing of it begins a process, and nobody is written to.
func runImport(ctx context.Context, cfg config.Config, args []string) error {
	order, err := readImportOrder(args)
	if err != nil {
		return err
	}
	content, err := readImportFile(order.path)
	if err != nil {
		return err
	}
	db, err := models.Open(cfg.DatabaseURL)
	if err != nil {
		return err
	}
	defer db.Close()
	report, err := models.ImportRecommendations(ctx, db, models.Import{Content: content, Language: order.language}, time.Now())
	if apperr.CodeOf(err) == apperr.CodeInvalid {
		return usageError{fmt.Sprintf("the network has no language %q", order.language)}
	}
	if err != nil {
		return err
	}
	return printImport(os.Stdout, report, order.asJSON)
}

func readImportOrder(args []string) (importOrder, error) {
	order := importOrder{language: i18n.Default}
	if len(args) == 0 || args[0] != "recommendations" {
		return order, usageError{"what is to be imported? recommendations FILE.csv"}
	}
	f := flag.NewFlagSet("import", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	f.StringVar(&order.language, "language", order.language, "")
	f.BoolVar(&order.asJSON, "json", false, "")
	for rest := args[1:]; ; rest = f.Args()[1:] { // what is chosen may stand before the file or after it
		if err := f.Parse(rest); err != nil {
			return order, usageError{err.Error()}
		}
		if f.NArg() == 0 {
			break
		}
		if order.path != "" {
			return order, usageError{"one file at a time"}
		}
		order.path = f.Arg(0)
	}
	if order.path == "" {
		return order, usageError{"which file? recommendations FILE.csv"}
	}
	return order, nil
}

// readImportFile reads no more of a file than it takes to see that it is too large.
func readImportFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	content, err := io.ReadAll(io.LimitReader(f, models.ImportMaxBytes+1))
	return content, errors.Join(err, f.Close())
}

// printImport prints what came of a file; a refused one is an error, so that a script notices.
func printImport(w io.Writer, report models.ImportReport, asJSON bool) error {
	if asJSON {
		if err := json.NewEncoder(w).Encode(report); err != nil {
			return err
		}
	} else {
		l := i18n.For(i18n.Default)
		for _, f := range report.Faults {
			fmt.Fprintln(w, faultLine(l, f))
		}
		for _, g := range report.Recommendations {
			fmt.Fprintf(w, "%s: %d created, %d changed, %d unchanged\n", g.Title, g.Created, g.Changed, g.Unchanged)
		}
		fmt.Fprintf(w, "created %d, changed %d, unchanged %d, refused %d\n", report.Created, report.Changed, report.Unchanged, report.Refused)
	}
	if report.Refused > 0 {
		return fmt.Errorf("lines refused: %d; nothing was changed", report.Refused)
	}
	return nil
}

// faultLine says where a file is wrong, and why.
func faultLine(l *i18n.Localizer, f models.ImportFault) string {
	where := l.T("imported.whole")
	if f.Line > 0 {
		where = l.T("imported.line_number", "Number", f.Line)
	}
	if f.Column != "" {
		where += ", " + f.Column
	}
	return where + ": " + l.T("imported.fault."+f.Rule, f.Args)
}
