package models

import (
	"fmt"

	"tribuna/internal/anchor"
	"tribuna/internal/apperr"
	"tribuna/internal/markdown"
)

// PlaceComments puts the comments of an answer on the paragraphs of the text answered about: each quote as it stands there, with
// what stands around it. What quotes words that are not there, or suggests those that are, is refused with a blame on its field.
func PlaceComments(body string, comments []CommentPayload) ([]CommentPayload, error) {
	words, err := markdown.Words(body)
	if err != nil {
		return nil, err
	}
	placed, wrong := make([]CommentPayload, len(comments)), apperr.New(apperr.CodeInvalid)
	for i, c := range comments {
		if c.Block >= len(words) {
			wrong.And(fmt.Sprintf("comments[%d].block", i), "unknown")
			continue
		}
		if c.Quote != "" {
			quote, ok := anchor.Find(words[c.Block], anchor.Selector{Exact: c.Quote, Prefix: c.Prefix, Suffix: c.Suffix})
			if !ok {
				wrong.And(fmt.Sprintf("comments[%d].quote", i), "not_in_paragraph")
			}
			c.Quote, c.Prefix, c.Suffix = quote.Exact, quote.Prefix, quote.Suffix
		} else {
			c.Prefix, c.Suffix = "", ""
		}
		switch {
		case c.Replacement == "" || c.Replacement != c.Quote:
		case c.Kind != CommentSuggestion:
			c.Replacement = "" // the form had offered it
		case c.Body == "":
			wrong.And(fmt.Sprintf("comments[%d].replacement", i), "same_words")
		}
		placed[i] = c
	}
	return placed, wrong.OrNil()
}

// Passage is where a comment points in the version it was made on.
func (c Comment) Passage() anchor.Selector {
	return anchor.Selector{Exact: c.Quote, Prefix: c.Prefix, Suffix: c.Suffix}
}

// Passage is where a remark points in the version it was made on.
func (r Remark) Passage() anchor.Selector {
	return anchor.Selector{Exact: r.Quote, Prefix: r.Prefix, Suffix: r.Suffix}
}
