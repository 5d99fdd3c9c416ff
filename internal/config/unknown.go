package config

import (
	"fmt"
	"slices"
	"strings"
)

const (
	ownPrefix  = "TRIBUNA_"
	testPrefix = "TRIBUNA_TEST_" // read by tests alone
	// likeness is how many letters a mistyped name may be away from the one that was meant.
	likeness = 4
)

// refuseUnknown finds names that begin like ours and mean nothing: a mistyped variable that is passed over in silence
// leaves its default in force.
func refuseUnknown(environ map[string]string) error {
	var known, unknown []string
	for _, v := range Variables() {
		known = append(known, v.Name)
	}
	for name := range environ {
		if strings.HasPrefix(name, ownPrefix) && !strings.HasPrefix(name, testPrefix) && !slices.Contains(known, name) {
			unknown = append(unknown, name)
		}
	}
	if len(unknown) == 0 {
		return nil
	}
	name := slices.Min(unknown)
	if meant := nearest(name, known); meant != "" {
		return fmt.Errorf("%s means nothing here: did you mean %s? take it away, or name it so", name, meant)
	}
	return fmt.Errorf("%s means nothing here: take it away, or see all variables with: tribuna help config", name)
}

// nearest returns the known name most like the given one, "" where none is.
func nearest(name string, known []string) string {
	best, least := "", likeness+1
	for _, k := range known {
		if d := distance(name, k); d < least {
			best, least = k, d
		}
	}
	return best
}

// distance counts the letters to add, take away or change to get from one name to the other (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
