package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"tribuna/internal/i18n"
	"tribuna/internal/markdown"
	"tribuna/models"
)

// words reads a long field as it was typed: browsers send line ends as carriage return and line feed.
func words(r *http.Request, name string) string { return typed(r.PostFormValue(name)) }

func typed(text string) string { return strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n")) }

// Comments stand in a form as the fields "comment-<paragraph>" and "quote-<paragraph>", several of one name for several
// comments on a paragraph.
func commentName(block int) string { return "comment-" + strconv.Itoa(block) }

func quoteName(block int) string { return "quote-" + strconv.Itoa(block) }

// commentFields returns the comments a form holds on a paragraph, an empty one where there is none.
func commentFields(f *Form, block int) []commentField {
	bodies, quotes := f.Values[commentName(block)], f.Values[quoteName(block)]
	fields := make([]commentField, 0, 1)
	for i, body := range bodies {
		c := commentField{ID: commentID(block, i), Body: body}
		if i < len(quotes) {
			c.Quote = quotes[i]
		}
		c.Error = f.Error(c.ID)
		fields = append(fields, c)
	}
	if len(fields) == 0 {
		fields = append(fields, commentField{ID: commentID(block, 0)})
	}
	return fields
}

func commentID(block, i int) string {
	if i == 0 {
		return commentName(block)
	}
	return commentName(block) + "-" + strconv.Itoa(i)
}

// readComments gathers the comments of a form in the order of the text, with the name of each one's field.
func readComments(values url.Values, body string) (comments []models.CommentPayload, fields []string) {
	for block := range markdown.Blocks(body) {
		quotes := values[quoteName(block)]
		for i, text := range values[commentName(block)] {
			c := models.CommentPayload{Block: block, Body: typed(text)}
			if i < len(quotes) {
				c.Quote = typed(quotes[i])
			}
			if c.Body != "" || c.Quote != "" {
				comments, fields = append(comments, c), append(fields, commentID(block, i))
			}
		}
	}
	return comments, fields
}

var commentPath = regexp.MustCompile(`^comments\[(\d+)\]`)

// blameComments turns blame on "comments[2].body" into blame on the field where that comment was typed.
func blameComments(f *Form, fields []string, l *i18n.Localizer) {
	for i, e := range f.Errors {
		m := commentPath.FindStringSubmatch(e.Name)
		if m == nil {
			continue
		}
		k, err := strconv.Atoi(m[1])
		if err != nil || k >= len(fields) {
			continue
		}
		f.Errors[i].Name = fields[k]
		if block, err := strconv.Atoi(strings.Split(fields[k], "-")[1]); err == nil {
			f.Errors[i].Label = l.T("review.comment_on", "Number", l.Number(block+1))
		}
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
	for _, c := range rv.Comments {
		values.Add(commentName(c.Block), c.Body)
		values.Add(quoteName(c.Block), c.Quote)
	}
	return values
}

// authorityNames names whom measures are addressed to.
func (s *Server) authorityNames(ctx context.Context, measures []models.VersionMeasure) (map[uuid.UUID]models.Names, error) {
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
	names := make(map[uuid.UUID]models.Names, len(list))
	for _, a := range list {
		names[a.ID] = withCountry(a, countries)
	}
	return names, nil
}

// withCountry names an authority with its country: there is a ministry of labour in every one.
func withCountry(a models.Authority, countries []models.Country) models.Names {
	i := slices.IndexFunc(countries, func(c models.Country) bool { return c.Code == a.CountryCode })
	if i < 0 {
		return a.Names
	}
	names := models.Names{}
	for tag, name := range a.Names {
		country, _ := i18n.Pick(countries[i].Names, tag)
		names[tag] = name + " (" + country + ")"
	}
	return names
}
