package web

import (
	"cmp"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"github.com/gorilla/mux"

	"tribuna/internal/access"
	"tribuna/internal/i18n"
	"tribuna/models"
)

func (s *Server) mailingRoutes(r *mux.Router) {
	s.get(r, "/recommendations/{id}/mailings/new", s.newMailing)
	s.post(r, "/recommendations/{id}/mailings/new", s.createMailing)
	s.get(r, "/mailings/{id}", s.showMailing)
	s.post(r, "/mailings/{id}", s.saveMailing)
	s.get(r, "/mailings/{id}/preview", s.previewMailing)
	s.post(r, "/recommendations/{id}/audience", s.liveAudience)
	s.get(r, "/recommendations/{id}/segments", s.listSegments)
	s.get(r, "/recommendations/{id}/segments/rename", s.segmentName)
	s.post(r, "/recommendations/{id}/segments/rename", s.renameSegment)
	s.get(r, "/recommendations/{id}/segments/delete", s.confirmDeleteSegment)
	s.post(r, "/recommendations/{id}/segments/delete", s.deleteSegment)
	s.get(r, "/mailings/{id}/letter", s.mailingLetter)
	s.get(r, "/mailings/{id}/files", s.showMailingFiles)
	s.post(r, "/mailings/{id}/files", s.addMailingFile)
	s.post(r, "/mailings/{id}/files/publication", s.attachPublication)
	s.get(r, "/mailings/{id}/files/{file}", s.giveMailingFile)
	s.get(r, "/mailings/{id}/files/{file}/remove", s.confirmRemoveMailingFile)
	s.post(r, "/mailings/{id}/files/{file}/remove", s.removeMailingFile)
	s.post(r, "/mailings/{id}/test", s.testMailing)
	s.get(r, "/mailings/{id}/launch", s.confirmLaunch)
	s.post(r, "/mailings/{id}/launch", s.launchMailing)
	s.get(r, "/mailings/{id}/progress", s.mailingProgress)
	s.get(r, "/mailings/{id}/recipients", s.mailingRecipients)
	s.get(r, "/mailings/{id}/cancel", s.confirmCancel)
	s.post(r, "/mailings/{id}/pause", s.pauseMailing)
	s.post(r, "/mailings/{id}/resume", s.resumeMailing)
	s.post(r, "/mailings/{id}/cancel", s.cancelMailing)
	s.get(r, "/mailings/{id}/schedule", s.mailingSchedule)
	s.post(r, "/mailings/{id}/schedule", s.moveMailing)
	s.post(r, "/mailings/{id}/revise", s.reviseMailing)
	s.get(r, "/mailings/{id}/report", s.mailingReport)
	s.get(r, "/mailings/{id}/report.xlsx", s.mailingReportBook)
	s.get(r, "/mailings/{id}/report/{picture:outcomes|countries|languages}.{form:svg|png}", s.mailingPicture)
	s.post(r, "/mailings/{id}/settle", s.settleMail)
	s.get(r, "/mailings/{id}/rest", s.confirmRest)
	s.post(r, "/mailings/{id}/rest", s.createRest)
}

func mailingPath(id uuid.UUID) string { return "/mailings/" + id.String() }

// mailingView is the form of a mailing: to whom, and what in which language.
type mailingView struct {
	Page
	formState
	keeping
	Document     string
	DocumentHref string
	DocumentLang string
	Subject      models.Titled // of one that exists, as it is saved
	Kind         string        // likewise, in words
	State        Badge         // likewise
	Action       string
	Revision     int
	Countries    []Option
	Read         []Option // languages in which people are written to
	Roles        []Option
	Texts        []mailingTextView
	Fallbacks    []Option
	CampaignHref string   // of the one it belongs to; "" for a new mailing
	Campaigns    []Option // to which it can belong; none where it can only begin one
	CampaignAsk  string   // stands among them where the officer has to say which it is; "" where one is chosen
	CampaignOpen bool     // it has to be said, or something is wrong with it: it stands first, not among the settings
	SettingsOpen bool     // something is wrong with one of them
	SettingsSaid string   // what they are, to know it where they are folded
	More         audienceChoices
	MoreOpen     bool // something of More is chosen
	Counts       *audienceView
	CountAt      string // where it is counted while the form is filled in
	Segments     string // where the kept audiences are listed
	SegmentSaid  string // what became of one just now
	Fields       []mailingField
	Along        []alongRow
	Saved        bool   // it exists; its texts can be previewed and it can be launched
	Over         bool   // it was launched or cancelled meanwhile: nothing of this can be saved
	Launch       string // where
	Cancel       string
	Theirs       *theirMailing // saved meanwhile by somebody else
	Content      mailingContentView
}

