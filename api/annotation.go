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

// listAnnotations shows the comments of the answers that listReviews shows. It is a file for other programmes, and names who is named
// in files.
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
	all, err := annotation.Of(c.ctx(), s.DB, s.BaseURL, rec, reviews, network)
	return reply{body: all}, err
}
