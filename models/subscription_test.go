package models_test

import (
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/apperr"
	"tribuna/models"
)

func subscribing(email string) models.SubscriptionInput {
	return models.SubscriptionInput{Email: email, Language: "bg", Consent: "Пишете ми.", ReadIn: "bg"}
}

// requests are those for an address that can be confirmed, and how many mails ask for it.
func (n network) requests(t *testing.T, email string) (ids []uuid.UUID, mails int) {
	t.Helper()
	require.NoError(t, n.db.NewRaw(`SELECT id FROM subscription_requests WHERE lower(email) = lower(?) ORDER BY created_at`, email).Scan(t.Context(), &ids))
	require.NoError(t, n.db.NewRaw(`SELECT count(*) FROM outbox WHERE kind = 'subscription' AND person_id IS NULL`).Scan(t.Context(), &mails))
	return ids, mails
}

func TestSubscribingTakesAConfirmation(t *testing.T) {
	n := newNetwork(t)
	insert(t, n.db, &models.Topic{Slug: "care", Names: models.Names{}})
	in := subscribing(" mara@readers.example ")
	in.Name, in.Topics = "Mara", []string{"care"}
	require.NoError(t, models.AskSubscription(t.Context(), n.db, in, noon))
	_, err := models.PersonByEmail(t.Context(), n.db, "mara@readers.example")
	require.Equal(t, apperr.CodeNotFound, apperr.CodeOf(err), "nobody yet")
	ids, mails := n.requests(t, "mara@readers.example")
	require.Len(t, ids, 1)
	require.Equal(t, 1, mails)

	p, err := models.ConfirmSubscription(t.Context(), n.db, ids[0], noon.Add(time.Hour))
	require.NoError(t, err)
	require.Equal(t, [3]string{"Mara", "mara@readers.example", "bg"}, [3]string{p.Name, p.Email, p.Language})
	require.True(t, n.mailable(t, p.ID))
	roles, err := models.RolesHeld(t.Context(), n.db, p.ID)
	require.NoError(t, err)
	require.Empty(t, roles)
	pref, err := models.PreferenceOf(t.Context(), n.db, p.ID)
	require.NoError(t, err)
	require.Equal(t, []string{"care"}, pref.Topics)
	list, err := models.ConsentsOf(t.Context(), n.db, models.ConsentFilter{Person: p.ID})
	require.NoError(t, err)
	require.Len(t, list, 1)
	require.Equal(t, [3]string{models.ConsentDoubleOptIn, "Пишете ми.", "bg"}, [3]string{list[0].How, list[0].Text, list[0].TextLanguage})

	_, err = models.ConfirmSubscription(t.Context(), n.db, ids[0], noon.Add(time.Hour))
	require.Equal(t, apperr.CodeLinkExpired, apperr.CodeOf(err), "once")
	_, err = models.ConfirmSubscription(t.Context(), n.db, models.NewID(), noon)
	require.Equal(t, apperr.CodeLinkExpired, apperr.CodeOf(err), "of nobody")
}

func TestWhereSomebodyLivesIsKeptWhereItIsNotKnown(t *testing.T) {
	n := newNetwork(t)
	confirm := func(email, country string) models.Person {
		in := subscribing(email)
		in.Country = country
		require.NoError(t, models.AskSubscription(t.Context(), n.db, in, noon))
		ids, _ := n.requests(t, email)
		_, err := models.ConfirmSubscription(t.Context(), n.db, ids[0], noon)
		require.NoError(t, err)
		p, err := models.PersonByEmail(t.Context(), n.db, email)
		require.NoError(t, err)
		return p
	}
	require.Equal(t, "BG", confirm("new@readers.example", "BG").CountryCode)
	require.Empty(t, confirm("silent@readers.example", "").CountryCode)
	require.Equal(t, "HR", confirm("silent@readers.example", "HR").CountryCode, "said later")
	require.Equal(t, "HR", confirm("silent@readers.example", "BG").CountryCode, "no form moves who is known")
	bad := subscribing("x@readers.example")
	bad.Country = "XX"
	require.Equal(t, apperr.CodeInvalid, apperr.CodeOf(models.AskSubscription(t.Context(), n.db, bad, noon)))
	reached := models.Readership{Audience: models.Audience{Countries: []string{"BG"}, Roles: []string{models.NoRole}}, At: noon}
	counts, err := models.MailingAudienceCounts(t.Context(), n.db, reached)
	require.NoError(t, err)
	require.Equal(t, []models.AudienceCount{{Language: "bg", People: 1}}, counts, "a national newsletter reaches who subscribed")
}

