package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
	"tribuna/models"
)

// The beginning is Monday 1 June 2026, nine o'clock in Zagreb and ten in Sofia, where the officer is.

// elsewhere moves ten of the readers to Moldova, whose clock is an hour ahead of Zagreb's.
func (p *postOffice) elsewhere() {
	p.exec(`UPDATE people SET country_code = 'MD' WHERE id IN (SELECT id FROM people WHERE country_code = 'HR' AND language = 'sr-Latn'
		AND consent_at IS NOT NULL AND unsubscribed_at IS NULL ORDER BY email LIMIT 10)`)
	p.exec(`UPDATE mailings SET audience = '{"countries": ["HR", "MD"], "roles": ["reader"]}' WHERE id = ?`, p.mailing.ID)
	n, err := models.MailingAudience(p.ctx, p.db, models.Audience{Countries: []string{"HR", "MD"}, Roles: []string{models.RoleReader}}).Count(p.ctx)
	require.NoError(p.t, err)
	p.reach = int(n)
}

// later launches the mailing for a time to come.
func (p *postOffice) later(day, clock string, change ...func(*models.LaunchMailingPayload)) *said {
	p.t.Helper()
	in := models.LaunchMailingPayload{Revision: 1, Expected: p.reach, When: &models.MailingTime{Day: day, Time: clock}}
	for _, c := range change {
		c(&in)
	}
	return p.say(models.DecideLaunchMailing, in)
}

func (p *postOffice) move(day, clock string) *said {
	p.t.Helper()
	return p.say(models.DecideMoveMailing, models.MoveMailingPayload{When: &models.MailingTime{Day: day, Time: clock}})
}

func eachOwn(in *models.LaunchMailingPayload) { in.When.Local = true }
func atNight(in *models.LaunchMailingPayload) { in.AtNight = true }

// sentBy reads how many mails the server had at a time after the beginning.
func (p *postOffice) sentBy(after time.Duration, mails *int) {
	p.at(after, func() { _, *mails = p.taken("") })
}

func (p *postOffice) row() *models.Mailing {
	p.t.Helper()
	m, err := models.MailingByID(p.ctx, p.db, p.mailing.ID)
	require.NoError(p.t, err)
	return m
}

func TestScheduledMailingLeavesAtItsTimeByTheOfficersClock(t *testing.T) {
	p := newPostOffice(t)
	var launched *said
	p.at(time.Hour, func() { launched = p.later("2026-06-03", "15:00") })
	p.at(90*time.Minute, func() {
		require.Equal(t, models.MailingScheduled, p.state())
		require.Equal(t, "Europe/Sofia", p.row().Schedule.Zone)
		require.Equal(t, readersInCroatia, p.counts().Queued, "they are frozen")
		p.exec(`UPDATE people SET unsubscribed_at = now() WHERE id = (SELECT person_id FROM outbox WHERE mailing_id = ? ORDER BY id LIMIT 1)`, p.mailing.ID)
	})
	var before int
	noon := time.Date(2026, 6, 3, 12, 0, 0, 0, time.UTC).Sub(begin) // 15:00 in Sofia
	p.sentBy(noon-time.Second, &before)
	require.NoError(t, p.send(4*day))
	p.recorded(launched)
	require.Zero(t, before, "nothing leaves before its time")
	require.Equal(t, models.MailingSent, p.state())
	require.Equal(t, models.MailCounts{Delivered: readersInCroatia - 1, Cancelled: 1}, p.counts(), "who unsubscribed meanwhile gets none")
	require.Equal(t, "2026-06-03T12:00:00Z", p.entry("mailing.scheduled").Facts["at"])
	require.Equal(t, 1, p.entries("mailing.begun"))
	m := p.row()
	require.WithinDuration(t, begin.Add(noon), *m.FinishedAt, 5*time.Second)
}

func TestScheduledMailingReachesEveryZoneAtTheSameTimeOfDay(t *testing.T) {
	p := newPostOffice(t)
	p.elsewhere()
	p.at(time.Hour, func() { p.later("2026-06-02", "09:00", eachOwn) })
	var first, between int
	moldova := time.Date(2026, 6, 2, 6, 0, 0, 0, time.UTC).Sub(begin) // nine in Chisinau
	p.sentBy(moldova-time.Second, &first)
	p.sentBy(moldova+30*time.Minute, &between)
	p.at(moldova+30*time.Minute, func() { require.Equal(t, models.MailingScheduled, p.state(), "it waits for the next zone") })
	require.NoError(t, p.send(4*day))
	require.Zero(t, first)
	abroad, err := p.db.NewSelect().TableExpr("outbox AS o").Join("JOIN people AS p ON p.id = o.person_id").
		Where("o.mailing_id = ? AND p.country_code = 'MD'", p.mailing.ID).Count(p.ctx)
	require.NoError(t, err)
	require.Equal(t, int(abroad), between, "those in Moldova first")
	require.WithinDuration(t, begin.Add(moldova+time.Hour), *p.row().FinishedAt, 5*time.Second)
	recipients, mails := p.taken("")
	require.Equal(t, p.reach, recipients)
	require.Equal(t, p.reach, mails)
	require.Equal(t, 1, p.entries("mailing.begun"), "that it goes on is no decision")
}

