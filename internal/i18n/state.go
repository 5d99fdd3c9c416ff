package i18n

import (
	"strings"
	"sync"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// stateNames are what documents in English call states where the standard names (CLDR) call them otherwise. What is named
// differently for a reason is left as the document has it.
var stateNames = map[string]string{
	"czech republic": "CZ", "democratic republic of congo": "CD", "democratic republic of the congo": "CD", "republic of congo": "CG", "congo": "CG",
	"republic of korea": "KR", "democratic people's republic of korea": "KP", "russian federation": "RU", "viet nam": "VN", "holy see": "VA",
	"lao people's democratic republic": "LA", "syrian arab republic": "SY", "republic of moldova": "MD", "iran (islamic republic of)": "IR",
	"bolivia (plurinational state of)": "BO", "venezuela (bolivarian republic of)": "VE", "united republic of tanzania": "TZ",
	"united kingdom of great britain and northern ireland": "GB", "united states of america": "US", "bosnia and herzegovina": "BA",
	"türkiye": "TR", "brunei darussalam": "BN", "cabo verde": "CV", "timor-leste": "TL", "myanmar": "MM", "eswatini": "SZ", "the netherlands": "NL",
}

// disputed are those whose standard name here is older than what they are called, or is not agreed on.
var disputed = map[string]bool{"MK": true, "PS": true, "TW": true, "XK": true, "EH": true}

// statesByName finds the code of a state by its English name.
var statesByName = sync.OnceValue(func() map[string]string {
	codes, names := map[string]string{}, display.English.Regions()
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			region, err := language.ParseRegion(string(a) + string(b))
			if err == nil && region.IsCountry() && region.Canonicalize() == region && !disputed[region.String()] {
				codes[strings.ToLower(names.Name(region))] = region.String()
			}
		}
	}
	delete(codes, "") // of states that are no more
	for name, code := range stateNames {
		codes[name] = code
	}
	return codes
})

// StateCode is the code (ISO 3166-1) of a state by what documents in English call it; "" where that is not known.
func StateCode(name string) string { return statesByName()[strings.ToLower(strings.TrimSpace(name))] }

// State names a state in the language; "" where its name is not known in it.
func (l *Localizer) State(code string) string {
	region, err := language.ParseRegion(code)
	names := display.Regions(l.tag)
	if err != nil || names == nil || disputed[code] {
		return ""
	}
	return names.Name(region)
}
