package web

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"
	"github.com/xuri/excelize/v2"

	"tribuna/internal/demo"
	"tribuna/internal/i18n"
	"tribuna/internal/markdown"
	"tribuna/models"
)

// roundCommented has the brief back with its officer after a round in which an expert who wants no name and a partner commented.
func (h *house) roundCommented(byExpert ...models.CommentPayload) *house {
	h.t.Helper()
	h.brief.Round = 1
	h.enter(models.StageDrafting)
	now := time.Now()
	round := &models.ReviewRound{RecommendationID: h.brief.ID, Number: 1, VersionID: *h.brief.CurrentVersionID, Invited: []uuid.UUID{}, Reserve: []uuid.UUID{},
		Enough: 1, DueAt: now, ClosedAt: &now}
	require.NoError(h.t, round.Insert(h.t.Context(), h.db))
	asked := demo.ID("organisation", "cyi")
	h.says(h.ask(models.TaskReview, h.person("expert-02").ID), "expert-02", nil, "It costs more.", byExpert)
	partner := h.ask(models.TaskConsult, h.person("partner-cyi").ID)
	h.says(partner, "partner-cyi", &asked, "", []models.CommentPayload{{Block: 1, Kind: models.CommentQuestion, Body: "=Who pays?"}})
	return h
}

func (h *house) says(task *models.Task, slug string, organisation *uuid.UUID, reasons string, comments []models.CommentPayload) {
	h.t.Helper()
	task.Close(models.TaskDone, time.Now())
	require.NoError(h.t, task.Save(h.t.Context(), h.db))
	rv := &models.Review{TaskID: task.ID, RecommendationID: h.brief.ID, VersionID: *task.VersionID, Round: 1, PersonID: h.person(slug).ID,
		OrganisationID: organisation, Reasons: reasons, WrittenIn: "en", Naming: models.NamingNone, DecisionID: NewDecisionID(), AnsweredAt: time.Now()}
	require.NoError(h.t, h.db.RunInTx(h.t.Context(), nil, func(ctx context.Context, tx bun.Tx) error { return rv.Put(ctx, tx, comments) }))
}

// words of the brief that a suggestion can quote: the first two of a paragraph, which stand there once.
func (h *house) quotable() (block int, quote string) {
	h.t.Helper()
	for _, b := range markdown.Blocks(h.current().Body) {
		f := strings.Fields(b.Text)
		if b.Kind == markdown.KindParagraph && len(f) > 4 && strings.Count(b.Text, f[0]+" "+f[1]) == 1 && strings.Contains(b.Source, f[0]+" "+f[1]) {
			return b.Position, f[0] + " " + f[1]
		}
	}
	h.t.Fatal("the brief has no paragraph to quote from")
	return 0, ""
}

// picks are the values of the boxes on the page of comments.
func picks(body string) (values []string) {
	for _, part := range strings.Split(body, `name="pick" value="`)[1:] {
		value, _, _ := strings.Cut(part, `"`)
		values = append(values, value)
	}
	return values
}

