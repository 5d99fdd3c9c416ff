package models

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
)

// Where somebody's account stands.
const (
	AccountActive  = "active"  // has a password
	AccountInvited = "invited" // has an invitation that can still be taken up
	AccountLapsed  = "lapsed"  // had one, and let it end
	AccountNone    = "none"    // was never invited: needs no account, or has none yet
	AccountClosed  = "closed"  // may no longer sign in
)

// AccountStates returns every state, those that ask for something first.
func AccountStates() []string {
	return []string{AccountInvited, AccountLapsed, AccountActive, AccountClosed, AccountNone}
}

// Account is what a coordinator sees of somebody's way in.
type Account struct {
	PersonID     uuid.UUID
	Name         string
	Email        string
	State        string
	Held         []HeldRole `bun:"type:jsonb"` // which roles they have, and where
	InvitedAt    *time.Time // last
	InvitedUntil *time.Time
	SeenAt       *time.Time // last, signed in
	Sessions     int        // where they are signed in now
	ClosedAt     *time.Time
}

// AccountFilter narrows a list of accounts.
type AccountFilter struct {
	Search string // part of a name or address
	State  string
	Role   string
	Known  bool      // leaves out who only reads and has no account: thousands, in a network that mails
	After  uuid.UUID // the person after whom the page begins
	Limit  int

	Alphabet Alphabet // in which they are sorted
}

// Accounts lists the people of the network by name, with where their accounts stand.
func Accounts(ctx context.Context, db bun.IDB, f AccountFilter, now time.Time) ([]Account, error) {
	people := db.NewSelect().TableExpr("people AS p").Where("p.left_at IS NULL").
		ColumnExpr("p.id AS person_id, p.name, p.email, p.access_closed_at AS closed_at, p.name COLLATE ? AS sort_name", f.Alphabet.ident()).
		ColumnExpr("invited.created_at AS invited_at, invited.expires_at AS invited_until").
		ColumnExpr("seen.seen_at, seen.sessions").
		ColumnExpr("ARRAY(SELECT DISTINCT r.role FROM roles AS r WHERE r.person_id = p.id ORDER BY 1) AS roles").
		ColumnExpr(heldRoles("p")+" AS held", bun.List(RoleNames())).
		ColumnExpr(`CASE WHEN p.access_closed_at IS NOT NULL THEN 'closed' WHEN p.password_hash IS NOT NULL THEN 'active'
			WHEN invited.id IS NULL THEN 'none'
			WHEN invited.withdrawn_at IS NULL AND invited.expires_at > ? THEN 'invited' ELSE 'lapsed' END AS state`, now).
		Join(`LEFT JOIN LATERAL (SELECT * FROM account_links AS l WHERE l.person_id = p.id AND l.purpose = ?
			ORDER BY l.created_at DESC LIMIT 1) AS invited ON true`, LinkInvitation).
		Join(`LEFT JOIN LATERAL (SELECT max(s.last_seen_at) AS seen_at,
			count(*) FILTER (WHERE s.ended_at IS NULL AND s.expires_at > ?) AS sessions
			FROM person_sessions AS s WHERE s.person_id = p.id) AS seen ON true`, now)
	if f.Search != "" {
		people = people.Where("(p.name ILIKE ?0 OR p.email ILIKE ANY (ARRAY[?0, ?1]))", containing(f.Search), containing(Address(f.Search)))
	}
	if f.Role != "" {
		people = people.Where("EXISTS (SELECT 1 FROM roles AS r WHERE r.person_id = p.id AND r.role = ?)", f.Role)
	}
	q := db.NewSelect().TableExpr("(?) AS account", people).
		Column("person_id", "name", "email", "state", "held", "invited_at", "invited_until", "seen_at", "sessions", "closed_at").
		Order("sort_name", "person_id")
	if f.Known {
		q = q.Where("NOT (state = 'none' AND roles <@ ARRAY['reader'])")
	}
	if f.State != "" {
		q = q.Where("state = ?", f.State)
	}
	if f.After != uuid.Nil {
		q = q.Where("(sort_name, person_id) > (SELECT before.name COLLATE ?0, before.id FROM people AS before WHERE before.id = ?1)", f.Alphabet.ident(), f.After)
	}
	if f.Limit > 0 {
		q = q.Limit(int64(f.Limit))
	}
	var list []Account
	if err := q.Scan(ctx, &list); err != nil {
		return nil, fmt.Errorf("read accounts: %w", err)
	}
	return list, nil
}

// AccountOf returns where one person's account stands.
func AccountOf(ctx context.Context, db bun.IDB, person uuid.UUID, now time.Time) (Account, error) {
	p, err := PersonByID(ctx, db, person)
	if err != nil {
		return Account{}, err
	}
	list, err := Accounts(ctx, db, AccountFilter{Search: p.Email}, now)
	for _, a := range list {
		if a.PersonID == person {
			return a, nil
		}
	}
	if err != nil {
		return Account{}, err
	}
	return Account{}, apperr.NotFound("person")
}

