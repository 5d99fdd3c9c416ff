package web

import (
	"net/http"
	"slices"
	"strings"

	"tribuna/models"
)

// findFrom is the length from which a list to choose from has a field to find in it: what fits on a phone needs none.
const findFrom = 12

// findPrefix begins the names of such fields; what comes after it is the field whose list is searched.
const findPrefix = "find."

// doFind is the button that shows a form again with what was found, when there is no script to do so. Nothing is decided or
// stored by it, and what was chosen stays.
const doFind = "find"

// finder is the field to find in a list.
type finder struct {
	Name, Label, Value string
	List               string // id of the list
	Do                 string // value of its button
	At                 string // address to show the form again at; "": where it posts to
	Shown, Total       int
}

// newFinder begins the field to find in the list of a field.
func newFinder(form *Form, field, label, list string) *finder {
	name := findPrefix + field
	return &finder{Name: name, Label: label, Value: form.Value(name), List: list, Do: doFind}
}

// ID returns the field's id attribute.
func (f finder) ID() string { return fieldID(f.Name) }

// Finds counts an entry of the list, and reports whether it is shown: because it was chosen, or because it holds all words
// that are looked for.
func (f *finder) Finds(chosen bool, texts ...string) bool {
	f.Total++
	if !chosen && !holds(strings.Join(texts, " "), f.Value) {
		return false
	}
	f.Shown++
	return true
}

// Long reports whether the list is so long that the field is shown.
func (f *finder) Long() bool { return f != nil && f.Total > findFrom }

// holds reports whether a text holds all words, or their parts, in any order.
func holds(text, words string) bool {
	text = models.Folded(text)
	for word := range strings.FieldsSeq(models.Folded(words)) {
		if !strings.Contains(text, word) {
			return false
		}
	}
	return true
}

// finding reports whether a form is to be shown again with what was found.
func finding(r *http.Request) bool { return r.PostFormValue("do") == doFind }

// narrow leaves of the options what was found and what was chosen, and shows the field to find in them where they are many.
func (i *Input) narrow() {
	if !i.Find || len(i.Options) <= findFrom {
		return
	}
	i.Finder = newFinder(i.Form, i.Name, i.Label, i.ID())
	i.Options = slices.DeleteFunc(slices.Clone(i.Options), func(o Option) bool {
		return o.Value != "" && !i.Finder.Finds(i.Chosen(o.Value), o.Label, o.Help, o.Group)
	})
}
