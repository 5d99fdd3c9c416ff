package web

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/i18n"
	"tribuna/models"
)

// rendered fills a part's form with the demo's Bulgarian text, or with the source where there is none.
func rendered(t testing.TB, f url.Values, tr *models.Translation, page answer) {
	t.Helper()
	for _, b := range tr.Blocks {
		name := fmt.Sprintf("blocks[%d].text", b.Position)
		if strings.Contains(page.Body, `name="`+name+`"`) {
			f.Set(name, b.Source+" Превод")
		}
	}
}

func (n *office) translation(task *models.Task) *models.Translation {
	n.t.Helper()
	tr, err := models.TranslationByID(n.t.Context(), n.db, *task.SubjectID)
	require.NoError(n.t, err)
	return tr
}

func TestTranslationFromOpeningToApproval(t *testing.T) {
	n := newOffice(t)
	n.patient(func(d *models.ProcedureDocument) { d.Review.Grace = "1s" })
	n.accept()
	task := &n.open(models.TaskTranslate)[0]
	translator := n.personOf(task)
	b, path := n.byLink(task, translator, "en")
	tr := n.translation(task)
	parts := (len(tr.Blocks) + blocksPerPart - 1) / blocksPerPart
	require.Greater(t, parts, 1, "the brief has more than one part")

	page := b.get(path)
	require.Equal(t, http.StatusOK, page.StatusCode, page.Body)
	sound(t, page)
	f := form(t, page.Body, path+"/translation")
	f.Set("title", "Заглавие")
	rendered(t, f, tr, page)
	f.Set("then", "next")
	saved := b.post(path+"/translation", f)
	require.Equal(t, http.StatusSeeOther, saved.StatusCode, saved.Body)
	require.Equal(t, path+"?part=2", saved.Header.Get("Location"))
	require.Contains(t, n.translation(task).Blocks[0].Text, "Превод")

	// The form of before: somebody else saved meanwhile, and both texts are shown.
	f.Set("title", "Друго заглавие")
	f.Set("then", "")
	outdated := b.post(path+"/translation", f)
	require.Equal(t, http.StatusPreconditionFailed, outdated.StatusCode)
	sound(t, outdated)
	require.Contains(t, outdated.Body, `value="Друго заглавие"`)
	require.Contains(t, outdated.Body, i18n.For("bg").T("translation.theirs"))
	require.Equal(t, "Заглавие", n.translation(task).Title)
	onTop := form(t, outdated.Body, path+"/translation")
	onTop.Set("title", "Друго заглавие")
	require.Equal(t, http.StatusSeeOther, b.post(path+"/translation", onTop).StatusCode)
	require.Equal(t, "Друго заглавие", n.translation(task).Title)
	require.Contains(t, n.translation(task).Blocks[0].Text, "Превод", "fields a form does not have stay as they were")

	// Handed over too early: what is missing is named with the way to it, and what was written is saved.
	early := form(t, b.get(path).Body, path+"/translation")
	early.Set("title", "Заглавие")
	early.Set("then", "hand_over")
	missing := b.post(path+"/translation", early)
	require.Equal(t, http.StatusUnprocessableEntity, missing.StatusCode)
	sound(t, missing)
	require.Contains(t, missing.Body, fmt.Sprintf(`href="%s?part=2#f-blocks-%d-text"`, path, blocksPerPart))
	require.Equal(t, "Заглавие", n.translation(task).Title)

	n.handOverWithoutMarks(b, path, task)
	n.translateTheRest(b, path, task)
	require.Equal(t, models.TaskDone, n.task(task.ID).State)
	require.Contains(t, b.get(path+"/thanks").Body, i18n.For("bg").T("asked.thanks.lead.translate"))
	n.approveAfterReturning(t)
}

func (n *office) personOf(task *models.Task) models.Person {
	n.t.Helper()
	p, err := models.PersonByID(n.t.Context(), n.db, *task.PersonID)
	require.NoError(n.t, err)
	return p
}

