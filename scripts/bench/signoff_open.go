package main

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/internal/demo"
	"tribuna/models"
)

const (
	officer   = "milena.draganova@tribuna.example"
	country   = "HR" // has no partner in the demo network: those who sign are all ours
	authority = "hr-parliament"
)

// openSignOffs takes twenty recommendations to their sign-off, over the API, and returns who is asked for each.
func (in *instance) openSignOffs(ctx context.Context) ([][]signing, error) {
	progress("taking %d recommendations to their sign-off by %d organisations", recommendations, signers)
	people, err := in.addSigners(ctx)
	if err != nil {
		return nil, err
	}
	if err := in.addProcedure(ctx); err != nil {
		return nil, err
	}
	me, err := in.callerByEmail(ctx, officer)
	if err != nil {
		return nil, err
	}
	var all [][]signing
	for i := range recommendations {
		d := &drafted{in: in, officer: me, people: people}
		list, err := d.toSignOff(ctx, i)
		if err != nil {
			return nil, fmt.Errorf("recommendation %d: %w", i+1, err)
		}
		all = append(all, list)
	}
	return all, nil
}

// addSigners adds partners of one country, each with a vote and a representative of its own, and returns how they call.
func (in *instance) addSigners(ctx context.Context) (map[uuid.UUID]*caller, error) {
	since := time.Now().AddDate(-1, 0, 0)
	people := map[uuid.UUID]*caller{}
	for i := range signers {
		o := models.Organisation{ID: models.NewID(), Slug: fmt.Sprintf("measured-%d", i+1), Name: fmt.Sprintf("Measured Partner %d", i+1),
			Kind: models.OrganisationPartner, MemberFrom: &since}
		o.VotingUnit = o.ID
		p := models.Person{ID: models.NewID(), Pseudonym: models.NewID(), Name: fmt.Sprintf("Measured Person %d", i+1), Language: "en",
			Email: fmt.Sprintf("measured-%d@partner.example", i+1), Languages: []string{"en"}, Topics: []string{}, Naming: models.NamingNone, CreatedAt: since}
		rows := []any{&o, &models.OrganisationCountry{OrganisationID: o.ID, CountryCode: country}, &p,
			&models.Role{PersonID: p.ID, OrganisationID: o.ID, Role: models.RolePartner}}
		if err := insert(ctx, in.db, rows...); err != nil {
			return nil, err
		}
		c, err := in.caller(ctx, p.ID)
		if err != nil {
			return nil, err
		}
		people[o.ID] = c
	}
	return people, nil
}

