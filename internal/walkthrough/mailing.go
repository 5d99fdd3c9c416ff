package walkthrough

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"tribuna/internal/demo"
	"tribuna/internal/i18n"
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

// subject is what the mailing is called in a language it is sent in: a mail in the wrong language is noticed.
func subject(language, mark string) string {
	return i18n.For(language).T("mailing.now_published") + " " + mark
}

// mail sends one mailing to all readers, each in their language, and compares what the instance says with what arrived.
// That nobody is written to who unsubscribed follows from the comparison with the list of recipients; to unsubscribe a
// reader here would take one from the walk that comes after.
func (w *walk) mail(ctx context.Context) error {
	officer := w.people.officer
	mark := w.rec.ID[len(w.rec.ID)-12:] // tells this walk's mails from another's
	texts := []map[string]any{}
	for _, language := range append([]string{i18n.Default}, w.text.targets...) {
		texts = append(texts, map[string]any{"language": language, "subject": subject(language, mark),
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
	err = officer.post(ctx, "/api/v1/mailings/"+m.ID+"/launch", map[string]any{"revision": m.Revision, "expected": audience.Total, "at_night": true}, nil)
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
	return w.compareMails(ctx, m.ID, mark)
}

// recipient is somebody on the list of a mailing, in the language it is sent to them in.
type recipient struct {
	ID       string `json:"id"` // of the mail, which its Message-ID begins with
	Language string `json:"language"`
}

// recipients reads the whole list of a mailing, by the ids of its mails.
func (w *walk) recipients(ctx context.Context, mailing string) (map[string]recipient, error) {
	all := map[string]recipient{}
	cursor := ""
	for {
		var page struct {
			Items []recipient
			Next  string
		}
		q := url.Values{"limit": {"100"}}
		if cursor != "" {
			q.Set("cursor", cursor)
		}
		if err := w.people.officer.get(ctx, "/api/v1/mailings/"+mailing+"/recipients?"+q.Encode(), &page); err != nil {
			return nil, err
		}
		for _, r := range page.Items {
			all[r.ID] = r
		}
		if cursor = page.Next; cursor == "" {
			return all, nil
		}
	}
}

// compareMails holds what the instance says against what arrived.
func (w *walk) compareMails(ctx context.Context, mailing, mark string) error {
	caught, err := w.mails(ctx, "", mark)
	if err != nil {
		return err
	}
	listed, err := w.recipients(ctx, mailing)
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
	expect(w, "recipients listed", len(listed), r.MailsExpected)
	expect(w, "mails that came twice", r.MailDuplicates, 0)
	if len(perPerson) < r.MailsDelivered || len(perPerson) > r.MailsDelivered+r.MailsUnknown {
		w.differs = append(w.differs, fmt.Sprintf("%d mails arrived, %d were delivered and %d are unknown", len(perPerson), r.MailsDelivered, r.MailsUnknown))
	}
	w.compareReaders(caught, listed, mark)
	return nil
}

// compareReaders holds every mail that arrived against the list: nobody else was written to, nobody who does not want
// it, and everybody in their language.
func (w *walk) compareReaders(caught []caughtMail, listed map[string]recipient, mark string) {
	strangers, unwanted, otherLanguage := 0, 0, 0
	for _, m := range caught {
		id, _, _ := strings.Cut(strings.Trim(m.MessageID, "<>"), "@")
		r, known := listed[id]
		switch {
		case !known:
			strangers++
		case m.Subject != subject(r.Language, mark):
			otherLanguage++
		}
		if demo.Unreachable(m.To[0]) {
			unwanted++
		}
	}
	expect(w, "mails to people who are not listed", strangers, 0)
	expect(w, "mails to people who do not want them", unwanted, 0)
	expect(w, "mails in another language than the reader's", otherLanguage, 0)
}
