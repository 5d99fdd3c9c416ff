package models

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
	"tribuna/internal/markdown"
)

// MailingContent is what a mailing has beside its texts, by its kind: a newsletter its items, a mailing whose readers write to
// their representatives the letter and to whom it goes, an announcement the event.
type MailingContent struct {
	Items       []MailingItem    `json:"items,omitempty" validate:"max=30,dive"`
	Letters     []PreparedLetter `json:"letters,omitempty" validate:"max=30,unique=Language,dive"`
	Authorities []uuid.UUID      `json:"authorities,omitempty" validate:"max=100,unique"`
	Event       *MailingEvent    `json:"event,omitempty"`
}

// MailingItem is one item of a newsletter: a published recommendation, said in the words of its publication, or one of its own.
type MailingItem struct {
	RecommendationID *uuid.UUID        `json:"recommendation_id,omitempty"`
	Link             string            `json:"link,omitempty" validate:"omitempty,max=2000,http_url"`
	Texts            []MailingItemText `json:"texts,omitempty" validate:"max=30,unique=Language,dive"`
}

// MailingItemText is an item of a newsletter's own in one language. Body is Markdown without fields.
type MailingItemText struct {
	bun.BaseModel `bun:"table:mailing_item_texts,alias:mit"`

	ItemID   uuid.UUID `bun:",pk" json:"-"`
	Language string    `bun:",pk" json:"language" validate:"required,max=20"`
	Heading  string    `json:"heading" validate:"required,max=200,excludesall=\r\n"`
	Body     string    `json:"body" validate:"required,max=5000"`
}

// PreparedLetter is the letter that readers send by themselves, in one language. Body is sent as it stands.
type PreparedLetter struct {
	bun.BaseModel `bun:"table:mailing_letters,alias:mlt"`

	MailingID uuid.UUID `bun:",pk" json:"-"`
	Language  string    `bun:",pk" json:"language" validate:"required,max=20"`
	Subject   string    `json:"subject" validate:"required,max=200,excludesall=\r\n"`
	Body      string    `json:"body" validate:"required,max=10000"`
}

// mailingItemRow is an item as it is stored.
type mailingItemRow struct {
	bun.BaseModel `bun:"table:mailing_items,alias:mi"`

	ID               uuid.UUID `bun:",pk"`
	MailingID        uuid.UUID
	Position         int
	RecommendationID *uuid.UUID
	Link             string
}

// KindOrCampaign is the kind asked for: a campaign where nothing is said.
func (in MailingInput) KindOrCampaign() string {
	if in.Kind == "" {
		return MailingKindCampaign
	}
	return in.Kind
}

// Check collects all that is wrong at now with a mailing of a kind about a recommendation: its content, whom it is for and its texts.
func (in MailingInput) Check(ctx context.Context, db bun.IDB, kind string, about uuid.UUID, now time.Time) error {
	bad := apperr.New(apperr.CodeInvalid)
	for _, wrong := range []error{checkFields(in.Texts), checkPictures(in.Texts), in.checkFallback(), in.checkContent(ctx, db, kind, about, now),
		in.Audience.Validate(), in.Audience.checkListsAbout(ctx, db, about)} {
		if err := bad.Take(wrong); err != nil {
			return err
		}
	}
	return bad.OrNil()
}

// checkFallback blames a fallback in which nothing is written.
func (in MailingInput) checkFallback() error {
	if !slices.ContainsFunc(in.Texts, func(t MailingText) bool { return t.Language == in.FallbackLanguage }) {
		return apperr.Invalid("fallback_language", "fallback_text")
	}
	return nil
}

