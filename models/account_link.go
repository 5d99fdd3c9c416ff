package models

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
)

// What a link to an account is for.
const (
	LinkInvitation = "invitation" // to choose the first password
	LinkReset      = "reset"      // to choose a new one
)

// How long links to an account live. Who invites cannot know when somebody reads their mail; who asks for a new password
// waits for it.
const (
	InvitationLife = 7 * 24 * time.Hour
	ResetLife      = time.Hour
)

// AccountLink lets a person choose a password, once. The link in the mail is this row's id, signed; nothing here opens it.
type AccountLink struct {
	bun.BaseModel `bun:"table:account_links,alias:link"`

	ID          uuid.UUID  `bun:",pk,type:uuid"`
	PersonID    uuid.UUID  `bun:",type:uuid"`
	Purpose     string     // LinkInvitation or LinkReset
	CreatedBy   *uuid.UUID `bun:",type:uuid"` // who invited; nil: the person asked
	CreatedAt   time.Time
	ExpiresAt   time.Time
	UsedAt      *time.Time
	WithdrawnAt *time.Time
}

// lives reports whether the link still opens anything for its person.
func (l AccountLink) lives(p Person, now time.Time) bool {
	return l.UsedAt == nil && l.WithdrawnAt == nil && now.Before(l.ExpiresAt) && p.LeftAt == nil && p.AccessClosedAt == nil
}

// sendAccountLink gives a person a link in place of those given before, and writes the mail that brings it.
func sendAccountLink(ctx context.Context, tx bun.IDB, p Person, purpose string, by *uuid.UUID, now time.Time) error {
	if err := withdrawAccountLinks(ctx, tx, p.ID, now); err != nil {
		return err
	}
	life, kind := ResetLife, MailPasswordReset
	if purpose == LinkInvitation {
		life, kind = InvitationLife, MailAccountInvitation
	}
	l := AccountLink{ID: NewID(), PersonID: p.ID, Purpose: purpose, CreatedBy: by, CreatedAt: now, ExpiresAt: now.Add(life)}
	if _, err := tx.NewInsert().Model(&l).Exec(ctx); err != nil {
		return fmt.Errorf("make a link to an account: %w", err)
	}
	return Enqueue(ctx, tx, &OutboxMail{Kind: kind, PersonID: p.ID, Data: MailData{Link: &l.ID}, CreatedAt: now,
		DedupeKey: fmt.Sprintf("%s:%s", kind, l.ID)})
}

func withdrawAccountLinks(ctx context.Context, tx bun.IDB, person uuid.UUID, now time.Time) error {
	_, err := tx.NewUpdate().Model((*AccountLink)(nil)).Set("withdrawn_at = ?", now).
		Where("person_id = ?", person).Where("used_at IS NULL AND withdrawn_at IS NULL").Exec(ctx)
	if err != nil {
		return fmt.Errorf("withdraw links to an account: %w", err)
	}
	return nil
}

// DeleteOldAccountLinks removes links that ended before an instant. Each person's newest invitation stays: it says that they
// were invited, and when.
func DeleteOldAccountLinks(ctx context.Context, db bun.IDB, before time.Time) error {
	newer := db.NewSelect().TableExpr("account_links AS newer").ColumnExpr("1").
		Where("newer.person_id = link.person_id AND newer.purpose = link.purpose AND newer.created_at > link.created_at")
	_, err := db.NewDelete().Model((*AccountLink)(nil)).Where("link.expires_at < ?", before).
		Where("(link.purpose <> ? OR EXISTS (?))", LinkInvitation, newer).Exec(ctx)
	if err != nil {
		return fmt.Errorf("remove links to accounts that ended: %w", err)
	}
	return nil
}

// OpenAccountLink returns a genuine link that still lives, and its person. One that was used, replaced or has ended gives
// CodeAccountLink, without saying which.
func OpenAccountLink(ctx context.Context, db bun.IDB, id, person uuid.UUID, now time.Time) (AccountLink, Person, error) {
	var l AccountLink
	err := found(db.NewSelect().Model(&l).Where("id = ?", id).Where("person_id = ?", person).Scan(ctx), "link")
	if apperr.CodeOf(err) == apperr.CodeNotFound {
		return l, Person{}, apperr.About(apperr.CodeAccountLink, "link")
	}
	if err != nil {
		return l, Person{}, err
	}
	p, err := PersonByID(ctx, db, person)
	if err != nil {
		return l, Person{}, err
	}
	if !l.lives(p, now) {
		return AccountLink{}, Person{}, apperr.About(apperr.CodeAccountLink, "link")
	}
	return l, p, nil
}

