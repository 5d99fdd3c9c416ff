package web

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/mux"

	"tribuna/internal/apperr"
	"tribuna/internal/clientaddr"
	"tribuna/internal/i18n"
	"tribuna/internal/links"
	"tribuna/models"
)

const subscribePath = "/subscribe"

func (s *Server) subscribeRoutes(r *mux.Router) {
	s.get(r, subscribePath, s.subscribePage)
	s.post(r, subscribePath, s.subscribe)
	s.get(r, subscribePath+"/{token}", s.confirmSubscription)
	s.post(r, subscribePath+"/{token}", s.confirmSubscription)
}

// subscribeView asks for an address, or says that a mail is on its way.
type subscribeView struct {
	Page
	Form    *Form
	Fields  []Input
	Asked   bool
	Wrong   string
	Contact string // whom to ask where no mail comes; "" where nobody is named
	Days    int    // for which a request can be confirmed
}

// consentSentence is what people agree to who subscribe, in the language of the page. Its exact words go on the record.
func (s *Server) consentSentence(ctx context.Context, r *http.Request) (string, error) {
	holder, err := models.HolderName(ctx, s.DB, s.Now())
	return Localizer(r).T("subscribe.consent", "Holder", cmp.Or(holder, hostOf(s.BaseURL))), err
}

func (s *Server) subscribePage(w http.ResponseWriter, r *http.Request) error {
	return s.renderSubscribe(w, r, subscribeView{Form: NewForm(url.Values{"language": {Localizer(r).Tag()}})}, http.StatusOK)
}

func (s *Server) renderSubscribe(w http.ResponseWriter, r *http.Request, v subscribeView, status int) error {
	l := Localizer(r)
	v.Page, v.Days = NewPage(r, l.T("subscribe.title")), int(models.SubscriptionLife/(24*time.Hour))
	if v.Asked {
		v.Title = l.T("account.link_asked.title")
	}
	holder, err := models.DataHolderOf(r.Context(), s.DB)
	if err != nil {
		return err
	}
	v.Contact = holder.Contact
	said, err := s.consentSentence(r.Context(), r)
	if err != nil {
		return err
	}
	languages, topics, err := s.knowsOptions(r)
	if err != nil {
		return err
	}
	countries, err := s.countryOptions(r)
	if err != nil {
		return err
	}
	v.Fields = []Input{
		field(v.Form, "email", l.T("account.email"), "type", "email", "required", true, "autocomplete", "email", "max", 254),
		field(v.Form, "name", l.T("profile.name"), "autocomplete", "name", "max", 200),
		field(v.Form, "language", l.T("subscribe.language"), "type", "select", "required", true, "options", languages),
		livesField(l, v.Form, countries),
		field(v.Form, "topics", l.T("preference.topics"), "type", "checkboxes", "quiet", true, "help", l.T("preference.topics_help"), "options", topics),
		field(v.Form, "agreed", said, "type", "checkbox", "required", true),
	}
	s.Engine.Render(w, r, status, "subscribe", v)
	return nil
}

// livesField asks where somebody lives who gets the mailings.
func livesField(l *i18n.Localizer, form *Form, countries []Option) Input {
	return field(form, "country", l.T("subscribe.country"), "type", "select", "any", l.T("subscribe.country_unsaid"), "help", l.T("subscribe.country_help"), "options", countries)
}

// subscribe answers alike whatever becomes of it: whether somebody gets the mailings is not for strangers to know.
func (s *Server) subscribe(w http.ResponseWriter, r *http.Request) error {
	if err := ParseForm(r); err != nil {
		return err
	}
	neverKept(w)
	v := subscribeView{Form: NewForm(r.PostForm)}
	err := withPause(r.Context(), func() error { return s.askSubscription(r) })
	status := http.StatusOK
	switch code := apperr.CodeOf(err); {
	case err == nil:
		v.Asked = true
	case v.Form.Blame(err, Localizer(r)):
		status = apperr.HTTPStatus(code)
	case code == apperr.CodeTooMany:
		status, v.Wrong = tooMany(w, err), refusal(Localizer(r), err)
	default:
		return err
	}
	return s.renderSubscribe(w, r, v, status)
}

