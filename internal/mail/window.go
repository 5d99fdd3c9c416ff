package mail

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/bits"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"tribuna/internal/links"
	"tribuna/internal/telemetry"
	"tribuna/models"
)

// window sends over one connection, a third of its window at a time: while one third is on the wire the next is composed and
// marked, and what came of the one before is written. So never more than the window is in doubt.
type window struct {
	*run
	connection Connection
	stepped    bool      // aside, and not connected since
	lets       bool      // mailings open no connection until its batch is over
	copies     [2]copies // of the third on the wire and of the next
}

// thirds is how many parts of a window may be in doubt at the same time.
const thirds = 3

// copies are buffers that are used again.
type copies [][]byte

// outgoing is a mail ready for the wire.
type outgoing struct {
	claimed
	message Message
	taken   bool      // marked as being sent
	until   time.Time // the mark's lease when it was written
}

// sendEach takes parts until there are none, the batch is called off, or this connection cannot go on.
func (w *window) sendEach(ctx context.Context, parts <-chan []claimed) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	marked, sent := make(chan []*outgoing), make(chan []result)
	errs := make(chan error, thirds)
	go func() { defer close(marked); errs <- w.prepare(ctx, parts, marked) }()
	go func() { defer close(sent); errs <- w.deliverEach(ctx, stop, marked, sent) }()
	var failed error
	for results := range sent {
		if err := w.record(results); err != nil {
			failed = err
			stop()
		}
	}
	return errors.Join(failed, <-errs, <-errs)
}

// prepare composes and marks one part after the other.
func (w *window) prepare(ctx context.Context, parts <-chan []claimed, marked chan<- []*outgoing) error {
	for turn := 0; ; turn++ {
		var mails []claimed
		select {
		case <-ctx.Done():
			return nil
		case next, more := <-parts:
			if !more {
				return nil
			}
			mails = next
		}
		ready, decided := w.compose(ctx, mails, &w.copies[turn%2])
		if err := w.record(decided); err != nil {
			return err
		}
		if len(ready) == 0 {
			continue
		}
		if err := w.marks.bring(ready); err != nil {
			// The mark may have been written before the connection to the database broke. Nothing left: say so.
			return errors.Join(err, w.record(untried(ready)))
		}
		marked <- slices.DeleteFunc(ready, func(o *outgoing) bool { return !o.taken })
	}
}

// deliverEach puts one marked part after the other on the wire. Once it cannot go on it gives back what is marked.
func (w *window) deliverEach(ctx context.Context, stop func(), marked <-chan []*outgoing, sent chan<- []result) error {
	var failed error
	for ready, more := w.next(ctx, marked); more; ready, more = w.next(ctx, marked) {
		if failed != nil || ctx.Err() != nil {
			sent <- untried(ready)
			continue
		}
		var results []result
		if results, failed = w.deliver(ctx, ready); failed != nil {
			stop()
		}
		sent <- results
	}
	return failed
}

// next waits for the next marked part, and steps aside meanwhile where that is asked for.
func (w *window) next(ctx context.Context, marked <-chan []*outgoing) (ready []*outgoing, more bool) {
	for {
		select {
		case ready, more = <-marked:
			return ready, more
		case a := <-w.asked():
			w.stepAside(ctx, a)
		}
	}
}

// compose writes the mails, and decides what is not to be sent at all.
func (w *window) compose(ctx context.Context, mails []claimed, into *copies) (ready []*outgoing, decided []result) {
	for i, m := range mails {
		if i == len(*into) {
			*into = append(*into, nil)
		}
		message, err := w.messageOf(ctx, m, &(*into)[i])
		if err == nil {
			ready = append(ready, &outgoing{claimed: m, message: message})
		} else if ctx.Err() == nil {
			decided = append(decided, result{w.uncomposed(m.OutboxMail, err), m.token})
		}
	}
	return ready, decided
}

