package api

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"tribuna/internal/apperr"
	"tribuna/internal/validation"
)

// maxDepth bounds how deep a request's JSON may be nested.
const maxDepth = 20

// decode reads the request's JSON within its limit and checks it by its validate tags. Unknown and repeated fields, wrong
// types, what stands behind the end and texts the database cannot hold are refused with the field's path.
func decode[T any](c *call) (T, error) {
	var into T
	raw, err := c.readBody()
	if err != nil {
		return into, err
	}
	if err := checkTexts(raw); err != nil {
		return into, err
	}
	if err := json.Unmarshal(raw, &into, json.RejectUnknownMembers(true)); err != nil {
		return into, blame(err)
	}
	return into, nil
}

// decodeValid is decode for what is validated as a whole.
func decodeValid[T any](c *call) (T, error) {
	into, err := decode[T](c)
	if err != nil {
		return into, err
	}
	return into, validation.Check(&into)
}

func (c *call) readBody() ([]byte, error) {
	kind, _, err := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	if err != nil || (kind != "application/json" && kind != "application/merge-patch+json") {
		return nil, apperr.New(apperr.CodeUnsupportedType)
	}
	if c.r.Header.Get("Content-Encoding") != "" {
		return nil, apperr.New(apperr.CodeUnsupportedType)
	}
	limit := c.route.limit
	if limit == 0 {
		limit = bodyLimit
	}
	raw, err := io.ReadAll(io.LimitReader(c.r.Body, limit+1))
	switch {
	case err != nil:
		return nil, &apperr.Error{Code: apperr.CodeInvalid, What: "body", Err: err}
	case int64(len(raw)) > limit:
		c.drain()
		return nil, apperr.New(apperr.CodeTooLarge)
	case len(bytes.TrimSpace(raw)) == 0:
		return nil, apperr.Invalid("", "json")
	}
	return raw, nil
}

// drainLimit is how much of a body that is too large is read all the same, in bytes.
const drainLimit = 8 << 20

// drain reads on so that who is still sending gets to read why it was refused: a connection closed under a client that
// writes looks broken to it. Who sends without end is cut off.
func (c *call) drain() {
	n, err := io.CopyN(io.Discard, c.r.Body, drainLimit)
	if err == nil && n == drainLimit {
		c.w.Header().Set("Connection", "close")
	}
}

// checkTexts walks through the JSON once: it must be well-formed, not nested without end, and without NUL.
func checkTexts(raw []byte) error {
	dec := jsontext.NewDecoder(bytes.NewReader(raw))
	for {
		token, err := dec.ReadToken()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return blame(err)
		}
		if dec.StackDepth() > maxDepth {
			return apperr.Invalid(fieldPath(dec.StackPointer()), "json")
		}
		if token.Kind() == '"' && strings.ContainsRune(token.String(), 0) {
			return apperr.Invalid(fieldPath(dec.StackPointer()), "type")
		}
	}
}

// blame says which field is to blame for JSON that cannot be read.
func blame(err error) error {
	var known *apperr.Error
	var semantic *json.SemanticError
	var syntactic *jsontext.SyntacticError
	switch {
	case errors.As(err, &known):
		return known
	case errors.As(err, &semantic) && errors.Is(err, json.ErrUnknownName):
		return apperr.Invalid(fieldPath(semantic.JSONPointer), "unknown_field")
	case errors.As(err, &semantic):
		return apperr.Invalid(fieldPath(semantic.JSONPointer), "type")
	case errors.As(err, &syntactic):
		return apperr.Invalid(fieldPath(syntactic.JSONPointer), "json")
	default:
		return apperr.Invalid("", "json")
	}
}

// fieldPath writes a JSON pointer as paths are written in errors: "/measures/1/text" is "measures[1].text".
func fieldPath(p jsontext.Pointer) string {
	var b strings.Builder
	for token := range p.Tokens() {
		switch {
		case isIndex(token):
			b.WriteString("[" + token + "]")
		case b.Len() > 0:
			b.WriteString("." + token)
		default:
			b.WriteString(token)
		}
	}
	path := b.String()
	if len(path) > 200 {
		return path[:strings.LastIndexFunc(path[:200], func(rune) bool { return true })] + "…"
	}
	return path
}

func isIndex(token string) bool {
	return token != "" && strings.Trim(token, "0123456789") == ""
}
