package models_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"tribuna/internal/access"
	"tribuna/internal/apperr"
	"tribuna/internal/record"
	"tribuna/models"
)

// series is a published recommendation with a campaign.
type series struct {
	engagedNetwork
	rec      *models.Recommendation
	campaign *models.Campaign
	ministry uuid.UUID // to which letters go
}

func newSeries(t *testing.T) series {
	t.Helper()
	s := series{engagedNetwork: newEngagedNetwork(t)}
	s.exec(t, `UPDATE recommendations SET published_at = now(), stage = 'done' WHERE id = ?`, s.about)
	s.ministry = models.NewID()
	s.exec(t, `INSERT INTO authorities (id, slug, level, names) VALUES (?, 'series-ministry', 'state', '{"en": "Ministry"}')`, s.ministry)
	var err error
	s.rec, err = models.RecommendationByID(t.Context(), s.db, s.about)
	require.NoError(t, err)
	s.campaign, err = models.CreateCampaign(t.Context(), s.db, s.rec, models.CampaignInput{Title: " Spring "}, s.officer, noon)
	require.NoError(t, err)
	return s
}

func meeting(who models.Person, year int, month time.Month, on int) models.CampaignStepInput {
	d := models.Day(time.Date(year, month, on, 0, 0, 0, 0, time.UTC))
	return models.CampaignStepInput{Kind: models.StepMeeting, Title: "With the ministry", Day: &d, ResponsibleID: who.ID}
}

func (s series) plan(t *testing.T, in models.CampaignStepInput) *models.CampaignStep {
	t.Helper()
	step, err := models.PlanStep(t.Context(), s.db, s.campaign, in, s.officer, noon)
	require.NoError(t, err)
	return step
}

// verbs are what the record of the recommendation says of its campaigns, oldest first.
func (s series) verbs(t *testing.T) (all []string) {
	t.Helper()
	items, err := record.List(t.Context(), s.db, s.about, record.Confidential)
	require.NoError(t, err)
	for _, it := range items {
		if it.ObjectKind == "campaign" {
			all = append(all, it.Verb)
		}
	}
	return all
}

func TestAStepIsPlannedChangedSettledAndTakenBack(t *testing.T) {
	s := newSeries(t)
	ctx := t.Context()
	in := meeting(s.officer, 2026, 3, 20)
	in.Time, in.Zone, in.Note, in.WrittenIn = "14:30", "Europe/Sofia", "Bring the figures", "en"
	step := s.plan(t, in)
	require.Equal(t, time.Date(2026, 3, 20, 12, 30, 0, 0, time.UTC), *step.At)
	same, err := models.EditStep(ctx, s.db, s.campaign, step.ID, 1, in, s.officer, noon)
	require.NoError(t, err)
	require.Equal(t, 1, same.Revision, "what changes nothing is no change")

	in.Time, in.Zone = "", ""
	changed, err := models.EditStep(ctx, s.db, s.campaign, step.ID, 1, in, s.officer, noon)
	require.NoError(t, err)
	require.Nil(t, changed.At)
	_, err = models.EditStep(ctx, s.db, s.campaign, step.ID, 1, in, s.officer, noon)
	require.Equal(t, apperr.CodeOutdated, apperr.CodeOf(err))

	done, err := models.SettleStep(ctx, s.db, s.campaign, step.ID, 2, models.StepDone, models.StepResult{Result: "They will answer"}, s.officer, noon.AddDate(0, 0, 8))
	require.NoError(t, err)
	require.Equal(t, s.officer.ID, *done.SettledBy)
	_, err = models.EditStep(ctx, s.db, s.campaign, step.ID, 3, in, s.officer, noon)
	require.Equal(t, apperr.CodeWrongStage, apperr.CodeOf(err), "what is done is not planned otherwise")
	_, err = models.SettleStep(ctx, s.db, s.campaign, step.ID, 3, models.StepCalledOff, models.StepResult{}, s.officer, noon)
	require.Equal(t, apperr.CodeWrongStage, apperr.CodeOf(err))
	again, err := models.ReopenStep(ctx, s.db, s.campaign, step.ID, 3, s.officer, noon)
	require.NoError(t, err)
	require.Empty(t, again.Result)
	_, err = models.ReopenStep(ctx, s.db, s.campaign, step.ID, 4, s.officer, noon)
	require.Equal(t, apperr.CodeWrongStage, apperr.CodeOf(err))
	_, err = models.SettleStep(ctx, s.db, s.campaign, step.ID, 4, models.StepCalledOff, models.StepResult{Result: "The minister resigned", Written: models.Written{WrittenIn: "en"}}, s.officer, noon)
	require.NoError(t, err)
	require.Equal(t, []string{"campaign.created", "campaign.step_planned", "campaign.step_changed", "campaign.step_done", "campaign.step_reopened", "campaign.step_called_off"}, s.verbs(t))

	items, err := record.List(ctx, s.db, s.about, record.Confidential)
	require.NoError(t, err)
	last := items[len(items)-1]
	require.Equal(t, map[string]string{"title": "With the ministry", "result": "The minister resigned"}, last.Texts)
	require.Equal(t, map[string]string{"step": "meeting", "day": "2026-03-20", "written_in": "en"}, last.Facts)
	report, err := record.Verify(ctx, s.db, s.about)
	require.NoError(t, err)
	require.True(t, report.OK(), report.Faults)
}

