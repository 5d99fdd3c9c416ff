package mail

import (
	"context"
	"time"

	"tribuna/models"
)

// roundNews tells who is in charge of a round what happened in it without them.
//
//i18n:keys mail.round_news.*.subject mail.round_news.*.lead
func (d *draft) roundNews(ctx context.Context) (page, error) {
	if d.mail.RecommendationID == nil {
		return page{}, NotOwed{"the mail names no recommendation"}
	}
	rec, err := models.RecommendationByID(ctx, d.db, *d.mail.RecommendationID)
	if err != nil {
		return page{}, err
	}
	key := "round_news." + d.mail.Data.Reason
	p := page{
		Subject:  d.t(key+".subject", "Title", rec.Title),
		Lead:     []string{d.t(key + ".lead")},
		Document: &titled{Title: rec.Title, Language: rec.Language},
		Button:   &button{Label: d.t("round_news.button"), URL: d.baseURL + "/recommendations/" + rec.ID.String() + "/round"},
		Why:      d.t("round_news.why"),
	}
	if d.mail.Data.Reason == models.NewsSignOffTakenBack {
		p.Button = &button{Label: d.t("round_news.recommendation"), URL: d.baseURL + "/recommendations/" + rec.ID.String()}
	}
	if d.mail.TaskID == nil {
		return p, d.enoughOwed(ctx, rec)
	}
	t, err := d.task(ctx)
	if err != nil {
		return page{}, err
	}
	if err := d.newsOwed(ctx, t); err != nil {
		return page{}, err
	}
	if d.mail.Data.Reason == models.NewsAnsweredAgain {
		if t.State != models.TaskDone {
			return page{}, NotOwed{"that answer was taken back, too"}
		}
		p.Facts = append(p.Facts, fact{d.t("label.from"), d.awaited(t)})
		return p, nil
	}
	p.Facts = append(p.Facts, fact{d.t("label.from"), d.awaited(t)})
	if t.AskedUntil != nil {
		p.Facts = append(p.Facts, fact{d.t("round_news.until"), d.words.Date(*t.AskedUntil, time.UTC)})
		return p, nil
	}
	p.Facts = append(p.Facts, fact{d.t("label.until"), d.until(t.DueAt)})
	return p, nil
}

// enoughOwed returns NotOwed where the officer who is asked whether to close a round has closed it before they were written to, or another
// one runs by then.
func (d *draft) enoughOwed(ctx context.Context, rec *models.Recommendation) error {
	if d.mail.Data.Reason != models.NewsEnough {
		return nil
	}
	round, err := models.RoundByNumber(ctx, d.db, rec.ID, rec.Round)
	if err != nil {
		return err
	}
	if !round.GivesTime() || round.EnoughAt == nil {
		return NotOwed{"the round is closing, or closed"}
	}
	return nil
}

// newsOwed returns NotOwed for news that is none any more, because what it tells of was taken back before it went out, or was said anew.
func (d *draft) newsOwed(ctx context.Context, t models.MailTask) error {
	asked, err := models.TaskByID(ctx, d.db, t.ID)
	if err != nil {
		return err
	}
	switch reason := d.mail.Data.Reason; {
	case (reason == models.NewsTakenBack || reason == models.NewsSignOffTakenBack) && !asked.WaitsAgain():
		return NotOwed{"another answer came meanwhile, or none is waited for"}
	case reason == models.NewsTimeAsked && asked.AskedUntil == nil && asked.TimeTakenBackAt != nil,
		reason == models.NewsMoreTime && asked.TimeTakenFrom == nil && asked.TimeTakenBackAt != nil:
		return NotOwed{"the time was taken back"}
	case reason == models.NewsTimeTakenBack && asked.TimeTakenBackAt == nil:
		return NotOwed{"time was taken or asked for once more, given, or is not needed any more"}
	case reason == models.NewsTimeTakenBack:
		if went, err := models.TimeNewsWent(ctx, d.db, asked); err != nil || went {
			return err
		}
		return NotOwed{"nobody was told of the time that was taken back"}
	}
	return nil
}

// moreTime tells who was asked until when they have now.
func (d *draft) moreTime(ctx context.Context) (page, error) {
	t, err := d.openTask(ctx)
	if err != nil {
		return page{}, err
	}
	p := page{
		Subject:  d.t("more_time.subject", "Title", t.Title),
		Lead:     []string{d.t("more_time.lead")},
		Document: document(t),
		Facts:    []fact{{d.t("label.until"), d.until(t.DueAt)}},
		Button:   &button{Label: d.t("round_closing.button"), URL: d.link(t)},
		Why:      d.t("task_withdrawn.why"),
		Attached: d.calendar(t, false),
	}
	if t.Kind == models.TaskReview && t.RespondBy != nil && t.RespondBy.Before(t.DueAt) { // somebody else is asked after that
		p.After = append(p.After, d.t("respond_by", "When", d.words.Moment(*t.RespondBy, d.zone)))
	}
	p.After = append(p.After, d.t("link_is_personal"))
	return p, nil
}

// conflictRuled tells an expert what was decided about the conflict of interest they declared.
//
//i18n:keys mail.conflict_ruled.*
func (d *draft) conflictRuled(ctx context.Context) (page, error) {
	t, err := d.task(ctx)
	if err != nil {
		return page{}, err
	}
	c, err := models.ConflictOf(ctx, d.db, t.ID)
	if err != nil {
		return page{}, err
	}
	if c == nil || c.Ruling == nil || *c.Ruling != d.mail.Data.Reason {
		return page{}, NotOwed{"something else was decided, or declared, since"}
	}
	p := page{
		Subject:  d.t("conflict_ruled.subject", "Title", t.Title),
		Lead:     []string{d.t("conflict_ruled." + c.Told(t.State))},
		Document: document(t),
		Why:      d.t("conflict_ruled.why"),
	}
	if c.Reason != "" {
		p.Passages = append(p.Passages, passage{Heading: d.t("reasons"), Text: c.Reason, Language: c.ReasonWrittenIn})
	}
	if t.State == models.TaskOpen {
		p.Facts = append(p.Facts, fact{d.t("label.until"), d.until(t.DueAt)})
		p.Button = &button{Label: d.t("round_closing.button"), URL: d.link(t)}
		p.After = []string{d.t("link_is_personal")}
	}
	return p, nil
}

// timeRefused tells who asked for more time that it is not given, why, and until when they still have.
func (d *draft) timeRefused(ctx context.Context) (page, error) {
	t, err := d.openTask(ctx)
	if err != nil {
		return page{}, err
	}
	if t.TimeRefused == "" {
		return page{}, NotOwed{"the time was given meanwhile, or asked for again"}
	}
	return page{
		Subject:  d.t("time_refused.subject", "Title", t.Title),
		Lead:     []string{d.t("time_refused.lead")},
		Document: document(t),
		Facts:    []fact{{d.t("label.until"), d.until(t.DueAt)}},
		Passages: []passage{{Heading: d.t("time_refused.reason"), Text: t.TimeRefused, Language: t.TimeRefusedIn}},
		Button:   &button{Label: d.t("round_closing.button"), URL: d.link(t)},
		After:    []string{d.t("may_decline"), d.t("link_is_personal")},
		Why:      d.t("task_withdrawn.why"),
	}, nil
}
