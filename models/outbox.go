package models

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// MailKind names what a mail is about; package mail has the words for each.
type MailKind string

// The kinds of mail.
const (
	MailReviewInvitation    MailKind = "review_invitation"
	MailConsultInvitation   MailKind = "consult_invitation"
	MailTranslateInvitation MailKind = "translate_invitation"
	MailApproveInvitation   MailKind = "approve_translation_invitation"
	MailSignOffInvitation   MailKind = "sign_off_invitation"
	MailOfficerTask         MailKind = "officer_task"       // the sentence follows from the task's kind
	MailProgressRequest     MailKind = "progress_request"   //
	MailEscalation          MailKind = "escalation"         // to the coordinator; the task's subject is the one overdue
	MailDigest              MailKind = "digest"             // reminders, gathered: Data.Tasks, or all that was reminded of and is open
	MailRoundClosing        MailKind = "round_closing"      // the round closes sooner than was said; Data.Until says when
	MailRoundGoesOn         MailKind = "round_goes_on"      // to who was told so: it does not close yet
	MailTaskWithdrawn       MailKind = "task_withdrawn"     // Data.Reason says why the answer is no longer needed
	MailRecordedOnBehalf    MailKind = "recorded_on_behalf" // to the person for whom an answer was recorded
	MailReviewCopy          MailKind = "review_copy"        // one's own answer, when the round closes
	MailNewLink             MailKind = "new_link"           // asked for by the person
	MailContentReported     MailKind = "content_reported"   // to coordinators and who is in charge; names neither text nor words
	MailMailing             MailKind = "mailing"            //
	MailMailingTest         MailKind = "mailing_test"       // a mailing to who writes it, before it is sent: Data.Mailing
	MailAccountInvitation   MailKind = "account_invitation" // to choose a first password: Data.Link
	MailPasswordReset       MailKind = "password_reset"     // to choose a new one: Data.Link
	MailPasswordChanged     MailKind = "password_changed"   // tells the person, in case it was somebody else
	MailHandedOver          MailKind = "handed_over"        // to who held something and who holds it now: Data.HandOver
	MailSourceNotice        MailKind = "source_notice"      // to who came from a list: where their data is from, and what they can do
	MailDataObjection       MailKind = "data_objection"     // to coordinators: somebody objects to the use of their data; does not name them
	MailRoundNews           MailKind = "round_news"         // to who is in charge of a round: Data.Reason says what happened in it
	MailMoreTime            MailKind = "more_time"          // to who was asked: until when they have now
	MailTimeRefused         MailKind = "time_refused"       // to who asked for time: it is not given, and why
	MailConflictRuled       MailKind = "conflict_ruled"     // to an expert: what was decided about a conflict of interest they declared
	MailSubscription        MailKind = "subscription"       // to an address typed into the public form: was it meant?
	MailOwnData             MailKind = "own_data"           // to who asks what is kept about them: the link that shows it
	MailResponses           MailKind = "responses"          // to who commented: what became of it
	MailMailingStopped      MailKind = "mailing_stopped"    // to who is in charge: a mailing paused by itself: Data.Mailing
	MailSignOffReplaced     MailKind = "signoff_replaced"   // to whose answer for a shared vote another one took the place of
)

// MailKinds returns every kind.
func MailKinds() []MailKind {
	return []MailKind{MailReviewInvitation, MailConsultInvitation, MailTranslateInvitation, MailApproveInvitation,
		MailSignOffInvitation, MailOfficerTask, MailProgressRequest, MailEscalation, MailDigest, MailRoundClosing, MailRoundGoesOn, MailTaskWithdrawn,
		MailRecordedOnBehalf, MailReviewCopy, MailNewLink, MailContentReported, MailMailing, MailMailingTest, MailAccountInvitation, MailPasswordReset,
		MailPasswordChanged, MailHandedOver, MailSourceNotice, MailDataObjection, MailSignOffReplaced, MailRoundNews, MailMoreTime, MailTimeRefused, MailConflictRuled, MailSubscription, MailOwnData, MailResponses, MailMailingStopped}
}

