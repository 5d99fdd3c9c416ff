package models_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/access"
	"tribuna/internal/apperr"
	"tribuna/internal/record"
	"tribuna/models"
)

func TestLettersOfAnonymousReviewers(t *testing.T) {
	for label, letter := range map[models.Label]string{0: "", 1: "A", 26: "Z", 27: "AA", 52: "AZ", 53: "BA"} {
		require.Equal(t, letter, label.Letter())
	}
}

// anonymous is a round of a kind in which experts were asked; each has answered on a day of their own.
func anonymous(t *testing.T, anonymity string, answers int) (*desk, []*models.Task, []*models.Review) {
	t.Helper()
	d := newDesk(t)
	_, err := d.db.NewUpdate().Model((*models.ReviewRound)(nil)).Set("anonymity = ?", anonymity).Where("recommendation_id = ?", d.rec.ID).Exec(t.Context())
	require.NoError(t, err)
	var tasks []*models.Task
	var reviews []*models.Review
	answer := models.AnswerSupport
	for i := range answers {
		expert := d.person(t, strings.Repeat("x", i+1), models.RoleExpert, d.academics)
		task := d.ask(t, models.TaskReview, &expert, nil, 3)
		rv := &models.Review{TaskID: task.ID, RecommendationID: d.rec.ID, VersionID: d.version.ID, Round: 1, PersonID: expert.ID, Answer: &answer,
			Reasons: "Said.", Naming: models.NamingNone, Late: i == 0, DecisionID: uuid.NewString(), AnsweredAt: noon.AddDate(0, 0, i)}
		require.NoError(t, rv.Put(t.Context(), d.db, []models.CommentPayload{{Block: 1, Body: "Which year?"}}))
		tasks, reviews = append(tasks, task), append(reviews, rv)
	}
	return d, tasks, reviews
}

func (d *desk) closeRound(t *testing.T) *models.ReviewRound {
	t.Helper()
	round, err := models.RoundByNumber(t.Context(), d.db, d.rec.ID, 1)
	require.NoError(t, err)
	at := noon.AddDate(0, 0, 30)
	round.ClosedAt = &at
	require.NoError(t, round.Save(t.Context(), d.db))
	require.NoError(t, round.LabelAnswers(t.Context(), d.db))
	return round
}

func TestAnonymousAnswersAreHeldBackAndThenShownTogether(t *testing.T) {
	d, tasks, given := anonymous(t, models.AnonymitySingle, 3)
	as := func(a models.Attribution) []models.Review {
		all, err := models.ReviewsAs(t.Context(), d.db, a, d.rec.ID, 1)
		require.NoError(t, err)
		return all
	}
	officer, coordinator := d.viewer(t, d.officer).Attribution(d.rec), d.viewer(t, d.coordinator).Attribution(d.rec)
	require.Empty(t, as(officer), "until the round is closed")
	require.Len(t, as(coordinator), 3)
	self := as(models.Viewer{PersonID: *tasks[1].PersonID}.Attribution(d.rec))
	require.Len(t, self, 1)
	require.Equal(t, tasks[1].ID, self[0].TaskID)
	require.False(t, self[0].Masked)

	round := d.closeRound(t)
	for _, a := range []models.Attribution{officer, {}} {
		all := as(a)
		require.Len(t, all, 3)
		for i, rv := range all {
			require.True(t, rv.Masked)
			require.Equal(t, string(rune('A'+i)), rv.Label.Letter(), "in the order of their letters")
			require.Zero(t, rv.PersonID)
			require.Equal(t, rv.ID, rv.TaskID)
			require.Empty(t, rv.DecisionID)
			require.False(t, rv.Late, "who was late is seen at the desk")
			require.True(t, rv.AnsweredAt.Equal(*round.ClosedAt), "at the closing, like all others")
			require.True(t, rv.Comments[0].CreatedAt.Equal(*round.ClosedAt))
			require.EqualValues(t, 4, rv.Comments[0].ID.Version(), "an id that tells no time")
			require.EqualValues(t, 4, rv.ID.Version())
			for _, g := range given {
				require.NotEqual(t, g.TaskID, rv.Comments[0].TaskID)
			}
		}
	}
	remarks, err := models.Remarks(t.Context(), d.db, models.RemarkFilter{Recommendation: d.rec.ID, As: officer})
	require.NoError(t, err)
	require.Len(t, remarks, 6)
	for _, m := range remarks {
		require.Zero(t, m.PersonID)
		require.True(t, m.At.Equal(*round.ClosedAt))
		for _, task := range tasks {
			require.NotContains(t, []uuid.UUID{m.ID, m.TaskID}, task.ID)
		}
	}
	for _, a := range []models.Attribution{coordinator, models.Unmasked()} {
		known, err := models.Remarks(t.Context(), d.db, models.RemarkFilter{Recommendation: d.rec.ID, As: a})
		require.NoError(t, err)
		require.NotZero(t, known[0].PersonID)
	}
}

