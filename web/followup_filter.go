package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/google/uuid"

	"tribuna/internal/i18n"
	"tribuna/models"
)

// nobodyFollows is what the address says of follow-ups without a focal point.
const nobodyFollows = "none"

// followUpNarrowing are the fields by which the list is narrowed.
var followUpNarrowing = []string{"q", "recommendation", "country", "authority", "status", "topic", "challenge", "response", "follower", "stage",
	"imported", "unfollowed", "overdue", "ended"}

// followUpFilter reads them; what is no id narrows nothing. Several countries stand in one field, separated by commas.
func (s *Server) followUpFilter(query url.Values) models.FollowUpFilter {
	f := models.FollowUpFilter{Status: models.FollowUpStatus(query.Get("status")), Query: strings.TrimSpace(query.Get("q")),
		Topic: query.Get("topic"), Challenge: query.Get("challenge"), Response: query.Get("response"), Stage: models.Stage(query.Get("stage")),
		Imported: query.Get("imported") == "yes", Drafted: query.Get("imported") == "no", Open: query.Get("ended") == "no",
		Unfollowed: query.Get("unfollowed") == "yes" || query.Get("follower") == nobodyFollows}
	if codes := query.Get("country"); codes != "" {
		f.Countries = strings.Split(codes, ",")
	}
	if query.Get("overdue") == "yes" {
		f.OverdueAt = s.Now()
	}
	f.Authority, _ = uuid.Parse(query.Get("authority"))
	f.FocalPoint, _ = uuid.Parse(query.Get("follower"))
	f.Recommendation, _ = uuid.Parse(query.Get("recommendation")) // linked from the overview
	return f
}

// narrowedBy keeps of an address what narrows the list.
func narrowedBy(query url.Values) url.Values {
	kept := url.Values{}
	for _, name := range followUpNarrowing {
		if value := query.Get(name); value != "" {
			kept.Set(name, value)
		}
	}
	return kept
}

// followUpsAfter is the address of the list with another beginning.
func followUpsAfter(query url.Values, after string) string {
	next := narrowedBy(query)
	if after != "" {
		next.Set("after", after)
	}
	return withValues("/follow-ups", next)
}

// followUpsOf is the address of the list narrowed by fields, given in pairs, so that a figure leads to what it counts.
func followUpsOf(pairs ...string) string {
	q := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
	}
	return followUpsAfter(q, "")
}

// followUpsWith narrows an address of the list by a field more.
func followUpsWith(q url.Values, name, value string) string {
	more := narrowedBy(q)
	more.Set(name, value)
	return followUpsAfter(more, "")
}

func withValues(path string, q url.Values) string {
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// followUpChoices are what the list can be narrowed by.
type followUpChoices struct {
	Countries, Authorities, Statuses []Option
	Topics, Challenges, Responses    []Option
	Followers, Origins, Ends         []Option
	Stages                           []Option
}

// readFollowUpChoices fills them.
func (s *Server) readFollowUpChoices(r *http.Request, l *i18n.Localizer, query url.Values, notes *models.Footnotes) (followUpChoices, error) {
	c := followUpChoices{Stages: stageOptions(l), Statuses: statusOptions(l),
		Origins: []Option{{Value: "yes", Label: l.T("imported.filter")}, {Value: "no", Label: l.T("following.drafted_here")}},
		Ends:    []Option{{Value: "no", Label: l.T("following.not_ended")}}}
	ctx, codes := r.Context(), strings.Split(query.Get("country"), ",")
	designations, err := models.DesignationsFor(ctx, s.DB)
	if err != nil {
		return c, err
	}
	c.Countries = publicCountryOptions(designations, notes, l.Tag())
	only := codes[0]
	if len(codes) > 1 { // as the overview leads here
		c.Countries, only = slices.Insert(c.Countries, 0, Option{Value: query.Get("country"), Label: chosenLabels(c.Countries, codes)}), ""
	}
	authorities, err := models.Authorities(ctx, s.DB, models.AuthorityFilter{Country: only})
	if err != nil {
		return c, err
	}
	for _, a := range authorities {
		c.Authorities = append(c.Authorities, optionOf(a.ID.String(), l.Name(a.Names)))
	}
	return c, s.readSubjectChoices(r, l, &c)
}

// readSubjectChoices fills what measures are about, what was answered to them, and who follows them.
func (s *Server) readSubjectChoices(r *http.Request, l *i18n.Localizer, c *followUpChoices) error {
	ctx := r.Context()
	topics, err := models.Topics(ctx, s.DB)
	if err != nil {
		return err
	}
	for _, topic := range topics {
		c.Topics = append(c.Topics, optionOf(topic.Slug, l.Name(topic.Names)))
	}
	if c.Challenges, err = s.challengeOptions(r); err != nil {
		return err
	}
	there, err := models.FollowUpChoicesOf(ctx, s.DB)
	if err != nil {
		return err
	}
	for _, topic := range there.Topics {
		c.Topics = append(c.Topics, optionOf(topic.Name, l.In(topic.Name, topic.Language)))
	}
	for _, response := range there.Responses {
		c.Responses = append(c.Responses, optionOf(response, responseWord(l, response, "")))
	}
	c.Followers = []Option{{Value: nobodyFollows, Label: l.T("imported.nobody")}}
	for _, o := range there.Followers {
		c.Followers = append(c.Followers, Option{Value: o.ID.String(), Label: o.Name})
	}
	return nil
}

// chosenLabels joins the labels of the options chosen.
func chosenLabels(options []Option, values []string) string {
	var labels []string
	for _, o := range options {
		if slices.Contains(values, o.Value) {
			labels = append(labels, o.Label)
		}
	}
	return strings.Join(labels, ", ")
}