func TestScheduledMailingIsAskedAboutInSilenceAndNeverLeavesByItself(t *testing.T) {
	p := newPostOffice(t)
	p.at(time.Hour, func() { p.later("2026-06-03", "15:00") })
	cutOff(t, p.send(2*day)) // the house is down over its time
	p.clock = begin.Add(3 * day)
	cutOff(t, p.send(60*day))
	require.Equal(t, models.MailingAsking, p.state())
	_, mails := p.taken("")
	require.Zero(t, mails)
	asked := p.tasksOf(models.TaskDecideMailing)
	require.Len(t, asked, 1, "once")
	require.Equal(t, p.officer.ID, *asked[0].PersonID)
	require.NotNil(t, asked[0].OverdueAt)
	require.NotEmpty(t, p.tasksOf(models.TaskEscalation), "coordinators look into it")
	require.Equal(t, models.TaskOpen, asked[0].State, "it stays")
	require.Equal(t, 1, p.entries("mailing.asking"))
}

func TestScheduledMailingThatAskedLeavesWhenTheOfficerSaysSo(t *testing.T) {
	p := newPostOffice(t)
	p.at(time.Hour, func() { p.later("2026-06-03", "15:00") })
	cutOff(t, p.send(2*day))
	p.clock = begin.Add(3 * day)
	var now *said
	p.at(3*day+time.Hour, func() { now = p.say(models.DecideMoveMailing, models.MoveMailingPayload{}) })
	require.NoError(t, p.send(6*day))
	p.recorded(now)
	require.Equal(t, readersInCroatia, p.counts().Delivered)
	require.Equal(t, models.TaskDone, p.tasksOf(models.TaskDecideMailing)[0].State)
	require.Equal(t, 1, p.entries("mailing.sent_now"))
}

func TestScheduledMailingThatIsALittleLateStillLeaves(t *testing.T) {
	p := newPostOffice(t)
	p.at(time.Hour, func() { p.later("2026-06-02", "10:00") })
	cutOff(t, p.send(20*time.Hour))
	p.clock = begin.Add(28 * time.Hour) // five hours late
	require.NoError(t, p.send(3*day))
	require.Equal(t, readersInCroatia, p.counts().Delivered)
}

func TestScheduledMailingDuplicateIsOneSchedule(t *testing.T) {
	p := newPostOffice(t)
	var first, again, second *said
	p.at(time.Hour, func() {
		in := models.LaunchMailingPayload{Revision: 1, Expected: p.reach, When: &models.MailingTime{Day: "2026-06-03", Time: "15:00"}}
		first = p.say(models.DecideLaunchMailing, in, decisionID("the-same-form"))
		again = p.say(models.DecideLaunchMailing, in, decisionID("the-same-form"))
	})
	p.at(2*time.Hour, func() { second = p.later("2026-06-04", "15:00") })
	require.NoError(t, p.send(4*day))
	p.recorded(first)
	require.Equal(t, first.outcome, again.outcome)
	p.refused(apperr.CodeWrongStage, second)
	_, mails := p.taken("")
	require.Equal(t, readersInCroatia, mails)
	require.Equal(t, 1, p.entries("mailing.scheduled"))
}

func TestScheduledMailingMovedTooLate(t *testing.T) {
	p := newPostOffice(t)
	p.at(time.Hour, func() { p.later("2026-06-03", "15:00") })
	require.NoError(t, p.send(4*day))
	late := p.lateWord(models.DecideMoveMailing)
	require.Equal(t, apperr.CodeClosed, late.Code)
}

