package web

import (
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/mux"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"tribuna/internal/demo"
	"tribuna/internal/links"
	"tribuna/models"
	"tribuna/workflows"
)

// world is the demo's brief at one stage with one of everything that can hang on it, and everybody who tries the pages. The
// brief is owned by Know-how Centre Bulgaria; Save the Children North West Balkans is asked in an organisation's name.
type world struct {
	*house
	stage       string // one of stages
	tasks       map[models.TaskKind]*models.Task
	elsewhere   *models.Task // another question to the expert asked, on the same text
	followUp    uuid.UUID
	mailing     uuid.UUID
	campaign    uuid.UUID
	step        uuid.UUID // of the campaign
	mailingFile uuid.UUID
	attachment  uuid.UUID
	report      uuid.UUID // that the brief should not be read, once there is one
	victim      uuid.UUID // somebody for coordinators to act on
	readers     []*reader // in the order of a row's letters; nil for those who come by a link
}

// signedIn are those who are signed in, in the order of a row's letters. Before them come nobody, who comes by the personal
// link of another question, and who comes by that of the question itself.
var signedIn = []string{"coordinator", "officer-khc", "officer-tdh", "partner-khc", "partner-sc-nwb", "partner-cyi",
	"translator-bg-1", "translator-sq-1", "expert-01", "expert-05", "reader"}

// stages are those at which somebody may do something else than at the others.
var stages = []string{"drafting", "review", "signoff", "done", "withdrawn"}

func newWorld(t *testing.T, stage string) *world {
	t.Helper()
	w := &world{house: newHouse(t), stage: stage, tasks: map[models.TaskKind]*models.Task{}}
	w.nothingRuns()
	w.server.Demo.Accounts = append(w.server.Demo.Accounts, DemoAccount{Email: w.person("expert-05").Email})
	w.victim = w.person("expert-12").ID
	switch stage {
	case "review":
		w.inReview()
	case "signoff":
		w.inReview()
		w.inSignOff()
	case "done":
		w.publish()
		w.hangOn()
		w.askEverybody()
	case "withdrawn":
		w.inReview()
		w.inSignOff()
		w.withdraw()
	}
	for range 3 {
		w.readers = append(w.readers, w.public("en"))
	}
	for _, slug := range signedIn {
		w.readers = append(w.readers, w.as(slug, "en"))
	}
	return w
}

// inReview has the brief in its first round, where everybody is asked.
func (w *world) inReview() {
	w.brief.Round = 1
	w.enter(models.StageReview)
	round := &models.ReviewRound{RecommendationID: w.brief.ID, Number: 1, VersionID: *w.brief.CurrentVersionID, Invited: []uuid.UUID{}, Reserve: []uuid.UUID{},
		Enough: 1, DueAt: time.Now().AddDate(0, 0, 9)}
	require.NoError(w.t, round.Insert(w.t.Context(), w.db))
	w.askEverybody()
}

// inSignOff ends the round: its questions were answered, and the organisations are asked while a language is still translated.
func (w *world) inSignOff() {
	w.brief.AcceptedVersionID = w.brief.CurrentVersionID
	w.enter(models.StageSignOff)
	for _, kind := range []models.TaskKind{models.TaskReview, models.TaskConsult, models.TaskChooseReviewer} {
		w.end(w.tasks[kind], models.TaskDone)
	}
	w.end(w.elsewhere, models.TaskDone)
}

// withdraw takes the brief back where the organisations had it.
func (w *world) withdraw() {
	from := w.brief.Stage
	w.brief.WithdrawnFrom = &from
	w.enter(models.StageWithdrawn)
	for _, kind := range []models.TaskKind{models.TaskSignOff, models.TaskTranslate, models.TaskApproveTranslation} {
		w.end(w.tasks[kind], models.TaskCancelled)
	}
}

func (h *house) end(task *models.Task, state models.TaskState) {
	h.t.Helper()
	task.Close(state, time.Now())
	require.NoError(h.t, task.Save(h.t.Context(), h.db))
}

// nothingRuns has words stored and answered with "being recorded": what is entitled is seen, and nothing moves on for others.
func (h *house) nothingRuns() {
	h.t.Helper()
	unreachable, err := client.NewLazyClient(client.Options{HostPort: "127.0.0.1:1", Logger: quiet{}})
	require.NoError(h.t, err)
	h.t.Cleanup(unreachable.Close)
	h.server.Processes = &workflows.Client{DB: h.db, Temporal: unreachable, Now: time.Now, Log: slog.New(slog.DiscardHandler),
		Patience: time.Millisecond, LookPatience: time.Millisecond}
}

