package web

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/internal/devstack/catcher"
	"tribuna/internal/i18n"
	"tribuna/internal/links"
	"tribuna/internal/mail"
	"tribuna/models"
)

// listener is somebody who goes through all doors.
type listener struct {
	name    string // slug, or "nobody"
	door    *reader
	token   string
	owner   bool   // decides on the text
	key     bool   // may know who said what
	reviews string // slug of the reviewer; "" for others
}

func (m *masked) listeners() []listener {
	m.t.Helper()
	token := func(slug string) string {
		token, _, err := models.IssueToken(m.t.Context(), m.db, m.person(slug).ID, "test", models.Scopes(), time.Hour, time.Now())
		require.NoError(m.t, err)
		return token
	}
	all := []listener{{name: "nobody", door: m.public("en")}}
	for _, slug := range []string{"coordinator", "officer-khc", "partner-khc", "partner-sc-nwb", "reader"} {
		all = append(all, listener{name: slug, door: m.as(slug, "en"), token: token(slug), owner: slug == "coordinator" || slug == "officer-khc", key: slug == "coordinator"})
	}
	for _, slug := range m.reviewers[1:] { // one who has answered, and one who has not
		all = append(all, listener{name: slug + " signed in", door: m.as(slug, "en"), token: token(slug), reviews: slug})
	}
	task := m.tasks[m.reviewers[1]]
	link := m.server.Links.Mint(links.KindTask, task.ID, *task.PersonID, task.Generation)
	byLink := m.public("en")
	byLink.header.Set("Cookie", linkCookie+"="+link)
	return append(all, listener{name: "by link", door: byLink, token: link, reviews: m.reviewers[1]})
}

// placesOfNames are pages that tell the officer, beside what was said, whom one asked: there it is looked at entry by entry.
func (m *masked) placesOfNames(door string) bool {
	path, _, _ := strings.Cut(door, "?")
	return slices.Contains([]string{recommendationPath(m.brief.ID), recommendationPath(m.brief.ID) + "/record"}, path)
}

// listen holds everything that somebody is told against what they may know.
func (m *masked) listen(t *testing.T, who listener, closed bool) (heard, joined bool) {
	t.Helper()
	all := m.hears(who.door, who.token)
	require.Greater(t, len(all), 200)
	return m.weigh(t, who, all, closed)
}

// weigh does so for what was told.
func (m *masked) weigh(t *testing.T, who listener, all []told, closed bool) (heard, joined bool) {
	t.Helper()
	leading := map[string][]string{}
	for _, slug := range m.reviewers {
		leading[slug] = m.identities(slug)
	}
	for _, d := range all {
		d.body = strings.ToLower(d.body) // once: no word is told by its case
		for _, slug := range m.reviewers {
			ids := leading[slug]
			others := !who.owner && who.reviews != slug
			if others && m.about(d) && who.reviews != "" && has(d.body, ids[:2]...) {
				t.Errorf("%s is told at %s who %s is", who.name, d.door, slug)
			}
			asks, did := map[string]string{m.reviewers[0]: "numbatconflict", m.reviewers[1]: "numbattime"}[slug]
			if slug != who.reviews && !who.owner && did && has(d.body, asks) {
				t.Errorf("%s is told at %s what %s asked of the officer alone", who.name, d.door, slug)
			}
			if !has(d.body, m.answer(slug)) {
				continue
			}
			heard = true
			both := d.joined(m.answer(slug), ids)
			joined = joined || both
			switch {
			case who.key || who.reviews == slug:
			case !who.owner:
				t.Errorf("%s is told at %s what %s said", who.name, d.door, slug)
			case m.mode == models.AnonymityOpen:
			case !closed:
				t.Errorf("%s is told at %s what %s said, before the round is closed", who.name, d.door, slug)
			case both, !m.placesOfNames(d.door) && has(d.body, ids...):
				t.Errorf("%s is told at %s that it was %s who said it", who.name, d.door, slug)
			}
		}
		if m.mode != models.AnonymityOpen && !who.owner && m.about(d) && has(d.body, "numbatname", "numbatpost") && who.reviews == "" {
			t.Errorf("%s is told at %s who reviews", who.name, d.door)
		}
		if m.mode == models.AnonymityDouble && who.reviews != "" && (m.about(d) && has(d.body, authorWords...) || d.joined(m.brief.Title, authorWords)) {
			t.Errorf("%s is told at %s who wrote the text", who.name, d.door)
		}
	}
	return heard, joined
}

