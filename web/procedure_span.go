package web

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"tribuna/internal/i18n"
	"tribuna/models"
)

// unitPart follows the name of a field in the name of its unit: a length of time is said as a number and a unit.
const unitPart = ".unit"

// spanUnits are the units that are offered, the usual first. A week is seven days; seconds and minutes are for demonstrations and
// offered where they stand already.
var spanUnits = []string{"wd", "d", "w", "h"}

// putSpans fills the fields of a rule of lengths of time: several that share a unit as numbers, others as they are written.
func putSpans(values url.Values, rule models.Rule, value string) {
	var numbers []string
	unit := ""
	for part := range strings.FieldsFuncSeq(value, between) {
		m := spanParts.FindStringSubmatch(part)
		if m == nil || unit != "" && unit != m[2] {
			numbers = nil
			break
		}
		unit, numbers = m[2], append(numbers, m[1])
	}
	if numbers != nil {
		value = strings.Join(numbers, ", ")
	}
	if unit == "" {
		unit = spanUnits[0]
	}
	values.Set(rule.Path, value)
	values.Set(rule.Path+unitPart, unit)
}

// spanValue is what was said in the fields of a rule, as a procedure writes it. What is no number stays as it was typed.
func (f procedureForm) spanValue(path string) string {
	unit := f.form.Value(path + unitPart)
	var spans []string
	for part := range strings.FieldsFuncSeq(f.form.Value(path), between) {
		spans = append(spans, withUnit(part, unit))
	}
	return strings.Join(spans, ", ")
}

var wholeNumber = regexp.MustCompile(`^\d{1,4}$`)

func withUnit(number, unit string) string {
	switch {
	case !wholeNumber.MatchString(number):
		return number
	case unit == "w":
		return models.Weeks(number)
	default:
		return number + unit
	}
}

// between are the signs between one length of time and the next.
func between(c rune) bool { return c == ',' || c == ';' || c == ' ' }

// spanField asks for one length of time or several.
func spanField(form *Form, l *i18n.Localizer, rule models.Rule, label string, pairs ...any) Input {
	units, used := slices.Clone(spanUnits), []string{form.Value(rule.Path + unitPart)}
	for part := range strings.FieldsFuncSeq(form.Value(rule.Path), between) {
		if m := spanParts.FindStringSubmatch(part); m != nil {
			used = append(used, m[2])
		}
	}
	for _, unit := range used {
		if (unit == "m" || unit == "s") && !slices.Contains(units, unit) {
			units = append(units, unit)
		}
	}
	var options []Option
	for _, unit := range units {
		options = append(options, Option{Value: unit, Label: l.T("procedure.unit." + unit)})
	}
	return field(form, rule.Path, label, append([]any{"type", "span", "inputmode", "numeric", "max", 100, "options", options}, pairs...)...)
}

// UnitName is the name of the field that says in which unit a length of time is counted.
func (i Input) UnitName() string { return i.Name + unitPart }

// InUnit reports whether a length of time is counted in this unit.
func (i Input) InUnit(unit string) bool { return i.Form.Value(i.UnitName()) == unit }
