package web

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/google/uuid"

	"tribuna/internal/i18n"
	"tribuna/internal/worddiff"
	"tribuna/models"
)

// compareChoices adds to words that were left in the form of a mailing, and are compared with what it holds, in what was chosen they
// differ: whom it is for, its settings, and what it has beside its texts.
func (s *Server) compareChoices(r *http.Request, c mailingCase, now url.Values, offer *keptOffer) error {
	kept, err := models.KeptWordsOf(r.Context(), s.DB, c.visitor.Person.ID, c.keptForm().name)
	if err != nil || kept == nil {
		return err
	}
	left := onlyOf(c.kind, kept.Fields)
	was, err := s.choicesInWords(r, c, now, left)
	if err != nil {
		return err
	}
	is, err := s.choicesInWords(r, c, left, left)
	offer.Changes = append(keptChanges(Localizer(r), c.keptForm(), now, left), choicesChanged(was, is)...)
	offer.Differs = choicesDiffer(now, left)
	return err
}

// choicesInWords says what is chosen in the form of a mailing, of what is asked in a form that was sent.
func (s *Server) choicesInWords(r *http.Request, c mailingCase, values, asked url.Values) ([]labelled, error) {
	l := Localizer(r)
	facts, err := s.audienceInWords(r, c, audienceOf(values, c.rec.ID))
	if err != nil {
		return nil, err
	}
	say := func(label, text string) {
		if text != "" {
			facts = append(facts, labelled{label, i18n.Said(text)})
		}
	}
	if asked.Has("campaign_id") {
		called, err := s.campaignCalled(r, c, values.Get("campaign_id"))
		if err != nil {
			return nil, err
		}
		say(l.T("campaign.of_mailing"), called)
	}
	say(l.T("mailing.fallback"), l.Language(values.Get("fallback_language")))
	if values.Get("counts_links") != "" {
		say(l.T("mailing.counts_links"), l.T("question.answer.yes"))
	}
	switch c.kind {
	case models.MailingKindNewsletter:
		items, err := s.itemTitles(r.Context(), l, readItems(values, map[string]string{}), c.rec.Language)
		if err != nil {
			return nil, err
		}
		say(l.T("mailing.items"), l.List(items).Text)
	case models.MailingKindRepresentative:
		offered, err := s.writableAuthorities(r.Context(), l)
		if err != nil {
			return nil, err
		}
		say(l.T("mailing.authorities"), l.List(offeredWords(l, offered, values["authorities"], "")).Text)
		say(l.T("mailing.write_until"), values.Get("write_until"))
	case models.MailingKindEvent:
		for _, name := range eventOrder {
			say(fieldLabel(name, l), values.Get(name))
		}
	}
	return facts, nil
}

// eventOrder are the fields of an event as the form asks for them.
var eventOrder = []string{"event.day", "event.time", "event.zone", "event.end_day", "event.end_time", "event.place", "event.link"}

// campaignCalled names the campaign that was chosen; "" where none was.
func (s *Server) campaignCalled(r *http.Request, c mailingCase, chosen string) (string, error) {
	if chosen == campaignNew {
		return Localizer(r).T("campaign.of_mailing_new"), nil
	}
	id, err := uuid.Parse(chosen)
	if err != nil {
		return "", nil
	}
	list, err := s.campaignsOf(r, c)
	for _, campaign := range list {
		if campaign.ID == id {
			return campaign.Called.Title, err
		}
	}
	return "", err
}

// choicesChanged are the facts that differ, those first that stand in the form.
func choicesChanged(was, is []labelled) []keptChange {
	texts := func(facts []labelled) map[string]string {
		of := map[string]string{}
		for _, f := range facts {
			of[f.Label] = f.Text.Text
		}
		return of
	}
	before, after := texts(was), texts(is)
	var changes []keptChange
	seen := map[string]bool{}
	for _, f := range slices.Concat(was, is) {
		if !seen[f.Label] && before[f.Label] != after[f.Label] {
			changes = append(changes, keptChange{f.Label, foldSame(worddiff.Paragraphs(before[f.Label], after[f.Label]))})
		}
		seen[f.Label] = true
	}
	return changes
}

// notChosen are fields of the form of a mailing that are no part of the mailing.
var notChosen = []string{"revision", "segment", "segment_name", "find_person", "add"}

// choicesDiffer reports whether anything differs at all that was left in the form of a mailing: of two people who are left out, words say
// only how many they are. Boxes that are not ticked are not sent.
func choicesDiffer(now, kept url.Values) bool {
	boxes := append(slices.Clone(audienceFields), "counts_links", "authorities")
	said := func(values []string) []string {
		var all []string
		for _, v := range values {
			if v = strings.TrimSpace(typed(v)); v != "" {
				all = append(all, v)
			}
		}
		slices.Sort(all)
		return all
	}
	for name := range kept {
		if !slices.Contains(notChosen, name) && !slices.Equal(said(now[name]), said(kept[name])) {
			return true
		}
	}
	return slices.ContainsFunc(boxes, func(name string) bool { return !slices.Equal(said(now[name]), said(kept[name])) })
}

// keptLabel names a field of a text, a letter or an item in a language; "" for any other.
func keptLabel(l *i18n.Localizer, name string, now, kept url.Values) string {
	if strings.HasPrefix(name, "items[") && strings.HasSuffix(name, "].link") {
		return l.T("mailing.item_link")
	}
	m := languageField.FindStringSubmatch(name)
	if m == nil || m[2] == "language" {
		return ""
	}
	tag := cmp.Or(kept.Get(m[1]+".language"), now.Get(m[1]+".language"))
	return l.T("mailing.field_in", "Field", fieldOfText(l, m[1], m[2]), "Language", l.Language(tag))
}