// mailsGoOut sends what is due. An invitation goes before anybody answers, or not at all.
func (m *masked) mailsGoOut(t *testing.T) {
	t.Helper()
	for {
		n, err := m.out.SendBatch(t.Context(), mail.Batch{Transactional: true})
		require.NoError(t, err)
		if n == 0 {
			return
		}
	}
}

// mailsGiveNobodyAway looks for names and words in every mail that went out, those of some kinds among them.
func (m *masked) mailsGiveNobodyAway(t *testing.T, kinds ...models.MailKind) {
	t.Helper()
	for _, kind := range kinds {
		require.NotZero(t, m.counts("outbox", "kind = '"+string(kind)+"'"), "a mail of the kind %s was set off", kind)
	}
	m.mailsGoOut(t)
	total := 0
	for _, one := range m.mails.Messages(catcher.Filter{}) {
		total++
		if strings.Contains(one.To[0], "numbatpost") {
			continue
		}
		for _, text := range m.mailsTo(one.To[0]) {
			require.False(t, has(text, "numbatsaid", "numbattime"), "what a reviewer said goes to nobody else by mail:\n%s", text)
			if m.mode != models.AnonymityOpen && one.To[0] != m.officer.Email {
				require.False(t, has(text, "numbatname", "numbatpost"), text)
			}
		}
	}
	require.Greater(t, total, 4)
	for i, slug := range m.reviewers {
		mails := m.mailsTo(m.person(slug).Email)
		require.NotEmpty(t, mails, slug)
		for _, text := range mails {
			for j, other := range m.reviewers {
				if i != j {
					require.False(t, has(text, append(m.identities(other)[:2], m.answer(other), "numbatfriend")...), "%s is told of %s:\n%s", slug, other, text)
				}
			}
			if m.mode == models.AnonymityDouble {
				require.False(t, has(text, authorWords...), "%s is told who wrote the text:\n%s", slug, text)
			} else {
				require.True(t, has(text, "quaggahouse") || !strings.Contains(text, "would value"), "an invitation says who asks:\n%s", text)
			}
		}
	}
}

// TestAnonymisedRoundsGiveNobodyAway takes a round of each kind from invitation to closing, and looks in every page, file, answer of
// the API and mail, as everybody, for names, addresses, ids and times that tell who said what, and who wrote the text.
func TestAnonymisedRoundsGiveNobodyAway(t *testing.T) {
	t.Parallel()
	for _, mode := range models.Anonymities() {
		t.Run(mode, func(t *testing.T) {
			m := newMasked(t, mode)
			round, err := models.RoundByNumber(t.Context(), m.db, m.brief.ID, 1)
			require.NoError(t, err)
			require.Equal(t, mode, round.Anonymity, "as the procedure says, from its beginning")
			m.mailsGoOut(t)
			m.happens()
			m.says(m.reviewers[0])
			m.say(m.brief.ID, m.person(m.reviewers[0]), models.DecideTakeBack, m.tasks[m.reviewers[0]], models.TakeBackPayload{})
			for _, who := range m.listeners() { // what was taken back is read by who holds the key alone
				if who.owner && !who.key {
					heard, _ := m.listen(t, who, false)
					require.False(t, heard)
				}
			}
			m.says(m.reviewers[0])
			m.says(m.reviewers[1])
			var all []listener
			for _, closed := range []bool{false, true} {
				if closed {
					m.close()
				}
				all = m.listeners()
				for _, who := range all {
					if !closed && who.name != "officer-khc" && who.name != m.reviewers[2]+" signed in" {
						continue // what was not told to anybody later is not told before
					}
					heard, joined := m.listen(t, who, closed)
					switch {
					case who.key:
						require.True(t, joined, "who holds the key knows who said what")
					case who.owner:
						require.Equal(t, mode == models.AnonymityOpen || closed, heard, "%s reads what was said", who.name)
						require.Equal(t, mode == models.AnonymityOpen, joined, "%s reads who said it", who.name)
					case who.reviews == m.reviewers[1]:
						require.True(t, heard, "%s reads their own answer", who.name)
					}
				}
			}
			m.mailsGiveNobodyAway(t, models.MailReviewInvitation, models.MailConflictRuled, models.MailTimeRefused, models.MailMoreTime, models.MailDigest, models.MailNewLink,
				models.MailRoundClosing, models.MailReviewCopy)
			m.sees(t)
			if mode != models.AnonymityOpen {
				m.sends(t, all)
			}
		})
	}
}

