package web

import (
	"context"
	"html/template"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/mux"

	"tribuna/internal/access"
	"tribuna/internal/i18n"
	"tribuna/internal/markdown"
	"tribuna/internal/record"
	"tribuna/models"
)

// recommendationRoutes register the pages that show one recommendation.
func (s *Server) recommendationRoutes(r *mux.Router) {
	s.get(r, "/recommendations/{id}", s.recommendation)
	s.get(r, "/recommendations/{id}/versions", s.versions)
	s.get(r, "/recommendations/{id}/versions/{number:[0-9]+}", s.version)
	s.get(r, "/recommendations/{id}/compare", s.compare)
	s.get(r, "/recommendations/{id}/comments", s.showComments)
	s.get(r, "/recommendations/{id}/comments.jsonld", s.takeOutComments)
	s.get(r, "/recommendations/{id}/record", s.record)
	s.get(r, "/recommendations/{id}/record/verification", s.verifyRecord)
}

// longRead is how many minutes a text may take before it is folded away: on a phone it would bury all below it.
const longRead = 5

// recommendationView is the page of one recommendation: where it stands, the one thing to do now, who is awaited until
// when, and what the reader is entitled to see of how it came about.
type recommendationView struct {
	Page
	Rec     *models.Recommendation
	Kind    string
	Home    string // address of this page
	Owner   bool
	Ribbon  Ribbon
	Main    *mainAction
	Edit    bool // the text can be edited
	Acts    []mainAction
	Awaited []awaitedRow
	// Starting: the stage has begun, and those to be asked in it are being written to.
	Starting bool
	Zone     *time.Location

	Version  *models.Version // the text that counts now
	Lang     string
	Text     template.HTML
	Minutes  int // a long text takes to read; 0: it is short
	Measures []measureView

	Rounds       []*roundView
	Translations []translationRow
	SignOff      *signOffStanding
	Deliveries   []deliveryRow
	Mailings     []mailingRow
	Campaigns    []campaignRow
	NewCampaign  string // where owners begin one; "" for the others
	FollowUps    []models.FollowUp
	Facts        recommendationFacts
	Versions     []versionRow
	Record       []TimelineEntry
}

// Withdrawn reports whether the process ended without publication.
func (v recommendationView) Withdrawn() bool { return v.Rec.Stage == models.StageWithdrawn }

// Nobody says why nobody is awaited: it completes the key "recommendation.nobody.…".
func (v recommendationView) Nobody() string {
	switch {
	case v.Rec.Held():
		return "held"
	case v.Edit:
		return "yours"
	case v.Rec.Stage == models.StageDrafting:
		return "drafting"
	case v.Starting:
		return "starting"
	default:
		return "moment"
	}
}

// Closed reports whether nothing of the process before follow-up is left to do.
func (v recommendationView) Closed() bool { return v.Rec.Closed() }

// DeliveryPath is where owners record a delivery; "" for the others.
func (v recommendationView) DeliveryPath() string {
	if !v.Owner {
		return ""
	}
	return v.Home + "/deliveries"
}

// mainAction is something the reader can do: what the button says, and where it leads.
type mainAction struct {
	Label, Href, Icon string
	Danger            bool
}

func (s *Server) recommendation(w http.ResponseWriter, r *http.Request) error {
	visitor, rec, err := s.readableRecommendation(r)
	if err != nil {
		return err
	}
	if rec.Imported() {
		http.Redirect(w, r, importedPath(rec.ID), http.StatusSeeOther)
		return nil
	}
	ctx, l := r.Context(), Localizer(r)
	if inside, err := s.may(ctx, visitor, access.ReadWorkingText, rec, nil); err != nil || !inside {
		if err == nil { // of what is published the public page is for everybody
			http.Redirect(w, r, "/published/"+rec.Slug, http.StatusSeeOther)
		}
		return err
	}
	v := &recommendationView{Page: s.workPage(r, rec.Title), Rec: rec, Kind: l.T("published.kind." + rec.Kind),
		Home: recommendationPath(rec.ID), Owner: visitor.viewer().Owns(rec), Lang: rec.Language}
	if v.Zone, err = s.zoneOf(ctx, visitor.Person); err != nil {
		return err
	}
	seen, err := s.visibilities(ctx, visitor, rec)
	if err != nil {
		return err
	}
	filling := &visitorPage{visitor: visitor, network: slices.Contains(seen, record.Network), recommendationView: v}
	for _, fill := range []func(context.Context, *i18n.Localizer, *visitorPage) error{
		s.fillStanding, s.fillText, s.fillRounds, s.fillTranslations, s.fillOutcome, s.fillCampaigns, s.fillFacts, s.fillVersions, s.fillRecord,
	} {
		if err := fill(ctx, l, filling); err != nil {
			return err
		}
	}
	s.Engine.Render(w, r, http.StatusOK, "recommendation", v)
	return nil
}

