package web

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/google/uuid"

	"tribuna/internal/i18n"
	"tribuna/models"
)

// heldFacts is what is kept about somebody beyond what they say of themselves.
type heldFacts struct {
	Holder     models.DataHolder
	Origin     []labelled
	Kept       []labelled
	Lists      []labelled // that they are on, and since when
	Gets       bool       // mailings
	Consents   []consentRow
	Mails      []heldMail // the newest
	MoreMails  int        // that are not shown
	Suppressed string     // why nothing is sent to their address; "" where mails are
}

// heldMail is a mail that was written to somebody.
type heldMail struct {
	At                Moment
	What, Lang, State string
}

// shownMails is how many mails the page shows; all of them stand in the file.
const shownMails = 100

func (s *Server) heldAbout(ctx context.Context, l *i18n.Localizer, p models.Person, zone *time.Location) (h heldFacts, err error) {
	if h.Holder, err = models.DataHolderOf(ctx, s.DB); err != nil {
		return h, err
	}
	if h.Origin, err = s.originFacts(ctx, l, p, zone); err != nil {
		return h, err
	}
	kept, err := models.KeptAboutPerson(ctx, s.DB, p.ID)
	if err != nil {
		return h, err
	}
	h.Kept = keptFacts(l, kept)
	lists, err := models.ListsOfPerson(ctx, s.DB, p.ID)
	if err != nil {
		return h, err
	}
	for _, list := range lists {
		h.Lists = append(h.Lists, labelled{l.T("list.named", "Name", list.Name, "Owner", listOwner(l, list.Owner)),
			i18n.Said(l.T("list.since", "Date", l.Date(list.AddedAt, zone)))})
	}
	agreed, err := models.ConsentsOf(ctx, s.DB, models.ConsentFilter{Person: p.ID})
	if err != nil {
		return h, err
	}
	h.Gets, h.Consents = p.Mailable(), consentRows(l, agreed, zone)
	if h.Suppressed, err = s.suppressedInWords(ctx, l, p, zone); err != nil {
		return h, err
	}
	mails, err := models.MailsToPerson(ctx, s.DB, p)
	if err != nil {
		return h, err
	}
	h.MoreMails = max(0, len(mails)-shownMails)
	for _, m := range mails[:len(mails)-h.MoreMails] {
		h.Mails = append(h.Mails, mailInWords(l, m, zone))
	}
	return h, nil
}

//i18n:keys operations.mail.*
func mailInWords(l *i18n.Localizer, m models.MailToPerson, zone *time.Location) heldMail {
	row := heldMail{At: Moment{m.At, zone}, What: m.Subject, Lang: m.Language}
	if m.Subject == "" {
		row.What, row.Lang = l.T("operations.mail."+string(m.Kind)), ""
	}
	switch m.State {
	case models.MailDelivered:
		row.State = l.T("mailing.delivered")
	case models.MailBounced:
		row.State = l.T("mailing.bounced")
	case models.MailFailed:
		row.State = l.T("mailing.failed")
	case models.MailUnknown:
		row.State = l.T("mailing.unknown")
	case models.MailCancelled:
		row.State = l.T("mailing.cancelled")
	default:
		row.State = l.T("mailing.outcome.waiting")
	}
	return row
}

// wantedFacts are what somebody wants of the mailings.
func (s *Server) wantedFacts(r *http.Request, p models.Person) ([]labelled, error) {
	l := Localizer(r)
	pref, err := models.PreferenceOf(r.Context(), s.DB, p.ID)
	if err != nil {
		return nil, err
	}
	var kinds []string
	for _, kind := range models.MailingKinds() {
		if !slices.Contains(pref.Refused, kind) {
			kinds = append(kinds, l.T("preference.kind."+kind))
		}
	}
	facts := []labelled{{l.T("preference.at_most"), i18n.Said(l.T("preference.at_most." + pref.AtMost))}, {l.T("preference.kinds"), i18n.Said(l.ListAnd(kinds))}}
	_, all, err := s.knowsOptions(r)
	if err != nil {
		return nil, err
	}
	var topics []i18n.Words
	for _, o := range all {
		if slices.Contains(pref.Topics, o.Value) {
			topics = append(topics, o.words(l))
		}
	}
	names, err := s.countryNames(r)
	if err != nil {
		return nil, err
	}
	if len(topics) > 0 {
		facts = append(facts, labelled{l.T("preference.topics"), l.List(topics)})
	}
	if len(pref.Countries) > 0 {
		facts = append(facts, labelled{l.T("preference.countries"), names.list(pref.Countries)})
	}
	return facts, nil
}