func TestWhatLiesAheadIsNotDone(t *testing.T) {
	s := newSeries(t)
	ctx := t.Context()
	settle := func(step *models.CampaignStep, to models.StepState, now time.Time) error {
		_, err := models.SettleStep(ctx, s.db, s.campaign, step.ID, 1, to, models.StepResult{}, s.officer, now)
		return err
	}
	for _, kind := range []models.StepKind{models.StepCall, models.StepMeeting, models.StepEvent} {
		in := meeting(s.officer, 2026, 3, 20)
		in.Kind = kind
		step := s.plan(t, in)
		require.Equal(t, []string{"state"}, fieldsOf(t, settle(step, models.StepDone, noon)), kind)
		require.Equal(t, []string{"state"}, fieldsOf(t, settle(step, models.StepDone, time.Date(2026, 3, 19, 9, 59, 0, 0, time.UTC))))
		require.NoError(t, settle(step, models.StepDone, time.Date(2026, 3, 19, 10, 1, 0, 0, time.UTC)), "where days begin first it is that day")
		in.Time, in.Zone = "14:30", "Europe/Sofia"
		timed := s.plan(t, in)
		require.Equal(t, []string{"state"}, fieldsOf(t, settle(timed, models.StepDone, timed.At.Add(-time.Minute))))
		require.NoError(t, settle(timed, models.StepDone, *timed.At))
		require.NoError(t, settle(s.plan(t, in), models.StepCalledOff, noon), "what lies ahead can be called off")
	}
	early := s.plan(t, s.letter(s.officer))
	require.NoError(t, settle(early, models.StepDone, noon.AddDate(0, 0, -5)), "a letter may go out before its day")
}

func TestAStepThatCannotBeMeantIsRefused(t *testing.T) {
	s := newSeries(t)
	reader := s.person(t, "reader", models.RoleReader, s.partner)
	elsewhere := s.person(t, "elsewhere", models.RoleOfficer, s.lead)
	gone := s.person(t, "gone", models.RoleOfficer, s.partner, left)
	nobody := uuid.New()
	for path, change := range map[string]func(*models.CampaignStepInput){
		"kind":  func(in *models.CampaignStepInput) { in.Kind = "dance" },
		"title": func(in *models.CampaignStepInput) { in.Title = " " },
		"day":   func(in *models.CampaignStepInput) { in.Day = nil },
		"time": func(in *models.CampaignStepInput) {
			in.Day, in.Time, in.Zone = meeting(s.officer, 2026, 3, 29).Day, "03:30", "Europe/Sofia"
		}, // it does not exist
		"zone":            func(in *models.CampaignStepInput) { in.Time, in.Zone = "14:30", "Local" },
		"responsible_id":  func(in *models.CampaignStepInput) { in.ResponsibleID = reader.ID },
		"authority_id":    func(in *models.CampaignStepInput) { in.AuthorityID = &nobody },
		"organisation_id": func(in *models.CampaignStepInput) { in.OrganisationID = &nobody },
	} {
		in := meeting(s.officer, 2026, 3, 20)
		change(&in)
		_, err := models.PlanStep(t.Context(), s.db, s.campaign, in, s.officer, noon)
		require.Equal(t, apperr.CodeInvalid, apperr.CodeOf(err), path)
		require.Equal(t, path, fieldsOf(t, err)[0])
	}
	for _, p := range []models.Person{elsewhere, gone} {
		_, err := models.PlanStep(t.Context(), s.db, s.campaign, meeting(p, 2026, 3, 20), s.officer, noon)
		require.Equal(t, apperr.CodeInvalid, apperr.CodeOf(err), p.Name)
	}
	people, err := models.CampaignPeople(t.Context(), s.db, s.partner.ID)
	require.NoError(t, err)
	require.Equal(t, []string{"owner"}, names(people))
}

