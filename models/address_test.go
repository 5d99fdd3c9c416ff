package models_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
	"tribuna/models"
)

// One address, as people write it and as it travels.
const (
	inLetters = "ana@пример.example"
	travels   = "ana@xn--e1afmkfd.example"
)

func TestAnAddressHasOneForm(t *testing.T) {
	for typed, want := range map[string]string{
		inLetters: travels, " ana@ПРИМЕР.Example ": travels, "ana@XN--E1AFMKFD.example": travels, travels: travels,
		"Ana.Mare@People.Example": "Ana.Mare@people.example", "ана@пример.example": "ана@xn--e1afmkfd.example",
		"ana@mail_1.example": "ana@mail_1.example", "ana@\u00a0.example": "ana@\u00a0.example", "ana": "ana", " ": "", "": "", "@": "@",
	} {
		require.Equal(t, want, models.Address(typed), typed)
		require.Equal(t, want, models.Address(models.Address(typed)), typed)
	}
	require.Equal(t, models.AddressHash(travels), models.AddressHash(inLetters))
	p := models.Person{Name: "Ana", Email: "ana@пример--.example", Language: "en"}
	require.Equal(t, apperr.CodeInvalid, apperr.CodeOf(p.Validate()), "no mail could go there")
}

func TestAnAddressIsOnePersonsInWhicheverLetters(t *testing.T) {
	n := newNetwork(t)
	add := func(email string) (p models.Person, err error) {
		p = models.NewPerson(noon)
		p.Name, p.Email, p.Language = "Ana", email, "en"
		return p, n.tx(t, func(ctx context.Context, tx bun.IDB) error { return models.AddPerson(ctx, tx, &p) })
	}
	ana, err := add(inLetters)
	require.NoError(t, err)
	require.Equal(t, travels, ana.Email)
	for _, again := range []string{inLetters, travels, "ANA@Пример.example"} {
		_, err := add(again)
		require.Equal(t, apperr.CodeInvalid, apperr.CodeOf(err), again)
		p, err := models.PersonByEmail(t.Context(), n.db, again)
		require.NoError(t, err)
		require.Equal(t, ana.ID, p.ID)
	}
	other, err := add("other@people.example")
	require.NoError(t, err)
	other.Email = inLetters
	require.Equal(t, apperr.CodeInvalid, apperr.CodeOf(n.tx(t, func(ctx context.Context, tx bun.IDB) error { return other.Save(ctx, tx) })))

	require.NoError(t, models.AddRole(t.Context(), n.db, models.Role{PersonID: ana.ID, OrganisationID: n.partner.ID, Role: models.RoleOfficer}))
	require.NoError(t, models.SetPassword(t.Context(), n.db, ana.ID, goodPassword))
	for _, address := range []string{inLetters, travels} {
		p, err := models.SignIn(t.Context(), n.db, address, goodPassword)
		require.NoError(t, err)
		require.Equal(t, ana.ID, p.ID)
		require.NoError(t, n.tx(t, func(ctx context.Context, tx bun.IDB) error { return models.RequestReset(ctx, tx, address, noon) }))
		found, err := models.People(t.Context(), n.db, models.PersonFilter{Search: address})
		require.NoError(t, err)
		require.Len(t, found, 1)
	}
	require.NotZero(t, n.mailsTo(t, ana, models.MailPasswordReset))
	limit := models.Limit{Act: "test", Window: time.Hour, ByAccount: 1}
	require.NoError(t, limit.Take(t.Context(), n.db, inLetters, "", noon))
	require.Equal(t, apperr.CodeTooMany, apperr.CodeOf(limit.Take(t.Context(), n.db, travels, "", noon)), "one account")
}

func TestWhoSubscribesInOtherLettersIsTheSamePerson(t *testing.T) {
	n := newNetwork(t)
	ana := n.person(t, "Ana", models.RoleReader, n.lead, func(p *models.Person) { p.Email = travels })
	require.NoError(t, models.AskSubscription(t.Context(), n.db, subscribing(inLetters), noon))
	ids, _ := n.requests(t, travels)
	require.Len(t, ids, 1)
	p, err := models.ConfirmSubscription(t.Context(), n.db, ids[0], noon)
	require.NoError(t, err)
	require.Equal(t, ana.ID, p.ID)
}

