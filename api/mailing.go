package api

import (
	"cmp"
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/access"
	"tribuna/internal/apperr"
	"tribuna/models"
)

// Mailing is one sending with how far it got.
type Mailing struct {
	ID               uuid.UUID            `json:"id"`
	CampaignID       uuid.UUID            `json:"campaign_id"`
	RecommendationID uuid.UUID            `json:"recommendation_id"`
	Title            string               `json:"title"` // of the campaign
	State            models.MailingState  `json:"state"`
	Audience         models.Audience      `json:"audience"`
	FallbackLanguage string               `json:"fallback_language"`
	Texts            []models.MailingText `json:"texts"`
	Revision         int                  `json:"revision"`
	CreatedAt        time.Time            `json:"created_at"`
	LaunchedAt       *time.Time           `json:"launched_at,omitempty"`
	FinishedAt       *time.Time           `json:"finished_at,omitempty"`
	Progress         Progress             `json:"progress"`
	CountsLinks      bool                 `json:"counts_links"` // how often links are followed, not by whom

	Kind       string      `json:"kind"`                  // campaign, newsletter, event or representative
	WriteUntil *models.Day `json:"write_until,omitempty"` // last day on which readers write to their representatives, where those are; absent: no end
	models.MailingContent
	Written int `json:"written"` // people who say that they wrote to their representatives

	Schedule *models.MailingTime `json:"schedule,omitempty"` // when it leaves, as it was said
	AtNight  bool                `json:"at_night"`           // also at night where its readers live
	NextAt   *time.Time          `json:"next_at,omitempty"`  // while scheduled: when it leaves or goes on next; while asking, or paused before it began: when it should have

	Stopped *models.MailingStop `json:"stopped,omitempty"` // why it paused by itself, until somebody lets it go on
	Waits   []MailingWait       `json:"waits,omitempty"`   // what mails wait for, what is over first at the head

	EditionGap *EditionGap `json:"edition_gap,omitempty"` // absent where nothing is missing, and in lists
}

// MailingWait is something that mails of a mailing wait for.
type MailingWait struct {
	Why    models.WaitReason `json:"why"`              // minute, domain, day, slow or server
	Domain string            `json:"domain,omitempty"` // of addresses; absent where it is about all
	Most   int               `json:"most,omitempty"`   // that go in a minute or a day
	Until  time.Time         `json:"until"`            // of a server: when it is tried again
	Since  *time.Time        `json:"since,omitempty"`  // when a server did not answer first
	Server string            `json:"server,omitempty"` // which, by host and port
}

// Progress counts the mails of a mailing by what came of them.
type Progress struct {
	Total     int `json:"total"`
	Pending   int `json:"pending"`
	Delivered int `json:"delivered"`
	Failed    int `json:"failed"`
	Unknown   int `json:"unknown"` // they may have left; they are not sent again
	Cancelled int `json:"cancelled"`
	Bounced   int `json:"bounced"` // taken by the mail server, and returned

	PerMinute   int `json:"per_minute,omitempty" about:"Mails that leave in a minute, by what left lately; absent while it is not being sent, or where none left during the last minute."`
	SecondsLeft int `json:"seconds_left,omitempty" about:"What may leave now takes at this speed; absent where nobody can say."`
}

func progressOf(n models.MailCounts) Progress {
	return Progress{Total: n.Total(), Pending: n.Pending(), Delivered: n.Delivered, Failed: n.Failed, Unknown: n.Unknown, Cancelled: n.Cancelled, Bounced: n.Bounced}
}

// AudienceSize is how many people of an audience may be written to and want the mailing.
type AudienceSize struct {
	Total     int             `json:"total"` // what a launch expects
	Languages []LanguageCount `json:"languages"`
	NotSent   NotSent         `json:"not_sent"`
	Sample    []Sampled       `json:"sample"`
}

// NotSent counts those of an audience who are not written to, each once.
type NotSent struct {
	NoConsent    int `json:"no_consent"`
	Unsubscribed int `json:"unsubscribed"`
	Suppressed   int `json:"suppressed"`
	Left         int `json:"left"`

	OtherKind      int `json:"other_kind"`      // want no mailings of this kind
	OtherTopics    int `json:"other_topics"`    // want to hear about other topics
	OtherCountries int `json:"other_countries"` // want to hear about other countries
	TooSoon        int `json:"too_soon"`        // want mailings less often, and have got one or are about to

	Acted int `json:"acted"` // did what is asked for, and are left out for that
}

