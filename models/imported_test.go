package models_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/demo"
	"tribuna/internal/devstack/testdb"
	"tribuna/internal/devstack/testmaterial"
	"tribuna/internal/record"
	"tribuna/models"
)

// review is what is to be found in a file of recommendations from the Universal Periodic Review.
type review struct{ lines, recommendations, noted, supported int }

// reviews are the real file, and the excerpt that stands in for it.
var reviews = map[bool]review{true: {1062, 8, 165, 897}, false: {8, 5, 2, 6}}

func readReview(t *testing.T) ([]byte, review) {
	t.Helper()
	dir, real := testmaterial.Folder(t)
	content, err := os.ReadFile(filepath.Join(dir, "upr-recommendations.csv"))
	require.NoError(t, err)
	return content, reviews[real]
}

const importHeader = "external_ref,source,addressee_country,session,issued_by,response,action_category,topics,text\n"

const threeLines = importHeader +
	"UPR-AL-06-001,UPR,AL,6,Egypt,accepted,4,Rights of the Child; Justice,Adopt the law\n" +
	"UPR-AL-06-002,UPR,AL,6,Belgium,noted,5,,\"Adopt a plan, \"\"soon\"\"\"\n" +
	"UPR-BG-09-001,UPR,BG,9,Norway,accepted,,Trafficking,Do more\n"

// abroad is a small network into which others' recommendations are imported.
type abroad struct {
	network
	coordinator models.Person
}

func newAbroad(t *testing.T) *abroad {
	t.Helper()
	a := &abroad{network: newNetwork(t)}
	a.coordinator = a.person(t, "coordinator", models.RoleCoordinator, a.lead)
	insert(t, a.db, &models.Procedure{ID: models.NewID(), Slug: "default", Version: 1, Names: models.Names{"en": "Rules"}, CreatedAt: noon,
		Document: models.ProcedureDocument{FollowUp: models.FollowUpRules{First: "60d", Every: "90d"}}})
	for _, x := range []struct {
		slug, country string
		government    bool
	}{{"al-parliament", "AL", false}, {"al-government", "AL", true}, {"bg-government", "BG", false}, {"hr-parliament", "HR", false}, {"hr-ombudsman", "HR", false}} {
		insert(t, a.db, &models.Authority{ID: models.NewID(), Slug: x.slug, CountryCode: x.country, Level: models.LevelState,
			Government: x.government, Names: models.Names{"en": x.slug}})
	}
	return a
}

func (a *abroad) bring(t *testing.T, content string, change ...func(*models.Import)) models.ImportReport {
	t.Helper()
	in := models.Import{Content: []byte(content), Language: "en", By: &a.coordinator}
	for _, c := range change {
		c(&in)
	}
	r, err := models.ImportRecommendations(t.Context(), a.db, in, noon)
	require.NoError(t, err)
	return r
}

func (a *abroad) count(t *testing.T, tables ...string) (n int) {
	t.Helper()
	for _, table := range tables {
		one, err := a.db.NewSelect().Table(table).Count(t.Context())
		require.NoError(t, err)
		n += int(one)
	}
	return n
}

func counts(r models.ImportReport) [4]int {
	return [4]int{r.Created, r.Changed, r.Unchanged, r.Refused}
}

