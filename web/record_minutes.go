package web

import (
	"context"
	"fmt"
	"html/template"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"tribuna/internal/access"
	"tribuna/internal/i18n"
	"tribuna/internal/record"
	"tribuna/models"
)

// minutes turns entries of a record into sentences for one reader: what it needs to know of people, organisations,
// versions, tasks and authorities is read once.
type minutes struct {
	l             *i18n.Localizer
	rec           *models.Recommendation
	viewer        models.Viewer
	inside        bool // sees more of the recommendation than what is published of it
	zone          *time.Location
	items         []record.Item
	people        map[uuid.UUID]models.Person // by pseudonym
	namings       map[uuid.UUID]string        // by id: how reviewers of this recommendation want to be named
	network       bool                        // the reader sees what was said within the network
	asked         map[uuid.UUID]models.Person // by id: who was asked in a task
	organisations map[uuid.UUID]string
	versions      map[uuid.UUID]int
	tasks         map[uuid.UUID]models.Task
	units         map[uuid.UUID]models.AskedUnit // by task
	authorities   map[uuid.UUID]models.Names
	followUps     map[uuid.UUID]models.FollowUp
	attachments   map[uuid.UUID]models.Attachment
	keys          map[string]i18n.Words // of the journal: what has a key and no id, by kind and key
}

func (s *Server) minutes(ctx context.Context, l *i18n.Localizer, v *visitor, rec *models.Recommendation) (*minutes, error) {
	m := &minutes{l: l, rec: rec, viewer: v.viewer()}
	var err error
	if m.inside, err = s.may(ctx, v, access.ReadWorkingText, rec, nil); err != nil {
		return nil, err
	}
	seen, err := s.visibilities(ctx, v, rec)
	if err != nil || len(seen) == 0 {
		return m, err
	}
	m.network = slices.Contains(seen, record.Network)
	if m.items, err = models.RecordAs(ctx, s.DB, m.viewer.Attribution(rec), rec.ID, seen...); err != nil {
		return nil, err
	}
	if m.zone, err = s.zoneOf(ctx, v.Person); err != nil {
		return nil, err
	}
	for _, load := range []func(context.Context, *minutes) error{s.minutesPeople, s.minutesNamings, s.minutesOrganisations, s.minutesTexts, s.minutesTasks, s.minutesOutcome} {
		if err := load(ctx, m); err != nil {
			return nil, err
		}
	}
	return m, nil
}

func (s *Server) minutesPeople(ctx context.Context, m *minutes) error {
	var pseudonyms []uuid.UUID
	for _, it := range m.items {
		pseudonyms = append(pseudonyms, it.Actor, it.OnBehalfOf)
		if it.ObjectKind == "person" {
			pseudonyms = append(pseudonyms, it.Object)
		}
		for _, fact := range []string{"person", "former", "translator", "approver"} {
			if id, err := uuid.Parse(it.Facts[fact]); err == nil {
				pseudonyms = append(pseudonyms, id)
			}
		}
	}
	var err error
	m.people, err = models.PeopleByPseudonym(ctx, s.DB, pseudonyms)
	return err
}

func (s *Server) minutesNamings(ctx context.Context, m *minutes) (err error) {
	m.namings, err = models.NamingsOf(ctx, s.DB, m.rec.ID)
	return err
}

func (s *Server) minutesOrganisations(ctx context.Context, m *minutes) error {
	list, err := models.Organisations(ctx, s.DB, models.OrganisationFilter{})
	m.organisations = map[uuid.UUID]string{}
	for _, o := range list {
		m.organisations[o.ID] = o.Name
	}
	return err
}

func (s *Server) minutesTexts(ctx context.Context, m *minutes) error {
	versions, err := models.Versions(ctx, s.DB, m.rec.ID)
	m.versions = map[uuid.UUID]int{}
	for _, v := range versions {
		m.versions[v.ID] = v.Number
	}
	return err
}

func (s *Server) minutesTasks(ctx context.Context, m *minutes) error {
	tasks, err := models.Tasks(ctx, s.DB, models.TaskFilter{Recommendation: m.rec.ID})
	if err != nil {
		return err
	}
	m.tasks = map[uuid.UUID]models.Task{}
	var ids []uuid.UUID
	for _, t := range tasks {
		m.tasks[t.ID] = t
		ids = appendID(ids, t.PersonID)
	}
	if m.units, err = models.AskedUnits(ctx, s.DB, m.rec.ID); err != nil {
		return err
	}
	m.asked, err = models.PeopleByID(ctx, s.DB, ids)
	return err
}

func (s *Server) minutesOutcome(ctx context.Context, m *minutes) error {
	authorities, err := models.Authorities(ctx, s.DB, models.AuthorityFilter{})
	if err != nil {
		return err
	}
	m.authorities = map[uuid.UUID]models.Names{}
	for _, a := range authorities {
		m.authorities[a.ID] = a.Names
	}
	followUps, err := models.FollowUps(ctx, s.DB, models.FollowUpFilter{Recommendation: m.rec.ID, Hidden: true})
	m.followUps = map[uuid.UUID]models.FollowUp{}
	for _, f := range followUps {
		m.followUps[f.ID] = f
	}
	if err != nil {
		return err
	}
	m.attachments, err = models.Attachments(ctx, s.DB, m.rec.ID)
	return err
}