// Sampled is one of an audience.
type Sampled struct {
	PersonID uuid.UUID `json:"person_id"`
	Name     string    `json:"name,omitempty"` // absent where you may not know it
	Language string    `json:"language"`
	Country  string    `json:"country,omitempty"`
}

// LanguageCount is how many of them are written to in a language.
type LanguageCount struct {
	Language string `json:"language"`
	People   int    `json:"people"`
}

var audienceParams = []param{{"countries", "one or several codes", text}, {"languages", "one or several tags", text}, {"roles", "one or several; none: who has none, as those who subscribed by themselves", text},
	{"organisations", "one or several ids", text}, {"topics", "that they know or ticked as of interest, one or several", text}, {"engagement", "reviewed, signed_off, acted, sent or not_sent; any of several", text},
	{"except_acted", "true: not who has acted", text}, {"except_organisations", "one or several ids", text}, {"except_mailings", "not who was sent one of these", text},
	{"lists", "on one of these lists, one or several ids", text}, {"except_lists", "not who is on one of these", text},
	{"except_people", "one or several ids", text}, {"not_reached", "only whom none of these mailings reached", text},
	{"again", "ids of people who may have one of those, and count all the same", text},
	{"again_unknown", "true: all of whom it is not known count all the same", text}}

func (s *server) mailingRoutes() []route {
	const one = "/mailings/{id}"
	return []route{
		{method: http.MethodGet, path: "/recommendations/{id}/mailings", id: "listMailings", tag: "campaign", summary: "Its mailings, newest first", reply: list[Mailing]{}, serve: s.listMailings},
		{method: http.MethodPost, path: "/recommendations/{id}/mailings", id: "createMailing", tag: "campaign", summary: "Draft a mailing for a published recommendation",
			key: true, body: models.MailingInput{}, status: http.StatusCreated, reply: Mailing{}, serve: s.createMailing},
		{method: http.MethodGet, path: "/recommendations/{id}/audience", id: "countAudience", tag: "campaign", summary: "How many people an audience has", query: append([]param{{"name", "words or parts of a name: sample are those found by it", text}, {"kind", "of the mailing: campaign if absent", text}, {"carries", "ids of the recommendations that a newsletter carries", text}}, audienceParams...),
			reply: AudienceSize{}, serve: s.countAudience},
		{method: http.MethodGet, path: one, id: "getMailing", tag: "campaign", summary: "A mailing and how far it got; its ETag is the revision", reply: Mailing{}, serve: s.getMailing},
		{method: http.MethodPut, path: one, id: "editMailing", tag: "campaign", summary: "Change a mailing that is a draft, on top of the revision seen",
			match: true, body: models.MailingInput{}, reply: Mailing{}, serve: s.editMailing},
		{method: http.MethodGet, path: one + "/audience", id: "countMailingAudience", tag: "campaign", summary: "How many people it would reach now", reply: AudienceSize{}, serve: s.mailingAudience,
			query: []param{{"name", "words or parts of a name: sample are those found by it", text}}},
		{method: http.MethodGet, path: one + "/preview", id: "previewMailing", tag: "campaign", summary: "What a reader of a language will get", reply: Preview{}, serve: s.previewMailing,
			query: []param{{"language", "tag; the fallback's if absent", text}, {"person", "one of its audience whom you may know by name; yourself, as in the test, if absent", text}}},
		{method: http.MethodPost, path: one + "/test", id: "testMailing", tag: "campaign", summary: "Send it to yourself, marked as a test",
			key: true, body: MailingTest{}, status: http.StatusNoContent, serve: s.testMailing},
		{method: http.MethodGet, path: one + "/recipients", id: "listRecipients", tag: "campaign", summary: "Who gets it, and what came of it", reply: list[Recipient]{}, serve: s.listRecipients,
			query: append([]param{{"state", "queued, claimed, sending, delivered, failed, unknown, cancelled or bounced; all if absent", text},
				{"q", "words or parts of words of a name, or a whole address", text}}, pageParams...)},
	}
}

