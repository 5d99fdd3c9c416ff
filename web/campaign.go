package web

import (
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/mux"

	"tribuna/internal/access"
	"tribuna/internal/i18n"
	"tribuna/models"
)

// campaignRoutes register the pages of campaigns: a series of mailings, letters, calls, meetings and events.
func (s *Server) campaignRoutes(r *mux.Router) {
	s.get(r, campaignsPath, s.campaigns)
	s.get(r, "/recommendations/{id}/campaigns/new", s.newCampaign)
	s.post(r, "/recommendations/{id}/campaigns/new", s.createCampaign)
	s.get(r, "/campaigns/{id}", s.campaign)
	s.get(r, "/campaigns/{id}/edit", s.editCampaign)
	s.post(r, "/campaigns/{id}/edit", s.renameCampaign)
	s.get(r, "/campaigns/{id}/calendar.ics", s.campaignCalendar)
	s.get(r, "/campaigns/{id}/steps/new", s.newStep)
	s.post(r, "/campaigns/{id}/steps/new", s.createStep)
	s.get(r, "/campaigns/{id}/steps/{step}", s.showStep)
	s.post(r, "/campaigns/{id}/steps/{step}", s.saveStep)
	s.post(r, "/campaigns/{id}/steps/{step}/settle", s.settleStep)
	s.post(r, "/campaigns/{id}/steps/{step}/reopen", s.reopenStep)
	s.post(r, "/campaigns/{id}/steps/{step}/reply", s.takeReply)
	s.post(r, "/campaigns/{id}/steps/{step}/wait", s.waitForReply)
	s.get(r, "/campaigns/{id}/steps/{step}/letter", s.authorityLetter)
	s.get(r, "/campaigns/{id}/steps/{step}/letter.{form:docx}", s.authorityLetterFile)
	s.get(r, "/campaigns/{id}/steps/{step}/letter.txt", s.authorityLetterText)
}

// campaignsPath is the list of campaigns.
const campaignsPath = "/campaigns"

func campaignPath(id uuid.UUID) string { return campaignsPath + "/" + id.String() }

// campaignCase is a campaign with its recommendation, for somebody who may see it.
type campaignCase struct {
	visitor *visitor
	rec     *models.Recommendation
	c       *models.Campaign
	zone    *time.Location // the visitor's
	title   models.Titled  // of the campaign, for its reader
	about   models.Titled  // of the recommendation, likewise
}

func (c campaignCase) path() string { return campaignPath(c.c.ID) }

// loadCampaign reads the campaign in the path for somebody who may do something with it.
func (s *Server) loadCampaign(r *http.Request, action access.Action) (campaignCase, error) {
	var c campaignCase
	id, err := idVar(r, "id", "campaign")
	if err != nil {
		return c, err
	}
	if c.visitor, err = s.requirePerson(r); err != nil {
		return c, err
	}
	if c.c, err = models.CampaignByID(r.Context(), s.DB, id); err != nil {
		return c, err
	}
	if c.rec, err = models.RecommendationByID(r.Context(), s.DB, c.c.RecommendationID); err != nil {
		return c, err
	}
	if err = s.can(r.Context(), c.visitor, action, c.rec, nil); err != nil {
		return c, err
	}
	if c.zone, err = s.zoneOf(r.Context(), c.visitor.Person); err != nil {
		return c, err
	}
	c.about, c.title, err = s.titlesFor(r, c.rec, c.c.Title)
	return c, err
}

// titlesFor is what a recommendation, and a campaign of it with such a title, are called for who asks.
func (s *Server) titlesFor(r *http.Request, rec *models.Recommendation, campaign string) (about, called models.Titled, err error) {
	titles, err := models.TitlesIn(r.Context(), s.DB, Localizer(r).Tag(), []uuid.UUID{rec.ID})
	return titles.Of(rec.ID, rec.Titled()), titles.Campaign(rec.ID, rec.Titled(), campaign), err
}

// campaignHead is what stands above every page of a campaign.
type campaignHead struct {
	Campaign, CampaignHref, CampaignLang string
	Document, DocumentHref, DocumentLang string
}

