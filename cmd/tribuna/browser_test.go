package main

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"tribuna/models"
)

// patience bounds the wait for one thing.
const patience = 45 * time.Second

// TestInABrowser does what people do with the pages of one running instance, in a real browser and with the mails that
// were really sent. Every page that anybody sees on the way is inspected: see inspect.
func TestInABrowser(t *testing.T) {
	wholeInstance(t)
	t.Parallel()
	h := openHouse(t)
	t.Run("whole story", func(t *testing.T) { (&story{house: h, t: t}).tell() })
	t.Run("invitation", func(t *testing.T) { (&invitationStory{house: h, t: t}).tell() })
	t.Run("without scripts", func(t *testing.T) { (&plainStory{house: h, t: t}).tell() })
	t.Run("reader without scripts", func(t *testing.T) {
		(&readerStory{house: h, t: t, r: h.plainVisitor(t, "Hanna", "en", phone), language: "sq"}).tell()
	})
	t.Run("reader", func(t *testing.T) {
		(&readerStory{house: h, t: t, r: h.visitor(t, "Hanna", "sq", desktop), language: "ro"}).tell()
	})
	t.Run("coordinator without scripts", func(t *testing.T) {
		(&officeStory{house: h, t: t, c: h.plainVisitor(t, "Ilona", "en", phone), mark: "first"}).tell()
	})
	t.Run("coordinator", func(t *testing.T) {
		(&officeStory{house: h, t: t, c: h.visitor(t, "Ilona", "en", desktop), mark: "second", language: "ro"}).tell()
	})
	t.Run("every role", func(t *testing.T) { h.everyRole(t) })
}

// house is an instance with its visitors, each of whom has a window with cookies of their own.
type house struct {
	site   string
	db     *bun.DB
	days   []day                // that were told to their end
	seen   map[string]bool      // what was inspected before
	opened map[string]uuid.UUID // what personal links open
}

func openHouse(t *testing.T) *house {
	dir := t.TempDir()
	h := &house{site: launchDev(t, dir).readyURL(), seen: map[string]bool{}, opened: map[string]uuid.UUID{}}
	var err error
	h.db, err = models.Open(instanceOf(t, dir)["DATABASE_URL"])
	require.NoError(t, err)
	t.Cleanup(func() { _ = h.db.Close() })
	h.hurry(t)
	return h
}

// brisk is the procedure of the stories here: the fast one, in which a round closes a second after enough have answered.
const brisk = "brisk"

func (h *house) hurry(t *testing.T) {
	p, err := models.ProcedureBySlug(t.Context(), h.db, "fast")
	require.NoError(t, err)
	p.ID, p.Slug, p.Names = models.NewID(), brisk, models.Names{"en": "Brisk procedure"}
	p.Document.Review.Grace = "1s"
	require.NoError(t, p.Document.Validate())
	_, err = h.db.NewInsert().Model(p).Exec(t.Context())
	require.NoError(t, err)
}
