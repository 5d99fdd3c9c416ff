package web

import ()

// entitlement is a row of the table: a page or an act, and a letter for everybody who tries it, at the stages that differ.
type entitlement struct {
	route string

	drafting, review, signOff, done, withdrawn string // "" where there is nothing of the kind, or nothing that would be different
}

// at returns what is expected at a stage.
func (e entitlement) at(stage string) (string, bool) {
	letters := map[string]string{"drafting": e.drafting, "review": e.review, "signoff": e.signOff, "done": e.done, "withdrawn": e.withdrawn}[stage]
	return letters, letters != ""
}

// columnLetters says whose letters these are. Brought down to one line, this is the network: the coordinator and those who own
// the text decide; who is asked answers; partners of a country concerned see what left the owners' desk; what is published is
// everybody's, how it came about is theirs who work with it.
const columnLetters = "nobody, by link (another's, its own), coordinator, officers (owner's, other), partners (owner's, asked, other), translators (asked, other), experts (asked, other), reader"

// What is expected: y may, c may but not at this stage, m is led elsewhere, f forbidden, n there is no such thing for them, u must
// sign in, g the link has ended.
const (
	everybody     = "y yy yyy yyy yy yy y"
	members       = "u uu yyy yyy yy yy y" // everybody who is signed in
	working       = "u uu yyy yyy ff ff f" // those who work in the network: they see where everything stands
	drafters      = "u uu yyy fff ff ff f" // officers and coordinators
	coordinators  = "u uu yff fff ff ff f"
	strangeImport = "u uu nff fff ff ff f" // there is none at this address, which coordinators alone are told
	elsewhere     = "m mm mmm mmm mm mm m"
	linkIsOver    = "g gg ggg ggg gg gg g"
	noRoundYet    = "u uu nnn nnn nn nn n"
	noSuchThing   = "n nn nnn nnn nn nn n"
	notTheirs     = "u uu nnn nnn nn nn n" // somebody else's session or key
)

// Of a text: who does not see it learns nothing of it, who sees it and does not own it is refused.
const (
	ownersOfDraft     = "u uu yyn nnn nn nn n"
	ownersInReview    = "u uu yyn ffn fn fn n"
	ownersWhenDone    = "u uu yyf fff ff ff f"
	ownersOfDraftNot  = "u uu ccn nnn nn nn n" // nothing of the kind is to be decided then
	ownersInReviewNot = "u uu ccn ffn fn fn n"
	ownersWhenDoneNot = "u uu ccf fff ff ff f"

	noSuchDraft        = "u uu nnn nnn nn nn n"
	noQuestionInReview = "u uu nnn ffn fn fn n" // its owners are asked nothing of the kind

	readsInReview = "u uu yyn yyn yn yn n" // owners, partners of a country concerned, who is asked
	insideDone    = "u uu yyy yyy yf yf f" // once it is published: officers, partners, who was asked
	insideOrLed   = "u uu yyy yyy ym ym m" // the others are led to the public page

	readersOfDraft  = "n nn yyn nnn nn nn n" // nobody has to sign in, and who cannot read it learns nothing
	readersInReview = "n nn yyn yyn yn yn n"

	ownersOnly = "u uu yyn nnn nn nn n" // of what hangs on a text and is nobody else's to know
)

// Of a question: those asked, by their link or signed in; owners see that it was asked and cannot answer in others' names.
const (
	expertSees       = "u uy mmn nnn nn yn n"
	expertReports    = "u uy yyn nnn nn yn n" // whoever sees the question reads the text
	expertAnswers    = "u uy ffn nnn nn yn n"
	expertLedBack    = "u um ffn nnn nn mn n" // nothing was answered yet
	nothingReviewed  = "u un ffn nnn nn nn n" // nothing was answered: see TestAnExpertHasItConfirmed
	firstRound       = "u un ffn nnn nn nn n" // none was before it: see TestWhoElseReadsWhatChanged
	nothingTold      = "u un nnn nnn nn nn n" // of what was done with their comments: see TestSomebodyReadsWhatBecameOfTheirOwnComments
	expertThanked    = "u uy ffn nnn nn yn n"
	partnerSees      = "u uy mmn nyn nn nn n"
	partnerAnswers   = "u uy ffn nyn nn nn n"
	linguistSees     = "u uy mmn nnn yn nn n"
	linguistAnswers  = "u uy ffn nnn yn nn n"
	partnerReports   = "u uy yyn nyn nn nn n" // progress may be reported by owners too
	focalPointTells  = "u uu yyf yff ff ff f" // unasked, on the follow-up's own page
	takesOn          = "u uu yyy yff ff ff f" // partners what is for a country of theirs
	originalByATask  = "u un yyn nnn nn nn n"
	anybodyForgets   = everybody // a link in one's own browser
	answersToAllSame = everybody // so that nobody learns who is asked what
)