func (s *Server) askSubscription(r *http.Request) error {
	if err := models.SubscribeLimit.Take(r.Context(), s.DB, "", clientaddr.Of(r, s.TrustedProxies), s.Now()); err != nil {
		return err
	}
	form := r.PostForm
	said, err := s.consentSentence(r.Context(), r)
	if err != nil {
		return err
	}
	return models.AskSubscription(r.Context(), s.DB, models.SubscriptionInput{Email: form.Get("email"), Name: form.Get("name"),
		Language: form.Get("language"), Country: form.Get("country"), Topics: form["topics"], Consent: said, ReadIn: Localizer(r).Tag(), Silent: form.Get("agreed") != "yes"}, s.Now())
}

// confirmView asks whoever came from the mail to confirm, or says what came of it.
type confirmView struct {
	Page
	Address     string // hidden but for its beginning and its domain; "" for a link that has ended
	Post        string
	Done        bool
	Already     bool // it was confirmed by this link before
	Left        bool // somebody who left had this address
	Unsaid      bool
	Contact     string
	Preferences string
}

// confirmSubscription is where the link in the mail leads. Looking decides nothing, nor does sending the form without pressing its
// button.
func (s *Server) confirmSubscription(w http.ResponseWriter, r *http.Request) error {
	neverKept(w)
	claims, err := s.Links.Check(mux.Vars(r)["token"])
	if err != nil || claims.Kind != links.KindSubscription {
		return s.subscriptionOver(w, r)
	}
	request, err := models.SubscriptionRequestOf(r.Context(), s.DB, claims.ID, s.Now())
	if apperr.CodeOf(err) == apperr.CodeLinkExpired {
		return s.subscriptionUsed(w, r, claims.ID)
	}
	if err != nil {
		return err
	}
	r = readIn(r, request.Language)
	l := Localizer(r)
	v, status := confirmView{Page: NewPage(r, l.T("subscribe.confirm_title")), Address: veiled(request.Email), Post: r.URL.Path}, http.StatusOK
	if !isReading(r) {
		if status, err = s.confirm(r, request, &v); err != nil {
			return err
		}
	}
	v.NoIndex = true
	s.Engine.Render(w, r, status, "subscribe_confirm", v)
	return nil
}

func (s *Server) confirm(r *http.Request, request models.SubscriptionRequest, v *confirmView) (status int, err error) {
	if err := ParseForm(r); err != nil {
		return 0, err
	}
	if v.Unsaid = !pressed(r, "confirm"); v.Unsaid {
		return http.StatusUnprocessableEntity, nil
	}
	p, err := models.ConfirmSubscription(r.Context(), s.DB, request.ID, s.Now())
	if apperr.CodeOf(err) == apperr.CodeClosed {
		holder, err := models.DataHolderOf(r.Context(), s.DB)
		v.Left, v.Contact = true, holder.Contact
		return http.StatusConflict, err
	}
	if err != nil {
		return 0, err
	}
	v.Done, v.Title, v.Preferences = true, Localizer(r).T("subscribe.confirmed_title"), s.preferencesLink(p.ID, p.ID)
	return http.StatusOK, nil
}

// readIn is a request in the language that its reader chose here or asks for, else in one that we know they read.
func readIn(r *http.Request, language string) *http.Request {
	if _, err := r.Cookie(languageCookie); err == nil {
		return r
	}
	return r.WithContext(WithLanguage(r.Context(), i18n.Match(r.Header.Get("Accept-Language"), language)))
}

// subscriptionUsed tells whoever comes again by the link that they confirmed by that they get the mailings already.
func (s *Server) subscriptionUsed(w http.ResponseWriter, r *http.Request, request uuid.UUID) error {
	p, err := models.SubscribedBy(r.Context(), s.DB, request, s.Now())
	if apperr.CodeOf(err) == apperr.CodeLinkExpired {
		return s.subscriptionOver(w, readIn(r, p.Language))
	}
	if err != nil {
		return err
	}
	r = readIn(r, p.Language)
	v := confirmView{Page: NewPage(r, Localizer(r).T("subscribe.already_title")), Address: veiled(p.Email), Already: true, Preferences: s.preferencesLink(p.ID, p.ID)}
	v.NoIndex = true
	s.Engine.Render(w, r, http.StatusOK, "subscribe_confirm", v)
	return nil
}

// subscriptionOver says that a link opens nothing any more, whether it was used, has ended or never was one.
func (s *Server) subscriptionOver(w http.ResponseWriter, r *http.Request) error {
	v := confirmView{Page: NewPage(r, Localizer(r).T("subscribe.over_title"))}
	v.NoIndex = true
	s.Engine.Render(w, r, http.StatusGone, "subscribe_confirm", v)
	return nil
}
