package models_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/argon2"

	"tribuna/internal/apperr"
	"tribuna/models"
)

const goodPassword = "правилният кон"

func TestPasswordHash(t *testing.T) {
	hash, err := models.HashPassword(goodPassword)
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$"), hash)
	require.True(t, models.VerifyPassword(hash, goodPassword))
	require.False(t, models.VerifyPassword(hash, goodPassword+" "))

	again, err := models.HashPassword(goodPassword)
	require.NoError(t, err)
	require.NotEqual(t, hash, again, "each has a salt of its own")
}

func TestUnreadableHashesNeverFit(t *testing.T) {
	for _, hash := range []string{
		"", "plain", "$argon2id$v=19$m=19456,t=2,p=1$$", "$argon2i$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$a2V5a2V5a2V5a2V5a2V5",
		"$argon2id$v=19$m=4294967295,t=2,p=1$c2FsdHNhbHQ$a2V5a2V5a2V5a2V5a2V5", "$argon2id$v=19$m=8,t=0,p=0$c2FsdHNhbHQ$a2V5a2V5a2V5a2V5a2V5",
	} {
		require.False(t, models.VerifyPassword(hash, ""), hash)
		require.False(t, models.VerifyPassword(hash, goodPassword), hash)
	}
}

func TestPasswordLimits(t *testing.T) {
	for plain, fits := range map[string]bool{
		"elevenchars": false, "twelve chars": true, "дванайсетбук": true,
		strings.Repeat("xa9q", models.PasswordMax/4): true, strings.Repeat("xa9q", models.PasswordMax/4) + "x": false,
	} {
		require.Equal(t, fits, models.ValidatePassword(plain, models.Person{}) == nil, plain)
	}
	require.False(t, models.VerifyPassword("", strings.Repeat("x", models.PasswordMax+1)))
}

func TestPasswordsThatAreTriedFirstAreRefused(t *testing.T) {
	who := models.Person{Name: "Маринела Иванова", Email: "marinela@knowhow.example"}
	for plain, rule := range map[string]string{
		"password2026!": "breached", "qwerty123456": "breached", "PasswordPassword": "breached", "monkey 1234567": "breached",
		"marinela-2026": "about_you", "ИвановаИванова1": "about_you", "knowhow.example": "about_you", "Tribuna-2026!": "about_you", "tribunatribuna": "about_you",
		"aaaaaaaaaaaaaa": "guessable", "абвгдежзийклм": "guessable", "qqqqqqrrrrrrrr": "guessable",
		"marinela rides four blue bicycles": "", "tribuna of the sleepy parrots": "", goodPassword: "",
	} {
		err := models.ValidatePassword(plain, who)
		if rule == "" {
			require.NoError(t, err, plain)
			continue
		}
		var bad *apperr.Error
		require.ErrorAs(t, err, &bad, plain)
		require.Len(t, bad.Fields, 1, plain)
		require.Equal(t, "error.field."+rule, bad.Fields[0].Key, plain)
	}
}

// A keyboard may send й as one character or as и and a breve.
func TestPasswordsAreOneSpelling(t *testing.T) {
	hash, err := models.HashPassword("един й и още нещо")
	require.NoError(t, err)
	require.True(t, models.VerifyPassword(hash, "един \u0438\u0306 и още нещо"))
}

func TestHashesFollowTheParametersOfToday(t *testing.T) {
	n := newNetwork(t)
	ana := n.person(t, "ana", models.RoleOfficer, n.partner)
	key := argon2.IDKey([]byte(goodPassword), []byte("sixteen of these"), 1, 8*1024, 1, 32)
	old := "$argon2id$v=19$m=8192,t=1,p=1$" + base64.RawStdEncoding.EncodeToString([]byte("sixteen of these")) + "$" + base64.RawStdEncoding.EncodeToString(key)
	hash := func() string {
		p, err := models.PersonByID(t.Context(), n.db, ana.ID)
		require.NoError(t, err)
		return p.PasswordHash
	}
	_, err := n.db.NewUpdate().Model((*models.Person)(nil)).Set("password_hash = ?", old).Where("id = ?", ana.ID).Exec(t.Context())
	require.NoError(t, err)
	_, err = models.SignIn(t.Context(), n.db, ana.Email, "another password")
	require.Error(t, err)
	require.Equal(t, old, hash(), "whoever guesses changes nothing")
	for range 2 {
		_, err = models.SignIn(t.Context(), n.db, ana.Email, goodPassword)
		require.NoError(t, err)
		require.Contains(t, hash(), "$m=19456,t=2,p=1$")
	}
	now := hash()
	_, err = models.SignIn(t.Context(), n.db, ana.Email, goodPassword)
	require.NoError(t, err)
	require.Equal(t, now, hash(), "once is enough")
}

func TestSignIn(t *testing.T) {
	n := newNetwork(t)
	ana := n.person(t, "ana", models.RoleOfficer, n.partner)
	n.person(t, "by-link-only", models.RoleExpert, n.academics)
	gone := n.person(t, "gone", models.RoleOfficer, n.partner, left)
	require.NoError(t, models.SetPassword(t.Context(), n.db, ana.ID, goodPassword))
	require.NoError(t, models.SetPassword(t.Context(), n.db, gone.ID, goodPassword))
	require.Equal(t, apperr.CodeInvalid, apperr.CodeOf(models.SetPassword(t.Context(), n.db, ana.ID, "short")))

	p, err := models.SignIn(t.Context(), n.db, "ANA@people.example", goodPassword)
	require.NoError(t, err)
	require.Equal(t, ana.ID, p.ID)
	for address, password := range map[string]string{
		"ana@people.example": "another password", "by-link-only@people.example": "", "gone@people.example": goodPassword,
		"nobody@people.example": goodPassword,
	} {
		p, err := models.SignIn(t.Context(), n.db, address, password)
		require.Equal(t, apperr.CodeSignIn, apperr.CodeOf(err), address)
		require.Empty(t, p.Name, "nothing about who it would have been")
	}
}