// always is a page that does not depend on the stage: it is tried where most is hidden, and where most is there.
func always(route, letters string) entitlement {
	return entitlement{route: route, drafting: letters, done: letters}
}

// once is a page that has nothing to do with a text.
func once(route, letters string) entitlement { return entitlement{route: route, done: letters} }

// done is about what there is once the text is published.
func done(route, letters string) entitlement { return entitlement{route: route, done: letters} }

// staged is about a text: while its owners write it, while it is out and after it was withdrawn from there, and once it is
// published.
func staged(route, drafting, out, done string) entitlement {
	return entitlement{route, drafting, out, out, done, out}
}

// owned is an act of the owners, with its page; each letter says at which stage there is something to decide.
func owned(path, stages string) []entitlement {
	page := staged("GET /recommendations/{id}/"+path, ownersOfDraftNot, ownersInReviewNot, ownersWhenDoneNot)
	for _, stage := range stages {
		switch stage {
		case 'd':
			page.drafting = ownersOfDraft
		case 'r':
			page.review = ownersInReview
		case 's':
			page.signOff = ownersInReview
		case 'p':
			page.done = ownersWhenDone
		case 'w':
			page.withdrawn = ownersInReview
		}
	}
	return []entitlement{page, staged("POST /recommendations/{id}/"+path, ownersOfDraft, ownersInReview, ownersWhenDone)}
}

// translators are found where one is missing; in sign-off the text has them all.
var translators = func() []entitlement {
	all := owned("translators", "")
	for i := range all {
		all[i].signOff = noQuestionInReview
	}
	return all
}()

// comments are answered by owners, at every stage.
func comments(method, ending string) []entitlement {
	return []entitlement{staged(method+" /recommendations/{id}/responses"+ending, ownersOfDraft, ownersInReview, ownersWhenDone)}
}

// noComment is about one comment, where there is none; what there is, is tried in a test of its own.
func noComment(method, ending string) entitlement {
	return staged(method+" /recommendations/{id}/responses/{item}"+ending, noSuchDraft, noQuestionInReview, "u uu nnf fff ff ff f")
}

// onAQuestion is an act of owners that is about a question somebody was asked.
func onAQuestion(path string) entitlement {
	return entitlement{route: "POST /recommendations/{id}/" + path, review: ownersInReview}
}

// waiting is about a question that waits from the review on until the text is published.
func waiting(route, letters string) entitlement {
	return entitlement{route: route, review: letters, signOff: letters, done: letters, withdrawn: letters}
}

// inReview is about a question of the review: later it is over, and who was asked is told so.
func inReview(route, letters string) entitlement { return answered(route, letters, letters) }

// answered is about a question of the review that differs once it was answered.
func answered(route, open, closed string) entitlement {
	return entitlement{route: route, review: open, signOff: closed, withdrawn: closed}
}

// sheetOf is a table of the overview as a file; which one stands after "#".
const sheetOf = "GET /dashboard/{table:recommendations|countries|authorities|statuses}.csv"

