// Package testsecrets plants in the demo network a word of its own in what people of each kind of entitlement may read, so that
// a test can look for it in everything that is answered to everybody else.
package testsecrets

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"tribuna/internal/demo"
	"tribuna/internal/record"
	"tribuna/models"
)

// Bait stands beside every secret, so that a search finds them all without naming one.
const Bait = "Lanternfish"

// Secret is a word, and who may read it: a letter for everybody who tries, in the order of the tables of entitlement. Nobody, who
// comes by the link of another question and of a question on the text in review, coordinator, officers (owner's, other), partners
// (owner's, asked, other), translators (asked, other), experts (asked, other), reader.
type Secret struct{ Word, May string }

const (
	coordinators = "- -- y-- --- -- -- -"
	owners       = "- -- yy- --- -- -- -"
	officers     = "- -- yyy --- -- -- -"
	network      = "- -- yyy yyy -- -- -" // of what is published
	within       = "- -- yy- yy- -- -- -" // the network, as long as it is not
	asked        = "- -y yy- yy- y- y- -"
	members      = "- -- yyy yyy yy yy y"
	everybody    = "y yy yyy yyy yy yy y"
)

// Secrets are the words that are planted.
var Secrets = []Secret{
	{"quokkadraft", owners}, {"quokkadesk", owners}, {"quokkareview", asked}, {"quokkahidden", coordinators}, {"quokkaretracted", coordinators},
	{"quokkapublic", everybody},
	{"quokkareasons", owners}, {"quokkacomment", owners}, {"quokkaconsulted", within}, {"quokkaround", within},
	{"quokkaearlier", owners}, {"quokkaremark", owners}, {"quokkaagreed", network}, {"quokkadecided", network},
	{"quokkanote", owners}, {"quokkaapart", owners}, {"quokkaanswer", owners}, {"quokkaconflict", owners}, // the first two: the officer in charge
	{"quokkaunnamed", officers}, {"quokkasignature", network}, {"quokkaundelivered", network}, {"quokkaprogress", network},
	{"quokkamailing", owners}, {"quokkastep", owners}, {"quokkaoriginal", owners}, {"quokkareported", coordinators}, {"quokkajournal", coordinators},
	{"quokkasaidpublicly", members}, {"quokkasaidwithin", network}, {"quokkasaidinconfidence", owners}, {"quokkasuggested", owners},
}

// Planted is where the words stand.
type Planted struct {
	Texts                            []*models.Recommendation
	Tasks                            []*models.Task
	FollowUps, Mailings, Attachments []uuid.UUID
	Campaigns                        []uuid.UUID  // that of the mailing
	Step                             uuid.UUID    // of that campaign
	Translation                      uuid.UUID    // of the text in review
	Link, Elsewhere                  *models.Task // those of an expert on the text in review and on the published one

	t   *testing.T
	db  *bun.DB
	now time.Time
}

// Plant writes the texts and everything that is said about them.
func Plant(t *testing.T, db *bun.DB, now time.Time) *Planted {
	t.Helper()
	p := &Planted{t: t, db: db, now: now}
	p.asksInConfidence()
	p.text("quokkadraft")
	desk := models.StageDrafting
	withdrawn := p.text("quokkadesk")
	withdrawn.WithdrawnFrom = &desk
	p.enter(withdrawn, models.StageWithdrawn)
	p.underReview(p.text("quokkareview"))
	p.hide(p.text("quokkahidden"), models.StageReview)
	published := p.text("quokkapublic")
	p.publish(published, "quokkaprogress")
	p.cameAbout(published)
	p.hangOn(published)
	retracted := p.text("quokkaretracted")
	p.publish(retracted, "quokkaretracted")
	p.hide(retracted, models.StageDone)
	_, err := db.NewRaw("UPDATE people SET name = ?, naming = ? WHERE id = ?", Bait+" quokkaunnamed", models.NamingNone, id("expert-02")).Exec(t.Context())
	require.NoError(t, err)
	return p
}

