package main

import (
	"fmt"
	"io"
	"text/tabwriter"

	"tribuna/internal/config"
)

func runHelp(w io.Writer, args []string) error {
	if len(args) > 0 && args[0] == "config" {
		return config.WriteHelp(w)
	}
	fmt.Fprint(w, "Tribuna follows policy recommendations from draft to what became of them.\n\n")
	table := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	for _, c := range commands() {
		fmt.Fprintf(table, "  tribuna %s %s\t%s\n", c.name, c.args, c.doc)
	}
	return table.Flush()
}
