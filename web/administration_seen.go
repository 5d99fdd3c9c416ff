package web

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"slices"

	"tribuna/internal/apperr"
	"tribuna/internal/i18n"
)

// seenField carries a mark of what a form showed when it was opened.
const seenField = "seen"

// changing is a form that changes something: stored is what stands now, under the names of the fields.
func changing(values, stored url.Values) *Form {
	f := NewForm(values)
	f.Stored = stored
	return f
}

// seenMark tells one state of what a form changes from another.
func seenMark(stored url.Values) string {
	sorted := url.Values{}
	for name, values := range stored {
		sorted[name] = slices.Sorted(slices.Values(values))
	}
	sum := sha256.Sum256([]byte(sorted.Encode()))
	return hex.EncodeToString(sum[:8])
}

// outdated returns CodeOutdated where what stands now is not what the form showed when it was opened, so that nobody's
// change is undone unseen.
func (f *Form) outdated() error {
	if was := f.Value(seenField); f.Stored == nil || was == "" || was == seenMark(f.Stored) {
		return nil
	}
	return apperr.About(apperr.CodeOutdated, "form")
}

// showStored puts beside every field what stands there now, where that is something else.
func (v *editView) showStored(l *i18n.Localizer) {
	for i := range v.Sections {
		for j := range v.Sections[i].Fields {
			in := &v.Sections[i].Fields[j]
			if words, differs := in.stored(l); differs {
				in.Help, v.Sections[i].Open = l.T("reference.stands_now", "Value", words), true
			}
		}
	}
}

// stored is what stands in the field's place now, in the words of the form, and whether it differs from what was typed.
func (i Input) stored(l *i18n.Localizer) (words string, differs bool) {
	var named []string
	for _, value := range i.Form.Stored[i.Name] {
		if value == "" {
			continue
		}
		label := value
		for _, o := range i.Options {
			if o.Value == value {
				label = o.Label
			}
		}
		named = append(named, label)
	}
	if len(named) == 0 {
		named = []string{"–"}
	}
	return l.ListAnd(named), seenMark(url.Values{"": i.Form.Values[i.Name]}) != seenMark(url.Values{"": i.Form.Stored[i.Name]})
}
