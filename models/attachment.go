package models

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/access"
	"tribuna/internal/apperr"
)

// Attachment is the original of what was recorded on somebody's behalf, or the evidence of a report on progress. It is
// stored before the words it belongs to are sent; which ones these are stands with the submission.
type Attachment struct {
	bun.BaseModel `bun:"table:attachments,alias:a"`

	ID               uuid.UUID `bun:",pk"`
	RecommendationID uuid.UUID
	Name             string // cleaned; emptied by a redaction
	MediaType        string
	Size             int64
	Hash             string `bun:"sha256"` // of the bytes, hexadecimal; stays
	Bytes            []byte `bun:"type:bytea"`
	UploadedBy       uuid.UUID
	CreatedAt        time.Time
	RedactedAt       *time.Time
}

// NewAttachment takes a file as somebody chose it: what it is called, what it holds. What is empty, too large or of
// another type than its name says is refused with a blame on the field "file".
func NewAttachment(recommendation uuid.UUID, name string, content []byte, by uuid.UUID, now time.Time) (*Attachment, error) {
	name = cleanName(name)
	switch {
	case len(content) == 0:
		return nil, apperr.Invalid("file", "file_empty")
	case len(content) > MaxAttachment:
		return nil, FileTooLarge()
	}
	kind, err := mediaType(name, content)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(content)
	return &Attachment{ID: NewID(), RecommendationID: recommendation, Name: name, MediaType: kind, Size: int64(len(content)),
		Hash: hex.EncodeToString(sum[:]), Bytes: content, UploadedBy: by, CreatedAt: now}, nil
}

// FileTooLarge blames a file that nobody has to read to its end to know that it is too large.
func FileTooLarge() error { return apperr.Invalid("file", "file_size", "megabytes", MaxAttachment>>20) }

// Insert stores the attachment.
func (a *Attachment) Insert(ctx context.Context, db bun.IDB) error {
	_, err := db.NewInsert().Model(a).Exec(ctx)
	if err != nil {
		return fmt.Errorf("store attachment: %w", err)
	}
	return nil
}

// Redacted reports whether the bytes were removed.
func (a *Attachment) Redacted() bool { return a.RedactedAt != nil }

// AttachmentByID returns an attachment of a recommendation without its bytes.
func AttachmentByID(ctx context.Context, db bun.IDB, recommendation, id uuid.UUID) (*Attachment, error) {
	a := new(Attachment)
	err := db.NewSelect().Model(a).ExcludeColumn("bytes").Where("a.id = ? AND a.recommendation_id = ?", id, recommendation).Scan(ctx)
	return a, found(err, "attachment")
}

// Attachments returns those of a recommendation by their ids, without their bytes.
func Attachments(ctx context.Context, db bun.IDB, recommendation uuid.UUID) (map[uuid.UUID]Attachment, error) {
	var list []Attachment
	if err := db.NewSelect().Model(&list).ExcludeColumn("bytes").Where("a.recommendation_id = ?", recommendation).Scan(ctx); err != nil {
		return nil, fmt.Errorf("read attachments: %w", err)
	}
	by := make(map[uuid.UUID]Attachment, len(list))
	for _, a := range list {
		by[a.ID] = a
	}
	return by, nil
}

// recordedFor are the submissions by which an attachment came on record for a person.
const recordedFor = `SELECT 1 FROM submissions AS s WHERE s.attachment_id = a.id AND s.state = 'recorded' AND s.on_behalf_of = ?`

// evidenceOf are the reports on progress that show an attachment.
const evidenceOf = `SELECT 1 FROM progress_notes AS n WHERE n.attachment_id = a.id`

// saidInMasked are the answers in anonymised rounds that an attachment (alias a) is the original of.
const saidInMasked = `SELECT 1 FROM submissions AS masked JOIN tasks AS t ON t.id = masked.task_id
	WHERE masked.attachment_id = a.id AND masked.state = 'recorded' AND ` + maskedTask

