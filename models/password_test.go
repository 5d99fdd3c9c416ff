package models_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

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
		strings.Repeat("x", models.PasswordMax): true, strings.Repeat("x", models.PasswordMax+1): false,
	} {
		require.Equal(t, fits, models.ValidatePassword(plain) == nil, plain)
	}
	require.False(t, models.VerifyPassword("", strings.Repeat("x", models.PasswordMax+1)))
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
