package models

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// Designated is a country as a published text names it. The mark of its footnote is not in it: see Footnotes.
type Designated struct {
	Country          string // code
	Name             string
	Language         string // of the name
	Footnote         string // may be empty
	FootnoteLanguage string
}

// Designation returns how a country is named in a published text of a language under the grants that pay for it: as the
// first grant says that says anything about the country, else as the network designates it, else by its own name. What
// is not said in the language stands in English, the footnote as well as the name.
func Designation(c Country, grants []Grant, language string) Designated {
	said, _ := saidOf(c, grants, language)
	name, tag := said.names.inOrEnglish(language)
	if name == "" {
		name, tag = c.Names.In(language)
		return Designated{Country: c.Code, Name: name, Language: tag}
	}
	note, noteTag := said.notes.inOrEnglish(language)
	return designated(c.Code, tag, name, noteTag, note)
}

// designations are what somebody says about a country, by language.
type designations struct{ names, notes Names }

// saidOf returns what counts for a country in a text of a language: what the first grant says that says anything in it or in
// English, else what the network does, with a nil grant.
func saidOf(c Country, grants []Grant, language string) (designations, *Grant) {
	for i := range grants {
		said := grants[i].designationsOf(c.Code)
		if name, _ := said.names.inOrEnglish(language); name != "" {
			return said, &grants[i]
		}
	}
	return designations{c.Designations, c.Footnotes}, nil
}

func (g Grant) designationsOf(country string) designations {
	said := designations{Names{}, Names{}}
	for _, d := range g.Designations {
		if d.CountryCode == country {
			said.names[d.Language], said.notes[d.Language] = d.Designation, d.Footnote
		}
	}
	return said
}

// inOrEnglish returns the words in a language, else in English, and which it is; "" for neither.
func (n Names) inOrEnglish(language string) (words, tag string) {
	for _, tag := range []string{language, "en"} {
		if words := strings.TrimSpace(n[tag]); words != "" {
			return words, tag
		}
	}
	return "", ""
}

// designated takes off the marks that people write with a footnote ("Kosovo*"). Without a footnote they are all the
// text that there is, and stay.
func designated(country, language, name, noteLanguage, note string) Designated {
	d := Designated{Country: country, Name: name, Language: language,
		Footnote: strings.TrimSpace(strings.TrimLeft(note, "*")), FootnoteLanguage: noteLanguage}
	if d.Footnote != "" {
		d.Name = strings.TrimSpace(strings.TrimRight(d.Name, "*"))
	}
	return d
}

// Footnote is what stands once at the end of a page.
type Footnote struct{ Mark, Text, Language string }

// Footnotes collects the footnotes of one page or letter: equal ones stand once, others have another mark.
type Footnotes struct{ notes []Footnote }

// Name returns the name with the mark of its footnote, and keeps the footnote.
func (f *Footnotes) Name(d Designated) string {
	if d.Footnote == "" {
		return d.Name
	}
	i := slices.IndexFunc(f.notes, func(n Footnote) bool { return n.Text == d.Footnote })
	if i < 0 {
		i = len(f.notes)
		f.notes = append(f.notes, Footnote{Mark: strings.Repeat("*", i+1), Text: d.Footnote, Language: d.FootnoteLanguage})
	}
	return d.Name + f.notes[i].Mark
}

// All returns the footnotes in the order of their marks.
func (f *Footnotes) All() []Footnote { return f.notes }

// Designations knows how countries are named in what is published of several recommendations.
type Designations struct {
	Countries []Country // in the network's order
	grants    map[uuid.UUID][]Grant
}

// DesignationsFor reads how countries are named in what is published of these recommendations.
func DesignationsFor(ctx context.Context, db bun.IDB, recommendations ...uuid.UUID) (Designations, error) {
	d := Designations{grants: map[uuid.UUID][]Grant{}}
	var err error
	if d.Countries, err = Countries(ctx, db); err != nil || len(recommendations) == 0 {
		return d, err
	}
	var pays []struct{ RecommendationID, GrantID uuid.UUID }
	err = db.NewSelect().Table("recommendation_grants").Where("recommendation_id IN (?)", bun.List(recommendations)).Scan(ctx, &pays)
	if err != nil {
		return d, fmt.Errorf("read which grants pay: %w", err)
	}
	grants, err := Grants(ctx, db)
	for _, g := range grants { // the latest first, as for one recommendation
		for _, p := range pays {
			if p.GrantID == g.ID {
				d.grants[p.RecommendationID] = append(d.grants[p.RecommendationID], g)
			}
		}
	}
	return d, err
}

// Paying returns the grants that pay for a recommendation, the latest first.
func (d Designations) Paying(recommendation uuid.UUID) []Grant { return d.grants[recommendation] }

// Of names countries, in the network's order, as a recommendation's published text of a language does. uuid.Nil stands for
// what belongs to none: no grant speaks.
func (d Designations) Of(recommendation uuid.UUID, codes []string, language string) []Designated {
	named := []Designated{}
	for _, c := range d.Countries {
		if slices.Contains(codes, c.Code) {
			named = append(named, Designation(c, d.grants[recommendation], language))
		}
	}
	return named
}
