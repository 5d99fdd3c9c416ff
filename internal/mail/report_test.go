package mail_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"tribuna/internal/mail"
	"tribuna/models"
)

func TestAMailAboutAReportNamesNothingAndOthersWaitWhileATextIsHidden(t *testing.T) {
	n := newNetwork(t)
	task := n.task(models.TaskReview, n.expert, nil)
	invitation := n.mail(models.MailReviewInvitation, n.expert, "en", task)
	require.NoError(t, models.Enqueue(t.Context(), n.db, &invitation))
	rec, err := models.RecommendationByID(t.Context(), n.db, task.RecommendationID)
	require.NoError(t, err)
	by, err := models.PersonByID(t.Context(), n.db, n.coordinator)
	require.NoError(t, err)
	var report *models.ContentReport
	require.NoError(t, n.db.RunInTx(t.Context(), nil, func(ctx context.Context, tx bun.Tx) (err error) {
		if report, err = models.ReportContent(ctx, tx, rec, models.ReportInput{Kind: models.ReportChild, Reason: "It names Mira."}, nil, monday); err != nil {
			return err
		}
		_, err = models.Quarantine(ctx, tx, rec.ID, by, monday)
		return err
	}))
	for person, leads := range map[string]string{"coordinator": "/administration/reports/", "officer": "/recommendations/"} {
		to := n.officer
		if person == "coordinator" {
			to = n.coordinator
		}
		for _, language := range []string{"en", "bg"} {
			m := n.mail(models.MailContentReported, to, language, nil)
			m.RecommendationID, m.Data.Report = &rec.ID, &report.ID
			letter, err := n.compose(m)
			require.NoError(t, err)
			for _, half := range []string{letter.Subject, letter.Text, letter.HTML} {
				require.NotContains(t, half, "Mira")
				require.NotContains(t, half, "Leaving care")
			}
			require.Contains(t, letter.Text, leads+rec.ID.String())
		}
	}
	_, err = n.compose(invitation)
	require.ErrorAs(t, err, new(mail.NotYet))
}
