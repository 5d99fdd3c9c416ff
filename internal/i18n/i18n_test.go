package i18n

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"
)

func TestDeadline(t *testing.T) {
	sofia, err := time.LoadLocation("Europe/Sofia")
	require.NoError(t, err)
	now := time.Date(2026, 3, 9, 10, 0, 0, 0, sofia)
	for name, c := range map[string]struct {
		due    time.Time
		en, bg string
	}{
		"days":              {time.Date(2026, 3, 12, 17, 0, 0, 0, sofia), "in 3 days, Thursday 12 March", "след 3 дни, четвъртък, 12 март"},
		"tomorrow":          {time.Date(2026, 3, 10, 0, 30, 0, 0, sofia), "tomorrow, Tuesday 10 March", "утре, вторник, 10 март"},
		"today":             {time.Date(2026, 3, 9, 17, 5, 0, 0, sofia), "today until 17:05 (Eastern European Time, EET)", "днес до 17:05 ч. (източноевропейско време, EET)"},
		"today, passed":     {time.Date(2026, 3, 9, 9, 0, 0, 0, sofia), "overdue since 09:00 (Eastern European Time, EET) today", "просрочено от 09:00 ч. (източноевропейско време, EET) днес"},
		"one day late":      {time.Date(2026, 3, 8, 23, 0, 0, 0, sofia), "1 day overdue, was due Sunday 8 March", "просрочено с 1 ден, срокът беше неделя, 8 март"},
		"another year":      {time.Date(2027, 3, 9, 17, 0, 0, 0, sofia), "in 365 days, Tuesday 9 March 2027", "след 365 дни, вторник, 9 март 2027 г."},
		"over clock change": {time.Date(2026, 3, 30, 0, 0, 0, 0, sofia), "in 21 days, Monday 30 March", "след 21 дни, понеделник, 30 март"},
		"given in UTC":      {time.Date(2026, 3, 11, 22, 30, 0, 0, time.UTC), "in 3 days, Thursday 12 March", "след 3 дни, четвъртък, 12 март"},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, c.en, For("en").Deadline(now.UTC(), c.due, sofia))
			require.Equal(t, c.bg, For("bg").Deadline(now.UTC(), c.due, sofia))
		})
	}
}

// The end of a day in one country is another day's first hour further east: it is told as the day it ends, and whose.
func TestDeadlineAtTheEndOfADay(t *testing.T) {
	zones := map[string]*time.Location{}
	for _, name := range []string{"Europe/Brussels", "Europe/Sofia", "Europe/London", "Asia/Tbilisi"} {
		zone, err := time.LoadLocation(name)
		require.NoError(t, err)
		zones[name] = zone
	}
	brussels, sofia := zones["Europe/Brussels"], zones["Europe/Sofia"]
	end := func(day int, zone *time.Location) time.Time {
		return time.Date(2026, 3, day, 23, 59, 59, 0, zone).UTC()
	}
	at := func(day, hour, minute int) time.Time { return time.Date(2026, 3, day, hour, minute, 0, 0, sofia).UTC() }
	for name, c := range map[string]struct {
		now, due time.Time
		reader   *time.Location
		en, bg   string
	}{
		"at home":                          {at(9, 10, 0), end(12, sofia), sofia, "in 3 days, Thursday 12 March", "след 3 дни, четвъртък, 12 март"},
		"read further east":                {at(9, 10, 0), end(12, brussels), sofia, "in 3 days, until the end of Thursday 12 March (Central European Time, CET)", "след 3 дни, до края на четвъртък, 12 март (централноевропейско време, CET)"},
		"read further west":                {at(9, 10, 0), end(12, sofia), brussels, "in 3 days, until the end of Thursday 12 March (Eastern European Time, EET)", "след 3 дни, до края на четвъртък, 12 март (източноевропейско време, EET)"},
		"another country, the same clock":  {at(9, 10, 0), end(12, sofia), time.FixedZone("EET", 2*3600), "in 3 days, Thursday 12 March", "след 3 дни, четвъртък, 12 март"},
		"a clock without words":            {at(9, 10, 0), end(12, zones["Asia/Tbilisi"]), sofia, "in 3 days, until the end of Thursday 12 March (UTC+04)", "след 3 дни, до края на четвъртък, 12 март (UTC+04)"},
		"today":                            {at(12, 10, 0), end(12, sofia), sofia, "today until the end of the day", "днес до края на деня"},
		"today, elsewhere":                 {at(12, 10, 0), end(12, brussels), sofia, "today until the end of Thursday 12 March (Central European Time, CET)", "днес, до края на четвъртък, 12 март (централноевропейско време, CET)"},
		"tomorrow by one's own calendar":   {at(12, 10, 0), end(13, brussels), sofia, "tomorrow, until the end of Friday 13 March (Central European Time, CET)", "утре, до края на петък, 13 март (централноевропейско време, CET)"},
		"Friday already, Thursday there":   {at(13, 0, 30), end(12, brussels), sofia, "until the end of Thursday 12 March (Central European Time, CET)", "до края на четвъртък, 12 март (централноевропейско време, CET)"},
		"over there, still Thursday here":  {at(13, 0, 30), end(12, sofia), brussels, "overdue since the end of Thursday 12 March (Eastern European Time, EET)", "просрочено от края на четвъртък, 12 март (източноевропейско време, EET)"},
		"over":                             {at(14, 10, 0), end(12, sofia), sofia, "2 days overdue, was due Thursday 12 March", "просрочено с 2 дни, срокът беше четвъртък, 12 март"},
		"over, elsewhere":                  {at(14, 10, 0), end(12, brussels), sofia, "2 days overdue, was due Thursday 12 March (Central European Time, CET)", "просрочено с 2 дни, срокът беше четвъртък, 12 март (централноевропейско време, CET)"},
		"a second before is an hour":       {at(12, 10, 0), end(12, brussels).Add(-time.Second), brussels, "today until 23:59 (Central European Time, CET)", "днес до 23:59 ч. (централноевропейско време, CET)"},
		"the same over there, by the hour": {at(9, 10, 0), end(12, brussels).Add(-time.Second), sofia, "in 4 days, Friday 13 March", "след 4 дни, петък, 13 март"},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, c.en, For("en").Deadline(c.now, c.due, c.reader))
			require.Equal(t, c.bg, For("bg").Deadline(c.now, c.due, c.reader))
		})
	}
	summer := time.Date(2026, 7, 9, 23, 59, 59, 0, zones["Europe/London"])
	require.Equal(t, "9 July 2026, end of the day (British Summer Time, BST)", For("en").Moment(summer, sofia))
	require.Equal(t, "9 July 2026, end of the day", For("en").Moment(summer, zones["Europe/London"]))
	require.Equal(t, "9 July 2026, end of the day (British Summer Time, BST)", For("en").MomentWhole(summer, zones["Europe/London"]))
	require.Equal(t, For("en").Moment(summer, sofia), For("en").MomentHere(summer, sofia), "the day of another country is named to everybody")
	require.Equal(t, "2026-03-12", DueDay(end(12, brussels), sofia).Format(time.DateOnly))
	require.Equal(t, "2026-03-13", DueDay(at(13, 0, 30), sofia).Format(time.DateOnly))
	require.True(t, DeadlineWhole(at(9, 10, 0), end(12, brussels), sofia), "no hour has to be said beside it")
	require.False(t, DeadlineWhole(at(9, 10, 0), at(12, 17, 0), sofia))
}

