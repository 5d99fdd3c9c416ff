package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/anchor"
	"tribuna/internal/demo"
	"tribuna/internal/markdown"
	"tribuna/models"
)

// A round with so many answers of so many comments each is looked at.
const (
	answersGiven   = 25
	commentsEach   = 20
	looksAtComment = 600
)

// aimReview is what the pages of the review and of its comments are to be answered in, at p99; what is wanted of the page of answers.
const aimReview = 50 * time.Millisecond

// measureReview measures the page of an expert and the officer's view of all comments, over HTTP beside the SQL that they read.
func measureReview(ctx context.Context, _ settings) (string, error) {
	in, err := startInstance(ctx)
	if err != nil {
		return "", err
	}
	defer in.stop()
	r, err := in.openReview(ctx)
	if err != nil {
		return "", err
	}
	text := fmt.Sprintf(`## A review with %d comments

The demo's brief in a round that %d experts answered, %d comments each, half of them on quoted words. Each page is asked for %d
times by somebody signed in, by turns with the statements by which it is read from PostgreSQL, bare. Statements that are planned once
for each connection are asked for through the code that the page asks them through.

- *review: expert*: the page on which an expert answers, while the other comments are there. Nobody reads others' comments in a running
  round: the form holds the expert's own %[3]d, to be changed.
- *comments: officer*: all %[1]d comments, each beside the paragraph that it is about.
- *comments: officer, text changed*: the same when every other paragraph begins otherwise since: each comment is looked for in the text
  as it is now.
- *responses: officer*: the page on which the officer answers the comments of the round, once it is closed: all %[1]d, each with a box to
  choose it by. It came later than the aim, which is about the other pages, and is wanted to keep it too.

| page | bytes compressed | page p50 ms | page p99 ms | bare p50 ms | bare p99 ms | ratio at p50 | aim |
|---|---:|---:|---:|---:|---:|---:|---|
`, answersGiven*commentsEach, answersGiven, commentsEach, looksAtComment)
	home := "/recommendations/" + r.rec.ID.String()
	rows := []struct {
		name, path string
		who        models.Person
		read       func(context.Context, bun.IDB) error
		before     func(context.Context) error
		planned    func(context.Context, bun.IDB) error // what it reads besides by a statement planned once, of which no listener hears; nil: nothing
		aim        string                               // what the verdict begins with
	}{
		{"review: expert", "/tasks/" + r.task.ID.String(), r.expert, r.readTask, nil, r.readFacts, ""},
		{"comments: officer", home + "/comments", r.officer, r.readComments, nil, r.readEntitled, ""},
		{"comments: officer, text changed", home + "/comments", r.officer, r.readComments, r.change, r.readEntitled, ""},
		{"responses: officer", home + "/responses", r.officer, r.readResponses, r.close, r.readEntitled, "wanted: "},
	}
	for _, row := range rows {
		if row.before != nil {
			if err := row.before(ctx); err != nil {
				return "", err
			}
		}
		progress("looking at %s", row.name)
		page, bare, size, err := in.lookAt(ctx, row.who, row.path, row.read, row.planned)
		if err != nil {
			return "", fmt.Errorf("%s: %w", row.name, err)
		}
		text += fmt.Sprintf("| %s | %d | %s | %s | %s | %s | %.2f | %s%s |\n", row.name, size, ms(page.at(.5)), ms(page.at(.99)), ms(bare.at(.5)), ms(bare.at(.99)),
			float64(page.at(.5))/float64(bare.at(.5)), row.aim, verdict(page.at(.99) < aimReview))
	}
	return text + "\nAim: the review and its comments at p99 under 50 ms. Wanted beside it: the page of answers likewise.\n\n", nil
}

// lookAt asks for a page again and again, by turns with its statements.
func (in *instance) lookAt(ctx context.Context, who models.Person, path string, read, planned func(context.Context, bun.IDB) error) (page, bare sample, size int, err error) {
	signedIn, err := in.browser(ctx, who)
	if err != nil {
		return nil, nil, 0, err
	}
	heard := &listener{}
	if err := read(ctx, in.db.WithQueryHook(heard)); err != nil {
		return nil, nil, 0, err
	}
	if size, err = signedIn.weigh(ctx, path); err != nil {
		return nil, nil, 0, err
	}
	ways := []struct {
		into *sample
		do   func() error
	}{
		{&page, func() error { return signedIn.see(ctx, path) }},
		{&bare, func() error {
			if err := in.run(ctx, heard.statements); err != nil || planned == nil {
				return err
			}
			return planned(ctx, in.db)
		}},
	}
	for i := range looksAtComment + looksAtComment/10 {
		for _, way := range ways {
			took, err := timed(way.do)
			if err != nil {
				return nil, nil, 0, err
			}
			if i >= looksAtComment/10 { // the first ones warm up
				*way.into = append(*way.into, took)
			}
		}
	}
	return page, bare, size, nil
}

