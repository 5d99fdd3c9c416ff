package web

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/internal/i18n"
	"tribuna/models"
)

// TestCoordinatorsKeepHolidays by country and year: they add, correct and remove them, and are told first which reminders go out
// on another day.
func TestCoordinatorsKeepHolidays(t *testing.T) {
	h := newHouse(t)
	c, l := h.as("coordinator", "en"), i18n.For("en")
	list := c.get(holidaysPath + "?country=BG&year=2026")
	require.Equal(t, http.StatusOK, list.StatusCode)
	sound(t, list)
	require.Contains(t, list.Body, `href="`+holidaysPath+`/BG/2026-03-03"`)
	require.NotContains(t, list.Body, holidaysPath+"/RO/")
	require.Contains(t, c.get(holidaysPath+"?year=2031").Body, l.T("holiday.none", "Year", "2031"))

	task := h.reviewing("expert-02")
	h.exec(`UPDATE people SET country_code = 'BG' WHERE id = ?`, *task.PersonID)
	expert := h.person("expert-02")
	zone, err := models.ZoneOf(t.Context(), h.db, expert.CountryCode)
	require.NoError(t, err)
	at := time.Date(2029, 6, 13, 9, 0, 0, 0, zone)
	task.RemindAt = &at
	require.NoError(t, task.Save(t.Context(), h.db))
	page := c.get(holidaysPath + "/new?country=" + expert.CountryCode)
	sound(t, page)
	require.Contains(t, page.Body, `<option value="BG" selected`)
	f := url.Values{}
	f.Set("country_code", expert.CountryCode)
	f.Set("day", "2029-06-13")
	f.Set("names.en", "A day of rest")
	asks := c.post(holidaysPath+"/new", f)
	require.Equal(t, http.StatusUnprocessableEntity, asks.StatusCode)
	sound(t, asks)
	require.Contains(t, asks.Body, l.T("error.field.holiday_moves", "count", 1))
	require.Contains(t, asks.Body, `value="A day of rest"`)
	require.Contains(t, asks.Body, `name="moves" value="BG 2029-06-13 1"`)
	f.Set("moves", expert.CountryCode+" 2029-06-13 1")
	require.Equal(t, http.StatusSeeOther, c.post(holidaysPath+"/new", f).StatusCode)
	require.Equal(t, http.StatusUnprocessableEntity, c.post(holidaysPath+"/new", f).StatusCode, "one a day")
	for name, wrong := range map[string]url.Values{"no day": {"country_code": {"BG"}, "names.en": {"X"}}, "no country": {"day": {"2029-06-14"}, "names.en": {"X"}},
		"no name": {"country_code": {"BG"}, "day": {"2029-06-14"}}, "no day of any year": {"country_code": {"BG"}, "day": {"1029-06-14"}, "names.en": {"X"}}} {
		require.Equal(t, http.StatusUnprocessableEntity, c.post(holidaysPath+"/new", wrong).StatusCode, name)
	}

	one := holidaysPath + "/" + expert.CountryCode + "/2029-06-13"
	edit := c.get(one)
	sound(t, edit)
	require.Contains(t, edit.Body, `value="2029-06-13"`)
	f = url.Values{"day": {"2029-06-20"}, "names.en": {"A day of rest"}}
	f.Set("names.bg", "Почивен ден")
	require.Equal(t, http.StatusSeeOther, c.post(one, f).StatusCode)
	require.Equal(t, http.StatusNotFound, c.get(one).StatusCode)
	one = holidaysPath + "/" + expert.CountryCode + "/2029-06-20"
	bg := h.as("coordinator", "bg")
	require.Contains(t, bg.get(holidaysPath+"?year=2029").Body, "Почивен ден")
	require.Contains(t, bg.get(holidaysPath+"?country=BG&year=2026").Body, "Ден на Освобождението")
	cal, err := models.CalendarOf(t.Context(), h.db, expert.CountryCode, time.Date(2029, 6, 1, 0, 0, 0, 0, time.UTC))
	require.NoError(t, err)
	require.True(t, cal.Free(time.Date(2029, 6, 20, 10, 0, 0, 0, zone)))
	c = h.as("coordinator", "en")
	sound(t, c.get(one+"/remove"))
	require.Equal(t, http.StatusSeeOther, c.post(one+"/remove", nil).StatusCode)
	require.Equal(t, http.StatusNotFound, c.get(one).StatusCode)
	said := c.get(journalPath).Body
	for _, verb := range []string{"added", "changed", "removed"} {
		require.Contains(t, said, "the public holiday "+expert.CountryCode+" 2029-06-", verb)
	}
}
