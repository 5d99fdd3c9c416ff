package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/access"
	"tribuna/internal/i18n"
	"tribuna/models"
)

// audienceFields are the fields of the form that say whom a mailing is for.
var audienceFields = []string{"countries", "languages", "roles", "organisations", "topics", "lists", "engagement", "except_acted",
	"except_organisations", "except_mailings", "except_lists", "except_people", "not_reached", "again", "again_unknown"}

// audienceOf reads whom a mailing about a recommendation is for.
func audienceOf(values url.Values, about uuid.UUID) models.Audience {
	return models.Audience{Countries: values["countries"], Languages: values["languages"], Roles: values["roles"],
		Organisations: idsOf(values["organisations"]), Topics: values["topics"], Lists: idsOf(values["lists"]), Engagement: values["engagement"],
		Except: models.Exclusions{Acted: values.Get("except_acted") != "", Organisations: idsOf(values["except_organisations"]),
			Mailings: idsOf(values["except_mailings"]), Lists: idsOf(values["except_lists"]), People: idsOf(values["except_people"])},
		NotReached: idsOf(values["not_reached"]), Again: idsOf(values["again"]), AgainUnknown: values.Get("again_unknown") != "", About: about}
}

// setAudience puts an audience into the fields of the form.
func setAudience(values url.Values, a models.Audience) {
	for _, name := range audienceFields {
		values.Del(name)
	}
	put := func(name string, list []string) {
		if len(list) > 0 {
			values[name] = list
		}
	}
	put("countries", a.Countries)
	put("languages", a.Languages)
	put("roles", a.Roles)
	put("organisations", stringsOf(a.Organisations))
	put("topics", a.Topics)
	put("lists", stringsOf(a.Lists))
	put("engagement", a.Engagement)
	put("except_organisations", stringsOf(a.Except.Organisations))
	put("except_mailings", stringsOf(a.Except.Mailings))
	put("except_lists", stringsOf(a.Except.Lists))
	put("except_people", stringsOf(a.Except.People))
	put("not_reached", stringsOf(a.NotReached))
	put("again", stringsOf(a.Again))
	if a.Except.Acted {
		values.Set("except_acted", "yes")
	}
	if a.AgainUnknown {
		values.Set("again_unknown", "yes")
	}
}

// idsOf reads ids; what is none was not chosen on the page.
func idsOf(list []string) []uuid.UUID {
	var ids []uuid.UUID
	for _, s := range list {
		if id, err := uuid.Parse(s); err == nil {
			ids = append(ids, id)
		}
	}
	return ids
}

func stringsOf(ids []uuid.UUID) []string {
	list := make([]string, len(ids))
	for i, id := range ids {
		list[i] = id.String()
	}
	return list
}

// audienceChoices are what the form offers beside roles, countries and languages.
type audienceChoices struct {
	Organisations []Option
	Topics        []Option
	Engagement    []Option
	Mailings      []Option // earlier ones of the same organisation
	Reached       []Option // likewise, and whichever are chosen: left out of the form, a mailing would go to all of them again
	Segments      []Option
	Lists         []Option // that may be used
	OutLists      []Option // likewise, to leave out; both with whichever are chosen
}

//i18n:keys mailing.engaged.*
func (s *Server) audienceChoices(ctx context.Context, l *i18n.Localizer, c mailingCase) (audienceChoices, error) {
	var a audienceChoices
	organisations, err := models.Organisations(ctx, s.DB, models.OrganisationFilter{})
	if err != nil {
		return a, err
	}
	for _, o := range organisations {
		a.Organisations = append(a.Organisations, Option{Value: o.ID.String(), Label: o.Name})
	}
	topics, err := models.Topics(ctx, s.DB)
	if err != nil {
		return a, err
	}
	for _, t := range topics {
		a.Topics = append(a.Topics, optionOf(t.Slug, l.Name(t.Names)))
	}
	for _, e := range models.Engagements() {
		a.Engagement = append(a.Engagement, Option{Value: e, Label: l.T("mailing.engaged." + e)})
	}
	earlier, err := models.LaunchedMailings(ctx, s.DB, c.rec.OrganisationID, l.Tag())
	if err != nil {
		return a, err
	}
	zone, err := s.zoneOf(ctx, c.visitor.Person)
	if err != nil {
		return a, err
	}
	for _, m := range earlier {
		a.Mailings = append(a.Mailings, Option{Value: m.ID.String(), Label: shownSubject(l, m.SubjectLine), Lang: m.Language,
			Help: mailingKind(l, m.Kind) + " · " + l.T("mailing.launched_at", "When", l.DateTime(m.LaunchedAt, zone))})
	}
	segments, err := models.MailingSegments(ctx, s.DB, c.rec.OrganisationID)
	for _, g := range segments {
		a.Segments = append(a.Segments, Option{Value: g.ID.String(), Label: g.Name})
	}
	if err != nil {
		return a, err
	}
	lists, err := models.UsablePeopleLists(ctx, s.DB, c.rec.OrganisationID)
	a.Lists = optionsOfLists(l, lists)
	return a, err
}

