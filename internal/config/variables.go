package config

import (
	"fmt"
	"io"
	"reflect"
	"text/tabwriter"
)

// Variable is the documentation of one environment variable.
type Variable struct {
	Name    string
	Default string // empty when there is none
	Doc     string
	Want    string // what a usable value looks like
	Secret  bool   // never repeated in messages or logs

	field string
}

// Variables lists every variable in the order of Config.
func Variables() []Variable {
	t := reflect.TypeFor[Config]()
	all := make([]Variable, 0, t.NumField())
	for i := range t.NumField() {
		f := t.Field(i)
		all = append(all, Variable{
			Name:    f.Tag.Get("env"),
			Default: f.Tag.Get("envDefault"),
			Doc:     f.Tag.Get("doc"),
			Want:    f.Tag.Get("want"),
			Secret:  f.Tag.Get("secret") != "",
			field:   f.Name,
		})
	}
	return all
}

// WriteHelp prints the table of variables.
func WriteHelp(w io.Writer) error {
	table := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	for _, v := range Variables() {
		fmt.Fprintf(table, "%s\t%s\n", v.Name, v.Doc)
		fmt.Fprintf(table, "\t  set it to: %s\n", v.Want)
		if v.Default != "" {
			fmt.Fprintf(table, "\t  default: %s\n", v.Default)
		}
	}
	return table.Flush()
}

// value is the variable's value as text, empty when it is not set. Only
// fields of kind string can be missing; the others have defaults.
func (c Config) value(name string) string {
	field := reflect.ValueOf(c).FieldByName(variable(name).field)
	return fmt.Sprint(field.Interface())
}

func variable(name string) Variable {
	return find(func(v Variable) bool { return v.Name == name }, name)
}

func variableOfField(field string) Variable {
	return find(func(v Variable) bool { return v.field == field }, field)
}

// find panics for a name that Config does not have: a slip in the program,
// not in the environment.
func find(match func(Variable) bool, name string) Variable {
	for _, v := range Variables() {
		if match(v) {
			return v
		}
	}
	panic("config: no variable " + name)
}

// DefaultDataDir is the data folder when TRIBUNA_DATA is not set.
func DefaultDataDir() string { return variable("TRIBUNA_DATA").Default }
