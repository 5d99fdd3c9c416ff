package walkthrough

import (
	"context"
	"fmt"
	"strings"
	"time"
)

type mailing struct {
	ID       string `json:"id"`
	State    string `json:"state"`
	Revision int    `json:"revision"`
	Progress struct {
		Delivered int `json:"delivered"`
		Failed    int `json:"failed"`
		Unknown   int `json:"unknown"`
	} `json:"progress"`
}

// mail sends one mailing to all readers, each in their language, and compares what the instance says with what arrived.
func (w *walk) mail(ctx context.Context) error {
	officer := w.people.officer
	subject := "Now published " + w.rec.ID[len(w.rec.ID)-12:] // tells this walk's mails from another's
	texts := []map[string]any{}
	for _, language := range append([]string{"en"}, targets...) {
		texts = append(texts, map[string]any{"language": language, "subject": subject,
			"body": fmt.Sprintf("[%s] We have published **%s**. Please read it and pass it on.", language, w.text.title)})
	}
	m := &mailing{}
	err := officer.post(ctx, "/api/v1/recommendations/"+w.rec.ID+"/mailings", map[string]any{
		"audience": map[string]any{"roles": []string{"reader"}}, "fallback_language": "en", "texts": texts}, m)
	if err != nil {
		return err
	}
	var audience struct{ Total int }
	if err := officer.get(ctx, "/api/v1/mailings/"+m.ID+"/audience", &audience); err != nil {
		return err
	}
	w.result.MailsExpected = audience.Total
	w.did("a mailing to %d people in %d languages", audience.Total, len(texts))
	err = officer.post(ctx, "/api/v1/mailings/"+m.ID+"/launch", map[string]any{"revision": m.Revision, "expected": audience.Total}, nil)
	if err != nil {
		return err
	}
	m, err = until(ctx, "the mailing to be sent", 10*time.Minute, func(ctx context.Context) (*mailing, bool, error) {
		now := &mailing{}
		err := officer.get(ctx, "/api/v1/mailings/"+m.ID, now)
		return now, now.State == "sent", err
	})
	if err != nil {
		return err
	}
	w.result.MailsDelivered, w.result.MailsFailed, w.result.MailsUnknown = m.Progress.Delivered, m.Progress.Failed, m.Progress.Unknown
	return w.compareMails(ctx, subject)
}

// compareMails holds what the instance says against what arrived.
func (w *walk) compareMails(ctx context.Context, subject string) error {
	caught, err := w.mails(ctx, "", subject)
	if err != nil {
		return err
	}
	perPerson := map[string]int{}
	for _, m := range caught {
		perPerson[strings.ToLower(strings.Join(m.To, ","))]++
	}
	for _, n := range perPerson {
		w.result.MailDuplicates += n - 1
	}
	r := w.result
	w.did("%d delivered, %d failed, %d unknown; %d arrived, %d twice", r.MailsDelivered, r.MailsFailed, r.MailsUnknown, len(caught), r.MailDuplicates)
	expect(w, "delivered + failed + unknown", r.MailsDelivered+r.MailsFailed+r.MailsUnknown, r.MailsExpected)
	expect(w, "mails that came twice", r.MailDuplicates, 0)
	if len(perPerson) < r.MailsDelivered || len(perPerson) > r.MailsDelivered+r.MailsUnknown {
		w.differs = append(w.differs, fmt.Sprintf("%d mails arrived, %d were delivered and %d are unknown", len(perPerson), r.MailsDelivered, r.MailsUnknown))
	}
	return nil
}
