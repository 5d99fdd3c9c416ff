package web

import (
	"html/template"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/i18n"
	"tribuna/models"
)

// TestPagesLeadToTheMailingByWhichTheRestWasWrittenTo: a mailing and its report say which later one it was, for how many and how many
// have it by now, and that one says whose rest it is.
func TestPagesLeadToTheMailingByWhichTheRestWasWrittenTo(t *testing.T) {
	h := newHouse(t)
	h.publish()
	m, mails := h.sentMailing()
	rest, err := models.CreateRest(t.Context(), h.db, m, h.brief, models.Again{}, h.person("officer-khc").ID, time.Now())
	require.NoError(t, err)
	first, second := mailingPath(m.ID), mailingPath(rest.ID)
	link := func(path string) string { return `<a href="` + path + `" lang="en">The subject</a>` }
	for _, path := range []string{first, first + "/report"} {
		require.NotContains(t, h.as("officer-khc", "en").get(path).Body, second, "nobody was written to by a draft")
	}

	again := func(mail uuid.UUID, state models.MailState) {
		h.exec(`INSERT INTO outbox (id, kind, person_id, language, recommendation_id, mailing_id, state, not_before, created_at, finished_at)
			SELECT gen_random_uuid(), kind, person_id, language, recommendation_id, ?, ?, not_before, created_at, now() FROM outbox WHERE id = ?`, rest.ID, state, mail)
	}
	again(mails[models.MailQueued], models.MailDelivered)
	again(mails[models.MailCancelled], models.MailFailed)
	h.exec(`UPDATE mailings SET state = 'sent', launched_at = now(), begun_at = now(), finished_at = now() WHERE id = ?`, rest.ID)
	for _, tag := range i18n.Tags() {
		l, b := i18n.For(tag), h.as("officer-khc", tag)
		for _, path := range []string{first, first + "/report"} {
			page := b.get(path)
			sound(t, page)
			require.Contains(t, page.Body, template.HTMLEscapeString(l.T("mailing.rest.since")))
			require.Contains(t, page.Body, template.HTMLEscapeString(l.T("mailing.rest.again", "People", "2", "Got", "1"))+" · "+link(second))
			require.NotContains(t, page.Body, template.HTMLEscapeString(l.T("mailing.rest.of")))
		}
		for _, path := range []string{second, second + "/report"} {
			page := b.get(path)
			sound(t, page)
			require.Contains(t, page.Body, template.HTMLEscapeString(l.T("mailing.rest.of"))+": "+link(first))
			require.NotContains(t, page.Body, template.HTMLEscapeString(l.T("mailing.rest.since")))
		}
	}
}