func TestCommentsAreAnsweredAlikeAloneAndInGroups(t *testing.T) {
	t.Parallel()
	h := newHouse(t).roundCommented(models.CommentPayload{Block: 0, Body: "Name the ministry."}, models.CommentPayload{Block: 1, Body: "And the year.", Kind: models.CommentCorrection})
	b, page := h.as("officer-khc", "en"), responsesPath(h.brief.ID)
	got := b.get(page)
	require.Equal(t, http.StatusOK, got.StatusCode, got.Body)
	require.Contains(t, got.Body, "0 of 4")
	require.Contains(t, got.Body, "It costs more.", "reasons too")
	require.Len(t, picks(b.get(page+"?from=partners").Body), 1)
	require.Len(t, picks(b.get(page+"?kind=correction").Body), 1)
	all := picks(got.Body)
	require.Len(t, all, 4)

	nothing := b.post(page, url.Values{"do": {"answer"}, "outcome": {"accepted"}})
	require.Equal(t, http.StatusUnprocessableEntity, nothing.StatusCode)
	require.Contains(t, nothing.Body, `href="#f-pick"`)
	bare := b.post(page, url.Values{"do": {"answer"}, "pick": all[:2], "outcome": {"partly"}})
	require.Equal(t, http.StatusUnprocessableEntity, bare.StatusCode, "why not all of it is said")
	require.Contains(t, bare.Body, `href="#f-reason"`)
	require.Equal(t, 2, strings.Count(bare.Body, ` checked aria-describedby="c-`), "those chosen stay chosen")
	done := b.post(page, url.Values{"do": {"answer"}, "pick": all[:2], "outcome": {"partly"}, "reason": {"Not this year."}, "written_in": {"en"}})
	require.Equal(t, http.StatusSeeOther, done.StatusCode, done.Body)
	require.Contains(t, b.get(page).Body, "2 of 4")
	require.Len(t, picks(b.get(page+"?open=yes").Body), 2)
	stale := b.post(page, url.Values{"do": {"answer"}, "pick": all[:1], "outcome": {"accepted"}})
	require.Equal(t, http.StatusPreconditionFailed, stale.StatusCode, "answered meanwhile")

	grouped := b.post(page, url.Values{"do": {"group"}, "pick": all[2:], "title": {"Who and when"}})
	require.Equal(t, http.StatusSeeOther, grouped.StatusCode, grouped.Body)
	list := b.get(page).Body
	_, rest, found := strings.Cut(list, `<a href="`+page+`/`)
	require.True(t, found, list)
	id, _, _ := strings.Cut(rest, `"`)
	group := page + "/" + id
	require.Contains(t, b.get(group).Body, "And the year.")
	f := form(t, b.get(group).Body, group)
	wrong := b.post(group, url.Values{"seen": f["seen"], "title": {""}, "outcome": {"not_accepted"}})
	require.Equal(t, http.StatusUnprocessableEntity, wrong.StatusCode)
	for _, field := range []string{"title", "reason"} {
		require.Contains(t, wrong.Body, `href="#f-`+field+`"`)
	}
	require.Equal(t, http.StatusSeeOther, b.post(group, url.Values{"seen": f["seen"], "title": {"Who"}, "outcome": {"accepted"}}).StatusCode)
	require.Contains(t, b.get(page).Body, "4 of 4")
	require.Equal(t, http.StatusPreconditionFailed, b.post(group, url.Values{"seen": f["seen"], "title": {"Theirs"}, "outcome": {"partly"}, "reason": {"Hm."}}).StatusCode)
	f = form(t, b.get(group).Body, group)
	require.Equal(t, http.StatusSeeOther, b.post(group, url.Values{"seen": f["seen"], "do": {"dissolve"}}).StatusCode)
	require.Contains(t, b.get(page).Body, "2 of 4")
	require.Equal(t, http.StatusNotFound, b.get(group).StatusCode)

	for _, who := range []string{"partner-cyi", "expert-01", "officer-tdh", "reader"} {
		for _, path := range []string{page, page + ".xlsx", page + "/" + strings.Split(all[0], ":")[0]} {
			require.Contains(t, []int{http.StatusForbidden, http.StatusNotFound}, h.as(who, "en").get(path).StatusCode, "%s %s", who, path)
		}
	}
}

func TestAnAnswerToACommentIsKeptWhileItIsWritten(t *testing.T) {
	h := newHouse(t).roundCommented(models.CommentPayload{Block: 0, Body: "Name the ministry."})
	b := h.as("officer-khc", "en")
	one := responsesPath(h.brief.ID) + "/" + strings.Split(picks(b.get(responsesPath(h.brief.ID)).Body)[0], ":")[0]
	f := form(t, b.get(one).Body, one)
	f.Set("reason", "We cannot yet.")
	f.Set("do", "keep")
	require.Equal(t, http.StatusSeeOther, b.post(one, f).StatusCode)
	require.Contains(t, b.get(one).Body, `id="unsent"`)
	require.Contains(t, b.get(one+"?kept=continue").Body, "We cannot yet.")
	f.Set("do", "")
	f.Set("outcome", "not_accepted")
	sent := b.post(one, f)
	require.Equal(t, http.StatusSeeOther, sent.StatusCode, sent.Body)
	require.Zero(t, h.rows("kept_words"), "it was sent")
	require.Contains(t, b.get(one).Body, "We cannot yet.")
}

