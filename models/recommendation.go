package models

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/apperr"
	"tribuna/internal/record"
)

// Stage is where a recommendation stands before its follow-up.
type Stage string

// The stages of a recommendation. Campaign and follow-up come after and have processes of their own.
const (
	StageDrafting    Stage = "drafting"
	StageReview      Stage = "review"
	StageTranslation Stage = "translation"
	StageSignOff     Stage = "signoff"
	StagePublication Stage = "publication"
	StageDone        Stage = "done" // published and delivered
	StageWithdrawn   Stage = "withdrawn"
)

// RecommendationKinds lists what a recommendation can be.
func RecommendationKinds() []string {
	return []string{"policy_brief", "position_paper", "joint_letter", "alternative_report", "analysis"}
}

// Recommendation is the document a network speaks with, from its first draft.
type Recommendation struct {
	bun.BaseModel `bun:"table:recommendations,alias:r"`

	ID                uuid.UUID `bun:",pk"`
	Slug              string
	Kind              string
	Language          string
	Title             string
	OrganisationID    uuid.UUID
	OfficerID         uuid.UUID
	ProcedureID       uuid.UUID
	Stage             Stage
	StageSince        time.Time
	WithdrawnFrom     *Stage // the stage it stood in; nil unless withdrawn
	Round             int
	HeldAt            *time.Time
	HeldReason        string
	HeldWrittenIn     string     // language of the reason; "" where nobody said
	NeededBy          *time.Time `bun:"type:date"`
	Languages         []string   `bun:",array"`
	CurrentVersionID  *uuid.UUID
	AcceptedVersionID *uuid.UUID
	PublishedAt       *time.Time
	QuarantinedAt     *time.Time // hidden from all but coordinators since; set by Quarantine alone
	CreatedAt         time.Time
	UpdatedAt         time.Time

	Organisation *Organisation           `bun:"rel:belongs-to,join:organisation_id=id"`
	Procedure    *Procedure              `bun:"rel:belongs-to,join:procedure_id=id"`   // read only with RecommendationToDecide
	Origin       *ImportedRecommendation `bun:"rel:has-one,join:id=recommendation_id"` // of an imported one
	// What it is about; read only with withAttributes.
	Countries  []string         `bun:",scanonly,array"` // ISO codes, sorted
	Topics     []string         `bun:",scanonly,array"`
	Challenges []string         `bun:",scanonly,array"`
	GrantIDs   []uuid.UUID      `bun:"grant_ids,scanonly,array"`
	Consulted  []ConsultedGroup `bun:",scanonly,type:json"`
}

// Held reports whether the process is on hold.
func (r Recommendation) Held() bool { return r.HeldAt != nil }

// TargetLanguages lists the languages to translate into: those asked for but the text's own.
func (r Recommendation) TargetLanguages() []string {
	var targets []string
	for _, l := range r.Languages {
		if l != r.Language {
			targets = append(targets, l)
		}
	}
	return targets
}

// Closed reports whether the process before follow-up is over.
func (r Recommendation) Closed() bool { return r.Stage == StageDone || r.Stage == StageWithdrawn }

// ConsultedGroup says who was listened to: how, how many, never who.
type ConsultedGroup struct {
	bun.BaseModel `bun:"table:consulted_groups,alias:cg"`

	ID               uuid.UUID `bun:",pk" json:"-"`
	RecommendationID uuid.UUID `json:"-"`
	People           string    `json:"people" validate:"required,max=200"`
	Method           string    `json:"method" validate:"required,max=200"`
	Number           int       `json:"number" validate:"min=0,max=1000000"`
}

// RecommendationInput is what an officer says of a recommendation beside its text.
type RecommendationInput struct {
	Kind           string           `json:"kind" validate:"required,oneof=policy_brief position_paper joint_letter alternative_report analysis"`
	Language       string           `json:"language" validate:"required,max=20"`
	OrganisationID uuid.UUID        `json:"organisation_id" validate:"required"`
	Procedure      string           `json:"procedure" validate:"required,max=60"` // slug; its newest version is taken
	NeededBy       *Day             `json:"needed_by,omitempty"`
	Languages      []string         `json:"languages" validate:"max=30,unique,dive,required,max=20"`
	Countries      []string         `json:"countries" validate:"max=60,unique,dive,len=2"`
	Topics         []string         `json:"topics" validate:"max=30,unique,dive,required"`
	Challenges     []string         `json:"challenges" validate:"max=30,unique,dive,required"`
	GrantIDs       []uuid.UUID      `json:"grant_ids" validate:"max=20,unique"`
	Consulted      []ConsultedGroup `json:"consulted" validate:"max=50,dive"`
	Draft
}

