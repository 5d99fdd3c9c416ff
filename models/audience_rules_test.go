package models_test

import (
	"slices"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/apperr"
	"tribuna/models"
)

// engagedNetwork is a network in which people have had to do with a recommendation.
type engagedNetwork struct {
	network
	about, version, mailing uuid.UUID
	officer                 models.Person
}

func newEngagedNetwork(t *testing.T) engagedNetwork {
	t.Helper()
	n := engagedNetwork{network: newNetwork(t)}
	n.officer = n.person(t, "owner", models.RoleOfficer, n.partner)
	n.about = n.recommendation(t, n.officer)
	n.version = models.NewID()
	n.exec(t, `INSERT INTO versions (id, recommendation_id, number, title, body, measures, hash, created_by, created_at)
		VALUES (?, ?, 1, 'T', 'B', '[]', 'h', ?, now())`, n.version, n.about, n.officer.ID)
	n.mailing = n.sentAbout(t, n.about)
	return n
}

func (n engagedNetwork) exec(t *testing.T, query string, args ...any) {
	t.Helper()
	_, err := n.db.NewRaw(query, args...).Exec(t.Context())
	require.NoError(t, err)
}

// sentAbout is an earlier mailing.
func (n engagedNetwork) sentAbout(t *testing.T, recommendation uuid.UUID) uuid.UUID {
	t.Helper()
	campaign, mailing := models.NewID(), models.NewID()
	n.exec(t, `INSERT INTO campaigns (id, recommendation_id, title, officer_id, created_at) VALUES (?, ?, 'C', ?, now())`, campaign, recommendation, n.officer.ID)
	n.exec(t, `INSERT INTO mailings (id, campaign_id, recommendation_id, state, fallback_language, created_by, created_at, launched_at)
		VALUES (?, ?, ?, 'sent', 'en', ?, now(), now())`, mailing, campaign, recommendation, n.officer.ID)
	return mailing
}

func (n engagedNetwork) got(t *testing.T, mailing uuid.UUID, p models.Person, state models.MailState) {
	t.Helper()
	n.exec(t, `INSERT INTO outbox (id, kind, person_id, language, mailing_id, state, not_before, created_at)
		VALUES (?, 'mailing', ?, 'en', ?, ?, now(), now())`, models.NewID(), p.ID, mailing, state)
}

func (n engagedNetwork) task(t *testing.T, kind string, p models.Person) uuid.UUID {
	t.Helper()
	n.openTask(t, n.about, kind, p)
	var id uuid.UUID
	require.NoError(t, n.db.NewRaw(`SELECT id FROM tasks WHERE person_id = ? AND kind = ?`, p.ID, kind).Scan(t.Context(), &id))
	return id
}

func (n engagedNetwork) reviewed(t *testing.T, p models.Person, round int) {
	t.Helper()
	n.exec(t, `INSERT INTO reviews (task_id, recommendation_id, version_id, round, person_id, answer, decision_id, answered_at)
		VALUES (?, ?, ?, ?, ?, 'support', 'd', now())`, n.task(t, "review", p), n.about, n.version, round, p.ID)
}

func (n engagedNetwork) signed(t *testing.T, p models.Person) {
	t.Helper()
	n.exec(t, `INSERT INTO signoffs (task_id, recommendation_id, version_id, organisation_id, person_id, answer, decision_id, answered_at)
		VALUES (?, ?, ?, ?, ?, 'approve', 'd', now())`, n.task(t, "sign_off", p), n.about, n.version, n.partner.ID, p.ID)
}

func (n engagedNetwork) who(t *testing.T, a models.Audience) []string {
	t.Helper()
	a.About = n.about
	require.NoError(t, a.Validate())
	list := []string{}
	require.NoError(t, models.MailingAudience(t.Context(), n.db, a).Column("name").Order("name").Scan(t.Context(), &list))
	return list
}

func expertIn(topics ...string) func(*models.Person) {
	return func(p *models.Person) { p.Topics = topics }
}

