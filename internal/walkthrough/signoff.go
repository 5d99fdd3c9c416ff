package walkthrough

import (
	"context"
	"time"
)

// signOff has every organisation concerned approve in its name.
func (w *walk) signOff(ctx context.Context) error {
	for {
		who, t, err := w.whoever(ctx, "sign_off")
		if err != nil {
			return err
		}
		if who == nil {
			if err := w.refresh(ctx); err != nil {
				return err
			}
			if w.rec.Stage != "signoff" {
				break
			}
			who, t, err = w.soon(ctx, "sign_off")
			if err != nil {
				return err
			}
		}
		if err := who.does(ctx, t, "sign-off", map[string]any{"version_hash": t.Version.Hash, "answer": "approve", "reason": ""}); err != nil {
			return err
		}
		w.result.SignOffs++
		w.did("%s signed off in the organisation's name", who.name)
	}
	expect(w, "sign-offs", w.result.SignOffs, 2) // the owner, and the lead for the country without a partner
	return w.reaches(ctx, "publication", time.Minute)
}
