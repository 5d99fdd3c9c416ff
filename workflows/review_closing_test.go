package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/models"
)

// The answer that is enough comes at ten in the evening in Greenwich: it is the next day already in Sofia and in Auckland.
func TestReviewRoundClosesWithADayWhereTheTextIsAtHome(t *testing.T) {
	for name, c := range map[string]struct {
		change func(o *office)
		zone   string
		until  string
	}{
		"the organisation's country":       {func(*office) {}, "Europe/Sofia", "2026-06-03T20:59:59Z"},
		"the network's, where it has none": {abroad, "Pacific/Auckland", "2026-06-03T11:59:59Z"},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t, func(d *models.ProcedureDocument) { d.Review.Enough, d.Review.Grace = 1, "1d" })
			c.change(o)
			o.startReview(0, o.experts[:2], nil)
			o.answer(15*time.Hour, o.experts[0])
			o.at(16*time.Hour, func() {
				at := o.closing()
				require.NotNil(t, at)
				require.Equal(t, c.until, at.UTC().Format(time.RFC3339))
				zone, err := time.LoadLocation(c.zone)
				require.NoError(t, err)
				require.Equal(t, "2026-06-03 23:59:59", at.In(zone).Format(time.DateTime), "a whole day is left, to its end")
				require.Equal(t, 1, o.mailsTo(models.MailRoundClosing, o.experts[1].ID), "who still can is told")
				cal, err := models.CalendarOf(o.ctx, o.db, o.experts[1].CountryCode, *at)
				require.NoError(t, err)
				goes := o.goes(models.MailRoundClosing, o.experts[1])
				require.True(t, goes.Equal(cal.Awake(begin.Add(15*time.Hour))) && goes.Before(*at), "not at night, and before it closes: %s", goes)
			})
			cutOff(t, o.run(4*day))
			require.Equal(t, c.until, o.round(1).ClosedAt.UTC().Format(time.RFC3339), "and then it is closed")
		})
	}
}

// A version of the procedure from before a grace was required closes no round the second the answer comes.
func TestReviewRoundWithoutAGraceLeavesAnHour(t *testing.T) {
	o := newOffice(t, func(d *models.ProcedureDocument) { d.Review.Enough = 1 })
	o.exec(`UPDATE procedures SET document = document #- '{review,grace}'`)
	o.startReview(0, o.experts[:2], nil)
	o.answer(15*time.Hour, o.experts[0])
	o.at(15*time.Hour+30*time.Minute, func() {
		require.NotNil(t, o.closing())
		require.Nil(t, o.round(1).ClosedAt, "the answer can be changed")
		require.True(t, o.goes(models.MailRoundClosing, o.experts[1]).Before(*o.closing()), "at night, too, where the morning would be too late")
	})
	cutOff(t, o.run(4*day))
	require.WithinDuration(t, begin.Add(16*time.Hour), *o.round(1).ClosedAt, time.Minute)
}

// abroad takes the organisation out of its country, in a network that lives far in the east.
func abroad(o *office) {
	o.exec("DELETE FROM organisation_countries WHERE organisation_id = ?", o.rec.OrganisationID)
	require.NoError(o.t, models.SetNetworkZone(o.ctx, o.db, "Pacific/Auckland"))
}

// round reads a round as it stands.
func (o *office) round(number int) *models.ReviewRound {
	o.t.Helper()
	r, err := models.RoundByNumber(o.ctx, o.db, o.rec.ID, number)
	require.NoError(o.t, err)
	return r
}

// closing is when the first round closes; nil while it does not.
func (o *office) closing() *time.Time { return o.round(1).ClosingAt }
