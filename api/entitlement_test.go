package api

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/demo"
	"tribuna/internal/links"
	"tribuna/models"
)

// world is the demo's brief at one stage with one of everything that can hang on it, as the pages' test has it
// (web/entitlement_test.go): owned by Know-how Centre Bulgaria, Save the Children North West Balkans asked.
type world struct {
	*house
	rec                           *models.Recommendation
	tasks                         map[models.TaskKind]*models.Task
	elsewhere                     *models.Task // another question to the expert asked
	followUp, mailing, attachment uuid.UUID
	list                          uuid.UUID // of people
	campaign, step                uuid.UUID // of the mailing, and one in it
	mailingFile                   uuid.UUID
	translation, submission       uuid.UUID
	tokens                        []string // of everybody with an account, in the order of a row's letters
}

// withTokens are those who have a token of their own. Before them come nobody, the token of another question's link, and that
// of the question itself.
var withTokens = []string{"coordinator", "officer-khc", "officer-tdh", "partner-khc", "partner-sc-nwb", "partner-cyi",
	"translator-bg-1", "translator-sq-1", "expert-01", "expert-05", "reader"}

// stages are those at which somebody may do something else than at the others.
var stages = []string{"drafting", "review", "signoff", "done", "withdrawn"}

func newWorld(t *testing.T, stage string) *world {
	t.Helper()
	w := &world{house: newHouse(t), tasks: map[models.TaskKind]*models.Task{}}
	w.rec = w.brief(t)
	switch stage {
	case "review", "signoff", "withdrawn":
		w.inReview(t, w.rec)
		w.askEverybody(t)
		if stage != "review" {
			w.inSignOff(t)
		}
		if stage == "withdrawn" {
			w.withdraw(t)
		}
	case "done":
		rec, followUp := w.publish(t)
		w.rec, w.followUp = rec, followUp.ID
		w.askEverybody(t)
	}
	w.hangOn(t)
	for _, slug := range withTokens {
		w.tokens = append(w.tokens, w.token(t, slug))
	}
	return w
}

func (w *world) askEverybody(t *testing.T) {
	version, err := models.VersionByID(t.Context(), w.db, *w.rec.CurrentVersionID)
	require.NoError(t, err)
	translation, err := models.OpenTranslation(t.Context(), w.db, version, "ro")
	require.NoError(t, err)
	w.translation = translation.ID
	_, err = w.db.NewUpdate().Model(translation).Set("translator_id = ?", demo.ID("person", "translator-bg-2")).WherePK().Exec(t.Context())
	require.NoError(t, err)
	asked := demo.ID("organisation", "sc-nwb")
	add := func(kind models.TaskKind, slug string, change func(*models.Task)) *models.Task {
		task := &models.Task{ID: models.NewID(), ProcessID: w.rec.ID, RecommendationID: w.rec.ID, Kind: kind, Round: 1, VersionID: w.rec.CurrentVersionID,
			State: models.TaskOpen, OpenedAt: noon, DueAt: noon.AddDate(0, 0, 5), GraceUntil: noon.AddDate(0, 0, 9), Generation: 1, OrganisationID: &asked}
		if slug != "" {
			id := demo.ID("person", slug)
			task.PersonID, task.OrganisationID = &id, nil
		}
		if change != nil {
			change(task)
		}
		require.NoError(t, task.Insert(t.Context(), w.db))
		return task
	}
	translated := func(task *models.Task) { task.SubjectID, task.Language = &translation.ID, &translation.Language }
	w.tasks[models.TaskReview] = add(models.TaskReview, "expert-01", nil)
	w.elsewhere = add(models.TaskReview, "expert-01", func(task *models.Task) { task.Round = 2 })
	w.tasks[models.TaskConsult] = add(models.TaskConsult, "", nil)
	w.tasks[models.TaskSignOff] = add(models.TaskSignOff, "", nil)
	w.tasks[models.TaskTranslate] = add(models.TaskTranslate, "translator-bg-1", translated)
	w.tasks[models.TaskApproveTranslation] = add(models.TaskApproveTranslation, "translator-bg-1", translated)
	for _, kind := range []models.TaskKind{models.TaskChooseReviewer, models.TaskDecideReview, models.TaskAssignTranslator, models.TaskResolveSignOff, models.TaskPublish} {
		w.tasks[kind] = add(kind, "officer-khc", translated)
	}
	w.tasks[models.TaskEscalation] = add(models.TaskEscalation, "coordinator", func(task *models.Task) { task.SubjectID = &w.tasks[models.TaskPublish].ID })
	if w.followUp != uuid.Nil {
		deliveries, err := models.Deliveries(t.Context(), w.db, w.rec.ID)
		require.NoError(t, err)
		w.tasks[models.TaskDeliver] = add(models.TaskDeliver, "officer-khc", func(task *models.Task) { task.SubjectID = &deliveries[0].ID })
		w.tasks[models.TaskReportProgress] = add(models.TaskReportProgress, "", func(task *models.Task) {
			task.ProcessID, task.SubjectID = w.followUp, &w.followUp
		})
	}
}

