// Package apperr names what can go wrong in a way people can act on: one code per situation, the catalog key of the
// sentence they read, and its mapping to HTTP (http.go) in one place. Its mapping to Temporal stands in
// activities/errors.go.
package apperr

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Code is stable: API clients and recorded decisions depend on it.
type Code string

// The situations. Each has the catalog key "error.<code>".
const (
	CodeInvalid         Code = "invalid"          // fields do not hold what they should
	CodeUnauthenticated Code = "unauthenticated"  // nobody is signed in
	CodeForbidden       Code = "forbidden"        // signed in, but not entitled
	CodeNotFound        Code = "not_found"        // there is no such thing, or not for this reader
	CodeOutdated        Code = "outdated"         // edited meanwhile by somebody else (If-Match)
	CodeOtherWords      Code = "other_words"      // the same decision id with other words
	CodeWrongStage      Code = "wrong_stage"      // not possible at this stage
	CodeClosed          Code = "closed"           // the task or the process is over
	CodeLate            Code = "late"             // after the deadline and its grace
	CodeHeld            Code = "held"             // the process is on hold
	CodeInUse           Code = "in_use"           // what is to be removed is needed elsewhere
	CodeOtherText       Code = "other_text"       // the answer is about another text than the one asked about
	CodeLinkExpired     Code = "link_expired"     // the personal link has ended or was withdrawn
	CodeUnderReview     Code = "under_review"     // hidden until what it says is looked at
	CodeTooLarge        Code = "too_large"        // more than is accepted
	CodeTooMany         Code = "too_many"         // too many attempts
	CodeSignIn          Code = "sign_in"          // address or password wrong
	CodeAccountLink     Code = "account_link"     // the link to choose a password was used, replaced or has ended
	CodeAccountState    Code = "account_state"    // not possible as the person's account stands
	CodeScope           Code = "scope"            // the token was not given out for this
	CodeMethod          Code = "method"           // the address does not take this method
	CodePrecondition    Code = "precondition"     // If-Match or Idempotency-Key is missing
	CodeUnsupportedType Code = "unsupported_type" // not the media type expected
	CodeNotInstalled    Code = "not_installed"    // needs a program that this installation does not have
	CodeUnavailable     Code = "unavailable"      // a part is down; try again
	CodeInternal        Code = "internal"         // our fault
)

// Error is an error with a code and, where a field is to blame, which.
type Error struct {
	Code   Code
	What   string         // what it is about, in the glossary's words: "recommendation"
	Args   map[string]any // for the sentence
	Fields []Field
	Wait   time.Duration // of CodeTooMany: until it can be tried again; 0: not known
	Err    error         // cause, for the log only
}

// Field says what is wrong with one field. Path is that of the JSON request: "measures[1].text".
// Key is a catalog key, "error.field.<rule>".
type Field struct {
	Path string
	Key  string
	Args map[string]any
}

// Error is for logs; people read the catalog's sentence.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(string(e.Code))
	if e.What != "" {
		b.WriteString(" " + e.What)
	}
	for _, f := range e.Fields {
		fmt.Fprintf(&b, " %s(%s)", f.Path, strings.TrimPrefix(f.Key, "error.field."))
	}
	if e.Err != nil {
		b.WriteString(": " + e.Err.Error())
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Is lets errors.Is(err, apperr.New(code)) ask for the code alone.
func (e *Error) Is(target error) bool {
	var t *Error
	return errors.As(target, &t) && t.Code == e.Code
}

// New returns an error of the given code.
func New(code Code) *Error { return &Error{Code: code} }

// About returns an error of the given code about something.
func About(code Code, what string) *Error { return &Error{Code: code, What: what} }

// TooMany says that there were too many attempts, and for how long there may be no more.
func TooMany(wait time.Duration) *Error { return &Error{Code: CodeTooMany, Wait: wait} }

// WaitOf returns how long to wait after err before trying again, 0 where it does not say.
func WaitOf(err error) time.Duration {
	var e *Error
	if errors.As(err, &e) {
		return e.Wait
	}
	return 0
}

// NotFound says that there is no such thing for this reader.
func NotFound(what string) *Error { return About(CodeNotFound, what) }

// Invalid blames one field. Rule is the last part of the key "error.field.<rule>"; args come in pairs.
func Invalid(path, rule string, args ...any) *Error {
	return (&Error{Code: CodeInvalid}).And(path, rule, args...)
}

// And blames one more field.
func (e *Error) And(path, rule string, args ...any) *Error {
	f := Field{Path: path, Key: "error.field." + rule}
	for i := 0; i+1 < len(args); i += 2 {
		if f.Args == nil {
			f.Args = map[string]any{}
		}
		f.Args[fmt.Sprint(args[i])] = args[i+1]
	}
	e.Fields = append(e.Fields, f)
	return e
}

// Take blames what err blames too, so that all that is wrong is told at once; a field that is blamed already is not blamed again.
// What blames no field is returned.
func (e *Error) Take(err error) error {
	var more *Error
	if err == nil {
		return nil
	}
	if !errors.As(err, &more) || more.Code != CodeInvalid || len(more.Fields) == 0 {
		return err
	}
	blamed := e.Fields
	for _, f := range more.Fields {
		if !slices.ContainsFunc(blamed, func(b Field) bool { return b.Path == f.Path }) {
			e.Fields = append(e.Fields, f)
		}
	}
	return nil
}

// OrNil returns nil unless a field was blamed, so that rules can be collected first.
func (e *Error) OrNil() error {
	if len(e.Fields) == 0 {
		return nil
	}
	return e
}

// CodeOf returns the code of err, CodeInternal for what has none, and "" for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return CodeInternal
}
