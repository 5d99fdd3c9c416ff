package demo

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"tribuna/models"
)

// briefOfficer writes the demo brief.
const briefOfficer = "officer-khc"

// BriefText is the demo brief in one language.
type BriefText struct {
	Title    string
	Body     string   // Markdown; the same number of blocks in every language
	Measures []string // in their order
}

// DemoBrief is the invented policy brief of the demo network: on violence against young people who leave care.
type DemoBrief struct {
	Language    string               // of the original
	Texts       map[string]BriefText // by language tag
	Authorities [][]uuid.UUID        // addressees of each measure
	input       models.RecommendationInput
	needed      int // days from its creation
}

type briefData struct {
	Kind, Language                        string
	Title                                 map[string]string
	Countries, Topics, Challenges, Grants []string
	NeededInDays                          int `yaml:"needed_in_days"`
	Consulted                             []struct {
		People, Method string
		Number         int
	}
	Measures []struct {
		Authorities []string
		Text        map[string]string
	}
}

// Brief returns the demo brief in the languages it exists in.
func Brief() (*DemoBrief, error) {
	var d briefData
	if err := readYAML("brief.yaml", &d); err != nil {
		return nil, err
	}
	b := &DemoBrief{Language: d.Language, Texts: map[string]BriefText{}, needed: d.NeededInDays}
	for tag, title := range d.Title {
		body, err := files.ReadFile("data/brief." + tag + ".md")
		if err != nil {
			return nil, fmt.Errorf("read the demo brief: %w", err)
		}
		text := BriefText{Title: title, Body: string(body)}
		for _, m := range d.Measures {
			text.Measures = append(text.Measures, m.Text[tag])
		}
		b.Texts[tag] = text
	}
	for _, m := range d.Measures {
		b.Authorities = append(b.Authorities, ids("authority", m.Authorities))
	}
	b.input = d.attributes()
	b.input.Draft = b.draft()
	return b, nil
}

// attributes returns what stands beside the text.
func (d briefData) attributes() models.RecommendationInput {
	in := models.RecommendationInput{Kind: d.Kind, Language: d.Language, OrganisationID: ID("organisation", "khc"),
		Procedure: "fast", Languages: []string{"bg"}, Countries: d.Countries, Topics: d.Topics, Challenges: d.Challenges,
		GrantIDs: ids("grant", d.Grants)}
	for _, g := range d.Consulted {
		in.Consulted = append(in.Consulted, models.ConsultedGroup{People: g.People, Method: g.Method, Number: g.Number})
	}
	return in
}

// Topics returns what the brief is about, as the network calls it.
func (b *DemoBrief) Topics() []string { return b.input.Topics }

// Challenges returns what makes the brief's subject hard, as the network calls it.
func (b *DemoBrief) Challenges() []string { return b.input.Challenges }

// Grants returns the grants that pay for the brief.
func (b *DemoBrief) Grants() []uuid.UUID { return b.input.GrantIDs }

// draft returns the original as a draft.
func (b *DemoBrief) draft() models.Draft {
	text := b.Texts[b.Language]
	d := models.Draft{Title: text.Title, Body: text.Body}
	for i, m := range text.Measures {
		d.Measures = append(d.Measures, models.DraftMeasure{Text: m, AuthorityIDs: b.Authorities[i]})
	}
	return d
}

// brief creates the demo brief as a recommendation in drafting.
func (l *loader) brief(ctx context.Context) error {
	b, err := Brief()
	if err != nil {
		return err
	}
	officer, err := models.PersonByID(ctx, l.tx, ID("person", briefOfficer))
	if err != nil {
		return err
	}
	in := b.input
	needed := models.Day(l.now.AddDate(0, 0, b.needed))
	in.NeededBy = &needed
	if _, err := models.CreateRecommendation(ctx, l.tx, in, officer, l.now); err != nil {
		return fmt.Errorf("create the demo brief: %w", err)
	}
	return nil
}

func ids(kind string, slugs []string) []uuid.UUID {
	list := make([]uuid.UUID, len(slugs))
	for i, s := range slugs {
		list[i] = ID(kind, s)
	}
	return list
}