func TestScheduledMailingMovesAndTheOldTimeDoesNothing(t *testing.T) {
	p := newPostOffice(t)
	var moved, sooner *said
	var at int
	p.at(time.Hour, func() { p.later("2026-06-03", "15:00") })
	p.at(2*time.Hour, func() { moved = p.move("2026-06-05", "12:00") })
	p.sentBy(4*day-24*time.Hour, &at)
	p.at(4*day-23*time.Hour, func() { sooner = p.move("2026-06-04", "14:00") })
	require.NoError(t, p.send(6*day))
	p.recorded(moved)
	p.recorded(sooner)
	require.Zero(t, at)
	require.Equal(t, readersInCroatia, p.counts().Delivered)
	require.WithinDuration(t, time.Date(2026, 6, 4, 11, 0, 0, 0, time.UTC), *p.row().FinishedAt, 5*time.Second)
	require.Equal(t, 2, p.entries("mailing.moved"))
}

func TestScheduledMailingNotEntitled(t *testing.T) {
	p := newPostOffice(t)
	var all []*said
	p.at(time.Hour, func() { p.later("2026-06-03", "15:00") })
	p.at(2*time.Hour, func() {
		for _, who := range []models.Person{p.other, p.person(owner), p.person(nobody), p.experts[0]} {
			all = append(all, p.office.say(p.mailing.ID, models.DecideMoveMailing, who, nil, models.MoveMailingPayload{}),
				p.office.say(p.mailing.ID, models.DecideReviseMailing, who, nil, models.NoPayload{}))
		}
	})
	cutOff(t, p.send(3*time.Hour))
	require.Len(t, all, 8)
	for _, s := range all {
		require.Equal(t, models.SubmissionRefused, s.outcome.State)
	}
	require.Equal(t, models.MailingScheduled, p.state())
}

func TestScheduledMailingCancelled(t *testing.T) {
	p := newPostOffice(t)
	var cancelled *said
	p.at(time.Hour, func() { p.later("2026-06-03", "15:00") })
	p.at(2*time.Hour, func() { cancelled = p.say(models.DecideCancelMailing, models.NoPayload{}) })
	require.NoError(t, p.send(4*day))
	p.recorded(cancelled)
	require.Equal(t, models.MailCounts{Cancelled: readersInCroatia}, p.counts())
	_, mails := p.taken("")
	require.Zero(t, mails)
}

func TestScheduledMailingIsADraftAgainAndLaunchedAnew(t *testing.T) {
	p := newPostOffice(t)
	var revised, again *said
	p.at(time.Hour, func() { p.later("2026-06-03", "15:00") })
	p.at(2*time.Hour, func() { revised = p.say(models.DecideReviseMailing, models.NoPayload{}) })
	p.at(3*time.Hour, func() {
		require.Equal(t, models.MailingDraft, p.state())
		require.Zero(t, p.counts().Total())
		_, err := models.EditMailing(p.ctx, p.db, p.mailing.ID, 1, models.MailingInput{FallbackLanguage: "en",
			Audience: models.Audience{Countries: []string{"HR"}, Roles: []string{models.RoleReader}},
			Texts:    []models.MailingText{{Language: "en", Subject: "Without the slip", Body: "Read it."}}}, time.Now())
		require.NoError(t, err)
	})
	p.at(4*time.Hour, func() {
		again = p.say(models.DecideLaunchMailing, models.LaunchMailingPayload{Revision: 2, Expected: readersInCroatia})
	})
	require.NoError(t, p.send(4*day))
	p.recorded(revised)
	p.recorded(again)
	recipients, mails := p.taken("Without the slip")
	require.Equal(t, readersInCroatia, recipients)
	require.Equal(t, readersInCroatia, mails)
}

func TestScheduledMailingContinuesAsNewWhileItWaits(t *testing.T) {
	p := newPostOffice(t)
	p.elsewhere()
	p.mails = noConnection{} // so that the first part takes a hundred batches, and the second begins in another run
	p.at(time.Hour, func() { p.later("2026-06-02", "09:00", eachOwn) })
	p.at(26*time.Hour, func() { p.mails = batches{p.sender()} })
	require.NoError(t, p.send(4*day))
	require.Greater(t, p.runs, 1)
	recipients, mails := p.taken("")
	require.Equal(t, p.reach, recipients)
	require.Equal(t, p.reach, mails)
}

