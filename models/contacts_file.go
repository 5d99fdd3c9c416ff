package models

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// ContactFields are the fields that columns can fill.
func ContactFields(kind string) []string {
	if kind == ContactsOrganisations {
		return []string{"name", "kind", "countries", "parent", "member_from", "member_until", "voting_unit"}
	}
	return []string{"name", "email", "language", "country", "languages", "topics", "organisation", "role"}
}

// contactHeaders are what columns are called in lists people keep, in the network's languages.
var contactHeaders = map[string][]string{
	"name":         {"name", "full name", "име", "име и фамилия", "emri", "emri dhe mbiemri", "nume", "nume și prenume", "ime", "ime i prezime", "naziv", "organisation", "organization"},
	"email":        {"email", "e-mail", "mail", "email address", "имейл", "e-mail adresa", "adresa e e-mailit", "adresă de e-mail", "e-pošta"},
	"language":     {"language", "език", "gjuha", "limba", "jezik", "locale"},
	"country":      {"country", "държава", "страна", "vendi", "shteti", "țara", "tara", "zemlja", "država"},
	"languages":    {"languages", "езици", "gjuhët", "limbi", "jezici"},
	"topics":       {"topics", "expertise", "теми", "temat", "teme", "fields"},
	"organisation": {"organisation", "organization", "организация", "organizata", "organizația", "organizația", "organizacija", "employer"},
	"role":         {"role", "роля", "roli", "rol", "uloga"},
	"kind":         {"kind", "type", "вид", "lloji", "tip", "vrsta"},
	"countries":    {"countries", "country", "държави", "държава", "vendet", "țări", "zemlje"},
	"parent":       {"parent", "belongs to", "част от", "i përket", "face parte din", "pripada"},
	"member_from":  {"member_from", "member from", "joined", "first day", "първи ден", "dita e parë", "prima zi", "prvi dan"},
	"member_until": {"member_until", "member until", "left", "last day", "последен ден", "dita e fundit", "ultima zi", "posljednji dan"},
	"voting_unit":  {"voting_unit", "voting unit", "votes with", "vote with", "гласува с", "voton me", "votează cu", "glasa sa"},
}

// guessMapping guesses which field each column fills: each field once.
func guessMapping(kind string, header []string) []string {
	mapping := make([]string, len(header))
	fields := ContactFields(kind)
	for i, name := range header {
		called := strings.ToLower(strings.TrimSpace(name))
		for _, f := range fields {
			if (called == f || slices.Contains(contactHeaders[f], called)) && !slices.Contains(mapping, f) {
				mapping[i] = f
				break
			}
		}
	}
	return mapping
}

// contactFile is a file as read; a fault makes it unusable. Of a workbook it is one sheet.
type contactFile struct {
	header []string
	rows   []contactLine
	faults []ImportFault
	sheets []string // of a workbook
	sheet  string   // the one that was read
}

type contactLine struct {
	line   int
	values []string
}

// readContacts reads a workbook, or a list whatever sign stands between its columns, as spreadsheets of different countries
// write it.
func readContacts(content []byte, sheet string) contactFile {
	if isWorkbook(content) {
		return readWorkbook(content, sheet)
	}
	var f contactFile
	content = bytes.TrimPrefix(content, []byte("\ufeff"))
	if !utf8.Valid(content) {
		return contactFile{faults: []ImportFault{{Rule: "encoding"}}}
	}
	r := csv.NewReader(bytes.NewReader(content))
	r.Comma, r.FieldsPerRecord, r.TrimLeadingSpace = delimiter(content), -1, true
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		var parse *csv.ParseError
		if errors.As(err, &parse) {
			f.faults = append(f.faults, ImportFault{Line: parse.StartLine, Rule: "quote"})
			break
		}
		line, _ := r.FieldPos(0)
		if !f.take(contactLine{line, record}) {
			return f
		}
	}
	f.mindEmpty()
	return f
}

// take adds a line, the first of which names the columns; false where there are too many.
func (f *contactFile) take(line contactLine) bool {
	switch {
	case f.header == nil:
		f.header = line.values
	case len(f.rows) == ContactsMaxRows:
		f.faults = append(f.faults, ImportFault{Rule: "too_many_rows", Args: map[string]any{"Most": ContactsMaxRows}})
		return false
	case strings.TrimSpace(strings.Join(line.values, "")) != "":
		f.rows = append(f.rows, line)
	}
	return true
}

// mindEmpty blames a file in which nothing stands.
func (f *contactFile) mindEmpty() {
	if len(f.rows) == 0 && len(f.faults) == 0 {
		f.faults = []ImportFault{{Rule: "no_rows"}}
	}
}

func delimiter(content []byte) rune {
	first, _, _ := bytes.Cut(content, []byte("\n"))
	best, most := ',', 0
	for _, d := range []rune{',', ';', '\t'} {
		if n := bytes.Count(first, []byte(string(d))); n > most {
			best, most = d, n
		}
	}
	return best
}
