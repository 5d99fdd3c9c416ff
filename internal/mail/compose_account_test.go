package mail_test

import (
	"html"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/i18n"
	"tribuna/internal/links"
	"tribuna/internal/mail"
	"tribuna/models"
)

var accountLink = regexp.MustCompile(`https://tribuna\.example/a/(ta_[A-Za-z0-9_-]+)`)

// accountMail is a mail that brings a link to an account.
func (n *network) accountMail(kind models.MailKind, purpose, language string, by *uuid.UUID) (models.OutboxMail, models.AccountLink) {
	l := models.AccountLink{ID: models.NewID(), PersonID: n.expert, Purpose: purpose, CreatedBy: by, CreatedAt: monday, ExpiresAt: monday.Add(time.Hour)}
	_, err := n.db.NewInsert().Model(&l).Exec(n.t.Context())
	require.NoError(n.t, err)
	m := n.mail(kind, n.expert, language, nil)
	m.Data.Link = &l.ID
	return m, l
}

func TestAccountMailsBringOneLinkThatCanBeUsed(t *testing.T) {
	n := newNetwork(t)
	n.exec(`UPDATE installation SET data_holder = 'Child Rights Hub', data_contact = 'data@hub.example'`)
	for kind, purpose := range map[models.MailKind]string{models.MailAccountInvitation: models.LinkInvitation, models.MailPasswordReset: models.LinkReset} {
		for _, language := range i18n.Tags() {
			m, l := n.accountMail(kind, purpose, language, &n.coordinator)
			letter, err := n.compose(m)
			require.NoError(t, err)
			if language == "en" || language == "bg" {
				soundLetter(t, letter, language)
			}
			for _, half := range []string{letter.Text, letter.HTML} {
				found := accountLink.FindAllStringSubmatch(half, -1)
				require.Len(t, found, 1)
				claims, err := n.minter.Check(found[0][1])
				require.NoError(t, err)
				require.Equal(t, links.Claims{Kind: links.KindAccount, ID: l.ID, PersonID: n.expert}, claims)
			}
			if kind == models.MailAccountInvitation {
				n.saysWhatTheInvitationIs(letter, language)
			}
			n.exec(`UPDATE account_links SET used_at = ? WHERE id = ?`, monday, l.ID)
			_, err = n.compose(m)
			require.ErrorAs(t, err, new(mail.NotOwed), "a spent link is not sent")
		}
	}
}

// saysWhatTheInvitationIs looks in both halves for who invites, where to, as what, until when, and whom to ask.
func (n *network) saysWhatTheInvitationIs(letter *mail.Letter, language string) {
	n.t.Helper()
	words := i18n.For(language)
	coordinator, err := models.PersonByID(n.t.Context(), n.db, n.coordinator)
	require.NoError(n.t, err)
	require.Contains(n.t, letter.Subject, "Cora Coordinator")
	until := words.Moment(monday.Add(time.Hour), time.FixedZone("EET", 2*3600))
	for half, text := range map[string]string{"text": strings.Join(strings.Fields(letter.Text), " "), "html": strings.Join(strings.Fields(html.UnescapeString(letter.HTML)), " ")} {
		for _, says := range []string{"Cora Coordinator, Know-how Centre", "tribuna.example", "Child Rights Hub", words.T("account.role.expert") + ", Know-how Centre",
			until, coordinator.Email, strconv.Itoa(models.PasswordMin)} {
			require.Contains(n.t, text, says, "%s in %s", half, language)
		}
	}
}

func TestAChangedPasswordIsToldWithoutASecret(t *testing.T) {
	n := newNetwork(t)
	letter, err := n.compose(n.mail(models.MailPasswordChanged, n.expert, "bg", nil))
	require.NoError(t, err)
	soundLetter(t, letter, "bg")
	require.Contains(t, letter.Text, "11:00", "when, in the reader's zone")
	require.Contains(t, letter.Text, "https://tribuna.example/reset-password")
	require.NotRegexp(t, accountLink, letter.HTML)
}
