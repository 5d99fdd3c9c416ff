package access_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/access"
	"tribuna/internal/apperr"
)

var (
	owner  = uuid.New() // owns the recommendation
	asked  = uuid.New() // asked for an answer
	sister = uuid.New() // shares its vote
	other  = uuid.New()

	thePerson = uuid.New() // whom the task waits for
	theTask   = uuid.New()
)

type column struct {
	name  string
	actor access.Actor
}

func actor(name string, role access.RoleName, organisation uuid.UUID) column {
	return column{name, access.Actor{PersonID: uuid.New(), Roles: []access.Role{{Role: role, OrganisationID: organisation}}}}
}

func isAsked(c column) column {
	c.actor.PersonID = thePerson
	return c
}

// columns are the actors, in the order of the letters below.
func columns() []column {
	return []column{
		{name: "nobody"},
		actor("coordinator", access.Coordinator, other),
		actor("officer of the owner", access.Officer, owner),
		actor("officer of another", access.Officer, other),
		actor("partner of the owner", access.Partner, owner),
		actor("partner asked", access.Partner, asked),
		actor("partner of the sister", access.Partner, sister),
		actor("partner of another", access.Partner, other),
		isAsked(actor("translator asked", access.Translator, other)),
		actor("translator not asked", access.Translator, owner),
		isAsked(actor("expert asked", access.Expert, other)),
		actor("expert not asked", access.Expert, owner),
		actor("reader", access.Reader, owner),
	}
}

func object() access.Object {
	return access.Object{Kind: "recommendation", OwnerOrganisation: owner, OfficerID: uuid.New(), Stage: "review",
		Concerned: []uuid.UUID{asked, sister, other}, Involved: []uuid.UUID{thePerson}, TaskID: theTask, TaskPerson: thePerson,
		TaskOrganisations: []uuid.UUID{asked, sister}, TranslatorID: uuid.New()}
}

// What is expected: y may, f forbidden, n not found, u must sign in.
// Order: nobody, coordinator, officers (owner, other), partners (owner, asked, sister, other), translators, experts, reader.
const (
	ownersOnText   = "nyy fffff fn fn n" // others who see the text are refused, the rest learn nothing
	ownersOnMail   = "nyy nnnnn nn nn n"
	spokesmenAlone = "nff nnyyn fn fn n"
)

var inReview = map[access.Action]string{
	access.CreateRecommendation: "uyy fffff ff ff f",
	access.ReadRecommendation:   "nyy yyyyy yn yn n",
	access.ReadWorkingText:      "nyy yyyyy yn yn n",
	access.ReadNetworkMatter:    "nyy yyyyy fn fn n",
	access.EditDraft:            ownersOnText,
	access.StartReview:          ownersOnText,
	access.InviteReviewer:       ownersOnText,
	access.DecideReview:         ownersOnText,
	access.AssignTranslator:     ownersOnText,
	access.ResolveSignoff:       ownersOnText,
	access.Publish:              ownersOnText,
	access.RecordDelivery:       ownersOnText,
	access.Hold:                 ownersOnText,
	access.Resume:               ownersOnText,
	access.Withdraw:             ownersOnText,
	access.RecordOnBehalf:       ownersOnText,
	access.EndFollowup:          ownersOnText,
	access.CreateMailing:        ownersOnText,
	access.ReadMailing:          ownersOnMail,
	access.EditMailing:          ownersOnMail,
	access.LaunchMailing:        ownersOnMail,
	access.PauseMailing:         ownersOnMail,
	access.CancelMailing:        ownersOnMail,
	access.ReadCampaign:         ownersOnMail,
	access.EditCampaign:         ownersOnMail,
	access.ListCampaigns:        "uyy yffff ff ff f",
	access.ReadTask:             "nyy nnyyn yn yn n",
	access.ReadAnswer:           "nyy nnyyn yn yn n",
	access.Review:               "nff nnffn yn yn n",
	access.Consult:              spokesmenAlone,
	access.SignOff:              spokesmenAlone,
	access.Translate:            "nff nnffn yn fn n",
	access.ApproveTranslation:   "nff nnffn yn fn n",
	access.ReportProgress:       "nyy ffyyf fn fn n",
	access.ReadRecord:           "nyy nnnnn nn nn n", // confidential unless said otherwise
	access.ReadAttachment:       "nyy nnnnn nn nn n", // and the person in whose name it was recorded
	access.RedactRecord:         "nyf fffff fn fn n",
	access.Administer:           "uyf fffff ff ff f",
	access.HandOver:             "nyf fffff fn fn n",
	access.LookInto:             "nyf fffff fn fn n",

	access.AssignFocalPoint:      ownersOnText,
	access.ImportRecommendations: "uyf fffff ff ff f",

	access.ReadOverview: "uyy yyyyy ff ff f",
	access.FindPeople:   "uyy yffff ff ff f",
}

