package models

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// SaveOwn changes what somebody says about themselves: how they are called and written to, where they are, what they can be
// asked, and how far they agree to be named. The address by which they sign in is a coordinator's to change.
func (p *Person) SaveOwn(ctx context.Context, tx bun.IDB) error {
	if err := p.check(ctx, tx); err != nil {
		return err
	}
	res, err := tx.NewUpdate().Model(p).Column("name", "language", "country_code", "languages", "topics", "max_open", "naming").WherePK().Exec(ctx)
	return personFault(changed(res, err, "person"))
}

// OwnEntry is what the journal says when somebody changed what is known of themselves. How far they agree to be named is a
// consent, so a change of it is put down as such.
func OwnEntry(former, p Person) JournalEntry {
	e := PersonChanged(former, p)
	e.Verb = "person.profile_changed"
	if p.Naming != former.Naming {
		e.Verb, e.Facts = "person.naming_changed", map[string]string{"naming": p.Naming}
	}
	return e
}

// KeptAbout is how much is kept about somebody, besides what their profile says.
type KeptAbout struct {
	Asked        int // questions put to them
	Answers      int // reviews and comments
	SignOffs     int
	Translations int // written or approved
	Reports      int // on progress
	Mails        int
	SignIns      int
	Keys         int
	Unsent       int // words they typed and did not send
}

// KeptAboutPerson counts what is kept about somebody.
func KeptAboutPerson(ctx context.Context, db bun.IDB, person uuid.UUID) (KeptAbout, error) {
	var k KeptAbout
	err := db.NewRaw(`SELECT
		(SELECT count(*) FROM tasks WHERE person_id = ?0) AS asked,
		(SELECT count(*) FROM reviews WHERE person_id = ?0) AS answers,
		(SELECT count(*) FROM signoffs WHERE person_id = ?0) AS sign_offs,
		(SELECT count(*) FROM translations WHERE translator_id = ?0 OR approver_id = ?0) AS translations,
		(SELECT count(*) FROM progress_notes WHERE person_id = ?0) AS reports,
		(SELECT count(*) FROM outbox WHERE person_id = ?0) AS mails,
		(SELECT count(*) FROM person_sessions WHERE person_id = ?0) AS sign_ins,
		(SELECT count(*) FROM api_tokens WHERE person_id = ?0) AS keys,
		(SELECT count(*) FROM kept_words WHERE person_id = ?0) AS unsent`, person).Scan(ctx, &k)
	if err != nil {
		return k, fmt.Errorf("count what is kept about somebody: %w", err)
	}
	return k, nil
}

// DataOrigin is where the data of somebody came from; of who came in by no list it is empty.
type DataOrigin struct {
	Source string // in the words of who brought the list
	Basis  string // lawful ground, one of those of imports
	At     time.Time
}

// DataOriginOf returns where the data of somebody came from.
func DataOriginOf(ctx context.Context, db bun.IDB, person uuid.UUID) (DataOrigin, error) {
	var list []DataOrigin
	err := db.NewSelect().TableExpr("contact_notices AS cn").Join("JOIN contact_imports AS ci ON ci.id = cn.import_id").
		ColumnExpr("ci.source, ci.basis, ci.imported_at AS at").Where("cn.person_id = ? AND ci.imported_at IS NOT NULL", person).Scan(ctx, &list)
	if err != nil {
		return DataOrigin{}, fmt.Errorf("read where the data of somebody came from: %w", err)
	}
	if len(list) == 0 {
		return DataOrigin{}, nil
	}
	return list[0], nil
}

// NamingGiven is how far an expert last agreed to be named for one text.
type NamingGiven struct {
	RecommendationID uuid.UUID
	TaskID           uuid.UUID // that was answered
	Title            string
	Language         string
	Slug             string // of the public page, "" while there is none
	Naming           string
	AnsweredAt       time.Time
}

// NamingsGiven lists how far somebody agreed to be named, text by text, the last first. Texts in quarantine are left out.
func NamingsGiven(ctx context.Context, db bun.IDB, person uuid.UUID) ([]NamingGiven, error) {
	last := db.NewSelect().TableExpr("reviews AS rv").ColumnExpr("DISTINCT ON (rv.recommendation_id) rv.recommendation_id, rv.task_id, rv.naming, rv.answered_at").
		Where("rv.person_id = ? AND rv.answer IS NOT NULL AND rv.organisation_id IS NULL AND "+inOpenRound, person).OrderExpr("rv.recommendation_id, rv.answered_at DESC")
	var list []NamingGiven
	err := db.NewSelect().TableExpr("(?) AS said", last).Join("JOIN recommendations AS r ON r.id = said.recommendation_id").
		ColumnExpr("said.*, r.title, r.language, CASE WHEN r.published_at IS NULL THEN '' ELSE r.slug END AS slug").
		Where("r.quarantined_at IS NULL").OrderExpr("said.answered_at DESC").Scan(ctx, &list)
	if err != nil {
		return nil, fmt.Errorf("read where somebody agreed to be named: %w", err)
	}
	return list, nil
}
