package models

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/markdown"
)

// MailReader is the person a mail goes to, as far as mails need to know.
type MailReader struct {
	ID         uuid.UUID
	Name       string
	Email      string
	Zone       string // IANA, of the person's country, else the network's
	Country    string // "" for none
	Consents   bool   // to mailings, and has not unsubscribed
	Left       bool
	Suppressed bool
}

// ReaderOf returns who a mail goes to.
func ReaderOf(ctx context.Context, db bun.IDB, person uuid.UUID) (MailReader, error) {
	var r MailReader
	err := db.NewSelect().Model((*Person)(nil)).
		Column("person.id", "person.name", "person.email").
		ColumnExpr("COALESCE(c.zone, (SELECT i.zone FROM installation AS i), '') AS zone").
		ColumnExpr("COALESCE(person.country_code, '') AS country").
		ColumnExpr("person.consent_at IS NOT NULL AND person.unsubscribed_at IS NULL AS consents").
		ColumnExpr(`person.left_at IS NOT NULL AS "left"`).
		ColumnExpr("EXISTS (SELECT 1 FROM suppressions AS s WHERE s.address_hash = person.address_hash) AS suppressed").
		Join("LEFT JOIN countries AS c ON c.code = person.country_code").
		Where("person.id = ?", person).Scan(ctx, &r)
	return r, found(err, "person")
}

// MailTask is what a mail says about a task: what is asked, about which text, by whom, until when.
type MailTask struct {
	ID               uuid.UUID
	Kind             TaskKind
	State            TaskState
	OpenedAt         time.Time
	RespondBy        *time.Time
	DueAt            time.Time // until when it is to be answered: sooner than the task's own where its round is closing
	GraceUntil       time.Time
	Extensions       int // how often the deadline was moved
	Generation       int
	Language         string   // of the translation asked for
	Organisation     string   // in whose name one answers
	Speaker          string   // the reader's own among those that share the vote; "" where no vote is shared
	Concerned        []string `bun:",array"` // who of that voting unit is concerned
	Person           string   // who is asked
	Title            string   // of the exact text, else of the recommendation
	TitleLanguage    string
	Words            int    // of the exact text, measures included
	MeasureWords     int    // of its measures alone
	Officer          string // "" where the reader must not learn it: Blind
	Owner            string // the organisation that publishes; "" likewise
	Blind            bool   // a reviewer reads who must not learn who wrote the text
	Anonymity        string // of the round; "" where there is none
	Held             bool
	Published        bool
	Withdrawn        bool // the recommendation was
	RecommendationID uuid.UUID
	MeasureNumber    int    // for progress
	Measure          string // its text
	Authority        Names  // for progress and deliveries
	Status           string // of the follow-up
	SubjectID        *uuid.UUID
	Round            int    // of a review or a consultation
	RoundReason      string // why the round before was decided as it was: for those in the network
	RoundWrittenIn   string // language of RoundReason; "" where nobody said
	Changed          string // what its author says changed in the text
	PutIn            int    // and what a step did to it, see Version
	BackTo           int
	AnsweredBefore   bool       // the reader answered the same in a round before
	ReturnNote       string     // with which a translation was returned
	ReturnWrittenIn  string     // language of ReturnNote; "" where nobody said
	RespondReminders int        // of saying whether they will
	AskedUntil       *time.Time // more time than the procedure gives without asking
	TimeRefused      string     // why the time asked for was not given
	TimeRefusedIn    string     // language of that; "" where nobody said
	ShortFor         *time.Time // the day the text is needed by, where that made the time shorter
	Suggested        bool       // who is asked was suggested by an expert who could not do it
	AddressSuggested bool       // and their address comes from there
	AnswerStands     bool       // an answer was given and may still be replaced by another
	RoundEnded       *time.Time // in which it was answered; nil while it lasts
	LateFor          Span       // of that round
	Answering        bool       // an answer was received that is not decided yet: nobody is reminded of it, see heardBy
}

