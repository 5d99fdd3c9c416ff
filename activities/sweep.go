package activities

import (
	"context"
	"time"

	"tribuna/models"
)

// A submission is sent again when it has been without an outcome for this long.
const resendAfter = 15 * time.Second

// keepKeys is how long a creating request can be sent again and find what it created.
const keepKeys = 30 * 24 * time.Hour

// keepAbandoned is how long a file is kept whose words were never sent.
const keepAbandoned = 7 * 24 * time.Hour

// keepSuggested is how long after its round it is kept whom experts suggested.
const keepSuggested = 30 * 24 * time.Hour

// keepEndedLinks is how long links to accounts are kept after they ended.
const keepEndedLinks = 30 * 24 * time.Hour

// One submission whose process does not answer must not keep the others waiting: each is waited for so long, and all of
// one sweep so long together.
const (
	resendPatience = 5 * time.Second
	resendFor      = time.Minute
)

// sweepLimit bounds what one sweep does; the next one goes on.
const sweepLimit = 200

// SweepResult says what a sweep did.
type SweepResult struct {
	Started, Resent, Failed int
}

// StartOpen makes sure that open processes run: those never started first, then those not made sure of for longest. What
// is over is what the rows say, whatever Temporal remembers.
func (a *Activities) StartOpen(ctx context.Context) (SweepResult, error) {
	var result SweepResult
	open, err := models.OpenProcesses(ctx, a.DB, sweepLimit)
	if err != nil {
		return result, temporalError(err)
	}
	for _, p := range open {
		if err := a.Processes.Start(ctx, p); err != nil {
			a.Log.WarnContext(ctx, "process not started", "process", p.ID, "error", err)
			result.Failed++
			continue
		}
		result.Started++
	}
	return result, nil
}

// ResendUnsettled tells the processes again what they have not settled, under the same ids.
func (a *Activities) ResendUnsettled(ctx context.Context) (SweepResult, error) {
	var result SweepResult
	waiting, err := models.Unsettled(ctx, a.DB, a.Now().Add(-resendAfter), sweepLimit)
	if err != nil {
		return result, temporalError(err)
	}
	until := a.Now().Add(resendFor)
	for i := range waiting {
		if a.Now().After(until) {
			break
		}
		if err := a.resend(ctx, &waiting[i]); err != nil {
			a.Log.WarnContext(ctx, "submission not settled", "submission", waiting[i].ID, "error", err)
			result.Failed++
			continue
		}
		result.Resent++
	}
	return result, nil
}

func (a *Activities) resend(ctx context.Context, s *models.Submission) error {
	ctx, cancel := context.WithTimeout(ctx, resendPatience)
	defer cancel()
	if err := models.MarkSent(ctx, a.DB, s.ID, a.Now()); err != nil {
		return err
	}
	_, err := a.Processes.Tell(ctx, s)
	return err
}

// CleanUp removes what has run out: sign-ins, links to accounts, counted attempts, files that belong to nothing on record, files that were
// brought for an import, words that were never sent, requests to be subscribed that nobody confirmed and the keys of requests.
func (a *Activities) CleanUp(ctx context.Context) error {
	if _, err := models.DeleteExpiredSessions(ctx, a.DB, a.Now()); err != nil {
		return temporalError(err)
	}
	if _, err := models.DeleteOldAttempts(ctx, a.DB, a.Now().Add(-24*time.Hour)); err != nil {
		return temporalError(err)
	}
	if err := models.EmptyAbandonedAttachments(ctx, a.DB, a.Now().Add(-keepAbandoned), a.Now()); err != nil {
		return temporalError(err)
	}
	if err := models.ForgetContactFiles(ctx, a.DB, a.Now()); err != nil {
		return temporalError(err)
	}
	if err := models.DeleteOldImportFiles(ctx, a.DB, a.Now().Add(-24*time.Hour)); err != nil {
		return temporalError(err)
	}
	if err := models.CompactFollowUpCounts(ctx, a.DB); err != nil {
		return temporalError(err)
	}
	if err := models.DeleteOldAccountLinks(ctx, a.DB, a.Now().Add(-keepEndedLinks)); err != nil {
		return temporalError(err)
	}
	if err := models.CompactRecommendationCounts(ctx, a.DB); err != nil {
		return temporalError(err)
	}
	if err := models.DeleteOldKept(ctx, a.DB, a.Now().Add(-models.UnsentFor)); err != nil {
		return temporalError(err)
	}
	if err := models.ForgetSuggestions(ctx, a.DB, a.Now().Add(-keepSuggested), a.Now()); err != nil {
		return temporalError(err)
	}
	if err := models.DeleteOldSubscriptionRequests(ctx, a.DB, a.Now()); err != nil {
		return temporalError(err)
	}
	return temporalError(models.DeleteOldKeys(ctx, a.DB, a.Now().Add(-keepKeys)))
}

// Examine notes that the sweep came by, and keeps what is not as it should be where operators see it. It comes last, so
// that what the sweep made good is not found.
func (a *Activities) Examine(ctx context.Context) error {
	if err := models.MarkSwept(ctx, a.DB, a.Now()); err != nil {
		return temporalError(err)
	}
	return temporalError(a.Processes.ExamineSome(ctx))
}