// mailing reads the one the path names and its recommendation, for somebody who may do the action with it.
func (c *call) mailing(action access.Action) (*models.Mailing, *models.Recommendation, error) {
	id, err := c.id("mailing")
	if err != nil {
		return nil, nil, err
	}
	m, err := models.MailingByID(c.ctx(), c.s.DB, id)
	if err != nil {
		return nil, nil, err
	}
	rec, err := models.RecommendationByID(c.ctx(), c.s.DB, m.RecommendationID)
	if err != nil {
		return nil, nil, err
	}
	err = c.can(action, rec, nil)
	if apperr.CodeOf(err) == apperr.CodeNotFound {
		err = apperr.NotFound("mailing")
	}
	return m, rec, err
}

func (s *server) listMailings(c *call) (reply, error) {
	rec, err := c.recommendation()
	if err != nil {
		return reply{}, err
	}
	if err := c.can(access.CreateMailing, rec, nil); err != nil { // as those who may make one
		return reply{}, err
	}
	rows, err := models.MailingsOf(c.ctx(), s.DB, rec.ID)
	if err != nil {
		return reply{}, err
	}
	views := make([]Mailing, 0, len(rows))
	for i := range rows {
		v, err := s.mailingView(c, &rows[i])
		if err != nil {
			return reply{}, err
		}
		views = append(views, v)
	}
	return reply{body: list[Mailing]{Items: views}}, nil
}

func (s *server) createMailing(c *call) (reply, error) {
	rec, err := c.owned(access.CreateMailing)
	if err != nil {
		return reply{}, err
	}
	in, err := mailingInput(c)
	if err != nil {
		return reply{}, err
	}
	id, created, err := c.once(in, func(ctx context.Context, tx bun.Tx) (uuid.UUID, error) {
		m, err := models.CreateMailing(ctx, tx, rec, in, c.who.person.ID, c.now())
		if err != nil {
			return uuid.Nil, err
		}
		return m.ID, nil
	})
	if err != nil {
		return reply{}, err
	}
	return s.madeMailing(c, id, created)
}

// madeMailing shows a mailing that was made, now or by the same request before; one made now begins its process.
func (s *server) madeMailing(c *call, id uuid.UUID, now bool) (reply, error) {
	if now {
		s.Processes.StartSoon(c.ctx(), id)
	}
	answer, err := s.showMailing(c, id)
	answer.status, answer.location = http.StatusCreated, s.BaseURL+Prefix+"/mailings/"+id.String()
	return answer, err
}

func mailingInput(c *call) (models.MailingInput, error) {
	in, err := decodeValid[models.MailingInput](c)
	if err != nil {
		return in, err
	}
	return in, in.Audience.Validate()
}

func (s *server) getMailing(c *call) (reply, error) {
	m, _, err := c.mailing(access.ReadMailing)
	if err != nil {
		return reply{}, err
	}
	return s.showMailing(c, m.ID)
}

func (s *server) showMailing(c *call, id uuid.UUID) (reply, error) {
	m, err := models.MailingByID(c.ctx(), s.DB, id)
	if err != nil {
		return reply{}, err
	}
	v, err := s.mailingView(c, m)
	if err != nil {
		return reply{}, err
	}
	v.EditionGap, err = s.editionGap(c, m)
	return reply{body: v, etag: mailingTag(v)}, err
}

// mailingTag is the revision while it is a draft; afterwards its progress moves too.
func mailingTag(m Mailing) string {
	if m.State == models.MailingDraft {
		return strconv.Itoa(m.Revision)
	}
	return ""
}

func (s *server) editMailing(c *call) (reply, error) {
	m, _, err := c.mailing(access.EditMailing)
	if err != nil {
		return reply{}, err
	}
	in, err := mailingInput(c)
	if err != nil {
		return reply{}, err
	}
	err = c.inTx(func(ctx context.Context, tx bun.Tx) error {
		_, err := models.EditMailing(ctx, tx, m.ID, c.revision(), in, c.now())
		return err
	})
	if apperr.CodeOf(err) == apperr.CodeOutdated {
		now, failed := s.showMailing(c, m.ID)
		if failed != nil {
			return reply{}, failed
		}
		return reply{}, outdated{what: "mailing", current: now.body, yours: in}
	}
	if err != nil {
		return reply{}, err
	}
	return s.showMailing(c, m.ID)
}