func TestCommentPagesInEveryLanguage(t *testing.T) {
	t.Parallel()
	block, quote := newHouse(t).quotable()
	h := newHouse(t).roundCommented(models.CommentPayload{Block: block, Kind: models.CommentSuggestion, Quote: quote, Replacement: "Other words"})
	page := responsesPath(h.brief.ID)
	for _, tag := range i18n.Tags() {
		b := h.as("officer-khc", tag)
		got := b.get(page)
		for _, pick := range picks(got.Body) {
			one := b.get(page + "/" + strings.Split(pick, ":")[0])
			require.Equal(t, http.StatusOK, one.StatusCode)
			unsaid(t, one)
			require.NotRegexp(t, `[>" ]responses\.[a-z_]+`, one.Body)
		}
		unsaid(t, got)
		require.NotRegexp(t, `[>" ]responses\.[a-z_]+`, got.Body)
	}
}

func TestASuggestionIsPutIntoTheTextInOneStep(t *testing.T) {
	block, quote := newHouse(t).quotable()
	h := newHouse(t).roundCommented(models.CommentPayload{Block: block, Kind: models.CommentSuggestion, Quote: quote, Replacement: "Other words"},
		models.CommentPayload{Block: block, Kind: models.CommentSuggestion, Quote: "words that do not stand there", Replacement: "x"})
	b, page := h.as("officer-khc", "en"), responsesPath(h.brief.ID)
	all := picks(b.get(page + "?kind=suggestion").Body)
	require.Len(t, all, 2)
	one, elsewhere := page+"/"+strings.Split(all[0], ":")[0], page+"/"+strings.Split(all[1], ":")[0]
	f := form(t, b.get(one).Body, one+"/apply")
	before := h.current().Body
	require.Equal(t, http.StatusSeeOther, b.post(one+"/apply", f).StatusCode)
	require.Equal(t, strings.Replace(before, quote, "Other words", 1), h.current().Body)
	require.Equal(t, 2, h.current().Number)
	for range 2 {
		require.GreaterOrEqual(t, b.post(one+"/apply", f).StatusCode, 400, "once")
		f.Set("draft", "2")
	}
	require.Equal(t, 2, h.current().Number)
	require.NotContains(t, b.get(one).Body, one+"/apply")
	require.NotContains(t, b.get(page+"?open=yes").Body, "Other words", "it is answered")

	got := b.get(elsewhere).Body
	require.NotContains(t, got, elsewhere+"/apply")
	edit := recommendationPath(h.brief.ID) + "/edit?suggestion=" + strings.Split(all[1], ":")[0]
	require.Contains(t, got, edit)
	require.Contains(t, b.get(edit).Body, "words that do not stand there")
	require.Equal(t, http.StatusConflict, b.post(elsewhere+"/apply", url.Values{"draft": {"2"}}).StatusCode)
	h.brief, _ = models.RecommendationByID(t.Context(), h.db, h.brief.ID)
	h.enter(models.StageSignOff)
	require.NotContains(t, b.get(elsewhere).Body, edit, "the text is out")
}

func TestASuggestionWhoseWordsStandThereIsMarkedAccepted(t *testing.T) {
	block, quote := newHouse(t).quotable()
	same := models.CommentPayload{Block: block, Kind: models.CommentSuggestion, Quote: quote, Replacement: "Other words"}
	h := newHouse(t).roundCommented(same, same)
	b, page := h.as("officer-khc", "en"), responsesPath(h.brief.ID)
	all := picks(b.get(page + "?kind=suggestion").Body)
	require.Len(t, all, 2)
	one, other := page+"/"+strings.Split(all[0], ":")[0], page+"/"+strings.Split(all[1], ":")[0]
	require.Equal(t, http.StatusSeeOther, b.post(one+"/apply", form(t, b.get(one).Body, one+"/apply")).StatusCode)
	got := b.get(other)
	require.Contains(t, got.Body, i18n.For("en").T("responses.stands"))
	require.NotContains(t, got.Body, i18n.For("en").T("responses.apply_yourself"))
	require.Equal(t, http.StatusSeeOther, b.post(other, form(t, got.Body, other)).StatusCode, "the first form on the page marks it")
	require.NotContains(t, b.get(page+"?open=yes").Body, "Other words", "both are answered")
}

