package models_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/access"
	"tribuna/internal/apperr"
	"tribuna/models"
)

// mailTo writes the mail of a mailing to somebody and what came of it.
func (n engagedNetwork) mailTo(t *testing.T, mailing uuid.UUID, p models.Person, state models.MailState, reply string) uuid.UUID {
	t.Helper()
	n.got(t, mailing, p, state)
	var id uuid.UUID
	require.NoError(t, n.db.NewRaw(`UPDATE outbox SET reply = ?, finished_at = now() WHERE mailing_id = ? AND person_id = ? RETURNING id`,
		reply, mailing, p.ID).Scan(t.Context(), &id))
	return id
}

func (n engagedNetwork) bounced(t *testing.T, mailing uuid.UUID, p models.Person, class models.BounceClass) uuid.UUID {
	t.Helper()
	id := n.mailTo(t, mailing, p, models.MailDelivered, "")
	_, err := models.NoteBounce(t.Context(), n.db, models.ReturnedMail{MailID: id, Email: p.Email, Digest: "d", Kind: "delivery", Class: class,
		Diagnostic: "550 said so"}, time.Now())
	require.NoError(t, err)
	return id
}

// everyOutcome is a mailing that came to everything it can come to, by the name of who is concerned.
func (n engagedNetwork) everyOutcome(t *testing.T) (mails map[string]uuid.UUID, people map[string]models.Person) {
	t.Helper()
	mails, people = map[string]uuid.UUID{}, map[string]models.Person{}
	for name, c := range map[string]struct {
		state models.MailState
		reply string
	}{
		"delivered": {models.MailDelivered, "250 ok"}, "told_arrived": {models.MailUnknown, "cut off"}, "told_not": {models.MailUnknown, "cut off"},
		"unknown": {models.MailUnknown, "cut off"}, "waiting": {models.MailQueued, ""}, "refused": {models.MailFailed, "550 no"},
		"given_up": {models.MailFailed, models.ReplyGivenUp + " 8 attempts: 451 later"}, "mailing_cancelled": {models.MailCancelled, "the mailing was cancelled"},
		"unwanted": {models.MailCancelled, models.ReplyUnwanted}, "no_consent": {models.MailCancelled, models.ReplyNoConsent},
		"suppressed": {models.MailCancelled, models.ReplySuppressed}, "left": {models.MailCancelled, models.ReplyLeft},
		"acted": {models.MailCancelled, models.ReplyActed}, "cancelled_other": {models.MailCancelled, "else"},
	} {
		people[name] = n.person(t, name, models.RoleReader, n.lead, consents)
		mails[name] = n.mailTo(t, n.mailing, people[name], c.state, c.reply)
	}
	for name, class := range map[string]models.BounceClass{"bounced_hard": models.BounceHard, "bounced_soft": models.BounceSoft, "bounced_policy": models.BouncePolicy} {
		people[name] = n.person(t, name, models.RoleReader, n.lead, consents)
		mails[name] = n.bounced(t, n.mailing, people[name], class)
	}
	for name, arrived := range map[string]bool{"told_arrived": true, "told_not": false} {
		require.NoError(t, models.SettleUnknown(t.Context(), n.db, n.mailing, mails[name], arrived, n.officer, time.Now()))
	}
	return mails, people
}

