package models_test

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/models"
)

// launched is a mailing that is being sent, of which mails to some people wait.
func (s series) launched(t *testing.T, audience string, people ...models.Person) uuid.UUID {
	t.Helper()
	mailing := s.sentAbout(t, s.about)
	s.exec(t, `UPDATE mailings SET state = 'sending', audience = ?::jsonb WHERE id = ?`, audience, mailing)
	for _, p := range people {
		s.got(t, mailing, p, models.MailQueued)
	}
	return mailing
}

func (s series) stateOf(t *testing.T, mailing uuid.UUID, p models.Person) (state, reply string) {
	t.Helper()
	require.NoError(t, s.db.NewRaw(`SELECT state, reply FROM outbox WHERE mailing_id = ? AND person_id = ?`, mailing, p.ID).Scan(t.Context(), &state, &reply))
	return state, reply
}

// TestWhoActedSinceTheLaunchIsNotAskedAgain settles what counts: signing off whatever the answer, reporting on progress, carrying
// out a step of a campaign. A review, a step that is only planned or was called off, and acts on another recommendation do not.
func TestWhoActedSinceTheLaunchIsNotAskedAgain(t *testing.T) {
	s := newSeries(t)
	ctx := t.Context()
	person := func(name, role string) models.Person { return s.person(t, name, role, s.partner, consents) }
	signer, decliner, reporter := person("signer", models.RolePartner), person("decliner", models.RolePartner), person("reporter", models.RolePartner)
	met, plans, off := person("met", models.RoleOfficer), person("plans", models.RoleOfficer), person("off", models.RoleOfficer)
	reviewer, elsewhere, reader := person("reviewer", models.RoleExpert), person("elsewhere", models.RolePartner), person("reader", models.RoleReader)
	all := []models.Person{signer, decliner, reporter, met, plans, off, reviewer, elsewhere, reader}
	mailing := s.launched(t, `{"except": {"acted": true}}`, all...)
	insistent := s.launched(t, `{"except": {}}`, all...)
	gone := s.launched(t, `{"except": {"acted": true}}`)
	s.got(t, gone, signer, models.MailDelivered)
	dropped, err := models.DropActed(ctx, s.db, mailing, noon)
	require.NoError(t, err)
	require.Zero(t, dropped, "nobody has acted yet")

	s.signed(t, signer)
	s.signed(t, decliner)
	s.exec(t, `UPDATE signoffs SET answer = 'do_not_cosign' WHERE person_id = ?`, decliner.ID)
	s.reported(t, s.about, reporter)
	other := s.recommendation(t, s.officer)
	s.reported(t, other, elsewhere)
	s.exec(t, `INSERT INTO review_rounds (recommendation_id, number, version_id, anonymity, invited, enough, due_at) VALUES (?, 1, ?, 'open', '{}', 1, now())`, s.about, s.version)
	s.reviewed(t, reviewer, 1)
	_, err = models.SettleStep(ctx, s.db, s.campaign, s.plan(t, meeting(met, 2026, 3, 11)).ID, 1, models.StepDone, models.StepResult{}, s.officer, noon)
	require.NoError(t, err)
	s.plan(t, meeting(plans, 2026, 3, 20))
	_, err = models.SettleStep(ctx, s.db, s.campaign, s.plan(t, meeting(off, 2026, 3, 11)).ID, 1, models.StepCalledOff, models.StepResult{}, s.officer, noon)
	require.NoError(t, err)

	dropped, err = models.DropActed(ctx, s.db, mailing, noon)
	require.NoError(t, err)
	require.Equal(t, 4, dropped)
	for _, p := range []models.Person{signer, decliner, reporter, met} {
		state, reply := s.stateOf(t, mailing, p)
		require.Equal(t, [2]string{"cancelled", models.ReplyActed}, [2]string{state, reply}, p.Name)
	}
	for _, p := range []models.Person{plans, off, reviewer, elsewhere, reader} {
		state, _ := s.stateOf(t, mailing, p)
		require.Equal(t, "queued", state, p.Name)
	}
	dropped, err = models.DropActed(ctx, s.db, insistent, noon)
	require.NoError(t, err)
	require.Zero(t, dropped, "its officer wants them to get it all the same")
	_, err = models.DropActed(ctx, s.db, gone, noon)
	require.NoError(t, err)
	state, _ := s.stateOf(t, gone, signer)
	require.Equal(t, "delivered", state, "what went out went out")
	require.Equal(t, []string{"elsewhere", "off", "plans", "reader", "reviewer"}, s.who(t, models.Audience{Except: models.Exclusions{Acted: true}}),
		"the next mailing asks the same people")
}

// reported is a report on a measure of a recommendation.
func (n engagedNetwork) reported(t *testing.T, recommendation uuid.UUID, p models.Person) {
	t.Helper()
	authority, measure, followup := models.NewID(), models.NewID(), models.NewID()
	n.exec(t, `INSERT INTO authorities (id, slug, level, names) VALUES (?, ?, 'state', '{"en": "M"}')`, authority, authority.String())
	n.exec(t, `INSERT INTO measures (id, recommendation_id, number, text) VALUES (?, ?, 1, 'M')`, measure, recommendation)
	n.exec(t, `INSERT INTO followups (id, recommendation_id, measure_id, authority_id, organisation_id, status_since, ask_at, created_at)
		VALUES (?, ?, ?, ?, ?, now(), now(), now())`, followup, recommendation, measure, authority, n.partner.ID)
	n.exec(t, `INSERT INTO progress_notes (id, followup_id, status, note, observed_on, person_id, decision_id, reported_at)
		VALUES (?, ?, 'committed', 'N', now(), ?, 'd', now())`, models.NewID(), followup, p.ID)
}