func id(person string) uuid.UUID { return demo.ID("person", person) }

func said(word string) string { return Bait + " " + word }

func (p *Planted) person(slug string) models.Person {
	p.t.Helper()
	who, err := models.PersonByID(p.t.Context(), p.db, id(slug))
	require.NoError(p.t, err)
	return who
}

// asksInConfidence has the procedure ask experts something for the officer in charge alone.
func (p *Planted) asksInConfidence() {
	p.t.Helper()
	procedure, err := models.ProcedureBySlug(p.t.Context(), p.db, "default")
	require.NoError(p.t, err)
	procedure.Document.Review.Questions = []models.Question{
		{ID: "in-confidence", Kind: models.QuestionText, Text: models.Names{"en": "Between us?"}, Confidential: true},
		{ID: "openly", Kind: models.QuestionText, Text: models.Names{"en": "And openly?"}}}
	_, err = p.db.NewUpdate().Model(procedure).Column("document").WherePK().Exec(p.t.Context())
	require.NoError(p.t, err)
}

// text is a draft of Know-how Centre Bulgaria for its country.
func (p *Planted) text(word string) *models.Recommendation {
	p.t.Helper()
	in := models.RecommendationInput{Kind: "policy_brief", Language: "en", OrganisationID: demo.ID("organisation", "khc"), Procedure: "default",
		Languages: []string{"en", "bg"}, Countries: []string{"BG"}, Topics: []string{"leaving-care"}, Challenges: []string{"uneven-funding"},
		Consulted: []models.ConsultedGroup{{People: said(word), Method: said(word), Number: 3}},
		Draft: models.Draft{Title: said(word), Body: said(word), Note: said(word), Measures: []models.DraftMeasure{
			{Text: said(word), AuthorityIDs: []uuid.UUID{demo.ID("authority", "bg-ministry-labour-social-policy")}}}}}
	var rec *models.Recommendation
	p.inTx(func(ctx context.Context, tx bun.Tx) (err error) {
		rec, err = models.CreateRecommendation(ctx, tx, in, p.person("officer-khc"), p.now)
		return err
	})
	// Its address is in the open for whoever asks for it, and stands in the answer that there is none.
	_, err := p.db.NewRaw("UPDATE recommendations SET slug = ? WHERE id = ?", fmt.Sprintf("a-text-%d", len(p.Texts)), rec.ID).Exec(p.t.Context())
	require.NoError(p.t, err)
	rec, err = models.RecommendationByID(p.t.Context(), p.db, rec.ID)
	require.NoError(p.t, err)
	p.Texts = append(p.Texts, rec)
	return rec
}

func (p *Planted) inTx(act func(context.Context, bun.Tx) error) {
	p.t.Helper()
	require.NoError(p.t, p.db.RunInTx(p.t.Context(), nil, act))
}

func (p *Planted) enter(rec *models.Recommendation, stage models.Stage) {
	p.t.Helper()
	rec.Enter(stage, p.now)
	require.NoError(p.t, rec.Save(p.t.Context(), p.db, p.now))
}

func (p *Planted) hide(rec *models.Recommendation, stage models.Stage) {
	p.t.Helper()
	p.enter(rec, stage)
	p.inTx(func(ctx context.Context, tx bun.Tx) error {
		_, err := models.Quarantine(ctx, tx, rec.ID, p.person("coordinator"), p.now)
		return err
	})
}

// ask opens a question for somebody, or for an organisation.
func (p *Planted) ask(rec *models.Recommendation, kind models.TaskKind, round int, person, organisation string) *models.Task {
	p.t.Helper()
	task := &models.Task{ID: models.NewID(), ProcessID: rec.ID, RecommendationID: rec.ID, Kind: kind, Round: round, VersionID: rec.CurrentVersionID,
		State: models.TaskOpen, OpenedAt: p.now, DueAt: p.now.AddDate(0, 0, 5), GraceUntil: p.now.AddDate(0, 0, 9), Generation: 1}
	if person != "" {
		who := id(person)
		task.PersonID = &who
	}
	if organisation != "" {
		where := demo.ID("organisation", organisation)
		task.OrganisationID = &where
	}
	require.NoError(p.t, task.Insert(p.t.Context(), p.db))
	p.Tasks = append(p.Tasks, task)
	return task
}

