package models_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
	"tribuna/models"
)

// linksOf are the links somebody was sent, the newest first.
func (n network) linksOf(t *testing.T, p models.Person) []models.AccountLink {
	t.Helper()
	var list []models.AccountLink
	require.NoError(t, n.db.NewSelect().Model(&list).Where("person_id = ?", p.ID).Order("created_at DESC", "id DESC").Scan(t.Context()))
	return list
}

func (n network) mailsTo(t *testing.T, p models.Person, kind models.MailKind) int {
	t.Helper()
	count, err := n.db.NewSelect().Model((*models.OutboxMail)(nil)).Where("person_id = ? AND kind = ?", p.ID, kind).Count(t.Context())
	require.NoError(t, err)
	return int(count)
}

// tx does something in a transaction of its own, as the doors do.
func (n network) tx(t *testing.T, do func(ctx context.Context, tx bun.IDB) error) error {
	t.Helper()
	return n.db.RunInTx(t.Context(), nil, func(ctx context.Context, tx bun.Tx) error { return do(ctx, tx) })
}

func (n network) stateOf(t *testing.T, p models.Person, at time.Time) string {
	t.Helper()
	a, err := models.AccountOf(t.Context(), n.db, p.ID, at)
	require.NoError(t, err)
	return a.State
}

func TestAnInvitationLetsOnePersonInOnce(t *testing.T) {
	n := newNetwork(t)
	by, ana := n.person(t, "cora", models.RoleCoordinator, n.lead), n.person(t, "ana", models.RoleOfficer, n.partner)
	require.Equal(t, models.AccountNone, n.stateOf(t, ana, noon))
	invite := func(at time.Time) error {
		return n.tx(t, func(ctx context.Context, tx bun.IDB) error { return models.Invite(ctx, tx, by, ana.ID, at) })
	}
	use := func(l models.AccountLink, person uuid.UUID, at time.Time) error {
		return n.tx(t, func(ctx context.Context, tx bun.IDB) error {
			_, err := models.SetPasswordByLink(ctx, tx, l.ID, person, goodPassword, at)
			return err
		})
	}
	require.NoError(t, invite(noon))
	require.NoError(t, invite(noon.Add(time.Second)), "pressed twice")
	require.Equal(t, 1, n.mailsTo(t, ana, models.MailAccountInvitation))
	require.NoError(t, invite(noon.Add(time.Hour)))
	sent := n.linksOf(t, ana)
	require.Len(t, sent, 2)
	require.Equal(t, models.AccountInvited, n.stateOf(t, ana, noon.Add(time.Hour)))
	require.Equal(t, models.AccountLapsed, n.stateOf(t, ana, noon.Add(8*24*time.Hour)))

	for name, err := range map[string]error{
		"the one that was replaced": use(sent[1], ana.ID, noon.Add(2*time.Hour)),
		"somebody else's":           use(sent[0], by.ID, noon.Add(2*time.Hour)),
		"too late":                  use(sent[0], ana.ID, noon.Add(time.Hour+models.InvitationLife)),
		"no link at all":            use(models.AccountLink{ID: uuid.New()}, ana.ID, noon),
	} {
		require.Equal(t, apperr.CodeAccountLink, apperr.CodeOf(err), name)
	}
	require.NoError(t, use(sent[0], ana.ID, noon.Add(2*time.Hour)))
	require.Equal(t, apperr.CodeAccountLink, apperr.CodeOf(use(sent[0], ana.ID, noon.Add(2*time.Hour))), "once")
	_, err := models.SignIn(t.Context(), n.db, ana.Email, goodPassword)
	require.NoError(t, err)
	require.Equal(t, models.AccountActive, n.stateOf(t, ana, noon.Add(3*time.Hour)))
	require.Equal(t, apperr.CodeAccountState, apperr.CodeOf(invite(noon.Add(4*time.Hour))), "who has a password needs no invitation")

	journal, err := models.JournalEntries(t.Context(), n.db, models.JournalFilter{Limit: 10})
	require.NoError(t, err)
	require.Len(t, journal, 3)
	require.Equal(t, "person.accepted", journal[0].Verb)
	require.Equal(t, ana.Pseudonym, journal[0].Actor)
	require.Equal(t, "person.invited", journal[1].Verb)
	require.Equal(t, ana.Pseudonym, journal[1].Object)
}