func TestWhatAMailingCameToAddsUp(t *testing.T) {
	n := newEngagedNetwork(t)
	_, people := n.everyOutcome(t)
	n.exec(t, `INSERT INTO countries (code, names, zone) VALUES ('BG', '{"en":"Bulgaria"}', 'Europe/Sofia') ON CONFLICT DO NOTHING`)
	n.exec(t, `UPDATE people SET country_code = NULL`)
	n.exec(t, `UPDATE people SET country_code = 'BG' WHERE name IN ('delivered', 'unknown', 'refused')`)
	gone := models.Consent{PersonID: people["delivered"].ID, How: models.ConsentByOneClick, Via: n.mailing}
	require.NoError(t, models.WithdrawConsent(t.Context(), n.db, gone, time.Now()))
	other := models.Consent{PersonID: people["unknown"].ID, How: models.ConsentByOneClick, Via: uuid.New()}
	require.NoError(t, models.WithdrawConsent(t.Context(), n.db, other, time.Now()))

	r, err := models.ReportOfMailing(t.Context(), n.db, n.mailing, models.OutcomeFilter{})
	require.NoError(t, err)
	require.Equal(t, len(people), r.Total())
	for name := range people {
		require.Equal(t, 1, r.Outcomes[models.MailOutcome(name)], name)
	}
	require.Equal(t, 1, r.Unsubscribed, "by a mail of this mailing alone")
	require.Equal(t, r.Total(), r.Count(models.MailOutcome.Reached)+r.Failed()+r.Unknown()+r.Count(models.MailOutcome.Bounced)+r.Count(models.MailOutcome.NotSent)+r.Waiting())
	require.Equal(t, []int{2, 2, 2, 3, 7, 1, 14}, []int{r.Count(models.MailOutcome.Reached), r.Failed(), r.Unknown(), r.Count(models.MailOutcome.Bounced),
		r.Count(models.MailOutcome.NotSent), r.Waiting(), r.NotReached()})
	require.Len(t, r.ByCountry, 2)
	require.Equal(t, "", r.ByCountry[0].Of)
	require.Equal(t, []int{3, 1}, []int{r.ByCountry[1].Total(), r.ByCountry[1].Unsubscribed})
	require.Equal(t, r.Total(), r.ByCountry[0].Total()+r.ByCountry[1].Total())

	bg, err := models.ReportOfMailing(t.Context(), n.db, n.mailing, models.OutcomeFilter{Country: "BG", Language: "en"})
	require.NoError(t, err)
	require.Equal(t, 3, bg.Total())

	require.NoError(t, models.UndoWithdrawal(t.Context(), n.db, people["delivered"].ID, n.mailing, time.Now()))
	r, err = models.ReportOfMailing(t.Context(), n.db, n.mailing, models.OutcomeFilter{})
	require.NoError(t, err)
	require.Zero(t, r.Unsubscribed, "who took it back is subscribed")
}

func TestAMailWhoseLinkWasUsedArrived(t *testing.T) {
	n := newEngagedNetwork(t)
	other := n.sentAbout(t, n.about)
	now := time.Now().Truncate(time.Microsecond)
	withdraw := func(how string) func(uuid.UUID, uuid.UUID) error {
		return func(mailing, person uuid.UUID) error {
			return models.WithdrawConsent(t.Context(), n.db, models.Consent{PersonID: person, How: how, Via: mailing}, now)
		}
	}
	for name, use := range map[string]func(mailing, person uuid.UUID) error{
		"one_click": withdraw(models.ConsentByOneClick),
		"by_mail":   withdraw(models.ConsentByMail),
		"written": func(mailing, person uuid.UUID) error {
			return models.SayWritten(t.Context(), n.db, mailing, person, true, now)
		},
		"taken_back": func(mailing, person uuid.UUID) error {
			return models.SayWritten(t.Context(), n.db, mailing, person, false, now)
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := n.person(t, name, models.RoleReader, n.lead, consents)
			mail := n.mailTo(t, n.mailing, p, models.MailUnknown, "cut off")
			elsewhere := n.mailTo(t, other, p, models.MailUnknown, "cut off")
			require.NoError(t, models.SettleUnknown(t.Context(), n.db, n.mailing, mail, false, n.officer, now))
			stands := func(id uuid.UUID) (state, reply string) {
				require.NoError(t, n.db.NewRaw(`SELECT state, reply FROM outbox WHERE id = ?`, id).Scan(t.Context(), &state, &reply))
				return state, reply
			}
			for range 2 {
				require.NoError(t, use(n.mailing, p.ID))
				state, reply := stands(mail)
				require.Equal(t, [2]string{string(models.MailDelivered), ""}, [2]string{state, reply})
			}
			state, _ := stands(elsewhere)
			require.Equal(t, string(models.MailUnknown), state, "another mailing's link says nothing of it")
			outcome, err := models.ReportOfMailing(t.Context(), n.db, n.mailing, models.OutcomeFilter{})
			require.NoError(t, err)
			require.Zero(t, outcome.Unknown(), "whoever said that it did not arrive knew less")
		})
	}

	refused := n.person(t, "refused", models.RoleReader, n.lead, consents)
	mail := n.mailTo(t, n.mailing, refused, models.MailFailed, "550 no")
	require.NoError(t, withdraw(models.ConsentByOneClick)(n.mailing, refused.ID))
	var state models.MailState
	require.NoError(t, n.db.NewRaw(`SELECT state FROM outbox WHERE id = ?`, mail).Scan(t.Context(), &state))
	require.Equal(t, models.MailFailed, state, "only what was not known is settled")

	again := n.person(t, "again", models.RoleReader, n.lead, consents)
	require.NoError(t, withdraw(models.ConsentByPage)(uuid.Nil, again.ID))
	mail = n.mailTo(t, n.mailing, again, models.MailUnknown, "cut off")
	require.NoError(t, withdraw(models.ConsentByOneClick)(n.mailing, again.ID))
	require.NoError(t, n.db.NewRaw(`SELECT state FROM outbox WHERE id = ?`, mail).Scan(t.Context(), &state))
	require.Equal(t, models.MailDelivered, state, "also of who unsubscribed before")
}

