package breached_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/breached"
)

func TestCommonPasswordsAreKnownHoweverTheyAreDressed(t *testing.T) {
	for password, known := range map[string]bool{
		"123456": true, "password": true, "PassWord": true, "qwerty123456": true, "123qweasdzxc": true,
		"password2026!": true, "!!monkey!!1999": true, "dragondragon": true, "123123123123": true, "  letmein 12345": true,
		"": false, "…………………": false, "the quick parrot sings at nine": false, "правилният кон": false, "vqv3-lorn-ubbe": false,
	} {
		got, err := breached.Contains(password)
		require.NoError(t, err)
		require.Equal(t, known, got, "%q", password)
	}
}
