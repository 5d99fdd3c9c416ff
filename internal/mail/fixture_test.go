package mail_test

import (
	"bytes"
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"tribuna/internal/devstack/testdb"
	"tribuna/internal/links"
	"tribuna/internal/mail"
	"tribuna/models"
)

const baseURL = "https://tribuna.example"

// monday is when everything is written: 9:00 UTC, 11:00 in Sofia.
var monday = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

var linkKey = bytes.Repeat([]byte{7}, 32)

// network is a small network with one recommendation on its way.
type network struct {
	t      *testing.T
	db     *bun.DB
	minter *links.Minter

	owner, partner                        uuid.UUID // organisations
	officer, expert, speaker, coordinator uuid.UUID // people
	recommendation, version, measure      uuid.UUID
	authority, mailing                    uuid.UUID
}

func newNetwork(t *testing.T) *network {
	t.Helper()
	return newNetworkIn(t, testdb.New(t))
}

func newNetworkIn(t *testing.T, db *bun.DB) *network {
	t.Helper()
	minter, err := links.New(linkKey)
	require.NoError(t, err)
	n := &network{t: t, db: db, minter: minter}
	n.exec(`INSERT INTO languages (tag, endonym) VALUES ('en','English'), ('bg','български') ON CONFLICT DO NOTHING`)
	n.exec(`INSERT INTO countries (code, names, zone) VALUES ('BG', '{"en":"Bulgaria"}', 'Europe/Sofia') ON CONFLICT DO NOTHING`)
	n.owner, n.partner = n.organisation("Know-how Centre"), n.organisation("Child & Family Network")
	n.officer = n.person("Ana Officer", "en", "BG", "officer", n.owner)
	n.expert = n.person("Мария Експерт", "bg", "BG", "expert", n.owner)
	n.speaker = n.person("Pat Partner", "en", "", "partner", n.partner)
	n.coordinator = n.person("Cora Coordinator", "en", "BG", "coordinator", n.owner)
	n.write()
	return n
}

func (n *network) write() {
	procedure, campaign := models.NewID(), models.NewID()
	n.recommendation, n.version, n.measure, n.authority, n.mailing = models.NewID(), models.NewID(), models.NewID(), models.NewID(), models.NewID()
	n.exec(`INSERT INTO procedures (id, slug, version, names, document) VALUES (?, 'p', 1, '{}', '{}')`, procedure)
	n.exec(`INSERT INTO recommendations (id, slug, kind, language, title, organisation_id, officer_id, procedure_id, stage, stage_since, created_at, updated_at)
		VALUES (?, 'leaving-care', 'policy_brief', 'en', 'Leaving care <is> not "leaving" alone & more', ?, ?, ?, 'review', now(), now(), now())`,
		n.recommendation, n.owner, n.officer, procedure)
	n.exec(`INSERT INTO versions (id, recommendation_id, number, title, body, measures, hash, created_by, created_at)
		VALUES (?, ?, 1, 'Leaving care <is> not "leaving" alone & more', ?, '[]', 'h', ?, now())`,
		n.version, n.recommendation, fmt.Sprintf("%01000d", 0)+" three words here", n.officer)
	n.exec(`INSERT INTO processes (id, kind, recommendation_id, created_at) VALUES (?, 'recommendation', ?, now())`, n.recommendation, n.recommendation)
	n.exec(`INSERT INTO measures (id, recommendation_id, number, text) VALUES (?, ?, 1, 'Fund a mentor for every care leaver')`, n.measure, n.recommendation)
	n.exec(`INSERT INTO authorities (id, slug, country_code, level, names) VALUES (?, 'mlsp', 'BG', 'state', '{"en":"Ministry of Labour","bg":"Министерство на труда"}')`, n.authority)
	n.exec(`INSERT INTO campaigns (id, recommendation_id, title, officer_id, created_at) VALUES (?, ?, 'C', ?, now())`, campaign, n.recommendation, n.officer)
	n.exec(`INSERT INTO mailings (id, campaign_id, recommendation_id, state, fallback_language, created_by, created_at) VALUES (?, ?, ?, 'sending', 'en', ?, now())`,
		n.mailing, campaign, n.recommendation, n.officer)
	n.exec(`INSERT INTO mailing_texts (mailing_id, language, subject, body) VALUES
		(?, 'en', 'Care leavers need mentors', ?), (?, 'bg', 'Младежите имат нужда от наставници', ?)`,
		n.mailing, "We published **a recommendation**.\n\n- [Read it](https://tribuna.example/p/leaving-care)\n\n<script>alert(1)</script>",
		n.mailing, "Публикувахме **препоръка**.")
}

