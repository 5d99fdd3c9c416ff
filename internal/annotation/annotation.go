// Package annotation writes comments on texts as Web Annotations (https://www.w3.org/TR/annotation-model/), which other
// programmes read: each is on a paragraph of a version, and on the words quoted from it.
package annotation

import (
	"context"
	"strconv"
	"time"

	"github.com/uptrace/bun"

	"tribuna/models"
)

// AnnotationCollection is all that was said of a text, on one page.
type AnnotationCollection struct {
	Context string         `json:"@context"`
	ID      string         `json:"id"`
	Type    string         `json:"type"`
	Label   string         `json:"label"`
	Total   int            `json:"total"`
	First   AnnotationPage `json:"first"`
}

// AnnotationPage holds them in the order of versions, answers and paragraphs.
type AnnotationPage struct {
	ID         string       `json:"id"`
	Type       string       `json:"type"`
	PartOf     string       `json:"partOf"`
	StartIndex int          `json:"startIndex"`
	Items      []Annotation `json:"items"`
}

// Annotation is one comment.
type Annotation struct {
	ID         string            `json:"id"`
	Type       string            `json:"type"`
	Motivation string            `json:"motivation"`
	Created    time.Time         `json:"created"`
	Creator    AnnotationAgent   `json:"creator"`
	Body       []AnnotationBody  `json:"body"`
	Target     AnnotationSubject `json:"target"`
}

// AnnotationAgent is who said it: an expert (AgentPerson), or the partner (AgentOrganization) in whose name somebody answered the
// consultation.
type AnnotationAgent struct {
	Type     string `json:"type"`
	Name     string `json:"name,omitempty"`     // "" of an expert who is not named
	Nickname string `json:"nickname,omitempty"` // the letter of an expert in an anonymised round that is closed
}

// The W3C's words for agents.
const (
	AgentPerson       = "Person"
	AgentOrganization = "Organization"
)

// AnnotationBody is what is said, or (purpose "editing") the words suggested; empty words leave out those quoted.
type AnnotationBody struct {
	Type     string `json:"type"`
	Value    string `json:"value"`
	Format   string `json:"format"`
	Purpose  string `json:"purpose"`
	Language string `json:"language,omitempty"`
}

// AnnotationSubject is a paragraph of a version.
type AnnotationSubject struct {
	Source   string           `json:"source"`
	Selector FragmentSelector `json:"selector"`
}

// FragmentSelector names the paragraph in the page of the version, counted from 1: "p-3".
type FragmentSelector struct {
	Type       string             `json:"type"`
	ConformsTo string             `json:"conformsTo"`
	Value      string             `json:"value"`
	RefinedBy  *TextQuoteSelector `json:"refinedBy,omitempty"`
}

// TextQuoteSelector says which words of the paragraph are meant.
type TextQuoteSelector struct {
	Type   string `json:"type"`
	Exact  string `json:"exact"`
	Prefix string `json:"prefix,omitempty"`
	Suffix string `json:"suffix,omitempty"`
}

// motivations are the W3C's words for our kinds.
var motivations = map[models.CommentKind]string{
	models.CommentRemark: "commenting", models.CommentQuestion: "questioning", models.CommentCorrection: "editing",
	models.CommentSuggestion: "editing", models.CommentPraise: "assessing",
}

// Of writes the comments of reviews, which a reader may read (models.ReviewsAs), as a file that names whom models.Namings lets it name.
// Base is the address of the installation; network says that the file is for readers within the network.
func Of(ctx context.Context, db bun.IDB, base string, rec *models.Recommendation, reviews []models.Review, network bool) (*AnnotationCollection, error) {
	numbers, err := models.VersionNumbers(ctx, db, rec.ID)
	if err != nil {
		return nil, err
	}
	who, err := readSpeakers(ctx, db, rec, reviews)
	if err != nil {
		return nil, err
	}
	id := base + "/api/v1/recommendations/" + rec.ID.String() + "/annotations"
	items := []Annotation{}
	for _, rv := range reviews {
		for _, c := range rv.Comments {
			a := Annotation{ID: "urn:uuid:" + c.ID.String(), Type: "Annotation", Motivation: motivations[c.Kind], Created: c.CreatedAt.UTC(),
				Creator: who.agent(rv, network), Body: bodies(c, rv.WrittenIn, rec.Language)}
			a.Target = AnnotationSubject{Source: base + "/recommendations/" + rec.ID.String() + "/versions/" + strconv.Itoa(numbers[c.VersionID]),
				Selector: FragmentSelector{Type: "FragmentSelector", ConformsTo: "http://tools.ietf.org/rfc/rfc3236", Value: "p-" + strconv.Itoa(c.Block+1)}}
			if c.Quote != "" {
				a.Target.Selector.RefinedBy = &TextQuoteSelector{"TextQuoteSelector", c.Quote, c.Prefix, c.Suffix}
			}
			items = append(items, a)
		}
	}
	return &AnnotationCollection{Context: "http://www.w3.org/ns/anno.jsonld", ID: id, Type: "AnnotationCollection", Label: rec.Title, Total: len(items),
		First: AnnotationPage{ID: id + "#page", Type: "AnnotationPage", PartOf: id, Items: items}}, nil
}

func bodies(c models.Comment, writtenIn, language string) []AnnotationBody {
	list := []AnnotationBody{}
	if c.Body != "" {
		list = append(list, AnnotationBody{"TextualBody", c.Body, "text/markdown", motivations[c.Kind], writtenIn})
	}
	if c.Replacement != "" || c.Kind == models.CommentSuggestion {
		list = append(list, AnnotationBody{"TextualBody", c.Replacement, "text/plain", "editing", language})
	}
	return list
}
