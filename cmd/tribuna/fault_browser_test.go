package main

import (
	"context"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/devstack/testbrowser"
	"tribuna/internal/links"
	"tribuna/models"
)

// keptEvery is how much typing may be lost: who types without a rest has it kept every fifteen seconds, who rests for three at once (unsent.js);
// the rest is for a busy machine.
const keptEvery = 15*time.Second + 10*time.Second

// TestWordsOutliveAKilledBrowserAndKilledPages: an expert types without a rest; browser and pages are killed in the middle of it, and started
// again. By the link in the mail they find what was kept, and lack nothing that is older than keptEvery.
func TestWordsOutliveAKilledBrowserAndKilledPages(t *testing.T) {
	w := newWorld(t, nil)
	w.startWorker()
	w.startServe()
	c := w.draft(patient())
	c.start()
	c.must(c.startReview(1))
	task := *c.reviewTask(1)
	link, home := w.linkOf(task, expert(1)), t.TempDir()

	ctx, kill := w.ownBrowser(home)
	const field = `textarea[name="reasons"]`
	require.NoError(t, chromedp.Run(ctx, chromedp.Navigate(link), chromedp.WaitVisible(field, chromedp.ByQuery), chromedp.Focus(field, chromedp.ByQuery)))
	var typed []time.Time
	saved := ""
	for begun := time.Now(); saved == ""; {
		typed = append(typed, time.Now())
		require.NoError(t, chromedp.Run(ctx, chromedp.KeyEvent(fmt.Sprintf("word%d ", len(typed)))))
		require.Less(t, time.Since(begun), keptEvery, "typed without a rest, nothing was kept")
		saved = w.kept(task)
	}
	for range 5 { // words that nothing has kept
		typed = append(typed, time.Now())
		require.NoError(t, chromedp.Run(ctx, chromedp.KeyEvent(fmt.Sprintf("word%d ", len(typed)))))
	}
	kill()
	killed := time.Now()
	w.serve.end()
	w.startServe()

	ctx, _ = w.ownBrowser(home)
	var found string
	require.NoError(t, chromedp.Run(ctx, chromedp.Navigate(link), chromedp.WaitVisible(field, chromedp.ByQuery),
		chromedp.Navigate("http://"+w.addr+"/tasks/"+task.String()+"?kept=continue"), chromedp.WaitVisible(field, chromedp.ByQuery), chromedp.Value(field, &found, chromedp.ByQuery)))
	require.True(t, strings.HasPrefix(strings.TrimSpace(found), strings.TrimSpace(saved)), "what was kept is there, to the letter: %q of %q", found, saved)
	words := strings.Fields(found)
	if last := len(words); last > 0 && words[last-1] != fmt.Sprintf("word%d", last) { // kept in the middle of a word, which counts as lost
		require.True(t, strings.HasPrefix(fmt.Sprintf("word%d", last), words[last-1]), "the beginning of the word that was being typed: %q", words[last-1])
		words = words[:last-1]
	}
	for i, word := range words {
		require.Equal(t, fmt.Sprintf("word%d", i+1), word, "the words as they were typed")
	}
	if lost := len(typed) - len(words); lost > 0 {
		require.Less(t, killed.Sub(typed[len(words)]), keptEvery, "the oldest word lost")
	}
	t.Logf("%d words typed, %d kept, %d found", len(typed), len(strings.Fields(saved)), len(words))
}

// linkOf is the link in the mail that asks somebody.
func (w *world) linkOf(task, person uuid.UUID) string {
	key, err := base64.StdEncoding.DecodeString(linkKey)
	require.NoError(w.t, err)
	minter, err := links.New(key)
	require.NoError(w.t, err)
	asked, err := models.TaskByID(w.ctx, w.db, task)
	require.NoError(w.t, err)
	return "http://" + w.addr + "/l/" + minter.Mint(links.KindTask, task, person, asked.Generation)
}

// kept is what the pages have kept of the reasons of an answer that was not sent; "" for nothing.
func (w *world) kept(task uuid.UUID) (words string) {
	_ = w.db.NewRaw("SELECT fields->'reasons'->>0 FROM kept_words WHERE form = ?", models.KeptAnswer(task)).Scan(w.ctx, &words) // no row: nothing
	return words
}

// ownBrowser starts a Chromium that keeps what it keeps in a folder, and returns what kills it as nothing can be prepared for.
func (w *world) ownBrowser(home string) (context.Context, func()) {
	all, stop := chromedp.NewExecAllocator(w.ctx, append(testbrowser.Options(), chromedp.UserDataDir(home))...)
	w.t.Cleanup(stop)
	ctx, leave := chromedp.NewContext(all)
	w.t.Cleanup(leave)
	require.NoError(w.t, chromedp.Run(ctx))
	process := chromedp.FromContext(ctx).Browser.Process()
	return ctx, func() {
		require.NoError(w.t, process.Kill())
		<-chromedp.FromContext(ctx).Browser.LostConnection
	}
}
