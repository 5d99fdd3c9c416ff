package mail

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/i18n"
	"tribuna/internal/links"
	"tribuna/models"
)

// NotOwed says that a mail must not be sent any more: what it asks for was done, or its reader wants no mail.
type NotOwed struct{ Reason string }

func (e NotOwed) Error() string { return "not owed any more: " + e.Reason }

// NotYet says that a mail has to wait: its process is on hold.
type NotYet struct{ For time.Duration }

func (e NotYet) Error() string { return fmt.Sprintf("not before %s have passed", e.For) }

// holdCheck is how often a mail that waits for the end of a hold is looked at.
const holdCheck = time.Minute

// Composer writes letters. Whatever they say is read at that moment, and only then is it decided whether the mail is
// still owed; the personal link is minted then too.
type Composer struct {
	db      bun.IDB
	links   *links.Minter
	baseURL string
}

// NewComposer returns a composer. BaseURL is the public address of the pages, without a slash at its end.
func NewComposer(db bun.IDB, minter *links.Minter, baseURL string) *Composer {
	return &Composer{db: db, links: minter, baseURL: strings.TrimRight(baseURL, "/")}
}

// Compose writes the letter of a mail. It returns NotOwed or NotYet for a mail that must not go out, or not now; every
// other error is the database's or ours, and trying again may help.
func (c *Composer) Compose(ctx context.Context, m models.OutboxMail, now time.Time) (*Letter, error) {
	d, err := c.begin(ctx, m, now)
	if err != nil {
		return nil, err
	}
	if hidden, err := models.MailHidden(ctx, c.db, m.ID); err != nil || hidden {
		return nil, cmp.Or(err, error(NotYet{holdCheck})) // claimed before the text was put in quarantine
	}
	p, err := d.page(ctx)
	if err != nil {
		return nil, err
	}
	return d.letter(p)
}

// Preview is what a letter says, for a page to show before it is written.
type Preview struct{ page }

// Preview composes a mail that does not lie in the outbox yet.
func (c *Composer) Preview(ctx context.Context, m models.OutboxMail, now time.Time) (Preview, error) {
	d, err := c.begin(ctx, m, now)
	if err != nil {
		return Preview{}, err
	}
	p, err := d.page(ctx)
	return Preview{d.addressed(p)}, err
}

func (c *Composer) begin(ctx context.Context, m models.OutboxMail, now time.Time) (*draft, error) {
	reader, err := c.readerOf(ctx, m, now)
	if err != nil {
		return nil, err
	}
	if err := mayWriteTo(reader, m); err != nil {
		return nil, err
	}
	return &draft{Composer: c, mail: m, reader: reader, words: i18n.For(m.Language), now: now, zone: zoneOf(reader)}, nil
}

// draftTo begins a letter that does not lie in the outbox.
func (c *Composer) draftTo(reader models.MailReader, language string, now time.Time) *draft {
	return &draft{Composer: c, mail: models.OutboxMail{PersonID: reader.ID, Language: language}, reader: reader,
		words: i18n.For(language), now: now, zone: zoneOf(reader)}
}

func mayWriteTo(r models.MailReader, m models.OutboxMail) error {
	switch {
	case r.Left:
		return NotOwed{models.ReplyLeft}
	case r.Suppressed:
		return NotOwed{models.ReplySuppressed}
	case m.Kind == models.MailMailing && !r.Consents:
		return NotOwed{models.ReplyNoConsent}
	}
	return nil
}

// draft is one letter in the making.
type draft struct {
	*Composer
	mail   models.OutboxMail
	reader models.MailReader
	words  *i18n.Localizer
	now    time.Time
	zone   *time.Location
	marks  *marks // of a letter to many, in which the reader's own is filled in later
}

// page gathers what the letter says, by kind.
func (d *draft) page(ctx context.Context) (page, error) {
	switch d.mail.Kind {
	case models.MailReviewInvitation, models.MailConsultInvitation, models.MailTranslateInvitation,
		models.MailApproveInvitation, models.MailSignOffInvitation, models.MailOfficerTask, models.MailProgressRequest:
		return d.invitation(ctx)
	case models.MailEscalation:
		return d.escalation(ctx)
	case models.MailNewLink:
		return d.newLink(ctx)
	case models.MailDigest:
		return d.digest(ctx)
	case models.MailRoundNews:
		return d.roundNews(ctx)
	case models.MailMoreTime:
		return d.moreTime(ctx)
	case models.MailConflictRuled:
		return d.conflictRuled(ctx)
	case models.MailTimeRefused:
		return d.timeRefused(ctx)
	case models.MailResponses:
		return d.responses(ctx)
	case models.MailRoundClosing:
		return d.roundClosing(ctx)
	case models.MailRoundGoesOn:
		return d.roundGoesOn(ctx)
	case models.MailTaskWithdrawn:
		return d.withdrawn(ctx)
	case models.MailSignOffReplaced:
		return d.signOffReplaced(ctx)
	case models.MailRecordedOnBehalf:
		return d.recordedOnBehalf(ctx)
	case models.MailReviewCopy:
		return d.reviewCopy(ctx)
	case models.MailContentReported:
		return d.contentReported(ctx)
	case models.MailMailing:
		return d.mailing(ctx)
	case models.MailMailingTest:
		return d.mailingTest(ctx)
	case models.MailMailingStopped:
		return d.mailingStopped(ctx)
	case models.MailAccountInvitation:
		return d.accountInvitation(ctx)
	case models.MailPasswordReset:
		return d.passwordReset(ctx)
	case models.MailPasswordChanged:
		return d.passwordChanged(), nil
	case models.MailHandedOver:
		return d.handedOver(ctx)
	case models.MailSourceNotice:
		return d.sourceNotice(ctx)
	case models.MailDataObjection:
		return d.dataObjection(), nil
	case models.MailSubscription:
		return d.subscription(ctx)
	case models.MailOwnData:
		return d.ownData(ctx)
	}
	return page{}, fmt.Errorf("there are no words for mails of kind %q", d.mail.Kind)
}

