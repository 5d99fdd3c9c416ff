package web

import (
	"context"
	"time"

	"github.com/google/uuid"

	"tribuna/internal/apperr"
	"tribuna/internal/i18n"
	"tribuna/internal/markdown"
	"tribuna/models"
)

// followUpFacts are what everybody may know of a measure at an authority.
type followUpFacts struct {
	Href         string
	Number       int
	Measure      string
	MeasureLang  string // of the measure's text
	Document     i18n.Words
	DocumentHref string
	Authority    models.Names
	Country      i18n.Words        // as it is designated in public; empty for an international authority
	Footnotes    []models.Footnote // to its name, where it stands alone
	State        Badge
	Since        time.Time // zero where that is no day that says anything
	Zone         *time.Location
	FocalPoint   string // the organisation that follows it; "" for none yet
	Ended        *time.Time
	Origin       *originFacts // of a measure that others issued
}

// originFacts say where a measure that others issued comes from, in the source's own words where the reader's language has
// none for it.
type originFacts struct {
	Source, Session    string
	Began              string // when the session did, in words; "" where that is not known
	IssuedBy           i18n.Words
	From               i18n.Words // the sentence that says who it comes from
	Response           i18n.Words
	Reference, Address string
	Category           int // 0 for none
	Topics             []string
	Lang               string // of topics
}

// factsOf reads a follow-up in the language of the recommendation; inWords puts a published translation in its place.
func factsOf(f *models.FollowUp, l *i18n.Localizer, zone *time.Location, now time.Time) followUpFacts {
	v := followUpFacts{Href: followUpPath(f.ID), State: followUpBadge(l, f, now), Since: f.StatusSince, Zone: zone, Ended: f.EndedAt}
	if f.Status == models.StatusNotFollowed {
		v.Since = time.Time{} // the day of an import
	}
	if f.Measure != nil {
		v.Number, v.Measure = f.Measure.Number, f.Measure.Text
	}
	if f.Authority != nil {
		v.Authority = f.Authority.Names
	}
	if f.Organisation != nil {
		v.FocalPoint = f.Organisation.Name
	}
	if r := f.Recommendation; r != nil {
		v.Document, v.MeasureLang = l.In(r.Title, r.Language), r.Language
		v.DocumentHref = "/published/" + r.Slug
	}
	return v
}

// responseWord says a response that the network knows in the reader's language; another one stays in the source's.
func responseWord(l *i18n.Localizer, response, language string) i18n.Words {
	if key := "imported.response." + response; l.Has(key) {
		return i18n.Said(l.T(key))
	}
	return l.In(response, language)
}

// issuer is who recommends, in the source's own words; a state as the reader's language calls it: as the network designates
// it, else by its standard name.
func issuer(l *i18n.Localizer, name, language string, designated func(code string) i18n.Words) i18n.Words {
	own := l.In(name, language)
	code := i18n.StateCode(name)
	if code == "" || own.Language == "" {
		return own
	}
	if state := designated(code); state.Text != "" {
		return state
	}
	if state := l.State(code); state != "" {
		return i18n.Said(state)
	}
	return own
}

// fromElsewhere says in the reader's language what others issued, and leads to all measures of the same recommendation,
// because it has no text here.
func (v *followUpFacts) fromElsewhere(f *models.FollowUp, l *i18n.Localizer, country func(of uuid.UUID, code string) i18n.Words) {
	if f.Measure == nil || f.Measure.Origin == nil || f.Recommendation == nil || f.Recommendation.Origin == nil {
		return
	}
	m, r := f.Measure.Origin, f.Recommendation.Origin
	v.Document = importedTitle(l, r.Source, country(f.RecommendationID, r.CountryCode), r.Session)
	v.DocumentHref = importedPath(f.RecommendationID)
	o := &originFacts{Source: sourceName(l, r.Source), Session: r.Session, Response: responseWord(l, m.Response, v.MeasureLang),
		Reference: m.ExternalRef, Address: models.ImportSourceOf(r.Source).Address(r.CountryCode), Topics: m.Topics, Lang: v.MeasureLang}
	o.IssuedBy = issuer(l, m.IssuedBy, v.MeasureLang, func(code string) i18n.Words { return country(f.RecommendationID, code) })
	o.From = l.Say("imported.from", "Issuer", o.IssuedBy)
	if began := models.ImportSourceOf(r.Source).SessionBegan(r.Session); began != nil {
		o.Began = l.Date(*began.Time(), time.UTC)
	}
	if m.ActionCategory != nil {
		o.Category = *m.ActionCategory
	}
	v.Origin = o
}

func followUpPath(id uuid.UUID) string { return "/follow-ups/" + id.String() }

// followUpBadge says where a follow-up stands. Before the authority has the recommendation, and while it still has time to
// reply, "no reply" would blame it for nothing.
func followUpBadge(l *i18n.Localizer, f *models.FollowUp, now time.Time) Badge {
	switch {
	case f.Status == models.StatusNoReply && f.Undelivered && f.EndedAt == nil:
		return Badge{Tone: "plain", Icon: "clock", Text: l.T("followup.undelivered")}
	case f.ReplyAwaited(now):
		return Badge{Tone: "plain", Icon: "clock", Text: l.T("followup.reply_awaited", "Date", l.Date(*f.ReplyDue, time.UTC))}
	}
	return statusBadge(l, f.Status)
}

