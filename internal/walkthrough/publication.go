package walkthrough

import (
	"context"
	"time"
)

// publish publishes and records the delivery to every authority.
func (w *walk) publish(ctx context.Context) error {
	officer := w.people.officer
	t, err := w.asked(ctx, officer, "publish", time.Minute)
	if err != nil {
		return err
	}
	if err := officer.does(ctx, t, "publish", struct{}{}); err != nil {
		return err
	}
	var published struct {
		Texts []struct {
			Language string `json:"language"`
		} `json:"texts"`
	}
	public := &caller{base: w.BaseURL, name: "the public"}
	if err := public.get(ctx, "/api/v1/published/"+w.rec.Slug, &published); err != nil {
		return err
	}
	for _, p := range published.Texts {
		if p.Language != "en" {
			w.result.TranslationsPublished++
		}
	}
	expect(w, "translations published", w.result.TranslationsPublished, len(targets))
	w.did("published in %d languages: %s/published/%s", len(published.Texts), w.BaseURL, w.rec.Slug)
	return w.deliver(ctx)
}

func (w *walk) deliver(ctx context.Context) error {
	officer := w.people.officer
	for {
		list, err := officer.waiting(ctx)
		if err != nil {
			return err
		}
		t := first(list, func(t task) bool { return t.RecommendationID == w.rec.ID && t.Kind == "deliver" })
		if t == nil {
			break
		}
		t.ID = t.TaskID
		err = officer.does(ctx, t, "delivery", map[string]any{"delivered_on": time.Now().UTC().Format(time.DateOnly), "reference": "TR-2026-17"})
		if err != nil {
			return err
		}
		w.did("delivered to an authority")
	}
	return w.reaches(ctx, "done", time.Minute)
}
