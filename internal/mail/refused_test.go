package mail_test

import (
	"testing"

	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"

	"tribuna/internal/mail"
	"tribuna/models"
)

// TestAnAddressThatNobodyHasIsNotedWhereAMailIsRefusedAtOnce: as a report that comes back, and only where the server's words mean that.
func TestAnAddressThatNobodyHasIsNotedWhereAMailIsRefusedAtOnce(t *testing.T) {
	for name, c := range map[string]struct {
		said smtp.SMTPError
		hard bool
	}{
		"5.1.1":           {smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such mailbox"}, true},
		"5.1.6":           {smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 6}, Message: "moved"}, true},
		"5.1.10":          {smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 10}, Message: "recipient not found"}, true},
		"the domain":      {smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 2}, Message: "domain not found"}, false},
		"full":            {smtp.SMTPError{Code: 552, EnhancedCode: smtp.EnhancedCode{5, 2, 2}, Message: "mailbox full"}, false},
		"policy":          {smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 7, 1}, Message: "not authorised"}, false},
		"policy in words": {smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "blocked as spam"}, false},
		"for now":         {smtp.SMTPError{Code: 450, EnhancedCode: smtp.EnhancedCode{4, 1, 1}, Message: "no such mailbox"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			n := newNetwork(t)
			s := newServer(t, func(s *server) { s.onRcpt = func(string, *smtp.Conn) error { return &c.said } })
			m, sender := n.invite(), newSender(t, n, s, newClock())
			_, err := sender.SendBatch(t.Context(), mail.Batch{Transactional: true})
			require.NoError(t, err)
			var reports []models.Bounce
			require.NoError(t, n.db.NewSelect().Model(&reports).Scan(t.Context()))
			to, err := models.PersonByID(t.Context(), n.db, n.expert)
			require.NoError(t, err)
			why, err := models.SuppressionOf(t.Context(), n.db, to.Email)
			require.NoError(t, err)
			if !c.hard {
				require.Empty(t, reports)
				require.Nil(t, why)
				return
			}
			require.Equal(t, models.MailFailed, n.stored(m.ID).State, "it never left")
			require.Len(t, reports, 1)
			require.Equal(t, [2]any{models.BounceHard, name}, [2]any{reports[0].Class, reports[0].Status})
			require.Equal(t, [2]any{m.ID, n.expert}, [2]any{reports[0].MailID, reports[0].PersonID})
			require.NotNil(t, why)
			require.Equal(t, models.SuppressedHardBounce, why.Reason)
			require.Equal(t, m.ID, *why.MailID)
		})
	}
}

// TestAnAddressThatWasTypedAndNobodyHasIsNotAskedAgain: nobody is known by it, and nothing leads from it to the mail.
func TestAnAddressThatWasTypedAndNobodyHasIsNotAskedAgain(t *testing.T) {
	n := newNetwork(t)
	s := newServer(t, func(s *server) {
		s.onRcpt = func(string, *smtp.Conn) error {
			return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such mailbox"}
		}
	})
	m := n.asked("nobody@readers.example", "en")
	_, err := newSender(t, n, s, newClock()).SendBatch(t.Context(), mail.Batch{Transactional: true})
	require.NoError(t, err)
	require.Equal(t, models.MailFailed, n.stored(m.ID).State)
	why, err := models.SuppressionOf(t.Context(), n.db, "nobody@readers.example")
	require.NoError(t, err)
	require.NotNil(t, why)
	require.Equal(t, models.SuppressedHardBounce, why.Reason)
	require.Nil(t, why.MailID)
}

// TestAServerThatTakesNoSuchAddressesSaysNothingOfTheReader: another may.
func TestAServerThatTakesNoSuchAddressesSaysNothingOfTheReader(t *testing.T) {
	n, s := newNetwork(t), newServer(t, nil)
	n.exec(`UPDATE people SET email = 'ана@поща.example' WHERE id = ?`, n.expert)
	m := n.invite()
	_, err := newSender(t, n, s, newClock()).SendBatch(t.Context(), mail.Batch{Transactional: true})
	require.NoError(t, err)
	require.Equal(t, models.MailFailed, n.stored(m.ID).State)
	is, err := models.Suppressed(t.Context(), n.db, "ана@поща.example")
	require.NoError(t, err)
	require.False(t, is)
}

// TestAMailingThatIsRefusedSuppressesNobody: what a server says to one of thousands is judged by the rules of a mailing. Which address it
// was about is kept.
func TestAMailingThatIsRefusedSuppressesNobody(t *testing.T) {
	for status, hard := range map[smtp.EnhancedCode]bool{{5, 1, 1}: true, {5, 2, 2}: false} {
		n := newNetwork(t)
		s := newServer(t, func(s *server) {
			s.onRcpt = func(string, *smtp.Conn) error {
				return &smtp.SMTPError{Code: 550, EnhancedCode: status, Message: "no"}
			}
		})
		n.launch(2)
		drain(t, newSender(t, n, s, newClock()), mail.Batch{MailingID: &n.mailing})
		require.Equal(t, 2, n.counts().Failed)
		count, err := n.db.NewSelect().Table("suppressions").Count(t.Context())
		require.NoError(t, err)
		require.Zero(t, count)
		var reports []models.Bounce
		require.NoError(t, n.db.NewSelect().Model(&reports).Scan(t.Context()))
		if !hard {
			require.Empty(t, reports)
			continue
		}
		require.Len(t, reports, 2)
		for _, b := range reports {
			to, err := models.PersonByID(t.Context(), n.db, b.PersonID)
			require.NoError(t, err)
			require.Equal(t, [3]any{models.BounceHard, "5.1.1", models.AddressHash(to.Email)}, [3]any{b.Class, b.Status, b.AddressHash})
		}
	}
}