func TestAudienceByOrganisationTopicAndEngagement(t *testing.T) {
	n := newEngagedNetwork(t)
	reviewer := n.person(t, "reviewer", models.RoleExpert, n.academics, consents, expertIn("care", "schools"))
	masked := n.person(t, "masked", models.RoleExpert, n.academics, consents, expertIn("care"))
	signer := n.person(t, "signer", models.RolePartner, n.partner, consents)
	reader := n.person(t, "reader", models.RoleReader, n.lead, consents)
	refused := n.person(t, "refused", models.RoleReader, n.lead, consents)
	n.exec(t, `INSERT INTO review_rounds (recommendation_id, number, version_id, anonymity, invited, enough, due_at)
		SELECT ?, r.number, ?, r.anonymity, '{}', 1, now() FROM (VALUES (1, 'open'), (2, 'single')) AS r (number, anonymity)`, n.about, n.version)
	n.reviewed(t, reviewer, 1)
	n.reviewed(t, masked, 2)
	n.signed(t, signer)
	n.got(t, n.mailing, reader, models.MailDelivered)
	n.got(t, n.mailing, refused, models.MailFailed)
	elsewhere := n.recommendation(t, n.officer)
	n.got(t, n.sentAbout(t, elsewhere), signer, models.MailDelivered)

	for _, c := range []struct {
		what     string
		audience models.Audience
		want     []string
	}{
		{"everybody", models.Audience{}, []string{"masked", "reader", "refused", "reviewer", "signer"}},
		{"organisation", models.Audience{Organisations: []uuid.UUID{n.academics.ID, n.partner.ID}}, []string{"masked", "reviewer", "signer"}},
		{"topic", models.Audience{Topics: []string{"schools", "none"}}, []string{"reviewer"}},
		{"reviewed", models.Audience{Engagement: []string{models.EngagedReviewed}}, []string{"reviewer"}},
		{"signed off", models.Audience{Engagement: []string{models.EngagedSignedOff}}, []string{"signer"}},
		{"either", models.Audience{Engagement: []string{models.EngagedReviewed, models.EngagedSignedOff}}, []string{"reviewer", "signer"}},
		{"acted", models.Audience{Engagement: []string{models.EngagedActed}}, []string{"signer"}},
		{"sent", models.Audience{Engagement: []string{models.EngagedSent}}, []string{"reader"}},
		{"not sent", models.Audience{Engagement: []string{models.EngagedNotSent}}, []string{"masked", "refused", "reviewer", "signer"}},
		{"both limits", models.Audience{Engagement: []string{models.EngagedReviewed}, Organisations: []uuid.UUID{n.partner.ID}}, []string{}},
		{"not who acted", models.Audience{Except: models.Exclusions{Acted: true}}, []string{"masked", "reader", "refused", "reviewer"}},
		{"not an organisation", models.Audience{Except: models.Exclusions{Organisations: []uuid.UUID{n.academics.ID}}}, []string{"reader", "refused", "signer"}},
		{"not who got it", models.Audience{Except: models.Exclusions{Mailings: []uuid.UUID{n.mailing}}}, []string{"masked", "refused", "reviewer", "signer"}},
		{"not a person", models.Audience{Except: models.Exclusions{People: []uuid.UUID{masked.ID, reader.ID}}}, []string{"refused", "reviewer", "signer"}},
	} {
		require.Equal(t, c.want, n.who(t, c.audience), c.what)
	}
	require.Error(t, models.MailingAudience(t.Context(), n.db, models.Audience{Except: models.Exclusions{Acted: true}}).Column("name").Scan(t.Context(), new([]string)),
		"without a recommendation nobody would be left out")
}

func TestAnotherOrganisationsMailingTellsNobodyWhoGotIt(t *testing.T) {
	n := newEngagedNetwork(t)
	reader := n.person(t, "reader", models.RoleReader, n.lead, consents)
	other := n.recommendation(t, n.officer)
	n.exec(t, `UPDATE recommendations SET organisation_id = ? WHERE id = ?`, n.lead.ID, other)
	theirs := n.sentAbout(t, other)
	n.got(t, theirs, reader, models.MailDelivered)
	require.Equal(t, []string{"reader"}, n.who(t, models.Audience{Except: models.Exclusions{Mailings: []uuid.UUID{theirs}}}))
}

