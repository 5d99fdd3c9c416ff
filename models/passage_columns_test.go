package models_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/devstack/testdb"
	"tribuna/models"
)

// redactedOtherwise are columns with words of a text that a passage leaves by another way than the list of places.
var redactedOtherwise = map[string]string{
	"the database's own function replaces it, see redact_versions": "versions.title versions.body versions.measures versions.note",
	"the record's field is removed as a whole":                     "record_texts.body record_texts.salt",
	"the file is emptied as a whole":                               "attachments.name attachments.bytes mailing_files.bytes",
	"the text gets another address, see loseSlug":                  "recommendations.slug",
	"a trigger makes it anew from publication_texts.measures":      "published_measures.words",
}

// withoutWords are columns in which nobody's words about a text stand, by why.
var withoutWords = map[string]string{
	"one of a few words of the programme": `account_links.purpose api_tokens.scopes attachments.media_type mailing_files.media_type mailing_files.place authorities.level comments.kind comment_groups.outcome comment_responses.outcome contact_imports.kind
		contact_imports.basis contact_imports.mapping content_reports.kind content_reports.outcome decisions.kind emblems.media_type findings.kind recommendation_counts.stage followup_counts.status
		followups.status mailings.state organisations.kind outbox.kind outbox.state people.naming processes.kind progress_notes.status
		recommendations.kind recommendations.stage recommendations.withdrawn_from record_entries.visibility record_texts.field
		review_rounds.decision review_rounds.anonymity review_answers.question review_answers.value review_answers.expertise review_conflicts.kind review_conflicts.ruling reviews.answer reviews.naming roles.role signoffs.answer stage_spells.stage submissions.kind
		submissions.state tasks.kind tasks.remind_step tasks.state translations.state suppressions.reason bounces.kind bounces.class
		consents.act consents.how campaign_steps.kind campaign_steps.state mailings.kind mailing_waits.why mailing_tallies.last mail_warmups.plan mailing_preferences.refused mailing_preferences.at_most`,
	"a code or tag of the network's own lists": `authorities.country_code country_holidays.country_code countries.code countries.zone grant_designations.country_code
		grant_designations.language grant_emblems.language grant_statements.language contact_imports.language import_files.language imported_recommendations.country_code installation.zone
		languages.tag mailing_texts.language mailing_files.language mailing_links.language mailing_letters.language mailing_item_texts.language mailings.fallback_language organisation_countries.country_code recommendations.country_codes recommendation_counts.country_codes followups.country_code outbox.language people.country_code subscription_requests.country_code
		people.language people.languages people.topics publication_texts.language published_measures.language recommendation_challenges.challenge
		recommendation_countries.country_code recommendation_topics.topic recommendations.language recommendations.languages tasks.language
		translations.language reviews.written_in comment_groups.written_in comment_responses.written_in review_answers.written_in review_conflicts.written_in review_conflicts.reason_written_in review_rounds.decision_written_in signoffs.written_in recommendations.held_written_in
		translations.return_written_in reviewer_suggestions.written_in tasks.time_refused_in progress_notes.written_in progress_notes.source_language source_topics.language topics.slug challenges.slug procedures.slug authorities.slug organisations.slug
		campaign_steps.zone mailing_events.zone campaign_steps.written_in campaign_steps.result_written_in campaign_steps.reply_written_in
		consent_texts.language mailing_preferences.topics mailing_preferences.countries subscription_requests.language subscription_requests.topics`,
	"a domain of addresses or a mail server of ours, and what its servers say for now": `outbox.domain mail_paces.domain mailing_waits.domain mailing_waits.server slow_domains.domain slow_domains.reply`,
	"a hash, a key or an id": `api_tokens.hash attachments.sha256 mailing_files.sha256 decisions.args_hash decisions.decision_id emblems.sha256 grant_emblems.emblem_sha256 grants.emblem_sha256
		idempotency_keys.hash idempotency_keys.key kept_words.form kept_words.page mailing_links.code outbox.dedupe_key outbox.trace outbox_windows.mails people.password_hash progress_notes.decision_id
		rate_limits.bucket record_entries.hash record_heads.hash review_rounds.invited review_rounds.reserve reviews.decision_id sessions.token
		signoffs.decision_id responses_told.hash responses_told.salt submissions.args_hash submissions.args_salt submissions.decision_id suppressions.address_hash bounces.address_hash bounces.digest bounces.status versions.hash
		consents.text_hash consent_texts.hash subscription_requests.text_hash`,
	"codes, figures and names of fields alone":                     "decisions.result submissions.outcome mailings.audience mailings.schedule mailing_segments.audience findings.subject findings.what",
	"facts; words stand in record_texts, here their salted hashes": "record_entries.canonical",
	"how the network calls itself and what it works with, kept by coordinators": `authorities.names authorities.postal_address authorities.email challenges.names countries.names country_holidays.names
		countries.designations countries.footnotes emblems.bytes grant_designations.designation grant_designations.footnote grant_statements.statement
		grant_statements.disclaimer grants.number grants.title grants.emblem languages.endonym languages.names organisations.name
		procedures.names procedures.document topics.names installation.data_contact installation.data_holder consent_texts.body`,
	"about somebody who works with the network, erased with them": `api_tokens.name people.name people.email people.address_hash people.consent_source person_sessions.browser
		person_sessions.system person_sessions.host sessions.data content_reports.email consents.source
		subscription_requests.email subscription_requests.name`,
	"how an organisation calls a list of its own": `mailing_segments.name people_lists.name`,
	"a file that was brought and belongs to no text yet; forgotten once it is imported or after a day": `contact_imports.name contact_imports.content
		contact_imports.source contact_imports.changes contact_imports.sheet import_files.name import_files.content`,
	"the issuer's own names of what others recommended": `imported_measures.external_ref imported_measures.topics imported_recommendations.source
		imported_recommendations.session source_topics.name`,
}

// TestEveryColumnOfWordsIsRedactedOrHoldsNone holds every column of the schema that can hold words against the places in which
// a passage is removed: a new one has to be put on one of the lists.
func TestEveryColumnOfWordsIsRedactedOrHoldsNone(t *testing.T) {
	var columns []string
	require.NoError(t, testdb.New(t).NewRaw(`SELECT table_name || '.' || column_name FROM information_schema.columns
		WHERE table_schema = 'public' AND table_name NOT LIKE 'bun_%'
			AND data_type NOT IN ('uuid', 'integer', 'bigint', 'boolean', 'date', 'timestamp with time zone', 'interval', 'numeric')
		ORDER BY 1`).Scan(t.Context(), &columns))
	require.Greater(t, len(columns), 150)
	named := map[string]int{}
	for _, column := range models.PassageColumns() {
		require.Contains(t, columns, column, "there is no such column")
		named[column]++
	}
	for _, list := range []map[string]string{redactedOtherwise, withoutWords} {
		for why, of := range list {
			for _, column := range strings.Fields(of) {
				require.True(t, slices.Contains(columns, column), "%s: there is no such column (%s)", column, why)
				named[column]++
			}
		}
	}
	for _, column := range columns {
		require.Equal(t, 1, named[column], "%s: is it redacted (passagePlaces), or why does it never hold words about a text?", column)
	}
}