// visitorPage is the page being filled for a visitor.
type visitorPage struct {
	visitor *visitor
	putIn   *toPutIn // accepted suggestions that wait to be put into the text; nil: none
	enough  bool     // experts have answered, and the officer in charge says whether to close the round
	network bool     // sees what was said within the network, by the same table as its record
	*recommendationView
}

// fillStanding says where the recommendation stands, whom it waits for, and what the reader can do.
func (s *Server) fillStanding(ctx context.Context, l *i18n.Localizer, p *visitorPage) error {
	state, err := models.RibbonOf(ctx, s.DB, p.Rec, s.Now())
	if err != nil {
		return err
	}
	p.Ribbon, p.enough = ribbonView(l, state, p.Zone), state.Enough
	if step := p.Ribbon.Now(); step != nil && p.Rec.Held() {
		step.Note, step.NoteLang = p.Rec.HeldReason, p.Rec.HeldWrittenIn
	}
	items, err := models.Awaited(ctx, s.DB, p.visitor.viewer(), p.Rec, s.Now())
	if err != nil {
		return err
	}
	for _, item := range items {
		row := newAwaitedRow(l, item, p.Zone)
		row.Lost = undeliveredRows(l, p.visitor.viewer(), p.Rec, item.Undelivered, p.Zone)
		p.Awaited = append(p.Awaited, row)
	}
	replies, err := s.overdueReplies(ctx, l, p)
	if err != nil {
		return err
	}
	p.Awaited = append(replies, p.Awaited...)
	if len(items) == 0 {
		asked, err := models.AskedSince(ctx, s.DB, p.Rec.ID, p.Rec.StageSince)
		if err != nil {
			return err
		}
		p.Starting = !asked
	}
	p.Edit = p.Owner && p.Rec.Editable() == nil && !p.Rec.Held()
	if p.Owner {
		if p.putIn, err = s.suggestionsToPutIn(ctx, p.visitor, p.Rec); err != nil {
			return err
		}
	}
	if p.Main, err = s.mainAction(ctx, l, p, items); err != nil {
		return err
	}
	if p.Owner {
		p.Acts = ownerActs(l, p.Rec, p.putIn != nil)
		if act := chooseInstead(l, p, items); act != nil {
			p.Acts = append([]mainAction{*act}, p.Acts...)
		}
	}
	return nil
}

// fillText shows the version that counts: the accepted one, else the current one.
func (s *Server) fillText(ctx context.Context, _ *i18n.Localizer, p *visitorPage) error {
	id := p.Rec.AcceptedVersionID
	if id == nil {
		id = p.Rec.CurrentVersionID
	}
	if id == nil {
		return nil
	}
	var err error
	if p.Version, err = models.VersionByID(ctx, s.DB, *id); err != nil {
		return err
	}
	if minutes := markdown.ReadingMinutes(len(strings.Fields(p.Version.Body))); minutes > longRead {
		p.Minutes = minutes
	}
	if p.Text, err = markdown.Render(p.Version.Body, markdown.WithHeadingShift(headingShift(p.Version.Body)+1)); err != nil {
		return err
	}
	p.Measures, err = s.measureViews(ctx, p.Version.Measures)
	return err
}

// recommendationFacts is what stands beside the text.
type recommendationFacts struct {
	Officer, Language             string
	Procedure                     i18n.Words
	Languages                     []string
	Countries, Topics, Challenges []i18n.Words
	Grants                        []string
}

