package walkthrough

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"tribuna/internal/demo"
)

// recommendation is what is walked.
type recommendation struct {
	ID        string `json:"id"`
	Slug      string `json:"slug"`
	Stage     string `json:"stage"`
	Round     int    `json:"round"`
	VersionID string `json:"current_version_id"`
}

// draft writes the recommendation, paid for by a grant, with measures to authorities; it concerns two countries, one of
// which has no partner.
func (w *walk) draft(ctx context.Context) error {
	brief, err := demo.Brief()
	if err != nil {
		return err
	}
	owner, err := w.organisation(ctx)
	if err != nil {
		return err
	}
	measures := []map[string]any{}
	w.authorities, w.grants = map[uuid.UUID]bool{}, brief.Grants()
	for i, text := range w.text.measures {
		for _, a := range brief.Authorities[picked[i]] {
			w.authorities[a] = true
		}
		measures = append(measures, map[string]any{"text": text, "authority_ids": brief.Authorities[picked[i]]})
	}
	w.rec = &recommendation{}
	err = w.people.officer.post(ctx, "/api/v1/recommendations", map[string]any{
		"kind": "policy_brief", "language": "en", "organisation_id": owner, "procedure": "walkthrough", "languages": w.text.targets,
		"needed_by": time.Now().AddDate(0, 2, 0).Format(time.DateOnly),
		"countries": []string{"BG", "HR"}, "topics": brief.Topics(), "challenges": brief.Challenges(), "grant_ids": w.grants,
		"consulted": []map[string]any{{"people": "young people who left care", "method": "two workshops", "number": 14}},
		"title":     w.text.title, "body": w.text.body, "measures": measures,
	}, w.rec)
	if err != nil {
		return err
	}
	w.result.RecommendationID = w.rec.ID
	w.did("drafted %q with %d measures: %s", w.text.title, len(measures), w.rec.ID)
	return nil
}

// organisation is the officer's.
func (w *walk) organisation(ctx context.Context) (string, error) {
	var me struct {
		Roles []struct {
			Role           string `json:"role"`
			OrganisationID string `json:"organisation_id"`
		} `json:"roles"`
	}
	if err := w.people.officer.get(ctx, "/api/v1/me", &me); err != nil {
		return "", err
	}
	for _, r := range me.Roles {
		if r.Role == "officer" {
			return r.OrganisationID, nil
		}
	}
	return "", fmt.Errorf("%s is no officer", w.people.officer.name)
}

// refresh reads where the recommendation stands.
func (w *walk) refresh(ctx context.Context) error {
	return w.people.officer.get(ctx, "/api/v1/recommendations/"+w.rec.ID, w.rec)
}

// reaches waits until the recommendation is in a stage.
func (w *walk) reaches(ctx context.Context, stage string, limit time.Duration) error {
	_, err := until(ctx, "the recommendation to reach "+stage, limit, func(ctx context.Context) (bool, bool, error) {
		err := w.refresh(ctx)
		return true, w.rec.Stage == stage, err
	})
	return err
}
