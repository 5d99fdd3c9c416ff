package web

import (
	"context"
	"strings"

	"tribuna/internal/i18n"
	"tribuna/internal/record"
	"tribuna/models"
)

// journalNames reads what the journal knows by a short key: lines of the network's lists and procedures have names in the
// reader's language. What was removed since keeps its key.
func (s *Server) journalNames(ctx context.Context, l *i18n.Localizer) (map[string]i18n.Words, error) {
	names := map[string]i18n.Words{}
	for _, list := range referenceLists {
		lines, err := list.All(ctx, s.DB)
		if err != nil {
			return nil, err
		}
		for _, line := range lines {
			names[string(list)+":"+line.Key] = l.Name(line.Names)
			if list == models.ListLanguages {
				names[string(list)+":"+line.Key] = i18n.Said(l.Language(line.Key))
			}
		}
	}
	kept, err := models.PeopleLists(ctx, s.DB)
	if err != nil {
		return nil, err
	}
	for _, list := range kept {
		names["list:"+list.ID.String()] = i18n.Said(list.Name)
	}
	procedures, err := models.Procedures(ctx, s.DB)
	for _, p := range procedures {
		names["procedure:"+p.Slug] = l.Name(p.Names)
	}
	return names, err
}

// keyed names what an act was about that has a key and no id.
func (m *minutes) keyed(it record.Item) i18n.Words {
	key := it.Facts["slug"]
	if it.Verb == "recommendations.imported" {
		var sources []string
		for source := range strings.SplitSeq(key, ", ") {
			sources = append(sources, sourceName(m.l, source))
		}
		return i18n.Said(m.l.ListAnd(sources))
	}
	if name, known := m.keys[it.ObjectKind+":"+key]; known && name.Text != "" {
		return name
	}
	return i18n.Said(key)
}
