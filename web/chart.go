package web

import "tribuna/internal/i18n"

// share is a part of a whole, shown as a bar.
type share struct {
	Name, Href    string
	Number, Whole int
}

// Part is the share of the whole, from 0 to 1.
func (s share) Part() float64 {
	if s.Whole == 0 {
		return 0
	}
	return float64(s.Number) / float64(s.Whole)
}

// chart is a picture of shares with the same in words.
type chart struct {
	Shares      []share
	Text, Label string
	AsWritten   bool // the names are addresses or the like, which begin with no capital letter
}

func newChart(shares []share, text, label string) chart {
	return chart{Shares: shares, Text: text, Label: label}
}

// inWords says what a chart shows to who does not see it: each part with its number.
func inWords(l *i18n.Localizer, shares []share) string {
	parts := make([]string, len(shares))
	for i, sh := range shares {
		parts[i] = l.T("overview.part", "Name", sh.Name, "Number", l.Number(sh.Number))
	}
	return l.ListAnd(parts)
}

// sheetLink leads to a table as a file.
type sheetLink struct{ Href, Table string }

func newSheetLink(path, query, table string) sheetLink { return sheetLink{path + query, table} }
