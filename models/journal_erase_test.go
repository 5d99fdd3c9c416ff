package models_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
	"tribuna/internal/record"
	"tribuna/models"
)

func TestWordsAreErasedFromTheJournalAndItStaysWhole(t *testing.T) {
	n := newNetwork(t)
	ctx := t.Context()
	by, ana := n.person(t, "cora", models.RoleCoordinator, n.lead), n.person(t, "ana", models.RoleOfficer, n.partner)
	renamed := ana
	renamed.Name = "Ana Of Before"
	e := models.PersonChanged(renamed, ana)
	e.Texts["reason"] = "She asked."
	require.NoError(t, models.Journal(ctx, n.db, by, noon, e))
	journal := func() []record.Item {
		all, err := models.JournalEntries(ctx, n.db, models.JournalFilter{Limit: 10})
		require.NoError(t, err)
		return all
	}
	seq, before := journal()[0].Seq, len(journal())
	reason := "Ana Of Before was her name."
	erase := func(who models.Person, seq int64, fields ...string) error {
		return n.tx(t, func(ctx context.Context, tx bun.IDB) error {
			return models.EraseJournal(ctx, tx, who, seq, models.JournalErasure{Fields: fields, Reason: reason}, noon)
		})
	}
	whole := func() {
		chain, err := models.InstallationID(ctx, n.db)
		require.NoError(t, err)
		report, err := record.Verify(ctx, n.db, chain)
		require.NoError(t, err)
		require.Empty(t, report.Faults)
	}
	require.Equal(t, apperr.CodeInvalid, apperr.CodeOf(erase(by, seq, "was[name]")), "named again in the reason")
	reason = "Her former name."
	require.Equal(t, apperr.CodeForbidden, apperr.CodeOf(erase(ana, seq, "was[name]")), "not by who keeps nothing in order")
	require.Equal(t, apperr.CodeInvalid, apperr.CodeOf(erase(by, seq, "was[name]", "was[nothing]")), "unknown")
	require.Equal(t, apperr.CodeNotFound, apperr.CodeOf(erase(by, seq+1, "was[name]")))
	require.Len(t, journal(), before)
	require.Equal(t, "Ana Of Before", journal()[0].Texts["was[name]"], "all or nothing")

	require.NoError(t, erase(by, seq, "was[name]", "now[name]"))
	whole()
	all := journal()
	require.Len(t, all, before+1, "tombstones are no acts of their own")
	require.Equal(t, "journal.texts_erased", all[0].Verb)
	require.Equal(t, by.Pseudonym, all[0].Actor)
	require.Equal(t, "Her former name.", all[0].Texts["reason"])
	require.Equal(t, []string{"now[name]", "was[name]"}, all[1].Redacted)
	require.Equal(t, map[string]string{"reason": "She asked."}, all[1].Texts)
	require.Equal(t, apperr.CodeInvalid, apperr.CodeOf(erase(by, seq, "was[name]")), "twice")
	require.Equal(t, apperr.CodeNotFound, apperr.CodeOf(erase(by, seq+1, "reason")), "a tombstone")
	whole()
}