func TestWhatPeopleTypeDoesNotVanish(t *testing.T) {
	h := newHouse(t).roundCommented(models.CommentPayload{Block: 0, Body: "write <b>x</b> here"}, models.CommentPayload{Block: 1, Body: "<u>only this</u>"})
	for _, page := range []string{responsesPath(h.brief.ID), recommendationPath(h.brief.ID)} {
		got := h.as("officer-khc", "en").get(page)
		sound(t, got)
		require.Contains(t, got.Body, "write &lt;b&gt;x&lt;/b&gt; here", page)
		require.Contains(t, got.Body, "&lt;u&gt;only this&lt;/u&gt;", page)
	}
}

func TestTheSheetOfCommentsAnonymisesAndRunsNothing(t *testing.T) {
	h := newHouse(t).roundCommented(models.CommentPayload{Block: 0, Body: "+1"}, models.CommentPayload{Block: 1, Body: "@all", Kind: models.CommentPraise})
	got := h.as("officer-khc", "en").get(responsesPath(h.brief.ID) + ".xlsx")
	require.Equal(t, http.StatusOK, got.StatusCode)
	require.Equal(t, xlsx, got.Header.Get("Content-Type"))
	book, err := excelize.OpenReader(bytes.NewReader([]byte(got.Body)))
	require.NoError(t, err)
	rows, err := book.GetRows(book.GetSheetName(0))
	require.NoError(t, err)
	require.Len(t, rows, 2+5, "below what the sheet is about")
	require.Equal(t, []string{h.brief.Title}, rows[0])
	require.Contains(t, rows[1][0], "Version 1 · Round 1 · ")
	flat := fmt.Sprint(rows)
	require.NotContains(t, flat, h.person("expert-02").Name, "who wants no name gets none in a file")
	require.Contains(t, flat, h.person("partner-cyi").Name)
	for _, words := range []string{"'+1", "'@all", "'=Who pays?"} {
		require.Contains(t, flat, words)
	}
	props, err := book.GetDocProps()
	require.NoError(t, err)
	require.NotContains(t, fmt.Sprint(*props), h.person("officer-khc").Name)
	narrowed := h.as("officer-khc", "en").get(responsesPath(h.brief.ID) + ".xlsx?from=partners")
	book, err = excelize.OpenReader(bytes.NewReader([]byte(narrowed.Body)))
	require.NoError(t, err)
	rows, err = book.GetRows(book.GetSheetName(0))
	require.NoError(t, err)
	require.Len(t, rows, 2+2)
}

// How long it takes is measured by scripts/bench, beside the statements that it is read by.
func TestFiveHundredCommentsOnOnePage(t *testing.T) {
	var many []models.CommentPayload
	for i := range 498 {
		many = append(many, models.CommentPayload{Block: i / 200, Body: fmt.Sprintf("Comment number %d, *with* a few words.", i)})
	}
	h := newHouse(t).roundCommented(many...)
	b, page := h.as("officer-khc", "en"), responsesPath(h.brief.ID)
	all := picks(b.get(page).Body)
	require.Len(t, all, 500)
	require.Equal(t, http.StatusSeeOther, b.post(page, url.Values{"do": {"answer"}, "pick": all, "outcome": {"accepted"}}).StatusCode)
	require.Contains(t, b.get(page).Body, "500 of 500")
}

