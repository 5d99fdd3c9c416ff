package models

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/uptrace/bun"
	"golang.org/x/text/language"

	"tribuna/internal/apperr"
)

// ReferenceList is one of the lists of words that the network shares.
type ReferenceList string

// The lists that coordinators keep.
const (
	ListTopics     ReferenceList = "topics"
	ListChallenges ReferenceList = "challenges"
	ListLanguages  ReferenceList = "languages"
	ListCountries  ReferenceList = "countries"
)

// Reference is one line of a list. Endonym belongs to languages; zone, designations and footnotes to countries.
type Reference struct {
	Key          string
	Names        Names `bun:"type:jsonb"`
	Endonym      string
	Zone         string
	Designations Names `bun:"type:jsonb"`
	Footnotes    Names `bun:"type:jsonb"`
}

// key is the column by which a line is known.
func (l ReferenceList) key() string {
	switch l {
	case ListLanguages:
		return "tag"
	case ListCountries:
		return "code"
	default:
		return "slug"
	}
}

// columns are what a list has besides names.
func (l ReferenceList) columns(r Reference) (names []string, values []any) {
	switch l {
	case ListLanguages:
		return []string{"endonym"}, []any{r.Endonym}
	case ListCountries:
		return []string{"zone", "designations", "footnotes"}, []any{r.Zone, r.Designations.orEmpty(), r.Footnotes.orEmpty()}
	default:
		return nil, nil
	}
}

// All returns the lines of a list in their agreed order.
func (l ReferenceList) All(ctx context.Context, db bun.IDB) ([]Reference, error) {
	var all []Reference
	extra, _ := l.columns(Reference{})
	q := db.NewSelect().Table(string(l)).ColumnExpr("? AS key", bun.Ident(l.key())).Column("names").Column(extra...).Order("position", l.key())
	if err := q.Scan(ctx, &all); err != nil {
		return nil, fmt.Errorf("read %s: %w", l, err)
	}
	return all, nil
}

// ByKey returns one line.
func (l ReferenceList) ByKey(ctx context.Context, db bun.IDB, key string) (Reference, error) {
	all, err := l.All(ctx, db)
	if err != nil {
		return Reference{}, err
	}
	i := slices.IndexFunc(all, func(r Reference) bool { return r.Key == key })
	if i < 0 {
		return Reference{}, apperr.NotFound(string(l))
	}
	return all[i], nil
}

var countryCode = regexp.MustCompile(`^[A-Z]{2}$`)

func (l ReferenceList) check(r Reference) error {
	bad := apperr.New(apperr.CodeInvalid)
	switch l {
	case ListLanguages:
		if tag, err := language.Parse(r.Key); err != nil || tag.String() != r.Key {
			bad.And("key", "tag")
		}
		checkText(bad, "endonym", r.Endonym, 100)
	case ListCountries:
		if !countryCode.MatchString(r.Key) {
			bad.And("key", "country_code")
		}
		checkZone(bad, "zone", r.Zone)
		checkDesignations(bad, r)
	default:
		checkSlug(bad, "key", r.Key)
	}
	checkNames(bad, r.Names, 200)
	return bad.OrNil()
}

// checkDesignations blames a footnote to a name that is not there.
func checkDesignations(bad *apperr.Error, r Reference) {
	for tag, note := range r.Footnotes {
		checkLength(bad, "footnotes."+tag, note, 1000)
		if strings.TrimSpace(r.Designations[tag]) == "" {
			bad.And("designations."+tag, "required")
		}
	}
	for tag, name := range r.Designations {
		checkLength(bad, "designations."+tag, name, 200)
	}
}

// Add puts a line at the end of a list.
func (l ReferenceList) Add(ctx context.Context, tx bun.IDB, r Reference) error {
	if err := l.check(r); err != nil {
		return err
	}
	extra, values := l.columns(r)
	columns := append([]string{l.key(), "names"}, extra...)
	_, err := tx.NewRaw(`INSERT INTO `+string(l)+` (`+strings.Join(columns, ", ")+`, position)
		VALUES (`+strings.Repeat("?, ", len(columns))+`(SELECT coalesce(max(position), 0) + 1 FROM `+string(l)+`))`,
		append([]any{r.Key, r.Names}, values...)...).Exec(ctx)
	return taken(err, "key")
}

// Save changes a line. Its key stays.
func (l ReferenceList) Save(ctx context.Context, tx bun.IDB, r Reference) error {
	if err := l.check(r); err != nil {
		return err
	}
	q := tx.NewUpdate().Table(string(l)).Set("names = ?", r.Names).Where("? = ?", bun.Ident(l.key()), r.Key)
	extra, values := l.columns(r)
	for i, column := range extra {
		q = q.Set("? = ?", bun.Ident(column), values[i])
	}
	res, err := q.Exec(ctx)
	return changed(res, err, string(l))
}

