package activities

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"go.temporal.io/sdk/activity"

	"tribuna/internal/apperr"
	"tribuna/internal/mail"
	"tribuna/internal/record"
	"tribuna/models"
)

// launchMailing freezes the recipients: one mail per person, in their language. It is refused when the officer saw
// another text or another number of people who want it.
func launchMailing(ctx context.Context, x *act) error {
	p, err := payload[models.LaunchMailingPayload](x)
	if err != nil {
		return err
	}
	m, err := x.mailingIn(ctx, models.MailingDraft)
	if err != nil {
		return err
	}
	if m.Revision != p.Revision {
		return apperr.About(apperr.CodeOutdated, "mailing")
	}
	if m.Asks && !p.Again {
		return apperr.Invalid("again", "mailing_restored")
	}
	if err := m.PicturesThere(ctx, x.tx); err != nil {
		return err
	}
	var languages []string
	for _, t := range m.Texts {
		languages = append(languages, t.Language)
	}
	_, err = models.EnqueueMailing(ctx, x.tx, models.MailingRecipients{MailingID: m.ID, RecommendationID: x.rec.ID,
		Audience: m.Audience, Texts: languages, Fallback: m.FallbackLanguage, Later: true}, x.now)
	if err != nil {
		return err
	}
	wanted, err := models.MailsWanted(ctx, x.tx, m.ID, x.now) // as of now, as it was counted: setOut says when they leave, and DropUnwanted who wants it then
	if err != nil {
		return err
	}
	if wanted != p.Expected {
		return apperr.Invalid("expected", "audience_changed", "count", wanted)
	}
	if err := m.CheckCarried(ctx, x.tx); err != nil {
		return err
	}
	if err := x.setOut(ctx, m, p.When, p.AtNight); err != nil {
		return err
	}
	if _, err := models.DropUnwanted(ctx, x.tx, m.ID, x.now); err != nil {
		return err
	}
	m.LaunchedAt = &x.now
	facts := map[string]string{"recipients": fmt.Sprint(wanted), "languages": fmt.Sprint(len(languages))}
	if m.NextAt == nil {
		return x.saveBegun(ctx, m, "mailing.launched", facts)
	}
	facts["at"] = m.NextAt.UTC().Format(time.RFC3339)
	return x.saveMailing(ctx, m, "mailing.scheduled", facts)
}

// saveBegun puts on record, once, that the first of a mailing leaves, and in the record of each other recommendation that a newsletter
// carries that it does: by whom, not to how many, which is for those who sent it. The records are held one after the other in one
// order, so that two newsletters never wait for each other.
func (x *act) saveBegun(ctx context.Context, m *models.Mailing, verb string, facts map[string]string) error {
	m.BegunAt = &x.now
	if err := x.saveState(ctx, m); err != nil {
		return err
	}
	records := m.Carried()
	if !slices.Contains(records, x.rec.ID) {
		records = append(records, x.rec.ID)
	}
	slices.SortFunc(records, func(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) })
	for _, id := range records {
		e := entry{verb: "mailing.carried", visibility: record.Network, objectKind: "mailing", object: m.ID, org: x.rec.OrganisationID, chain: id}
		if id == x.rec.ID {
			e.verb, e.facts = verb, facts
		}
		if err := x.note(ctx, e); err != nil {
			return err
		}
	}
	return nil
}

func (x *act) mailingIn(ctx context.Context, states ...models.MailingState) (*models.Mailing, error) {
	m, err := models.MailingByID(ctx, x.tx, x.process.ID)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(states, m.State) {
		return nil, apperr.About(apperr.CodeWrongStage, "mailing")
	}
	return m, nil
}

// saveState writes where a mailing stands, and of one that is being sent from now on, that it goes on.
func (x *act) saveState(ctx context.Context, m *models.Mailing) error {
	if err := m.SaveState(ctx, x.tx); err != nil || m.State != models.MailingSending {
		return err
	}
	return models.TouchMailing(ctx, x.tx, m.ID, x.now)
}

func (x *act) saveMailing(ctx context.Context, m *models.Mailing, verb string, facts map[string]string) error {
	if err := x.saveState(ctx, m); err != nil {
		return err
	}
	return x.note(ctx, entry{verb: verb, visibility: record.Network, objectKind: "mailing", object: m.ID, org: x.rec.OrganisationID, facts: facts})
}

func pauseMailing(ctx context.Context, x *act) error {
	m, err := x.mailingIn(ctx, models.MailingSending, models.MailingScheduled)
	if err != nil {
		return err
	}
	begun, err := models.MailingBegun(ctx, x.tx, m.ID)
	if err != nil {
		return err
	}
	if m.State = models.MailingPaused; begun { // one that has not keeps when it was to
		m.NextAt = nil
	}
	return x.saveMailing(ctx, m, "mailing.paused", nil)
}

func resumeMailing(ctx context.Context, x *act) error {
	m, err := x.mailingIn(ctx, models.MailingPaused)
	if err != nil {
		return err
	}
	if err := m.CheckOver(x.now, x.now, x.now); err != nil {
		return err
	}
	if err := m.GoOn(ctx, x.tx); err != nil {
		return err
	}
	m.ResumedAt = &x.now
	if m.NextAt != nil { // it waits again, if only for as long as it takes to see that its time has passed: see StartMailing
		m.State = models.MailingScheduled
	} else {
		m.Asks = false
	}
	return x.saveMailing(ctx, m, "mailing.resumed", nil)
}

