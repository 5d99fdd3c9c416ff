package web

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/access"
	"tribuna/internal/i18n"
	"tribuna/models"
)

// campaignsView lists the campaigns of the visitor's organisations.
type campaignsView struct {
	Page
	Form     *Form
	States   []Option
	Filtered bool
	Rows     []campaignRow
	Pager    Pager
}

// campaignRow is a campaign in a list.
type campaignRow struct {
	Href, Title, TitleLang      string
	Document, Lang              string
	DocumentHref, Organisation  string
	Planned, Done               int
	NextDay, Next, NextLanguage string
	Begun                       string // when: campaigns may have the same title
	Mailing, Subject, Written   string // kind, subject and its language of the mailing begun last; "" where there is none
}

// campaignRows puts campaigns into words.
func campaignRows(l *i18n.Localizer, zone *time.Location, list []models.CampaignSummary) []campaignRow {
	begun := campaignsBegun(l, zone, list)
	rows := make([]campaignRow, len(list))
	for i, c := range list {
		rows[i] = campaignRow{Href: campaignPath(c.ID), Title: c.Called.Title, TitleLang: c.Called.Language, Document: c.About.Title, Lang: c.About.Language,
			DocumentHref: recommendationPath(c.RecommendationID), Organisation: c.Organisation, Planned: c.Planned, Done: c.Done,
			Next: c.NextTitle, NextLanguage: c.NextWrittenIn, Begun: l.T("campaign.begun", "When", begun[i])}
		if c.MailingSubject != "" {
			rows[i].Mailing, rows[i].Subject, rows[i].Written = kindAmongSteps(l, c.MailingKind), shownSubject(l, c.Mailing()), c.MailingLanguage
		}
		if c.NextDay != nil {
			rows[i].NextDay = l.Date(*c.NextDay, time.UTC)
		}
	}
	return rows
}

// campaignsBegun says when each campaign was begun: the day or, where two of the same title were begun on one, day and time.
func campaignsBegun(l *i18n.Localizer, zone *time.Location, list []models.CampaignSummary) []string {
	begun, alike := make([]string, len(list)), map[string]int{}
	called := func(c models.CampaignSummary) string { return c.Called.Title + "\n" + l.Date(c.CreatedAt, zone) }
	for _, c := range list {
		alike[called(c)]++
	}
	for i, c := range list {
		if begun[i] = l.Date(c.CreatedAt, zone); alike[called(c)] > 1 {
			begun[i] = l.DateTime(c.CreatedAt, zone)
		}
	}
	return begun
}

// campaigns lists the campaigns of the visitor's organisations, newest first; coordinators see those of all.
func (s *Server) campaigns(w http.ResponseWriter, r *http.Request) error {
	v, err := s.requirePerson(r)
	if err != nil {
		return err
	}
	if err := s.can(r.Context(), v, access.ListCampaigns, nil, nil); err != nil {
		return err
	}
	l, q := Localizer(r), r.URL.Query()
	f := models.CampaignFilter{Language: l.Tag(), Query: strings.TrimSpace(q.Get("q")), Open: q.Get("state") == "open", Before: cursorOf(q.Get("before")), Limit: pageSize + 1}
	list, err := models.Campaigns(r.Context(), s.DB, v.viewer(), f)
	if err != nil {
		return err
	}
	page := campaignsView{Page: s.workPage(r, l.T("campaign.list")), Form: NewForm(q), States: []Option{{Value: "open", Label: l.T("campaign.open")}},
		Filtered: f.Query != "" || f.Open}
	if len(list) > pageSize {
		list = list[:pageSize]
		last := list[pageSize-1]
		page.Pager.Next = withQuery(r.URL, "before", fmt.Sprintf("%d_%s", last.CreatedAt.UnixMicro(), last.ID))
	}
	if f.Before != nil {
		page.Pager.Previous, page.Pager.Summary = withQuery(r.URL, "before", ""), l.T("dashboard.older")
	}
	zone, err := s.zoneOf(r.Context(), v.Person)
	if err != nil {
		return err
	}
	page.Rows = campaignRows(l, zone, list)
	s.Engine.Render(w, r, http.StatusOK, "campaigns", page)
	return nil
}

// campaignTitleView is the form that begins a campaign or gives it another title.
type campaignTitleView struct {
	Page
	formState
	campaignHead
	Action, Back, Button string
	Revision             int
}

