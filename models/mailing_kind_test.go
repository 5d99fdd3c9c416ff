package models_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/apperr"
	"tribuna/models"
)

// kinds is a network with two published recommendations, each in English and Bulgarian, and two authorities, one of which has an
// address.
type kinds struct {
	series
	other              uuid.UUID
	ministry, mute     uuid.UUID
	english, bulgarian string // titles of the other
}

func newKinds(t *testing.T) kinds {
	t.Helper()
	k := kinds{series: newSeries(t), ministry: models.NewID(), mute: models.NewID(), english: "Mentors", bulgarian: "Наставници"}
	k.exec(t, `INSERT INTO languages (tag, endonym) VALUES ('en','English'), ('bg','български'), ('ro','română') ON CONFLICT DO NOTHING`)
	k.other = k.recommendation(t, k.officer)
	k.exec(t, `UPDATE recommendations SET published_at = now(), stage = 'done', slug = 'mentors' WHERE id = ?`, k.other)
	version, publication := models.NewID(), models.NewID()
	k.exec(t, `INSERT INTO versions (id, recommendation_id, number, title, body, measures, hash, created_by, created_at)
		VALUES (?, ?, 1, 'T', 'B', '[]', 'h', ?, now())`, version, k.other, k.officer.ID)
	k.exec(t, `INSERT INTO publications (id, recommendation_id, version_id, published_at) VALUES (?, ?, ?, now())`,
		publication, k.other, version)
	k.exec(t, `INSERT INTO publication_texts (publication_id, language, title, body, measures) VALUES (?, 'en', ?, 'Fund them.', '[]'), (?, 'bg', ?, 'Финансирайте.', '[]')`,
		publication, k.english, publication, k.bulgarian)
	k.exec(t, `INSERT INTO authorities (id, slug, level, names, email) VALUES (?, 'k-ministry', 'european', '{"en":"Ministry"}', 'office@ministry.example')`, k.ministry)
	k.exec(t, `INSERT INTO authorities (id, slug, level, names) VALUES (?, 'k-mute', 'european', '{"en":"Nobody knows where"}')`, k.mute)
	return k
}

func (k kinds) newsletter() models.MailingInput {
	return models.MailingInput{Kind: models.MailingKindNewsletter, FallbackLanguage: "en", Audience: models.Audience{Roles: []string{models.RoleReader}},
		Texts: []models.MailingText{{Language: "en", Subject: "Spring", Body: "Hello."}},
		MailingContent: models.MailingContent{Items: []models.MailingItem{
			{Texts: []models.MailingItemText{{Language: "en", Heading: "A meeting", Body: "Come."}}, Link: "https://example.org/meeting"},
			{RecommendationID: &k.other}, {RecommendationID: &k.about}}}}
}

func (k kinds) toRepresentatives() models.MailingInput {
	return models.MailingInput{Kind: models.MailingKindRepresentative, FallbackLanguage: "en", Audience: models.Audience{Roles: []string{models.RoleReader}},
		Texts: []models.MailingText{{Language: "en", Subject: "Write", Body: "Please."}},
		MailingContent: models.MailingContent{Authorities: []uuid.UUID{k.ministry},
			Letters: []models.PreparedLetter{{Language: "en", Subject: "Mentors", Body: "Dear Minister,\nfund them."}, {Language: "bg", Subject: "Наставници", Body: "Уважаеми,"}}}}
}

func (k kinds) create(t *testing.T, in models.MailingInput) *models.Mailing {
	t.Helper()
	m, err := models.CreateMailing(t.Context(), k.db, k.rec, in, k.officer.ID, noon)
	require.NoError(t, err)
	m, err = models.MailingByID(t.Context(), k.db, m.ID)
	require.NoError(t, err)
	return m
}

