package api

import (
	"net/http"
	"slices"

	"tribuna/internal/access"
	"tribuna/internal/annotation"
	"tribuna/models"
)

func (s *server) annotationRoutes() []route {
	return []route{
		{method: http.MethodGet, path: "/recommendations/{id}/annotations", id: "listAnnotations", tag: "review",
			summary: "The comments the reader may see, as W3C Web Annotations (JSON-LD)", reply: annotation.AnnotationCollection{}, serve: s.listAnnotations},
	}
}

// listAnnotations shows the comments of the answers that listReviews shows, and says as much of who gave them.
func (s *server) listAnnotations(c *call) (reply, error) {
	rec, err := c.inside()
	if err != nil {
		return reply{}, err
	}
	reviews, err := models.ReviewsAs(c.ctx(), s.DB, c.who.viewer.Attribution(rec), rec.ID, 0)
	if err != nil {
		return reply{}, err
	}
	network, err := c.may(access.ReadNetworkMatter, rec, nil)
	if err != nil {
		return reply{}, err
	}
	viewer := c.who.viewer
	reviews = slices.DeleteFunc(reviews, func(rv models.Review) bool {
		return !viewer.Owns(rec) && !(network && rv.OrganisationID != nil) && (rv.Masked || rv.PersonID != viewer.PersonID)
	})
	people, err := s.reviewers(c, reviews)
	if err != nil {
		return reply{}, err
	}
	numbers, err := models.VersionNumbers(c.ctx(), s.DB, rec.ID)
	if err != nil {
		return reply{}, err
	}
	return reply{body: annotation.Of(s.BaseURL, rec, reviews, numbers, func(rv models.Review) *annotation.AnnotationAgent {
		if rv.Masked || !viewer.MayName(rec, reviewKind(rv), rv.PersonID) {
			return nil
		}
		return &annotation.AnnotationAgent{Type: "Person", Name: people[rv.PersonID].Name}
	})}, nil
}

// reviewKind is the question that was answered.
func reviewKind(rv models.Review) models.TaskKind {
	if rv.OrganisationID != nil {
		return models.TaskConsult
	}
	return models.TaskReview
}
