package models

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
)

// ReportKind is what is wrong with a text in the eyes of who reports it.
type ReportKind string

// The kinds of reports.
const (
	ReportChild    ReportKind = "child"    // it names a child, or says who it is
	ReportPersonal ReportKind = "personal" // it holds somebody's personal data
	ReportOther    ReportKind = "other"
)

// ReportKinds lists what can be reported.
func ReportKinds() []ReportKind { return []ReportKind{ReportChild, ReportPersonal, ReportOther} }

// What came of a report.
const (
	ReportRemoved   = "removed"   // words were removed
	ReportUnfounded = "unfounded" // nothing had to be removed
)

// ContentReport says that a text should not be read by everybody as it stands.
type ContentReport struct {
	bun.BaseModel `bun:"table:content_reports,alias:rp"`

	ID               uuid.UUID `bun:",pk"`
	RecommendationID uuid.UUID
	Kind             ReportKind
	Reason           string // emptied when the report is settled, like Email
	Email            string
	PersonID         *uuid.UUID
	ReportedAt       time.Time
	SettledAt        *time.Time
	SettledBy        *uuid.UUID
	Outcome          *string

	Recommendation *Recommendation `bun:"rel:belongs-to,join:recommendation_id=id"`
}

// ReportInput is a report as it is sent.
type ReportInput struct {
	Kind   ReportKind `json:"kind" validate:"required,oneof=child personal other"`
	Reason string     `json:"reason" validate:"required,max=2000"`
	Email  string     `json:"email,omitempty" validate:"omitempty,email,max=254"` // to be told what came of it
}

// ReportContent keeps a report and writes at once to the coordinators and to who is in charge of the text. Person is nil
// for somebody who is not signed in.
func ReportContent(ctx context.Context, tx bun.IDB, r *Recommendation, in ReportInput, person *uuid.UUID, now time.Time) (*ContentReport, error) {
	report := &ContentReport{ID: NewID(), RecommendationID: r.ID, Kind: in.Kind, Reason: in.Reason, Email: in.Email, PersonID: person, ReportedAt: now}
	if _, err := tx.NewInsert().Model(report).Exec(ctx); err != nil {
		return nil, fmt.Errorf("keep a report: %w", err)
	}
	readers, err := Coordinators(ctx, tx)
	if err != nil {
		return nil, err
	}
	officer, err := PersonByID(ctx, tx, r.OfficerID)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(readers, func(p Person) bool { return p.ID == officer.ID }) {
		readers = append(readers, officer)
	}
	for _, reader := range readers {
		err := Enqueue(ctx, tx, &OutboxMail{Kind: MailContentReported, DedupeKey: fmt.Sprintf("content_reported:%s:%s", report.ID, reader.ID),
			PersonID: reader.ID, RecommendationID: &r.ID, Data: MailData{Report: &report.ID}, CreatedAt: now})
		if err != nil {
			return nil, err
		}
	}
	return report, nil
}

// OpenReports lists what nobody settled yet, oldest first, with the texts.
func OpenReports(ctx context.Context, db bun.IDB) ([]ContentReport, error) {
	var list []ContentReport
	err := db.NewSelect().Model(&list).Relation("Recommendation").Where("rp.settled_at IS NULL").Order("rp.reported_at", "rp.id").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read open reports: %w", err)
	}
	return list, nil
}

// QuarantinedTexts lists what is hidden, longest hidden first.
func QuarantinedTexts(ctx context.Context, db bun.IDB) ([]Recommendation, error) {
	var list []Recommendation
	if err := db.NewSelect().Model(&list).Where("r.quarantined_at IS NOT NULL").Order("r.quarantined_at", "r.id").Scan(ctx); err != nil {
		return nil, fmt.Errorf("read what is in quarantine: %w", err)
	}
	return list, nil
}

// ReportByID returns a report with its text.
func ReportByID(ctx context.Context, db bun.IDB, id uuid.UUID) (*ContentReport, error) {
	r := new(ContentReport)
	err := db.NewSelect().Model(r).Relation("Recommendation").Where("rp.id = ?", id).Scan(ctx)
	return r, found(err, "report")
}

// Settle ends a report and forgets what was written in it and by whom: it may name the child itself. That it was made,
// when, and who settled it how stays, and is in the journal.
func (r *ContentReport) Settle(ctx context.Context, tx bun.IDB, outcome string, by Person, now time.Time) error {
	res, err := tx.NewUpdate().Model(r).Set("settled_at = ?", now).Set("settled_by = ?", by.ID).Set("outcome = ?", outcome).
		Set("reason = ''").Set("email = ''").Where("id = ? AND settled_at IS NULL", r.ID).Exec(ctx)
	if err != nil {
		return fmt.Errorf("settle a report: %w", err)
	}
	if n, _ := res.RowsAffected(); n == 0 {
		return apperr.About(apperr.CodeClosed, "report")
	}
	//i18n:keys journal.report.settled_*
	return Journal(ctx, tx, by, now, JournalEntry{Verb: "report.settled_" + outcome, ObjectKind: "report", Object: r.ID,
		Facts: map[string]string{"text": shortID(r.RecommendationID), "recommendation": r.RecommendationID.String()}})
}

// MailReport is what the mail about a report says.
type MailReport struct {
	ID               uuid.UUID
	RecommendationID uuid.UUID
	Kind             ReportKind
	Owner            string // the organisation whose text it is
	ReportedAt       time.Time
	ToCoordinator    bool
}

// ReportedIn returns what a mail says about the report it names.
func ReportedIn(ctx context.Context, db bun.IDB, m OutboxMail) (MailReport, error) {
	var r MailReport
	if m.Data.Report == nil {
		return r, apperr.NotFound("report")
	}
	err := db.NewSelect().TableExpr("content_reports AS rp").ColumnExpr("rp.id, rp.recommendation_id, rp.kind, rp.reported_at, o.name AS owner").
		ColumnExpr("EXISTS (SELECT 1 FROM roles AS ro WHERE ro.person_id = ? AND ro.role = ?) AS to_coordinator", m.PersonID, RoleCoordinator).
		Join("JOIN recommendations AS rec ON rec.id = rp.recommendation_id").Join("JOIN organisations AS o ON o.id = rec.organisation_id").
		Where("rp.id = ?", *m.Data.Report).Scan(ctx, &r)
	return r, found(err, "report")
}