// Over reports whether it is too late to answer, to change an answer or to read it, whatever the state. Tasks that wait for as long
// as it takes are not over while they are open; an answer can be changed for as long as its round or sign-off lasts, and read for a
// while after its round.
func (t MailTask) Over(now time.Time) bool {
	return now.After(readableUntil(t.GraceUntil, t.RoundEnded, t.LateFor)) && !t.AnswerStands && (t.State != TaskOpen || t.Kind.EndsWithGrace())
}

// Minutes are how long reading the text, answering what is asked about it, and reading the measures alone take; 0 for no measures.
func (t MailTask) Minutes() (read, answer, measures int) {
	if t.MeasureWords > 0 {
		measures = markdown.ReadingMinutes(t.MeasureWords)
	}
	return markdown.ReadingMinutes(t.Words), markdown.MinutesToAnswer, measures
}

// Why is the catalog key below "mail." of why its reader is asked.
func (t MailTask) Why() string {
	switch {
	case t.AddressSuggested:
		return "suggested_address"
	case t.Suggested:
		return "suggested"
	default:
		return "why." + string(t.Kind)
	}
}

// Anonymised reports whether it is asked in a round in which nobody is named.
func (t MailTask) Anonymised() bool {
	return t.Anonymity == AnonymitySingle || t.Anonymity == AnonymityDouble
}

// Again reports whether somebody is asked about a text that was sent round before.
func (t MailTask) Again() bool {
	return (t.Kind == TaskReview || t.Kind == TaskConsult) && t.Round > 1
}

// MailTasks returns what mails to a reader say about tasks, soonest deadline first.
func MailTasks(ctx context.Context, db bun.IDB, reader uuid.UUID, ids []uuid.UUID) ([]MailTask, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return mailTasks(ctx, db, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("t.id = ANY ($2::uuid[])") }, reader, pgUUIDs(ids))
}

// RemindedMailTasks returns what mails say about everything open that waits for the person alone or for an organisation
// the person speaks for, and of which a reminder is due or was given; soonest deadline first. Who waits for an answer about more time is
// not reminded of that, whatever else they are reminded of.
func RemindedMailTasks(ctx context.Context, db bun.IDB, person uuid.UUID) ([]MailTask, error) {
	return mailTasks(ctx, db, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("t.state = ? AND t.asked_until IS NULL", TaskOpen).Where("(t.reminders > 0 OR t.respond_by IS NOT NULL AND t.respond_reminders > 0)").Where(`(t.person_id = ? OR (t.person_id IS NULL AND EXISTS (
			SELECT 1 FROM roles AS speaks
			JOIN organisations AS mine ON mine.id = speaks.organisation_id
			WHERE speaks.person_id = ? AND speaks.role IN (?)
				AND (mine.id = t.organisation_id OR mine.voting_unit = t.organisation_id AND NOT t.alone))))`,
			mailsReader, mailsReader, bun.List([]string{RolePartner, RoleOfficer}))
	}, person)
}

// mailsReader stands for who reads what mailTasks tells.
const mailsReader = bun.Safe("$1::uuid")

// measureWords are the words of a version's measures, counted; 0 where there are none.
const measureWords = `COALESCE((SELECT sum(array_length(regexp_split_to_array(btrim(listed ->> 'text'), '\s+'), 1))
	FROM jsonb_array_elements(CASE WHEN jsonb_typeof(v.measures) = 'array' THEN v.measures ELSE '[]' END) AS listed), 0)`

// joined is whether who was suggested came into the network by that: see ReviewerSuggestion.join.
const joined = `EXISTS (SELECT 1 FROM contact_notices AS cn JOIN contact_imports AS ci ON ci.id = cn.import_id
	WHERE cn.person_id = t.person_id AND ci.created_at >= rs.created_at)`

// suggested is whether who is asked was suggested for it, and what else holds.
func suggested(what string) string {
	return `EXISTS (SELECT 1 FROM reviewer_suggestions AS rs WHERE rs.recommendation_id = t.recommendation_id AND rs.round = t.round
		AND rs.person_id = t.person_id AND ` + what + `)`
}

