package api

import (
	"strings"
	"time"

	"github.com/google/uuid"

	"tribuna/internal/demo"
	"tribuna/models"
)

// entitlement is a row of the table: an operation, of questions with "#" and their kind, and a letter for everybody who tries
// it, at the stages that differ.
type entitlement struct {
	operation string

	drafting, review, signOff, done, withdrawn string // "" where there is nothing of the kind, or nothing that would be different
}

func (e entitlement) at(stage string) (string, bool) {
	letters := map[string]string{"drafting": e.drafting, "review": e.review, "signoff": e.signOff, "done": e.done, "withdrawn": e.withdrawn}[stage]
	return letters, letters != ""
}

// columnLetters says whose letters these are: the same people as those who try the pages.
const columnLetters = "no token, link (another question's, its own), coordinator, officers (owner's, other), partners (owner's, asked, other), translators (asked, other), experts (asked, other), reader"

// What is expected: y may, f forbidden, n there is no such thing for them, u needs a token. A link opens its question and what
// hangs on it; where a row is about no question nobody comes by one of its own.
const (
	everybody  = "y yy yyy yyy yy yy y"
	nothing    = "n nn nnn nnn nn nn n"
	nobody     = "u uu uuu uuu uu uu u" // of the network: it takes a secret of its own
	holders    = "u yu yyy yyy yy yy y" // whoever has a token of any kind
	members    = "u fu yyy yyy yy yy y" // whoever has one of their own
	working    = "u fu yyy yyy ff ff f" // those who work in the network: they see where everything stands
	drafters   = "u fu yyy fff ff ff f"
	keepers    = "u fu yff fff ff ff f" // who keep the network in order
	ownText    = "u fu yyf fff ff ff f" // a new text in the name of the owners
	notTheirs  = "u fu nnn nnn nn nn n"
	onlyTheirs = "u nu nyn nnn nn nn n" // what the officer sent

	ownersOfDraft  = "u fu yyn nnn nn nn n"
	ownersInReview = "u fu yyn ffn fn fn n"
	ownersWhenDone = "u fu yyf fff ff ff f"
	noRoundThere   = "u fu nnf fff ff ff f" // published without a review
	readsInReview  = "u fu yyn yyn yn yn n"
	insideDone     = "u fu yyy yyy yf yf f"
	ownersOnly     = "u fu yyn nnn nn nn n"
	originals      = "u nu yyn nnn nn nn n"

	expertSees       = "u ny yyn nnn nn yn n"
	expertAnswers    = "u ny ffn nnn nn yn n"
	partnerSees      = "u ny yyn nyn nn nn n"
	partnerAnswers   = "u ny ffn nyn nn nn n"
	linguistSees     = "u ny yyn nnn yn nn n"
	linguistAnswers  = "u ny ffn nnn yn nn n"
	ownersQuestion   = "u ny yyn nnn nn nn n" // seen by the officer's link as well
	ownersDecideText = "u nn yyn nnn nn nn n" // but not decided by it: what moves a text on takes signing in
	ownersDecideDone = "u nf yyn nnn nn nn n"
	ownersOfTheirs   = "u nn yyn nnn nn fn n" // of a question that waits for somebody else
	noSuchAnswer     = "u nn ffn nnn nn nn n" // a consultation is not declined, it is left unanswered
	partnerReports   = "u ny yyn nyn nn nn n"
)

// always does not depend on the stage: it is tried where most is hidden, and where most is there. Before the review nobody was
// asked anything, so nobody comes by a link.
func always(operation, letters string) entitlement {
	return entitlement{operation: operation, drafting: withoutLinks(letters), done: letters}
}

func withoutLinks(letters string) string {
	if letters[0] != 'u' {
		return letters
	}
	return strings.Replace(letters, letters[2:4], "uu", 1)
}

// staged is about a text: while its owners write it, while it is out and after it was withdrawn from there, and once it is
// published.
func staged(operation, drafting, out, done string) entitlement {
	return entitlement{operation, withoutLinks(drafting), out, out, done, out}
}

