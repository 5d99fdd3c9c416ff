package web

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/gorilla/mux"

	"tribuna/internal/apperr"
	"tribuna/internal/clientaddr"
	"tribuna/internal/files"
	"tribuna/internal/links"
	"tribuna/models"
)

const (
	ownDataPath   = "/data"
	ownDataShown  = ownDataPath + "/mine" // once the link was exchanged for a cookie
	ownDataCookie = "own-data"
)

func (s *Server) ownDataRoutes(r *mux.Router) {
	s.get(r, ownDataPath, s.askOwnDataPage)
	s.post(r, ownDataPath, s.askOwnData)
	s.get(r, ownDataShown, s.ownData)
	s.get(r, ownDataShown+"/data.json", s.ownDataFile)
	s.get(r, ownDataShown+"/erase", s.eraseOwn)
	s.post(r, ownDataShown+"/erase", s.eraseOwn)
	s.get(r, ownDataPath+"/{token}", s.openOwnData)
}

// askOwnDataView asks for an address, or says that a mail is on its way.
type askOwnDataView struct {
	Page
	Form    *Form
	Field   Input
	Asked   bool
	Wrong   string
	Contact string // whom to ask where no mail comes; "" where nobody is named
	Days    int    // for which the link opens
}

func (s *Server) askOwnDataPage(w http.ResponseWriter, r *http.Request) error {
	return s.renderAskOwnData(w, r, askOwnDataView{Form: NewForm(nil)}, http.StatusOK)
}

func (s *Server) renderAskOwnData(w http.ResponseWriter, r *http.Request, v askOwnDataView, status int) error {
	l := Localizer(r)
	v.Page, v.Days = NewPage(r, l.T("own_data.ask_title")), ownDataDays
	if v.Asked {
		v.Title = l.T("account.link_asked.title")
	}
	holder, err := models.DataHolderOf(r.Context(), s.DB)
	if err != nil {
		return err
	}
	v.Contact = holder.Contact
	v.Field = field(v.Form, "email", l.T("account.email"), "type", "email", "required", true, "autocomplete", "email", "max", 254)
	s.Engine.Render(w, r, status, "own_data_ask", v)
	return nil
}

const ownDataDays = int(models.OwnDataLife / (24 * time.Hour))

// askOwnData answers alike, and after as long, whoever's address it is: what is kept about whom is not for strangers to know.
func (s *Server) askOwnData(w http.ResponseWriter, r *http.Request) error {
	if err := ParseForm(r); err != nil {
		return err
	}
	neverKept(w)
	v, status := askOwnDataView{Form: NewForm(r.PostForm)}, http.StatusOK
	err := withPause(r.Context(), func() error { return s.sendOwnData(r, r.PostForm.Get("email")) })
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
	return s.renderAskOwnData(w, r, v, status)
}

// withPause does something in no less time than leastAnswer, so that nobody learns from how long it took what came of it.
func withPause(ctx context.Context, do func() error) error {
	pause := time.NewTimer(leastAnswer)
	defer pause.Stop()
	err := do()
	select {
	case <-pause.C:
	case <-ctx.Done():
	}
	return err
}

func (s *Server) sendOwnData(r *http.Request, address string) error {
	if err := models.OwnDataLimit.Take(r.Context(), s.DB, "", clientaddr.Of(r, s.TrustedProxies), s.Now()); err != nil {
		return err
	}
	return models.AskOwnData(r.Context(), s.DB, address, s.Now())
}

// ownDataView is what is kept about somebody without an account, as the link in the mail they asked for shows it.
type ownDataView struct {
	Page
	Over        bool // the link opens nothing any more
	About       []labelled
	Wants       []labelled
	File, Erase string
	Preferences string
	Printed     string // what stands above it on paper: as it was when, and where it is asked for
	heldFacts
}

// openOwnData exchanges the link for a cookie and leads to a clean address: what is kept about somebody stays in nobody's history.
func (s *Server) openOwnData(w http.ResponseWriter, r *http.Request) error {
	neverKept(w)
	token := mux.Vars(r)["token"]
	if _, claims, err := s.ownerBy(r.Context(), token); apperr.CodeOf(err) == apperr.CodeLinkExpired {
		return s.ownDataOver(w, r, claims)
	} else if err != nil {
		return err
	}
	http.SetCookie(w, &http.Cookie{Name: ownDataCookie, Value: token, Path: ownDataPath, HttpOnly: true, Secure: s.Secure, SameSite: http.SameSiteLaxMode})
	http.Redirect(w, r, ownDataShown, http.StatusSeeOther)
	return nil
}

// linkedOwner is whose link was opened in this browser; where none was, or one that opens nothing, it gives CodeLinkExpired.
func (s *Server) linkedOwner(r *http.Request) (models.Person, links.Claims, error) {
	var token string
	if c, err := r.Cookie(ownDataCookie); err == nil {
		token = c.Value
	}
	return s.ownerBy(r.Context(), token)
}

