package web

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/i18n"
	"tribuna/internal/record"
)

// Verbs are written where acts are taken; each needs its sentence.
var verbForms = []*regexp.Regexp{
	regexp.MustCompile(`[vV]erb\s*(?::=|:|=)\s*"([a-z]+\.[a-z_]+)"`),
	regexp.MustCompile(`(?:saveMailing|toPublication|translationEntry)\([^"]*"([a-z]+\.[a-z_]+)"`),
}

func TestEveryVerbOfTheRecordHasASentence(t *testing.T) {
	files, err := filepath.Glob("../activities/*.go")
	require.NoError(t, err)
	verbs := map[string]bool{record.VerbRedacted: true}
	for _, file := range append(files, "../models/version.go") {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, form := range verbForms {
			for _, m := range form.FindAllSubmatch(text, -1) {
				verbs[string(m[1])] = true
			}
		}
	}
	for _, known := range []string{"delivery.not_made", "signoff.met", "mailing.sent", "translation.submitted", "version.saved"} {
		require.True(t, verbs[known], "the search finds %s", known)
	}
	for verb := range verbs {
		for _, tag := range i18n.Tags() {
			require.True(t, i18n.For(tag).Has("record."+verb), "%s has no sentence for %s", tag, verb)
		}
	}
}

func TestRecordIsCheckedOnThePage(t *testing.T) {
	h := newHouse(t)
	path := recommendationPath(h.brief.ID) + "/record/verification"
	for _, tag := range i18n.Tags() {
		require.Contains(t, h.as("officer-khc", tag).get(path).Body, i18n.For(tag).T("record.verify.whole"))
	}
}
