package models_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
	"tribuna/internal/record"
	"tribuna/models"
)

func (n network) acts(t *testing.T, person uuid.UUID) (acts []string) {
	t.Helper()
	list, err := models.ConsentsOf(t.Context(), n.db, models.ConsentFilter{Person: person})
	require.NoError(t, err)
	for _, c := range list {
		acts = append(acts, string(c.Act)+" "+c.How)
	}
	return acts
}

func (n network) mailable(t *testing.T, person uuid.UUID) bool {
	t.Helper()
	p, err := models.PersonByID(t.Context(), n.db, person)
	require.NoError(t, err)
	return p.Mailable()
}

func TestConsentIsWhatItsRecordSays(t *testing.T) {
	n := newNetwork(t)
	p := n.person(t, "reader", models.RoleReader, n.lead)
	require.False(t, n.mailable(t, p.ID))
	hash, err := models.KeepConsentText(t.Context(), n.db, "en", "Write to me.", noon)
	require.NoError(t, err)
	again, err := models.KeepConsentText(t.Context(), n.db, "en", "Write to me.", noon.Add(time.Hour))
	require.NoError(t, err)
	require.Equal(t, hash, again)
	mailing := models.NewID()
	require.NoError(t, models.GiveConsent(t.Context(), n.db, models.Consent{PersonID: p.ID, How: models.ConsentForm, TextHash: hash}, noon))
	require.True(t, n.mailable(t, p.ID))
	require.NoError(t, models.UnsubscribeByMail(t.Context(), n.db, p.ID, mailing, noon.Add(time.Hour)))
	require.NoError(t, models.Unsubscribe(t.Context(), n.db, p.ID, noon.Add(2*time.Hour)), "again")
	require.False(t, n.mailable(t, p.ID))
	require.NoError(t, models.UndoWithdrawal(t.Context(), n.db, p.ID, mailing, noon.Add(3*time.Hour)))
	require.NoError(t, models.UndoWithdrawal(t.Context(), n.db, p.ID, mailing, noon.Add(3*time.Hour)), "again")
	require.True(t, n.mailable(t, p.ID))
	require.Equal(t, []string{"given form", "withdrawn mail", "restored page"}, n.acts(t, p.ID))

	list, err := models.ConsentsOf(t.Context(), n.db, models.ConsentFilter{Limit: 1})
	require.NoError(t, err)
	require.Len(t, list, 1)
	require.Equal(t, [4]string{"Write to me.", "en", hash, p.Email}, [4]string{list[0].Text, list[0].TextLanguage, list[0].TextHash, list[0].Email})
	list, err = models.ConsentsOf(t.Context(), n.db, models.ConsentFilter{After: list[0].ID})
	require.NoError(t, err)
	require.Len(t, list, 2)
	require.Equal(t, mailing, list[0].Via)

	require.Equal(t, apperr.CodeNotFound, apperr.CodeOf(models.Unsubscribe(t.Context(), n.db, models.NewID(), noon)))
	require.NoError(t, models.Unsubscribe(t.Context(), n.db, p.ID, noon))
	late := noon.Add(models.UndoFor)
	require.Equal(t, apperr.CodeClosed, apperr.CodeOf(models.UndoWithdrawal(t.Context(), n.db, p.ID, mailing, late)), "an old mail brings nothing back")
	require.False(t, n.mailable(t, p.ID))
}

