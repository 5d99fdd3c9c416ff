package mail

import (
	"context"
	"time"

	"tribuna/internal/i18n"
	"tribuna/models"
)

// invitation asks for one thing: to review, to comment, to translate, to sign off, to decide, to report.
//
//i18n:keys mail.why.* mail.suggested mail.suggested_address
func (d *draft) invitation(ctx context.Context) (page, error) {
	t, err := d.openTask(ctx)
	if err != nil {
		return page{}, err
	}
	if t.Over(d.now) {
		return page{}, NotOwed{"its time is over"}
	}
	key := d.askKey(t)
	args := d.taskArgs(t)
	p := page{
		Subject:  d.t(key+".subject", args...),
		Lead:     []string{d.t(sighted(t, key+".lead"), args...)},
		Document: document(t),
		Button:   &button{Label: d.t(key + ".button"), URL: d.link(t)},
		Why:      d.t(t.Why(), args...),
	}
	if t.Kind == models.TaskChooseReviewer {
		if p.Lead, err = d.whyChoose(ctx, t); err != nil {
			return page{}, err
		}
	}
	d.sayAgain(t, &p)
	p.Facts = append(p.Facts, fact{d.t("label.asks"), d.t(sighted(t, "officer_of"), args...)})
	p.Facts = append(p.Facts, d.taskFacts(t)...)
	p.After = append(p.After, d.afterAsking(t)...)
	p.Attached = d.calendar(t, false)
	return p, nil
}

// sayAgain tells what is asked once more from what is asked for the first time: a translation that was returned, and its
// second reading, say so with the note; another round says so, and why.
//
//i18n:keys mail.returned.*.subject mail.returned.*.lead
func (d *draft) sayAgain(t models.MailTask, p *page) {
	switch {
	case t.ReturnNote != "":
		key := "returned." + string(t.Kind)
		p.Subject, p.Lead = d.t(key+".subject", d.taskArgs(t)...), []string{d.t(key+".lead", d.taskArgs(t)...)}
		p.Passages = append(p.Passages, passage{Heading: d.t("returned.note"), Text: t.ReturnNote, Language: t.ReturnWrittenIn})
	case t.Again():
		p.Subject = d.t("again.subject", "Round", d.words.Number(t.Round), "Subject", p.Subject)
		p.Lead = append([]string{d.t("again.lead", "Round", d.words.Number(t.Round))}, p.Lead...)
		if t.RoundReason != "" {
			p.Passages = append(p.Passages, passage{Heading: d.t("again.reason"), Text: t.RoundReason, Language: t.RoundWrittenIn})
		}
		if changed := d.words.Changed(t.Changed, t.PutIn, t.BackTo); changed != "" {
			p.Passages = append(p.Passages, passage{Heading: d.t("again.changed"), Text: changed})
		}
		onPage := d.t("again.page")
		if t.AnsweredBefore {
			onPage = d.t("again.page_yours")
		}
		p.After = append(p.After, onPage)
	}
}

// whyChoose tells why another reviewer has to be chosen: whose task ended without an answer, and how.
//
//i18n:keys mail.choose_because.*
func (d *draft) whyChoose(ctx context.Context, t models.MailTask) ([]string, error) {
	because := "unanswered"
	if t.SubjectID != nil {
		ended, err := d.taskByID(ctx, *t.SubjectID)
		if err != nil {
			return nil, err
		}
		conflict, err := models.ConflictOf(ctx, d.db, ended.ID)
		switch {
		case err != nil:
			return nil, err
		case conflict.Replaced():
			because = "conflict"
		case ended.State == models.TaskDeclined:
			because = "declined"
		case ended.State == models.TaskExpired:
			because = "silent"
		case ended.State == models.TaskCancelled:
			because = "withdrawn"
		}
	}
	return []string{d.t("choose_because." + because), d.t("task.choose_reviewer.lead")}, nil
}

// askKey is the catalog key of what is asked: the officer's tasks share a kind of mail and differ by kind of task.
//
//i18n:keys mail.task.*.subject mail.task.*.lead mail.task.*.button
func (d *draft) askKey(t models.MailTask) string {
	if d.mail.Kind == models.MailOfficerTask {
		return "task." + string(t.Kind)
	}
	return string(d.mail.Kind)
}

// sighted is the catalog key of a sentence, of its own where a reviewer must not learn who wrote the text.
//
//i18n:keys mail.blind.**
func sighted(t models.MailTask, key string) string {
	if t.Blind {
		return "blind." + key
	}
	return key
}

