package models

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"tribuna/internal/apperr"
)

// ResponseInput is an answer to a comment, or to several alike. Who does not take it up whole says why.
type ResponseInput struct {
	Outcome string `json:"outcome" validate:"required,oneof=accepted partly not_accepted"`
	Reason  string `json:"reason" validate:"required_unless=Outcome accepted,max=8000"`
	Written
}

// GroupInput puts remarks together under a title.
type GroupInput struct {
	Title string `json:"title" validate:"required,max=200"`
}

// SeenRemark names a remark with the revision of its answer that the writer saw; 0 where there was none.
type SeenRemark struct {
	ID       uuid.UUID
	Revision int
}

// split takes the ids and the revisions apart, for the database.
func split(seen []SeenRemark) (ids []uuid.UUID, revisions []int) {
	for _, s := range seen {
		ids, revisions = append(ids, s.ID), append(revisions, s.Revision)
	}
	return ids, revisions
}

// chosen joins the remarks on a recommendation with those somebody chose.
const chosen = `(` + remarksQuery + `) AS r JOIN unnest(?::uuid[], ?::int[]) AS p(id, seen) ON p.id = r.id`

// Respond writes the same answer to each of the remarks. When somebody else answered one of them meanwhile nothing is
// written and it is refused with CodeOutdated.
func Respond(ctx context.Context, tx bun.IDB, recommendation uuid.UUID, to []SeenRemark, in ResponseInput, by uuid.UUID, now time.Time) error {
	if len(to) == 0 {
		return apperr.Invalid("pick", "pick_comments")
	}
	ids, revisions := split(to)
	done, err := tx.NewRaw(`INSERT INTO comment_responses AS a (id, recommendation_id, comment_id, task_id, outcome, reason, written_in, answered_by, answered_at)
		SELECT r.id, ?, CASE WHEN r.block >= 0 THEN r.id END, CASE WHEN r.block < 0 THEN r.task_id END, ?, ?, ?, ?, ? FROM `+chosen+`
		WHERE r.revision = p.seen
		ON CONFLICT (id) DO UPDATE SET outcome = EXCLUDED.outcome, reason = EXCLUDED.reason, written_in = EXCLUDED.written_in,
			answered_by = EXCLUDED.answered_by, answered_at = EXCLUDED.answered_at, revision = a.revision + 1
		WHERE a.revision = (SELECT p.seen FROM unnest(?::uuid[], ?::int[]) AS p(id, seen) WHERE p.id = a.id)`,
		recommendation, in.Outcome, in.Reason, in.WrittenIn, by, now, recommendation, pgdialect.Array(ids), pgdialect.Array(revisions), pgdialect.Array(ids), pgdialect.Array(revisions)).Exec(ctx)
	if err != nil {
		return fmt.Errorf("answer comments: %w", err)
	}
	return allOf(done, len(to))
}

// allOf refuses what was not done to all of them: another had changed one, or it is not there.
func allOf(done interface{ RowsAffected() (int64, error) }, want int) error {
	n, err := done.RowsAffected()
	if err == nil && int(n) != want {
		err = apperr.About(apperr.CodeOutdated, "comment")
	}
	return err
}

// GroupRemarks puts remarks of one round into a new group; those that were in another leave it, and a group that nobody is
// left in goes, with its answer: which they were is told with the new one. The answers they have of their own stay.
func GroupRemarks(ctx context.Context, tx bun.IDB, recommendation uuid.UUID, round int, members []SeenRemark, in GroupInput, now time.Time) (*CommentGroup, error) {
	if len(members) == 0 {
		return nil, apperr.Invalid("pick", "pick_comments")
	}
	g := &CommentGroup{ID: NewID(), RecommendationID: recommendation, Round: round, Title: in.Title, Revision: 1, CreatedAt: now}
	if _, err := tx.NewInsert().Model(g).Exec(ctx); err != nil {
		return nil, fmt.Errorf("make a group of comments: %w", err)
	}
	ids, revisions := split(members)
	if err := g.leave(ctx, tx, ids); err != nil {
		return nil, err
	}
	done, err := tx.NewRaw(`INSERT INTO comment_responses (id, recommendation_id, comment_id, task_id, group_id)
		SELECT r.id, ?, CASE WHEN r.block >= 0 THEN r.id END, CASE WHEN r.block < 0 THEN r.task_id END, ? FROM `+chosen+` WHERE r.round = ?
		ON CONFLICT (id) DO UPDATE SET group_id = EXCLUDED.group_id`,
		recommendation, g.ID, recommendation, pgdialect.Array(ids), pgdialect.Array(revisions), round).Exec(ctx)
	if err != nil {
		return nil, fmt.Errorf("group comments: %w", err)
	}
	if err := allOf(done, len(members)); err != nil {
		return nil, err
	}
	_, err = tx.NewDelete().Model((*CommentGroup)(nil)).Where("recommendation_id = ?", recommendation).
		Where("NOT EXISTS (SELECT FROM comment_responses AS a WHERE a.group_id = cg.id)").Exec(ctx)
	return g, err
}

// leave reads which groups the remarks leave that come into this one.
func (g *CommentGroup) leave(ctx context.Context, tx bun.IDB, remarks []uuid.UUID) error {
	err := tx.NewRaw(`SELECT was.title, was.outcome IS NOT NULL AS answered, count(*) AS comments,
			count(*) = (SELECT count(*) FROM comment_responses AS all_of WHERE all_of.group_id = was.id) AS gone
		FROM comment_responses AS a JOIN comment_groups AS was ON was.id = a.group_id
		WHERE a.recommendation_id = ? AND a.id = ANY(?::uuid[]) GROUP BY was.id ORDER BY was.title, was.id`,
		g.RecommendationID, pgdialect.Array(remarks)).Scan(ctx, &g.Left)
	if err != nil {
		return fmt.Errorf("read which groups comments leave: %w", err)
	}
	return nil
}

// EditGroup renames a group and, where in is not nil, answers it, on top of the revision that the writer saw.
func EditGroup(ctx context.Context, tx bun.IDB, g *CommentGroup, seen int, title GroupInput, in *ResponseInput, by uuid.UUID, now time.Time) error {
	g.Title = title.Title
	if in != nil {
		g.Outcome, g.Reason, g.WrittenIn, g.AnsweredBy, g.AnsweredAt = &in.Outcome, in.Reason, in.WrittenIn, &by, &now
	}
	g.Revision = seen + 1
	done, err := tx.NewUpdate().Model(g).WherePK().Where("revision = ?", seen).Exec(ctx)
	if err != nil {
		return fmt.Errorf("answer a group of comments: %w", err)
	}
	return allOf(done, 1)
}

// DissolveGroup takes the remarks of a group apart. What was answered to the group goes with it.
func DissolveGroup(ctx context.Context, tx bun.IDB, g *CommentGroup, seen int) error {
	done, err := tx.NewDelete().Model(g).WherePK().Where("revision = ?", seen).Exec(ctx)
	if err != nil {
		return fmt.Errorf("take a group of comments apart: %w", err)
	}
	return allOf(done, 1)
}
