package web

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"tribuna/internal/i18n"
	"tribuna/models"
)

const operationsPath = administrationPath + "/operations"

// operationsRows is how many of one kind the page lists; how many more there are it says.
const operationsRows = 20

// sweepLateAfter is when a sweep that has not come by is trouble; in order it comes every minute.
const sweepLateAfter = 10 * time.Minute

// operationsView is what does not go on as it should. It is read from the database alone: what has to be asked of others
// was asked by the sweep, and the page says when.
type operationsView struct {
	Page
	models.Backlog
	Zone   *time.Location
	Groups []operationsGroup
}

// operationsGroup is one kind of trouble: the keys "operations.<key>", "operations.<key>.means" and
// "operations.<key>.next" say what it is, what it means and what to do.
type operationsGroup struct {
	Key  string
	Rows []operationsRow
	More int
}

// operationsRow is one thing that is stuck.
type operationsRow struct {
	What, Href, Language string    // Href and Language are empty where there is no text to lead to
	Since                time.Time // or, with Next, when it is tried again
	Next                 bool
	Note                 string
}

// Mendable reports whether there is something that can be put right from here.
func (v operationsView) Mendable() bool {
	return slices.ContainsFunc(v.Groups, func(g operationsGroup) bool {
		return g.Key != "asleep" && g.Key != "silent" && g.Key != "mails" && g.Key != "held"
	})
}

func (s *Server) operations(w http.ResponseWriter, r *http.Request) error {
	visitor, err := s.requireAdministrator(r)
	if err != nil {
		return err
	}
	l := Localizer(r)
	v := operationsView{Page: s.administrationPage(r, l.T("administration.operations"))}
	if v.Zone, err = s.zoneOf(r.Context(), visitor.Person); err != nil {
		return err
	}
	if v.Backlog, err = models.ReadBacklog(r.Context(), s.DB, s.Now()); err != nil {
		return err
	}
	if v.SweptAt == nil || s.Now().Sub(*v.SweptAt) > sweepLateAfter {
		v.Groups = append(v.Groups, operationsGroup{Key: "asleep"})
	}
	for _, read := range []func(context.Context, *i18n.Localizer) ([]operationsGroup, error){
		s.findingGroups, s.stuckSubmissions, s.stuckMails, s.heldMails,
	} {
		groups, err := read(r.Context(), l)
		if err != nil {
			return err
		}
		v.Groups = append(v.Groups, groups...)
	}
	s.Engine.Render(w, r, http.StatusOK, "administration_operations", v)
	return nil
}

// findingGroups lists what the last look found. Submissions have a list of their own.
func (s *Server) findingGroups(ctx context.Context, l *i18n.Localizer) ([]operationsGroup, error) {
	found, err := models.Findings(ctx, s.DB)
	if err != nil {
		return nil, err
	}
	var ids []uuid.UUID
	for _, f := range found {
		if id, err := processOf(f.Subject); err == nil {
			ids = append(ids, id)
		}
	}
	subjects, err := models.ProcessSubjects(ctx, s.DB, ids)
	if err != nil {
		return nil, err
	}
	var groups []operationsGroup
	for _, f := range found {
		if f.Kind == "unsettled" {
			continue
		}
		at := slices.IndexFunc(groups, func(g operationsGroup) bool { return g.Key == f.Kind })
		if at < 0 {
			at = len(groups)
			groups = append(groups, operationsGroup{Key: f.Kind})
		}
		// What is about no process is said by its heading.
		id, _ := processOf(f.Subject)
		if p, known := subjects[id]; known {
			groups[at].add(operationsRow{What: p.Title, Href: "/recommendations/" + p.RecommendationID.String(), Language: p.Language,
				Since: f.FoundAt, Note: l.T("operations.process." + string(p.Kind))})
		}
	}
	return groups, nil
}

// processOf reads the id out of the name of a process.
func processOf(name string) (uuid.UUID, error) {
	_, id, _ := strings.Cut(name, ":")
	return uuid.Parse(id)
}