// messageOf writes one mail.
func (w *window) messageOf(ctx context.Context, m claimed, buffer *[]byte) (Message, error) {
	var to string
	var tail Tail
	var err error
	if w.batch.MailingID != nil {
		to, tail, *buffer, err = w.copyOf(ctx, m, (*buffer)[:0])
	} else {
		to, *buffer, err = w.letterOf(ctx, m.OutboxMail)
	}
	if err != nil {
		return Message{}, err
	}
	message := Message{From: w.From.Address, To: to, Content: *buffer, Tail: tail}
	message.From = cmp.Or(w.backTo(m.ID), message.From)
	message.Signature, err = w.Sign.sign(message.Content, message.Tail.content)
	return message, err
}

// backTo is the signed address that a mail comes back to, and to which its reader writes to end mailings; "" where there is none.
func (w *window) backTo(id uuid.UUID) string {
	if w.Return == nil {
		return ""
	}
	return w.Return.For(id)
}

// copyOf fills in a reader's copy of a mailing.
func (w *window) copyOf(ctx context.Context, m claimed, buffer []byte) (string, Tail, []byte, error) {
	reader := m.Reader()
	if err := mayWriteTo(reader, m.OutboxMail); err != nil {
		return "", Tail{}, buffer, err
	}
	letter, err := w.letters.in(m.Language, func() (*Prepared, error) {
		return w.Composer.Prepare(ctx, *w.batch.MailingID, m.Language, w.From, w.Now())
	})
	if err != nil {
		return "", Tail{}, buffer, err
	}
	raw, err := letter.Fill(buffer, Copy{ID: m.ID.String(), To: mail.Address{Name: m.Name, Address: m.Email}, Date: w.Now(), BackTo: w.backTo(m.ID),
		Fields: w.Composer.Fields(*w.batch.MailingID, m.Language, reader, m.Known)})
	return m.Email, letter.tail, raw, err
}

// letterOf composes a mail to one person.
func (w *window) letterOf(ctx context.Context, row models.OutboxMail) (string, []byte, error) {
	letter, err := w.Composer.Compose(ctx, row, w.Now())
	if err != nil {
		return "", nil, err
	}
	msg, err := message(letter, envelope{id: row.ID.String(), from: w.From, date: w.Now(), backTo: w.backTo(row.ID)})
	if err != nil {
		return "", nil, err
	}
	var raw bytes.Buffer
	_, err = msg.WriteTo(&raw)
	return letter.To.Address, raw.Bytes(), err
}

// letters keeps the letters of a mailing while a batch is sent, one for each language.
type letters struct {
	mu   sync.Mutex
	kept map[string]kept
}

type kept struct {
	letter *Prepared
	err    error
}

// in returns the letter in a language, prepared once. That a mailing is cancelled or paused is asked again each time.
func (l *letters) in(language string, prepare func() (*Prepared, error)) (*Prepared, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if k, is := l.kept[language]; is {
		return k.letter, k.err
	}
	letter, err := prepare()
	if errors.As(err, new(NotOwed)) || errors.As(err, new(NotYet)) || errors.Is(err, context.Canceled) {
		return nil, err
	}
	if l.kept == nil {
		l.kept = map[string]kept{}
	}
	l.kept[language] = kept{letter, err}
	return letter, err
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
	dial := w.Transport.Dial
	if w.stepped {
		dial = w.dialSoon
	}
	c, err := dial(ctx)
	for err != nil && w.room(ctx) {
		c, err = w.dialSoon(ctx)
	}
	if err != nil {
		w.unreached(err)
		return err
	}
	w.connection, w.stepped = c, false
	if w.batch.MailingID != nil && w.Turns != nil {
		w.Turns.asides.opened()
	}
	return nil
}

func (w *window) hangUp() {
	if w.connection == nil {
		return
	}
	w.connection.Close()
	w.connection = nil
	if w.batch.MailingID != nil && w.Turns != nil {
		w.Turns.asides.closed()
	}
}

