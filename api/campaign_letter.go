package api

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"tribuna/internal/access"
	"tribuna/internal/files"
	"tribuna/internal/validation"
	"tribuna/internal/word"
	"tribuna/models"
)

// letterLanguage asks for a letter in another language than that of the authority's country.
var letterLanguage = []param{{"language", "one in which the recommendation is published; absent: that of the authority's country, else English", text}}

// dayOrNone is a day as the API says it; nil where there is none.
func dayOrNone(t *time.Time) *models.Day { return (*models.Day)(t) }

func (s *server) replyToStep(c *call) (reply, error) {
	campaign, id, err := c.step(access.EditCampaign)
	if err != nil {
		return reply{}, err
	}
	in, err := decode[models.StepReply](c)
	if err != nil {
		return reply{}, err
	}
	if err := c.stepFaults(campaign.ID, id, validation.Check(&in), func(step *models.CampaignStep) error { return in.Check(step, c.now()) }); err != nil {
		return reply{}, err
	}
	return s.changeStep(c, campaign.ID, id, in, func(ctx context.Context, tx bun.Tx) error {
		_, err := models.AnswerStep(ctx, tx, campaign, id, c.revision(), in, c.who.person, c.now())
		return err
	})
}

func (s *server) awaitReply(c *call) (reply, error) {
	campaign, id, err := c.step(access.EditCampaign)
	if err != nil {
		return reply{}, err
	}
	in, err := decodeValid[models.StepAwaited](c)
	if err != nil {
		return reply{}, err
	}
	return s.changeStep(c, campaign.ID, id, in, func(ctx context.Context, tx bun.Tx) error {
		_, err := models.AwaitStep(ctx, tx, campaign, id, c.revision(), in, c.who.person, c.now())
		return err
	})
}

// stepLetter writes the letter of a step.
func (s *server) stepLetter(c *call) (*models.Recommendation, word.AuthorityLetter, error) {
	campaign, id, err := c.step(access.ReadCampaign)
	if err != nil {
		return nil, word.AuthorityLetter{}, err
	}
	step, err := models.CampaignStepByID(c.ctx(), s.DB, campaign.ID, id)
	if err != nil {
		return nil, word.AuthorityLetter{}, err
	}
	rec, err := models.RecommendationByID(c.ctx(), s.DB, campaign.RecommendationID)
	if err != nil {
		return nil, word.AuthorityLetter{}, err
	}
	m, err := models.LetterOf(c.ctx(), s.DB, rec, *step, c.now())
	if err != nil {
		return nil, word.AuthorityLetter{}, err
	}
	letter, err := word.LetterToAuthority(c.ctx(), s.DB, rec, m, c.query("language"), s.BaseURL+"/published/")
	return rec, letter, err
}

func (s *server) letterFile(c *call) (reply, error) {
	rec, letter, err := s.stepLetter(c)
	if err != nil {
		return reply{}, err
	}
	return c.document(letter.Document, word.DOCX, files.File{Name: letter.FileName(rec.Slug)}, c.who.person.ID.String())
}

func (s *server) letterText(c *call) (reply, error) {
	rec, letter, err := s.stepLetter(c)
	if err != nil {
		return reply{}, err
	}
	f := letter.TextFile(rec.Slug)
	return reply{file: &f}, nil
}
