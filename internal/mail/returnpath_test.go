package mail

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

func TestAMadeUpReturnAddressNamesNobody(t *testing.T) {
	r, err := NewReturnPath("bounces@network.example", bytes.Repeat([]byte{7}, 32))
	require.NoError(t, err)
	other, err := NewReturnPath("bounces@network.example", bytes.Repeat([]byte{8}, 32))
	require.NoError(t, err)
	id := uuid.Must(uuid.NewV7())
	address := r.For(id)
	require.Less(t, strings.IndexByte(address, '@'), 65, "RFC 5321, 4.5.3.1.1")
	for _, given := range []string{address, strings.ToUpper(address)} {
		got, ok := r.Mail(given)
		require.True(t, ok, given)
		require.Equal(t, id, got)
	}
	_, ok := other.Mail(address)
	require.False(t, ok, "another key")
	at := strings.IndexByte(address, '@')
	for i := len("bounces+"); i < at; i++ {
		for _, c := range "a7" {
			forged := address[:i] + string(c) + address[i+1:]
			if _, ok := r.Mail(forged); forged != address {
				require.False(t, ok, forged)
			}
		}
	}
	for _, bad := range []string{"", "bounces@network.example", "bounces+@network.example", address[:at] + "@evil.example", address + "x",
		"bounces+" + strings.Repeat("a", 42) + "@network.example", strings.Replace(address, "+", "-", 1)} {
		_, ok := r.Mail(bad)
		require.False(t, ok, bad)
	}
}

func TestReturnAddressesLeaveRoomForTheMail(t *testing.T) {
	for _, bad := range []string{"", "bounces", strings.Repeat("b", 22) + "@network.example", "a+b@network.example", "Bounces <b@network.example>", "отказ@network.example"} {
		_, err := NewReturnPath(bad, bytes.Repeat([]byte{7}, 32))
		require.Error(t, err, bad)
	}
}