// mailingTextView is the text in one language.
type mailingTextView struct {
	Name     string // of its fields: "texts[0]"
	Index    int
	Language string
	Subject  string // what was written, to know it by where it is folded; "" where nothing was
	Open     bool   // the one that most read, and one in which something is wrong; the others are folded
	Preview  string

	PlainOpen bool // the plain-text half was written

	Letter string // name of the fields of the letter that readers send; "" where there is none
}

// Field names one of the text's fields.
func (t mailingTextView) Field(name string) string { return t.Name + "." + name }

// fold says what stands in a text, and folds it unless it is in the fallback language or something is wrong with one of its fields.
func (t *mailingTextView) fold(f *Form, fields ...string) {
	names := make([]string, len(fields))
	for i, field := range fields {
		names[i] = t.Field(field)
	}
	if t.Letter != "" {
		names = append(names, t.Letter+".subject", t.Letter+".body")
	}
	t.Open = t.Language == f.Value("fallback_language")
	for _, name := range names {
		t.Subject, t.Open = cmp.Or(t.Subject, f.Value(name)), t.Open || f.Error(name) != ""
	}
}

// theirMailing is what somebody else saved while this was written.
type theirMailing struct{ Texts []models.MailingText }

// mailingCase is a mailing, or one about to be written, with its recommendation.
type mailingCase struct {
	visitor  *visitor
	rec      *models.Recommendation
	m        *models.Mailing // nil for a new one
	seen     int             // revision on which words that were kept were written; 0 for none
	kind     string          // of the mailing, or of the one about to be written
	title    models.Titled   // of the recommendation, for its reader
	campaign models.Titled   // of the campaign it belongs to, likewise
}

// keptForm is its form, whose words are kept.
func (c mailingCase) keptForm() keptForm {
	if c.m == nil {
		name := models.KeptMailing(c.rec.ID)
		if c.kind != models.MailingKindCampaign {
			name += ":" + c.kind
		}
		return keptForm{c.visitor, c.rec, name, c.path(), false}
	}
	return keptForm{c.visitor, c.rec, models.KeptMailing(c.m.ID), c.path(), false}
}

// path is the address of the mailing, or of the form for a new one.
func (c mailingCase) path() string {
	if c.m == nil {
		return beginMailing(c.rec.ID, c.kind, "")
	}
	return mailingPath(c.m.ID)
}

// forNewMailing reads the recommendation in the path for somebody who may send a mailing about it.
func (s *Server) forNewMailing(r *http.Request) (mailingCase, error) {
	v, rec, err := s.ownRecommendation(r, access.CreateMailing)
	if err == nil {
		err = rec.Announceable()
	}
	c := mailingCase{visitor: v, rec: rec, kind: kindAsked(r)}
	if err == nil {
		c.title, _, err = s.titlesFor(r, rec, "")
	}
	return c, err
}

// loadMailing reads the mailing in the path for somebody who may do something with it.
func (s *Server) loadMailing(r *http.Request, action access.Action) (mailingCase, error) {
	var c mailingCase
	id, err := idVar(r, "id", "mailing")
	if err != nil {
		return c, err
	}
	if c.visitor, err = s.requirePerson(r); err != nil {
		return c, err
	}
	if c.m, err = models.MailingByID(r.Context(), s.DB, id); err != nil {
		return c, err
	}
	c.kind = c.m.Kind
	if c.rec, err = models.RecommendationByID(r.Context(), s.DB, c.m.RecommendationID); err != nil {
		return c, err
	}
	if err = s.can(r.Context(), c.visitor, action, c.rec, nil); err != nil {
		return c, err
	}
	c.title, c.campaign, err = s.titlesFor(r, c.rec, c.m.Campaign.Title)
	return c, err
}