func TestABadPasswordSpendsNoLink(t *testing.T) {
	n := newNetwork(t)
	by, ana := n.person(t, "cora", models.RoleCoordinator, n.lead), n.person(t, "ana", models.RoleOfficer, n.partner)
	require.NoError(t, n.tx(t, func(ctx context.Context, tx bun.IDB) error { return models.Invite(ctx, tx, by, ana.ID, noon) }))
	l := n.linksOf(t, ana)[0]
	for plain, want := range map[string]apperr.Code{"password2026!": apperr.CodeInvalid, "short": apperr.CodeInvalid} {
		require.Equal(t, want, apperr.CodeOf(n.tx(t, func(ctx context.Context, tx bun.IDB) error {
			_, err := models.SetPasswordByLink(ctx, tx, l.ID, ana.ID, plain, noon)
			return err
		})))
	}
	_, _, err := models.OpenAccountLink(t.Context(), n.db, l.ID, ana.ID, noon)
	require.NoError(t, err)
}

// signedIn begins a session and gives a key for programmes.
func (n network) signedIn(t *testing.T, p models.Person) (session uuid.UUID, token string) {
	t.Helper()
	s := models.PersonSession{PersonID: p.ID, Browser: "Firefox"}
	require.NoError(t, models.BeginSession(t.Context(), n.db, &s, 24*time.Hour, noon))
	token, _, err := models.IssueToken(t.Context(), n.db, p.ID, "reports", models.Scopes(), 24*time.Hour, noon)
	require.NoError(t, err)
	return s.ID, token
}

func (n network) worksStill(t *testing.T, session uuid.UUID, token string) (bySession, byToken bool) {
	t.Helper()
	_, err := models.PersonOfSession(t.Context(), n.db, session, noon.Add(time.Minute))
	_, _, tokenErr := models.PersonByToken(t.Context(), n.db, token, noon.Add(time.Minute))
	return err == nil, tokenErr == nil
}

func TestResettingAPasswordEndsEverything(t *testing.T) {
	n := newNetwork(t)
	ana := n.person(t, "ana", models.RoleOfficer, n.partner)
	require.NoError(t, models.SetPassword(t.Context(), n.db, ana.ID, goodPassword))
	session, token := n.signedIn(t, ana)
	ask := func(address string) {
		require.NoError(t, n.tx(t, func(ctx context.Context, tx bun.IDB) error { return models.RequestReset(ctx, tx, address, noon) }))
	}
	ask("nobody@people.example")
	ask(" ANA@people.example ")
	require.Equal(t, 1, n.mailsTo(t, ana, models.MailPasswordReset))
	bySession, byToken := n.worksStill(t, session, token)
	require.True(t, bySession && byToken, "to ask changes nothing")

	l := n.linksOf(t, ana)[0]
	reset := func(at time.Time) error {
		return n.tx(t, func(ctx context.Context, tx bun.IDB) error {
			_, err := models.SetPasswordByLink(ctx, tx, l.ID, ana.ID, "another long password", at)
			return err
		})
	}
	require.Equal(t, apperr.CodeAccountLink, apperr.CodeOf(reset(noon.Add(models.ResetLife))))
	require.NoError(t, reset(noon.Add(time.Minute)))
	require.Error(t, reset(noon.Add(time.Minute)), "once")
	bySession, byToken = n.worksStill(t, session, token)
	require.False(t, bySession || byToken)
	require.Equal(t, 1, n.mailsTo(t, ana, models.MailPasswordChanged))
	_, err := models.SignIn(t.Context(), n.db, ana.Email, goodPassword)
	require.Error(t, err)
}