func (d *draft) taskArgs(t models.MailTask) []any {
	return []any{"Title", t.Title, "Officer", t.Officer, "Owner", t.Owner, "Organisation", d.words.ForUnit(t.Organisation, t.Speaker),
		"Language", d.words.Language(t.Language), "Number", t.MeasureNumber, "Authority", d.words.Name(t.Authority)}
}

// taskFacts are the lines below the document: how long it takes, until when, and what a follow-up is about.
func (d *draft) taskFacts(t models.MailTask) []fact {
	var facts []fact
	if t.Kind == models.TaskReportProgress {
		facts = append(facts, fact{d.t("label.measure"), d.words.In(t.Measure, t.TitleLanguage)}, fact{d.t("label.authority"), d.words.Name(t.Authority)},
			fact{d.t("label.status"), d.t("status." + t.Status)})
	}
	if t.Kind == models.TaskDeliver && len(t.Authority) > 0 {
		facts = append(facts, fact{d.t("label.authority"), d.words.Name(t.Authority)})
	}
	if (t.Kind == models.TaskReview || t.Kind == models.TaskConsult) && t.Words > 0 {
		facts = append(facts, fact{d.t("label.length"), d.words.TimeNeeded(t.Minutes())})
	}
	facts = append(facts, fact{d.t("label.until"), d.until(t.DueAt)})
	if t.ShortFor != nil {
		facts = append(facts, fact{d.t("label.short"), d.t("short", "Date", d.words.Date(*t.ShortFor, time.UTC))})
	}
	return facts
}

// afterAsking is what a busy reader should know before deciding not to click.
func (d *draft) afterAsking(t models.MailTask) []string {
	var more []string
	if t.Kind == models.TaskReview {
		if t.Anonymised() {
			more = append(more, d.words.T("anonymity.means."+t.Anonymity))
		}
		more = append(more, d.t("may_decline"))
		if t.RespondBy != nil && t.RespondBy.Before(t.DueAt) {
			more = append(more, d.t("respond_by", "When", d.words.Moment(*t.RespondBy, d.zone)))
		}
	}
	return append(more, d.t("link_is_personal"))
}

// newLink sends the way back in, to those whose link ended while their answer may still be given, changed or read. Where it is only to be
// read, that is all somebody else could do who has the link.
func (d *draft) newLink(ctx context.Context) (page, error) {
	t, err := d.task(ctx)
	if err != nil {
		return page{}, err
	}
	if t.State == models.TaskCancelled || t.Over(d.now) {
		return page{}, NotOwed{"its time is over"}
	}
	p := page{
		Subject:  d.t("new_link.subject", "Title", t.Title),
		Lead:     []string{d.t("new_link.lead")},
		Document: document(t),
		Button:   &button{Label: d.t("new_link.button"), URL: d.link(t)},
		Why:      d.t("new_link.why"),
	}
	takes, err := t.TakesAnswer(ctx, d.db, d.now)
	if err != nil {
		return page{}, err
	}
	if takes {
		p.Facts, p.After = []fact{{d.t("label.until"), d.until(t.DueAt)}}, []string{d.t("link_is_personal")}
		return p, nil
	}
	p.Lead, p.After = append(p.Lead, d.t("new_link.closed")), []string{d.t("new_link.closed_personal")}
	return p, nil
}

// escalation tells the coordinator what is overdue, and who was asked.
func (d *draft) escalation(ctx context.Context) (page, error) {
	t, err := d.openTask(ctx)
	if err != nil {
		return page{}, err
	}
	p := page{
		Subject:  d.t("escalation.subject", "Title", t.Title),
		Lead:     []string{d.t("escalation.lead")},
		Document: document(t),
		Button:   &button{Label: d.t("escalation.button"), URL: d.link(t)},
		Why:      d.t("escalation.why"),
	}
	if t.SubjectID != nil {
		overdue, err := d.taskByID(ctx, *t.SubjectID)
		if err != nil {
			return page{}, err
		}
		if len(overdue.Authority) > 0 { // several at once differ by it
			p.Subject = d.t("escalation.subject_about", "Ask", d.ask(overdue), "Title", t.Title)
		}
		p.Facts = append(p.Facts, fact{d.t("label.awaited"), d.ask(overdue)},
			fact{d.t("label.from"), d.awaited(overdue)}, fact{d.t("label.was_due"), d.until(overdue.DueAt)})
	}
	p.Facts = append(p.Facts, fact{d.t("label.officer"), d.t("officer_of", d.taskArgs(t)...)})
	return p, nil
}