func TestEveryRoleAndAction(t *testing.T) {
	require.Len(t, inReview, len(access.Actions()), "every action has a line")
	for action, line := range inReview {
		check(t, action, object(), line)
	}
}

func TestDraftsStayOnTheirOwnersDesk(t *testing.T) {
	draft := object()
	draft.Stage, draft.Involved = "drafting", nil
	check(t, access.ReadRecommendation, draft, "nyy nnnnn nn nn n")
	check(t, access.EditDraft, draft, "nyy nnnnn nn nn n")
	draft.Stage = ""
	check(t, access.ReadRecommendation, draft, "nyy nnnnn nn nn n")
}

func TestWhoWasAskedReadsNoLaterDraft(t *testing.T) {
	for _, stage := range []string{"drafting", ""} {
		again := object()
		again.Stage, again.Visibility = stage, access.Public
		for _, action := range []access.Action{access.ReadRecommendation, access.ReadWorkingText, access.ReadNetworkMatter, access.ReadRecord} {
			check(t, action, again, "nyy nnnnn nn nn n")
		}
	}
}

func TestTheTextIsForThoseItConcerns(t *testing.T) {
	o := object()
	o.Concerned = []uuid.UUID{asked, sister}
	o.Visibility = access.Network
	check(t, access.ReadRecommendation, o, "nyy nyyyn yn yn n")
	check(t, access.ReadWorkingText, o, "nyy nyyyn yn yn n")
	check(t, access.ReadNetworkMatter, o, "nyy nyyyn fn fn n")
	check(t, access.ReadRecord, o, "nyy nyyyn nn nn n")
	check(t, access.EditDraft, o, "nyy nfffn fn fn n")
	o.Published, o.Stage = true, "done"
	check(t, access.ReadNetworkMatter, o, "uyy yyyyy ff ff f")
}

func TestWhatIsPublishedIsForAll(t *testing.T) {
	public := object()
	public.Published, public.Stage = true, "done"
	check(t, access.ReadRecommendation, public, "yyy yyyyy yy yy y")
	check(t, access.EditDraft, public, "uyy fffff ff ff f")
	check(t, access.ReadWorkingText, public, "uyy yyyyy yf yf f")
	check(t, access.ReadNetworkMatter, public, "uyy yyyyy ff ff f")
	check(t, access.ReadMailing, public, "nyy nnnnn nn nn n")
}

func TestRecordByVisibility(t *testing.T) {
	for _, published := range []bool{false, true} {
		o := object()
		o.Published = published
		o.Visibility = access.Confidential
		check(t, access.ReadRecord, o, "nyy nnnnn nn nn n")
		o.Visibility = access.Network
		check(t, access.ReadRecord, o, "nyy yyyyy nn nn n")
	}
	o := object()
	o.Visibility = access.Public
	check(t, access.ReadRecord, o, "nyy yyyyy yn yn n")
	o.Published = true
	check(t, access.ReadRecord, o, "yyy yyyyy yy yy y")
}