// TestEverybodyReadsTheSameFigures: what does not count is left out for those, too, who may not know whose it is.
func TestEverybodyReadsTheSameFigures(t *testing.T) {
	d, tasks, given := anonymous(t, models.AnonymitySingle, 4)
	_, err := d.db.NewRaw(`UPDATE procedures SET document = jsonb_set(document, '{review}', COALESCE(document->'review', '{}') || '{"late_apart": true}')
		WHERE id = (SELECT procedure_id FROM recommendations WHERE id = ?)`, d.rec.ID).Exec(t.Context())
	require.NoError(t, err)
	d.closeRound(t)
	figures := func(of models.Person) (ids []uuid.UUID, apart int) {
		all, err := models.ReviewsAs(t.Context(), d.db, d.viewer(t, of).Attribution(d.rec), d.rec.ID, 1)
		require.NoError(t, err)
		require.Len(t, all, 4)
		conflicts, err := models.ConflictsOf(t.Context(), d.db, d.rec.ID)
		require.NoError(t, err)
		counted, left := models.CountedReviews(all, models.ReviewRules{LateApart: true}, conflicts)
		for _, rv := range counted {
			ids = append(ids, rv.ID)
		}
		return ids, len(left)
	}
	replace := func(task *models.Task) {
		ruling := models.RulingReplaced
		c := &models.Conflict{TaskID: task.ID, PersonID: *task.PersonID, RecommendationID: d.rec.ID, Kind: models.ConflictFunded, Words: "Paid.", DeclaredAt: noon}
		require.NoError(t, c.Put(t.Context(), d.db))
		c.Ruling, c.RuledBy, c.RuledAt = &ruling, &d.officer.ID, &noon
		require.NoError(t, c.Rule(t.Context(), d.db))
	}
	replace(tasks[1])
	for _, who := range []models.Person{d.officer, d.coordinator} {
		counted, apart := figures(who)
		require.ElementsMatch(t, []uuid.UUID{given[2].ID, given[3].ID}, counted, who.Name)
		require.Equal(t, 2, apart, "late, and replaced")
	}
	replace(tasks[2])
	counted, apart := figures(d.officer)
	require.Empty(t, counted, "the only one left would be told by who is not")
	require.Equal(t, 4, apart)
	counted, _ = figures(d.coordinator)
	require.Len(t, counted, 1)
}

// TestLettersAreDrawnByLot: of forty rounds, not all have the letters in the order of the answers.
func TestLettersAreDrawnByLot(t *testing.T) {
	d, _, given := anonymous(t, models.AnonymityDouble, 3)
	orders := map[string]bool{}
	for range 40 {
		d.closeRound(t)
		all, err := models.ReviewsAs(t.Context(), d.db, models.Attribution{}, d.rec.ID, 1)
		require.NoError(t, err)
		order := ""
		for _, rv := range all {
			for i, g := range given {
				if g.ID == rv.ID {
					order += string(rune('0' + i))
				}
			}
		}
		orders[order] = true
	}
	require.Greater(t, len(orders), 3)
}

func TestASingleAnswerStaysWithWhoHoldsTheKey(t *testing.T) {
	d, _, given := anonymous(t, models.AnonymitySingle, 1)
	d.closeRound(t)
	all, err := models.ReviewsAs(t.Context(), d.db, d.viewer(t, d.officer).Attribution(d.rec), d.rec.ID, 0)
	require.NoError(t, err)
	require.Empty(t, all)
	remarks, err := models.Remarks(t.Context(), d.db, models.RemarkFilter{Recommendation: d.rec.ID})
	require.NoError(t, err)
	require.Empty(t, remarks, "nor is it answered, by which it would be told")
	err = models.Respond(t.Context(), d.db, d.rec.ID, []models.SeenRemark{{ID: given[0].ID}}, models.ResponseInput{Outcome: models.ResponseAccepted}, d.officer.ID, noon)
	require.Equal(t, apperr.CodeOutdated, apperr.CodeOf(err))
	all, err = models.ReviewsAs(t.Context(), d.db, d.viewer(t, d.coordinator).Attribution(d.rec), d.rec.ID, 0)
	require.NoError(t, err)
	require.Len(t, all, 1)
}

func TestOpenRoundsAreAsTheyWere(t *testing.T) {
	d, tasks, _ := anonymous(t, models.AnonymityOpen, 1)
	d.closeRound(t)
	all, err := models.ReviewsAs(t.Context(), d.db, models.Attribution{}, d.rec.ID, 1)
	require.NoError(t, err)
	require.Equal(t, tasks[0].ID, all[0].TaskID)
	require.False(t, all[0].Masked)
	require.Zero(t, all[0].Label)
}

