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
