package walkthrough

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"time"
)

// caughtMail is a mail as the catcher lists it.
type caughtMail struct {
	ID        string    `json:"id"`
	Time      time.Time `json:"time"`
	To        []string  `json:"to"`
	Subject   string    `json:"subject"`
	MessageID string    `json:"message_id"`
	Links     []string  `json:"links"`
}

// mails lists the mails caught since the walk began, for one address or for all.
func (w *walk) mails(ctx context.Context, to, subject string) ([]caughtMail, error) {
	var all []caughtMail
	after := w.began.UTC().Format(time.RFC3339Nano)
	for {
		q := url.Values{"after": {after}, "limit": {"1000"}}
		if to != "" {
			q.Set("to", to)
		}
		if subject != "" {
			q.Set("subject", subject)
		}
		var page struct{ Mails []caughtMail }
		if err := (&caller{base: w.BaseURL, name: "the mails' reader"}).get(ctx, "/dev/mails.json?"+q.Encode(), &page); err != nil {
			return nil, err
		}
		all = append(all, page.Mails...)
		if len(page.Mails) < 1000 {
			return all, nil
		}
		after = page.Mails[len(page.Mails)-1].ID
	}
}

// linkIn returns the token of the personal link in a mail, or "".
func linkIn(m caughtMail) string {
	for _, l := range m.Links {
		if _, token, found := strings.Cut(l, "/l/"); found {
			return token
		}
	}
	return ""
}

// linked is somebody at a personal link.
type linked struct {
	*caller
	person string // id
	mails  int    // with a link to this task
}

// links follows every personal link that was mailed since the walk began and sorts them by whom and what they open.
func (w *walk) links(ctx context.Context) (map[string]*linked, error) {
	list, err := w.mails(ctx, "", "")
	if err != nil {
		return nil, err
	}
	byTask := map[string]*linked{}
	for _, m := range list {
		token := linkIn(m)
		if token == "" {
			continue
		}
		known := w.known[token]
		if known == nil {
			if known, err = w.follow(ctx, token, m); err != nil {
				return nil, err
			}
			w.known[token] = known
		}
		key := known.person + " " + known.task
		if byTask[key] == nil {
			byTask[key] = &linked{caller: known.caller, person: known.person}
		}
		byTask[key].mails++
	}
	return byTask, nil
}

// opened is what a link was found to open.
type opened struct {
	*caller
	person, task string
}

func (w *walk) follow(ctx context.Context, token string, m caughtMail) (*opened, error) {
	o := &opened{caller: &caller{base: w.BaseURL, token: token, name: m.To[0]}}
	var me struct {
		ID       string `json:"id"`
		LinkTask string `json:"link_task_id"`
	}
	err := o.get(ctx, "/api/v1/me", &me)
	var p problem
	if errors.As(err, &p) && p.Code == "link_expired" {
		return o, nil // the task is over
	}
	o.person, o.task = me.ID, me.LinkTask
	return o, err
}

// invited waits for a mail whose personal link opens a task of a kind for a person, in a round.
func (w *walk) invited(ctx context.Context, person, kind string, round int, limit time.Duration) (*linked, *task, error) {
	type found struct {
		who  *linked
		task *task
	}
	f, err := until(ctx, "a mail that asks "+w.name(person)+" to "+kind, limit, func(ctx context.Context) (found, bool, error) {
		all, err := w.links(ctx)
		if err != nil {
			return found{}, false, err
		}
		for key, who := range all {
			if who.person != person {
				continue
			}
			_, id, _ := strings.Cut(key, " ")
			t, err := who.task(ctx, id)
			if err == nil && t.RecommendationID == w.rec.ID && t.Kind == kind && t.Round == round {
				return found{who, t}, true, nil
			}
		}
		return found{}, false, nil
	})
	return f.who, f.task, err
}

// reminded waits until a person got a second mail with the link to a task.
func (w *walk) reminded(ctx context.Context, person string, t *task, limit time.Duration) error {
	_, err := until(ctx, "a reminder to "+w.name(person), limit, func(ctx context.Context) (bool, bool, error) {
		all, err := w.links(ctx)
		who := all[person+" "+t.ID]
		return true, who != nil && who.mails >= 2, err
	})
	return err
}
