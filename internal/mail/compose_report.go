package mail

import (
	"context"

	"tribuna/models"
)

// contentReported tells coordinators and who is in charge that somebody says a text names a child. Neither the text's
// title nor what was written about it is in the mail: both may hold the name.
func (d *draft) contentReported(ctx context.Context) (page, error) {
	r, err := models.ReportedIn(ctx, d.db, d.mail)
	if err != nil {
		return page{}, err
	}
	p := page{
		Subject: d.t("content_reported.subject"),
		Lead:    []string{d.t("content_reported.lead." + string(r.Kind)), d.t("content_reported.not_here")},
		Facts:   []fact{{d.t("content_reported.owner"), r.Owner}, {d.t("content_reported.at"), d.words.DateTime(r.ReportedAt, d.zone)}},
		Why:     d.t("content_reported.why"),
	}
	if r.ToCoordinator {
		p.Button = &button{Label: d.t("content_reported.look"), URL: d.baseURL + "/administration/reports/" + r.RecommendationID.String()}
	} else {
		p.Button = &button{Label: d.t("content_reported.read"), URL: d.baseURL + "/recommendations/" + r.RecommendationID.String()}
		p.After = []string{d.t("content_reported.coordinators")}
	}
	return p, nil
}
