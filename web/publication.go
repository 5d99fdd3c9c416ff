package web

import (
	"context"
	"html/template"
	"net/http"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/mux"

	"tribuna/internal/apperr"
	"tribuna/internal/i18n"
	"tribuna/internal/markdown"
	"tribuna/models"
)

// publicationView is the permanent page of a publication in one language.
type publicationView struct {
	Page
	TextTitle    string
	TextLanguage string
	Kind         string
	Organisation string
	PublishedAt  time.Time
	Version      int
	Source       string // name of the language it was translated from; "" for the original
	Editions     []edition
	Canonical    string // absolute
	Neutral      string // absolute; leads to the reader's language
	JSON         string // the same for programmes
	Report       string // where readers say that it names a child
	Countries    []designated
	Footnotes    []models.Footnote // to the names of countries, wherever they stand on the page
	Uncovered    i18n.Words        // what was done about countries without a partner; empty when there are none
	Text         template.HTML
	Measures     []publishedMeasure
	Consulted    []models.ConsultedGroup
	ConsultedIn  string // language of what is said about them
	Endorsement  models.Endorsement
	Grants       []grantWords
	Citation     string
	Files        []fileLink
	Letters      []offeredLetter // that readers can send to their representatives
}

// offeredLetter is a letter that readers send themselves, to whom, and how many say that they have.
type offeredLetter struct {
	Href  string
	To    i18n.Words
	Count int
}

// edition is the publication in one of its languages.
type edition struct {
	Language, Name, Href string
	Current              bool
}

// publishedMeasure is a measure with where it stands at each authority.
type publishedMeasure struct {
	Number     int
	Text       template.HTML
	Addressees []addressee
}

// addressee is an authority with what became of the measure there. Status is nil before follow-up begins.
type addressee struct {
	Name, Language string
	Country        designated
	Status         *Badge
	Href           string
}

// grantWords is what a grant wants said and shown. Emblem is an address, or "". Line names it, and says where its words do
// not exist in the text's language.
type grantWords struct {
	models.Credit
	Emblem, Line string
}

// publication shows what was published, in the language of the address or, without one, in the reader's where there
// is a text, else in English, else as it was written. The page around the text speaks the text's language where it can.
func (s *Server) publication(w http.ResponseWriter, r *http.Request) error {
	rec, pub, err := models.PublishedBySlug(r.Context(), s.DB, mux.Vars(r)["slug"])
	if err != nil {
		return err
	}
	text := editionFor(pub, mux.Vars(r)["language"], LanguageOf(r), rec.Language)
	if text == nil {
		return apperr.NotFound("publication")
	}
	if i18n.For(text.Language).Tag() == text.Language {
		r = r.WithContext(WithLanguage(r.Context(), text.Language))
	}
	b := &publicationBuilder{server: s, ctx: r.Context(), rec: rec, pub: pub, text: text, words: Localizer(r)}
	v, err := b.build(NewPage(r, text.Title))
	if err != nil {
		return err
	}
	s.Engine.Render(w, r, http.StatusOK, "publication", v)
	return nil
}

// editionFor chooses a text; nil if the one asked for does not exist.
func editionFor(pub *models.Publication, asked, reader, original string) *models.PublicationText {
	wanted := []string{asked}
	if asked == "" {
		wanted = []string{reader, i18n.Default, original}
	}
	for _, tag := range wanted {
		for i := range pub.Texts {
			if pub.Texts[i].Language == tag {
				return &pub.Texts[i]
			}
		}
	}
	return nil
}

// publicationBuilder gathers what the page says; its words are those of the page's language.
type publicationBuilder struct {
	server *Server
	ctx    context.Context
	rec    *models.Recommendation
	pub    *models.Publication
	text   *models.PublicationText
	words  *i18n.Localizer
	paidBy []models.Grant
	all    []models.Country
	named  map[string]designated // by code, as far as they are on the page
	notes  models.Footnotes
	view   publicationView
}

