package models

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// StopReason is why a mailing stopped by itself.
type StopReason string

// The reasons.
const (
	StopRow     StopReason = "row"     // so many mails one after the other were refused for good
	StopShare   StopReason = "share"   // too many of the last mails were
	StopPolicy  StopReason = "policy"  // a server refuses what we are or how we send: it is not about the reader
	StopUnknown StopReason = "unknown" // of mail after mail it is not known whether the server took it
	StopStale   StopReason = "stale"   // it was being sent and stood still for long, because nothing ran: no server said anything
)

// MailingStop is why a mailing stopped by itself, for a person to mend it and let it go on.
type MailingStop struct {
	Reason  StopReason `json:"reason"`
	Domain  string     `json:"domain"`            // of all but StopStale: whose server refused last; of StopUnknown the mail server we hand mails to, by host and port
	Reply   string     `json:"reply"`             // its words, without addresses
	Refused int        `json:"refused,omitempty"` // how many were, with StopRow and StopShare; of how many it is not known, with StopUnknown
	Of      int        `json:"of,omitempty"`      // of how many, with StopShare
	At      time.Time  `json:"at"`

	Since *time.Time `json:"since,omitempty"` // of StopStale: since when it stood still
}

// Error says that a mailing cannot go on.
func (s *MailingStop) Error() string {
	return fmt.Sprintf("the mailing stops by itself (%s): %s: %s", s.Reason, s.Domain, s.Reply)
}

// Stop pauses a mailing for a reason of its own.
func (m *Mailing) Stop(ctx context.Context, db bun.IDB, why MailingStop) error {
	m.State, m.Stopped = MailingPaused, &why
	return m.saveStop(ctx, db)
}

// GoOn lets a mailing that was paused be sent again; what servers said before counts no more.
func (m *Mailing) GoOn(ctx context.Context, db bun.IDB) error {
	m.State, m.Stopped = MailingSending, nil
	if err := ForgetTally(ctx, db, m.ID, true); err != nil {
		return err
	}
	if err := ServerAnswers(ctx, db, m.ID); err != nil {
		return err
	}
	return m.saveStop(ctx, db)
}

func (m *Mailing) saveStop(ctx context.Context, db bun.IDB) error {
	if _, err := db.NewUpdate().Model(m).Column("stopped").WherePK().Exec(ctx); err != nil {
		return fmt.Errorf("write why a mailing stopped: %w", err)
	}
	return nil
}

// MailingTally returns what servers said last to a mailing while any of it was other than TallyTaken, the oldest first.
func MailingTally(ctx context.Context, db bun.IDB, mailing uuid.UUID) (string, error) {
	var last string
	err := db.NewRaw(`SELECT coalesce((SELECT last FROM mailing_tallies WHERE mailing_id = ?), '')`, mailing).Scan(ctx, &last)
	if err != nil {
		return "", fmt.Errorf("read what servers said last: %w", err)
	}
	return last, nil
}

// What a server said of a mail, in a tally.
const (
	TallyTaken   = 't'
	TallyRefused = 'r' // for good
	TallyPolicy  = 'p' // no to what we are, in words that may be about one reader all the same
	TallyUnknown = 'u' // nothing, after it had the whole mail
)

// AddToTally adds what servers said meanwhile to what they said to a mailing before, and returns the last of it, at most so many.
// Senders that share a mailing add to the same tally, so that none overwrites what another heard.
func AddToTally(ctx context.Context, db bun.IDB, mailing uuid.UUID, said string, most int) (string, error) {
	var last string
	err := db.NewRaw(`INSERT INTO mailing_tallies AS mt (mailing_id, last) VALUES (?0, right(?1, ?2))
		ON CONFLICT (mailing_id) DO UPDATE SET last = right(mt.last || excluded.last, ?2) RETURNING last`, mailing, said, most).Scan(ctx, &last)
	if err != nil {
		return "", fmt.Errorf("write what servers said last: %w", err)
	}
	return last, nil
}

// ForgetTally forgets what servers said to a mailing; unless all, only where they took everything.
func ForgetTally(ctx context.Context, db bun.IDB, mailing uuid.UUID, all bool) error {
	_, err := db.NewRaw(`DELETE FROM mailing_tallies WHERE mailing_id = ? AND (? OR replace(last, ?, '') = '')`, mailing, all, string(TallyTaken)).Exec(ctx)
	if err != nil {
		return fmt.Errorf("forget what servers said last: %w", err)
	}
	return nil
}

// StoppedMailing is a mailing that stopped by itself and waits for a person.
type StoppedMailing struct {
	ID uuid.UUID
	SubjectLine
	Kind    string
	Stopped MailingStop `bun:"type:jsonb"`
}

// stoppedFor limits a query over mailings (alias m) with their recommendations (alias r) to those that stopped and wait for the viewer:
// whoever is in charge of the text, and where that person has left the network its coordinators.
func (v Viewer) stoppedFor(q *bun.SelectQuery) *bun.SelectQuery {
	q = q.TableExpr("mailings AS m").Join("JOIN recommendations AS r ON r.id = m.recommendation_id").
		Where("m.state = ?", MailingPaused).Where("m.stopped IS NOT NULL").Where("r.quarantined_at IS NULL").
		Where("(r.officer_id = ? OR ? AND EXISTS (SELECT 1 FROM people AS gone WHERE gone.id = r.officer_id AND gone.left_at IS NOT NULL))",
			v.PersonID, v.Has(RoleCoordinator))
	if v.LinkTask != uuid.Nil {
		q = q.Where("FALSE")
	}
	return q
}

// StoppedMailings lists the mailings that stopped by themselves and wait for a viewer, the first one first, by their subjects in a
// language where they have it.
func StoppedMailings(ctx context.Context, db bun.IDB, v Viewer, language string) ([]StoppedMailing, error) {
	var list []StoppedMailing
	err := v.stoppedFor(db.NewSelect()).Join(saidIn, language).ColumnExpr("m.id, m.kind, m.stopped, text.*").
		OrderExpr("m.stopped->>'at', m.id").Scan(ctx, &list)
	if err != nil {
		return nil, fmt.Errorf("read which mailings stopped: %w", err)
	}
	return list, nil
}
