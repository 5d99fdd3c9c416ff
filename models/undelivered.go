package models

import (
	"context"
	"fmt"
	"regexp"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// UndeliveredWhy is why a mail did not reach somebody, as far as its server said.
type UndeliveredWhy string

// The reasons.
const (
	UndeliveredNobody  UndeliveredWhy = "nobody"  // nobody has that address
	UndeliveredFull    UndeliveredWhy = "full"    // the mailbox is full
	UndeliveredRefused UndeliveredWhy = "refused" // the server did not want the mail
	UndeliveredFailed  UndeliveredWhy = "failed"  // it could not be delivered for now, for too long
	UndeliveredUnsent  UndeliveredWhy = "unsent"  // the address is not to be written to, so nothing was sent
)

// Undelivered is what became of the last mail about an open question to somebody it waits for, where it did not reach them.
type Undelivered struct {
	TaskID           uuid.UUID
	ProcessID        uuid.UUID
	RecommendationID uuid.UUID
	Kind             TaskKind
	PersonID         uuid.UUID
	Person           string
	At               time.Time // when that was known
	Why              UndeliveredWhy
	Stopped          string // why nothing more goes to the address they have now, a reason of a suppression; "" where mails do

	State  MailState // of that mail, with what was reported of it
	Class  BounceClass
	Status string
	Reply  string
}

// askingMails are the mails about a question to those it waits for. Others of the same question go to who is in charge.
func askingMails() []MailKind {
	return []MailKind{MailReviewInvitation, MailConsultInvitation, MailTranslateInvitation, MailApproveInvitation, MailSignOffInvitation,
		MailOfficerTask, MailProgressRequest, MailNewLink, MailRoundClosing, MailRoundGoesOn, MailMoreTime, MailTimeRefused, MailConflictRuled}
}

// stillAsked is whether a mail (alias o) went to somebody whom its question (alias t) still waits for.
const stillAsked = `(t.person_id = o.person_id OR t.person_id IS NULL AND EXISTS (
	SELECT 1 FROM roles AS speaks JOIN organisations AS mine ON mine.id = speaks.organisation_id
	WHERE speaks.person_id = o.person_id AND speaks.role IN ('partner', 'officer')
		AND (mine.id = t.organisation_id OR mine.voting_unit = t.organisation_id AND NOT t.alone)))`

// toldOf are the mails about the open questions that narrow leaves which came to an end: those of a question, and the reminders of a
// day that were about it among others.
func toldOf(db bun.IDB, narrow func(*bun.SelectQuery) *bun.SelectQuery) *bun.SelectQuery {
	open := func() *bun.SelectQuery {
		return db.NewSelect().TableExpr("tasks AS t").Join("JOIN recommendations AS r ON r.id = t.recommendation_id").
			ColumnExpr("t.id AS task_id, t.process_id, t.recommendation_id, t.kind AS kind, r.organisation_id AS owner_id, o.id AS mail_id, o.person_id, o.state, o.reply, o.finished_at").
			Where("t.state = ? AND t.kind <> ?", TaskOpen, TaskEscalation).Where("r.quarantined_at IS NULL").Apply(narrow)
	}
	own := open().Join("JOIN outbox AS o ON o.task_id = t.id").Where("o.kind IN (?)", bun.List(askingMails())).Where(stillAsked)
	digests := open().Join("JOIN outbox AS o ON o.kind = ? AND o.finished_at >= t.opened_at", MailDigest).
		Where("o.person_id IN (SELECT asked.person_id FROM outbox AS asked WHERE asked.task_id = t.id)").Where(stillAsked).
		Where(`CASE WHEN COALESCE(jsonb_array_length(o.data -> 'tasks'), 0) = 0 THEN t.reminders + t.respond_reminders > 0
			ELSE o.data -> 'tasks' @> to_jsonb(ARRAY[t.id::text]) END`)
	return own.UnionAll(digests)
}

// mayName limits what is told of mails (alias last) to those whom the viewer may know to be asked: see MayName.
func (v Viewer) mayName(q *bun.SelectQuery) *bun.SelectQuery {
	switch {
	case v.PersonID == uuid.Nil:
		return q.Where("FALSE")
	case v.LinkTask != uuid.Nil:
		return q.Where("last.person_id = ?", v.PersonID)
	case v.Has(RoleCoordinator):
		return q
	}
	return q.WhereGroup(" AND ", func(q *bun.SelectQuery) *bun.SelectQuery {
		q = q.Where("last.person_id = ?", v.PersonID).WhereOr("last.owner_id IN (?)", bun.List(v.organisationsAs(RoleOfficer)))
		if v.Has(RoleOfficer) || v.Has(RolePartner) {
			q = q.WhereOr("last.kind <> ?", TaskReview)
		}
		return q
	})
}

// undelivered are those of the last mails to everybody asked that did not reach them, as far as the viewer may know who is asked.
func (v Viewer) undelivered(db bun.IDB, narrow func(*bun.SelectQuery) *bun.SelectQuery) *bun.SelectQuery {
	last := db.NewSelect().TableExpr("(?) AS told", toldOf(db, narrow)).ColumnExpr("DISTINCT ON (told.task_id, told.person_id) told.*").
		Where("told.state IN (?) OR told.state = ? AND told.reply = ?", bun.List([]MailState{MailDelivered, MailFailed, MailBounced}), MailCancelled, ReplySuppressed).
		OrderExpr("told.task_id, told.person_id, told.finished_at DESC, told.mail_id DESC")
	return v.mayName(db.NewSelect().TableExpr("(?) AS last", last).Join("JOIN people AS p ON p.id = last.person_id AND p.left_at IS NULL").
		Where("last.state <> ?", MailDelivered))
}

// UndeliveredOf returns who of those asked in a recommendation and its follow-ups the last mail did not reach, by question, as far as
// the viewer may know that they are asked.
func UndeliveredOf(ctx context.Context, db bun.IDB, v Viewer, recommendation uuid.UUID) (map[uuid.UUID][]Undelivered, error) {
	list, err := readUndelivered(ctx, db, v, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("r.id = ?", recommendation) })
	byTask := map[uuid.UUID][]Undelivered{}
	for _, u := range list {
		byTask[u.TaskID] = append(byTask[u.TaskID], u)
	}
	return byTask, err
}