// answered is what an expert, or a partner for an organisation, said in a round.
func (p *Planted) answered(rec *models.Recommendation, round int, person, organisation, reasons string, comments ...models.CommentPayload) {
	p.t.Helper()
	kind, visibility, verb := models.TaskReview, record.Confidential, "review.answered"
	if organisation != "" {
		kind, visibility, verb = models.TaskConsult, record.Network, "consultation.answered"
	}
	task := p.ask(rec, kind, round, person, organisation)
	task.Close(models.TaskDone, p.now)
	require.NoError(p.t, task.Save(p.t.Context(), p.db))
	answer := "support"
	review := &models.Review{TaskID: task.ID, RecommendationID: rec.ID, VersionID: *rec.CurrentVersionID, Round: round, PersonID: id(person),
		OrganisationID: task.OrganisationID, Answer: &answer, Reasons: said(reasons), Naming: models.NamingNone, DecisionID: uuid.NewString(), AnsweredAt: p.now}
	if organisation == "" {
		review.ConfidentialNote = said("quokkanote")
		review.Answers = []models.ReviewAnswer{{Question: "in-confidence", Body: said("quokkaapart")}, {Question: "openly", Position: 1, Body: said("quokkaanswer")}}
		conflict := &models.Conflict{TaskID: task.ID, PersonID: *task.PersonID, RecommendationID: rec.ID, Kind: models.ConflictOther, Words: said("quokkaconflict"), DeclaredAt: p.now}
		require.NoError(p.t, conflict.Put(p.t.Context(), p.db))
	}
	require.NoError(p.t, review.Put(p.t.Context(), p.db, comments))
	p.record(rec, verb, visibility, task.ID, map[string]string{"reasons": said(reasons)})
}

func (p *Planted) record(rec *models.Recommendation, verb, visibility string, object uuid.UUID, texts map[string]string) {
	p.t.Helper()
	p.inTx(func(ctx context.Context, tx bun.Tx) error {
		_, err := record.Append(ctx, tx, rec.ID, record.Entry{At: p.now, Verb: verb, Actor: p.person("officer-khc").Pseudonym, Capacity: record.Personal,
			ObjectKind: "task", Object: object, Visibility: visibility, Facts: map[string]string{"round": "1"}, Texts: texts})
		return err
	})
}

// round is one that was decided, or with no reason one that runs.
func (p *Planted) round(rec *models.Recommendation, number int, reason string) {
	p.t.Helper()
	at := p.now
	r := &models.ReviewRound{RecommendationID: rec.ID, Number: number, VersionID: *rec.CurrentVersionID, Invited: []uuid.UUID{}, Reserve: []uuid.UUID{},
		Enough: 1, OpenedAt: &at, DueAt: p.now.AddDate(0, 0, 9)}
	if reason != "" {
		decision := "revise"
		r.ClosedAt, r.Decision, r.DecisionReason = &at, &decision, said(reason)
	}
	require.NoError(p.t, r.Insert(p.t.Context(), p.db))
	rec.Round = number
}

