package web

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/demo"
	"tribuna/internal/i18n"
	"tribuna/models"
)

// toSignOff takes the brief as far as the sign-off, which is asked of Know-how Centre Bulgaria and, in the place of the
// partner that Croatia lacks, of the lead organisation.
func (n *office) toSignOff() {
	n.t.Helper()
	n.patient(func(d *models.ProcedureDocument) { d.Review.Grace, d.Translation.Skip = "1s", true })
	n.accept()
	n.waitFor("two organisations are asked", func() bool { return len(n.open(models.TaskSignOff)) == 2 })
}

func (n *office) signOffTask(organisation string) *models.Task {
	n.t.Helper()
	for _, task := range n.open(models.TaskSignOff) {
		if *task.OrganisationID == demo.ID("organisation", organisation) {
			return &task
		}
	}
	require.FailNow(n.t, organisation+" is not asked")
	return nil
}

func TestOrganisationsSignOff(t *testing.T) {
	n := newOffice(t)
	n.toSignOff()
	task := n.signOffTask("khc")
	b, path := n.byLink(task, n.person("partner-khc"), "en")
	page := b.get(path)
	require.Equal(t, http.StatusOK, page.StatusCode, page.Body)
	sound(t, page)
	require.NotContains(t, page.Body, " checked", "no answer is chosen for anybody")
	require.Contains(t, page.Body, i18n.For("bg").N("signoff.needed_answers", 2))
	require.Contains(t, page.Body, "Terre des hommes")

	n.scanned(task, n.person("partner-khc"), "")
	n.undecided(task)
	typed := form(t, page.Body, path+"/sign-off")
	typed.Set("reason", "Наполовина написано.")
	typed.Set("do", "keep")
	require.Equal(t, http.StatusSeeOther, b.post(path+"/sign-off", typed).StatusCode)
	require.Contains(t, b.get(path+"?kept=compare").Body, "Наполовина написано.", "what is not sent yet waits")
	require.Contains(t, b.get(path+"?kept=continue").Body, "Наполовина написано.")
	n.scanned(task, n.person("partner-khc"), "?kept=continue")
	n.undecided(task)
	none := b.post(path+"/sign-off", form(t, page.Body, path+"/sign-off"))
	require.Equal(t, http.StatusUnprocessableEntity, none.StatusCode)
	require.Contains(t, none.Body, i18n.For("bg").T("asked.choose"))
	f := form(t, none.Body, path+"/sign-off")
	f.Set("answer", models.SignOffAbstain)
	require.Equal(t, http.StatusUnprocessableEntity, b.post(path+"/sign-off", f).StatusCode, "a reason is needed")
	f = form(t, none.Body, path+"/sign-off")
	f.Set("answer", models.SignOffAbstain)
	f.Set("reason", "Решава управителният съвет.")
	require.Equal(t, http.StatusSeeOther, b.post(path+"/sign-off", f).StatusCode)
	require.Contains(t, b.get(path+"/thanks").Body, "Решава управителният съвет.")
	require.NotContains(t, b.get(path).Body, i18n.For("bg").T("kept.title"), "what was sent is not unsent any more")

	other := n.signOffTask("tdh")
	ob := n.as("partner-tdh-al", "en")
	opath := taskPath(other.ID)
	theirs := ob.get(opath)
	sound(t, theirs)
	require.Contains(t, theirs.Body, speaksForUnit, "who answers for a shared vote is told for whom")
	require.Contains(t, theirs.Body, "Решава управителният съвет.", "what the others answered is known in the network")

	changed := form(t, b.get(path).Body, path+"/sign-off")
	changed.Set("answer", models.SignOffApproveWithCondition)
	changed.Set("reason", "")
	unnamed := b.post(path+"/sign-off", changed)
	require.Equal(t, http.StatusUnprocessableEntity, unnamed.StatusCode, "a condition has to be named")
	changed = form(t, unnamed.Body, path+"/sign-off")
	changed.Set("answer", models.SignOffApproveWithCondition)
	changed.Set("reason", "Ако бюджетният ред бъде посочен.")
	require.Equal(t, http.StatusSeeOther, b.post(path+"/sign-off", changed).StatusCode)
	theirs = ob.get(opath)
	sound(t, theirs)
	require.Contains(t, theirs.Body, "Ако бюджетният ред бъде посочен.")
	require.Contains(t, theirs.Body, i18n.For("en").N("signoff.conditional", 1))
	f = form(t, theirs.Body, opath+"/sign-off")
	f.Set("answer", models.SignOffApprove)
	require.Equal(t, http.StatusSeeOther, ob.post(opath+"/sign-off", f).StatusCode, "a sister of the lead speaks for the shared vote")
	n.open(models.TaskPublish)
	home := recommendationPath(n.brief.ID)
	officer := n.as("officer-khc", "en")
	require.Contains(t, officer.get(home).Body, speaksForUnit)
	require.Contains(t, officer.get(home+"/record").Body, speaksForUnit)
	behind, err := models.EndorsementOf(t.Context(), n.db, n.brief.ID, *n.reload().AcceptedVersionID)
	require.NoError(t, err)
	require.Contains(t, behind.Organisations, models.Signatory{Unit: "Terre des hommes, Regional Office for Europe (Budapest)",
		Speaker: "Terre des hommes Albania"}, "in public too")
	closed := b.get(path)
	sound(t, closed)
	require.Contains(t, closed.Body, i18n.For("bg").T("asked.over.closed.title"))
}

