package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gorilla/mux"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
	"tribuna/internal/i18n"
	"tribuna/models"
)

// holidaysPath is where coordinators keep the public holidays of countries.
const holidaysPath = administrationPath + "/holidays"

func (s *Server) holidayRoutes(r *mux.Router) {
	s.get(r, holidaysPath, s.holidays)
	s.get(r, holidaysPath+"/new", s.editHoliday)
	s.post(r, holidaysPath+"/new", s.editHoliday)
	s.get(r, holidaysPath+"/{country}/{day}", s.editHoliday)
	s.post(r, holidaysPath+"/{country}/{day}", s.editHoliday)
	s.get(r, holidaysPath+"/{country}/{day}/remove", s.removeHoliday)
	s.post(r, holidaysPath+"/{country}/{day}/remove", s.removeHoliday)
}

func holidayPath(h models.CountryHoliday) string {
	return holidaysPath + "/" + h.CountryCode + "/" + h.Day.Format(time.DateOnly)
}

// holidaysOf is the list of a country and a year.
func holidaysOf(country string, year int) string {
	return holidaysPath + "?" + url.Values{"country": {country}, "year": {strconv.Itoa(year)}}.Encode()
}

// holidaysView lists the public holidays of a country and a year.
type holidaysView struct {
	Page
	Form      *Form
	Countries []Option
	Years     []Option
	Year      string
	Rows      []keptRow
	Add       crumb
}

func (s *Server) holidays(w http.ResponseWriter, r *http.Request) error {
	if _, err := s.requireAdministrator(r); err != nil {
		return err
	}
	l, ctx := Localizer(r), r.Context()
	v := holidaysView{Page: s.administrationPage(r, l.T("administration.holidays")), Form: NewForm(r.URL.Query())}
	countries, err := models.Countries(ctx, s.DB)
	if err != nil {
		return err
	}
	names := map[string]i18n.Words{}
	for _, c := range countries {
		names[c.Code] = l.Name(c.Names)
		v.Countries = append(v.Countries, optionOf(c.Code, names[c.Code]))
	}
	years, err := models.HolidayYears(ctx, s.DB)
	if err != nil {
		return err
	}
	year, err := strconv.Atoi(v.Form.Value("year"))
	if err != nil {
		year = s.Now().Year()
	}
	v.Years, v.Year = yearOptions(years, year), strconv.Itoa(year)
	v.Form.Values.Set("year", v.Year)
	country := v.Form.Value("country")
	days, err := models.HolidaysIn(ctx, s.DB, country, year)
	if err != nil {
		return err
	}
	for _, h := range days {
		name, tag := i18n.Pick(h.Names, l.Tag())
		row := keptRow{ID: h.CountryCode + "-" + h.Day.Format(time.DateOnly), Href: holidayPath(h), Title: name, Lang: tag, About: []string{l.Date(h.Day, time.UTC)}}
		if country == "" {
			row.Names = []i18n.Words{names[h.CountryCode]}
		}
		v.Rows = append(v.Rows, row)
	}
	v.Add = crumb{holidaysPath + "/new?" + url.Values{"country": {country}}.Encode(), l.T("holiday.add")}
	s.Engine.Render(w, r, http.StatusOK, "holidays", v)
	return nil
}

// yearOptions are the years of which holidays are known, the next one, for it has to be filled in in time, and the one asked for.
func yearOptions(known []int, asked int) []Option {
	first, last := asked, asked
	for _, y := range known {
		first, last = min(first, y), max(last, y+1)
	}
	var options []Option
	for y := max(first, asked-20); y <= min(last, asked+20); y++ {
		options = append(options, Option{Value: strconv.Itoa(y), Label: strconv.Itoa(y)})
	}
	return options
}

// holidayInPath is the holiday that an address names.
func (s *Server) holidayInPath(r *http.Request) (models.CountryHoliday, error) {
	day, err := time.Parse(time.DateOnly, mux.Vars(r)["day"])
	if err != nil {
		return models.CountryHoliday{}, apperr.NotFound("holiday")
	}
	return models.HolidayOn(r.Context(), s.DB, mux.Vars(r)["country"], day)
}

//i18n:keys journal.holidays.*
func holidayEntry(verb string, h models.CountryHoliday) models.JournalEntry {
	return models.JournalEntry{Verb: "holidays." + verb, ObjectKind: "holidays", Facts: map[string]string{"slug": h.CountryCode + " " + h.Day.Format(time.DateOnly)}}
}

