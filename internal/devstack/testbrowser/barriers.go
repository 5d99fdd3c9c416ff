package testbrowser

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"tribuna/internal/devstack"
)

// axe is the script that looks for barriers.
var axe = sync.OnceValues(func() (string, error) {
	checkout, err := devstack.Checkout()
	if err != nil {
		return "", err
	}
	script, err := os.ReadFile(filepath.Join(checkout, "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		return "", fmt.Errorf("npm ci brings axe: %w", err)
	}
	return string(script), nil
})

// lookForBarriers runs the rules whose breach is serious or critical, which axe fixes per rule; to run the others as well and
// leave out what they find takes three times as long.
const lookForBarriers = `(async () => {
	const tried = axe._audit.rules.filter(r => r.enabled && !r.tags.some(t => axe._audit.tagExclude.includes(t)));
	const grave = tried.filter(r => ["serious", "critical"].includes(r.impact)).map(r => r.id);
	if (grave.length < 50) throw new Error("axe tells of " + grave.length + " rules how grave a breach is");
	const found = await axe.run({runOnly: {type: "rule", values: grave}, resultTypes: ["violations"], preload: false, iframes: false});
	return found.violations.map(v => v.id + ": " + v.nodes.map(n => n.html + " " + n.failureSummary).join("\n"));
})()`

// Barriers names what on the page of a window is a serious or critical barrier for somebody.
func Barriers(window context.Context) (found []string, err error) {
	script, err := axe()
	if err != nil {
		return nil, err
	}
	var there bool
	if err := chromedp.Run(window, chromedp.Evaluate(`typeof axe === "object"`, &there)); err != nil {
		return nil, err
	}
	if !there {
		if err := chromedp.Run(window, chromedp.Evaluate(script, nil)); err != nil {
			return nil, err
		}
	}
	err = chromedp.Run(window, chromedp.Evaluate(lookForBarriers, &found, awaited))
	return found, err
}

func awaited(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }
