package api

import (
	"net/http"
	"time"

	"github.com/google/uuid"

	"tribuna/internal/access"
	"tribuna/models"
)

// Round is a review round with its answers, as far as the reader may see them.
type Round struct {
	Number            int               `json:"number"`
	VersionID         uuid.UUID         `json:"version_id"`
	Anonymity         string            `json:"anonymity"` // open, single or double
	Enough            int               `json:"enough"`
	Invited           int               `json:"invited"`           // experts asked so far
	Answered          int               `json:"answered"`          // of them
	Reserve           *int              `json:"reserve,omitempty"` // experts in line
	OpenedAt          *time.Time        `json:"opened_at,omitempty"`
	DueAt             time.Time         `json:"due_at"`
	ClosingAt         *time.Time        `json:"closing_at,omitempty"`
	ClosedAt          *time.Time        `json:"closed_at,omitempty"`
	Decision          string            `json:"decision,omitempty"`
	DecisionReason    string            `json:"decision_reason,omitempty"`
	DecisionWrittenIn string            `json:"decision_written_in,omitempty"` // language of the reason, where the officer said it
	Reviewers         []string          `json:"reviewers"`                     // experts who answered and agreed to be named within the network, for it
	Questions         []models.Question `json:"questions"`                     // of the procedure, to the experts
	Reviews           []Review          `json:"reviews"`
}

// Review is what an expert answered, or a partner in the consultation (then without an answer).
type Review struct {
	TaskID         uuid.UUID  `json:"task_id"`         // in an anonymised round an id of the answer alone, which leads to no question
	Label          string     `json:"label,omitempty"` // the letter under which the answer stands in an anonymised round
	PersonID       *uuid.UUID `json:"person_id,omitempty"`
	Person         string     `json:"person,omitempty"`
	OrganisationID *uuid.UUID `json:"organisation_id,omitempty"`
	Answer         string     `json:"answer,omitempty"`
	Reasons        string     `json:"reasons"`
	WrittenIn      string     `json:"written_in,omitempty"` // language of reasons and comments, where the writer said it
	Naming         string     `json:"naming"`
	Late           bool       `json:"late"`
	AnsweredAt     time.Time  `json:"answered_at"`
	Comments       []Comment  `json:"comments"`
	Answers        []Answer   `json:"answers"` // to the questions of the procedure
	// ConfidentialNote is for the officer in charge and coordinators alone, and for who wrote it.
	ConfidentialNote string    `json:"confidential_note,omitempty"`
	Conflict         *Conflict `json:"conflict,omitempty"` // of interest: for those who own the text, and who declared it
}

// Answer is what an expert answered to a question of the procedure.
type Answer struct {
	Question  string `json:"question"`             // its id
	Value     string `json:"value,omitempty"`      // what was chosen
	Text      string `json:"text,omitempty"`       // of a question answered in words
	Expertise string `json:"expertise,omitempty"`  // how well they know this: little, fairly, well
	WrittenIn string `json:"written_in,omitempty"` // language of the text, where the writer said it
}

// Conflict is a conflict of interest as it was declared, and what was decided about it.
type Conflict struct {
	Kind            string     `json:"kind"`
	Words           string     `json:"words,omitempty"`
	WrittenIn       string     `json:"written_in,omitempty"`
	DeclaredAt      time.Time  `json:"declared_at"`
	Ruling          string     `json:"ruling,omitempty"` // absent: not decided; the answer counts and the conflict is shown
	Reason          string     `json:"reason,omitempty"`
	ReasonWrittenIn string     `json:"reason_written_in,omitempty"`
	RuledAt         *time.Time `json:"ruled_at,omitempty"`
}

// Comment is what somebody says about one paragraph, or about words quoted from it.
type Comment struct {
	Block       int                `json:"block"`
	Kind        models.CommentKind `json:"kind"`
	Quote       string             `json:"quote,omitempty"`
	Prefix      string             `json:"prefix,omitempty"` // what stands before the words quoted
	Suffix      string             `json:"suffix,omitempty"` // and after them
	Replacement string             `json:"replacement,omitempty"`
	Body        string             `json:"body"`
}