// cancelMailing stops a mailing: what has not been claimed for sending will not be sent.
func cancelMailing(ctx context.Context, x *act) error {
	m, err := x.mailingIn(ctx, models.MailingDraft, models.MailingScheduled, models.MailingAsking, models.MailingSending, models.MailingPaused)
	if err != nil {
		return err
	}
	if err := x.closeTasks(ctx, models.TaskDone, ""); err != nil {
		return err
	}
	cancelled, err := models.CancelMailing(ctx, x.tx, m.ID, x.now)
	if err != nil {
		return err
	}
	m.State, m.FinishedAt = models.MailingCancelled, &x.now
	x.end()
	return x.saveMailing(ctx, m, "mailing.cancelled", map[string]string{"cancelled": fmt.Sprint(cancelled)})
}

// MailingBatch is how many mails of a mailing are claimed at once.
const MailingBatch = 1000

// SendMailing sends the next mails of a mailing. It returns how many it settled and how many are not settled yet:
// these wait for a later time, or are in another worker's hands. Where mail servers refuse it so that it must not go on, at once or
// in what came back of it, it says why.
//
// One that was being sent when everything stood still for long asks before it goes on, as one whose time passed does: nothing of it
// leaves, and it says since when. One whose event or days of writing are over by now rests, and RestMailing has it ask: nobody is
// invited to what is over, however slowly it went until then.
func (a *Activities) SendMailing(ctx context.Context, mailing uuid.UUID) (SendMailingResult, error) {
	if over, result, err := a.overMeanwhile(ctx, mailing); over || err != nil {
		return result, temporalError(err)
	}
	since, err := models.GoesOnAfter(ctx, a.DB, mailing, a.Now())
	if err != nil {
		return SendMailingResult{}, temporalError(err)
	}
	if since != nil {
		return SendMailingResult{Stop: &models.MailingStop{Reason: models.StopStale, Since: since, At: a.Now()}}, nil
	}
	if stop, err := mail.StopForReturned(ctx, a.DB, mailing, a.Now()); err != nil || stop != nil {
		return SendMailingResult{Stop: stop}, temporalError(err)
	}
	if err := models.QuietMailing(ctx, a.DB, mailing, a.Now()); err != nil {
		return SendMailingResult{}, temporalError(err)
	}
	settled, err := a.Mails.SendMailing(ctx, mailing, MailingBatch, func() { activity.RecordHeartbeat(ctx) })
	var stop *models.MailingStop
	if errors.As(err, &stop) { // whatever else fails: tried again, it would be sent once more before it stops
		return SendMailingResult{Settled: settled, Stop: stop}, nil
	}
	if err != nil {
		return SendMailingResult{}, temporalError(err)
	}
	counts, err := models.MailingCounts(ctx, a.DB, mailing)
	result := SendMailingResult{Settled: settled, Pending: counts.Pending()}
	if err != nil || result.Pending == 0 {
		return result, temporalError(err)
	}
	next, err := models.NextOfMailing(ctx, a.DB, mailing)
	result.Rests = restUntil(next, a.Now()) != nil
	return result, temporalError(err)
}

// overMeanwhile reports whether what a mailing is about is over while it is being sent, and what a batch comes to then.
func (a *Activities) overMeanwhile(ctx context.Context, mailing uuid.UUID) (bool, SendMailingResult, error) {
	var result SendMailingResult
	m, err := models.MailingByID(ctx, a.DB, mailing)
	if err != nil {
		return false, result, err
	}
	if over, err := m.Over(a.Now()); !over || err != nil {
		return false, result, err
	}
	counts, err := models.MailingCounts(ctx, a.DB, mailing)
	result.Pending, result.Rests = counts.Pending(), true
	return true, result, err
}

// SendMailingResult is what one batch came to.
type SendMailingResult struct {
	Settled int
	Pending int
	Stop    *models.MailingStop `json:",omitempty"` // why it must not go on before a person has looked at it
	Rests   bool                // nothing of it can leave for a while, or at all
}

// FinishMailing ends a mailing when every recipient is settled.
func (a *Activities) FinishMailing(ctx context.Context, s Step) (models.Position, error) {
	return a.step(ctx, s, "finish_mailing", func(ctx context.Context, x *act) error {
		m, err := models.MailingByID(ctx, x.tx, x.process.ID)
		if err != nil {
			return err
		}
		counts, err := models.MailingCounts(ctx, x.tx, m.ID)
		if err != nil {
			return err
		}
		if m.State != models.MailingSending || counts.Pending() > 0 {
			return errNotNow
		}
		m.State, m.FinishedAt = models.MailingSent, &x.now
		x.end()
		return x.saveMailing(ctx, m, "mailing.sent", map[string]string{"delivered": fmt.Sprint(counts.Delivered),
			"failed": fmt.Sprint(counts.Failed), "unknown": fmt.Sprint(counts.Unknown), "cancelled": fmt.Sprint(counts.Cancelled)})
	})
}
