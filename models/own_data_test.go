package models_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/models"
)

// TestTheMailsToSomebodyAreCalledAsTheyReadThem: their own name stands where a field did.
func TestTheMailsToSomebodyAreCalledAsTheyReadThem(t *testing.T) {
	b := newMailbox(t, 1)
	mailing := b.sending(t)
	execSQL(t, b.db, `DELETE FROM mailing_texts WHERE mailing_id = ?`, mailing)
	execSQL(t, b.db, `INSERT INTO mailing_texts (mailing_id, language, subject, body) VALUES (?, 'en', 'For {name}: {title}, with \{braces}', 'Read it.')`, mailing)
	p, err := models.PersonByID(t.Context(), b.db, b.people[0])
	require.NoError(t, err)
	mails, err := models.MailsToPerson(t.Context(), b.db, p)
	require.NoError(t, err)
	require.Len(t, mails, 1)
	require.Equal(t, "For Reader 0: …, with {braces}", mails[0].Subject)
}
