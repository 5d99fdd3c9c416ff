package mail

import (
	"context"
	"strings"

	"tribuna/internal/bounce"
	"tribuna/internal/links"
	"tribuna/models"
)

// StopRule says after how many refusals for good a mailing stops by itself. Zero sets no limit.
type StopRule struct {
	Row     int // refusals one after the other
	Percent int // more refusals than so many of a hundred among the last StopAmong mails
}

// StopAmong is of how many mails the share is asked that was refused.
const StopAmong = 200

// policyTries is how often a mail may meet a refusal of policy before it is given up without a stop: one reader's mailbox may be
// closed to all but a few, and says it in the same words.
const policyTries = 3

// refusals is what a batch knows of what servers refuse, its own mails and those of others that send the same mailing.
type refusals struct {
	last string             // see models.MailingTally
	said string             // the end of it that others do not know of yet
	kept bool               // some of it is written down
	no   models.MailingStop // the last refusal
	lost models.MailingStop // the last mail of which it is not known
	why  *models.MailingStop
}

func (r *run) readTally(ctx context.Context) (err error) {
	r.last, err = models.MailingTally(ctx, r.DB, *r.batch.MailingID)
	r.kept = r.last != ""
	return err
}

// refusedLately reports whether a tally has anything to say.
func refusedLately(tally string) bool { return strings.Trim(tally, string(models.TallyTaken)) != "" }

// doubtsOfEach is how many mails of each connection may be in doubt, none taken between them, before a mailing stops: a server that is
// killed leaves one on each.
const doubtsOfEach = 2

// mostTold is how many mails a tally goes back.
func (r *run) mostTold() int { return max(StopAmong, r.Stop.Row) }

func (r *run) latest(tally string) string { return tally[max(0, len(tally)-r.mostTold()):] }

// shareTally lets others know what servers said, and learns what they said to others, while any of it was a refusal. Where it cannot
// be written now it is the next time.
func (r *run) shareTally(ctx context.Context) {
	r.mu.Lock()
	said := r.said
	r.said = ""
	silent := said == "" || !refusedLately(r.last)
	r.mu.Unlock()
	if silent {
		return
	}
	last, err := models.AddToTally(ctx, r.DB, *r.batch.MailingID, said, r.mostTold())
	r.mu.Lock()
	defer r.mu.Unlock()
	if err != nil {
		r.said = said + r.said
		r.Log.Warn("what mail servers refuse cannot be written down now", "error", err)
		return
	}
	r.kept = true
	r.last = r.latest(last + r.said)
	if refusedLately(said) {
		r.judge()
	}
}

// endTally forgets what servers said when all of it is good.
func (r *run) endTally(ctx context.Context) error {
	r.shareTally(ctx)
	if !r.kept || refusedLately(r.last) {
		return nil
	}
	return models.ForgetTally(ctx, r.DB, *r.batch.MailingID, false)
}

// stopped reports whether the mailing is not to go on.
func (r *run) stopped() bool { return r.stop() != nil }

func (r *run) stop() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.why == nil {
		return nil
	}
	return r.why
}

// halt stops the mailing; the first reason counts.
func (r *run) halt(why models.MailingStop) {
	why.At = r.Now()
	if r.why == nil {
		r.why = &why
		r.Log.Warn("a mailing stops by itself", "mailing", *r.batch.MailingID, "reason", why.Reason, "domain", why.Domain, "reply", why.Reply)
	}
}

// heard turns what a server said of a mail into its result, and draws the conclusions for the mails that follow.
func (w *window) heard(ctx context.Context, o *outgoing, d Delivery) models.MailResult {
	if w.batch.MailingID == nil {
		return nobodyThere(w.result(o.OutboxMail, d), o, d)
	}
	domain := models.AddressDomain(o.message.To)
	ours := policy(d)
	if ours {
		if x, stops := w.ownFault(o, d, domain); stops {
			return x
		}
	}
	x := nobodyThere(w.result(o.OutboxMail, d), o, d)
	switch d.Outcome {
	case Accepted:
		w.tally(models.TallyTaken, domain, x.Reply)
		w.took(ctx, domain)
	case Refused:
		w.tally(models.TallyRefused, domain, x.Reply)
		w.took(ctx, domain) // it says no to one mail: it does not refuse all
		if ours {           // and not to the reader, who is among the rest of the mailing
			x = givenUp(o.OutboxMail, o.Attempts+1, x.Reply)
		}
	case Doubtful:
		w.doubt(d.Server, x.Reply)
	case Deferred:
		limited := bounce.RateLimited(d.Reply)
		if limited || !strings.HasPrefix(d.Reply, "421") && !bounce.OneMailbox(d.Reply) {
			w.slow(ctx, domain, x.Reply, limited)
		}
	}
	return x
}