func fieldsOf(t *testing.T, err error) (paths []string) {
	t.Helper()
	var e *apperr.Error
	require.ErrorAs(t, err, &e)
	for _, f := range e.Fields {
		paths = append(paths, f.Path)
	}
	return paths
}

// ruleOf is the one rule that an error says is broken.
func ruleOf(t *testing.T, err error) string {
	t.Helper()
	var e *apperr.Error
	require.ErrorAs(t, err, &e)
	require.Len(t, e.Fields, 1)
	return strings.TrimPrefix(e.Fields[0].Key, "error.field.")
}

func TestACampaignHoldsSeveralMailings(t *testing.T) {
	s := newSeries(t)
	ctx := t.Context()
	in := models.MailingInput{CampaignID: &s.campaign.ID, FallbackLanguage: "en", Texts: []models.MailingText{{Language: "en", Subject: "S", Body: "B"}}}
	first, err := models.CreateMailing(ctx, s.db, s.rec, in, s.officer.ID, noon)
	require.NoError(t, err)
	require.Equal(t, s.campaign.ID, first.CampaignID)
	second, err := models.CreateMailing(ctx, s.db, s.rec, in, s.officer.ID, noon)
	require.NoError(t, err)
	in.CampaignID = nil
	alone, err := models.CreateMailing(ctx, s.db, s.rec, in, s.officer.ID, noon)
	require.NoError(t, err)
	require.Equal(t, "A text", alone.Campaign.Title, "as before, a mailing begins a campaign of its own")
	next, err := models.CreateMailing(ctx, s.db, s.rec, in, s.officer.ID, noon)
	require.NoError(t, err)
	require.Equal(t, "A text (2)", next.Campaign.Title, "that is told apart from the first")
	require.NoError(t, models.RenameCampaign(ctx, s.db, next.Campaign, 1, models.CampaignInput{Title: "Autumn"}))
	named, err := models.CreateCampaign(ctx, s.db, s.rec, models.CampaignInput{Title: "a TEXT (2)"}, s.officer, noon)
	require.NoError(t, err)
	next, err = models.CreateMailing(ctx, s.db, s.rec, in, s.officer.ID, noon)
	require.NoError(t, err)
	require.Equal(t, "A text (3)", next.Campaign.Title, "also from one that was called so")
	require.Equal(t, []string{"title"}, fieldsOf(t, models.RenameCampaign(ctx, s.db, named, 1, models.CampaignInput{Title: "A text"})))
	list, err := models.MailingsIn(ctx, s.db, s.campaign.ID)
	require.NoError(t, err)
	require.Len(t, list, 2)

	other := s.recommendation(t, s.officer)
	s.exec(t, `UPDATE recommendations SET published_at = now() WHERE id = ?`, other)
	rec, err := models.RecommendationByID(ctx, s.db, other)
	require.NoError(t, err)
	theirs, err := models.CreateCampaign(ctx, s.db, rec, models.CampaignInput{Title: "Other"}, s.officer, noon)
	require.NoError(t, err)
	in.CampaignID = &theirs.ID
	_, err = models.CreateMailing(ctx, s.db, s.rec, in, s.officer.ID, noon)
	require.Equal(t, []string{"campaign_id"}, fieldsOf(t, err), "another recommendation's campaign")
	_, err = models.EditMailing(ctx, s.db, second.ID, 1, in, noon)
	require.Equal(t, []string{"campaign_id"}, fieldsOf(t, err))
	in.CampaignID = &alone.CampaignID
	moved, err := models.EditMailing(ctx, s.db, second.ID, 1, in, noon)
	require.NoError(t, err)
	require.Equal(t, alone.CampaignID, moved.CampaignID)
	in.CampaignID = nil
	stays, err := models.EditMailing(ctx, s.db, second.ID, 2, in, noon)
	require.NoError(t, err)
	require.Equal(t, alone.CampaignID, stays.CampaignID)
}

