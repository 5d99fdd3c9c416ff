package web

import (
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	"tribuna/internal/access"
	"tribuna/internal/i18n"
	"tribuna/models"
)

// recipientsPerPage is how many recipients stand on one page of the list.
const recipientsPerPage = 50

// recipientsView lists the recipients of a mailing in one state, or those in any of whom a name or an address was asked for.
type recipientsView struct {
	Page
	Document string // what its mailing is called
	Lang     string
	State    string // in words; "" where all are looked through
	What     string // what the list is of
	Rows     []recipientRow
	Pager    Pager
	Back     string
	Form     *Form
	Path     string           // of the page
	List     models.MailState // that it shows, or would without what is looked for
	Search   Input
	Launched bool
	Filtered bool   // by a name or an address
	All      string // the list, not narrowed
	AllName  string
	Zone     *time.Location
}

// recipientRow is one of them, what came of their mail in words, and what the server said, in its own.
type recipientRow struct {
	models.Recipient
	Group string // the list it stands in
	Why   string
	Said  string // "" where it said nothing
}

func recipientRows(l *i18n.Localizer, list []models.Recipient) []recipientRow {
	rows := make([]recipientRow, len(list))
	for i, r := range list {
		rows[i] = recipientRow{Recipient: r, Group: recipientGroup(l, r.State), Why: outcomeWord(l, r.Outcome), Said: r.Outcome.ServerWords(r.Reply)}
		switch {
		case r.Bounce != "":
			rows[i].Why = l.T("bounce." + string(r.Bounce))
		case r.Reply == models.ReplyActed:
			rows[i].Why = l.T("mailing.reply.acted")
		}
	}
	return rows
}

func (s *Server) mailingRecipients(w http.ResponseWriter, r *http.Request) error {
	c, err := s.loadMailing(r, access.ReadMailing)
	if err != nil {
		return err
	}
	l, q := Localizer(r), r.URL.Query()
	state := recipientState(q.Get("state"))
	v := recipientsView{Document: c.title.Title, Lang: c.title.Language, State: recipientGroup(l, state), Back: c.path(),
		What: l.T("mailing.recipients." + string(state)), Form: NewForm(q), Path: c.path() + "/recipients", List: state, Launched: c.m.LaunchedAt != nil}
	v.Search = field(v.Form, "q", l.T("mailing.recipients_search"), "type", "search", "max", 200, "quiet", true)
	v.All, v.AllName, v.Filtered = v.Path+"?state="+string(state), v.State, strings.TrimSpace(q.Get("q")) != ""
	if v.Filtered { // who looks for somebody does not know what came of their mail
		v.State, v.What = "", l.T("mailing.recipients_found")
	}
	if said := subjectOf(l, *c.m); said.Title != "" {
		v.Document, v.Lang = said.Title, said.Language // it is the mailing that the link leads back to
	}
	v.Page = s.workPage(r, l.T("mailing.recipients_title"))
	if v.Zone, err = s.zoneOf(r.Context(), c.visitor.Person); err != nil {
		return err
	}
	if err := s.fillRecipients(r, c, &v); err != nil {
		return err
	}
	s.Engine.Render(w, r, http.StatusOK, "mailing_recipients", v)
	return nil
}

// fillRecipients lists a page of the recipients by name: those in the state of the list or, where somebody is looked for, of all.
func (s *Server) fillRecipients(r *http.Request, c mailingCase, v *recipientsView) error {
	ctx, l, q := r.Context(), Localizer(r), r.URL.Query()
	f := models.RecipientFilter{State: v.List, Search: q.Get("q"), Limit: recipientsPerPage + 1}
	if v.Filtered {
		f.State = ""
	}
	f.After, _ = uuid.Parse(q.Get("after")) // what is no id begins the list
	var err error
	if f.Alphabet, err = models.AlphabetOf(ctx, s.DB, l.Tag()); err != nil {
		return err
	}
	list, err := models.RecipientsByName(ctx, s.DB, c.visitor.viewer(), c.m.ID, f)
	if err != nil {
		return err
	}
	if len(list) > recipientsPerPage {
		list = list[:recipientsPerPage]
		v.Pager.Next = withQuery(r.URL, "after", list[recipientsPerPage-1].ID.String())
	}
	if f.After != uuid.Nil {
		v.Pager.Previous = withQuery(r.URL, "after", "")
	}
	v.Rows = recipientRows(l, list)
	return nil
}

// recipientState reads the state of the list; what is none of the final ones is the failed.
func recipientState(word string) models.MailState {
	switch state := models.MailState(word); state {
	case models.MailDelivered, models.MailUnknown, models.MailCancelled, models.MailBounced:
		return state
	default:
		return models.MailFailed
	}
}

// recipientGroup is what mails in a state are called together.
func recipientGroup(l *i18n.Localizer, state models.MailState) string {
	switch state {
	case models.MailDelivered:
		return l.T("mailing.delivered")
	case models.MailFailed:
		return l.T("mailing.failed")
	case models.MailUnknown:
		return l.T("mailing.unknown")
	case models.MailBounced:
		return l.T("mailing.bounced")
	case models.MailCancelled:
		return l.T("mailing.cancelled")
	}
	return l.T("mailing.pending")
}
