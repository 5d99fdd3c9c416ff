package models

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
)

// SubscriptionLife is how long a request to be subscribed can be confirmed; then it is forgotten.
const SubscriptionLife = 7 * 24 * time.Hour

// How often mailings can be asked for: by where it comes from, and, without a word about it, for one address, so that nobody's
// mailbox is filled by somebody else.
var (
	SubscribeLimit   = Limit{Act: "subscribe", Window: time.Hour, ByHost: 30}
	confirmMailLimit = Limit{Act: "subscribe-mail", Window: 24 * time.Hour, ByAccount: 3}
)

// SubscriptionInput is what somebody types who wants the mailings.
type SubscriptionInput struct {
	Email    string
	Name     string // "" where they do not say
	Language string
	Country  string   // where they live; "" where they do not say
	Topics   []string // slugs; none: about everything
	Consent  string   // the sentence beside the form, exactly as it was read, in Language of the page
	ReadIn   string   // language of that sentence
	Silent   bool     // they did not agree to it
}

// check collects all that is wrong with what was typed, whoever's address it is.
func (in SubscriptionInput) check(ctx context.Context, db bun.IDB) error {
	bad := apperr.New(apperr.CodeInvalid)
	if !validAddress(in.Email) {
		bad.And("email", "email")
	}
	checkLength(bad, "name", in.Name, 200)
	if strings.ContainsAny(in.Name, "\r\n") {
		bad.And("name", "one_line")
	}
	for _, one := range []struct{ path, table, key, value string }{{"language", "languages", "tag", in.Language}, {"country", "countries", "code", in.Country}} {
		if one.path == "country" && one.value == "" {
			continue
		}
		if err := checkKnown(ctx, db, bad, one.path, one.table, one.key, one.value); err != nil {
			return err
		}
	}
	checkCount(bad, "topics", len(in.Topics), 100)
	if err := checkKnown(ctx, db, bad, "topics", "topics", "slug", in.Topics...); err != nil {
		return err
	}
	if in.Silent {
		bad.And("agreed", "subscribe_agreed")
	}
	return bad.OrNil()
}

// SubscriptionRequest is somebody who typed an address into the public form. Nobody is subscribed by it, and nothing else is
// known of the address; only a mail that asks whether it was meant goes there.
type SubscriptionRequest struct {
	bun.BaseModel `bun:"table:subscription_requests,alias:sr"`

	ID        uuid.UUID `bun:",pk"`
	Email     string
	Name      string
	Language  string
	Country   string   `bun:"country_code,nullzero"`
	Topics    []string `bun:",array"`
	TextHash  string
	CreatedAt time.Time
	ExpiresAt time.Time
}

// AskSubscription takes a request from the public form and writes the mail that asks for confirmation. It does the same for an
// address that gets mailings already, and, without saying so, nothing for one that must not be written to or that was asked too
// often: the caller's answer is alike. What was typed wrongly gives CodeInvalid.
func AskSubscription(ctx context.Context, db *bun.DB, in SubscriptionInput, now time.Time) error {
	in.Email, in.Name = Address(in.Email), strings.TrimSpace(in.Name)
	if err := in.check(ctx, db); err != nil {
		return err
	}
	if err := confirmMailLimit.Take(ctx, db, in.Email, "", now); apperr.CodeOf(err) == apperr.CodeTooMany {
		return nil
	} else if err != nil {
		return err
	}
	return db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if suppressed, err := Suppressed(ctx, tx, in.Email); err != nil || suppressed {
			return err
		}
		hash, err := KeepConsentText(ctx, tx, in.ReadIn, in.Consent, now)
		if err != nil {
			return err
		}
		r := &SubscriptionRequest{ID: NewID(), Email: in.Email, Name: in.Name, Language: in.Language, Country: in.Country, Topics: orEmptyList(in.Topics), TextHash: hash,
			CreatedAt: now, ExpiresAt: now.Add(SubscriptionLife)}
		if _, err := tx.NewInsert().Model(r).Exec(ctx); err != nil {
			return asInvalid(err, map[string]string{"language": "language", "country": "country"})
		}
		return Enqueue(ctx, tx, &OutboxMail{Kind: MailSubscription, DedupeKey: fmt.Sprintf("%s:%s", MailSubscription, r.ID), Language: in.Language,
			Data: MailData{Request: &r.ID}, CreatedAt: now})
	})
}

