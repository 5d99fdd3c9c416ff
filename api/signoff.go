package api

import (
	"net/http"
	"time"

	"github.com/google/uuid"

	"tribuna/models"
)

// SignOffs is where the sign-off of the accepted version stands.
type SignOffs struct {
	VersionID *uuid.UUID `json:"version_id,omitempty"`
	Tally     Tally      `json:"tally"`
	Asked     []Asked    `json:"asked"`
	Answers   []SignOff  `json:"answers"`
}

// Asked is an organisation that was asked to sign off.
type Asked struct {
	TaskID         uuid.UUID        `json:"task_id"`
	OrganisationID uuid.UUID        `json:"organisation_id"`
	State          models.TaskState `json:"state"`
	DueAt          time.Time        `json:"due_at"`
	Overdue        bool             `json:"overdue"`
}

// SignOff is an organisation's answer.
type SignOff struct {
	TaskID         uuid.UUID `json:"task_id"`
	OrganisationID uuid.UUID `json:"organisation_id"`
	Answer         string    `json:"answer"`
	Reason         string    `json:"reason"`
	WrittenIn      string    `json:"written_in,omitempty"` // language of the reason, where the writer said it
	AnsweredAt     time.Time `json:"answered_at"`
}

// Tally counts under the procedure's rule, in codes and numbers.
type Tally struct {
	Rule            string `json:"rule"`
	Asked           int    `json:"asked"`
	Answered        int    `json:"answered"`
	Approved        int    `json:"approved"`
	Conditional     int    `json:"approved_with_condition"` // of those approved
	Abstained       int    `json:"abstained"`
	Outside         int    `json:"outside_mandate"`
	Declined        int    `json:"do_not_cosign"`
	Silent          int    `json:"silent"`
	NeededAnswers   int    `json:"needed_answers"`
	NeededApprovals int    `json:"needed_approvals"`
	Met             bool   `json:"met"`
	Failed          bool   `json:"failed"`
}

func (s *server) signOffRoutes() []route {
	return []route{{method: http.MethodGet, path: "/recommendations/{id}/sign-offs", id: "listSignOffs", tag: "sign-off", summary: "Who was asked, what they answered, and what the rule makes of it",
		reply: SignOffs{}, serve: s.listSignOffs}}
}

func (s *server) listSignOffs(c *call) (reply, error) {
	rec, err := c.within()
	if err != nil {
		return reply{}, err
	}
	procedure, err := models.ProcedureByID(c.ctx(), s.DB, rec.ProcedureID)
	if err != nil {
		return reply{}, err
	}
	rules := procedure.Document.SignOff
	v := SignOffs{VersionID: rec.AcceptedVersionID, Tally: tallyView(rules.Rule, models.SignOffTally{}), Asked: []Asked{}, Answers: []SignOff{}}
	if rec.AcceptedVersionID == nil {
		return reply{body: v}, nil
	}
	tasks, err := models.SignOffTasks(c.ctx(), s.DB, *rec.AcceptedVersionID)
	if err != nil {
		return reply{}, err
	}
	answers, err := models.SignOffs(c.ctx(), s.DB, *rec.AcceptedVersionID)
	if err != nil {
		return reply{}, err
	}
	v.Tally = tallyView(rules.Rule, rules.Tally(tasks, answers))
	v.Answers = listOf(answers, signOffView).Items
	for _, t := range tasks {
		v.Asked = append(v.Asked, Asked{TaskID: t.ID, OrganisationID: *t.OrganisationID, State: t.State, DueAt: t.DueAt,
			Overdue: t.State == models.TaskOpen && t.Late(c.now())})
	}
	return reply{body: v}, nil
}

func signOffView(a models.SignOff) SignOff {
	return SignOff{TaskID: a.TaskID, OrganisationID: a.OrganisationID, Answer: a.Answer, Reason: a.Reason, WrittenIn: a.WrittenIn, AnsweredAt: a.AnsweredAt}
}

func tallyView(rule string, t models.SignOffTally) Tally {
	return Tally{Rule: rule, Asked: t.Asked, Answered: t.Answered, Approved: t.Approved, Conditional: t.Conditional,
		Abstained: t.Abstained, Outside: t.Outside, Declined: t.Declined, Silent: t.Silent, NeededAnswers: t.NeededAnswers, NeededApprovals: t.NeededApprovals, Met: t.Met, Failed: t.Failed}
}