// reviewed is a round with its answers.
type reviewed struct {
	db              *bun.DB
	rec             *models.Recommendation
	task            *models.Task
	expert, officer models.Person
}

// openReview opens a round on the demo's brief and has experts answer, as rows: what is measured is reading.
func (in *instance) openReview(ctx context.Context) (*reviewed, error) {
	r := &reviewed{db: in.db}
	var err error
	if r.officer, err = models.PersonByEmail(ctx, in.db, officer); err != nil {
		return nil, err
	}
	r.rec = new(models.Recommendation)
	if err := in.db.NewSelect().Model(r.rec).Where("officer_id = ? AND current_version_id IS NOT NULL", r.officer.ID).Limit(1).Scan(ctx); err != nil {
		return nil, err
	}
	version, err := models.VersionByID(ctx, in.db, *r.rec.CurrentVersionID)
	if err != nil {
		return nil, err
	}
	words, err := markdown.Words(version.Body)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	r.rec.Enter(models.StageReview, now)
	r.rec.Round = 1
	if err := r.rec.Save(ctx, in.db, now); err != nil {
		return nil, err
	}
	round := &models.ReviewRound{RecommendationID: r.rec.ID, Number: 1, VersionID: version.ID, Enough: 2 * answersGiven, Invited: []uuid.UUID{}, Reserve: []uuid.UUID{},
		OpenedAt: &now, DueAt: now.AddDate(0, 1, 0)}
	if err := round.Insert(ctx, in.db); err != nil {
		return nil, err
	}
	for i := range answersGiven {
		expert := models.Person{ID: models.NewID(), Pseudonym: models.NewID(), Name: fmt.Sprintf("Measured Expert %d", i+1), Language: "en",
			Email: fmt.Sprintf("measured-%d@experts.example", i+1), Languages: []string{"en"}, Topics: []string{}, Naming: models.NamingNone, CreatedAt: now}
		if i == 0 {
			if expert, err = models.PersonByID(ctx, in.db, demo.ID("person", "expert-02")); err != nil {
				return nil, err
			}
		} else if err := insert(ctx, in.db, &expert); err != nil {
			return nil, err
		}
		if err := r.answer(ctx, expert, version, words, now); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// answer gives an expert's answer with its comments, spread over the text.
func (r *reviewed) answer(ctx context.Context, expert models.Person, version *models.Version, words []string, now time.Time) error {
	task := &models.Task{ID: models.NewID(), ProcessID: r.rec.ID, RecommendationID: r.rec.ID, Kind: models.TaskReview, Round: 1, PersonID: &expert.ID,
		VersionID: &version.ID, State: models.TaskDone, OpenedAt: now, DueAt: now.AddDate(0, 1, 0), GraceUntil: now.AddDate(0, 2, 0), Generation: 1, ClosedAt: &now}
	if err := task.Insert(ctx, r.db); err != nil {
		return err
	}
	if r.task == nil {
		r.task, r.expert = task, expert
	}
	var comments []models.CommentPayload
	for i := range commentsEach {
		c := models.CommentPayload{Block: i * len(words) / commentsEach, Body: "What is said here **needs a source**, and a date by which it is done."}
		if w := strings.Fields(words[c.Block]); i%2 == 0 && len(w) > 6 {
			quote, _ := anchor.Find(words[c.Block], anchor.Selector{Exact: strings.Join(w[1:5], " ")})
			c.Kind, c.Quote, c.Prefix, c.Suffix, c.Replacement = models.CommentSuggestion, quote.Exact, quote.Prefix, quote.Suffix, "other words than these"
		}
		comments = append(comments, c)
	}
	support := models.AnswerSupport
	rv := &models.Review{TaskID: task.ID, RecommendationID: r.rec.ID, VersionID: version.ID, Round: 1, PersonID: expert.ID, Answer: &support,
		Naming: models.NamingNone, DecisionID: uuid.NewString(), AnsweredAt: now}
	return r.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error { return rv.Put(ctx, tx, comments) })
}

// change saves a version in which every other paragraph begins otherwise.
func (r *reviewed) change(ctx context.Context) error {
	version, err := models.VersionByID(ctx, r.db, *r.rec.CurrentVersionID)
	if err != nil {
		return err
	}
	next := *version
	next.ID, next.Number, next.CreatedAt = models.NewID(), version.Number+1, time.Now()
	blocks := markdown.Blocks(version.Body)
	for i := range blocks {
		if i%2 == 1 && blocks[i].Kind == markdown.KindParagraph {
			blocks[i].Source = "From now on. " + blocks[i].Source
		}
	}
	next.Body = markdown.Join(blocks)
	if err := insert(ctx, r.db, &next); err != nil {
		return err
	}
	_, err = r.db.NewUpdate().Table("recommendations").Set("current_version_id = ?", next.ID).Where("id = ?", r.rec.ID).Exec(ctx)
	return err
}

// close closes the round, and has the officer work on the text again.
func (r *reviewed) close(ctx context.Context) error {
	now := time.Now()
	round, err := models.RoundByNumber(ctx, r.db, r.rec.ID, 1)
	if err != nil {
		return err
	}
	round.ClosedAt = &now
	if err := round.Save(ctx, r.db); err != nil {
		return err
	}
	rec, err := models.RecommendationByID(ctx, r.db, r.rec.ID)
	if err != nil {
		return err
	}
	rec.Enter(models.StageDrafting, now)
	return rec.Save(ctx, r.db, now)
}

// readTask sends the statements of the expert's page that are about the review.
func (r *reviewed) readTask(ctx context.Context, db bun.IDB) error {
	if _, err := models.ViewerOf(ctx, db, r.expert.ID); err != nil {
		return err
	}
	task, err := models.TaskByID(ctx, db, r.task.ID)
	if err != nil {
		return err
	}
	rec, err := models.RecommendationByID(ctx, db, r.rec.ID)
	if err != nil {
		return err
	}
	if _, err := models.AccessObject(ctx, db, rec, task); err != nil { // what is asked beside its planned statement
		return err
	}
	if _, err := models.VersionByID(ctx, db, *task.VersionID); err != nil {
		return err
	}
	if _, err := models.RoundByNumber(ctx, db, rec.ID, 1); err != nil {
		return err
	}
	if _, err := models.ReviewByTask(ctx, db, task.ID); err != nil {
		return err
	}
	_, err = models.KeptWordsOf(ctx, db, r.expert.ID, models.KeptAnswer(task.ID))
	return err
}

// readEntitled reads who may see the recommendation.
func (r *reviewed) readEntitled(ctx context.Context, db bun.IDB) error {
	_, err := models.AccessObject(ctx, db, r.rec, nil)
	return err
}

// readFacts reads besides what mails and the head of the page say of the question.
func (r *reviewed) readFacts(ctx context.Context, db bun.IDB) error {
	if err := r.readEntitled(ctx, db); err != nil {
		return err
	}
	_, err := models.MailTasks(ctx, db, r.expert.ID, []uuid.UUID{r.task.ID})
	return err
}

// readComments sends those of the officer's view of all comments.
func (r *reviewed) readComments(ctx context.Context, db bun.IDB) error {
	if _, err := models.ViewerOf(ctx, db, r.officer.ID); err != nil {
		return err
	}
	rec, err := models.RecommendationByID(ctx, db, r.rec.ID)
	if err != nil {
		return err
	}
	for _, id := range []uuid.UUID{*r.task.VersionID, *rec.CurrentVersionID} {
		if _, err := models.VersionByID(ctx, db, id); err != nil {
			return err
		}
	}
	reviews, err := models.Reviews(ctx, db, rec.ID, 0)
	if err != nil {
		return err
	}
	var people []uuid.UUID
	for _, rv := range reviews {
		people = append(people, rv.PersonID)
	}
	if _, err := models.PeopleByID(ctx, db, people); err != nil {
		return err
	}
	_, err = models.AskedUnits(ctx, db, rec.ID)
	return err
}

// readResponses sends those of the page on which the officer answers the comments.
func (r *reviewed) readResponses(ctx context.Context, db bun.IDB) error {
	viewer, err := models.ViewerOf(ctx, db, r.officer.ID)
	if err != nil {
		return err
	}
	rec, err := models.RecommendationByID(ctx, db, r.rec.ID)
	if err != nil {
		return err
	}
	if _, err := models.ClosedRounds(ctx, db, rec.ID); err != nil {
		return err
	}
	remarks, err := models.Remarks(ctx, db, models.RemarkFilter{Recommendation: rec.ID, As: viewer.Attribution(rec), Round: 1})
	if err != nil {
		return err
	}
	if len(remarks) != answersGiven*commentsEach {
		return fmt.Errorf("there are %d comments to answer", len(remarks))
	}
	var people []uuid.UUID
	for _, m := range remarks {
		if !slices.Contains(people, m.PersonID) {
			people = append(people, m.PersonID)
		}
	}
	if _, err := models.PeopleByID(ctx, db, people); err != nil {
		return err
	}
	for _, read := range []func() error{
		func() error { _, err := models.AskedUnits(ctx, db, rec.ID); return err },
		func() error { _, err := models.RecordedFor(ctx, db, rec.ID); return err },
		func() error { _, err := models.ConflictsOf(ctx, db, rec.ID); return err },
		func() error { _, err := models.RoundByNumber(ctx, db, rec.ID, 1); return err },
		func() error { _, err := models.VersionByID(ctx, db, *r.task.VersionID); return err },
		func() error { _, err := models.CommentGroups(ctx, db, rec.ID, 1); return err },
	} {
		if err := read(); err != nil {
			return err
		}
	}
	return nil
}