func TestImportIsFollowedUpAndAsksNobody(t *testing.T) {
	a := newAbroad(t)
	dry := a.bring(t, threeLines, func(in *models.Import) { in.DryRun = true })
	require.Equal(t, [4]int{3, 0, 0, 0}, counts(dry))
	require.Zero(t, a.count(t, "recommendations", "measures", "followups"), "a look changes nothing")

	r := a.bring(t, threeLines)
	require.Equal(t, [4]int{3, 0, 0, 0}, counts(r))
	require.Len(t, r.Recommendations, 2)
	require.Equal(t, "Universal Periodic Review: Albania, session 6", r.Recommendations[0].Title)
	list, err := models.FollowUps(t.Context(), a.db, models.FollowUpFilter{Imported: true, Unfollowed: true})
	require.NoError(t, err)
	require.Len(t, list, 3)
	first, second := list[0], list[1]
	require.Equal(t, "al-government", first.Authority.Slug)
	require.Equal(t, "bg-government", list[2].Authority.Slug, "the only authority of the State needs no mark")
	require.Equal(t, models.ImportedMeasure{MeasureID: first.MeasureID, ExternalRef: "UPR-AL-06-001", IssuedBy: "Egypt", Response: "supported",
		ActionCategory: first.Measure.Origin.ActionCategory, Topics: []string{"Rights of the Child", "Justice"}}, *first.Measure.Origin)
	require.Equal(t, 4, *first.Measure.Origin.ActionCategory)
	require.Equal(t, `Adopt a plan, "soon"`, second.Measure.Text)
	require.Equal(t, "noted", second.Measure.Origin.Response)
	require.Nil(t, list[2].Measure.Origin.ActionCategory)
	require.Nil(t, first.Organisation)
	require.Nil(t, first.AskAt)
	require.Equal(t, "6", first.Recommendation.Origin.Session)
	require.Zero(t, a.count(t, "processes", "tasks", "outbox"), "nobody is asked, nobody is written to")

	entries, err := record.List(t.Context(), a.db, first.RecommendationID, record.Public)
	require.NoError(t, err)
	require.Len(t, entries, 1)
	require.Equal(t, a.coordinator.Pseudonym, entries[0].Actor)
	require.Equal(t, r.FileHash, entries[0].Facts["file"])
	require.Equal(t, "2", entries[0].Facts["created"])
}

func TestImportAgainChangesWhatChanged(t *testing.T) {
	a := newAbroad(t)
	a.bring(t, threeLines)
	require.Equal(t, [4]int{0, 0, 3, 0}, counts(a.bring(t, "\ufeff"+strings.ReplaceAll(threeLines, "\n", "\r\n"))), "as a spreadsheet saves it")
	changed := strings.Replace(threeLines, "Belgium,noted", "Belgium,accepted", 1) + "UPR-AL-06-003,UPR,AL,6,Oman,noted,1,,One more\n"
	r := a.bring(t, changed, func(in *models.Import) { in.By = nil })
	require.Equal(t, [4]int{1, 1, 2, 0}, counts(r))
	list, err := models.FollowUps(t.Context(), a.db, models.FollowUpFilter{Country: "AL"})
	require.NoError(t, err)
	require.Len(t, list, 3)
	require.Equal(t, "supported", list[1].Measure.Origin.Response)
	require.Equal(t, 3, list[2].Measure.Number)

	rec := list[0].RecommendationID
	entries, err := record.List(t.Context(), a.db, rec, record.Public)
	require.NoError(t, err)
	require.Len(t, entries, 2, "an import that changes nothing is not on record")
	require.Equal(t, record.System, entries[1].Capacity, "from a shell nobody is signed in")
	require.Equal(t, "1", entries[1].Facts["rewritten"])
	require.Equal(t, map[string]string{"measure[UPR-AL-06-002]": "supported\nAdopt a plan, \"soon\""}, entries[1].Texts)
	report, err := record.Verify(t.Context(), a.db, rec)
	require.NoError(t, err)
	require.True(t, report.OK())
	bulgaria, err := record.List(t.Context(), a.db, *r.Recommendations[1].ID, record.Public)
	require.NoError(t, err)
	require.Len(t, bulgaria, 1, "nothing changed there")
}

