package walkthrough

import (
	"context"
	"fmt"
	"time"
)

// translation is a translation as the API shows it.
type translation struct {
	ID       string `json:"id"`
	Language string `json:"language"`
	Revision int    `json:"revision"`
	State    string `json:"state"`
	Blocks   []struct {
		Position int    `json:"position"`
		Source   string `json:"source"`
	} `json:"blocks"`
}

// translate has every language translated by one person and approved by another.
func (w *walk) translate(ctx context.Context) error {
	for range w.text.targets {
		if err := w.translateNext(ctx); err != nil {
			return err
		}
	}
	for range w.text.targets {
		approver, t, err := w.soon(ctx, "approve_translation")
		if err != nil {
			return err
		}
		tr, err := approver.translation(ctx, t.SubjectID)
		if err != nil {
			return err
		}
		if err := approver.does(ctx, t, "approve-translation", map[string]any{"revision": tr.Revision}); err != nil {
			return err
		}
		w.did("%s approved by %s", tr.Language, approver.name)
	}
	return w.reaches(ctx, "signoff", time.Minute)
}

func (c *caller) translation(ctx context.Context, id string) (*translation, error) {
	tr := new(translation)
	return tr, c.get(ctx, "/api/v1/translations/"+id, tr)
}

// soon waits until somebody with an account is asked to do something.
func (w *walk) soon(ctx context.Context, kind string) (*caller, *task, error) {
	type found struct {
		who  *caller
		task *task
	}
	f, err := until(ctx, "somebody to be asked to "+kind, time.Minute, func(ctx context.Context) (found, bool, error) {
		who, t, err := w.whoever(ctx, kind)
		return found{who, t}, who != nil, err
	})
	return f.who, f.task, err
}

func (w *walk) translateNext(ctx context.Context) error {
	translator, t, err := w.soon(ctx, "translate")
	if err != nil {
		return err
	}
	tr, err := translator.translation(ctx, t.SubjectID)
	if err != nil {
		return err
	}
	words, err := w.words(ctx, tr)
	if err != nil {
		return err
	}
	err = translator.put(ctx, "PATCH", "/api/v1/translations/"+tr.ID, fmt.Sprintf(`"%d"`, tr.Revision), words, tr)
	if err != nil {
		return err
	}
	if err := translator.does(ctx, t, "submit-translation", map[string]any{"revision": tr.Revision}); err != nil {
		return err
	}
	w.did("%s translated by %s: %d blocks", tr.Language, translator.name, len(tr.Blocks))
	return nil
}

// invented are words that stand for a translation: the source with its language behind, so that its marks stay where they
// are.
func invented(language, source string) string { return source + " [" + language + "]" }

// words renders every block: with the real text where there is one, else with invented words that say what they are.
func (w *walk) words(ctx context.Context, tr *translation) (map[string]any, error) {
	real := w.text.real[tr.Language]
	blocks := []map[string]any{}
	for i, b := range tr.Blocks {
		block := map[string]any{"position": b.Position, "text": invented(tr.Language, b.Source), "left_out": false}
		if real != nil && i < len(real.blocks) {
			block["text"] = real.blocks[i]
		}
		if block["text"] == "" {
			block["left_out"], block["note"] = true, "Not in the published text."
		}
		blocks = append(blocks, block)
	}
	var list struct {
		Items []struct {
			ID   string `json:"id"`
			Text string `json:"text"`
		}
	}
	if err := w.people.officer.get(ctx, "/api/v1/recommendations/"+w.rec.ID+"/measures", &list); err != nil {
		return nil, err
	}
	measures := []map[string]any{}
	for i, m := range list.Items {
		text := fmt.Sprintf("[%s] %s", tr.Language, m.Text)
		if real != nil && i < len(real.measures) {
			text = real.measures[i]
		}
		measures = append(measures, map[string]any{"id": m.ID, "text": text})
	}
	title := fmt.Sprintf("[%s] %s", tr.Language, w.text.title)
	if real != nil {
		title = real.title
	}
	return map[string]any{"title": title, "blocks": blocks, "measures": measures}, nil
}
