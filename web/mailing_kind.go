package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"tribuna/internal/apperr"
	"tribuna/internal/i18n"
	"tribuna/models"
)

// kindsToBegin are the kinds that a mailing can be begun as, the usual one first.
var kindsToBegin = []string{models.MailingKindCampaign, models.MailingKindNewsletter, models.MailingKindEvent, models.MailingKindRepresentative}

// kindAsked is the kind that the address of a new mailing names; a campaign where it names none.
func kindAsked(r *http.Request) string {
	if kind := r.URL.Query().Get("kind"); slices.Contains(kindsToBegin, kind) {
		return kind
	}
	return models.MailingKindCampaign
}

// mailingTitle is what the pages of a mailing of a kind are called.
func mailingTitle(l *i18n.Localizer, kind string) string {
	if kind == models.MailingKindCampaign {
		return l.T("mailing.title")
	}
	return l.T("mailing.kind." + kind)
}

// beginMailing is the address of the form for a new mailing of a kind, in a campaign unless that is "".
func beginMailing(recommendation uuid.UUID, kind, campaign string) string {
	path, query := recommendationPath(recommendation)+"/mailings/new", url.Values{}
	if kind != models.MailingKindCampaign {
		query.Set("kind", kind)
	}
	if campaign != "" {
		query.Set("campaign", campaign)
	}
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	return path
}

// kindLink is a kind of mailing to begin, and where the form is sent to go on as it; Href is "" of the one that is being written.
type kindLink struct{ Name, Href string }

// mailingItemView is one item of a newsletter in the form: a recommendation with its title, or fields to write.
type mailingItemView struct {
	Index       int
	Name        string // of its fields: "items[0]"
	ID          string // of the recommendation; "" of an item of its own
	Title, Lang string // of the recommendation; no title: it cannot be read any more
	First, Last bool
	Texts       []mailingTextView
}

// Field names one of the item's fields.
func (i mailingItemView) Field(name string) string { return i.Name + "." + name }

// mailingContentView is what the form has beside audience and texts, by the kind of the mailing.
type mailingContentView struct {
	Kind        string
	Kinds       []kindLink  // of a new mailing
	Passed      []string    // likewise, kinds that it was of before
	Carried     []heldField // likewise, what was written for those
	Items       []mailingItemView
	Published   []Option // that a newsletter could carry as well
	Authorities []Option // that can be written to
	Clocks      []Option // by which the time of an event can be told
}

func itemName(i int) string   { return fmt.Sprintf("items[%d]", i) }
func letterName(i int) string { return fmt.Sprintf("letters[%d]", i) }

// The buttons of a newsletter's form that change its items; those of one item end in its place.
const (
	doAddItem    = "item-add"
	doOwnItem    = "item-own"
	doItemUp     = "item-up-"
	doItemDown   = "item-down-"
	doItemRemove = "item-remove-"
)

// readContent gathers what a mailing has beside its texts. The names lead from where the content has something to where it was
// written, for languages without a word are left out.
func readContent(values url.Values) (c models.MailingContent, names map[string]string) {
	names = map[string]string{}
	c.Authorities, c.Event = idsOf(values["authorities"]), readEvent(values)
	c.Items = readItems(values, names)
	for i := 0; values.Has(letterName(i) + ".language"); i++ {
		l := models.PreparedLetter{Language: values.Get(letterName(i) + ".language"),
			Subject: typed(values.Get(letterName(i) + ".subject")), Body: typed(values.Get(letterName(i) + ".body"))}
		if l.Subject != "" || l.Body != "" {
			names[letterName(len(c.Letters))] = letterName(i)
			c.Letters = append(c.Letters, l)
		}
	}
	return c, names
}

func readItems(values url.Values, names map[string]string) []models.MailingItem {
	var items []models.MailingItem
	for i := 0; i < maxRows && values.Has(itemName(i)+".of"); i++ {
		var item models.MailingItem
		if id, err := uuid.Parse(values.Get(itemName(i) + ".of")); err == nil {
			item.RecommendationID = &id
			items = append(items, item)
			continue
		}
		item.Link = typed(values.Get(itemName(i) + ".link"))
		for k := 0; values.Has(itemName(i) + "." + textName(k) + ".language"); k++ {
			at := itemName(i) + "." + textName(k)
			t := models.MailingItemText{Language: values.Get(at + ".language"), Heading: typed(values.Get(at + ".heading")), Body: typed(values.Get(at + ".body"))}
			if t.Heading != "" || t.Body != "" {
				names[itemName(i)+"."+textName(len(item.Texts))] = at
				item.Texts = append(item.Texts, t)
			}
		}
		items = append(items, item)
	}
	return items
}

