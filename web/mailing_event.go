package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"tribuna/internal/apperr"
	"tribuna/internal/i18n"
	"tribuna/models"
)

// eventFields are the fields of the form for the event that a mailing announces, each beside what it says.
func eventFields(e *models.MailingEvent) map[string]*string {
	return map[string]*string{"event.day": &e.Day, "event.time": &e.Time, "event.end_day": &e.EndDay, "event.end_time": &e.EndTime,
		"event.zone": &e.Zone, "event.place": &e.Place, "event.link": &e.Link}
}

// readEvent gathers the event from its form; nil where the form has no fields for one.
func readEvent(values url.Values) *models.MailingEvent {
	if !values.Has("event.day") {
		return nil
	}
	e := new(models.MailingEvent)
	for name, into := range eventFields(e) {
		*into = strings.TrimSpace(values.Get(name))
	}
	return e
}

func setEvent(values url.Values, e *models.MailingEvent) {
	if e == nil {
		return
	}
	for name, said := range eventFields(e) {
		values.Set(name, *said)
	}
}

// prefilledEvent begins an announcement by the clock of who writes it, and with what a step of the campaign says where the
// address names one.
func (s *Server) prefilledEvent(r *http.Request, c mailingCase, values url.Values) error {
	zone, err := s.zoneOf(r.Context(), c.visitor.Person)
	if err != nil {
		return err
	}
	e := &models.MailingEvent{Zone: zone.String()}
	step, err := s.announcedStep(r, c)
	if err != nil {
		return err
	}
	if step != nil {
		e.Day = step.Day.Format(time.DateOnly)
		if step.At != nil {
			e.Time, e.Zone = step.At.In(step.Location()).Format("15:04"), step.Zone
		}
		sayTitle(values, *step, c.rec.Language)
	}
	setEvent(values, e)
	return nil
}

// announcedStep is the event of a campaign of the same recommendation that the address names; nil where it names none.
func (s *Server) announcedStep(r *http.Request, c mailingCase) (*models.CampaignStep, error) {
	campaign, err := uuid.Parse(r.URL.Query().Get("campaign"))
	id, wrong := uuid.Parse(r.URL.Query().Get("step"))
	if err != nil || wrong != nil {
		return nil, nil
	}
	series, err := models.CampaignByID(r.Context(), s.DB, campaign)
	if err != nil {
		return nil, err
	}
	step, err := models.CampaignStepByID(r.Context(), s.DB, campaign, id)
	if err == nil && (series.RecommendationID != c.rec.ID || step.Kind != models.StepEvent) {
		err = apperr.NotFound("step")
	}
	return step, err
}

// sayTitle makes the title of a step the subject in its language; where nobody said which that is, in that of the recommendation.
func sayTitle(values url.Values, step models.CampaignStep, otherwise string) {
	language := step.WrittenIn
	if language == "" {
		language = otherwise
	}
	for i := 0; values.Has(textName(i) + ".language"); i++ {
		if values.Get(textName(i)+".language") == language {
			values.Set(textName(i)+".subject", step.Title)
		}
	}
}

// announceStep is the address of the form for an announcement of an event of a campaign; "" where there is none to announce, or its
// day is over.
func announceStep(c stepCase, today time.Time) string {
	if c.step.Day.Before(today) || c.step.Kind != models.StepEvent || c.step.State != models.StepPlanned || c.rec.Announceable() != nil {
		return ""
	}
	return beginMailing(c.rec.ID, models.MailingKindEvent, c.c.ID.String()) + "&step=" + c.step.ID.String()
}

// clocks are those by which a time can be told: of the network's countries, and some zones more.
func (s *Server) clocks(ctx context.Context, l *i18n.Localizer, more ...string) ([]Option, error) {
	countries, err := models.Countries(ctx, s.DB)
	if err != nil {
		return nil, err
	}
	var zones []Option
	add := func(zone string, country i18n.Words) {
		i := slices.IndexFunc(zones, func(o Option) bool { return o.Value == zone })
		switch {
		case i < 0 && country.Text == "":
			zones = append(zones, Option{Value: zone, Label: zone})
		case i < 0:
			zones = append(zones, optionOf(zone, country))
		case country.Text != "":
			zones[i].Label += ", " + country.Text
		}
	}
	for _, country := range countries {
		add(country.Zone, l.Name(country.Names))
	}
	for _, zone := range more {
		if zone != "" {
			add(zone, i18n.Words{})
		}
	}
	for i := range zones {
		if zones[i].Label != zones[i].Value {
			zones[i].Label += " (" + zones[i].Value + ")"
		}
	}
	return zones, nil
}

// eventClocks are the clocks for an announcement: also that of the visitor, and the one that was chosen if it is one.
func (s *Server) eventClocks(ctx context.Context, l *i18n.Localizer, c mailingCase, f *Form) ([]Option, error) {
	mine, err := s.zoneOf(ctx, c.visitor.Person)
	if err != nil {
		return nil, err
	}
	chosen := f.Value("event.zone")
	if _, err := models.ZoneNamed(chosen); err != nil {
		chosen = ""
	}
	return s.clocks(ctx, l, mine.String(), chosen)
}
