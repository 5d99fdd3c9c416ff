package mail

import (
	"cmp"
	"context"

	"github.com/google/uuid"

	"tribuna/internal/calendar"
	"tribuna/models"
)

// eventFile is what the calendar file of an announcement is called.
const eventFile = "event.ics"

// announce says of an event when and where it is, leads to it where it has a link, and adds it as a file for calendars. All of
// that is the same for everybody who reads a language: the time is told by the event's own clock, and whose clock that is; the
// reader's calendar tells it by theirs.
func (d *draft) announce(ctx context.Context, id uuid.UUID, m models.MailingWords, p page) (page, error) {
	e, err := models.EventOf(ctx, d.db, id)
	if err != nil || e == nil {
		return p, cmp.Or(err, error(NotOwed{"the mailing announces no event"}))
	}
	from, until, err := e.Span()
	if err != nil {
		return p, err
	}
	title, err := d.eventTitle(ctx, m)
	if err != nil {
		return p, err
	}
	p.Facts = []fact{{d.t("mailing.event_when"), d.words.Span(from, until, nil)}}
	if e.Place != "" {
		p.Facts = append(p.Facts, fact{d.t("mailing.event_place"), d.words.In(oneLine(e.Place), d.mail.Language)})
	}
	if e.Link != "" {
		p.Button = &button{Label: d.t("mailing.event_link"), URL: e.Link}
	}
	p.After = append(p.After, d.t("mailing.event_file"))
	about := d.baseURL + publicPath + m.Slug
	appointment := calendar.Entry{ID: e.ID, Revision: e.Sequence, At: &from, Until: &until, Summary: title,
		Place: cmp.Or(oneLine(e.Place), e.Link), Address: cmp.Or(e.Link, about)}
	p.Attached = append(p.Attached, Attached{Name: eventFile, MediaType: calendar.MediaType,
		Content: calendar.File("", []calendar.Entry{appointment}, d.now)})
	return p, nil
}

// eventTitle is what an event is called in a calendar: the subject, with what is said of a reader in general, for a calendar is
// shown to others.
func (d *draft) eventTitle(ctx context.Context, m models.MailingWords) (string, error) {
	everybody := *d
	everybody.reader, everybody.marks = models.MailReader{}, nil
	f, err := everybody.mailingFields(ctx, m)
	return f.line(m.Subject), err
}