func TestABrokenFileSaysWhereAndChangesNothing(t *testing.T) {
	a := newAbroad(t)
	before := a.bring(t, strings.Replace(threeLines, "Do more", "Do a little more", 1))
	require.Equal(t, 3, before.Created)
	line := func(fields string) string { return threeLines + fields + "\n" }
	for name, c := range map[string]struct {
		content string
		faults  []string // line column rule
	}{
		"nothing":          {"", []string{"0  no_rows"}},
		"no rows":          {importHeader, []string{"0  no_rows"}},
		"another file":     {"name;email\nA;b\n", []string{"1  header"}},
		"missing column":   {strings.Replace(threeLines, ",text", "", 1), []string{"1 text column_missing"}},
		"unknown column":   {strings.Replace(threeLines, ",text", ",wording", 1), []string{"1 wording column_unknown", "1 text column_missing"}},
		"column twice":     {strings.Replace(threeLines, ",text", ",topics", 1), []string{"1 topics column_twice", "1 text column_missing"}},
		"too few fields":   {line("UPR-1,UPR,AL,6"), []string{"5  fields"}},
		"unknown country":  {line("UPR-1,UPR,FR,6,Egypt,noted,1,,Text"), []string{"5 addressee_country country"}},
		"no government":    {line("UPR-1,UPR,HR,6,Egypt,noted,1,,Text"), []string{"5 addressee_country government"}},
		"reference twice":  {line("UPR-AL-06-001,UPR,AL,6,Egypt,noted,1,,Text"), []string{"5 external_ref twice"}},
		"empty text":       {line("UPR-1,UPR,AL,6,Egypt,noted,1,,  "), []string{"5 text empty"}},
		"too long":         {line("UPR-1,UPR,AL,6,Egypt,noted,1,," + strings.Repeat("ж", 4001)), []string{"5 text too_long"}},
		"unknown response": {line("UPR-1,UPR,AL,6,Egypt,perhaps,1,,Text"), []string{"5 response response"}},
		"wrong category":   {line("UPR-1,UPR,AL,6,Egypt,noted,9,,Text"), []string{"5 action_category category"}},
		"wrong quote":      {line(`UPR-1,UPR,AL,6,Egypt,noted,1,,"Text`), []string{"5  quote"}},
		"other encoding":   {line("UPR-1,UPR,AL,6,Egypt,noted,1,,\xd2\xe5\xea\xf1\xf2"), []string{"5  encoding"}},
		"no text":          {"PK\x03\x04\x14\x00\xff", []string{"0  not_text"}},
		"signs":            {line("UPR-1,UPR,AL,6,Egypt,noted,1,,Te\x00xt"), []string{"5 text characters"}},
		"too large":        {threeLines + strings.Repeat(" ", models.ImportMaxBytes), []string{"0  too_large"}},
		"too many":         {importHeader + many(models.ImportMaxRows+1), []string{"20002  too_many_rows"}},
		"two faults":       {line(",UPR,FR,6,Egypt,noted,1,,Text"), []string{"5 external_ref empty", "5 addressee_country country"}},
	} {
		t.Run(name, func(t *testing.T) {
			r := a.bring(t, c.content)
			var got []string
			for _, f := range r.Faults {
				got = append(got, fmt.Sprintf("%d %s %s", f.Line, f.Column, f.Rule))
			}
			require.Equal(t, c.faults, got)
			require.Equal(t, [4]int{0, 0, 0, 1}, counts(r))
			require.Equal(t, 3, a.count(t, "measures"))
			require.Equal(t, 3, a.count(t, "record_entries"), "what changed in the lines before was not written either")
		})
	}
}

func many(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "UPR-%d,UPR,AL,6,Egypt,noted,1,,Text\n", i)
	}
	return b.String()
}

func TestAReferenceBelongsToOneRecommendation(t *testing.T) {
	a := newAbroad(t)
	a.bring(t, threeLines)
	r := a.bring(t, importHeader+"UPR-AL-06-001,UPR,AL,7,Egypt,accepted,4,,Adopt the law\n")
	require.Equal(t, "elsewhere", r.Faults[0].Rule)
	other := a.bring(t, importHeader+"X-1,Ombudsman,AL,2026,The Ombudsman,will be looked into,,,Open a shelter\n")
	require.Equal(t, "Ombudsman: Albania, session 2026", other.Recommendations[0].Title)
	list, err := models.FollowUps(t.Context(), a.db, models.FollowUpFilter{Recommendation: *other.Recommendations[0].ID})
	require.NoError(t, err)
	require.Equal(t, "will be looked into", list[0].Measure.Origin.Response, "the source's own words")
}