// underReview has a text in its second round, with everybody asked.
func (p *Planted) underReview(rec *models.Recommendation) {
	p.t.Helper()
	p.round(rec, 1, "quokkaround")
	p.answered(rec, 1, "expert-02", "", "quokkareasons", models.CommentPayload{Body: said("quokkacomment")})
	p.answered(rec, 1, "partner-tdh-ro", "tdh-ro", "quokkaconsulted")
	p.round(rec, 2, "")
	p.enter(rec, models.StageReview)
	p.Link = p.ask(rec, models.TaskReview, 2, "expert-01", "")
	declined := p.ask(rec, models.TaskReview, 2, "expert-12", "")
	declined.Close(models.TaskDeclined, p.now)
	require.NoError(p.t, declined.Save(p.t.Context(), p.db))
	require.NoError(p.t, models.Suggest(p.t.Context(), p.db, declined, []models.SuggestionPayload{{Name: said("quokkasuggested"), Email: "quokkasuggested@example.org",
		Reason: said("quokkasuggested")}}, "en", p.now))
	p.ask(rec, models.TaskConsult, 2, "", "sc-nwb")
	version, err := models.VersionByID(p.t.Context(), p.db, *rec.CurrentVersionID)
	require.NoError(p.t, err)
	translation, err := models.OpenTranslation(p.t.Context(), p.db, version, "bg")
	require.NoError(p.t, err)
	p.Translation = translation.ID
	task := p.ask(rec, models.TaskTranslate, 1, "translator-bg-1", "")
	_, err = p.db.NewUpdate().Model(task).Set("subject_id = ?, language = 'bg'", translation.ID).WherePK().Exec(p.t.Context())
	require.NoError(p.t, err)
}

// publish publishes a text, and has progress reported on its measure.
func (p *Planted) publish(rec *models.Recommendation, progress string) {
	p.t.Helper()
	ctx := p.t.Context()
	v, err := models.VersionByID(ctx, p.db, *rec.CurrentVersionID)
	require.NoError(p.t, err)
	m := v.Measures[0]
	publication := &models.Publication{ID: models.NewID(), RecommendationID: rec.ID, VersionID: v.ID, PublishedAt: p.now,
		Texts: []models.PublicationText{{Language: "en", Title: v.Title, Body: v.Body, Measures: []models.PublishedMeasure{models.PublishedMeasure(m)}}}}
	require.NoError(p.t, publication.Insert(ctx, p.db, m.AuthorityIDs))
	at := p.now
	rec.PublishedAt, rec.AcceptedVersionID = &at, &v.ID
	p.enter(rec, models.StageDone)
	f := &models.FollowUp{ID: models.NewID(), RecommendationID: rec.ID, MeasureID: m.ID, AuthorityID: m.AuthorityIDs[0], OrganisationID: &rec.OrganisationID,
		Status: "under_discussion", StatusSince: at, Period: 1, AskAt: &at, CreatedAt: at}
	require.NoError(p.t, f.Insert(ctx, p.db))
	note := &models.ProgressNote{ID: models.NewID(), FollowupID: f.ID, Status: f.Status, Note: said(progress), SourceTitle: said(progress), ObservedOn: at,
		PersonID: id("partner-khc"), DecisionID: uuid.NewString(), ReportedAt: at}
	require.NoError(p.t, note.Insert(ctx, p.db))
	require.NoError(p.t, models.OpenProcess(ctx, p.db, models.ProcessFollowUp, f.ID, rec.ID, at))
	p.FollowUps = append(p.FollowUps, f.ID)
	p.record(rec, "followup.reported", record.Network, f.ID, map[string]string{"note": said(progress)})
}

// cameAbout is how a published text came about.
func (p *Planted) cameAbout(rec *models.Recommendation) {
	p.t.Helper()
	p.round(rec, 1, "quokkadecided")
	p.enter(rec, models.StageDone)
	p.answered(rec, 1, "expert-02", "", "quokkaearlier", models.CommentPayload{Body: said("quokkaremark")})
	p.answered(rec, 1, "partner-tdh-ro", "tdh-ro", "quokkaagreed")
	p.Elsewhere = p.ask(rec, models.TaskReview, 1, "expert-01", "")
	task := p.ask(rec, models.TaskSignOff, 1, "", "sc-nwb")
	task.Close(models.TaskDone, p.now)
	require.NoError(p.t, task.Save(p.t.Context(), p.db))
	so := &models.SignOff{TaskID: task.ID, RecommendationID: rec.ID, VersionID: *rec.CurrentVersionID, OrganisationID: *task.OrganisationID,
		PersonID: id("partner-sc-nwb"), Answer: models.SignOffDoNotCosign, Reason: said("quokkasignature"), DecisionID: uuid.NewString(), AnsweredAt: p.now}
	require.NoError(p.t, so.Put(p.t.Context(), p.db))
	for verb, entry := range map[string][2]string{"recommendation.held": {record.Public, "quokkasaidpublicly"},
		"recommendation.withdrawn": {record.Network, "quokkasaidwithin"}, "task.declined": {record.Confidential, "quokkasaidinconfidence"}} {
		p.record(rec, verb, entry[0], rec.ID, map[string]string{"reason": said(entry[1])})
	}
}