func (s *Server) ownerBy(ctx context.Context, token string) (models.Person, links.Claims, error) {
	claims, err := s.Links.Check(token)
	if err == nil && claims.Kind != links.KindOwnData {
		err = apperr.About(apperr.CodeLinkExpired, "link")
	}
	if err != nil {
		return models.Person{}, claims, err
	}
	p, err := models.OwnDataPerson(ctx, s.DB, claims.ID, claims.PersonID, s.Now())
	return p, claims, err
}

// ownData shows it. Looking changes nothing.
func (s *Server) ownData(w http.ResponseWriter, r *http.Request) error {
	neverKept(w)
	p, claims, err := s.linkedOwner(r)
	if apperr.CodeOf(err) == apperr.CodeLinkExpired {
		return s.ownDataOver(w, r, claims)
	}
	if err != nil {
		return err
	}
	r = inTheirLanguage(r, p)
	ctx, l := r.Context(), Localizer(r)
	v := ownDataView{Page: NewPage(r, l.T("profile.data")), File: ownDataShown + "/data.json", Erase: ownDataShown + "/erase", Preferences: s.preferencesLink(p.ID, p.ID)}
	v.NoIndex = true
	zone, err := s.zoneOf(ctx, p)
	if err != nil {
		return err
	}
	v.Printed = l.DateTime(s.Now(), zone) + " · " + s.BaseURL + ownDataPath
	if v.heldFacts, err = s.heldAbout(ctx, l, p, zone); err != nil {
		return err
	}
	if v.About, err = s.profileFacts(r, &visitor{Person: p}); err != nil {
		return err
	}
	if v.Wants, err = s.wantedFacts(r, p); err != nil {
		return err
	}
	s.Engine.Render(w, r, http.StatusOK, "own_data", v)
	return nil
}

func (s *Server) ownDataOver(w http.ResponseWriter, r *http.Request, claims links.Claims) error {
	r = s.inLanguageOf(r, claims.PersonID)
	v := ownDataView{Page: NewPage(r, Localizer(r).T("subscribe.over_title")), Over: true}
	v.NoIndex = true
	s.Engine.Render(w, r, http.StatusGone, "own_data", v)
	return nil
}

// ownDataFile is the same as a file that programmes read.
func (s *Server) ownDataFile(w http.ResponseWriter, r *http.Request) error {
	neverKept(w)
	p, claims, err := s.linkedOwner(r)
	if apperr.CodeOf(err) == apperr.CodeLinkExpired {
		return s.ownDataOver(w, r, claims)
	}
	if err != nil {
		return err
	}
	held, err := s.heldRecord(r.Context(), p)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	out := json.NewEncoder(&b)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	if err := out.Encode(held); err != nil {
		return err
	}
	files.Serve(w, files.File{Name: "tribuna-data-" + s.Now().UTC().Format(time.DateOnly) + ".json", MediaType: "application/json", Content: b.Bytes()})
	return nil
}

// eraseOwnView asks once whether somebody is to be erased, or says that they are.
type eraseOwnView struct {
	Page
	Address string // whole: the mail went there
	Done    bool
	Used    bool // they did more than being written to
	Unsaid  bool
	Back    string
	Contact string
}

// eraseOwn removes whoever asks for it by the link, where they only were written to. Looking, and sending the form without ticking its box
// and pressing its button, removes nobody: it cannot be undone.
func (s *Server) eraseOwn(w http.ResponseWriter, r *http.Request) error {
	neverKept(w)
	p, claims, err := s.linkedOwner(r)
	if apperr.CodeOf(err) == apperr.CodeLinkExpired {
		return s.ownDataOver(w, r, claims)
	}
	if err != nil {
		return err
	}
	r = inTheirLanguage(r, p)
	l, status := Localizer(r), http.StatusOK
	holder, err := models.DataHolderOf(r.Context(), s.DB)
	if err != nil {
		return err
	}
	v := eraseOwnView{Page: NewPage(r, l.T("own_data.erase_title")), Address: p.Email, Back: ownDataShown, Contact: holder.Contact}
	v.NoIndex = true
	if !isReading(r) {
		if err := ParseForm(r); err != nil {
			return err
		}
		if v.Unsaid = !pressed(r, "erase") || r.PostForm.Get("sure") != "yes"; v.Unsaid {
			status = http.StatusUnprocessableEntity
		} else {
			err = models.EraseOwn(r.Context(), s.DB, claims.ID, p.ID, s.Now())
		}
		switch {
		case v.Unsaid:
		case apperr.CodeOf(err) == apperr.CodeInUse:
			v.Used, status = true, http.StatusConflict
		case err != nil:
			return err
		default:
			v.Done, v.Title = true, l.T("own_data.erased_title")
			s.keepSpeaking(w, r)
		}
	}
	s.Engine.Render(w, r, status, "own_data_erase", v)
	return nil
}

// keepSpeaking has the pages of this site speak on as they do, until the browser is closed: whoever was erased is known to no link any
// more, and it would answer in another language than theirs.
func (s *Server) keepSpeaking(w http.ResponseWriter, r *http.Request) {
	if _, err := r.Cookie(languageCookie); err != nil {
		http.SetCookie(w, &http.Cookie{Name: languageCookie, Value: LanguageOf(r), Path: "/", HttpOnly: true, Secure: s.Secure, SameSite: http.SameSiteLaxMode})
	}
}