func TestANewsletterKeepsItsItemsInOrder(t *testing.T) {
	k := newKinds(t)
	m := k.create(t, k.newsletter())
	require.Equal(t, models.MailingKindNewsletter, m.Kind)
	require.Len(t, m.Items, 3)
	require.Equal(t, "A meeting", m.Items[0].Text("bg", "en").Heading, "who reads another language gets the fallback")
	require.Equal(t, []uuid.UUID{k.other, k.about}, m.Carried())

	in := k.newsletter()
	in.Kind = ""
	in.Items = []models.MailingItem{in.Items[2], in.Items[1]}
	m, err := models.EditMailing(t.Context(), k.db, m.ID, 1, in, noon)
	require.NoError(t, err)
	m, err = models.MailingByID(t.Context(), k.db, m.ID)
	require.NoError(t, err)
	require.Equal(t, []uuid.UUID{k.about, k.other}, m.Carried())
	in.Kind = models.MailingKindCampaign
	_, err = models.EditMailing(t.Context(), k.db, m.ID, 2, in, noon)
	var refused *apperr.Error
	require.ErrorAs(t, err, &refused)
	require.Equal(t, "kind", refused.Fields[0].Path, "a mailing stays what it began as")

	texts, err := models.CarriedTexts(t.Context(), k.db, m.Carried(), "bg")
	require.NoError(t, err)
	require.Equal(t, k.bulgarian, texts[k.other].Title)
	texts, err = models.CarriedTexts(t.Context(), k.db, m.Carried(), "ro")
	require.NoError(t, err)
	require.Equal(t, "en", texts[k.other].Language, "in English where it is not in the reader's")
	require.NoError(t, m.CheckCarried(t.Context(), k.db))
	k.exec(t, `UPDATE recommendations SET quarantined_at = now() WHERE id = ?`, k.other)
	require.Error(t, m.CheckCarried(t.Context(), k.db), "what is hidden is in no newsletter")
	texts, err = models.CarriedTexts(t.Context(), k.db, m.Carried(), "bg")
	require.NoError(t, err)
	require.NotContains(t, texts, k.other)
}

