package main

import (
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"tribuna/internal/demo"
)

// account is what the address of every link to an account contains.
const account = "/a/"

// invitationStory is how somebody gets an account: a coordinator invites them, they come by mail, forget the password and
// come by mail again.
type invitationStory struct {
	*house
	t *testing.T
}

const invited = "fiona.carmichael@experts.example"

func (s *invitationStory) tell() {
	coordinator := s.visitor(s.t, "the coordinator", "en", desktop)
	s.signIn(coordinator, "ilona.vermes@tribuna.example")
	coordinator.open("/administration/access?q=" + invited)
	coordinator.press(`.table th a`)
	coordinator.press(`main .btn-primary`)
	coordinator.reads("The invitation is on its way.", "Invited")

	expert := s.visitor(s.t, "Fiona", "en", phone)
	first := expert.mail(invited, "an invitation", func(m caught) bool { return m.linkTo(account) != "" }).linkTo(account)
	s.comeBy(expert, first, "four unrelated parrots")
	expert.reads("Your password is saved")

	other := s.visitor(s.t, "whoever finds the mail", "en", phone)
	require.EqualValues(s.t, http.StatusGone, s.goneQuietly(other, first))
	other.reads("This link has ended")

	other.open("/reset-password")
	other.write("#f-email", invited)
	other.press(`main .btn-primary`)
	other.reads("a link to choose a new password is on its way")
	second := other.mail(invited, "a new password", func(m caught) bool {
		return m.linkTo(account) != "" && m.linkTo(account) != first
	}).linkTo(account)
	s.comeBy(other, second, "nine sleepy umbrellas")
	expert.mail(invited, "the password was changed", func(m caught) bool { return m.linkTo("/reset-password") != "" })

	expert.open("/account")
	require.Equal(s.t, "/sign-in", expert.path(), "signed out by the new password")
	expert.write("#f-email", invited)
	expert.write("#f-password", "nine sleepy umbrellas")
	expert.press(`main .btn-primary`)
	require.Equal(s.t, "/account", expert.path())
	const elsewhere = `main form[action^="/account/sessions/"][action$="/end"]` // one for each other session
	require.Equal(s.t, 1, expert.count(elsewhere), "here and there")
	expert.press(`form[action="/account/sessions/end-others"] button`)
	require.Zero(s.t, expert.count(elsewhere))

	expert.open("/account/keys")
	expert.write("#f-name", "a spreadsheet")
	expert.hit(`main .btn-primary`)
	expert.shows(`.key-shown`)
	expert.inspect()
}

// comeBy opens a link from a mail and chooses a password; the first attempt is one that everybody tries.
func (s *invitationStory) comeBy(v *visitor, link, password string) {
	v.t.Helper()
	require.EqualValues(s.t, http.StatusOK, v.goes(chromedp.Navigate(link)))
	require.Equal(s.t, "/set-password", v.path(), "the address is clean")
	require.NotContains(s.t, v.page(), strings.TrimPrefix(link, s.site+account))
	v.write("#f-password", "password2026!")
	v.write("#f-repeat", "password2026!")
	require.EqualValues(s.t, http.StatusUnprocessableEntity, v.pressed(`main .btn-primary`))
	v.reads("became known in a breach")
	v.write("#f-password", password)
	v.write("#f-repeat", password)
	v.press(`main .btn-primary`)
	require.Equal(s.t, "/", v.path())
	require.NotEqual(s.t, demo.Password, password)
}

// goneQuietly follows a link that has ended, whose status the console names.
func (s *invitationStory) goneQuietly(v *visitor, link string) int64 {
	v.t.Helper()
	answer, err := chromedp.RunResponse(v.ctx, chromedp.Navigate(link))
	require.NoError(s.t, err)
	v.mu.Lock()
	v.complaints = nil
	v.mu.Unlock()
	v.inspect()
	return answer.Status
}
