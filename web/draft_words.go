package web

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"tribuna/internal/apperr"
	"tribuna/internal/validation"
	"tribuna/models"
)

// maxRows is how many rows of one list a form is read for; more are not there as far as the form is concerned.
const maxRows = 100

// draftWords is a draft as a form holds it: fields by name, and two lists of rows that grow and shrink without
// anything being saved.
type draftWords struct {
	fields   url.Values // all but the rows
	measures []measureWords
	groups   []groupWords
	brought  *broughtText // the Word file that the text was just taken from; nil: none
	keeping  keeping
}

type measureWords struct {
	id, text    string
	authorities []string
	find        string // among authorities
}

type groupWords struct{ people, method, number string }

var rowName = regexp.MustCompile(`^(measures|consulted)\[(\d{1,3})\]\.(\w+)$`)

// readDraftWords reads the fields of a posted form.
func readDraftWords(values url.Values) draftWords {
	d := draftWords{fields: url.Values{}, keeping: keeping{Keeps: true}}
	for name, typed := range values {
		m := rowName.FindStringSubmatch(name)
		if m == nil {
			d.fields[name] = typed
			continue
		}
		i, _ := strconv.Atoi(m[2])
		if i < maxRows {
			d.setRow(m[1], i, m[3], typed)
		}
	}
	return d
}

func (d *draftWords) setRow(list string, i int, field string, typed []string) {
	if list == "measures" {
		for len(d.measures) <= i {
			d.measures = append(d.measures, measureWords{})
		}
		switch field {
		case "id":
			d.measures[i].id = typed[0]
		case "text":
			d.measures[i].text = typed[0]
		case "authority_ids":
			d.measures[i].authorities = typed
		case "find":
			d.measures[i].find = typed[0]
		}
		return
	}
	for len(d.groups) <= i {
		d.groups = append(d.groups, groupWords{})
	}
	switch field {
	case "people":
		d.groups[i].people = typed[0]
	case "method":
		d.groups[i].method = typed[0]
	case "number":
		d.groups[i].number = typed[0]
	}
}

// edit does what a button beside the rows asks for ("add_measure", "remove_measure:2", "raise_measure:2", "add_group",
// "remove_group:0", "find:2") and returns the anchor of the row to show; false if the button is none of these.
func (d *draftWords) edit(button string) (anchor string, rows bool) {
	act, number, _ := strings.Cut(button, ":")
	i, _ := strconv.Atoi(number)
	switch act {
	case "add_measure":
		d.measures = append(d.measures, measureWords{})
		return fmt.Sprintf("measure-%d", len(d.measures)), true
	case doFind:
		return fmt.Sprintf("measure-%d", i+1), true
	case "remove_measure":
		d.measures = removeRow(d.measures, i)
		return "measures", true
	case "raise_measure":
		if i > 0 && i < len(d.measures) {
			d.measures[i-1], d.measures[i] = d.measures[i], d.measures[i-1]
		}
		return fmt.Sprintf("measure-%d", i), true
	case "add_group":
		d.groups = append(d.groups, groupWords{})
		return "listened", true
	case "remove_group":
		d.groups = removeRow(d.groups, i)
		return "listened", true
	}
	return "", false
}

func removeRow[T any](rows []T, i int) []T {
	if i < 0 || i >= len(rows) {
		return rows
	}
	return slices.Delete(rows, i, i+1)
}

// dropEmpty leaves out rows in which nothing was written, so that a row too many keeps nobody from saving.
func (d *draftWords) dropEmpty() {
	d.measures = slices.DeleteFunc(d.measures, func(m measureWords) bool {
		return strings.TrimSpace(m.text) == "" && len(m.authorities) == 0 && m.id == ""
	})
	d.groups = slices.DeleteFunc(d.groups, func(g groupWords) bool { return strings.TrimSpace(g.people+g.method+g.number) == "" })
}

// values are the names and values to show in the form again.
func (d draftWords) values() url.Values {
	v := url.Values{}
	for name, typed := range d.fields {
		v[name] = typed
	}
	for i, m := range d.measures {
		row := fmt.Sprintf("measures[%d].", i)
		v.Set(row+"id", m.id)
		v.Set(row+"text", m.text)
		v[row+"authority_ids"] = m.authorities
		if m.find != "" {
			v.Set(row+"find", m.find)
		}
	}
	for i, g := range d.groups {
		row := fmt.Sprintf("consulted[%d].", i)
		v.Set(row+"people", g.people)
		v.Set(row+"method", g.method)
		v.Set(row+"number", g.number)
	}
	return v
}

