package models

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
)

// Consents are the record of who agreed to mailings and who took it back (GDPR, Article 7(1): whoever writes must be able to
// prove it). The record is the one truth: rows are added and never changed, and a trigger of the database keeps
// people.consent_at, consent_source and unsubscribed_at, by which audiences are selected, at what follows from them.

// ConsentAct is what was said.
type ConsentAct string

// The acts. Restored takes the last withdrawal back; what had been agreed before holds again.
const (
	ConsentGiven     ConsentAct = "given"
	ConsentWithdrawn ConsentAct = "withdrawn"
	ConsentRestored  ConsentAct = "restored"
)

// How it was said.
const (
	ConsentDoubleOptIn   = "double_opt_in" // typed into the public form and confirmed from the mailbox
	ConsentForm          = "form"          // on a page, signed in or by a personal link
	ConsentImport        = "import"        // a list that was brought says so
	ConsentByHand        = "by_hand"       // a coordinator put it down
	ConsentUnknown       = "unknown"       // from before there was a record, or past it
	ConsentByOneClick    = "one_click"     // a mail provider's button (RFC 8058)
	ConsentByPage        = "page"          // the page for unsubscribing
	ConsentByMail        = "mail"          // a mail to the address in List-Unsubscribe (RFC 2369)
	ConsentByPreferences = "preferences"   // the page of preferences
	ConsentByObjection   = "objection"     // to the use of data that came from elsewhere
	ConsentByComplaint   = "complaint"     // they called a mail spam, and their provider says so (RFC 5965)
)

// ConsentWays returns every way in which consent is given or withdrawn.
func ConsentWays() []string {
	return []string{ConsentDoubleOptIn, ConsentForm, ConsentImport, ConsentByHand, ConsentUnknown, ConsentByOneClick, ConsentByPage,
		ConsentByMail, ConsentByPreferences, ConsentByObjection, ConsentByComplaint}
}

// Consent is one row of the record.
type Consent struct {
	bun.BaseModel `bun:"table:consents,alias:cs"`

	ID       uuid.UUID `bun:",pk"`
	PersonID uuid.UUID
	Act      ConsentAct
	At       time.Time // when it was said
	NotedAt  time.Time // when it was put down
	How      string    // one of ConsentWays
	Source   string    // where it came from, in the words of who brought it; "" where it came from the person
	TextHash string    `bun:",nullzero"` // SHA-256 of the text agreed to; "": which text is not known
	ByWhom   uuid.UUID `bun:",nullzero"` // pseudonym of who put it down for the person; Nil: they themselves, or nobody knows
	Via      uuid.UUID `bun:",nullzero"` // mailing, import or request it came through

	Text         string `bun:",scanonly"` // "" where it is not known
	TextLanguage string `bun:",scanonly"`
	ByName       string `bun:",scanonly"` // of ByWhom, "" for nobody
	Name         string `bun:",scanonly"` // of the person
	Email        string `bun:",scanonly"`
}

// consentText is a sentence that people agreed to.
type consentText struct {
	bun.BaseModel `bun:"table:consent_texts"`

	Hash      string `bun:",pk"`
	Language  string
	Body      string
	CreatedAt time.Time
}

// KeepConsentText keeps the exact words that stand beside a form, and returns their hash. Kept before, they stay.
func KeepConsentText(ctx context.Context, db bun.IDB, language, body string, now time.Time) (string, error) {
	sum := sha256.Sum256([]byte(body))
	t := &consentText{Hash: hex.EncodeToString(sum[:]), Language: language, Body: body, CreatedAt: now}
	if _, err := db.NewInsert().Model(t).On("CONFLICT DO NOTHING").Exec(ctx); err != nil {
		return "", fmt.Errorf("keep the text of a consent: %w", err)
	}
	return t.Hash, nil
}

// note adds a row to the record. People who are gone are not found.
func (c *Consent) note(ctx context.Context, tx bun.IDB, now time.Time) error {
	if c.ID == uuid.Nil {
		c.ID = NewID()
	}
	c.NotedAt = now
	if c.At.IsZero() {
		c.At = now
	}
	_, err := tx.NewInsert().Model(c).Exec(ctx)
	if isForeignKey(err) {
		return apperr.NotFound("person")
	}
	if err != nil {
		return fmt.Errorf("note a consent: %w", err)
	}
	return nil
}

// GiveConsent notes that a person agreed to mailings: c says how, to which text, and who put it down.
func GiveConsent(ctx context.Context, tx bun.IDB, c Consent, now time.Time) error {
	c.Act = ConsentGiven
	return c.note(ctx, tx, now)
}

// WithdrawConsent notes that a person wants no more mailings; from then on none is sent. Saying so again keeps the first time
// and adds nothing. Who says so through a mailing has its mail: one of which that was not known arrived.
func WithdrawConsent(ctx context.Context, tx bun.IDB, c Consent, now time.Time) error {
	return tx.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if err := arrived(ctx, tx, c.Via, c.PersonID, now); err != nil {
			return err
		}
		p, err := PersonForEdit(ctx, tx, c.PersonID)
		if err != nil || p.UnsubscribedAt != nil {
			return err
		}
		c.Act = ConsentWithdrawn
		return c.note(ctx, tx, now)
	})
}

// Unsubscribe records that a person wants no more mailings, on the page that their personal link opens.
func Unsubscribe(ctx context.Context, db bun.IDB, personID uuid.UUID, now time.Time) error {
	return WithdrawConsent(ctx, db, Consent{PersonID: personID, How: ConsentByPage}, now)
}