func TestAComplaintUnsubscribesByItsMailing(t *testing.T) {
	n := newEngagedNetwork(t)
	p := n.person(t, "p", models.RoleReader, n.lead, consents)
	n.bounced(t, n.mailing, p, models.BounceComplaint)
	proof, err := models.ConsentsOf(t.Context(), n.db, models.ConsentFilter{Person: p.ID})
	require.NoError(t, err)
	last := proof[len(proof)-1]
	require.Equal(t, models.ConsentWithdrawn, last.Act)
	require.Equal(t, models.ConsentByComplaint, last.How, "they were on no page")
	require.Equal(t, n.mailing, last.Via)
	r, err := models.ReportOfMailing(t.Context(), n.db, n.mailing, models.OutcomeFilter{})
	require.NoError(t, err)
	require.Equal(t, []int{1, 1, 1}, []int{r.Outcomes[models.OutcomeDelivered], r.Complaints, r.Unsubscribed})
}

func TestWhoDidNotGetItIsListedOverPages(t *testing.T) {
	n := newEngagedNetwork(t)
	n.everyOutcome(t)
	coordinator := models.Viewer{PersonID: n.officer.ID, Roles: []models.Role{{Role: models.RoleCoordinator}}}
	var all []models.Unreached
	for after := uuid.Nil; ; {
		page, err := models.NotReachedBy(t.Context(), n.db, coordinator, n.mailing, models.OutcomeFilter{}, after, 5)
		require.NoError(t, err)
		if all = append(all, page...); len(page) < 5 {
			break
		}
		after = page[4].ID
	}
	require.Len(t, all, 14, "each once, over the pages; not who got it and not what is still to go")
	for _, u := range all {
		require.Equal(t, string(u.Outcome), u.Name)
		require.False(t, u.Outcome.Reached())
	}
	one, err := models.NotReachedBy(t.Context(), n.db, coordinator, n.mailing, models.OutcomeFilter{Outcome: models.OutcomeToldNot}, uuid.Nil, 5)
	require.NoError(t, err)
	require.Len(t, one, 1)
	require.Equal(t, []string{"told_not", "owner"}, []string{one[0].Name, one[0].SettledBy})
}