// sends looks through what is answered to forms and operations that act, of those who can do most last: by then more has happened than
// a round is made for, and nobody is given away by it either.
func (m *masked) sends(t *testing.T, all []listener) {
	t.Helper()
	for _, name := range []string{"partner-sc-nwb", m.reviewers[2] + " signed in", "officer-khc"} {
		who := all[slices.IndexFunc(all, func(l listener) bool { return l.name == name })]
		told := m.answersTo(who.door, who.token)
		require.Greater(t, len(told), 200)
		heard, _ := m.weigh(t, who, told, true)
		require.Equal(t, who.owner, heard, "what was said stands beside the forms of who decides about it, and there alone")
	}
}

// sees proves that what is looked through can hold names: files are read as they are unpacked, and answers stand under letters.
func (m *masked) sees(t *testing.T) {
	t.Helper()
	officer, home := m.as("officer-khc", "en"), recommendationPath(m.brief.ID)
	require.True(t, has(readable(officer.get(home+"/responses.xlsx").Body), m.answer(m.reviewers[0])))
	for _, form := range []string{"docx", "pdf"} {
		require.True(t, has(readable(officer.get(home+"/versions/1/"+form).Body), "quaggahouse"), form)
	}
	require.True(t, slices.ContainsFunc(m.mailsTo(m.person(m.reviewers[0]).Email), func(text string) bool { return has(text, "begin:vcalendar") }), "calendars, too")
	all, err := models.ReviewsAs(t.Context(), m.db, models.Attribution{}, m.brief.ID, 1)
	require.NoError(t, err)
	letters := ""
	for _, rv := range all {
		require.Equal(t, m.mode != models.AnonymityOpen, rv.Masked)
		letters += rv.Label.Letter()
	}
	require.Equal(t, map[bool]string{true: "", false: "AB"}[m.mode == models.AnonymityOpen], letters)
}