// withChosen adds what is chosen and not offered any more.
func withChosen(offered []Option, chosen []string, called string) []Option {
	all := slices.Clone(offered)
	for _, id := range chosen {
		if !slices.ContainsFunc(all, func(o Option) bool { return o.Value == id }) {
			all = append(all, Option{Value: id, Label: called})
		}
	}
	return all
}

// audienceView is how many people a mailing reaches, by the language in which they are written to, who does not get it, and a
// few of those who do.
type audienceView struct {
	Rows   []audienceRow
	Total  int
	Kept   []notReachedRow
	Sample []sampleRow // with a box to leave each out; not where the form does not stand
	Out    []sampleRow // left out by hand
	Again  []sampleRow // written to though they may have got it

	AgainUnknown bool // likewise all of whom it is not known

	Finds   bool        // people can be looked for by name, to leave them out
	Find    string      // what was looked for; "" for nothing yet
	Found   []sampleRow // those found, none of whom is in Sample
	More    bool        // there are more of them
	CountAt string      // where it is counted while the form is filled in

	ByConsent bool // the visitor finds by name who agreed to it, and not all, as coordinators do
}

// audienceRow is the people of one language, and in which language they will read.
type audienceRow struct {
	Language string
	People   int
	Reads    string // language of the text they get
	Fallback bool   // there is none in theirs; the fallback itself has one, or is still to have one
}

// notReachedRow is how many people do not get it for a reason, and what can be done about that.
type notReachedRow struct {
	Why    string
	People int
	Help   string
}

// sampleRow is somebody of an audience. Name is "" where the reader of the page may not know it.
type sampleRow struct {
	ID       string
	Name     string
	Language string
	Country  i18n.Words
}

func (s *Server) countAudience(ctx context.Context, l *i18n.Localizer, a models.Readership, texts []string, fallback string) (*audienceView, error) {
	if a.Validate() != nil {
		return &audienceView{}, nil // the form says what is wrong with it
	}
	counts, err := models.MailingAudienceCounts(ctx, s.DB, a)
	if err != nil {
		return nil, err
	}
	v := &audienceView{}
	for _, c := range counts {
		row := audienceRow{Language: l.Language(c.Language), People: c.People, Reads: l.Language(c.Language)}
		if c.Language != fallback && !slices.Contains(texts, c.Language) {
			row.Reads, row.Fallback = l.Language(fallback), true
		}
		v.Rows, v.Total = append(v.Rows, row), v.Total+c.People
	}
	kept, err := models.MailingAudienceKept(ctx, s.DB, a)
	v.Kept = keptRows(l, kept)
	return v, err
}

// keptRows are the reasons that keep anybody, those first about which most can be done.
//
//i18n:keys mailing.kept.* mailing.kept_help.*
func keptRows(l *i18n.Localizer, kept models.AudienceKept) []notReachedRow {
	var rows []notReachedRow
	for _, why := range []struct {
		name   string
		people int
	}{{"acted", kept.Acted}, {"too_soon", kept.TooSoon}, {"other_topics", kept.OtherTopics}, {"other_countries", kept.OtherCountries},
		{"suppressed", kept.Suppressed}, {"no_consent", kept.NoConsent}, {"left", kept.Left},
		{"other_kind", kept.OtherKind}, {"unsubscribed", kept.Unsubscribed}} {
		if why.people > 0 {
			rows = append(rows, notReachedRow{l.T("mailing.kept." + why.name), why.people, l.T("mailing.kept_help." + why.name)})
		}
	}
	return rows
}

// readershipOf is whom the mailing in the form would reach now.
func (s *Server) readershipOf(values url.Values, c mailingCase) models.Readership {
	reach := models.Readership{Audience: audienceOf(values, c.rec.ID), Kind: c.kind, At: s.Now()}
	if c.kind == models.MailingKindNewsletter { // forms of other kinds may hold items for who goes back
		content, _ := readContent(values)
		reach.Carries = content.Carried()
	}
	return reach
}

// audienceOfForm is countAudience with a few of those who get it, and those left out by hand.
func (s *Server) audienceOfForm(r *http.Request, c mailingCase, values url.Values) (*audienceView, error) {
	ctx, l, a := r.Context(), Localizer(r), s.readershipOf(values, c)
	v, err := s.countAudience(ctx, l, a, textLanguages(values), values.Get("fallback_language"))
	if err != nil || a.Validate() != nil {
		return v, err
	}
	viewer := c.visitor.viewer()
	if v.Sample, err = s.mailingSample(r, c, a); err != nil {
		return v, err
	}
	if err := s.findInAudience(r, c, a, values.Get("find_person"), v); err != nil {
		return v, err
	}
	if v.Out, err = s.namedRows(ctx, viewer, a.Except.People, models.NamedPeople); err != nil {
		return v, err
	}
	v.AgainUnknown = a.AgainUnknown
	v.Again, err = s.namedRows(ctx, viewer, a.Again, models.NamedRecipients)
	return v, err
}

