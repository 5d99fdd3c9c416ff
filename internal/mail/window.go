package mail

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	gomail "github.com/wneessen/go-mail"

	"tribuna/internal/links"
	"tribuna/internal/telemetry"
	"tribuna/models"
)

// window sends one window of mails after the other over one connection.
type window struct {
	*run
	connection Connection
}

// outgoing is a mail ready for the wire.
type outgoing struct {
	row models.OutboxMail
	msg *gomail.Msg
}

// sendEach takes windows until there are none. After an error, or when the batch is called off, it takes the remaining
// windows without sending, so that they are released.
func (w *window) sendEach(ctx context.Context, windows <-chan []models.OutboxMail) error {
	var failed error
	for mails := range windows {
		if failed != nil || ctx.Err() != nil {
			continue
		}
		failed = w.send(ctx, mails)
	}
	return errors.Join(failed, ctx.Err())
}

// send composes a window, marks it, and puts it on the wire.
func (w *window) send(ctx context.Context, mails []models.OutboxMail) error {
	ready, decided := w.compose(ctx, mails)
	if len(decided) > 0 {
		if err := w.record(ctx, decided); err != nil {
			return err
		}
	}
	if len(ready) == 0 {
		return nil
	}
	if err := w.connect(ctx); err != nil {
		return err
	}
	until, taken, err := w.mark(ctx, ready)
	if err != nil || len(taken) == 0 {
		return err
	}
	return w.record(ctx, w.deliver(ctx, taken, until))
}

// compose writes the letters, and decides what is not to be sent at all.
func (w *window) compose(ctx context.Context, mails []models.OutboxMail) (ready []outgoing, decided []models.MailResult) {
	for _, row := range mails {
		msg, err := w.messageOf(ctx, row)
		if err == nil {
			ready = append(ready, outgoing{row, msg})
		} else if ctx.Err() == nil {
			decided = append(decided, w.uncomposed(row, err))
		}
	}
	return ready, decided
}

func (w *window) messageOf(ctx context.Context, row models.OutboxMail) (*gomail.Msg, error) {
	letter, err := w.Composer.Compose(ctx, row, w.Now())
	if err != nil {
		return nil, err
	}
	return message(letter, envelope{id: row.ID.String(), from: w.From, date: w.Now()})
}

func (w *window) uncomposed(row models.OutboxMail, err error) models.MailResult {
	var notOwed NotOwed
	var notYet NotYet
	switch {
	case errors.As(err, &notOwed):
		return models.MailResult{ID: row.ID, State: models.MailCancelled, Reply: notOwed.Reason}
	case errors.As(err, &notYet):
		return models.MailResult{ID: row.ID, State: models.MailQueued, RetryAt: w.Now().Add(notYet.For)}
	}
	w.Log.Error("a mail cannot be composed", "mail", row.ID, "kind", row.Kind, "error", err)
	return w.again(row, Deferred, "it could not be composed: "+err.Error())
}

// connect dials unless there is a connection that works.
func (w *window) connect(ctx context.Context) error {
	if w.connection != nil {
		return nil
	}
	c, err := w.Transport.Dial(ctx)
	if err != nil {
		return err
	}
	w.connection = c
	return nil
}

func (w *window) hangUp() {
	if w.connection != nil {
		w.connection.Close()
		w.connection = nil
	}
}

// mark says in the database that these mails may be leaving from now on, and which of them are still ours to send.
func (w *window) mark(ctx context.Context, ready []outgoing) (until time.Time, taken []outgoing, err error) {
	ids := make([]uuid.UUID, len(ready))
	for i, o := range ready {
		ids[i] = o.row.ID
	}
	w.marking.Lock()
	defer w.marking.Unlock()
	now := w.Now()
	until = now.Add(w.Lease)
	held, err := models.MarkSending(ctx, w.DB, w.token, ids, now, until)
	if err != nil {
		// The mark may have been written before the connection to the database broke. Nothing left: say so.
		return until, nil, errors.Join(err, w.record(ctx, untried(ready)))
	}
	for _, o := range ready {
		if slices.Contains(held, o.row.ID) {
			taken = append(taken, o)
		}
	}
	return until, taken, nil
}

// deliver puts a marked window on the wire. What it did not get to, because the connection broke and no new one could be
// made or because the lease is about to end, is queued again: it is certain that it did not leave.
func (w *window) deliver(ctx context.Context, taken []outgoing, until time.Time) []models.MailResult {
	var results []models.MailResult
	for i, o := range taken {
		d := Delivery{Outcome: Unsent}
		if w.Now().Add(SendTimeout(w.Lease, w.Window)).Before(until) {
			d = w.put(ctx, o)
		}
		if d.Outcome == Unsent {
			return append(results, untried(taken[i:])...)
		}
		results = append(results, w.result(o.row, d))
	}
	return results
}

// put sends one message, over a new connection if the old one turns out to be dead: servers hang up on idle clients.
func (w *window) put(ctx context.Context, o outgoing) Delivery {
	ctx, span := telemetry.StartMail(ctx, o.row)
	defer span.End()
	d := Delivery{Outcome: Unsent}
	for attempt := 0; attempt < 2 && d.Outcome == Unsent; attempt++ {
		if w.connect(ctx) != nil {
			return d
		}
		d = w.connection.Send(o.msg)
		if d.Broken {
			w.hangUp()
		}
	}
	return d
}

func (w *window) result(row models.OutboxMail, d Delivery) models.MailResult {
	reply := links.Redact(withoutAddresses(d.Reply))
	switch d.Outcome {
	case Accepted:
		return models.MailResult{ID: row.ID, State: models.MailDelivered, Reply: reply}
	case Refused:
		return models.MailResult{ID: row.ID, State: models.MailFailed, Reply: reply}
	case Doubtful:
		w.Log.Warn("it is not known whether a mail was taken", "mail", row.ID, "reply", reply)
		return models.MailResult{ID: row.ID, State: models.MailUnknown, Reply: reply}
	default:
		return w.again(row, d.Outcome, reply)
	}
}

// again queues a mail for another attempt, or gives it up.
func (w *window) again(row models.OutboxMail, outcome Outcome, reply string) models.MailResult {
	if row.Attempts+1 >= MaxAttempts {
		return models.MailResult{ID: row.ID, State: models.MailFailed,
			Reply: fmt.Sprintf("given up after %d attempts: %s", MaxAttempts, reply)}
	}
	return models.MailResult{ID: row.ID, State: models.MailQueued, Reply: reply, Counts: true,
		RetryAt: w.Now().Add(w.Backoff(outcome, row.Attempts))}
}

func untried(mails []outgoing) []models.MailResult {
	var results []models.MailResult
	for _, o := range mails {
		results = append(results, models.MailResult{ID: o.row.ID, State: models.MailQueued})
	}
	return results
}

// address is what looks like one in a server's words.
var address = regexp.MustCompile(`[^\s<>:;,"]+@[^\s<>:;,"]+`)

// withoutAddresses leaves out of a server's words what go-mail adds, and every address the server repeats: they stand
// elsewhere, and the words go to the log.
func withoutAddresses(reply string) string {
	short, _, _ := strings.Cut(reply, ", affected ")
	return address.ReplaceAllString(short, "…")
}
