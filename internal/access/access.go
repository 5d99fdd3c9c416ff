// Package access answers one question: may this actor do this to that object? All rules stand in one table
// (rules.go); what no rule allows is denied.
//
// It judges entitlement only. Whether an act is possible now (stage, hold, deadline) is the models' to say, so that
// people entitled to act are told why they cannot yet.
package access

import (
	"slices"

	"github.com/google/uuid"

	"tribuna/internal/apperr"
)

// RoleName is what a person may be in an organisation.
type RoleName string

// The roles.
const (
	Coordinator RoleName = "coordinator" // keeps people, organisations and procedures in order, network-wide
	Officer     RoleName = "officer"     // drafts and decides for the recommendations of the own organisation
	Partner     RoleName = "partner"     // speaks for the organisation
	Translator  RoleName = "translator"
	Expert      RoleName = "expert"
	Reader      RoleName = "reader"
)

// Role is a role in an organisation.
type Role struct {
	Role           RoleName
	OrganisationID uuid.UUID
}

// Actor is who acts. The zero Actor is the public.
type Actor struct {
	PersonID uuid.UUID
	Roles    []Role
	LinkTask *uuid.UUID // came by a personal link: may see and answer that task, nothing else
}

// Visibility is who may see an act.
type Visibility string

// The visibilities.
const (
	Public       Visibility = "public"
	Network      Visibility = "network"
	Confidential Visibility = "confidential"
)

// Object is what is acted on, as far as the rules need to know it. Leave out what does not apply.
type Object struct {
	Kind              string      // in the glossary's words, for the error: "recommendation", "mailing"
	OwnerOrganisation uuid.UUID   // of the recommendation, also for its mailings, follow-ups and record
	OfficerID         uuid.UUID   // in charge of the recommendation
	Stage             string      // of the recommendation; "drafting" and "" are for its owners alone
	WithdrawnFrom     string      // the stage before, of what was withdrawn
	Published         bool        // its texts are public
	Quarantined       bool        // hidden from all but coordinators until what it says is looked at
	Concerned         []uuid.UUID // organisations in its countries, and those asked about it
	InCountries       []uuid.UUID // organisations that work in its countries
	Involved          []uuid.UUID // people who have or had a task on it
	TaskID            uuid.UUID
	TaskPerson        uuid.UUID   // whom the task waits for
	TaskOrganisations []uuid.UUID // any of these may answer the task: the voting unit's sisters, the focal point
	TranslatorID      uuid.UUID   // who wrote the translation to approve
	Visibility        Visibility  // of the record entry to read; "" is confidential
	Evidence          bool        // an attachment that a report on progress shows
	Masked            bool        // an expert is asked in an anonymised round: the authors' side must not learn what they say
	SpokenFor         uuid.UUID   // in whose name what an attachment is the original of was recorded
}

// Can returns nil if the actor may do the action. What the actor may not even know of gives apperr.CodeNotFound;
// other refusals apperr.CodeForbidden, or apperr.CodeUnauthenticated when signing in could help.
func Can(actor Actor, action Action, object Object) error {
	r, known := rules[action]
	if known && r.allows(actor, object) {
		return nil
	}
	switch {
	case known && r.about != nothing && !rules[r.about.seenBy()].allows(actor, object):
		return apperr.NotFound(object.Kind)
	case actor.PersonID == uuid.Nil:
		return apperr.About(apperr.CodeUnauthenticated, object.Kind)
	default:
		return apperr.About(apperr.CodeForbidden, object.Kind)
	}
}

func (r rule) allows(actor Actor, object Object) bool {
	actor = r.narrow(actor, object)
	if object.Quarantined && !coordinator(actor, object) {
		return false
	}
	return slices.ContainsFunc(r.who, func(entitled condition) bool { return entitled(actor, object) })
}

// narrow leaves an actor who came by a personal link what that link opens: beyond its task they are the public.
func (r rule) narrow(actor Actor, object Object) Actor {
	if actor.LinkTask == nil {
		return actor
	}
	if r.byLink && *actor.LinkTask != uuid.Nil && *actor.LinkTask == object.TaskID {
		return actor
	}
	return Actor{}
}
