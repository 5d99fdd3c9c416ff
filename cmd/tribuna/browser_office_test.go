package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/demo"
	"tribuna/models"
)

// officeStory is a day of the coordinator: a look at the overview, then what the network needs to have put in order.
// It is told twice, in different languages on different screens, so that what is made bears the teller's mark.
type officeStory struct {
	*house
	t        *testing.T
	c        *visitor
	mark     string
	language string // chosen once signed in; "": that of the profile
}

func (s *officeStory) tell() {
	s.signIn(s.c, "ilona.vermes@tribuna.example")
	if s.language != "" {
		s.c.speaks(s.language)
	}
	s.overview()
	s.organisation()
	s.procedure()
	s.contacts()
	s.recommendationsOfOthers()
	s.handOver()
	s.journal()
	s.c.had(models.RoleCoordinator)
}

func (s *officeStory) overview() {
	c := s.c
	c.press(`.sidenav a[href="/dashboard"]`)
	c.shows(`#overview .figure`)
	c.press(`main a[href^="/dashboard/pipeline"]`)
	c.shows(`#overview .bar`)
	c.open("/dashboard")
	c.press(`main a[href^="/dashboard/coverage"]`)
	c.shows(`main table`)
}

// organisation adds a partner; without a name it is refused and nothing is lost.
func (s *officeStory) organisation() {
	c, name := s.c, "Forum for Children "+s.mark
	c.open("/administration")
	c.press(`main a[href="/administration/organisations"]`)
	c.press(`.page-actions a[href$="/new"]`)
	c.choose("#f-kind", "partner")
	c.tick(`input[name="countries"][value="HR"]`)
	c.choose("#f-parent_id", demo.ID("organisation", "tdh").String())
	c.setDate("#f-member_from", "2026-01-15")
	require.EqualValues(s.t, 422, c.pressed(`.form-foot .btn-primary`), "a name is missing")
	c.shows("#error-summary a")
	require.Equal(s.t, "2026-01-15", c.holds("#f-member_from"))
	c.write("#f-name", name)
	c.press(`.form-foot .btn-primary`)
	c.reads(name)
}

// procedure copies one and changes a rule; a span nobody can read is refused.
func (s *officeStory) procedure() {
	c := s.c
	c.open("/administration/procedures/default")
	c.press(`main a[href$="/copy"]`)
	c.write("#f-slug", "urgent-"+s.mark)
	c.write("#f-names-en", "Urgent "+s.mark)
	c.write("#f-review-due", "soon")
	require.EqualValues(s.t, 422, c.pressed(`.form-foot .btn-primary`))
	require.Equal(s.t, "soon", c.holds("#f-review-due"))
	c.write("#f-review-due", "12wd")
	c.press(`.form-foot .btn-primary`)
	c.reads("Urgent " + s.mark)
	c.open("/administration/procedures/urgent-" + s.mark + "/yaml")
	require.Contains(s.t, c.holds("main textarea"), "due: 12wd")
}

// contacts brings people in, first from a file that is wrong in one line, and takes them out again.
func (s *officeStory) contacts() {
	c := s.c
	const head = "Name;E-mail;Language;Country\n"
	right := "Ana Dobre;ana." + s.mark + "@list.example;ro;RO\n"
	c.open("/administration/contacts")
	s.bring("contacts.csv", head+right+"Nobody;;ro;RO\n")
	require.Zero(s.t, c.count(`main form .btn-primary`), "all or nothing")
	c.open("/administration/contacts")
	s.bring("contacts.csv", head+right)
	c.reads("Ana Dobre")
	c.press(`main form .btn-primary`)
	c.press(`main a[href$="/undo"]`)
	c.press(`main form .btn-danger`)
	c.open("/administration/people?q=ana." + s.mark)
	require.NotContains(s.t, c.page(), "Ana Dobre")
}

// bring chooses a file and says where the people in it come from.
func (s *officeStory) bring(name, content string) {
	s.t.Helper()
	c := s.c
	s.upload(name, content)
	c.write("#f-source", "List of a conference")
	c.choose("#f-basis", "interest")
	c.press(`main form[enctype] .btn-primary`)
}

func (s *officeStory) upload(name, content string) {
	s.t.Helper()
	path := filepath.Join(s.t.TempDir(), name)
	require.NoError(s.t, os.WriteFile(path, []byte(content), 0o600))
	s.c.run(chromedp.SetUploadFiles("#f-file", []string{path}, chromedp.ByQuery))
}

func (s *officeStory) recommendationsOfOthers() {
	c := s.c
	c.open("/administration/imports")
	s.upload("upr.csv", "external_ref,source,addressee_country,session,issued_by,response,action_category,topics,text\n"+
		"UPR-AL-90-"+s.mark+",UPR,AL,90,Egypt,accepted,4,Rights of the Child,Adopt a law on "+s.mark+".\n")
	c.press(`main form[enctype] .btn-primary`)
	c.press(`main form .btn-primary`)
	c.press(`main a[href^="/follow-ups"]`)
	c.reads("Adopt a law on " + s.mark)
}

// handOver passes what an officer has to do to another, and waits until every process knows.
func (s *officeStory) handOver() {
	c := s.c
	from, to := demo.ID("person", "officer-khc"), demo.ID("person", "coordinator")
	if s.charged(to) > s.charged(from) {
		from, to = to, from
	}
	require.Positive(s.t, s.charged(from))
	c.open("/administration/people/" + from.String() + "/hand-over")
	c.choose("#f-to_id", to.String())
	c.press(`.filter-foot .btn`)
	c.press(`.form-foot .btn-primary`)
	c.awaits(c.path(), `main ul.rows .mark-done`)
}

// charged counts the recommendations under way that somebody is in charge of.
func (s *officeStory) charged(person uuid.UUID) int {
	s.t.Helper()
	n, err := s.db.NewSelect().Table("recommendations").Where("officer_id = ? AND stage NOT IN ('done', 'withdrawn')", person).Count(s.t.Context())
	require.NoError(s.t, err)
	return int(n)
}

func (s *officeStory) journal() {
	c := s.c
	c.open("/administration/journal")
	c.reads("Forum for Children "+s.mark, "Urgent "+s.mark)
	c.open("/administration/operations")
}