// CreateRecommendation writes a new recommendation with its first version, its process and the first entry in its
// record. The officer is the person who writes it.
func CreateRecommendation(ctx context.Context, tx bun.IDB, in RecommendationInput, officer Person, now time.Time) (*Recommendation, error) {
	procedure, err := ProcedureBySlug(ctx, tx, in.Procedure)
	if err != nil {
		return nil, asField(err, "procedure")
	}
	id := NewID()
	r := &Recommendation{ID: id, Kind: in.Kind, Language: in.Language, OrganisationID: in.OrganisationID, OfficerID: officer.ID,
		ProcedureID: procedure.ID, Stage: StageDrafting, StageSince: now, Languages: orEmpty(in.Languages),
		NeededBy: in.NeededBy.Time(), CreatedAt: now, UpdatedAt: now}
	r.Slug, err = freeSlug(ctx, tx, in.Title, id)
	if err != nil {
		return nil, err
	}
	r.Title = in.Title
	if _, err := tx.NewInsert().Model(r).Exec(ctx); err != nil {
		return nil, asInvalid(err, map[string]string{"language": "language", "organisation": "organisation_id"})
	}
	if err := OpenProcess(ctx, tx, ProcessRecommendation, id, id, now); err != nil {
		return nil, fmt.Errorf("open process: %w", err)
	}
	if err := r.setAttributes(ctx, tx, in); err != nil {
		return nil, err
	}
	if err := recordCreated(ctx, tx, r, officer, now); err != nil {
		return nil, err
	}
	_, err = SaveVersion(ctx, tx, r, in.Draft, officer, now)
	return r, err
}

// UpdateAttributes changes what stands beside the text, while it is drafted: who reviews and signs off follows from it.
// Kind, organisation and procedure stay as they began. A change is put on record.
func (r *Recommendation) UpdateAttributes(ctx context.Context, tx bun.IDB, in RecommendationInput, by Person, now time.Time) error {
	if err := r.Editable(); err != nil {
		return err
	}
	before := r.attributeFacts()
	if err := r.replaceAttributes(ctx, tx, in, now); err != nil {
		return err
	}
	after := r.attributeFacts()
	if maps.Equal(before, after) {
		return nil
	}
	after, err := inCapacity(ctx, tx, by, r.OrganisationID, after)
	if err != nil {
		return err
	}
	_, err = record.Append(ctx, tx, r.ID, record.Entry{At: now, Verb: "attributes.changed", Actor: by.Pseudonym,
		Capacity: record.Institutional, Organisation: r.OrganisationID, ObjectKind: "recommendation", Object: r.ID,
		Visibility: record.Network, Facts: after})
	return err
}

// AttributesTag is the mark of what stands beside the text: it changes with that and with nothing else.
func (r Recommendation) AttributesTag() (string, error) {
	facts := r.attributeFacts()
	consulted, err := json.Marshal(append([]ConsultedGroup{}, r.Consulted...))
	if err != nil {
		return "", fmt.Errorf("encode who was listened to: %w", err)
	}
	facts["consulted"] = string(consulted)
	raw, err := json.Marshal(facts) // its keys are sorted
	if err != nil {
		return "", fmt.Errorf("encode what stands beside the text: %w", err)
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:16]), nil
}

// UpdateSeenAttributes is UpdateAttributes on top of what was seen: when somebody else changed it meanwhile it is refused
// with CodeOutdated. The process has to be held.
func UpdateSeenAttributes(ctx context.Context, tx bun.IDB, recommendation uuid.UUID, seen string, in RecommendationInput, by Person, now time.Time) error {
	r, err := RecommendationByID(ctx, tx, recommendation)
	if err != nil {
		return err
	}
	if err := r.Editable(); err != nil {
		return err
	}
	tag, err := r.AttributesTag()
	if err != nil {
		return err
	}
	if tag != seen {
		return apperr.About(apperr.CodeOutdated, "attributes")
	}
	return r.UpdateAttributes(ctx, tx, in, by, now)
}

// attributeFacts is what stands beside the text, as the record holds it.
func (r Recommendation) attributeFacts() map[string]string {
	sorted := func(list []string) string { return strings.Join(slices.Sorted(slices.Values(list)), " ") }
	facts := map[string]string{"countries": sorted(r.Countries), "languages": sorted(r.Languages), "topics": sorted(r.Topics),
		"challenges": sorted(r.Challenges), "grants": sorted(idStrings(r.GrantIDs)), "consulted": fmt.Sprint(len(r.Consulted))}
	if r.NeededBy != nil {
		facts["needed_by"] = r.NeededBy.Format(time.DateOnly)
	}
	return facts
}

