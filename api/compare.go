package api

import (
	"strconv"

	"github.com/google/uuid"

	"tribuna/internal/apperr"
	"tribuna/internal/worddiff"
	"tribuna/models"
)

// Comparison is what changed in a text, word by word.
type Comparison struct {
	From       int                 `json:"from"` // number of the version before
	To         int                 `json:"to"`
	Title      []Segment           `json:"title"`
	Body       []Segment           `json:"body"`
	Measures   []MeasureComparison `json:"measures"`
	Paragraphs worddiff.Summary    `json:"paragraphs"` // how many of the body, as it is read, changed, came and went: headings and items count
}

// Segment is a run of words that stayed, came or went.
type Segment struct {
	Change string `json:"change"` // same, inserted, deleted
	Text   string `json:"text"`
}

// MeasureComparison is what changed in a measure; one that came has no words before, one that went none after.
type MeasureComparison struct {
	ID   uuid.UUID `json:"id"`
	Text []Segment `json:"text"`
}

// compareVersion compares a version with the one before.
func (s *server) compareVersion(c *call) (reply, error) {
	after, err := s.version(c)
	if err != nil {
		return reply{}, err
	}
	before := &models.Version{}
	if after.Number > 1 {
		if before, err = models.VersionByNumber(c.ctx(), s.DB, after.RecommendationID, after.Number-1); err != nil {
			return reply{}, err
		}
	}
	return reply{body: compare(before, after)}, nil
}

// compareVersions compares any two versions, in either order.
func (s *server) compareVersions(c *call) (reply, error) {
	rec, err := c.inside()
	if err != nil {
		return reply{}, err
	}
	var pair [2]*models.Version
	for i, name := range []string{"from", "to"} {
		number, err := strconv.ParseInt(c.query(name), 10, 32)
		if err != nil {
			return reply{}, apperr.Invalid(name, "type")
		}
		if pair[i], err = models.VersionByNumber(c.ctx(), s.DB, rec.ID, int(number)); err != nil {
			return reply{}, err
		}
	}
	return reply{body: compare(pair[0], pair[1])}, nil
}

func compare(before, after *models.Version) Comparison {
	c := Comparison{From: before.Number, To: after.Number, Title: words(before.Title, after.Title), Body: words(before.Body, after.Body),
		Measures: []MeasureComparison{}, Paragraphs: worddiff.Summarise(worddiff.Texts(before.Body, after.Body))}
	for _, m := range models.PairMeasures(before.Measures, after.Measures) {
		c.Measures = append(c.Measures, MeasureComparison{ID: m.ID, Text: words(m.Was(), m.Is())})
	}
	return c
}

// words compares two texts word by word.
func words(before, after string) []Segment {
	change := map[worddiff.Kind]string{worddiff.Same: "same", worddiff.Added: "inserted", worddiff.Removed: "deleted"}
	segments := []Segment{}
	for _, s := range worddiff.Compare(before, after) {
		segments = append(segments, Segment{Change: change[s.Kind], Text: s.Text})
	}
	return segments
}