// TestOneOfTwoWhoNameACampaignAlikeIsRefused: both at the same time.
func TestOneOfTwoWhoNameACampaignAlikeIsRefused(t *testing.T) {
	s := newSeries(t)
	const many = 4
	errs := make(chan error, many)
	for range many {
		go func() {
			_, err := models.CreateCampaign(t.Context(), s.db, s.rec, models.CampaignInput{Title: "Summer"}, s.officer, noon)
			errs <- err
		}()
	}
	made := 0
	for range many {
		if err := <-errs; err == nil {
			made++
		} else {
			require.Equal(t, []string{"title"}, fieldsOf(t, err))
		}
	}
	require.Equal(t, 1, made)
}

// TestCampaignsBegunAtOnceWithoutANameAreNumbered: none has the title of another.
func TestCampaignsBegunAtOnceWithoutANameAreNumbered(t *testing.T) {
	s := newSeries(t)
	const many = 4
	errs := make(chan error, many)
	for range many {
		go func() {
			errs <- s.db.RunInTx(t.Context(), nil, func(ctx context.Context, tx bun.Tx) error {
				_, err := models.CreateMailing(ctx, tx, s.rec, models.MailingInput{FallbackLanguage: "en", Texts: []models.MailingText{{Language: "en", Subject: "S", Body: "B"}}}, s.officer.ID, noon)
				return err
			})
		}()
	}
	for range many {
		require.NoError(t, <-errs)
	}
	var titles []string
	require.NoError(t, s.db.NewRaw(`SELECT title FROM campaigns WHERE recommendation_id = ? AND title LIKE 'A text%' ORDER BY title`, s.about).Scan(t.Context(), &titles))
	require.Equal(t, []string{"A text", "A text (2)", "A text (3)", "A text (4)"}, titles)
}

func TestACampaignIsRenamedOnTopOfWhatWasSeen(t *testing.T) {
	s := newSeries(t)
	require.Equal(t, "Spring", s.campaign.Title)
	require.NoError(t, models.RenameCampaign(t.Context(), s.db, s.campaign, 1, models.CampaignInput{Title: "Autumn"}))
	require.Equal(t, 2, s.campaign.Revision)
	require.Equal(t, apperr.CodeOutdated, apperr.CodeOf(models.RenameCampaign(t.Context(), s.db, s.campaign, 1, models.CampaignInput{Title: "Winter"})))
	require.Equal(t, apperr.CodeInvalid, apperr.CodeOf(models.RenameCampaign(t.Context(), s.db, s.campaign, 2, models.CampaignInput{})))
	other, err := models.CreateCampaign(t.Context(), s.db, s.rec, models.CampaignInput{Title: "Spring"}, s.officer, noon)
	require.NoError(t, err, "the title is free again")
	require.Equal(t, []string{"title"}, fieldsOf(t, models.RenameCampaign(t.Context(), s.db, other, 1, models.CampaignInput{Title: " autumn"})))
	_, err = models.CreateCampaign(t.Context(), s.db, s.rec, models.CampaignInput{Title: "AUTUMN "}, s.officer, noon)
	require.Equal(t, []string{"title"}, fieldsOf(t, err))
	mailing := models.MailingInput{Title: "Autumn", FallbackLanguage: "en", Texts: []models.MailingText{{Language: "en", Subject: "S", Body: "B"}}}
	_, err = models.CreateMailing(t.Context(), s.db, s.rec, mailing, s.officer.ID, noon)
	require.Equal(t, []string{"title"}, fieldsOf(t, err))
	s.rec.PublishedAt = nil
	_, err = models.CreateCampaign(t.Context(), s.db, s.rec, models.CampaignInput{Title: "Early"}, s.officer, noon)
	require.Equal(t, apperr.CodeWrongStage, apperr.CodeOf(err), "what is not published is not campaigned for")
}

