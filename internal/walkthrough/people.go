package walkthrough

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"tribuna/internal/demo"
	"tribuna/models"
)

// people are those of the demo network who walk.
type people struct {
	officer, coordinator *caller
	byEmail              map[string]*caller // everybody with an account
	experts              []expert
}

type expert struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// officerEmail leads the walk: an officer of Know-how Centre Bulgaria.
const officerEmail = "milena.draganova@tribuna.example"

// signIn signs in everybody of the demo network who has an account.
func signIn(ctx context.Context, base string) (*people, error) {
	accounts, err := demo.Accounts()
	if err != nil {
		return nil, err
	}
	p := &people{byEmail: map[string]*caller{}}
	for _, a := range accounts {
		if p.byEmail[a.Email] != nil {
			continue
		}
		c := &caller{base: base, name: a.Name}
		var token struct{ Token string }
		err := c.do(ctx, call{method: "POST", path: "/api/v1/tokens", body: map[string]string{"email": a.Email, "password": demo.Password}, into: &token})
		if err != nil {
			return nil, fmt.Errorf("sign in as %s: %w", a.Name, err)
		}
		c.token = token.Token
		p.byEmail[a.Email] = c
		if a.Role == models.RoleCoordinator {
			p.coordinator = c
		}
	}
	p.officer = p.byEmail[officerEmail]
	if p.officer == nil || p.coordinator == nil {
		return nil, fmt.Errorf("the instance has no demo network")
	}
	return p, nil
}

// name returns how an expert is called.
func (w *walk) name(person string) string {
	if e := first(w.people.experts, func(e expert) bool { return e.ID == person }); e != nil {
		return e.Name
	}
	return person
}

// all lists everybody with an account, always in the same order.
func (p *people) all() []*caller {
	var list []*caller
	for _, email := range slices.Sorted(maps.Keys(p.byEmail)) {
		list = append(list, p.byEmail[email])
	}
	return list
}
