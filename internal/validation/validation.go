// Package validation checks a request's struct by its validate tags and says what is wrong in the errors both doors
// share: the path of the JSON field and the key of a sentence.
package validation

import (
	"errors"
	"reflect"
	"regexp"
	"strings"

	"github.com/go-playground/validator/v10"

	"tribuna/internal/apperr"
)

var rules = newValidator()

func newValidator() *validator.Validate {
	v := validator.New(validator.WithRequiredStructEnabled())
	v.RegisterTagNameFunc(func(f reflect.StructField) string {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "-" {
			return ""
		}
		return name
	})
	v.RegisterAlias("day_or_unknown", "required_without=DayUnknown") // an alias has a sentence of its own
	return v
}

// Check returns nil, or an *apperr.Error with CodeInvalid that blames every field.
func Check(request any) error {
	err := rules.Struct(request)
	var faults validator.ValidationErrors
	if !errors.As(err, &faults) {
		return err
	}
	e := apperr.New(apperr.CodeInvalid)
	for _, f := range faults {
		e.And(path(f.Namespace()), rule(f), "param", f.Param(), "allowed", strings.ReplaceAll(f.Param(), " ", ", "))
	}
	return e
}

// embedded matches the names of embedded structs: the only parts of a path that begin with a capital.
var embedded = regexp.MustCompile(`(^|\.)[A-Z][A-Za-z]*(\.|$)`)

// path turns "RecommendationInput.Draft.measures[1].text" into "measures[1].text".
func path(namespace string) string {
	_, p, _ := strings.Cut(namespace, ".")
	for embedded.MatchString(p) {
		p = strings.TrimPrefix(embedded.ReplaceAllString(p, "$1"), ".")
	}
	return p
}

// rule maps a tag to the last part of the key "error.field.<rule>".
func rule(f validator.FieldError) string {
	switch tag := f.Tag(); tag {
	case "required", "required_if", "required_unless", "required_with", "required_without":
		return "required"
	case "max", "min", "len":
		return tag + "_" + size(f.Kind())
	case "http_url":
		return "url"
	case "excludesall":
		return "one_line"
	case "bcp47_language_tag":
		return "tag"
	default:
		return tag // oneof, unique
	}
}

func size(k reflect.Kind) string {
	switch k {
	case reflect.String:
		return "length"
	case reflect.Slice, reflect.Map, reflect.Array:
		return "items"
	default:
		return "number"
	}
}
