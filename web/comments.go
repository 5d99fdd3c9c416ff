package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"tribuna/internal/apperr"
	"tribuna/internal/i18n"
	"tribuna/internal/markdown"
	"tribuna/internal/validation"
	"tribuna/models"
)

// words reads a long field as it was typed: browsers send line ends as carriage return and line feed.
func words(r *http.Request, name string) string { return typed(r.PostFormValue(name)) }

func typed(text string) string { return strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n")) }

// Comments stand in a form as fields that end in the number of their paragraph: "comment-3", "quote-3", "prefix-3",
// "suffix-3" and "replacement-3", several of one name for several comments. Their kind, a choice, is "kind-3", of the
// second comment "kind-3-1"; errors name fields the same way.
func commentName(block int) string { return "comment-" + strconv.Itoa(block) }

func quoteName(block int) string { return "quote-" + strconv.Itoa(block) }

// fieldOf names one field of one comment.
func fieldOf(part string, block, i int) string {
	name := part + "-" + strconv.Itoa(block)
	if i > 0 {
		name += "-" + strconv.Itoa(i)
	}
	return name
}

// commentField is a comment in a form.
type commentField struct {
	Block, Index int
	models.CommentPayload
	Error, QuoteError, ReplacementError string
}

// Field names one of its fields, for templates.
func (c commentField) Field(part string) string { return fieldOf(part, c.Block, c.Index) }

// Wrong reports whether anything in it is to be corrected.
func (c commentField) Wrong() bool { return c.Error+c.QuoteError+c.ReplacementError != "" }

// empty reports whether nothing was said with it.
func (c commentField) empty() bool {
	return c.Body+c.Quote+c.Replacement == "" && (c.Kind == "" || c.Kind == models.CommentRemark)
}

// commentsIn returns the comments that fields hold on a paragraph, as they were typed.
func commentsIn(values url.Values, block int) []commentField {
	part := func(name string, i int) string {
		if all := values[name+"-"+strconv.Itoa(block)]; i < len(all) {
			return all[i]
		}
		return ""
	}
	var list []commentField
	for i := range max(len(values[commentName(block)]), len(values[quoteName(block)])) {
		list = append(list, commentField{Block: block, Index: i, CommentPayload: models.CommentPayload{Block: block,
			Kind: models.CommentKind(values.Get(fieldOf("kind", block, i))), Body: part("comment", i), Quote: part("quote", i),
			Prefix: part("prefix", i), Suffix: part("suffix", i), Replacement: part("replacement", i)}})
	}
	return list
}

// putComments writes comments on a paragraph into fields, in the place of those there.
func putComments(values url.Values, block int, list []commentField) {
	for i := range commentsIn(values, block) {
		values.Del(fieldOf("kind", block, i))
	}
	for _, part := range []string{"comment", "quote", "prefix", "suffix", "replacement"} {
		values.Del(fieldOf(part, block, 0))
	}
	for i, c := range list {
		for part, words := range map[string]string{"comment": c.Body, "quote": c.Quote, "prefix": c.Prefix, "suffix": c.Suffix, "replacement": c.Replacement} {
			values.Add(fieldOf(part, block, 0), words)
		}
		values.Set(fieldOf("kind", block, i), string(c.Kind))
	}
}

// commentFields returns the comments a form holds on a paragraph with what is wrong with them, an empty one where there is none.
func commentFields(f *Form, block int) []commentField {
	list := commentsIn(f.Values, block)
	if len(list) == 0 {
		list = []commentField{{Block: block}}
	}
	for i := range list {
		c := &list[i]
		c.Error, c.QuoteError, c.ReplacementError = f.Error(c.Field("comment")), f.Error(c.Field("quote")), f.Error(c.Field("replacement"))
	}
	return list
}

// readComments gathers the comments of a form in the order of the text.
func readComments(values url.Values, body string) (comments []models.CommentPayload, fields []commentField) {
	for block := range markdown.Blocks(body) {
		for _, c := range commentsIn(values, block) {
			c.Body, c.Quote, c.Replacement = typed(c.Body), typed(c.Quote), typed(c.Replacement)
			if !c.empty() {
				comments, fields = append(comments, c.CommentPayload), append(fields, c)
			}
		}
	}
	return comments, fields
}

// checkComments checks the words of an answer and what its comments quote, and says all that is wrong at once, with what else is.
func checkComments(payload any, body string, comments []models.CommentPayload, more ...error) error {
	wrong := apperr.New(apperr.CodeInvalid)
	_, misplaced := models.PlaceComments(body, comments)
	for _, err := range append([]error{validation.Check(payload), misplaced}, more...) {
		var e *apperr.Error
		switch {
		case err == nil:
		case errors.As(err, &e) && e.Code == apperr.CodeInvalid:
			wrong.Fields = append(wrong.Fields, e.Fields...)
		default:
			return err
		}
	}
	return wrong.OrNil()
}

var anotherComment = regexp.MustCompile(`^another-(\d{1,4})$`)

// oneMore makes room for another comment where the button of a paragraph asks for it, and reports whether one did.
func oneMore(f *Form, do string) bool {
	m := anotherComment.FindStringSubmatch(do)
	if m == nil {
		return false
	}
	block, err := strconv.Atoi(m[1])
	if err != nil {
		return false
	}
	list := commentsIn(f.Values, block)
	putComments(f.Values, block, append(list, commentField{}))
	return true
}

var commentPath = regexp.MustCompile(`^comments\[(\d+)\]\.?(\w*)`)

// blameComments turns blame on "comments[2].body" into blame on the field where that was typed.
func blameComments(f *Form, fields []commentField, l *i18n.Localizer) {
	for i, e := range f.Errors {
		m := commentPath.FindStringSubmatch(e.Name)
		if m == nil {
			continue
		}
		k, err := strconv.Atoi(m[1])
		if err != nil || k >= len(fields) {
			continue
		}
		part := "comment"
		if m[2] == "quote" || m[2] == "replacement" {
			part = m[2]
		}
		f.Errors[i].Name = fields[k].Field(part)
		f.Errors[i].Label = l.T("review.comment_on", "Number", l.Number(fields[k].Block+1))
	}
}

// onlyChoose says about a choice that was not made that it is to be made, and leaves out what would follow from it.
func (f *Form) onlyChoose(name, follows, text string) {
	var kept []FieldError
	for _, e := range f.Errors {
		if e.Name == follows {
			continue
		}
		if e.Name == name {
			e.Text = text
		}
		kept = append(kept, e)
	}
	f.Errors = kept
}

// reviewValues are the fields of the form for an answer that was given.
func reviewValues(rv *models.Review) url.Values {
	values := url.Values{"reasons": {rv.Reasons}, "naming": {rv.Naming}, "written_in": {rv.WrittenIn}}
	if rv.Answer != nil {
		values.Set("answer", *rv.Answer)
	}
	putAnswers(values, rv.Answers)
	if rv.ConfidentialNote != "" {
		values.Set("confidential_note", rv.ConfidentialNote)
	}
	for _, c := range rv.Comments {
		putComments(values, c.Block, append(commentsIn(values, c.Block), commentField{CommentPayload: models.CommentPayload{
			Kind: c.Kind, Quote: c.Quote, Prefix: c.Prefix, Suffix: c.Suffix, Replacement: c.Replacement, Body: c.Body}}))
	}
	values.Set("seen_answer", rv.DecisionID)
	return values
}

// authorityNames names whom measures are addressed to.
func (s *Server) authorityNames(ctx context.Context, measures []models.VersionMeasure) (map[uuid.UUID]addressedTo, error) {
	var ids []uuid.UUID
	for _, m := range measures {
		ids = append(ids, m.AuthorityIDs...)
	}
	list, err := models.AuthoritiesByID(ctx, s.DB, ids)
	if err != nil {
		return nil, fmt.Errorf("name the authorities: %w", err)
	}
	countries, err := models.Countries(ctx, s.DB)
	if err != nil {
		return nil, err
	}
	names := make(map[uuid.UUID]addressedTo, len(list))
	for _, a := range list {
		names[a.ID] = withCountry(a, countries)
	}
	return names, nil
}

// addressedTo is an authority with its country, each in the reader's language where it has a name in it: there is a ministry of labour in
// every country.
type addressedTo struct{ Name, Country models.Names }

func (a addressedTo) String() string {
	if len(a.Country) == 0 {
		return a.Name.String()
	}
	return a.Name.String() + " (" + a.Country.String() + ")"
}

func withCountry(a models.Authority, countries []models.Country) addressedTo {
	i := slices.IndexFunc(countries, func(c models.Country) bool { return c.Code == a.CountryCode })
	if i < 0 {
		return addressedTo{Name: a.Names}
	}
	return addressedTo{a.Names, countries[i].Names}
}
