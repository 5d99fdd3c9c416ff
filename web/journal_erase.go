package web

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gorilla/mux"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
	"tribuna/internal/i18n"
	"tribuna/internal/record"
	"tribuna/internal/validation"
	"tribuna/models"
)

func (s *Server) journalRoutes(r *mux.Router) {
	s.get(r, journalPath, s.journal)
	s.get(r, journalPath+"/{id}/erase", s.eraseJournal)
	s.post(r, journalPath+"/{id}/erase", s.eraseJournal)
}

func erasePath(seq int64) string { return journalPath + "/" + strconv.FormatInt(seq, 10) + "/erase" }

// eraseJournalView asks which words of an entry of the journal are removed, and says what follows.
type eraseJournalView struct {
	Page
	Form    *Form
	Entries []TimelineEntry // the one entry
	Words   []Option
}

// eraseJournal asks, then removes words from an entry of the journal.
func (s *Server) eraseJournal(w http.ResponseWriter, r *http.Request) error {
	by, err := s.requireAdministrator(r)
	if err != nil {
		return err
	}
	seq, err := strconv.ParseInt(mux.Vars(r)["id"], 10, 64)
	if err != nil {
		return apperr.NotFound("record_entry")
	}
	entry, err := models.JournalEntryAt(r.Context(), s.DB, seq)
	if err != nil {
		return err
	}
	if r.Method != http.MethodPost {
		return s.askErasure(w, r, by, entry, NewForm(nil), http.StatusOK)
	}
	if err := ParseForm(r); err != nil {
		return err
	}
	l, f := Localizer(r), NewForm(r.PostForm)
	in := models.JournalErasure{Reason: words(r, "reason")}
	for _, chosen := range r.PostForm["fields"] { // a change is what was and what is now
		in.Fields = append(in.Fields, strings.Fields(chosen)...)
	}
	if err = validation.Check(in); err == nil {
		err = s.DB.RunInTx(r.Context(), nil, func(ctx context.Context, tx bun.Tx) error {
			return models.EraseJournal(ctx, tx, by.Person, seq, in, s.Now())
		})
	}
	if err != nil {
		if !f.Blame(err, l) {
			return err
		}
		return s.askErasure(w, r, by, entry, f, http.StatusUnprocessableEntity)
	}
	s.flash(r, "done", l.T("journal.erase.done"))
	http.Redirect(w, r, journalPath, http.StatusSeeOther)
	return nil
}

func (s *Server) askErasure(w http.ResponseWriter, r *http.Request, by *visitor, entry record.Item, f *Form, status int) error {
	l := Localizer(r)
	v := eraseJournalView{Page: s.administrationPage(r, l.T("journal.erase")), Form: f}
	changes, others := models.ChangesIn(entry.Texts)
	var err error
	if v.Entries, err = s.journalEntries(r, l, by, []record.Item{entry}); err != nil {
		return err
	}
	v.Entries[0].Erase = ""
	for _, c := range changes {
		fields := models.ChangeFields(entry.Texts, c.Field)
		v.Words = append(v.Words, Option{Value: strings.Join(fields, " "), Label: changedLabel(l, c.Field)})
	}
	for _, field := range slices.Sorted(maps.Keys(others)) {
		name, _, _ := strings.Cut(field, "[")
		v.Words = append(v.Words, Option{Value: field, Label: l.T("record.text." + name)})
	}
	s.Engine.Render(w, r, status, "administration_journal_erase", v)
	return nil
}

// changes says what was changed, with a tombstone where the words of it were removed, and returns what is left of the entry's words.
func (v *journalValues) changes(it record.Item) (said []i18n.Words, texts map[string]string, removed []string) {
	all, texts := models.ChangesIn(it.Texts)
	gone, removed := models.ChangesErased(it.Redacted)
	for _, c := range all {
		if !slices.Contains(gone, c.Field) {
			said = append(said, v.say(c))
		}
	}
	for _, field := range gone {
		said = append(said, v.m.l.Say("journal.change.erased", "Field", changedLabel(v.m.l, field)))
	}
	return said, texts, removed
}
