package api

import (
	"encoding/json"
	"maps"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"tribuna/models"
)

// text is the schema of a string.
var text = map[string]any{"type": "string"}

// schemas makes JSON Schemas (2020-12, as OpenAPI 3.1 uses it) of Go types by their json and validate tags. What a
// request takes and what an answer holds differ in what is required, so the same type may have two schemas.
type schemas struct {
	named map[string]map[string]any
	types map[string]reflect.Type
}

func newSchemas() *schemas {
	return &schemas{named: map[string]map[string]any{}, types: map[string]reflect.Type{}}
}

// known are the types whose JSON is not that of their Go kind.
var known = map[reflect.Type]map[string]any{
	reflect.TypeFor[time.Time]():       {"type": "string", "format": "date-time"},
	reflect.TypeFor[models.Day]():      {"type": "string", "format": "date"},
	reflect.TypeFor[uuid.UUID]():       {"type": "string", "format": "uuid"},
	reflect.TypeFor[json.RawMessage](): {},
}

func (s *schemas) of(t reflect.Type, request bool) map[string]any {
	if schema, ok := known[t]; ok {
		return schema
	}
	switch t.Kind() {
	case reflect.Pointer:
		return s.of(t.Elem(), request)
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.String:
		return text
	case reflect.Int, reflect.Int32, reflect.Int64, reflect.Uint32, reflect.Uint64:
		return map[string]any{"type": "integer"}
	case reflect.Float64:
		return map[string]any{"type": "number"}
	case reflect.Slice, reflect.Array:
		return map[string]any{"type": "array", "items": s.of(t.Elem(), request)}
	case reflect.Map:
		return map[string]any{"type": "object", "additionalProperties": s.of(t.Elem(), request)}
	case reflect.Struct:
		return s.reference(t, request)
	default:
		return map[string]any{} // any
	}
}

// reference names a struct's schema among the components and returns a reference to it.
func (s *schemas) reference(t reflect.Type, request bool) map[string]any {
	name := schemaName(t, request)
	if name == "" {
		return s.object(t, request)
	}
	if other, taken := s.types[name]; taken && other != t {
		panic("api: two types for the schema " + name + ": " + other.String() + " and " + t.String())
	}
	if _, done := s.types[name]; !done {
		s.types[name] = t
		s.named[name] = s.object(t, request)
	}
	return map[string]any{"$ref": "#/components/schemas/" + name}
}

func schemaName(t reflect.Type, request bool) string {
	name := t.Name()
	if name == "" {
		return ""
	}
	if base, argument, generic := strings.Cut(name, "["); generic {
		argument = strings.TrimSuffix(argument[strings.LastIndexAny(argument, "./")+1:], "]")
		name = strings.ToUpper(argument[:1]) + argument[1:] + strings.ToUpper(base[:1]) + base[1:]
	}
	name = strings.ToUpper(name[:1]) + name[1:]
	if request && !strings.HasSuffix(name, "Input") && !strings.HasSuffix(name, "Payload") {
		name += "Input"
	}
	return name
}

func (s *schemas) object(t reflect.Type, request bool) map[string]any {
	properties := map[string]any{}
	required := []string{}
	s.fields(t, request, properties, &required)
	schema := map[string]any{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		schema["required"] = required
	}
	return schema
}

func (s *schemas) fields(t reflect.Type, request bool, properties map[string]any, required *[]string) {
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "-" || (!f.IsExported() && !f.Anonymous) {
			continue
		}
		if (f.Anonymous && name == "") || options == "inline" {
			inner := f.Type
			if inner.Kind() == reflect.Pointer {
				inner = inner.Elem()
			}
			s.fields(inner, request, properties, required)
			continue
		}
		if name == "" {
			name = f.Name
		}
		rules := strings.Split(f.Tag.Get("validate"), ",")
		properties[name] = described(constrain(s.of(f.Type, request), f.Type, rules, request), f.Tag.Get("about"))
		if isRequired(rules, options, request) {
			*required = append(*required, name)
		}
	}
}

func isRequired(rules []string, options string, request bool) bool {
	if !request {
		return !strings.Contains(options, "omitempty") && !strings.Contains(options, "omitzero")
	}
	return rules[0] == "required"
}

// constrain adds what the validate tags of a request's field say, up to the rules for a list's items.
func constrain(schema map[string]any, t reflect.Type, rules []string, request bool) map[string]any {
	if !request || schema["$ref"] != nil {
		return schema
	}
	out := map[string]any{}
	for k, v := range schema {
		out[k] = v
	}
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	for _, rule := range rules {
		name, value, _ := strings.Cut(rule, "=")
		if name == "dive" {
			break
		}
		switch name {
		case "oneof":
			out["enum"] = strings.Fields(value)
		case "unique":
			out["uniqueItems"] = value == ""
		case "min", "max", "len":
			limit(out, t.Kind(), name, value)
		}
	}
	return out
}

// described says of a field what its name and its form do not.
func described(schema map[string]any, about string) map[string]any {
	if about == "" {
		return schema
	}
	out := maps.Clone(schema)
	out["description"] = about
	return out
}

func limit(schema map[string]any, kind reflect.Kind, rule, value string) {
	n, err := strconv.Atoi(value)
	if err != nil {
		return
	}
	words := map[reflect.Kind][2]string{reflect.String: {"minLength", "maxLength"}, reflect.Slice: {"minItems", "maxItems"},
		reflect.Int: {"minimum", "maximum"}}[kind]
	if words[0] == "" {
		return
	}
	if rule != "max" {
		schema[words[0]] = n
	}
	if rule != "min" {
		schema[words[1]] = n
	}
}
