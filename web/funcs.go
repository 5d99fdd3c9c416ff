package web

import (
	"fmt"
	"html/template"
	"net/url"
	"strings"
	"time"

	"tribuna/internal/i18n"
	"tribuna/internal/markdown"
	"tribuna/models"
)

// funcs returns the template functions of one language.
func (e *Engine) funcs(l *i18n.Localizer) template.FuncMap {
	return template.FuncMap{
		"t":            l.T,
		"tn":           func(key string, count int, args ...any) string { return l.N(key, count, args...) },
		"lang":         l.Tag,
		"langname":     l.Language,
		"native":       i18n.NativeLanguage,
		"nativebreaks": nativeBreaks,
		"number":       l.Number,
		"percent":      l.Percent,
		"listand":      func(items any) (template.HTML, error) { return list(l, items) },
		"name":         func(names map[string]string) template.HTML { return l.Name(names).HTML },
		"say":          func(key string, args ...any) template.HTML { return l.Say(key, args...).HTML },
		"forunit":      l.ForUnit,
		"date":         func(t time.Time, zone ...any) (string, error) { return e.inZone(l.Date, t, zone) },
		"datetime":     func(t time.Time, zone ...any) (string, error) { return e.inZone(l.DateTime, t, zone) },
		"standing":     func(f models.FollowUp) Badge { return followUpBadge(l, &f, e.now()) },
		"moment":       func(t time.Time, zone ...any) (string, error) { return e.inZone(l.Moment, t, zone) },
		"clock":        func(t time.Time, zone ...any) (string, error) { return e.inZone(l.Time, t, zone) },
		"iso":          func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
		"deadline":     func(t time.Time, zone ...any) (string, error) { return e.inZone(e.sinceNow(l.Deadline), t, zone) },
		"due":          func(t time.Time, zone ...any) (Due, error) { return e.due(l.Deadline, t, zone) },
		"duehere":      func(t time.Time, zone ...any) (Due, error) { return e.due(l.DeadlineHere, t, zone) },
		"icon":         e.icon,
		"asset":        e.assets.Path,
		"markdown":     func(source string, shift ...int) (template.HTML, error) { return renderMarkdown(source, shift) },
		"query":        query,
		"badge":        func(tone, icon, text string) Badge { return Badge{Tone: tone, Icon: icon, Text: text} },
		"progress":     func(done, total int, label string) Progress { return Progress{Done: done, Total: total, Label: label} },
		"input":        newInput,
		"writtenin":    func(f *Form) Input { return writtenInput(l, f) },
		"writtento":    func(f *Form, readers string) Input { return writtenInputTo(l, f, readers) },
		"sourcein":     func(f *Form) Input { return sourceInput(l, f) },
		"option":       func(value, label string) Option { return Option{Value: value, Label: label} },
		"options":      func(o ...Option) []Option { return o },
		"bars":         newChart,
		"sheet":        newSheetLink,
		"tabs":         func(label string, list []listTab) listTabs { return listTabs{label, list} },
		"emptybox":     func(icon, title, text string) Empty { return Empty{Icon: icon, Title: title, Text: text} },
	}
}

// deadlineWords say how far away an instant is from another, and when.
type deadlineWords func(now, due time.Time, zone *time.Location) string

func (e *Engine) sinceNow(words deadlineWords) func(time.Time, *time.Location) string {
	return func(t time.Time, zone *time.Location) string { return words(e.now(), t, zone) }
}

// Due is a deadline as the component "deadline" shows it. Overdue and Soon (within two days) change its tint and icon;
// the words say it too.
type Due struct {
	Text, ISO     string
	Overdue, Soon bool
}

const soon = 48 * time.Hour

func (e *Engine) due(words deadlineWords, t time.Time, zone []any) (Due, error) {
	text, err := e.inZone(e.sinceNow(words), t, zone)
	now := e.now()
	return Due{
		Text: text, ISO: t.UTC().Format(time.RFC3339),
		Overdue: t.Before(now), Soon: !t.Before(now) && t.Sub(now) < soon,
	}, err
}

// inZone formats an instant in the zone a template gives (a *time.Location or an IANA name), else in the network's.
func (e *Engine) inZone(format func(time.Time, *time.Location) string, t time.Time, zone []any) (string, error) {
	if len(zone) == 0 {
		return format(t, e.zone), nil
	}
	switch z := zone[0].(type) {
	case *time.Location:
		if z == nil {
			return format(t, e.zone), nil
		}
		return format(t, z), nil
	case string:
		if z == "" {
			return format(t, e.zone), nil
		}
		loc, err := time.LoadLocation(z)
		if err != nil {
			return "", fmt.Errorf("zone %q: %w", z, err)
		}
		return format(t, loc), nil
	default:
		return "", fmt.Errorf("a zone is a location or its name, not %T", zone[0])
	}
}

// icon refers to the sprite. It says nothing to a screen reader: the word beside it does.
func (e *Engine) icon(name string) (template.HTML, error) {
	if !e.assets.HasIcon(name) {
		return "", fmt.Errorf("the sprite has no icon %q: run `make assets` after using a new one", name)
	}
	sprite, err := e.assets.Path("icons.svg")
	if err != nil {
		return "", err
	}
	//nolint:gosec // both parts come from the build
	return template.HTML(`<svg class="icon" width="20" height="20" aria-hidden="true" focusable="false"><use href="` +
		sprite + `#` + name + `"/></svg>`), nil
}

// list joins sentences or Words as a sentence does.
func list(l *i18n.Localizer, items any) (template.HTML, error) {
	switch items := items.(type) {
	case []i18n.Words:
		return l.List(items).HTML, nil
	case []string:
		return i18n.Said(l.ListAnd(items)).HTML, nil
	default:
		return "", fmt.Errorf("a list is of sentences or Words, not %T", items)
	}
}

// renderMarkdown renders below the page's own heading: "# Title" becomes an h2 unless a shift is given.
func renderMarkdown(source string, shift []int) (template.HTML, error) {
	by := 1
	if len(shift) > 0 {
		by = shift[0]
	}
	return markdown.Render(source, markdown.WithHeadingShift(by))
}

// query returns an address with query parameters, given in pairs, set; an empty value removes its parameter.
func query(address string, pairs ...any) (string, error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", fmt.Errorf("address %q: %w", address, err)
	}
	q := u.Query()
	for i := 0; i+1 < len(pairs); i += 2 {
		key, value := fmt.Sprint(pairs[i]), fmt.Sprint(pairs[i+1])
		q.Del(key)
		if value != "" {
			q.Set(key, value)
		}
	}
	u.RawQuery = q.Encode()
	return u.String(), nil
}

// nativeBreaks is how a language calls itself, breakable where one name ends and another begins.
func nativeBreaks(tag string) template.HTML {
	name := template.HTMLEscapeString(i18n.NativeLanguage(tag))
	//nolint:gosec // escaped above
	return template.HTML(strings.ReplaceAll(name, "/", "/<wbr>"))
}