func TestImportNeedsACoordinatorAndAProcedure(t *testing.T) {
	a := &abroad{network: newNetwork(t)}
	insert(t, a.db, &models.Authority{ID: models.NewID(), Slug: "al", CountryCode: "AL", Level: models.LevelState, Names: models.Names{"en": "Al"}})
	shell := func(in *models.Import) { in.By = nil }
	line := importHeader + "UPR-1,UPR,AL,6,Egypt,noted,1,,Text\n"
	require.Equal(t, "no_coordinator", a.bring(t, line, shell).Faults[0].Rule)
	a.coordinator = a.person(t, "coordinator", models.RoleCoordinator, a.lead)
	require.Equal(t, "no_procedure", a.bring(t, line, shell).Faults[0].Rule)
	_, err := models.ImportRecommendations(t.Context(), a.db, models.Import{Content: []byte(line), Language: "tlh", By: &a.coordinator}, noon)
	require.Error(t, err)
	officer := a.person(t, "officer", models.RoleOfficer, a.lead)
	_, err = models.ImportRecommendations(t.Context(), a.db, models.Import{Content: []byte(line), Language: "en", By: &officer}, noon)
	require.Error(t, err)
}

func TestWhatIsImportedStandsApartFromWhatIsDrafted(t *testing.T) {
	a := newAbroad(t)
	officer := a.person(t, "officer", models.RoleOfficer, a.partner)
	drafted := a.recommendation(t, officer)
	id := *a.bring(t, threeLines).Recommendations[0].ID
	ctx, coordinator := t.Context(), models.Viewer{PersonID: a.coordinator.ID, Roles: []models.Role{{Role: models.RoleCoordinator}}}
	for _, v := range []models.Viewer{coordinator, {}} {
		imported, err := models.Recommendations(ctx, a.db, v, models.RecommendationFilter{Imported: true})
		require.NoError(t, err)
		require.Len(t, imported, 2, "everybody may read what others published")
		_, err = models.VisibleRecommendation(ctx, a.db, v, id)
		require.NoError(t, err)
	}
	here, err := models.Recommendations(ctx, a.db, coordinator, models.RecommendationFilter{})
	require.NoError(t, err)
	require.Len(t, here, 1)
	require.Equal(t, drafted, here[0].ID)
	board, err := models.Dashboard(ctx, a.db, coordinator, models.DashboardFilter{}, noon)
	require.NoError(t, err)
	require.Equal(t, 1, board.Total)
	require.Equal(t, []models.StatusCount{{Status: models.StatusNotFollowed, Count: 3, Imported: 3}}, board.Statuses, "measures are counted wherever they come from, and nobody is accused of silence")
	authorities, err := models.FollowUpsByAuthority(ctx, a.db, "AL", "BG")
	require.NoError(t, err)
	require.Equal(t, []int{2, 2, 0}, []int{authorities[0].Total, authorities[0].Unknown, authorities[0].NoReply})

	rec, err := models.RecommendationByID(ctx, a.db, id)
	require.NoError(t, err)
	ribbon, err := models.RibbonOf(ctx, a.db, rec, noon)
	require.NoError(t, err)
	for i, step := range ribbon.Steps {
		want := models.RibbonElsewhere
		if i == 6 {
			want = models.RibbonNow
		}
		require.Equal(t, want, step.State, step.Step)
	}
	list, err := models.ImportedList(ctx, a.db)
	require.NoError(t, err)
	require.Equal(t, models.ImportedCount{ID: rec.ID, Source: "UPR", Country: "AL", Session: "6", Measures: 2, Unfollowed: 2}, list[0])
}

