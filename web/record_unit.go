package web

import (
	"fmt"
	"strings"

	"github.com/google/uuid"

	"tribuna/internal/record"
)

// speaker names the organisation in whose name an entry's words were said, and the voting unit it spoke for.
func (m *minutes) speaker(it record.Item) string {
	name := m.organisations[it.Organisation]
	if unit, err := uuid.Parse(it.Facts["unit"]); err == nil {
		return m.l.ForUnit(m.organisations[unit], name)
	}
	if unit, asked := m.units[it.Object]; asked && strings.HasSuffix(it.Verb, ".answered") { // before the unit was noted
		return m.l.ForUnit(unit.Name, name)
	}
	return name
}

// askedUnit names the voting unit that an entry says was asked, and who of it was concerned.
func (m *minutes) askedUnit(it record.Item) string {
	var concerned []string
	for i := 1; ; i++ {
		id, err := uuid.Parse(it.Facts[fmt.Sprintf("concerned_%d", i)])
		if err != nil {
			return m.l.ForUnit(m.organisations[it.Object], concerned...)
		}
		concerned = append(concerned, m.organisations[id])
	}
}

// changed says that an answer took the place of an earlier one, and whose that was if it was somebody else's.
func (m *minutes) changed(it record.Item) string {
	first, err := uuid.Parse(it.Facts["former"])
	if err != nil {
		return m.l.T("record.changed")
	}
	name := m.name(first)
	if by, err := uuid.Parse(it.Facts["replaced"]); err == nil {
		name = m.l.T("record.former_for", "Name", name, "Organisation", m.organisations[by])
	}
	return m.l.T("record.replaced", "Former", name)
}