// mailTasks reads those that narrow leaves, with arguments of which the first is who reads. The statement is planned once for each
// connection: it joins so much that to plan it takes many times as long as to run it, and every page of a question waits for it.
func mailTasks(ctx context.Context, db bun.IDB, narrow func(*bun.SelectQuery) *bun.SelectQuery, args ...any) ([]MailTask, error) {
	const reader = mailsReader
	q := db.NewSelect().TableExpr("tasks AS t").
		Column("t.id", "t.kind", "t.state", "t.opened_at", "t.respond_by", "t.grace_until", "t.extensions", "t.generation",
			"t.recommendation_id", "t.subject_id", "t.respond_reminders", "t.asked_until", "t.short_for", "t.time_refused", "t.time_refused_in").
		ColumnExpr(answerUntil+" AS due_at").
		ColumnExpr("COALESCE(t.language, '') AS language").
		ColumnExpr("COALESCE(asked_unit.name, '') AS organisation, COALESCE(asked.name, '') AS person").
		ColumnExpr(unitSpeaker+" AS speaker", reader).ColumnExpr(unitConcerned+" AS concerned").
		ColumnExpr("COALESCE(v.title, rec.title) AS title, rec.language AS title_language").
		ColumnExpr(`COALESCE(array_length(regexp_split_to_array(btrim(v.body), '\s+'), 1), 0) + `+measureWords+` AS words`).ColumnExpr(measureWords+" AS measure_words").
		ColumnExpr(blindTo+" AS blind, CASE WHEN "+blindTo+" THEN '' ELSE officer.name END AS officer, CASE WHEN "+blindTo+" THEN '' ELSE owner.name END AS owner", reader, reader, reader).
		ColumnExpr("COALESCE((SELECT rr.anonymity FROM review_rounds AS rr WHERE rr.recommendation_id = t.recommendation_id AND rr.number = t.round AND t.kind IN ('review', 'consult')), '') AS anonymity").
		ColumnExpr("rec.held_at IS NOT NULL AS held, rec.published_at IS NOT NULL AS published, rec.stage = ? AS withdrawn", StageWithdrawn).
		ColumnExpr("COALESCE(m.number, 0) AS measure_number, COALESCE(m.text, '') AS measure").
		ColumnExpr("COALESCE(a.names, '{}') AS authority, COALESCE(f.status, '') AS status").
		ColumnExpr(answerStands+" AS answer_stands, "+roundEnded+" AS round_ended, "+roundLateFor+" AS late_for").
		ColumnExpr("EXISTS (SELECT 1 FROM submissions AS said WHERE said.task_id = t.id AND said.state = ? AND said.kind IN (?)) AS answering",
			SubmissionReceived, bun.List(heardBy)).
		ColumnExpr("EXISTS (SELECT 1 FROM tasks AS earlier WHERE "+answeredBefore+") AS answered_before", reader).
		ColumnExpr("t.kind = ? AND "+suggested("true")+" AS suggested", TaskReview).
		ColumnExpr("t.kind = ? AND "+suggested(joined)+" AS address_suggested", TaskReview).
		ColumnExpr("t.round, CASE WHEN t.kind = 'consult' THEN COALESCE(before.decision_reason, '') ELSE '' END AS round_reason").
		ColumnExpr("COALESCE(before.decision_written_in, '') AS round_written_in, COALESCE(tr.return_written_in, '') AS return_written_in").
		ColumnExpr("COALESCE(v.note, '') AS changed, COALESCE(v.put_in, 0) AS put_in, COALESCE(v.back_to, 0) AS back_to, COALESCE(tr.return_note, '') AS return_note").
		Join("LEFT JOIN review_rounds AS before ON before.recommendation_id = t.recommendation_id AND before.number = t.round - 1").
		Join("LEFT JOIN translations AS tr ON t.kind IN ('translate', 'approve_translation') AND tr.id = t.subject_id").
		Join("JOIN recommendations AS rec ON rec.id = t.recommendation_id").
		Join("JOIN people AS officer ON officer.id = rec.officer_id").
		Join("JOIN organisations AS owner ON owner.id = rec.organisation_id").
		Join("LEFT JOIN versions AS v ON v.id = t.version_id").
		Join("LEFT JOIN organisations AS asked_unit ON asked_unit.id = t.organisation_id").
		Join("LEFT JOIN people AS asked ON asked.id = t.person_id").
		Join("LEFT JOIN followups AS f ON f.id = t.process_id").
		Join("LEFT JOIN measures AS m ON m.id = f.measure_id").
		Join("LEFT JOIN deliveries AS delivery ON delivery.id = t.subject_id").
		Join("LEFT JOIN authorities AS a ON a.id = COALESCE(f.authority_id, delivery.authority_id)").
		Where("rec.quarantined_at IS NULL").
		OrderExpr("due_at, t.id")
	rows, err := planned(ctx, db, narrow(q).String(), args...)
	if err != nil {
		return nil, fmt.Errorf("read what mails say about tasks: %w", err)
	}
	defer rows.Close()
	var tasks []MailTask
	if err := q.DB().ScanRows(ctx, rows, &tasks); err != nil {
		return nil, fmt.Errorf("read what mails say about tasks: %w", err)
	}
	return tasks, nil
}