func TestWhatAMailingOfAKindCannotBe(t *testing.T) {
	k := newKinds(t)
	draft := k.recommendation(t, k.officer)
	for name, c := range map[string]struct {
		in     models.MailingInput
		change func(*models.MailingInput)
		field  string
		code   string
	}{
		"no such kind":      {k.newsletter(), func(in *models.MailingInput) { in.Kind = "spam" }, "kind", "oneof"},
		"without its own":   {k.newsletter(), func(in *models.MailingInput) { in.Items = in.Items[:2] }, "items", "newsletter_own"},
		"twice":             {k.newsletter(), func(in *models.MailingInput) { in.Items[1].RecommendationID = &k.about }, "items[2]", "unique"},
		"a draft":           {k.newsletter(), func(in *models.MailingInput) { in.Items[1].RecommendationID = &draft }, "items", "newsletter_published"},
		"an empty item":     {k.newsletter(), func(in *models.MailingInput) { in.Items[0].Texts = nil }, "items[0]", "newsletter_item"},
		"both":              {k.newsletter(), func(in *models.MailingInput) { in.Items[0].RecommendationID = &k.other }, "items[0]", "newsletter_item"},
		"not for the rest":  {k.newsletter(), func(in *models.MailingInput) { in.Items[0].Texts[0].Language = "bg" }, "items[0]", "fallback_text"},
		"a picture in one":  {k.newsletter(), func(in *models.MailingInput) { in.Items[0].Texts[0].Body = "![a map](map.png)" }, "items[0].texts[0].body", "mailing_item_picture"},
		"a field in one":    {k.newsletter(), func(in *models.MailingInput) { in.Items[0].Texts[0].Body = "Dear {name}" }, "items[0].texts[0].body", "mailing_field_here"},
		"a field on top":    {k.newsletter(), func(in *models.MailingInput) { in.Items[0].Texts[0].Heading = "{nonsense}" }, "items[0].texts[0].heading", "mailing_field_here"},
		"a letter in news":  {k.newsletter(), func(in *models.MailingInput) { in.Authorities = []uuid.UUID{k.ministry} }, "authorities", "must_be_empty"},
		"news in a letter":  {k.toRepresentatives(), func(in *models.MailingInput) { in.Items = k.newsletter().Items }, "items", "must_be_empty"},
		"to nobody":         {k.toRepresentatives(), func(in *models.MailingInput) { in.Authorities = nil }, "authorities", "required"},
		"to nowhere":        {k.toRepresentatives(), func(in *models.MailingInput) { in.Authorities = []uuid.UUID{k.ministry, k.mute} }, "authorities", "addressee"},
		"letter of nothing": {k.toRepresentatives(), func(in *models.MailingInput) { in.Letters = in.Letters[1:] }, "letters", "fallback_text"},
		"a letter of field": {k.toRepresentatives(), func(in *models.MailingInput) { in.Letters[1].Body = "See {nonsense}" }, "letters[1].body", "mailing_field_here"},
		"a field above it":  {k.toRepresentatives(), func(in *models.MailingInput) { in.Letters[0].Subject = "For {name}" }, "letters[0].subject", "mailing_field_here"},
		"a campaign":        {k.toRepresentatives(), func(in *models.MailingInput) { in.Kind = "" }, "letters", "must_be_empty"},
		"an end of news":    {k.newsletter(), func(in *models.MailingInput) { in.WriteUntil = on(2026, 5, 1) }, "write_until", "must_be_empty"},
		"an end long ago":   {k.toRepresentatives(), func(in *models.MailingInput) { in.WriteUntil = on(206, 5, 1) }, "write_until", "range"},
		"unknown language":  {k.toRepresentatives(), func(in *models.MailingInput) { in.Letters[1].Language = "xx" }, "letters[1].language", "unknown"},
	} {
		t.Run(name, func(t *testing.T) {
			c.change(&c.in)
			_, err := models.CreateMailing(t.Context(), k.db, k.rec, c.in, k.officer.ID, noon)
			require.Equal(t, apperr.CodeInvalid, apperr.CodeOf(err), "%v", err)
			var e *apperr.Error
			require.ErrorAs(t, err, &e)
			require.NotEmpty(t, e.Fields)
			require.Equal(t, c.field, e.Fields[0].Path)
			require.Equal(t, "error.field."+c.code, e.Fields[0].Key)
		})
	}
}

