package mail

import (
	"context"

	"tribuna/models"
)

// responses tells somebody who commented in a round what became of it: their own comments, and nobody else's.
func (d *draft) responses(ctx context.Context) (page, error) {
	t, err := d.task(ctx)
	if err != nil {
		return page{}, err
	}
	if t.Held {
		return page{}, NotYet{holdCheck}
	}
	rec, err := models.RecommendationByID(ctx, d.db, t.RecommendationID)
	if err != nil {
		return page{}, err
	}
	if rec.Stage == models.StageWithdrawn {
		return page{}, NotOwed{"the recommendation was withdrawn"}
	}
	said, err := models.OutcomeOf(ctx, d.db, &models.Task{ID: t.ID, RecommendationID: t.RecommendationID, Round: t.Round}, d.reader.ID)
	if err != nil {
		return page{}, err
	}
	until, err := models.OutcomeUntil(ctx, d.db, t.ID, d.reader.ID)
	if err != nil {
		return page{}, err
	}
	if until == nil || len(said) == 0 {
		return page{}, NotOwed{"there is no answer to the comments any more"}
	}
	p := page{
		Subject:  d.t("responses.subject", "Title", t.Title),
		Lead:     []string{d.words.N("mail.responses.lead", len(said)), d.t("responses.thanks")},
		Document: document(t),
		Facts: []fact{{d.t("label.asked"), d.t(sighted(t, "officer_of"), d.taskArgs(t)...)},
			{d.t("responses.open_until"), d.words.Date(*until, d.zone)}},
		Button: &button{Label: d.t("responses.button"), URL: d.link(t)},
		After:  []string{d.t("responses.personal")},
		Why:    d.t("responses.why"),
	}
	for _, r := range said {
		p.Passages = append(p.Passages, d.outcome(rec.Language, r)...)
	}
	return p, nil
}

// outcome is a comment, by its paragraph, and what was answered to it.
//
//i18n:keys responses.kind.* responses.outcome.*
func (d *draft) outcome(language string, r models.Remark) []passage {
	a := r.Response()
	where := d.words.T("responses.whole")
	if r.Block >= 0 {
		where = d.words.T("recommendation.paragraph", "Number", d.words.Number(r.Block+1))
	}
	comment := passage{Heading: where + " · " + d.words.T("responses.kind."+string(r.Kind)), Quote: r.Quote, QuoteLanguage: language, Text: r.Body, Language: r.WrittenIn}
	all := []passage{comment}
	if r.Kind.Suggests(r.Replacement) {
		instead := passage{Heading: d.words.T("responses.column.replacement"), Text: r.Replacement, Language: language}
		if r.Replacement == "" {
			instead.Text, instead.Language = d.words.T("remark.leaves_out"), ""
		}
		all = append(all, instead)
	}
	answer := passage{Heading: d.t("responses.answer", "Outcome", d.words.T("responses.outcome."+a.Outcome)), Text: a.Reason, Language: a.WrittenIn}
	if in := d.words.WrittenIn(a.WrittenIn); in != "" && a.Reason != "" {
		answer.Heading += " · " + in
	}
	return append(all, answer)
}
