package models_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
	"tribuna/internal/record"
	"tribuna/models"
)

// theName is what has no business in a text.
const theName = "Mira Petrović"

// exposed is a writer's text with somebody who was asked about it, and a coordinator.
type exposed struct {
	*writer
	stranger, coordinator models.Person
}

func newExposed(t *testing.T) *exposed {
	t.Helper()
	d := newWriter(t)
	return &exposed{writer: d, stranger: d.person(t, "stranger", models.RoleExpert, d.academics), coordinator: d.person(t, "coordinator", models.RoleCoordinator, d.lead)}
}

// spread writes the name into everything that holds words about the recommendation.
func (d *exposed) spread(t *testing.T) {
	t.Helper()
	first := d.versions(t)[0]
	draft := d.draft("Fund it for " + theName + ".")
	draft.Measures[0].ID, draft.Title, draft.Body, draft.Note = &first.Measures[0].ID, "The case of "+theName, "We know "+theName+" well.\n\nSecond.", "about "+theName
	v, err := d.edit(t, 1, draft)
	require.NoError(t, err)
	task := &models.Task{ID: models.NewID(), ProcessID: d.rec.ID, RecommendationID: d.rec.ID, Kind: models.TaskReview, Round: 1, PersonID: &d.stranger.ID,
		VersionID: &v.ID, State: models.TaskOpen, OpenedAt: noon, DueAt: noon, GraceUntil: noon, Generation: 1}
	require.NoError(t, task.Insert(t.Context(), d.db))
	review := &models.Review{TaskID: task.ID, RecommendationID: d.rec.ID, VersionID: v.ID, Round: 1, PersonID: d.stranger.ID, Reasons: theName + " said so",
		Naming: models.NamingNone, DecisionID: "decision-1", AnsweredAt: noon}
	require.NoError(t, review.Put(t.Context(), d.db, []models.CommentPayload{{Block: 0, Quote: theName, Body: "who is " + theName + "?"}}))
	tr := &models.Translation{ID: models.NewID(), RecommendationID: d.rec.ID, VersionID: v.ID, Language: "bg", Title: theName, State: models.TranslationOpen,
		Measures: []models.TranslatedMeasure{{ID: first.Measures[0].ID, Text: "за " + theName}}, Revision: 1}
	insert(t, d.db, tr)
	insert(t, d.db, &models.TranslationBlock{TranslationID: tr.ID, Source: "We know " + theName + " well.", Text: "Познаваме " + theName, Note: theName})
	pub := &models.Publication{ID: models.NewID(), RecommendationID: d.rec.ID, VersionID: v.ID, PublishedAt: noon, Texts: []models.PublicationText{
		{Language: "en", Title: theName, Body: theName, Measures: []models.PublishedMeasure{{ID: first.Measures[0].ID, Number: 1, Text: theName}}}}}
	require.NoError(t, pub.Insert(t.Context(), d.db, []uuid.UUID{d.ministry}))
	fu := &models.FollowUp{ID: models.NewID(), RecommendationID: d.rec.ID, MeasureID: first.Measures[0].ID, AuthorityID: d.ministry, Status: "no_reply",
		StatusSince: noon, Period: 1, CreatedAt: noon, OrganisationID: &d.partner.ID, AskAt: &noon}
	require.NoError(t, fu.Insert(t.Context(), d.db))
	require.NoError(t, (&models.ProgressNote{ID: models.NewID(), FollowupID: fu.ID, Status: "no_reply", Note: theName, SourceTitle: theName, ObservedOn: noon,
		PersonID: d.officer.ID, DecisionID: "decision-2", ReportedAt: noon}).Insert(t.Context(), d.db))
	_, err = d.db.NewRaw(`INSERT INTO submissions (id, process_id, decision_id, kind, actor_id, payload, args_salt, args_hash, received_at, behalf_note)
		VALUES (gen_random_uuid(), ?, 'decision-1', 'answer_review', ?, ?, 'salt', 'hash', ?, ?)`, d.rec.ID, d.stranger.ID,
		`{"reasons": "`+theName+` said so", "comments": [{"body": "who is `+theName+`?"}], "n": 1}`, noon, "by "+theName).Exec(t.Context())
	require.NoError(t, err)
	unsent := &models.KeptWords{PersonID: d.officer.ID, Form: models.KeptEdit(d.rec.ID), RecommendationID: &d.rec.ID, KeptAt: noon,
		Fields: map[string][]string{"body": {"Not sent: " + theName}}}
	require.NoError(t, unsent.Keep(t.Context(), d.db))
	letter, err := models.NewAttachment(d.rec.ID, "letter.txt", []byte("Dear all, "+theName+" wrote."), d.officer.ID, noon)
	require.NoError(t, err)
	require.NoError(t, letter.Insert(t.Context(), d.db))
	d.tx(t, func(ctx context.Context, tx bun.Tx) error {
		_, err := record.Append(ctx, tx, d.rec.ID, record.Entry{At: noon, Verb: "review.answered", Actor: d.stranger.Pseudonym, Capacity: record.Personal,
			ObjectKind: "task", Object: task.ID, DecisionID: "decision-1", Visibility: record.Network, Texts: map[string]string{"reasons": theName + " said so", "other": "stays"},
			Facts: map[string]string{record.FactAttachment: letter.ID.String(), record.FactAttachmentHash: letter.Hash, record.FactAttachmentSize: fmt.Sprint(letter.Size)}})
		if err != nil {
			return err
		}
		_, err = models.ReportContent(ctx, tx, d.rec, models.ReportInput{Kind: models.ReportChild, Reason: "it names " + theName}, nil, noon)
		return err
	})
}