// Invite sends somebody a link to choose their first password, in place of one sent before. Who has a password, who left
// and whose access is closed cannot be invited.
func Invite(ctx context.Context, tx bun.IDB, by Person, person uuid.UUID, now time.Time) error {
	p, err := lockedAccount(ctx, tx, person)
	if err != nil {
		return err
	}
	if p.PasswordHash != "" || p.AccessClosedAt != nil {
		return apperr.About(apperr.CodeAccountState, "person")
	}
	if sent, err := justInvited(ctx, tx, p.ID, now); err != nil || sent {
		return err
	}
	if err := sendAccountLink(ctx, tx, p, LinkInvitation, &by.ID, now); err != nil {
		return err
	}
	return Journal(ctx, tx, by, now, JournalEntry{Verb: "person.invited", ObjectKind: "person", Object: p.Pseudonym})
}

// justInvited reports whether an invitation was sent a moment ago: a button pressed twice must not send two mails, the second
// of which ends the link in the first.
func justInvited(ctx context.Context, tx bun.IDB, person uuid.UUID, now time.Time) (bool, error) {
	sent, err := tx.NewSelect().Model((*AccountLink)(nil)).Where("person_id = ?", person).Where("purpose = ?", LinkInvitation).
		Where("withdrawn_at IS NULL").Where("created_at > ?", now.Add(-time.Minute)).Exists(ctx)
	if err != nil {
		return false, fmt.Errorf("read invitations: %w", err)
	}
	return sent, nil
}

// SignOutEverywhere ends all of somebody's sessions, on a coordinator's word.
func SignOutEverywhere(ctx context.Context, tx bun.IDB, by Person, person uuid.UUID, now time.Time) error {
	p, err := lockedAccount(ctx, tx, person)
	if err != nil {
		return err
	}
	if _, err := EndSessions(ctx, tx, p.ID, uuid.Nil, now); err != nil {
		return err
	}
	return Journal(ctx, tx, by, now, JournalEntry{Verb: "person.signed_out", ObjectKind: "person", Object: p.Pseudonym})
}

// CloseAccess lets somebody sign in no longer: sessions, keys for programmes and open links to the account end at once.
// Personal links to single questions are not the account's and go on. Nobody closes their own, so that a network always
// has somebody who can open it again.
func CloseAccess(ctx context.Context, tx bun.IDB, by Person, person uuid.UUID, now time.Time) error {
	if by.ID == person {
		return apperr.About(apperr.CodeForbidden, "person")
	}
	p, err := lockedAccount(ctx, tx, person)
	if err != nil || p.AccessClosedAt != nil {
		return err
	}
	if err := setAccess(ctx, tx, p.ID, &now); err != nil {
		return err
	}
	if err := endAccess(ctx, tx, p.ID, now); err != nil {
		return err
	}
	return Journal(ctx, tx, by, now, JournalEntry{Verb: "person.access_closed", ObjectKind: "person", Object: p.Pseudonym})
}

// endAccess ends every way by which somebody is or could come in: links to choose a password, sign-ins and keys.
func endAccess(ctx context.Context, tx bun.IDB, person uuid.UUID, now time.Time) error {
	if err := withdrawAccountLinks(ctx, tx, person, now); err != nil {
		return err
	}
	if _, err := EndSessions(ctx, tx, person, uuid.Nil, now); err != nil {
		return err
	}
	_, err := RevokeTokens(ctx, tx, person, now)
	return err
}

// OpenAccess lets somebody sign in again, with the password they had.
func OpenAccess(ctx context.Context, tx bun.IDB, by Person, person uuid.UUID, now time.Time) error {
	p, err := lockedAccount(ctx, tx, person)
	if err != nil || p.AccessClosedAt == nil {
		return err
	}
	if err := setAccess(ctx, tx, p.ID, nil); err != nil {
		return err
	}
	return Journal(ctx, tx, by, now, JournalEntry{Verb: "person.access_opened", ObjectKind: "person", Object: p.Pseudonym})
}

// lockedAccount returns somebody who has not left, held until the transaction ends.
func lockedAccount(ctx context.Context, tx bun.IDB, person uuid.UUID) (Person, error) {
	if err := holdPerson(ctx, tx, person); err != nil {
		return Person{}, err
	}
	p, err := PersonByID(ctx, tx, person)
	if err == nil && p.LeftAt != nil {
		return Person{}, apperr.NotFound("person")
	}
	return p, err
}

func setAccess(ctx context.Context, tx bun.IDB, person uuid.UUID, closed *time.Time) error {
	_, err := tx.NewUpdate().Model((*Person)(nil)).Set("access_closed_at = ?", closed).Where("id = ?", person).Exec(ctx)
	if err != nil {
		return fmt.Errorf("change somebody's access: %w", err)
	}
	return nil
}