// checkContent collects what is wrong with a mailing's content for its kind and the recommendation that it is kept with.
func (in MailingInput) checkContent(ctx context.Context, db bun.IDB, kind string, about uuid.UUID, now time.Time) error {
	bad := apperr.New(apperr.CodeInvalid)
	oneOf(bad, "kind", kind, MailingKindCampaign, MailingKindNewsletter, MailingKindEvent, MailingKindRepresentative)
	if kind != MailingKindNewsletter && len(in.Items) > 0 {
		bad.And("items", "must_be_empty")
	}
	if kind != MailingKindRepresentative && len(in.Letters) > 0 {
		bad.And("letters", "must_be_empty")
	}
	if kind != MailingKindRepresentative && len(in.Authorities) > 0 {
		bad.And("authorities", "must_be_empty")
	}
	if kind != MailingKindEvent && in.Event != nil {
		bad.And("event", "must_be_empty")
	}
	if err := in.checkUntil(ctx, db, bad, kind, now); err != nil {
		return err
	}
	var err error
	switch kind {
	case MailingKindNewsletter:
		err = in.checkItems(ctx, db, bad, about)
	case MailingKindRepresentative:
		err = in.checkLetters(ctx, db, bad)
	case MailingKindEvent:
		in.checkEvent(bad)
	}
	if err != nil {
		return err
	}
	return bad.OrNil()
}

// checkItems: a newsletter carries the recommendation that it is kept with, and each item once; what it carries is published and
// to be read by everybody now.
func (in MailingInput) checkItems(ctx context.Context, db bun.IDB, bad *apperr.Error, about uuid.UUID) error {
	var carried []uuid.UUID
	for i, item := range in.Items {
		path := fmt.Sprintf("items[%d]", i)
		switch {
		case item.RecommendationID == nil && len(item.Texts) == 0:
			bad.And(path, "newsletter_item")
		case item.RecommendationID == nil:
			if !slices.ContainsFunc(item.Texts, func(t MailingItemText) bool { return t.Language == in.FallbackLanguage }) {
				bad.And(path, "fallback_text")
			}
			noPictures(bad, path, item)
			for k, t := range item.Texts {
				noFields(bad, fmt.Sprintf("%s.texts[%d]", path, k), "heading", t.Heading, t.Body)
			}
		case len(item.Texts) > 0 || item.Link != "":
			bad.And(path, "newsletter_item")
		case slices.Contains(carried, *item.RecommendationID):
			bad.And(path, "unique")
		default:
			carried = append(carried, *item.RecommendationID)
		}
	}
	if !slices.Contains(carried, about) {
		bad.And("items", "newsletter_own")
	}
	return checkPublished(ctx, db, bad, carried)
}

// noPictures blames each text of an item that shows a picture: pictures stand in the text above the items, and in an item they would
// be left out of the letter without a word.
func noPictures(bad *apperr.Error, path string, item MailingItem) {
	for i, t := range item.Texts {
		if all := markdown.Pictures(t.Body); len(all) > 0 {
			bad.And(fmt.Sprintf("%s.texts[%d].body", path, i), "mailing_item_picture", "name", all[0].Name)
		}
	}
}

// CheckCarried refuses a newsletter that carries what is not, or no longer, to be read by everybody.
func (m *Mailing) CheckCarried(ctx context.Context, db bun.IDB) error {
	bad := apperr.New(apperr.CodeInvalid)
	if err := checkPublished(ctx, db, bad, m.Carried()); err != nil {
		return err
	}
	return bad.OrNil()
}

func checkPublished(ctx context.Context, db bun.IDB, bad *apperr.Error, carried []uuid.UUID) error {
	if len(carried) == 0 {
		return nil
	}
	n, err := db.NewSelect().TableExpr("recommendations AS r").Where("r.id IN (?) AND r.published_at IS NOT NULL", bun.List(carried)).Where(notQuarantined).Count(ctx)
	if err != nil {
		return fmt.Errorf("read what a newsletter carries: %w", err)
	}
	if int(n) != len(carried) {
		bad.And("items", "newsletter_published")
	}
	return nil
}