// TestWhoSendsAMailingKnowsByNameWhoGotIt holds the names in every list of a mailing's recipients against the table of roles. How people
// want to be named, and whether they have left, makes no difference to who wrote to them.
func TestWhoSendsAMailingKnowsByNameWhoGotIt(t *testing.T) {
	n := newEngagedNetwork(t)
	ctx := t.Context()
	_, people := n.everyOutcome(t)
	n.exec(t, `UPDATE people SET naming = 'none'`)
	n.exec(t, `UPDATE people SET left_at = now() WHERE name = 'left'`)
	object := access.Object{Kind: "mailing", OwnerOrganisation: n.partner.ID}
	may := map[bool]int{}
	for _, role := range append(models.RoleNames(), "") {
		for _, o := range []models.Organisation{n.partner, n.lead} {
			for _, byLink := range []bool{false, true} {
				v, actor := models.Viewer{PersonID: people["acted"].ID}, access.Actor{PersonID: people["acted"].ID}
				if role != "" {
					v.Roles = []models.Role{{Role: role, OrganisationID: o.ID}}
					actor.Roles = []access.Role{{Role: access.RoleName(role), OrganisationID: o.ID}}
				}
				if byLink {
					v.LinkTask = models.NewID()
				}
				knows := !byLink && access.Can(actor, access.ReadMailing, object) == nil
				may[knows]++
				not, err := models.NotReachedBy(ctx, n.db, v, n.mailing, models.OutcomeFilter{}, uuid.Nil, 100)
				require.NoError(t, err)
				require.Len(t, not, 14)
				for _, u := range not {
					require.Equal(t, knows, u.Name == string(u.Outcome), "%s of %s, %s", role, o.Name, u.Outcome)
					require.Equal(t, knows, u.Name != "")
					require.Equal(t, knows && u.Outcome == models.OutcomeToldNot, u.SettledBy != "")
				}
				all, err := models.Recipients(ctx, n.db, v, n.mailing, models.RecipientFilter{Limit: 100})
				require.NoError(t, err)
				require.Len(t, all, len(people))
				for _, r := range all {
					require.Equal(t, knows, r.Name != "", "%s of %s", role, o.Name)
				}
				for _, search := range []string{"refused", people["refused"].Email} {
					found, err := models.Recipients(ctx, n.db, v, n.mailing, models.RecipientFilter{Search: search, Limit: 100})
					require.NoError(t, err)
					require.Len(t, found, map[bool]int{true: 1}[knows], "%s of %s: who is found tells names", role, o.Name)
				}
				inOrder, err := models.RecipientsByName(ctx, n.db, v, n.mailing, models.RecipientFilter{})
				require.NoError(t, err)
				require.Len(t, inOrder, map[bool]int{true: len(people)}[knows], "%s of %s: the order tells names", role, o.Name)
				got, err := models.ReachedBy(ctx, n.db, v, n.mailing, models.OutcomeFilter{}, "", 100)
				require.NoError(t, err)
				require.Len(t, got, map[bool]int{true: 2}[knows], "%s of %s", role, o.Name)
				names, err := models.NamedRecipients(ctx, n.db, v, []uuid.UUID{people["unknown"].ID, n.officer.ID})
				require.NoError(t, err)
				require.Equal(t, map[bool]map[uuid.UUID]string{true: {people["unknown"].ID: "unknown"}, false: {}}[knows], names, "who got nothing of it is nobody's recipient")
			}
		}
	}
	require.Equal(t, 3, may[true], "officers there, coordinators anywhere")
	all, err := models.Recipients(ctx, n.db, models.Viewer{}, n.mailing, models.RecipientFilter{Limit: 100})
	require.NoError(t, err)
	require.Empty(t, all[0].Name, "the public")
}