func TestWhoReportedIsNotAskedAgain(t *testing.T) {
	n := newEngagedNetwork(t)
	reporter := n.person(t, "reporter", models.RolePartner, n.partner, consents)
	authority, measure, followup := models.NewID(), models.NewID(), models.NewID()
	n.exec(t, `INSERT INTO authorities (id, slug, level, names) VALUES (?, 'ministry', 'state', '{"en": "M"}')`, authority)
	n.exec(t, `INSERT INTO measures (id, recommendation_id, number, text) VALUES (?, ?, 1, 'M')`, measure, n.about)
	n.exec(t, `INSERT INTO followups (id, recommendation_id, measure_id, authority_id, organisation_id, status_since, ask_at, created_at)
		VALUES (?, ?, ?, ?, ?, now(), now(), now())`, followup, n.about, measure, authority, n.partner.ID)
	n.exec(t, `INSERT INTO progress_notes (id, followup_id, status, note, observed_on, person_id, decision_id, reported_at)
		VALUES (?, ?, 'committed', 'N', now(), ?, 'd', now())`, models.NewID(), followup, reporter.ID)
	require.Equal(t, []string{}, n.who(t, models.Audience{Except: models.Exclusions{Acted: true}}))
	require.Equal(t, []string{"reporter"}, n.who(t, models.Audience{}))
}

func TestWhoDoesNotGetItIsCountedOnceByReason(t *testing.T) {
	n := newEngagedNetwork(t)
	n.person(t, "may", models.RoleReader, n.lead, consents)
	n.person(t, "silent", models.RoleReader, n.lead)
	n.person(t, "gone", models.RoleReader, n.lead, left)
	stopped := n.person(t, "stopped", models.RoleReader, n.lead, consents)
	require.NoError(t, models.Unsubscribe(t.Context(), n.db, stopped.ID, noon))
	bounced := n.person(t, "bounced", models.RoleReader, n.lead, consents)
	require.NoError(t, models.Unsubscribe(t.Context(), n.db, bounced.ID, noon))
	require.NoError(t, models.Suppress(t.Context(), n.db, "bounced@people.example", "bounced", noon))
	kept, err := models.MailingAudienceKept(t.Context(), n.db, models.Readership{Audience: models.Audience{Roles: []string{models.RoleReader}}, At: noon})
	require.NoError(t, err)
	require.Equal(t, models.AudienceKept{Left: 1, Suppressed: 1, Unsubscribed: 1, NoConsent: 1}, kept)
	require.Equal(t, 4, kept.Total())
}

// TestWhoHasActedIsAmongThoseWhoDoNotGetIt: where the audience leaves them out, and nothing else keeps them from it.
func TestWhoHasActedIsAmongThoseWhoDoNotGetIt(t *testing.T) {
	n := newEngagedNetwork(t)
	n.person(t, "may", models.RoleReader, n.lead, consents)
	n.signed(t, n.person(t, "acted", models.RoleReader, n.lead, consents))
	stopped := n.person(t, "stopped", models.RoleReader, n.lead, consents)
	n.signed(t, stopped)
	require.NoError(t, models.Unsubscribe(t.Context(), n.db, stopped.ID, noon))
	reach := models.Readership{Audience: models.Audience{Roles: []string{models.RoleReader}, About: n.about}, At: noon}
	kept, err := models.MailingAudienceKept(t.Context(), n.db, reach)
	require.NoError(t, err)
	require.Equal(t, models.AudienceKept{Unsubscribed: 1}, kept, "it leaves nobody out")
	reach.Except.Acted = true
	kept, err = models.MailingAudienceKept(t.Context(), n.db, reach)
	require.NoError(t, err)
	require.Equal(t, models.AudienceKept{Unsubscribed: 1, Acted: 1}, kept, "writing to those who acted as well reaches as many more")
	counts, err := models.MailingAudienceCounts(t.Context(), n.db, reach)
	require.NoError(t, err)
	require.Equal(t, []models.AudienceCount{{Language: "en", People: 1}}, counts)
	require.True(t, reach.Except.Acted, "what was asked is as it was")
}