func (b *publicationBuilder) build(page Page) (publicationView, error) {
	address := publishedPath + b.rec.Slug
	page.Path = address // a change of language leads to the text in that language
	page.Active = "published"
	b.view = publicationView{Page: page, TextTitle: b.text.Title, TextLanguage: b.text.Language,
		Kind: b.words.T("published.kind." + b.rec.Kind), PublishedAt: b.pub.PublishedAt,
		Canonical: b.server.BaseURL + address + "/" + b.text.Language, Neutral: b.server.BaseURL + address,
		JSON: "/api/v1/published/" + b.rec.Slug, Report: recommendationPath(b.rec.ID) + "/report", Consulted: b.rec.Consulted, ConsultedIn: b.rec.Language}
	if b.rec.Organisation != nil {
		b.view.Organisation = b.rec.Organisation.Name
	}
	if b.text.TranslationID != nil {
		b.view.Source = b.words.Language(b.rec.Language)
	}
	b.editions()
	b.view.Files = b.server.fileLinks(address+"/"+b.text.Language, b.words)
	b.view.Citation = b.words.T("published.citation", "Organisation", b.view.Organisation, "Year", b.pub.PublishedAt.UTC().Format("2006"),
		"Title", b.text.Title, "Kind", b.view.Kind, "Address", b.view.Canonical)
	for _, step := range []func() error{b.body, b.version, b.grants, b.countries, b.uncovered, b.measures, b.endorsement, b.letters} {
		if err := step(); err != nil {
			return publicationView{}, err
		}
	}
	b.view.Footnotes = b.notes.All()
	return b.view, nil
}

func (b *publicationBuilder) editions() {
	for _, t := range b.pub.Texts {
		b.view.Editions = append(b.view.Editions, edition{Language: t.Language, Name: i18n.NativeLanguage(t.Language),
			Href: publishedPath + b.rec.Slug + "/" + t.Language, Current: t.Language == b.text.Language})
	}
}

func (b *publicationBuilder) body() (err error) {
	b.view.Text, err = markdown.Render(b.text.Body, markdown.WithHeadingShift(headingShift(b.text.Body)))
	return err
}

func (b *publicationBuilder) version() error {
	version, err := models.VersionByID(b.ctx, b.server.DB, b.pub.VersionID)
	if err != nil {
		return err
	}
	b.view.Version = version.Number
	return nil
}

func (b *publicationBuilder) endorsement() (err error) {
	b.view.Endorsement, err = models.EndorsementOf(b.ctx, b.server.DB, b.rec.ID, b.pub.VersionID)
	return err
}

func (b *publicationBuilder) grants() (err error) {
	b.paidBy, err = models.GrantsOf(b.ctx, b.server.DB, b.rec.ID)
	b.view.Grants = grantWordsOf(b.words, b.paidBy, b.text.Language)
	return err
}

// letters are those that readers can send to their representatives now, each with whom it goes to.
func (b *publicationBuilder) letters() error {
	open, err := models.WritingsOpen(b.ctx, b.server.DB, b.rec.ID, b.server.Now())
	if err != nil {
		return err
	}
	for _, m := range open {
		to, err := models.AuthoritiesByID(b.ctx, b.server.DB, m.Authorities)
		if err != nil {
			return err
		}
		var names []i18n.Words
		for _, a := range stillWrittenTo(to) {
			names = append(names, b.withCountry(a))
		}
		if len(names) == 0 {
			continue
		}
		letter := offeredLetter{Href: "/write/" + m.ID.String() + "?language=" + b.text.Language, To: b.words.List(names)}
		if letter.Count, _, err = models.WrittenCount(b.ctx, b.server.DB, m.ID, uuid.Nil); err != nil {
			return err
		}
		b.view.Letters = append(b.view.Letters, letter)
	}
	return nil
}

// grantWordsOf is what a text of a language says of the grants that pay for it, in words for its reader.
func grantWordsOf(l *i18n.Localizer, grants []models.Grant, language string) []grantWords {
	var list []grantWords
	for _, c := range models.Credits(grants, language) {
		list = append(list, grantWords{Credit: c, Emblem: emblemPath(c.Emblem), Line: l.Credit(c.Funder, c.Number, language, c.Language)})
	}
	return list
}