func TestWhoIsHereJoinsByConfirming(t *testing.T) {
	n := newNetwork(t)
	p := n.person(t, "reader", models.RoleReader, n.lead, consents)
	require.NoError(t, models.Unsubscribe(t.Context(), n.db, p.ID, noon))
	require.NoError(t, models.AskSubscription(t.Context(), n.db, subscribing("READER@people.example"), noon.Add(time.Hour)))
	require.NoError(t, models.AskSubscription(t.Context(), n.db, subscribing("reader@people.example"), noon.Add(2*time.Hour)))
	require.False(t, n.mailable(t, p.ID), "asking brings nothing back")
	ids, _ := n.requests(t, p.Email)
	require.Len(t, ids, 2)
	results := make([]error, len(ids))
	var all sync.WaitGroup
	for i := range ids {
		all.Go(func() { _, results[i] = models.ConfirmSubscription(t.Context(), n.db, ids[i], noon.Add(3*time.Hour)) })
	}
	all.Wait()
	ended := 0
	for _, err := range results {
		if apperr.CodeOf(err) == apperr.CodeLinkExpired {
			ended++
			continue
		}
		require.NoError(t, err)
	}
	require.Equal(t, 1, ended, "one confirmation is enough, whichever mail was used")
	require.True(t, n.mailable(t, p.ID))
	require.Equal(t, []string{"given unknown", "withdrawn page", "given double_opt_in"}, sortedByTime(n, t, p.ID))
	now, err := models.PersonByID(t.Context(), n.db, p.ID)
	require.NoError(t, err)
	require.Equal(t, [2]string{p.Name, p.Language}, [2]string{now.Name, now.Language}, "who they are is theirs to change")
}

func sortedByTime(n network, t *testing.T, person uuid.UUID) (acts []string) {
	t.Helper()
	require.NoError(t, n.db.NewRaw(`SELECT act || ' ' || how FROM consents WHERE person_id = ? ORDER BY at`, person).Scan(t.Context(), &acts))
	return acts
}

func TestSubscribingSaysNothingAndFillsNoMailbox(t *testing.T) {
	n := newNetwork(t)
	require.NoError(t, models.Suppress(t.Context(), n.db, "never@readers.example", "objection", noon))
	require.NoError(t, models.AskSubscription(t.Context(), n.db, subscribing("Never@readers.example"), noon), "the answer is alike")
	ids, mails := n.requests(t, "never@readers.example")
	require.Empty(t, ids)
	require.Zero(t, mails)
	for range 6 {
		require.NoError(t, models.AskSubscription(t.Context(), n.db, subscribing("mara@readers.example"), noon), "the answer is alike")
	}
	_, mails = n.requests(t, "mara@readers.example")
	require.Equal(t, 3, mails)
	for name, bad := range map[string]models.SubscriptionInput{"address": subscribing("mara"), "topic": {Email: "a@b.example", Language: "bg", Topics: []string{"x"}, Consent: "c", ReadIn: "bg"},
		"language": {Email: "a@b.example", Language: "tlh", Consent: "c", ReadIn: "bg"}, "lines": {Email: "a@b.example", Language: "bg", Name: "a\nBcc: b", Consent: "c", ReadIn: "bg"}} {
		require.Equal(t, apperr.CodeInvalid, apperr.CodeOf(models.AskSubscription(t.Context(), n.db, bad, noon)), name)
	}
}

func TestRequestsThatNobodyConfirmsAreForgotten(t *testing.T) {
	n := newNetwork(t)
	require.NoError(t, models.AskSubscription(t.Context(), n.db, subscribing("mara@readers.example"), noon))
	ids, _ := n.requests(t, "mara@readers.example")
	late := noon.Add(models.SubscriptionLife)
	_, err := models.ConfirmSubscription(t.Context(), n.db, ids[0], late)
	require.Equal(t, apperr.CodeLinkExpired, apperr.CodeOf(err), "late")
	require.NoError(t, models.DeleteOldSubscriptionRequests(t.Context(), n.db, late.Add(-time.Second)))
	ids, _ = n.requests(t, "mara@readers.example")
	require.Len(t, ids, 1)
	require.NoError(t, models.DeleteOldSubscriptionRequests(t.Context(), n.db, late))
	ids, mails := n.requests(t, "mara@readers.example")
	require.Empty(t, ids)
	require.Equal(t, 1, mails)
	var named int
	require.NoError(t, n.db.NewRaw(`SELECT count(*) FROM outbox AS o WHERE o::text LIKE '%mara%'`).Scan(t.Context(), &named))
	require.Zero(t, named, "the mail's row names nobody")
}

func TestWhoLeftIsNotBroughtBackByAForm(t *testing.T) {
	n := newNetwork(t)
	p := n.person(t, "gone", models.RoleOfficer, n.lead, left)
	require.NoError(t, models.AskSubscription(t.Context(), n.db, subscribing(p.Email), noon))
	ids, _ := n.requests(t, p.Email)
	_, err := models.ConfirmSubscription(t.Context(), n.db, ids[0], noon)
	require.Equal(t, apperr.CodeClosed, apperr.CodeOf(err))
	require.False(t, n.mailable(t, p.ID))
}
