// Package mail composes the mails in the outbox and sends them.
//
// A mail is a row (models.OutboxMail) written in the transaction that causes it. The Sender claims rows, asks the
// Composer for the words, which are read from the database at that moment, marks a window of them as being sent, puts
// them on the wire, and writes what came of each. At most connections times window mails are ever in doubt.
//
// What a mailing says is written and encoded once per language (Prepared); for each of its readers only the gaps are
// filled in.
package mail

import "context"

// Transport opens connections to a mail server.
type Transport interface {
	Dial(ctx context.Context) (Connection, error)
}

// Connection sends messages one after the other. It is used by one goroutine.
type Connection interface {
	// Send puts a message on the wire and says what came of it. It does not return an error: every end is an outcome.
	Send(m Message) Delivery
	// Close ends the connection; it is called once.
	Close()
}

// Outcome is how the attempt to deliver one message ended.
type Outcome int

// The outcomes.
const (
	Accepted Outcome = iota // the server took it
	Refused                 // the server refuses it for good (5xx)
	Deferred                // the server refuses it for now (4xx)
	Lost                    // the connection ended before the message was complete: it was not delivered
	Unsent                  // the connection was found dead before the message began
	Doubtful                // the connection ended after the final dot, before the server's word: nobody knows
)

// Delivery is what came of one message.
type Delivery struct {
	Outcome Outcome
	Reply   string // the server's words, or what went wrong
	Server  string // host and port of the mail server it was handed to
	Foreign bool   // Refused: this server takes no such addresses, another may; nothing went on the wire
	Broken  bool   // the connection must not be used again
}