func (s *Server) newMailing(w http.ResponseWriter, r *http.Request) error {
	c, err := s.forNewMailing(r)
	if err != nil {
		return err
	}
	values, err := s.begunMailing(r, c)
	if err != nil {
		return err
	}
	return s.openMailing(w, r, c, values)
}

// begunMailing are the fields of the form of a new mailing as it begins.
func (s *Server) begunMailing(r *http.Request, c mailingCase) (url.Values, error) {
	values, err := s.prefilledMailing(r.Context(), c.rec, c.kind)
	if err != nil {
		return nil, err
	}
	meant, err := s.campaignMeant(r, c)
	if err != nil {
		return nil, err
	}
	values.Set("campaign_id", meant)
	if c.kind == models.MailingKindEvent {
		err = s.prefilledEvent(r, c, values)
	}
	return values, err
}

// showMailing shows the form of a draft, and how far anything later has got.
func (s *Server) showMailing(w http.ResponseWriter, r *http.Request) error {
	c, err := s.loadMailing(r, access.ReadMailing)
	if err != nil {
		return err
	}
	if c.m.State != models.MailingDraft {
		return s.renderMailingProgress(w, r, c, newFormState(nil), "mailing_progress")
	}
	values, err := s.mailingValues(r.Context(), c.m)
	if err != nil {
		return err
	}
	return s.openMailing(w, r, c, values)
}

// openMailing shows the form with what was left in it, or with an offer of that. Who goes on with words written on an older
// revision is told so when they are saved.
func (s *Server) openMailing(w http.ResponseWriter, r *http.Request, c mailingCase, values url.Values) error {
	kept, state, err := s.keptIn(r, c.keptForm(), c.path(), values)
	if err != nil {
		return err
	}
	if state.Unsent != nil && state.Unsent.Compared {
		if err := s.compareChoices(r, c, values, state.Unsent); err != nil {
			return err
		}
	}
	if kept != nil {
		values = kept
		c.seen, _ = strconv.Atoi(kept.Get("revision"))
	}
	return s.renderMailing(w, r, c, newFormState(values), state)
}

func (s *Server) renderMailing(w http.ResponseWriter, r *http.Request, c mailingCase, f formState, state keeping) error {
	v, err := s.mailingPage(r, c, f)
	if err != nil {
		return err
	}
	v.keeping = state
	s.Engine.Render(w, r, f.status, "mailing", v)
	return nil
}

func (s *Server) mailingPage(r *http.Request, c mailingCase, f formState) (mailingView, error) {
	l := Localizer(r)
	v := mailingView{Page: s.workPage(r, mailingTitle(l, c.kind)), formState: f, Document: c.title.Title, DocumentLang: c.title.Language,
		DocumentHref: recommendationPath(c.rec.ID), Action: c.path()}
	if c.m != nil {
		v.Saved, v.Revision, v.CampaignHref = true, c.m.Revision, campaignPath(c.m.CampaignID)
		v.Subject, v.Kind, v.State = subjectOf(l, *c.m), mailingTitle(l, c.kind), mailingBadge(l, c.m.State)
		if v.Subject.Title != "" {
			v.Title = v.Subject.Title
		}
		v.Over = c.m.State != models.MailingDraft
		if c.seen > 0 {
			v.Revision = c.seen
		}
		v.Launch, v.Cancel = c.path()+"/launch", c.path()+"/cancel"
		list, err := models.MailingFiles(r.Context(), s.DB, c.m.ID)
		if err != nil {
			return v, err
		}
		v.Along = alongWith(l, c, alongSome(c, list))
		if f.status == http.StatusPreconditionFailed {
			v.Theirs = &theirMailing{c.m.Texts}
		}
	}
	if err := s.mailingChoices(r, l, c, &v); err != nil {
		return v, err
	}
	if err := s.campaignChoices(r, c, &v); err != nil {
		return v, err
	}
	v.CountAt, v.Segments, v.Fields = audienceAt(c), segmentsPath(c.rec.ID), fieldsOf(l)
	var err error
	if v.SegmentSaid, err = s.segmentSaid(r, c, f); err != nil {
		return v, err
	}
	if v.Content, err = s.mailingContent(r.Context(), l, c, f.Form); err != nil {
		return v, err
	}
	v.fold(l)
	if v.More, err = s.audienceChoices(r.Context(), l, c); err != nil {
		return v, err
	}
	v.More.Reached = withChosen(v.More.Mailings, f.Form.Values["not_reached"], l.T("mailing.earlier"))
	v.More.OutLists = withChosen(v.More.Lists, f.Form.Values["except_lists"], l.T("list.gone"))
	v.More.Lists = withChosen(v.More.Lists, f.Form.Values["lists"], l.T("list.gone"))
	v.Counts, err = s.audienceOfForm(r, c, f.Form.Values)
	return v, err
}