// TestCampaignsAreListedToThoseWhoMayReadThem holds what the SQL shows against what the table of roles allows.
func TestCampaignsAreListedToThoseWhoMayReadThem(t *testing.T) {
	s := newSeries(t)
	ctx := t.Context()
	seen := map[bool]int{}
	for _, hidden := range []bool{false, true} {
		s.exec(t, `UPDATE recommendations SET quarantined_at = CASE WHEN ? THEN now() END WHERE id = ?`, hidden, s.about)
		rec, err := models.RecommendationByID(ctx, s.db, s.about)
		require.NoError(t, err)
		for _, role := range models.RoleNames() {
			for _, in := range []models.Organisation{s.partner, s.lead, s.academics} {
				p := s.person(t, uuid.NewString(), role, in)
				v, err := models.ViewerOf(ctx, s.db, p.ID)
				require.NoError(t, err)
				list, err := models.Campaigns(ctx, s.db, v, models.CampaignFilter{Recommendation: s.about})
				require.NoError(t, err)
				actor, err := models.AccessActor(ctx, s.db, p.ID, nil)
				require.NoError(t, err)
				object, err := models.AccessObject(ctx, s.db, rec, nil)
				require.NoError(t, err)
				may := access.Can(actor, access.ReadCampaign, object) == nil
				require.Equal(t, map[bool]int{true: 2}[may], len(list), "%s in %s, hidden %v", role, in.Name, hidden)
				v.LinkTask = uuid.New()
				none, err := models.Campaigns(ctx, s.db, v, models.CampaignFilter{})
				require.NoError(t, err)
				require.Empty(t, none, "by a personal link")
				seen[may]++
			}
		}
	}
	require.Greater(t, seen[true], 5)
	require.Greater(t, seen[false], 20)
	none, err := models.Campaigns(ctx, s.db, models.Viewer{}, models.CampaignFilter{})
	require.NoError(t, err)
	require.Empty(t, none, "the public")
}

func TestCampaignsSayWhatComesNext(t *testing.T) {
	s := newSeries(t)
	ctx := t.Context()
	v, err := models.ViewerOf(ctx, s.db, s.officer.ID)
	require.NoError(t, err)
	open := func() []models.CampaignSummary {
		list, err := models.Campaigns(ctx, s.db, v, models.CampaignFilter{Open: true, Query: "spring", Limit: 5})
		require.NoError(t, err)
		return list
	}
	require.Empty(t, open())
	late := meeting(s.officer, 2026, 4, 1)
	late.Title = "Later"
	s.plan(t, late)
	soon := s.plan(t, meeting(s.officer, 2026, 3, 20))
	far := meeting(s.officer, 2026, 3, 19)
	_, err = models.SettleStep(ctx, s.db, s.campaign, s.plan(t, far).ID, 1, models.StepDone, models.StepResult{}, s.officer, noon.AddDate(0, 0, 8))
	require.NoError(t, err)
	require.Equal(t, [2]int{2, 1}, [2]int{open()[0].Planned, open()[0].Done})
	require.Equal(t, "With the ministry", open()[0].NextTitle)
	require.Equal(t, soon.Day, open()[0].NextDay.UTC())
	require.Empty(t, open()[0].MailingSubject)
	for i, subject := range []string{"First", "Second", "Cancelled"} {
		m, err := models.CreateMailing(ctx, s.db, s.rec, models.MailingInput{CampaignID: &s.campaign.ID, FallbackLanguage: "en", Texts: []models.MailingText{
			{Language: "bg", Subject: "Тема", Body: "Текст"}, {Language: "en", Subject: subject, Body: "Text"}}}, s.officer.ID, noon.Add(time.Duration(i)*time.Minute))
		require.NoError(t, err)
		if subject == "Cancelled" {
			s.exec(t, `UPDATE mailings SET state = 'cancelled' WHERE id = ?`, m.ID)
		}
	}
	latest := open()[0]
	require.Equal(t, []string{models.MailingKindCampaign, "Second", "en"}, []string{latest.MailingKind, latest.MailingSubject, latest.MailingLanguage})

	due, err := models.DueSteps(ctx, s.db, v, noon)
	require.NoError(t, err)
	require.Empty(t, due, "in eight days")
	due, err = models.DueSteps(ctx, s.db, v, noon.AddDate(0, 0, 1))
	require.NoError(t, err)
	require.Len(t, due, 1)
	require.Equal(t, soon.ID, due[0].ID)
	stranger, err := models.ViewerOf(ctx, s.db, s.person(t, "other", models.RoleOfficer, s.partner).ID)
	require.NoError(t, err)
	due, err = models.DueSteps(ctx, s.db, stranger, noon.AddDate(1, 0, 0))
	require.NoError(t, err)
	require.Empty(t, due, "it is somebody else's")
}