// handOverWithoutMarks hands over a heading that became a paragraph, and puts it right again.
func (n *office) handOverWithoutMarks(b *reader, path string, task *models.Task) {
	t := n.t
	t.Helper()
	blocks := n.translation(task).Blocks
	heading := blocks[slices.IndexFunc(blocks, func(b models.TranslationBlock) bool { return strings.HasPrefix(b.Source, "## ") })]
	f := form(t, b.get(path).Body, path+"/translation")
	name, written := fmt.Sprintf("blocks[%d].text", heading.Position), heading.Text
	f.Set(name, "Защо сега")
	f.Set("then", "hand_over")
	refused := b.post(path+"/translation", f)
	require.Equal(t, http.StatusUnprocessableEntity, refused.StatusCode)
	sound(t, refused)
	require.Contains(t, refused.Body, i18n.For("bg").T("translation.paragraph", "Number", heading.Position+1)+": "+i18n.For("bg").T("error.field.keep_heading", "marks", "##"))
	again := form(t, refused.Body, path+"/translation")
	require.Contains(t, refused.Body, ">Защо сега</textarea>", "the words are kept")
	again.Set(name, written)
	require.Equal(t, http.StatusSeeOther, b.post(path+"/translation", again).StatusCode)
}

// translateTheRest fills the later parts, leaves one paragraph out, and hands the translation over.
func (n *office) translateTheRest(b *reader, path string, task *models.Task) {
	t := n.t
	t.Helper()
	tr := n.translation(task)
	parts := (len(tr.Blocks) + blocksPerPart - 1) / blocksPerPart
	for part := 2; part <= parts; part++ {
		page := b.get(fmt.Sprintf("%s?part=%d", path, part))
		sound(t, page)
		f := form(t, page.Body, path+"/translation")
		rendered(t, f, tr, page)
		if part == parts {
			left := fmt.Sprintf("blocks[%d]", (part-1)*blocksPerPart)
			f.Set(left+".text", "")
			f.Set(left+".left_out", "yes")
			f.Set(left+".note", "Не се отнася за тук.")
			for i := range n.versionOf(task).Measures {
				f.Set(fmt.Sprintf("measures[%d].text", i), "Мярка")
			}
			f.Set("then", "hand_over")
			unsaid := b.post(path+"/translation", f)
			require.Equal(t, http.StatusUnprocessableEntity, unsaid.StatusCode, "the form says nothing as it stands")
			require.Contains(t, unsaid.Body, `id="f-finished-error"`)
			f = form(t, unsaid.Body, path+"/translation")
			f.Set("finished", "yes")
			f.Set("then", "hand_over")
		}
		got := b.post(path+"/translation", f)
		require.Equal(t, http.StatusSeeOther, got.StatusCode, got.Body)
	}
}

func (n *office) versionOf(task *models.Task) *models.Version {
	n.t.Helper()
	v, err := models.VersionByID(n.t.Context(), n.db, *task.VersionID)
	require.NoError(n.t, err)
	return v
}