func owned(operation string) entitlement {
	return staged(operation, ownersOfDraft, ownersInReview, ownersWhenDone)
}

func inside(operation string) entitlement {
	return staged(operation, ownersOfDraft, readsInReview, insideDone)
}

// withinNetwork is what was said within the network: who was asked about the text alone does not read it.
func withinNetwork(operation string) entitlement {
	return staged(operation, ownersOfDraft, "u fu yyn yyn fn fn n", "u fu yyy yyy ff ff f")
}

func done(operation, letters string) entitlement {
	return entitlement{operation: operation, done: letters}
}

// waiting is about a question that waits from the review on until the text is published.
func waiting(operation, letters string) entitlement {
	return fromReview(operation, letters, letters)
}

// inReview is about a question of the review: later it is over, and who was asked is told so.
func inReview(operation, letters string) entitlement {
	return entitlement{operation: operation, review: letters, signOff: letters, withdrawn: letters}
}

// translation is about one: nobody goes on with it once the text is withdrawn.
func translation(operation, out, done, withdrawn string) entitlement {
	e := fromReview(operation, out, done)
	e.withdrawn = withdrawn
	return e
}

// decided is what owners decide when a question waits for them.
func decided(operation string, kind models.TaskKind) entitlement {
	return fromReview(operation+"#"+string(kind), ownersDecideText, ownersDecideDone)
}

// looked is what coordinators decide about something overdue. Its owners see that they were asked.
func looked(operation string) entitlement {
	return fromReview(operation+"#"+string(models.TaskEscalation), "u nn yfn nnn nn nn n", "u nf yfn nnn nn nn n")
}

// fromReview is about what there is from the review on.
func fromReview(operation, out, done string) entitlement {
	return entitlement{operation: operation, review: out, signOff: out, done: done, withdrawn: out}
}

