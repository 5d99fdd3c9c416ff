package api

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/access"
	"tribuna/internal/apperr"
	"tribuna/internal/validation"
	"tribuna/internal/word"
	"tribuna/models"
)

// CampaignStep is a letter, a call, a meeting or an event of a campaign; its mailings are kept by themselves.
type CampaignStep struct {
	ID              uuid.UUID        `json:"id"`
	CampaignID      uuid.UUID        `json:"campaign_id"`
	Kind            models.StepKind  `json:"kind"`
	Title           string           `json:"title"`
	Day             models.Day       `json:"day"`            // as it is called where it takes place
	At              *time.Time       `json:"at,omitempty"`   // absent: the day alone is known
	Zone            string           `json:"zone,omitempty"` // IANA, in which the time was said
	ResponsibleID   uuid.UUID        `json:"responsible_id"`
	AuthorityID     *uuid.UUID       `json:"authority_id,omitempty"`
	OrganisationID  *uuid.UUID       `json:"organisation_id,omitempty"`
	Note            string           `json:"note,omitempty"`
	WrittenIn       string           `json:"written_in,omitempty"` // language of title and note, where the writer said it
	State           models.StepState `json:"state"`
	Result          string           `json:"result,omitempty"` // what came of it, or why it was called off
	ResultWrittenIn string           `json:"result_written_in,omitempty"`
	Reference       string           `json:"reference,omitempty"`    // of a letter: one's own
	Registration    string           `json:"registration,omitempty"` // of a letter that is done: the authority's number
	ReplyDue        *models.Day      `json:"reply_due,omitempty"`    // of a letter: by when a reply is hoped for
	SentOn          *models.Day      `json:"sent_on,omitempty"`      // of a letter that is done; absent: nobody said
	ReplyOn         *models.Day      `json:"reply_on,omitempty"`     // when the reply came; absent: none has
	Reply           string           `json:"reply,omitempty"`        // what it says
	ReplyWrittenIn  string           `json:"reply_written_in,omitempty"`
	AgainOf         *uuid.UUID       `json:"again_of,omitempty"`   // of a letter: the earlier one to which no reply came, which it takes the place of
	SettledAt       *time.Time       `json:"settled_at,omitempty"` // when that was said
	SettledBy       *uuid.UUID       `json:"settled_by,omitempty"`
	Revision        int              `json:"revision"`
	CreatedAt       time.Time        `json:"created_at"`
}

// StepSettled says what came of a step.
type StepSettled struct {
	State models.StepState `json:"state" validate:"required,oneof=done called_off"`
	models.StepResult
}

