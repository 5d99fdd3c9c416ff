package annotation

import (
	"context"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/models"
)

// speakers are those who gave answers, and how far they want to be named.
type speakers struct {
	people        map[uuid.UUID]models.Person
	organisations map[uuid.UUID]string
	namings       models.Namings
}

func readSpeakers(ctx context.Context, db bun.IDB, rec *models.Recommendation, reviews []models.Review) (*speakers, error) {
	experts := []uuid.UUID{}
	partners := []uuid.UUID{}
	for _, rv := range reviews {
		if rv.OrganisationID != nil {
			partners = append(partners, *rv.OrganisationID)
		} else {
			experts = append(experts, rv.PersonID)
		}
	}
	s := &speakers{organisations: map[uuid.UUID]string{}}
	var err error
	if s.people, err = models.PeopleByID(ctx, db, experts); err != nil {
		return nil, err
	}
	list, err := models.Organisations(ctx, db, models.OrganisationFilter{IDs: partners})
	if err != nil {
		return nil, err
	}
	for _, o := range list {
		s.organisations[o.ID] = o.Name
	}
	s.namings, err = models.NamingsOf(ctx, db, rec.ID)
	return s, err
}

func (s *speakers) agent(rv models.Review, network bool) AnnotationAgent {
	switch {
	case rv.OrganisationID != nil:
		return AnnotationAgent{Type: AgentOrganization, Name: s.organisations[*rv.OrganisationID]}
	case s.namings.NamesInFile(rv, network):
		return AnnotationAgent{Type: AgentPerson, Name: s.people[rv.PersonID].Name}
	default:
		return AnnotationAgent{Type: AgentPerson, Nickname: rv.Label.Letter()}
	}
}