func TestEvidenceSaysMoreThanAPerson(t *testing.T) {
	n := newEngagedNetwork(t)
	mails, people := n.everyOutcome(t)
	settle := func(name string) error {
		return models.SettleUnknown(t.Context(), n.db, n.mailing, mails[name], true, n.officer, time.Now())
	}
	require.NoError(t, settle("told_not"), "one may have been mistaken")
	require.Equal(t, apperr.CodeWrongStage, apperr.CodeOf(settle("delivered")))
	require.Equal(t, apperr.CodeNotFound, apperr.CodeOf(models.SettleUnknown(t.Context(), n.db, uuid.New(), mails["unknown"], true, n.officer, time.Now())))
	_, err := models.NoteBounce(t.Context(), n.db, models.ReturnedMail{MailID: mails["told_arrived"], Email: people["told_arrived"].Email, Digest: "late",
		Kind: "delivery", Class: models.BounceHard}, time.Now())
	require.NoError(t, err)
	r, err := models.ReportOfMailing(t.Context(), n.db, n.mailing, models.OutcomeFilter{})
	require.NoError(t, err)
	require.Equal(t, []int{1, 0, 2}, []int{r.Outcomes[models.OutcomeToldArrived], r.Outcomes[models.OutcomeToldNot], r.Outcomes[models.OutcomeHard]})
	require.Equal(t, apperr.CodeWrongStage, apperr.CodeOf(settle("told_arrived")), "more is known by now")
}

// rest reads whom a mailing to the rest would reach.
func (n engagedNetwork) rest(t *testing.T, again ...uuid.UUID) []string {
	t.Helper()
	m, err := models.MailingByID(t.Context(), n.db, n.mailing)
	require.NoError(t, err)
	return n.who(t, m.Rest(models.Again{People: again}))
}

func TestTheRestOfAMailing(t *testing.T) {
	n := newEngagedNetwork(t)
	_, people := n.everyOutcome(t)
	n.person(t, "joined", models.RoleReader, n.lead, consents)
	n.person(t, "silent", models.RoleReader, n.lead)
	want := []string{"acted", "bounced_policy", "bounced_soft", "cancelled_other", "given_up", "joined", "left", "mailing_cancelled", "no_consent", "suppressed", "told_not", "unwanted"}
	require.Equal(t, want, n.rest(t), "each of them may be written to now, whatever stood in the way then")
	require.NoError(t, models.Suppress(t.Context(), n.db, people["given_up"].Email, models.SuppressedByHand, time.Now()))
	n.exec(t, `UPDATE people SET unsubscribed_at = now() WHERE name = 'no_consent'`)
	n.exec(t, `UPDATE people SET left_at = now() WHERE name = 'left'`)
	want = []string{"acted", "bounced_policy", "bounced_soft", "cancelled_other", "joined", "mailing_cancelled", "suppressed", "told_not", "unwanted"}
	require.Equal(t, want, n.rest(t))
	require.ElementsMatch(t, append(want, "unknown"), n.rest(t, people["unknown"].ID, people["delivered"].ID), "who is named and is known to have it is not written to again")

	m, err := models.MailingByID(t.Context(), n.db, n.mailing)
	require.NoError(t, err)
	counted, err := models.CountRest(t.Context(), n.db, m, time.Now())
	require.NoError(t, err)
	require.Equal(t, models.RestOf{People: len(want), Joined: 1, Unknown: 1}, counted)
	for _, name := range []string{"acted", "unknown"} {
		wants := models.MailingPreference{PersonID: people[name].ID, AtMost: models.AtMostEach, Refused: []string{m.Kind}}
		require.NoError(t, wants.Save(t.Context(), n.db, time.Now()))
	}
	counted, err = models.CountRest(t.Context(), n.db, m, time.Now())
	require.NoError(t, err)
	require.Equal(t, models.RestOf{People: len(want) - 1, Joined: 1, Unknown: 0}, counted, "who wants none of its kind would not get it")
	all := n.who(t, m.Rest(models.Again{All: true}))
	require.ElementsMatch(t, append(want, "unknown"), all, "but who is told to have it")
	stranger := models.Audience{NotReached: []uuid.UUID{uuid.New()}}
	require.Contains(t, n.who(t, stranger), "delivered", "another's mailing says nothing")
}

