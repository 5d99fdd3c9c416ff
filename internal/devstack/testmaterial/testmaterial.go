// Package testmaterial gives tests texts of the shape of real ones: the real material where it lies, which is not ours to
// pass on, else an excerpt of our own, so that no test has to be left out for want of it.
//
// The real material is looked for in the folder that TRIBUNA_TEST_DATA names, else in ../shared/data beside the checkout:
//
//	udhr/<language>.md        one text in parallel versions, a heading and paragraphs per section
//	upr-recommendations.csv   recommendations of others, as `tribuna import recommendations` takes them
package testmaterial

import (
	"cmp"
	"os"
	"path/filepath"
	"testing"

	"tribuna/internal/devstack"
)

// Folder is where the material lies, and whether it is the real one.
func Folder(t testing.TB) (dir string, real bool) {
	t.Helper()
	checkout, err := devstack.Checkout()
	if err != nil {
		t.Fatal(err)
	}
	named := os.Getenv("TRIBUNA_TEST_DATA")
	dir = cmp.Or(named, filepath.Join(checkout, "..", "shared", "data"))
	switch {
	case whole(dir):
		return dir, true
	case named != "":
		t.Fatalf("TRIBUNA_TEST_DATA names %s, where there is no udhr/en.md or no upr-recommendations.csv", named)
	}
	return filepath.Join(checkout, "internal", "devstack", "testmaterial", "testdata"), false
}

func whole(dir string) bool {
	for _, name := range []string{"udhr/en.md", "upr-recommendations.csv"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			return false
		}
	}
	return true
}
