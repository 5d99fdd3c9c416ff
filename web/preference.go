package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"github.com/google/uuid"
	"github.com/gorilla/mux"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
	"tribuna/internal/i18n"
	"tribuna/internal/links"
	"tribuna/models"
)

const ownPreferencesPath = accountPath + "/preferences"

func (s *Server) preferenceRoutes(r *mux.Router) {
	s.get(r, "/preferences/{token}", s.linkedPreferences)
	s.post(r, "/preferences/{token}", s.linkedPreferences)
	s.get(r, ownPreferencesPath, s.ownPreferences)
	s.post(r, ownPreferencesPath, s.ownPreferences)
}

// preferencesLink is the address of a person's page, as mails carry it; via is the mailing, or themselves.
func (s *Server) preferencesLink(person, via uuid.UUID) string {
	return "/preferences/" + s.Links.Mint(links.KindPreferences, via, person, 0)
}

// preferencesView is what somebody wants of the mailings: which kinds, about what, how often, in which language.
type preferencesView struct {
	Page
	Back    crumb  // "" of a page that a link opens
	Address string // hidden but for its beginning and its domain; "" for a link that leads to nobody
	Form    *Form
	Fields  []Input
	Post    string
	Gets    bool   // mailings come
	Saved   string // said once: what was just done
	Consent string // the sentence to agree to, for who is signed in and gets none
	MayUndo bool   // they stopped it just now: the other page takes it back
	Undo    string
	Unsaid  bool
	Signed  bool // what is kept is shown to who is signed in; to others a link to it is sent
}

// preferencesCase is whose page is asked for, and how they came.
type preferencesCase struct {
	person models.Person
	via    uuid.UUID
	signed bool // signed in; else by a link, which may only narrow and end the mailings
	how    string
}

// linkedPreferences is the page that the link in every mailing opens, without signing in. The link is good for this one page of one
// person: it shows and changes nothing else of them, and what is shown of their address is no address. Looking changes nothing.
func (s *Server) linkedPreferences(w http.ResponseWriter, r *http.Request) error {
	neverKept(w)
	person, claims, err := s.linkedPerson(r, links.KindPreferences)
	if apperr.CodeOf(err) == apperr.CodeNotFound || err == nil && person.LeftAt != nil {
		r = s.inLanguageOf(r, person.ID)
		v := preferencesView{Page: NewPage(r, Localizer(r).T("published.unsubscribe.broken_title"))}
		v.NoIndex = true
		s.Engine.Render(w, r, http.StatusNotFound, "preferences", v)
		return nil
	}
	if err != nil {
		return err
	}
	return s.preferences(w, inTheirLanguage(r, person), preferencesCase{person: person, via: claims.ID, how: models.ConsentByPreferences})
}

// ownPreferences is the same page for who is signed in, who can also agree to mailings on it.
func (s *Server) ownPreferences(w http.ResponseWriter, r *http.Request) error {
	by, err := s.requireSignedIn(r)
	if err != nil {
		return err
	}
	neverKept(w)
	p, err := models.PersonByID(r.Context(), s.DB, by.Person.ID)
	if err != nil {
		return err
	}
	return s.preferences(w, r, preferencesCase{person: p, signed: true, how: models.ConsentForm})
}

func (s *Server) preferences(w http.ResponseWriter, r *http.Request, c preferencesCase) error {
	v, status := preferencesView{Post: r.URL.Path}, http.StatusOK
	if !isReading(r) {
		if err := ParseForm(r); err != nil {
			return err
		}
		v.Form = NewForm(r.PostForm)
		err := s.actOnPreferences(r, c, &v)
		switch {
		case v.Form.Blame(err, Localizer(r)):
			status = http.StatusUnprocessableEntity
		case err != nil:
			return err
		case v.Unsaid:
			status, v.Form = http.StatusUnprocessableEntity, nil
		default:
			v.Form = nil
			if pressed(r, "save") {
				r = s.inChosenLanguage(w, r)
				v.Saved = Localizer(r).T("preference.saved")
			}
		}
	}
	if err := s.fillPreferences(r, c, &v); err != nil {
		return err
	}
	s.Engine.Render(w, r, status, "preferences", v)
	return nil
}

// inChosenLanguage answers in the language that was just chosen. Whoever chose one for this browser before is followed to the new one.
func (s *Server) inChosenLanguage(w http.ResponseWriter, r *http.Request) *http.Request {
	if _, err := r.Cookie(languageCookie); err == nil {
		s.followProfile(w)
	}
	return r.WithContext(WithLanguage(r.Context(), i18n.Match(r.Header.Get("Accept-Language"), r.PostForm.Get("language"))))
}