func (in MailingInput) checkLetters(ctx context.Context, db bun.IDB, bad *apperr.Error) error {
	if !slices.ContainsFunc(in.Letters, func(l PreparedLetter) bool { return l.Language == in.FallbackLanguage }) {
		bad.And("letters", "fallback_text")
	}
	for i, l := range in.Letters {
		noFields(bad, fmt.Sprintf("letters[%d]", i), "subject", l.Subject, l.Body)
	}
	if len(in.Authorities) == 0 {
		bad.And("authorities", "required")
		return nil
	}
	n, err := db.NewSelect().TableExpr("authorities AS authority").Where("authority.id IN (?)", bun.List(in.Authorities)).
		Where("authority.retired_at IS NULL").Where("authority.email <> '' OR authority.postal_address <> ''").Count(ctx)
	if err != nil {
		return fmt.Errorf("read to whom a letter goes: %w", err)
	}
	if int(n) != len(in.Authorities) {
		bad.And("authorities", "addressee")
	}
	return nil
}

// setContent puts a mailing's content in the place of what it had.
func (m *Mailing) setContent(ctx context.Context, tx bun.IDB, c MailingContent) error {
	for _, table := range []string{"mailing_items", "mailing_letters", "mailing_addressees"} {
		if _, err := tx.NewDelete().Table(table).Where("mailing_id = ?", m.ID).Exec(ctx); err != nil {
			return fmt.Errorf("clear a mailing's content: %w", err)
		}
	}
	for i, item := range c.Items {
		if err := m.addItem(ctx, tx, i, item); err != nil {
			return err
		}
	}
	for i, letter := range c.Letters {
		letter.MailingID = m.ID
		_, err := tx.NewInsert().Model(&letter).Exec(ctx)
		if err = asInvalid(err, map[string]string{"language": fmt.Sprintf("letters[%d].language", i)}); err != nil {
			return err
		}
	}
	for _, a := range c.Authorities {
		if _, err := tx.NewRaw(`INSERT INTO mailing_addressees (mailing_id, authority_id) VALUES (?, ?)`, m.ID, a).Exec(ctx); err != nil {
			return fmt.Errorf("save to whom a letter goes: %w", err)
		}
	}
	m.MailingContent = c
	return m.setEvent(ctx, tx, c.Event)
}

func (m *Mailing) addItem(ctx context.Context, tx bun.IDB, position int, item MailingItem) error {
	row := &mailingItemRow{ID: NewID(), MailingID: m.ID, Position: position, RecommendationID: item.RecommendationID, Link: item.Link}
	if _, err := tx.NewInsert().Model(row).Exec(ctx); err != nil {
		return fmt.Errorf("save an item of a newsletter: %w", err)
	}
	for i, t := range item.Texts {
		t.ItemID = row.ID
		_, err := tx.NewInsert().Model(&t).Exec(ctx)
		if err = asInvalid(err, map[string]string{"language": fmt.Sprintf("items[%d].texts[%d].language", position, i)}); err != nil {
			return err
		}
	}
	return nil
}

// readContent reads what a mailing has beside its texts.
func (m *Mailing) readContent(ctx context.Context, db bun.IDB) error {
	m.MailingContent = MailingContent{}
	var err error
	switch m.Kind {
	case MailingKindNewsletter:
		m.Items, err = MailingItems(ctx, db, m.ID)
	case MailingKindRepresentative:
		if m.Letters, err = PreparedLetters(ctx, db, m.ID); err != nil {
			return err
		}
		err = db.NewSelect().TableExpr("mailing_addressees AS ma").Column("ma.authority_id").Where("ma.mailing_id = ?", m.ID).
			Order("ma.authority_id").Scan(ctx, &m.Authorities)
		if err == nil {
			err = m.readWritingEnd(ctx, db)
		}
	case MailingKindEvent:
		m.Event, err = EventOf(ctx, db, m.ID)
	}
	if err != nil {
		return fmt.Errorf("read a mailing's content: %w", err)
	}
	return nil
}

