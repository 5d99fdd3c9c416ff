package web

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"tribuna/internal/i18n"
	"tribuna/models"
)

// bookRows are the rows of the first sheet of a workbook, each by the names in its header, which stands in the row given.
func bookRows(t *testing.T, file string, header int) []map[string]string {
	t.Helper()
	book, err := excelize.OpenReader(strings.NewReader(file))
	require.NoError(t, err)
	rows, err := book.GetRows(book.GetSheetName(0))
	require.NoError(t, err)
	var all []map[string]string
	for _, row := range rows[header+1:] {
		cells := map[string]string{}
		for i, cell := range row {
			cells[rows[header][i]] = cell
		}
		all = append(all, cells)
	}
	return all
}

// threeCommented has three experts who want no name comment on two paragraphs in a round that is closed.
func (h *house) threeCommented() *house {
	h.t.Helper()
	h.roundCommented(models.CommentPayload{Block: 0, Body: "Said by expert-02."}, models.CommentPayload{Block: 1, Body: "Said by expert-02, too."})
	for _, slug := range []string{"expert-03", "expert-04"} {
		h.says(h.ask(models.TaskReview, h.person(slug).ID), slug, nil, "",
			[]models.CommentPayload{{Block: 0, Body: "Said by " + slug + "."}, {Block: 1, Kind: models.CommentQuestion, Body: "Asked by " + slug + "."}})
	}
	return h
}

// TestExpertsWhoAreNotNamedInAFileAreToldApart by numbers that are the same in every file, however it is narrowed, and at every time.
func TestExpertsWhoAreNotNamedInAFileAreToldApart(t *testing.T) {
	h := newHouse(t).threeCommented()
	b, page := h.as("officer-khc", "en"), responsesPath(h.brief.ID)
	from := func(query string) map[string]string {
		said := map[string]string{}
		for _, row := range bookRows(t, b.get(page+".xlsx"+query).Body, 2) {
			said[row["Comment"]] = row["From"]
		}
		return said
	}
	all := from("")
	require.Equal(t, all["Said by expert-02."], all["Said by expert-02, too."])
	require.Equal(t, all["Said by expert-03."], all["Asked by expert-03."])
	numbers := []string{all["Said by expert-02."], all["Said by expert-03."], all["Said by expert-04."]}
	slices.Sort(numbers)
	require.Equal(t, []string{"Expert 1", "Expert 2", "Expert 3"}, numbers)
	require.Equal(t, h.person("partner-cyi").Name, all["'=Who pays?"])
	for _, query := range []string{"?kind=question", "?kind=remark", "?from=experts"} {
		for said, who := range from(query) {
			require.Equal(t, all[said], who, query)
		}
	}
	order := []string{}
	for _, row := range bookRows(t, b.get(page+".xlsx").Body, 2) {
		if row["Paragraph"] == "1" {
			order = append(order, row["From"])
		}
	}
	require.True(t, slices.IsSorted(order), "as they are numbered, not as they answered: %v", order)

	h.exec(`UPDATE reviews SET answer = 'support', naming = 'public' WHERE person_id = ?`, h.person("expert-03").ID)
	later := from("")
	require.Equal(t, h.person("expert-03").Name, later["Said by expert-03."])
	for _, said := range []string{"Said by expert-02.", "Said by expert-04."} {
		require.Equal(t, all[said], later[said], "nobody's number moves")
	}

	h.withWord("off")
	text := anyTag.ReplaceAllString(readable(b.get(page+".docx").Body), "")
	for _, said := range []string{"Said by expert-02.", "Said by expert-04."} {
		require.Contains(t, text, "From "+all[said], "as in the workbook")
		require.NotContains(t, text, all[said]+", as an expert", "which is said once")
	}
	require.Contains(t, text, "From "+h.person("expert-03").Name+", as an expert")
	for _, tag := range i18n.Tags() {
		require.Contains(t, readable(h.as("officer-khc", tag).get(page+".xlsx").Body), i18n.For(tag).T("responses.expert", "Number", strings.Fields(all["Said by expert-02."])[1]), tag)
	}
}

var anyTag = regexp.MustCompile(`<[^>]*>`)

// TestTheWorkbookSaysWhetherASuggestionStandsInTheText that was accepted: put in by a step, written by somebody, or not yet.
func TestTheWorkbookSaysWhetherASuggestionStandsInTheText(t *testing.T) {
	block, quote := newHouse(t).quotable()
	same := models.CommentPayload{Block: block, Kind: models.CommentSuggestion, Quote: quote, Replacement: "Other words"}
	h := newHouse(t).roundCommented(same, same, models.CommentPayload{Block: block, Kind: models.CommentSuggestion, Quote: "words that do not stand there", Replacement: "x"},
		models.CommentPayload{Block: block, Kind: models.CommentSuggestion, Quote: quote, Replacement: "Refused words"})
	b, page, l := h.as("officer-khc", "en"), responsesPath(h.brief.ID), i18n.For("en")
	in := func() (all []string) {
		for _, row := range bookRows(t, b.get(page+".xlsx?kind=suggestion").Body, 2) {
			all = append(all, row[l.T("responses.column.in_text")])
		}
		return all
	}
	require.Equal(t, []string{"", "", "", ""}, in(), "none is accepted")
	all := picks(b.get(page + "?kind=suggestion").Body)
	require.Len(t, all, 4)
	one := page + "/" + strings.Split(all[0], ":")[0]
	require.Equal(t, http.StatusSeeOther, b.post(one+"/apply", form(t, b.get(one).Body, one+"/apply")).StatusCode)
	require.Equal(t, http.StatusSeeOther, b.post(page, url.Values{"do": {"answer"}, "pick": all[1:3], "outcome": {"accepted"}}).StatusCode)
	require.Equal(t, http.StatusSeeOther, b.post(page, url.Values{"do": {"answer"}, "pick": all[3:], "outcome": {"not_accepted"}, "reason": {"Too much."}}).StatusCode)
	require.Equal(t, []string{"since version 2", l.T("putin.stands"), "not yet", ""}, in())
}