func TestScheduleRefusesTimesThatCannotBe(t *testing.T) {
	p := newPostOffice(t)
	p.elsewhere()
	refused := map[string]*said{}
	p.at(time.Hour, func() { // 10:00 in Zagreb, 11:00 in Chisinau and Sofia
		refused["mailing_past"] = p.later("2026-06-01", "10:59")
		refused["mailing_past_somewhere"] = p.later("2026-06-01", "10:30", eachOwn)
		refused["mailing_far"] = p.later("2027-06-10", "12:00")
		refused["mailing_gap"] = p.later("2027-03-28", "03:30") // clocks go from three to four in Sofia
		refused["mailing_time"] = p.later("2026-02-30", "12:00")
		refused["zone"] = p.later("2026-06-03", "12:00", func(in *models.LaunchMailingPayload) { in.When.Zone = "Local" })
	})
	cutOff(t, p.send(2*time.Hour))
	for rule, s := range refused {
		p.refused(apperr.CodeInvalid, s)
		require.Equal(t, "error.field."+rule, s.outcome.Fields[0].Key)
	}
	require.Equal(t, models.MailingDraft, p.state())
	require.Zero(t, p.counts().Total())
}

func TestMailingIsQuietAtNightUnlessTheOfficerSaysSo(t *testing.T) {
	for name, c := range map[string]struct {
		change []func(*models.LaunchMailingPayload)
		at     time.Time
	}{
		"quiet":    {nil, time.Date(2026, 6, 4, 7, 0, 0, 0, time.UTC)}, // nine in Zagreb
		"at night": {[]func(*models.LaunchMailingPayload){atNight}, time.Date(2026, 6, 3, 20, 0, 0, 0, time.UTC)},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPostOffice(t)
			p.at(time.Hour, func() { p.later("2026-06-03", "23:00", c.change...) })
			require.NoError(t, p.send(5*day))
			require.Equal(t, readersInCroatia, p.counts().Delivered)
			require.WithinDuration(t, c.at, *p.row().FinishedAt, 5*time.Second)
		})
	}
}

func TestMailingResumedAtNightWaitsForTheMorning(t *testing.T) {
	p := newPostOffice(t)
	p.launchesPaused(2 * time.Hour)
	p.at(15*time.Hour, func() { p.say(models.DecideResumeMailing, models.NoPayload{}) }) // midnight in Zagreb
	require.NoError(t, p.send(3*day))
	require.Equal(t, readersInCroatia, p.counts().Delivered)
	require.WithinDuration(t, time.Date(2026, 6, 2, 7, 0, 0, 0, time.UTC), *p.row().FinishedAt, 5*time.Second)
}

func TestMailingAboutAHiddenTextAsksWhenItsTimeComes(t *testing.T) {
	p := newPostOffice(t)
	p.at(time.Hour, func() { p.later("2026-06-03", "15:00") })
	p.at(2*time.Hour, func() { p.exec(`UPDATE recommendations SET quarantined_at = ? WHERE id = ?`, p.now(), p.rec.ID) })
	cutOff(t, p.send(4*day))
	require.Equal(t, models.MailingAsking, p.state())
	_, mails := p.taken("")
	require.Zero(t, mails)
}

func TestScheduledMailingAsksAfterARestore(t *testing.T) {
	p := newPostOffice(t)
	p.at(time.Hour, func() { p.later("2026-06-03", "15:00") })
	cutOff(t, p.send(2*time.Hour))
	p.tx(func(tx bun.Tx) {
		_, err := models.MarkRestored(p.ctx, tx, p.clock)
		require.NoError(t, err)
		require.NoError(t, models.Release(p.ctx, tx, true, p.clock))
	})
	var kept *said
	p.at(4*time.Hour, func() {
		require.Equal(t, models.MailingAsking, p.state(), "it is asked about at once, long before its time")
		kept = p.move("2026-06-03", "15:00")
	})
	require.NoError(t, p.send(4*day))
	p.recorded(kept)
	require.Equal(t, readersInCroatia, p.counts().Delivered)
	require.WithinDuration(t, time.Date(2026, 6, 3, 12, 0, 0, 0, time.UTC), *p.row().FinishedAt, 5*time.Second)
}

// TestDraftFromBeforeARestoreIsLaunchedOnlyByWhoHasLooked: it may have been sent since the backup, and so may one that waited and
// is a draft again.
func TestDraftFromBeforeARestoreIsLaunchedOnlyByWhoHasLooked(t *testing.T) {
	for name, waited := range map[string]bool{"draft": false, "waited": true} {
		t.Run(name, func(t *testing.T) {
			p := newPostOffice(t)
			if waited {
				p.at(time.Hour, func() { p.later("2026-06-03", "15:00") })
				p.at(4*time.Hour, func() { p.say(models.DecideReviseMailing, models.NoPayload{}) })
			}
			cutOff(t, p.send(2*time.Hour))
			p.tx(func(tx bun.Tx) {
				_, err := models.MarkRestored(p.ctx, tx, p.clock)
				require.NoError(t, err)
				require.NoError(t, models.Release(p.ctx, tx, true, p.clock))
			})
			var blind, looked *said
			p.at(5*time.Hour, func() { blind = p.launch(readersInCroatia) })
			p.at(6*time.Hour, func() {
				require.Equal(t, models.MailingDraft, p.state())
				looked = p.say(models.DecideLaunchMailing, models.LaunchMailingPayload{Revision: 1, Expected: readersInCroatia, Again: true})
			})
			require.NoError(t, p.send(day))
			p.refused(apperr.CodeInvalid, blind)
			require.Equal(t, "again", blind.outcome.Fields[0].Path)
			p.recorded(looked)
			require.Equal(t, readersInCroatia, p.counts().Delivered)
		})
	}
}