func (s *server) reviewRoutes() []route {
	const base = "/recommendations/{id}"
	return []route{
		{method: http.MethodGet, path: base + "/reviews", id: "listReviews", tag: "review", summary: "The rounds, newest first, with the answers the reader may see",
			reply: list[Round]{}, serve: s.listReviews},
		{method: http.MethodPost, path: base + "/reviews", id: "startReview", tag: "review", summary: "Begin a round on the version seen",
			key: true, decides: true, body: models.StartReviewPayload{}, reply: Decision{},
			serve: s.recommendationDecision(models.DecideStartReview, access.StartReview, payloadAny[models.StartReviewPayload])},
		{method: http.MethodPost, path: base + "/reviews/invite", id: "inviteFurtherReviewer", tag: "review", summary: "Bring a further expert into the running round",
			key: true, decides: true, body: models.InviteReviewerPayload{}, reply: Decision{},
			serve: s.recommendationDecision(models.DecideInviteReviewer, access.InviteReviewer, payloadAny[models.InviteReviewerPayload])},
		{method: http.MethodPost, path: base + "/reviews/extend", id: "extendRound", tag: "review", summary: "Give all who have not answered in the running round more time",
			key: true, decides: true, body: models.AskTimePayload{}, reply: Decision{},
			serve: s.recommendationDecision(models.DecideExtendReview, access.InviteReviewer, payloadAny[models.AskTimePayload])},
		{method: http.MethodPost, path: base + "/reviews/close", id: "closeReview", tag: "review", summary: "Close the running round: enough experts have answered",
			key: true, decides: true, reply: Decision{},
			serve: s.recommendationDecision(models.DecideCloseReview, access.InviteReviewer, noPayload)},
	}
}

func (s *server) listReviews(c *call) (reply, error) {
	rec, err := c.inside()
	if err != nil {
		return reply{}, err
	}
	rounds, err := models.Rounds(c.ctx(), s.DB, rec.ID)
	if err != nil {
		return reply{}, err
	}
	reviews, err := models.ReviewsAs(c.ctx(), s.DB, c.who.viewer.Attribution(rec), rec.ID, 0)
	if err != nil {
		return reply{}, err
	}
	tasks, err := models.Tasks(c.ctx(), s.DB, models.TaskFilter{Recommendation: rec.ID, Kinds: []models.TaskKind{models.TaskReview}})
	if err != nil {
		return reply{}, err
	}
	people, err := s.reviewers(c, reviews)
	if err != nil {
		return reply{}, err
	}
	network, err := c.may(access.ReadNetworkMatter, rec, nil)
	if err != nil {
		return reply{}, err
	}
	namings, err := models.NamingsOf(c.ctx(), s.DB, rec.ID)
	if err != nil {
		return reply{}, err
	}
	answered := map[int]int{}
	for i := range rounds {
		if answered[rounds[i].Number], err = rounds[i].ExpertsAnswered(c.ctx(), s.DB); err != nil {
			return reply{}, err
		}
	}
	procedure, err := models.ProcedureByID(c.ctx(), s.DB, rec.ProcedureID)
	if err != nil {
		return reply{}, err
	}
	conflicts, err := models.ConflictsOf(c.ctx(), s.DB, rec.ID)
	if err != nil {
		return reply{}, err
	}
	reader := roundReader{questions: procedure.Document.Review.Asks(), conflicts: conflicts, viewer: c.who.viewer, network: network, rec: rec, namings: namings, people: people, reviews: reviews, tasks: tasks, answered: answered}
	return reply{body: listOf(rounds, reader.view)}, nil
}

func (s *server) reviewers(c *call, reviews []models.Review) (map[uuid.UUID]models.Person, error) {
	ids := make([]uuid.UUID, 0, len(reviews))
	for _, r := range reviews {
		ids = append(ids, r.PersonID)
	}
	return models.PeopleByID(c.ctx(), s.DB, ids)
}

