package web

import (
	"context"
	"net/http"

	"github.com/google/uuid"

	"tribuna/internal/access"
	"tribuna/internal/i18n"
	"tribuna/models"
)

// publishView says what will happen when the officer publishes, and asks once.
type publishView struct {
	actView
	Address     string           // permanent, without the host
	Number      int              // of the version
	Into        []string         // in which it will be published, named in the reader's language
	Missing     []string         // asked for and not ready
	Gaps        []gapLine        // what its grants and countries do not say in one of these languages
	Authorities []models.Names   // to deliver to
	Measures    int              //
	SignOff     *signOffStanding // whose names stand under it, and on which conditions
}

func (s *Server) confirmPublish(w http.ResponseWriter, r *http.Request) error {
	a, err := s.beginAct(r, access.Publish, true, models.TaskPublish)
	if err != nil {
		return err
	}
	return s.showPublish(w, r, a)
}

func (s *Server) takePublish(w http.ResponseWriter, r *http.Request) error {
	a, err := s.beginAct(r, access.Publish, true, models.TaskPublish)
	if err != nil {
		return err
	}
	done, err := s.take(w, r, a, models.DecidePublish, models.NoPayload{}, Localizer(r).T("officer.publish.done"))
	if done {
		return nil
	}
	if err := a.again(r, err); err != nil {
		return err
	}
	return s.showPublish(w, r, a)
}

func (s *Server) showPublish(w http.ResponseWriter, r *http.Request, a *officerAct) error {
	ctx, l := r.Context(), Localizer(r)
	version, err := models.VersionByID(ctx, s.DB, *a.task.VersionID)
	if err != nil {
		return err
	}
	v := publishView{actView: s.newActView(r, a, l.T("officer.publish.title")), Address: s.BaseURL + "/published/" + a.rec.Slug,
		Number: version.Number, Measures: len(version.Measures), Into: []string{l.Language(a.rec.Language)}}
	if err := s.fillLanguages(ctx, l, version.ID, &v); err != nil {
		return err
	}
	if v.Authorities, err = s.addressees(ctx, version); err != nil {
		return err
	}
	if v.Gaps, err = s.publishGaps(ctx, l, a, version); err != nil {
		return err
	}
	zone, err := s.zoneOf(ctx, a.visitor.Person)
	if err != nil {
		return err
	}
	if v.SignOff, err = s.signOffStanding(ctx, l, a.rec, a.visitor.viewer(), zone); err != nil {
		return err
	}
	s.Engine.Render(w, r, a.form.status, "publish", v)
	return nil
}

func (s *Server) fillLanguages(ctx context.Context, l *i18n.Localizer, version uuid.UUID, v *publishView) error {
	translations, err := models.Translations(ctx, s.DB, version)
	for _, tr := range translations {
		if tr.State == models.TranslationApproved || tr.ApprovedAt != nil {
			v.Into = append(v.Into, l.Language(tr.Language))
		} else {
			v.Missing = append(v.Missing, l.Language(tr.Language))
		}
	}
	return err
}

// addressees returns the names of the authorities a version addresses, each once.
func (s *Server) addressees(ctx context.Context, version *models.Version) ([]models.Names, error) {
	seen := map[uuid.UUID]bool{}
	var ids []uuid.UUID
	for _, m := range version.Measures {
		for _, id := range m.AuthorityIDs {
			if !seen[id] {
				seen[id] = true
				ids = append(ids, id)
			}
		}
	}
	authorities, err := models.AuthoritiesByID(ctx, s.DB, ids)
	names := make([]models.Names, 0, len(authorities))
	for _, a := range authorities {
		names = append(names, a.Names)
	}
	return names, err
}