// fold closes what is rarely needed, unless something of it was chosen or is wrong.
func (v *mailingView) fold(l *i18n.Localizer) {
	for _, name := range []string{"organisations", "topics", "lists", "engagement", "not_reached", "except_organisations", "except_mailings", "except_lists"} {
		v.MoreOpen = v.MoreOpen || v.Form.Value(name) != "" || v.Form.Error(name) != ""
	}
	v.CampaignOpen = v.CampaignAsk != "" || v.Form.Error("campaign_id") != ""
	v.SettingsOpen = v.Form.Error("fallback_language") != "" || v.Form.Error("counts_links") != ""
	var said []string
	for _, o := range v.Campaigns {
		if !v.CampaignOpen && o.Value == v.Form.Value("campaign_id") {
			said = append(said, o.Label)
		}
	}
	for _, o := range v.Fallbacks {
		if o.Value == v.Form.Value("fallback_language") {
			said = append(said, l.T("overview.part", "Name", l.T("mailing.fallback"), "Number", o.Label))
		}
	}
	for _, file := range v.Along {
		said = append(said, file.Name)
	}
	v.SettingsSaid = strings.Join(said, " · ")
}

// mailingField is a field that a text may leave open, and what stands for it.
type mailingField struct{ Name, Means string }

//i18n:keys mailing.field.*
func fieldsOf(l *i18n.Localizer) []mailingField {
	var all []mailingField
	for _, f := range models.MailingFields() {
		all = append(all, mailingField{"{" + string(f) + "}", l.T("mailing.field." + string(f))})
	}
	return all
}

// mailingChoices lists whom a mailing can be for and in which languages it can be written.
func (s *Server) mailingChoices(r *http.Request, l *i18n.Localizer, c mailingCase, v *mailingView) error {
	var err error
	if v.Countries, err = s.countryOptions(r); err != nil {
		return err
	}
	languages, err := models.Languages(r.Context(), s.DB)
	if err != nil {
		return err
	}
	for i, language := range languages {
		name := "texts[" + strconv.Itoa(i) + "]"
		option := Option{Value: language.Tag, Label: l.Language(language.Tag)}
		v.Read, v.Fallbacks = append(v.Read, option), append(v.Fallbacks, option)
		t := mailingTextView{Name: name, Index: i, Language: language.Tag}
		t.PlainOpen = v.Form.Value(t.Field("plain")) != "" || v.Form.Error(t.Field("plain")) != ""
		if c.kind == models.MailingKindRepresentative {
			t.Letter = letterName(i)
		}
		t.fold(v.Form, "subject", "body", "plain")
		t.Open = t.Open || r.PostFormValue("do") == doTakePlain+strconv.Itoa(i)
		if c.m != nil && hasText(c.m, language.Tag) {
			t.Preview = c.path() + "/preview?language=" + url.QueryEscape(language.Tag)
		}
		v.Texts = append(v.Texts, t)
	}
	for _, role := range append(models.RoleNames(), models.NoRole) {
		v.Roles = append(v.Roles, Option{Value: role, Label: l.T("mailing.role." + role)})
	}
	return nil
}
