package web

import (
	"context"
	"net/http"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
	"tribuna/internal/i18n"
	"tribuna/models"
)

const noticesPath = contactsPath + "/notices"

// noticesShown is how many people of one state the page shows.
const noticesShown = 200

// noticesView is who has to be told where their data came from, and who was.
type noticesView struct {
	Page
	Back             crumb
	Counts           models.NoticeCounts
	Holder           models.DataHolder
	Objected         []noticeRow
	OutOfReach       []noticeRow
	Ready            []noticeRow
	Told             []noticeRow
	MoreReady        int // that are not shown
	MoreTold         int
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
	if v.Counts, err = models.CountNotices(r.Context(), s.DB, s.Now()); err != nil {
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
	for _, part := range []struct {
		into   *[]noticeRow
		states []models.NoticeState
	}{{&v.OutOfReach, []models.NoticeState{models.NoticeOutOfReach}}, {&v.Ready, []models.NoticeState{models.NoticeReady}},
		{&v.Told, []models.NoticeState{models.NoticeSent, models.NoticeTold}}} {
		for _, state := range part.states {
			list, err := models.ContactNotices(r.Context(), s.DB, state, noticesShown)
			if err != nil {
				return err
			}
			*part.into = append(*part.into, s.noticeRows(l, zone, list)...)
		}
	}
	v.MoreReady = v.Counts.Owed() - len(v.Ready) - len(v.OutOfReach)
	v.MoreTold = v.Counts.Sent + v.Counts.Told - len(v.Told)
	s.Engine.Render(w, r, http.StatusOK, "contact_notices", v)
	return nil
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
	return s.done(w, r, Localizer(r).T("contacts.told_now"), noticesPath)
}
