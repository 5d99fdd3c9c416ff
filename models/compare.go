package models

import "github.com/google/uuid"

// MeasurePair is a measure as two versions hold it. Before is nil for one that came, After for one that went.
type MeasurePair struct {
	ID            uuid.UUID
	Before, After *VersionMeasure
}

// Was is the measure's text before, "" for one that came.
func (p MeasurePair) Was() string {
	if p.Before == nil {
		return ""
	}
	return p.Before.Text
}

// Is is the measure's text after, "" for one that went.
func (p MeasurePair) Is() string {
	if p.After == nil {
		return ""
	}
	return p.After.Text
}

// PairMeasures matches the measures of two versions by what they are known by: first those of the version after, in its
// order, then those that went.
func PairMeasures(before, after []VersionMeasure) []MeasurePair {
	was := map[uuid.UUID]*VersionMeasure{}
	for i := range before {
		was[before[i].ID] = &before[i]
	}
	pairs := make([]MeasurePair, 0, len(after))
	for i := range after {
		m := &after[i]
		pairs = append(pairs, MeasurePair{ID: m.ID, Before: was[m.ID], After: m})
		delete(was, m.ID)
	}
	for i := range before {
		if gone := was[before[i].ID]; gone != nil {
			pairs = append(pairs, MeasurePair{ID: gone.ID, Before: gone})
		}
	}
	return pairs
}