// deliver puts a marked window on the wire. What it did not get to, because the connection broke and no new one could be
// made, because the batch was called off or because the lease is about to end, is queued again: it is certain that it did not leave.
func (w *window) deliver(batch context.Context, taken []*outgoing) ([]result, error) {
	var results []result
	ctx := context.WithoutCancel(batch)
	for i, o := range taken {
		w.giveWay(batch)
		if batch.Err() != nil || !w.Now().Add(SendTimeout(w.Lease)).Before(w.leaseOf(o)) {
			return append(results, untried(taken[i:])...), nil
		}
		if w.waits(o) {
			results = append(results, untried(taken[i:i+1])...)
			continue
		}
		d := w.put(ctx, o)
		w.says(d)
		if d.Outcome == Unsent {
			return append(results, untried(taken[i:])...), fmt.Errorf("the connection to the mail server is lost: %s", withoutAddresses(d.Reply))
		}
		results = append(results, result{w.heard(ctx, o, d), o.token})
		if w.losesAll(d) {
			return append(results, untried(taken[i+1:])...), fmt.Errorf("the mail server %s ends one connection after the other: %s", d.Server, withoutAddresses(d.Reply))
		}
	}
	return results, nil
}

// put sends one message, over a new connection if the old one turns out to be dead: servers hang up on idle clients.
func (w *window) put(ctx context.Context, o *outgoing) Delivery {
	ctx, span := telemetry.StartMail(ctx, o.OutboxMail)
	defer span.End()
	d := Delivery{Outcome: Unsent}
	for attempt := 0; attempt < 2 && d.Outcome == Unsent; attempt++ {
		if err := w.connect(ctx); err != nil {
			return Delivery{Outcome: Unsent, Reply: err.Error()}
		}
		d = w.connection.Send(o.message)
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
	if outcome == Lost {
		return w.afterLoss(row, reply)
	}
	if row.Attempts+1 >= MaxAttempts {
		return givenUp(row, MaxAttempts, reply)
	}
	return models.MailResult{ID: row.ID, State: models.MailQueued, Reply: reply, Counts: true,
		RetryAt: w.Now().Add(w.Backoff(outcome, row.Attempts))}
}

// afterLoss queues a mail for another attempt whose connection was lost before the message was complete; it gives it up by age.
func (w *window) afterLoss(row models.OutboxMail, reply string) models.MailResult {
	age := time.Duration(0)
	if row.TriedAt != nil {
		age = max(0, w.Now().Sub(*row.TriedAt))
	}
	if age >= LostFor {
		return models.MailResult{ID: row.ID, State: models.MailFailed, Reply: fmt.Sprintf(models.ReplyGivenUp+" %d hours: %s", age/time.Hour, reply)}
	}
	doublings := bits.Len64(uint64(age / Patience(Lost, 0)))
	return models.MailResult{ID: row.ID, State: models.MailQueued, Reply: reply, Lost: true, RetryAt: w.Now().Add(w.Backoff(Lost, doublings))}
}

// givenUp is a mail that is tried no more, though its reader may be written to another time.
func givenUp(row models.OutboxMail, attempts int, reply string) models.MailResult {
	return models.MailResult{ID: row.ID, State: models.MailFailed, Reply: fmt.Sprintf(models.ReplyGivenUp+" %d attempts: %s", attempts, reply)}
}

func untried(mails []*outgoing) []result {
	var results []result
	for _, o := range mails {
		results = append(results, result{models.MailResult{ID: o.ID, State: models.MailQueued}, o.token})
	}
	return results
}

// address is what looks like one in a server's words.
var address = regexp.MustCompile(`[^\s<>:;,"]+@[^\s<>:;,"]+`)

// withoutAddresses leaves out of a server's words every address it repeats: they stand elsewhere, and the words go to the log.
func withoutAddresses(reply string) string {
	if !strings.Contains(reply, "@") {
		return reply
	}
	return address.ReplaceAllString(reply, "…")
}
