package web

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"tribuna/internal/i18n"
	"tribuna/models"
)

// partnerRow is an organisation consulted in the same round.
type partnerRow struct {
	Name   string
	People []string
}

// fillConfirm says who will be written to, and until when they are asked to answer.
func (s *Server) fillConfirm(ctx context.Context, l *i18n.Localizer, a *officerAct, rules models.ProcedureDocument, v *reviewStartView) error {
	round, err := readRound(a.form.Form)
	if err != nil {
		return err
	}
	rows := map[string]expertRow{}
	for _, e := range v.Experts { // the best fit first, as they were chosen
		rows[e.ID] = e
		if a.form.Form.Has(e.Field, inviteNow) {
			v.Invited = append(v.Invited, e)
		}
	}
	for _, id := range round.Reserve {
		if e, free := rows[id.String()]; free {
			v.Reserve = append(v.Reserve, e)
		}
	}
	if v.Zone, err = s.zoneOf(ctx, a.visitor.Person); err != nil {
		return err
	}
	if err := s.fillTimes(ctx, l, a, rules, v); err != nil {
		return err
	}
	if !rules.Review.ConsultMembers {
		return nil
	}
	return s.fillPartners(ctx, l, a.rec, rules.SignOff, v)
}

// fillTimes says until when people are asked to answer, by the officer's calendar, as it would be counted for somebody invited now.
func (s *Server) fillTimes(ctx context.Context, l *i18n.Localizer, a *officerAct, rules models.ProcedureDocument, v *reviewStartView) error {
	cal, err := models.CalendarOf(ctx, s.DB, a.visitor.Person.CountryCode, s.Now())
	if err != nil {
		return err
	}
	if rules.Digest.Immediate {
		cal = models.AnyHour(cal.Zone)
	}
	t := models.NewTask(models.TaskReview, rules.WaitFor(models.TaskReview), s.Now(), cal.Zone)
	t.Shorten(rules.Review, a.rec.NeededBy, s.Now(), cal)
	v.DueText, v.Respond = t.DueAt, cal.WorkingDay(rules.Review.Respond.After(s.Now(), cal.Zone))
	if t.ShortFor != nil {
		v.Short = l.T("round.short", "Date", l.Date(*t.ShortFor, time.UTC))
	}
	return nil
}

func (s *Server) fillPartners(ctx context.Context, l *i18n.Localizer, rec *models.Recommendation, rules models.SignOffRules, v *reviewStartView) error {
	consulted, codes, err := models.OrganisationsConsulted(ctx, s.DB, rec, rules, s.Now())
	if err != nil {
		return err
	}
	for _, o := range consulted {
		people, err := models.Representatives(ctx, s.DB, []uuid.UUID{o.ID})
		if err != nil {
			return err
		}
		row := partnerRow{Name: o.Name}
		for _, person := range people {
			row.People = append(row.People, person.Name)
		}
		v.Partners = append(v.Partners, row)
	}
	v.LeadAsked = rules.Uncovered == models.UncoveredLead
	uncovered, err := s.namesOfCountries(ctx, l, codes)
	v.Uncovered = l.List(uncovered)
	return err
}

// namesOfCountries returns the names of countries in the reader's language.
func (s *Server) namesOfCountries(ctx context.Context, l *i18n.Localizer, codes []string) ([]i18n.Words, error) {
	all, err := models.Countries(ctx, s.DB)
	if err != nil {
		return nil, err
	}
	var names []i18n.Words
	for _, c := range all {
		if slices.Contains(codes, c.Code) {
			names = append(names, l.Name(c.Names))
		}
	}
	return names, nil
}