func (s *server) stepRoutes() []route {
	const (
		steps = "/campaigns/{id}/steps"
		one   = steps + "/{step}"
	)
	return []route{
		{method: http.MethodGet, path: steps, id: "listCampaignSteps", tag: "campaign", summary: "Its letters, calls, meetings and events in the order of time", reply: list[CampaignStep]{}, serve: s.listSteps,
			query: []param{{"kind", "letter, call, meeting or event", text}, {"state", "planned, done or called_off", text}}},
		{method: http.MethodPost, path: steps, id: "planCampaignStep", tag: "campaign", summary: "Plan one",
			key: true, body: models.CampaignStepInput{}, status: http.StatusCreated, reply: CampaignStep{}, serve: s.planStep},
		{method: http.MethodGet, path: one, id: "getCampaignStep", tag: "campaign", summary: "One step; its ETag is the revision", reply: CampaignStep{}, serve: s.getStep},
		{method: http.MethodPut, path: one, id: "editCampaignStep", tag: "campaign", summary: "Change one that is planned, on top of the revision seen",
			match: true, body: models.CampaignStepInput{}, reply: CampaignStep{}, serve: s.editStep},
		{method: http.MethodPut, path: one + "/result", id: "settleCampaignStep", tag: "campaign", summary: "Say what came of one that is planned: it is done, or called off",
			match: true, body: StepSettled{}, reply: CampaignStep{}, serve: s.settleStep},
		{method: http.MethodDelete, path: one + "/result", id: "reopenCampaignStep", tag: "campaign", summary: "Take that back: it is planned again",
			match: true, reply: CampaignStep{}, serve: s.reopenStep},
		{method: http.MethodPut, path: one + "/reply", id: "answerCampaignStep", tag: "campaign", summary: "Say which reply came to a letter that is done; again, to correct it",
			match: true, body: models.StepReply{}, reply: CampaignStep{}, serve: s.replyToStep},
		{method: http.MethodPut, path: one + "/reply_due", id: "awaitCampaignStep", tag: "campaign", summary: "Say until when the reply to a letter that is done is waited for; without a day no longer",
			match: true, body: models.StepAwaited{}, reply: CampaignStep{}, serve: s.awaitReply},
		{method: http.MethodGet, path: one + "/letter.docx", id: "getStepLetterAsWord", tag: "campaign", query: letterLanguage, reply: outgoing(word.DOCX), serve: s.letterFile,
			summary: "The letter of one to an authority, to be completed and sent by a person; nothing is sent. One that is done is written from what is published now. Needs pandoc on the server, else 501"},
		{method: http.MethodGet, path: one + "/letter.txt", id: "getStepLetterAsText", tag: "campaign", query: letterLanguage, reply: plainText{}, serve: s.letterText,
			summary: "The same as plain text"},
	}
}

func campaignStepView(r models.CampaignStep) CampaignStep {
	return CampaignStep{ID: r.ID, CampaignID: r.CampaignID, Kind: r.Kind, Title: r.Title, Day: models.Day(r.Day), At: r.At, Zone: r.Zone, ResponsibleID: r.ResponsibleID,
		AuthorityID: r.AuthorityID, OrganisationID: r.OrganisationID, Note: r.Note, WrittenIn: r.WrittenIn, State: r.State, Result: r.Result,
		ResultWrittenIn: r.ResultWrittenIn, Reference: r.Reference, Registration: r.Registration, ReplyDue: dayOrNone(r.ReplyDue), SentOn: dayOrNone(r.SentOn), ReplyOn: dayOrNone(r.ReplyOn),
		Reply: r.Reply, ReplyWrittenIn: r.ReplyWrittenIn, AgainOf: r.AgainOf, SettledAt: r.SettledAt, SettledBy: r.SettledBy, Revision: r.Revision, CreatedAt: r.CreatedAt}
}

func (s *server) listSteps(c *call) (reply, error) {
	campaign, err := c.campaign(access.ReadCampaign)
	if err != nil {
		return reply{}, err
	}
	kind, err := queryOneOf(c, "kind", models.StepKinds())
	if err != nil {
		return reply{}, err
	}
	state, err := queryOneOf(c, "state", models.StepStates())
	if err != nil {
		return reply{}, err
	}
	rows, err := models.CampaignSteps(c.ctx(), s.DB, campaign.ID)
	if err != nil {
		return reply{}, err
	}
	l := list[CampaignStep]{Items: []CampaignStep{}}
	for _, r := range rows {
		if (kind == "" || r.Kind == kind) && (state == "" || r.State == state) {
			l.Items = append(l.Items, campaignStepView(r))
		}
	}
	return reply{body: l}, nil
}

func (s *server) planStep(c *call) (reply, error) {
	campaign, err := c.campaign(access.EditCampaign)
	if err != nil {
		return reply{}, err
	}
	in, err := decodeValid[models.CampaignStepInput](c)
	if err != nil {
		return reply{}, err
	}
	id, _, err := c.once(in, func(ctx context.Context, tx bun.Tx) (uuid.UUID, error) {
		step, err := models.PlanStep(ctx, tx, campaign, in, c.who.person, c.now())
		if err != nil {
			return uuid.Nil, err
		}
		return step.ID, nil
	})
	if err != nil {
		return reply{}, err
	}
	answer, err := s.showStep(c, campaign.ID, id)
	answer.status, answer.location = http.StatusCreated, s.BaseURL+Prefix+"/campaigns/"+campaign.ID.String()+"/steps/"+id.String()
	return answer, err
}