var entitlements = []entitlement{
	always("getHealth", everybody), always("getOpenAPI", everybody), always("listLanguages", everybody), always("listCountries", everybody),
	always("listTopics", everybody), always("listChallenges", everybody), always("listAuthorities", everybody), always("getAuthority", everybody),
	always("createToken", everybody), always("listPublished", everybody),
	always("takeReturned", nobody),
	staged("getPublished", nothing, nothing, everybody), staged("getPublishedIn", nothing, nothing, everybody),
	staged("getPublishedAsWord", nothing, nothing, everybody), staged("getPublishedAsPDF", nothing, nothing, everybody),
	always("getMe", holders), always("listWaiting", holders), always("listTokens", members), always("revokeToken", notTheirs),
	always("listOrganisations", members), always("getOrganisation", members), always("listProcedures", members), always("listGrants", members),
	always("createOrganisation", keepers), always("updateOrganisation", keepers), always("listPeople", keepers), always("createPerson", keepers),
	always("listPeopleLists", keepers), always("createPeopleList", keepers), always("getPeopleList", keepers), always("updatePeopleList", keepers),
	always("deletePeopleList", "u fu nff fff ff ff f"), // what is not there
	always("putOnList", keepers), always("takeOffList", keepers), owned("listUsableLists"),
	always("getPerson", keepers), always("listConsents", keepers), always("listPersonConsents", keepers), always("updatePerson", keepers), always("giveRole", keepers), always("takeRole", keepers),
	always("listRecommendations", members), always("search", members), always("getDashboard", working), always("getCoverage", working),
	always("getPipeline", "u fu yff fff ff ff f"), always("listFollowUps", members),
	always("assignFocalPoints", "u fu yyf yff ff ff f"), // as for one: partners for a country of theirs
	always("listTranslators", drafters), owned("listExperts"), always("createRecommendation", ownText),

	staged("getRecommendation", ownersOfDraft, readsInReview, members), staged("listRecord", ownersOfDraft, readsInReview, members),
	staged("getPublication", notTheirs, notTheirs, members),
	inside("getDraft"), inside("listVersions"), inside("getVersion"), inside("compareVersion"), inside("listMeasures"), inside("listReviews"), inside("listAnnotations"),
	owned("listResponses"), owned("listAgreement"), owned("listCommentGroups"),
	staged("planResponses", notTheirs, ownersInReview, noRoundThere), staged("sendResponses", notTheirs, ownersInReview, noRoundThere),
	staged("putResponse", notTheirs, "u fu nnn ffn fn fn n", "u fu nnf fff ff ff f"),     // to a comment that is not there
	staged("applySuggestion", notTheirs, "u fu nnn ffn fn fn n", "u fu nnf fff ff ff f"), // likewise
	inside("listTranslations"), inside("verifyRecord"), inside("getVersionAsWord"), inside("getVersionAsPDF"),
	withinNetwork("listSignOffs"), withinNetwork("listDeliveries"),
	owned("updateRecommendation"), owned("saveDraft"), owned("readWord"), owned("holdRecommendation"), owned("resumeRecommendation"), owned("withdrawRecommendation"),
	owned("startReview"), owned("inviteFurtherReviewer"), owned("extendRound"), owned("closeReview"), owned("assignTranslators"), owned("listMailings"), owned("createMailing"),
	owned("countAudience"), owned("listSegments"), owned("keepSegment"), staged("editSegment", notTheirs, "u fu nnn ffn fn fn n", "u fu nnf fff ff ff f"),
	staged("deleteSegment", notTheirs, "u fu nnn ffn fn fn n", "u fu nnf fff ff ff f"), // what is not kept
	owned("uploadAttachment"),
	staged("redactRecord", "u fu yfn nnn nn nn n", "u fu yfn ffn fn fn n", "u fu yff fff ff ff f"),
	staged("quarantine", "u fu yfn nnn nn nn n", "u fu yfn ffn fn fn n", "u fu yff fff ff ff f"), staged("release", "u fu yfn nnn nn nn n", "u fu yfn ffn fn fn n", "u fu yff fff ff ff f"),
	staged("redactPassage", "u fu yfn nnn nn nn n", "u fu yfn ffn fn fn n", "u fu yff fff ff ff f"),
	staged("reportContent", "n nn yyn nnn nn nn n", "n nn yyn yyn yn yn n", everybody), always("listReports", "u fu yff fff ff ff f"), always("settleReport", "u fu nff fff ff ff f"),
	inside("compareVersions"), always("getAttachment", originals), always("getSubmission", onlyTheirs),

	inReview("getTask#review", expertSees), inReview("getTask#consult", partnerSees), waiting("getTask#sign_off", partnerSees),
	waiting("getTask#translate", linguistSees), waiting("getTask#approve_translation", linguistSees), done("getTask#report_progress", partnerReports),
	waiting("getTask#publish", ownersQuestion), waiting("getTask#assign_translator", ownersQuestion),
	inReview("getTaskTextAsWord#review", expertAnswers), inReview("readAnswer#review", expertAnswers), inReview("readAnswer#consult", partnerAnswers),
	inReview("acceptTask#review", expertAnswers), inReview("declineTask#review", expertAnswers), inReview("declineTask#consult", noSuchAnswer),
	waiting("declineTask#translate", linguistAnswers), inReview("answerReview#review", expertAnswers),
	inReview("answerConsultation#consult", partnerAnswers), waiting("answerSignOff#sign_off", partnerAnswers),
	waiting("submitTranslation#translate", linguistAnswers), waiting("approveTranslation#approve_translation", linguistAnswers),
	waiting("returnTranslation#approve_translation", linguistAnswers), done("reportAskedProgress#report_progress", partnerReports),
	inReview("askTime#review", expertAnswers), inReview("takeTimeBack#review", expertAnswers),
	inReview("extendReview#review", ownersOfTheirs), inReview("nudgeReview#review", ownersOfTheirs), inReview("refuseTime#review", ownersOfTheirs),
	inReview("withdrawInvitation#review", ownersOfTheirs),
	inReview("takeBackAnswer#review", expertAnswers), inReview("takeBackAnswer#consult", partnerAnswers), waiting("takeBackAnswer#sign_off", partnerAnswers),
	inReview("declareConflict#review", expertAnswers), inReview("ruleConflict#review", ownersOfTheirs),
	decided("inviteReviewer", models.TaskChooseReviewer), decided("skipReviewer", models.TaskChooseReviewer), decided("decideReview", models.TaskDecideReview),
	decided("assignTranslator", models.TaskAssignTranslator), decided("resolveSignOff", models.TaskResolveSignOff), decided("publish", models.TaskPublish),
	done("recordDelivery#deliver", ownersDecideDone),
	looked("remindLate"), looked("extendLate"), looked("leaveLate"),
	translation("getTranslation", "u ny yyn yyn yn yn n", "u ny yyy yyy yn yn n", "u nn yyn yyn yn yn n"), translation("saveTranslation", "u ny ffn ffn yn fn n", "u ny fff fff yn fn n", "u nn ffn ffn fn fn n"),

	done("getMailing", ownersOnly), done("editMailing", ownersOnly), done("countMailingAudience", ownersOnly), done("previewMailing", ownersOnly), done("testMailing", ownersOnly),
	done("listRecipients", ownersOnly), done("launchMailing", ownersOnly), done("pauseMailing", ownersOnly), done("resumeMailing", ownersOnly),
	done("cancelMailing", ownersOnly), done("moveMailing", ownersOnly), done("reviseMailing", ownersOnly), done("getMailingReport", ownersOnly), done("listNotReached", ownersOnly), done("createRestMailing", ownersOnly),
	done("settleMail", ownersOnly),
	always("listCampaigns", drafters), owned("createCampaign"), done("getCampaign", ownersOnly), done("renameCampaign", ownersOnly), done("listCampaignSteps", ownersOnly),
	done("planCampaignStep", ownersOnly), done("getCampaignStep", ownersOnly), done("editCampaignStep", ownersOnly),
	done("getStepLetterAsWord", ownersOnly), done("getStepLetterAsText", ownersOnly), done("settleCampaignStep", ownersOnly),
	done("reopenCampaignStep", ownersOnly), done("answerCampaignStep", ownersOnly), done("awaitCampaignStep", ownersOnly),
	done("listMailingFiles", ownersOnly), done("addMailingFile", ownersOnly), done("getMailingFile", ownersOnly),
	done("removeMailingFile", "u fu ynn nnn nn nn n"), // the first takes it away
	done("getFollowUp", members), done("reportProgress", "u fu yyf yff ff ff f"), done("uploadEvidence", "u fu yyf yff ff ff f"), done("endFollowUp", ownersWhenDone),
	done("assignFocalPoint", "u fu yyf yff ff ff f"), // partners for a country of theirs

	inReview("renewLink#review", everybody), inReview("revokeLinks#review", "u ff yyn nnn nn fn n"),
}

