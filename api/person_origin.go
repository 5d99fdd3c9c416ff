package api

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
	"tribuna/models"
)

// DataOrigin is where the data of somebody came from who came in by a list.
type DataOrigin struct {
	Source     string     `json:"source"` // in the words of who brought the list
	Basis      string     `json:"basis"`  // lawful ground: consent, interest, task, contract
	ImportedAt time.Time  `json:"imported_at"`
	Notice     DataNotice `json:"notice"`
}

// DataNotice is whether they were told so (GDPR, Article 14).
type DataNotice struct {
	State      models.NoticeState `json:"state"` // ready: not yet, and a mail can; out_of_reach: not yet, and no mail can; sent; told: another way
	Unreached  string             `json:"unreached,omitempty"`
	DueAt      time.Time          `json:"due_at"`
	SentAt     *time.Time         `json:"sent_at,omitempty"`
	ToldAt     *time.Time         `json:"told_at,omitempty"`
	ObjectedAt *time.Time         `json:"objected_at,omitempty"`
}

// originOf is nil for who came in by no list.
func originOf(ctx context.Context, db bun.IDB, person uuid.UUID) (*DataOrigin, error) {
	n, err := models.NoticeOf(ctx, db, person)
	if apperr.CodeOf(err) == apperr.CodeNotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	notice := DataNotice{State: n.State, DueAt: n.DueAt, SentAt: n.SentAt, ToldAt: n.ToldAt, ObjectedAt: n.ObjectedAt}
	if n.State == models.NoticeOutOfReach {
		notice.Unreached = n.Unreached
	}
	return &DataOrigin{n.Source, n.Basis, n.ImportedAt, notice}, nil
}
