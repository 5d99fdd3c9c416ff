package web

import (
	"strings"
	"time"

	"tribuna/internal/i18n"
)

// besideRow is one thing beside the text, as somebody else left it and as it stands in the form.
type besideRow struct {
	Label        string
	Theirs, Mine []string // empty: nothing
}

// compare lists what differs beside the text.
func (c draftChoices) compare(l *i18n.Localizer, theirs, mine draftWords) []besideRow {
	rows := []besideRow{{l.T("field.needed_by"), dayOf(l, theirs), dayOf(l, mine)}}
	for _, list := range []struct {
		name    string
		options []Option
	}{{"countries", c.Countries}, {"languages", c.Languages}, {"topics", c.Topics}, {"challenges", c.Challenges}, {"grant_ids", c.Grants}} {
		rows = append(rows, besideRow{l.T("field." + list.name), labelsOf(list.options, theirs.fields[list.name]), labelsOf(list.options, mine.fields[list.name])})
	}
	rows = append(rows, besideRow{l.T("draft.section.listened"), theirs.groupLines(), mine.groupLines()})
	var different []besideRow
	for _, row := range rows {
		if strings.Join(row.Theirs, "\n") != strings.Join(row.Mine, "\n") {
			different = append(different, row)
		}
	}
	return different
}

func dayOf(l *i18n.Localizer, d draftWords) []string {
	typed := d.fields.Get("needed_by")
	if typed == "" {
		return nil
	}
	day, err := time.Parse(time.DateOnly, typed)
	if err != nil {
		return []string{typed}
	}
	return []string{l.Date(day, time.UTC)}
}

// groupLines writes who was listened to, a line each.
func (d draftWords) groupLines() []string {
	var lines []string
	for _, g := range d.groups {
		lines = append(lines, strings.Join([]string{strings.TrimSpace(g.people), strings.TrimSpace(g.method), g.number}, ", "))
	}
	return lines
}
