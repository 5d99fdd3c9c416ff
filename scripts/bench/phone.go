package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/google/uuid"

	"tribuna/internal/devstack/catcher"
	"tribuna/internal/devstack/testbrowser"
)

// A slow phone: what a browser's own tools call a slow third-generation network, and a processor of some years ago.
const (
	phoneBits    = 400_000 // a second, either way
	phoneLatency = 400 * time.Millisecond
	phoneSlower  = 4 // times the processor that measures
	phoneOpens   = 5 // of each kind
)

// aimReadable is until when the text is to be read where nothing was kept from an earlier visit.
const aimReadable = 5 * time.Second

// marks notes in the page, from the tap on the link, its redirects included: when something was painted and the text was in it, and when
// the first letter of a comment stood in its field.
const marks = `addEventListener("input", e => { if (e.target.closest(".comment-on")) window.typedAt ??= performance.now(); }, true);
	const look = () => {
		if (performance.getEntriesByName("first-contentful-paint").length && document.querySelector(".block .prose")?.getClientRects().length)
			window.readAt = performance.now();
		else requestAnimationFrame(look);
	};
	requestAnimationFrame(look);`

// opened is one opening of an invitation's link on a phone.
type opened struct {
	painted, readable, typed time.Duration
	requests                 int
	bytes                    int64
}

// measurePhone opens the link of an invitation to review in a real Chromium that is as slow as an old phone on a slow network.
func measurePhone(ctx context.Context, _ settings) (string, error) {
	in, err := startInstance(ctx)
	if err != nil {
		return "", err
	}
	defer in.stop()
	link, err := in.invited(ctx)
	if err != nil {
		return "", err
	}
	browser, leave := chromedp.NewExecAllocator(ctx, testbrowser.Options()...)
	defer leave()
	var cold, warm []opened
	for range phoneOpens {
		first, again, err := openTwice(browser, link)
		if err != nil {
			return "", err
		}
		cold, warm = append(cold, first), append(warm, again)
	}
	return phoneChapter(cold, warm), nil
}

func phoneChapter(cold, warm []opened) string {
	text := fmt.Sprintf(`## The expert's page on a slow phone

Chromium, 390 pixels wide, with a network of %d kbit/s and %d ms until an answer begins, and a processor %d times as slow as this machine's,
opens the link in an invitation to review a brief of the demo, %d times with nothing kept from an earlier visit and as often once more.
Counted from the tap on the link, its redirect included: until something is painted; until the text can be read; until the first letter
of a comment stands in its field, under the first paragraph. Half of the openings were as quick as this.

| | painted s | text readable s | comment typed s | requests | KB over the network |
|---|---:|---:|---:|---:|---:|
`, phoneBits/1000, phoneLatency.Milliseconds(), phoneSlower, phoneOpens)
	var readable time.Duration
	for _, row := range []struct {
		name string
		all  []opened
	}{{"first visit", cold}, {"again", warm}} {
		var painted, read, typed sample
		for _, o := range row.all {
			painted, read, typed = append(painted, o.painted), append(read, o.readable), append(typed, o.typed)
		}
		last := row.all[len(row.all)-1]
		text += fmt.Sprintf("| %s | %.1f | %.1f | %.1f | %d | %.0f |\n", row.name, painted.at(.5).Seconds(), read.at(.5).Seconds(), typed.at(.5).Seconds(),
			last.requests, float64(last.bytes)/1000)
		readable = max(readable, read.at(.5))
	}
	return text + fmt.Sprintf("\nAim: the text can be read within %.0f s: %s.\n\n", aimReadable.Seconds(), verdict(readable < aimReadable))
}

// invited sends out invitations to review, and returns the link in one of the mails.
func (in *instance) invited(ctx context.Context) (string, error) {
	texts, err := in.addRounds(ctx, 1)
	if err != nil {
		return "", err
	}
	if err := in.startAll(ctx, []uuid.UUID{texts[0]}); err != nil {
		return "", err
	}
	var link string
	err = until(ctx, time.Minute, func() (bool, error) {
		for _, m := range in.mails.Messages(catcher.Filter{To: "matched-"}) {
			for _, l := range m.Links {
				if link == "" && strings.HasPrefix(l, in.base+"/l/") {
					link = l
				}
			}
		}
		return link != "", in.worker.failed()
	})
	return link, err
}

