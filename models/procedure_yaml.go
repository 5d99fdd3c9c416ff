package models

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"tribuna/internal/apperr"
)

// maxProcedureYAML is how long a procedure may be as text, in bytes.
const maxProcedureYAML = 256 << 10

// ProcedureYAML writes a document as text.
func ProcedureYAML(d ProcedureDocument) (string, error) {
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if err := e.Encode(d); err != nil {
		return "", fmt.Errorf("write procedure: %w", err)
	}
	return b.String(), nil
}

// ReadProcedureYAML reads a document from text by the same rules as ReadProcedure. Every blame says the line as its
// argument "line", where there is one.
func ReadProcedureYAML(text string) (ProcedureDocument, error) {
	t := procedureText{values: map[string]string{}, lines: map[string]int{}, groups: map[string]bool{}, rules: map[string]Rule{}, bad: apperr.New(apperr.CodeInvalid)}
	if len(text) > maxProcedureYAML {
		return ProcedureDocument{}, apperr.Invalid("document", "too_long", "max", maxProcedureYAML)
	}
	var root yaml.Node
	if err := yaml.Unmarshal([]byte(text), &root); err != nil {
		return ProcedureDocument{}, apperr.Invalid("document", "yaml", "line", lineOf(err))
	}
	for _, r := range ProcedureRules() {
		t.rules[r.Path] = r
		for path := r.Path; strings.Contains(path, "."); {
			path = path[:strings.LastIndexByte(path, '.')]
			t.groups[path] = true
		}
	}
	if len(root.Content) == 1 && root.Content[0].Kind == yaml.MappingNode {
		t.group("", root.Content[0])
	} else {
		t.blame("document", 1, "yaml")
	}
	if err := t.bad.OrNil(); err != nil {
		return ProcedureDocument{}, err
	}
	d, err := ReadProcedure(func(path string) string { return t.values[path] })
	if e, is := err.(*apperr.Error); is { //nolint:errorlint // ReadProcedure wraps nothing
		for i := range e.Fields {
			if e.Fields[i].Args == nil {
				e.Fields[i].Args = map[string]any{}
			}
			e.Fields[i].Args["line"] = t.line(e.Fields[i].Path)
		}
	}
	return d, err
}

var yamlLine = regexp.MustCompile(`line (\d+)`)

func lineOf(err error) int {
	if m := yamlLine.FindStringSubmatch(err.Error()); m != nil {
		n, _ := strconv.Atoi(m[1])
		return n
	}
	return 1
}

// procedureText is a procedure as it was written: values by path, and in which line each stands.
type procedureText struct {
	values map[string]string
	lines  map[string]int
	groups map[string]bool
	rules  map[string]Rule
	bad    *apperr.Error
}

func (t *procedureText) blame(path string, line int, rule string) {
	t.bad.And(path, rule, "line", line)
}

func (t *procedureText) group(prefix string, n *yaml.Node) {
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		path := strings.TrimPrefix(prefix+"."+key.Value, ".")
		rule, isRule := t.rules[path]
		switch {
		case t.lines[path] != 0:
			t.blame(path, key.Line, "yaml_twice")
		case isRule:
			t.leaf(rule, value)
		case !t.groups[path]:
			t.blame(path, key.Line, "yaml_unknown")
		case value.Kind == yaml.MappingNode:
			t.group(path, value)
		default:
			t.blame(path, key.Line, "yaml_group")
		}
		t.lines[path] = key.Line
	}
}

// leaf reads one value. What refers to elsewhere in the text (*name) is not followed: a procedure says everything where
// it is meant.
func (t *procedureText) leaf(r Rule, n *yaml.Node) {
	switch {
	case n.Kind == yaml.ScalarNode && n.Tag == "!!null":
	case r.Kind == RuleSpans && n.Kind == yaml.SequenceNode:
		var parts []string
		for i, item := range n.Content {
			t.lines[fmt.Sprintf("%s[%d]", r.Path, i)] = item.Line
			if item.Kind != yaml.ScalarNode {
				t.blame(r.Path, item.Line, "yaml_value")
			}
			parts = append(parts, item.Value)
		}
		t.values[r.Path] = strings.Join(parts, ",")
	case r.Kind == RuleQuestions && n.Kind == yaml.SequenceNode && len(n.Content) == 0:
	case r.Kind == RuleQuestions && n.Kind == yaml.SequenceNode:
		t.questions(r, n)
	case n.Kind != yaml.ScalarNode:
		t.blame(r.Path, n.Line, "yaml_value")
	case r.Kind == RuleYes && n.Tag != "!!bool":
		t.blame(r.Path, n.Line, "yaml_yes")
	case r.Kind == RuleYes:
		if on, err := strconv.ParseBool(strings.ToLower(n.Value)); err == nil && on {
			t.values[r.Path] = "yes"
		}
	default:
		t.values[r.Path] = n.Value
	}
}

// questions reads a list of questions, and notes in which line each part of them stands.
func (t *procedureText) questions(r Rule, n *yaml.Node) {
	t.note(r.Path, n)
	text, err := yaml.Marshal(n)
	if err != nil {
		t.blame(r.Path, n.Line, "yaml")
		return
	}
	for i, item := range n.Content { // one by one, so that the blame says which
		one, err := yaml.Marshal(&yaml.Node{Kind: yaml.SequenceNode, Content: []*yaml.Node{item}})
		if err == nil {
			_, err = readQuestions(string(one))
		}
		if err != nil {
			t.blame(fmt.Sprintf("%s[%d]", r.Path, i), item.Line, "yaml_question")
		}
	}
	t.values[r.Path] = string(text)
}

func (t *procedureText) note(path string, n *yaml.Node) {
	t.lines[path] = n.Line
	switch n.Kind {
	case yaml.SequenceNode:
		for i, item := range n.Content {
			t.note(fmt.Sprintf("%s[%d]", path, i), item)
		}
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			t.note(path+"."+n.Content[i].Value, n.Content[i+1])
		}
	case yaml.AliasNode: // a procedure says everything where it is meant
		t.blame(path, n.Line, "yaml_value")
	}
}

// line is where a rule stands, or where it is missing.
func (t *procedureText) line(path string) int {
	for {
		if line := t.lines[path]; line != 0 {
			return line
		}
		i := strings.LastIndexAny(path, ".[")
		if i < 0 {
			return 1
		}
		path = path[:i]
	}
}