// Raise moves a line one up.
func (l ReferenceList) Raise(ctx context.Context, tx bun.IDB, key string) error {
	all, err := l.All(ctx, tx)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(r Reference) bool { return r.Key == key })
	if i < 0 {
		return apperr.NotFound(string(l))
	}
	if i > 0 {
		all[i-1], all[i] = all[i], all[i-1]
	}
	for n, r := range all {
		_, err := tx.NewUpdate().Table(string(l)).Set("position = ?", n+1).Where("? = ? AND position <> ?", bun.Ident(l.key()), r.Key, n+1).Exec(ctx)
		if err != nil {
			return fmt.Errorf("order %s: %w", l, err)
		}
	}
	return nil
}

// Uses lists where a line is needed: recommendations by name, the rest counted.
func (l ReferenceList) Uses(ctx context.Context, db bun.IDB, key string) ([]Use, error) {
	uses, err := l.usedBy(key).find(ctx, db)
	return counted(uses), err
}

func (l ReferenceList) usedBy(key string) usedBy {
	count := func(kind, from string) (query string) {
		return `SELECT '` + kind + `' AS kind, count(*) AS count FROM ` + from
	}
	recommendations := func(where string) string {
		return `SELECT CASE WHEN r.kind = 'imported' THEN 'imported' ELSE 'recommendation' END AS kind, r.id, r.title AS name, r.language FROM recommendations AS r WHERE ` + where + ` ORDER BY r.title`
	}
	args := []any{key}
	switch l {
	case ListTopics:
		return usedBy{{recommendations(`EXISTS (SELECT 1 FROM recommendation_topics AS t WHERE t.recommendation_id = r.id AND t.topic = ?)`), args},
			{count("person", `people WHERE ? = ANY(topics)`), args}}
	case ListChallenges:
		return usedBy{{recommendations(`EXISTS (SELECT 1 FROM recommendation_challenges AS c WHERE c.recommendation_id = r.id AND c.challenge = ?)`), args}}
	case ListLanguages:
		return usedBy{{recommendations(`r.language = ?0 OR ?0 = ANY(r.languages)`), args},
			{count("person", `people WHERE language = ?0 OR ?0 = ANY(languages)`), args},
			{count("grant", `grants AS g WHERE EXISTS (SELECT 1 FROM grant_statements WHERE grant_id = g.id AND language = ?0)
				OR EXISTS (SELECT 1 FROM grant_designations WHERE grant_id = g.id AND language = ?0)
				OR EXISTS (SELECT 1 FROM grant_emblems WHERE grant_id = g.id AND language = ?0)`), args},
			{count("text", `(SELECT language FROM publication_texts UNION ALL SELECT language FROM translations UNION ALL SELECT language FROM mailing_texts
				UNION ALL SELECT language FROM mailing_letters UNION ALL SELECT language FROM mailing_item_texts UNION ALL SELECT language FROM mailing_files
				UNION ALL SELECT fallback_language FROM mailings UNION ALL SELECT language FROM outbox UNION ALL SELECT language FROM import_files) AS t WHERE t.language = ?0`), args}}
	default:
		return usedBy{{recommendations(`EXISTS (SELECT 1 FROM recommendation_countries AS c WHERE c.recommendation_id = r.id AND c.country_code = ?0)
			OR EXISTS (SELECT 1 FROM imported_recommendations AS i WHERE i.recommendation_id = r.id AND i.country_code = ?0)`), args},
			{count("authority", `authorities WHERE country_code = ?`), args},
			{count("organisation", `organisation_countries WHERE country_code = ?`), args},
			{count("person", `people WHERE country_code = ?`), args},
			{count("grant", `grants AS g WHERE EXISTS (SELECT 1 FROM grant_designations WHERE grant_id = g.id AND country_code = ?)`), args}}
	}
}

// Remove takes a line off a list if nothing needs it. English stays: it stands wherever another language is missing.
func (l ReferenceList) Remove(ctx context.Context, tx bun.IDB, key string) error {
	if l == ListLanguages && key == "en" {
		return apperr.About(apperr.CodeInUse, string(l))
	}
	uses, err := l.Uses(ctx, tx, key)
	if err != nil {
		return err
	}
	return remove(ctx, tx, string(l), uses, tx.NewDelete().Table(string(l)).Where("? = ?", bun.Ident(l.key()), key))
}
