package web

import (
	"slices"
	"strings"
	"time"

	"tribuna/internal/i18n"
)

// besideRow is one thing beside the text, as somebody else left it and as it stands in the form.
type besideRow struct {
	Label        string
	Theirs, Mine []i18n.Words // empty: nothing
}

// compare lists what differs beside the text.
func (c draftChoices) compare(l *i18n.Localizer, theirs, mine draftWords) []besideRow {
	rows := []besideRow{{l.T("field.needed_by"), dayOf(l, theirs), dayOf(l, mine)}}
	for _, list := range []struct {
		name    string
		options []Option
	}{{"countries", c.Countries}, {"languages", c.Languages}, {"topics", c.Topics}, {"challenges", c.Challenges}, {"grant_ids", c.Grants}} {
		rows = append(rows, besideRow{l.T("field." + list.name), labelsOf(l, list.options, theirs.fields[list.name]), labelsOf(l, list.options, mine.fields[list.name])})
	}
	rows = append(rows, besideRow{l.T("draft.section.listened"), theirs.groupLines(), mine.groupLines()})
	var different []besideRow
	for _, row := range rows {
		if !slices.Equal(row.Theirs, row.Mine) {
			different = append(different, row)
		}
	}
	return different
}

func dayOf(l *i18n.Localizer, d draftWords) []i18n.Words {
	typed := d.fields.Get("needed_by")
	if typed == "" {
		return nil
	}
	day, err := time.Parse(time.DateOnly, typed)
	if err != nil {
		return []i18n.Words{i18n.Said(typed)}
	}
	return []i18n.Words{i18n.Said(l.Date(day, time.UTC))}
}

// groupLines writes who was listened to, a line each.
func (d draftWords) groupLines() []i18n.Words {
	var lines []i18n.Words
	for _, g := range d.groups {
		lines = append(lines, i18n.Said(strings.Join([]string{strings.TrimSpace(g.people), strings.TrimSpace(g.method), g.number}, ", ")))
	}
	return lines
}
