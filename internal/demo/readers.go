package demo

import (
	"context"
	"fmt"
	"strings"
	"time"

	"tribuna/models"
)

// readers loads the subscribers. They are put together from lists of names in a fixed order, so that every
// installation has the same ones.
func (l *loader) readers(ctx context.Context) error {
	people := l.mailable()
	if len(people) != MailableReaders {
		return fmt.Errorf("the shares of readers add up to %d, not %d", len(people), MailableReaders)
	}
	for i := range ReadersNotConsented + ReadersUnsubscribed {
		people = append(people, l.notWritten(i))
	}
	if err := validPeople(people); err != nil {
		return err
	}
	roles := make([]models.Role, len(people))
	for i, p := range people {
		roles[i] = models.Role{PersonID: p.ID, OrganisationID: ID("organisation", "tdh"), Role: models.RoleReader}
	}
	if err := l.insert(ctx, "readers", &people); err != nil {
		return err
	}
	return l.insert(ctx, "readers' roles", &roles)
}

// mailable returns the readers that a mailing reaches.
func (l *loader) mailable() []models.Person {
	var people []models.Person
	for _, d := range l.data.Readers {
		for i := range d.Share {
			number := len(people) + 1
			p := l.reader(d, i, fmt.Sprintf("reader-%04d", number))
			p.ConsentAt, p.ConsentSource = l.daysAgo(1+number%700), "sign-up form"
			if number%3 == 0 { // said in their own profile, as everybody's naming is
				p.Naming = models.NamingNetwork
			}
			people = append(people, p)
		}
	}
	return people
}

// unreachable begins the addresses of readers who are not to be written to.
const unreachable = "reader-unreachable-"

// Unreachable reports whether an address is of a reader who never consented, or who unsubscribed.
func Unreachable(address string) bool {
	return strings.HasPrefix(strings.ToLower(address), unreachable)
}

// notWritten returns a reader who never consented, or who unsubscribed.
func (l *loader) notWritten(i int) models.Person {
	d := l.data.Readers[i%len(l.data.Readers)]
	p := l.reader(d, d.Share+i, fmt.Sprintf("%s%02d", unreachable, i+1))
	if i >= ReadersNotConsented {
		p.ConsentAt, p.ConsentSource = l.daysAgo(400), "sign-up form"
		p.UnsubscribedAt = l.daysAgo(30)
	}
	return p
}

// reader makes up the i-th reader of a language.
func (l *loader) reader(d readersData, i int, slug string) models.Person {
	return l.person(personData{Slug: slug, Name: d.name(i), Email: slug + "@readers.example", Language: d.Language,
		Country: d.Countries[i%len(d.Countries)], Languages: []string{d.Language}})
}

// name returns the i-th name, a woman's and a man's in turn. Each time the first names were gone through, the surnames
// are shifted by one against them, so that no name comes twice until all pairs were used.
func (d readersData) name(i int) string {
	first, woman := d.Men, i%2 == 0
	if woman {
		first = d.Women
	}
	n := i / 2
	surname := d.Surnames[(n%len(first)+n/len(first))%len(d.Surnames)]
	if feminine, masculine, two := strings.Cut(surname, "/"); two {
		surname = masculine
		if woman {
			surname = feminine
		}
	}
	return first[n%len(first)] + " " + surname
}

func (l *loader) daysAgo(n int) *time.Time {
	t := l.now.AddDate(0, 0, -n)
	return &t
}
