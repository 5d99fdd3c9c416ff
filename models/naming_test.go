package models_test

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/models"
)

func TestAFileNamesWhoAgreedToBeNamedToItsReaders(t *testing.T) {
	who, org := uuid.New(), uuid.New()
	open := models.Review{PersonID: who, Anonymity: models.AnonymityOpen}
	hidden := models.Review{PersonID: who, Anonymity: models.AnonymitySingle}
	masked := models.Review{PersonID: who, Anonymity: models.AnonymityOpen, Masked: true}
	for _, c := range []struct {
		said            models.Namings
		rv              models.Review
		network, public bool
	}{
		{models.Namings{who: models.NamingPublic}, open, true, true},
		{models.Namings{who: models.NamingNetwork}, open, true, false},
		{models.Namings{who: models.NamingNone}, open, false, false},
		{models.Namings{}, open, false, false},
		{models.Namings{who: models.NamingPublic}, hidden, false, false},
		{models.Namings{who: models.NamingPublic}, masked, false, false},
		{models.Namings{}, models.Review{PersonID: who, OrganisationID: &org, Anonymity: models.AnonymityDouble}, true, true},
	} {
		require.Equal(t, c.network, c.said.NamesInFile(c.rv, true), c)
		require.Equal(t, c.public, c.said.NamesInFile(c.rv, false), c)
	}
}
