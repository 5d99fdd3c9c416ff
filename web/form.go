package web

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"tribuna/internal/apperr"
	"tribuna/internal/i18n"
)

// Form is what a form shows: the values as they were typed, and what is wrong with which field. Field names are the
// paths of the JSON request ("measures[0].text"), so that one set of rules blames both doors' fields.
type Form struct {
	Values url.Values
	Errors []FieldError
	Stored url.Values // what stands now, of a form that changes something; see changing
}

// FieldError is one sentence about one field. Label is what the page calls the field, "" where no catalog says it.
type FieldError struct{ Name, Label, Text string }

// NewForm begins a form with values to show.
func NewForm(values url.Values) *Form {
	if values == nil {
		values = url.Values{}
	}
	return &Form{Values: values}
}

// Blame adds the sentences of an apperr.Error to the form and reports whether there were any: if so the form is shown
// again with status 422, else the error is one for an error page.
func (f *Form) Blame(err error, l *i18n.Localizer) bool {
	var e *apperr.Error
	if !errors.As(err, &e) || e.Code != apperr.CodeInvalid || len(e.Fields) == 0 {
		return false
	}
	for _, field := range e.Fields {
		f.Errors = append(f.Errors, FieldError{
			Name: field.Path, Label: fieldLabel(field.Path, l), Text: l.T(field.Key, field.Args),
		})
	}
	return true
}

// blamed has what is wrong with one field stand at another, where the page asks for it under that name.
func blamed(err error, field, instead string) error {
	var bad *apperr.Error
	if errors.As(err, &bad) {
		for i := range bad.Fields {
			if bad.Fields[i].Path == field {
				bad.Fields[i].Path = instead
			}
		}
	}
	return err
}

var index = regexp.MustCompile(`\[(\d+)\]`)

// fieldLabel names a field in the summary of errors: the sentence "field.<path>" of the catalogs, the path without its
// indexes, followed by the number of the row where the form has several ("measures[1].text": "Text of measure 2").
//
//i18n:keys field.**
func fieldLabel(path string, l *i18n.Localizer) string {
	key := "field." + index.ReplaceAllString(path, "")
	if !l.Has(key) {
		return ""
	}
	label := l.T(key)
	if m := index.FindStringSubmatch(path); m != nil {
		row, err := strconv.Atoi(m[1])
		if err == nil {
			label += " " + l.Number(row+1)
		}
	}
	return label
}

// calls has the summary of errors call a field as its page does, where other pages call a field of that name otherwise.
func (f *Form) calls(name, label string) {
	for i := range f.Errors {
		if f.Errors[i].Name == name {
			f.Errors[i].Label = label
		}
	}
}

// Value returns what was typed into a field.
func (f *Form) Value(name string) string {
	if f == nil {
		return ""
	}
	return f.Values.Get(name)
}

// Has reports whether a value is among those chosen for a field.
func (f *Form) Has(name, value string) bool {
	if f == nil {
		return false
	}
	for _, v := range f.Values[name] {
		if v == value {
			return true
		}
	}
	return false
}

// Error returns the sentence about a field, "" if there is nothing wrong with it.
func (f *Form) Error(name string) string {
	if f == nil {
		return ""
	}
	for _, e := range f.Errors {
		if e.Name == name {
			return e.Text
		}
	}
	return ""
}

// ID returns the id attribute of the field, which the summary's link leads to.
func (e FieldError) ID() string { return fieldID(e.Name) }

var idReplacer = strings.NewReplacer("[", "-", "]", "", ".", "-", " ", "-")

func fieldID(name string) string { return "f-" + idReplacer.Replace(name) }

// Option is one choice of a select, of radio buttons or of checkboxes. Label is in the reader's language, unless Lang says
// in which other one it is. Checkboxes and radio buttons of the same Group stand together, folded; those of one have to follow each other.
type Option struct{ Value, Label, Help, Lang, Group string }

// optionGroup is the options of a group; without a name they are not folded.
type optionGroup struct {
	Name    string
	Open    bool // one of them is chosen, or something is looked for
	Options []groupedOption
}

type groupedOption struct {
	Option
	ID string
}

// optionOf is the choice of something that has a name.
func optionOf(value string, name i18n.Words) Option {
	return Option{Value: value, Label: name.Text, Lang: name.Language}
}

// words are the label, for a sentence to take up.
func (o Option) words(l *i18n.Localizer) i18n.Words { return l.In(o.Label, o.Lang) }

