package workflows_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/apperr"
	"tribuna/models"
)

// unaware are experts who do not see in the network who wrote a text of Know-how Centre Bulgaria.
func (o *office) unaware() []models.Person {
	return []models.Person{o.person("fiona.carmichael@experts.example"), o.person("lejla.begovic@experts.example"), o.person("erion.malaj@experts.example")}
}

func anonymised(mode string) func(*models.ProcedureDocument) {
	return func(d *models.ProcedureDocument) {
		formerLadder(d)
		d.Review.Anonymity, d.Review.Enough, d.Review.Grace, d.Review.ReplaceSilent, d.Review.ConsultMembers = mode, 2, "1h", true, false
	}
}

// labels are the letters of a round's answers, by person.
func (o *office) labels(round int) map[uuid.UUID]string {
	o.t.Helper()
	reviews, err := models.Reviews(o.ctx, o.db, o.rec.ID, round)
	require.NoError(o.t, err)
	by := map[uuid.UUID]string{}
	for _, rv := range reviews {
		by[rv.PersonID] = rv.Label.Letter()
	}
	return by
}

// public is an answer whose writer would like to be named.
func (o *office) public() models.ReviewPayload {
	p := o.review()
	p.Naming = models.NamingPublic
	return p
}

func TestAnAnonymisedRoundGivesItsAnswersLettersWhenItCloses(t *testing.T) {
	o := newOffice(t, anonymised(models.AnonymityDouble))
	who := o.unaware()
	o.startReview(0, who, nil)
	for i, p := range who[:2] {
		o.at(time.Duration(i+1)*time.Hour, func() { o.tell(models.DecideAnswerReview, p, &o.taskOf(models.TaskReview, p).ID, o.public()) })
	}
	o.at(150*time.Minute, func() { // once more, in the grace
		require.Equal(t, map[uuid.UUID]string{who[0].ID: "", who[1].ID: ""}, o.labels(1), "not before it is closed")
		o.tell(models.DecideAnswerReview, who[0], &o.taskOf(models.TaskReview, who[0]).ID, o.review())
	})
	o.at(4*time.Hour, func() {
		o.tell(models.DecideReview, o.officer, &o.taskOf(models.TaskDecideReview, o.officer).ID, models.DecideReviewPayload{Decision: models.ReviewRevise, Reason: "Again."})
	})
	o.startReview(5*time.Hour, who, nil)
	o.answer(6*time.Hour, who[1])
	o.answer(7*time.Hour, who[2])
	cutOff(t, o.run(9*time.Hour))
	first, second := o.labels(1), o.labels(2)
	require.ElementsMatch(t, []string{"A", "B"}, []string{first[who[0].ID], first[who[1].ID]})
	require.ElementsMatch(t, []string{"A", "B"}, []string{second[who[1].ID], second[who[2].ID]}, "each round has its own, also when the process continued as new")
	reviews, err := models.Reviews(o.ctx, o.db, o.rec.ID, 1)
	require.NoError(t, err)
	for _, rv := range reviews {
		require.Equal(t, models.NamingNone, rv.Naming, "nobody is named in it")
	}
	require.Equal(t, 5, o.entries("review.answered"))
}

func TestAnAnonymisedRoundWithOneAnswerIsDecidedByWhoHoldsTheKey(t *testing.T) {
	o := newOffice(t, anonymised(models.AnonymitySingle))
	who := o.unaware()
	o.startReview(0, who[:2], nil)
	o.answer(time.Hour, who[0]) // the other one is silent
	var spoken, decided *said
	o.at(2*time.Hour, func() {
		spoken = o.tell(models.DecideAnswerReview, o.officer, &o.taskOf(models.TaskReview, who[1]).ID, o.review(), behalf(who[1], "By telephone."))
	})
	o.at(30*day, func() {
		for _, task := range o.openTasks(models.TaskChooseReviewer) {
			o.tell(models.DecideSkipReviewer, o.officer, &task.ID, models.NoPayload{})
		}
	})
	o.at(40*day, func() {
		decided = o.tell(models.DecideReview, o.coordinator(), &o.the(models.TaskDecideReview).ID, models.DecideReviewPayload{Decision: models.ReviewAccept, Reason: "It was supported."})
	})
	cutOff(t, o.run(41*day))
	o.refused(apperr.CodeForbidden, spoken)
	o.recorded(decided)
	require.Equal(t, map[uuid.UUID]string{who[0].ID: ""}, o.labels(1), "it is nobody else's")
}

func TestAnAnonymisedRoundIsNotBegunWithWhoWouldGiveItAway(t *testing.T) {
	o := newOffice(t, anonymised(models.AnonymityDouble))
	who := o.unaware()
	ours := o.person("nadezhda.ilcheva@experts.example") // of the organisation that wrote the text
	start := func(invite []models.Person, reserve []models.Person) *said {
		return o.tell(models.DecideStartReview, o.officer, nil, models.StartReviewPayload{VersionID: o.version.ID, Invite: ids(invite), Reserve: ids(reserve)})
	}
	var alone, knows, inLine, later *said
	o.at(time.Second, func() { alone = start(who[:1], nil) })
	o.at(2*time.Second, func() { knows = start([]models.Person{who[0], ours}, nil) })
	o.at(3*time.Second, func() { inLine = start(who[:2], []models.Person{ours}) })
	o.startReview(time.Minute, who[:2], nil)
	o.at(time.Hour, func() {
		later = o.tell(models.DecideInviteReviewer, o.officer, nil, models.InviteReviewerPayload{PersonID: ours.ID})
	})
	o.answer(90*time.Minute, who[0])
	o.withdraws(2 * time.Hour)
	require.NoError(t, o.run(3*day))
	for field, s := range map[string]*said{"invite": alone, "invite[1]": knows, "reserve[0]": inLine, "person_id": later} {
		o.refused(apperr.CodeInvalid, s)
		require.Equal(t, field, s.outcome.Fields[0].Path)
	}
	require.Equal(t, map[uuid.UUID]string{who[0].ID: ""}, o.labels(1), "a round that was withdrawn shows nobody's answer")
}

func TestAnAnonymisedRoundIsNotHandedToACoordinator(t *testing.T) {
	o := newOffice(t, anonymised(models.AnonymitySingle))
	o.startReview(0, o.unaware(), nil)
	var s *said
	o.at(time.Hour, func() { s = o.handsOver(o.rec.ID, o.coordinator(), o.officer, o.coordinator()) })
	cutOff(t, o.run(2*time.Hour))
	o.refused(apperr.CodeInvalid, s)
	require.Equal(t, o.officer.ID, o.officerInCharge())
}
