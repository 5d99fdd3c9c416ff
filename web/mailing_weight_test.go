package web

import (
	"html"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/internal/i18n"
	"tribuna/models"
)

func TestALetterThatManyGetIsSaidToBeHeavy(t *testing.T) {
	l := i18n.For("en")
	require.Nil(t, weightOf(l, 13<<10, 1_000_000), "words alone")
	require.Nil(t, weightOf(l, 700<<10, 1000), "to few")
	require.Equal(t, &weightView{Letter: "700 KB", Gigabytes: "67"}, weightOf(l, 700<<10, 100_000))
}

// TestWhoLaunchesHeavyLettersIsTold: a megabyte that goes along, to more than a thousand readers.
func TestWhoLaunchesHeavyLettersIsTold(t *testing.T) {
	n := newOffice(t)
	n.publish()
	m, path := n.draftMailing()
	b := n.as("officer-khc", "en")
	require.NotContains(t, b.get(path+"/launch").Body, i18n.For("en").T("mailing_file.heavy"))

	_, err := n.db.NewRaw(`WITH added AS (INSERT INTO people (id, name, email, language, country_code, consent_at)
			SELECT gen_random_uuid(), 'Reader ' || i, 'more-' || i || '@readers.example', 'en', 'HR', now() FROM generate_series(1, 1200) AS i RETURNING id)
		INSERT INTO roles (person_id, organisation_id, role) SELECT id, ?, ? FROM added`, n.brief.OrganisationID, models.RoleReader).Exec(t.Context())
	require.NoError(t, err)
	file, err := models.NewMailingFile("brief.pdf", append([]byte("%PDF-1.4\n"), make([]byte, 1<<20)...), models.MailingFileInput{Place: models.PlaceAttached})
	require.NoError(t, err)
	require.NoError(t, file.Insert(t.Context(), n.db, m.ID, n.officer.ID, time.Now()))
	for _, tag := range i18n.Tags() {
		page := n.as("officer-khc", tag).get(path + "/launch")
		sound(t, page)
		require.Contains(t, html.UnescapeString(page.Body), i18n.For(tag).T("mailing_file.heavy"), tag)
	}
}
