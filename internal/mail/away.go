package mail

import (
	"context"
	"errors"
	"maps"
	"slices"

	"tribuna/models"
)

// away is what a batch knows of mail servers that do not answer.
type away struct {
	answered bool            // one said something of a mail
	silent   map[string]bool // by name: not to be reached, or they ended a connection before they had a message
}

// unreached remembers which servers could not be reached.
func (r *run) unreached(err error) {
	for _, name := range serversIn(err) {
		r.keepsSilent(name)
	}
}

// says remembers whether a server answered.
func (r *run) says(d Delivery) {
	switch d.Outcome {
	case Accepted, Refused, Deferred:
		r.mu.Lock()
		r.answered = true
		r.mu.Unlock()
	case Lost:
		r.keepsSilent(d.Server)
	}
}

func (r *run) keepsSilent(server string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.silent == nil {
		r.silent = map[string]bool{}
	}
	r.silent[server] = true
}

// noteServers writes down, for people to read, that a mailing stands still because no mail server answers, or that one does again.
func (r *run) noteServers(ctx context.Context) error {
	ctx = context.WithoutCancel(ctx)
	switch {
	case r.batch.MailingID == nil:
		return nil
	case r.answered:
		return models.ServerAnswers(ctx, r.DB, *r.batch.MailingID)
	case len(r.silent) > 0:
		return models.ServerSilent(ctx, r.DB, *r.batch.MailingID, slices.Sorted(maps.Keys(r.silent)), r.Now())
	}
	return nil
}

// serversIn names the servers that an error says could not be reached.
func serversIn(err error) []string {
	var one *unreachable
	if many, joined := err.(interface{ Unwrap() []error }); joined {
		var names []string
		for _, e := range many.Unwrap() {
			names = append(names, serversIn(e)...)
		}
		return names
	}
	if errors.As(err, &one) {
		return []string{one.server}
	}
	return nil
}