func TestAnOriginalIsForOwnersAndThePersonSpokenFor(t *testing.T) {
	o := object()
	o.Published, o.SpokenFor = true, thePerson
	check(t, access.ReadAttachment, o, "nyy nnnnn yn yn n")
	byLink := isAsked(actor("expert", access.Expert, other)).actor
	byLink.LinkTask = &theTask
	require.NoError(t, access.Can(byLink, access.ReadAttachment, o))
	elsewhere := uuid.New()
	byLink.LinkTask = &elsewhere
	require.Equal(t, apperr.CodeNotFound, apperr.CodeOf(access.Can(byLink, access.ReadAttachment, o)))
}

func TestInAnAnonymisedRoundTheAuthorsSideReadsNoAnswerAsSomebodys(t *testing.T) {
	o := object()
	o.Masked, o.TaskOrganisations = true, nil
	check(t, access.ReadTask, o, "nyy nnnnn yn yn n") // whom they invited and who is late they see
	check(t, access.ReadAnswer, o, "nyf nnnnn yn yn n")
	check(t, access.RecordOnBehalf, o, "nyf fffff fn fn n")
	o.SpokenFor = thePerson
	check(t, access.ReadAttachment, o, "nyn nnnnn yn yn n")
	both := actor("coordinator", access.Coordinator, other).actor
	require.NoError(t, access.Can(both, access.ReadAnswer, o))
	both.Roles = append(both.Roles, access.Role{Role: access.Officer, OrganisationID: owner})
	require.Error(t, access.Can(both, access.ReadAnswer, o), "a coordinator who is the owner's officer")
	inCharge := actor("coordinator", access.Coordinator, other).actor
	o.OfficerID = inCharge.PersonID
	require.Error(t, access.Can(inCharge, access.ReadAnswer, o), "a coordinator who is in charge of the text")
}

func TestEvidenceIsForAllWhoReadTheReport(t *testing.T) {
	o := object()
	o.Published, o.Stage, o.Evidence = true, "done", true
	check(t, access.ReadAttachment, o, "nyy yyyyy nn nn n")
	byLink := actor("partner", access.Partner, asked).actor
	byLink.LinkTask = &theTask
	require.NoError(t, access.Can(byLink, access.ReadAttachment, o))
	elsewhere := uuid.New()
	byLink.LinkTask = &elsewhere
	require.Error(t, access.Can(byLink, access.ReadAttachment, o))
}

func TestNobodyApprovesTheirOwnTranslation(t *testing.T) {
	o := object()
	o.TranslatorID = thePerson
	check(t, access.ApproveTranslation, o, "nff nnffn fn fn n")
}

func TestAnOfficerTakesAMeasureOnForTheirOwnOrganisation(t *testing.T) {
	o := object()
	require.NoError(t, access.Can(actor("officer asked", access.Officer, asked).actor, access.AssignFocalPoint, o))
	o.TaskOrganisations = []uuid.UUID{sister}
	require.Error(t, access.Can(actor("officer asked", access.Officer, asked).actor, access.AssignFocalPoint, o))
}

func TestAPartnerTakesOnMeasuresOfTheirOwnCountry(t *testing.T) {
	o := object()
	o.Published, o.Stage = true, "done"
	check(t, access.AssignFocalPoint, o, "uyy fffff ff ff f")
	o.InCountries = []uuid.UUID{asked}
	check(t, access.AssignFocalPoint, o, "uyy ffyff ff ff f")
	o.TaskOrganisations = []uuid.UUID{sister}
	check(t, access.AssignFocalPoint, o, "uyy fffff ff ff f") // for another organisation, though of the same country
}

func TestOfficerInChargeStillReadsAfterMoving(t *testing.T) {
	o := object()
	o.Stage = "drafting"
	moved := actor("moved", access.Officer, other).actor
	o.OfficerID = moved.PersonID
	require.NoError(t, access.Can(moved, access.ReadRecommendation, o))
	require.Equal(t, apperr.CodeForbidden, apperr.CodeOf(access.Can(moved, access.EditDraft, o)))
}