// published publishes the recommendation in these languages, under its title with the language behind it.
func (n *network) published(languages ...string) {
	n.t.Helper()
	publication := models.NewID()
	n.exec(`INSERT INTO publications (id, recommendation_id, version_id, published_at) VALUES (?, ?, ?, now())`, publication, n.recommendation, n.version)
	for _, language := range languages {
		n.exec(`INSERT INTO languages (tag, endonym) VALUES (?, ?) ON CONFLICT DO NOTHING`, language, language)
		n.exec(`INSERT INTO publication_texts (publication_id, language, title, body, measures) SELECT ?, ?, title || ' (' || ? || ')', 'B & B.', '[]' FROM recommendations WHERE id = ?`,
			publication, language, language, n.recommendation)
	}
}

func (n *network) exec(query string, args ...any) {
	n.t.Helper()
	_, err := n.db.NewRaw(query, args...).Exec(context.Background())
	require.NoError(n.t, err)
}

func (n *network) organisation(name string) uuid.UUID {
	n.t.Helper()
	id := models.NewID()
	n.exec(`INSERT INTO organisations (id, slug, name, kind, voting_unit) VALUES (?, ?, ?, 'partner', ?)`, id, id.String(), name, id)
	return id
}

func (n *network) person(name, language, country, role string, organisation uuid.UUID) uuid.UUID {
	n.t.Helper()
	id := models.NewID()
	n.exec(`INSERT INTO people (id, name, email, language, country_code, consent_at) VALUES (?, ?, ?, ?, NULLIF(?, ''), now())`,
		id, name, id.String()+"@mail.example", language, country)
	n.exec(`INSERT INTO roles (person_id, organisation_id, role) VALUES (?, ?, ?)`, id, organisation, role)
	return id
}

// task opens a task due on Thursday 5 March at 15:00 UTC.
func (n *network) task(kind models.TaskKind, person uuid.UUID, change func(*models.Task)) *models.Task {
	n.t.Helper()
	due := monday.Add(3*24*time.Hour + 6*time.Hour)
	respond := monday.Add(24 * time.Hour)
	language := "bg"
	t := &models.Task{ID: models.NewID(), ProcessID: n.recommendation, RecommendationID: n.recommendation, Kind: kind,
		PersonID: &person, OrganisationID: &n.partner, VersionID: &n.version, Language: &language, State: models.TaskOpen,
		OpenedAt: monday, RespondBy: &respond, DueAt: due, GraceUntil: due.Add(48 * time.Hour), Generation: 3}
	if kind == models.TaskReportProgress {
		t.ProcessID = n.followup()
	}
	if kind == models.TaskDeliver {
		delivery := n.delivery()
		t.SubjectID = &delivery
	}
	if change != nil {
		change(t)
	}
	require.NoError(n.t, t.Insert(context.Background(), n.db))
	return t
}

func (n *network) delivery() uuid.UUID {
	n.t.Helper()
	publication, id := models.NewID(), models.NewID()
	n.exec(`INSERT INTO publications (id, recommendation_id, version_id, published_at) VALUES (?, ?, ?, now())
		ON CONFLICT (recommendation_id) DO NOTHING`, publication, n.recommendation, n.version)
	n.exec(`INSERT INTO deliveries (id, publication_id, recommendation_id, authority_id)
		SELECT ?, id, recommendation_id, ? FROM publications ON CONFLICT DO NOTHING`, id, n.authority)
	var stored uuid.UUID
	require.NoError(n.t, n.db.NewSelect().Table("deliveries").Column("id").Where("authority_id = ?", n.authority).Scan(context.Background(), &stored))
	return stored
}

func (n *network) followup() uuid.UUID {
	n.t.Helper()
	id := models.NewID()
	n.exec(`INSERT INTO followups (id, recommendation_id, measure_id, authority_id, organisation_id, status_since, ask_at, created_at)
		VALUES (?, ?, ?, ?, ?, now(), now(), now())`, id, n.recommendation, n.measure, n.authority, n.partner)
	n.exec(`INSERT INTO processes (id, kind, recommendation_id, created_at) VALUES (?, 'followup', ?, now())`, id, n.recommendation)
	return id
}

// mail is a row of the outbox as it lies there, about a task unless that is nil.
func (n *network) mail(kind models.MailKind, person uuid.UUID, language string, task *models.Task) models.OutboxMail {
	m := models.OutboxMail{ID: models.NewID(), Kind: kind, PersonID: person, Language: language,
		DedupeKey: uuid.NewString(), CreatedAt: monday}
	if task != nil {
		m.TaskID = &task.ID
	}
	if kind == models.MailMailing {
		m.MailingID, m.DedupeKey = &n.mailing, ""
	}
	return m
}

func (n *network) composer() *mail.Composer { return mail.NewComposer(n.db, n.minter, baseURL+"/") }

func (n *network) compose(m models.OutboxMail) (*mail.Letter, error) {
	return n.composer().Compose(n.t.Context(), m, monday)
}