func TestAcceptedSuggestionsArePutIntoTheTextInOneStepAndTakenBack(t *testing.T) {
	block, quote := newHouse(t).quotable()
	h := newHouse(t).roundCommented(models.CommentPayload{Block: block, Kind: models.CommentSuggestion, Quote: quote, Replacement: "Other words"},
		models.CommentPayload{Block: block, Kind: models.CommentSuggestion, Quote: "words that do not stand there", Replacement: "x"},
		models.CommentPayload{Block: block, Kind: models.CommentSuggestion, Quote: quote, Replacement: "Refused words"})
	b, page, l := h.as("officer-khc", "en"), responsesPath(h.brief.ID), i18n.For("en")
	put, before := putInPath(h.brief.ID), h.current().Body
	for _, where := range []string{page, recommendationPath(h.brief.ID) + "/edit", recommendationPath(h.brief.ID)} {
		require.NotContains(t, b.get(where).Body, put, "nothing is accepted yet")
	}
	all := picks(b.get(page + "?kind=suggestion").Body)
	require.Len(t, all, 3)
	require.Equal(t, http.StatusSeeOther, b.post(page, url.Values{"do": {"answer"}, "pick": all[:2], "outcome": {"accepted"}, "reason": {"Well said."}, "written_in": {"en"}}).StatusCode)
	for _, where := range []string{page, recommendationPath(h.brief.ID) + "/edit", recommendationPath(h.brief.ID) + "/round", recommendationPath(h.brief.ID)} {
		require.Contains(t, b.get(where).Body, `href="`+put+`"`, where)
	}
	require.Contains(t, b.get(page).Body, l.N("putin.wait", 2))
	started := b.get(recommendationPath(h.brief.ID) + "/start-review").Body
	require.Contains(t, started, l.N("putin.wait", 2), "who starts another round is told")
	require.Contains(t, started, `href="`+put+`"`)

	shown := b.get(put)
	require.Contains(t, shown.Body, l.N("putin.lead", 1), "one fits, one has to be written")
	for _, tag := range i18n.Tags() {
		page := h.as("officer-khc", tag).get(put)
		sound(t, page)
		unsaid(t, page)
	}
	b = h.as("officer-khc", "en")
	ids := picks(shown.Body)
	require.Len(t, ids, 1)
	require.Equal(t, http.StatusUnprocessableEntity, b.post(put, url.Values{"do": {"put"}, "draft": {"1"}}).StatusCode)
	require.Equal(t, http.StatusPreconditionFailed, b.post(put, url.Values{"do": {"put"}, "draft": {"7"}, "pick": ids}).StatusCode)
	refused := strings.Split(all[2], ":")[0]
	require.Equal(t, http.StatusPreconditionFailed, b.post(put, url.Values{"do": {"put"}, "draft": {"1"}, "pick": {ids[0], refused}}).StatusCode, "it was not accepted")
	require.Equal(t, 1, h.current().Number, "all or nothing")
	require.Equal(t, http.StatusSeeOther, b.post(put, url.Values{"do": {"put"}, "draft": {"1"}, "pick": ids}).StatusCode)
	require.Equal(t, strings.Replace(before, quote, "Other words", 1), h.current().Body)
	require.Contains(t, b.get(page).Body, "Well said.", "what was answered stays")
	for _, tag := range i18n.Tags() {
		reader, said := h.as("officer-khc", tag), i18n.For(tag).N("putin.note", 1)
		for _, where := range []string{"/versions", "/versions/2"} {
			require.Contains(t, reader.get(recommendationPath(h.brief.ID)+where).Body, said, "each reader is told what the step did in their language")
		}
	}
	b = h.as("officer-khc", "en")

	require.Contains(t, b.get(put).Body, recommendationPath(h.brief.ID)+"/compare?from=1&amp;to=2")
	require.Equal(t, http.StatusSeeOther, b.post(put, url.Values{"do": {"undo"}, "draft": {"2"}}).StatusCode)
	require.Equal(t, before, h.current().Body)
	require.Equal(t, 3, h.current().Number, "nothing is lost")
	require.Contains(t, b.get(recommendationPath(h.brief.ID)+"/versions").Body, l.T("putin.undo_note", "Number", l.Number(1)))
	require.Equal(t, http.StatusConflict, b.post(put, url.Values{"do": {"undo"}, "draft": {"3"}}).StatusCode, "there is nothing more to undo")
	require.Contains(t, b.get(page).Body, l.N("putin.wait", 2), "both wait again")

	look := strings.Split(all[1], ":")[0]
	require.Equal(t, http.StatusSeeOther, b.post(put, url.Values{"do": {"written"}, "draft": {"3"}, "written": {look}}).StatusCode)
	require.Contains(t, b.get(page).Body, l.N("putin.wait", 1))
	for _, who := range []string{"partner-cyi", "expert-01", "officer-tdh", "reader"} {
		require.Contains(t, []int{http.StatusForbidden, http.StatusNotFound}, h.as(who, "en").get(put).StatusCode, who)
		require.Contains(t, []int{http.StatusForbidden, http.StatusNotFound}, h.as(who, "en").post(put, url.Values{"do": {"put"}, "draft": {"3"}, "pick": ids}).StatusCode, who)
	}
	h.brief, _ = models.RecommendationByID(t.Context(), h.db, h.brief.ID)
	h.enter(models.StageSignOff)
	require.Equal(t, http.StatusConflict, b.post(put, url.Values{"do": {"put"}, "draft": {"3"}, "pick": ids}).StatusCode, "the text is out")
	require.Equal(t, 3, h.current().Number)
}

