package workflows_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/record"
	"tribuna/models"
)

// newsletter makes the mailing one that carries another recommendation as well, which it returns.
func (p *postOffice) newsletter() (other uuid.UUID) {
	p.t.Helper()
	require.NoError(p.t, p.db.NewRaw(`SELECT id FROM recommendations WHERE id <> ? ORDER BY created_at LIMIT 1`, p.rec.ID).Scan(p.ctx, &other))
	p.exec(`UPDATE mailings SET kind = 'newsletter' WHERE id = ?`, p.mailing.ID)
	for i, id := range []uuid.UUID{other, p.rec.ID} {
		p.exec(`UPDATE recommendations SET published_at = coalesce(published_at, now()) WHERE id = ?`, id)
		p.exec(`INSERT INTO mailing_items (id, mailing_id, position, recommendation_id) VALUES (?, ?, ?, ?)`, models.NewID(), p.mailing.ID, i, id)
	}
	return other
}

// carried counts how often the record of another recommendation says that a mailing carries it.
func (p *postOffice) carried(other uuid.UUID) (n int) {
	p.t.Helper()
	items, err := record.List(p.ctx, p.db, other, record.Network)
	require.NoError(p.t, err)
	for _, it := range items {
		if it.Verb == "mailing.carried" {
			n++
		}
	}
	return n
}

// TestThatAMailingBeginsIsOnRecordOnce launches one at night, when all of it waits for the morning, and one so late that the night comes
// before anything of it has left.
func TestThatAMailingBeginsIsOnRecordOnce(t *testing.T) {
	for name, c := range map[string]struct {
		launch time.Duration // after nine in Zagreb
		begins map[string]int
	}{
		"at night":         {13 * time.Hour, map[string]int{"mailing.scheduled": 1, "mailing.launched": 0, "mailing.begun": 1}},
		"before the night": {11*time.Hour + 50*time.Minute, map[string]int{"mailing.scheduled": 0, "mailing.launched": 1, "mailing.begun": 0}},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPostOffice(t)
			other := p.newsletter()
			p.mails = noConnection{} // the server is away in the evening
			p.at(c.launch, func() { p.launch(readersInCroatia) })
			p.at(14*time.Hour, func() {
				require.Equal(t, models.MailingScheduled, p.state(), "all of it waits for the morning")
				require.Equal(t, readersInCroatia, p.counts().Queued)
				p.mails = batches{p.sender()}
			})
			require.NoError(t, p.send(3*day))
			require.Equal(t, readersInCroatia, p.counts().Delivered)
			require.WithinDuration(t, time.Date(2026, 6, 2, 7, 0, 0, 0, time.UTC), *p.row().FinishedAt, 5*time.Second)
			for verb, times := range c.begins {
				require.Equal(t, times, p.entries(verb), verb)
			}
			require.Equal(t, 1, p.carried(other))
		})
	}
}

func TestAMailingThatWaitsOnceMoreBeforeAnythingLeftIsNotSaidToBeginAgain(t *testing.T) {
	p := newPostOffice(t)
	other := p.newsletter()
	p.mails = noConnection{}
	p.at(11*time.Hour+50*time.Minute, func() { p.launch(readersInCroatia) })
	p.at(13*time.Hour, func() { p.say(models.DecidePauseMailing, models.NoPayload{}) })
	p.at(day+2*time.Hour, func() {
		require.Equal(t, models.MailingPaused, p.state())
		p.mails = batches{p.sender()}
		p.say(models.DecideResumeMailing, models.NoPayload{})
	})
	require.NoError(t, p.send(4*day))
	require.Equal(t, readersInCroatia, p.counts().Delivered)
	require.Equal(t, []int{1, 1, 1, 0}, []int{p.carried(other), p.entries("mailing.launched"), p.entries("mailing.resumed"), p.entries("mailing.begun")})
}

// TestTheFirstTimeIsThatOfSomebodyWhoWantsIt has all readers of the first zone want no campaigns.
func TestTheFirstTimeIsThatOfSomebodyWhoWantsIt(t *testing.T) {
	p := newPostOffice(t)
	p.elsewhere()
	p.exec(`INSERT INTO mailing_preferences (person_id, topics, countries, refused, at_most, updated_at)
		SELECT id, '{}', '{}', '{campaign}', 'each', now() FROM people WHERE country_code = 'MD' AND consent_at IS NOT NULL`)
	refuse, err := models.MailingAudience(p.ctx, p.db, models.Audience{Countries: []string{"MD"}, Roles: []string{models.RoleReader}}).Count(p.ctx)
	require.NoError(t, err)
	all := p.reach
	p.reach -= int(refuse) // who launches it is told of those alone who want it
	zagreb := time.Date(2026, 6, 2, 7, 0, 0, 0, time.UTC)
	var launched, moved *said
	p.at(time.Hour, func() { launched = p.later("2026-06-02", "09:00", eachOwn) })
	p.at(2*time.Hour, func() {
		require.Equal(t, zagreb, p.row().NextAt.UTC(), "nine there, not in Chisinau an hour before")
		require.Equal(t, zagreb.Format(time.RFC3339), p.entry("mailing.scheduled").Facts["at"])
		moved = p.say(models.DecideMoveMailing, models.MoveMailingPayload{When: &models.MailingTime{Day: "2026-06-03", Time: "09:00", Local: true}})
	})
	p.at(3*time.Hour, func() { require.Equal(t, zagreb.Add(24*time.Hour), p.row().NextAt.UTC()) })
	require.NoError(t, p.send(4*day))
	p.recorded(launched)
	p.recorded(moved)
	require.WithinDuration(t, zagreb.Add(24*time.Hour), *p.row().FinishedAt, 5*time.Second)
	require.Positive(t, p.counts().Cancelled)
	require.Equal(t, []int{p.reach, all}, []int{p.counts().Delivered, p.counts().Delivered + p.counts().Cancelled})
	require.Equal(t, 1, p.entries("mailing.begun"))
}
