package web

import (
	"context"
	"log/slog"
	"net/http"

	"github.com/google/uuid"

	"tribuna/internal/access"
)

// frame is what surrounds the content of a page: navigation and what is to be said once. It is read when a page is
// built, so that redirects and parts of pages cost nothing and eat no message.
type frame struct {
	server  *Server
	request *http.Request
	visitor *visitor
}

type frameKey struct{}

func withFrame(ctx context.Context, f *frame) context.Context {
	return context.WithValue(ctx, frameKey{}, f)
}

func frameFrom(ctx context.Context) *frame {
	f, _ := ctx.Value(frameKey{}).(*frame)
	return f
}

// flash takes what is to be said once. A HEAD shows nothing, so it takes nothing.
func (f *frame) flash() *Flash {
	ctx := f.request.Context()
	if f.request.Method == http.MethodHead {
		return nil
	}
	text := f.server.Sessions.PopString(ctx, sessionFlashText)
	if text == "" {
		return nil
	}
	return &Flash{Tone: f.server.Sessions.PopString(ctx, sessionFlashTone), Text: text}
}

// nav lists where the visitor can go. Who came by a personal link has one thing to do and goes nowhere.
func (f *frame) nav() []NavItem {
	v := f.visitor
	if v == nil || v.LinkTask != uuid.Nil {
		return nil
	}
	items := []NavItem{{Key: "home", Label: "home.nav", Short: "home.nav_short", Href: "/", Icon: "inbox", Count: f.waiting()}}
	items = append(items, NavItem{Key: "recommendations", Label: "home.nav_recommendations", Short: "home.nav_recommendations_short",
		Href: "/recommendations", Icon: "file-text"})
	if v.viewer().May(access.ReadOverview) {
		items = append(items, NavItem{Key: "dashboard", Label: "dashboard.nav", Short: "dashboard.nav_short", Href: "/dashboard", Icon: "chart-bar"})
	}
	items = append(items,
		NavItem{Key: "followups", Label: "home.nav_followups", Short: "home.nav_followups_short", Href: "/follow-ups", Icon: "flag"},
		NavItem{Key: "published", Label: "published.nav", Short: "published.nav_short", Href: "/published", Icon: "world"})
	if v.viewer().May(access.Administer) {
		items = append(items, NavItem{Key: "administration", Label: "administration.title", Href: administrationPath, Icon: "settings", Wide: true})
	}
	return items
}

// waiting counts what waits for the visitor. A page without the figure is better than no page.
func (f *frame) waiting() int {
	desk, err := f.server.deskOf(f.request.Context(), f.visitor.viewer())
	if err != nil {
		slog.ErrorContext(f.request.Context(), "what waits could not be counted", "request", RequestID(f.request.Context()), "error", err)
	}
	return desk.All()
}