// Input is one form field as the component "input" shows it: label above, help below, error at the field.
type Input struct {
	Name, Label, Help, Error string
	Type                     string // text (default), email, password, number, date, datetime-local, search, file, textarea, markdown, select, radios, checkboxes, checkbox, span
	Value                    string
	Form                     *Form
	Options                  []Option
	Rows                     int
	Max                      int    // longest value in characters, 0 for none
	Earliest, Latest         string // of a day, as the field writes it; "" for any
	Required                 bool
	Autocomplete, InputMode  string
	Accept                   string // of a file: the endings that can be chosen
	Lang                     string // of what is typed, where it is not the page's
	Any                      string // what choosing nothing from a select is called
	Quiet                    bool   // needed in some cases, as the help says: not called optional
	Find                     bool   // where there are many options, one can find among them
	Finder                   *finder
}

// ID returns the field's id attribute.
func (i Input) ID() string { return fieldID(i.Name) }

// Chosen reports whether an option is selected.
func (i Input) Chosen(value string) bool {
	if i.Form != nil && len(i.Form.Values[i.Name]) > 0 {
		return i.Form.Has(i.Name, value)
	}
	return i.Value == value && value != ""
}

// Groups are the options of checkboxes or radio buttons as they stand together.
func (i Input) Groups() []optionGroup {
	var groups []optionGroup
	for k, o := range i.Options {
		if k == 0 || o.Group != i.Options[k-1].Group {
			groups = append(groups, optionGroup{Name: o.Group, Open: i.Finder != nil && i.Finder.Value != ""})
		}
		g := &groups[len(groups)-1]
		g.Options = append(g.Options, groupedOption{o, fmt.Sprintf("%s-%d", i.ID(), k)})
		g.Open = g.Open || i.Chosen(o.Value)
	}
	return groups
}

// Filled reports whether something is chosen or written, looked for or wrong, so that it must not be folded.
func (i Input) Filled() bool {
	return i.Form.Value(i.Name) != "" || i.Error != "" || i.Finder != nil && i.Finder.Value != ""
}

// Area reports whether the field takes long text.
func (i Input) Area() bool { return i.Type == "textarea" || i.Type == "markdown" }

// Group reports whether the field is several controls under one legend.
func (i Input) Group() bool { return i.Type == "radios" || i.Type == "checkboxes" }

// DescribedBy lists the ids of the help and the error, for aria-describedby.
func (i Input) DescribedBy() string {
	var ids []string
	if i.Help != "" {
		ids = append(ids, i.ID()+"-help")
	}
	if i.Error != "" {
		ids = append(ids, i.ID()+"-error")
	}
	return strings.Join(ids, " ")
}

// newInput is the template function `input form "name" (t "label") pairs…`. A wrong pair is an error, so that a
// misspelt one does not go unnoticed.
func newInput(form *Form, name, label string, pairs ...any) (Input, error) {
	in := Input{Name: name, Label: label, Type: "text", Form: form, Value: form.Value(name), Error: form.Error(name), Rows: 6}
	for k := 0; k+1 < len(pairs); k += 2 {
		if err := in.set(fmt.Sprint(pairs[k]), pairs[k+1]); err != nil {
			return Input{}, err
		}
	}
	if in.Area() && in.Lang == "" {
		in.Lang = form.Value("written_in") // what stands there already, and what is checked for spelling
	}
	in.narrow()
	return in, nil
}

func (i *Input) set(key string, value any) error {
	texts := map[string]*string{"type": &i.Type, "help": &i.Help, "autocomplete": &i.Autocomplete,
		"inputmode": &i.InputMode, "lang": &i.Lang, "any": &i.Any, "accept": &i.Accept, "earliest": &i.Earliest, "latest": &i.Latest}
	numbers := map[string]*int{"rows": &i.Rows, "max": &i.Max}
	var ok bool
	switch {
	case texts[key] != nil:
		*texts[key], ok = value.(string)
	case numbers[key] != nil:
		*numbers[key], ok = value.(int)
	case key == "required":
		i.Required, ok = value.(bool)
	case key == "quiet":
		i.Quiet, ok = value.(bool)
	case key == "find":
		i.Find, ok = value.(bool)
	case key == "options":
		i.Options, ok = value.([]Option)
	case key == "value":
		ok = true
		if i.Form == nil || !i.Form.Values.Has(i.Name) {
			i.Value = fmt.Sprint(value)
		}
	default:
		return fmt.Errorf("field %q: there is no setting %q", i.Name, key)
	}
	if !ok {
		return fmt.Errorf("field %q: %q cannot be %T", i.Name, key, value)
	}
	return nil
}
