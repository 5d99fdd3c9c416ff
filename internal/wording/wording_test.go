package wording

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCatalogsAreWhole(t *testing.T) {
	wrong, err := Check("../..")
	require.NoError(t, err)
	for _, line := range wrong {
		t.Error(line)
	}
}

// house writes a small repository.
func house(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range files {
		path := filepath.Join(root, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	}
	return root
}

const (
	englishFile  = "internal/i18n/catalogs/en/a.json"
	romanianFile = "internal/i18n/catalogs/ro/a.json"
)

func TestDisagreementsAreFound(t *testing.T) {
	root := house(t, map[string]string{
		englishFile: `{"a.one": "One", "a.who": "Of {{.Name}}", "a.n": {"one": "{{.Count}} day", "other": "{{.Count}} days"}, "a.flat": "Flat",
			"calendar.date": "{{.Day}} {{.Month}}"}`,
		romanianFile: `{"a.who": "De {{.Nume}}", "a.n": {"one": "{{.Count}} zi", "other": "{{.Count}} de zile"}, "a.flat": {"one": "a", "few": "b", "other": "c"},
			"a.more": "Mai mult", "calendar.date": "{{.Day}}"}`,
		"internal/i18n/catalogs/ro/about.json": `{"name": "română"}`,
	})
	catalogs, err := readCatalogs(os.DirFS(filepath.Join(root, "internal", "i18n")))
	require.NoError(t, err)
	require.ElementsMatch(t, []string{
		`ro lacks "a.one": One`,
		`ro: "a.who" leaves room for "Nume", English for "Name"`,
		`ro: "a.n" has the plural forms one, other; the language has few, one, other`,
		`ro: "a.flat" has plural forms in one language only`,
		`ro has "a.more", which English has not`,
	}, disagreements(catalogs))
}

func TestCountsWithoutPluralFormsAreFound(t *testing.T) {
	root := house(t, map[string]string{
		englishFile: `{"a.bare": "{{.Answered}} experts answered", "a.of": "{{.Count}} of {{.Total}}", "a.end": "Experts: {{.Answered}}",
			"a.n": {"one": "{{.Count}} day", "other": "{{.Count}} days"}}`,
		romanianFile: `{"a.bare": "Experți: {{.Answered}}", "a.of": "{{.Count}} din {{.Total}}", "a.end": "{{.Answered}} experți",
			"a.n": {"one": "{{.Count}} zi", "few": "{{.Count}} zile", "other": "{{.Count}} de zile"}}`,
		"internal/i18n/catalogs/ro/about.json": `{"name": "română"}`,
	})
	catalogs, err := readCatalogs(os.DirFS(filepath.Join(root, "internal", "i18n")))
	require.NoError(t, err)
	require.Equal(t, []string{
		`en: "a.bare" counts without plural forms: "{{.Answered}} experts"`,
		`ro: "a.end" counts without plural forms: "{{.Answered}} experți"`,
	}, uncounted(catalogs))
}

func TestPluralFormsAreThoseOfTheLanguage(t *testing.T) {
	for tag, want := range map[string][]string{"en": {"one", "other"}, "bg": {"one", "other"}, "sq": {"one", "other"}, "ro": {"few", "one", "other"},
		"sr-Latn": {"few", "one", "other"}, "mk": {"one", "other"}, "sl": {"few", "one", "other", "two"}, "pl": {"few", "many", "one", "other"}} {
		require.Equal(t, want, pluralForms(tag), tag)
	}
}

func TestWhatIsUsedAndWhatIsNotIsFound(t *testing.T) {
	root := house(t, map[string]string{
		"web/a.go": `package web
func f(l L, s string) {
	l.T("page.title"); l.T("page.gone"); l.Say("state." + s + ".help"); l.T("wide." + s); note(entry{verb: "thing.done"}); note(entry{verb: "thing.lost"})
}
//i18n:keys hidden.** stale.*
func g() { apperr.Invalid("name", "too_long") }
`,
		"web/views/a.html":        `{{t "view.title"}}{{/* t "view.comment" */}}{{t (print "kind." .Kind)}}{{t (printf "step.%s.name" .Step)}}{{template "x" "passed.on"}}`,
		"internal/mail/a.go":      "package mail\nfunc (d *draft) t(k string) string { return d.words.T(\"mail.\" + k) }\nfunc (d *draft) p(k string) { d.t(\"lead\"); d.t(\"why.\" + k) }\n",
		"internal/apperr/code.go": "package apperr\nconst CodeLate Code = \"late\"\n",
	})
	said, err := scanSources(root)
	require.NoError(t, err)
	english := catalog{}
	for _, key := range []string{"page.title", "state.a.help", "wide.thing.done", "wide.b", "record.thing.done", "hidden.a.b", "view.title", "kind.a", "step.a.name", "passed.on",
		"mail.lead", "mail.why.a", "error.late", "error.field.too_long", "page.never", "wide.not.written", "kind.a.b"} {
		english[key] = entry{}
	}
	unused := ": remove it from every catalog, or name it where the key is put together (//i18n:keys)"
	require.ElementsMatch(t, []string{
		`web/a.go uses "page.gone", which no catalog has`,
		`web/a.go uses keys like "stale.*", of which no catalog has any`,
		`web/a.go writes "thing.lost" down, which neither a record nor the journal has words for`,
		`nothing uses "page.never"` + unused,
		`nothing uses "record.thing.done"` + unused,
		`nothing uses "wide.not.written"` + unused,
		`nothing uses "kind.a.b"` + unused,
	}, misused(english, said))
}

func TestValuesWithoutWordsAreFound(t *testing.T) {
	catalogs, err := readCatalogs(os.DirFS("../i18n"))
	require.NoError(t, err)
	english := catalogs["en"]
	for _, key := range []string{"followup.status.lapsed", "account.role.officer", "mail.task.publish.lead"} {
		delete(english, key)
	}
	wrong, err := valuesWithoutWords("../..", english)
	require.NoError(t, err)
	require.ElementsMatch(t, []string{
		`the value "lapsed" has no words: there is no "followup.status.lapsed"`,
		`the value "officer" has no words: there is no "account.role.officer"`,
		`the value "publish" has no words: there is no "mail.task.publish.lead"`,
	}, wrong)
}
