package web

import (
	"net/http"
	"net/url"

	"github.com/gorilla/mux"

	"tribuna/internal/access"
	"tribuna/internal/barchart"
	"tribuna/internal/files"
	"tribuna/internal/i18n"
)

// The pictures of a report, as their addresses call them.
const (
	pictureOutcomes  = "outcomes"
	pictureCountries = "countries"
	pictureLanguages = "languages"
)

// reportPicture is a picture of a report: where it is drawn, and what it shows in words.
type reportPicture struct {
	Name   string // what it is of
	Text   string // what it shows, to who does not see it
	Bars   barchart.Bars
	path   string // without its form
	narrow url.Values
}

// pictureSource is an address at which a picture is drawn for some readers.
type pictureSource struct {
	Media, Src    string // Media is "" for everybody else
	Width, Height int
}

// newReportPicture is the picture of some bars of a report, narrowed as the report is.
func newReportPicture(l *i18n.Localizer, at *url.URL, report, called, name string, bars []barchart.Bar) reportPicture {
	parts := make([]string, len(bars))
	for i, b := range bars {
		parts[i] = l.T("overview.part", "Name", b.Name, "Number", b.Says)
	}
	narrow := url.Values{}
	for _, name := range []string{"country", "language"} {
		if value := at.Query().Get(name); value != "" {
			narrow.Set(name, value)
		}
	}
	return reportPicture{Name: name, Text: l.ListAnd(parts), Bars: barchart.Bars{Bars: bars, Number: l.Number}, path: report + "/" + called, narrow: narrow}
}

// address is where the picture is drawn in a form, as looks say.
func (p reportPicture) address(form string, looks ...string) string {
	query := url.Values{}
	for name, values := range p.narrow {
		query[name] = values
	}
	for _, look := range looks {
		query.Set(look, "yes")
	}
	if len(query) == 0 {
		return p.path + "." + form
	}
	return p.path + "." + form + "?" + query.Encode()
}

// SVG and PNG are where the picture is saved.
func (p reportPicture) SVG() string { return p.address(barchart.SVG) }

// PNG is its address as points.
func (p reportPicture) PNG() string { return p.address(barchart.PNG) }

// Sources are the picture for phones and for the dark, and last the one for everybody else.
func (p reportPicture) Sources() []pictureSource {
	const phone, night = "(max-width: 35.99em)", "(prefers-color-scheme: dark)"
	return []pictureSource{p.source("screen and "+phone+" and "+night, "narrow", "dark"), p.source(phone, "narrow"),
		p.source("screen and "+night, "dark"), p.source("")}
}

func (p reportPicture) source(media string, looks ...string) pictureSource {
	bars := p.Bars
	bars.Narrow = len(looks) > 0 && looks[0] == "narrow"
	src := pictureSource{Media: media, Src: p.address(barchart.SVG, looks...)}
	src.Width, src.Height = bars.Size()
	return src
}

// mailingPicture draws a picture of the report, narrowed as the page is.
func (s *Server) mailingPicture(w http.ResponseWriter, r *http.Request) error {
	c, err := s.loadMailing(r, access.ReadMailing)
	if err != nil {
		return err
	}
	v, err := s.mailingReportPage(r, c)
	if err != nil {
		return err
	}
	picture := map[string]reportPicture{pictureOutcomes: v.Picture, pictureCountries: v.ByCountry.Picture, pictureLanguages: v.ByLanguage.Picture}[mux.Vars(r)["picture"]]
	form := mux.Vars(r)["form"]
	picture.Bars.Narrow, picture.Bars.Dark = r.URL.Query().Has("narrow"), r.URL.Query().Has("dark")
	content, err := picture.Bars.Draw(form)
	if err != nil {
		return err
	}
	files.Serve(w, files.File{Name: s.reportFile(c, mux.Vars(r)["picture"], form), MediaType: barchart.MediaType(form), Content: content})
	return nil
}