var entitlements = concat(
	administrationEntitlements,
	[]entitlement{
		always("GET /", everybody), always("GET /recommendations", members), always("GET /dashboard", working), always("GET /search", members),
		always("POST /dashboard/seen", working),
		always(sheetOf+"#recommendations", working), always(sheetOf+"#countries", working), always(sheetOf+"#authorities", working), always(sheetOf+"#statuses", working),
		always("GET /dashboard/coverage", working), always("GET /dashboard/coverage.csv", working),
		always("GET /dashboard/pipeline", coordinators), always("GET /dashboard/pipeline.csv", coordinators),
		always("GET /emblems/{sha256:[0-9a-f]{64}}", noSuchThing),
		always("GET /sign-in", everybody), always("POST /sign-in", everybody), always("POST /sign-out", everybody),
		always("POST /language", everybody), always("POST /preview", members), // only those who write long texts have use for it
		always("GET /reset-password", everybody), always("POST /reset-password", everybody),
		always("GET /a/{token}", elsewhere), always("GET /set-password", linkIsOver), always("POST /set-password", linkIsOver),
		always("GET /account", members), always("POST /account/password", members), always("POST /account/sessions/end-others", members),
		always("POST /account/sessions/{id}/end", notTheirs), always("GET /account/profile", members), always("POST /account/profile", members), always("GET /account/data", members),
		always("GET /account/keys", members), always("POST /account/keys", members),
		always("POST /account/keys/{id}/end", notTheirs),
		always("GET /l/{token}", linkIsOver), always("POST /l/{token}", everybody), // who has a damaged one asks for another
		always("GET /u/{token}", noSuchThing), always("POST /u/{token}", noSuchThing),
		always("POST /u/{token}/undo", noSuchThing), always("GET /preferences/{token}", noSuchThing), always("POST /preferences/{token}", noSuchThing),
		always("GET /w/{token}", noSuchThing), always("POST /w/{token}", noSuchThing), always("GET /write/{id}", noSuchThing),
		always("GET /subscribe", everybody), always("POST /subscribe", everybody),
		always("GET /subscribe/{token}", linkIsOver), always("POST /subscribe/{token}", linkIsOver),
		always("GET /data", everybody), always("POST /data", everybody), always("GET /data/{token}", linkIsOver), always("GET /data/mine", linkIsOver), always("GET /data/mine/data.json", linkIsOver),
		always("GET /data/mine/erase", linkIsOver), always("POST /data/mine/erase", linkIsOver),
		always("GET /account/preferences", members), always("POST /account/preferences", members),
		always("GET /account/consents.{form:csv|json}", members),
		always("GET /f/{code}", noSuchThing), always("GET /o/{token}", noSuchThing), always("POST /o/{token}", noSuchThing),

		always("GET /published", everybody), always("GET /published.atom", everybody), always("GET /follow-ups", everybody),
		staged("GET /published/{slug}/{language}/{form:docx|pdf}", noSuchThing, noSuchThing, everybody),
		staged("GET /published/{slug}", noSuchThing, noSuchThing, everybody), staged("GET /published/{slug}/{language}", noSuchThing, noSuchThing, everybody),

		always("GET /recommendations/share-out-reviews", drafters),
		always("GET /recommendations/new", drafters), always("POST /recommendations/new", drafters),
		always("GET /recommendations/new/word", drafters), always("POST /recommendations/new/word", drafters),
		staged("GET /recommendations/{id}", ownersOfDraft, readsInReview, insideOrLed),
		staged("GET /recommendations/{id}/versions", ownersOfDraft, readsInReview, insideDone),
		staged("GET /recommendations/{id}/versions/{number:[0-9]+}", ownersOfDraft, readsInReview, insideDone),
		staged("GET /recommendations/{id}/versions/{number:[0-9]+}/{form:docx|pdf}", ownersOfDraft, readsInReview, insideDone),
		staged("GET /recommendations/{id}/compare", ownersOfDraft, readsInReview, insideDone),
		staged("GET /recommendations/{id}/comments", "u uu yyn nnn nn nn n", "u uu yyn yyn fn fn n", "u uu yyy yyy ff ff f"),
		staged("GET /recommendations/{id}/comments.jsonld", "u uu yyn nnn nn nn n", "u uu yyn yyn fn fn n", "u uu yyy yyy ff ff f"),
		staged("GET /recommendations/{id}/report", readersOfDraft, readersInReview, everybody),
		staged("POST /recommendations/{id}/report", readersOfDraft, readersInReview, everybody),
		staged("GET /recommendations/{id}/record", ownersOfDraft, readsInReview, members), // its public entries
		staged("GET /recommendations/{id}/record/verification", ownersOfDraft, readsInReview, insideDone),
	},
	owned("edit", "d"), owned("word", "d"), owned("start-review", "d"), owned("decide-review", ""), translators, owned("resolve-sign-off", ""),
	owned("publish", ""), owned("deliveries", "drspw"), owned("hold", "drs"), owned("resume", ""), owned("withdraw", "drs"), owned("mailings/new", "p"), owned("campaigns/new", "p"),
	owned("audience", "p")[1:], owned("segments", "p")[:1],
	owned("reviewers", "r")[:1], owned("on-behalf", "drspw")[:1],
	comments("GET", ""), comments("POST", ""), comments("GET", ".xlsx"),
	comments("GET", ".{form:docx|pdf}"), comments("GET", "/send"), comments("POST", "/send"), comments("GET", "/apply"), comments("POST", "/apply"),
	[]entitlement{
		inReview("POST /tasks/{id}/conflict#review", expertAnswers),
		staged("GET /recommendations/{id}/agreement", noRoundYet, ownersInReview, "u uu nnf fff ff ff f"),
		inReview("POST /tasks/{id}/time#review", expertAnswers), inReview("POST /tasks/{id}/time/take-back#review", expertAnswers),
		inReview("GET /tasks/{id}/deadline.ics#review", expertAnswers),
		staged("GET /recommendations/{id}/round", noRoundYet, ownersInReview, "u uu nnf fff ff ff f"),
		staged("POST /recommendations/{id}/round", noRoundYet, ownersInReview, ownersWhenDone),
		onAQuestion("reviewers"), onAQuestion("on-behalf"),
		noComment("GET", ""), noComment("POST", ""), noComment("POST", "/apply"),
		staged("GET /recommendations/{id}/overdue", "u uu cfn nnn nn nn n", "u uu cfn ffn fn fn n", "u uu cff fff ff ff f"),
		staged("POST /recommendations/{id}/overdue", "u uu yfn nnn nn nn n", "u uu yfn ffn fn fn n", "u uu yff fff ff ff f"),

		inReview("GET /tasks/{id}#review", expertSees), inReview("GET /tasks/{id}#consult", partnerSees),
		waiting("GET /tasks/{id}#sign_off", partnerSees), waiting("GET /tasks/{id}#translate", linguistSees),
		waiting("GET /tasks/{id}#approve_translation", linguistSees), done("GET /tasks/{id}#report_progress", partnerReports),
		inReview("GET /tasks/{id}/report#review", expertReports), inReview("POST /tasks/{id}/report#review", expertReports),
		answered("GET /tasks/{id}/thanks", expertLedBack, expertThanked), inReview("GET /tasks/{id}/summary#review", expertLedBack), inReview("GET /tasks/{id}/certificate.pdf#review", nothingReviewed), inReview("GET /tasks/{id}/outcome#review", nothingTold), inReview("GET /tasks/{id}/changes#review", firstRound), inReview("GET /tasks/{id}/earlier#review", firstRound), inReview("POST /tasks/{id}/leave", anybodyForgets), inReview("POST /tasks/{id}/new-link", answersToAllSame),
		inReview("POST /tasks/{id}/language", expertReports), // of mails to oneself
		inReview("POST /tasks/{id}/accept", expertAnswers), inReview("POST /tasks/{id}/decline", expertAnswers),
		inReview("GET /tasks/{id}/text/{form:docx|pdf}#review", expertAnswers), inReview("GET /tasks/{id}/word#review", expertAnswers),
		inReview("POST /tasks/{id}/word#review", expertAnswers), inReview("POST /tasks/{id}/word#consult", partnerAnswers),
		inReview("POST /tasks/{id}/review", expertAnswers), inReview("POST /tasks/{id}/consultation", partnerAnswers),
		inReview("POST /tasks/{id}/take-back#review", expertAnswers), inReview("POST /tasks/{id}/take-back#consult", partnerAnswers), waiting("POST /tasks/{id}/take-back#sign_off", partnerAnswers),
		waiting("POST /tasks/{id}/sign-off", partnerAnswers), done("POST /tasks/{id}/progress", partnerReports),
		waiting("POST /tasks/{id}/translation", linguistAnswers), waiting("POST /tasks/{id}/approve-translation", linguistAnswers),
		waiting("POST /tasks/{id}/return-translation", linguistAnswers),

		always("GET /campaigns", drafters), done("GET /campaigns/{id}", ownersOnly), done("GET /campaigns/{id}/calendar.ics", ownersOnly),
		done("GET /campaigns/{id}/edit", ownersOnly), done("POST /campaigns/{id}/edit", ownersOnly),
		done("GET /campaigns/{id}/steps/new", ownersOnly), done("POST /campaigns/{id}/steps/new", ownersOnly),
		done("GET /campaigns/{id}/steps/{step}", ownersOnly), done("POST /campaigns/{id}/steps/{step}", ownersOnly),
		done("POST /campaigns/{id}/steps/{step}/settle", ownersOnly), done("POST /campaigns/{id}/steps/{step}/reopen", ownersOnly),
		done("POST /campaigns/{id}/steps/{step}/reply", ownersOnly), done("POST /campaigns/{id}/steps/{step}/wait", ownersOnly), done("GET /campaigns/{id}/steps/{step}/letter", ownersOnly),
		done("GET /campaigns/{id}/steps/{step}/letter.{form:docx}", ownersOnly), done("GET /campaigns/{id}/steps/{step}/letter.txt", ownersOnly),
		done("GET /mailings/{id}", ownersOnly), done("POST /mailings/{id}", ownersOnly), done("GET /mailings/{id}/preview", ownersOnly),
		done("GET /mailings/{id}/letter", ownersOnly), done("POST /mailings/{id}/test", ownersOnly),
		staged("GET /recommendations/{id}/segments/rename", noSuchDraft, noQuestionInReview, "u uu nnf fff ff ff f"), // what is not kept
		staged("POST /recommendations/{id}/segments/rename", noSuchDraft, noQuestionInReview, "u uu nnf fff ff ff f"),
		staged("GET /recommendations/{id}/segments/delete", noSuchDraft, noQuestionInReview, "u uu nnf fff ff ff f"), // what is not kept
		staged("POST /recommendations/{id}/segments/delete", noSuchDraft, noQuestionInReview, "u uu nnf fff ff ff f"),
		done("GET /mailings/{id}/launch", ownersOnly), done("POST /mailings/{id}/launch", ownersOnly),
		done("GET /mailings/{id}/progress", "u uu mmn nnn nn nn n"), // led to the draft: nothing is sent yet
		done("GET /mailings/{id}/files", ownersOnly), done("POST /mailings/{id}/files", ownersOnly), done("POST /mailings/{id}/files/publication", ownersOnly),
		done("GET /mailings/{id}/files/{file}", ownersOnly), done("GET /mailings/{id}/files/{file}/remove", ownersOnly),
		done("POST /mailings/{id}/files/{file}/remove", "u uu ynn nnn nn nn n"), // the first takes it away
		done("GET /mailings/{id}/recipients", ownersOnly), done("GET /mailings/{id}/cancel", ownersOnly),
		done("GET /mailings/{id}/report", ownersOnly), done("GET /mailings/{id}/report.xlsx", ownersOnly), done("GET /mailings/{id}/report/{picture:outcomes|countries|languages}.{form:svg|png}", ownersOnly),
		done("POST /mailings/{id}/settle", ownersOnly),
		done("GET /mailings/{id}/rest", "u uu ccn nnn nn nn n"), done("POST /mailings/{id}/rest", ownersOnly), // of a draft there is no rest
		done("POST /mailings/{id}/pause", ownersOnly), done("POST /mailings/{id}/resume", ownersOnly), done("POST /mailings/{id}/cancel", ownersOnly),
		done("GET /mailings/{id}/schedule", "u uu mmn nnn nn nn n"), // led to the draft: it waits for no time
		done("POST /mailings/{id}/schedule", ownersOnly), done("POST /mailings/{id}/revise", ownersOnly),

		done("GET /follow-ups/{id}", everybody), done("POST /follow-ups/{id}/progress", focalPointTells),
		done("GET /follow-ups/{id}/end", ownersWhenDone), done("POST /follow-ups/{id}/end", ownersWhenDone),
		done("GET /attachments/{id}", ownersOnly), done("GET /tasks/{task}/attachments/{id}", originalByATask),

		always("GET /follow-ups/focal-point", working), always("POST /follow-ups/focal-point", working),
		done("POST /follow-ups/{id}/focal-point", takesOn), // for their own organisation, which is asked for next
		always("GET /administration/imports", coordinators), always("POST /administration/imports", coordinators),
		always("GET /administration/imports/{id}", strangeImport), always("POST /administration/imports/{id}", strangeImport),

		always("GET /administration", coordinators), always("GET /administration/journal", coordinators),
		always("GET /administration/access", coordinators), always("GET /administration/access/{id}", coordinators),
		always("GET /administration/access/{id}/close", coordinators), always("POST /administration/access/{id}/invite", coordinators),
		always("POST /administration/access/{id}/sign-out", coordinators), always("POST /administration/access/{id}/close", coordinators),
		always("POST /administration/access/{id}/open", coordinators),
	},
)

func concat(parts ...[]entitlement) (all []entitlement) {
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}
