package walkthrough

import (
	"context"
	"fmt"
	"time"
)

// review walks two rounds. In the first one expert accepts and comments, one declines, one stays silent, is reminded
// and replaced; partners comment; the officer revises. In the second one the revised text is supported and accepted.
func (w *walk) review(ctx context.Context) error {
	if err := w.findExperts(ctx); err != nil {
		return err
	}
	if err := w.firstRound(ctx); err != nil {
		return err
	}
	if err := w.revise(ctx); err != nil {
		return err
	}
	if err := w.secondRound(ctx); err != nil {
		return err
	}
	return w.countReviews(ctx)
}

func (w *walk) findExperts(ctx context.Context) error {
	var list struct{ Items []expert }
	if err := w.people.officer.get(ctx, "/api/v1/experts?recommendation="+w.rec.ID, &list); err != nil {
		return err
	}
	if len(list.Items) < 5 {
		return fmt.Errorf("five experts are needed; %d are free", len(list.Items))
	}
	w.people.experts = list.Items
	return nil
}

func (w *walk) firstRound(ctx context.Context) error {
	e := w.people.experts
	accepts, declines, silent, forDeclined, forSilent := e[0].ID, e[1].ID, e[2].ID, e[3].ID, e[4].ID
	err := w.startRound(ctx, []string{accepts, declines, silent}, []string{forDeclined, forSilent}, 3)
	if err != nil {
		return err
	}
	_, untouched, err := w.invited(ctx, silent, "review", 1, time.Minute)
	if err != nil {
		return err
	}
	if err := w.acceptAndAnswer(ctx, accepts, 1, "support_with_changes"); err != nil {
		return err
	}
	if err := w.decline(ctx, declines); err != nil {
		return err
	}
	if err := w.acceptAndAnswer(ctx, forDeclined, 1, "support"); err != nil {
		return err
	}
	if err := w.consult(ctx); err != nil {
		return err
	}
	if err := w.reminded(ctx, silent, untouched, time.Minute); err != nil {
		return err
	}
	w.did("%s is silent and was reminded", w.name(silent))
	if err := w.acceptAndAnswer(ctx, forSilent, 1, "support"); err != nil {
		return err
	}
	w.did("and was replaced by %s, who answered", w.name(forSilent))
	return nil
}

func (w *walk) startRound(ctx context.Context, invite, reserve []string, enough int) error {
	if err := w.refresh(ctx); err != nil {
		return err
	}
	err := w.people.officer.post(ctx, "/api/v1/recommendations/"+w.rec.ID+"/reviews", map[string]any{
		"version_id": w.rec.VersionID, "invite": invite, "reserve": reserve, "enough": enough}, nil)
	w.did("sent to review by %d experts", len(invite))
	return err
}

func (w *walk) acceptAndAnswer(ctx context.Context, person string, round int, answer string) error {
	who, t, err := w.invited(ctx, person, "review", round, time.Minute)
	if err != nil {
		return err
	}
	if err := who.does(ctx, t, "accept", struct{}{}); err != nil {
		return err
	}
	err = who.does(ctx, t, "review", map[string]any{"version_hash": t.Version.Hash, "answer": answer,
		"reasons": "Clear and well founded.", "naming": "none",
		"comments": []map[string]any{{"block": 1, "body": "Say who pays for it."}, {"block": 2, "quote": "", "body": "Good."}}})
	w.did("%s accepted, commented and answered: %s", w.name(person), answer)
	return err
}

func (w *walk) decline(ctx context.Context, person string) error {
	who, t, err := w.invited(ctx, person, "review", 1, time.Minute)
	if err != nil {
		return err
	}
	w.did("%s declined; the next in line is invited", w.name(person))
	return who.does(ctx, t, "decline", map[string]any{"reason": "I am on leave."})
}

// consult lets the first partner asked comment.
func (w *walk) consult(ctx context.Context) error {
	partner, t, err := w.soon(ctx, "consult")
	if err != nil {
		return err
	}
	w.did("%s commented in the organisation's name", partner.name)
	return partner.does(ctx, t, "consultation", map[string]any{"version_hash": t.Version.Hash,
		"reasons": "We support this and would add the municipalities.", "comments": []map[string]any{}})
}

// whoever finds somebody with an account who is asked to do something; nil if nobody is.
func (w *walk) whoever(ctx context.Context, kind string) (*caller, *task, error) {
	for _, c := range w.people.all() {
		list, err := c.waiting(ctx)
		if err != nil {
			return nil, nil, err
		}
		found := first(list, func(t task) bool { return t.RecommendationID == w.rec.ID && t.Kind == kind })
		if found != nil {
			t, err := c.task(ctx, found.TaskID)
			return c, t, err
		}
	}
	return nil, nil, nil
}

func (w *walk) decideRound(ctx context.Context, decision, reason string) error {
	t, err := w.asked(ctx, w.people.officer, "decide_review", time.Minute)
	if err != nil {
		return err
	}
	w.did("the round is closed; the officer decides: %s", decision)
	return w.people.officer.does(ctx, t, "decide-review", map[string]any{"decision": decision, "reason": reason})
}

// revise ends the first round and writes what the experts asked for.
func (w *walk) revise(ctx context.Context) error {
	if err := w.decideRound(ctx, "revise", "The experts ask who pays: we say so."); err != nil {
		return err
	}
	if err := w.reaches(ctx, "drafting", time.Minute); err != nil {
		return err
	}
	var v struct {
		Number   int              `json:"number"`
		Title    string           `json:"title"`
		Body     string           `json:"body"`
		Measures []map[string]any `json:"measures"`
	}
	officer := w.people.officer
	if err := officer.get(ctx, "/api/v1/recommendations/"+w.rec.ID+"/versions/1", &v); err != nil {
		return err
	}
	measures := []map[string]any{}
	for _, m := range v.Measures {
		measures = append(measures, map[string]any{"id": m["id"], "text": m["text"], "authority_ids": m["authority_ids"]})
	}
	measures[0]["text"] = fmt.Sprint(measures[0]["text"]) + " The state budget pays for it."
	w.text.measures[0] = fmt.Sprint(measures[0]["text"])
	err := officer.put(ctx, "PUT", "/api/v1/recommendations/"+w.rec.ID+"/draft", fmt.Sprintf(`"%d"`, v.Number), map[string]any{
		"title": v.Title, "body": v.Body, "measures": measures, "note": "Says who pays."}, nil)
	w.did("revised: version 2")
	return err
}

func (w *walk) secondRound(ctx context.Context) error {
	again := w.people.experts[0].ID
	if err := w.startRound(ctx, []string{again}, []string{}, 1); err != nil {
		return err
	}
	if err := w.acceptAndAnswer(ctx, again, 2, "support"); err != nil {
		return err
	}
	if err := w.decideRound(ctx, "accept", "Supported as it stands."); err != nil {
		return err
	}
	return w.reaches(ctx, "translation", time.Minute)
}

func (w *walk) countReviews(ctx context.Context) error {
	var rounds struct {
		Items []struct {
			Reviews []struct {
				Answer *string `json:"answer"`
			} `json:"reviews"`
		}
	}
	if err := w.people.officer.get(ctx, "/api/v1/recommendations/"+w.rec.ID+"/reviews", &rounds); err != nil {
		return err
	}
	for _, r := range rounds.Items {
		for _, rv := range r.Reviews {
			if rv.Answer != nil && *rv.Answer != "" {
				w.result.ReviewsReceived++
			}
		}
	}
	expect(w, "reviews received", w.result.ReviewsReceived, 4)
	return nil
}