// heldRecord is what is kept about somebody as a programme reads it.
type heldRecord struct {
	Name       string           `json:"name"`
	Email      string           `json:"email"`
	Language   string           `json:"language"`
	Country    string           `json:"country,omitempty"`
	Since      time.Time        `json:"since"`
	Origin     *heldOrigin      `json:"origin,omitempty"`
	Mailable   bool             `json:"gets_mailings"`
	Wants      heldWishes       `json:"wants"`
	Languages  []string         `json:"languages,omitempty"`
	Topics     []string         `json:"expertise,omitempty"`
	Lists      []heldList       `json:"lists"`
	Consents   []consentProof   `json:"consents"`
	Mails      []heldMailRecord `json:"mails"`
	Suppressed *heldSuppression `json:"not_written_to,omitempty"`
}

type heldOrigin struct {
	Source string    `json:"source"`
	Basis  string    `json:"basis"`
	At     time.Time `json:"at"`
}

type heldWishes struct {
	AtMost    string   `json:"at_most"`
	Refused   []string `json:"kinds_refused"`
	Topics    []string `json:"topics"`
	Countries []string `json:"countries"`
}

type heldList struct {
	ID    uuid.UUID `json:"id"`
	Name  string    `json:"name"`
	Owner string    `json:"owner,omitempty"`
	Since time.Time `json:"since"`
}

type heldMailRecord struct {
	At       time.Time `json:"at"`
	Kind     string    `json:"kind"`
	Subject  string    `json:"subject,omitempty"`
	Language string    `json:"language,omitempty"`
	State    string    `json:"state"`
}

type heldSuppression struct {
	Reason string    `json:"reason"`
	Since  time.Time `json:"since"`
}

func (s *Server) heldRecord(ctx context.Context, p models.Person) (*heldRecord, error) {
	h := &heldRecord{Name: p.Name, Email: p.Email, Language: p.Language, Country: p.CountryCode, Since: p.CreatedAt.UTC(), Mailable: p.Mailable(),
		Languages: p.Languages, Topics: p.Topics, Lists: []heldList{}, Mails: []heldMailRecord{}}
	origin, err := models.DataOriginOf(ctx, s.DB, p.ID)
	if err != nil {
		return nil, err
	}
	if origin.Source != "" {
		h.Origin = &heldOrigin{origin.Source, origin.Basis, origin.At.UTC()}
	}
	pref, err := models.PreferenceOf(ctx, s.DB, p.ID)
	if err != nil {
		return nil, err
	}
	h.Wants = heldWishes{pref.AtMost, orNone(pref.Refused), orNone(pref.Topics), orNone(pref.Countries)}
	lists, err := models.ListsOfPerson(ctx, s.DB, p.ID)
	if err != nil {
		return nil, err
	}
	for _, list := range lists {
		h.Lists = append(h.Lists, heldList{list.ID, list.Name, list.Owner, list.AddedAt.UTC()})
	}
	agreed, err := models.ConsentsOf(ctx, s.DB, models.ConsentFilter{Person: p.ID})
	if err != nil {
		return nil, err
	}
	h.Consents = proofsOf(agreed)
	mails, err := models.MailsToPerson(ctx, s.DB, p)
	if err != nil {
		return nil, err
	}
	for _, m := range mails {
		h.Mails = append(h.Mails, heldMailRecord{m.At.UTC(), string(m.Kind), m.Subject, m.Language, string(m.State)})
	}
	why, err := models.SuppressionOf(ctx, s.DB, p.Email)
	if why != nil {
		h.Suppressed = &heldSuppression{why.Reason, why.CreatedAt.UTC()}
	}
	return h, err
}

// orNone is a list that JSON writes as one where nothing is in it.
func orNone(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}