func TestAFileKnowsAnAddressInWhicheverLetters(t *testing.T) {
	n := newNetwork(t)
	by := n.person(t, "coordinator", models.RoleCoordinator, n.lead)
	n.person(t, "Ana", models.RoleReader, n.lead, func(p *models.Person) { p.Email = travels })
	file := &models.ContactImport{ID: models.NewID(), PersonID: by.ID, Kind: models.ContactsPeople, Source: "a list", Basis: "interest", CreatedAt: noon,
		Content: []byte("name,email\nAna," + inLetters + "\nIvo,ivo@пример.example\nIvo,ivo@xn--e1afmkfd.example\n")}
	require.NoError(t, models.KeepContactImport(t.Context(), n.db, file))
	report, err := file.Plan(t.Context(), n.db, nil)
	require.NoError(t, err)
	require.Len(t, report.Rows, 3)
	require.Equal(t, []string{models.ContactUnchanged, models.ContactNew, models.ContactRefused},
		[]string{report.Rows[0].State, report.Rows[1].State, report.Rows[2].State})
	require.Equal(t, "twice", report.Rows[2].Faults[0].Rule)
}

func TestSuppressionsHoldInWhicheverLetters(t *testing.T) {
	n := newEngagedNetwork(t)
	ana := n.person(t, "ana", models.RoleReader, n.lead, consents, func(p *models.Person) { p.Email = travels })
	require.Equal(t, []string{"ana"}, n.who(t, models.Audience{}))
	require.NoError(t, models.Suppress(t.Context(), n.db, inLetters, models.SuppressedByHand, noon))
	require.Empty(t, n.who(t, models.Audience{}))
	lift := func() {
		by := n.person(t, uuid.NewString(), models.RoleCoordinator, n.lead)
		require.NoError(t, n.tx(t, func(ctx context.Context, tx bun.IDB) error { return models.LiftSuppression(ctx, tx, by, ana.ID, noon) }))
	}
	lift()
	require.Equal(t, []string{"ana"}, n.who(t, models.Audience{}))

	// As it was kept before: by the domain in letters, of somebody who was erased since.
	n.exec(t, `INSERT INTO suppressions (address_hash, reason, created_at) VALUES (address_hash(?), 'erased', now())`, "eva@пример.example")
	suppressed, err := models.Suppressed(t.Context(), n.db, "eva@xn--e1afmkfd.example")
	require.NoError(t, err)
	require.True(t, suppressed)
	eva := n.person(t, "eva", models.RoleReader, n.lead, consents, func(p *models.Person) { p.Email = "eva@пример.example" })
	require.Equal(t, []string{"ana"}, n.who(t, models.Audience{}), "who was erased is not written to, though somebody enters them again")
	ana = eva
	lift()
	suppressed, err = models.Suppressed(t.Context(), n.db, eva.Email)
	require.NoError(t, err)
	require.False(t, suppressed, "lifted under both names")
	require.Equal(t, []string{"ana", "eva"}, n.who(t, models.Audience{}))
}

func TestAddressesKeptBeforeAreSettledAndDoubleOnesTold(t *testing.T) {
	n := newEngagedNetwork(t)
	before := func(name, email string) models.Person {
		p := n.person(t, name, models.RoleReader, n.lead, consents)
		p.Email = email
		n.exec(t, `UPDATE people SET email = ? WHERE id = ?`, email, p.ID)
		return p
	}
	ana, eva := before("ana", "Ana@Пример.example"), before("eva", "eva@пример.example")
	twice, first := before("twice", "ivo@пример.example"), before("first", "ivo@xn--e1afmkfd.example")
	nowhere := before("nowhere", "b@пример--.example")
	before("plain", "Plain@People.example")
	n.exec(t, `INSERT INTO suppressions (address_hash, reason, person_id, created_at) SELECT address_hash, 'hard_bounce', id, now() FROM people WHERE id = ?`, eva.ID)
	require.NoError(t, models.AskSubscription(t.Context(), n.db, subscribing("mara@people.example"), noon))
	n.exec(t, `UPDATE subscription_requests SET email = ?`, inLetters)
	for range 2 {
		require.NoError(t, models.SettleAddresses(t.Context(), n.db))
		for id, want := range map[uuid.UUID]string{ana.ID: "Ana@xn--e1afmkfd.example", eva.ID: "eva@xn--e1afmkfd.example", twice.ID: "ivo@пример.example",
			first.ID: "ivo@xn--e1afmkfd.example", nowhere.ID: "b@пример--.example"} {
			p, err := models.PersonByID(t.Context(), n.db, id)
			require.NoError(t, err)
			require.Equal(t, want, p.Email)
		}
		ids, _ := n.requests(t, travels)
		require.Len(t, ids, 1)
		require.NotContains(t, n.who(t, models.Audience{}), "eva", "suppressed as before")
		double, err := models.DoubleAddresses(t.Context(), n.db)
		require.NoError(t, err)
		require.ElementsMatch(t, []models.DoubleAddress{{PersonID: twice.ID, Other: first.ID}, {PersonID: nowhere.ID}}, double)
	}
	require.Subset(t, n.who(t, models.Audience{}), []string{"first", "twice"})
	n.bounced(t, n.mailing, twice, models.BounceHard)
	require.Equal(t, []string{"ana", "nowhere", "plain"}, n.who(t, models.Audience{}), "one address is suppressed for both who have it")
}
