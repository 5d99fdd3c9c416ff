package mail

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAServersWordsAreKeptWithoutAddresses(t *testing.T) {
	for reply, want := range map[string]string{
		"550 5.1.1 <ana@partner.example>: Recipient address rejected": "550 5.1.1 <…>: Recipient address rejected",
		"450 mailbox of ana.b+c@x.example, busy":                      "450 mailbox of …, busy",
		"421 try later":                                               "421 try later",
	} {
		require.Equal(t, want, withoutAddresses(reply))
	}
}