// roundReader shows rounds to one reader: owners see all; the network the consultation and why it was decided so; and
// everybody what they answered themselves.
type roundReader struct {
	viewer   models.Viewer
	network  bool // sees what was said within the network
	rec      *models.Recommendation
	people   map[uuid.UUID]models.Person
	namings  models.Namings
	reviews  []models.Review
	tasks    []models.Task
	answered map[int]int // experts, by round

	questions []models.Question
	conflicts map[uuid.UUID]*models.Conflict
}

func (rr roundReader) view(r models.ReviewRound) Round {
	v := Round{Number: r.Number, VersionID: r.VersionID, Anonymity: r.Anonymity, Answered: rr.answered[r.Number], Enough: r.Enough, OpenedAt: r.OpenedAt, DueAt: r.DueAt, ClosingAt: r.ClosingAt,
		ClosedAt: r.ClosedAt, Reviewers: []string{}, Questions: rr.questions, Reviews: []Review{}}
	if r.Decision != nil {
		v.Decision = *r.Decision
	}
	if rr.network {
		v.DecisionReason, v.DecisionWrittenIn = r.DecisionReason, r.DecisionWrittenIn
	}
	for _, t := range rr.tasks {
		if t.Round == r.Number {
			v.Invited++
		}
	}
	owner := rr.viewer.Owns(rr.rec)
	if owner {
		reserve := len(r.Reserve)
		v.Reserve = &reserve
	}
	for _, review := range rr.reviews {
		if review.Round != r.Number {
			continue
		}
		if review.Answer != nil && review.Anonymity == models.AnonymityOpen && rr.network && models.Agreed(rr.namings[review.PersonID], rr.network) {
			v.Reviewers = append(v.Reviewers, rr.people[review.PersonID].Name)
		}
		if owner || rr.network && review.OrganisationID != nil || !review.Masked && review.PersonID == rr.viewer.PersonID {
			v.Reviews = append(v.Reviews, rr.review(review))
		}
	}
	return v
}

func (rr roundReader) review(r models.Review) Review {
	own := r.PersonID == rr.viewer.PersonID
	if !own && !rr.viewer.MayReadConfidence(rr.rec) {
		r = r.WithoutConfidence(rr.questions)
	}
	v := reviewView(r)
	if own || rr.viewer.Owns(rr.rec) {
		v.Conflict = conflictOf(rr.conflicts[r.TaskID])
	}
	kind := models.TaskReview
	if r.OrganisationID != nil {
		kind = models.TaskConsult
	}
	if !r.Masked && rr.viewer.MayName(rr.rec, kind, r.PersonID) {
		v.PersonID, v.Person = &r.PersonID, rr.people[r.PersonID].Name
	}
	return v
}

// reviewView shows an answer without saying whose it is.
func reviewView(r models.Review) Review {
	v := Review{TaskID: r.TaskID, Label: r.Label.Letter(), OrganisationID: r.OrganisationID, Reasons: r.Reasons, WrittenIn: r.WrittenIn, Naming: r.Naming, Late: r.Late, AnsweredAt: r.AnsweredAt,
		Comments: listOf(r.Comments, commentOf).Items, Answers: listOf(r.Answers, answerOf).Items, ConfidentialNote: r.ConfidentialNote}
	if r.Answer != nil {
		v.Answer = *r.Answer
	}
	return v
}

func commentOf(m models.Comment) Comment {
	return Comment{m.Block, m.Kind, m.Quote, m.Prefix, m.Suffix, m.Replacement, m.Body}
}

func answerOf(a models.ReviewAnswer) Answer {
	return Answer{a.Question, a.Value, a.Body, a.Expertise, a.WrittenIn}
}

func conflictOf(c *models.Conflict) *Conflict {
	if c == nil {
		return nil
	}
	v := &Conflict{Kind: c.Kind, Words: c.Words, WrittenIn: c.WrittenIn, DeclaredAt: c.DeclaredAt, Reason: c.Reason, ReasonWrittenIn: c.ReasonWrittenIn, RuledAt: c.RuledAt}
	if c.Ruling != nil {
		v.Ruling = *c.Ruling
	}
	return v
}
