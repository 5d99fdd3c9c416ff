package web

import (
	"net/http"

	"github.com/google/uuid"

	"tribuna/internal/i18n"
	"tribuna/models"
)

// audienceInWords says in words by what an audience is chosen, as the form of a mailing calls it; nothing for an audience without limits.
func (s *Server) audienceInWords(r *http.Request, c mailingCase, a models.Audience) ([]labelled, error) {
	l := Localizer(r)
	names, err := s.countryNames(r)
	if err != nil {
		return nil, err
	}
	offered, err := s.audienceChoices(r.Context(), l, c)
	if err != nil {
		return nil, err
	}
	var facts []labelled
	add := func(key string, words []i18n.Words) {
		if len(words) > 0 {
			facts = append(facts, labelled{l.T(key), l.List(words)})
		}
	}
	each := func(codes []string, say func(string) i18n.Words) (words []i18n.Words) {
		for _, code := range codes {
			words = append(words, say(code))
		}
		return words
	}
	add("mailing.roles", each(a.Roles, func(role string) i18n.Words { return i18n.Said(l.T("mailing.role." + role)) }))
	add("mailing.countries", each(a.Countries, func(code string) i18n.Words { return names.names[code] }))
	add("mailing.languages", each(a.Languages, func(tag string) i18n.Words { return i18n.Said(l.Language(tag)) }))
	add("mailing.lists", offeredWords(l, offered.Lists, stringsOf(a.Lists), "list.gone"))
	add("mailing.organisations", offeredWords(l, offered.Organisations, stringsOf(a.Organisations), ""))
	add("mailing.topics", offeredWords(l, offered.Topics, a.Topics, ""))
	add("mailing.engagement", offeredWords(l, offered.Engagement, a.Engagement, ""))
	add("mailing.not_reached", offeredWords(l, offered.Mailings, stringsOf(a.NotReached), "mailing.earlier"))
	if a.Except.Acted {
		facts = append(facts, labelled{l.T("mailing.except"), i18n.Said(l.T("mailing.except_acted_chosen"))})
	}
	add("mailing.except_lists", offeredWords(l, offered.Lists, stringsOf(a.Except.Lists), "list.gone"))
	add("mailing.except_organisations", offeredWords(l, offered.Organisations, stringsOf(a.Except.Organisations), ""))
	add("mailing.except_mailings", offeredWords(l, offered.Mailings, stringsOf(a.Except.Mailings), "mailing.earlier"))
	for _, n := range []struct {
		key    string
		people []uuid.UUID
	}{{"mailing.out", a.Except.People}, {"mailing.again", a.Again}} {
		if len(n.people) > 0 {
			facts = append(facts, labelled{l.T(n.key), i18n.Said(l.N("list.people", len(n.people)))})
		}
	}
	if a.AgainUnknown {
		facts = append(facts, labelled{l.T("mailing.again"), i18n.Said(l.T("mailing.again_unknown"))})
	}
	return facts, nil
}

// offeredWords names those of some choices that were chosen; what is offered no more is called as the key says, or left out.
func offeredWords(l *i18n.Localizer, offered []Option, chosen []string, gone string) []i18n.Words {
	var words []i18n.Words
	for _, value := range chosen {
		known := false
		for _, o := range offered {
			if o.Value == value {
				words, known = append(words, o.words(l)), true
			}
		}
		if !known && gone != "" {
			words = append(words, i18n.Said(l.T(gone)))
		}
	}
	return words
}
