package models

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of a file of recommendations issued by others.
const (
	ImportMaxBytes = 10 << 20
	ImportMaxRows  = 20_000
)

// ImportColumns are the columns of such a file. They may stand in any order; each must be there once.
func ImportColumns() []string {
	return []string{"external_ref", "source", "addressee_country", "session", "issued_by", "response", "action_category", "topics", "text"}
}

// importMax is how many characters a field may have. What is not named here has a rule of its own.
var importMax = map[string]int{"external_ref": 60, "source": 60, "session": 40, "issued_by": 200, "response": 60, "topics": 2000, "text": 4000}

// importMayBeEmpty are the columns in which a row may say nothing.
var importMayBeEmpty = []string{"action_category", "topics"}

// ImportFault says what is wrong with a file, and where. Line 0 is the file as a whole. Rule completes the catalog key
// "imported.fault.<rule>".
type ImportFault struct {
	Line   int            `json:"line"`
	Column string         `json:"column,omitempty"`
	Rule   string         `json:"rule"`
	Args   map[string]any `json:"args,omitempty"`
}

// importRow is one line of the file as read.
type importRow struct {
	line                         int
	ref, source, country         string
	session, issuedBy, text      string
	response, category, topicSet string
}

// importFile reads a file and gathers all that is wrong with it.
type importFile struct {
	rows    []importRow
	faults  []ImportFault
	columns []string // as the file orders them
	refs    map[string]int
}

func (f *importFile) blame(line int, column, rule string, args ...any) {
	fault := ImportFault{Line: line, Column: column, Rule: rule, Args: map[string]any{}}
	for i := 0; i+1 < len(args); i += 2 {
		fault.Args[args[i].(string)] = args[i+1]
	}
	f.faults = append(f.faults, fault)
}

// readImport reads a file as far as it can be read.
func readImport(content []byte) *importFile {
	f := &importFile{refs: map[string]int{}}
	if len(content) > ImportMaxBytes {
		f.blame(0, "", "too_large", "Most", ImportMaxBytes>>20)
		return f
	}
	content = bytes.TrimPrefix(content, []byte("\ufeff")) // as spreadsheets write it
	if f.unreadable(content) {
		return f
	}
	r := csv.NewReader(bytes.NewReader(content))
	r.FieldsPerRecord, r.ReuseRecord = -1, true
	if !f.readHeader(r) {
		return f
	}
	for f.readRow(r) {
	}
	if len(f.rows) == 0 && len(f.faults) == 0 {
		f.blame(0, "", "no_rows")
	}
	return f
}

// zipBegins is how documents and workbooks of office programs begin, which are ZIP files.
var zipBegins = []byte("PK\x03\x04")

// unreadable blames every line that is not UTF-8, or once a document that is no text at all.
func (f *importFile) unreadable(content []byte) bool {
	if bytes.HasPrefix(content, zipBegins) {
		f.blame(0, "", "not_text")
		return true
	}
	if utf8.Valid(content) {
		return false
	}
	line := 0
	for text := range bytes.Lines(content) {
		line++
		if !utf8.Valid(text) {
			f.blame(line, "", "encoding")
		}
	}
	return true
}

func (f *importFile) readHeader(r *csv.Reader) bool {
	record, err := r.Read()
	if errors.Is(err, io.EOF) {
		f.blame(0, "", "no_rows")
		return false
	}
	if err != nil {
		return f.broken(err)
	}
	for _, name := range record {
		name = strings.TrimSpace(name)
		switch {
		case !slices.Contains(ImportColumns(), name):
			f.blame(1, short(name), "column_unknown")
		case slices.Contains(f.columns, name):
			f.blame(1, name, "column_twice")
		}
		f.columns = append(f.columns, name)
	}
	known := 0
	for _, name := range ImportColumns() {
		if slices.Contains(f.columns, name) {
			known++
		} else {
			f.blame(1, name, "column_missing")
		}
	}
	if known == 0 { // another file altogether, or other signs between the columns: one sentence says it
		f.faults = nil
		f.blame(1, "", "header", "Columns", strings.Join(ImportColumns(), ", "))
	}
	return len(f.faults) == 0
}

// broken blames the line in which the form of the file breaks: what comes after it cannot be told apart.
func (f *importFile) broken(err error) bool {
	line := 1
	var parse *csv.ParseError
	if errors.As(err, &parse) {
		line = parse.StartLine
	}
	f.blame(line, "", "quote")
	return false
}

// readRow reads one line and reports whether there may be more.
func (f *importFile) readRow(r *csv.Reader) bool {
	record, err := r.Read()
	if errors.Is(err, io.EOF) {
		return false
	}
	if err != nil {
		return f.broken(err)
	}
	line, _ := r.FieldPos(0)
	if len(f.rows) == ImportMaxRows {
		f.blame(line, "", "too_many_rows", "Most", ImportMaxRows)
		return false
	}
	row := importRow{line: line}
	if len(record) != len(f.columns) {
		f.blame(line, "", "fields", "Want", len(f.columns), "Got", len(record))
		return true
	}
	fields := row.fields()
	for i, name := range f.columns {
		*fields[name] = f.value(line, name, record[i])
	}
	f.check(&row)
	f.rows = append(f.rows, row)
	return true
}

// fields are where each column of the file goes.
func (row *importRow) fields() map[string]*string {
	return map[string]*string{"external_ref": &row.ref, "source": &row.source, "addressee_country": &row.country, "session": &row.session,
		"issued_by": &row.issuedBy, "response": &row.response, "action_category": &row.category, "topics": &row.topicSet, "text": &row.text}
}

// value returns a field without the space around it, and blames what no field of its column may hold.
func (f *importFile) value(line int, column, raw string) string {
	value := strings.TrimSpace(raw)
	switch most := importMax[column]; {
	case value == "" && !slices.Contains(importMayBeEmpty, column):
		f.blame(line, column, "empty")
	case most > 0 && utf8.RuneCountInString(value) > most:
		f.blame(line, column, "too_long", "Most", most, "Got", utf8.RuneCountInString(value))
	case strings.ContainsFunc(value, func(c rune) bool { return unicode.IsControl(c) && (column != "text" || c != '\n' && c != '\t') }):
		f.blame(line, column, "characters")
	}
	return value
}

// check blames what can be seen without asking the network.
func (f *importFile) check(row *importRow) {
	if first, taken := f.refs[row.ref]; taken && row.ref != "" {
		f.blame(row.line, "external_ref", "twice", "Value", short(row.ref), "First", first)
	} else {
		f.refs[row.ref] = row.line
	}
	if own, known := ImportSourceOf(row.source).response(row.response); known {
		row.response = own
	} else if row.response != "" {
		f.blame(row.line, "response", "response", "Value", short(row.response), "Source", row.source)
	}
	if n, err := strconv.Atoi(row.category); row.category != "" && (err != nil || n < 1 || n > 5) {
		f.blame(row.line, "action_category", "category", "Value", short(row.category))
	}
}

// categoryNumber is the row's category of action; nil for none.
func (row importRow) categoryNumber() *int {
	n, err := strconv.Atoi(row.category)
	if err != nil {
		return nil
	}
	return &n
}

// topics are the source's topics, which the file separates by semicolons.
func (row importRow) topics() []string {
	list := []string{}
	for topic := range strings.SplitSeq(row.topicSet, ";") {
		if topic = strings.TrimSpace(topic); topic != "" {
			list = append(list, topic)
		}
	}
	return list
}

// short cuts what is quoted from a file to what fits into a sentence.
func short(value string) string {
	const most = 60
	if runes := []rune(value); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return value
}