func TestDatesAndNumbers(t *testing.T) {
	at := time.Date(2026, 3, 12, 15, 4, 0, 0, time.UTC)
	sofia, err := time.LoadLocation("Europe/Sofia")
	require.NoError(t, err)
	require.Equal(t, "12 March 2026, 17:04", For("en").DateTime(at, sofia))
	require.Equal(t, "12 март 2026 г., 17:04 ч.", For("bg").DateTime(at, sofia))
	require.Equal(t, "15:04 ч.", For("bg").Time(at, nil))
	require.Equal(t, "12 March 2026, 17:04 (Eastern European Time, EET)", For("en").Moment(at, sofia), "a deadline says whose clock counts")
	require.Equal(t, "12 March 2026, 17:04", For("en").MomentHere(at, sofia), "but not to who reads it by their own")
	require.Equal(t, "today until 17:04", For("en").DeadlineHere(at.Add(-time.Hour), at, sofia))
	require.Equal(t, For("en").Moment(at, sofia), For("en").MomentWhole(at, sofia))
	require.Equal(t, "15:04 (EST)", For("en").Clock(at, time.FixedZone("EST", 0)), "a clock without words is named all the same")
	require.Equal(t, "1,234,567", For("en").Number(1234567))
	require.Equal(t, "1\u00a0234\u00a0567", For("bg").Number(1234567))
	require.Equal(t, "26%", For("en").Percent(0.255))
	for tag, said := range map[string][2]string{"en": {"over 99%", "under 1%"}, "bg": {"над 99%", "под 1%"}, "sq": {"mbi 99%", "nën 1%"},
		"ro": {"peste 99 %", "sub 1 %"}, "sr-Latn": {"više od 99%", "manje od 1%"}} {
		l := For(tag)
		require.Equal(t, said, [2]string{strings.ReplaceAll(l.Percent(1062.0/1065), "\u00a0", " "), strings.ReplaceAll(l.Percent(2.0/1065), "\u00a0", " ")}, tag)
		require.NotContains(t, l.Percent(0)+l.Percent(1)+l.Percent(0.994)+l.Percent(0.005), said[0][:2], tag)
	}
	require.Equal(t, "a, b and c", For("en").ListAnd([]string{"a", "b", "c"}))
	require.Equal(t, "а и б", For("bg").ListAnd([]string{"а", "б"}))
	require.Equal(t, "a", For("en").ListAnd([]string{"a"}))
	require.Empty(t, For("en").ListAnd(nil))
}

