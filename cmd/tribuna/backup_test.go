package main

import (
	"context"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"tribuna/internal/demo"
	"tribuna/models"
)

// tribuna runs a command of the instance and returns what it says.
func (w *world) tribuna(code int, args ...string) string {
	w.t.Helper()
	p := launch(w.t, w.variables, args...)
	p.ended(code)
	return p.output()
}

// The drill: the database is restored from before, Temporal is not. Doctor brings them together, nothing goes out by
// itself, and after the release the process goes on to its end.
func TestTheDatabaseIsRestoredFromBefore(t *testing.T) {
	w := newWorld(t, nil)
	w.startWorker()
	c := w.draft(patient())
	c.start()
	c.must(c.startReview(1, 2))
	c.must(c.answerReview(1, "Said before the backup."))
	c.reviewTask(2)
	w.await("all invitations went out", func() bool { return w.nothingDue() && len(w.ledger()) > 0 })

	w.worker.end()
	pending, contact := w.pendingMail("review-copy"), w.contact()
	file := w.backUp()
	w.startWorker()
	c.lifeGoesOn(pending)
	w.worker.end()
	sent := w.ledger()
	w.erases(contact)
	unsubscribed, said := w.unsubscribes()

	w.restore(file)
	require.Contains(t, w.takesOver(unsubscribed, said), "/administration/people/"+contact.String()+"/erase", "the backup brought them back")
	require.Contains(t, w.doctor(1), "no worker answers")
	w.startWorker()
	c.standsStill(pending, sent)
	again := c.answersWhileItStandsStill()

	require.Contains(t, w.doctor(1), "recommendation:"+c.id.String()+": its workflow goes by other rows than there are")
	require.Contains(t, w.tribuna(1, "status", "--json"), `"kind":"strayed"`, "status says what doctor found")
	require.Contains(t, w.tribuna(1, "doctor", "--json"), `"kind":"strayed"`, "a script notices, too")
	require.Contains(t, w.tribuna(1, "doctor", "--release", "--drop"), "do not agree yet")
	require.Contains(t, w.doctor(0, "--repair"), "standing still")
	require.Contains(t, w.tribuna(1, "status", "--json"), `"findings":[]`, "what doctor repaired is no finding any more")
	require.Contains(t, w.tribuna(1, "doctor", "--release"), "review_copy")
	require.Equal(t, sent, w.ledger(), "nothing went out by itself")
	require.Contains(t, w.tribuna(0, "doctor", "--release", "--drop"), "Released")

	require.Equal(t, models.SubmissionRecorded, c.must(again).State, "what was said meanwhile is recorded")
	c.requireOnce(again, "review.answered")
	c.accept()
	c.signedOff()
	c.publish()
	c.deliver()
	c.awaitStage(models.StageDone)
	w.await("the instance is well", func() bool { return w.nothingDue() })
	require.Equal(t, 1, w.ledger()[pending.String()], "a mail that may have gone out does not go again")
	for id, times := range w.ledger() {
		require.Equal(t, 1, times, id)
	}
	w.await("everything was looked at", func() bool {
		b, err := models.ReadBacklog(w.ctx, w.db, time.Now())
		return err == nil && b.RestoredAt == nil && b.Unconfirmed == 0
	})
}

// contact is somebody who is written to and did nothing else.
func (w *world) contact() uuid.UUID {
	w.t.Helper()
	id := models.NewID()
	_, err := w.db.NewRaw(`INSERT INTO people (id, name, email, language, consent_at) VALUES (?, 'Vesna', 'vesna@mail.example', 'en', now())`, id).Exec(w.ctx)
	require.NoError(w.t, err)
	return id
}

// erases has a coordinator erase somebody after the backup.
func (w *world) erases(contact uuid.UUID) {
	w.t.Helper()
	by, err := models.PersonByID(w.ctx, w.db, expert(1))
	require.NoError(w.t, err)
	require.NoError(w.t, w.db.RunInTx(w.ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		return models.EraseContact(ctx, tx, by, contact, time.Now())
	}))
}

// unsubscribes has a reader say after the backup that they want no more mailings, and writes down who says so.
func (w *world) unsubscribes() (reader uuid.UUID, file string) {
	w.t.Helper()
	require.NoError(w.t, w.db.NewRaw(`SELECT id FROM people WHERE consent_at IS NOT NULL AND unsubscribed_at IS NULL LIMIT 1`).Scan(w.ctx, &reader))
	require.NoError(w.t, models.Unsubscribe(w.ctx, w.db, reader, time.Now()))
	file = filepath.Join(w.t.TempDir(), "said.json")
	w.tribuna(0, "withdrawals", file)
	require.Contains(w.t, w.tribuna(1, "withdrawals", file), "exists")
	text, err := os.ReadFile(file)
	require.NoError(w.t, err)
	require.NotContains(w.t, string(text), "@", "hashes alone")
	return reader, file
}

// takesOver has nobody written to who said after the backup that they want it no more, and returns what the command says.
func (w *world) takesOver(unsubscribed uuid.UUID, file string) string {
	w.t.Helper()
	wants := func() bool {
		p, err := models.PersonByID(w.ctx, w.db, unsubscribed)
		require.NoError(w.t, err)
		return p.UnsubscribedAt == nil
	}
	require.True(w.t, wants(), "the backup does not know")
	spoilt := filepath.Join(w.t.TempDir(), "spoilt.json")
	text, err := os.ReadFile(file)
	require.NoError(w.t, err)
	require.NoError(w.t, os.WriteFile(spoilt, append(text, "{}\n"...), 0o600))
	require.Contains(w.t, w.tribuna(1, "withdrawals", "--take", spoilt), "nothing was taken")
	require.True(w.t, wants())
	told := w.tribuna(0, "withdrawals", "--take", file)
	require.False(w.t, wants())
	return told
}

