package web

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"tribuna/internal/demo"
)

// TestAdministrationInABrowser looks at the coordinator's lists and forms: nothing reaches beyond the screen, axe finds
// nothing serious, and the browser has nothing to complain about.
func TestAdministrationInABrowser(t *testing.T) {
	b, h := newBrowser(t), newHouse(t)
	grant := grantPath(demo.ID("grant", "daphne"))
	authority := authorityPath(demo.ID("authority", "ba-fbih"))
	var status int
	require.NoError(t, chromedp.Run(b.ctx, chromedp.Navigate(h.front.URL+"/dev"), chromedp.Evaluate(
		`fetch("/dev/sign-in", {method: "POST", body: new URLSearchParams({email: "`+h.person("coordinator").Email+`"})}).then(r => r.status)`, &status, awaited)))
	require.Equal(t, 200, status)
	imported(t, h.as("coordinator", "en"), "Ana,ana@list.example,bg\nRužica Ćosić-Hadžiahmetović,ruzica.cosic-hadziahmetovic@list.example,sr-Latn\n")
	h.exec(`UPDATE installation SET data_holder = 'Terre des hommes, Budapest', data_contact = 'privacy@tdh.example'`)
	person, organisation := personPath(h.person("officer-khc").ID), organisationPath(demo.ID("organisation", "tdh"))
	for _, page := range []string{administrationPath, peoplePath + "?role=officer", person, person + "/edit", person + "/leave", person + "/hand-over",
		person + "/hand-over?to_id=" + h.person("coordinator").ID.String(), contactsPath, noticesPath, noticesPath + "/send",
		noticesPath + "/preview?language=bg", noticesPath + "/holder", organisationsPath, organisation, organisation + "/edit", organisation + "/remove", authoritiesPath + "?country=BA", authoritiesPath + "?q=labour", authority, authority + "/edit", authority + "/retire",
		proceduresPath, proceduresPath + "/default", proceduresPath + "/default/edit", proceduresPath + "/default/yaml", proceduresPath + "/fast/remove",
		grantsPath, grant, grant + "/edit", grant + "/emblem", grant + "/emblem/bg", grant + "/countries/XK", grant + "/remove",
		"/administration/languages", "/administration/countries", "/administration/countries/XK", "/administration/topics/new", zonePath,
		accessPath, importsPath, administrationPath + "/journal", operationsPath, "/administration/reports",
		"/dashboard", "/dashboard?country=BG", "/dashboard/coverage", "/dashboard/pipeline"} {
		t.Run(page, func(t *testing.T) { b.inspect(t, h.front.URL+page, fewLooks) })
	}
	require.Empty(t, b.complaints)
}