func TestNothingPassesTheRecordOfConsents(t *testing.T) {
	n := newNetwork(t)
	p := n.person(t, "reader", models.RoleReader, n.lead, consents)
	execSQL(t, n.db, `UPDATE people SET unsubscribed_at = ? WHERE id = ?`, noon, p.ID)
	execSQL(t, n.db, `UPDATE people SET unsubscribed_at = NULL WHERE id = ?`, p.ID)
	execSQL(t, n.db, `UPDATE people SET consent_at = NULL WHERE id = ?`, p.ID)
	require.ElementsMatch(t, []string{"given unknown", "withdrawn unknown", "restored unknown", "withdrawn unknown"}, n.acts(t, p.ID))
	list, err := models.ConsentsOf(t.Context(), n.db, models.ConsentFilter{Person: p.ID})
	require.NoError(t, err)
	require.Equal(t, "form", list[0].Source, "the source is known, the text is not")
	require.Empty(t, list[0].Text)

	for _, query := range []string{`UPDATE consents SET at = now()`, `DELETE FROM consents`, `TRUNCATE consents`, `UPDATE consent_texts SET body = 'x'`} {
		_, err := n.db.NewRaw(query).Exec(context.Background())
		require.ErrorContains(t, err, "SQLSTATE", query)
	}
}

func TestConsentIsPutDownByHandWithItsSource(t *testing.T) {
	n := newNetwork(t)
	by := n.person(t, "coordinator", models.RoleCoordinator, n.lead)
	p := n.person(t, "reader", models.RoleReader, n.lead)
	in := models.ConsentInput{Act: models.ConsentGiven, Source: "List of participants, Tirana", On: noon.AddDate(0, 0, -3).Format(time.DateOnly), Text: "I agree.", Lang: "en"}
	note := func(in models.ConsentInput) error {
		return n.db.RunInTx(t.Context(), nil, func(ctx context.Context, tx bun.Tx) error { return models.NoteConsent(ctx, tx, by, p.ID, in, noon) })
	}
	for _, bad := range []func(*models.ConsentInput){
		func(in *models.ConsentInput) { in.Act = models.ConsentRestored }, func(in *models.ConsentInput) { in.Source = " " },
		func(in *models.ConsentInput) { in.On = noon.AddDate(0, 0, 2).Format(time.DateOnly) }, func(in *models.ConsentInput) { in.On = "soon" },
	} {
		wrong := in
		bad(&wrong)
		require.Equal(t, apperr.CodeInvalid, apperr.CodeOf(note(wrong)))
	}
	require.NoError(t, note(in))
	require.True(t, n.mailable(t, p.ID))
	list, err := models.ConsentsOf(t.Context(), n.db, models.ConsentFilter{Person: p.ID})
	require.NoError(t, err)
	require.Equal(t, [3]string{by.Name, in.Source, in.Text}, [3]string{list[0].ByName, list[0].Source, list[0].Text})
	require.NoError(t, note(models.ConsentInput{Act: models.ConsentWithdrawn, Source: "by telephone", On: noon.Format(time.DateOnly)}))
	require.False(t, n.mailable(t, p.ID))
	require.Equal(t, apperr.CodeInvalid, apperr.CodeOf(note(in)), "an older list does not undo what they said since")
	require.False(t, n.mailable(t, p.ID))
}