// SetPasswordByLink spends a link for a password. Whoever asked for a new one may have lost the old one to somebody: all
// sessions end and all keys for programmes with them, and a mail says what happened.
func SetPasswordByLink(ctx context.Context, tx bun.IDB, id, person uuid.UUID, plain string, now time.Time) (Person, error) {
	if err := holdPerson(ctx, tx, person); err != nil {
		return Person{}, err
	}
	l, p, err := OpenAccountLink(ctx, tx, id, person, now)
	if err != nil {
		return Person{}, err
	}
	if err := SetPassword(ctx, tx, p.ID, plain); err != nil {
		return Person{}, err
	}
	if _, err := tx.NewUpdate().Model(&l).Set("used_at = ?", now).WherePK().Exec(ctx); err != nil {
		return Person{}, fmt.Errorf("spend a link to an account: %w", err)
	}
	if l.Purpose == LinkInvitation {
		return p, Journal(ctx, tx, p, now, JournalEntry{Verb: "person.accepted", ObjectKind: "person", Object: p.Pseudonym})
	}
	if _, err := EndSessions(ctx, tx, p.ID, uuid.Nil, now); err != nil {
		return Person{}, err
	}
	if _, err := RevokeTokens(ctx, tx, p.ID, now); err != nil {
		return Person{}, err
	}
	return p, passwordChanged(ctx, tx, p, now)
}

// ChangePassword takes the place of the password that the person still knows. Other browsers are signed out; keys for
// programmes go on.
func ChangePassword(ctx context.Context, tx bun.IDB, p Person, current, plain string, session uuid.UUID, now time.Time) error {
	if !VerifyPassword(p.PasswordHash, current) {
		return apperr.Invalid("current", "wrong_password")
	}
	if err := SetPassword(ctx, tx, p.ID, plain); err != nil {
		return err
	}
	if err := withdrawAccountLinks(ctx, tx, p.ID, now); err != nil {
		return err
	}
	if _, err := EndSessions(ctx, tx, p.ID, session, now); err != nil {
		return err
	}
	return passwordChanged(ctx, tx, p, now)
}

func passwordChanged(ctx context.Context, tx bun.IDB, p Person, now time.Time) error {
	return Enqueue(ctx, tx, &OutboxMail{Kind: MailPasswordChanged, PersonID: p.ID, CreatedAt: now,
		DedupeKey: fmt.Sprintf("%s:%s:%d", MailPasswordChanged, p.ID, now.UnixMicro())})
}

// RequestReset sends whoever has an account at this address a link to choose a new password; whose invitation was never
// taken up gets a new invitation. Nothing happens for anybody else, and callers answer alike in all cases.
func RequestReset(ctx context.Context, tx bun.IDB, address string, now time.Time) error {
	p, err := PersonByEmail(ctx, tx, address)
	if apperr.CodeOf(err) == apperr.CodeNotFound || (err == nil && p.AccessClosedAt != nil) {
		return nil
	}
	if err != nil {
		return err
	}
	if p.PasswordHash != "" {
		return sendAccountLink(ctx, tx, p, LinkReset, nil, now)
	}
	var invited AccountLink
	err = found(tx.NewSelect().Model(&invited).Where("person_id = ?", p.ID).Where("purpose = ?", LinkInvitation).
		Order("created_at DESC").Limit(1).Scan(ctx), "link")
	if apperr.CodeOf(err) == apperr.CodeNotFound {
		return nil
	}
	if err != nil {
		return err
	}
	return sendAccountLink(ctx, tx, p, LinkInvitation, invited.CreatedBy, now)
}

// holdPerson makes those who change the same account wait for one another until the transaction ends.
func holdPerson(ctx context.Context, tx bun.IDB, person uuid.UUID) error {
	var id uuid.UUID
	err := tx.NewSelect().Model((*Person)(nil)).Column("id").Where("id = ?", person).For("UPDATE").Scan(ctx, &id)
	return found(err, "person")
}