// setItems puts items into the fields of the form in the place of those that were in it.
func setItems(values url.Values, items []models.MailingItem, languages []models.Language) {
	for name := range values {
		if strings.HasPrefix(name, "items[") {
			values.Del(name)
		}
	}
	for i, item := range items {
		if item.RecommendationID != nil {
			values.Set(itemName(i)+".of", item.RecommendationID.String())
			continue
		}
		values.Set(itemName(i)+".of", "")
		values.Set(itemName(i)+".link", item.Link)
		for k, language := range languages {
			at := itemName(i) + "." + textName(k)
			values.Set(at+".language", language.Tag)
			for _, t := range item.Texts {
				if t.Language == language.Tag {
					values.Set(at+".heading", t.Heading)
					values.Set(at+".body", t.Body)
				}
			}
		}
	}
}

func setLetters(values url.Values, letters []models.PreparedLetter, languages []models.Language) {
	for i, language := range languages {
		values.Set(letterName(i)+".language", language.Tag)
		for _, l := range letters {
			if l.Language == language.Tag {
				values.Set(letterName(i)+".subject", l.Subject)
				values.Set(letterName(i)+".body", l.Body)
			}
		}
	}
}

// setContent puts what a mailing has beside its texts into the fields of the form.
func setContent(values url.Values, c models.MailingContent, kind string, languages []models.Language) {
	switch kind {
	case models.MailingKindNewsletter:
		setItems(values, c.Items, languages)
	case models.MailingKindRepresentative:
		values["authorities"] = stringsOf(c.Authorities)
		setLetters(values, c.Letters, languages)
	case models.MailingKindEvent:
		setEvent(values, c.Event)
	}
}

// atTheirContent turns blame on what was sent into blame on the fields where it was written.
func atTheirContent(err error, names map[string]string) error {
	var e *apperr.Error
	if !errors.As(err, &e) {
		return err
	}
	for i, f := range e.Fields {
		for sent, written := range names {
			if rest, in := strings.CutPrefix(f.Path, sent); in && (rest == "" || rest[0] == '.') {
				e.Fields[i].Path = written + rest
				break
			}
		}
	}
	return e
}

// arrangeItems does what the buttons of a newsletter's items ask for and reports whether it was one of them; nothing is saved, the
// form is shown again.
func (s *Server) arrangeItems(ctx context.Context, r *http.Request, f *formState) (bool, error) {
	do, values := r.PostFormValue("do"), f.Form.Values
	if !strings.HasPrefix(do, "item-") {
		return false, nil
	}
	languages, err := models.Languages(ctx, s.DB)
	if err != nil {
		return true, err
	}
	items := readItems(values, map[string]string{})
	at := func(prefix string) int {
		i, err := strconv.Atoi(strings.TrimPrefix(do, prefix))
		if err != nil || i < 0 || i >= len(items) {
			return -1
		}
		return i
	}
	switch {
	case do == doOwnItem:
		items = append(items, models.MailingItem{})
	case do == doAddItem:
		id, err := uuid.Parse(values.Get("add"))
		if err != nil {
			f.showAgain(apperr.Invalid("add", "required"), Localizer(r))
			return true, nil
		}
		items = append(items, models.MailingItem{RecommendationID: &id})
		values.Del("add")
	case strings.HasPrefix(do, doItemUp):
		if i := at(doItemUp); i > 0 {
			items[i-1], items[i] = items[i], items[i-1]
		}
	case strings.HasPrefix(do, doItemDown):
		if i := at(doItemDown); i >= 0 && i+1 < len(items) {
			items[i], items[i+1] = items[i+1], items[i]
		}
	case strings.HasPrefix(do, doItemRemove):
		if i := at(doItemRemove); i >= 0 {
			items = slices.Delete(items, i, i+1)
		}
	}
	setItems(values, items, languages)
	return true, nil
}

// mailingContent lists what the form offers for the kind of the mailing, and which other kinds a new one can become.
//
//i18n:keys mailing.kind.*
func (s *Server) mailingContent(ctx context.Context, l *i18n.Localizer, c mailingCase, f *Form) (mailingContentView, error) {
	v := mailingContentView{Kind: c.kind}
	if c.m == nil {
		v.Passed, v.Carried = passedKinds(c.kind, f.Values), ofOtherKinds(c.kind, f.Values)
		for _, kind := range kindsToBegin {
			link := kindLink{Name: l.T("mailing.kind." + kind)}
			if kind != c.kind {
				link.Href = beginMailing(c.rec.ID, kind, "")
			}
			v.Kinds = append(v.Kinds, link)
		}
	}
	var err error
	switch c.kind {
	case models.MailingKindNewsletter:
		err = s.itemChoices(ctx, l, f, &v)
	case models.MailingKindRepresentative:
		v.Authorities, err = s.writableAuthorities(ctx, l)
	case models.MailingKindEvent:
		v.Clocks, err = s.eventClocks(ctx, l, c, f)
	}
	return v, err
}