// read writes entries as minutes.
func (m *minutes) read(items []record.Item) ([]TimelineEntry, error) {
	entries := make([]TimelineEntry, 0, len(items))
	for _, it := range items {
		e := TimelineEntry{At: it.At, Zone: m.zone, What: m.l.Say("record."+it.Verb, m.args(it)), Icon: recordIcon(it.Verb), Tone: recordTone(it.Verb)}
		m.who(&e, it)
		if it.Facts["changed"] == "true" {
			e.What = i18n.Joined(e.What, " ", m.changed(it))
		}
		if n, _ := strconv.Atoi(it.Facts["conditional"]); n > 0 {
			e.What = i18n.Joined(e.What, m.l.T("record.conditional", "Number", m.l.Number(n)))
		}
		if it.Facts["reconsidered"] == "true" {
			e.What = i18n.Joined(e.What, " ", m.l.T("record.reconsidered"))
		}
		if it.Facts["late"] == "true" {
			e.What = i18n.Joined(e.What, " ", m.l.T("record.late"))
		}
		if received, err := time.Parse(time.RFC3339, it.Facts[record.FactReceived]); err == nil {
			e.What = i18n.Joined(e.What, " ", m.l.T("record.received", "Date", m.l.DateTime(received, m.zone)))
		}
		if n := m.versions[it.Object]; it.ObjectKind == "version" && n > 0 && m.inside {
			e.Href = fmt.Sprintf("%s/versions/%d", recommendationPath(m.rec.ID), n)
			e.Link = m.l.T("record.version", "Number", n)
		}
		e.Original = m.original(it)
		text, err := m.words(it)
		if err != nil {
			return nil, err
		}
		e.Text = text
		entries = append(entries, e)
	}
	return entries, nil
}

// who names the person whose words they are, in their capacity. What nobody did in person, the procedure did.
func (m *minutes) who(e *TimelineEntry, it record.Item) {
	if it.Capacity == record.System {
		e.Who = m.l.T("record.system")
		return
	}
	if letter := it.Facts[models.FactLabel]; letter != "" {
		e.Who = m.l.T("anonymity.reviewer", "Letter", letter)
		return
	}
	e.Who = m.name(it.Actor)
	if it.OnBehalfOf != uuid.Nil {
		e.Who, e.OnBehalf = m.name(it.OnBehalfOf), m.l.T("record.behalf", "Name", m.name(it.Actor))
		if it.Facts["recorded_as"] == models.RoleCoordinator {
			e.OnBehalf = m.l.T("record.behalf_coordinator", "Name", m.name(it.Actor))
		}
	}
	organisation := ""
	if it.Capacity == record.Institutional {
		organisation = m.speaker(it)
	}
	e.Capacity = inCapacity(m.l, organisation, it.Facts[record.FactAs] == models.RoleCoordinator)
}

// original leads those who may read it to the file an entry tells of: the owners, and the person it was recorded for;
// evidence all who read the report.
func (m *minutes) original(it record.Item) *original {
	id, err := uuid.Parse(it.Facts[record.FactAttachment])
	spokenFor, known := m.people[it.OnBehalfOf]
	if err == nil && it.Verb == "followup.reported" && it.OnBehalfOf == uuid.Nil {
		return &original{Href: attachmentPath(id), Name: m.attachments[id].Name, Evidence: true}
	}
	if err != nil || !m.viewer.Owns(m.rec) && (!known || spokenFor.ID != m.viewer.PersonID) {
		return nil
	}
	return &original{Href: attachmentPath(id), Name: m.attachments[id].Name}
}

// name names somebody as far as the reader may know: owners know everybody, all know themselves and the officer in
// charge, whose name stands in every mail; the others are named as far as they agreed to.
func (m *minutes) name(pseudonym uuid.UUID) string {
	p, known := m.people[pseudonym]
	switch {
	case !known:
		return m.l.T("record.somebody")
	case m.viewer.Owns(m.rec), p.ID == m.viewer.PersonID, p.ID == m.rec.OfficerID, m.agreed(p):
		return p.Name
	default:
		return m.l.T("record.somebody")
	}
}

// agreed is whether somebody agreed to be named to the reader. What a reviewer said with the answer counts before their
// profile.
func (m *minutes) agreed(p models.Person) bool {
	naming, said := m.namings[p.ID]
	if !said {
		naming = p.Naming
	}
	return models.Agreed(naming, m.network)
}

