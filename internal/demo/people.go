package demo

import (
	"context"
	"fmt"

	"tribuna/models"
)

// Account is somebody to sign in as, with Password.
type Account struct {
	Email, Name, Language string
	Role                  string // one of models.RoleNames
	Organisation          string // name
}

// Accounts lists the demo accounts in the order of the roles' width: for a sign-in page that offers them.
func Accounts() ([]Account, error) {
	d, err := readData()
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	for _, o := range d.Organisations {
		names[o.Slug] = o.Name
	}
	var list []Account
	for _, p := range d.accounts() {
		for _, r := range p.Roles {
			list = append(list, Account{Email: p.Email, Name: p.Name, Language: p.Language, Role: r.Role, Organisation: names[r.In]})
		}
	}
	return list, nil
}

// accounts returns everybody who has a password, experts among them.
func (d *data) accounts() []personData {
	list := append([]personData{}, d.People.Accounts...)
	for _, e := range d.People.Experts {
		if e.Account {
			list = append(list, e.person())
		}
	}
	return list
}

func (e expertData) person() personData {
	p := e.personData
	p.Roles = []struct{ Role, In string }{{models.RoleExpert, e.In}}
	return p
}

func (l *loader) people(ctx context.Context) error {
	hash, err := models.HashPassword(Password)
	if err != nil {
		return fmt.Errorf("hash the demo password: %w", err)
	}
	var people []models.Person
	var roles []models.Role
	add := func(d personData, hash string) {
		p := l.person(d)
		p.PasswordHash = hash
		people = append(people, p)
		for _, r := range d.Roles {
			roles = append(roles, models.Role{PersonID: p.ID, OrganisationID: ID("organisation", r.In), Role: r.Role})
		}
	}
	for _, d := range l.data.People.Accounts {
		add(d, hash)
	}
	for _, e := range l.data.People.Experts {
		if e.Account {
			add(e.person(), hash)
		} else {
			add(e.person(), "")
		}
	}
	if err := validPeople(people); err != nil {
		return err
	}
	if err := l.insert(ctx, "people", &people); err != nil {
		return err
	}
	return l.insert(ctx, "roles", &roles)
}

func (l *loader) person(d personData) models.Person {
	p := models.Person{ID: ID("person", d.Slug), Pseudonym: ID("pseudonym", d.Slug), Name: d.Name, Email: d.Email,
		Language: d.Language, CountryCode: d.Country, Languages: d.Languages, Topics: d.Topics, MaxOpen: 3,
		Naming: d.Naming, CreatedAt: l.now}
	if p.Topics == nil {
		p.Topics = []string{}
	}
	if p.Naming == "" {
		p.Naming = models.NamingNone
	}
	return p
}

func validPeople(people []models.Person) error {
	for _, p := range people {
		if err := p.Validate(); err != nil {
			return fmt.Errorf("person %s: %w", p.Email, err)
		}
	}
	return nil
}