// quiet keeps a client that has nobody to talk to from saying so.
type quiet struct{}

func (quiet) Debug(string, ...any) {}
func (quiet) Info(string, ...any)  {}
func (quiet) Warn(string, ...any)  {}
func (quiet) Error(string, ...any) {}

// askEverybody opens a question of every kind that people answer.
func (w *world) askEverybody() {
	t := w.t
	version, err := models.VersionByID(t.Context(), w.db, *w.brief.CurrentVersionID)
	require.NoError(t, err)
	translation, err := models.OpenTranslation(t.Context(), w.db, version, "ro")
	require.NoError(t, err)
	writer := w.person("translator-bg-2").ID
	_, err = w.db.NewUpdate().Model(translation).Set("translator_id = ?", writer).WherePK().Exec(t.Context())
	require.NoError(t, err)
	asked := demo.ID("organisation", "sc-nwb")
	now := time.Now()
	add := func(kind models.TaskKind, person string, change func(*models.Task)) *models.Task {
		task := &models.Task{ID: models.NewID(), ProcessID: w.brief.ID, RecommendationID: w.brief.ID, Kind: kind, Round: 1,
			VersionID: w.brief.CurrentVersionID, State: models.TaskOpen, OpenedAt: now, DueAt: now.Add(24 * time.Hour), GraceUntil: now.Add(48 * time.Hour), Generation: 1}
		if person == "" {
			task.OrganisationID = &asked
		} else {
			id := w.person(person).ID
			task.PersonID = &id
		}
		if change != nil {
			change(task)
		}
		require.NoError(t, task.Insert(t.Context(), w.db))
		return task
	}
	subject := func(id uuid.UUID) func(*models.Task) {
		return func(task *models.Task) { task.SubjectID, task.Language = &id, &translation.Language }
	}
	w.tasks[models.TaskReview] = add(models.TaskReview, "expert-01", nil)
	w.elsewhere = add(models.TaskReview, "expert-01", func(task *models.Task) { task.Round = 2 })
	w.tasks[models.TaskChooseReviewer] = add(models.TaskChooseReviewer, "officer-khc", nil)
	w.tasks[models.TaskConsult] = add(models.TaskConsult, "", nil)
	w.tasks[models.TaskSignOff] = add(models.TaskSignOff, "", nil)
	w.tasks[models.TaskTranslate] = add(models.TaskTranslate, "translator-bg-1", subject(translation.ID))
	w.tasks[models.TaskApproveTranslation] = add(models.TaskApproveTranslation, "translator-bg-1", subject(translation.ID))
	if w.followUp != uuid.Nil {
		w.tasks[models.TaskReportProgress] = add(models.TaskReportProgress, "", func(task *models.Task) {
			task.ProcessID, task.SubjectID = w.followUp, &w.followUp
		})
	}
}

// hangOn gives a published brief a mailing, and the original of something that came on paper.
func (w *world) hangOn() {
	t := w.t
	all, err := models.FollowUps(t.Context(), w.db, models.FollowUpFilter{Recommendation: w.brief.ID})
	require.NoError(t, err)
	require.Len(t, all, 1)
	w.followUp = all[0].ID
	m, err := models.CreateMailing(t.Context(), w.db, w.brief, models.MailingInput{FallbackLanguage: "en",
		Texts: []models.MailingText{{Language: "en", Subject: "S", Body: "B"}}}, w.person("officer-khc").ID, time.Now())
	require.NoError(t, err)
	w.mailing, w.campaign = m.ID, m.CampaignID
	officer, day, ministry := w.person("officer-khc"), models.Day(time.Now()), demo.ID("authority", "bg-ministry-labour-social-policy")
	step, err := models.PlanStep(t.Context(), w.db, m.Campaign, models.CampaignStepInput{Kind: models.StepLetter, Title: "T", Day: &day, ResponsibleID: officer.ID, AuthorityID: &ministry}, officer, time.Now())
	require.NoError(t, err)
	w.step = step.ID
	f, err := models.NewMailingFile("annex.pdf", []byte("%PDF-1.7 annex"), models.MailingFileInput{})
	require.NoError(t, err)
	require.NoError(t, f.Insert(t.Context(), w.db, m.ID, w.person("officer-khc").ID, time.Now()))
	w.mailingFile = f.ID
	a, err := models.NewAttachment(w.brief.ID, "letter.txt", []byte("We agree."), w.person("officer-khc").ID, time.Now())
	require.NoError(t, err)
	require.NoError(t, a.Insert(t.Context(), w.db))
	w.attachment = a.ID
}