// TestWhoseAddressWasCorrectedIsAmongTheRest once: of the address that they have now nothing is known, until a mail went there.
func TestWhoseAddressWasCorrectedIsAmongTheRest(t *testing.T) {
	n := newEngagedNetwork(t)
	refused := func(mailing uuid.UUID, p models.Person) {
		id, token := n.mailTo(t, mailing, p, models.MailSending, ""), uuid.New()
		n.exec(t, `UPDATE outbox SET claim_token = ?, finished_at = NULL WHERE id = ?`, token, id)
		written, err := models.MarkResults(t.Context(), n.db, token, []models.MailResult{{ID: id, State: models.MailFailed, Reply: "550 5.1.1", Nobody: p.Email, Status: "5.1.1"}}, time.Now())
		require.NoError(t, err)
		require.Equal(t, 1, written)
	}
	people := map[string]models.Person{}
	for _, name := range []string{"came_back", "came_back_too", "refused", "refused_too", "otherwise", "unknown", "delivered"} {
		people[name] = n.person(t, name, models.RoleReader, n.lead, consents)
	}
	n.bounced(t, n.mailing, people["came_back"], models.BounceHard)
	n.bounced(t, n.mailing, people["came_back_too"], models.BounceHard)
	n.exec(t, `DELETE FROM suppressions`) // lifted by hand: what is judged here is not that
	refused(n.mailing, people["refused"])
	refused(n.mailing, people["refused_too"])
	n.mailTo(t, n.mailing, people["otherwise"], models.MailFailed, "550 no")
	n.mailTo(t, n.mailing, people["unknown"], models.MailUnknown, "cut off")
	n.mailTo(t, n.mailing, people["delivered"], models.MailDelivered, "250 ok")
	require.Empty(t, n.rest(t), "nobody has these addresses, or it may have arrived")

	n.exec(t, `UPDATE people SET email = 'new-' || email WHERE name IN ('came_back', 'refused', 'otherwise', 'unknown', 'delivered')`)
	require.Equal(t, []string{"came_back", "refused"}, n.rest(t))
	m, err := models.MailingByID(t.Context(), n.db, n.mailing)
	require.NoError(t, err)
	counted, err := models.CountRest(t.Context(), n.db, m, time.Now())
	require.NoError(t, err)
	require.Equal(t, models.RestOf{People: 2, Unknown: 1}, counted)

	second := n.sentAbout(t, n.about)
	n.exec(t, `UPDATE mailings SET audience = jsonb_build_object('not_reached', jsonb_build_array(?::text)) WHERE id = ?`, n.mailing, second)
	n.mailTo(t, second, people["came_back"], models.MailDelivered, "250 ok")
	again, err := models.PersonByID(t.Context(), n.db, people["refused"].ID)
	require.NoError(t, err)
	refused(second, again)
	require.Empty(t, n.rest(t), "one has it, and nobody has the new address of the other either")
	n.exec(t, `UPDATE people SET email = 'newer-' || email WHERE name IN ('came_back', 'refused')`)
	require.Equal(t, []string{"refused"}, n.rest(t))
	n.exec(t, `UPDATE people SET email = ? WHERE name = 'refused'`, people["refused"].Email)
	require.Empty(t, n.rest(t), "back to what nobody has")
}

// TestTheRestOfAMailingToThoseSentNothing is not smaller for what the mailing itself and those to its rest came to.
func TestTheRestOfAMailingToThoseSentNothing(t *testing.T) {
	n := newEngagedNetwork(t)
	_, people := n.everyOutcome(t)
	n.exec(t, `UPDATE mailings SET audience = '{"engagement": ["not_sent"]}' WHERE id = ?`, n.mailing)
	want := []string{"acted", "bounced_policy", "bounced_soft", "cancelled_other", "given_up", "left", "mailing_cancelled", "no_consent", "suppressed", "told_not", "unwanted"}
	require.Equal(t, want, n.rest(t))
	require.ElementsMatch(t, append(want, "unknown"), n.rest(t, people["unknown"].ID))
	second := n.sentAbout(t, n.about)
	n.exec(t, `UPDATE mailings SET audience = jsonb_build_object('engagement', jsonb_build_array('not_sent'), 'not_reached', jsonb_build_array(?::text)) WHERE id = ?`, n.mailing, second)
	n.bounced(t, second, people["bounced_soft"], models.BounceSoft)
	n.got(t, second, people["acted"], models.MailDelivered)
	n.got(t, n.sentAbout(t, n.about), people["given_up"], models.MailDelivered)
	want = []string{"bounced_policy", "bounced_soft", "cancelled_other", "left", "mailing_cancelled", "no_consent", "suppressed", "told_not", "unwanted"}
	require.Equal(t, want, n.rest(t), "who has it from the rest has it, and who was sent another is not whom it is for")
}