func (s *Server) newCampaign(w http.ResponseWriter, r *http.Request) error {
	c, err := s.forNewMailing(r)
	if err != nil {
		return err
	}
	return s.renderNewCampaign(w, r, c, newFormState(nil))
}

func (s *Server) renderNewCampaign(w http.ResponseWriter, r *http.Request, c mailingCase, f formState) error {
	l, home := Localizer(r), recommendationPath(c.rec.ID)
	s.Engine.Render(w, r, f.status, "campaign_title", campaignTitleView{Page: s.workPage(r, l.T("campaign.new")), formState: f,
		campaignHead: campaignHead{Document: c.title.Title, DocumentHref: home, DocumentLang: c.title.Language},
		Action:       home + "/campaigns/new", Back: home, Button: l.T("campaign.begin")})
	return nil
}

// createCampaign begins a campaign; the same form sent twice begins one.
func (s *Server) createCampaign(w http.ResponseWriter, r *http.Request) error {
	c, err := s.forNewMailing(r)
	if err != nil {
		return err
	}
	f, err := readFormState(r)
	if err != nil {
		return err
	}
	in := models.CampaignInput{Title: words(r, "title")}
	id, err := s.createOnce(r, c.visitor, in, func(ctx context.Context, tx bun.IDB) (uuid.UUID, error) {
		made, err := models.CreateCampaign(ctx, tx, c.rec, in, c.visitor.Person, s.Now())
		if err != nil {
			return uuid.Nil, err
		}
		return made.ID, nil
	})
	if err != nil && f.showAgain(err, Localizer(r)) {
		return s.renderNewCampaign(w, r, c, f)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, campaignPath(id), http.StatusSeeOther)
	return nil
}

// createOnce makes what a form sends, once under its decision id.
func (s *Server) createOnce(r *http.Request, v *visitor, in any, create func(context.Context, bun.IDB) (uuid.UUID, error)) (id uuid.UUID, err error) {
	raw, err := json.Marshal(in)
	if err != nil {
		return uuid.Nil, fmt.Errorf("encode what a form sends: %w", err)
	}
	k := models.IdempotencyKey{PersonID: v.Person.ID, Key: r.PostFormValue("decision_id"), CreatedAt: s.Now(),
		Hash: fmt.Sprintf("%x", sha256.Sum256(append([]byte(r.URL.Path+"\n"), raw...)))}
	err = s.DB.RunInTx(r.Context(), nil, func(ctx context.Context, tx bun.Tx) error {
		id, _, err = models.CreateOnce(ctx, tx, k, func() (uuid.UUID, error) { return create(ctx, tx) })
		return err
	})
	return id, err
}

func (s *Server) editCampaign(w http.ResponseWriter, r *http.Request) error {
	c, err := s.loadCampaign(r, access.EditCampaign)
	if err != nil {
		return err
	}
	return s.renderRename(w, r, c, newFormState(map[string][]string{"title": {c.c.Title}}))
}

func (s *Server) renderRename(w http.ResponseWriter, r *http.Request, c campaignCase, f formState) error {
	l := Localizer(r)
	s.Engine.Render(w, r, f.status, "campaign_title", campaignTitleView{Page: s.workPage(r, l.T("campaign.rename")), formState: f, campaignHead: c.head(),
		Action: c.path() + "/edit", Back: c.path(), Button: l.T("campaign.save"), Revision: c.c.Revision})
	return nil
}

// renameCampaign changes the title, on top of the revision that was seen.
func (s *Server) renameCampaign(w http.ResponseWriter, r *http.Request) error {
	c, err := s.loadCampaign(r, access.EditCampaign)
	if err != nil {
		return err
	}
	f, err := readFormState(r)
	if err != nil {
		return err
	}
	seen, _ := strconv.Atoi(r.PostFormValue("revision")) // 0 is nobody's revision
	err = models.RenameCampaign(r.Context(), s.DB, c.c, seen, models.CampaignInput{Title: words(r, "title")})
	if err != nil && f.showAgain(err, Localizer(r)) {
		if c, err = s.loadCampaign(r, access.EditCampaign); err != nil {
			return err
		}
		f.Refused = inStep(Localizer(r), f)
		return s.renderRename(w, r, c, f)
	}
	if err != nil {
		return err
	}
	s.flash(r, "done", Localizer(r).T("campaign.saved"))
	http.Redirect(w, r, c.path(), http.StatusSeeOther)
	return nil
}