func TestASuggestionRefusedAfterItWasAppliedIsSaidToStandInTheText(t *testing.T) {
	block, quote := newHouse(t).quotable()
	h := newHouse(t).roundCommented(models.CommentPayload{Block: block, Kind: models.CommentSuggestion, Quote: quote, Replacement: "Other words"})
	b, page, put, l := h.as("officer-khc", "en"), responsesPath(h.brief.ID), putInPath(h.brief.ID), i18n.For("en")
	one := page + "/" + strings.Split(picks(b.get(page + "?kind=suggestion").Body)[0], ":")[0]
	require.Equal(t, http.StatusSeeOther, b.post(one+"/apply", form(t, b.get(one).Body, one+"/apply")).StatusCode)
	stands := l.T("putin.left.stands")
	for _, where := range []string{page, one, put} {
		require.NotContains(t, b.get(where).Body, stands, "%s: it is accepted", where)
	}
	f := form(t, b.get(one).Body, one)
	f.Set("outcome", "not_accepted")
	f.Set("reason", "Costs too much.")
	require.Equal(t, http.StatusSeeOther, b.post(one, f).StatusCode)
	for _, tag := range i18n.Tags() {
		b := h.as("officer-khc", tag)
		for _, where := range []string{page, one, put} {
			got := b.get(where)
			sound(t, got)
			unsaid(t, got)
			require.Contains(t, got.Body, i18n.For(tag).T("putin.left.stands"), "%s %s", tag, where)
		}
	}
	b = h.as("officer-khc", "en")
	for _, where := range []string{page, one} {
		require.Contains(t, b.get(where).Body, `href="`+put+`#out"`, "%s: how to take them out", where)
	}
	require.NotContains(t, b.get(one).Body, l.T("responses.is_applied"))
	require.Contains(t, b.get(put).Body, `value="undo"`)
	edit := recommendationPath(h.brief.ID) + "/edit?suggestion=" + strings.TrimPrefix(one, page+"/")
	require.Contains(t, b.get(put).Body, edit)
	require.Contains(t, b.get(edit).Body, l.T("putin.take_out", "Number", l.Number(block+1)))
	rows := bookRows(t, b.get(page+".xlsx?kind=suggestion").Body, 2)
	require.Len(t, rows, 1)
	require.Equal(t, stands, rows[0][l.T("responses.column.in_text")], "beside what became of it")

	require.Equal(t, http.StatusSeeOther, b.post(put, url.Values{"do": {"out"}, "draft": {"2"}, "out": {strings.TrimPrefix(one, page+"/")}}).StatusCode)
	require.NotContains(t, b.get(page).Body, stands, "the officer says that it is out")
}

func TestMarkingWhatStandsThereKeepsTheReasonGiven(t *testing.T) {
	block, quote := newHouse(t).quotable()
	same := models.CommentPayload{Block: block, Kind: models.CommentSuggestion, Quote: quote, Replacement: "Other words"}
	h := newHouse(t).roundCommented(same, same)
	b, page, l := h.as("officer-khc", "en"), responsesPath(h.brief.ID), i18n.For("en")
	all := picks(b.get(page + "?kind=suggestion").Body)
	require.Equal(t, http.StatusSeeOther, b.post(page, url.Values{"do": {"answer"}, "pick": all, "outcome": {"accepted"}, "reason": {"Well said."}, "written_in": {"en"}}).StatusCode)
	one, other := page+"/"+strings.Split(all[0], ":")[0], page+"/"+strings.Split(all[1], ":")[0]
	require.Equal(t, http.StatusSeeOther, b.post(one+"/apply", form(t, b.get(one).Body, one+"/apply")).StatusCode)
	got := b.get(other).Body
	require.NotContains(t, got, l.T("responses.stands_button"), "accepting it again would take the reason away")
	require.Contains(t, got, `href="`+putInPath(h.brief.ID)+`"`)
	require.Equal(t, 2, strings.Count(b.get(page).Body, "Well said."))
}
