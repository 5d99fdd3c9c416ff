package mail

import (
	"context"
	"slices"
	"strings"
	"time"

	"tribuna/internal/apperr"
	"tribuna/internal/i18n"
	"tribuna/internal/inquiry"
	"tribuna/models"
)

// withdrawn tells somebody who was asked that the answer is no longer needed, and why.
func (d *draft) withdrawn(ctx context.Context) (page, error) {
	t, err := d.task(ctx)
	if err != nil {
		return page{}, err
	}
	reason := d.mail.Data.Reason
	if key := "mail.task_withdrawn.reason." + reason; reason == "" || !d.words.Has(key) {
		reason = models.ReasonOver
	}
	return page{
		Subject:  d.t("task_withdrawn.subject", "Title", t.Title),
		Lead:     []string{d.t("task_withdrawn.reason." + reason), d.t("task_withdrawn.lead")},
		Document: document(t),
		Facts:    []fact{{d.t("label.asked"), d.t(sighted(t, "officer_of"), d.taskArgs(t)...)}},
		Why:      d.t("task_withdrawn.why"),
		Attached: d.calendar(t, true),
	}, nil
}

// roundClosing tells somebody who was promised more time that the round closes sooner, and until when their answer counts.
func (d *draft) roundClosing(ctx context.Context) (page, error) {
	t, err := d.task(ctx)
	if err != nil {
		return page{}, err
	}
	if d.mail.Data.Until == nil || t.State != models.TaskOpen || !d.now.Before(*d.mail.Data.Until) {
		return page{}, NotOwed{"the answer came, or the round is over"}
	}
	round, err := models.RoundByNumber(ctx, d.db, t.RecommendationID, t.Round)
	if err != nil {
		return page{}, err
	}
	if round.ClosingAt == nil || round.ClosingAt.Sub(*d.mail.Data.Until).Abs() > time.Second {
		return page{}, NotOwed{"the round goes on"}
	}
	return page{
		Subject:  d.t("round_closing.subject", "Title", t.Title),
		Lead:     []string{d.t("round_closing.lead")},
		Document: document(t),
		Facts:    []fact{{d.t("round_closing.until"), d.words.Moment(*d.mail.Data.Until, d.zone)}},
		Button:   &button{Label: d.t("round_closing.button"), URL: d.link(t)},
		Why:      d.t("task_withdrawn.why"),
		Attached: d.calendar(t, false),
	}, nil
}

// roundGoesOn tells somebody who was told that the round closes sooner that it does not, and until when their answer is taken.
func (d *draft) roundGoesOn(ctx context.Context) (page, error) {
	t, err := d.openTask(ctx)
	if err != nil {
		return page{}, err
	}
	until := t.DueAt
	if until.Before(d.now) {
		until = t.GraceUntil
	}
	if until.Before(d.now) {
		return page{}, NotOwed{"its time is over"}
	}
	return page{
		Subject:  d.t("round_goes_on.subject", "Title", t.Title),
		Lead:     []string{d.t("round_goes_on.lead")},
		Document: document(t),
		Facts:    []fact{{d.t("label.until"), d.until(until)}},
		Button:   &button{Label: d.t("round_closing.button"), URL: d.link(t)},
		After:    []string{d.t("link_is_personal")},
		Why:      d.t("task_withdrawn.why"),
		Attached: d.calendar(t, false),
	}, nil
}

// signOffReplaced tells who answered for a shared vote who answered after them, and what.
func (d *draft) signOffReplaced(ctx context.Context) (page, error) {
	t, err := d.task(ctx)
	if err != nil {
		return page{}, err
	}
	so, err := models.SignOffByTask(ctx, d.db, t.ID)
	if apperr.CodeOf(err) == apperr.CodeNotFound {
		return d.signOffNotCounted(ctx)
	}
	if err != nil {
		return page{}, err
	}
	if so.PersonID == d.reader.ID {
		return page{}, NotOwed{"the answer is the reader's own again"}
	}
	who := d.words.ForUnit(t.Organisation, so.Speaker)
	p := page{
		Subject:  d.t("signoff_replaced.subject", "Title", t.Title),
		Lead:     []string{d.t("signoff_replaced.lead", "Organisation", who)},
		Document: document(t),
		Facts:    []fact{{d.t("label.recorded"), d.words.DateTime(so.AnsweredAt, d.zone)}},
		Passages: d.answer(t, models.MailAnswer{Answer: so.Answer, Reasons: so.Reason, WrittenIn: so.WrittenIn}),
		After:    []string{d.t("signoff_replaced.after")},
		Why:      d.t("signoff_replaced.why"),
	}
	return d.withWayBack(p, t), nil
}

