package models_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/apperr"
	"tribuna/models"
)

func TestDecisionIDForms(t *testing.T) {
	for _, id := range []string{"01J9ZC7W", "a-b_c.d-", uuid.NewString(), strings.Repeat("x", 100)} {
		require.True(t, models.ValidDecisionID(id), id)
	}
	for _, id := range []string{"", "short12", "open_review:3", "with space", "форма-0001", "a/b/c/d/e", "12345678\n", strings.Repeat("x", 101)} {
		require.False(t, models.ValidDecisionID(id), id)
		_, err := models.NewSubmission(uuid.New(), id, models.DecideHold, uuid.New(), models.NoPayload{})
		require.Equal(t, []string{"decision_id"}, blamed(err), id)
	}
}

// inbox is a recommendation's process with somebody who speaks to it.
type inbox struct {
	network
	process uuid.UUID
	who     models.Person
}

func newInbox(t *testing.T) inbox {
	t.Helper()
	n := newNetwork(t)
	who := n.person(t, "officer", models.RoleOfficer, n.partner)
	return inbox{network: n, process: n.recommendation(t, who), who: who}
}

func (i inbox) said(t *testing.T, reason string, change ...func(*models.Submission)) *models.Submission {
	t.Helper()
	s, err := models.NewSubmission(i.process, "the-same-form", models.DecideHold, i.who.ID, models.ReasonPayload{Reason: reason})
	require.NoError(t, err)
	for _, c := range change {
		c(s)
	}
	return s
}

func TestReceiveTwiceIsOnce(t *testing.T) {
	i := newInbox(t)
	first, err := models.Receive(t.Context(), i.db, i.said(t, "Elections."), noon)
	require.NoError(t, err)
	again, err := models.Receive(t.Context(), i.db, i.said(t, "Elections."), noon.Add(time.Hour))
	require.NoError(t, err)
	require.Equal(t, first.ID, again.ID)
	require.Equal(t, noon, again.ReceivedAt.UTC(), "as received first")
	require.Equal(t, models.SubmissionReceived, again.State)
}

func TestReceiveOtherWordsUnderTheSameIDAreRefused(t *testing.T) {
	i := newInbox(t)
	other := i.person(t, "colleague", models.RoleOfficer, i.partner)
	_, err := models.Receive(t.Context(), i.db, i.said(t, "Elections."), noon)
	require.NoError(t, err)
	for name, s := range map[string]*models.Submission{
		"other words":       i.said(t, "Holidays."),
		"another kind":      i.said(t, "Elections.", func(s *models.Submission) { s.Kind = models.DecideWithdraw }),
		"somebody else":     i.said(t, "Elections.", func(s *models.Submission) { s.ActorID = other.ID }),
		"for somebody else": i.said(t, "Elections.", func(s *models.Submission) { s.OnBehalfOf, s.BehalfNote = &other.ID, "By letter." }),
		"how it came":       i.said(t, "Elections.", func(s *models.Submission) { s.BehalfNote = "By letter." }),
	} {
		_, err := models.Receive(t.Context(), i.db, s, noon)
		require.Equal(t, apperr.CodeOtherWords, apperr.CodeOf(err), name)
	}
	n, err := i.db.NewSelect().Model((*models.Submission)(nil)).Count(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 1, n)
}

func TestReceiveTheSameIDInAnotherProcessIsAnother(t *testing.T) {
	i := newInbox(t)
	first, err := models.Receive(t.Context(), i.db, i.said(t, "Elections."), noon)
	require.NoError(t, err)
	elsewhere := i.said(t, "Elections.", func(s *models.Submission) { s.ProcessID = i.recommendation(t, i.who) })
	second, err := models.Receive(t.Context(), i.db, elsewhere, noon)
	require.NoError(t, err)
	require.NotEqual(t, first.ID, second.ID)
}

func TestReceiveAtOnceIsOnce(t *testing.T) {
	i := newInbox(t)
	ids, errs := make([]uuid.UUID, 20), make([]error, 20)
	var done sync.WaitGroup
	for k := range ids {
		s := i.said(t, "Elections.")
		done.Go(func() {
			stored, err := models.Receive(t.Context(), i.db, s, noon)
			if errs[k] = err; err == nil {
				ids[k] = stored.ID
			}
		})
	}
	done.Wait()
	for k := range ids {
		require.NoError(t, errs[k])
		require.Equal(t, ids[0], ids[k])
	}
}

func TestSettleKeepsTheFirstOutcome(t *testing.T) {
	i := newInbox(t)
	s, err := models.Receive(t.Context(), i.db, i.said(t, "Elections."), noon)
	require.NoError(t, err)
	refusal := models.Refusal(apperr.Invalid("expected", "audience_changed", "count", 3), noon)
	require.NoError(t, s.Settle(t.Context(), i.db, refusal))
	late := *s
	require.NoError(t, late.Settle(t.Context(), i.db, models.Outcome{State: models.SubmissionRecorded, DecidedAt: noon.Add(time.Hour)}))

	stored, err := models.SubmissionByID(t.Context(), i.db, s.ID)
	require.NoError(t, err)
	require.Equal(t, models.SubmissionRefused, stored.State)
	require.Equal(t, []string{"expected"}, blamed(stored.Outcome.Err()), "the refusal can be told again, field by field")
	require.Equal(t, noon, stored.SettledAt.UTC())
	require.NoError(t, models.Outcome{State: models.SubmissionRecorded}.Err())
	require.NoError(t, models.Outcome{State: models.SubmissionReceived}.Err())
}

func TestUnsettledIsWhatWasNeitherSettledNorSentLately(t *testing.T) {
	i := newInbox(t)
	receive := func(id string, at time.Time) *models.Submission {
		s := i.said(t, "Elections.", func(s *models.Submission) { s.DecisionID = id })
		stored, err := models.Receive(t.Context(), i.db, s, at)
		require.NoError(t, err)
		return stored
	}
	forgotten := receive("forgotten", noon.Add(-time.Hour))
	sentOnce := receive("sent-once", noon.Add(-2*time.Hour))
	require.NoError(t, models.MarkSent(t.Context(), i.db, sentOnce.ID, noon.Add(-time.Hour)))
	sentNow := receive("sent-now", noon.Add(-2*time.Hour))
	require.NoError(t, models.MarkSent(t.Context(), i.db, sentNow.ID, noon))
	settled := receive("settled-1", noon.Add(-2*time.Hour))
	require.NoError(t, settled.Settle(t.Context(), i.db, models.Outcome{State: models.SubmissionRecorded, DecidedAt: noon}))
	receive("just-came", noon)

	list, err := models.Unsettled(t.Context(), i.db, noon.Add(-time.Minute), 10)
	require.NoError(t, err)
	require.Len(t, list, 2)
	require.Equal(t, []uuid.UUID{sentOnce.ID, forgotten.ID}, []uuid.UUID{list[0].ID, list[1].ID}, "oldest first")
}
