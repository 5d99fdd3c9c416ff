package models

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/access"
	"tribuna/internal/apperr"
	"tribuna/internal/record"
)

// askedInAMorning is about how many imported measures an organisation is asked first on one morning. Who takes on a
// country's hundred measures at once is asked about them over some working days, not in a hundred mails before nine.
const askedInAMorning = 10

// FocalPointInput names the organisation that is asked from now on what became of measures.
type FocalPointInput struct {
	OrganisationID uuid.UUID `json:"organisation_id" validate:"required"`
}

// FocalPointObject is a follow-up, or those of many recommendations where rec is nil, as the table of roles sees it
// when an organisation is to become its focal point.
func FocalPointObject(ctx context.Context, db bun.IDB, rec *Recommendation, organisation uuid.UUID) (access.Object, error) {
	o := access.Object{Kind: "followup", Stage: string(StageDone), Published: true}
	q := db.NewSelect().TableExpr("organisation_countries AS oc").ColumnExpr("DISTINCT oc.organisation_id")
	if rec != nil {
		var err error
		if o, err = AccessObject(ctx, db, rec, nil); err != nil {
			return o, err
		}
		q = q.Join("JOIN recommendation_countries AS rc ON rc.country_code = oc.country_code").Where("rc.recommendation_id = ?", rec.ID)
	}
	o.TaskOrganisations = []uuid.UUID{organisation}
	if err := q.Scan(ctx, &o.InCountries); err != nil {
		return o, fmt.Errorf("read who works in a country: %w", err)
	}
	return o, nil
}

// FocalPointCountries lists the countries in which somebody may have these organisations follow measures; nil is
// everywhere.
func FocalPointCountries(ctx context.Context, db bun.IDB, actor access.Actor, organisations []uuid.UUID) ([]string, error) {
	anywhere := access.Object{Kind: "followup", Stage: string(StageDone), Published: true, TaskOrganisations: organisations}
	if access.Can(actor, access.AssignFocalPoint, anywhere) == nil {
		return nil, nil
	}
	countries := []string{}
	err := db.NewSelect().TableExpr("organisation_countries AS oc").ColumnExpr("DISTINCT oc.country_code").
		Where("oc.organisation_id IN (?)", bun.List(append([]uuid.UUID{uuid.Nil}, organisations...))).OrderExpr("1").Scan(ctx, &countries)
	if err != nil {
		return nil, fmt.Errorf("read the countries of organisations: %w", err)
	}
	return countries, nil
}

// AssignFocalPoints makes an organisation the focal point of the follow-ups of a filter that have none, and returns
// their ids. Their processes begin with it: progress is asked for first when the procedure says, counted from now. What
// has a focal point already, or was ended, stays as it is. Where one is among them that whoever assigns may not give to the
// organisation, none is.
func AssignFocalPoints(ctx context.Context, tx bun.IDB, f FollowUpFilter, organisation uuid.UUID, by Person, now time.Time) ([]uuid.UUID, error) {
	org, err := OrganisationByID(ctx, tx, organisation)
	if err != nil {
		return nil, asField(err, "organisation_id")
	}
	if !org.IsMemberOn(now) {
		return nil, apperr.Invalid("organisation_id", "unknown")
	}
	f.Unfollowed, f.Limit, f.After = true, 0, nil
	if err := f.weigh(ctx, tx); err != nil {
		return nil, err
	}
	var list []FollowUp
	err = tx.NewSelect().Model(&list).Relation("Measure").Relation("Authority").Relation("Recommendation").Apply(f.apply).
		Order("fu.created_at", "fu.id").For("UPDATE OF fu").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read what nobody follows: %w", err)
	}
	a := &assigning{tx: tx, org: org, by: by, now: now, spans: map[uuid.UUID]Span{}, zones: map[string]*time.Location{}}
	if err := a.entitled(ctx, list); err != nil {
		return nil, err
	}
	return a.take(ctx, list)
}

// AssignMany does so for as many as whoever assigns was told, and puts it into the journal. Where there are more or fewer by
// now, nothing is done.
func AssignMany(ctx context.Context, tx bun.IDB, f FollowUpFilter, number int, organisation uuid.UUID, by Person, now time.Time) error {
	taken, err := AssignFocalPoints(ctx, tx, f, organisation, by, now)
	switch {
	case err != nil:
		return err
	case len(taken) != number:
		return apperr.Invalid("focal_point", "number_changed")
	}
	return Journal(ctx, tx, by, now, JournalEntry{Verb: "followups.assigned", ObjectKind: "organisation", Object: organisation,
		Facts: map[string]string{"measures": strconv.Itoa(number)}})
}

// AssignFocalPoint does the same for one follow-up, and refuses one that has a focal point or was ended.
func AssignFocalPoint(ctx context.Context, tx bun.IDB, id, organisation uuid.UUID, by Person, now time.Time) error {
	taken, err := AssignFocalPoints(ctx, tx, FollowUpFilter{ID: id}, organisation, by, now)
	if err != nil || len(taken) == 1 {
		return err
	}
	f, err := FollowUpByID(ctx, tx, id)
	if err != nil {
		return err
	}
	if f.EndedAt == nil && f.OrganisationID != nil && *f.OrganisationID == organisation {
		return nil // the same again
	}
	return apperr.About(apperr.CodeClosed, "focal_point")
}