// original limits a query over attachments (alias a) to what the viewer may read: everything for coordinators, for
// officers what belongs to what their organisation owns (of what experts said in anonymised rounds only those who hold the key), for everybody what was recorded in their name, and evidence for
// all who read the report it belongs to.
func (v Viewer) original(q *bun.SelectQuery) *bun.SelectQuery {
	if !v.Has(RoleCoordinator) {
		q = q.Where("NOT EXISTS (SELECT 1 FROM recommendations AS hidden WHERE hidden.id = a.recommendation_id AND hidden.quarantined_at IS NOT NULL)")
	}
	if v.LinkTask != uuid.Nil {
		return q.Where("(EXISTS ("+recordedFor+" AND s.task_id = ?) OR EXISTS ("+evidenceOf+
			" AND n.followup_id = (SELECT t.process_id FROM tasks AS t WHERE t.id = ?)))", v.PersonID, v.LinkTask, v.LinkTask)
	}
	officerOf := bun.List(v.organisationsAs(RoleOfficer))
	if v.Has(RoleCoordinator) {
		return q.Where("(NOT EXISTS ("+saidInMasked+") OR EXISTS ("+recordedFor+") OR NOT EXISTS (SELECT 1 FROM recommendations AS r WHERE r.id = a.recommendation_id AND (r.organisation_id IN (?) OR r.officer_id = ?)))",
			v.PersonID, officerOf, v.PersonID)
	}
	return q.WhereGroup(" AND ", func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("NOT EXISTS ("+saidInMasked+") AND EXISTS (SELECT 1 FROM recommendations AS r WHERE r.id = a.recommendation_id AND r.organisation_id IN (?))",
			officerOf).
			WhereOr("EXISTS ("+recordedFor+")", v.PersonID).
			WhereOr("EXISTS ("+evidenceOf+") AND (? OR EXISTS (SELECT 1 FROM recommendations AS r WHERE r.id = a.recommendation_id AND r.officer_id = ?))",
				v.Has(RoleOfficer) || v.Has(RolePartner), v.PersonID)
	})
}

// VisibleAttachment returns an attachment with its bytes if the viewer may read it, and "not found" otherwise, as where
// the bytes were removed.
func VisibleAttachment(ctx context.Context, db bun.IDB, v Viewer, id uuid.UUID) (*Attachment, error) {
	a := new(Attachment)
	err := v.original(db.NewSelect().Model(a).Where("a.id = ? AND a.redacted_at IS NULL", id)).Scan(ctx)
	return a, found(err, "attachment")
}