// editHoliday adds a holiday, or corrects one. Where reminders are due on the day it asks once.
func (s *Server) editHoliday(w http.ResponseWriter, r *http.Request) error {
	by, err := s.requireAdministrator(r)
	if err != nil {
		return err
	}
	l := Localizer(r)
	h := models.CountryHoliday{CountryCode: r.URL.Query().Get("country")}
	e := &editing{by: by, added: mux.Vars(r)["day"] == "", title: l.T("holiday.add"), lead: l.T("holiday.lead")}
	former := h
	if e.added {
		e.values = url.Values{"country_code": {h.CountryCode}}
	} else {
		if former, err = s.holidayInPath(r); err != nil {
			return err
		}
		h = former
		e.title, e.values = l.T("holiday.change", "Date", l.Date(h.Day, time.UTC)), url.Values{"day": {h.Day.Format(time.DateOnly)}}
		withNames(e.values, "names", h.Names)
	}
	e.back = crumb{holidaysPath, l.T("administration.holidays")}
	e.read = func(form url.Values) error { return s.readHoliday(r, form, e, &h, former) }
	e.save = func(ctx context.Context, tx bun.Tx) (models.JournalEntry, error) {
		if e.added {
			return holidayEntry("added", h), h.Add(ctx, tx)
		}
		return holidayEntry("changed", former).Changing(former.Facts(), h.Facts()), h.Save(ctx, tx, former.Day)
	}
	e.fields = func(v *editView) error { return s.holidayFields(r, v, e, former) }
	return s.edit(w, r, e)
}

// readHoliday reads the form, and asks once where reminders would go out on another day.
func (s *Server) readHoliday(r *http.Request, form url.Values, e *editing, h *models.CountryHoliday, former models.CountryHoliday) error {
	bad := apperr.New(apperr.CodeInvalid)
	if e.added {
		h.CountryCode = form.Get("country_code")
	}
	h.Names = languageValues(form, "names")
	day := readDay(bad, "day", form.Get("day"))
	if day == nil && len(bad.Fields) == 0 {
		bad.And("day", "required")
	}
	if err := bad.OrNil(); err != nil {
		return err
	}
	h.Day = *day.Time()
	e.next = holidaysOf(h.CountryCode, h.Day.Year())
	if h.Day.Equal(former.Day) || h.CountryCode == "" {
		return nil
	}
	n, err := models.RemindersOn(r.Context(), s.DB, h.CountryCode, h.Day)
	if err != nil || n == 0 {
		return err
	}
	if moves := fmt.Sprintf("%s %s %d", h.CountryCode, h.Day.Format(time.DateOnly), n); form.Get("moves") != moves {
		form.Set("moves", moves)
		return apperr.Invalid("day", "holiday_moves", "count", n)
	}
	return nil
}

func (s *Server) holidayFields(r *http.Request, v *editView, e *editing, former models.CountryHoliday) error {
	l, form := Localizer(r), v.Form
	languages, err := models.Languages(r.Context(), s.DB)
	if err != nil {
		return err
	}
	var own []Input
	if e.added {
		countries, err := models.Countries(r.Context(), s.DB)
		if err != nil {
			return err
		}
		var options []Option
		for _, c := range countries {
			options = append(options, optionOf(c.Code, l.Name(c.Names)))
		}
		own = append(own, field(form, "country_code", l.T("reference.country"), "type", "select", "required", true, "options", options))
	} else {
		v.Remove = crumb{holidayPath(former) + "/remove", l.T("reference.remove")}
	}
	own = append(own, field(form, "day", l.T("holiday.day"), "type", "date", "required", true))
	if moves := form.Value("moves"); moves != "" {
		v.Hidden = append(v.Hidden, Option{Label: "moves", Value: moves})
	}
	v.add(editSection{Fields: own})
	v.add(editSection{Title: l.T("reference.names"), Help: l.T("holiday.names_help"), Fields: languageFields(form, l, languages, "names", l.T("reference.name"), "max", 200)})
	return nil
}

// removeHoliday asks, then makes it a day like others.
func (s *Server) removeHoliday(w http.ResponseWriter, r *http.Request) error {
	by, err := s.requireAdministrator(r)
	if err != nil {
		return err
	}
	h, err := s.holidayInPath(r)
	if err != nil {
		return err
	}
	l := Localizer(r)
	name := l.Name(h.Names)
	return s.remove(w, r, removing{by: by, next: holidaysOf(h.CountryCode, h.Day.Year()), uses: func() ([]usedAt, error) { return nil, nil },
		act: func(ctx context.Context, tx bun.Tx) (models.JournalEntry, error) {
			return holidayEntry("removed", h), h.Remove(ctx, tx)
		},
		ask: removeView{Page: s.administrationPage(r, l.T("reference.remove")), Back: crumb{holidaysOf(h.CountryCode, h.Day.Year()), l.T("administration.holidays")},
			What: name, Follows: l.Say("holiday.remove_text", "Name", name, "Date", strings.TrimSpace(l.Date(h.Day, time.UTC))), Button: l.T("reference.remove")}})
}