// ask is what is asked, in a few words.
func (d *draft) ask(t models.MailTask) i18n.Words {
	return d.words.Say("mail.ask."+string(t.Kind), d.taskArgs(t)...)
}

// awaited names who was asked: the organisation where one answers in its name, else the person.
func (d *draft) awaited(t models.MailTask) string {
	if t.Organisation != "" {
		return d.words.ForUnit(t.Organisation, t.Concerned...)
	}
	return t.Person
}

// digest gathers a day's reminders. It lists what is still open when it goes out.
func (d *draft) digest(ctx context.Context) (page, error) {
	if err := d.digestNow(ctx); err != nil {
		return page{}, err
	}
	tasks, err := d.remindable(ctx)
	if err != nil {
		return page{}, err
	}
	if len(tasks) == 0 {
		return page{}, NotOwed{"nothing is open any more"}
	}
	p := page{
		Subject: d.words.N("mail.digest.subject", len(tasks)),
		Lead:    []string{d.words.N("mail.digest.lead", len(tasks))},
		After:   []string{d.t("link_is_personal")},
		Why:     d.t("digest.why"),
	}
	if len(tasks) == 1 {
		p.Subject = d.t("digest.subject_one", "Ask", d.ask(tasks[0]).Text, "Title", tasks[0].Title)
	}
	for _, t := range tasks {
		ask, until := d.ask(t), t.DueAt
		if t.RespondBy != nil && t.Kind == models.TaskReview && t.RespondReminders > 0 { // what they are reminded of
			ask = d.words.Say("mail.ask.respond", d.taskArgs(t)...)
			if t.RespondBy.Before(until) {
				until = *t.RespondBy
			}
		}
		p.Items = append(p.Items, item{Ask: ask, Document: *document(t), Until: d.until(until),
			Overdue: until.Before(d.now), Button: button{Label: d.t("digest.button"), URL: d.link(t)}})
	}
	return p, d.addLost(ctx, &p)
}

// digestNow has a day's reminders wait, or not go at all, however long nothing could be sent: they go by day on a working day of
// their reader's, and one mail a day. One that names its tasks comes from a procedure that gathers nothing.
func (d *draft) digestNow(ctx context.Context) error {
	if len(d.mail.Data.Tasks) > 0 {
		return nil
	}
	cal, err := models.CalendarOf(ctx, d.db, d.reader.Country, d.now)
	if err != nil {
		return err
	}
	if awake := cal.Awake(d.now); awake.After(d.now) {
		return NotYet{awake.Sub(d.now)}
	}
	local := d.now.In(cal.Zone)
	begins := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, cal.Zone)
	ends := begins.AddDate(0, 0, 1)
	others, err := models.OtherDigestsOf(ctx, d.db, d.mail, begins, ends)
	switch {
	case err != nil:
		return err
	case others.Went:
		return NotYet{cal.Awake(ends).Sub(d.now)}
	case others.Follows:
		return NotOwed{"another of the same day says it"}
	case others.Leaving:
		return NotYet{holdCheck}
	}
	return nil
}

// remindable are the tasks of a digest, without those to which an answer was received that is not decided yet: nobody is reminded after an
// answer. Where none but such is left the digest waits, for an answer may still be refused.
func (d *draft) remindable(ctx context.Context) ([]models.MailTask, error) {
	var tasks []models.MailTask
	var err error
	if len(d.mail.Data.Tasks) > 0 {
		tasks, err = models.MailTasks(ctx, d.db, d.reader.ID, d.mail.Data.Tasks)
	} else {
		tasks, err = models.RemindedMailTasks(ctx, d.db, d.reader.ID)
	}
	if err != nil {
		return nil, err
	}
	if err := d.inReadersWords(ctx, tasks); err != nil {
		return nil, err
	}
	open := filter(tasks, func(t models.MailTask) bool { return canAnswer(t, d.now) && t.AskedUntil == nil })
	unanswered := filter(open, func(t models.MailTask) bool { return !t.Answering })
	if len(unanswered) == 0 && len(open) > 0 {
		return nil, NotYet{holdCheck}
	}
	return unanswered, nil
}

func canAnswer(t models.MailTask, now time.Time) bool {
	return t.State == models.TaskOpen && !t.Held && !t.Over(now)
}

func filter[T any](list []T, keep func(T) bool) []T {
	var kept []T
	for _, v := range list {
		if keep(v) {
			kept = append(kept, v)
		}
	}
	return kept
}

func document(t models.MailTask) *titled {
	return &titled{Title: t.Title, Language: t.TitleLanguage}
}