// statusBadge says a status in a word; its tint follows what it means for the measure.
func statusBadge(l *i18n.Localizer, status models.FollowUpStatus) Badge {
	b := Badge{Tone: "wait", Icon: "clock", Text: l.T("followup.status." + string(status))}
	switch status {
	case "implemented", "adopted", "harm_prevented":
		b.Tone, b.Icon = "done", "check"
	case "under_discussion", "committed", "partly_adopted":
		b.Tone, b.Icon = "action", "arrow-right"
	case models.StatusNotFollowed, models.StatusNoReport:
		b.Tone, b.Icon = "plain", "flag"
	case "rejected", "lapsed", "rolled_back":
		b.Tone, b.Icon = "harm", "x"
	}
	return b
}

// publishedWords are a recommendation's words in the reader's language.
type publishedWords struct {
	title    string
	language string
	measures map[uuid.UUID]string
	numbered map[int]string // the measures by their number
}

// inWords says a follow-up in the reader's language where it was published in it.
func (v *followUpFacts) inWords(f *models.FollowUp, w publishedWords, l *i18n.Localizer) {
	if w.title == "" {
		return
	}
	v.Document = l.In(w.title, w.language)
	if text := w.measures[f.MeasureID]; text != "" {
		v.Measure, v.MeasureLang = text, w.language
	}
}

// publishedIn returns the words of recommendations in a language, of those that were published in it.
func (s *Server) publishedIn(ctx context.Context, tag string, list []models.FollowUp) (map[uuid.UUID]publishedWords, error) {
	all := map[uuid.UUID]publishedWords{}
	for _, f := range list {
		if _, known := all[f.RecommendationID]; known {
			continue
		}
		p, err := models.PublicationOf(ctx, s.DB, f.RecommendationID)
		if err != nil && apperr.CodeOf(err) != apperr.CodeNotFound {
			return nil, err
		}
		all[f.RecommendationID] = wordsIn(p, tag)
	}
	return all, nil
}

func wordsIn(p *models.Publication, tag string) publishedWords {
	for _, t := range p.Texts {
		if t.Language != tag {
			continue
		}
		w := publishedWords{title: t.Title, language: tag, measures: map[uuid.UUID]string{}, numbered: map[int]string{}}
		for _, m := range t.Measures {
			w.measures[m.ID], w.numbered[m.Number] = m.Text, m.Text
		}
		return w
	}
	return publishedWords{}
}

// progressNotes are the reports on a follow-up as a timeline, newest first. People are named as far as they agreed to
// be within the network, else the organisation in whose name they spoke or, of what was reported before that was kept, which
// follows the measure. Files stand below an address, "" for their own.
func (s *Server) progressNotes(ctx context.Context, l *i18n.Localizer, f *models.FollowUp, zone *time.Location, below string) ([]TimelineEntry, error) {
	ids := make([]uuid.UUID, len(f.Notes))
	spokenFor := []uuid.UUID{uuid.Nil}
	for i, n := range f.Notes {
		ids[i] = n.PersonID
		spokenFor = appendID(spokenFor, n.SpokenBy)
	}
	list, err := models.Organisations(ctx, s.DB, models.OrganisationFilter{IDs: spokenFor})
	if err != nil {
		return nil, err
	}
	organisations := map[uuid.UUID]string{}
	for _, o := range list {
		organisations[o.ID] = o.Name
	}
	people, err := models.PeopleByID(ctx, s.DB, ids)
	if err != nil {
		return nil, err
	}
	files, err := models.Attachments(ctx, s.DB, f.RecommendationID)
	if err != nil {
		return nil, err
	}
	entries := make([]TimelineEntry, 0, len(f.Notes))
	for _, n := range f.Notes {
		badge := statusBadge(l, n.Status)
		e := TimelineEntry{At: n.ReportedAt, Zone: zone, Who: f.Organisation.Name, Icon: badge.Icon, Tone: badge.Tone,
			What: l.Say("following.reported_day_unknown", "Status", badge.Text), Original: evidence(n, files, below)}
		if !n.ObservedOn.IsZero() {
			e.What = l.Say("followup.reported", "Status", badge.Text, "Observed", l.Date(n.ObservedOn, time.UTC))
		}
		e.nameReporter(l, n, people[n.PersonID], organisations)
		if e.Text, err = markdown.Render(n.Note, markdown.WithHeadingShift(3), markdown.WithIDPrefix("note-")); err != nil {
			return nil, err
		}
		e.Text = spoken(e.Text, n.WrittenIn)
		e.Link, e.Href = sourceOf(n)
		e.LinkLang = n.SourceLanguage
		if e.Href == "" && e.Link != "" {
			e.What = i18n.Joined(e.What, " ", l.Say("followup.source", "Source", l.In(e.Link, n.SourceLanguage)))
		}
		entries = append(entries, e)
	}
	return entries, nil
}

// nameReporter says who reported, and in which capacity.
func (e *TimelineEntry) nameReporter(l *i18n.Localizer, n models.ProgressNote, p models.Person, organisations map[uuid.UUID]string) {
	organisation := ""
	if n.SpokenBy != nil {
		organisation = organisations[*n.SpokenBy]
	}
	switch {
	case p.Naming == models.NamingPublic || p.Naming == models.NamingNetwork:
		e.Who, e.Capacity = p.Name, inCapacity(l, organisation, n.AsCoordinator)
	case n.AsCoordinator:
		e.Who, e.Capacity = l.T("capacity.coordination"), inCapacity(l, organisation, false)
	case organisation != "":
		e.Who = organisation
	}
}
