package i18n

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// usage is what templates and Go sources say: whole keys, and beginnings of keys that are completed at run time
// (`t (print "stage." .Stage)` in a template, T("stage."+s) in Go).
type usage struct {
	keys     map[string]string
	prefixes map[string]string
}

func (u usage) covers(key string) bool {
	if _, ok := u.keys[key]; ok {
		return true
	}
	for p := range u.prefixes {
		if strings.HasPrefix(key, p) {
			return true
		}
	}
	return false
}

func scanSources(t *testing.T) usage {
	t.Helper()
	u := usage{keys: map[string]string{}, prefixes: map[string]string{}}
	root := repositoryRoot(t)
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		where, _ := filepath.Rel(root, file)
		switch {
		case d.IsDir() && where != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "node_modules" || d.Name() == "dist"):
			return filepath.SkipDir
		case d.IsDir() || strings.HasSuffix(file, "_test.go"):
			return nil
		case strings.HasSuffix(file, ".go"):
			u.scanGo(t, file, where)
		case strings.HasSuffix(file, ".html") || strings.HasSuffix(file, ".txt"):
			u.scanTemplate(t, file, where)
		}
		return nil
	})
	require.NoError(t, err)
	return u
}

func repositoryRoot(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	require.NoError(t, err)
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		require.NotEqual(t, dir, filepath.Dir(dir), "go.mod is above this package")
		dir = filepath.Dir(dir)
	}
}

var (
	templateKey    = regexp.MustCompile(`\btn?\s+"([^"]+)"`)
	templatePrefix = regexp.MustCompile(`\btn?\s+\(printf?\s+"([^"%]+)`)

	templateComment = regexp.MustCompile(`(?s)\{\{-?\s*/\*.*?\*/\s*-?\}\}`) // shows how a part is used
)

func (u usage) scanTemplate(t *testing.T, file, where string) {
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	text = templateComment.ReplaceAll(text, nil)
	for _, m := range templateKey.FindAllStringSubmatch(string(text), -1) {
		u.keys[m[1]] = where
	}
	for _, m := range templatePrefix.FindAllStringSubmatch(string(text), -1) {
		u.prefixes[m[1]] = where
	}
}

// scanGo finds the first argument of calls of T and N, the rules given to apperr.Invalid and And, and the codes of
// package apperr, each of which has a sentence.
func (u usage) scanGo(t *testing.T, file, where string) {
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Logf("%s is not parsed: %v", where, err) // the compiler says it better
		return
	}
	ast.Inspect(parsed, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			u.scanCall(n, where)
		case *ast.ValueSpec:
			if typ, ok := n.Type.(*ast.Ident); ok && typ.Name == "Code" && strings.HasSuffix(filepath.Dir(where), "apperr") {
				for _, v := range n.Values {
					if code, ok := literal(v); ok {
						u.keys["error."+code] = where
					}
				}
			}
		}
		return true
	})
}

func (u usage) scanCall(call *ast.CallExpr, where string) {
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return
	}
	switch name := sel.Sel.Name; {
	case (name == "T" || name == "N") && len(call.Args) > 0:
		if key, ok := literal(call.Args[0]); ok {
			u.keys[key] = where
		} else if sum, ok := call.Args[0].(*ast.BinaryExpr); ok && sum.Op == token.ADD {
			if prefix, ok := literal(sum.X); ok {
				u.prefixes[prefix] = where
			}
		}
	case (name == "Invalid" || name == "And") && len(call.Args) > 1:
		if rule, ok := literal(call.Args[1]); ok {
			u.keys["error.field."+rule] = where
		}
	}
}

func literal(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(lit.Value)
	return s, err == nil
}
