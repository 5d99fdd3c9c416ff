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
		Texts []publishedText `json:"texts"`
	}
	public := &caller{base: w.BaseURL, name: "the public"}
	if err := public.get(ctx, "/api/v1/published/"+w.rec.Slug, &published); err != nil {
		return err
	}
	for _, p := range published.Texts {
		if p.Language != "en" {
			w.result.TranslationsPublished++
		}
		w.compareGrants(p)
	}
	expect(w, "translations published", w.result.TranslationsPublished, len(w.text.targets))
	w.did("published in %d languages: %s/published/%s", len(published.Texts), w.BaseURL, w.rec.Slug)
	return w.deliver(ctx)
}

// publishedText is the publication in one language, with what its grants want said.
type publishedText struct {
	Language string `json:"language"`
	Grants   []struct {
		Language  string `json:"language"` // of the statement
		Statement string `json:"statement"`
	} `json:"grants"`
}

// compareGrants holds a text to the duty of its grants: each is named, in the text's language or else in English.
func (w *walk) compareGrants(p publishedText) {
	expect(w, "grants named in "+p.Language, len(p.Grants), len(w.grants))
	for _, g := range p.Grants {
		expect(w, "a grant's statement is empty in "+p.Language, g.Statement == "", false)
		expect(w, "a grant speaks "+p.Language+" or English", g.Language == p.Language || g.Language == "en", true)
	}
}

// deliver records the delivery to each authority, once.
func (w *walk) deliver(ctx context.Context) error {
	officer := w.people.officer
	delivered := 0
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
		delivered++
		w.did("delivered to an authority")
	}
	expect(w, "deliveries", delivered, len(w.authorities))
	return w.reaches(ctx, "done", time.Minute)
}
