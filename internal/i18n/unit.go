package i18n

// ForUnit names who speaks for a voting unit, and the unit: "Know-how Centre for the unit “Balkans”". Where it speaks for
// itself, or nobody is known to, that is its name alone; where no unit is known, theirs are.
func (l *Localizer) ForUnit(unit string, speakers ...string) string {
	var others []string
	for _, name := range speakers {
		if name != "" && name != unit {
			others = append(others, name)
		}
	}
	switch {
	case len(others) == 0:
		return unit
	case unit == "":
		return l.ListAnd(others)
	}
	return l.T("unit.speaks", "Organisation", l.ListAnd(others), "Unit", unit)
}
