package web

import (
	"strings"

	"tribuna/models"
)

// designated is a country as it is named in public, with the mark of its footnote.
type designated struct{ Name, Language string }

// designate names countries on a page whose footnotes are collected.
func designate(notes *models.Footnotes, list []models.Designated) []designated {
	named := make([]designated, 0, len(list))
	for _, d := range list {
		named = append(named, designated{notes.Name(d), d.Language})
	}
	return named
}

// publicCountryOptions are the network's countries as the choices of a filter that everybody sees: as the network itself
// designates them.
func publicCountryOptions(d models.Designations, notes *models.Footnotes, language string) []Option {
	options := make([]Option, 0, len(d.Countries))
	for _, c := range d.Countries {
		d := models.Designation(c, nil, language)
		options = append(options, Option{Value: c.Code, Label: notes.Name(d), Lang: d.Language})
	}
	return options
}

// footnoteLines are footnotes where there is no page to set them: in feeds.
func footnoteLines(notes models.Footnotes) string {
	var lines []string
	for _, n := range notes.All() {
		lines = append(lines, n.Mark+" "+n.Text)
	}
	return strings.Join(lines, " ")
}