// holding lists the tables in which a passage stands, whatever the column, files included.
func (d *exposed) holding(t *testing.T, passage string) []string {
	t.Helper()
	var tables, holding []string
	require.NoError(t, d.db.NewRaw(`SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1`).Scan(t.Context(), &tables))
	require.Greater(t, len(tables), 30)
	for _, table := range tables {
		var n int
		require.NoError(t, d.db.NewRaw(`SELECT count(*) FROM ? AS x WHERE position(? IN x::text) > 0 OR position(encode(convert_to(?, 'UTF8'), 'hex') IN x::text) > 0`,
			bun.Ident(table), passage, passage).Scan(t.Context(), &n))
		if n > 0 {
			holding = append(holding, table)
		}
	}
	return holding
}

func (d *exposed) remove(t *testing.T, in models.PassageInput) (found []models.PassageCount, err error) {
	t.Helper()
	err = d.try(t, func(ctx context.Context, tx bun.Tx) (err error) {
		found, err = models.RedactPassage(ctx, tx, d.rec, in, d.coordinator, noon)
		return err
	})
	return found, err
}

func TestAPassageIsGoneFromEverywhereAndTheRecordIsWhole(t *testing.T) {
	d := newExposed(t)
	d.spread(t)
	before := d.holding(t, theName)
	for _, table := range []string{"versions", "measures", "recommendations", "reviews", "comments", "translations", "translation_blocks", "publication_texts",
		"progress_notes", "submissions", "record_texts", "attachments", "content_reports", "kept_words"} {
		require.Contains(t, before, table, "the test plants it everywhere")
	}
	hash := d.versions(t)[0].Hash
	findable := func() (n int) {
		require.NoError(t, d.db.NewRaw(`SELECT count(*) FROM published_measures WHERE words @@ search_query(?)`, theName).Scan(t.Context(), &n))
		return n
	}
	require.Equal(t, 1, findable())

	found, err := d.remove(t, models.PassageInput{Passage: " " + theName + " ", Reason: "It names a child."})
	require.NoError(t, err)
	require.Contains(t, found, models.PassageCount{Place: "versions", Count: 1})
	require.Contains(t, found, models.PassageCount{Place: "attachments", Count: 1})
	require.Empty(t, d.holding(t, theName))
	require.Zero(t, findable(), "what is removed is not found either")
	require.NotEmpty(t, d.holding(t, models.RemovedMarker))

	newest := d.versions(t)[0]
	require.Equal(t, "We know [removed] well.\n\nSecond.", newest.Body)
	require.Equal(t, hash, newest.Hash, "answers were given under it")
	require.Equal(t, "Fund it for [removed].", newest.Measures[0].Text)
	require.Equal(t, []uuid.UUID{d.ministry}, newest.Measures[0].AuthorityIDs)
	require.Equal(t, "First.\n\nSecond.", d.versions(t)[1].Body, "what did not hold it stays")

	report, err := record.Verify(t.Context(), d.db, d.rec.ID)
	require.NoError(t, err)
	require.Empty(t, report.Faults)
	items, err := record.List(t.Context(), d.db, d.rec.ID, record.Network)
	require.NoError(t, err)
	stones := map[string]bool{}
	for _, it := range items {
		if it.Verb == record.VerbRedacted {
			require.Equal(t, d.coordinator.Pseudonym, it.Actor)
			stones[it.Facts["field"]] = true
		}
	}
	require.Equal(t, map[string]bool{"passage": true, "note": true, "reasons": true, "attachment": true}, stones)
	last := items[len(items)-1]
	require.Equal(t, "text.passage_removed", last.Verb)
	require.Equal(t, "It names a child.", last.Texts["reason"])
	journal, err := models.JournalEntries(t.Context(), d.db, models.JournalFilter{Limit: 1})
	require.NoError(t, err)
	require.Equal(t, "text.passage_removed", journal[0].Verb)

	_, err = d.remove(t, models.PassageInput{Passage: theName, Reason: "Again."})
	require.Equal(t, apperr.CodeInvalid, apperr.CodeOf(err), "what is gone is nowhere")
}

