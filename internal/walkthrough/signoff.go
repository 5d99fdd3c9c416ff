package walkthrough

import (
	"context"
	"time"
)

// signOff has every organisation concerned approve in its name.
func (w *walk) signOff(ctx context.Context) error {
	for {
		who, t, err := w.nextSignOff(ctx)
		if err != nil {
			return err
		}
		if who == nil {
			break
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

// nextSignOff waits until somebody is asked to sign off; nobody when the stage is over. Between the last answer and the
// next stage there is a moment in which nobody is asked.
func (w *walk) nextSignOff(ctx context.Context) (*caller, *task, error) {
	type found struct {
		who  *caller
		task *task
	}
	f, err := until(ctx, "a sign-off to be asked for, or all to be there", time.Minute, func(ctx context.Context) (found, bool, error) {
		who, t, err := w.whoever(ctx, "sign_off")
		if err != nil || who != nil {
			return found{who, t}, err == nil, err
		}
		err = w.refresh(ctx)
		return found{}, w.rec.Stage != "signoff", err
	})
	return f.who, f.task, err
}