func (s *server) countAudience(c *call) (reply, error) {
	rec, err := c.recommendation()
	if err != nil {
		return reply{}, err
	}
	if err := c.can(access.CreateMailing, rec, nil); err != nil {
		return reply{}, err
	}
	a, err := c.queryAudience(rec.ID)
	if err != nil {
		return reply{}, err
	}
	if err := a.Validate(); err != nil {
		return reply{}, err
	}
	reach := models.Readership{Audience: a, At: c.now()}
	if reach.Kind, err = queryOneOf(c, "kind", models.MailingKinds()); err != nil {
		return reply{}, err
	}
	reach.Kind = cmp.Or(reach.Kind, models.MailingKindCampaign)
	if reach.Carries, err = c.queryIDs("carries"); err != nil {
		return reply{}, err
	}
	return s.audienceSize(c, reach)
}

func (s *server) mailingAudience(c *call) (reply, error) {
	m, _, err := c.mailing(access.ReadMailing)
	if err != nil {
		return reply{}, err
	}
	return s.audienceSize(c, m.Readership(c.now()))
}

func (s *server) audienceSize(c *call, a models.Readership) (reply, error) {
	counts, err := models.MailingAudienceCounts(c.ctx(), s.DB, a)
	if err != nil {
		return reply{}, err
	}
	v := AudienceSize{Languages: listOf(counts, func(n models.AudienceCount) LanguageCount { return LanguageCount(n) }).Items}
	for _, n := range counts {
		v.Total += n.People
	}
	kept, err := models.MailingAudienceKept(c.ctx(), s.DB, a)
	if err != nil {
		return reply{}, err
	}
	v.NotSent = NotSent{NoConsent: kept.NoConsent, Unsubscribed: kept.Unsubscribed, Suppressed: kept.Suppressed, Left: kept.Left,
		OtherKind: kept.OtherKind, OtherTopics: kept.OtherTopics, OtherCountries: kept.OtherCountries, TooSoon: kept.TooSoon, Acted: kept.Acted}
	v.Sample, err = s.audienceSample(c, a)
	return reply{body: v}, err
}

func (s *server) mailingView(c *call, m *models.Mailing) (Mailing, error) {
	v := Mailing{ID: m.ID, CampaignID: m.CampaignID, RecommendationID: m.RecommendationID, State: m.State, Audience: m.Audience,
		FallbackLanguage: m.FallbackLanguage, Texts: orEmpty(m.Texts), Revision: m.Revision, CreatedAt: m.CreatedAt, LaunchedAt: m.LaunchedAt,
		FinishedAt: m.FinishedAt, CountsLinks: m.CountsLinks, Schedule: m.Schedule, AtNight: m.AtNight, NextAt: m.NextAt, Kind: m.Kind, WriteUntil: dayOrNone(m.WriteUntil),
		MailingContent: m.MailingContent}
	if m.Campaign != nil {
		v.Title = m.Campaign.Title
	}
	var err error
	if v.Written, _, err = models.WrittenCount(c.ctx(), s.DB, m.ID, uuid.Nil); err != nil {
		return v, err
	}
	switch m.State {
	case models.MailingSending:
		err = s.sendingView(c, &v)
		return v, err
	case models.MailingPaused:
		v.Stopped = m.Stopped
	}
	counts, err := models.MailingCounts(c.ctx(), s.DB, m.ID)
	v.Progress = progressOf(counts)
	return v, err
}

// sendingView adds to a mailing that is being sent how far it got, how fast it goes and what its mails wait for.
func (s *server) sendingView(c *call, v *Mailing) error {
	waits, err := models.MailingWaits(c.ctx(), s.DB, v.ID, s.Now())
	if err != nil {
		return err
	}
	for _, w := range waits {
		v.Waits = append(v.Waits, MailingWait{w.Why, w.Domain, w.Most, w.Until, w.Since, w.Server})
	}
	counts, speed, err := models.MailingProgress(c.ctx(), s.DB, v.ID, waits, s.Now())
	v.Progress = progressOf(counts)
	if counts.Pending() > 0 {
		v.Progress.PerMinute, v.Progress.SecondsLeft = speed.PerMinute, int((speed.Left+time.Second-1)/time.Second)
	}
	return err
}