func (g *operationsGroup) add(row operationsRow) {
	if len(g.Rows) == operationsRows {
		g.More++
		return
	}
	g.Rows = append(g.Rows, row)
}

func (s *Server) stuckSubmissions(ctx context.Context, _ *i18n.Localizer) ([]operationsGroup, error) {
	list, err := models.StuckSubmissions(ctx, s.DB, s.Now().Add(-models.SubmissionStuckAfter), 10*operationsRows)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	g := operationsGroup{Key: "submissions"}
	for _, sub := range list {
		g.add(operationsRow{What: sub.Title, Href: "/recommendations/" + sub.RecommendationID.String(), Language: sub.Language, Since: sub.ReceivedAt})
	}
	return []operationsGroup{g}, nil
}

func (s *Server) stuckMails(ctx context.Context, l *i18n.Localizer) ([]operationsGroup, error) {
	list, err := models.StuckMails(ctx, s.DB, s.Now().Add(-models.MailStuckAfter), 10*operationsRows)
	return s.mailGroup(l, "mails", list), err
}

func (s *Server) heldMails(ctx context.Context, l *i18n.Localizer) ([]operationsGroup, error) {
	list, err := models.HeldMails(ctx, s.DB, 10*operationsRows)
	return s.mailGroup(l, "held", list), err
}

func (s *Server) mailGroup(l *i18n.Localizer, key string, list []models.WaitingMail) []operationsGroup {
	if len(list) == 0 {
		return nil
	}
	g := operationsGroup{Key: key}
	for _, m := range list {
		row := operationsRow{What: l.T("operations.mail." + string(m.Kind)), Since: m.NotBefore, Next: m.NotBefore.After(s.Now())}
		if m.Attempts > 0 {
			row.Note = l.N("operations.attempts", m.Attempts)
		}
		g.add(row)
	}
	return []operationsGroup{g}
}

// examineNow has a look at once. It changes nothing but what the page shows.
func (s *Server) examineNow(w http.ResponseWriter, r *http.Request) error {
	if _, err := s.requireAdministrator(r); err != nil {
		return err
	}
	said := &Flash{"done", "operations.examined"}
	if err := s.Processes.Examine(r.Context()); err != nil {
		s.Log.WarnContext(r.Context(), "processes cannot be examined", "error", err)
		said = &Flash{"harm", "operations.unreachable"}
	}
	return s.backToOperations(w, r, said)
}

// mendView asks once before processes are begun anew.
type mendView struct{ Page }

func (s *Server) confirmMend(w http.ResponseWriter, r *http.Request) error {
	if _, err := s.requireAdministrator(r); err != nil {
		return err
	}
	s.Engine.Render(w, r, http.StatusOK, "administration_mend", mendView{s.administrationPage(r, Localizer(r).T("operations.mend"))})
	return nil
}

// mend brings the processes to where the rows are. The journal is written first: what is done to processes is no part of
// a transaction, and must not be done without being on record.
func (s *Server) mend(w http.ResponseWriter, r *http.Request) error {
	visitor, err := s.requireAdministrator(r)
	if err != nil {
		return err
	}
	installation, err := models.InstallationID(r.Context(), s.DB)
	if err != nil {
		return err
	}
	err = models.Journal(r.Context(), s.DB, visitor.Person, s.Now(), models.JournalEntry{Verb: "operations.mended", ObjectKind: "installation", Object: installation})
	if err != nil {
		return err
	}
	said := &Flash{"done", "operations.mended"}
	switch found, repaired, err := s.Processes.Mend(r.Context()); {
	case err != nil:
		s.Log.WarnContext(r.Context(), "processes cannot be mended", "error", err)
		said = &Flash{"harm", "operations.unreachable"}
	case repaired < found:
		said = &Flash{"wait", "operations.mended_partly"}
	}
	return s.backToOperations(w, r, said)
}

func (s *Server) backToOperations(w http.ResponseWriter, r *http.Request, said *Flash) error {
	s.flash(r, said.Tone, Localizer(r).T(said.Text))
	http.Redirect(w, r, operationsPath, http.StatusSeeOther)
	return nil
}
