package web

import (
	"fmt"
	"html/template"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/i18n"
	"tribuna/models"
)

// TestPublicPagesSayWhomToAskOnlyWhereTheNetworkSaid: they promise nobody an answer where there is no address to write to, and whoever
// coordinates the network reads that it is missing.
func TestPublicPagesSayWhomToAskOnlyWhereTheNetworkSaid(t *testing.T) {
	t.Parallel() // each answer takes its time
	h := newHouse(t)
	const mailto = `<a href="mailto:privacy@tdh.example">privacy@tdh.example</a>`
	for _, said := range []bool{false, true} {
		if said {
			require.NoError(t, models.DataHolder{Name: "Tdh, Budapest", Contact: "privacy@tdh.example"}.Save(t.Context(), h.db))
		}
		for _, tag := range i18n.Tags() {
			l, b := i18n.For(tag), h.public(tag)
			p := h.subscriber(fmt.Sprintf("mara-%s-%v@readers.example", tag, said), tag)
			for _, asked := range []answer{b.post(ownDataPath, url.Values{"email": {p.Email}}),
				b.post(subscribePath, url.Values{"email": {p.Email}, "language": {tag}, "country": {"HR"}, "agreed": {"yes"}})} {
				sound(t, asked)
				require.Contains(t, asked.Body, template.HTMLEscapeString(l.T("subscribe.asked_none")))
				require.Equal(t, said, strings.Contains(asked.Body, template.HTMLEscapeString(l.T("subscribe.asked_none_ask"))+" "+mailto))
				require.Equal(t, said, strings.Contains(asked.Body, template.HTMLEscapeString(l.T("subscribe.asked_none_ask"))))
			}
			kept := shownOwnData(t, b, h.ownDataLink(p))
			sound(t, kept)
			require.Equal(t, !said, strings.Contains(kept.Body, template.HTMLEscapeString(l.T("profile.holder_unsaid"))))
			require.Equal(t, said, strings.Contains(kept.Body, "Tdh, Budapest<br>"+mailto))
			for _, path := range []string{administrationPath, noticesPath} {
				page := h.as("coordinator", tag).get(path)
				sound(t, page)
				require.Equal(t, !said, strings.Contains(page.Body, template.HTMLEscapeString(l.T("notice.holder_public"))+` <a href="`+noticesPath+`/holder">`), path)
			}
		}
	}
}
