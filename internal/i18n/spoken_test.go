package i18n

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWhichLanguageIsReadInACountry(t *testing.T) {
	for country, want := range map[string]string{"AL": "sq", "XK": "sq", "BG": "bg", "RO": "ro", "MD": "ro", "ME": "sr", "RS": "sr", "BA": "bs", "HR": "hr", "MK": "mk", "": "", "ZZ": "", "nonsense": ""} {
		require.Equal(t, want, SpokenIn(country), country)
	}
	for _, country := range []string{"ME", "RS", "BA", "HR"} {
		require.True(t, ReadWhere(SpokenIn(country), "sr-Latn"), country)
	}
	require.True(t, ReadWhere("ro", "ro-MD"))
	for _, other := range [][2]string{{"mk", "bg"}, {"bg", "sr-Latn"}, {"", "en"}, {"en", "x y"}} {
		require.False(t, ReadWhere(other[0], other[1]), other)
	}
}