// What happened in a round, for who is in charge of it.
const (
	NewsMoreTime         = "more_time"          // an expert took more time, as the procedure lets them
	NewsTimeAsked        = "time_asked"         // an expert asks for more than that
	NewsTimeTakenBack    = "time_taken_back"    // and takes that back
	NewsConflict         = "conflict"           // an expert declares a conflict of interest
	NewsTakenBack        = "taken_back"         // who answered took that back
	NewsAnsweredAgain    = "answered_again"     // and answered once more: the last word is not that it was taken back
	NewsSignOffTakenBack = "signoff_taken_back" // an organisation took its answer to the sign-off back
	NewsEnough           = "enough"             // enough have answered: the officer closes it or waits
)

// Why a task's answer is no longer needed.
const (
	ReasonWithdrawn = "withdrawn" // the recommendation was withdrawn
	ReasonEnough    = "enough"    // enough answers came
	ReasonReplaced  = "replaced"  // somebody else was asked
	ReasonOver      = "over"      // the stage ended
)

// MailState is where a mail stands.
type MailState string

// The states of a mail. A mail is "sending" before anything of it goes on the wire, so that after a crash it is known
// which mails may have left; those become "unknown" and are never sent again.
const (
	MailQueued    MailState = "queued"
	MailClaimed   MailState = "claimed"
	MailSending   MailState = "sending"
	MailDelivered MailState = "delivered" // the server took it
	MailFailed    MailState = "failed"    // the server refused it for good
	MailUnknown   MailState = "unknown"   // it may have left
	MailCancelled MailState = "cancelled" // no longer owed when its turn came
	MailBounced   MailState = "bounced"   // the server took it, and it came back
)

// Final reports whether nothing more happens to a mail in this state.
func (s MailState) Final() bool {
	return s == MailDelivered || s == MailFailed || s == MailUnknown || s == MailCancelled || s == MailBounced
}

// MailingPriority is the priority of mailings: what one person waits for goes before what thousands get.
const MailingPriority = -1

// MailData is the little a mail knows beyond its ids. Everything else is read when it is sent, so that nothing stale
// or secret lies here.
type MailData struct {
	Reason string      `json:"reason,omitempty"` // of MailTaskWithdrawn
	Until  *time.Time  `json:"until,omitempty"`  // of MailRoundClosing
	Tasks  []uuid.UUID `json:"tasks,omitempty"`  // of MailDigest; empty: see RemindedMailTasks
	Link   *uuid.UUID  `json:"link,omitempty"`   // of MailAccountInvitation and MailPasswordReset
	Report *uuid.UUID  `json:"report,omitempty"` // of MailContentReported

	HandOver *uuid.UUID `json:"hand_over,omitempty"` // of MailHandedOver
	Request  *uuid.UUID `json:"request,omitempty"`   // of MailSubscription, whose address belongs to nobody yet
	Mailing  *uuid.UUID `json:"mailing,omitempty"`   // of MailMailingTest and MailMailingStopped: its recipients are others
}