// namedRows are people chosen by hand, by name where the reader of the page may know it, which known says.
func (s *Server) namedRows(ctx context.Context, viewer models.Viewer, people []uuid.UUID,
	known func(context.Context, bun.IDB, models.Viewer, []uuid.UUID) (map[uuid.UUID]string, error)) ([]sampleRow, error) {
	if len(people) == 0 {
		return nil, nil
	}
	names, err := known(ctx, s.DB, viewer, people)
	var rows []sampleRow
	for _, id := range people {
		rows = append(rows, sampleRow{ID: id.String(), Name: names[id]})
	}
	return rows, err
}

// mailingSample shows a few of an audience to who may look for people.
func (s *Server) mailingSample(r *http.Request, c mailingCase, a models.Readership) ([]sampleRow, error) {
	if s.can(r.Context(), c.visitor, access.FindPeople, nil, nil) != nil {
		return nil, nil
	}
	people, err := models.SampleAudience(r.Context(), s.DB, c.visitor.viewer(), a)
	if err != nil {
		return nil, err
	}
	return s.sampleRows(r, people)
}

// audienceAt is where an audience is counted while its form is filled in.
func audienceAt(c mailingCase) string {
	return recommendationPath(c.rec.ID) + "/audience?kind=" + url.QueryEscape(c.kind)
}

// findInAudience looks for people of an audience by name, for who may look for people.
func (s *Server) findInAudience(r *http.Request, c mailingCase, a models.Readership, words string, v *audienceView) error {
	v.Finds, v.Find, v.CountAt = s.can(r.Context(), c.visitor, access.FindPeople, nil, nil) == nil, strings.TrimSpace(words), audienceAt(c)
	v.ByConsent = !c.visitor.viewer().Has(models.RoleCoordinator)
	if !v.Finds || v.Find == "" {
		return nil
	}
	var err error
	if v.Found, v.More, err = s.foundInAudience(r, c, a, v.Find); err != nil {
		return err
	}
	v.Sample = slices.DeleteFunc(v.Sample, func(p sampleRow) bool {
		return slices.ContainsFunc(v.Found, func(found sampleRow) bool { return found.ID == p.ID })
	})
	return nil
}

// longestFind is how long a name can be that is looked for, in bytes.
const longestFind = 400

// foundInAudience are those of an audience whom the visitor may know by a name that holds the words; more says that they are not all.
func (s *Server) foundInAudience(r *http.Request, c mailingCase, a models.Readership, words string) (rows []sampleRow, more bool, err error) {
	if len(words) > longestFind {
		return nil, false, nil
	}
	people, err := models.FindInAudience(r.Context(), s.DB, c.visitor.viewer(), a, words)
	if err != nil {
		return nil, false, err
	}
	if more = len(people) > models.AudienceFound; more {
		people = people[:models.AudienceFound]
	}
	rows, err = s.sampleRows(r, people)
	return rows, more, err
}

func (s *Server) sampleRows(r *http.Request, people []models.SampledPerson) ([]sampleRow, error) {
	countries, err := s.countryNames(r)
	if err != nil {
		return nil, err
	}
	l := Localizer(r)
	var rows []sampleRow
	for _, p := range people {
		rows = append(rows, sampleRow{ID: p.ID.String(), Name: p.Name, Language: l.Language(p.Language), Country: countries.names[p.CountryCode]})
	}
	return rows, nil
}

// liveAudienceView is the part of the form that is counted again while it is filled in.
type liveAudienceView struct {
	Page
	Counts *audienceView
}

// liveAudience counts an audience as it stands in the form. Nothing is stored.
func (s *Server) liveAudience(w http.ResponseWriter, r *http.Request) error {
	c, err := s.forNewMailing(r)
	if err != nil {
		return err
	}
	ok, err := models.Allow(r.Context(), s.DB, "audience:"+c.visitor.Person.ID.String(), previewsEach, previewWindow, s.Now())
	if err != nil {
		return err
	}
	f, err := readFormState(r)
	if err != nil {
		return err
	}
	if !ok {
		w.WriteHeader(http.StatusNoContent) // what stands stays; the button counts all the same
		return nil
	}
	v := liveAudienceView{Page: s.workPage(r, Localizer(r).T("mailing.audience"))}
	if v.Counts, err = s.audienceOfForm(r, c, f.Form.Values); err != nil {
		return err
	}
	part := "mailing_audience"
	if r.Header.Get("HX-Request") == "true" {
		part = "audience-live"
	}
	s.Engine.RenderPart(w, r, http.StatusOK, "mailing_audience", part, v)
	return nil
}