// signOffNotCounted tells who answered in their organisation's name that a colleague took that back, or whoever answered after them their
// own answer: nothing stands.
func (d *draft) signOffNotCounted(ctx context.Context) (page, error) {
	t, err := d.openTask(ctx)
	if err != nil {
		return page{}, err
	}
	return page{
		Subject:  d.t("signoff_replaced.none.subject", "Title", t.Title),
		Lead:     []string{d.t("signoff_replaced.none.lead")},
		Document: document(t),
		Facts:    []fact{{d.t("label.until"), d.until(t.DueAt)}},
		Button:   &button{Label: d.t("round_closing.button"), URL: d.link(t)},
		After:    []string{d.t("link_is_personal")},
		Why:      d.t("signoff_replaced.none.why"),
	}, nil
}

// recordedOnBehalf tells a person what was recorded in their name, so that a mistake is found.
func (d *draft) recordedOnBehalf(ctx context.Context) (page, error) {
	behalf, err := models.OnBehalfOf(ctx, d.db, d.mail)
	if err != nil {
		return page{}, err
	}
	p := page{
		Subject:  d.t("recorded_on_behalf.subject", "Recorder", behalf.Recorder),
		Lead:     []string{d.t("recorded_on_behalf.lead", "Recorder", behalf.Recorder)},
		Document: &titled{behalf.Title, behalf.TitleLanguage},
		Facts:    []fact{{d.t("label.recorded"), d.words.DateTime(behalf.ReceivedAt, d.zone)}},
		After:    []string{d.t("recorded_on_behalf.wrong")},
		Why:      d.t("recorded_on_behalf.why"),
	}
	if behalf.Note != "" {
		p.Facts = append(p.Facts, fact{d.t("label.came_by"), behalf.Note})
	}
	if behalf.Original != "" {
		p.Facts = append(p.Facts, fact{d.t("label.original"), behalf.Original})
		p.After = append(p.After, d.t("recorded_on_behalf.original"))
	}
	if behalf.ProgressStatus != "" {
		p.Passages = append(p.Passages, passage{Heading: d.t("answer"), Text: d.t("status." + behalf.ProgressStatus)},
			passage{Heading: d.t("comment"), Text: behalf.Progress, Language: behalf.WrittenIn})
	}
	if d.mail.TaskID != nil {
		return d.withTask(ctx, p)
	}
	if behalf.Original != "" {
		p.Button = &button{Label: d.t("see_original"), URL: d.baseURL + "/attachments/" + behalf.OriginalID.String()}
	}
	return p, nil
}

// withTask adds what was answered to the mail's task, and the way back to it.
func (d *draft) withTask(ctx context.Context, p page) (page, error) {
	t, err := d.task(ctx)
	if err != nil {
		return page{}, err
	}
	answer, err := models.AnswerOf(ctx, d.db, t.ID)
	if err != nil {
		return page{}, err
	}
	if t.State == models.TaskDeclined {
		answer.Answer = string(models.TaskDeclined)
	}
	p.Document = document(t)
	p.Facts = append([]fact{{d.t("label.awaited"), d.ask(t)}}, p.Facts...)
	p.Passages = append(p.Passages, d.answer(t, answer)...)
	return d.withWayBack(p, t), nil
}

// withWayBack adds the link while the answer can still be changed.
func (d *draft) withWayBack(p page, t models.MailTask) page {
	if t.State != models.TaskCancelled && t.State != models.TaskExpired && !t.Over(d.now) {
		p.Button = &button{Label: d.t("see_answer"), URL: d.link(t)}
	}
	return p
}

// reviewCopy sends reviewers what they wrote, when the round closes and the link shows the answer without taking changes.
func (d *draft) reviewCopy(ctx context.Context) (page, error) {
	t, err := d.task(ctx)
	if err != nil {
		return page{}, err
	}
	answer, err := models.AnswerOf(ctx, d.db, t.ID)
	if err != nil {
		return page{}, err
	}
	lead := d.t(sighted(t, "review_copy.lead"), d.taskArgs(t)...)
	if t.Withdrawn { // nobody will weigh it
		lead = d.t("review_copy.withdrawn")
	}
	return page{
		Subject:  d.t("review_copy.subject", "Title", t.Title),
		Lead:     []string{lead},
		Document: document(t),
		Passages: d.answer(t, answer),
		Why:      d.t("review_copy.why"),
	}, nil
}