// OutboxMail is a mail that goes out, written in the transaction that causes it.
type OutboxMail struct {
	bun.BaseModel `bun:"table:outbox,alias:o"`

	ID               uuid.UUID `bun:",pk"`
	Kind             MailKind
	DedupeKey        string    `bun:",nullzero"` // the same mail is never written twice; of a mailing "": its recipients are unique
	PersonID         uuid.UUID `bun:",nullzero"` // Nil: to the address of a request, or of somebody erased
	Language         string    // empty: the person's
	TaskID           *uuid.UUID
	RecommendationID *uuid.UUID
	MailingID        *uuid.UUID
	Domain           string   // of the reader's address when the mailing was frozen; "" for mails of no mailing
	Data             MailData `bun:"type:jsonb"`
	Priority         int
	NotBefore        time.Time // zero: CreatedAt
	State            MailState
	ClaimToken       *uuid.UUID
	ClaimedUntil     *time.Time
	Attempts         int        // that ended in a refusal for now
	TriedAt          *time.Time // when it was first refused for now, or the connection lost before it was complete
	Reply            string     // the server's last words, or why it was cancelled
	Trace            string     // W3C traceparent of what caused it; "" where nobody traces
	HeldAt           *time.Time // since a restore: it may have gone out before
	CreatedAt        time.Time
	FinishedAt       *time.Time
	Waits            bool `bun:",scanonly"` // it is queued
	Ready            bool `bun:",scanonly"` // it is queued and of no mailing; indexes name it, and not the state, which changes more often
	Astray           bool `bun:",scanonly"` // failed, unknown or cancelled; likewise
}

// Enqueue writes a mail; if one with its dedupe key is there already, nothing happens. CreatedAt is the caller's now.
func Enqueue(ctx context.Context, db bun.IDB, m *OutboxMail) error {
	if m.Kind == "" || (m.DedupeKey == "") != (m.MailingID != nil) || m.PersonID == uuid.Nil && m.Data.Request == nil || m.CreatedAt.IsZero() {
		return errors.New("a mail needs kind, person, time of writing and a dedupe key or its mailing")
	}
	if m.ID == uuid.Nil {
		m.ID = NewID()
	}
	if m.NotBefore.IsZero() {
		m.NotBefore = m.CreatedAt
	}
	m.State, m.Trace = MailQueued, traceOf(ctx)
	if m.Language == "" {
		err := db.NewSelect().Table("people").Column("language").Where("id = ?", m.PersonID).Scan(ctx, &m.Language)
		if err != nil {
			return found(err, "person")
		}
	}
	if _, err := db.NewInsert().Model(m).On("CONFLICT (dedupe_key) WHERE dedupe_key IS NOT NULL DO NOTHING").Exec(ctx); err != nil {
		return fmt.Errorf("write a mail: %w", err)
	}
	return nil
}

// MailingRecipients says who gets a mailing, and in which languages there is a text.
type MailingRecipients struct {
	MailingID        uuid.UUID
	RecommendationID uuid.UUID
	Audience         Audience
	Texts            []string // languages that have one
	Fallback         string   // for the others
	Later            bool     // they get it later: whoever says when holds back who does not want it, see DropUnwanted
}

// nextID is an id whose order is that of the rows (UUID version 7 with a counter, RFC 9562, 6.2): those that are claimed
// together lie together. Its argument is the instant, in milliseconds of Unix time.
const nextID = `(lpad(to_hex(?::bigint), 12, '0') || '7' || lpad(to_hex(row_number() OVER () >> 16 & 4095), 3, '0')
			|| '8' || lpad(to_hex(row_number() OVER () & 65535), 4, '0') || substr(md5(gen_random_uuid()::text), 1, 11))::uuid`

// holdLaunches lets nobody else freeze recipients for the organisation of a recommendation until the transaction ends: whom one of
// its mailings leaves out because another reaches them would not be seen before that.
func holdLaunches(ctx context.Context, tx bun.IDB, recommendation uuid.UUID) error {
	_, err := tx.NewRaw(`SELECT 1 FROM organisations AS o JOIN recommendations AS r ON r.organisation_id = o.id WHERE r.id = ? FOR NO KEY UPDATE OF o`,
		recommendation).Exec(ctx)
	if err != nil {
		return fmt.Errorf("hold an organisation's launches: %w", err)
	}
	return nil
}

