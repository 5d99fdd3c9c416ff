package web

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
	"tribuna/internal/i18n"
	"tribuna/models"
)

const noticesPath = contactsPath + "/notices"

// noticesPage is how many people one page of the list shows.
const noticesPage = 50

// noticeLists are the lists that the page shows, by what the address calls them; the first needs no name.
var noticeLists = []struct {
	key, label string
	states     []models.NoticeState
}{
	{"", "notice.ready", []models.NoticeState{models.NoticeReady, models.NoticeOutOfReach}},
	{"out_of_reach", "notice.out_of_reach", []models.NoticeState{models.NoticeOutOfReach}},
	{"told", "contacts.told", []models.NoticeState{models.NoticeSent, models.NoticeTold}},
}

// noticeFilters are the parts of the address that narrow the list.
var noticeFilters = []string{"list", "q"}

// noticesView is who has to be told where their data came from, and who was.
type noticesView struct {
	Page
	Back             crumb
	Counts           models.NoticeCounts
	Holder           models.DataHolder
	Objected         []noticeRow
	Form             *Form
	List             string // of noticeLists
	Tabs             []listTab
	Filtered         bool
	Rows             []noticeRow
	Pager            Pager
	Here             string // the list as it is narrowed, to come back to
	Send, HolderPath string
}

// noticeRow is somebody who has to be told, or was.
type noticeRow struct {
	ID, Href, Name, Email, Source, Basis string
	DueOn                                string
	Late                                 bool
	Why                                  string // no mail reaches them
	Told                                 string // when and how
	ObjectedOn                           string
}

func (s *Server) contactNotices(w http.ResponseWriter, r *http.Request) error {
	by, err := s.requireAdministrator(r)
	if err != nil {
		return err
	}
	l := Localizer(r)
	v := noticesView{Page: s.administrationPage(r, l.T("contacts.notices")), Back: crumb{contactsPath, l.T("administration.contacts")},
		Send: noticesPath + "/send", HolderPath: noticesPath + "/holder"}
	if v.Holder, err = models.DataHolderOf(r.Context(), s.DB); err != nil {
		return err
	}
	if v.Counts, err = models.CountNotices(r.Context(), s.DB, "", s.Now()); err != nil {
		return err
	}
	zone, err := s.zoneOf(r.Context(), by.Person)
	if err != nil {
		return err
	}
	objected, err := models.Objections(r.Context(), s.DB)
	if err != nil {
		return err
	}
	v.Objected = s.noticeRows(l, zone, objected)
	if err := s.noticeList(r, zone, &v); err != nil {
		return err
	}
	s.Engine.Render(w, r, http.StatusOK, "contact_notices", v)
	return nil
}

// noticeList fills in the page of the list that the address asks for, and how long each list is.
func (s *Server) noticeList(r *http.Request, zone *time.Location, v *noticesView) error {
	l, q := Localizer(r), r.URL.Query()
	f := models.NoticeFilter{Search: q.Get("q"), Limit: noticesPage + 1}
	f.After, _ = uuid.Parse(q.Get("after"))
	v.Form, v.Here, v.Filtered = NewForm(q), noticesHere(q), q.Get("q") != "" || f.After != uuid.Nil
	found, err := models.CountNotices(r.Context(), s.DB, f.Search, s.Now())
	if err != nil {
		return err
	}
	for _, list := range noticeLists {
		tab := listTab{Href: narrowed(noticesPath, url.Values{"list": {list.key}, "q": {f.Search}}, noticeFilters...), Label: l.T(list.label),
			Count: l.Number(found.In(list.states...)), Current: list.key == q.Get("list")}
		if tab.Current || f.States == nil {
			f.States, v.List = list.states, list.key
		}
		v.Tabs = append(v.Tabs, tab)
	}
	notices, err := models.ContactNotices(r.Context(), s.DB, f)
	if err != nil {
		return err
	}
	if len(notices) > noticesPage {
		notices = notices[:noticesPage]
		v.Pager.Next = nextAfter(noticesPath, q, notices[noticesPage-1].PersonID, noticeFilters...)
	}
	v.Rows = s.noticeRows(l, zone, notices)
	return nil
}

// noticesHere is the address of the list as it is narrowed, at its page.
func noticesHere(q url.Values) string {
	return narrowed(noticesPath, q, append([]string{"after"}, noticeFilters...)...)
}

func (s *Server) noticeRows(l *i18n.Localizer, zone *time.Location, list []models.ContactNotice) []noticeRow {
	var rows []noticeRow
	for _, n := range list {
		row := noticeRow{ID: n.PersonID.String(), Href: personPath(n.PersonID), Name: n.Name, Email: n.Email, Source: n.Source,
			Basis: l.T("contacts.basis." + n.Basis), DueOn: l.Date(n.DueAt, zone), Late: n.Late(s.Now())}
		switch n.State {
		case models.NoticeOutOfReach:
			row.Why = l.T("notice.unreached." + n.Unreached)
		case models.NoticeTold:
			row.Told = l.T("contacts.told_on", "Date", l.Date(*n.ToldAt, zone))
		case models.NoticeSent:
			key := "notice.on_its_way"
			if n.MailState == models.MailDelivered || n.MailState == "" {
				key = "notice.delivered"
			}
			row.Told = l.T(key, "Date", l.DateTime(*n.SentAt, zone))
		}
		if n.ObjectedAt != nil {
			row.ObjectedOn = l.T("notice.objected_on", "Date", l.Date(*n.ObjectedAt, zone))
		}
		rows = append(rows, row)
	}
	return rows
}

// noteTold puts down that somebody was told.
func (s *Server) noteTold(w http.ResponseWriter, r *http.Request) error {
	by, err := s.requireAdministrator(r)
	if err != nil {
		return err
	}
	if err := ParseForm(r); err != nil {
		return err
	}
	person, err := uuid.Parse(r.PostForm.Get("person_id"))
	if err != nil {
		return apperr.Invalid("person_id", "required")
	}
	err = s.DB.RunInTx(r.Context(), nil, func(ctx context.Context, tx bun.Tx) error {
		return models.NoteTold(ctx, tx, by.Person, person, s.Now())
	})
	if err != nil {
		return err
	}
	return s.done(w, r, Localizer(r).T("contacts.told_now"), noticesHere(r.URL.Query()))
}
