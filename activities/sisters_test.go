package activities

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/demo"
	"tribuna/internal/record"
	"tribuna/models"
)

// sisters has a recommendation about two countries of delegations that share a vote, in review with one expert.
func sisters(t *testing.T) (*desk, models.Person, models.Person) {
	d := newDesk(t, nil)
	for _, country := range []string{"AL", "MD"} {
		_, err := d.db.NewRaw("INSERT INTO recommendation_countries VALUES (?, ?)", d.rec.ID, country).Exec(d.ctx)
		require.NoError(t, err)
	}
	return d, d.person("elira.gjoka@tribuna.example"), d.person("doina.cebotari@tribuna.example")
}

func (d *desk) waiting(p models.Person, kind models.TaskKind) []models.WaitingItem {
	d.t.Helper()
	v, err := models.ViewerOf(d.ctx, d.db, p.ID)
	require.NoError(d.t, err)
	all, err := models.Waiting(d.ctx, d.db, v, d.clock)
	require.NoError(d.t, err)
	var of []models.WaitingItem
	for _, i := range all {
		if i.Kind == kind {
			of = append(of, i)
		}
	}
	return of
}

func TestSistersCommentEachInTheirOwnName(t *testing.T) {
	d, elira, doina := sisters(t)
	d.startReview(d.experts[0])
	for _, p := range []models.Person{elira, doina} {
		require.Equal(t, 1, d.count((*models.OutboxMail)(nil), "kind = ? AND person_id = ?", models.MailConsultInvitation, p.ID), p.Name)
	}
	albania, moldova := d.waiting(elira, models.TaskConsult), d.waiting(doina, models.TaskConsult)
	require.Len(t, albania, 1)
	require.Len(t, moldova, 1)
	require.Equal(t, "Terre des hommes Albania", albania[0].Organisation)
	require.Empty(t, albania[0].Speaker, "no vote is shared")
	first, err := models.TaskByID(d.ctx, d.db, albania[0].TaskID)
	require.NoError(t, err)
	second, err := models.TaskByID(d.ctx, d.db, moldova[0].TaskID)
	require.NoError(t, err)

	sub := d.submit(d.rec.ID, models.DecideAnswerConsultation, doina, &first.ID, models.ConsultationPayload{VersionHash: d.version.Hash, Reasons: "Not mine."})
	refused, err := d.acts.Decide(d.ctx, DecideInput{ProcessID: d.rec.ID, SubmissionID: sub.ID})
	require.NoError(t, err)
	require.Equal(t, models.SubmissionRefused, refused.Outcome.State, "nobody comments in a sister's name")

	d.decide(d.rec.ID, models.DecideAnswerConsultation, elira, first, models.ConsultationPayload{VersionHash: d.version.Hash, Reasons: "From Tirana."})
	require.Empty(t, d.waiting(elira, models.TaskConsult))
	require.Len(t, d.waiting(doina, models.TaskConsult), 1, "the sister is still asked")
	d.decide(d.rec.ID, models.DecideAnswerConsultation, doina, second, models.ConsultationPayload{VersionHash: d.version.Hash, Reasons: "From Chișinău."})

	said := map[uuid.UUID]string{}
	list, err := models.Reviews(d.ctx, d.db, d.rec.ID, 1)
	require.NoError(t, err)
	for _, rv := range list {
		said[*rv.OrganisationID] = rv.Reasons
	}
	require.Equal(t, map[uuid.UUID]string{demo.ID("organisation", "tdh-al"): "From Tirana.", demo.ID("organisation", "tdh-md"): "From Chișinău."}, said)
	d.whole()
}

func TestAConsultationAskedOfTheUnitBeforeGoesOn(t *testing.T) {
	d, elira, doina := sisters(t)
	d.startReview(d.experts[0])
	_, err := d.db.NewRaw("UPDATE tasks SET alone = false, organisation_id = ? WHERE recommendation_id = ? AND organisation_id = ?",
		demo.ID("organisation", "tdh"), d.rec.ID, demo.ID("organisation", "tdh-al")).Exec(d.ctx)
	require.NoError(t, err)
	asked := d.waiting(elira, models.TaskConsult)
	require.Len(t, asked, 1)
	require.Equal(t, "Terre des hommes Albania", asked[0].Speaker)
	task, err := models.TaskByID(d.ctx, d.db, asked[0].TaskID)
	require.NoError(t, err)
	d.decide(d.rec.ID, models.DecideAnswerConsultation, elira, task, models.ConsultationPayload{VersionHash: d.version.Hash, Reasons: "As asked."})
	require.Len(t, d.waiting(doina, models.TaskConsult), 1, "her own")
}

func TestASignOffInAnothersPlaceNamesBothAndTellsTheFirst(t *testing.T) {
	d, elira, doina := sisters(t)
	_, err := d.db.NewRaw("UPDATE recommendations SET languages = '{}' WHERE id = ?", d.rec.ID).Exec(d.ctx)
	require.NoError(t, err)
	d.startReview(d.experts[0])
	d.answerReview(d.experts[0])
	d.endReview(models.ReviewAccept)
	d.stage("OpenTranslations", d.acts.OpenTranslations)
	d.stage("OpenSignOff", d.acts.OpenSignOff)
	asked := d.waiting(elira, models.TaskSignOff)
	require.Len(t, asked, 1)
	task, err := models.TaskByID(d.ctx, d.db, asked[0].TaskID)
	require.NoError(t, err)
	answer := func(p models.Person, payload models.SignOffPayload) {
		payload.VersionHash = d.version.Hash
		task, err = models.TaskByID(d.ctx, d.db, task.ID)
		require.NoError(t, err)
		d.decide(d.rec.ID, models.DecideAnswerSignOff, p, task, payload)
	}
	told := func(p models.Person) int {
		return d.count((*models.OutboxMail)(nil), "kind = ? AND person_id = ?", models.MailSignOffReplaced, p.ID)
	}
	answer(elira, models.SignOffPayload{Answer: models.SignOffApprove})
	answer(elira, models.SignOffPayload{Answer: models.SignOffAbstain, Reason: "On reflection."})
	require.Zero(t, told(elira), "one's own change is no news")
	answer(doina, models.SignOffPayload{Answer: models.SignOffApprove})
	require.Equal(t, 1, told(elira))
	require.Zero(t, told(doina))

	items, err := record.List(d.ctx, d.db, d.rec.ID, record.Network)
	require.NoError(t, err)
	last := items[len(items)-1]
	require.Equal(t, "signoff.answered", last.Verb)
	require.Equal(t, doina.Pseudonym, last.Actor)
	require.Equal(t, elira.Pseudonym.String(), last.Facts["former"])
	require.Equal(t, demo.ID("organisation", "tdh-al").String(), last.Facts["replaced"])
	d.whole()
}
