package mail

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/bounce"
	"tribuna/internal/links"
	"tribuna/models"
)

// StopForReturned returns why a mailing must not go on for what came back of it: a server in front takes every mail first, and that
// others refuse what we are is only in its reports. It is judged by the rule that holds for what a server says at once: see ownFault.
// Words that may be about one mailbox all the same count where as large a part of what has left met them.
func StopForReturned(ctx context.Context, db bun.IDB, mailing uuid.UUID, now time.Time) (*models.MailingStop, error) {
	back, err := models.ReturnedNow(ctx, db, mailing)
	if err != nil {
		return nil, err
	}
	back = slices.DeleteFunc(back, func(r models.ReturnedForPolicy) bool {
		return bounce.ClosedMailbox(r.Status+" "+r.Reply) || bounce.RateLimited(r.Status+" "+r.Reply)
	})
	if len(back) == 0 {
		return nil, nil
	}
	why := back[0]
	if i := slices.IndexFunc(back, ofSender); i >= 0 {
		why = back[i]
	} else if several, err := severalReturned(ctx, db, mailing, len(back)); err != nil || !several {
		return nil, err
	}
	return &models.MailingStop{Reason: models.StopPolicy, Domain: models.AddressDomain(why.Email), Reply: wordsOf(why), At: now}, nil
}

func ofSender(r models.ReturnedForPolicy) bool {
	return bounce.OfSender(r.Status) || bounce.OfSender(r.Reply)
}

// severalReturned reports whether so many reports are as many of what has left as stop a mailing when a server says it at once.
func severalReturned(ctx context.Context, db bun.IDB, mailing uuid.UUID, reports int) (bool, error) {
	if reports < policyReaders {
		return false, nil
	}
	left, err := models.LeftNow(ctx, db, mailing)
	return reports*StopAmong >= policyReaders*left, err
}

// wordsOf is what a server said, or its code where the report does not hold its words: what the server in front said is not it.
func wordsOf(r models.ReturnedForPolicy) string {
	if bounce.OfReply(r.Reply) != bounce.Policy && r.Status != "" {
		return r.Status
	}
	return links.Redact(withoutAddresses(r.Reply))
}
