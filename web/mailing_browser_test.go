package web

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/i18n"
	"tribuna/internal/mail"
)

// gated sends two mails of a mailing, and no more of it before it is opened.
type gated struct {
	*mail.Sender
	stop atomic.Pointer[stopAfterTwo]
}

type stopAfterTwo struct {
	begun, ended atomic.Int32 // parts: two are on their way side by side
	open         chan struct{}
}

// closes lets two mails of the next mailing through.
func (g *gated) closes() *stopAfterTwo {
	s := &stopAfterTwo{open: make(chan struct{})}
	g.stop.Store(s)
	return s
}

// opens lets all of the next mailing through.
func (g *gated) opens() { close(g.closes().open) }

func (g *gated) SendMailing(ctx context.Context, mailing uuid.UUID, _ int, progress func()) (int, error) {
	s := g.stop.Load()
	defer s.ended.Add(1)
	if s.begun.Add(1) > 1 {
		select {
		case <-s.open:
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	}
	return g.SendBatch(ctx, mail.Batch{MailingID: &mailing, Limit: 2, For: time.Nanosecond, Progress: func(int) { progress() }})
}

// TestTheOfficersWayWithAMailing is an officer's way with a mailing in two languages, by tapping on a phone: composing, choosing,
// looking at it, a test to themselves, launching, watching, pausing, going on, and what became of it. They keep the audience.
func TestTheOfficersWayWithAMailing(t *testing.T) {
	b, n := newBrowser(t), newOffice(t)
	n.publish()
	n.stopWorker()
	gate := &gated{Sender: n.sender()}
	n.acts.Mails = gate
	n.startWorker()
	b.signIn(t, n.house, "officer-khc")

	phone := &officersWay{t: t, browser: b, office: n, l: i18n.For("bg"), width: 390}
	phone.begins("bg")
	phone.choosesReaders("HR")
	phone.keepsAudience("Хърватия")
	phone.composes("Safe online", "Sigurni na mreži", "")
	phone.previewsAndTests("Sigurni na mreži")
	held := gate.closes()
	phone.launches()
	phone.watchesAndPauses(held)
	phone.readsReport("Safe online", "Sigurni na mreži")

	require.Empty(t, b.complaints, strings.Join(b.complaints, "\n"))
}

// officersWay is a browser of some width in which an officer has a mailing under way.
type officersWay struct {
	*browser
	*office
	t       *testing.T
	l       *i18n.Localizer
	width   int64
	mailing uuid.UUID
	people  int    // whom it reaches
	leftOut string // id of whom it leaves out
}
