package web

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"tribuna/internal/i18n"
	"tribuna/models"
)

// stepRow is a step of a campaign on the desk of who is responsible for it.
type stepRow struct {
	seriesItem
	Campaign models.Titled
	Again    string // where the letter is written again, of one whose reply is overdue; "" for the others

	due time.Time // where the day alone is known: when that is over
}

// dueSteps are the steps of campaigns that wait for the visitor, the first due first.
func (s *Server) dueSteps(r *http.Request, v *visitor) ([]stepRow, error) {
	zone, err := s.zoneOf(r.Context(), v.Person)
	if err != nil {
		return nil, err
	}
	list, err := models.DueSteps(r.Context(), s.DB, v.viewer(), s.Now())
	if err != nil {
		return nil, err
	}
	about := make([]uuid.UUID, len(list))
	for i, step := range list {
		about[i] = step.RecommendationID
	}
	titles, err := models.TitlesIn(r.Context(), s.DB, Localizer(r).Tag(), about)
	rows := make([]stepRow, 0, len(list))
	for _, step := range list {
		item := stepItem(Localizer(r), step.CampaignStep, models.DayOf(s.Now(), zone))
		item.Href = campaignPath(step.CampaignID) + "/steps/" + step.ID.String()
		row := stepRow{seriesItem: item, Campaign: titles.Campaign(step.RecommendationID, step.About(), step.Campaign), due: dayOver(item.Day, zone)}
		switch {
		case step.AwaitsReply():
			if row.With, err = s.concerned(r.Context(), Localizer(r), step.CampaignStep); err != nil {
				return nil, err
			}
			row.Late, row.due, row.Again = true, dayOver(*step.ReplyDue, zone), againPath(step.CampaignStep)
		case step.At != nil:
			row.due = *step.At
		}
		rows = append(rows, row)
	}
	return rows, err
}

// dayOver is when a day is over in a zone.
func dayOver(day time.Time, zone *time.Location) time.Time {
	return time.Date(day.Year(), day.Month(), day.Day()+1, 0, 0, 0, 0, zone)
}

// overdueReplies are rows of who is awaited for the letters of a recommendation whose reply is overdue: whoever is in charge of it.
func (s *Server) overdueReplies(ctx context.Context, l *i18n.Localizer, p *visitorPage) ([]awaitedRow, error) {
	list, err := models.OverdueReplies(ctx, s.DB, p.visitor.viewer(), p.Rec.ID, s.Now())
	if err != nil || len(list) == 0 {
		return nil, err
	}
	officer, err := models.PersonByID(ctx, s.DB, p.Rec.OfficerID)
	if err != nil {
		return nil, err
	}
	var rows []awaitedRow
	for _, step := range list {
		row := awaitedRow{Who: officer.Name, Due: dayOver(*step.ReplyDue, p.Zone).Add(-time.Second), Zone: p.Zone, Overdue: true, What: i18n.Said(l.T("letter.awaited")),
			Href: campaignPath(step.CampaignID) + "/steps/" + step.ID.String(), Open: step.Title, OpenLang: step.WrittenIn}
		with, err := s.concerned(ctx, l, step.CampaignStep)
		if err != nil {
			return nil, err
		}
		if with.Text != "" {
			row.What = i18n.Joined(row.What, " – ", with)
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// deskRow is a question or a step: one of them is nil.
type deskRow struct {
	Question *waitingRow
	Step     *stepRow

	late bool
	due  time.Time
}

// Desk is what waits, questions and steps of campaigns in one list: the most urgent first.
func (v homeView) Desk() []deskRow {
	var rows []deskRow
	for i := range v.Waiting {
		rows = append(rows, deskRow{Question: &v.Waiting[i], late: v.Waiting[i].Overdue, due: v.Waiting[i].Due})
	}
	for i := range v.Steps {
		rows = append(rows, deskRow{Step: &v.Steps[i], late: v.Steps[i].Late, due: v.Steps[i].due})
	}
	slices.SortStableFunc(rows, func(a, b deskRow) int {
		if a.late != b.late {
			return cmp.Compare(strconv.FormatBool(b.late), strconv.FormatBool(a.late))
		}
		return a.due.Compare(b.due)
	})
	return rows
}

// deskOf counts what stands on somebody's desk today.
func (s *Server) deskOf(ctx context.Context, v models.Viewer) (models.Desk, error) {
	desk, err := models.DeskOf(ctx, s.DB, v)
	if err != nil {
		return desk, err
	}
	desk.Steps, err = models.CountDueSteps(ctx, s.DB, v, s.Now())
	return desk, err
}
