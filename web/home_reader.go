package web

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/google/uuid"

	"tribuna/internal/access"
	"tribuna/internal/i18n"
	"tribuna/models"
)

// readerHome is what the home page holds for those who see nothing but what is published and what they are asked: what came
// out lately, in their country and in their language, what became of it, and how to find more.
type readerHome struct {
	Country   i18n.Words // as it is named in public; no text where the profile names none
	Near      []publishedRow
	NearAll   string // the list that Near begins
	Latest    []publishedRow
	InWords   bool   // Latest is what there is in the reader's language; else in any
	Followed  string // measures that are followed up in the country, else everywhere
	Outcomes  string
	Mailings  bool // hears by mail of what is published
	Footnotes []models.Footnote
}

// Empty reports whether nothing is published that could be shown.
func (h readerHome) Empty() bool { return len(h.Near) == 0 && len(h.Latest) == 0 }

// readerHome returns nil for those whose home shows what they work on.
func (s *Server) readerHome(r *http.Request, v *visitor) (*readerHome, error) {
	if v.LinkTask != uuid.Nil || v.viewer().May(access.ReadOverview) {
		return nil, nil
	}
	h := &readerHome{Mailings: v.Person.Mailable(), Outcomes: followUpsOf("country", v.Person.CountryCode)}
	var notes models.Footnotes
	if err := s.readNear(r, v.Person.CountryCode, h, &notes); err != nil {
		return nil, err
	}
	if err := s.readLatest(r, h, &notes); err != nil {
		return nil, err
	}
	filter := models.FollowUpFilter{}
	if v.Person.CountryCode != "" {
		filter.Countries = []string{v.Person.CountryCode}
	}
	var err error
	h.Followed, err = s.howManyFollowUps(r, filter, "home.reader.followed")
	h.Footnotes = notes.All()
	return h, err
}

// readNear reads what concerns the reader's country.
func (s *Server) readNear(r *http.Request, code string, h *readerHome, notes *models.Footnotes) error {
	if code == "" {
		return nil
	}
	l := Localizer(r)
	designations, err := models.DesignationsFor(r.Context(), s.DB)
	if err != nil {
		return err
	}
	for _, o := range publicCountryOptions(designations, notes, l.Tag()) {
		if o.Value == code {
			h.Country = o.words(l)
		}
	}
	h.NearAll = withValues("/published", url.Values{"country": {code}})
	h.Near, _, err = s.publishedRows(r, models.PublishedFilter{Country: code, Limit: latestPublished}, notes)
	return err
}

// readLatest reads what came out lately in the reader's language, or, where nothing did, in any, without what stands under
// their country already.
func (s *Server) readLatest(r *http.Request, h *readerHome, notes *models.Footnotes) error {
	for _, language := range []string{Localizer(r).Tag(), ""} {
		rows, _, err := s.publishedRows(r, models.PublishedFilter{In: language, Limit: latestPublished + int64(len(h.Near))}, notes)
		if err != nil {
			return err
		}
		rows = slices.DeleteFunc(rows, func(row publishedRow) bool {
			return slices.ContainsFunc(h.Near, func(near publishedRow) bool { return near.Href == row.Href })
		})
		h.Latest, h.InWords = rows[:min(len(rows), latestPublished)], language != ""
		if len(h.Latest) > 0 {
			return nil
		}
	}
	return nil
}