func TestPersonalLinkOpensItsTaskOnly(t *testing.T) {
	byLink := func(c column, task uuid.UUID) access.Actor {
		c.actor.LinkTask = &task
		return c.actor
	}
	expert := isAsked(actor("expert", access.Expert, other))
	partner := actor("partner", access.Partner, asked)
	officer := actor("officer", access.Officer, owner)
	o := object()

	require.NoError(t, access.Can(byLink(expert, theTask), access.Review, o))
	require.NoError(t, access.Can(byLink(expert, theTask), access.ReadTask, o))
	require.NoError(t, access.Can(byLink(partner, theTask), access.SignOff, o))
	require.NoError(t, access.Can(byLink(officer, theTask), access.ReadTask, o))

	gone := partner
	gone.actor.Roles = nil
	require.Error(t, access.Can(byLink(gone, theTask), access.SignOff, o), "no longer speaks for the organisation")

	for _, task := range []uuid.UUID{uuid.New(), {}} {
		for action := range inReview {
			require.Error(t, access.Can(byLink(officer, task), action, o), "%s by another task's link", action)
		}
	}
	for _, action := range []access.Action{access.ReadRecommendation, access.EditDraft, access.Hold, access.Withdraw,
		access.RecordOnBehalf, access.CreateRecommendation, access.ReadMailing, access.ReadRecord, access.EndFollowup, access.AssignFocalPoint,
		access.InviteReviewer, access.DecideReview, access.AssignTranslator, access.ResolveSignoff, access.Publish,
		access.RecordDelivery} {
		require.Error(t, access.Can(byLink(officer, theTask), action, o), "%s is beyond the link", action)
	}
	o.Published = true
	require.NoError(t, access.Can(byLink(officer, theTask), access.ReadRecommendation, o), "as the public does")
	require.Error(t, access.Can(byLink(officer, theTask), access.EditDraft, o))
}

func TestWhatIsUnknownIsDenied(t *testing.T) {
	for _, c := range columns() {
		require.Error(t, access.Can(c.actor, "dance", object()), c.name)
		require.Error(t, access.Can(c.actor, access.SignOff, access.Object{}), c.name)
		require.Error(t, access.Can(c.actor, access.Review, access.Object{}), c.name)
	}
}

func TestEmptyIdsEntitleNobody(t *testing.T) {
	nobody := access.Actor{Roles: []access.Role{{Role: access.Officer}, {Role: access.Coordinator}}}
	homeless := access.Actor{PersonID: uuid.New(), Roles: []access.Role{{Role: access.Officer}}}
	o := access.Object{TaskOrganisations: []uuid.UUID{{}}, Involved: []uuid.UUID{{}}}
	for _, action := range access.Actions() {
		require.Error(t, access.Can(nobody, action, o), action)
		require.Error(t, access.Can(homeless, action, o), action)
	}
}

func check(t *testing.T, action access.Action, o access.Object, line string) {
	t.Helper()
	want := strings.ReplaceAll(line, " ", "")
	all := columns()
	require.Len(t, want, len(all))
	for i, c := range all {
		require.Equal(t, string(want[i]), letter(access.Can(c.actor, action, o)), "%s: %s", c.name, action)
	}
}

func letter(err error) string {
	return map[apperr.Code]string{"": "y", apperr.CodeForbidden: "f", apperr.CodeNotFound: "n",
		apperr.CodeUnauthenticated: "u"}[apperr.CodeOf(err)]
}

func TestWhatIsInQuarantineIsForCoordinatorsAlone(t *testing.T) {
	hidden := object()
	hidden.Published, hidden.Stage, hidden.Visibility, hidden.Quarantined = true, "done", access.Public, true
	for _, action := range []access.Action{access.ReadRecommendation, access.ReadWorkingText, access.ReadTask, access.ReadRecord, access.ReadAttachment, access.EditDraft, access.Publish} {
		check(t, action, hidden, "nyn nnnnn nn nn n")
	}
}