// assigning gives measures to an organisation to follow.
type assigning struct {
	tx    bun.IDB
	org   Organisation
	by    Person
	now   time.Time
	spans map[uuid.UUID]Span // until progress is asked for first, by procedure
	zones map[string]*time.Location
}

// entitled asks the table of roles about every recommendation whose measures are given away.
func (a *assigning) entitled(ctx context.Context, list []FollowUp) error {
	actor, err := AccessActor(ctx, a.tx, a.by.ID, nil)
	if err != nil {
		return err
	}
	asked := map[uuid.UUID]bool{}
	for _, f := range list {
		if asked[f.RecommendationID] {
			continue
		}
		asked[f.RecommendationID] = true
		object, err := FocalPointObject(ctx, a.tx, f.Recommendation, a.org.ID)
		if err != nil {
			return err
		}
		if access.Can(actor, access.AssignFocalPoint, object) != nil {
			return apperr.Invalid("focal_point", "other_country")
		}
	}
	return nil
}

func (a *assigning) take(ctx context.Context, list []FollowUp) ([]uuid.UUID, error) {
	var ids []uuid.UUID
	var processes []Process
	for i, f := range list {
		at, err := a.firstAsked(ctx, f, i)
		if err != nil {
			return nil, err
		}
		_, err = a.tx.NewUpdate().Model((*FollowUp)(nil)).Set("organisation_id = ?", a.org.ID).Set("ask_at = ?", at).
			Set("status = ?", StatusNoReport).Set("status_since = ?", a.now).Where("id = ?", f.ID).Exec(ctx)
		if err != nil {
			return nil, fmt.Errorf("assign a focal point: %w", err)
		}
		ids = append(ids, f.ID)
		processes = append(processes, Process{ID: f.ID, Kind: ProcessFollowUp, RecommendationID: f.RecommendationID, CreatedAt: a.now})
	}
	err := insertAll(ctx, processes, func(rows []Process) *bun.InsertQuery {
		return a.tx.NewInsert().Model(&rows).On("CONFLICT (id) DO NOTHING")
	})
	if err != nil {
		return nil, fmt.Errorf("begin to follow up: %w", err)
	}
	return ids, a.putOnRecord(ctx, list)
}

// firstAsked is when progress on the i-th measure is asked for first.
func (a *assigning) firstAsked(ctx context.Context, f FollowUp, i int) (time.Time, error) {
	span, known := a.spans[f.Recommendation.ProcedureID]
	if !known {
		procedure, err := ProcedureByID(ctx, a.tx, f.Recommendation.ProcedureID)
		if err != nil {
			return time.Time{}, err
		}
		span = procedure.Document.FollowUp.First
		a.spans[f.Recommendation.ProcedureID] = span
	}
	zone, err := a.zone(ctx, f.Authority.CountryCode)
	if err != nil {
		return time.Time{}, err
	}
	at := span.Morning(a.now, zone)
	if later := i / askedInAMorning; later > 0 {
		at = Span(strconv.Itoa(later)+"wd").Morning(at, zone)
	}
	return at, nil
}

func (a *assigning) zone(ctx context.Context, country string) (*time.Location, error) {
	if country == "" {
		return time.UTC, nil
	}
	if zone, known := a.zones[country]; known {
		return zone, nil
	}
	c, err := CountryByCode(ctx, a.tx, country)
	if err != nil {
		return nil, err
	}
	a.zones[country], err = c.Location()
	return a.zones[country], err
}

// putOnRecord says, once per recommendation, which of its measures were given to the organisation and by whom.
func (a *assigning) putOnRecord(ctx context.Context, list []FollowUp) error {
	numbers := map[uuid.UUID][]string{}
	var recs []*Recommendation
	for _, f := range list {
		if numbers[f.RecommendationID] == nil {
			recs = append(recs, f.Recommendation)
		}
		numbers[f.RecommendationID] = append(numbers[f.RecommendationID], strconv.Itoa(f.Measure.Number))
	}
	roles, err := RolesOf(ctx, a.tx, a.by.ID)
	if err != nil {
		return err
	}
	for _, r := range recs {
		_, err := record.Append(ctx, a.tx, r.ID, record.Entry{At: a.now, Verb: "followup.assigned", Actor: a.by.Pseudonym,
			Capacity: record.Institutional, Organisation: a.actsFor(roles, r), ObjectKind: "organisation", Object: a.org.ID,
			Visibility: record.Public, Facts: map[string]string{"measures": strings.Join(numbers[r.ID], ", ")}})
		if err != nil {
			return fmt.Errorf("put a focal point on record: %w", err)
		}
	}
	return nil
}

// actsFor is in whose name somebody assigns: the owner of the recommendation or the focal point where they work there,
// else where they are coordinator.
func (a *assigning) actsFor(roles []Role, r *Recommendation) uuid.UUID {
	for _, organisation := range []uuid.UUID{r.OrganisationID, a.org.ID} {
		if slices.ContainsFunc(roles, func(role Role) bool { return role.OrganisationID == organisation }) {
			return organisation
		}
	}
	for _, role := range roles {
		if role.Role == RoleCoordinator {
			return role.OrganisationID
		}
	}
	return r.OrganisationID
}