// nobodyThere adds to the result of a mail that nobody has its address, where the server says so at once: it is as good as a report that
// comes back. That a server takes no such addresses says nothing of the reader.
func nobodyThere(x models.MailResult, o *outgoing, d Delivery) models.MailResult {
	if d.Outcome != Refused || d.Foreign {
		return x
	}
	if class, status := bounce.Refusal(d.Reply); class == bounce.Hard {
		x.Nobody, x.Status = o.message.To, status
	}
	return x
}

// policy reports whether a server refuses what we are or how we send.
func policy(d Delivery) bool {
	switch d.Outcome {
	case Refused:
		return bounce.OfReply(d.Reply) == bounce.Policy && !bounce.ClosedMailbox(d.Reply)
	case Deferred:
		return bounce.PolicyNow(d.Reply)
	default:
		return false
	}
}

// policyReaders is how many readers' servers may refuse us among the last StopAmong mails before a mailing stops for it.
const policyReaders = 3

// ownFault stops the mailing for a refusal that is not about the reader; the mail waits with the others. Words that may be about one
// mailbox all the same stop it when several readers meet them, or when nothing was taken since the last. Unless it was the same
// mail before too often.
func (w *window) ownFault(o *outgoing, d Delivery, domain string) (models.MailResult, bool) {
	again := bounce.OfReply(o.Reply) == bounce.Policy && !bounce.RateLimited(o.Reply)
	if o.Attempts+1 >= policyTries && again {
		return models.MailResult{}, false
	}
	reply := links.Redact(withoutAddresses(d.Reply))
	w.mu.Lock()
	defer w.mu.Unlock()
	x := models.MailResult{ID: o.ID, State: models.MailQueued, Reply: reply, Counts: true}
	if bounce.OfSender(d.Reply) || w.severalRefuse(again) {
		w.halt(models.MailingStop{Reason: models.StopPolicy, Domain: domain, Reply: reply})
	} else {
		x.RetryAt = w.Now().Add(w.Backoff(Deferred, o.Attempts))
	}
	return x, true
}

// severalRefuse counts a refusal of policy, and reports whether it is more than one reader's; again says that this one met it before.
// Whoever calls holds the lock.
func (r *run) severalRefuse(again bool) bool {
	since := r.last[strings.LastIndexByte(r.last, models.TallyTaken)+1:]
	if strings.ContainsRune(since, models.TallyPolicy) {
		return true
	}
	if !again {
		r.said += string(models.TallyPolicy)
		r.last = r.latest(r.last + string(models.TallyPolicy))
	}
	return strings.Count(r.last[max(0, len(r.last)-StopAmong):], string(models.TallyPolicy)) >= policyReaders
}

// tally counts what a server said, and stops the mailing where it says no too often.
func (r *run) tally(said byte, domain, reply string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.said += string(said)
	r.last = r.latest(r.last + string(said))
	if said == models.TallyRefused {
		r.no = models.MailingStop{Domain: domain, Reply: reply}
		r.judge()
	}
}

// doubt counts a mail of which nobody knows whether the server took it, and stops the mailing where there are too many of them.
func (r *run) doubt(server, reply string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.said += string(models.TallyUnknown)
	r.last = r.latest(r.last + string(models.TallyUnknown))
	r.lost = models.MailingStop{Domain: server, Reply: reply}
	r.judge()
}

// judge stops the mailing where the last refusal, or the last mail in doubt, is one too many; whoever calls holds the lock.
func (r *run) judge() {
	count := func(tally string, said rune) int { return strings.Count(tally, string(said)) }
	row, among := r.last[strings.LastIndexByte(r.last, models.TallyTaken)+1:], r.last[max(0, len(r.last)-StopAmong):]
	tooMany := func(said rune) bool {
		return r.Stop.Percent > 0 && len(r.last) >= StopAmong && count(among, said)*100 > r.Stop.Percent*StopAmong
	}
	no, lost := r.no, r.lost
	switch {
	case r.Stop.Row > 0 && count(row, models.TallyRefused) >= r.Stop.Row:
		no.Reason, no.Refused = models.StopRow, count(row, models.TallyRefused)
		r.halt(no)
	case tooMany(models.TallyRefused):
		no.Reason, no.Refused, no.Of = models.StopShare, count(among, models.TallyRefused), StopAmong
		r.halt(no)
	case count(row, models.TallyUnknown) >= doubtsOfEach*r.Connections:
		lost.Reason, lost.Refused = models.StopUnknown, count(row, models.TallyUnknown)
		r.halt(lost)
	case tooMany(models.TallyUnknown):
		lost.Reason, lost.Refused = models.StopUnknown, count(among, models.TallyUnknown)
		r.halt(lost)
	}
}