// addressed adds what every letter says.
func (d *draft) addressed(p page) page {
	p.Language, p.BaseURL, p.Automatic = cmp.Or(p.Language, d.words.Tag()), d.baseURL, d.t("automatic")
	if d.words.Tag() != p.Language {
		p.Catalog = d.words.Tag()
	}
	p.UnsubscribeLabel = cmp.Or(p.UnsubscribeLabel, d.t("unsubscribe"))
	p.PreferencesLabel = d.t("preferences")
	p.Greeting = cmp.Or(p.Greeting, d.t("greeting", "Name", d.reader.Name))
	return p
}

func (d *draft) letter(p page) (*Letter, error) {
	p = d.addressed(p)
	html, text, err := render(p)
	if err != nil {
		return nil, fmt.Errorf("write %s mail: %w", d.mail.Kind, err)
	}
	return &Letter{To: mail.Address{Name: d.reader.Name, Address: d.reader.Email}, Language: p.Language,
		Subject: p.Subject, HTML: html, Text: text, Unsubscribe: p.Unsubscribe, Attached: p.Attached}, nil
}

// task reads the mail's task.
func (d *draft) task(ctx context.Context) (models.MailTask, error) {
	if d.mail.TaskID == nil {
		return models.MailTask{}, errors.New("the mail names no task")
	}
	return d.taskByID(ctx, *d.mail.TaskID)
}

func (d *draft) taskByID(ctx context.Context, id uuid.UUID) (models.MailTask, error) {
	tasks, err := models.MailTasks(ctx, d.db, d.reader.ID, []uuid.UUID{id})
	if err != nil {
		return models.MailTask{}, err
	}
	if len(tasks) == 0 {
		return models.MailTask{}, NotOwed{"the task is gone"}
	}
	err = d.inReadersWords(ctx, tasks)
	return tasks[0], err
}

// inReadersWords names the texts that tasks are about in the reader's language, where they have a title in it.
func (d *draft) inReadersWords(ctx context.Context, tasks []models.MailTask) error {
	var ids []uuid.UUID
	for _, t := range tasks {
		ids = append(ids, t.RecommendationID)
	}
	titles, err := models.TitlesIn(ctx, d.db, d.words.Tag(), ids)
	if err != nil {
		return err
	}
	for i := range tasks {
		title := titles.Of(tasks[i].RecommendationID, models.Titled{Title: tasks[i].Title, Language: tasks[i].TitleLanguage})
		tasks[i].Title, tasks[i].TitleLanguage = title.Title, title.Language
	}
	return nil
}

// openTask reads the mail's task if its answer is still awaited.
func (d *draft) openTask(ctx context.Context) (models.MailTask, error) {
	t, err := d.task(ctx)
	switch {
	case err != nil:
		return t, err
	case t.State != models.TaskOpen:
		return t, NotOwed{"the task is " + string(t.State)}
	case t.Held:
		return t, NotYet{holdCheck}
	}
	return t, nil
}

// link is the reader's personal address for a task.
func (d *draft) link(t models.MailTask) string {
	return d.baseURL + "/l/" + d.links.Mint(links.KindTask, t.ID, d.reader.ID, t.Generation)
}

// t is a sentence of this package's catalog.
func (d *draft) t(key string, args ...any) string { return d.words.T("mail."+key, args...) }

// until says an instant as people do, with the hour and whose clock: "in 3 days, Thursday 12 March, 17:00 (…)".
// A mail is read on another day than it was written: no day is told as today alone.
func (d *draft) until(due time.Time) string {
	if day := i18n.DueDay(due, d.zone); day.Format(time.DateOnly) == d.now.In(day.Location()).Format(time.DateOnly) {
		return d.words.Moment(due, d.zone)
	}
	deadline := d.words.Deadline(d.now, due, d.zone)
	if i18n.DeadlineWhole(d.now, due, d.zone) { // the day, or the hour, is in it
		return deadline
	}
	return d.t("until", "Deadline", deadline, "Clock", d.words.Clock(due, d.zone))
}

// zoneOf is the zone of the reader's country, UTC where it is not known.
func zoneOf(r models.MailReader) *time.Location {
	if zone, err := time.LoadLocation(r.Zone); err == nil && r.Zone != "" {
		return zone
	}
	return time.UTC
}