func (c campaignCase) head() campaignHead {
	return campaignHead{Campaign: c.title.Title, CampaignHref: c.path(), CampaignLang: c.title.Language,
		Document: c.about.Title, DocumentHref: recommendationPath(c.rec.ID), DocumentLang: c.about.Language}
}

// campaignView is the page of a campaign: what comes next, a month at a glance, and all of it in the order of time.
type campaignView struct {
	Page
	campaignHead
	Path     string
	Adds     []mainAction
	Calendar string
	Rename   string

	Filter                *Form
	Kinds, States, People []Option
	Month                 string // the one asked for, "" for none
	Filtered              bool

	Total   int          // of all that stands in it
	Shown   int          // after the filter
	Overdue []seriesItem // their day is over and nobody said what came of them, or a reply to them is overdue
	Next    *seriesItem
	Undated []seriesItem
	Months  []seriesMonth
	Grid    *monthGrid
}

func (s *Server) campaign(w http.ResponseWriter, r *http.Request) error {
	c, err := s.loadCampaign(r, access.ReadCampaign)
	if err != nil {
		return err
	}
	l := Localizer(r)
	all, err := s.series(r.Context(), l, c)
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(i seriesItem) bool { return i.withdrawn })
	v := campaignView{Page: s.workPage(r, c.title.Title), campaignHead: c.head(), Path: c.path(), Calendar: c.path() + "/calendar.ics", Rename: c.path() + "/edit",
		Filter: NewForm(r.URL.Query()), Month: r.URL.Query().Get("month"), Total: len(all)}
	v.Adds = addsTo(l, c)
	s.seriesChoices(l, all, &v)
	v.Overdue, v.Next = overdueOf(all), nextOf(all)
	shown := itemsFor(all, r.URL.Query())
	v.Shown = len(shown)
	v.Undated, v.Months = byMonth(l, shown)
	if len(all) > 0 {
		today := models.DayOf(s.Now(), c.zone)
		v.Grid = gridOf(l, shown, gridMonth(v.Month, today), today)
		v.Grid.Previous, v.Grid.Next = withQuery(r.URL, "month", v.Grid.previous)+"#month", withQuery(r.URL, "month", v.Grid.next)+"#month"
		if !v.Grid.current {
			v.Grid.ToToday = withQuery(r.URL, "month", "") + "#month"
		}
	}
	s.Engine.Render(w, r, http.StatusOK, "campaign", v)
	return nil
}

// addsTo are what can be added to a campaign, the mailing first.
func addsTo(l *i18n.Localizer, c campaignCase) []mainAction {
	adds := []mainAction{{Label: l.T("campaign.add.mailing"), Icon: "send",
		Href: recommendationPath(c.rec.ID) + "/mailings/new?" + url.Values{"campaign": {c.c.ID.String()}}.Encode()}}
	for _, kind := range models.StepKinds() {
		adds = append(adds, mainAction{Label: l.T("campaign.add." + string(kind)), Icon: stepBadge(l, kind).Icon, Href: c.path() + "/steps/new?kind=" + string(kind)})
	}
	return adds
}

// seriesChoices are what the series can be narrowed to.
func (s *Server) seriesChoices(l *i18n.Localizer, all []seriesItem, v *campaignView) {
	v.Kinds = append(v.Kinds, Option{Value: kindMailing, Label: l.T("campaign.kind.mailing")})
	for _, kind := range models.StepKinds() {
		v.Kinds = append(v.Kinds, Option{Value: string(kind), Label: l.T("campaign.kind." + string(kind))})
	}
	v.Kinds = append(v.Kinds, Option{Value: kindAnnounced, Label: l.T("campaign.kind.announced")})
	for _, state := range models.StepStates() {
		v.States = append(v.States, Option{Value: string(state), Label: l.T("campaign.state." + string(state))})
	}
	seen := map[string]bool{}
	for _, item := range all {
		if item.who != "" && !seen[item.who] {
			seen[item.who] = true
			v.People = append(v.People, Option{Value: item.who, Label: item.Who})
		}
	}
	slices.SortFunc(v.People, func(a, b Option) int { return compareFolded(a.Label, b.Label) })
	for _, name := range []string{"kind", "state", "who"} {
		v.Filtered = v.Filtered || v.Filter.Value(name) != ""
	}
}