func (s *Server) itemChoices(ctx context.Context, l *i18n.Localizer, f *Form, v *mailingContentView) error {
	languages, err := models.Languages(ctx, s.DB)
	if err != nil {
		return err
	}
	items := readItems(f.Values, map[string]string{})
	carried := models.MailingContent{Items: items}.Carried()
	texts, err := models.CarriedTexts(ctx, s.DB, carried, l.Tag())
	if err != nil {
		return err
	}
	for i, item := range items {
		row := mailingItemView{Index: i, Name: itemName(i), First: i == 0, Last: i == len(items)-1}
		if item.RecommendationID != nil {
			text := texts[*item.RecommendationID]
			row.ID, row.Title, row.Lang = item.RecommendationID.String(), text.Title, text.Language
		} else {
			for k, language := range languages {
				t := mailingTextView{Name: row.Name + "." + textName(k), Language: language.Tag}
				t.fold(f, "heading", "body")
				row.Texts = append(row.Texts, t)
			}
		}
		v.Items = append(v.Items, row)
	}
	published, _, err := models.Published(ctx, s.DB, l.Tag(), models.PublishedFilter{Limit: 300})
	for _, p := range published {
		if !slices.Contains(carried, p.RecommendationID) {
			v.Published = append(v.Published, Option{Value: p.RecommendationID.String(), Label: p.Title, Lang: p.Language})
		}
	}
	return err
}

// writableAuthorities are those with an address that are not retired, country by country: many have a ministry of justice.
func (s *Server) writableAuthorities(ctx context.Context, l *i18n.Localizer) ([]Option, error) {
	all, err := models.Authorities(ctx, s.DB, models.AuthorityFilter{Active: true, Limit: mostAuthorities})
	if err != nil {
		return nil, err
	}
	countries, err := models.Countries(ctx, s.DB)
	var options []Option
	for _, country := range append(countries, models.Country{}) {
		group := l.T("mailing.authorities_above")
		if country.Code != "" {
			group = l.Name(country.Names).Text
		}
		for _, a := range all {
			if a.Writable() && a.CountryCode == country.Code {
				o := optionOf(a.ID.String(), l.Name(a.Names))
				o.Group = group
				options = append(options, o)
			}
		}
	}
	return options, err
}

// prefilledContent begins a newsletter with the recommendation that it is kept with, and a letter with what its publication asks
// for, to those authorities it is addressed to that can be written to.
func (s *Server) prefilledContent(ctx context.Context, values url.Values, rec *models.Recommendation, p *models.Publication, kind string, languages []models.Language) error {
	var c models.MailingContent
	switch kind {
	case models.MailingKindNewsletter:
		c.Items = []models.MailingItem{{RecommendationID: &rec.ID}}
	case models.MailingKindRepresentative:
		owner, err := models.OrganisationByID(ctx, s.DB, rec.OrganisationID)
		if err != nil {
			return err
		}
		for _, t := range p.Texts {
			c.Letters = append(c.Letters, models.PreparedLetter{Language: t.Language, Subject: t.Title, Body: s.firstLetter(rec, owner.Name, t)})
		}
		if c.Authorities, err = s.addressedAndWritable(ctx, p); err != nil {
			return err
		}
	}
	setContent(values, c, kind, languages)
	return nil
}

func (s *Server) addressedAndWritable(ctx context.Context, p *models.Publication) ([]uuid.UUID, error) {
	var addressed []uuid.UUID
	for _, t := range p.Texts {
		for _, m := range t.Measures {
			addressed = append(addressed, m.AuthorityIDs...)
		}
	}
	all, err := models.Authorities(ctx, s.DB, models.AuthorityFilter{Active: true, Limit: mostAuthorities})
	var ids []uuid.UUID
	for _, a := range all {
		if a.Writable() && slices.Contains(addressed, a.ID) {
			ids = append(ids, a.ID)
		}
	}
	return ids, err
}

// firstLetter is the letter that readers send, as it begins: what was published, what it asks for, where the whole text is.
func (s *Server) firstLetter(rec *models.Recommendation, owner string, t models.PublicationText) string {
	var measures strings.Builder
	for _, m := range t.Measures {
		fmt.Fprintf(&measures, "%d. %s\n", m.Number, strings.TrimSpace(m.Text))
	}
	address := s.BaseURL + "/published/" + rec.Slug + "/" + t.Language
	if !slices.Contains(i18n.Tags(), t.Language) {
		return fmt.Sprintf("%s\n\n%s\n%s", t.Title, measures.String(), address)
	}
	return i18n.For(t.Language).T("mailing.first_letter", "Owner", owner, "Title", t.Title, "Measures", strings.TrimSpace(measures.String()), "Address", address)
}
