package web

import (
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/demo"
	"tribuna/internal/i18n"
	"tribuna/models"
)

func TestListsAndWorkToDoHaveTitlesInTheReadersLanguage(t *testing.T) {
	h := newHouse(t)
	h.publish()
	brief, err := demo.Brief()
	require.NoError(t, err)
	h.ask(models.TaskDeliver, h.person("officer-khc").ID)
	for _, tag := range []string{"bg", "en"} {
		b := h.as("officer-khc", tag)
		for _, path := range []string{"/", "/recommendations"} {
			require.Contains(t, b.get(path).Body, `lang="`+tag+`">`+brief.Texts[tag].Title, "%s in %s", path, tag)
		}
	}
	require.Contains(t, h.as("officer-khc", "sq").get("/recommendations").Body, `lang="en">`+brief.Texts["en"].Title, "there is none in theirs")
}

func TestWhoIsInChargeIsToldThatItIsTheirOwnText(t *testing.T) {
	h := newHouse(t)
	task := h.reviewing("expert-02")
	_, err := h.db.NewRaw(`UPDATE tasks SET kind = 'consult', person_id = NULL, organisation_id = ? WHERE id = ?`, demo.ID("organisation", "khc"), task.ID).Exec(t.Context())
	require.NoError(t, err)
	for who, own := range map[string]bool{"officer-khc": true, "partner-khc": false} {
		b := h.as(who, "en")
		for path, key := range map[string]string{"/": "home.own_text", taskPath(task.ID): "asked.own_text"} {
			check := require.NotContains
			if own {
				check = require.Contains
			}
			check(t, b.get(path).Body, i18n.For("en").T(key), "%s %s", who, path)
		}
	}
}