// openTwice opens a link in a window that has kept nothing, and once more in the same.
func openTwice(browser context.Context, link string) (first, again opened, err error) {
	window, leave := chromedp.NewContext(browser) // a Chromium of its own, with nothing in it
	defer leave()
	err = chromedp.Run(window, network.Enable(), emulation.SetDeviceMetricsOverride(390, 844, 2, true), emulation.SetTouchEmulationEnabled(true),
		network.EmulateNetworkConditions(false, float64(phoneLatency.Milliseconds()), phoneBits/8, phoneBits/8),
		emulation.SetCPUThrottlingRate(phoneSlower),
		chromedp.ActionFunc(func(ctx context.Context) error {
			_, err := page.AddScriptToEvaluateOnNewDocument(marks).Do(ctx)
			return err
		}))
	if err != nil {
		return first, again, err
	}
	if first, err = openOnce(window, link); err != nil {
		return first, again, err
	}
	again, err = openOnce(window, link)
	return first, again, err
}

// openOnce follows the link, opens the first comment as soon as it is there, and types.
func openOnce(window context.Context, link string) (o opened, err error) {
	listening, stop := context.WithCancel(window)
	defer stop()
	count := make(chan int64, 1000)
	chromedp.ListenTarget(listening, func(event any) {
		switch e := event.(type) {
		case *network.EventRequestWillBeSent:
			if e.RedirectResponse != nil {
				count <- int64(e.RedirectResponse.EncodedDataLength)
			}
		case *network.EventLoadingFinished:
			if e.EncodedDataLength > 0 { // else it was kept
				count <- int64(e.EncodedDataLength)
			}
		}
	})
	var at struct{ Painted, Read, Typed float64 }
	err = chromedp.Run(window,
		chromedp.Navigate("about:blank"),
		chromedp.ActionFunc(func(ctx context.Context) error {
			_, _, problem, _, err := page.Navigate(link).Do(ctx)
			if problem != "" {
				err = errors.Join(err, errors.New(problem))
			}
			return err
		}),
		typeInto(".block details.comment-on", `textarea[name^="comment-"]`),
		chromedp.Poll("window.typedAt && window.readAt && document.readyState == 'complete'", nil),
		chromedp.Evaluate(`({painted: performance.getEntriesByName("first-contentful-paint")[0].startTime, read: window.readAt, typed: window.typedAt})`, &at))
	if err != nil {
		return o, errors.Join(err, picture(window))
	}
	for len(count) > 0 {
		o.requests, o.bytes = o.requests+1, o.bytes+<-count
	}
	ms := func(n float64) time.Duration { return time.Duration(n * float64(time.Millisecond)) }
	o.painted, o.readable, o.typed = ms(at.Painted), ms(at.Read), ms(at.Typed)
	return o, nil
}

// typeInto opens what a field stands in as soon as it is there, and types a letter. Nothing of a page that is still arriving is held on to,
// nor pointed at: it may be gone or elsewhere by then.
func typeInto(fold, field string) chromedp.Action {
	return chromedp.ActionFunc(func(ctx context.Context) error {
		err := until(ctx, time.Minute, func() (bool, error) {
			var focused bool
			err := chromedp.Evaluate(fmt.Sprintf(`(() => {
				const fold = document.querySelector(%q), field = fold?.querySelector(%q);
				if (!field) return false;
				if (!fold.open) fold.querySelector("summary").click();
				field.focus();
				return document.activeElement === field;
			})()`, fold, field), &focused).Do(ctx)
			return err == nil && focused, nil // the page before may be leaving
		})
		if err != nil {
			return fmt.Errorf("%s: %w", field, err)
		}
		return chromedp.KeyEvent("A").Do(ctx)
	})
}

// picture keeps what the window shows, for whoever looks for what went wrong.
func picture(window context.Context) error {
	var png []byte
	if err := chromedp.Run(window, chromedp.CaptureScreenshot(&png)); err != nil {
		return err
	}
	return os.WriteFile(os.TempDir()+"/tribuna-bench-phone.png", png, 0o600)
}