// TestTheKeyIsOneRule holds HoldsKey against the table of roles.
func TestTheKeyIsOneRule(t *testing.T) {
	d, tasks, _ := anonymous(t, models.AnonymitySingle, 1)
	both := d.person(t, "both", models.RoleCoordinator, d.lead)
	insert(t, d.db, &models.Role{PersonID: both.ID, OrganisationID: d.rec.OrganisationID, Role: models.RoleOfficer})
	holds := 0
	for _, inCharge := range []models.Person{d.officer, d.coordinator} {
		d.rec.OfficerID = inCharge.ID
		for _, p := range []models.Person{d.officer, d.coordinator, both, d.partner, d.stranger} {
			v := d.viewer(t, p)
			object, err := models.AccessObject(t.Context(), d.db, d.rec, tasks[0])
			require.NoError(t, err)
			require.True(t, object.Masked)
			require.Equal(t, access.Can(v.Actor(), access.ReadAnswer, object) == nil, v.HoldsKey(d.rec), p.Name)
			if v.HoldsKey(d.rec) {
				holds++
			}
		}
	}
	require.Equal(t, 1, holds)
}

// TestWhoReviewsBlindReadsNothingElse: being asked in a double-anonymised round opens neither the text's pages nor its lists.
func TestWhoReviewsBlindReadsNothingElse(t *testing.T) {
	for mode, reads := range map[string]bool{models.AnonymityOpen: true, models.AnonymitySingle: true, models.AnonymityDouble: false} {
		d, tasks, _ := anonymous(t, mode, 1)
		expert, err := models.PersonByID(t.Context(), d.db, *tasks[0].PersonID)
		require.NoError(t, err)
		v := d.viewer(t, expert)
		_, err = models.VisibleRecommendation(t.Context(), d.db, v, d.rec.ID)
		require.Equal(t, reads, err == nil, mode)
		object, err := models.AccessObject(t.Context(), d.db, d.rec, tasks[0])
		require.NoError(t, err)
		require.Equal(t, reads, access.Can(v.Actor(), access.ReadWorkingText, object) == nil, mode)
		require.NoError(t, access.Can(v.Actor(), access.Review, object), mode)
		asked, err := models.MailTasks(t.Context(), d.db, expert.ID, []uuid.UUID{tasks[0].ID})
		require.NoError(t, err)
		require.Equal(t, reads, asked[0].Officer != "" && asked[0].Owner != "", mode)
		hidden, err := models.HidesAuthors(t.Context(), d.db, d.rec.ID, expert.ID)
		require.NoError(t, err)
		require.Equal(t, !reads, hidden, mode)
		told, err := models.MailTasks(t.Context(), d.db, d.officer.ID, []uuid.UUID{tasks[0].ID})
		require.NoError(t, err)
		require.NotEmpty(t, told[0].Officer, "others are told")
		waiting, err := models.Waiting(t.Context(), d.db, v, noon)
		require.NoError(t, err)
		require.Equal(t, reads, waiting[0].Owner != "", mode)
		for person, knows := range map[uuid.UUID]bool{expert.ID: reads, d.sister.ID: true, d.officer.ID: true, d.stranger.ID: false} {
			got, err := models.KnowsAuthors(t.Context(), d.db, d.rec, person)
			require.NoError(t, err)
			require.Equal(t, knows, got, "%s %s", mode, person)
		}
	}
}