// EnqueueMailing freezes the recipients of a mailing: one mail per person of the audience, in their language where it
// has a text. Who does not want it is among them and held back, see DropUnwanted. Doing it again adds nobody who is there. It
// returns how many were added.
func EnqueueMailing(ctx context.Context, db bun.IDB, r MailingRecipients, now time.Time) (int, error) {
	if err := holdLaunches(ctx, db, r.RecommendationID); err != nil {
		return 0, err
	}
	r.Audience.About = r.RecommendationID
	people := MailingAudience(ctx, db, r.Audience).Column("id", "language", "email")
	res, err := db.NewRaw(`
		INSERT INTO outbox (id, kind, person_id, language, recommendation_id, mailing_id, domain, priority, not_before, created_at)
		SELECT p.mail, ?, p.id, CASE WHEN p.language = ANY(?) THEN p.language ELSE ? END, ?, ?, p.domain, ?, ?, ?
		FROM (SELECT `+nextID+` AS mail, id, language, coalesce(`+domainOf+`, '') AS domain FROM (?) AS people OFFSET 0) AS p
		ON CONFLICT DO NOTHING`,
		MailMailing, pgArray(r.Texts), r.Fallback, r.RecommendationID, r.MailingID, MailingPriority, now, now,
		now.UnixMilli(), people).Exec(ctx)
	if err != nil {
		return 0, fmt.Errorf("write a mailing's mails: %w", err)
	}
	added, err := res.RowsAffected()
	if err != nil {
		return 0, err
	}
	if !r.Later {
		_, err = DropUnwanted(ctx, db, r.MailingID, now)
	}
	return int(added), err
}

// whyCancelled is the reply of mails of a mailing that was cancelled.
const whyCancelled = "the mailing was cancelled"

// CancelMailing cancels what of a mailing has not been claimed yet and returns how many mails that were. What is
// claimed is asked about once more before it is sent.
func CancelMailing(ctx context.Context, db bun.IDB, mailing uuid.UUID, now time.Time) (int, error) {
	res, err := db.NewUpdate().Model((*OutboxMail)(nil)).
		Set("state = ?", MailCancelled).Set("reply = ?", whyCancelled).Set("finished_at = ?", now).
		Where("o.mailing_id = ?", mailing).Where(stillWaits).Exec(ctx)
	if err != nil {
		return 0, fmt.Errorf("cancel a mailing's mails: %w", err)
	}
	cancelled, err := res.RowsAffected()
	return int(cancelled), err
}

// MailCounts counts mails by state.
type MailCounts struct {
	Queued    int `json:"queued"`
	Claimed   int `json:"claimed"`
	Sending   int `json:"sending"`
	Delivered int `json:"delivered"`
	Failed    int `json:"failed"`
	Unknown   int `json:"unknown"`
	Cancelled int `json:"cancelled"`
	Bounced   int `json:"bounced"`
}

// Pending is how many mails are still to be dealt with.
func (c MailCounts) Pending() int { return c.Queued + c.Claimed + c.Sending }

// Total is how many mails there are.
func (c MailCounts) Total() int {
	return c.Pending() + c.Delivered + c.Failed + c.Unknown + c.Cancelled + c.Bounced
}

// MailingCounts counts the mails of a mailing by state.
func MailingCounts(ctx context.Context, db bun.IDB, mailing uuid.UUID) (MailCounts, error) {
	var c MailCounts
	if err := countByState(db, mailing).Scan(ctx, &c); err != nil {
		return MailCounts{}, fmt.Errorf("count a mailing's mails: %w", err)
	}
	return c, nil
}

func countByState(db bun.IDB, mailing uuid.UUID) *bun.SelectQuery {
	q := db.NewSelect().Table("outbox").Where("mailing_id = ?", mailing)
	for _, s := range []MailState{MailQueued, MailClaimed, MailSending, MailDelivered, MailFailed, MailUnknown, MailCancelled, MailBounced} {
		q = q.ColumnExpr("count(*) FILTER (WHERE state = ?) AS ?", s, bun.Ident(s))
	}
	return q
}
