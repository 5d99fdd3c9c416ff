package models_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/apperr"
	"tribuna/models"
)

// find looks for words and returns what was counted and shown, by kind.
func (d *desk) find(t *testing.T, v models.Viewer, f models.SearchFilter) (counts map[models.SearchKind]int, hits map[models.SearchKind][]models.SearchHit) {
	t.Helper()
	if f.Limit == 0 {
		f.Limit = 10
	}
	groups, err := v.Search(t.Context(), d.db, f, models.SearchKinds()...)
	require.NoError(t, err)
	require.Len(t, groups, len(models.SearchKinds()))
	counts, hits = map[models.SearchKind]int{}, map[models.SearchKind][]models.SearchHit{}
	for _, g := range groups {
		require.Len(t, g.Hits, min(g.Count, f.Limit), "%s: what is counted is what is shown", g.Kind)
		if g.Count > 0 {
			counts[g.Kind], hits[g.Kind] = g.Count, g.Hits
		}
	}
	return counts, hits
}

func TestLettersAreComparedWithoutCaseAccentsAndAlphabet(t *testing.T) {
	d := newDesk(t)
	for stands, typed := range map[string][]string{
		"Zaštita djece":             {"zastita", "ZAŠT", "заштита", "djec zas"},
		"Закрила на децата":         {"закрил", "ЗАКРИЛА НА", "zakrila", "деца"},
		"Mbrojtja e fëmijëve":       {"femij", "Fëmijëve", "mbrojtja-e"},
		"Îngrijirea copiilor, 2030": {"ingrijire", "copii", "2030", "îngrijirea copiilor"},
		"Đorđević & Љубица":         {"dordevic", "ljubica", "Љубица", "đor"},
		"Софийска община":           {"sofijska", "софийска", "obst"},
	} {
		for _, words := range typed {
			var found bool
			require.NoError(t, d.db.NewRaw("SELECT search_words(?) @@ search_query(?)", stands, words).Scan(t.Context(), &found))
			require.True(t, found, "%q in %q", words, stands)
		}
	}
	for stands, words := range map[string]string{"protection": "tection", "a text": "text other", "care": "cares", "сигурност": "риск"} {
		var found bool
		require.NoError(t, d.db.NewRaw("SELECT search_words(?) @@ search_query(?)", stands, words).Scan(t.Context(), &found))
		require.False(t, found, "%q in %q", words, stands)
	}
}

// TestWhatIsFoundAndCountedIsWhatMayBeRead holds the search against what the same reader can open.
func TestWhatIsFoundAndCountedIsWhatMayBeRead(t *testing.T) {
	d := newDesk(t)
	d.ask(t, models.TaskReview, &d.expert, nil, 3)
	elsewhere := d.person(t, "elsewhere", models.RolePartner, d.academics)
	seen := map[bool]int{}
	for _, stage := range []models.Stage{models.StageDrafting, models.StageReview, models.StageWithdrawn, models.StageDone} {
		for _, hidden := range []bool{false, true} {
			if at := noon; stage == models.StageDone {
				d.rec.PublishedAt = &at
			}
			d.enter(t, stage)
			d.hide(t, hidden)
			for _, p := range []models.Person{{}, d.officer, d.expert, d.partner, d.sister, d.stranger, d.coordinator, elsewhere} {
				v := d.viewer(t, p)
				_, err := models.VisibleRecommendation(t.Context(), d.db, v, d.rec.ID)
				counts, _ := d.find(t, v, models.SearchFilter{Words: "text"})
				require.Equal(t, err == nil, counts[models.SearchRecommendations] == 1, "%s, %s, hidden %v", p.Name, stage, hidden)
				counts, hits := d.find(t, v, models.SearchFilter{Words: "do it"})
				require.Equal(t, err == nil, counts[models.SearchMeasures] == 1, "%s, %s, hidden %v", p.Name, stage, hidden)
				if err == nil {
					require.Equal(t, d.rec.ID, hits[models.SearchMeasures][0].RecommendationID)
				}
				seen[err == nil]++
			}
		}
	}
	require.Greater(t, seen[true], 10)
	require.Greater(t, seen[false], 10)
}