// actOnPreferences does what the button says that was pressed.
func (s *Server) actOnPreferences(r *http.Request, c preferencesCase, v *preferencesView) error {
	ctx, l := r.Context(), Localizer(r)
	switch {
	case pressed(r, "save"):
		return s.DB.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error { return savePreferences(ctx, tx, c.person, r.PostForm, s) })
	case pressed(r, "stop"):
		v.Saved = l.T("preference.stopped")
		return models.WithdrawConsent(ctx, s.DB, models.Consent{PersonID: c.person.ID, How: c.how, Via: c.via}, s.Now())
	case pressed(r, "agree") && c.signed:
		v.Saved = l.T("preference.agreed")
		return s.DB.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
			said, err := s.consentSentence(ctx, r)
			if err != nil {
				return err
			}
			hash, err := models.KeepConsentText(ctx, tx, l.Tag(), said, s.Now())
			if err != nil {
				return err
			}
			return models.GiveConsent(ctx, tx, models.Consent{PersonID: c.person.ID, How: models.ConsentForm, TextHash: hash}, s.Now())
		})
	}
	if pressed(r, "data") && !c.signed {
		v.Saved = l.T("own_data.sent", "Address", veiled(c.person.Email))
		return s.sendOwnData(r, c.person.Email)
	}
	v.Unsaid = true
	return nil
}

func savePreferences(ctx context.Context, tx bun.IDB, p models.Person, form url.Values, s *Server) error {
	pref := models.MailingPreference{PersonID: p.ID, Topics: form["topics"], Countries: form["countries"], AtMost: form.Get("at_most")}
	for _, kind := range models.MailingKinds() {
		if !slices.Contains(form["kinds"], kind) {
			pref.Refused = append(pref.Refused, kind)
		}
	}
	if err := pref.Save(ctx, tx, s.Now()); err != nil {
		return err
	}
	if err := models.SayCountry(ctx, tx, p.ID, form.Get("country")); err != nil {
		return err
	}
	language := form.Get("language")
	if language == p.Language {
		return nil
	}
	err := models.SetLanguage(ctx, tx, p.ID, language)
	if apperr.CodeOf(err) == apperr.CodeNotFound {
		return apperr.Invalid("language", "unknown")
	}
	return err
}

// fillPreferences reads what stands now, after what was done, and makes the page of it.
func (s *Server) fillPreferences(r *http.Request, c preferencesCase, v *preferencesView) error {
	ctx, l := r.Context(), Localizer(r)
	p, err := models.PersonByID(ctx, s.DB, c.person.ID)
	if err != nil {
		return err
	}
	v.Page, v.Address, v.Gets = NewPage(r, l.T("preference.title")), veiled(p.Email), p.Mailable()
	v.NoIndex = true
	if v.Signed = c.signed; c.signed {
		v.Back = crumb{accountPath, l.T("signin.account")}
		if !v.Gets {
			if v.Consent, err = s.consentSentence(ctx, r); err != nil {
				return err
			}
		}
	}
	if v.MayUndo = !v.Gets && p.MayUndo(s.Now()); v.MayUndo {
		v.Undo = "/u/" + s.Links.Mint(links.KindUnsubscribe, p.ID, p.ID, 0)
	}
	if v.Form == nil {
		pref, err := models.PreferenceOf(ctx, s.DB, p.ID)
		if err != nil {
			return err
		}
		v.Form = NewForm(preferenceValues(p, pref))
	}
	v.Fields, err = s.preferenceFields(r, v.Form, p.CountryCode == "")
	return err
}

func preferenceValues(p models.Person, pref models.MailingPreference) url.Values {
	values := url.Values{"topics": pref.Topics, "countries": pref.Countries, "at_most": {pref.AtMost}, "language": {p.Language}}
	for _, kind := range models.MailingKinds() {
		if !slices.Contains(pref.Refused, kind) {
			values.Add("kinds", kind)
		}
	}
	return values
}

// preferenceFields are those of the page. It asks where somebody lives alone where that is not known, and never shows what is.
//
//i18n:keys preference.kind.*
//i18n:keys preference.at_most.*
func (s *Server) preferenceFields(r *http.Request, form *Form, asksHome bool) ([]Input, error) {
	l := Localizer(r)
	languages, topics, err := s.knowsOptions(r)
	if err != nil {
		return nil, err
	}
	countries, err := s.countryOptions(r)
	fields := []Input{
		field(form, "at_most", l.T("preference.at_most"), "type", "radios", "required", true, "options", choices(l, "preference.at_most.", models.Frequencies()...)),
		field(form, "kinds", l.T("preference.kinds"), "type", "checkboxes", "quiet", true, "options", choices(l, "preference.kind.", models.MailingKinds()...)),
		field(form, "topics", l.T("preference.topics"), "type", "checkboxes", "quiet", true, "help", l.T("preference.topics_help"), "options", topics),
		field(form, "countries", l.T("preference.countries"), "type", "checkboxes", "quiet", true, "help", l.T("preference.countries_help"), "options", countries),
		field(form, "language", l.T("profile.language"), "type", "select", "required", true, "options", languages),
	}
	if asksHome {
		fields = append(fields, livesField(l, form, countries))
	}
	return fields, err
}
