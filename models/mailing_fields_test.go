package models_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/apperr"
	"tribuna/models"
)

func valueOf(f models.MailingField) string { return "<" + strings.ToUpper(string(f)) + ">" }

func TestFieldsAreCutAndFilled(t *testing.T) {
	for text, want := range map[string]string{
		"":                           "",
		"Dear {name},":               "Dear <NAME>,",
		"{name}{name} {country}":     "<NAME><NAME> <COUNTRY>",
		`\{name} {title}`:            `\{name} <TITLE>`,
		"{ name } {Name} {} {{name}": "{ name } {Name} {} {<NAME>",
	} {
		require.Equal(t, want, models.CutFields(text).Fill(valueOf), text)
	}
	require.Equal(t, "as {name} is", models.Literal(`as \{name} is`))
}

// FuzzFields holds cutting and filling against replacing each field where it stands.
func FuzzFields(f *testing.F) {
	for _, seed := range []string{"Dear {name} of {organisation}", "{{name}}", "{name", "{link}{link}", "a\n{summary}\r\n.", "{nobody} x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(text, `\{`) {
			return // what is kept as it is written is tried above
		}
		var pairs []string
		for _, field := range models.MailingFields() {
			pairs = append(pairs, "{"+string(field)+"}", valueOf(field))
		}
		asWritten := func(field models.MailingField) string {
			if strings.Contains(strings.Join(pairs, " "), "{"+string(field)+"}") {
				return valueOf(field)
			}
			return "{" + string(field) + "}"
		}
		cut := models.CutFields(text)
		require.Len(t, cut.Words, len(cut.Fields)+1)
		require.Equal(t, strings.NewReplacer(pairs...).Replace(text), cut.Fill(asWritten))
	})
}

func TestAnUnknownFieldIsRefusedWhereItStands(t *testing.T) {
	n := newNetwork(t)
	officer := n.person(t, "officer", models.RoleOfficer, n.lead)
	r := &models.Recommendation{}
	require.NoError(t, n.db.NewSelect().Model(r).Where("r.id = ?", n.recommendation(t, officer)).Scan(t.Context()))
	r.Stage, r.PublishedAt = models.StageDone, &noon
	in := models.MailingInput{FallbackLanguage: "en", Texts: []models.MailingText{
		{Language: "en", Subject: "For {name}", Body: "{title}: {link}"}, {Language: "bg", Subject: "{nmae}", Body: "x", Plain: "{first_name}"}}}
	_, err := models.CreateMailing(t.Context(), n.db, r, in, officer.ID, noon)
	var refused *apperr.Error
	require.ErrorAs(t, err, &refused)
	require.Len(t, refused.Fields, 2)
	require.Equal(t, "texts[1].subject", refused.Fields[0].Path)
	require.Equal(t, "{nmae}", refused.Fields[0].Args["field"])
	require.Equal(t, "texts[1].plain", refused.Fields[1].Path)
	in.Texts = in.Texts[:1]
	m, err := models.CreateMailing(t.Context(), n.db, r, in, officer.ID, noon)
	require.NoError(t, err)
	require.Equal(t, r.ID, m.Audience.About)
}
