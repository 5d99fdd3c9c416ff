// Package walkthrough takes one recommendation through every stage of a running instance, as its people would: over
// the HTTP API and the mails that were caught, and nothing else. It prints each step as it happens and compares what
// came of it with what should have.
package walkthrough

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/google/uuid"
)

// Options say where to walk and on which texts.
type Options struct {
	BaseURL string    // of the instance
	DataDir string    // with udhr/<language>.md; empty: the demo brief
	Out     io.Writer // each step as it happens
}

// Stage is one stage as it was walked.
type Stage struct {
	Name      string    `json:"name"`
	StartedAt time.Time `json:"started_at"`
	EndedAt   time.Time `json:"ended_at"`
}

// Result is what came of it. Mails are those of the mailing: expected = delivered + failed + unknown.
type Result struct {
	RecommendationID      string   `json:"recommendation_id"`
	Stages                []Stage  `json:"stages"`
	ReviewsReceived       int      `json:"reviews_received"`
	TranslationsPublished int      `json:"translations_published"`
	SignOffs              int      `json:"signoffs"`
	MailsExpected         int      `json:"mails_expected"`
	MailsDelivered        int      `json:"mails_delivered"`
	MailsFailed           int      `json:"mails_failed"`
	MailsUnknown          int      `json:"mails_unknown"`
	MailDuplicates        int      `json:"mail_duplicates"`
	DecisionRecordOK      bool     `json:"decision_record_ok"`
	Seconds               float64  `json:"seconds"`
	Differences           []string `json:"differences,omitempty"` // from what was expected
}

// walk is one walkthrough under way.
type walk struct {
	Options
	began  time.Time
	people *people
	text   *texts
	rec    *recommendation
	// authorities are those the measures are addressed to.
	authorities map[uuid.UUID]bool
	grants      []uuid.UUID // that pay
	result      Result
	known       map[string]*opened // personal links, by token
	differs     []string
}

// Run walks the whole way. An error says what went wrong on it; differences from what was expected are in the result.
func Run(ctx context.Context, o Options) (Result, error) {
	w := &walk{Options: o, began: time.Now(), known: map[string]*opened{}, result: Result{Stages: []Stage{}}}
	var err error
	if w.text, err = readTexts(o.DataDir); err != nil {
		return w.result, err
	}
	if w.people, err = signIn(ctx, o.BaseURL); err != nil {
		return w.result, err
	}
	for _, s := range []struct {
		name string
		walk func(context.Context) error
	}{
		{"drafting", w.draft}, {"review", w.review}, {"translation", w.translate}, {"signoff", w.signOff},
		{"publication", w.publish}, {"campaign", w.mail}, {"followup", w.followUp},
	} {
		if err := w.stage(ctx, s.name, s.walk); err != nil {
			return w.result, fmt.Errorf("%s: %w", s.name, err)
		}
	}
	err = w.verify(ctx)
	w.result.Seconds = time.Since(w.began).Seconds()
	w.result.Differences = w.differs
	return w.result, err
}

func (w *walk) stage(ctx context.Context, name string, walk func(context.Context) error) error {
	w.say("%s", name)
	s := Stage{Name: name, StartedAt: time.Now().UTC()}
	err := walk(ctx)
	s.EndedAt = time.Now().UTC()
	w.result.Stages = append(w.result.Stages, s)
	return err
}

// say prints a heading; did prints what was done under it.
func (w *walk) say(format string, args ...any) { fmt.Fprintf(w.Out, "\n"+format+"\n", args...) }

func (w *walk) did(format string, args ...any) {
	fmt.Fprintf(w.Out, "  %6.1f s  "+format+"\n", append([]any{time.Since(w.began).Seconds()}, args...)...)
}

// expect notes a difference.
func expect[T comparable](w *walk, what string, got, want T) {
	if got != want {
		w.differs = append(w.differs, fmt.Sprintf("%s: %v, expected %v", what, got, want))
	}
}

// until asks again and again until something is so, or the time for it is over.
func until[T any](ctx context.Context, what string, limit time.Duration, ask func(context.Context) (T, bool, error)) (T, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	tick := time.NewTicker(150 * time.Millisecond)
	defer tick.Stop()
	for {
		v, ok, err := ask(ctx)
		if err != nil && ctx.Err() == nil {
			return v, err
		}
		if ok {
			return v, nil
		}
		select {
		case <-ctx.Done():
			return v, fmt.Errorf("waited %s in vain: %s", limit, what)
		case <-tick.C:
		}
	}
}

func first[T any](list []T, is func(T) bool) *T {
	if i := slices.IndexFunc(list, is); i >= 0 {
		return &list[i]
	}
	return nil
}