func insert(ctx context.Context, db bun.IDB, rows ...any) error {
	for _, row := range rows {
		if _, err := db.NewInsert().Model(row).Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}

// addProcedure adds one by which everybody has to sign, and nothing waits before that.
func (in *instance) addProcedure(ctx context.Context) error {
	p := new(models.Procedure)
	if err := in.db.NewSelect().Model(p).Where("slug = 'walkthrough'").Scan(ctx); err != nil {
		return err
	}
	p.ID, p.Slug = models.NewID(), "measured"
	d := &p.Document
	d.Review.Enough, d.Review.Grace, d.Review.ConsultMembers, d.Review.ReplaceSilent = 1, models.Span("1s"), false, false
	d.Translation.Skip = true
	d.SignOff.Rule, d.SignOff.Wait = models.SignOffAll, models.Wait{Due: models.Span("30d")}
	if err := d.Validate(); err != nil {
		return err
	}
	return insert(ctx, in.db, p)
}

// drafted is one recommendation on its way.
type drafted struct {
	in      *instance
	officer *caller
	people  map[uuid.UUID]*caller
	rec     struct {
		ID        uuid.UUID `json:"id"`
		Stage     string    `json:"stage"`
		VersionID uuid.UUID `json:"current_version_id"`
	}
}

func (d *drafted) toSignOff(ctx context.Context, number int) ([]signing, error) {
	for _, step := range []func(context.Context, int) error{d.write, d.review, d.accept} {
		if err := step(ctx, number); err != nil {
			return nil, err
		}
	}
	var list []signing
	err := until(ctx, time.Minute, func() (bool, error) {
		var err error
		list, err = d.asked(ctx)
		return len(list) == signers, err
	})
	return list, err
}

func (d *drafted) write(ctx context.Context, number int) error {
	p, err := models.PersonByEmail(ctx, d.in.db, officer)
	if err != nil {
		return err
	}
	roles, err := models.RolesOf(ctx, d.in.db, p.ID)
	if err != nil {
		return err
	}
	return d.officer.post(ctx, "/api/v1/recommendations", map[string]any{
		"kind": "policy_brief", "language": "en", "organisation_id": roles[0].OrganisationID, "procedure": "measured", "languages": []string{},
		"countries": []string{country}, "topics": []string{}, "challenges": []string{}, "grant_ids": []string{},
		"title": fmt.Sprintf("Measured recommendation %d", number+1), "body": "Every child who leaves care has somewhere to live.",
		"measures": []map[string]any{{"text": "Pay a rent allowance.", "authority_ids": []uuid.UUID{demo.ID("authority", authority)}}},
	}, &d.rec)
}

// review has one expert answer, as came by mail.
func (d *drafted) review(ctx context.Context, _ int) error {
	var experts struct{ Items []struct{ ID uuid.UUID } }
	path := "/api/v1/recommendations/" + d.rec.ID.String()
	if err := d.officer.get(ctx, "/api/v1/experts?recommendation="+d.rec.ID.String(), &experts); err != nil {
		return err
	}
	if len(experts.Items) == 0 {
		return fmt.Errorf("no expert is free")
	}
	expert := experts.Items[0].ID
	if err := d.officer.post(ctx, path+"/reviews", map[string]any{"version_id": d.rec.VersionID, "invite": []uuid.UUID{expert}, "enough": 1}, nil); err != nil {
		return err
	}
	t, hash, err := d.task(ctx, models.TaskReview)
	if err != nil {
		return err
	}
	return d.officer.post(ctx, "/api/v1/tasks/"+t.String()+"/review", map[string]any{"version_hash": hash, "answer": "support", "reasons": "Clear.",
		"naming": "none", "on_behalf_of": expert, "behalf_note": "By mail."}, nil)
}

func (d *drafted) accept(ctx context.Context, _ int) error {
	t, _, err := d.task(ctx, models.TaskDecideReview)
	if err != nil {
		return err
	}
	return d.officer.post(ctx, "/api/v1/tasks/"+t.String()+"/decide-review", map[string]any{"decision": "accept", "reason": "Supported."}, nil)
}

// task waits until the recommendation asks for something, and returns the task and the hash of its text.
func (d *drafted) task(ctx context.Context, kind models.TaskKind) (id uuid.UUID, hash string, err error) {
	err = until(ctx, time.Minute, func() (bool, error) {
		tasks, err := d.open(ctx, kind)
		if err != nil || len(tasks) == 0 {
			return false, err
		}
		id = tasks[0].ID
		return true, nil
	})
	if err != nil {
		return id, "", fmt.Errorf("waiting for %s: %w", kind, err)
	}
	v, err := models.VersionByID(ctx, d.in.db, d.rec.VersionID)
	if err != nil {
		return id, "", err
	}
	return id, v.Hash, nil
}

func (d *drafted) open(ctx context.Context, kind models.TaskKind) ([]models.Task, error) {
	return models.Tasks(ctx, d.in.db, models.TaskFilter{Recommendation: d.rec.ID, OpenOnly: true, Kinds: []models.TaskKind{kind}})
}

// asked lists the sign-offs that are waited for.
func (d *drafted) asked(ctx context.Context) ([]signing, error) {
	tasks, err := d.open(ctx, models.TaskSignOff)
	if err != nil {
		return nil, err
	}
	v, err := models.VersionByID(ctx, d.in.db, d.rec.VersionID)
	if err != nil {
		return nil, err
	}
	var list []signing
	for _, t := range tasks {
		if who := d.people[*t.OrganisationID]; who != nil {
			list = append(list, signing{who: who, path: "/api/v1/tasks/" + t.ID.String() + "/sign-off",
				body: map[string]any{"version_hash": v.Hash, "answer": "approve", "reason": ""}})
		}
	}
	return list, nil
}