// MailAnswer is a person's answer, for the copy they get and for telling them what was recorded in their name.
type MailAnswer struct {
	Answer    string // "" when only comments were given
	Reasons   string
	WrittenIn string // language of reasons and comments; "" where nobody said
	Comments  []MailComment

	Questions []Question     `bun:"-"` // that were asked
	Said      []ReviewAnswer `bun:"-"` // to them
	Note      string         // to the officer in charge alone
}

// MailComment is one comment and the beginning of what it is about.
type MailComment struct {
	Block       int // of the text, from 0
	Kind        CommentKind
	Quote       string
	Replacement string // of a suggestion; "" leaves out what is quoted
	Body        string
}

// AnswerOf returns what was answered to a task in the review, the consultation or the sign-off; it is empty for what is
// answered otherwise.
func AnswerOf(ctx context.Context, db bun.IDB, task uuid.UUID) (MailAnswer, error) {
	var a MailAnswer
	err := db.NewRaw(`
		SELECT COALESCE(answer, '') AS answer, reasons, written_in, confidential_note AS note FROM reviews WHERE task_id = ?
		UNION ALL SELECT answer, reason, written_in, '' FROM signoffs WHERE task_id = ? LIMIT 1`, task, task).Scan(ctx, &a)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return MailAnswer{}, fmt.Errorf("read an answer: %w", err)
	}
	err = db.NewSelect().TableExpr("comments").Column("block", "kind", "quote", "replacement", "body").
		Where("task_id = ?", task).Order("block", "position").Scan(ctx, &a.Comments)
	if err != nil {
		return MailAnswer{}, fmt.Errorf("read the comments of an answer: %w", err)
	}
	return a, a.readSaid(ctx, db, task)
}

// readSaid reads what was answered to the questions of the procedure, where anything was.
func (a *MailAnswer) readSaid(ctx context.Context, db bun.IDB, task uuid.UUID) error {
	if err := inOrder(db.NewSelect().Model(&a.Said).Where("ra.task_id = ?", task)).Scan(ctx); err != nil || len(a.Said) == 0 {
		return err
	}
	p := new(Procedure)
	err := db.NewSelect().Model(p).Where("pr.id = (SELECT r.procedure_id FROM recommendations AS r JOIN tasks AS t ON t.recommendation_id = r.id WHERE t.id = ?)", task).Scan(ctx)
	if err != nil {
		return fmt.Errorf("read the questions of an answer: %w", err)
	}
	a.Questions = p.Document.Review.Asks()
	return nil
}

// OnBehalf says who recorded something for a person, and how it had come.
type OnBehalf struct {
	Recorder       string
	Note           string
	Original       string // name of the file that was kept, "" for none
	OriginalID     uuid.UUID
	ReceivedAt     time.Time
	Title          string // of the recommendation
	TitleLanguage  string
	ProgressStatus string // where progress was reported, else ""
	Progress       string
	WrittenIn      string // language of Progress; "" where nobody said
}