func TestWhoSaysTheyWroteIsCountedAndHasActed(t *testing.T) {
	k := newKinds(t)
	m := k.create(t, k.toRepresentatives())
	require.Equal(t, "bg", m.Letter("bg").Language)
	require.Equal(t, "en", m.Letter("ro").Language)
	require.Equal(t, []uuid.UUID{k.ministry}, m.Authorities)
	_, err := models.WritingOpen(t.Context(), k.db, m.ID)
	require.Equal(t, apperr.CodeNotFound, apperr.CodeOf(err), "a draft is nobody's to read")
	k.exec(t, `UPDATE mailings SET state = 'sending', launched_at = now() WHERE id = ?`, m.ID)
	_, err = models.WritingOpen(t.Context(), k.db, m.ID)
	require.NoError(t, err)
	_, err = models.WritingOpen(t.Context(), k.db, k.mailing)
	require.Equal(t, apperr.CodeNotFound, apperr.CodeOf(err), "a campaign has no letter")

	reader := k.person(t, "writer", models.RoleReader, k.lead, consents)
	k.person(t, "silent", models.RoleReader, k.lead, consents)
	asked := func() int {
		a := models.Audience{Roles: []string{models.RoleReader}, Except: models.Exclusions{Acted: true}, About: k.about}
		n, err := models.MailingAudience(t.Context(), k.db, a).Count(t.Context())
		require.NoError(t, err)
		return int(n)
	}
	before := asked()
	for range 2 {
		require.NoError(t, models.SayWritten(t.Context(), k.db, m.ID, reader.ID, true, time.Now()))
	}
	people, theirs, err := models.WrittenCount(t.Context(), k.db, m.ID, reader.ID)
	require.NoError(t, err)
	require.Equal(t, 1, people, "saying it twice is writing once")
	require.True(t, theirs)
	require.Equal(t, before-1, asked(), "who wrote is not asked again")
	k.got(t, m.ID, reader, models.MailDelivered)
	k.exec(t, `UPDATE people SET country_code = 'BG' WHERE id = ?`, reader.ID)
	for f, want := range map[models.OutcomeFilter]int{{}: 1, {Country: "BG", Language: "en"}: 1, {Country: "RO"}: 0, {Language: "bg"}: 0, {Outcome: models.OutcomeRefused}: 1} {
		wrote, err := models.WrittenBy(t.Context(), k.db, m.ID, f)
		require.NoError(t, err)
		require.Equal(t, want, wrote, "%v", f)
	}
	require.NoError(t, models.SayWritten(t.Context(), k.db, m.ID, reader.ID, false, time.Now()))
	people, theirs, err = models.WrittenCount(t.Context(), k.db, m.ID, reader.ID)
	require.NoError(t, err)
	require.Zero(t, people)
	require.False(t, theirs)
	require.Equal(t, before, asked())

	uses, err := models.AuthorityUses(t.Context(), k.db, k.ministry)
	require.NoError(t, err)
	require.NotEmpty(t, uses, "an authority that readers write to is in use")
	k.exec(t, `UPDATE recommendations SET quarantined_at = now() WHERE id = ?`, k.about)
	_, err = models.WritingOpen(t.Context(), k.db, m.ID)
	require.Equal(t, apperr.CodeNotFound, apperr.CodeOf(err), "what is hidden is hidden here too")
}

func TestTheRestGetTheSameKind(t *testing.T) {
	k := newKinds(t)
	for _, in := range []models.MailingInput{k.newsletter(), k.toRepresentatives()} {
		m := k.create(t, in)
		k.exec(t, `UPDATE mailings SET state = 'sent', launched_at = now() WHERE id = ?`, m.ID)
		m, err := models.MailingByID(t.Context(), k.db, m.ID)
		require.NoError(t, err)
		rest, err := models.CreateRest(t.Context(), k.db, m, k.rec, models.Again{}, k.officer.ID, noon)
		require.NoError(t, err)
		rest, err = models.MailingByID(t.Context(), k.db, rest.ID)
		require.NoError(t, err)
		require.Equal(t, m.Kind, rest.Kind)
		require.Equal(t, m.Carried(), rest.Carried())
		require.Equal(t, m.Authorities, rest.Authorities)
		require.Len(t, rest.Letters, len(m.Letters))
	}
}

func TestAMailingKnowsWhichTextsNameWhatIsNotPublished(t *testing.T) {
	k := newKinds(t)
	m := &models.Mailing{RecommendationID: k.other, Texts: []models.MailingText{
		{Language: "bg", Subject: "{title}", Body: "{link}"}, {Language: "en", Subject: "S", Body: "{link}"},
		{Language: "ro", Subject: "S", Body: "{link} {name}", Plain: "{title}"}, {Language: "sq", Subject: "S", Body: `\{link} {name}`}}}
	gap, err := m.EditionGap(t.Context(), k.db, "")
	require.NoError(t, err)
	require.Equal(t, &models.EditionGap{Languages: []string{"ro"}, Fields: []models.MailingField{models.FieldTitle, models.FieldLink}, Given: "en"}, gap)
	for _, language := range []string{"bg", "en", "sq"} {
		gap, err = m.EditionGap(t.Context(), k.db, language)
		require.NoError(t, err)
		require.Nil(t, gap, language)
	}
	m.RecommendationID = k.recommendation(t, k.officer)
	gap, err = m.EditionGap(t.Context(), k.db, "")
	require.NoError(t, err)
	require.Nil(t, gap, "it is not published at all")
}
