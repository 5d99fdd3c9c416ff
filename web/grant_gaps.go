package web

import (
	"tribuna/internal/i18n"
	"tribuna/models"
)

// gapLine says what is missing, in which languages, what stands there instead, and where it is filled in.
type gapLine struct {
	Said i18n.Words
	Href string
}

// gapLines gathers what is missing in several languages alike into one line each. Named says of which grant it is.
//
//i18n:keys grant.gap.statement grant.gap.disclaimer grant.gap.designation grant.gap.footnote grant.gap.name
func gapLines(l *i18n.Localizer, countries []models.Country, gaps []models.Gap, named bool) []gapLine {
	names := map[string]i18n.Words{}
	for _, c := range countries {
		names[c.Code] = l.Name(c.Names)
	}
	var order []models.Gap
	languages := map[models.Gap][]string{}
	for _, g := range gaps {
		alike := g
		alike.Language = ""
		if languages[alike] == nil {
			order = append(order, alike)
		}
		languages[alike] = append(languages[alike], l.Language(g.Language))
	}
	lines := make([]gapLine, 0, len(order))
	for _, g := range order {
		said := l.Say("grant.gap."+string(g.Kind), "Country", names[g.Country], "Languages", l.ListAnd(languages[g]))
		instead := l.T("grant.gap.left_out")
		switch {
		case g.Given != "":
			instead = l.T("grant.gap.given", "Given", l.Language(g.Given))
		case g.Kind == models.GapDesignation:
			instead = l.T("grant.gap.own_name")
		}
		line := gapLine{Said: i18n.Joined(said, " ", instead), Href: gapHref(g)}
		if named && g.Grant != nil {
			line.Said = i18n.Joined(l.T("grant.gap.of", "Number", g.Grant.Number), " ", line.Said)
		}
		lines = append(lines, line)
	}
	return lines
}

// gapHref is the form in which coordinators say what is missing.
func gapHref(g models.Gap) string {
	switch {
	case g.Country == "":
		return grantPath(g.Grant.ID) + "/edit"
	case g.Grant == nil || g.Kind == models.GapName:
		return referencePath(models.ListCountries) + "/" + g.Country
	default:
		return grantPath(g.Grant.ID) + "/countries/" + g.Country
	}
}

// grantGaps lists what the pages, files and mailings that a grant pays for would lack, in all languages of the network.
func grantGaps(g *models.Grant, countries []models.Country, languages []models.Language) []models.Gap {
	var gaps []models.Gap
	for _, lang := range languages {
		gaps = append(gaps, g.StatementGaps(lang.Tag)...)
	}
	for _, c := range countries {
		for _, lang := range languages {
			gaps = append(gaps, g.CountryGaps(c, lang.Tag)...)
		}
	}
	return gaps
}