// approveAfterReturning has the second reader send the translation back once.
func (n *office) approveAfterReturning(t *testing.T) {
	t.Helper()
	task := &n.open(models.TaskApproveTranslation)[0]
	b, path := n.byLink(task, n.personOf(task), "en")
	page := b.get(path)
	sound(t, page)
	require.Contains(t, page.Body, "Не се отнася за тук.")
	require.Contains(t, page.Body, "Превод")
	n.scanned(task, n.personOf(task), "")
	n.undecided(task)
	empty := b.post(path+"/return-translation", form(t, page.Body, path+"/return-translation"))
	require.Equal(t, http.StatusUnprocessableEntity, empty.StatusCode, "a note is needed")
	f := form(t, empty.Body, path+"/return-translation")
	f.Set("note", "Прегледайте първия абзац.")
	require.Equal(t, http.StatusSeeOther, b.post(path+"/return-translation", f).StatusCode)

	back := &n.open(models.TaskTranslate)[0]
	tb, tpath := n.byLink(back, n.personOf(back), "en")
	again := tb.get(tpath)
	require.Contains(t, again.Body, "Прегледайте първия абзац.")
	n.scanned(back, n.personOf(back), "") // it is whole, and only what was asked for is wanting
	n.undecided(back)
	over := form(t, tb.get(tpath).Body, tpath+"/translation")
	over.Set("finished", "yes")
	over.Set("then", "hand_over")
	require.Equal(t, http.StatusSeeOther, tb.post(tpath+"/translation", over).StatusCode)

	task = &n.open(models.TaskApproveTranslation)[0]
	b, path = n.byLink(task, n.personOf(task), "en")
	seen := form(t, b.get(path).Body, path+"/approve-translation")
	seen.Set("revision", "1")
	seen.Set("read", "yes")
	require.Equal(t, http.StatusPreconditionFailed, b.post(path+"/approve-translation", seen).StatusCode, "other words than those seen")
	seen = form(t, b.get(path).Body, path+"/approve-translation")
	unsaid := b.post(path+"/approve-translation", seen)
	require.Equal(t, http.StatusUnprocessableEntity, unsaid.StatusCode, "the form says nothing as it stands")
	sound(t, unsaid)
	seen = form(t, unsaid.Body, path+"/approve-translation")
	seen.Set("read", "yes")
	require.Equal(t, http.StatusSeeOther, b.post(path+"/approve-translation", seen).StatusCode)
	require.Equal(t, models.TranslationApproved, n.translation(task).State)
}

// TestATranslatorWhoDeclinesReadsThatTheirSuggestionWasPassedOn in a sentence that names nobody.
func TestATranslatorWhoDeclinesReadsThatTheirSuggestionWasPassedOn(t *testing.T) {
	n := newOffice(t)
	n.patient(func(d *models.ProcedureDocument) { d.Review.Grace = "1s" })
	n.accept()
	task := &n.open(models.TaskTranslate)[0]
	translator := n.personOf(task)
	b, path := n.byLink(task, translator, translator.Language)
	f := form(t, b.get(path).Body, path+"/decline")
	f.Set("suggestion", "Ana Kovač")
	f.Set("will_not", "yes")
	require.Equal(t, http.StatusSeeOther, b.post(path+"/decline", f).StatusCode)
	over, l := b.get(path), i18n.For(translator.Language)
	sound(t, over)
	require.Contains(t, over.Body, l.T("asked.over.declined.title"))
	require.Contains(t, over.Body, l.N("suggestion.passed_on", 1))
	require.NotContains(t, over.Body, "Ana Kova")
}

func TestTranslationSavesItself(t *testing.T) {
	h := newHouse(t)
	translator := h.person("translator-bg-1")
	v, err := models.VersionByID(t.Context(), h.db, *h.brief.CurrentVersionID)
	require.NoError(t, err)
	tr, err := models.OpenTranslation(t.Context(), h.db, v, "bg")
	require.NoError(t, err)
	task := h.ask(models.TaskTranslate, translator.ID)
	task.SubjectID, task.Language = &tr.ID, &tr.Language
	_, err = h.db.NewUpdate().Model(task).Column("subject_id", "language").WherePK().Exec(t.Context())
	require.NoError(t, err)
	b := h.as("translator-bg-1", "en")
	path := taskPath(task.ID)
	f := form(t, b.get(path).Body, path+"/translation")
	f.Set("blocks[0].text", "Първо")
	b.header.Set("HX-Request", "true")
	saved := b.post(path+"/translation", f)
	require.Equal(t, http.StatusOK, saved.StatusCode, saved.Body)
	require.Contains(t, saved.Body, `name="revision" value="2"`)
	require.NotContains(t, saved.Body, "<html")
	f.Set("blocks[0].text", "Второ")
	outdated := b.post(path+"/translation", f)
	require.Equal(t, http.StatusUnprocessableEntity, outdated.StatusCode)
	require.Contains(t, outdated.Body, `name="revision" value="1"`, "the page's revision stays, so that saving shows both texts")
	f.Set("blocks[0].text", strings.Repeat("б", 50001))
	require.Equal(t, http.StatusUnprocessableEntity, b.post(path+"/translation", f).StatusCode)
}
