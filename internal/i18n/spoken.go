package i18n

import (
	"slices"

	"golang.org/x/text/language"
)

// nearTo are languages that are read where another of them is spoken.
var nearTo = []string{"bs", "hr", "sr"}

// SpokenIn is the language most spoken in a country or territory, as the standard has it (CLDR, likely subtags; XK for Kosovo); "" where
// that is not known. Of countries with several official languages it is one of them.
func SpokenIn(country string) string {
	region, err := language.ParseRegion(country)
	if err != nil || !region.IsCountry() {
		return ""
	}
	tag, err := language.Compose(region)
	if err != nil {
		return ""
	}
	base, confidence := tag.Base()
	if confidence == language.No || base.String() == "und" {
		return ""
	}
	return base.String()
}

// ReadWhere reports whether a text in a language is read where another one is spoken, in whatever script and of whatever country.
func ReadWhere(spoken, text string) bool {
	tag, err := language.Parse(text)
	if err != nil || spoken == "" {
		return false
	}
	base, _ := tag.Base()
	of := base.String()
	return of == spoken || slices.Contains(nearTo, of) && slices.Contains(nearTo, spoken)
}