// UnsubscribeByMail records that a person wants no more mailings because a mail came to the address that List-Unsubscribe
// names. Whoever receives mails reads the token of the personal link out of it (links.InSubject) and checks it: via is the
// token's id, a mailing's or a list's. Nothing else in the mail is believed; From is easily forged.
func UnsubscribeByMail(ctx context.Context, db bun.IDB, personID, via uuid.UUID, now time.Time) error {
	return WithdrawConsent(ctx, db, Consent{PersonID: personID, How: ConsentByMail, Via: via}, now)
}

// UndoFor is how long somebody can take back by their link that they unsubscribed. Later they subscribe anew: an old mail that
// was passed on must not bring anybody's mailings back.
const UndoFor = 7 * 24 * time.Hour

// MayUndo reports whether a person's withdrawal can be taken back by their link.
func (p Person) MayUndo(now time.Time) bool {
	return p.UnsubscribedAt != nil && p.ConsentAt != nil && p.LeftAt == nil && now.Before(p.UnsubscribedAt.Add(UndoFor))
}

// UndoWithdrawal takes back that a person unsubscribed ("I did that by mistake"), for UndoFor and once; later it gives
// CodeClosed.
func UndoWithdrawal(ctx context.Context, db bun.IDB, personID, via uuid.UUID, now time.Time) error {
	return db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		p, err := PersonForEdit(ctx, tx, personID)
		if err != nil {
			return err
		}
		if p.UnsubscribedAt == nil {
			return nil
		}
		if !p.MayUndo(now) {
			return apperr.About(apperr.CodeClosed, "consent")
		}
		c := Consent{PersonID: personID, Act: ConsentRestored, How: ConsentByPage, Via: via}
		return c.note(ctx, tx, now)
	})
}

// ConsentInput is what a coordinator puts down by hand: it came by letter, by telephone or at a meeting.
type ConsentInput struct {
	Act    ConsentAct `json:"act" validate:"required,oneof=given withdrawn"`
	Source string     `json:"source" validate:"required,max=500"`         // how it came, in words
	On     string     `json:"on" validate:"required,datetime=2006-01-02"` // the day on which it was said
	Text   string     `json:"text,omitempty" validate:"max=5000"`         // they agreed to; "" where it is not known
	Lang   string     `json:"text_language,omitempty" validate:"max=20"`  // of the text
}

// check collects what is wrong with what is put down, and returns the day on which it was said.
func (in ConsentInput) check(now time.Time) (time.Time, error) {
	bad := apperr.New(apperr.CodeInvalid)
	oneOf(bad, "act", string(in.Act), string(ConsentGiven), string(ConsentWithdrawn))
	checkText(bad, "source", in.Source, 500)
	checkLength(bad, "text", in.Text, 5000)
	at, err := time.Parse(time.DateOnly, in.On)
	if err != nil || at.After(now) {
		bad.And("on", "not_future")
	}
	return at, bad.OrNil()
}

// NoteConsent puts down by hand what a person said, with where it comes from, and writes it in the journal.
func NoteConsent(ctx context.Context, tx bun.IDB, by Person, person uuid.UUID, in ConsentInput, now time.Time) error {
	p, err := PersonForEdit(ctx, tx, person)
	if err != nil {
		return err
	}
	at, err := in.check(now)
	if err != nil {
		return err
	}
	c := Consent{PersonID: p.ID, Act: in.Act, At: at, How: ConsentByHand, Source: in.Source, ByWhom: by.Pseudonym}
	if at.Format(time.DateOnly) == now.UTC().Format(time.DateOnly) {
		c.At = now
	}
	if in.Act == ConsentGiven && in.Text != "" {
		if c.TextHash, err = KeepConsentText(ctx, tx, in.Lang, in.Text, now); err != nil {
			return err
		}
	}
	if in.Act == ConsentGiven && p.UnsubscribedAt != nil && c.At.Before(*p.UnsubscribedAt) {
		return apperr.Invalid("on", "consent_before_withdrawal")
	}
	if err := c.note(ctx, tx, now); err != nil {
		return err
	}
	verb := "person.consent_given"
	if in.Act == ConsentWithdrawn {
		verb = "person.consent_withdrawn"
	}
	return Journal(ctx, tx, by, now, JournalEntry{Verb: verb, ObjectKind: "person", Object: p.Pseudonym})
}

// ConsentFilter narrows the record; its zero value leaves out nothing.
type ConsentFilter struct {
	Person uuid.UUID
	After  uuid.UUID // the row after which the page begins
	Limit  int       // 0: all
}

// ConsentsOf lists the record in the order in which it was put down, with the texts agreed to and the names as they are now.
// It is for the person it is about and for coordinators: who asks is for the caller to check.
func ConsentsOf(ctx context.Context, db bun.IDB, f ConsentFilter) ([]Consent, error) {
	var list []Consent
	q := db.NewSelect().Model(&list).ColumnExpr("cs.*").
		ColumnExpr("coalesce(ct.body, '') AS text, coalesce(ct.language, '') AS text_language, coalesce(noted.name, '') AS by_name, person.name, person.email").
		Join("JOIN people AS person ON person.id = cs.person_id").
		Join("LEFT JOIN consent_texts AS ct ON ct.hash = cs.text_hash").
		Join("LEFT JOIN people AS noted ON noted.pseudonym = cs.by_whom").
		OrderExpr("cs.noted_at, cs.at, cs.id")
	if f.Person != uuid.Nil {
		q = q.Where("cs.person_id = ?", f.Person)
	}
	if f.After != uuid.Nil {
		q = q.Where("(cs.noted_at, cs.at, cs.id) > (SELECT b.noted_at, b.at, b.id FROM consents AS b WHERE b.id = ?)", f.After)
	}
	if f.Limit > 0 {
		q = q.Limit(int64(f.Limit))
	}
	if err := q.Scan(ctx); err != nil {
		return nil, fmt.Errorf("read consents: %w", err)
	}
	return list, nil
}