// bodies are words about which nothing is wrong, so that what is judged is the right to say them.
var bodies = func() map[string]any {
	reason := map[string]any{"reason": "because"}
	hash := strings.Repeat("a", 64)
	texts := []any{map[string]any{"language": "en", "subject": "S", "body": "B"}}
	mailing := map[string]any{"audience": map[string]any{}, "fallback_language": "en", "texts": texts}
	draft := map[string]any{"title": "T", "body": "B", "measures": []any{}}
	attributes := map[string]any{"languages": []any{}, "countries": []any{}, "topics": []any{}, "challenges": []any{}, "grant_ids": []any{}, "consulted": []any{}}
	created := map[string]any{"kind": "analysis", "language": "en", "organisation_id": demo.ID("organisation", "khc"), "procedure": "fast",
		"title": "T", "body": "B", "measures": []any{}}
	for k, v := range attributes {
		created[k] = v
	}
	person := map[string]any{"name": "N", "email": "new@tribuna.example", "language": "en", "languages": []any{}, "topics": []any{}}
	organisation := map[string]any{"name": "N", "kind": "other", "countries": []any{}}
	linguists := map[string]any{"language": "ro", "translator_id": uuid.New(), "approver_id": uuid.New()}
	progress := map[string]any{"status": "adopted", "note": "They answered.", "day_unknown": true}
	none := map[string]any{}
	step := map[string]any{"kind": "letter", "title": "T", "day": noon.Format(time.DateOnly), "responsible_id": demo.ID("person", "officer-khc"),
		"authority_id": demo.ID("authority", "bg-ministry-labour-social-policy")}
	later := map[string]any{"due_on": noon.AddDate(0, 0, 90).Format(time.DateOnly)}
	return map[string]any{
		"createCampaign": map[string]any{"title": "T"}, "renameCampaign": map[string]any{"title": "T"}, "planCampaignStep": step, "editCampaignStep": step,
		"settleCampaignStep": map[string]any{"state": "done"}, "answerCampaignStep": map[string]any{"reply_on": "2026-01-02", "reply": "R"}, "awaitCampaignStep": none,
		"createToken": map[string]any{"email": "", "password": ""}, "createPerson": person, "createPeopleList": map[string]any{"name": "N"}, "updatePeopleList": map[string]any{"name": "M"}, "updatePerson": person,
		"createOrganisation": organisation, "updateOrganisation": organisation, "createRecommendation": created, "updateRecommendation": attributes, "saveDraft": draft,
		"holdRecommendation": reason, "resumeRecommendation": none, "withdrawRecommendation": reason, "endFollowUp": reason, "reportProgress": progress,
		"startReview":           map[string]any{"version_id": uuid.New(), "invite": []any{uuid.New()}, "reserve": []any{}},
		"inviteFurtherReviewer": map[string]any{"person_id": uuid.New()}, "inviteReviewer": map[string]any{"person_id": uuid.New()},
		"assignTranslators": linguists, "assignTranslator": linguists, "createMailing": mailing, "editMailing": mailing,
		"settleMail": map[string]any{"arrived": true}, "createRestMailing": none, "testMailing": map[string]any{"language": "en"}, "keepSegment": map[string]any{"name": "N", "audience": none}, "editSegment": map[string]any{"name": "N", "audience": none},
		"launchMailing": map[string]any{"revision": 1, "expected": 1}, "redactRecord": map[string]any{"field": "x", "reason": "y"},
		"redactPassage": map[string]any{"passage": "stands nowhere at all", "reason": "y"}, "reportContent": map[string]any{"kind": "other", "reason": "y"},
		"settleReport": map[string]any{"outcome": "unfounded"}, "quarantine": none, "release": none,
		"declineTask": reason, "answerReview": map[string]any{"version_hash": hash, "answer": "support", "reasons": ""},
		"answerConsultation": map[string]any{"version_hash": hash, "reasons": "Good."}, "answerSignOff": map[string]any{"version_hash": hash, "answer": "approve", "reason": ""},
		"decideReview": map[string]any{"decision": "accept", "reason": "y"}, "resolveSignOff": map[string]any{"decision": "publish", "reason": "y"},
		"submitTranslation": map[string]any{"revision": 1}, "approveTranslation": map[string]any{"revision": 1}, "returnTranslation": map[string]any{"note": "Again."},
		"reportAskedProgress": progress, "recordDelivery": map[string]any{"delivered_on": noon.Format(time.DateOnly), "reference": "1"},
		"sendResponses":   map[string]any{"seen": "nothing that was looked at"},
		"putResponse":     map[string]any{"outcome": "accepted", "reason": ""},
		"applySuggestion": none,
		"takeBackAnswer":  none,
		"declareConflict": map[string]any{"kind": "none"}, "ruleConflict": map[string]any{"ruling": "shown"},
		"askTime": later, "takeTimeBack": none, "extendReview": later, "extendRound": later, "nudgeReview": none, "refuseTime": reason, "withdrawInvitation": none, "closeReview": none,
		"remindLate": none, "extendLate": map[string]any{"due_on": noon.AddDate(0, 0, 30).Format(time.DateOnly)}, "leaveLate": none,
		"assignFocalPoint":  map[string]any{"organisation_id": demo.ID("organisation", "khc")},
		"assignFocalPoints": map[string]any{"organisation_id": demo.ID("organisation", "khc"), "ids": []any{uuid.New()}},
		"saveTranslation":   map[string]any{"title": "T"},
	}
}()
