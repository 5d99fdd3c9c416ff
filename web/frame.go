package web

import (
	"context"
	"net/http"
	"strings"

	"github.com/google/uuid"

	"tribuna/internal/apperr"
	"tribuna/internal/links"
	"tribuna/models"
)

// Keys of what a session holds.
const (
	sessionID        = "session" // of a models.PersonSession
	sessionFlashTone = "flash_tone"
	sessionFlashText = "flash_text"
)

// visitors finds out who asks: by the cookie of a personal link below its task, else by the session. It prepares the
// frame of the page; what the frame costs is paid only when a page is built.
func (s *Server) visitors(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v, err := s.visitor(r)
		if err != nil {
			s.Engine.Error(w, r, err)
			return
		}
		ctx := withFrame(r.Context(), &frame{server: s, request: r, visitor: v})
		if v != nil {
			ctx = withVisitor(ctx, v)
			w.Header().Set("X-Robots-Tag", "noindex")
		}
		if v != nil && v.LinkTask == uuid.Nil {
			profile, err := s.profile(ctx, v)
			if err != nil {
				s.Engine.Error(w, r, err)
				return
			}
			ctx = WithViewer(ctx, profile)
		}
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// visitor prefers a personal link to the session where both are there for different people: whoever opened the link
// means to answer as the person it was sent to. For the same person the session is the wider of the two.
func (s *Server) visitor(r *http.Request) (*visitor, error) {
	signedIn, err := s.signedIn(r)
	if err != nil {
		return nil, err
	}
	byLink, err := s.byLink(r)
	if err != nil {
		return nil, err
	}
	if byLink == nil || (signedIn != nil && signedIn.Person.ID == byLink.Person.ID) {
		return signedIn, nil
	}
	return byLink, nil
}

// signedIn returns the person of the session; nil for nobody, for somebody who has left or may no longer sign in, and for
// a session that was ended from elsewhere.
func (s *Server) signedIn(r *http.Request) (*visitor, error) {
	id, err := uuid.Parse(s.Sessions.GetString(r.Context(), sessionID))
	if err != nil {
		return nil, nil
	}
	person, err := models.PersonOfSession(r.Context(), s.DB, id, s.Now())
	if apperr.CodeOf(err) == apperr.CodeUnauthenticated {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return s.withRoles(r.Context(), visitor{Person: person, Session: id})
}

// byLink returns whoever the cookie of a personal link stands for. One that has ended is nobody: the page then asks to
// sign in or says that it is not open.
func (s *Server) byLink(r *http.Request) (*visitor, error) {
	task, below := taskOfPath(r.URL.Path)
	cookie, err := r.Cookie(linkCookie)
	if !below || err != nil {
		return nil, nil
	}
	claims, err := s.Links.Check(cookie.Value)
	if err != nil || claims.Kind != links.KindTask || claims.ID != task {
		return nil, nil
	}
	_, person, err := models.OpenByLink(r.Context(), s.DB, claims.ID, claims.PersonID, claims.Generation, s.Now())
	if apperr.CodeOf(err) == apperr.CodeLinkExpired {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return s.withRoles(r.Context(), visitor{Person: person, LinkTask: claims.ID})
}

func (s *Server) withRoles(ctx context.Context, v visitor) (*visitor, error) {
	var err error
	v.Roles, err = models.RolesOf(ctx, s.DB, v.Person.ID)
	return &v, err
}

// taskOfPath returns the task of an address at or below /tasks/<id>.
func taskOfPath(path string) (uuid.UUID, bool) {
	rest, below := strings.CutPrefix(path, tasksPath)
	if !below {
		return uuid.Nil, false
	}
	first, _, _ := strings.Cut(rest, "/")
	id, err := uuid.Parse(first)
	return id, err == nil
}

// profile is the signed-in person as the frame shows them.
func (s *Server) profile(ctx context.Context, v *visitor) (*Viewer, error) {
	held, err := models.HeldRolesOf(ctx, s.DB, v.Person.ID)
	if err != nil {
		return nil, err
	}
	p := &Viewer{Name: v.Person.Name, Language: v.Person.Language, Roles: held}
	zone, err := models.ZoneOf(ctx, s.DB, v.Person.CountryCode)
	if err != nil {
		return nil, err
	}
	p.Zone = zone.String()
	return p, nil
}

// flash says a sentence at the top of the next page that this browser is shown. Tone is as of Flash.
func (s *Server) flash(r *http.Request, tone, text string) {
	s.Sessions.Put(r.Context(), sessionFlashTone, tone)
	s.Sessions.Put(r.Context(), sessionFlashText, text)
}