func TestMatch(t *testing.T) {
	for name, c := range map[string]struct{ header, chosen, want string }{
		"chosen wins":         {"en-GB,en;q=0.9", "bg", "bg"},
		"header":              {"de-AT, bg;q=0.8, en;q=0.5", "", "bg"},
		"region":              {"bg-BG", "", "bg"},
		"one text for three":  {"hr-HR,hr;q=0.9,en;q=0.5", "", "sr-Latn"},
		"the second of three": {"bs", "", "sr-Latn"},
		"the other script":    {"sr-Cyrl-RS", "", "sr-Latn"},
		"two that are there":  {"ro-MD, sq;q=0.8", "", "ro"},
		"nothing known":       {"ja", "", "en"},
		"nothing at all":      {"", "", "en"},
		"nonsense":            {";;;q=x", "../../etc", "en"},
		"chosen is unknown":   {"bg", "ja", "bg"},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, c.want, Match(c.header, c.chosen)) })
	}
}

func TestFallbackIsNeverEmpty(t *testing.T) {
	shelf, err := load(fstest.MapFS{
		"catalogs/en/a.json": {Data: []byte(`{"a.x": "English {{.Who}}", "a.n": {"one": "{{.Count}} day", "other": "{{.Count}} days"}}`)},
		"catalogs/bg/a.json": {Data: []byte(`{"a.n": {"one": "{{.Count}} ден", "other": "{{.Count}} дни"}}`)},
	})
	require.NoError(t, err)
	bg := shelf.localizers["bg"]
	require.Equal(t, "English Ana", bg.T("a.x", "Who", "Ana"))
	require.Equal(t, "English Ana", bg.T("a.x", map[string]any{"Who": "Ana"}))
	require.Equal(t, "1 ден", bg.N("a.n", 1))
	require.Equal(t, "2 дни", bg.N("a.n", 2))
	require.Equal(t, "a.missing", bg.T("a.missing"))
	require.True(t, bg.Has("a.n"))
	require.False(t, bg.Has("a.x"))
}

func TestBrokenCatalogsAreRefused(t *testing.T) {
	for name, c := range map[string]struct{ body, says string }{
		"twice in a file": {`{"a.x": "1", "a.x": "2"}`, "there twice"},
		"twice in two":    {`{"b.y": "1"}`, "there twice"},
		"empty":           {`{"a.x": ""}`, "is empty"},
		"unknown form":    {`{"a.x": {"other": "o", "lots": "l"}}`, "neither a sentence nor plural"},
		"no other":        {`{"a.x": {"one": "o"}}`, "lacks the plural form"},
		"not an object":   {`[]`, "not a JSON object"},
		"two objects":     {`{} {}`, "follows the JSON object"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := load(fstest.MapFS{
				"catalogs/en/a.json": {Data: []byte(c.body)},
				"catalogs/en/b.json": {Data: []byte(`{"b.y": "1"}`)},
			})
			require.ErrorContains(t, err, c.says)
		})
	}
}

func TestLanguageNames(t *testing.T) {
	require.Equal(t, "албански", For("bg").Language("sq"))
	require.Equal(t, "bosanski/hrvatski/srpski", For("en").Language("sr-Latn"))
	require.Equal(t, "bosanski/hrvatski/srpski", NativeLanguage("sr-Latn"))
	require.Equal(t, "shqip", NativeLanguage("sq"))
	require.Equal(t, "български", NativeLanguage("bg"))
	require.Equal(t, "German", For("en").Language("de"))
}

func TestPick(t *testing.T) {
	names := map[string]string{"en": "Ministry", "sr-Latn": "Ministarstvo", "bg": ""}
	for reader, want := range map[string][2]string{
		"en": {"Ministry", "en"}, "bg": {"Ministry", "en"}, "sr-Latn": {"Ministarstvo", "sr-Latn"}, "en-GB": {"Ministry", "en"},
	} {
		name, tag := Pick(names, reader)
		require.Equal(t, want, [2]string{name, tag})
	}
	name, tag := Pick(map[string]string{"sq": "Ministria", "ro": "Ministerul"}, "bg")
	require.Equal(t, [2]string{"Ministerul", "ro"}, [2]string{name, tag})
	name, _ = Pick(nil, "bg")
	require.Empty(t, name)
}

func TestASentenceEndsOnceWhereItsLastWordBringsAStop(t *testing.T) {
	bg := For("bg")
	require.True(t, strings.HasSuffix(bg.T("overdue.over.extended", "Date", "26 ноември 2026 г."), " 2026 г."))
	require.True(t, strings.HasSuffix(bg.T("overdue.over.extended", "Date", "26 ноември"), " 26 ноември."))
	require.True(t, strings.HasSuffix(bg.Say("overdue.over.extended", "Date", "26 ноември 2026 г.").Text, " 2026 г."))
	require.True(t, strings.HasSuffix(bg.T("overdue.over.extended", "Date", "..."), "...."), "what somebody wrote stays")
}

func TestAMissingSentencePanicsWhereAllMustBeThere(t *testing.T) {
	was := missing
	defer func() { missing = was }()
	MustHaveAll()
	require.Equal(t, For("en").T("error.late"), For("en").T("error.late"))
	require.PanicsWithValue(t, "a sentence is missing: a.missing in bg", func() { For("bg").T("a.missing") })
}