// nothingDue reports whether every mail that is due was settled.
func (w *world) nothingDue() bool {
	b, err := models.ReadBacklog(w.ctx, w.db, time.Now())
	return err == nil && b.MailsDue == 0
}

// pendingMail writes a mail that is still waiting when the backup is made.
func (w *world) pendingMail(key string) uuid.UUID {
	w.t.Helper()
	m := &models.OutboxMail{Kind: models.MailReviewCopy, DedupeKey: key, PersonID: expert(1), CreatedAt: time.Now()}
	require.NoError(w.t, w.db.NewSelect().Model((*models.Task)(nil)).Column("id", "recommendation_id").
		Where("kind = 'review' AND person_id = ?", expert(1)).Limit(1).Scan(w.ctx, &m.TaskID, &m.RecommendationID))
	require.NoError(w.t, models.Enqueue(w.ctx, w.db, m))
	return m.ID
}

// backUp makes a backup and makes sure that it gives nothing away but to its owner.
func (w *world) backUp() string {
	w.t.Helper()
	dir := w.t.TempDir()
	said := w.tribuna(0, "backup", dir)
	owner, err := url.Parse(w.variables["DATABASE_OWNER_URL"])
	require.NoError(w.t, err)
	password, _ := owner.User.Password()
	require.NotContains(w.t, said, password)
	require.NotContains(w.t, said, linkKey)
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	require.NoError(w.t, err)
	require.Len(w.t, files, 1, "nothing half done is left")
	info, err := os.Stat(files[0])
	require.NoError(w.t, err)
	require.Equal(w.t, os.FileMode(0o600), info.Mode().Perm())
	require.Contains(w.t, w.tribuna(1, "backup", files[0]), "not overwritten")
	require.Contains(w.t, w.tribuna(2, "backup", filepath.Join(dir, "nightly")), "there is no folder")
	return files[0]
}

// lifeGoesOn is what the restored database will know nothing of.
func (c *chain) lifeGoesOn(pending uuid.UUID) {
	c.t.Helper()
	c.must(c.answerReview(2, "Said after the backup."))
	c.accept()
	c.openTask(models.TaskSignOff, demo.ID("organisation", "khc"))
	c.await("what was waiting and the invitations went out", func() bool { return c.ledger()[pending.String()] == 1 && c.nothingDue() })
}

// restore refuses what would lose something, and restores when it is told which database to replace.
func (w *world) restore(file string) {
	w.t.Helper()
	damaged := filepath.Join(w.t.TempDir(), "damaged.backup")
	text, err := os.ReadFile(file)
	require.NoError(w.t, err)
	text[len(text)/2] ^= 1
	require.NoError(w.t, os.WriteFile(damaged, text, 0o600))
	require.Contains(w.t, w.tribuna(1, "restore", "--replace", "tribuna", damaged), "damaged")

	require.Contains(w.t, w.tribuna(1, "restore", file), "is not empty")
	require.Contains(w.t, w.tribuna(1, "restore", "--replace", "another", file), "nothing was done")
	require.Contains(w.t, w.tribuna(1, "restore", "--replace", "tribuna", file), "stop pages and workers first")
	w.db.SetMaxIdleConns(0)
	require.Contains(w.t, w.tribuna(0, "restore", "--replace", "tribuna", file), "1 mail is held")
	w.db.SetMaxIdleConns(4)
	w.tribuna(0, "verify")
	w.restoredElsewhere(file)
}

// restoredElsewhere restores into an empty database, as on a new machine.
func (w *world) restoredElsewhere(file string) {
	w.t.Helper()
	require.NoError(w.t, w.pg.CreateDatabase(w.ctx, "elsewhere", "template0"))
	other := &world{t: w.t, variables: maps.Clone(w.variables)}
	other.variables["DATABASE_URL"] = w.pg.URL("tribuna_app", "elsewhere")
	other.variables["DATABASE_OWNER_URL"] = w.pg.URL("tribuna_owner", "elsewhere")
	require.Contains(w.t, other.tribuna(0, "restore", file), "Restored as of")
	require.Contains(w.t, other.tribuna(0, "verify"), "records are whole")
}

// standsStill lets the sweep come by twice: the worker runs, and nothing goes out.
func (c *chain) standsStill(pending uuid.UUID, sent map[string]int) {
	c.t.Helper()
	require.Equal(c.t, models.StageReview, c.stage(), "the rows are those of before")
	var first time.Time
	c.await("the sweep came by twice", func() bool {
		b, err := models.ReadBacklog(c.ctx, c.db, time.Now())
		require.NoError(c.t, err)
		require.NotNil(c.t, b.RestoredAt)
		if b.SweptAt != nil && first.IsZero() && b.SweptAt.After(*b.RestoredAt) {
			first = *b.SweptAt
		}
		return !first.IsZero() && b.SweptAt.After(first)
	})
	require.Equal(c.t, sent, c.ledger())
	held, err := models.HeldMails(c.ctx, c.db, 0)
	require.NoError(c.t, err)
	require.Len(c.t, held, 1)
	require.Equal(c.t, pending, held[0].ID)
	require.Contains(c.t, c.tribuna(1, "status"), "standing still, 1 mail held")
}

// answersWhileItStandsStill: the words are received, and what comes of them is not known yet.
func (c *chain) answersWhileItStandsStill() says {
	c.t.Helper()
	answer := c.answerReview(2, "Said once more after the restore.")
	outcome, _, err := c.once(c.ctx, answer)
	require.NoError(c.t, err)
	require.Equal(c.t, models.SubmissionReceived, outcome.State)
	return answer
}