func TestErasingAContactLeavesAHashAlone(t *testing.T) {
	n := newEngagedNetwork(t)
	by := n.person(t, "coordinator", models.RoleCoordinator, n.lead)
	p := models.NewPerson(noon)
	p.Name, p.Email, p.Language = "Ana Somebody", "ana@readers.example", "en"
	require.NoError(t, n.db.RunInTx(t.Context(), nil, func(ctx context.Context, tx bun.Tx) error {
		require.NoError(t, models.AddPerson(ctx, tx, &p))
		former := p
		p.Name = "Ana Renamed"
		require.NoError(t, p.Save(ctx, tx))
		return models.Journal(ctx, tx, by, noon, models.PersonChanged(former, p))
	}))
	require.NoError(t, models.GiveConsent(t.Context(), n.db, models.Consent{PersonID: p.ID, How: models.ConsentByHand}, noon))
	pref := models.MailingPreference{PersonID: p.ID, AtMost: models.AtMostWeek}
	require.NoError(t, pref.Save(t.Context(), n.db, noon))
	sent := &models.OutboxMail{Kind: models.MailDigest, DedupeKey: "digest:" + p.ID.String(), PersonID: p.ID, CreatedAt: noon}
	require.NoError(t, models.Enqueue(t.Context(), n.db, sent))

	n.bounced(t, n.mailing, p, models.BounceHard)
	someone := n.person(t, "someone", models.RoleReader, n.lead)
	naming := models.Audience{Topics: []string{"care"}, NotReached: []uuid.UUID{n.mailing}, Again: []uuid.UUID{someone.ID, p.ID},
		Except: models.Exclusions{Acted: true, People: []uuid.UUID{p.ID, someone.ID}}}
	segment, err := models.KeepMailingSegment(t.Context(), n.db, n.partner.ID, models.MailingSegmentInput{Name: "Rest", Audience: naming}, noon)
	require.NoError(t, err)
	_, err = n.db.NewUpdate().Model(&models.Mailing{ID: n.mailing, Audience: naming}).Column("audience").WherePK().Exec(t.Context())
	require.NoError(t, err)
	n.exec(t, `UPDATE mailings SET audience = jsonb_build_object('again', jsonb_build_array(?::text)) WHERE id = ?`, p.ID, n.sentAbout(t, n.about))
	plain := n.sentAbout(t, n.about)

	erase := func(by, who models.Person) error {
		return n.db.RunInTx(t.Context(), nil, func(ctx context.Context, tx bun.Tx) error { return models.EraseContact(ctx, tx, by, who.ID, noon) })
	}
	reader := n.person(t, "reader", models.RoleReader, n.lead)
	require.Equal(t, apperr.CodeInUse, apperr.CodeOf(erase(by, reader)), "who has a role stays")
	require.Equal(t, apperr.CodeForbidden, apperr.CodeOf(erase(by, by)))
	suppressed, err := models.Suppressed(t.Context(), n.db, reader.Email)
	require.NoError(t, err)
	require.False(t, suppressed, "a refusal leaves nothing behind")

	require.NoError(t, erase(by, p))
	suppressed, err = models.Suppressed(t.Context(), n.db, "ANA@readers.example")
	require.NoError(t, err)
	require.True(t, suppressed)
	var tables []string
	require.NoError(t, n.db.NewRaw(`SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'`).Scan(t.Context(), &tables))
	require.Greater(t, len(tables), 50)
	for _, table := range tables {
		var found int
		require.NoError(t, n.db.NewRaw(`SELECT count(*) FROM ? AS row WHERE row::text ILIKE ANY (ARRAY['%ana@readers%', '%Ana Somebody%', '%Ana Renamed%', ?])`,
			bun.Ident(table), "%"+p.ID.String()+"%").Scan(t.Context(), &found))
		require.Zero(t, found, table)
	}
	why, err := models.SuppressionOf(t.Context(), n.db, p.Email)
	require.NoError(t, err)
	require.Equal(t, models.SuppressedHardBounce, why.Reason, "the first reason stays")
	require.Nil(t, why.MailID, "what stayed leads to none of their mails")
	naming.Again, naming.Except.People = []uuid.UUID{someone.ID}, []uuid.UUID{someone.ID}
	m, err := models.MailingByID(t.Context(), n.db, n.mailing)
	require.NoError(t, err)
	kept, err := models.MailingSegmentByID(t.Context(), n.db, n.partner.ID, segment.ID)
	require.NoError(t, err)
	untouched, err := models.MailingByID(t.Context(), n.db, plain)
	require.NoError(t, err)
	for _, a := range []*models.Audience{&m.Audience, &kept.Audience} {
		a.About = uuid.Nil
		require.Equal(t, naming, *a, "others whom it names stay named")
	}
	untouched.Audience.About = uuid.Nil
	require.Equal(t, models.Audience{}, untouched.Audience)
	chain, err := models.InstallationID(t.Context(), n.db)
	require.NoError(t, err)
	report, err := record.Verify(t.Context(), n.db, chain)
	require.NoError(t, err)
	require.True(t, report.OK(), "the journal is whole: %v", report.Faults)
}
