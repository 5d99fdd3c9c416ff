package web

import (
	"context"
	"fmt"
	"net/http"
	"strconv"

	"github.com/gorilla/mux"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
	"tribuna/internal/i18n"
	"tribuna/models"
)

const proceduresPath = administrationPath + "/procedures"

func procedurePath(slug string) string { return proceduresPath + "/" + slug }

func (s *Server) procedureRoutes(r *mux.Router) {
	s.get(r, proceduresPath, s.procedures)
	s.get(r, proceduresPath+"/{slug}", s.procedure)
	s.get(r, proceduresPath+"/{slug}/edit", s.editProcedure)
	s.post(r, proceduresPath+"/{slug}/edit", s.editProcedure)
	s.get(r, proceduresPath+"/{slug}/yaml", s.editProcedureText)
	s.post(r, proceduresPath+"/{slug}/yaml", s.editProcedureText)
	s.get(r, proceduresPath+"/{slug}/restore", s.restoreProcedure)
	s.post(r, proceduresPath+"/{slug}/restore", s.restoreProcedure)
	s.get(r, proceduresPath+"/{slug}/copy", s.copyProcedure)
	s.post(r, proceduresPath+"/{slug}/copy", s.copyProcedure)
	s.get(r, proceduresPath+"/{slug}/remove", s.removeProcedure)
	s.post(r, proceduresPath+"/{slug}/remove", s.removeProcedure)
}

// procedures lists the procedures with how much goes by each.
func (s *Server) procedures(w http.ResponseWriter, r *http.Request) error {
	if _, err := s.requireAdministrator(r); err != nil {
		return err
	}
	l := Localizer(r)
	list, err := models.Procedures(r.Context(), s.DB)
	if err != nil {
		return err
	}
	uses, err := models.ProcedureUses(r.Context(), s.DB, "")
	if err != nil {
		return err
	}
	count := map[string]int{}
	for _, u := range uses {
		count[u.Slug]++
	}
	v := keptView{Page: s.administrationPage(r, l.T("administration.procedures")), Lead: l.T("administration.procedures.about"),
		Empty: Empty{Icon: "scale", Title: l.T("procedure.none"), Text: l.T("procedure.none_text")}}
	for _, p := range list {
		name, tag := i18n.Pick(p.Names, l.Tag())
		row := keptRow{Href: procedurePath(p.Slug), Title: name, Lang: tag, About: []string{
			l.T("procedure.version", "Number", l.Number(p.Version)), l.N("procedure.recommendations", count[p.Slug])}}
		if p.Slug == models.DefaultProcedure {
			row.Badges = []Badge{{"done", "check", l.T("procedure.default")}}
		}
		v.Rows = append(v.Rows, row)
	}
	s.Engine.Render(w, r, http.StatusOK, "administration_list", v)
	return nil
}

// procedureView is one version of a procedure, in words.
type procedureView struct {
	Page
	Back     crumb
	Path     string
	Version  string
	Newest   bool
	Default  bool
	Stages   []procedureStage
	Versions []procedureVersion
	Compared string      // with which version, in words; "" for none
	Changes  []changeRow // from that version to this one
	Beside   string      // address of how an earlier version differs from the newest
	Restore  string      // address that makes an earlier version the current one again
}

// procedureVersion is a version of a procedure with what goes by it.
type procedureVersion struct {
	Title, Href, Compare string // Compare leads to how the version shown differs from it
	Restore              string // "" for the newest
	Created              Moment
	Current, Newest      bool
	Uses                 []usedAt
}

// procedure shows a version of a procedure: the newest, or that of ?version=. ?compare= shows how it differs from another.
func (s *Server) procedure(w http.ResponseWriter, r *http.Request) error {
	visitor, err := s.requireAdministrator(r)
	if err != nil {
		return err
	}
	l := Localizer(r)
	versions, err := models.ProcedureVersions(r.Context(), s.DB, mux.Vars(r)["slug"])
	if err != nil {
		return err
	}
	shown, err := versionAsked(r, "version", versions)
	if err != nil {
		return err
	}
	name := l.Name(shown.Names)
	v := procedureView{Page: s.administrationPage(r, name.Text).Titled(name), Back: crumb{proceduresPath, l.T("administration.procedures")}, Path: procedurePath(shown.Slug),
		Version: l.T("procedure.version", "Number", l.Number(shown.Version)), Newest: shown.Version == versions[0].Version,
		Default: shown.Slug == models.DefaultProcedure, Stages: saidOf(l, shown.Document)}
	if !v.Newest {
		v.Beside, v.Restore = compareVersions(versions[0], shown), restorePath(shown)
	}
	if r.URL.Query().Get("compare") != "" {
		other, err := versionAsked(r, "compare", versions)
		if err != nil {
			return err
		}
		v.Compared = l.T("procedure.compared", "Before", l.Number(other.Version), "After", l.Number(shown.Version))
		v.Changes = changeRows(l, models.CompareProcedures(other.Document, shown.Document))
	}
	if v.Versions, err = s.procedureVersions(r, l, visitor, versions, shown); err != nil {
		return err
	}
	s.Engine.Render(w, r, http.StatusOK, "procedure", v)
	return nil
}

