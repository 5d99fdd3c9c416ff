package anchor

import (
	"fmt"

	"tribuna/internal/apperr"
	"tribuna/internal/markdown"
	"tribuna/models"
)

// Comments puts the comments of an answer on the paragraphs of the text answered about: each quote as it stands there, with
// what stands around it. What quotes words that are not there, or suggests those that are, is refused with a blame on its field.
func Comments(body string, comments []models.CommentPayload) ([]models.CommentPayload, error) {
	words, err := markdown.Words(body)
	if err != nil {
		return nil, err
	}
	placed, wrong := make([]models.CommentPayload, len(comments)), apperr.New(apperr.CodeInvalid)
	for i, c := range comments {
		if c.Block >= len(words) {
			wrong.And(fmt.Sprintf("comments[%d].block", i), "unknown")
			continue
		}
		if c.Quote != "" {
			quote, ok := Find(words[c.Block], Selector{c.Quote, c.Prefix, c.Suffix})
			if !ok {
				wrong.And(fmt.Sprintf("comments[%d].quote", i), "not_in_paragraph")
			}
			c.Quote, c.Prefix, c.Suffix = quote.Exact, quote.Prefix, quote.Suffix
		} else {
			c.Prefix, c.Suffix = "", ""
		}
		switch {
		case c.Replacement == "" || c.Replacement != c.Quote:
		case c.Kind != models.CommentSuggestion:
			c.Replacement = "" // the form had offered it
		case c.Body == "":
			wrong.And(fmt.Sprintf("comments[%d].replacement", i), "same_words")
		}
		placed[i] = c
	}
	return placed, wrong.OrNil()
}

// Of is where a comment points in the version it was made on.
func Of(c models.Comment) Selector { return Selector{c.Quote, c.Prefix, c.Suffix} }
