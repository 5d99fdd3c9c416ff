package models

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
)

// PreparedLetters returns the letter of a mailing whose readers write to their representatives, by language.
func PreparedLetters(ctx context.Context, db bun.IDB, mailing uuid.UUID) ([]PreparedLetter, error) {
	var list []PreparedLetter
	err := db.NewSelect().Model(&list).Where("mlt.mailing_id = ?", mailing).Order("mlt.language").Scan(ctx)
	return list, err
}

// WritingOpen returns a mailing whose readers write to their representatives once it was launched and while its text may be
// read; what was cancelled, hidden or is a draft is not found. Whether its last day is over, WritingOver says.
func WritingOpen(ctx context.Context, db bun.IDB, id uuid.UUID) (*Mailing, error) {
	m, err := MailingByID(ctx, db, id)
	if err != nil {
		return nil, err
	}
	open, err := db.NewSelect().TableExpr("recommendations AS r").Where("r.id = ? AND r.published_at IS NOT NULL", m.RecommendationID).Where(notQuarantined).Exists(ctx)
	if err != nil {
		return nil, fmt.Errorf("read whether a letter may be shown: %w", err)
	}
	if !open || m.Kind != MailingKindRepresentative || m.LaunchedAt == nil || m.State == MailingCancelled {
		return nil, apperr.NotFound("mailing")
	}
	return m, nil
}

// WritingsOpen lists the mailings about a recommendation whose letter WritingOpen returns and whose last day is not
// over, the newest first.
func WritingsOpen(ctx context.Context, db bun.IDB, recommendation uuid.UUID, now time.Time) ([]*Mailing, error) {
	var ids []uuid.UUID
	err := db.NewSelect().Model((*Mailing)(nil)).Column("ml.id").Where("ml.recommendation_id = ? AND ml.kind = ?", recommendation, MailingKindRepresentative).
		Where("ml.launched_at IS NOT NULL AND ml.state <> ?", MailingCancelled).Order("ml.launched_at DESC", "ml.id").Scan(ctx, &ids)
	if err != nil {
		return nil, fmt.Errorf("read which letters readers can send: %w", err)
	}
	var open []*Mailing
	for _, id := range ids {
		if len(open) == mostLetters {
			break
		}
		m, err := WritingOpen(ctx, db, id)
		if apperr.CodeOf(err) == apperr.CodeNotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		if !m.WritingOver(now) {
			open = append(open, m)
		}
	}
	return open, nil
}

// mostLetters is how many letters a public page offers.
const mostLetters = 3

// Letter returns the prepared letter as a reader of a language gets it: in that language, else in the fallback.
func (m Mailing) Letter(language string) *PreparedLetter {
	for _, tag := range []string{language, m.FallbackLanguage} {
		for i := range m.Letters {
			if m.Letters[i].Language == tag {
				return &m.Letters[i]
			}
		}
	}
	return nil
}

// SayWritten notes that a person says they wrote, once; with written false it takes that back. It holds no more than that they
// said so: not to whom, nor what. Either way they have the mail with the link: one of which that was not known arrived.
func SayWritten(ctx context.Context, db bun.IDB, mailing, person uuid.UUID, written bool, now time.Time) error {
	query := `INSERT INTO mailing_written (mailing_id, person_id, at) VALUES (?0, ?1, ?2) ON CONFLICT DO NOTHING`
	if !written {
		query = `DELETE FROM mailing_written WHERE mailing_id = ?0 AND person_id = ?1`
	}
	return db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if err := arrived(ctx, tx, mailing, person, now); err != nil {
			return err
		}
		if _, err := tx.NewRaw(query, mailing, person, now).Exec(ctx); err != nil {
			return fmt.Errorf("note that somebody wrote: %w", err)
		}
		return nil
	})
}

// WrittenCount is how many people say that they wrote, and whether a person is among them; Nil is nobody.
func WrittenCount(ctx context.Context, db bun.IDB, mailing, person uuid.UUID) (people int, theirs bool, err error) {
	err = db.NewRaw(`SELECT count(*), coalesce(bool_or(person_id = ?1), false) FROM mailing_written WHERE mailing_id = ?0`, mailing, person).
		Scan(ctx, &people, &theirs)
	if err != nil {
		return 0, false, fmt.Errorf("count who wrote: %w", err)
	}
	return people, theirs, nil
}

// WrittenBy is how many of those who say that they wrote a filter leaves, narrowed to a country and to the language of the text they got. The outcome of the filter
// narrows nothing here.
func WrittenBy(ctx context.Context, db bun.IDB, mailing uuid.UUID, f OutcomeFilter) (int, error) {
	people, err := f.narrow(db.NewSelect().TableExpr("mailing_written AS mw").Join("JOIN people AS person ON person.id = mw.person_id").
		Join("LEFT JOIN outbox AS o ON o.mailing_id = mw.mailing_id AND o.person_id = mw.person_id").Where("mw.mailing_id = ?", mailing)).Count(ctx)
	if err != nil {
		return 0, fmt.Errorf("count who of a mailing's recipients wrote: %w", err)
	}
	return int(people), nil
}