// compareVersions is the address of what the later of two versions changed against the earlier one.
func compareVersions(a, b models.Procedure) string {
	return fmt.Sprintf("%s?version=%d&compare=%d#changes", procedurePath(a.Slug), max(a.Version, b.Version), min(a.Version, b.Version))
}

// versionAsked is the version that the address names, else the newest.
func versionAsked(r *http.Request, name string, versions []models.Procedure) (models.Procedure, error) {
	asked := r.URL.Query().Get(name)
	if asked == "" {
		return versions[0], nil
	}
	for _, p := range versions {
		if strconv.Itoa(p.Version) == asked {
			return p, nil
		}
	}
	return models.Procedure{}, apperr.NotFound("procedure")
}

func (s *Server) procedureVersions(r *http.Request, l *i18n.Localizer, v *visitor, versions []models.Procedure, shown models.Procedure) ([]procedureVersion, error) {
	uses, err := models.ProcedureUses(r.Context(), s.DB, shown.Slug)
	if err != nil {
		return nil, err
	}
	zone, err := s.zoneOf(r.Context(), v.Person)
	if err != nil {
		return nil, err
	}
	rows := make([]procedureVersion, 0, len(versions))
	for _, p := range versions {
		address := fmt.Sprintf("%s?version=%d", procedurePath(p.Slug), p.Version)
		row := procedureVersion{Title: l.T("procedure.version", "Number", l.Number(p.Version)), Href: address, Created: Moment{p.CreatedAt, zone}, Current: p.Version == shown.Version}
		if !row.Current {
			row.Compare = compareVersions(p, shown)
		}
		if row.Newest = p.Version == versions[0].Version; !row.Newest {
			row.Restore = restorePath(p)
		}
		for _, u := range uses {
			if u.Version == p.Version {
				row.Uses = append(row.Uses, usedAt{"/recommendations/" + u.ID.String(), u.Title, u.Language})
			}
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// removeProcedure asks, then removes a procedure that nothing goes by.
func (s *Server) removeProcedure(w http.ResponseWriter, r *http.Request) error {
	by, err := s.requireAdministrator(r)
	if err != nil {
		return err
	}
	l := Localizer(r)
	p, err := models.ProcedureBySlug(r.Context(), s.DB, mux.Vars(r)["slug"])
	if err != nil {
		return err
	}
	name := l.Name(p.Names)
	return s.remove(w, r, removing{by: by, next: proceduresPath, uses: func() ([]usedAt, error) { return s.procedureUses(r, p.Slug) },
		act: func(ctx context.Context, tx bun.Tx) (models.JournalEntry, error) {
			e := models.JournalEntry{Verb: "procedure.removed", ObjectKind: "procedure", Facts: map[string]string{"slug": p.Slug}}
			return e, models.RemoveProcedure(ctx, tx, p.Slug)
		}, ask: removeView{Page: s.administrationPage(r, l.T("procedure.remove")), Back: crumb{procedurePath(p.Slug), l.T("procedure.back")}, What: name,
			Follows: l.Say("procedure.remove_text", "Name", name), Button: l.T("procedure.remove")}})
}

func (s *Server) procedureUses(r *http.Request, slug string) ([]usedAt, error) {
	uses, err := models.ProcedureUses(r.Context(), s.DB, slug)
	var at []usedAt
	if slug == models.DefaultProcedure {
		at = append(at, usedAt{Name: Localizer(r).T("procedure.default_use")})
	}
	for _, u := range uses {
		at = append(at, usedAt{"/recommendations/" + u.ID.String(), u.Title, u.Language})
	}
	return at, err
}
