package models

import (
	"context"
	"fmt"
	"net/mail"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
)

// How far a person agreed to be named.
const (
	NamingPublic  = "public"
	NamingNetwork = "network"
	NamingNone    = "none"
)

// Person is somebody who works with the network or reads it. Nobody is named further than Naming says.
type Person struct {
	bun.BaseModel `bun:"table:people,alias:person"`

	ID             uuid.UUID  `bun:",pk,type:uuid"`
	Pseudonym      uuid.UUID  `bun:",type:uuid,nullzero,default:gen_random_uuid()"` // how the record names this person
	Name           string     //
	Email          string     // unique without regard to case
	Language       string     // written to in this language
	CountryCode    string     `bun:",nullzero"`
	Languages      []string   `bun:",array"` // reads and writes these
	Topics         []string   `bun:",array"` // expertise, by slug
	MaxOpen        int        //                           reviews at once, for experts
	Naming         string     `bun:",nullzero,default:'none'"`
	PasswordHash   string     `bun:",nullzero" json:"-"` // Argon2id; empty: signs in by link only
	ConsentAt      *time.Time //                            to mailings
	ConsentSource  string     `bun:",nullzero"`
	UnsubscribedAt *time.Time //
	CreatedAt      time.Time  //
	LeftAt         *time.Time //
	AccessClosedAt *time.Time //                            may no longer sign in, by a coordinator's decision
	AddressHash    string     `bun:",scanonly" json:"-"` // of Email, as suppressions have it
}

// Validate collects what is wrong with a person as edited.
func (p Person) Validate() error {
	bad := apperr.New(apperr.CodeInvalid)
	checkText(bad, "name", p.Name, 200)
	if strings.ContainsAny(p.Name, "\r\n") {
		bad.And("name", "one_line")
	}
	if !validAddress(p.Email) {
		bad.And("email", "email")
	}
	if p.Language == "" {
		bad.And("language", "required")
	}
	if p.MaxOpen < 0 || p.MaxOpen > 50 {
		bad.And("max_open", "range", "min", 0, "max", 50)
	}
	if p.Naming != "" {
		oneOf(bad, "naming", p.Naming, NamingPublic, NamingNetwork, NamingNone)
	}
	return bad.OrNil()
}

// validAddress reports whether the address is a bare one (RFC 5322 addr-spec) within the 254 octets of RFC 5321.
func validAddress(address string) bool {
	parsed, err := mail.ParseAddress(address)
	return err == nil && parsed.Address == address && parsed.Name == "" && len(address) <= 254
}

// Mailable reports whether mailings may be sent to the person, suppressions aside.
func (p Person) Mailable() bool {
	return p.ConsentAt != nil && p.UnsubscribedAt == nil && p.LeftAt == nil
}

// CreatePerson adds a person, with an id unless it has one.
func CreatePerson(ctx context.Context, db bun.IDB, p *Person) error {
	if err := p.Validate(); err != nil {
		return err
	}
	if p.ID == uuid.Nil {
		p.ID = NewID()
	}
	if p.Languages == nil {
		p.Languages = []string{}
	}
	if p.Topics == nil {
		p.Topics = []string{}
	}
	if _, err := db.NewInsert().Model(p).Exec(ctx); err != nil {
		return fmt.Errorf("add a person: %w", err)
	}
	return nil
}

// PersonByID returns a person, also one who left.
func PersonByID(ctx context.Context, db bun.IDB, id uuid.UUID) (Person, error) {
	var p Person
	err := db.NewSelect().Model(&p).Where("person.id = ?", id).Scan(ctx)
	return p, found(err, "person")
}

// PeopleByID returns people by id, also those who left; unknown ids are missing from the map.
func PeopleByID(ctx context.Context, db bun.IDB, ids []uuid.UUID) (map[uuid.UUID]Person, error) {
	var list []Person
	if err := whereIn(db.NewSelect().Model(&list), "person.id", ids).Scan(ctx); err != nil {
		return nil, fmt.Errorf("read people: %w", err)
	}
	people := make(map[uuid.UUID]Person, len(list))
	for _, p := range list {
		people[p.ID] = p
	}
	return people, nil
}

// PersonByEmail returns the person with this address who has not left, whatever the case of its letters.
func PersonByEmail(ctx context.Context, db bun.IDB, address string) (Person, error) {
	var p Person
	err := db.NewSelect().Model(&p).
		Where("lower(person.email) = lower(?)", strings.TrimSpace(address)).
		Where("person.left_at IS NULL").Scan(ctx)
	return p, found(err, "person")
}

// SetLanguage changes the language a person is written to in. One that the network does not have is not found: pages may
// speak it before.
func SetLanguage(ctx context.Context, db bun.IDB, personID uuid.UUID, tag string) error {
	res, err := db.NewUpdate().Model((*Person)(nil)).Set("language = ?", tag).Where("id = ?", personID).
		Where("EXISTS (SELECT 1 FROM languages WHERE tag = ?)", tag).Exec(ctx)
	if err != nil {
		return fmt.Errorf("change a person's language: %w", err)
	}
	return changed(res, nil, "language")
}

// SayCountry keeps where somebody says that they live, where it is not known yet; "" says nothing. Who is signed in changes it on their
// own page, others ask a coordinator: the clock of a country counts for deadlines.
func SayCountry(ctx context.Context, db bun.IDB, personID uuid.UUID, code string) error {
	if code == "" {
		return nil
	}
	_, err := db.NewUpdate().Model((*Person)(nil)).Set("country_code = ?", code).Where("id = ? AND country_code IS NULL", personID).Exec(ctx)
	return asInvalid(err, map[string]string{"country": "country"})
}