func (d *draft) answer(t models.MailTask, a models.MailAnswer) []passage {
	var all []passage
	if a.Answer != "" {
		all = append(all, passage{Heading: d.t("answer"), Text: d.t("answer." + a.Answer)})
	}
	if a.Reasons != "" {
		all = append(all, passage{Heading: d.t("reasons"), Text: a.Reasons, Language: a.WrittenIn})
	}
	for _, q := range a.Questions {
		i := slices.IndexFunc(a.Said, func(s models.ReviewAnswer) bool { return s.Question == q.ID })
		if i < 0 {
			continue
		}
		said := a.Said[i]
		p := passage{Heading: d.words.Name(q.Text).Text, Text: inquiry.Value(d.words, q, said.Value).Text}
		if said.Body != "" {
			p.Text, p.Language = said.Body, said.WrittenIn
		}
		all = append(all, p)
	}
	if a.Note != "" {
		all = append(all, passage{Heading: d.t("note"), Text: a.Note, Language: a.WrittenIn})
	}
	for _, c := range a.Comments {
		all = append(all, d.comment(c, t.TitleLanguage, a.WrittenIn))
	}
	return all
}

// comment is one comment as it was given: which paragraph, what kind, and what is suggested.
//
//i18n:keys remark.kind.*
func (d *draft) comment(c models.MailComment, textLanguage, writtenIn string) passage {
	p := passage{Heading: d.words.T("review.comment_on", "Number", d.words.Number(c.Block+1)), Quote: c.Quote, QuoteLanguage: textLanguage,
		Text: c.Body, Language: writtenIn}
	if c.Kind != models.CommentRemark {
		p.Heading += " · " + d.words.T("remark.kind."+string(c.Kind))
	}
	if !c.Kind.Suggests(c.Replacement) {
		return p
	}
	if p.Instead = c.Replacement; p.Instead == "" {
		p.Suggests = d.words.T("remark.leaves_out")
		return p
	}
	p.Suggests = d.words.T("remark.suggests")
	return p
}

// countries names the countries that a mailing's recommendation is about as its page does, with their footnotes.
func (d *draft) countries(designations models.Designations, about ...aboutCountries) []i18n.Words {
	var notes models.Footnotes
	var names, lines []i18n.Words
	for _, a := range about {
		for _, c := range designations.Of(a.Recommendation, a.Codes, d.mail.Language) {
			name := d.words.In(notes.Name(c), c.Language)
			if !slices.ContainsFunc(names, func(n i18n.Words) bool { return n.Text == name.Text }) {
				names = append(names, name)
			}
		}
	}
	if len(names) > 0 {
		lines = append(lines, i18n.Joined(d.words.T("published.countries"), ": ", d.words.List(names)))
	}
	for _, n := range notes.All() {
		lines = append(lines, i18n.Joined(n.Mark, " ", d.words.In(n.Text, n.Language)))
	}
	return lines
}

// grants says what those who pay want said, as the page of the recommendation does.
func (d *draft) grants(ctx context.Context, paying []models.Grant) (list []credit, err error) {
	for _, g := range models.Credits(paying, d.mail.Language) {
		c := credit{Funder: g.Funder, Said: d.words.In(g.Statement, g.Language), Line: d.words.Credit(g.Funder, g.Number, d.mail.Language, g.Language)}
		if g.Disclaimer != "" {
			c.Said = i18n.Joined(c.Said, " ", d.words.In(g.Disclaimer, g.DisclaimerLanguage))
		}
		if c.picture, err = d.emblem(ctx, g.Emblem); err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	return list, nil
}

// emblem is a grant's picture as it goes along with a letter; nil where there is none, or it was taken away just now.
func (d *draft) emblem(ctx context.Context, hash string) (*Attached, error) {
	if hash == "" {
		return nil, nil
	}
	e, err := models.EmblemByHash(ctx, d.db, hash)
	if apperr.CodeOf(err) == apperr.CodeNotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	_, kind, _ := strings.Cut(e.MediaType, "/")
	return &Attached{Name: "emblem." + kind, MediaType: e.MediaType, Content: e.Bytes, Within: hash[:32] + "@emblems"}, nil
}