// kinds are the questions that acts below /tasks answer.
var kinds = map[string]models.TaskKind{"review": models.TaskReview, "language": models.TaskReview, "consultation": models.TaskConsult, "sign-off": models.TaskSignOff,
	"progress": models.TaskReportProgress, "translation": models.TaskTranslate, "approve-translation": models.TaskApproveTranslation,
	"return-translation": models.TaskApproveTranslation, "accept": models.TaskReview, "decline": models.TaskReview, "leave": models.TaskReview,
	"thanks": models.TaskReview}

// actsOn are the questions that owners' acts are about; without one there is nothing to act on.
var actsOn = map[string]models.TaskKind{"/recommendations/{id}/reviewers": models.TaskChooseReviewer, "/recommendations/{id}/on-behalf": models.TaskReview}

// subject returns the question a row is about, nil for most. A row names the kind after "#" where the address does not say.
func (w *world) subject(route string) *models.Task {
	path, kind, named := strings.Cut(route, "#")
	switch {
	case named:
		return w.tasks[models.TaskKind(kind)]
	case strings.Contains(path, "/tasks/{task}"):
		return w.tasks[models.TaskReview]
	case strings.Contains(path, "/tasks/{id}"):
		return w.tasks[kinds[path[strings.LastIndex(path, "/")+1:]]]
	}
	return nil
}

// address is a row's address with what hangs on the brief in it.
func (w *world) address(route string, task *models.Task) string {
	path, which, _ := strings.Cut(route, "#")
	id := w.brief.ID
	switch {
	case task != nil && strings.Contains(path, "/tasks/{id}"):
		id = task.ID
	case strings.HasPrefix(path, "/mailings/"):
		id = w.mailing
	case strings.HasPrefix(path, "/campaigns/"):
		id = w.campaign
	case strings.HasPrefix(path, "/follow-ups/"):
		id = w.followUp
	case strings.Contains(path, "/attachments/"):
		id = w.attachment
	case strings.HasPrefix(path, "/administration/access/"):
		id = w.victim
	case strings.HasPrefix(path, "/account/"):
		id = uuid.New() // nobody's: each has their own
	}
	taskID := uuid.New()
	if task != nil {
		taskID = task.ID
	}
	return strings.NewReplacer("{id}", id.String(), "{step}", w.step.String(), "{task}", taskID.String(), "{slug}", w.brief.Slug, "{language}", "en", "{file}", w.mailingFile.String(),
		"{number:[0-9]+}", "1", "{form:docx|pdf}", "docx", "{picture:outcomes|countries|languages}", "outcomes", "{form:svg|png}", "svg", "{form:csv|json}", "csv", "{form:csv|xlsx}", "csv", "{table:recommendations|countries|authorities|statuses}", which, "{token}", "nonsense", "/preview", "/preview?language=en", "/letter.{form:docx}", "/letter.docx", "/letter.txt", "/letter.txt", "/letter", "/letter?language=en").Replace(path)
}

// byLink is who comes by the personal link of a question.
func (w *world) byLink(b *reader, task *models.Task) {
	b.header.Del("Cookie")
	if task == nil {
		return
	}
	b.header.Set("Cookie", linkCookie+"="+w.server.Links.Mint(links.KindTask, task.ID, w.answers(task), task.Generation))
}

// answers is who is asked: in person, or for an organisation.
func (w *world) answers(task *models.Task) uuid.UUID {
	if task.PersonID != nil {
		return *task.PersonID
	}
	return w.person("partner-sc-nwb").ID
}