// MailingItems returns what a newsletter carries, in order.
func MailingItems(ctx context.Context, db bun.IDB, mailing uuid.UUID) ([]MailingItem, error) {
	var rows []mailingItemRow
	if err := db.NewSelect().Model(&rows).Where("mi.mailing_id = ?", mailing).Order("mi.position").Scan(ctx); err != nil {
		return nil, err
	}
	var texts []MailingItemText
	err := db.NewSelect().Model(&texts).Where("mit.item_id IN (SELECT id FROM mailing_items WHERE mailing_id = ?)", mailing).Order("mit.language").Scan(ctx)
	items := make([]MailingItem, len(rows))
	for i, row := range rows {
		items[i] = MailingItem{RecommendationID: row.RecommendationID, Link: row.Link}
		for _, t := range texts {
			if t.ItemID == row.ID {
				items[i].Texts = append(items[i].Texts, t)
			}
		}
	}
	return items, err
}

// Text returns an item of a newsletter's own as a reader of a language gets it: in that language, else in the fallback. Nil of
// an item that has neither.
func (i MailingItem) Text(language, fallback string) *MailingItemText {
	for _, tag := range []string{language, fallback} {
		for k := range i.Texts {
			if i.Texts[k].Language == tag {
				return &i.Texts[k]
			}
		}
	}
	return nil
}

// Carried returns the recommendations that a newsletter carries, in order.
func (c MailingContent) Carried() []uuid.UUID {
	var ids []uuid.UUID
	for _, item := range c.Items {
		if item.RecommendationID != nil {
			ids = append(ids, *item.RecommendationID)
		}
	}
	return ids
}

// CarriedText is a published recommendation as a newsletter says it to readers of a language.
type CarriedText struct {
	ID        uuid.UUID
	Slug      string
	Title     string
	Body      string // Markdown
	Language  string // of title and body
	Owner     string
	Countries []string `bun:",array"` // it is about
}

// CarriedTexts returns recommendations as they are published in a language: in that language, else in English, else as they were
// written. What is hidden or not published is not among them.
func CarriedTexts(ctx context.Context, db bun.IDB, ids []uuid.UUID, language string) (map[uuid.UUID]CarriedText, error) {
	var list []CarriedText
	q := db.NewSelect().TableExpr("recommendations AS r").ColumnExpr("r.id, r.slug, text.title, text.body, text.language, owner.name AS owner").
		ColumnExpr("ARRAY(SELECT rc.country_code FROM recommendation_countries AS rc WHERE rc.recommendation_id = r.id ORDER BY 1) AS countries").
		Join("JOIN organisations AS owner ON owner.id = r.organisation_id").
		Join("JOIN publications AS pu ON pu.recommendation_id = r.id").
		Join("JOIN LATERAL "+editionFor+" AS text ON true", language).
		Where("r.published_at IS NOT NULL").Where(notQuarantined)
	if err := whereIn(q, "r.id", ids).Scan(ctx, &list); err != nil {
		return nil, fmt.Errorf("read what a newsletter carries: %w", err)
	}
	texts := make(map[uuid.UUID]CarriedText, len(list))
	for _, t := range list {
		texts[t.ID] = t
	}
	return texts, nil
}

// carriesNothingHidden is true of a mailing (alias m) none of whose items is about a text in quarantine.
const carriesNothingHidden = `NOT EXISTS (SELECT 1 FROM mailing_items AS item JOIN recommendations AS hidden ON hidden.id = item.recommendation_id
	WHERE item.mailing_id = m.id AND hidden.quarantined_at IS NOT NULL)`

// HidesSomething reports whether a text that a mailing is about or carries is hidden: while it is, nothing of the mailing leaves.
func (m *Mailing) HidesSomething(ctx context.Context, db bun.IDB) (bool, error) {
	shown, err := db.NewSelect().TableExpr("mailings AS m").Join("JOIN recommendations AS r ON r.id = m.recommendation_id").
		Where("m.id = ?", m.ID).Where(notQuarantined).Where(carriesNothingHidden).Exists(ctx)
	if err != nil {
		return false, fmt.Errorf("read whether a mailing carries what is hidden: %w", err)
	}
	return !shown, nil
}