// TestPausedMailingAsksWhenItIsResumedLongAfterItsTime has one that was paused before it began, and is resumed too late for it,
// wait for a person; another time can be said while it is paused.
func TestPausedMailingAsksWhenItIsResumedLongAfterItsTime(t *testing.T) {
	p := newPostOffice(t)
	pause := func() *said { return p.say(models.DecidePauseMailing, models.NoPayload{}) }
	var resumed, moved *said
	p.at(time.Hour, func() { p.later("2026-06-03", "15:00") })
	p.at(2*time.Hour, func() { pause() })
	p.at(4*day, func() { resumed = p.say(models.DecideResumeMailing, models.NoPayload{}) })
	p.at(4*day+time.Hour, func() {
		require.Equal(t, models.MailingAsking, p.state(), "its time passed days ago")
		p.move("2026-06-08", "15:00")
	})
	p.at(4*day+2*time.Hour, func() { pause() })
	p.at(4*day+3*time.Hour, func() { moved = p.move("2026-06-09", "15:00") })
	p.at(4*day+4*time.Hour, func() { require.Equal(t, models.MailingScheduled, p.state(), "it waits again") })
	require.NoError(t, p.send(12*day))
	p.recorded(resumed)
	p.recorded(moved)
	require.Equal(t, readersInCroatia, p.counts().Delivered)
	require.WithinDuration(t, time.Date(2026, 6, 9, 12, 0, 0, 0, time.UTC), *p.row().FinishedAt, 5*time.Second)
}

func TestMailingPausedBeforeItBeganIsADraftAgain(t *testing.T) {
	p := newPostOffice(t)
	var revised *said
	p.launchesPaused(2 * time.Hour)
	p.at(4*time.Hour, func() { revised = p.say(models.DecideReviseMailing, models.NoPayload{}) })
	p.at(5*time.Hour, func() {
		require.Equal(t, models.MailingDraft, p.state())
		require.Zero(t, p.counts().Total(), "nobody is frozen any more")
		p.launch(readersInCroatia)
	})
	require.NoError(t, p.send(day))
	p.recorded(revised)
	require.Equal(t, readersInCroatia, p.counts().Delivered)
}

func TestScheduledNewsletterIsInOtherRecordsOnceItLeaves(t *testing.T) {
	p := newPostOffice(t)
	other := p.newsletter()
	hide := func(hidden bool) {
		p.exec(`UPDATE recommendations SET quarantined_at = CASE WHEN ? THEN now() END WHERE id = ?`, hidden, other)
	}
	carried := func() int { return p.carried(other) }
	var paused, early, resumed *said
	p.at(time.Hour, func() { p.later("2026-06-03", "15:00") })
	p.at(2*time.Hour, func() {
		require.Zero(t, carried(), "nothing of it has left")
		hide(true)
	})
	p.at(3*day, func() {
		require.Equal(t, models.MailingAsking, p.state(), "it carries what is hidden")
		hide(false)
		p.move("2026-06-05", "15:00")
	})
	p.at(3*day+time.Hour, func() { paused = p.say(models.DecidePauseMailing, models.NoPayload{}) })
	p.at(3*day+2*time.Hour, func() {
		early = p.say(models.DecideResumeMailing, models.NoPayload{})
	})
	p.at(3*day+3*time.Hour, func() {
		require.Equal(t, models.MailingScheduled, p.state(), "it waits again")
		p.say(models.DecidePauseMailing, models.NoPayload{})
	})
	p.at(4*day+6*time.Hour, func() {
		require.Zero(t, carried(), "it was paused before it began")
		resumed = p.say(models.DecideResumeMailing, models.NoPayload{})
	})
	require.NoError(t, p.send(8*day))
	p.recorded(paused)
	p.recorded(early)
	p.recorded(resumed)
	require.Equal(t, models.MailingSent, p.state())
	require.Equal(t, readersInCroatia, p.counts().Delivered)
	require.Equal(t, 1, carried())
}