func TestASampleNamesThoseWhoMayBeNamed(t *testing.T) {
	n := newEngagedNetwork(t)
	public := n.person(t, "public", models.RoleReader, n.lead, consents, func(p *models.Person) { p.Naming = models.NamingPublic })
	for _, name := range []string{"a", "b", "c", "d", "e", "f"} {
		n.person(t, name, models.RoleReader, n.lead, consents, livesIn("BG", "bg"))
	}
	readers := models.Readership{Audience: models.Audience{Roles: []string{models.RoleReader}, About: n.about}, At: noon}
	officer := models.Viewer{PersonID: n.officer.ID, Roles: []models.Role{{PersonID: n.officer.ID, OrganisationID: n.partner.ID, Role: models.RoleOfficer}}}
	sample, err := models.SampleAudience(t.Context(), n.db, officer, readers)
	require.NoError(t, err)
	require.Len(t, sample, models.AudienceSample)
	require.Equal(t, "public", sample[0].Name)
	for _, p := range sample[1:] {
		require.Empty(t, p.Name)
		require.Equal(t, "BG", p.CountryCode)
		_, err := models.InAudience(t.Context(), n.db, officer, readers, p.ID)
		require.Equal(t, apperr.CodeNotFound, apperr.CodeOf(err), "who is not named is not looked at")
	}
	_, err = models.InAudience(t.Context(), n.db, officer, readers, public.ID)
	require.NoError(t, err)
	_, err = models.InAudience(t.Context(), n.db, officer, models.Readership{Audience: models.Audience{Roles: []string{models.RoleExpert}}, At: noon}, public.ID)
	require.Equal(t, apperr.CodeNotFound, apperr.CodeOf(err), "nor who does not get it")
	coordinator := models.Viewer{PersonID: n.officer.ID, Roles: []models.Role{{PersonID: n.officer.ID, OrganisationID: n.lead.ID, Role: models.RoleCoordinator}}}
	sample, err = models.SampleAudience(t.Context(), n.db, coordinator, readers)
	require.NoError(t, err)
	require.False(t, slices.ContainsFunc(sample, func(p models.SampledPerson) bool { return p.Name == "" }))
}

func TestKeptSegmentsAreAnOrganisationsOwn(t *testing.T) {
	n := newEngagedNetwork(t)
	in := models.MailingSegmentInput{Name: " Readers in Bulgaria ", Audience: models.Audience{Countries: []string{"BG"}, Engagement: []string{models.EngagedNotSent}}}
	kept, err := models.KeepMailingSegment(t.Context(), n.db, n.partner.ID, in, noon)
	require.NoError(t, err)
	in.Name, in.Audience.Countries = "readers in bulgaria", []string{"HR"}
	again, err := models.KeepMailingSegment(t.Context(), n.db, n.partner.ID, in, noon)
	require.NoError(t, err)
	require.Equal(t, kept.ID, again.ID, "the same name is the same segment")
	require.Equal(t, 2, again.Revision)
	_, err = models.MailingSegmentByID(t.Context(), n.db, n.lead.ID, kept.ID)
	require.Equal(t, apperr.CodeNotFound, apperr.CodeOf(err), "it is not another's")
	require.Equal(t, apperr.CodeOutdated, apperr.CodeOf(models.EditMailingSegment(t.Context(), n.db, again, 1, in, noon)))
	require.NoError(t, models.EditMailingSegment(t.Context(), n.db, again, 2, models.MailingSegmentInput{Name: "All"}, noon))
	list, err := models.MailingSegments(t.Context(), n.db, n.partner.ID)
	require.NoError(t, err)
	require.Len(t, list, 1)
	require.Equal(t, "All", list[0].Name)
	require.Equal(t, models.Audience{}, list[0].Audience)
	for name, bad := range map[string]models.MailingSegmentInput{"no name": {}, "no such role": {Name: "x", Audience: models.Audience{Roles: []string{"king"}}},
		"no such engagement": {Name: "x", Audience: models.Audience{Engagement: []string{"loved"}}}} {
		_, err := models.KeepMailingSegment(t.Context(), n.db, n.partner.ID, bad, noon)
		require.Equal(t, apperr.CodeInvalid, apperr.CodeOf(err), name)
	}
	require.NoError(t, models.DeleteMailingSegment(t.Context(), n.db, again))
	require.Equal(t, apperr.CodeNotFound, apperr.CodeOf(models.DeleteMailingSegment(t.Context(), n.db, again)))
}