func TestOnlyAccountsAreReset(t *testing.T) {
	n := newNetwork(t)
	by := n.person(t, "cora", models.RoleCoordinator, n.lead)
	expert, invited := n.person(t, "expert", models.RoleExpert, n.academics), n.person(t, "invited", models.RoleOfficer, n.partner)
	gone, closed := n.person(t, "gone", models.RoleOfficer, n.partner, left), n.person(t, "closed", models.RoleOfficer, n.partner)
	for _, p := range []models.Person{gone, closed} {
		require.NoError(t, models.SetPassword(t.Context(), n.db, p.ID, goodPassword))
	}
	require.NoError(t, n.tx(t, func(ctx context.Context, tx bun.IDB) error {
		if err := models.CloseAccess(ctx, tx, by, closed.ID, noon); err != nil {
			return err
		}
		return models.Invite(ctx, tx, by, invited.ID, noon)
	}))
	for _, p := range []models.Person{expert, invited, gone, closed} {
		require.NoError(t, n.tx(t, func(ctx context.Context, tx bun.IDB) error {
			return models.RequestReset(ctx, tx, p.Email, noon.Add(10*24*time.Hour))
		}))
		require.Zero(t, n.mailsTo(t, p, models.MailPasswordReset), p.Name)
	}
	require.Zero(t, n.mailsTo(t, expert, models.MailAccountInvitation), "nobody invited them")
	require.Equal(t, 2, n.mailsTo(t, invited, models.MailAccountInvitation), "whose invitation ended is invited again")
}

func TestClosedAccessLetsNobodyIn(t *testing.T) {
	n := newNetwork(t)
	by, ana := n.person(t, "cora", models.RoleCoordinator, n.lead), n.person(t, "ana", models.RoleOfficer, n.partner)
	require.NoError(t, models.SetPassword(t.Context(), n.db, ana.ID, goodPassword))
	session, token := n.signedIn(t, ana)
	do := func(act func(context.Context, bun.IDB, models.Person, uuid.UUID, time.Time) error, person uuid.UUID) error {
		return n.tx(t, func(ctx context.Context, tx bun.IDB) error { return act(ctx, tx, by, person, noon) })
	}
	require.Equal(t, apperr.CodeForbidden, apperr.CodeOf(do(models.CloseAccess, by.ID)), "not one's own")
	require.Equal(t, apperr.CodeNotFound, apperr.CodeOf(do(models.CloseAccess, uuid.New())))
	require.NoError(t, do(models.CloseAccess, ana.ID))
	require.NoError(t, do(models.CloseAccess, ana.ID), "again changes nothing")
	require.Equal(t, models.AccountClosed, n.stateOf(t, ana, noon))
	bySession, byToken := n.worksStill(t, session, token)
	require.False(t, bySession || byToken)
	_, err := models.SignIn(t.Context(), n.db, ana.Email, goodPassword)
	require.Equal(t, apperr.CodeSignIn, apperr.CodeOf(err), "the same answer as to a wrong password")
	require.Equal(t, apperr.CodeAccountState, apperr.CodeOf(do(models.Invite, ana.ID)))

	require.NoError(t, do(models.OpenAccess, ana.ID))
	_, err = models.SignIn(t.Context(), n.db, ana.Email, goodPassword)
	require.NoError(t, err)
	bySession, byToken = n.worksStill(t, session, token)
	require.False(t, bySession || byToken, "what ended stays ended")
	journal, err := models.JournalEntries(t.Context(), n.db, models.JournalFilter{Limit: 10})
	require.NoError(t, err)
	require.Len(t, journal, 2)
}

func TestSessionsAreEndedByTheirOwnersAlone(t *testing.T) {
	n := newNetwork(t)
	ana, bo := n.person(t, "ana", models.RoleOfficer, n.partner), n.person(t, "bo", models.RoleOfficer, n.partner)
	first, token := n.signedIn(t, ana)
	second, _ := n.signedIn(t, ana)
	foreign, _ := n.signedIn(t, bo)
	require.Equal(t, apperr.CodeNotFound, apperr.CodeOf(models.EndSession(t.Context(), n.db, ana.ID, foreign, noon)))
	ended, err := models.EndSessions(t.Context(), n.db, ana.ID, second, noon)
	require.NoError(t, err)
	require.Equal(t, 1, ended)
	bySession, byToken := n.worksStill(t, first, token)
	require.False(t, bySession)
	require.True(t, byToken, "keys are no sessions")
	for _, s := range []uuid.UUID{second, foreign} {
		bySession, _ := n.worksStill(t, s, token)
		require.True(t, bySession)
	}
	_, err = models.PersonOfSession(t.Context(), n.db, second, noon.Add(24*time.Hour))
	require.Equal(t, apperr.CodeUnauthenticated, apperr.CodeOf(err), "over")

	seen := noon.Add(time.Hour)
	_, err = models.PersonOfSession(t.Context(), n.db, second, seen)
	require.NoError(t, err)
	list, err := models.SessionsOf(t.Context(), n.db, ana.ID, seen)
	require.NoError(t, err)
	require.Len(t, list, 1)
	require.Equal(t, seen, list[0].LastSeenAt.UTC())
}

