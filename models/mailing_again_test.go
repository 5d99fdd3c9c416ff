package models_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/models"
)

// TestAMailingKnowsByWhichOtherItsRestWasWrittenTo: how many of its recipients were, how many of them have it, and the other of which
// it is the rest.
func TestAMailingKnowsByWhichOtherItsRestWasWrittenTo(t *testing.T) {
	n := newEngagedNetwork(t)
	ctx := t.Context()
	_, people := n.everyOutcome(t)
	n.exec(t, `UPDATE recommendations SET published_at = now(), stage = 'done' WHERE id = ?`, n.about)
	n.exec(t, `INSERT INTO mailing_texts (mailing_id, language, subject, body, plain) VALUES (?, 'en', 'S', 'B', 'P')`, n.mailing)
	n.exec(t, `UPDATE mailings SET state = 'sent', launched_at = now() - interval '1 day', finished_at = now() WHERE id = ?`, n.mailing)
	rec, err := models.RecommendationByID(ctx, n.db, n.about)
	require.NoError(t, err)
	m, err := models.MailingByID(ctx, n.db, n.mailing)
	require.NoError(t, err)
	joined := n.person(t, "joined", models.RoleReader, n.lead, consents)
	rest, err := models.CreateRest(ctx, n.db, m, rec, models.Again{}, n.officer.ID, time.Now())
	require.NoError(t, err)
	none, err := models.RestsOf(ctx, n.db, m, "en")
	require.NoError(t, err)
	require.Empty(t, none, "it is a draft")

	n.exec(t, `UPDATE mailings SET state = 'sending', launched_at = now() WHERE id = ?`, rest.ID)
	n.mailTo(t, rest.ID, people["given_up"], models.MailDelivered, "250 ok")
	n.mailTo(t, rest.ID, people["told_not"], models.MailFailed, "550 no")
	n.mailTo(t, rest.ID, people["unwanted"], models.MailCancelled, models.ReplyUnwanted)
	n.mailTo(t, rest.ID, joined, models.MailDelivered, "250 ok")
	list, err := models.RestsOf(ctx, n.db, m, "bg")
	require.NoError(t, err)
	require.Len(t, list, 1)
	require.Equal(t, rest.ID, list[0].ID)
	require.Equal(t, "S", list[0].Subject)
	require.Equal(t, [2]int{2, 1}, [2]int{list[0].People, list[0].Got}, "neither who joined since nor whose mail was called off")
	next, err := models.MailingByID(ctx, n.db, rest.ID)
	require.NoError(t, err)
	none, err = models.RestsOf(ctx, n.db, next, "en")
	require.NoError(t, err)
	require.Empty(t, none)
	of, err := models.RestOfWhich(ctx, n.db, next, "en")
	require.NoError(t, err)
	require.Len(t, of, 1)
	require.Equal(t, n.mailing, of[0].ID)
	of, err = models.RestOfWhich(ctx, n.db, m, "en")
	require.NoError(t, err)
	require.Empty(t, of)
}