// TestAnonymityNeedsTwoAnswers: a single answer would be its reviewer's, so the authors' side does not read it.
func TestAnonymityNeedsTwoAnswers(t *testing.T) {
	m := newMasked(t, models.AnonymitySingle)
	link, path := m.byLink(m.tasks["expert-02"], m.person("expert-02"), "en")
	page := link.get(path)
	sound(t, page)
	require.Contains(t, page.Body, "Single-anonymised round")
	require.NotContains(t, page.Body, `name="naming"`, "nobody is named in it")
	m.mailsGoOut(t)
	m.says("expert-02")
	require.Equal(t, http.StatusForbidden, m.as("officer-khc", "en").get(recommendationPath(m.brief.ID)+"/on-behalf?task="+m.tasks["expert-06"].ID.String()).StatusCode,
		"who records what somebody said knows it")
	for _, tag := range i18n.Tags() {
		desk := m.as("officer-khc", tag).get(recommendationPath(m.brief.ID) + "/round?task=" + m.tasks["expert-06"].ID.String())
		sound(t, desk)
		require.NotContains(t, desk.Body, "/on-behalf?task=")
		require.Contains(t, desk.Body, i18n.For(tag).T("anonymity.desk_behalf"), "who can is said instead")
	}
	for _, slug := range []string{"expert-06", "expert-12"} {
		m.say(m.brief.ID, m.person(slug), models.DecideDeclineTask, m.tasks[slug], models.DeclinePayload{Suggestions: []models.SuggestionPayload{{Name: "Numbatfriend", Email: "numbatfriend@experts.example"}}})
	}
	m.open(models.TaskChooseReviewer)
	for _, task := range m.open(models.TaskChooseReviewer) {
		m.say(m.brief.ID, m.officer, models.DecideSkipReviewer, &task, models.NoPayload{})
	}
	m.open(models.TaskDecideReview)
	for _, who := range m.listeners() {
		if who.owner {
			heard, _ := m.listen(t, who, false)
			require.Equal(t, who.key, heard, who.name)
		}
	}
	for _, who := range m.listeners() {
		for _, d := range m.hears(who.door, who.token) {
			require.False(t, !who.owner && has(d.body, "numbatfriend"), "%s is told at %s whom a reviewer suggested", who.name, d.door)
		}
	}
	m.mailsGiveNobodyAway(t)
	page = m.as("officer-khc", "en").get(recommendationPath(m.brief.ID) + "/decide-review")
	sound(t, page)
	require.Contains(t, page.Body, "Fewer than two experts answered")
	require.Contains(t, m.as("coordinator", "en").get(recommendationPath(m.brief.ID)+"/decide-review").Body, m.answer("expert-02"))
}

// TestAnonymityIsSaidBeforeAnybodyIsInvited: the officer reads how much the round hides, cannot invite one expert alone, is proposed
// nobody who knows the authors, and is told of names in the text.
func TestAnonymityIsSaidBeforeAnybodyIsInvited(t *testing.T) {
	h := newHouse(t)
	h.nothingRuns()
	h.exec(`UPDATE procedures SET document = jsonb_set(jsonb_set(document, '{review,anonymity}', '"double"'), '{review,enough}', '2')`)
	h.exec(`UPDATE organisations SET name = 'Leaving Care' WHERE id = ?`, h.brief.OrganisationID) // words of the text
	b, path := h.as("officer-khc", "en"), recommendationPath(h.brief.ID)+"/start-review"
	page := b.get(path)
	sound(t, page)
	require.Contains(t, page.Body, "Double-anonymised round")
	require.Contains(t, page.Body, "the text says: Leaving Care")
	require.Contains(t, page.Body, h.person("expert-02").Name)
	require.NotContains(t, page.Body, h.person("expert-01").Name, "an expert of the organisation that wrote it")
	f := form(t, page.Body, path)
	f.Set(expertField(h.person("expert-02").ID), inviteNow)
	f.Set("enough", "1")
	f.Set("do", "check")
	alone := b.post(path, f)
	require.Equal(t, http.StatusUnprocessableEntity, alone.StatusCode)
	sound(t, alone)
	require.Contains(t, alone.Body, "Please invite at least 2.")
	f.Set(expertField(h.person("expert-06").ID), inviteNow)
	require.Contains(t, b.post(path, f).Body, "This must be between 2 and 2.")
	f.Set("enough", "2")
	checked := b.post(path, f)
	require.Equal(t, http.StatusOK, checked.StatusCode)
	require.Contains(t, checked.Body, "experts do not learn who wrote it")
	f.Set(expertField(h.person("expert-01").ID), inviteNow)
	for _, do := range []string{"check", "send"} {
		f.Set("do", do)
		dropped := b.post(path, f)
		require.Equal(t, http.StatusUnprocessableEntity, dropped.StatusCode, "nobody is left out in silence")
		require.Contains(t, dropped.Body, h.person("expert-01").Name+" cannot be asked in this round")
	}
}