// TestTheRecordOfAnAnonymousRound: an entry in its place would tell who answered by when.
func TestTheRecordOfAnAnonymousRound(t *testing.T) {
	d, tasks, _ := anonymous(t, models.AnonymitySingle, 2)
	note := func(verb, visibility string, object uuid.UUID, at time.Time, facts map[string]string) {
		_, err := record.Append(t.Context(), d.db, d.rec.ID, record.Entry{At: at, Verb: verb, Actor: d.expert.Pseudonym, Capacity: record.Personal, ObjectKind: "task",
			Object: object, Visibility: visibility, Facts: facts, Texts: map[string]string{"reasons": "Said."}})
		require.NoError(t, err)
	}
	for i, task := range tasks {
		note("task.accepted", record.Confidential, task.ID, noon, nil)
		note("review.answered", record.Confidential, task.ID, noon.AddDate(0, 0, i), map[string]string{"round": "1", "answer": "support", "naming": "none", "version": "v"})
	}
	read := func(v models.Viewer) (answers []record.Item, verbs string) {
		items, err := models.RecordAs(t.Context(), d.db, v.Attribution(d.rec), d.rec.ID, record.Network, record.Confidential)
		require.NoError(t, err)
		for _, it := range items {
			if it.Verb == "review.answered" {
				answers = append(answers, it)
			}
			verbs += it.Verb + " "
		}
		return answers, verbs
	}
	before, _ := read(d.viewer(t, d.officer))
	require.Empty(t, before)
	known, _ := read(d.viewer(t, d.coordinator))
	require.Len(t, known, 2)
	require.Equal(t, tasks[0].ID, known[0].Object)
	round := d.closeRound(t)
	note("review.closed", record.Network, d.version.ID, *round.ClosedAt, map[string]string{"round": "1"})
	answers, verbs := read(d.viewer(t, d.officer))
	require.Len(t, answers, 2)
	require.True(t, strings.HasSuffix(verbs, "task.accepted task.accepted review.closed review.answered review.answered "), verbs)
	for i, it := range answers {
		require.Equal(t, map[string]string{"round": "1", "answer": "support", models.FactLabel: string(rune('A' + i))}, it.Facts)
		require.Equal(t, "Said.", it.Texts["reasons"])
		require.True(t, it.At.Equal(*round.ClosedAt))
		require.Zero(t, it.Seq)
		require.Empty(t, it.Hash)
		require.Zero(t, it.Actor)
		require.NotContains(t, []uuid.UUID{tasks[0].ID, tasks[1].ID}, it.Object)
	}
}

// TestTheRecordOfAnAnonymousRoundHoldsBackWhatWasTakenBack: what somebody took back is never released. Beside the answer they gave
// instead, under the same letter, it would tell whose both are, for everybody on the authors' side sees who took one back.
func TestTheRecordOfAnAnonymousRoundHoldsBackWhatWasTakenBack(t *testing.T) {
	d, tasks, given := anonymous(t, models.AnonymitySingle, 3)
	note := func(verb string, task *models.Task, words string) {
		_, err := record.Append(t.Context(), d.db, d.rec.ID, record.Entry{At: noon, Verb: verb, Actor: d.expert.Pseudonym, Capacity: record.Personal, ObjectKind: "task",
			Object: task.ID, Visibility: record.Confidential, Facts: map[string]string{"round": "1"}, Texts: map[string]string{"reasons": words}})
		require.NoError(t, err)
	}
	for i, task := range tasks {
		note("review.answered", task, "First.")
		if i < 2 {
			note("review.taken_back", task, "")
			require.NoError(t, given[i].Remove(t.Context(), d.db))
		}
	}
	note("review.answered", tasks[0], "Second.") // the other one leaves it at that
	require.NoError(t, given[0].Put(t.Context(), d.db, nil))
	said := func(p models.Person) (words []string) {
		items, err := models.RecordAs(t.Context(), d.db, d.viewer(t, p).Attribution(d.rec), d.rec.ID, record.Network, record.Confidential)
		require.NoError(t, err)
		for _, it := range items {
			if it.Verb == "review.answered" {
				words = append(words, it.Facts[models.FactLabel]+it.Texts["reasons"])
			}
		}
		return words
	}
	_, err := d.db.NewRaw("UPDATE review_rounds SET anonymity = 'open'").Exec(t.Context())
	require.NoError(t, err)
	require.ElementsMatch(t, []string{"", "", "First.", "Second."}, said(d.officer), "in every round the words are left out")
	require.ElementsMatch(t, []string{"First.", "First.", "First.", "Second."}, said(d.coordinator), "but not for who holds the key")
	_, err = d.db.NewRaw("UPDATE review_rounds SET anonymity = 'single'").Exec(t.Context())
	require.NoError(t, err)
	require.Empty(t, said(d.officer), "an answer that is gone is hidden like one that stands")
	d.closeRound(t)
	require.ElementsMatch(t, []string{"First.", "First.", "First.", "Second."}, said(d.coordinator))
	require.Len(t, said(d.officer), 2)
	for _, words := range said(d.officer) {
		require.Contains(t, []string{"AFirst.", "ASecond.", "BFirst.", "BSecond."}, words)
	}
}

func TestAnAnonymisedProcedureWantsTwoAnswers(t *testing.T) {
	d := rules()
	d.Review.Anonymity, d.Review.Enough = models.AnonymitySingle, 1
	bad := d.Validate()
	require.Error(t, bad)
	require.Equal(t, "review.enough", bad.(*apperr.Error).Fields[0].Path) //nolint:errorlint // Validate wraps nothing
	d.Review.Enough = 2
	require.NoError(t, d.Validate())
	d.Review.Anonymity = "blind"
	require.Error(t, d.Validate())
	d.Review.Anonymity = ""
	require.Equal(t, models.AnonymityOpen, d.Review.HowAnonymous(), "documents of before that was asked")
}
