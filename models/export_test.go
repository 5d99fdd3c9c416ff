package models

// PassageColumns lists the columns in which a passage is looked for and replaced, as "table.column".
func PassageColumns() []string {
	var all []string
	for _, p := range passagePlaces {
		for _, c := range append(append([]string{}, p.columns...), p.json...) {
			all = append(all, p.table+"."+c)
		}
	}
	return all
}

// HoldingSets has every set of measures taken for a large one, and returns what ends that.
func HoldingSets() func() {
	before := manyMeasures
	manyMeasures = 0
	return func() { manyMeasures = before }
}