func readUndelivered(ctx context.Context, db bun.IDB, v Viewer, narrow func(*bun.SelectQuery) *bun.SelectQuery) ([]Undelivered, error) {
	var list []Undelivered
	err := v.undelivered(db, narrow).
		ColumnExpr("last.task_id, last.process_id, last.recommendation_id, last.kind, last.person_id, p.name AS person, last.state, last.reply").
		ColumnExpr("COALESCE(back.received_at, last.finished_at) AS at, COALESCE(back.class, '') AS class, COALESCE(back.status, '') AS status").
		ColumnExpr("COALESCE(s.reason, '') AS stopped").
		Join(`LEFT JOIN LATERAL (SELECT b.class, b.status, b.received_at FROM bounces AS b WHERE b.mail_id = last.mail_id AND b.class IN ('hard', 'soft', 'policy')
			ORDER BY b.received_at DESC, b.id DESC LIMIT 1) AS back ON last.state = 'bounced'`).
		Join("LEFT JOIN suppressions AS s ON s.address_hash = p.address_hash").
		OrderExpr("at, last.task_id, last.person_id").Scan(ctx, &list)
	if err != nil {
		return nil, fmt.Errorf("read which mails reached nobody: %w", err)
	}
	for i := range list {
		list[i].Why = list[i].why()
	}
	return list, nil
}

// UndeliveredCounts returns in how many places of each recommendation the last mail about an open question did not reach somebody, as
// far as the viewer may know that they are asked; those where all arrived are left out.
func UndeliveredCounts(ctx context.Context, db bun.IDB, v Viewer, recommendations []uuid.UUID) (map[uuid.UUID]int, error) {
	if len(recommendations) == 0 {
		return nil, nil
	}
	var rows []struct {
		RecommendationID uuid.UUID
		Count            int
	}
	err := v.undelivered(db, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("r.id IN (?)", bun.List(recommendations)) }).
		ColumnExpr("last.recommendation_id, count(*) AS count").GroupExpr("last.recommendation_id").Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("count which mails reached nobody: %w", err)
	}
	counts := map[uuid.UUID]int{}
	for _, row := range rows {
		counts[row.RecommendationID] = row.Count
	}
	return counts, nil
}

