package bounce

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCodesAreFoundAndNothingElse(t *testing.T) {
	for text, want := range map[string]string{
		"550 5.1.1 user unknown":             "5.1.1",
		"550-5.7.26 blocked":                 "5.7.26",
		"no mailbox here (#5.1.1)":           "5.1.1",
		"code 5.2.2.":                        "5.2.2",
		"<host #4.4.7>":                      "4.4.7",
		"250 2.0.0 ok, but then 5.4.6":       "5.4.6",
		"version 5.1.1.7":                    "",
		"host 10.5.1.1":                      "",
		"v5.1.1":                             "",
		"on 5.12.2026":                       "",
		"5.1.1rc2":                           "",
		"550 user unknown":                   "",
		"dsn=4.7.1, status=deferred (5.1.1)": "4.7.1",
	} {
		require.Equal(t, want, codeIn(text).String(), text)
	}
}

func TestCodesThatStandAlone(t *testing.T) {
	for text, want := range map[string]string{"5.1.1": "5.1.1", " 4.0.0 ": "4.0.0", "5.1": "", "3.1.1": "", "5.-1.1": "", "5.1.1000": "", "": "", "a.b.c": ""} {
		require.Equal(t, want, parseCode(text).String(), text)
	}
}

// TestOnlyCodesAboutTheMailboxAreHard goes through all codes there can be: a code that is not on the list is never hard.
func TestOnlyCodesAboutTheMailboxAreHard(t *testing.T) {
	hard := []string{}
	for class := 4; class <= 5; class++ {
		for subject := range 20 {
			for detail := range 1000 {
				c := code{class, subject, detail}
				if ofCode(c) == Hard {
					hard = append(hard, c.String())
				}
				if class == 5 && subject == 7 && detail != 17 && detail != 18 {
					require.Equal(t, Policy, ofCode(c), c)
				}
			}
		}
	}
	require.Equal(t, []string{"5.1.1", "5.1.3", "5.1.6", "5.1.10"}, hard)
}

func TestTheLessFinalOfTwoCodesCounts(t *testing.T) {
	for _, c := range []struct {
		status, words string
		want          Class
	}{
		{"5.1.1", "550 5.1.1 user unknown", Hard},
		{"5.1.1", "550 5.2.2", Soft},
		{"5.2.2", "550 5.1.1", Soft},
		{"5.1.1", "550 5.7.1", Policy},
		{"5.7.1", "550 5.1.1", Policy},
		{"5.1.1", "450 4.1.1", Soft},
		{"4.1.1", "550 5.1.1", Soft},
		{"5.0.0", "550 5.1.1", Hard},
		{"5.0.0", "550 5.1.1 over quota", Soft},
	} {
		got, _, _ := judge(parseCode(c.status), c.words)
		require.Equal(t, c.want, got, "%s and %s", c.status, c.words)
	}
}

func TestAddressesAreTheSameAsPeopleMeanThem(t *testing.T) {
	require.True(t, SameAddress("Ana@Posta.Example", "ana@posta.example."))
	require.True(t, SameAddress("ана@пошта.example", "ана@xn--80a1acn3a.example"))
	require.False(t, SameAddress("ana@posta.example", "ana@drugi.posta.example"))
	require.False(t, SameAddress("", "ana@posta.example"))
}
