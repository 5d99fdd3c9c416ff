package api

import (
	"time"

	"github.com/google/uuid"

	"tribuna/internal/access"
	"tribuna/models"
)

// Recipient is somebody who gets a mailing, and what came of it.
type Recipient struct {
	ID         uuid.UUID        `json:"id"`
	PersonID   uuid.UUID        `json:"person_id"`
	Name       string           `json:"name"`
	Language   string           `json:"language"`
	State      models.MailState `json:"state"`
	Reply      string           `json:"reply,omitempty" about:"The mail server's last words; absent where none said anything, as of what never left."`
	FinishedAt *time.Time       `json:"finished_at,omitempty"`

	Outcome models.MailOutcome `json:"outcome" about:"What came of it, in the words of the report of the mailing."`

	Bounce models.BounceClass `json:"bounce,omitempty"` // of a mail that came back: hard, soft or policy
}

func (s *server) listRecipients(c *call) (reply, error) {
	m, _, err := c.mailing(access.ReadMailing)
	if err != nil {
		return reply{}, err
	}
	p, err := c.page()
	if err != nil {
		return reply{}, err
	}
	state, err := queryOneOf(c, "state", []models.MailState{models.MailQueued, models.MailClaimed, models.MailSending, models.MailDelivered,
		models.MailFailed, models.MailUnknown, models.MailCancelled, models.MailBounced})
	if err != nil {
		return reply{}, err
	}
	f := models.RecipientFilter{State: state, Search: c.query("q"), Limit: p.limit + 1}
	if p.after != nil {
		f.After = p.after.ID
	}
	rows, err := models.Recipients(c.ctx(), s.DB, c.who.viewer, m.ID, f)
	if err != nil {
		return reply{}, err
	}
	rows, next := cut(rows, p, func(r models.Recipient) models.Cursor { return models.Cursor{At: time.Unix(0, 0), ID: r.ID} })
	l := listOf(rows, func(r models.Recipient) Recipient {
		return Recipient{ID: r.ID, PersonID: r.PersonID, Name: r.Name, Language: r.Language, State: r.State, Reply: r.Outcome.ServerWords(r.Reply),
			FinishedAt: r.FinishedAt, Outcome: r.Outcome, Bounce: r.Bounce}
	})
	l.Next = next
	return reply{body: l, next: next}, nil
}