// uncovered says for which countries there was no partner on the day of publication, and who was asked instead.
func (b *publicationBuilder) uncovered() error {
	codes, byLead, err := models.UncoveredBy(b.ctx, b.server.DB, b.rec, b.pub)
	if err != nil || len(codes) == 0 {
		return err
	}
	var names []i18n.Words
	for _, code := range codes {
		country, err := models.CountryByCode(b.ctx, b.server.DB, code)
		if err != nil {
			return err
		}
		d := models.Designation(country, b.paidBy, b.words.Tag())
		names = append(names, b.words.In(b.notes.Name(d), d.Language))
	}
	key := "published.uncovered_none"
	if byLead {
		key = "published.uncovered_lead"
	}
	b.view.Uncovered = b.words.Say(key, "Countries", b.words.List(names))
	return nil
}

// countries names the countries concerned, as they are designated in the text's language.
func (b *publicationBuilder) countries() error {
	countries, err := models.Countries(b.ctx, b.server.DB)
	if err != nil {
		return err
	}
	b.all = countries
	b.named = map[string]designated{}
	concerned := map[string]bool{}
	for _, code := range b.rec.Countries {
		concerned[code] = true
	}
	for _, c := range countries {
		if !concerned[c.Code] {
			continue
		}
		d := models.Designation(c, b.paidBy, b.text.Language)
		b.named[c.Code] = designated{b.notes.Name(d), d.Language}
		b.view.Countries = append(b.view.Countries, b.named[c.Code])
	}
	return nil
}

func (b *publicationBuilder) measures() error {
	statuses, err := b.statuses()
	if err != nil {
		return err
	}
	authorities, err := b.authorities()
	if err != nil {
		return err
	}
	for _, m := range b.text.Measures {
		text, err := markdown.Render(m.Text, markdown.WithIDPrefix("measure-"))
		if err != nil {
			return err
		}
		shown := publishedMeasure{Number: m.Number, Text: text}
		for _, id := range m.AuthorityIDs {
			name, tag := authorities[id].Names.In(b.text.Language)
			a := addressee{Name: name, Language: tag, Country: b.countryOf(authorities[id])}
			if f, followed := statuses[followed{m.ID, id}]; followed {
				badge := followUpBadge(b.words, &f, b.server.Now())
				a.Status, a.Href = &badge, followUpPath(f.ID)
			}
			shown.Addressees = append(shown.Addressees, a)
		}
		b.view.Measures = append(b.view.Measures, shown)
	}
	return nil
}

// withCountry names an authority with its country: in two of them offices are called alike.
func (b *publicationBuilder) withCountry(a models.Authority) i18n.Words {
	name := b.words.Name(a.Names)
	if country := b.countryOf(a); country.Name != "" {
		return i18n.Joined(name, " (", b.words.In(country.Name, country.Language), ")")
	}
	return name
}

// countryOf names the country of an authority, which need not be among those concerned.
func (b *publicationBuilder) countryOf(a models.Authority) designated {
	if _, known := b.named[a.CountryCode]; !known {
		for _, c := range b.all {
			if c.Code == a.CountryCode {
				d := models.Designation(c, b.paidBy, b.text.Language)
				b.named[c.Code] = designated{b.notes.Name(d), d.Language}
			}
		}
	}
	return b.named[a.CountryCode]
}

// followed is a measure at an authority.
type followed struct{ measure, authority uuid.UUID }

func (b *publicationBuilder) statuses() (map[followed]models.FollowUp, error) {
	list, err := models.FollowUps(b.ctx, b.server.DB, models.FollowUpFilter{Recommendation: b.rec.ID})
	by := make(map[followed]models.FollowUp, len(list))
	for _, f := range list {
		by[followed{f.MeasureID, f.AuthorityID}] = f
	}
	return by, err
}

func (b *publicationBuilder) authorities() (map[uuid.UUID]models.Authority, error) {
	var ids []uuid.UUID
	for _, m := range b.text.Measures {
		ids = append(ids, m.AuthorityIDs...)
	}
	list, err := models.AuthoritiesByID(b.ctx, b.server.DB, ids)
	by := make(map[uuid.UUID]models.Authority, len(list))
	for _, a := range list {
		by[a.ID] = a
	}
	return by, err
}