// inSignOff ends the round: its questions were answered, and the organisations are asked while a language is still translated.
func (w *world) inSignOff(t *testing.T) {
	w.rec.AcceptedVersionID = w.rec.CurrentVersionID
	w.rec.Enter(models.StageSignOff, noon)
	require.NoError(t, w.rec.Save(t.Context(), w.db, noon))
	w.end(t, models.TaskDone, w.tasks[models.TaskReview], w.elsewhere, w.tasks[models.TaskConsult], w.tasks[models.TaskChooseReviewer], w.tasks[models.TaskDecideReview])
}

// withdraw takes the text back where the organisations had it.
func (w *world) withdraw(t *testing.T) {
	from := w.rec.Stage
	w.rec.WithdrawnFrom = &from
	w.rec.Enter(models.StageWithdrawn, noon)
	require.NoError(t, w.rec.Save(t.Context(), w.db, noon))
	for _, task := range w.tasks {
		if task.State == models.TaskOpen {
			w.end(t, models.TaskCancelled, task)
		}
	}
}

func (w *world) end(t *testing.T, state models.TaskState, tasks ...*models.Task) {
	for _, task := range tasks {
		task.Close(state, noon)
		require.NoError(t, task.Save(t.Context(), w.db))
	}
}

// hangOn adds an original that came on paper, and once the text is published a mailing.
func (w *world) hangOn(t *testing.T) {
	officer := demo.ID("person", "officer-khc")
	a, err := models.NewAttachment(w.rec.ID, "letter.txt", []byte("We agree."), officer, noon)
	require.NoError(t, err)
	require.NoError(t, a.Insert(t.Context(), w.db))
	w.attachment = a.ID
	sub, err := models.NewSubmission(w.rec.ID, uuid.NewString(), models.DecideHold, officer, map[string]string{"reason": "because"})
	require.NoError(t, err)
	sub.ReceivedAt = noon
	_, err = w.db.NewInsert().Model(sub).Exec(t.Context())
	require.NoError(t, err)
	w.submission = sub.ID
	list := models.NewPeopleList(noon)
	list.Name = "Care leavers"
	require.NoError(t, list.Insert(t.Context(), w.db))
	w.list = list.ID
	if w.rec.PublishedAt == nil {
		return
	}
	m, err := models.CreateMailing(t.Context(), w.db, w.rec, models.MailingInput{FallbackLanguage: "en",
		Texts: []models.MailingText{{Language: "en", Subject: "S", Body: "B"}}}, officer, noon)
	require.NoError(t, err)
	w.mailing, w.campaign = m.ID, m.CampaignID
	by, err := models.PersonByID(t.Context(), w.db, officer)
	require.NoError(t, err)
	day, ministry := models.Day(noon), demo.ID("authority", "bg-ministry-labour-social-policy")
	step, err := models.PlanStep(t.Context(), w.db, m.Campaign, models.CampaignStepInput{Kind: models.StepLetter, Title: "T", Day: &day, ResponsibleID: officer, AuthorityID: &ministry}, by, noon)
	require.NoError(t, err)
	w.step = step.ID
	f, err := models.NewMailingFile("annex.pdf", []byte("%PDF-1.7 annex"), models.MailingFileInput{})
	require.NoError(t, err)
	require.NoError(t, f.Insert(t.Context(), w.db, m.ID, officer, noon))
	w.mailingFile = f.ID
}

// subject returns the question a row is about, nil for most. A row names the kind after "#" where it is not the review.
func (w *world) subject(r route, kind string) *models.Task {
	switch {
	case kind != "":
		return w.tasks[models.TaskKind(kind)]
	case strings.HasPrefix(r.path, "/tasks/"):
		return w.tasks[models.TaskReview]
	case strings.HasPrefix(r.path, "/translations/"):
		return w.tasks[models.TaskTranslate]
	}
	return nil
}

func (w *world) address(r route, task *models.Task) string {
	id := w.rec.ID
	switch {
	case strings.HasPrefix(r.path, "/tasks/") && task != nil:
		id = task.ID
	case strings.HasPrefix(r.path, "/mailings/"):
		id = w.mailing
	case strings.HasPrefix(r.path, "/campaigns/"):
		id = w.campaign
	case strings.HasPrefix(r.path, "/followups/"):
		id = w.followUp
	case strings.HasPrefix(r.path, "/translations/"):
		id = w.translation
	case strings.HasPrefix(r.path, "/attachments/"):
		id = w.attachment
	case strings.HasPrefix(r.path, "/submissions/"):
		id = w.submission
	case strings.HasPrefix(r.path, "/organisations/"):
		id = demo.ID("organisation", "khc")
	case strings.HasPrefix(r.path, "/people/"):
		id = demo.ID("person", "expert-09") // who tries nothing here
	case strings.HasPrefix(r.path, "/lists/") && r.id != "deletePeopleList":
		id = w.list
	case strings.HasPrefix(r.path, "/authorities/"):
		id = demo.ID("authority", "bg-sofia-municipality")
	case strings.HasPrefix(r.path, "/tokens/"):
		id = uuid.New() // nobody's: each has their own
	}
	path := strings.NewReplacer("{id}", id.String(), "{slug}", w.rec.Slug, "{language}", "en", "{number}", "1", "{seq}", "1",
		"{organisation}", demo.ID("organisation", "khc").String(), "{role}", "reader", "{person}", demo.ID("person", "expert-09").String(), "{segment}", uuid.NewString(), "{mail}", uuid.NewString(), "{step}", w.step.String(),
		"{file}", w.mailingFile.String()).Replace(r.path)
	return path + queries[r.id]
}

