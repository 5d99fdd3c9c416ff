package web

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"tribuna/internal/record"
	"tribuna/models"
)

// saidInEnglish has people say in English what they say of the brief at its stage, each by the mark: every place on the pages
// where somebody's own words stand.
func (w *world) saidInEnglish() {
	t, ctx := w.t, w.t.Context()
	words, officer := englishMark+" say who pays.", w.person("officer-khc")
	require.NoError(t, w.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		_, err := record.Append(ctx, tx, w.brief.ID, record.Entry{At: time.Now(), Actor: officer.Pseudonym, Verb: "recommendation.held",
			Capacity: record.Personal, ObjectKind: "recommendation", Object: w.brief.ID, Visibility: record.Network,
			Facts: map[string]string{record.FactWrittenIn: "en"}, Texts: map[string]string{"reason": words}})
		return err
	}))
	if w.stage == "drafting" {
		return
	}
	w.saidInReview(words)
	_, err := w.db.NewUpdate().Model((*models.Translation)(nil)).Set("return_note = ?, return_written_in = 'en'", words).
		Where("recommendation_id = ?", w.brief.ID).Exec(ctx)
	require.NoError(t, err)
	if w.stage != "done" {
		return
	}
	asked := w.tasks[models.TaskSignOff]
	answer := &models.SignOff{TaskID: asked.ID, RecommendationID: w.brief.ID, VersionID: *asked.VersionID, OrganisationID: *asked.OrganisationID,
		PersonID: w.person("partner-sc-nwb").ID, Answer: models.SignOffApproveWithCondition, Reason: words, WrittenIn: "en", DecisionID: "said-signoff", AnsweredAt: time.Now()}
	require.NoError(t, answer.Put(ctx, w.db))
	report := w.tasks[models.TaskReportProgress]
	for _, source := range []string{"", "https://example.org/law"} {
		note := &models.ProgressNote{ID: models.NewID(), FollowupID: w.followUp, TaskID: &report.ID, Status: "committed", Note: words, WrittenIn: "en", SourceTitle: englishMark + " Gazette",
			SourceLanguage: "en", SourceURL: source, PersonID: w.person("partner-sc-nwb").ID, DecisionID: "said-progress", ReportedAt: time.Now()}
		require.NoError(t, note.Insert(ctx, w.db))
	}
	for _, kind := range []models.TaskKind{models.TaskReview, models.TaskConsult, models.TaskSignOff, models.TaskReportProgress} {
		task, now := w.tasks[kind], time.Now() // what was answered is shown to who answered
		task.State, task.ClosedAt = models.TaskDone, &now
		require.NoError(t, task.Save(ctx, w.db))
	}
}

// held puts the brief on hold for a reason in English, which is shown until it goes on.
func (w *world) held() {
	now := time.Now()
	w.brief.HeldAt, w.brief.HeldReason, w.brief.HeldWrittenIn = &now, englishMark+" the ministry asked us to wait.", "en"
	require.NoError(w.t, w.brief.Save(w.t.Context(), w.db, now))
}

// saidInReview has an expert and a partner answer, and the officer decide the round before.
func (w *world) saidInReview(words string) {
	t, ctx := w.t, w.t.Context()
	support, revise := models.AnswerSupport, models.ReviewRevise
	for _, kind := range []models.TaskKind{models.TaskReview, models.TaskConsult} {
		task := w.tasks[kind]
		rv := &models.Review{TaskID: task.ID, RecommendationID: w.brief.ID, VersionID: *task.VersionID, Round: 1, PersonID: w.person("expert-01").ID,
			Reasons: words, WrittenIn: "en", Naming: models.NamingNetwork, DecisionID: "said-review", AnsweredAt: time.Now()}
		if kind == models.TaskReview {
			rv.Answer = &support
		} else {
			rv.PersonID, rv.OrganisationID = w.person("partner-sc-nwb").ID, task.OrganisationID
		}
		require.NoError(t, rv.Put(ctx, w.db, []models.CommentPayload{{Block: 1, Body: words}}))
	}
	round, err := models.RoundByNumber(ctx, w.db, w.brief.ID, 1)
	if err != nil {
		round = &models.ReviewRound{RecommendationID: w.brief.ID, Number: 1, VersionID: *w.brief.CurrentVersionID, Invited: []uuid.UUID{}, Reserve: []uuid.UUID{},
			Enough: 1, DueAt: time.Now()}
		require.NoError(t, round.Insert(ctx, w.db))
	}
	if w.stage == "done" {
		now := time.Now()
		round.ClosedAt, round.Decision, round.DecisionReason, round.DecisionWrittenIn = &now, &revise, words, "en"
		require.NoError(t, round.Save(ctx, w.db))
	}
}
