package web

import (
	"html"
	"strings"
	"testing"
	"time"

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

// TestACampaignAndItsMailingsAreCalledTheSameOnEveryPage: by the title that the recommendation has in the reader's language; where it has
// none, by the one that was written, and by no third.
func TestACampaignAndItsMailingsAreCalledTheSameOnEveryPage(t *testing.T) {
	h := newHouse(t)
	h.published()
	brief, err := demo.Brief()
	require.NoError(t, err)
	m, err := models.CreateMailing(t.Context(), h.db, h.brief, models.MailingInput{FallbackLanguage: "en", Texts: []models.MailingText{
		{Language: "en", Subject: "Mentors", Body: "B"}, {Language: "bg", Subject: "Наставници", Body: "B"}}}, h.person("officer-khc").ID, time.Now())
	require.NoError(t, err)
	home, campaign := recommendationPath(h.brief.ID), campaignPath(m.CampaignID)
	b := h.as("officer-khc", "en")
	step := h.stepIn(b, campaign, "letter", "To the minister", "2026-01-15", "")
	named := h.campaignOf(b, "Spring for care")
	for reader, tag := range map[string]string{"bg": "bg", "en": "en", "sq": "en"} {
		b, called := h.as("officer-khc", reader), `lang="`+tag+`">`+brief.Texts[tag].Title
		for _, path := range []string{campaign, campaign + "/edit", step, campaign + "/steps/new", campaignsPath, home + "/mailings/new", home + "/campaigns/new",
			home + "/segments", mailingPath(m.ID), mailingPath(m.ID) + "/preview?language=en", mailingPath(m.ID) + "/files", mailingPath(m.ID) + "/cancel", "/"} {
			require.Contains(t, html.UnescapeString(b.get(path).Body), called, "%s in %s", path, reader)
		}
		require.Contains(t, html.UnescapeString(b.get(home+"/mailings/new").Body), m.CampaignID.String()+`" `+called, "the campaign among those to choose from")
		list := html.UnescapeString(b.get(campaignsPath).Body)
		require.Contains(t, list, `href="`+campaign+`" `+called)
		require.Contains(t, list, `lang="`+tag+`">`+map[string]string{"bg": "Наставници", "en": "Mentors"}[tag]+"<", "the mailing as its campaign's page calls it")
		require.Contains(t, list, `href="`+named+`">Spring for care<`, "nobody said in which language")
		file := strings.ReplaceAll(strings.ReplaceAll(b.get(campaign+"/calendar.ics").Body, "\r\n ", ""), "\\", "")
		require.Contains(t, file, "X-WR-CALNAME:"+brief.Texts[tag].Title)
	}
	require.Contains(t, html.UnescapeString(h.as("officer-khc", "bg").get(campaignsPath+"?q=защита").Body), `href="`+campaign+`"`, "it is found by what the reader sees")
	require.Contains(t, h.as("officer-khc", "bg").get(campaign+"/edit").Body, `value="`+brief.Texts["en"].Title, "what is renamed is what was written")
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

// TestCampaignsWithoutANameAreNumbered: they are told apart by name wherever they are named, in the reader's language as well.
func TestCampaignsWithoutANameAreNumbered(t *testing.T) {
	h := newHouse(t)
	h.published()
	brief, err := demo.Brief()
	require.NoError(t, err)
	var begun []*models.Mailing
	for range 3 {
		m, err := models.CreateMailing(t.Context(), h.db, h.brief, models.MailingInput{FallbackLanguage: "en",
			Texts: []models.MailingText{{Language: "en", Subject: "S", Body: "B"}}}, h.person("officer-khc").ID, time.Now())
		require.NoError(t, err)
		begun = append(begun, m)
	}
	for reader, tag := range map[string]string{"bg": "bg", "en": "en", "sq": "en"} {
		b := h.as("officer-khc", reader)
		pages := map[string]string{}
		for _, path := range []string{campaignsPath, recommendationPath(h.brief.ID), recommendationPath(h.brief.ID) + "/mailings/new"} {
			page := b.get(path)
			sound(t, page)
			pages[path] = html.UnescapeString(page.Body)
		}
		for i, m := range begun {
			called := `lang="` + tag + `">` + brief.Texts[tag].Title + []string{"", " (2)", " (3)"}[i] + "<"
			for path, said := range pages {
				id := campaignPath(m.CampaignID) + `" `
				if strings.HasSuffix(path, "/new") {
					id = m.CampaignID.String() + `" `
				}
				require.Contains(t, said, id+called, "%s in %s", path, reader)
			}
			require.Contains(t, html.UnescapeString(b.get(campaignPath(m.CampaignID)).Body), called)
			require.Contains(t, html.UnescapeString(b.get(mailingPath(m.ID)+"/launch").Body), campaignPath(m.CampaignID)+`" `+called)
		}
	}
}
