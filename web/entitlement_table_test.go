package web

// entitlement is a row of the table: a page or an act, and a letter for everybody who tries it, at the stages that differ.
type entitlement struct {
	route                  string
	drafting, review, done string // "" where there is nothing of the kind yet
}

// at returns what is expected at a stage.
func (e entitlement) at(stage string) (string, bool) {
	letters := map[string]string{"drafting": e.drafting, "review": e.review, "done": e.done}[stage]
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
	expertThanked    = "u um ffn nnn nn mn n" // led back: nothing was answered yet
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

// always is a page that does not depend on the stage.
func always(route, letters string) entitlement { return entitlement{route, letters, letters, letters} }

// done is about what there is once the text is published.
func done(route, letters string) entitlement { return entitlement{route, "", "", letters} }

// owned is an act of the owners, with its page; each letter says at which stage there is something to decide.
func owned(path, stages string) []entitlement {
	page := entitlement{"GET /recommendations/{id}/" + path, ownersOfDraftNot, ownersInReviewNot, ownersWhenDoneNot}
	for _, stage := range stages {
		switch stage {
		case 'd':
			page.drafting = ownersOfDraft
		case 'r':
			page.review = ownersInReview
		case 'p':
			page.done = ownersWhenDone
		}
	}
	return []entitlement{page, {"POST /recommendations/{id}/" + path, ownersOfDraft, ownersInReview, ownersWhenDone}}
}

// onAQuestion is an act of owners that is about a question somebody was asked.
func onAQuestion(path string) entitlement {
	return entitlement{"POST /recommendations/{id}/" + path, "", ownersInReview, ""}
}

// both is what holds in review and once the text is published.
func both(route, letters string) entitlement { return entitlement{route, "", letters, letters} }

// inReview is about a question of the review.
func inReview(route, letters string) entitlement { return entitlement{route, "", letters, ""} }

var entitlements = concat(
	administrationEntitlements,
	[]entitlement{
		always("GET /", everybody), always("GET /recommendations", members), always("GET /dashboard", working), always("GET /search", members),
		always("POST /dashboard/seen", working), always("GET /dashboard/{table:recommendations|countries|authorities|statuses}.csv", working),
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
		always("GET /l/{token}", linkIsOver), always("POST /l/{token}", answersToAllSame),
		always("GET /u/{token}", noSuchThing), always("POST /u/{token}", noSuchThing),
		always("GET /o/{token}", noSuchThing), always("POST /o/{token}", noSuchThing),

		always("GET /published", everybody), always("GET /published.atom", everybody), always("GET /follow-ups", everybody),
		{"GET /published/{slug}/{language}/{form:docx|pdf}", noSuchThing, noSuchThing, everybody},
		{"GET /published/{slug}", noSuchThing, noSuchThing, everybody}, {"GET /published/{slug}/{language}", noSuchThing, noSuchThing, everybody},

		always("GET /recommendations/new", drafters), always("POST /recommendations/new", drafters),
		always("GET /recommendations/new/word", drafters), always("POST /recommendations/new/word", drafters),
		{"GET /recommendations/{id}", ownersOfDraft, readsInReview, insideOrLed},
		{"GET /recommendations/{id}/versions", ownersOfDraft, readsInReview, insideDone},
		{"GET /recommendations/{id}/versions/{number:[0-9]+}", ownersOfDraft, readsInReview, insideDone},
		{"GET /recommendations/{id}/versions/{number:[0-9]+}/{form:docx|pdf}", ownersOfDraft, readsInReview, insideDone},
		{"GET /recommendations/{id}/compare", ownersOfDraft, readsInReview, insideDone},
		{"GET /recommendations/{id}/report", readersOfDraft, readersInReview, everybody},
		{"POST /recommendations/{id}/report", readersOfDraft, readersInReview, everybody},
		{"GET /recommendations/{id}/record", ownersOfDraft, readsInReview, members}, // its public entries
		{"GET /recommendations/{id}/record/verification", ownersOfDraft, readsInReview, insideDone},
	},
	owned("edit", "d"), owned("word", "d"), owned("start-review", "d"), owned("decide-review", ""), owned("translators", ""), owned("resolve-sign-off", ""),
	owned("publish", ""), owned("deliveries", "drp"), owned("hold", "dr"), owned("resume", ""), owned("withdraw", "dr"), owned("mailings/new", "p"),
	owned("reviewers", "r")[:1], owned("on-behalf", "drp")[:1],
	[]entitlement{
		onAQuestion("reviewers"), onAQuestion("on-behalf"),
		{"GET /recommendations/{id}/overdue", "u uu cfn nnn nn nn n", "u uu cfn ffn fn fn n", "u uu cff fff ff ff f"},
		{"POST /recommendations/{id}/overdue", "u uu yfn nnn nn nn n", "u uu yfn ffn fn fn n", "u uu yff fff ff ff f"},

		inReview("GET /tasks/{id}#review", expertSees), inReview("GET /tasks/{id}#consult", partnerSees),
		both("GET /tasks/{id}#sign_off", partnerSees), both("GET /tasks/{id}#translate", linguistSees),
		both("GET /tasks/{id}#approve_translation", linguistSees), done("GET /tasks/{id}#report_progress", partnerReports),
		inReview("GET /tasks/{id}/report#review", expertReports), inReview("POST /tasks/{id}/report#review", expertReports),
		inReview("GET /tasks/{id}/thanks", expertThanked), inReview("POST /tasks/{id}/leave", anybodyForgets),
		inReview("POST /tasks/{id}/language", expertReports), // of mails to oneself
		inReview("POST /tasks/{id}/accept", expertAnswers), inReview("POST /tasks/{id}/decline", expertAnswers),
		inReview("POST /tasks/{id}/review", expertAnswers), inReview("POST /tasks/{id}/consultation", partnerAnswers),
		both("POST /tasks/{id}/sign-off", partnerAnswers), done("POST /tasks/{id}/progress", partnerReports),
		both("POST /tasks/{id}/translation", linguistAnswers), both("POST /tasks/{id}/approve-translation", linguistAnswers),
		both("POST /tasks/{id}/return-translation", linguistAnswers),

		done("GET /mailings/{id}", ownersOnly), done("POST /mailings/{id}", ownersOnly), done("GET /mailings/{id}/preview", ownersOnly),
		done("GET /mailings/{id}/launch", ownersOnly), done("POST /mailings/{id}/launch", ownersOnly),
		done("GET /mailings/{id}/progress", "u uu mmn nnn nn nn n"), // led to the draft: nothing is sent yet
		done("GET /mailings/{id}/recipients", ownersOnly), done("GET /mailings/{id}/cancel", ownersOnly),
		done("POST /mailings/{id}/pause", ownersOnly), done("POST /mailings/{id}/resume", ownersOnly), done("POST /mailings/{id}/cancel", ownersOnly),

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
