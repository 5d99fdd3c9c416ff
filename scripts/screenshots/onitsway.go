package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"tribuna/internal/demo"
)

// officer writes; the demo brief is theirs.
const officer = "milena.draganova@tribuna.example"

// onItsWay is a recommendation in review.
type onItsWay struct {
	recommendation string // id
	invitation     string // address of the personal link of an expert who reads English and has not answered
}

// sendOut writes the demo brief under the network's own procedure and invites experts, one of whom answers.
func sendOut(ctx context.Context, base string) (*onItsWay, error) {
	began := time.Now()
	o, err := signedIn(ctx, base, officer)
	if err != nil {
		return nil, err
	}
	var rec struct {
		ID      string `json:"id"`
		Version string `json:"current_version_id"`
	}
	draft, err := o.brief(ctx)
	if err != nil {
		return nil, err
	}
	if err := o.post(ctx, "/api/v1/recommendations", draft, &rec); err != nil {
		return nil, err
	}
	if err := o.invite(ctx, rec.ID, rec.Version); err != nil {
		return nil, err
	}
	return o.answered(ctx, rec.ID, began)
}

// brief is the demo brief as the API takes it.
func (c *caller) brief(ctx context.Context) (map[string]any, error) {
	var me struct {
		Roles []struct {
			Organisation string `json:"organisation_id"`
		} `json:"roles"`
	}
	if err := c.get(ctx, "/api/v1/me", &me); err != nil {
		return nil, err
	}
	b, err := demo.Brief()
	if err != nil {
		return nil, err
	}
	text := b.Texts[b.Language]
	var measures []map[string]any
	for i, m := range text.Measures {
		measures = append(measures, map[string]any{"text": m, "authority_ids": b.Authorities[i]})
	}
	return map[string]any{"kind": "policy_brief", "language": b.Language, "organisation_id": me.Roles[0].Organisation,
		"procedure": "default", "languages": []string{"bg"}, "countries": []string{"BG", "HR"}, "topics": b.Topics(),
		"challenges": b.Challenges(), "grant_ids": b.Grants(), "consulted": []any{}, "title": text.Title, "body": text.Body,
		"measures": measures, "needed_by": time.Now().AddDate(0, 2, 0).Format(time.DateOnly)}, nil
}

func (c *caller) invite(ctx context.Context, recommendation, version string) error {
	var experts struct {
		Items []struct {
			ID string `json:"id"`
		} `json:"items"`
	}
	if err := c.get(ctx, "/api/v1/experts?recommendation="+recommendation, &experts); err != nil {
		return err
	}
	var ids []string
	for _, e := range experts.Items {
		ids = append(ids, e.ID)
	}
	if len(ids) < 6 {
		return fmt.Errorf("six experts are needed, %d are free: start on a fresh instance", len(ids))
	}
	return c.post(ctx, "/api/v1/recommendations/"+recommendation+"/reviews",
		map[string]any{"version_id": version, "invite": ids[:4], "reserve": ids[4:6], "enough": 3}, nil)
}

// answered finds an expert whose page is English, and lets another one answer.
func (c *caller) answered(ctx context.Context, recommendation string, began time.Time) (*onItsWay, error) {
	w := &onItsWay{recommendation: recommendation}
	err := until(ctx, func() (bool, error) {
		links, err := c.reviewLinks(ctx, recommendation, began)
		if err != nil || len(links) < 4 {
			return false, err
		}
		i := slices.IndexFunc(links, func(l *link) bool { return l.english })
		if i < 0 {
			return false, errors.New("nobody who is asked reads English")
		}
		w.invitation = links[i].address
		return true, links[(i+1)%len(links)].answer(ctx)
	})
	return w, err
}

// answer supports the text.
func (l *link) answer(ctx context.Context) error {
	return l.post(ctx, "/api/v1/tasks/"+l.task+"/review", map[string]any{"version_hash": l.hash, "answer": "support_with_changes",
		"reasons": "Well founded. Say who pays for the leaving-care workers.", "naming": "network",
		"comments": []map[string]any{{"block": 2, "body": "Give the source of this figure."}}}, nil)
}

// until asks again and again until the answer is yes.
func until(ctx context.Context, met func() (bool, error)) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	tick := time.NewTicker(300 * time.Millisecond)
	defer tick.Stop()
	for {
		yes, err := met()
		if yes || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}
