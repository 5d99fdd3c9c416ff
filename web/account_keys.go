package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"tribuna/internal/access"
	"tribuna/internal/apperr"
	"tribuna/internal/i18n"
	"tribuna/models"
)

// keysView is where people give programmes a key to act for them. The key itself is shown on the page that answers its
// making and nowhere else.
type keysView struct {
	Page
	Form   *Form
	Wrong  string
	New    string // the key just made, "" otherwise
	Scopes []Option
	Lives  []Option
	Keys   []keyRow
	Zone   string
}

// keyRow is a key that works.
type keyRow struct {
	ID      uuid.UUID
	Name    string
	May     string // in words
	Made    time.Time
	Until   time.Time
	Used    *time.Time
	EndPath string
}

// keyLives are how long a key can be good for, in days.
var keyLives = []int{7, 30, 90, 365}

const usualKeyLife = 90

// usualKey is what a new form offers: little, and not for long.
func usualKey() *Form {
	return NewForm(url.Values{"scopes": {models.ScopeRead}, "days": {strconv.Itoa(usualKeyLife)}})
}

func (s *Server) keys(w http.ResponseWriter, r *http.Request) error {
	v, err := s.requireSignedIn(r)
	if err != nil {
		return err
	}
	return s.showKeys(w, r, v, keysView{Form: usualKey()}, http.StatusOK)
}

func (s *Server) showKeys(w http.ResponseWriter, r *http.Request, v *visitor, page keysView, status int) error {
	l := Localizer(r)
	page.Page, page.Zone = NewPage(r, l.T("signin.keys")), zoneName(r)
	page.NoIndex = true
	for _, scope := range scopesFor(v) {
		page.Scopes = append(page.Scopes, Option{Value: scope, Label: l.T("signin.scope." + scope), Help: l.T("signin.scope." + scope + ".about")})
	}
	for _, days := range keyLives {
		page.Lives = append(page.Lives, Option{Value: strconv.Itoa(days), Label: l.N("signin.key.days", days)})
	}
	tokens, err := models.TokensOf(r.Context(), s.DB, v.Person.ID, s.Now())
	if err != nil {
		return err
	}
	for _, t := range tokens {
		page.Keys = append(page.Keys, newKeyRow(t, l))
	}
	neverKept(w)
	s.Engine.Render(w, r, status, "account_keys", page)
	return nil
}

// scopesFor leaves administration to those who may administer: nobody is offered a key to a door they cannot pass.
func scopesFor(v *visitor) []string {
	if v.viewer().May(access.Administer) {
		return models.Scopes()
	}
	return []string{models.ScopeRead, models.ScopeAct}
}

func newKeyRow(t models.APIToken, l *i18n.Localizer) keyRow {
	var may []string
	for _, scope := range t.Scopes {
		may = append(may, l.T("signin.scope."+scope))
	}
	return keyRow{ID: t.ID, Name: t.Name, May: l.ListAnd(may), Made: t.CreatedAt, Until: t.ExpiresAt, Used: t.LastUsedAt,
		EndPath: accountPath + "/keys/" + t.ID.String() + "/end"}
}

// makeKey answers with the page that shows the key, once: a redirect would have to keep it somewhere.
func (s *Server) makeKey(w http.ResponseWriter, r *http.Request) error {
	v, err := s.requireSignedIn(r)
	if err != nil {
		return err
	}
	if err := ParseForm(r); err != nil {
		return err
	}
	page := keysView{Form: NewForm(r.PostForm)}
	plain, err := s.issueKey(r, v)
	status := apperr.HTTPStatus(apperr.CodeOf(err))
	switch {
	case err == nil:
		page.New, page.Form, status = plain, usualKey(), http.StatusCreated
	case page.Form.Blame(err, Localizer(r)):
	case apperr.CodeOf(err) == apperr.CodeTooMany:
		status, page.Wrong = tooMany(w, err), refusal(Localizer(r), err)
	default:
		return err
	}
	return s.showKeys(w, r, v, page, status)
}

func (s *Server) issueKey(r *http.Request, v *visitor) (string, error) {
	days, _ := strconv.Atoi(r.PostForm.Get("days"))
	if !slices.Contains(keyLives, days) {
		return "", apperr.Invalid("days", "choice")
	}
	scopes := r.PostForm["scopes"]
	for _, scope := range scopes {
		if !slices.Contains(scopesFor(v), scope) {
			return "", apperr.Invalid("scopes", "choice")
		}
	}
	if err := models.KeyLimit.Take(r.Context(), s.DB, v.Person.ID.String(), "", s.Now()); err != nil {
		return "", err
	}
	plain, _, err := models.IssueToken(r.Context(), s.DB, v.Person.ID, r.PostForm.Get("name"), scopes,
		time.Duration(days)*24*time.Hour, s.Now())
	return plain, err
}

func (s *Server) endKey(w http.ResponseWriter, r *http.Request) error {
	v, err := s.requireSignedIn(r)
	if err != nil {
		return err
	}
	id, err := idVar(r, "id", "token")
	if err != nil {
		return err
	}
	if err := models.RevokeToken(r.Context(), s.DB, v.Person.ID, id, s.Now()); err != nil {
		return err
	}
	s.flash(r, "done", Localizer(r).T("signin.key.ended"))
	http.Redirect(w, r, accountPath+"/keys", http.StatusSeeOther)
	return nil
}
