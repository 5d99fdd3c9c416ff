package web

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/models"
)

// again decides that the text is revised, revises it, and has the same experts and no others asked about it in another round.
func (m *masked) again() {
	m.t.Helper()
	decide := m.open(models.TaskDecideReview)
	m.say(m.brief.ID, m.officer, models.DecideReview, &decide[0], models.DecideReviewPayload{Decision: models.ReviewRevise, Reason: "Much to do."})
	m.sendsTo("Send to 2 people")
	m.rewrite(func(d *models.Draft) { d.Body += "\n\nA paragraph that came later." })
	m.brief = m.reload()
	m.review(2, m.reviewers...)
	for _, slug := range m.reviewers {
		m.tasks[slug] = m.taskOf(slug)
		require.Equal(m.t, 2, m.tasks[slug].Round)
	}
}

// TestAnonymityStaysWhenTheSameAreAskedAgain goes on where TestAnonymityStaysWhenIsToldWhatBecameOfComments ends: those who answered read what
// they said before and what became of it, who did not answer what changed, and nobody anything of the others. Every page, file and answer of
// the API is looked through once more, and every mail.
func TestAnonymityStaysWhenTheSameAreAskedAgain(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{models.AnonymitySingle, models.AnonymityDouble} {
		t.Run(mode, func(t *testing.T) {
			m := newMasked(t, mode)
			for _, slug := range m.reviewers[:2] {
				m.says(slug)
			}
			m.close()
			m.answersTogether()
			first := map[string]*models.Task{}
			for slug, task := range m.tasks {
				first[slug] = task
			}
			m.again()
			m.mailsGoOut(t)
			for i, slug := range m.reviewers {
				b, path := m.linked(m.tasks[slug], m.person(slug).ID, "en"), taskPath(m.tasks[slug].ID)
				asked, changes, earlier := b.get(path), b.get(path+"/changes"), b.get(path+"/earlier")
				pages := []answer{asked, changes}
				require.Equal(t, http.StatusOK, changes.StatusCode)
				require.Contains(t, changes.Body, "A paragraph that came later.")
				if i < 2 {
					require.Equal(t, http.StatusOK, earlier.StatusCode)
					sound(t, earlier)
					for _, own := range []string{"Reasons ", "Comment ", "Note ", "Private ", "Instead ", "Because "} {
						require.Contains(t, earlier.Body, own+m.answer(slug))
					}
					require.Contains(t, earlier.Body, "As far as the law goes.")
					require.NotContains(t, earlier.Body, "Said by several", "that others said the same is for the officer")
					pages = append(pages, earlier)
				} else {
					require.Equal(t, http.StatusNotFound, earlier.StatusCode, "who did not answer said nothing")
				}
				for _, page := range pages {
					for _, other := range m.reviewers {
						if other != slug {
							require.False(t, has(page.Body, append(m.identities(other), m.answer(other), first[other].ID.String())...), "%s is told of %s", slug, other)
						}
					}
					require.False(t, mode == models.AnonymityDouble && has(page.Body, authorWords...), "who wrote the text is not told")
				}
			}
			m.mailsGiveNobodyAway(t, models.MailReviewInvitation, models.MailResponses)
			for _, who := range m.listeners() {
				if who.name != "officer-khc" && who.reviews == "" {
					continue // who is told nothing new by it
				}
				heard, joined := m.listen(t, who, true)
				require.Equal(t, who.reviews != m.reviewers[2], heard, who.name)
				require.False(t, who.owner && joined, "the officer reads who said what")
			}
		})
	}
}
