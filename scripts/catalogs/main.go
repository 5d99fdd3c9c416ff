// Command catalogs stops the build where a language lacks a sentence or a plural form, leaves room for other words than
// English does, or has a sentence that nobody says. It runs in the repository's root.
package main

import (
	"fmt"
	"os"

	"tribuna/internal/wording"
)

func main() {
	wrong, err := wording.Check(".")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	for _, line := range wrong {
		fmt.Fprintln(os.Stderr, line)
	}
	if len(wrong) > 0 {
		os.Exit(1)
	}
}
