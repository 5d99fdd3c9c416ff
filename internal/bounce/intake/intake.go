// Package intake takes in what comes back of the mails, whichever way it comes: over SMTP, to the API, or through a pipe. It
// finds the mail by the signed address that it went out with, has the report read, and notes what it says.
//
// Whoever sends something to an address that was never given out, or makes one up, changes nothing. A mail that ends somebody's
// mailings carries the token of their link.
package intake

import (
	"context"
	"io"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
	"tribuna/internal/bounce"
	"tribuna/internal/links"
	"tribuna/internal/telemetry"
	"tribuna/models"
)

// MailOf reads a return address: the mail in the outbox that went out with it, where it is genuine.
type MailOf func(address string) (mail uuid.UUID, ok bool)

// Outcome is what came of something that was taken in: the class of the report where it was noted, or one of these.
type Outcome string

// The outcomes beside the classes of package bounce.
const (
	Repeated     Outcome = "repeated"     // noted before
	Forged       Outcome = "forged"       // nothing in it is what was given out
	Gone         Outcome = "gone"         // the mail was deleted since, or nobody knows whose it was any more
	NoReport     Outcome = "none"         // a person wrote, or nobody can say what it is
	Unsubscribed Outcome = "unsubscribed" // a person wants no more mailings, and wrote what List-Unsubscribe names
)

// Intake takes reports in. It is safe for concurrent use.
type Intake struct {
	DB    *bun.DB
	Mail  MailOf
	Links *links.Minter // of the personal links; nil: nobody ends mailings by a mail

	Domain string // of our Message-IDs; "": feedback reports are found by return addresses alone
	Now    func() time.Time
	Log    *slog.Logger
}

// Take reads one message and notes what it says. to are the addresses it was delivered to, where they are known; else, and
// beside them, those in the message count. An error means that it could not be noted and has to be brought again.
func (i *Intake) Take(ctx context.Context, to []string, message io.Reader) (Outcome, error) {
	report, err := bounce.Read(message)
	if err != nil {
		return "", err
	}
	outcome, err := i.note(ctx, to, report)
	if err != nil {
		return "", err
	}
	telemetry.CountBounces(ctx, string(outcome))
	// Neither the address nor a word of the message is told: anybody may have written it.
	i.Log.InfoContext(ctx, "something came back", "kind", string(report.Kind), "outcome", string(outcome))
	return outcome, nil
}

func (i *Intake) note(ctx context.Context, to []string, report bounce.Report) (Outcome, error) {
	if claims, wanted := i.unsubscribing(report); wanted {
		return i.unsubscribe(ctx, claims)
	}
	mail, ok := i.find(to, report)
	if !ok {
		var err error
		if mail, ok, err = i.reported(ctx, report); err != nil || !ok {
			return Forged, err
		}
	}
	if report.Kind == bounce.KindNone {
		return NoReport, nil
	}
	outcome := Outcome("")
	err := i.DB.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		reader, err := models.MailAddressee(ctx, tx, mail)
		if err != nil {
			return err
		}
		said := report.For(reader.Email)
		noted, err := models.NoteBounce(ctx, tx, models.ReturnedMail{MailID: mail, PersonID: reader.PersonID, Email: reader.Email, Digest: report.Digest, Kind: string(report.Kind),
			Class: models.BounceClass(said.Class), Status: said.Status, Diagnostic: said.Diagnostic}, i.Now())
		if outcome = Outcome(said.Class); noted.Repeated {
			outcome = Repeated
		}
		return err
	})
	if apperr.CodeOf(err) == apperr.CodeNotFound {
		return Gone, nil
	}
	return outcome, err
}

// find returns the mail of the first address that is genuine.
func (i *Intake) find(to []string, report bounce.Report) (uuid.UUID, bool) {
	for _, list := range [][]string{to, report.To, report.Sender} {
		for _, address := range list {
			if mail, ok := i.Mail(address); ok {
				return mail, true
			}
		}
	}
	return uuid.Nil, false
}
