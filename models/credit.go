package models

import "strings"

// Credit is what a text of a language says and shows of a grant that pays for it. What the grant does not say in the language
// stands in English; each part names the language it is in.
type Credit struct {
	Funder, Number                 string
	Emblem                         string // SHA-256 of the picture; "": none
	Statement, Language            string
	Disclaimer, DisclaimerLanguage string
}

// Credit returns what a text of a language says and shows of the grant.
func (g Grant) Credit(language string) Credit {
	c := Credit{Number: g.Number, Emblem: g.EmblemIn(language)}
	if g.Funder != nil {
		c.Funder = g.Funder.Name
	}
	said := g.statements()
	c.Statement, c.Language = said.names.inOrEnglish(language)
	c.Disclaimer, c.DisclaimerLanguage = said.notes.inOrEnglish(language)
	return c
}

// Credits returns what a text of a language says and shows of the grants that pay for it.
func Credits(grants []Grant, language string) []Credit {
	list := make([]Credit, len(grants))
	for i, g := range grants {
		list[i] = g.Credit(language)
	}
	return list
}

// statements are what the grant wants said, by language: who paid, and whose views these are.
func (g Grant) statements() designations {
	said := designations{Names{}, Names{}}
	for _, s := range g.Statements {
		said.names[s.Language], said.notes[s.Language] = s.Statement, s.Disclaimer
	}
	return said
}

// Gap is something that is not said in a language, though it is in another.
type Gap struct {
	Kind     GapKind
	Grant    *Grant // that does not say it; nil: the network
	Country  string // code; "" for what is said of the grant
	Language string // in which it is not said
	Given    string // in which it stands instead; "": it is left out
}

// GapKind says what is missing.
type GapKind string

// What can be missing.
const (
	GapStatement   GapKind = "statement"
	GapDisclaimer  GapKind = "disclaimer"
	GapDesignation GapKind = "designation"
	GapFootnote    GapKind = "footnote"
	GapName        GapKind = "name" // of a country that is designated nowhere: its own
)

// Gaps lists what a text of a language lacks of what its grants and its countries have to say.
func Gaps(countries []Country, grants []Grant, language string) []Gap {
	var gaps []Gap
	for i := range grants {
		gaps = append(gaps, grants[i].StatementGaps(language)...)
	}
	for _, c := range countries {
		said, by := saidOf(c, grants, language)
		gaps = append(gaps, said.gaps(c, by, language)...)
	}
	return gaps
}

// StatementGaps lists what the grant does not say of itself in a language.
func (g *Grant) StatementGaps(language string) []Gap {
	return g.statements().missing(Gap{Grant: g, Language: language}, GapStatement, GapDisclaimer)
}

// CountryGaps lists what is not said about a country in a language where the grant pays: by the grant, or where it says nothing
// about the country by the network.
func (g *Grant) CountryGaps(c Country, language string) []Gap {
	if said := g.designationsOf(c.Code); said.names.any() {
		return said.gaps(c, g, language)
	}
	return designations{c.Designations, c.Footnotes}.gaps(c, nil, language)
}

func (d designations) gaps(c Country, by *Grant, language string) []Gap {
	gap := Gap{Grant: by, Country: c.Code, Language: language}
	if d.names.any() {
		return d.missing(gap, GapDesignation, GapFootnote)
	}
	if strings.TrimSpace(c.Names[language]) != "" {
		return nil
	}
	gap.Kind = GapName
	_, gap.Given = c.Names.In(language)
	return []Gap{gap}
}

// missing lists what is not said in the gap's language, though it is in another.
func (d designations) missing(gap Gap, name, note GapKind) []Gap {
	var gaps []Gap
	for _, part := range []struct {
		kind  GapKind
		words Names
	}{{name, d.names}, {note, d.notes}} {
		if _, gap.Given = part.words.inOrEnglish(gap.Language); gap.Given != gap.Language && part.words.any() {
			gap.Kind = part.kind
			gaps = append(gaps, gap)
		}
	}
	return gaps
}

// any reports whether there are words in any language.
func (n Names) any() bool {
	for _, words := range n {
		if strings.TrimSpace(words) != "" {
			return true
		}
	}
	return false
}