func (s *server) showStep(c *call, campaign, id uuid.UUID) (reply, error) {
	step, err := models.CampaignStepByID(c.ctx(), s.DB, campaign, id)
	if err != nil {
		return reply{}, err
	}
	return reply{body: campaignStepView(*step), etag: strconv.Itoa(step.Revision)}, nil
}

// step reads which one the path names; whether there is one is for whoever looks for it.
func (c *call) step(action access.Action) (*models.Campaign, uuid.UUID, error) {
	campaign, err := c.campaign(action)
	if err != nil {
		return nil, uuid.Nil, err
	}
	id, err := c.idNamed("step", "step")
	return campaign, id, err
}

func (s *server) getStep(c *call) (reply, error) {
	campaign, id, err := c.step(access.ReadCampaign)
	if err != nil {
		return reply{}, err
	}
	return s.showStep(c, campaign.ID, id)
}

func (s *server) editStep(c *call) (reply, error) {
	campaign, id, err := c.step(access.EditCampaign)
	if err != nil {
		return reply{}, err
	}
	in, err := decodeValid[models.CampaignStepInput](c)
	if err != nil {
		return reply{}, err
	}
	return s.changeStep(c, campaign.ID, id, in, func(ctx context.Context, tx bun.Tx) error {
		_, err := models.EditStep(ctx, tx, campaign, id, c.revision(), in, c.who.person, c.now())
		return err
	})
}

func (s *server) settleStep(c *call) (reply, error) {
	campaign, id, err := c.step(access.EditCampaign)
	if err != nil {
		return reply{}, err
	}
	in, err := decode[StepSettled](c)
	if err != nil {
		return reply{}, err
	}
	if err := c.stepFaults(campaign.ID, id, validation.Check(&in), func(step *models.CampaignStep) error { return in.Check(step, in.State, c.now()) }); err != nil {
		return reply{}, err
	}
	return s.changeStep(c, campaign.ID, id, in, func(ctx context.Context, tx bun.Tx) error {
		_, err := models.SettleStep(ctx, tx, campaign, id, c.revision(), in.State, in.StepResult, c.who.person, c.now())
		return err
	})
}

func (s *server) reopenStep(c *call) (reply, error) {
	campaign, id, err := c.step(access.EditCampaign)
	if err != nil {
		return reply{}, err
	}
	return s.changeStep(c, campaign.ID, id, struct{}{}, func(ctx context.Context, tx bun.Tx) error {
		_, err := models.ReopenStep(ctx, tx, campaign, id, c.revision(), c.who.person, c.now())
		return err
	})
}

// stepFaults joins what a request may not hold at all with what does not fit the step, so that all that is wrong is told at once.
// Where nothing is wrong so far, what does not fit is told when the step is held.
func (c *call) stepFaults(campaign, id uuid.UUID, found error, check func(*models.CampaignStep) error) error {
	if apperr.CodeOf(found) != apperr.CodeInvalid {
		return found
	}
	step, err := models.CampaignStepByID(c.ctx(), c.s.DB, campaign, id)
	if err != nil {
		return err
	}
	bad := apperr.New(apperr.CodeInvalid)
	for _, err := range []error{found, check(step)} {
		if err := bad.Take(err); err != nil {
			return err
		}
	}
	return bad.OrNil()
}

// changeStep makes a change on top of the revision that was seen and answers with the step as it stands then.
func (s *server) changeStep(c *call, campaign, id uuid.UUID, yours any, change func(context.Context, bun.Tx) error) (reply, error) {
	return unlessOutdated(c.inTx(change), "step", yours, func() (reply, error) { return s.showStep(c, campaign, id) })
}
