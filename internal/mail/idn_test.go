package mail_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/mail"
	"tribuna/models"
)

// TestADomainInOtherLettersTravelsInLatinOnes in the header as in the envelope, in a mail to one person and in a mailing.
func TestADomainInOtherLettersTravelsInLatinOnes(t *testing.T) {
	n, s := newNetwork(t), newServer(t, nil)
	n.launch(1)
	n.exec(`UPDATE people SET email = 'ivan@пример.example' WHERE name LIKE 'Reader %'`)
	n.exec(`UPDATE people SET email = 'maria@пример.example' WHERE id = ?`, n.expert)
	m, sender := n.invite(), newSender(t, n, s, newClock())
	drain(t, sender, mail.Batch{Transactional: true})
	drain(t, sender, mail.Batch{MailingID: &n.mailing})
	require.Equal(t, models.MailDelivered, n.stored(m.ID).State)
	require.Equal(t, 1, n.counts().Delivered)
	require.Len(t, s.whole, 2)
	for i, local := range []string{"maria", "ivan"} {
		header, _, _ := bytes.Cut(s.whole[i], []byte("\r\n\r\n"))
		require.Contains(t, string(header), "<"+local+"@xn--e1afmkfd.example>")
		for _, b := range header {
			require.Less(t, b, byte(0x80), "%s", header)
		}
	}
}
