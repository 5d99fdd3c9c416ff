package mail_test

import (
	"regexp"
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
				require.Contains(t, letter.Text, "Cora Coordinator", "who invites")
			}
			n.exec(`UPDATE account_links SET used_at = ? WHERE id = ?`, monday, l.ID)
			_, err = n.compose(m)
			require.ErrorAs(t, err, new(mail.NotOwed), "a spent link is not sent")
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