// OnBehalfOf returns how what a mail tells a person about was recorded in their name: the newest answer to its task, or
// without a task the newest word on its recommendation.
func OnBehalfOf(ctx context.Context, db bun.IDB, m OutboxMail) (OnBehalf, error) {
	var b OnBehalf
	q := db.NewSelect().TableExpr("submissions AS s").
		ColumnExpr("recorder.name AS recorder, s.behalf_note AS note, s.received_at").
		ColumnExpr("rec.title, rec.language AS title_language").
		ColumnExpr("COALESCE(pn.status, '') AS progress_status, COALESCE(pn.note, '') AS progress, COALESCE(pn.written_in, '') AS written_in").
		ColumnExpr("COALESCE(a.name, '') AS original, COALESCE(a.id, '00000000-0000-0000-0000-000000000000') AS original_id").
		Join("JOIN people AS recorder ON recorder.id = s.actor_id").
		Join("LEFT JOIN attachments AS a ON a.id = s.attachment_id AND a.redacted_at IS NULL").
		Join("JOIN processes AS p ON p.id = s.process_id").
		Join("JOIN recommendations AS rec ON rec.id = p.recommendation_id").
		Join("LEFT JOIN progress_notes AS pn ON pn.followup_id = p.id AND pn.decision_id = s.decision_id").
		Where("s.on_behalf_of = ?", m.PersonID).
		Order("s.received_at DESC").Limit(1)
	if m.TaskID != nil {
		q = q.Where("s.task_id = ?", *m.TaskID)
	} else {
		q = q.Where("s.task_id IS NULL").Where("p.recommendation_id = ?", m.RecommendationID)
	}
	err := q.Scan(ctx, &b)
	return b, found(err, "submission")
}

// MailingWords is what a mailing says in one language.
type MailingWords struct {
	State            MailingState // of the mailing
	Kind             string       // likewise, one of MailingKinds
	FallbackLanguage string       // likewise
	Subject          string
	Body             string // Markdown
	Plain            string // of the plain-text half; "": made from Body
	Title            string // of the recommendation, as published where it is
	Published        string // its text; Markdown
	Edition          string // language in which these are published: that of the mailing where there is one; "": not published
	Slug             string
	Owner            string   // the organisation that sends
	Countries        []string `bun:",array"` // the recommendation is about
	RecommendationID uuid.UUID
	CountsLinks      bool
	WriteUntil       *time.Time // last day on which its readers write to their representatives; nil: no end
}

// MailingWordsIn returns what a mailing says in a language.
func MailingWordsIn(ctx context.Context, db bun.IDB, mailing uuid.UUID, language string) (MailingWords, error) {
	var m MailingWords
	err := db.NewSelect().TableExpr("mailings AS m").
		ColumnExpr("m.state, m.kind, m.fallback_language, words.subject, words.body, words.plain, rec.slug, owner.name AS owner, rec.id AS recommendation_id, m.counts_links, m.write_until").
		ColumnExpr("COALESCE(text.title, rec.title) AS title, COALESCE(text.body, '') AS published, COALESCE(text.language, '') AS edition").
		ColumnExpr("ARRAY(SELECT rc.country_code FROM recommendation_countries AS rc WHERE rc.recommendation_id = rec.id ORDER BY 1) AS countries").
		Join("JOIN mailing_texts AS words ON words.mailing_id = m.id AND words.language = ?", language).
		Join("JOIN recommendations AS rec ON rec.id = m.recommendation_id").
		Join("JOIN organisations AS owner ON owner.id = rec.organisation_id").
		Join("LEFT JOIN publications AS pu ON pu.recommendation_id = rec.id").
		Join("LEFT JOIN LATERAL "+editionFor+" AS text ON true", language).
		Where("m.id = ?", mailing).Scan(ctx, &m)
	return m, found(err, "mailing")
}