func TestWhatIsPublishedIsFoundInEveryLanguageOfIt(t *testing.T) {
	d := newDesk(t)
	at := noon
	d.rec.PublishedAt = &at
	d.enter(t, models.StageDone)
	measure := d.version.Measures[0].ID
	pub := &models.Publication{ID: models.NewID(), RecommendationID: d.rec.ID, VersionID: d.version.ID, PublishedAt: noon, Texts: []models.PublicationText{
		{Language: "en", Title: "A text", Body: "# One\n\nTwo.", Measures: []models.PublishedMeasure{{ID: measure, Number: 1, Text: "Do it"}}},
		{Language: "bg", Title: "Един текст", Body: "Приемна грижа", Measures: []models.PublishedMeasure{{ID: measure, Number: 1, Text: "Направете го"}}}}}
	require.NoError(t, pub.Insert(t.Context(), d.db, []uuid.UUID{d.authority.ID}))

	reader := d.viewer(t, d.stranger)
	_, hits := d.find(t, reader, models.SearchFilter{Words: "приемна", Language: "bg"})
	require.Equal(t, "Един текст", hits[models.SearchRecommendations][0].Title)
	require.Equal(t, "bg", hits[models.SearchRecommendations][0].Language)
	_, hits = d.find(t, reader, models.SearchFilter{Words: "направ", Language: "sq"})
	require.Equal(t, "Do it", hits[models.SearchMeasures][0].Title, "not published in the reader's language: as it was written")
	require.Equal(t, "en", hits[models.SearchMeasures][0].Language)
	require.Empty(t, hits[models.SearchRecommendations])
	counts, _ := d.find(t, reader, models.SearchFilter{Words: "приемна", Country: "HR"})
	require.Empty(t, counts)
	counts, _ = d.find(t, reader, models.SearchFilter{Words: "приемна", Country: "BG"})
	require.Equal(t, map[models.SearchKind]int{models.SearchRecommendations: 1}, counts)
}

func TestPeopleAreFoundByThoseWhoMayKnowTheirNames(t *testing.T) {
	d := newDesk(t)
	agreed := func(naming string) func(*models.Person) {
		return func(p *models.Person) { p.Naming = naming }
	}
	d.person(t, "Found-public", models.RolePartner, d.academics, agreed(models.NamingPublic))
	d.person(t, "Found-network", models.RolePartner, d.academics, agreed(models.NamingNetwork))
	d.person(t, "Found-expert", models.RoleExpert, d.academics)
	self := d.person(t, "Found-reader", models.RoleReader, d.academics)
	gone := d.person(t, "Found-gone", models.RolePartner, d.academics, agreed(models.NamingPublic))
	_, err := d.db.NewUpdate().Model(&gone).Set("left_at = ?", noon).WherePK().Exec(t.Context())
	require.NoError(t, err)
	byLink := d.viewer(t, self)
	byLink.LinkTask = uuid.New()
	for name, want := range map[string]struct {
		viewer models.Viewer
		found  []string
	}{
		"public":      {models.Viewer{}, []string{"Found-public"}},
		"a link":      {byLink, []string{"Found-public"}},
		"reader":      {d.viewer(t, self), []string{"Found-public", "Found-reader"}},
		"expert":      {d.viewer(t, d.expert), []string{"Found-public"}},
		"partner":     {d.viewer(t, d.partner), []string{"Found-network", "Found-public"}},
		"officer":     {d.viewer(t, d.officer), []string{"Found-expert", "Found-network", "Found-public"}},
		"coordinator": {d.viewer(t, d.coordinator), []string{"Found-expert", "Found-network", "Found-public", "Found-reader"}},
	} {
		counts, hits := d.find(t, want.viewer, models.SearchFilter{Words: "found"})
		var found []string
		for _, h := range hits[models.SearchPeople] {
			found = append(found, h.Title)
		}
		require.Equal(t, want.found, found, name)
		require.Equal(t, len(want.found), counts[models.SearchPeople], name)
	}
}

func TestWhatIsFoundIsReadPageByPage(t *testing.T) {
	d := newDesk(t)
	for _, slug := range []string{"ministry-b", "ministry-c", "ministry-d"} {
		insert(t, d.db, &models.Authority{ID: models.NewID(), Slug: slug, CountryCode: "AL", Level: models.LevelState, Names: models.Names{"en": strings.ToUpper(slug)}})
	}
	v, f := d.viewer(t, d.stranger), models.SearchFilter{Words: "minist", Limit: 3}
	groups, err := v.Search(t.Context(), d.db, f, models.SearchAuthorities)
	require.NoError(t, err)
	first := groups[2]
	require.Equal(t, 4, first.Count)
	require.Len(t, first.Hits, 3)
	require.Equal(t, d.authority.ID, first.Hits[0].ID)
	f.After = first.Hits[2].ID
	groups, err = v.Search(t.Context(), d.db, f, models.SearchAuthorities)
	require.NoError(t, err)
	require.Len(t, groups[2].Hits, 1)
	require.Equal(t, "MINISTRY-D", groups[2].Hits[0].Names["en"])
}

func TestTooFewAndTooManyLettersAreRefused(t *testing.T) {
	d := newDesk(t)
	for _, words := range []string{"", "  ", "a", "a b", strings.Repeat("ж", models.SearchMost+1)} {
		_, err := models.Viewer{}.Search(t.Context(), d.db, models.SearchFilter{Words: words}, models.SearchPeople)
		require.Equal(t, apperr.CodeInvalid, apperr.CodeOf(err), words)
	}
	counts, _ := d.find(t, d.viewer(t, d.coordinator), models.SearchFilter{Words: "—— &|!:*"})
	require.Empty(t, counts, "no letter, nothing found")
	counts, _ = d.find(t, d.viewer(t, d.coordinator), models.SearchFilter{Words: "text'; --"})
	require.Equal(t, 1, counts[models.SearchRecommendations])
}