// OriginalOf returns the original of what was recorded last in a person's name about a task, without its bytes, or nil
// where there is none.
func OriginalOf(ctx context.Context, db bun.IDB, task, person uuid.UUID) (*Attachment, error) {
	a := new(Attachment)
	err := db.NewSelect().Model(a).ExcludeColumn("bytes").
		Where(`a.redacted_at IS NULL AND a.id = (SELECT s.attachment_id FROM submissions AS s WHERE s.task_id = ? AND s.on_behalf_of = ?
			AND s.state = 'recorded' ORDER BY s.received_at DESC LIMIT 1)`, task, person).Scan(ctx)
	if err := found(err, "attachment"); apperr.CodeOf(err) == apperr.CodeNotFound {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	return a, nil
}

// AttachmentObject is an attachment as the table of roles sees it. Link is the task a personal link opened, or nil.
func AttachmentObject(ctx context.Context, db bun.IDB, a *Attachment, link *uuid.UUID) (access.Object, error) {
	r, err := RecommendationByID(ctx, db, a.RecommendationID)
	if err != nil {
		return access.Object{}, err
	}
	o := access.Object{Kind: "attachment", OwnerOrganisation: r.OrganisationID, OfficerID: r.OfficerID, Stage: string(r.Stage)}
	o.Published, o.Quarantined = r.Public(), r.Quarantined()
	evidence := db.NewSelect().TableExpr("progress_notes AS n").Where("n.attachment_id = ?", a.ID)
	if o.Evidence, err = evidence.Exists(ctx); err != nil {
		return o, fmt.Errorf("read what an attachment is evidence of: %w", err)
	}
	if o.Evidence && link != nil {
		about, err := evidence.Where("n.followup_id = (SELECT t.process_id FROM tasks AS t WHERE t.id = ?)", *link).Exists(ctx)
		if err != nil {
			return o, fmt.Errorf("read what a personal link asks about: %w", err)
		}
		if about {
			o.TaskID = *link
		}
	}
	var rows []struct {
		OnBehalfOf uuid.UUID
		TaskID     uuid.UUID
		Masked     bool
	}
	err = db.NewSelect().TableExpr("submissions AS s").ColumnExpr("s.on_behalf_of").
		ColumnExpr("coalesce(s.task_id, '00000000-0000-0000-0000-000000000000') AS task_id").
		ColumnExpr("EXISTS (SELECT 1 FROM tasks AS t WHERE t.id = s.task_id AND "+maskedTask+") AS masked").
		Where("s.attachment_id = ? AND s.state = ? AND s.on_behalf_of IS NOT NULL", a.ID, SubmissionRecorded).Scan(ctx, &rows)
	if err != nil {
		return o, fmt.Errorf("read for whom an attachment was recorded: %w", err)
	}
	for _, row := range rows {
		o.SpokenFor, o.Masked = row.OnBehalfOf, o.Masked || row.Masked // one person: Attachable keeps it so
		if link != nil && row.TaskID == *link {
			o.TaskID = row.TaskID
		}
	}
	return o, nil
}

// Attachable returns the attachment a submission names, without its bytes, if it can be recorded as the original of what
// this person said: it belongs to the recommendation, it is still there, and it is not the original of what somebody
// else said, who would be shown to this person by it. Who reports progress in their own words shows what they stored
// themselves.
func Attachable(ctx context.Context, db bun.IDB, recommendation uuid.UUID, s *Submission) (*Attachment, error) {
	if s.OnBehalfOf == nil && s.Kind != DecideReportProgress {
		return nil, apperr.Invalid("on_behalf_of", "required")
	}
	a, err := AttachmentByID(ctx, db, recommendation, *s.AttachmentID)
	if err != nil {
		return nil, asField(err, "attachment_id")
	}
	if a.Redacted() || s.OnBehalfOf == nil && a.UploadedBy != s.ActorID {
		return nil, apperr.Invalid("attachment_id", "unknown")
	}
	taken, err := db.NewSelect().TableExpr("submissions AS s").
		Where("s.attachment_id = ? AND s.state = ? AND s.on_behalf_of IS DISTINCT FROM ?", a.ID, SubmissionRecorded, s.OnBehalfOf).Exists(ctx)
	if err != nil {
		return nil, fmt.Errorf("look for whom an attachment was recorded: %w", err)
	}
	if taken {
		return nil, apperr.Invalid("attachment_id", "file_of_another")
	}
	return a, nil
}

// attachmentHash is the hash of the file a submission names, "" for none. It has to belong to what the process is about.
func (s *Submission) attachmentHash(ctx context.Context, db bun.IDB) (string, error) {
	if s.AttachmentID == nil {
		return "", nil
	}
	p, err := ProcessByID(ctx, db, s.ProcessID)
	if err != nil {
		return "", err
	}
	a, err := AttachmentByID(ctx, db, p.RecommendationID, *s.AttachmentID)
	return a.Hash, asField(err, "attachment_id")
}

// redactAttachment removes the bytes and the name of the attachment an entry tells of.
func redactAttachment(ctx context.Context, tx bun.IDB, recommendation uuid.UUID, id string, now time.Time) error {
	res, err := tx.NewUpdate().Model((*Attachment)(nil)).Set("bytes = NULL").Set("name = ''").Set("redacted_at = ?", now).
		Where("id = ? AND recommendation_id = ? AND redacted_at IS NULL", id, recommendation).Exec(ctx)
	if err != nil {
		return fmt.Errorf("redact attachment: %w", err)
	}
	if n, _ := res.RowsAffected(); n == 0 {
		return apperr.Invalid("field", "unknown")
	}
	return nil
}

// EmptyAbandonedAttachments removes the bytes of files stored before a time for words that were never sent or not
// recorded: nobody is told of them, so nobody keeps them.
func EmptyAbandonedAttachments(ctx context.Context, db bun.IDB, before, now time.Time) error {
	_, err := db.NewUpdate().Model((*Attachment)(nil)).Set("bytes = NULL").Set("name = ''").Set("redacted_at = ?", now).
		Where("created_at < ? AND redacted_at IS NULL", before).
		Where("NOT EXISTS (SELECT 1 FROM submissions AS s WHERE s.attachment_id = a.id AND s.state <> 'refused')").Exec(ctx)
	return err
}
