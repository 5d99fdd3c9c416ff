package api

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/access"
	"tribuna/internal/apperr"
	"tribuna/models"
)

// FocalPointsInput has an organisation follow many measures that others issued: those named, or all that a filter leaves, with
// how many these are expected to be.
type FocalPointsInput struct {
	OrganisationID uuid.UUID          `json:"organisation_id" validate:"required"`
	IDs            []uuid.UUID        `json:"ids,omitempty" validate:"required_without=Filter,excluded_with=Filter,max=1000,unique" about:"Of the follow-ups, at most 1000; instead of a filter."`
	Filter         *FollowUpNarrowing `json:"filter,omitempty" about:"As the list is narrowed; of what it leaves, what nobody follows yet is meant. Instead of ids."`
	Expected       int                `json:"expected,omitempty" validate:"required_with=Filter,excluded_with=IDs,omitempty,min=1,max=10000" about:"How many measures the filter leaves that nobody follows yet. Where it is another number by now, nothing is done."`
}

// FollowUpNarrowing is how a list of follow-ups is narrowed in a body.
type FollowUpNarrowing struct {
	Recommendation uuid.UUID `json:"recommendation,omitzero"`
	Country        string    `json:"country,omitempty" validate:"max=2"`
	Authority      uuid.UUID `json:"authority,omitzero"`
	Topic          string    `json:"topic,omitempty" validate:"max=300"`
	Challenge      string    `json:"challenge,omitempty" validate:"max=100"`
	Response       string    `json:"response,omitempty" validate:"max=300"`
	Query          string    `json:"q,omitempty" validate:"max=200"`
}

// FocalPoints says how many measures an organisation was given to follow.
type FocalPoints struct {
	OrganisationID uuid.UUID `json:"organisation_id"`
	Number         int       `json:"number"`
}

// meant are the follow-ups, and how many.
func (in FocalPointsInput) meant() (models.FollowUpFilter, int) {
	if n := in.Filter; n != nil {
		return models.FollowUpFilter{Imported: true, Recommendation: n.Recommendation, Country: n.Country, Authority: n.Authority, Topic: n.Topic,
			Challenge: n.Challenge, Response: n.Response, Query: n.Query}, in.Expected
	}
	return models.FollowUpFilter{Imported: true, IDs: in.IDs}, len(in.IDs)
}

// assignFocalPoints begins the processes of many follow-ups that nobody follows yet, all or none.
func (s *server) assignFocalPoints(c *call) (reply, error) {
	in, err := payloadOf[FocalPointsInput](c)
	if err != nil {
		return reply{}, err
	}
	object, err := models.FocalPointObject(c.ctx(), s.DB, nil, in.OrganisationID)
	if err != nil {
		return reply{}, err
	}
	if err := access.Can(c.who.actor(), access.AssignFocalPoint, object); err != nil {
		return reply{}, err
	}
	filter, number := in.meant()
	_, _, err = c.once(in, func(ctx context.Context, tx bun.Tx) (uuid.UUID, error) {
		return in.OrganisationID, models.AssignMany(ctx, tx, filter, number, in.OrganisationID, c.who.person, c.now())
	}) // the sweep starts their processes
	return reply{body: FocalPoints{OrganisationID: in.OrganisationID, Number: number}}, in.blamed(err)
}

// blamed names the field of the body where the page, which asks for one field alone, names that.
func (in FocalPointsInput) blamed(err error) error {
	var e *apperr.Error
	if !errors.As(err, &e) || len(e.Fields) != 1 || e.Fields[0].Path != "focal_point" {
		return err
	}
	switch {
	case e.Fields[0].Key == "error.field.other_country":
		return apperr.Invalid("organisation_id", "other_country")
	case in.Filter != nil:
		return apperr.Invalid("expected", "other_number")
	default:
		return apperr.Invalid("ids", "not_free")
	}
}
