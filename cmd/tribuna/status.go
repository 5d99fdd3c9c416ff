package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"tribuna/internal/config"
	"tribuna/migrations"
	"tribuna/models"
)

// sweepLateAfter is when a sweep that has not come by is worth a word, in sweeps missed.
const sweepLateAfter = 5

// instanceStatus is how an instance is doing, as its database knows.
type instanceStatus struct {
	models.Backlog
	PendingMigrations int              `json:"migrations_pending"`
	OldestMail        float64          `json:"oldest_mail_seconds"`
	OldestSubmission  float64          `json:"oldest_submission_seconds"`
	Findings          []models.Finding `json:"findings"`
	Troubles          []string         `json:"troubles"` // sentences; none: all is well
}

// runStatus says how the instance is doing, from the database alone. Troubles are an error, so that a script notices.
func runStatus(ctx context.Context, cfg config.Config, args []string) error {
	asJSON := len(args) == 1 && args[0] == "--json"
	if len(args) > 0 && !asJSON {
		return usageError{fmt.Sprintf("status does not know %q", args[0])}
	}
	s, err := readStatus(ctx, cfg, time.Now())
	if err != nil {
		return err
	}
	if asJSON {
		err = json.NewEncoder(os.Stdout).Encode(s)
	} else {
		s.print()
	}
	if err == nil && len(s.Troubles) > 0 {
		err = errors.New("not everything is as it should be")
	}
	return err
}

func readStatus(ctx context.Context, cfg config.Config, now time.Time) (*instanceStatus, error) {
	db, err := models.Open(cfg.DatabaseURL)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	s := &instanceStatus{Troubles: []string{}, Findings: []models.Finding{}}
	if s.PendingMigrations, err = migrations.Pending(ctx, db); err != nil {
		return nil, err
	}
	if s.PendingMigrations > 0 {
		s.Troubles = append(s.Troubles, fmt.Sprintf("%s missing: run tribuna migrate", counted(s.PendingMigrations, "migration is", "migrations are")))
		return s, nil // the rest may not be there to be read
	}
	if s.Backlog, err = models.ReadBacklog(ctx, db, now); err != nil {
		return nil, err
	}
	s.OldestMail, s.OldestSubmission = s.Backlog.OldestMail.Seconds(), s.Backlog.OldestSubmission.Seconds()
	if s.Findings, err = models.Findings(ctx, db); err != nil {
		return nil, err
	}
	s.judge(now, sweepLateAfter*max(cfg.SweepEvery, time.Minute))
	return s, nil
}

// judge says in sentences what is not as it should be, and what to do.
func (s *instanceStatus) judge(now time.Time, late time.Duration) {
	say := func(format string, args ...any) { s.Troubles = append(s.Troubles, fmt.Sprintf(format, args...)) }
	if s.RestoredAt != nil {
		say("restored %s and standing still, %s held: run tribuna doctor --repair, then %s", s.RestoredAt.UTC().Format(time.RFC3339),
			counted(s.MailsHeld, "mail", "mails"), releaseCommand(s.MailsHeld))
	}
	switch {
	case s.SweptAt == nil:
		say("the sweep never came by: start a worker")
	case now.Sub(*s.SweptAt) > late:
		say("the last sweep was %s: see whether a worker and Temporal run", s.SweptAt.UTC().Format(time.RFC3339))
	}
	if s.Backlog.OldestSubmission > models.SubmissionStuckAfter {
		say("%s no outcome, the oldest for %s: see tribuna doctor", counted(s.Unconfirmed, "submission has", "submissions have"), s.Backlog.OldestSubmission.Round(time.Second))
	}
	if s.Backlog.OldestMail > models.MailStuckAfter && s.RestoredAt == nil {
		say("%s due, the oldest for %s: see whether a worker runs and the mail server takes mails", counted(s.MailsDue, "mail is", "mails are"), s.Backlog.OldestMail.Round(time.Second))
	}
	if len(s.Findings) > 0 {
		say("%s, last looked at %s: run tribuna doctor, and with --repair to put right what it finds", counted(len(s.Findings), "finding", "findings"), moment(s.ExaminedAt))
	}
}

func (s *instanceStatus) print() {
	fmt.Printf("processes under way      %d\n", s.OpenProcesses)
	fmt.Printf("submissions unconfirmed  %d\n", s.Unconfirmed)
	fmt.Printf("mails due                %d, put off by the mail server %d, held %d\n", s.MailsDue, s.MailsDeferred, s.MailsHeld)
	fmt.Printf("last sweep               %s\n", moment(s.SweptAt))
	fmt.Printf("last examination         %s\n", moment(s.ExaminedAt))
	for _, f := range s.Findings {
		fmt.Printf("  %-12s %s: %s\n", f.Kind, f.Subject, f.What)
	}
	for _, trouble := range s.Troubles {
		fmt.Println("!", trouble)
	}
	if len(s.Troubles) == 0 {
		fmt.Println("All is well.")
	}
}

// counted is a number with its noun, and with the verb that goes with it where that is given too.
func counted(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, more)
}

func moment(t *time.Time) string {
	if t == nil {
		return "never"
	}
	return t.UTC().Format(time.RFC3339)
}
