package models

import (
	"strings"

	"github.com/uptrace/bun"
)

// SubjectLine is the subject of a mailing in one language, with the title that stands in it where it names the recommendation's.
type SubjectLine struct {
	Subject  string // as it was written
	Language string
	Title    string // as readers of that language get it; "" where the subject does not name it
}

// Shown is the subject for those to whom the mailing is not written: with the title in its place, and what open says where something
// differs from reader to reader, or is no part of a line.
func (s SubjectLine) Shown(open func(MailingField) string) string {
	return Literal(CutFields(s.Subject).Fill(func(f MailingField) string {
		switch {
		case !f.known(): // of a text from before there were fields
			return "{" + string(f) + "}"
		case f == FieldTitle && s.Title != "":
			return s.Title
		}
		return open(f)
	}))
}

// Line is the text's subject.
func (t MailingText) Line() SubjectLine { return SubjectLine{t.Subject, t.Language, t.Title} }

// subjectTitle is the title that stands in the subject of a mailing's text (alias mt): what was published in its language, as its readers
// get it.
var subjectTitle = `CASE WHEN position('{` + string(FieldTitle) + `}' in mt.subject) = 0 THEN '' ELSE (SELECT coalesce((SELECT x.title FROM publications AS pu
	JOIN publication_texts AS x ON x.publication_id = pu.id WHERE pu.recommendation_id = said.recommendation_id
	ORDER BY ` + strings.Replace(editionOrder, "?", "mt.language", 1) + ` LIMIT 1), named.title)
	FROM mailings AS said JOIN recommendations AS named ON named.id = said.recommendation_id WHERE said.id = mt.mailing_id) END`

// withTitles reads the texts of mailings, in the order of the network's languages, with the titles that stand in their subjects.
func withTitles(q *bun.SelectQuery) *bun.SelectQuery {
	return q.ColumnExpr("mt.*").ColumnExpr(subjectTitle + " AS title").
		OrderExpr("(SELECT language.position FROM languages AS language WHERE language.tag = mt.language), mt.language")
}

// saidIn joins the subject of a mailing (alias m), its language and the title that stands in it, as text: in the language asked for, else
// in the fallback.
var saidIn = `JOIN LATERAL (SELECT mt.subject, mt.language, ` + subjectTitle + ` AS title FROM mailing_texts AS mt WHERE mt.mailing_id = m.id
	ORDER BY mt.language = ? DESC, mt.language = m.fallback_language DESC, mt.language LIMIT 1) AS text ON true`
