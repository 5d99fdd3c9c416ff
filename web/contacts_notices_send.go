package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
	"tribuna/internal/i18n"
	"tribuna/internal/mail"
	"tribuna/models"
)

// noticesSendView asks once before the notice goes out: to whom, in which languages, and what it says.
type noticesSendView struct {
	Page
	formState
	Back       crumb
	Holder     models.DataHolder
	HolderPath string
	By         []noticeLanguage
	People     []noticeRow
	More       int
	Count      int
}

// noticeLanguage is how many people get the notice in a language.
type noticeLanguage struct {
	Language, Preview string
	Count             int
}

func (s *Server) confirmNotices(w http.ResponseWriter, r *http.Request) error {
	if _, err := s.requireAdministrator(r); err != nil {
		return err
	}
	return s.renderSendNotices(w, r, newFormState(nil))
}

func (s *Server) renderSendNotices(w http.ResponseWriter, r *http.Request, f formState) error {
	l := Localizer(r)
	ready, err := models.ReadyNotices(r.Context(), s.DB)
	if err != nil {
		return err
	}
	v := noticesSendView{Page: s.administrationPage(r, l.T("notice.send_title")), formState: f, Back: crumb{noticesPath, l.T("contacts.notices")},
		HolderPath: noticesPath + "/holder", By: noticeLanguages(l, ready), Count: len(ready)}
	if v.Holder, err = models.DataHolderOf(r.Context(), s.DB); err != nil {
		return err
	}
	for _, n := range ready[:min(noticesPage, len(ready))] {
		v.People = append(v.People, noticeRow{Href: personPath(n.PersonID), Name: n.Name, Email: n.Email, Source: n.Source})
	}
	v.More = len(ready) - len(v.People)
	s.Engine.Render(w, r, f.status, "contact_notices_send", v)
	return nil
}

// noticeLanguages counts people by the language that their mail will be in, which is English where there are no words in
// theirs.
func noticeLanguages(l *i18n.Localizer, ready []models.ContactNotice) []noticeLanguage {
	var list []noticeLanguage
	for _, tag := range i18n.Tags() {
		n := noticeLanguage{Language: l.Language(tag), Preview: noticesPath + "/preview?language=" + url.QueryEscape(tag)}
		for _, notice := range ready {
			if i18n.For(notice.Language).Tag() == tag {
				n.Count++
			}
		}
		if n.Count > 0 {
			list = append(list, n)
		}
	}
	return list
}

// sendNotices writes the mails, as many as were seen.
func (s *Server) sendNotices(w http.ResponseWriter, r *http.Request) error {
	by, err := s.requireAdministrator(r)
	if err != nil {
		return err
	}
	f, err := readFormState(r)
	if err != nil {
		return err
	}
	expected, _ := strconv.Atoi(r.PostForm.Get("expected")) // what is no number is refused by the rules
	err = s.DB.RunInTx(r.Context(), nil, func(ctx context.Context, tx bun.Tx) error {
		return models.SendNotices(ctx, tx, by.Person, expected, s.Now())
	})
	if err != nil && f.showAgain(err, Localizer(r)) {
		return s.renderSendNotices(w, r, f)
	}
	if err != nil {
		return err
	}
	return s.done(w, r, Localizer(r).N("notice.sent_now", expected), noticesPath)
}

// noticePreviewView is the notice as the first of those who get it in a language will have it.
type noticePreviewView struct {
	Page
	Back   crumb
	To     string
	Letter mail.Preview
}

func (s *Server) previewNotice(w http.ResponseWriter, r *http.Request) error {
	if _, err := s.requireAdministrator(r); err != nil {
		return err
	}
	l, tag := Localizer(r), r.URL.Query().Get("language")
	ready, err := models.ReadyNotices(r.Context(), s.DB)
	if err != nil {
		return err
	}
	first := slices.IndexFunc(ready, func(n models.ContactNotice) bool { return i18n.For(n.Language).Tag() == tag })
	if first < 0 {
		return apperr.NotFound("notice")
	}
	to := ready[first]
	letter, err := mail.NewComposer(s.DB, s.Links, s.BaseURL).Preview(r.Context(),
		models.OutboxMail{Kind: models.MailSourceNotice, PersonID: to.PersonID, Language: to.Language}, s.Now())
	if errors.As(err, new(mail.NotOwed)) {
		return apperr.NotFound("notice") // told meanwhile
	}
	if err != nil {
		return err
	}
	v := noticePreviewView{Page: s.administrationPage(r, l.T("notice.preview_title", "Language", l.Language(tag))),
		Back: crumb{noticesPath + "/send", l.T("notice.send_title")}, To: to.Name, Letter: letter}
	s.Engine.Render(w, r, http.StatusOK, "contact_notice_preview", v)
	return nil
}

// dataHolder says who holds the data of people, and whom to ask about it.
func (s *Server) dataHolder(w http.ResponseWriter, r *http.Request) error {
	by, err := s.requireAdministrator(r)
	if err != nil {
		return err
	}
	l := Localizer(r)
	h, err := models.DataHolderOf(r.Context(), s.DB)
	if err != nil {
		return err
	}
	form, back := NewForm(url.Values{"data_holder": {h.Name}, "data_contact": {h.Contact}}), crumb{noticesPath, l.T("contacts.notices")}
	if !isReading(r) {
		if err := ParseForm(r); err != nil {
			return err
		}
		form = NewForm(r.PostForm)
		former := h.Facts()
		h = models.DataHolder{Name: strings.TrimSpace(r.PostForm.Get("data_holder")), Contact: strings.TrimSpace(r.PostForm.Get("data_contact"))}
		err = s.administer(r, by, func(ctx context.Context, tx bun.Tx) (models.JournalEntry, error) {
			return models.JournalEntry{Verb: "data_holder.changed", ObjectKind: "installation"}.Changing(former, h.Facts()), h.Save(ctx, tx)
		})
		if err == nil {
			return s.done(w, r, l.T("reference.saved"), back.Href)
		}
	}
	v := s.editPage(r, l.T("notice.holder_title"), l.T("reference.save"), back, form)
	v.Lead = l.T("notice.holder_help")
	if err != nil {
		var again bool
		if v.status, v.Refused, again = form.blamed(err, l); !again {
			return err
		}
	}
	v.add(editSection{Fields: []Input{
		field(form, "data_holder", l.T("notice.holder"), "required", true, "max", 300, "help", l.T("notice.holder_name_help")),
		field(form, "data_contact", l.T("notice.contact"), "type", "email", "required", true, "max", 254, "help", l.T("notice.contact_help"))}})
	return s.renderEdit(w, r, v)
}
