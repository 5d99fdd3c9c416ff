package wording

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// usage is what templates and Go sources say, each with where: whole keys that must exist, patterns of keys that are put
// together at run time (`t (print "stage." .Stage)` in a template, T("stage."+s) in Go, a line //i18n:keys stage.* where that
// cannot be seen), and all other words in quotation marks, a key among which is used as well.
type usage struct {
	keys, patterns, words map[string]string
	verbs                 map[string]string // what is written into a record or the journal
	maybe                 map[string]string // sums that begin as keys do and may be something else, as names of fields are
}

func (u usage) covers(key string) bool {
	if u.keys[key] != "" || u.words[key] != "" {
		return true
	}
	for _, patterns := range []map[string]string{u.patterns, u.maybe} {
		for pattern := range patterns {
			if u.matches(pattern, key) {
				return true
			}
		}
	}
	return false
}

func scanSources(root string) (usage, error) {
	u := usage{keys: map[string]string{}, patterns: map[string]string{}, words: map[string]string{}, maybe: map[string]string{}, verbs: map[string]string{}}
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		where, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		where = filepath.ToSlash(where)
		switch {
		case d.IsDir() && where != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "node_modules" || d.Name() == "dist" || d.Name() == "testdata"):
			return filepath.SkipDir
		case d.IsDir() || strings.HasSuffix(file, "_test.go"):
			return nil
		case strings.HasSuffix(file, ".go"):
			return u.scanGo(file, where)
		case strings.HasSuffix(file, ".html") || strings.HasSuffix(file, ".txt"):
			return u.scanTemplate(file, where)
		}
		return nil
	})
	if err != nil {
		return u, fmt.Errorf("read the sources: %w", err)
	}
	return u, nil
}

var (
	templateKey     = regexp.MustCompile(`\b(?:tn?|say)\s+"([^"]+)"`)
	templatePattern = regexp.MustCompile(`\(printf?\s+"([a-z][^"]*\.[^"]*)"([^)]*)\)`)
	templateWord    = regexp.MustCompile(`"([a-z_]+\.[a-zA-Z0-9_.-]+)"`)
	templateVerb    = regexp.MustCompile(`%\w`)
	templateTail    = regexp.MustCompile(`"(\.[^"]+)"\s*$`)

	templateComment = regexp.MustCompile(`(?s)\{\{-?\s*/\*.*?\*/\s*-?\}\}`) // shows how a part is used
)

func (u usage) scanTemplate(file, where string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	text = templateComment.ReplaceAll(text, nil)
	for _, m := range templateKey.FindAllSubmatch(text, -1) {
		u.keys[string(m[1])] = where
	}
	for _, m := range templatePattern.FindAllSubmatch(text, -1) {
		pattern := templateVerb.ReplaceAllString(string(m[1]), "*")
		if !strings.Contains(pattern, "*") {
			pattern += "*"
		}
		if tail := templateTail.FindSubmatch(m[2]); tail != nil {
			pattern += string(tail[1])
		}
		u.patterns[pattern] = where
	}
	for _, m := range templateWord.FindAllSubmatch(text, -1) {
		u.words[string(m[1])] = where
	}
	return nil
}

const directive = "//i18n:keys "

func (u usage) scanGo(file, where string) error {
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
	if err != nil {
		return err
	}
	for _, group := range parsed.Comments {
		for _, line := range group.List {
			if listed, is := strings.CutPrefix(line.Text, directive); is {
				for pattern := range strings.FieldsSeq(listed) {
					u.patterns[pattern] = where
				}
			}
		}
	}
	area := ""
	if parsed.Name.Name == "mail" {
		area = "mail." // its method t says keys without their area
	}
	within := map[ast.Expr]bool{} // sums that are a part of one already read
	ast.Inspect(parsed, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			return n.Name.Name != "t" || area == ""
		case *ast.CallExpr:
			u.scanCall(n, area, where, within)
		case *ast.BinaryExpr:
			if !within[n] {
				scanSum(u.maybe, n, "", where)
			}
			within[n.X], within[n.Y] = true, true
		case *ast.KeyValueExpr:
			u.scanVerb(n.Key, n.Value, where)
		case *ast.AssignStmt:
			for i, value := range n.Rhs {
				if len(n.Lhs) == len(n.Rhs) {
					u.scanVerb(n.Lhs[i], value, where)
				}
			}
		case *ast.BasicLit:
			if s, ok := literal(n); ok {
				u.words[s] = where
			}
		case *ast.ValueSpec:
			u.scanCodes(n, where)
		}
		return true
	})
	return nil
}

// scanCodes finds the codes of package apperr, each of which has a sentence.
func (u usage) scanCodes(n *ast.ValueSpec, where string) {
	if typ, ok := n.Type.(*ast.Ident); ok && typ.Name == "Code" && strings.HasPrefix(where, "internal/apperr/") {
		for _, v := range n.Values {
			if code, ok := literal(v); ok {
				u.keys["error."+code] = where
			}
		}
	}
}

// scanVerb finds verbs by the name of what holds them.
func (u usage) scanVerb(holder, value ast.Expr, where string) {
	if name, ok := holder.(*ast.Ident); !ok || !strings.EqualFold(name.Name, "verb") {
		return
	}
	if verb, ok := literal(value); ok && strings.Contains(verb, ".") {
		u.verbs[verb] = where
	}
}

// scanCall finds what is said (the first argument of T, N and their like) and the rules given to apperr.Invalid and And.
func (u usage) scanCall(call *ast.CallExpr, area, where string, within map[ast.Expr]bool) {
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || len(call.Args) == 0 {
		return
	}
	switch sel.Sel.Name {
	case "T", "N", "Say", "SayN", "t":
		if sel.Sel.Name != "t" {
			area = ""
		}
		if key, ok := literal(call.Args[0]); ok {
			u.keys[area+key] = where
		} else if sum, ok := call.Args[0].(*ast.BinaryExpr); ok {
			within[sum] = true
			scanSum(u.patterns, sum, area, where)
		}
	case "Invalid", "And":
		if len(call.Args) > 1 {
			if rule, ok := literal(call.Args[1]); ok {
				u.keys["error.field."+rule] = where
			}
		}
	}
}

var keyBegins = regexp.MustCompile(`^[a-z][a-z_]*\.([a-z0-9_.-]*[._])?$`)

// scanSum reads a sum of strings that begins as a key does: what is not written out stands for any part.
func scanSum(patterns map[string]string, sum *ast.BinaryExpr, area, where string) {
	pattern := area + summed(sum)
	if i := strings.Index(pattern, "*"); i > 0 && keyBegins.MatchString(pattern[:i]) {
		patterns[pattern] = where
	}
}

func summed(e ast.Expr) string {
	if sum, ok := e.(*ast.BinaryExpr); ok && sum.Op == token.ADD {
		return strings.ReplaceAll(summed(sum.X)+summed(sum.Y), "**", "*")
	}
	if s, ok := literal(e); ok {
		return s
	}
	return "*"
}

func literal(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(lit.Value)
	return s, err == nil
}