// hangOn is what hangs on a published text, and what coordinators know of it.
func (p *Planted) hangOn(rec *models.Recommendation) {
	p.t.Helper()
	ctx := p.t.Context()
	_, err := p.db.NewRaw("UPDATE deliveries SET not_delivered = ? WHERE recommendation_id = ?", said("quokkaundelivered"), rec.ID).Exec(ctx)
	require.NoError(p.t, err)
	m, err := models.CreateMailing(ctx, p.db, rec, models.MailingInput{Title: said("quokkamailing"), FallbackLanguage: "en",
		Texts: []models.MailingText{{Language: "en", Subject: said("quokkamailing"), Body: said("quokkamailing")}}}, id("officer-khc"), p.now)
	require.NoError(p.t, err)
	p.Mailings, p.Campaigns = append(p.Mailings, m.ID), append(p.Campaigns, m.CampaignID)
	p.inTx(func(ctx context.Context, tx bun.Tx) error {
		day, ministry := models.Day(models.DayOf(p.now, time.UTC)), demo.ID("authority", "bg-ministry-labour-social-policy")
		step, err := models.PlanStep(ctx, tx, m.Campaign, models.CampaignStepInput{Kind: models.StepLetter, Title: said("quokkastep"), Day: &day, AuthorityID: &ministry,
			ResponsibleID: id("officer-khc"), Note: said("quokkastep"), LetterPlan: models.LetterPlan{Reference: said("quokkastep")}}, p.person("officer-khc"), p.now)
		if err == nil {
			p.Step = step.ID
		}
		return err
	})
	a, err := models.NewAttachment(rec.ID, "quokkaoriginal.txt", []byte(said("quokkaoriginal")), id("officer-khc"), p.now)
	require.NoError(p.t, err)
	require.NoError(p.t, a.Insert(ctx, p.db))
	p.Attachments = append(p.Attachments, a.ID)
	p.inTx(func(ctx context.Context, tx bun.Tx) error {
		if _, err := models.ReportContent(ctx, tx, rec, models.ReportInput{Kind: models.ReportOther, Reason: said("quokkareported")}, nil, p.now); err != nil {
			return err
		}
		return models.Journal(ctx, tx, p.person("coordinator"), p.now, models.JournalEntry{Verb: "person.changed", ObjectKind: "person",
			Object: p.person("expert-12").Pseudonym, Texts: map[string]string{"reason": said("quokkajournal")}})
	})
}

// TextIDs are the ids of the texts, for addresses.
func (p *Planted) TextIDs() []string {
	return listed(p.Texts, func(r *models.Recommendation) string { return r.ID.String() })
}

// Slugs are the names of the texts in addresses of what is published.
func (p *Planted) Slugs() []string {
	return listed(p.Texts, func(r *models.Recommendation) string { return r.Slug })
}

// TaskIDs are the ids of the questions.
func (p *Planted) TaskIDs() []string {
	return listed(p.Tasks, func(t *models.Task) string { return t.ID.String() })
}

// Said are ids as they stand in addresses.
func Said(ids []uuid.UUID) []string { return listed(ids, uuid.UUID.String) }

func listed[T any](all []T, say func(T) string) []string {
	words := make([]string, len(all))
	for i, one := range all {
		words[i] = say(one)
	}
	return words
}