func TestWhatIsNoPassageIsRefused(t *testing.T) {
	d := newExposed(t)
	for name, in := range map[string]models.PassageInput{
		"too short": {Passage: "a ", Reason: "x"}, "the marker": {Passage: "removed", Reason: "x"}, "nowhere": {Passage: "nobody wrote this", Reason: "x"},
		"over paragraphs": {Passage: "First.\n\nSecond.", Reason: "x"}, "named again in the reason": {Passage: "First", Reason: "First was a name"},
	} {
		_, err := d.remove(t, in)
		require.Equal(t, apperr.CodeInvalid, apperr.CodeOf(err), name)
	}
	require.Equal(t, "First.\n\nSecond.", d.versions(t)[0].Body)
}

func TestVersionsStillNeverChangeOtherwise(t *testing.T) {
	d := newExposed(t)
	for _, by := range []string{
		`UPDATE versions SET body = 'other'`, `DELETE FROM versions`,
		`UPDATE versions SET body = replace(body, 'First', '[removed]'), redacted_at = now()`,
	} {
		_, err := d.db.NewRaw(by).Exec(t.Context())
		require.Error(t, err, by)
	}
	err := d.try(t, func(ctx context.Context, tx bun.Tx) error {
		if _, err := tx.NewRaw(`SELECT set_config('tribuna.passage', 'First', true)`).Exec(ctx); err != nil {
			return err
		}
		_, err := tx.NewRaw(`UPDATE versions SET body = replace(body, 'First', '[removed]'), redacted_at = now()`).Exec(ctx)
		return err
	})
	require.Error(t, err, "the running role has no right to")
}

func TestReportedTextsAreWrittenAboutAndForgotten(t *testing.T) {
	d := newExposed(t)
	var report *models.ContentReport
	d.tx(t, func(ctx context.Context, tx bun.Tx) (err error) {
		report, err = models.ReportContent(ctx, tx, d.rec, models.ReportInput{Kind: models.ReportChild, Reason: "it names " + theName, Email: "a@b.example"}, nil, noon)
		return err
	})
	var to []uuid.UUID
	require.NoError(t, d.db.NewSelect().Table("outbox").Column("person_id").Where("kind = ?", models.MailContentReported).Scan(t.Context(), &to))
	require.ElementsMatch(t, []uuid.UUID{d.coordinator.ID, d.officer.ID}, to)
	require.Equal(t, []string{"content_reports"}, d.holding(t, theName), "no mail holds it")

	d.tx(t, func(ctx context.Context, tx bun.Tx) error {
		if err := models.Enqueue(ctx, tx, &models.OutboxMail{Kind: models.MailTaskWithdrawn, DedupeKey: "other", PersonID: d.stranger.ID, RecommendationID: &d.rec.ID, CreatedAt: noon}); err != nil {
			return err
		}
		_, err := models.Quarantine(ctx, tx, d.rec.ID, d.coordinator, noon)
		return err
	})
	mails, err := models.ClaimMails(t.Context(), d.db, models.ClaimFilter{Token: uuid.New(), Until: noon.Add(time.Hour)}, noon)
	require.NoError(t, err)
	for _, m := range mails {
		require.Equal(t, models.MailContentReported, m.Kind, "other mails about the text wait")
	}
	require.NotEmpty(t, mails)
	open, err := models.OpenReports(t.Context(), d.db)
	require.NoError(t, err)
	require.Len(t, open, 1)
	settle := func() error {
		return d.try(t, func(ctx context.Context, tx bun.Tx) error {
			return report.Settle(ctx, tx, models.ReportRemoved, d.coordinator, noon)
		})
	}
	require.NoError(t, settle())
	require.Equal(t, apperr.CodeClosed, apperr.CodeOf(settle()))
	require.Empty(t, d.holding(t, theName), "the report's words are forgotten")
	require.Empty(t, d.holding(t, "a@b.example"))
}