func TestAFocalPointBeginsTheFollowUp(t *testing.T) {
	a := newAbroad(t)
	a.bring(t, threeLines)
	ctx := t.Context()
	list, err := models.FollowUps(ctx, a.db, models.FollowUpFilter{Unfollowed: true})
	require.NoError(t, err)
	id := list[0].ID
	require.Error(t, models.AssignFocalPoint(ctx, a.db, id, a.former.ID, a.coordinator, noon), "no longer a member")
	require.Error(t, models.AssignFocalPoint(ctx, a.db, id, uuid.New(), a.coordinator, noon))
	for range 2 {
		require.NoError(t, models.AssignFocalPoint(ctx, a.db, id, a.delegation.ID, a.coordinator, noon))
	}
	require.Error(t, models.AssignFocalPoint(ctx, a.db, id, a.partner.ID, a.coordinator, noon), "it has one")
	f, err := models.FollowUpByID(ctx, a.db, id)
	require.NoError(t, err)
	require.Equal(t, "delegation", f.Organisation.Name)
	require.Equal(t, models.StatusNoReport, f.Status, "it is followed, and nothing is said about the authority")
	requireCounted(t, a.db)
	tirana, err := time.LoadLocation("Europe/Tirane")
	require.NoError(t, err)
	require.Equal(t, "2026-05-11 09:00", f.AskAt.In(tirana).Format("2006-01-02 15:04"))
	p, err := models.ProcessByID(ctx, a.db, id)
	require.NoError(t, err)
	require.Equal(t, models.ProcessFollowUp, p.Kind)
	pos, err := models.LoadPosition(ctx, a.db, id)
	require.NoError(t, err)
	require.Equal(t, f.AskAt.UTC(), pos.FollowUp.AskAt.UTC())
	require.Equal(t, 1, a.count(t, "processes"))

	rest, err := models.AssignFocalPoints(ctx, a.db, models.FollowUpFilter{}, a.partner.ID, a.coordinator, noon)
	require.NoError(t, err)
	require.Len(t, rest, 2, "what has a focal point keeps it")
	entries, err := record.List(ctx, a.db, f.RecommendationID, record.Public)
	require.NoError(t, err)
	require.Equal(t, "followup.assigned", entries[1].Verb)
	require.Equal(t, "1", entries[1].Facts["measures"])
	require.Equal(t, a.partner.ID, entries[2].Object)
	require.Zero(t, a.count(t, "tasks", "outbox"))
}

func TestManyMeasuresAreAskedAboutOverSomeDays(t *testing.T) {
	a := newAbroad(t)
	a.bring(t, importHeader+many(25))
	_, err := models.AssignFocalPoints(t.Context(), a.db, models.FollowUpFilter{}, a.delegation.ID, a.coordinator, noon)
	require.NoError(t, err)
	var mornings []struct {
		AskAt time.Time
		N     int
	}
	require.NoError(t, a.db.NewSelect().Table("followups").ColumnExpr("ask_at, count(*) AS n").Group("ask_at").Order("ask_at").Scan(t.Context(), &mornings))
	require.Len(t, mornings, 3)
	require.Equal(t, []int{10, 10, 5}, []int{mornings[0].N, mornings[1].N, mornings[2].N})
}

func TestTheRealReview(t *testing.T) {
	content, want := readReview(t)
	db := testdb.New(t)
	require.NoError(t, demo.Load(t.Context(), db, noon))
	bring := func() models.ImportReport {
		r, err := models.ImportRecommendations(t.Context(), db, models.Import{Content: content, Language: "en"}, noon)
		require.NoError(t, err)
		return r
	}
	begun := time.Now()
	first := bring()
	require.Equal(t, [4]int{want.lines, 0, 0, 0}, counts(first), "%v", first.Faults)
	require.Less(t, time.Since(begun), 20*time.Second)
	require.Len(t, first.Recommendations, want.recommendations)
	require.Equal(t, [4]int{0, 0, want.lines, 0}, counts(bring()))
	var responses []struct {
		Response string
		N        int
	}
	require.NoError(t, db.NewSelect().Table("imported_measures").ColumnExpr("response, count(*) AS n").Group("response").Order("response").Scan(t.Context(), &responses))
	require.Equal(t, "noted", responses[0].Response)
	require.Equal(t, want.noted, responses[0].N)
	require.Equal(t, "supported", responses[1].Response)
	require.Equal(t, want.supported, responses[1].N)
	board, err := models.Dashboard(t.Context(), db, models.Viewer{}, models.DashboardFilter{}, noon)
	require.NoError(t, err)
	require.Equal(t, []models.StatusCount{{Status: models.StatusNotFollowed, Count: want.lines, Imported: want.lines}}, board.Statuses)
	mails, err := db.NewSelect().Table("outbox").Count(t.Context())
	require.NoError(t, err)
	require.Zero(t, mails, "nobody is mailed")
}