// args are the facts of an entry as its sentence uses them.
func (m *minutes) args(it record.Item) map[string]any {
	args := map[string]any{}
	for fact, value := range it.Facts {
		args[factName(fact)] = m.fact(it.Verb, fact, value)
	}
	if asked := m.askedIn(it); asked != "" {
		args["Asked"] = asked
	}
	if it.ObjectKind == "authority" {
		args["Authority"] = m.l.Name(m.authorities[it.Object])
	}
	if it.ObjectKind == "organisation" {
		args["Organisation"] = m.askedUnit(it)
	}
	if f, is := m.followUps[it.Object]; is {
		args["Authority"] = m.l.Name(m.authorities[f.AuthorityID])
		args["Measure"] = ""
		if f.Measure != nil {
			args["Measure"] = m.l.Number(f.Measure.Number)
		}
	}
	return args
}

// factName makes "reply_due" the placeholder ReplyDue.
func factName(fact string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(fact, "_") {
		if part != "" {
			b.WriteString(strings.ToUpper(part[:1]) + part[1:])
		}
	}
	return b.String()
}

// fact says a fact in the reader's language: codes and instants become words, pseudonyms names.
func (m *minutes) fact(verb, fact, value string) string {
	switch fact {
	case "language":
		return m.l.Language(value)
	case "kind":
		if strings.HasPrefix(verb, "task.") {
			return m.l.T("recommendation.awaited." + value)
		}
		return m.l.T("published.kind." + value)
	case "step":
		return m.l.T("campaign.kind." + value)
	case "answer":
		if verb == "signoff.answered" {
			return m.l.T("signoff.said." + value)
		}
		return m.l.T("recommendation.answer." + value)
	case "decision":
		return m.l.T("record.decided." + verb + "." + value)
	case "how":
		return m.l.T("record.settled." + value)
	case "source":
		return sourceName(m.l, value)
	case "status":
		return m.l.T("mail.status." + value)
	case "stop":
		return m.l.T("mailing.stop." + value)
	case "person", "former", "translator", "approver":
		if id, err := uuid.Parse(value); err == nil {
			return m.name(id)
		}
		return value
	case "field":
		return m.textLabel(value)
	}
	return m.plainFact(value)
}

// plainFact writes instants, days and figures as the language does.
func (m *minutes) plainFact(value string) string {
	if t, err := time.Parse(time.RFC3339, value); err == nil {
		return m.l.Moment(t, m.zone)
	}
	if t, err := time.Parse(time.DateOnly, value); err == nil {
		return m.l.Date(t, time.UTC)
	}
	if n, err := strconv.Atoi(value); err == nil {
		return m.l.Number(n)
	}
	return value
}

// askedIn names who was asked in the task that an entry is about.
func (m *minutes) askedIn(it record.Item) string {
	t, is := m.tasks[it.Object]
	if !is {
		return ""
	}
	if t.OrganisationID != nil {
		return m.l.ForUnit(m.organisations[*t.OrganisationID], m.units[t.ID].Concerned...)
	}
	if t.PersonID != nil && m.viewer.MayName(m.rec, t.Kind, *t.PersonID) {
		return m.asked[*t.PersonID].Name
	}
	return m.l.T("record.somebody")
}

// words are what people said, each with what it is. Redacted ones say so.
func (m *minutes) words(it record.Item) (template.HTML, error) {
	var b strings.Builder
	for _, field := range slices.Sorted(maps.Keys(it.Texts)) {
		html, err := renderWords(it.Texts[field], fmt.Sprintf("r%d%s-%s", it.Seq, it.Facts[models.FactLabel], strings.Trim(strings.NewReplacer("[", "-", "]", "").Replace(field), "-")))
		if err != nil {
			return "", err
		}
		if field != "behalf_note" { // the recorder's words, not those of whom they were recorded for
			html = spoken(html, it.Facts[record.FactWrittenIn])
		}
		b.WriteString(`<p class="words-label">` + template.HTMLEscapeString(m.textLabel(field)) + "</p>" + string(html))
	}
	for _, field := range it.Redacted {
		b.WriteString(`<p class="words-label">` + template.HTMLEscapeString(m.textLabel(field)) + `</p><p><em>` +
			template.HTMLEscapeString(m.l.T("record.redacted")) + "</em></p>")
	}
	return template.HTML(b.String()), nil //nolint:gosec // rendered by the sanitiser or escaped above
}

func (m *minutes) textLabel(field string) string {
	name, _, _ := strings.Cut(field, "[")
	return m.l.T("record.text." + name)
}

// recordIcon is the icon of an act, by what it is about.
func recordIcon(verb string) string {
	about, _, _ := strings.Cut(verb, ".")
	switch about {
	case "recommendation", "version":
		return "file-text"
	case "review", "consultation":
		return "message"
	case "translation":
		return "language"
	case "signoff":
		return "signature"
	case "publication":
		return "world"
	case "delivery", "mailing":
		return "send"
	case "campaign":
		return "speakerphone"
	case "followup":
		return "flag"
	case "text":
		return "lock"
	default:
		return "clock"
	}
}