// input reads the words as a request and says what is wrong with which field.
func (d draftWords) input() (models.RecommendationInput, error) {
	bad := apperr.New(apperr.CodeInvalid)
	in := models.RecommendationInput{
		Kind:           d.fields.Get("kind"),
		Language:       d.fields.Get("language"),
		OrganisationID: readID(bad, "organisation_id", d.fields.Get("organisation_id")),
		Procedure:      d.fields.Get("procedure"),
		NeededBy:       readDay(bad, "needed_by", d.fields.Get("needed_by")),
		Languages:      d.fields["languages"],
		Countries:      d.fields["countries"],
		Topics:         d.fields["topics"],
		Challenges:     d.fields["challenges"],
		GrantIDs:       readIDs(bad, "grant_ids", d.fields["grant_ids"]),
		Draft: models.Draft{
			Title: strings.TrimSpace(d.fields.Get("title")),
			Body:  d.fields.Get("body"),
			Note:  strings.TrimSpace(d.fields.Get("note")),
		},
	}
	for i, g := range d.groups {
		in.Consulted = append(in.Consulted, models.ConsultedGroup{People: strings.TrimSpace(g.people), Method: strings.TrimSpace(g.method),
			Number: readNumber(bad, fmt.Sprintf("consulted[%d].number", i), g.number)})
	}
	for i, m := range d.measures {
		in.Measures = append(in.Measures, m.draft(bad, fmt.Sprintf("measures[%d].", i)))
	}
	return in, bothFaults(bad, validation.Check(in))
}

func (m measureWords) draft(bad *apperr.Error, row string) models.DraftMeasure {
	d := models.DraftMeasure{Text: strings.TrimSpace(m.text), AuthorityIDs: readIDs(bad, row+"authority_ids", m.authorities)}
	if m.id != "" {
		id := readID(bad, row+"id", m.id)
		d.ID = &id
	}
	return d
}

// bothFaults joins what could not be read with what breaks a rule; a field that could not be read is blamed once.
func bothFaults(unread *apperr.Error, rules error) error {
	if err := unread.Take(rules); err != nil {
		return err
	}
	return unread.OrNil()
}

func readID(bad *apperr.Error, path, typed string) uuid.UUID {
	if typed == "" {
		return uuid.Nil
	}
	id, err := uuid.Parse(typed)
	if err != nil {
		bad.And(path, "unknown")
	}
	return id
}

func readIDs(bad *apperr.Error, path string, typed []string) []uuid.UUID {
	ids := make([]uuid.UUID, 0, len(typed))
	for _, t := range typed {
		id, err := uuid.Parse(t)
		if err != nil {
			bad.And(path, "unknown")
			break
		}
		ids = append(ids, id)
	}
	return ids
}

func readDay(bad *apperr.Error, path, typed string) *models.Day {
	typed = strings.TrimSpace(typed)
	if typed == "" {
		return nil
	}
	t, err := time.Parse(time.DateOnly, typed)
	if err != nil {
		bad.And(path, "date")
		return nil
	}
	day := models.Day(t)
	return &day
}

func readNumber(bad *apperr.Error, path, typed string) int {
	typed = strings.TrimSpace(typed)
	if typed == "" {
		return 0
	}
	n, err := strconv.Atoi(typed)
	if err != nil {
		bad.And(path, "number")
	}
	return n
}

// wordsOf are the words of a recommendation as it stands, for the form that edits it.
func wordsOf(r *models.Recommendation, v *models.Version, procedure string) draftWords {
	d := draftWords{fields: url.Values{
		"kind": {r.Kind}, "language": {r.Language}, "organisation_id": {r.OrganisationID.String()}, "procedure": {procedure},
		"languages": r.Languages, "countries": r.Countries, "topics": r.Topics, "challenges": r.Challenges,
		"title": {v.Title}, "body": {v.Body}, "seen": {strconv.Itoa(v.Number)},
	}}
	if r.NeededBy != nil {
		d.fields.Set("needed_by", r.NeededBy.Format(time.DateOnly))
	}
	for _, g := range r.GrantIDs {
		d.fields.Add("grant_ids", g.String())
	}
	for _, g := range r.Consulted {
		d.groups = append(d.groups, groupWords{g.People, g.Method, strconv.Itoa(g.Number)})
	}
	for _, m := range v.Measures {
		row := measureWords{id: m.ID.String(), text: m.Text}
		for _, a := range m.AuthorityIDs {
			row.authorities = append(row.authorities, a.String())
		}
		d.measures = append(d.measures, row)
	}
	return d
}