func TestATopicChoosesWhoKnowsItOrTickedIt(t *testing.T) {
	n := newEngagedNetwork(t)
	insert(t, n.db, &models.Topic{Slug: "care", Names: models.Names{}})
	insert(t, n.db, &models.Topic{Slug: "school", Names: models.Names{}})
	likes := func(name string, topics ...string) {
		p := n.person(t, name, models.RoleReader, n.lead, consents)
		pref := models.MailingPreference{PersonID: p.ID, Topics: topics, AtMost: models.AtMostEach}
		require.NoError(t, pref.Save(t.Context(), n.db, noon))
	}
	n.person(t, "knows", models.RoleExpert, n.lead, consents, func(p *models.Person) { p.Topics = []string{"care"} })
	likes("likes", "care")
	likes("likes-other", "school")
	likes("ticked-nothing")
	n.person(t, "said-nothing", models.RoleReader, n.lead, consents)
	require.Equal(t, []string{"knows", "likes"}, n.who(t, models.Audience{Topics: []string{"care"}}))
	require.Equal(t, []string{"knows", "likes", "likes-other"}, n.who(t, models.Audience{Topics: []string{"care", "school"}}))
}

func TestWhoSubscribedIsReachedWithoutARole(t *testing.T) {
	n := newEngagedNetwork(t)
	n.person(t, "reader", models.RoleReader, n.lead, consents)
	n.person(t, "partner", models.RolePartner, n.lead, consents)
	subscriber := models.NewPerson(noon)
	subscriber.Name, subscriber.Email, subscriber.Language = "subscriber", "subscriber@people.example", "en"
	consents(&subscriber)
	require.NoError(t, models.AddPerson(t.Context(), n.db, &subscriber))
	require.Equal(t, []string{"reader"}, n.who(t, models.Audience{Roles: []string{models.RoleReader}}))
	require.Equal(t, []string{"subscriber"}, n.who(t, models.Audience{Roles: []string{models.NoRole}}))
	require.Equal(t, []string{"reader", "subscriber"}, n.who(t, models.Audience{Roles: []string{models.RoleReader, models.NoRole}}))
	require.NoError(t, models.Audience{Roles: []string{models.NoRole}}.Validate())
}

func TestSomebodyOfAnAudienceIsFoundByName(t *testing.T) {
	n := newEngagedNetwork(t)
	public := func(p *models.Person) { p.Naming = models.NamingPublic }
	called := func(name string) func(*models.Person) { return func(p *models.Person) { p.Name = name } }
	ana := n.person(t, "ana", models.RoleReader, n.lead, consents, public, called("Ana Marić"))
	n.person(t, "hidden", models.RoleReader, n.lead, consents, called("Ana Hidden"))
	n.person(t, "silent", models.RoleReader, n.lead, public, called("Ana Silent"))
	n.person(t, "elsewhere", models.RolePartner, n.lead, consents, public, called("Ana Elsewhere"))
	readers := models.Readership{Audience: models.Audience{Roles: []string{models.RoleReader}, About: n.about}, Kind: models.MailingKindCampaign, At: noon}
	officer := models.Viewer{PersonID: n.officer.ID, Roles: []models.Role{{PersonID: n.officer.ID, OrganisationID: n.partner.ID, Role: models.RoleOfficer}}}
	for words, want := range map[string]int{"ana": 1, "mar an": 1, "Hidden": 0, "silent": 0, "elsewhere": 0, " ": 0, "%": 0} {
		found, err := models.FindInAudience(t.Context(), n.db, officer, readers, words)
		require.NoError(t, err)
		require.Len(t, found, want, words)
		if want == 1 {
			require.Equal(t, ana.ID, found[0].ID)
		}
	}
}