// UndeliveredText is a recommendation of which mails reached nobody, for who is in charge of it.
type UndeliveredText struct {
	RecommendationID uuid.UUID
	Title            string
	Language         string
	Round            int // whose desk shows all of them; 0 where the recommendation's own page does
	Mails            int
	Since            time.Time
}

// inCharge are the recommendations (alias r) somebody is in charge of.
func inCharge(person uuid.UUID) func(*bun.SelectQuery) *bun.SelectQuery {
	return func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("r.officer_id = ?", person) }
}

// UndeliveredTexts lists the recommendations in a viewer's charge of which mails reached nobody, the one known first coming first.
func UndeliveredTexts(ctx context.Context, db bun.IDB, v Viewer) ([]UndeliveredText, error) {
	if v.PersonID == uuid.Nil || v.LinkTask != uuid.Nil {
		return nil, nil
	}
	list, err := readUndelivered(ctx, db, v, inCharge(v.PersonID))
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return textsOf(ctx, db, list)
}

// UndeliveredSince are those of UndeliveredTexts that the day's mail to who is in charge has not told them of yet: what was known after
// the last one went out.
func UndeliveredSince(ctx context.Context, db bun.IDB, v Viewer) ([]UndeliveredText, error) {
	var last *time.Time
	err := db.NewSelect().Model((*OutboxMail)(nil)).ColumnExpr("max(o.finished_at)").Where("o.kind = ? AND o.person_id = ?", MailDigest, v.PersonID).
		Where("o.state IN (?)", bun.List([]MailState{MailDelivered, MailUnknown})).Scan(ctx, &last)
	if err != nil {
		return nil, fmt.Errorf("read when a digest went last: %w", err)
	}
	list, err := readUndelivered(ctx, db, v, inCharge(v.PersonID))
	if err != nil {
		return nil, err
	}
	var fresh []Undelivered
	for _, u := range list {
		if last == nil || u.At.After(*last) {
			fresh = append(fresh, u)
		}
	}
	return textsOf(ctx, db, fresh)
}

func textsOf(ctx context.Context, db bun.IDB, list []Undelivered) ([]UndeliveredText, error) {
	var texts []UndeliveredText
	at := map[uuid.UUID]int{}
	for _, u := range list { // in order of time
		i, known := at[u.RecommendationID]
		if !known {
			r, err := RecommendationByID(ctx, db, u.RecommendationID)
			if err != nil {
				return nil, err
			}
			i, at[r.ID] = len(texts), len(texts)
			texts = append(texts, UndeliveredText{RecommendationID: r.ID, Title: r.Title, Language: r.Language, Since: u.At})
			if r.Stage == StageReview {
				texts[i].Round = r.Round
			}
		}
		texts[i].Mails++
	}
	return texts, nil
}

var (
	// nobodyCodes are enhanced status codes (RFC 3463) of an address that leads nowhere, roomCodes those of a full mailbox.
	nobodyCodes = regexp.MustCompile(`\b5\.(1\.(0*1|2|3|6|10)|2\.1)\b`)
	roomCodes   = regexp.MustCompile(`\b[45]\.2\.2\b`)
	nobodyWords = regexp.MustCompile(`(?i)user unknown|unknown user|no such (user|mailbox|recipient|address)|does(n't| not) exist|(recipient|mailbox|user) not found`)
	roomWords   = regexp.MustCompile(`(?i)mailbox (for user )?(is )?full|quota|out of storage|not enough space`)
	policyWords = regexp.MustCompile(`(?i)\b5\.7\.\d+\b|spam|policy|block|reputation`)
)

// why says why it did not arrive. What could be over tomorrow goes before what is for good: servers say 5.1.1 of a full mailbox too.
func (u Undelivered) why() UndeliveredWhy {
	said := u.Status + " " + u.Reply
	switch {
	case u.State == MailCancelled:
		return UndeliveredUnsent
	case u.Class == BounceHard:
		return UndeliveredNobody
	case u.Class != BouncePolicy && (roomCodes.MatchString(said) || roomWords.MatchString(said)):
		return UndeliveredFull
	case u.Class == BounceSoft, u.State == MailFailed && OutcomeGivenUp.ServerWords(u.Reply) != u.Reply:
		return UndeliveredFailed
	case u.State == MailFailed && !policyWords.MatchString(said) && (nobodyCodes.MatchString(said) || nobodyWords.MatchString(said)):
		return UndeliveredNobody
	}
	return UndeliveredRefused
}
