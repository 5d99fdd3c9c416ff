package access

import (
	"slices"

	"github.com/google/uuid"
)

// A condition is one way of being entitled.
type condition func(Actor, Object) bool

func published(_ Actor, o Object) bool { return o.Published }

func coordinator(a Actor, _ Object) bool { return a.has(Coordinator) }

// officer and partner are so in any organisation.
func officer(a Actor, _ Object) bool { return a.hasSomewhere(Officer) }

func partner(a Actor, _ Object) bool { return a.hasSomewhere(Partner) }

// ownOfficer is an officer in the organisation that owns the recommendation.
func ownOfficer(a Actor, o Object) bool { return a.hasIn(Officer, o.OwnerOrganisation) }

// ownOfficerUnmasked is an own officer where nothing hides from the authors' side who said what.
func ownOfficerUnmasked(a Actor, o Object) bool { return !o.Masked && ownOfficer(a, o) }

// keyHolder is a coordinator and, where who said what is hidden from the authors' side, does not stand on it.
func keyHolder(a Actor, o Object) bool {
	return coordinator(a, o) && (!o.Masked || !ownOfficer(a, o) && !inCharge(a, o))
}

// inCharge still reads after moving to another organisation.
func inCharge(a Actor, o Object) bool { return is(a, o.OfficerID) }

// leftDesk is whether the text has left the desk of its owners. A further round takes it back there, and who withdraws it from
// there shows it to nobody.
func leftDesk(o Object) bool {
	return o.Stage != "" && o.Stage != "drafting" && o.WithdrawnFrom != "drafting"
}

// network is somebody who works in the network where the text concerns their organisation, once it has left the desk of
// its owners: partners see where every recommendation for their country stands. What is published concerns all of them.
func network(a Actor, o Object) bool {
	if !leftDesk(o) {
		return false
	}
	if o.Published {
		return a.has(Officer) || a.has(Partner)
	}
	return slices.ContainsFunc(append([]uuid.UUID{o.OwnerOrganisation}, o.Concerned...), func(org uuid.UUID) bool {
		return a.hasIn(Officer, org) || a.hasIn(Partner, org)
	})
}

// involved has or had a task here. Having been asked about one text does not open the draft of the next.
func involved(a Actor, o Object) bool {
	return leftDesk(o) && a.PersonID != uuid.Nil && slices.Contains(o.Involved, a.PersonID)
}

// asked is the person the task waits for.
func asked(a Actor, o Object) bool { return is(a, o.TaskPerson) }

// askedLinguist is asked and still works with texts in the network.
func askedLinguist(a Actor, o Object) bool {
	return asked(a, o) && (a.has(Translator) || a.has(Officer) || a.has(Coordinator))
}

// secondPair is an asked linguist who did not write the translation: it takes a second pair of eyes.
func secondPair(a Actor, o Object) bool { return askedLinguist(a, o) && !is(a, o.TranslatorID) }

// spokesperson speaks for one of the organisations asked.
func spokesperson(a Actor, o Object) bool {
	return slices.ContainsFunc(o.TaskOrganisations, func(org uuid.UUID) bool {
		return a.hasIn(Partner, org) || a.hasIn(Officer, org) || a.hasIn(Coordinator, org)
	})
}

// officerAsked is an officer in one of the organisations asked: they take something on in its name.
func officerAsked(a Actor, o Object) bool {
	return slices.ContainsFunc(o.TaskOrganisations, func(org uuid.UUID) bool { return a.hasIn(Officer, org) })
}

// partnerThere speaks for one of the organisations asked, where that works in a country of the text: partners take on what
// concerns their own country.
func partnerThere(a Actor, o Object) bool {
	return slices.ContainsFunc(o.TaskOrganisations, func(org uuid.UUID) bool {
		return a.hasIn(Partner, org) && slices.Contains(o.InCountries, org)
	})
}

// openEntry is a record entry for everybody who may read the public page.
func openEntry(a Actor, o Object) bool { return o.Visibility == Public && o.Published }

// networkEntry is a record entry for those who work with the recommendation.
func networkEntry(a Actor, o Object) bool {
	return (o.Visibility == Public || o.Visibility == Network) && (network(a, o) || inCharge(a, o))
}

// involvedEntry is a record entry that those who were asked may see as well: the public ones, even before publication.
func involvedEntry(a Actor, o Object) bool { return o.Visibility == Public && involved(a, o) }

// spokenFor is the person in whose name something was recorded.
func spokenFor(a Actor, o Object) bool { return is(a, o.SpokenFor) }

// readsEvidence reads the report on progress that shows the file.
func readsEvidence(a Actor, o Object) bool { return o.Evidence && (network(a, o) || inCharge(a, o)) }

// OnlyCoordinates reports whether somebody who acts for an organisation can do so only because they coordinate the network:
// they neither speak for it nor work with its texts.
func (a Actor) OnlyCoordinates(organisation uuid.UUID) bool {
	return a.has(Coordinator) && !slices.ContainsFunc([]RoleName{Coordinator, Officer, Partner, Translator}, func(role RoleName) bool {
		return a.hasIn(role, organisation)
	})
}

func is(a Actor, person uuid.UUID) bool { return person != uuid.Nil && a.PersonID == person }

func (a Actor) has(role RoleName) bool {
	return a.PersonID != uuid.Nil && slices.ContainsFunc(a.Roles, func(r Role) bool { return r.Role == role })
}

func (a Actor) hasSomewhere(role RoleName) bool {
	return slices.ContainsFunc(a.Roles, func(r Role) bool { return a.hasIn(role, r.OrganisationID) })
}

func (a Actor) hasIn(role RoleName, organisation uuid.UUID) bool {
	return a.PersonID != uuid.Nil && organisation != uuid.Nil &&
		slices.Contains(a.Roles, Role{Role: role, OrganisationID: organisation})
}
