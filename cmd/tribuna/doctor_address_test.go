package main

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/devstack/testdb"
	"tribuna/internal/devstack/testtemporal"
	"tribuna/models"
)

func TestMigrateSettlesAddressesAndDoctorTellsDoubleOnes(t *testing.T) {
	db := testdb.Open(t)
	_, err := db.Owner.NewInsert().Model(&models.Language{Tag: "en", Endonym: "English", Names: models.Names{}}).On("CONFLICT DO NOTHING").Exec(t.Context())
	require.NoError(t, err)
	kept := func(email string) uuid.UUID { // as it was before
		p := models.NewPerson(time.Now())
		p.Name, p.Email, p.Language = "Ana", p.ID.String()+"@people.example", "en"
		require.NoError(t, models.CreatePerson(t.Context(), db.App, &p))
		_, err := db.Owner.NewRaw(`UPDATE people SET email = ? WHERE id = ?`, email, p.ID).Exec(t.Context())
		require.NoError(t, err)
		return p.ID
	}
	settled, double, other := kept("ana@пример.example"), kept("ivo@пример.example"), kept("ivo@xn--e1afmkfd.example")
	variables := map[string]string{"DATABASE_URL": db.AppURL, "DATABASE_OWNER_URL": db.OwnerURL, "TEMPORAL_ADDRESS": testtemporal.Server(t).Address(),
		"TRIBUNA_LINK_KEY": linkKey}
	launch(t, variables, "migrate").ended(0)
	p, err := models.PersonByID(t.Context(), db.App, settled)
	require.NoError(t, err)
	require.Equal(t, "ana@xn--e1afmkfd.example", p.Email)
	said := launch(t, variables, "doctor")
	said.ended(1)
	require.Contains(t, said.output(), "found     address      "+double.String()+": "+other.String()+" has the same address")
	require.NotContains(t, said.output(), settled.String())
}