func TestChangingAPasswordAsksForThePresentOne(t *testing.T) {
	n := newNetwork(t)
	ana := n.person(t, "ana", models.RoleOfficer, n.partner)
	require.NoError(t, models.SetPassword(t.Context(), n.db, ana.ID, goodPassword))
	ana, err := models.PersonByID(t.Context(), n.db, ana.ID)
	require.NoError(t, err)
	here, token := n.signedIn(t, ana)
	elsewhere, _ := n.signedIn(t, ana)
	change := func(current string) error {
		return n.tx(t, func(ctx context.Context, tx bun.IDB) error {
			return models.ChangePassword(ctx, tx, ana, current, "another long password", here, noon)
		})
	}
	require.Equal(t, apperr.CodeInvalid, apperr.CodeOf(change("a guess of somebody")))
	require.NoError(t, change(goodPassword))
	bySession, byToken := n.worksStill(t, here, token)
	require.True(t, bySession && byToken)
	bySession, _ = n.worksStill(t, elsewhere, token)
	require.False(t, bySession)
	require.Equal(t, 1, n.mailsTo(t, ana, models.MailPasswordChanged))
}

func TestAccountsAreListedByNameAndFound(t *testing.T) {
	n := newNetwork(t)
	n.person(t, "cora", models.RoleCoordinator, n.lead)
	ana := n.person(t, "Ana", models.RoleOfficer, n.partner)
	n.person(t, "reader", models.RoleReader, n.partner)
	n.person(t, "gone", models.RoleOfficer, n.partner, left)
	n.signedIn(t, ana)
	names := func(f models.AccountFilter) (all []string) {
		list, err := models.Accounts(t.Context(), n.db, f, noon)
		require.NoError(t, err)
		for _, a := range list {
			all = append(all, a.Name)
		}
		return all
	}
	require.Equal(t, []string{"Ana", "cora", "reader"}, names(models.AccountFilter{}))
	require.Equal(t, []string{"Ana", "cora"}, names(models.AccountFilter{Known: true}))
	require.Equal(t, []string{"cora", "reader"}, names(models.AccountFilter{After: ana.ID}))
	require.Equal(t, []string{"Ana"}, names(models.AccountFilter{Limit: 1}))
	require.Equal(t, []string{"reader"}, names(models.AccountFilter{Search: "READ"}))
	require.Empty(t, names(models.AccountFilter{Search: "%"}))
	require.Equal(t, []string{"cora"}, names(models.AccountFilter{Role: models.RoleCoordinator}))
	require.Empty(t, names(models.AccountFilter{State: models.AccountActive}))
	a, err := models.AccountOf(t.Context(), n.db, ana.ID, noon)
	require.NoError(t, err)
	require.Equal(t, 1, a.Sessions)
	require.Equal(t, []models.HeldRole{{Role: models.RoleOfficer, OrganisationID: n.partner.ID, Organisation: "partner"}}, a.Held)
	require.Equal(t, noon, a.SeenAt.UTC())
}

func TestTwoWhoSpendALinkAtOnce(t *testing.T) {
	n := newNetwork(t)
	by, ana := n.person(t, "cora", models.RoleCoordinator, n.lead), n.person(t, "ana", models.RoleOfficer, n.partner)
	require.NoError(t, n.tx(t, func(ctx context.Context, tx bun.IDB) error { return models.Invite(ctx, tx, by, ana.ID, noon) }))
	l := n.linksOf(t, ana)[0]
	var spent atomic.Int32
	var wg sync.WaitGroup
	for range 5 {
		wg.Go(func() {
			err := n.tx(t, func(ctx context.Context, tx bun.IDB) error {
				_, err := models.SetPasswordByLink(ctx, tx, l.ID, ana.ID, goodPassword, noon)
				return err
			})
			if err == nil {
				spent.Add(1)
			}
		})
	}
	wg.Wait()
	require.EqualValues(t, 1, spent.Load())
}
