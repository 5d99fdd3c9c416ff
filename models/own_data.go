package models

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
)

// OwnDataLife is how long the link opens that shows somebody what is kept about them.
const OwnDataLife = 7 * 24 * time.Hour

// How often that link can be asked for: by where it comes from, and, without a word about it, for one address.
var (
	OwnDataLimit     = Limit{Act: "own-data", Window: time.Hour, ByHost: 30}
	ownDataMailLimit = Limit{Act: "own-data-mail", Window: 24 * time.Hour, ByAccount: 3}
)

// AskOwnData writes the mail with the link by which somebody without an account sees what is kept about them (GDPR, Article 15). It goes
// to the address alone: a link in a mailing that was passed on shows nothing of this. For an address that nobody has here, and for one that
// was asked for too often, nothing happens, and the caller's answer is alike.
func AskOwnData(ctx context.Context, db bun.IDB, address string, now time.Time) error {
	address = Address(address)
	if !validAddress(address) {
		return apperr.Invalid("email", "email")
	}
	if err := ownDataMailLimit.Take(ctx, db, address, "", now); apperr.CodeOf(err) == apperr.CodeTooMany {
		return nil
	} else if err != nil {
		return err
	}
	p, err := PersonByEmail(ctx, db, address)
	if apperr.CodeOf(err) == apperr.CodeNotFound {
		return nil
	}
	if err != nil {
		return err
	}
	id := NewID()
	return Enqueue(ctx, db, &OutboxMail{ID: id, Kind: MailOwnData, PersonID: p.ID, DedupeKey: fmt.Sprintf("%s:%s", MailOwnData, id), CreatedAt: now})
}

// OwnDataPerson returns whose link a mail brought, while it opens; else it gives CodeLinkExpired.
func OwnDataPerson(ctx context.Context, db bun.IDB, mail, person uuid.UUID, now time.Time) (Person, error) {
	var p Person
	err := found(db.NewSelect().Model(&p).Join("JOIN outbox AS o ON o.person_id = person.id").
		Where("o.id = ? AND o.kind = ? AND o.created_at > ? AND person.id = ?", mail, MailOwnData, now.Add(-OwnDataLife), person).Scan(ctx), "person")
	if apperr.CodeOf(err) == apperr.CodeNotFound {
		err = apperr.About(apperr.CodeLinkExpired, "link")
	}
	return p, err
}

// MailToPerson is a mail that was written to somebody: when, which, and what became of it.
type MailToPerson struct {
	At       time.Time
	Kind     MailKind
	State    MailState
	Subject  string // of a mailing's; "" of others, whose words are not kept
	Language string // of the subject
}

// MailsToPerson lists the mails that were written to somebody, newest first.
func MailsToPerson(ctx context.Context, db bun.IDB, p Person) ([]MailToPerson, error) {
	var list []MailToPerson
	err := db.NewRaw(`SELECT coalesce(o.finished_at, o.created_at) AS at, o.kind, o.state, coalesce(text.subject, '') AS subject, coalesce(text.language, '') AS language
		FROM outbox AS o LEFT JOIN mailings AS m ON m.id = o.mailing_id
		LEFT JOIN LATERAL (SELECT mt.subject, mt.language FROM mailing_texts AS mt WHERE mt.mailing_id = m.id
			ORDER BY mt.language = coalesce(nullif(o.language, ''), ?) DESC, mt.language = m.fallback_language DESC, mt.language LIMIT 1) AS text ON true
		WHERE o.person_id = ? ORDER BY at DESC, o.id DESC`, p.Language, p.ID).Scan(ctx, &list)
	if err != nil {
		return nil, fmt.Errorf("read the mails to somebody: %w", err)
	}
	for i := range list {
		list[i].Subject = Literal(CutFields(list[i].Subject).Fill(func(f MailingField) string {
			if f == FieldName {
				return p.Name
			}
			return "…" // what stood there was of that day
		}))
	}
	return list, nil
}

// EraseOwn erases somebody who asks for it by the link in that mail, as EraseContact does for a coordinator: who answered, signed or decided
// anything, or has a role, gives CodeInUse and stays.
func EraseOwn(ctx context.Context, db bun.IDB, mail, person uuid.UUID, now time.Time) error {
	return db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		p, err := OwnDataPerson(ctx, tx, mail, person, now)
		if err != nil {
			return err
		}
		return eraseContact(ctx, tx, p, p.ID, now)
	})
}

// CameBySubscribing reports whether somebody is known here because they subscribed to the mailings: see ConfirmSubscription.
func CameBySubscribing(ctx context.Context, db bun.IDB, p Person) (bool, error) {
	came, err := db.NewSelect().Model((*Consent)(nil)).Where("cs.person_id = ? AND cs.how = ? AND cs.noted_at = ?", p.ID, ConsentDoubleOptIn, p.CreatedAt).Exists(ctx)
	if err != nil {
		return false, fmt.Errorf("read how somebody came here: %w", err)
	}
	return came, nil
}