func (r *Recommendation) replaceAttributes(ctx context.Context, tx bun.IDB, in RecommendationInput, now time.Time) error {
	r.NeededBy, r.Languages, r.UpdatedAt = in.NeededBy.Time(), orEmpty(in.Languages), now
	if _, err := tx.NewUpdate().Model(r).Column("needed_by", "languages", "updated_at").WherePK().Exec(ctx); err != nil {
		return fmt.Errorf("update recommendation: %w", err)
	}
	for _, table := range []string{"recommendation_countries", "recommendation_topics", "recommendation_challenges",
		"recommendation_grants", "consulted_groups"} {
		if _, err := tx.NewDelete().Table(table).Where("recommendation_id = ?", r.ID).Exec(ctx); err != nil {
			return fmt.Errorf("clear %s: %w", table, err)
		}
	}
	return r.setAttributes(ctx, tx, in)
}

func (r *Recommendation) setAttributes(ctx context.Context, tx bun.IDB, in RecommendationInput) error {
	links := []struct {
		path, table, column string
		values              []string
	}{
		{"countries", "recommendation_countries", "country_code", in.Countries},
		{"topics", "recommendation_topics", "topic", in.Topics},
		{"challenges", "recommendation_challenges", "challenge", in.Challenges},
		{"grant_ids", "recommendation_grants", "grant_id", idStrings(in.GrantIDs)},
	}
	for _, l := range links {
		for i, v := range l.values {
			row := map[string]any{"recommendation_id": r.ID, l.column: v}
			_, err := tx.NewInsert().Model(&row).TableExpr("?", bun.Ident(l.table)).On("CONFLICT DO NOTHING").Exec(ctx)
			if isForeignKey(err) {
				return apperr.Invalid(fmt.Sprintf("%s[%d]", l.path, i), "unknown")
			}
			if err != nil {
				return fmt.Errorf("attach %s: %w", l.path, err)
			}
		}
	}
	for _, g := range in.Consulted {
		g.ID, g.RecommendationID = NewID(), r.ID
		if _, err := tx.NewInsert().Model(&g).Exec(ctx); err != nil {
			return fmt.Errorf("attach who was listened to: %w", err)
		}
	}
	r.Countries, r.Topics, r.Challenges, r.GrantIDs, r.Consulted = in.Countries, in.Topics, in.Challenges, in.GrantIDs, in.Consulted
	return nil
}

// RecommendationByID returns a recommendation with what is attached to it, whoever asks: for processes, not readers.
func RecommendationByID(ctx context.Context, db bun.IDB, id uuid.UUID) (*Recommendation, error) {
	r := new(Recommendation)
	err := withAttributes(db.NewSelect().Model(r).Relation("Organisation")).Where("r.id = ?", id).Scan(ctx)
	return r, found(err, "recommendation")
}

// RecommendationToDecide is RecommendationByID together with the procedure it goes by.
func RecommendationToDecide(ctx context.Context, db bun.IDB, id uuid.UUID) (*Recommendation, error) {
	r := new(Recommendation)
	err := withAttributes(db.NewSelect().Model(r).Relation("Organisation").Relation("Procedure")).Where("r.id = ?", id).Scan(ctx)
	return r, found(err, "recommendation")
}

// withAttributes reads with a recommendation what it is about, in the same statement: it stands before every decision.
func withAttributes(q *bun.SelectQuery) *bun.SelectQuery {
	q = q.ColumnExpr("?TableColumns")
	for _, l := range []struct{ table, column, as string }{{"recommendation_countries", "country_code", "countries"}, {"recommendation_topics", "topic", "topics"},
		{"recommendation_challenges", "challenge", "challenges"}, {"recommendation_grants", "grant_id", "grant_ids"}} {
		q = q.ColumnExpr("ARRAY(SELECT ?0 FROM ?1 WHERE recommendation_id = r.id ORDER BY ?0) AS ?2", bun.Ident(l.column), bun.Ident(l.table), bun.Ident(l.as))
	}
	return q.ColumnExpr("(SELECT json_agg(json_build_object('people', cg.people, 'method', cg.method, 'number', cg.number) ORDER BY cg.id) " +
		"FROM consulted_groups AS cg WHERE cg.recommendation_id = r.id) AS consulted")
}

// Save writes where the recommendation stands.
func (r *Recommendation) Save(ctx context.Context, db bun.IDB, now time.Time) error {
	r.UpdatedAt = now
	_, err := db.NewUpdate().Model(r).Column("title", "stage", "stage_since", "withdrawn_from", "round", "held_at", "held_reason", "held_written_in",
		"current_version_id", "accepted_version_id", "published_at", "updated_at").WherePK().Exec(ctx)
	return err
}

// Enter moves the recommendation to a stage.
func (r *Recommendation) Enter(s Stage, now time.Time) { r.Stage, r.StageSince = s, now }