// speaksForUnit names, on a page, an organisation that shares its vote.
const speaksForUnit = "Terre des hommes Albania for the unit “Terre des hommes, Regional Office for Europe (Budapest)”"

func TestWhoSharesAVoteSeesWhoseAnswerStands(t *testing.T) {
	n := newOffice(t)
	n.toSignOff()
	path := taskPath(n.signOffTask("tdh").ID)
	first := n.as("partner-tdh-al", "en")
	f := form(t, first.get(path).Body, path+"/sign-off")
	f.Set("answer", models.SignOffAbstain)
	f.Set("reason", "Not yet.")
	require.Equal(t, http.StatusSeeOther, first.post(path+"/sign-off", f).StatusCode)
	own := i18n.For("en").T("signoff.changing")
	require.Contains(t, first.get(path).Body, own)

	second := n.as("partner-tdh-md", "en")
	page := second.get(path)
	sound(t, page)
	require.Contains(t, page.Body, speaksForUnit+" answered on ")
	require.NotContains(t, page.Body, own, "it is not the reader's own answer")
	f = form(t, page.Body, path+"/sign-off")
	f.Set("answer", models.SignOffApprove)
	require.Equal(t, http.StatusSeeOther, second.post(path+"/sign-off", f).StatusCode)
	require.Contains(t, second.get(path).Body, own)
	require.Contains(t, first.get(path).Body, "Terre des hommes Moldova for the unit")
	require.Contains(t, n.as("officer-khc", "en").get(recommendationPath(n.brief.ID)+"/record").Body, "(in place of the answer of Elira Gjoka for Terre des hommes Albania)")
}

func TestTallyInWords(t *testing.T) {
	for _, tag := range i18n.Tags() {
		l := i18n.For(tag)
		for _, tally := range []models.SignOffTally{
			{Asked: 3, Answered: 2, Approved: 1, Declined: 1, NeededApprovals: 1},
			{Asked: 3, Answered: 3, Approved: 3, Conditional: 1, Met: true}, {Asked: 2, Failed: true}, {Asked: 4, Silent: 1, NeededAnswers: 2},
		} {
			for _, line := range tallyWords(l, tally) {
				require.NotContains(t, line, "signoff.")
			}
		}
		for _, rule := range []string{models.SignOffAll, models.SignOffMajority, models.SignOffNoObjection} {
			for _, silence := range []string{models.SilenceWaits, models.SilenceAbstains, models.SilenceApproves} {
				require.NotContains(t, signOffRule(l, models.SignOffRules{Rule: rule, Quorum: 2, Silence: silence}), "signoff.")
			}
		}
	}
}
