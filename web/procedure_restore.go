package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/gorilla/mux"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
	"tribuna/models"
)

// procedureRestoreView asks once before an earlier version is what new recommendations go by again, and says what changes.
type procedureRestoreView struct {
	Page
	Back       crumb
	Form       *Form
	Version    int
	Base       int // the newest version as it was seen
	Text       string
	Changes    []changeRow // from the newest version to this one
	Same       bool        // it says what the newest one says
	Refused    string
	Button     string
	EditPath   string
	ActionPath string
}

func restorePath(p models.Procedure) string {
	return fmt.Sprintf("%s/restore?version=%d", procedurePath(p.Slug), p.Version)
}

// restoreProcedure makes an earlier version the current one again, as the next version.
func (s *Server) restoreProcedure(w http.ResponseWriter, r *http.Request) error {
	by, err := s.requireAdministrator(r)
	if err != nil {
		return err
	}
	versions, err := models.ProcedureVersions(r.Context(), s.DB, mux.Vars(r)["slug"])
	if err != nil {
		return err
	}
	former, err := versionAsked(r, "version", versions)
	if err != nil {
		return err
	}
	if isReading(r) {
		return s.renderRestore(w, r, former, versions[0], nil)
	}
	if err := ParseForm(r); err != nil {
		return err
	}
	base, _ := strconv.Atoi(r.PostForm.Get("base")) // what is no number is an old version
	var restored *models.Procedure
	err = s.administer(r, by, func(ctx context.Context, tx bun.Tx) (e models.JournalEntry, err error) {
		if restored, err = models.RestoreProcedure(ctx, tx, former.Slug, former.Version, base, s.Now()); err != nil {
			return e, err
		}
		return models.JournalEntry{Verb: "procedure.restored", ObjectKind: "procedure", Object: restored.ID,
			Facts: map[string]string{"slug": former.Slug, "former": strconv.Itoa(former.Version), "version": strconv.Itoa(restored.Version)}}, nil
	})
	if err != nil {
		return s.renderRestore(w, r, former, versions[0], err)
	}
	l := Localizer(r)
	return s.done(w, r, l.T("procedure.restored", "Number", l.Number(former.Version), "Version", l.Number(restored.Version)), procedurePath(former.Slug))
}

func (s *Server) renderRestore(w http.ResponseWriter, r *http.Request, former, newest models.Procedure, wrong error) error {
	l, form, status := Localizer(r), NewForm(nil), http.StatusOK
	path := procedurePath(former.Slug)
	v := procedureRestoreView{Page: s.administrationPage(r, l.T("procedure.restore_title", "Number", l.Number(former.Version))), Form: form,
		Back: crumb{fmt.Sprintf("%s?version=%d", path, former.Version), l.T("procedure.back")}, Version: former.Version, Base: newest.Version,
		Text:    l.T("procedure.restore_text", "Number", l.Number(former.Version), "Next", l.Number(newest.Version+1)),
		Changes: changeRows(l, models.CompareProcedures(newest.Document, former.Document)), Same: former.Says(newest),
		Button: l.T("procedure.save", "Number", l.Number(newest.Version+1)), EditPath: path + "/edit", ActionPath: path + "/restore"}
	if wrong != nil {
		var again bool
		if status, v.Refused, again = form.blamed(wrong, l); !again {
			return wrong
		}
		var bad *apperr.Error
		if errors.As(wrong, &bad) && len(form.Errors) > 0 { // older rules let it be so
			v.Refused = l.T("procedure.restore_unfit")
			for i, f := range bad.Fields { // Blame keeps their order
				form.Errors[i].Name, form.Errors[i].Label = "rules", pathLabel(l, f.Path)
			}
		}
	}
	s.Engine.Render(w, r, status, "procedure_restore", v)
	return nil
}
