package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/demo"
	"tribuna/internal/devstack"
	"tribuna/internal/links"
	"tribuna/internal/mail"
	"tribuna/models"
)

// binary brings the database up to date.
const binary = "bin/tribuna"

// languages are those a mailing has a text in.
var languages = []string{"en", "sq", "bg", "ro", "sr-Latn"}

// suppressed says that for so many readers there is one address that is not written to any more, as a network has after some years.
const suppressed = 20

// bodies bring a message to about 11 KB.
var bodies = map[string]string{
	"en":      "Young people who leave care at eighteen are expected to manage alone what others learn over years. We ask for a mentor for everybody until they are twenty-five.",
	"sq":      "Të rinjtë që lënë përkujdesjen në moshën tetëmbëdhjetë vjeç pritet të përballojnë vetëm atë që të tjerët e mësojnë me vite.",
	"bg":      "От младежите, които напускат грижата на осемнадесет, се очаква да се справят сами с това, което другите учат с години.",
	"ro":      "De la tinerii care părăsesc îngrijirea la optsprezece ani se așteaptă să facă singuri ceea ce alții învață în ani de zile.",
	"sr-Latn": "Od mladih koji napuštaju brigu sa osamnaest godina očekuje se da sami savladaju ono što drugi uče godinama.",
}

// world is a PostgreSQL that writes through to the disk, with the demo network and readers in it.
type world struct {
	pg      *devstack.Postgres
	db      *bun.DB
	dir     string
	officer uuid.UUID
	rec     uuid.UUID
}

func newWorld(ctx context.Context, people int) (*world, error) {
	dir, err := os.MkdirTemp("", "tribuna-campaign-")
	if err != nil {
		return nil, err
	}
	w := &world{dir: dir}
	if w.pg, err = devstack.StartPostgres(ctx, devstack.PostgresOptions{Dir: dir + "/postgres", Fsync: true}); err != nil {
		return w, err
	}
	owner, err := models.Open(w.pg.OwnerURL())
	if err != nil {
		return w, err
	}
	defer owner.Close()
	migrate := exec.CommandContext(ctx, binary, "migrate")
	migrate.Env = append(os.Environ(), "DATABASE_URL="+w.pg.AppURL(), "DATABASE_OWNER_URL="+w.pg.OwnerURL())
	if out, err := migrate.CombinedOutput(); err != nil {
		return w, fmt.Errorf("migrate: %w: %s", err, out)
	}
	if w.db, err = models.Open(w.pg.AppURL()); err != nil {
		return w, err
	}
	if err := demo.Load(ctx, w.db, time.Now()); err != nil {
		return w, err
	}
	return w, w.fill(ctx, owner, people)
}

func (w *world) stop() {
	if w.db != nil {
		_ = w.db.Close()
	}
	if w.pg != nil {
		_ = w.pg.Discard(context.Background())
	}
	_ = os.RemoveAll(w.dir)
}

// fill adds the readers, each of whom reads one of the languages, addresses of others that bounced, and what they are written to about.
func (w *world) fill(ctx context.Context, owner *bun.DB, people int) error {
	w.rec = uuid.New()
	for _, statement := range []struct {
		sql  string
		args []any
	}{
		{`UPDATE people SET consent_at = NULL`, nil},
		{`INSERT INTO people (id, name, email, language, consent_at)
			SELECT gen_random_uuid(), 'Reader ' || i, 'reader' || i || '@d' || i % 200 || '.example', (?::text[])[1 + i % ?], now() FROM generate_series(1, ?) AS i`,
			[]any{"{" + strings.Join(languages, ",") + "}", len(languages), people}},
		{`INSERT INTO suppressions (address_hash, reason, created_at) SELECT address_hash('gone' || i || '@d' || i % 200 || '.example'), 'bounced', now() FROM generate_series(1, ?) AS i`,
			[]any{people / suppressed}},
		{`INSERT INTO recommendations (id, slug, kind, language, title, organisation_id, officer_id, procedure_id, stage_since, created_at, updated_at)
			SELECT ?, 'bench', 'policy_brief', 'en', 'Leaving care is not leaving alone', r.organisation_id, r.person_id, (SELECT id FROM procedures LIMIT 1), now(), now(), now()
			FROM roles AS r WHERE r.role = 'officer' LIMIT 1`, []any{w.rec}},
	} {
		if _, err := w.db.NewRaw(statement.sql, statement.args...).Exec(ctx); err != nil {
			return err
		}
	}
	if err := w.db.NewSelect().Table("recommendations").Column("officer_id").Where("id = ?", w.rec).Scan(ctx, &w.officer); err != nil {
		return err
	}
	_, err := owner.NewRaw("ANALYZE").Exec(ctx)
	return err
}

// launch freezes a mailing to all readers, or to those of one language.
func (w *world) launch(ctx context.Context, only ...string) (uuid.UUID, error) {
	mailing, campaign := models.NewID(), models.NewID()
	err := w.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if _, err := tx.NewRaw(`INSERT INTO campaigns (id, recommendation_id, title, officer_id, created_at) VALUES (?, ?, 'C', ?, now())`, campaign, w.rec, w.officer).Exec(ctx); err != nil {
			return err
		}
		if _, err := tx.NewRaw(`INSERT INTO mailings (id, campaign_id, recommendation_id, state, fallback_language, created_by, created_at) VALUES (?, ?, ?, 'sending', 'en', ?, now())`,
			mailing, campaign, w.rec, w.officer).Exec(ctx); err != nil {
			return err
		}
		for _, l := range languages {
			body := "Hello.\n\n" + strings.Repeat(bodies[l]+"\n\n", 1800/len(bodies[l])+1)
			if _, err := tx.NewRaw(`INSERT INTO mailing_texts (mailing_id, language, subject, body) VALUES (?, ?, ?, ?)`, mailing, l, bodies[l][:40], strings.ToValidUTF8(body, "")).Exec(ctx); err != nil {
				return err
			}
		}
		_, err := models.EnqueueMailing(ctx, tx, models.MailingRecipients{MailingID: mailing, RecommendationID: w.rec, Texts: languages, Fallback: "en",
			Audience: models.Audience{Languages: only}}, time.Now())
		return err
	})
	return mailing, err
}

// letters are what the mailing says, one to a reader of each language.
func (w *world) letters(ctx context.Context, mailing uuid.UUID) ([]mail.Letter, error) {
	minter, err := links.New(linkKey)
	if err != nil {
		return nil, err
	}
	composer := mail.NewComposer(w.db, minter, "https://tribuna.example")
	var all []mail.Letter
	for _, language := range languages {
		var m models.OutboxMail
		if err := w.db.NewSelect().Model(&m).Where("o.mailing_id = ? AND o.language = ?", mailing, language).Limit(1).Scan(ctx); err != nil {
			return nil, fmt.Errorf("nobody reads %s: %w", language, err)
		}
		l, err := composer.Compose(ctx, m, time.Now())
		if err != nil {
			return nil, err
		}
		all = append(all, *l)
	}
	return all, nil
}