func TestTheRestIsWrittenToOnce(t *testing.T) {
	n := newEngagedNetwork(t)
	ctx := t.Context()
	_, people := n.everyOutcome(t)
	n.exec(t, `UPDATE recommendations SET published_at = now(), stage = 'done' WHERE id = ?`, n.about)
	n.exec(t, `INSERT INTO mailing_texts (mailing_id, language, subject, body, plain) VALUES (?, 'en', 'S', 'B', 'P')`, n.mailing)
	rec, err := models.RecommendationByID(ctx, n.db, n.about)
	require.NoError(t, err)
	m, err := models.MailingByID(ctx, n.db, n.mailing)
	require.NoError(t, err)
	_, err = models.CreateRest(ctx, n.db, m, rec, models.Again{People: []uuid.UUID{people["delivered"].ID}}, n.officer.ID, time.Now())
	require.Equal(t, apperr.CodeInvalid, apperr.CodeOf(err), "of whom it is known")

	rest, err := models.CreateRest(ctx, n.db, m, rec, models.Again{People: []uuid.UUID{people["unknown"].ID}}, n.officer.ID, time.Now())
	require.NoError(t, err)
	_, err = models.CreateRest(ctx, n.db, rest, rec, models.Again{}, n.officer.ID, time.Now())
	require.Equal(t, apperr.CodeWrongStage, apperr.CodeOf(err), "a draft has no rest")
	draft, err := models.MailingByID(ctx, n.db, rest.ID)
	require.NoError(t, err)
	require.Equal(t, m.CampaignID, draft.CampaignID)
	require.Equal(t, []string{"S", "B", "P", "draft"}, []string{draft.Texts[0].Subject, draft.Texts[0].Body, draft.Texts[0].Plain, string(draft.State)})

	sent, err := models.EnqueueMailing(ctx, n.db, models.MailingRecipients{MailingID: draft.ID, RecommendationID: n.about, Audience: draft.Audience,
		Texts: []string{"en"}, Fallback: "en"}, time.Now())
	require.NoError(t, err)
	require.Equal(t, 12, sent)
	require.Empty(t, n.rest(t), "whoever gets the mailing to the rest has the mailing")
	n.exec(t, `UPDATE mailings SET state = 'sent', launched_at = now() WHERE id = ?`, draft.ID)
	n.exec(t, `UPDATE outbox SET state = 'failed', reply = ? WHERE mailing_id = ? AND person_id = ?`, models.ReplyGivenUp+" 8 attempts", draft.ID, people["given_up"].ID)
	draft, err = models.MailingByID(ctx, n.db, draft.ID)
	require.NoError(t, err)
	require.Equal(t, []string{"given_up"}, n.who(t, draft.Rest(models.Again{})), "the rest of the rest is that of the first")
}

func TestAKeptAudienceDoesNotWidenTheRest(t *testing.T) {
	first, second, person := uuid.New(), uuid.New(), uuid.New()
	kept := models.Audience{Countries: []string{"BG"}, NotReached: []uuid.UUID{second}, Again: []uuid.UUID{uuid.New()}}
	require.Equal(t, kept, kept.StillOnly(models.Audience{Countries: []string{"RO"}}), "of a mailing to all it says everything")
	rest := models.Audience{Countries: []string{"RO"}, NotReached: []uuid.UUID{first}, Again: []uuid.UUID{person}}
	require.Equal(t, models.Audience{Countries: []string{"BG"}, NotReached: []uuid.UUID{first, second}, Again: []uuid.UUID{person}}, kept.StillOnly(rest))
	kept.NotReached = []uuid.UUID{first}
	require.Equal(t, []uuid.UUID{first}, kept.StillOnly(rest).NotReached, "each once")
}