// queries are what some operations cannot be asked without.
var queries = map[string]string{"listTranslators": "?language=bg", "search": "?q=care", "previewMailing": "?language=en", "compareVersions": "?from=1&to=1"}

// try returns one letter for everybody who tries a row.
func (w *world) try(t *testing.T, r route, kind string) string {
	t.Helper()
	task := w.subject(r, kind)
	if task != nil { // its links are made invalid on the way
		require.NoError(t, w.db.NewSelect().Model(task).Column("generation").WherePK().Scan(t.Context(), &task.Generation))
	}
	tokens := append([]string{"", w.linkOf(w.elsewhere), w.linkOf(task)}, w.tokens...)
	var letters strings.Builder
	for _, token := range tokens {
		header := map[string]string{}
		if r.key {
			header["Idempotency-Key"] = uuid.NewString()
		}
		if r.match {
			header["If-Match"] = `"1"`
		}
		path := w.address(r, task)
		if r.id == "listExperts" {
			path += "?recommendation=" + w.rec.ID.String()
		}
		res := w.do(t, request{method: r.method, path: path, token: token, body: bodies[r.id], header: header})
		if res.status >= http.StatusInternalServerError && res.status != http.StatusNotImplemented {
			t.Errorf("%s: %d %s", r.id, res.status, res.body)
		}
		letters.WriteString(letterOf(r, res))
		w.showAgain(t)
	}
	all := letters.String()
	return strings.Join([]string{all[:1], all[1:3], all[3:6], all[6:9], all[9:11], all[11:13], all[13:]}, " ")
}

// showAgain leaves the next the text in sight, and their own attempts at reporting it.
func (w *world) showAgain(t *testing.T) {
	t.Helper()
	_, err := w.db.NewRaw("UPDATE recommendations SET quarantined_at = NULL WHERE quarantined_at IS NOT NULL; DELETE FROM rate_limits").Exec(t.Context())
	require.NoError(t, err)
}

// linkOf is the token of a question's personal link; without a question there is none, and nobody asks.
func (w *world) linkOf(task *models.Task) string {
	if task == nil {
		return ""
	}
	person := demo.ID("person", "partner-sc-nwb")
	if task.PersonID != nil {
		person = *task.PersonID
	}
	return w.links.Mint(links.KindTask, task.ID, person, task.Generation)
}

// letterOf says what came of a try: y entitled, whatever else is missing; f forbidden; n nothing there; u no token.
func letterOf(r route, res response) string {
	switch {
	case res.status == http.StatusUnauthorized:
		return "u"
	case res.status == http.StatusForbidden:
		return "f"
	case res.status == http.StatusNotFound:
		return "n"
	case res.status == http.StatusNotImplemented: // no programs here, which only those entitled are told
		return "y"
	case res.status < 300, r.method != http.MethodGet && slices.Contains([]int{409, 412, 415, 422}, res.status):
		return "y"
	}
	return fmt.Sprintf("(%d)", res.status)
}

// TestEveryOperationForEveryoneAtEveryStage tries every operation there is, by everybody, at every stage at which they differ,
// with words about which nothing is wrong. What is expected stands in the table: see entitlement_table_test.go. An operation
// without a row fails, and is told with what is so today, for whoever writes the row to judge.
func TestEveryOperationForEveryoneAtEveryStage(t *testing.T) {
	listed := map[string]bool{}
	for _, row := range entitlements {
		id, _, _ := strings.Cut(row.operation, "#")
		listed[id] = true
	}
	if testing.Short() { // everybody's tries at everything take half of all the short tests
		for _, r := range newHouse(t).server.routes() {
			require.True(t, listed[r.id], "%s has no row: run this test whole, which says what is so", r.id)
		}
		return
	}
	for _, stage := range stages {
		t.Run(stage, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, stage)
			operations := map[string]route{}
			for _, r := range w.server.routes() {
				operations[r.id] = r
				if !listed[r.id] {
					t.Errorf("%s has no row: say who may (today it is %q)", r.id, w.try(t, r, ""))
				}
			}
			for _, row := range entitlements {
				id, kind, _ := strings.Cut(row.operation, "#")
				want, at := row.at(stage)
				r, known := operations[id]
				require.True(t, known, "there is no operation %s", id)
				if !at {
					continue
				}
				if got := w.try(t, r, kind); got != want {
					t.Errorf("%s\n\tby      %s\n\tis      %s\n\tmust be %s", row.operation, columnLetters, got, want)
				}
			}
		})
	}
}