func orEmptyList(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

// SubscriptionRequestOf returns a request that can still be confirmed; else it gives CodeLinkExpired.
func SubscriptionRequestOf(ctx context.Context, db bun.IDB, id uuid.UUID, now time.Time) (SubscriptionRequest, error) {
	var r SubscriptionRequest
	err := found(db.NewSelect().Model(&r).Where("sr.id = ? AND sr.expires_at > ?", id, now).Scan(ctx), "subscription")
	if apperr.CodeOf(err) == apperr.CodeNotFound {
		err = apperr.About(apperr.CodeLinkExpired, "link")
	}
	return r, err
}

// SubscribedBy is who confirmed a request not longer ago than a request lasts, and gets mailings still; else it gives CodeLinkExpired.
func SubscribedBy(ctx context.Context, db bun.IDB, id uuid.UUID, now time.Time) (Person, error) {
	var p Person
	err := found(db.NewSelect().Model(&p).Where(`EXISTS (SELECT 1 FROM consents AS cs WHERE cs.person_id = person.id AND cs.via = ?
		AND cs.act = ? AND cs.how = ? AND cs.at > ?)`, id, ConsentGiven, ConsentDoubleOptIn, now.Add(-SubscriptionLife)).Scan(ctx), "person")
	if apperr.CodeOf(err) == apperr.CodeNotFound || err == nil && !p.Mailable() {
		err = apperr.About(apperr.CodeLinkExpired, "link")
	}
	return p, err
}

// ConfirmSubscription subscribes whoever confirms a request from their mailbox, once: the person with that address, else somebody
// new without any role, who gets mailings and nothing else. Consent is on the record with the sentence they read. An address
// whose person has left gives CodeClosed: coming back is a coordinator's to decide, for it would bring back their roles.
func ConfirmSubscription(ctx context.Context, db *bun.DB, id uuid.UUID, now time.Time) (Person, error) {
	var p Person
	err := db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		r, err := SubscriptionRequestOf(ctx, tx, id, now)
		if err != nil {
			return err
		}
		// Two confirmations of one address wait for each other, whichever requests they are of.
		if _, err := tx.NewRaw(`SELECT pg_advisory_xact_lock(hashtextextended(?, 0))`, AddressHash(r.Email)).Exec(ctx); err != nil {
			return fmt.Errorf("hold an address: %w", err)
		}
		if r, err = SubscriptionRequestOf(ctx, tx, id, now); err != nil {
			return err
		}
		if suppressed, err := Suppressed(ctx, tx, r.Email); err != nil || suppressed { // since the mail went out
			if err == nil {
				err = apperr.About(apperr.CodeClosed, "subscription")
			}
			return err
		}
		if p, err = r.person(ctx, tx, now); err != nil {
			return err
		}
		consent := Consent{PersonID: p.ID, How: ConsentDoubleOptIn, TextHash: r.TextHash, Via: r.ID}
		if err := GiveConsent(ctx, tx, consent, now); err != nil {
			return err
		}
		if err := r.prefer(ctx, tx, p, now); err != nil {
			return err
		}
		if p.CountryCode == "" {
			if err := SayCountry(ctx, tx, p.ID, r.Country); err != nil {
				return err
			}
			p.CountryCode = r.Country
		}
		_, err = tx.NewDelete().Model((*SubscriptionRequest)(nil)).Where("lower(email) = lower(?)", r.Email).Exec(ctx)
		return err
	})
	return p, err
}

// person is who has the address of a request, or somebody new.
func (r SubscriptionRequest) person(ctx context.Context, tx bun.IDB, now time.Time) (Person, error) {
	var p Person
	err := found(tx.NewSelect().Model(&p).Where("lower(person.email) = lower(?)", r.Email).Scan(ctx), "person")
	switch {
	case err == nil && p.LeftAt != nil:
		return p, apperr.About(apperr.CodeClosed, "subscription")
	case apperr.CodeOf(err) != apperr.CodeNotFound:
		return p, err
	}
	p = NewPerson(now)
	p.Name, p.Email, p.Language = r.Name, r.Email, r.Language
	if p.Name == "" {
		p.Name, _, _ = strings.Cut(r.Email, "@")
	}
	if err := AddPerson(ctx, tx, &p); err != nil {
		return p, err
	}
	return p, Journal(ctx, tx, p, now, JournalEntry{Verb: "person.subscribed", ObjectKind: "person", Object: p.Pseudonym})
}

// prefer keeps the topics of a request. Who said before what they want, and names no topics now, wants it still.
func (r SubscriptionRequest) prefer(ctx context.Context, tx bun.IDB, p Person, now time.Time) error {
	if len(r.Topics) == 0 {
		return nil
	}
	pref, err := PreferenceOf(ctx, tx, p.ID)
	if err != nil {
		return err
	}
	pref.Topics = r.Topics
	err = pref.Save(ctx, tx, now)
	if apperr.CodeOf(err) == apperr.CodeInvalid { // a topic is gone since
		return nil
	}
	return err
}

// DeleteOldSubscriptionRequests forgets who was never heard of again after typing an address. The mails stay as rows that name
// nobody.
func DeleteOldSubscriptionRequests(ctx context.Context, db bun.IDB, now time.Time) error {
	_, err := db.NewDelete().Model((*SubscriptionRequest)(nil)).Where("expires_at <= ?", now).Exec(ctx)
	if err != nil {
		return fmt.Errorf("forget requests to be subscribed: %w", err)
	}
	return nil
}