// try returns one letter for everybody who tries a row.
func (w *world) try(method, route string) string {
	task := w.subject(route)
	w.byLink(w.readers[1], w.elsewhere)
	w.byLink(w.readers[2], task)
	var letters strings.Builder
	for i, b := range w.readers {
		if i > 2 && route == "/sign-out" {
			letters.WriteString("y") // tried in a test of its own: it would sign the row's readers out
			continue
		}
		var form url.Values
		if method == http.MethodPost {
			form = url.Values{"next": {"/"}}
			if strings.Contains(route, "/administration/") { // whom and what some acts there cannot do without
				form = url.Values{"role": {models.RoleReader}, "organisation_id": {demo.ID("organisation", "oak").String()}, "report": {w.report.String()}}
			}
			if asked := w.tasks[actsOn[route]]; asked != nil {
				form.Set("task", asked.ID.String())
			}
		}
		got := b.send(method, w.address(route, task), form)
		letters.WriteString(w.letter(method, got))
		if got.StatusCode >= http.StatusInternalServerError && got.StatusCode != http.StatusNotImplemented {
			w.t.Errorf("%s %s by %d: %d", method, route, i, got.StatusCode)
		}
		w.showAgain()
	}
	all := letters.String()
	return strings.Join([]string{all[:1], all[1:3], all[3:6], all[6:9], all[9:11], all[11:13], all[13:]}, " ")
}

// showAgain leaves the next the text in sight, and their own attempts at reporting it.
func (w *world) showAgain() {
	_, err := w.db.NewRaw("UPDATE recommendations SET quarantined_at = NULL WHERE quarantined_at IS NOT NULL; DELETE FROM rate_limits").Exec(w.t.Context())
	require.NoError(w.t, err)
}

// letter says what came of a try: y entitled, c entitled but not at this stage, f forbidden, n nothing there, u sign in first,
// g a link that has ended, m led elsewhere.
func (w *world) letter(method string, got answer) string {
	switch status := got.StatusCode; {
	case status == http.StatusUnauthorized, status == http.StatusSeeOther && strings.HasPrefix(got.Header.Get("Location"), signInPath):
		return "u"
	case status == http.StatusForbidden:
		return "f"
	case status == http.StatusNotFound:
		return "n"
	case status == http.StatusGone:
		return "g"
	case status == http.StatusNotImplemented: // no programs here, which only those entitled are told
		return "y"
	case method == http.MethodPost && (status < 400 || slices.Contains([]int{409, 412, 415, 422, 428}, status)), status == http.StatusOK:
		return "y"
	case status == http.StatusConflict:
		return "c"
	case status == http.StatusSeeOther:
		return "m"
	}
	return "?"
}

// unlisted are the pages and acts that have no row.
func unlisted(t *testing.T) (all []string) {
	t.Helper()
	listed := map[string]bool{}
	for _, row := range entitlements {
		route, _, _ := strings.Cut(row.route, "#")
		listed[route] = true
	}
	require.NoError(t, newHouse(t).server.router().Walk(func(route *mux.Route, _ *mux.Router, _ []*mux.Route) error {
		path, err := route.GetPathTemplate()
		require.NoError(t, err)
		methods, err := route.GetMethods()
		require.NoError(t, err)
		for _, m := range methods {
			demonstration := strings.HasPrefix(path, "/dev") // mounted by dev on loopback alone
			if m != http.MethodHead && !demonstration && !listed[m+" "+path] {
				all = append(all, m+" "+path)
			}
		}
		return nil
	}))
	return all
}

// hold tries rows and tells of those that are not as they must be.
func (w *world) hold(stage string, rows []entitlement) {
	for _, row := range rows {
		want, at := row.at(stage)
		if !at {
			continue
		}
		method, route, _ := strings.Cut(row.route, " ")
		if got := w.try(method, route); got != want {
			w.t.Errorf("%s\n\tby      %s\n\tis      %s\n\tmust be %s", row.route, columnLetters, got, want)
		}
	}
}

// TestEveryPageForEveryoneAtEveryStage tries every page and act there is, by everybody, at every stage at which they differ.
// What is expected stands in the table, in words of its own: see entitlement_table_test.go. A page without a row fails, and is
// told with what is so today, for whoever writes the row to judge.
func TestEveryPageForEveryoneAtEveryStage(t *testing.T) {
	t.Parallel()
	missing := unlisted(t)
	if testing.Short() { // everybody's tries at everything take a quarter of all the short tests
		require.Empty(t, missing, "pages without a row: run this test whole, which says what is so")
		return
	}
	for _, stage := range stages {
		t.Run(stage, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, stage)
			w.hold(stage, entitlements)
			if stage == "done" {
				w.hold(stage, w.there())
			}
			for _, lost := range missing {
				method, route, _ := strings.Cut(lost, " ")
				t.Errorf("%s has no row: say who may (today it is %q)", lost, w.try(method, route))
			}
		})
	}
}