func (s *Server) fillFacts(ctx context.Context, l *i18n.Localizer, p *visitorPage) error {
	officer, err := models.PersonByID(ctx, s.DB, p.Rec.OfficerID)
	if err != nil {
		return err
	}
	procedure, err := models.ProcedureByID(ctx, s.DB, p.Rec.ProcedureID)
	if err != nil {
		return err
	}
	f := &p.Facts
	f.Officer, f.Language = officer.Name, l.Language(p.Rec.Language)
	f.Procedure = l.Name(procedure.Names)
	for _, tag := range p.Rec.Languages {
		f.Languages = append(f.Languages, l.Language(tag))
	}
	if f.Countries, err = s.namesOfCountries(ctx, l, p.Rec.Countries); err != nil {
		return err
	}
	choices := draftChoices{}
	if err := s.subjectChoices(ctx, l, &choices); err != nil {
		return err
	}
	f.Topics, f.Challenges = labelsOf(l, choices.Topics, p.Rec.Topics), labelsOf(l, choices.Challenges, p.Rec.Challenges)
	grants, err := models.GrantsOf(ctx, s.DB, p.Rec.ID)
	for _, g := range grants {
		f.Grants = append(f.Grants, g.Title+" ("+g.Funder.Name+", "+g.Number+")")
	}
	return err
}

func labelsOf(l *i18n.Localizer, options []Option, values []string) []i18n.Words {
	var labels []i18n.Words
	for _, o := range options {
		if slices.Contains(values, o.Value) {
			labels = append(labels, o.words(l))
		}
	}
	return labels
}

// fillOutcome shows what came of it: the sign-off, deliveries, mailings, follow-ups.
func (s *Server) fillOutcome(ctx context.Context, l *i18n.Localizer, p *visitorPage) error {
	var err error
	if p.network {
		if p.SignOff, err = s.signOffStanding(ctx, l, p.Rec, p.visitor.viewer(), p.Zone); err != nil {
			return err
		}
		if p.Deliveries, err = s.deliveryRows(ctx, p.visitor, p.Rec); err != nil {
			return err
		}
	}
	if p.Rec.PublishedAt == nil {
		return nil
	}
	if p.Owner {
		list, err := models.MailingsOf(ctx, s.DB, p.Rec.ID)
		if err != nil {
			return err
		}
		p.Mailings = mailingRows(l, list, p.Zone)
	}
	p.FollowUps, err = models.FollowUps(ctx, s.DB, models.FollowUpFilter{Recommendation: p.Rec.ID, Hidden: true})
	return err
}

// translationRow is where one language stands.
type translationRow struct {
	Language, Tag    string
	State            Badge
	Translator       string // "" where the reader may not know
	Approver         string
	CanAssign, Ready bool
}

func (s *Server) fillTranslations(ctx context.Context, l *i18n.Localizer, p *visitorPage) error {
	if p.Rec.AcceptedVersionID == nil {
		return nil
	}
	translations, err := models.Translations(ctx, s.DB, *p.Rec.AcceptedVersionID)
	if err != nil {
		return err
	}
	var ids []uuid.UUID
	for _, tr := range translations {
		ids = appendID(appendID(ids, tr.TranslatorID), tr.ApproverID)
	}
	people, err := models.PeopleByID(ctx, s.DB, ids)
	if err != nil {
		return err
	}
	name := func(id *uuid.UUID, kind models.TaskKind) string {
		if id == nil || !p.visitor.viewer().MayName(p.Rec, kind, *id) {
			return ""
		}
		return people[*id].Name
	}
	for _, tr := range translations {
		p.Translations = append(p.Translations, translationRow{Language: l.Language(tr.Language), Tag: tr.Language, State: translationBadge(l, tr.State),
			Translator: name(tr.TranslatorID, models.TaskTranslate), Approver: name(tr.ApproverID, models.TaskApproveTranslation),
			CanAssign: p.Owner && tr.State != models.TranslationApproved && p.Rec.Possible(models.DecideAssignTranslator) == nil})
	}
	return nil
}

func appendID(ids []uuid.UUID, id *uuid.UUID) []uuid.UUID {
	if id == nil {
		return ids
	}
	return append(ids, *id)
}

func translationBadge(l *i18n.Localizer, state models.TranslationState) Badge {
	b := Badge{Tone: "plain", Icon: "edit", Text: l.T("recommendation.translation." + string(state))}
	switch state {
	case models.TranslationSubmitted:
		b.Tone, b.Icon = "action", "eye"
	case models.TranslationApproved:
		b.Tone, b.Icon = "done", "check"
	case models.TranslationLate:
		b.Tone, b.Icon = "wait", "clock"
	}
	return b
}
